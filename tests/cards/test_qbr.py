"""A business review on a card, in a canvas and as a deck: the same figures, within every limit, hostile words tame."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from pptx import Presentation

from bot.cards import qbr_words
from bot.cards.qbr import closed_card
from bot.cards.qbr_canvas import canvas_markdown, canvas_title
from bot.cards.qbr_pack import deck_card, pack_card, rows_card
from bot.decks import file_name, render
from bot.desk.qbr_asked import Asked
from bot.desk.qbr_views import Closed, Figure, Item, Listing, Onboarding, Pack, Promise, QbrView, Quota, Rows
from sandbox.blocks import validate
from tests.cards.samples import DANA

HOSTILE = "<!channel> *bold* <https://evil.example|click> | # [x](http://evil.example) ![](@U0VP) \x00\u202e\ud7ff"
RIVAL = "Initech"
OCTOBER, FEBRUARY = date(2026, 10, 12), date(2027, 2, 1)


def figure(key: str, count: int, *sums: tuple[str, int], kind: str = "opportunity") -> Figure:
    rows = (Rows(kind, tuple(range(1, count + 1))),) if count else ()
    return Figure(key, count, rows, tuple((currency, Decimal(amount)) for currency, amount in sums))


PACK = Pack(
    partner_id=3, partner="Acme Corp", tier="Gold", label="Q4 2026", covers_from=date(2026, 10, 1),
    covers_to=date(2027, 1, 1), next_label="Q1 2027", made_at=datetime(2027, 1, 11, 15, 0, tzinfo=UTC),
    is_running=False, zone="America/New_York", policy_version="2026-11-20",
    figures=(
        figure("promises_kept", 1, kind="commitment"), figure("promises_late", 1, kind="action"),
        figure("won", 2, ("USD", 240_000)), figure("wins", 3, ("USD", 270_000)),
        figure("new_logos", 3, ("USD", 240_000)),
        figure("sourced", 2, ("USD", 260_000), ("EUR", 10_000)), figure("co_sell", 0), figure("influenced", 1),
        figure("ahead", 2, ("USD", 250_000)), figure("registrations", 1, ("USD", 150_000), kind="registration"),
        figure("registrations_approved", 1, ("USD", 150_000), kind="registration"),
        figure("certified", 2, kind="contact"), figure("risks", 1, kind="risk"), figure("asks", 1, kind="ask"),
    ),
    quota=Quota("Q4 2026", Decimal(200_000), "USD", Decimal(240_000), 120),
    promises=(
        Promise("action", 1, "late", "Send the price list", "Dana Park", (OCTOBER,), is_late=True),
        Promise("commitment", 1, "kept", "We send the plan", "Acme Corp", (OCTOBER, date(2026, 12, 1)), is_late=False),
    ),
    wins=(Item("Umbrella ERP", "Umbrella", OCTOBER, Decimal(240_000), "USD"),),
    ahead=(Item("Vandelay CRM", "Vandelay", FEBRUARY, Decimal(250_000), "USD"),),
    risks=(Item("delay", "Umbrella", OCTOBER),),
    asks=(Item("Can we have the roadmap?", "partner", OCTOBER),),
    onboarding=Onboarding(1, 2, 1),
)  # fmt: skip
NOTHING = replace(
    PACK, figures=(), quota=None, promises=(), wins=(), ahead=(), risks=(), asks=(), onboarding=None, tier="",
    missing=("No quota is recorded for Q4 2026: add it under targets in the partner book.",),
)  # fmt: skip


def full(words: str, *, is_ours: bool = True) -> Pack:
    """A pack with `words` wherever people's words stand, and as many of everything as there can be."""
    promise = Promise(
        "commitment",
        1,
        "slipped",
        words,
        words if is_ours else "Dana Park",
        (OCTOBER,) * 9,
        is_late=True,
        is_ours=is_ours,
    )
    item = Item(words, words, OCTOBER, Decimal("123456789.99"), "USD", is_ours=is_ours)
    many = tuple(figure(each.key, 5_000, ("USD", 10**11), ("EUR", 10**9)) for each in PACK.figures)
    return replace(
        PACK, partner=words if is_ours else PACK.partner, figures=many, promises=(promise,) * 12, wins=(item,) * 6,
        ahead=(item,) * 6, asks=(item,) * 6, risks=(Item("delay", "Umbrella", OCTOBER),) * 6,
        missing=("Something is not recorded.",) * 5,
    )  # fmt: skip


