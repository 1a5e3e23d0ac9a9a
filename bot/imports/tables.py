"""Tables people have (CSV, or the first sheet of an XLSX) -> a header and lines of text, whatever program wrote them.

A table is read as a whole or refused. What is wrong with one line is a Problem of that line: the others go in.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from bot.did_you_mean import close_to, normal
from bot.errors import Refused
from bot.imports.yaml_lines import Problem

MAX_BYTES = 10_000_000
MAX_UNPACKED = 200_000_000  # an XLSX is a zip
MAX_ROWS = 20_000
_LAST_SHEET_ROW = 1_048_576  # Excel's own limit
MAX_COLUMNS = 200  # of a sheet: one cell in its last column makes every row of a small file 16,384 cells wide
_SEPARATORS = ",;\t|"
_XLSX, _XLS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ERRORS = frozenset(["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"])  # what a failed formula shows
_EXCEL_DIGITS = ".15g"  # Excel keeps fifteen; what a float says beyond them nobody typed
# What a spreadsheet would run as a formula, unless it is only a number; or what looks like one made harmless by us.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]\d[\d.,]*%?")
_PROBLEM = "problem"  # the first column of what `refused` writes; in a file that comes back it is passed over

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Table:
    """`lines` holds the cells under the 1-based line (or sheet row) they stand on; empty lines are left out. `note`
    says what a person should know about how it was read, "" for nothing."""

    name: str
    header: tuple[str, ...]
    lines: Mapping[int, tuple[str, ...]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Field -> place of its column; and the titles that are none of ours."""

    places: Mapping[str, int]
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """What a kind of table holds: field -> how its column may be called (as `normal` writes it), its own name first."""

    titles: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]

    def fit(self, table: Table) -> bool:
        """Whether the header has all that is needed."""
        known = {normal(title) for title in table.header}
        return all(known.intersection(self.titles[field]) for field in self.needed)

    def columns(self, table: Table) -> Columns:
        """Where each field stands. Raises Refused, with a suggestion, when one that is needed is missing."""
        known = {title: field for field, titles in self.titles.items() for title in titles}
        places: dict[str, int] = {}
        unread: list[str] = []
        for place, title in enumerate(table.header):
            field = known.get(normal(title))
            if field is None:
                unread.append(title)
            elif places.setdefault(field, place) != place:
                raise Refused(f"{table.name}: two columns are the {field.replace('_', ' ')}: keep one.")
        unread = [title for title in unread if title]
        missing = [field for field in self.needed if field not in places]
        if missing:
            name = self.titles[missing[0]][0]
            guess = close_to(name, unread)
            hint = f" Is it “{guess}”? Then call it {name}." if guess else ""
            raise Refused(f"{table.name}: no column for {', '.join(missing)}.{hint}")
        return Columns(places, tuple(unread))


def read_rows(
    table: Table, columns: Columns, read: Callable[[Mapping[str, str], int], Row]
) -> tuple[list[Row], list[Problem]]:
    """Each line through `read` (field -> text, line); where that raises ValueError, its words are a Problem."""
    rows: list[Row] = []
    problems: list[Problem] = []
    for line, cells in table.lines.items():
        try:
            if len(cells) > len(table.header):
                raise ValueError(f"has {len(cells)} values for {len(table.header)} columns")
            values = {field: cells[place] if place < len(cells) else "" for field, place in columns.places.items()}
            rows.append(read({field: " ".join(value.split()) for field, value in values.items()}, line))
        except ValueError as error:
            problems.append(Problem(line, str(error)))
    return rows, problems


def refused(table: Table, problems: Iterable[Problem]) -> str:
    """The lines with a problem as CSV, what is wrong before each: to be put right and imported as they are. What would
    be a formula gets an apostrophe before it, which the import takes away again."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_PROBLEM, *map(_harmless, table.header)])
    writer.writerows(map(_harmless, [problem.text, *table.lines.get(problem.line, ())]) for problem in sorted(problems))
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _as_it_was(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell for cell in cells)


def read_table(path: Path) -> Table:
    """The table in a file. Raises Refused when it cannot be read at all."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Refused(f"{path}: cannot be read: {error.strerror or error}") from error
    if len(content) > MAX_BYTES:
        raise Refused(f"{path}: is larger than {MAX_BYTES // 1_000_000} MB: import it in parts.")
    if content.startswith(_XLSX):
        return _read_sheet(content, str(path))
    if content.startswith(_XLS):
        raise Refused(f"{path}: is an old or a locked Excel file. Save it as .xlsx without a password, or as CSV.")
    text, note = _decode(content, str(path))
    return parse_csv(text, str(path), note)


