from __future__ import annotations

from bot.reading.reader import CascadeReader, RulesReader, read_window
from bot.reading.types import Category, Finding, Kind, Window
from tests.reading.helpers import message, window

BLOCKED = "The cutover is blocked by your firewall."


class Fixed:
    """A reader that always hears the same."""

    def __init__(self, *findings: Finding) -> None:
        self._findings = list(findings)

    def read(self, window: Window) -> list[Finding]:
        return [finding for finding in self._findings if finding.message_ts in {m.ts for m in window.messages}]


def whole(kind: Kind, category: Category | None, ts: str = "1.0", reader: str = "model") -> Finding:
    return Finding(ts, kind, 0, len(BLOCKED), BLOCKED, category, reader=reader)


def test_only_new_speech_is_read() -> None:
    seen = window(
        message(BLOCKED, ts="1.0"), message(BLOCKED, ts="2.0", speech=False), message(BLOCKED, ts="3.0"), new_from=1
    )
    assert {finding.message_ts for finding in RulesReader().read(seen)} == {"3.0"}


def test_an_empty_message_and_an_empty_window_give_nothing() -> None:
    assert RulesReader().read(window(message(""))) == []
    assert RulesReader().read(window()) == []


def test_the_earlier_reader_wins_and_a_new_kind_is_added() -> None:
    seen = window(message(BLOCKED))
    again = whole(Kind.RISK, Category.DELAY)
    watch = whole(Kind.WATCH, Category.WATCH)
    technical = whole(Kind.TECHNICAL, Category.TECHNICAL)
    heard = CascadeReader([RulesReader(), Fixed(again, watch, technical)]).read(seen)
    assert [(f.kind, f.reader) for f in heard] == [(Kind.RISK, "rules"), (Kind.TECHNICAL, "model")]


def test_the_cascade_keeps_message_order() -> None:
    seen = window(message(BLOCKED, ts="1.0"), message(BLOCKED, ts="2.0"))
    late, early = whole(Kind.TECHNICAL, Category.TECHNICAL, "2.0"), whole(Kind.SCOPE, Category.SCOPE, "1.0")
    assert [f.message_ts for f in CascadeReader([Fixed(late), Fixed(early)]).read(seen)] == ["1.0", "2.0"]


def test_read_window_drops_what_cannot_be_proved_and_lets_the_link_vouch_for_names() -> None:
    seen = window(message(BLOCKED))
    liar = Finding("1.0", Kind.RISK, 0, 5, "Their", Category.DELAY)
    linked = Finding("1.0", Kind.RISK, 0, len(BLOCKED), BLOCKED, Category.BLOCKED, names=("Acme Corp",))
    kept, dropped = read_window(Fixed(liar, linked), seen)
    assert kept == [linked]
    assert [(d.finding, d.reason) for d in dropped] == [(liar, "quote is not the message slice")]
