"""Short ways to build what a reader is given."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.reading.reader import RulesReader
from bot.reading.types import Finding, Kind, ReadMessage, Side, Window

SAID_AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)  # a Wednesday


def message(
    text: str, *, ts: str = "1.0", user: str = "U0PAT", side: Side = Side.PARTNER, speech: bool = True
) -> ReadMessage:
    """One message said on Wednesday, 4 March 2026, 10:00 UTC."""
    return ReadMessage(ts, user, side, text, SAID_AT, is_speech=speech)


def window(*messages: ReadMessage, new_from: int = 0) -> Window:
    """A window of a joint channel with Globex about Acme."""
    people = {"U0PAT": Side.PARTNER, "U0ANN": Side.US, "U0CUS": Side.CUSTOMER}
    return Window(messages, new_from, "Globex Consulting", "Acme Corp", people)


def read(text: str, *, user: str = "U0PAT", side: Side = Side.PARTNER) -> list[Finding]:
    """What the rules hear in one message."""
    return RulesReader().read(window(message(text, user=user, side=side)))


def kinds(text: str) -> set[Kind]:
    """The kinds heard in one partner message."""
    return {finding.kind for finding in read(text)}
