"""Tables as programs write them: which bytes are read, what is told of a line, what is refused as a whole."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.errors import Refused
from bot.imports.tables import Fields, parse_csv, read_rows, read_table, refused
from bot.imports.yaml_lines import Problem

FIELDS = Fields({"partner": ("partner", "partner name"), "value": ("value", "amount"), "note": ("note",)}, ("partner",))
ROWS = ("Partner Name,Amount", "Müller & Söhne €,5")


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def written(folder: Path, content: bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_programs_write_says_the_same(tmp_path: Path, encoding: str, separator: str, end: str) -> None:
    text = end.join(row.replace(",", separator) for row in ("", *ROWS, "", ""))
    table = read_table(written(tmp_path, text.encode(encoding)))
    assert table.header == ("Partner Name", "Amount")
    assert table.lines == {3: ("Müller & Söhne €", "5")}
    assert ("Windows-1252" in table.note) == (encoding == "cp1252")


def test_a_sheet_holds_what_somebody_would_have_typed(tmp_path: Path) -> None:
    content = workbook(
        ["Partner", "Value", "Close", "Sent", "Won", "Formula", None, "Far"],
        [],
        ["Müller", 250000, date(2026, 3, 1), datetime.fromisoformat("2026-03-01T09:30"), True, "=1/0", None, 0.1 + 0.2],
        ["007", Decimal("12.50"), None, None, False, "#N/A", " a\nb ", 1e17],
    )
    table = read_table(written(tmp_path, content))
    assert table.header == ("Partner", "Value", "Close", "Sent", "Won", "Formula", "", "Far")
    assert table.lines == {
        3: ("Müller", "250000", "2026-03-01", "2026-03-01T09:30:00", "yes", "", "", "0.3"),
        4: ("007", "12.5", "", "", "no", "", "a\nb", "100000000000000000"),
    }


def test_a_sheet_that_lies_about_its_size_is_read_whole_and_only_the_first(tmp_path: Path) -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["a", "b"], ["1", "2"]))) as whole,
        zipfile.ZipFile(out, "w") as changed,
    ):
        for part in whole.namelist():
            changed.writestr(part, whole.read(part).replace(b'ref="A1:B2"', b'ref="A1"'))
    assert read_table(written(tmp_path, out.getvalue())).lines == {2: ("1", "2")}
    book = Workbook()
    book.worksheets[0].append(["a"])
    book.create_sheet("Lists")
    book.save(tmp_path / "two.xlsx")
    assert read_table(tmp_path / "two.xlsx").note.endswith("only the first sheet (“Sheet”) is read.")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"partner\n\x81\x8d", "Save it as CSV UTF-8"),
        ("partner".encode("utf-16-le"), "is no CSV"),
        (b"\x89PNG\r\n\x00\x00", "is no CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or a locked Excel file"),
        (b"PK\x03\x04 not a sheet", "no XLSX that can be read"),
        (b'partner,value\nAcme,"5\n', "table.csv:2: is not CSV"),
        (b"partner\n" + b"x\n" * 20_001, "more than 20,000 rows"),
        (b"x" * 10_000_001, "larger than 10 MB"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read_table(written(tmp_path, content))


def test_a_file_that_is_not_there_or_unpacks_to_far_too_much_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="No such file"):
        read_table(tmp_path / "none.csv")
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(3):
            packed.writestr(f"xl/{number}.xml", b" " * 70_000_000)
    with pytest.raises(Refused, match="200 MB unpacked"):
        read_table(tmp_path / "bomb.xlsx")


def test_a_small_sheet_as_wide_as_a_sheet_can_be_is_refused(tmp_path: Path) -> None:
    wide = workbook(["partner", "value"], ["Globex", *[None] * 16_382, "x"])
    with pytest.raises(Refused, match="row 2 has more than 200 columns"):
        read_table(written(tmp_path, wide))
    formatted = workbook(["partner", *[None] * 300], ["Globex", *[None] * 300])
    assert read_table(written(tmp_path, formatted)).lines == {2: ("Globex",)}


def test_a_damaged_sheet_is_read_or_refused_never_a_crash(tmp_path: Path) -> None:
    good = workbook(["partner", "value"], *([f"Partner {n}", n] for n in range(30)))
    with zipfile.ZipFile(io.BytesIO(good)) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    chance = random.Random(11)
    outcomes: set[str] = set()
    for _ in range(150):
        harmed = dict(parts)
        name = chance.choice(sorted(harmed))
        content = bytearray(harmed[name])
        for _ in range(3):
            content[chance.randrange(len(content))] = chance.choice(b'<>"/ 9Z')
        harmed[name] = bytes(content)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as packed:
            for part, said in harmed.items():
                packed.writestr(part, said)
        try:
            read_table(written(tmp_path, out.getvalue()))
            outcomes.add("read")
        except Refused:
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}


def test_columns_are_found_by_their_names_and_what_is_missing_is_said() -> None:
    columns = FIELDS.columns(parse_csv("Colour;PARTNER_NAME;;amount\n"))
    assert (dict(columns.places), columns.unread) == ({"partner": 1, "value": 3}, ("Colour",))
    with pytest.raises(Refused, match="no column for partner. Is it “Partners”"):
        FIELDS.columns(parse_csv("Partners,value\n"))
    with pytest.raises(Refused, match="two columns are the value"):
        FIELDS.columns(parse_csv("partner,value,amount\n"))


def test_a_bad_line_is_told_and_the_others_are_read() -> None:
    def read(values: Mapping[str, str], line: int) -> tuple[str, str, int]:
        if values["value"] == "bad":
            raise ValueError("is bad")
        return values["partner"], values["note"], line

    table = parse_csv('partner,value,note\n"A\n  B",1, x \nC,bad,\nD\nE,1,2,3\n')
    rows, problems = read_rows(table, FIELDS.columns(table), read)
    assert rows == [("A B", "x", 2), ("D", "", 5)]
    assert problems == [Problem(4, "is bad"), Problem(6, "has 4 values for 3 columns")]


def test_what_was_refused_comes_back_with_the_reason_first_and_can_be_imported_as_it_is() -> None:
    table = parse_csv("partner;value\nA;1\nB;2\nC;3;4\n")
    back = refused(table, [Problem(4, "has, more"), Problem(3, "is bad")])
    assert back == 'problem,partner,value\r\nis bad,B,2\r\n"has, more",C,3,4\r\n'
    again = parse_csv(back)
    assert (again.header, again.lines) == (("partner", "value"), {2: ("B", "2"), 3: ("C", "3", "4")})


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12).map(str.strip)


def test_refused_lines_hold_no_formula_and_come_back_as_they_were() -> None:
    cells = ('=HYPERLINK("http://evil.example")', "@SUM(1)", "+cmd|' /C calc'!A0", "-1+1", "-12.5", "+4", "'=1", "''")
    table = parse_csv('=a,b,c,d,e,f,g,h\n"{}"\n'.format('","'.join(cell.replace('"', '""') for cell in cells)))
    said = refused(table, [Problem(2, "=1+1")])
    rows = list(csv.reader(io.StringIO(said, newline="")))
    assert [cell for row in rows for cell in row if cell[:1] in "=@+-"] == ["-12.5", "+4"]
    again = parse_csv(said)
    assert again.header == table.header
    assert again.lines == table.lines


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(CELL, CELL, CELL), max_size=6))
def test_whatever_is_written_as_csv_is_read_back(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    path = tmp_path / "any.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([("one", "two", "three"), *rows])
    assert list(read_table(path).lines.values()) == [row for row in rows if any(row)]