def asked(pack: Pack) -> Asked:
    return Asked(pack, "q12", None, is_frozen=False, may_store=True)


def test_the_line_everybody_reads_first() -> None:
    assert qbr_words.summary(PACK) == "120 % to quota, 3 new logos, Q1 pipeline $250K"
    assert qbr_words.summary(NOTHING) == "no quota recorded, 0 new logos, no Q1 pipeline"
    zero = replace(PACK, quota=Quota("Q4 2026", Decimal(), "USD", Decimal(5), None))
    assert qbr_words.summary(zero).startswith("the quota is zero, ")
    one = replace(PACK, figures=(figure("new_logos", 1), figure("ahead", 2)))
    assert qbr_words.summary(one) == "120 % to quota, 1 new logo, Q1 pipeline 2 deals without an amount"


def test_where_nothing_is_recorded_it_is_said_once() -> None:
    card = pack_card(asked(NOTHING))
    assert [block["type"] for block in card.blocks] == ["header", "rich_text", "rich_text", "actions"]
    assert str(card.blocks).lower().count("no quota") == 1
    assert "Nothing is recorded for Q4 2026." in str(card.blocks)


def test_what_is_zero_takes_one_line_and_what_was_won_its_row_all_the_same() -> None:
    card = pack_card(asked(replace(NOTHING, figures=(figure("won", 0), figure("co_sell", 0), figure("risks", 1)))))
    assert validate(card.blocks, "message") == []
    [table] = [block for block in card.blocks if block["type"] == "table"]
    assert len(table["rows"]) == 3, "the head, what was won, the risk"
    assert "Co-sell pipeline" in str(card.blocks) and "Co-sell pipeline" not in str(table)


def test_the_year_is_told_up_to_the_end_of_the_period() -> None:
    year = Quota("2026", Decimal(1_000_000), "USD", Decimal(310_000), 31)
    q3 = replace(PACK, covers_to=date(2026, 10, 1), year_quota=year)
    assert qbr_words.year_line(q3).startswith("2026 up to 30 Sep: USD 310,000 of a quota of")
    assert qbr_words.year_line(replace(q3, is_running=True)).startswith("2026 so far: ")


@pytest.mark.parametrize(
    ("amount", "currency", "short"),
    [("250000", "USD", "$250K"), ("1500000", "USD", "$1.5M"), ("999999", "EUR", "€1M"), ("980", "CHF", "CHF 980"),
     ("0", "USD", "$0"), ("1234567890", "GBP", "£1230M"), ("12345", "", "12.3K")],
)  # fmt: skip
def test_short_money(amount: str, currency: str, short: str) -> None:
    assert qbr_words.short_money(Decimal(amount), currency) == short


def test_promises_stand_before_the_figures_and_every_figure_with_rows_can_be_opened() -> None:
    card = pack_card(asked(PACK))
    assert validate(card.blocks, "message") == []
    kinds = [block["type"] for block in card.blocks]
    assert "What was promised" in str(card.blocks[2])
    assert kinds.index("table") > 2
    assert kinds.count("data_visualization") == 2
    [menu] = [e for block in card.blocks if block["type"] == "actions" for e in block["elements"] if "options" in e]
    offered = {option["value"] for option in menu["options"]}
    assert offered == {f"q12|{each.key}" for each in PACK.figures if each.rows}
    assert "120 % to quota" in card.text
    assert "Won: Q4 2026 240,000" in card.text, "the chart in words"


@pytest.mark.parametrize("pack", [PACK, NOTHING, full("Long words " * 60), full(HOSTILE)])
def test_any_pack_fits_slack(pack: Pack) -> None:
    for card in (pack_card(asked(pack)), deck_card(pack)):
        assert validate(card.blocks, "message") == []
        assert "<!channel>" not in card.text
    markdown = canvas_markdown(pack)
    assert not any(piece in markdown for piece in ("<!channel>", "](", "![", "<https"))
    assert len(canvas_title(pack)) <= 150


def test_what_is_missing_is_said_on_all_three() -> None:
    sentence = NOTHING.missing[0]
    assert sentence in str(pack_card(asked(NOTHING)).blocks)
    assert sentence.replace("'", "") in canvas_markdown(NOTHING)
    assert sentence in " ".join(words(render(NOTHING)))


