from __future__ import annotations

from bot.reading.reader import RulesReader, read_window
from bot.reading.types import Category, Finding, Kind, Window
from tests.reading.helpers import message, window

BLOCKED = "The cutover is blocked by your firewall."


class Fixed:
    """A reader that always hears the same."""

    def __init__(self, *findings: Finding) -> None:
        self._findings = list(findings)

    def read(self, window: Window) -> list[Finding]:
        return [finding for finding in self._findings if finding.message_ts in {m.ts for m in window.messages}]


def test_only_new_speech_is_read() -> None:
    seen = window(
        message(BLOCKED, ts="1.0"), message(BLOCKED, ts="2.0", speech=False), message(BLOCKED, ts="3.0"), new_from=1
    )
    assert {finding.message_ts for finding in RulesReader().read(seen)} == {"3.0"}


def test_an_empty_message_and_an_empty_window_give_nothing() -> None:
    assert RulesReader().read(window(message(""))) == []
    assert RulesReader().read(window()) == []


def test_read_window_drops_what_cannot_be_proved_and_lets_the_link_vouch_for_names() -> None:
    seen = window(message(BLOCKED))
    liar = Finding("1.0", Kind.RISK, 0, 5, "Their", Category.DELAY)
    linked = Finding("1.0", Kind.RISK, 0, len(BLOCKED), BLOCKED, Category.BLOCKED, names=("Acme Corp",))
    kept, dropped = read_window(Fixed(liar, linked), seen)
    assert kept == [linked]
    assert [(d.finding, d.reason) for d in dropped] == [(liar, "quote is not the message slice")]
