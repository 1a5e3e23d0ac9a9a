"""Tables and charts without Slack's own: monospaced where it takes none, in words for whoever does not see them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Node = dict[str, Any]

_CELL = 28  # characters of a cell in monospace
_BAR = 16  # of the longest bar
_DRAWN = 2_800  # of a drawing: Slack takes 3,000 in one text element
_ROWS_TOLD = 12
_GAP = "  "
_MORE = "… and more"


def drawn(block: Node) -> Node:
    """A table or data_visualization block as a rich_text block of monospaced lines."""
    lines = _aligned([[_cut(cell) for cell in row] for row in _rows(block)], _sides(block))
    if block["type"] != "table":
        lines = [f"{line}{bar}" for line, bar in zip(lines, _bars(block), strict=True)]
        lines = [str(block["title"]), *(line for line in lines if line)]
    words = {"type": "text", "text": "\n".join(_within(lines, _DRAWN))}
    made: Node = {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [words]}]}
    return made | {key: block[key] for key in ("block_id",) if key in block}


def told(block: Node) -> str:
    """The same in words, a line for each row: "Globex: Open risks 3, Late 1"."""
    head, *rows = _rows(block)
    lines = [_row_told(head, row) for row in rows[:_ROWS_TOLD]]
    if len(rows) > _ROWS_TOLD:
        lines.append(_MORE)
    return "\n".join(lines if block["type"] == "table" else [f"{block['title']}:", *lines])


def words(cell: Node) -> str:
    """What stands in a table cell."""
    if "elements" in cell:
        return "".join(words(element) for element in cell["elements"])
    return str(cell.get("text") or cell.get("fallback") or cell.get("url") or "")


def _rows(block: Node) -> list[list[str]]:
    """The header row, then the rows, as words. A chart has a row for each label and a column for each series."""
    if block["type"] == "table":
        return [[" ".join(words(cell).split()) for cell in row] for row in block["rows"]]
    chart = block["chart"]
    if chart["type"] == "pie":
        return [["", ""], *([part["label"], number(part["value"])] for part in chart["segments"])]
    names = [series["name"] for series in chart["series"]]
    rows = [
        [label, *(number(series["data"][place]["value"]) for series in chart["series"])]
        for place, label in enumerate(chart["axis_config"]["categories"])
    ]
    return [["", *names], *rows]


def number(value: float) -> str:
    """12345.0 -> "12,345"; 0.666 -> "0.67"."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _row_told(head: Sequence[str], row: Sequence[str]) -> str:
    cells = [f"{name} {cell}".strip() for name, cell in zip(head[1:], row[1:], strict=True)]
    return f"{row[0]}: {', '.join(cells)}" if cells else row[0]


def _sides(block: Node) -> list[Callable[[str, int], str]]:
    """How each column is filled up: figures to the right."""
    if block["type"] == "table":
        aligned = [setting.get("align", "left") for setting in block.get("column_settings", [])]
    else:
        aligned = ["left", *["right"] * len(block["chart"].get("series", [0]))]
    return [{"right": str.rjust, "center": str.center}.get(align, str.ljust) for align in aligned]


def _aligned(rows: Sequence[Sequence[str]], sides: Sequence[Callable[[str, int], str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    sides = [*sides, *[str.ljust] * (len(widths) - len(sides))]
    lines = [_GAP.join(fill(cell, width) for cell, width, fill in zip(row, widths, sides, strict=True)) for row in rows]
    return [line.rstrip() for line in lines]


def _bars(block: Node) -> list[str]:
    """A bar behind each row of a chart with one row of figures; nothing where there are several."""
    chart = block["chart"]
    several = chart.get("series", [])
    points = chart["segments"] if chart["type"] == "pie" else several[0]["data"]
    if len(several) > 1:
        return [""] * (len(points) + 1)
    longest = max(abs(point["value"]) for point in points) or 1
    return ["", *(_GAP + "█" * round(_BAR * max(point["value"], 0) / longest) for point in points)]


def _cut(cell: str) -> str:
    return cell if len(cell) <= _CELL else f"{cell[: _CELL - 1]}…"


def _within(lines: list[str], limit: int) -> list[str]:
    """The first lines of at most `limit` characters together."""
    total = 0
    for shown, line in enumerate(lines):
        total += len(line) + 1
        if total > limit:
            return [*lines[:shown], _MORE]
    return lines