def test_rows_lead_to_their_threads() -> None:
    listing = Listing(
        "Acme Corp", "Q4 2026", figure("promises_kept", 61, kind="commitment"), ("What", "Who", "Due", "State"),
        (("We send the plan", "Acme Corp", "1 Dec 2026", "kept"), (HOSTILE, "", "", "")),
        ("https://contoso.slack.com/archives/C/p1", ""), more=58, gone=1,
    )  # fmt: skip
    card = rows_card(listing, PACK)
    assert validate(card.blocks, "message") == []
    assert "https://contoso.slack.com/archives/C/p1" in str(card.blocks)
    assert "58 more are not shown." in str(card.blocks)
    assert "1 row is no longer stored." in str(card.blocks)
    assert "<" not in card.text


def test_the_deck_holds_the_figures_in_native_tables_and_charts() -> None:
    deck = Presentation(io.BytesIO(render(PACK)))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles[:4] == [
        "Business review: Acme Corp",
        "What we promised each other by Q4 2026",
        "Quota and wins",
        "Pipeline",
    ]
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert [[*chart.plots[0].series[0].values] for chart in charts] == [[200_000, 240_000], [260_000, 0, 0, 250_000]]
    told = words(render(PACK))
    assert "120 % to quota, 3 new logos, Q1 pipeline $250K" in told
    assert {"Send the price list", "Umbrella ERP", "Vandelay CRM", "Can we have the roadmap?", "Delay"} <= set(told)


@pytest.mark.parametrize("pack", [PACK, NOTHING, full("Long words " * 60), full(HOSTILE)])
def test_nothing_hangs_over_the_edge_of_a_slide_or_over_another(pack: Pack) -> None:
    deck = Presentation(io.BytesIO(render(pack)))
    for slide in deck.slides:
        solid = [shape for shape in slide.shapes if shape.has_chart or shape.has_table]
        for shape in slide.shapes:
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height
        for place, one in enumerate(solid):
            assert not any(overlap(one, other) for other in solid[place + 1 :]), slide.shapes.title.text_frame.text


def test_a_deck_and_a_canvas_never_name_a_rival() -> None:
    pack = full(f"Beat {RIVAL} there", is_ours=False)
    assert RIVAL in str(pack_card(asked(pack)).blocks), "our own people see it"
    assert RIVAL not in " ".join(words(render(pack)))
    assert RIVAL not in canvas_markdown(pack)
    assert qbr_words.LEFT_OUT in " ".join(words(render(pack)))


def test_the_name_of_the_file() -> None:
    assert file_name(PACK) == "qbr-acme-corp-q4-2026.pptx"
    assert file_name(replace(PACK, partner="株式会社", label="Q4 2026")) == "qbr-q4-2026.pptx"


def overlap(one: Any, other: Any) -> bool:
    apart = (
        one.left + one.width <= other.left or other.left + other.width <= one.left
        or one.top + one.height <= other.top or other.top + other.height <= one.top
    )  # fmt: skip
    return not apart


def words(deck: bytes) -> list[str]:
    return [*_words(deck)]


def _words(deck: bytes) -> Iterator[str]:
    for slide in Presentation(io.BytesIO(deck)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                yield shape.text_frame.text
            if shape.has_table:
                yield from (cell.text for row in shape.table.rows for cell in row.cells)


def test_the_next_review_can_be_put_into_the_calendar_at_once() -> None:
    at = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    following = QbrView(
        id=8, partner_id=1, partner="Globex", label="Q4 2026", covers_from=date(2026, 10, 1),
        covers_to=date(2027, 1, 1), due_on=date(2026, 11, 24), owner=None, attendees=(), state="scheduled",
        on=date(2026, 11, 24), at=time(10), zone="America/New_York", starts_at=at, minutes=60, is_open=True,
        is_over=False, pack_at=None, held_at=None, reason="", settled_by=None, actions=(), notes="", version=1,
    )  # fmt: skip
    closed = replace(following, id=7, label="Q3 2026", state="closed", is_open=False)
    card = closed_card(Closed(closed, following), DANA)
    assert validate(card.blocks, "message") == []
    [file] = card.blocks[-1]["elements"]
    assert (file["action_id"], file["value"]) == ("qbr_calendar", "8")
    unset = replace(following, starts_at=None, on=None)
    assert [block["type"] for block in closed_card(Closed(closed, unset), DANA).blocks] == ["rich_text"]
