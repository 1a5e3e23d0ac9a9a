"""Slack's own tables and charts, cut to what Slack takes, always with everything that is left out said.

Formats: docs.slack.dev/reference/block-kit/blocks/table-block and …/data-visualization-block. Built as plain dicts:
slack_sdk has no classes for charts and drops what it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from bot.cards import drawing, limits
from bot.cards.blocks import Node, Piece, footer
from bot.cards.blocks import line as paragraph
from bot.cards.limits import BadCard, clip
from bot.cards.text import clean, escape

Cell = str | Sequence[Piece]
Number = int | float | Decimal

_EMPTY = "–"
_BLANK = {"type": "raw_text", "text": " "}  # Slack takes no empty cell
_REST = "Other"
# Room for the words around a table: a message takes 12,000 characters in all.
_TABLE_CHARACTERS = 8_000


@dataclass(frozen=True, slots=True)
class Column:
    """`title` stands in the first row; with `wrap` long cells get more lines instead of being cut by Slack."""

    title: str
    align: Literal["left", "center", "right"] = "left"
    wrap: bool = False


def table(columns: Sequence[Column | str], rows: Sequence[Sequence[Cell]]) -> Node:
    """A table block. A cell is words, or pieces of a line (`blocks.link`, `blocks.bold`). When there are more rows
    than Slack takes, the last one says how many are left out. Raises BadCard when a row has not a cell per column."""
    heads = [column if isinstance(column, Column) else Column(column) for column in columns]
    if any(len(row) != len(heads) for row in rows):
        raise BadCard(f"every row of this table has {len(heads)} cells")
    shown = [[_cell(head.title) for head in heads]]
    total = sum(_length(cell) for cell in shown[0])
    for row in rows:
        cells = [_cell(cell) for cell in row]
        total += sum(map(_length, cells))
        if total > _TABLE_CHARACTERS or len(shown) == limits.TABLE_ROWS:
            break
        shown.append(cells)
    if left_out := len(rows) - len(shown) + 1:
        if len(shown) == limits.TABLE_ROWS:
            shown, left_out = shown[:-1], left_out + 1
        shown.append([_cell(f"… and {left_out} more"), *[_BLANK] * (len(heads) - 1)])
    settings = [{"align": head.align, "is_wrapped": head.wrap} for head in heads]
    return {"type": "table", "rows": shown, "column_settings": settings}


def pie(title: str, parts: Sequence[tuple[str, Number]]) -> Node:
    """Shares of a whole. Zero and less is left out; beyond six parts the smallest are "Other"."""
    largest = sorted(((label, value) for label, value in parts if value > 0), key=lambda part: -part[1])
    if not largest:
        return _nothing(title)
    rest = largest[limits.CHART_PARTS - 1 :]
    if len(rest) > 1:
        whole = sum((Decimal(str(value)) for _, value in rest), Decimal())
        largest = [*largest[: limits.CHART_PARTS - 1], (_REST, whole)]
    labels = _labels([label for label, _ in largest])
    segments = [{"label": label, "value": _plain(part[1])} for label, part in zip(labels, largest, strict=True)]
    return _chart(title, {"type": "pie", "segments": segments})


def bar(
    title: str, categories: Sequence[str], series: Mapping[str, Sequence[Number]], *, x: str = "", y: str = ""
) -> Node:
    """Bars for the first 20 categories, grouped when there are several series (at most six, of one unit)."""
    return _axes("bar", title, categories, series, x, y, slice(None, limits.CHART_CATEGORIES))


def line(
    title: str, categories: Sequence[str], series: Mapping[str, Sequence[Number]], *, x: str = "", y: str = ""
) -> Node:
    """Lines over time: the last 20 categories."""
    return _axes("line", title, categories, series, x, y, slice(-limits.CHART_CATEGORIES, None))


def area(
    title: str, categories: Sequence[str], series: Mapping[str, Sequence[Number]], *, x: str = "", y: str = ""
) -> Node:
    """Filled lines over time: the last 20 categories. The first series lies at the back."""
    return _axes("area", title, categories, series, x, y, slice(-limits.CHART_CATEGORIES, None))


def spoken(block: Node) -> str:
    """What a table or chart says, in words, for a card's top-level text: all that notifications and screen readers
    get. Escaped. Empty for what has nothing to draw."""
    return escape(drawing.told(block)) if block["type"] in limits.NATIVE else ""


def _axes(
    kind: str, title: str, categories: Sequence[str], series: Mapping[str, Sequence[Number]], x: str, y: str,
    shown: slice,
) -> Node:  # fmt: skip
    if any(len(values) != len(categories) for values in series.values()):
        raise BadCard(f"every series of this chart has {len(categories)} values")
    if not categories or not series:
        return _nothing(title)
    labels = _labels(categories[shown])
    lines = [
        {
            "name": name,
            "data": [
                {"label": label, "value": _plain(value)} for label, value in zip(labels, values[shown], strict=True)
            ],
        }
        for name, values in zip(_labels([*series]), series.values(), strict=True)
    ]
    axis = {"categories": labels} | ({"x_label": clean(x)} if x else {}) | ({"y_label": clean(y)} if y else {})
    return _chart(title, {"type": kind, "series": lines, "axis_config": axis})


def _chart(title: str, chart: Node) -> Node:
    return {"type": "data_visualization", "title": clean(title) or _EMPTY, "chart": chart}


def _nothing(title: str) -> Node:
    return footer(f"{title}: nothing to show yet.")


def _labels(names: Sequence[str]) -> list[str]:
    """Names as labels: short enough, and different where the names were not, or not in their first letters."""
    made: list[str] = []
    for name in names:
        words = " ".join(clean(name).split()) or _EMPTY
        label, copy = clip(words, limits.CHART_LABEL), 2
        while label in made:
            mark = f" ({copy})"
            label, copy = clip(words, limits.CHART_LABEL - len(mark)) + mark, copy + 1
        made.append(label)
    return made


def _plain(value: Number) -> int | float:
    """A number as JSON has it."""
    return int(value) if value == int(value) else float(value)


def _cell(cell: Cell) -> Node:
    if isinstance(cell, str):
        return {"type": "raw_text", "text": clip(clean(cell).strip(), limits.TABLE_CELL) or _EMPTY}
    pieces = paragraph(*cell)
    return {"type": "rich_text", "elements": [pieces]} if pieces["elements"] else _cell("")


def _length(cell: Node) -> int:
    return len(drawing.words(cell))
