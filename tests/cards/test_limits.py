"""Whatever goes in, Slack takes what comes out; what we built wrongly is refused here already."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.cards import limits
from bot.cards.blocks import (
    actions,
    bullets,
    button,
    confirmation,
    footer,
    header,
    line,
    link,
    option,
    plain,
    quote,
    rich,
)
from bot.cards.card import Card
from bot.cards.notice import choice_card
from sandbox.blocks import validate, validate_view

words = st.one_of(st.text(max_size=200), st.integers(0, 9_000).map(lambda n: "slip " * n))
block = st.one_of(
    words.map(header),
    words.map(lambda w: footer("x", w)),
    words.map(lambda w: rich(line(w, "and"), quote(w + "."), bullets([w, "end"]))),
    words.map(lambda w: actions([button(w, "a", "1", confirm=confirmation(w, w, w, w)), _menu(w)])),
)


def _menu(words: str) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "m", "placeholder": plain(words), "options": [option(words, "1")]}


@given(st.lists(block, max_size=70), words)
def test_slack_takes_every_card(blocks: list[dict[str, Any]], text: str) -> None:
    card = Card(text=text, blocks=blocks)
    assert validate(card.blocks, "message") == []
    assert 1 <= len(card.text) <= limits.MESSAGE_TEXT


@given(words, st.lists(block, max_size=120))
def test_slack_takes_every_view(title: str, blocks: list[dict[str, Any]]) -> None:
    assert validate_view(limits.view({"type": "home", "blocks": blocks})) == []
    field = {"type": "input", "label": plain(title), "element": {"type": "users_select", "action_id": "u"}}
    modal = {"type": "modal", "title": plain(title), "submit": plain(title), "blocks": [*blocks[:90], field]}
    assert validate_view(limits.view(modal)) == []


@given(st.text(alphabet="ab <>&;@!", max_size=80), st.integers(2, 60))
def test_a_cut_is_short_enough_and_keeps_the_beginning(text: str, limit: int) -> None:
    for cut in (limits.clip(text, limit), limits.clip_markup(text, limit)):
        assert len(cut) <= limit
        assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))


@given(st.text(alphabet="ab <>@!", max_size=80), st.integers(2, 60))
@example("<< ><<", 5)  # the last space lies inside the token
def test_markup_is_never_cut_inside_a_token(text: str, limit: int) -> None:
    cut = limits.clip_markup(text, limit)
    assert cut == text or "<" not in cut[cut.rfind(">") + 1 :]


def test_a_cut_keeps_whole_entities_and_words() -> None:
    assert limits.clip_markup("fish &amp; chips", 9) == "fish…"
    assert limits.clip_markup("see <https://x.example|the plan> now", 20) == "see…"
    assert limits.clip("the cutover slips to Friday", 20) == "the cutover slips…"


def test_a_bracket_in_plain_words_hides_nothing() -> None:
    assert limits.clip("< " + "x" * 100, 50).startswith("< xxxx")
    assert len(limits.clip("<" + "x" * 100, 50)) == 50


def test_more_than_fifty_blocks_end_in_a_line_that_says_so() -> None:
    card = Card(text="x", blocks=[header(str(n)) for n in range(80)])
    assert len(card.blocks) == limits.MESSAGE_BLOCKS
    assert card.blocks[-1]["type"] == "context"
    assert card.blocks[-2]["text"]["text"] == "48"
    assert len(Card(text="x", blocks=[header(str(n)) for n in range(50)]).blocks) == 50


def test_more_characters_than_slack_takes_end_in_a_line_that_says_so() -> None:
    card = Card(text="x", blocks=[rich(quote("slips " * 400)) for _ in range(20)])
    assert len(card.blocks) < 20
    assert card.blocks[-1]["type"] == "context"


@pytest.mark.parametrize(
    "wrong",
    [
        actions([button("a", "same", "1"), button("b", "same", "2")]),
        actions([button("a", f"a{n}", "1") for n in range(26)]),
        actions([button("a", "x" * 256, "1")]),
        actions([button("a", "a", "v" * 2_001)]),
        actions([{"type": "static_select", "action_id": "m", "options": [option("a", "v" * 76)]}]),
        rich(line(link("https://x.example/" + "a" * 3_000, "there"))),
        footer(*[str(n) for n in range(11)]),
    ],
)
def test_a_wrong_structure_is_our_fault_and_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(limits.BadCard):
        Card(text="x", blocks=[wrong])


def test_one_block_id_twice_is_refused() -> None:
    with pytest.raises(limits.BadCard, match="block_id"):
        Card(text="x", blocks=[actions([button("a", "a", "1")], "same"), actions([button("a", "a", "1")], "same")])


def test_a_form_without_submit_is_refused() -> None:
    field = {"type": "input", "label": plain("x"), "element": {"type": "users_select", "action_id": "u"}}
    with pytest.raises(limits.BadCard, match="submit"):
        limits.view({"type": "modal", "title": plain("x"), "blocks": [field]})


def test_buttons_of_requests_are_never_two_of_one_id() -> None:
    card = choice_card("?", [f"risks {'x' * n}" for n in range(30)])
    assert validate(card.blocks, "message") == []