def parse_csv(text: str, name: str = "table.csv", note: str = "") -> Table:
    """The same from the text of a CSV: comma, semicolon, tab or bar."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)

    def lines() -> Iterator[tuple[int, Sequence[str]]]:
        begins = 1
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1  # a value may run over several lines

    try:
        return _table(name, lines(), note)
    except csv.Error as error:
        raise Refused(f"{name}:{reader.line_num}: is not CSV ({error}).") from error


def _separator(text: str) -> str:
    header = text.lstrip().partition("\n")[0]
    return max(_SEPARATORS, key=header.count)


def _decode(content: bytes, name: str) -> tuple[str, str]:
    """The text of a file, and a note where its encoding is not certain: only UTF-8 and UTF-16 can be told for sure."""
    note = ""
    try:
        text = content.decode("utf-16" if content.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        note = f"{name} is not UTF-8; it was read as Windows-1252. Look at the accents."
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise Refused(f"{name}: is not text I can read. Save it as CSV UTF-8.") from error
    if "\0" in text:
        raise Refused(f"{name}: is no CSV and no XLSX.")
    return text, note


def _table(name: str, lines: Iterable[tuple[int, Sequence[str]]], note: str) -> Table:
    header: tuple[str, ...] | None = None
    found: dict[int, tuple[str, ...]] = {}
    for line, said in lines:
        cells = tuple(cell.strip() for cell in said)
        if not any(cells):
            continue
        if header is None:
            header = cells
        elif len(found) == MAX_ROWS:
            raise Refused(f"{name}: has more than {MAX_ROWS:,} rows: import it in parts.")
        else:
            found[line] = cells
    if header is None:
        raise Refused(f"{name}: is empty.")
    if normal(header[0]) == _PROBLEM:
        header, found = _as_it_was(header[1:]), {line: _as_it_was(cells[1:]) for line, cells in found.items()}
    return Table(name, header, found, note)


# What openpyxl and its XML parsers raise for files that only look like XLSX (found by damaging good ones).
_DAMAGED = (zipfile.BadZipFile, zlib.error, SyntaxError, OSError, EOFError, LookupError, ValueError, TypeError,
            AttributeError, RuntimeError)  # fmt: skip


def _read_sheet(content: bytes, name: str) -> Table:
    """The values of the first sheet, as Excel last computed them."""
    from openpyxl import load_workbook  # half a second that only a sheet is worth

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
                raise Refused(f"{name}: is larger than {MAX_UNPACKED // 1_000_000} MB unpacked: import it in parts.")
        with warnings.catch_warnings(action="ignore"):  # of styles and checks that have no values
            workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheet = workbook.worksheets[0]
            sheet.reset_dimensions()  # some programs write a wrong size, and all beyond it would be lost
            rows = enumerate(sheet.iter_rows(values_only=True), 1)
            note = f"{name}: only the first sheet (“{sheet.title}”) is read." if len(workbook.worksheets) > 1 else ""
            return _table(name, _sheet_lines(rows, name), note)
    except _DAMAGED as error:
        raise Refused(f"{name}: is no XLSX that can be read, or a damaged one. Save it again, or as CSV.") from error


def _sheet_lines(rows: Iterable[tuple[int, Sequence[object]]], name: str) -> Iterator[tuple[int, Sequence[str]]]:
    for line, values in rows:
        if line > _LAST_SHEET_ROW:
            raise Refused(f"{name}: has more rows than a sheet can have.")
        cells = [_said(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise Refused(f"{name}: row {line} has more than {MAX_COLUMNS} columns. Save only the table, or as CSV.")
        yield line, cells


def _said(value: object) -> str:
    """A cell as somebody would have typed it into a CSV; a formula's error is no value."""
    if value is None or (isinstance(value, str) and value in _ERRORS):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return format(Decimal(format(value, _EXCEL_DIGITS)), "f")
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
