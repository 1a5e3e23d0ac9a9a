"""Slack's own tables and charts: whatever the figures, Slack takes them, and what is left out is said."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import charts, drawing, limits
from bot.cards.blocks import Node, bold, link
from bot.cards.card import Card
from bot.cards.limits import BadCard
from sandbox.blocks import validate, validate_view

NATIVE = ("table", "data_visualization")
words = st.one_of(st.text(max_size=40), st.integers(0, 400).map(lambda n: "slip " * n))
numbers = st.one_of(
    st.integers(-(10**12), 10**12), st.floats(-1e9, 1e9), st.decimals(-(10**9), 10**9, places=2), st.just(0)
)


@st.composite
def tables(draw: st.DrawFn) -> Node:
    width = draw(st.integers(1, 20))
    row = st.lists(st.one_of(words, words.map(lambda w: [bold(w)])), min_size=width, max_size=width)
    heads = draw(st.lists(words, min_size=width, max_size=width))
    times = draw(st.integers(1, 150))
    return charts.table(heads, draw(st.lists(row, max_size=3)) * times)


@st.composite
def axes(draw: st.DrawFn) -> Node:
    categories = draw(st.lists(words, max_size=30))
    names = draw(st.lists(words, max_size=6, unique=True))
    row = st.lists(numbers, min_size=len(categories), max_size=len(categories))
    series = {name: draw(row) for name in names}
    make: Callable[..., Node] = draw(st.sampled_from([charts.bar, charts.line, charts.area]))
    return make(draw(words), categories, series, x=draw(words), y=draw(words))


pies = st.builds(charts.pie, words, st.lists(st.tuples(words, numbers), max_size=12))


@given(st.lists(st.one_of(tables(), axes(), pies), max_size=5))
def test_slack_takes_every_table_and_chart(blocks: list[Node]) -> None:
    card = Card(text="\n".join(charts.spoken(block) for block in blocks), blocks=blocks)
    assert validate(card.blocks, "message") == []
    assert validate_view(limits.view({"type": "home", "blocks": card.blocks})) == []
    assert validate_view(limits.view({"type": "home", "blocks": blocks})) == []


def _rows(block: Node) -> list[list[str]]:
    return [[drawing.words(cell) for cell in row] for row in block["rows"]]


def test_a_table_has_its_head_its_cells_and_its_sides() -> None:
    block = charts.table(
        ["Deal", charts.Column("Value", "right", wrap=True)], [[[link("https://x.example", "#12")], "USD 5"], ["", " "]]
    )
    assert _rows(block) == [["Deal", "Value"], ["#12", "USD 5"], ["–", "–"]]
    assert block["column_settings"][1] == {"align": "right", "is_wrapped": True}
    assert charts.spoken(block) == "#12: Value USD 5\n–: Value –"


@pytest.mark.parametrize(("rows", "shown", "last"), [(99, 100, "98"), (100, 100, "… and 2 more"), (1, 2, "0")])
def test_rows_beyond_slacks_hundred_are_counted(rows: int, shown: int, last: str) -> None:
    block = charts.table(["n"], [[str(n)] for n in range(rows)])
    assert len(block["rows"]) == shown
    assert _rows(block)[-1] == [last]


def test_a_table_of_long_words_is_cut_to_whole_rows() -> None:
    block = charts.table(["a", "b"], [["x" * 400, "y" * 400] for _ in range(60)])
    kept = len(block["rows"]) - 2
    assert _rows(block)[-1][0] == f"… and {60 - kept} more"
    assert 10 < kept < 20 and all(len(cell) <= limits.TABLE_CELL for row in _rows(block) for cell in row)


def test_a_row_of_another_width_is_our_fault() -> None:
    with pytest.raises(BadCard):
        charts.table(["a", "b"], [["1"]])
    with pytest.raises(BadCard):
        charts.bar("x", ["Q1", "Q2"], {"a": [1]})
    with pytest.raises(BadCard):
        Card("x", [charts.bar("x", ["Q1"], {str(n): [n] for n in range(7)})])


def test_a_pie_keeps_the_largest_and_sums_the_rest() -> None:
    parts = [(f"P{n}", Decimal(n)) for n in range(9)]
    segments = charts.pie("Deals", parts)["chart"]["segments"]
    assert [(part["label"], part["value"]) for part in segments] == [
        ("P8", 8), ("P7", 7), ("P6", 6), ("P5", 5), ("P4", 4), ("Other", 6),
    ]  # fmt: skip
    six = charts.pie("Deals", parts[1:7])["chart"]["segments"]
    assert [part["label"] for part in six] == ["P6", "P5", "P4", "P3", "P2", "P1"]


def test_bars_keep_the_first_and_lines_the_last_twenty() -> None:
    months = [f"M{n}" for n in range(30)]
    values = {"Won": [*range(30)]}
    first, last = (make("x", months, values)["chart"] for make in (charts.bar, charts.line))
    assert (first["axis_config"]["categories"][0], last["axis_config"]["categories"][-1]) == ("M0", "M29")
    assert [point["value"] for point in last["series"][0]["data"]] == [*range(10, 30)]


def test_names_that_begin_alike_stay_apart() -> None:
    names = [f"Globex Consulting International {n}" for n in "AB"]
    axis = charts.bar("x", names, {"Open": [1, 2]})["chart"]["axis_config"]
    assert axis["categories"] == ["Globex Consulting…", "Globex… (2)"]


@pytest.mark.parametrize(
    "block", [charts.pie("Deals", [("a", 0)]), charts.bar("Deals", [], {"a": []}), charts.line("Deals", ["a"], {})]
)
def test_nothing_to_draw_is_said(block: Node) -> None:
    assert block["elements"][0]["text"] == "Deals: nothing to show yet."
    assert charts.spoken(block) == ""


def _text(block: dict[str, Any]) -> str:
    return str(block["elements"][0]["elements"][0]["text"])


def test_a_second_table_a_third_chart_and_every_one_on_the_home_tab_is_drawn() -> None:
    table = charts.table(["Partner", charts.Column("Open", "right")], [["Globex", "3"], ["Initech", "12"]])
    pie = charts.pie("By tier", [("Gold", 4), ("Silver", 1)])
    two = charts.line("Won", ["Q1", "Q2"], {"A": [1, 2.5], "B": [1000, 4]})
    card = Card("x", [table, table, pie, pie, pie, two])
    assert [block["type"] for block in card.blocks if block["type"] in NATIVE] == [
        "table", "data_visualization", "data_visualization",
    ]  # fmt: skip
    assert _text(card.blocks[1]).splitlines() == ["Partner  Open", "Globex      3", "Initech    12"]
    assert _text(card.blocks[4]).splitlines() == ["By tier", f"Gold    4  {'█' * 16}", f"Silver  1  {'█' * 4}"]
    assert _text(card.blocks[5]).splitlines() == ["Won", "       A      B", "Q1     1  1,000", "Q2  2.50      4"]
    home = limits.view({"type": "home", "blocks": [table, two]})
    assert [block["type"] for block in home["blocks"]] == ["rich_text", "rich_text"]


def test_who_does_not_see_a_chart_is_told_its_figures() -> None:
    two = charts.bar("Pipeline <USD>", ["Q1", "Q2"], {"Sourced": [1, 2], "Influenced": [3, 4]})
    assert charts.spoken(two) == ("Pipeline &lt;USD&gt;:\nQ1: Sourced 1, Influenced 3\nQ2: Sourced 2, Influenced 4")
    assert charts.spoken(charts.pie("Tiers", [("Gold", 2)])) == "Tiers:\nGold: 2"
    long = charts.table(["n", "v"], [[str(n), "x"] for n in range(50)])
    assert charts.spoken(long).splitlines()[-1] == "… and more"
