"""The demo's week, played once: what the sandbox recorded, and what the terminal showed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from app import on_sandbox
from bot.desk.rights import NOT_OURS
from sandbox import demo_week as story
from sandbox.box import Sandbox
from sandbox.demo import replay
from sandbox.render import Renderer
from sandbox.workspace import Message

SLIP = "The cutover has slipped from the 14th to the 26th."
DELETED = "(the message was deleted)"


@dataclass(frozen=True)
class Week:
    box: Sandbox
    screen: str

    def sent(self, user: str) -> list[tuple[str, str]]:
        """The bot's direct messages to this person: when each was sent ("Tue 14:30") and what it says in the end."""
        return [(_when(m), self.read(m)) for m in self.box.dms(user) if m.user == self.box.bot_user_id]

    def cards(self, user: str) -> list[str]:
        return [card for _, card in self.sent(user)]

    def read(self, message: Message) -> str:
        return Renderer(self.box.workspace, story.ZONE, addresses=False).message(message)


@pytest.fixture(scope="module")
def week() -> Week:
    out = StringIO()
    box = asyncio.run(replay(on_sandbox, Console(file=out, width=100), fast=True))
    return Week(box, out.getvalue())


def test_a_slip_reaches_the_senior_manager_at_once_and_the_others_are_informed(week: Week) -> None:
    card = week.cards(story.SAM)[0]
    assert week.sent(story.SAM)[0] == ("Mon 10:05", card)
    assert SLIP in card.splitlines()[1]
    for words in ("Globex Consulting", "Pia Weber (the partner)", "Acme ERP, USD 250,000", "senior manager above"):
        assert words.lower() in card.lower()
    assert SLIP in week.cards(story.ALEX)[0]
    assert "you own Acme Corp" in week.cards(story.ALEX)[0]
    assert SLIP in week.read(week.box.bot_messages(story.ALERTS)[0])


def test_acknowledging_and_closing_edit_every_card(week: Week) -> None:
    edits = [json.dumps(call.args) for call in week.box.calls("chat.update")]
    assert any("Acknowledged by Sam Ortiz" in edit for edit in edits)
    proposal = next(card for card in week.cards(story.SAM) if card.startswith("CLOSE RISK #1?"))
    assert "back on track for the 14th." in proposal
    assert "Closed by Sam Ortiz" in proposal
    copies = [week.cards(story.SAM)[0], week.cards(story.ALEX)[0], week.read(week.box.bot_messages(story.ALERTS)[0])]
    assert all("Resolved by Sam Ortiz" in card and "[" not in card for card in copies)


def test_what_nobody_acknowledges_climbs_after_four_working_hours(week: Week) -> None:
    [(at, card)] = week.sent(story.VERA)
    assert at == "Tue 14:30"
    assert "nobody here can quote Umbra without it." in card
    assert "Sam Ortiz has not acknowledged it in 4 working hours" in card
    assert "Resolved by Vera Petit" in card


def test_an_open_question_waits_for_the_digest_and_a_day_for_the_senior_manager(week: Week) -> None:
    asked = "nobody owns the SSO change."
    assert not [at for one in story.CAST for at, _ in week.sent(one.id) if at.startswith("Mon 15")]
    assert [at for at, card in week.sent(story.DANA) if asked in card][0] == "Tue 08:30"
    # After 24 hours, when the snooze ended, and in the digests of the mornings after.
    assert [at for at, card in week.sent(story.SAM) if asked in card] == [
        "Tue 15:00", "Wed 15:20", "Thu 08:30", "Fri 08:30",
    ]  # fmt: skip
    handed, *_mornings = week.cards(story.PAT)
    assert asked in handed
    assert "Sam Ortiz handed it to you" in handed
    assert "The message was edited since." in handed


def test_a_fault_is_accepted_by_an_architect_and_its_deleted_words_are_gone(week: Week) -> None:
    card, *mornings = week.cards(story.SOL)
    assert card.startswith("TECHNICAL ISSUE")
    assert len(mornings) == 4 and all("1 HANDOFF" in morning for morning in mornings)
    assert "Accepted by Sol Haddad" in card
    assert DELETED in card
    assert not [each for each in (card, *mornings) if "error 500" in each]


def test_look_alikes_and_small_talk_stay_quiet(week: Week) -> None:
    posted = {_when(m) for channel in week.box.workspace.channels for m in week.box.bot_messages(channel)}
    assert not {at for at in posted if "Mon 09:10" < at < "Mon 10:05"}
    assert week.screen.count("PartnerDesk stays quiet.") == 4


def test_nothing_is_posted_where_outsiders_read_and_they_get_one_polite_text(week: Week) -> None:
    shared = [c.id for c in week.box.workspace.channels.values() if c.is_ext_shared]
    assert sorted(shared) == sorted([story.JOINT, story.RESALE, story.ELSEWHERE])
    assert [m for channel in shared for m in week.box.bot_messages(channel)] == []
    outsiders = {one.id for one in story.CAST if one.team != story.HOME}
    told = [m for m in week.box.workspace.ephemerals if m.private_to in outsiders]
    assert [(m.private_to, week.read(m)) for m in told] == [(story.PIA, NOT_OURS), (story.ROB, NOT_OURS)]
    assert not [m for one in outsiders for m in week.box.dms(one)]


def test_every_quote_is_somebodys_exact_words(week: Week) -> None:
    spoken = [step.text for step in story.WEEK if isinstance(step, story.Says | story.Edits)]
    quotes = {quote for call in week.box.calls() for quote in _quotes(call.args.get("blocks"))}
    assert len(quotes) >= 6
    assert all(any(quote in text for text in spoken) for quote in quotes - {DELETED}), quotes


def test_the_screen_shows_cards_buttons_edits_and_answers_within_100_columns(week: Week) -> None:
    for shown in (
        "[Acknowledge] [Resolve] [Not a risk] [Snooze ▾] [Hand off to… ▾]",
        "[Watch it] [No]",
        "[Close the risk] [Leave it open]",
        "[Kept] [Not yet]",
        "[Accept] [Decline]",
        f"│ {SLIP}",
        "edited: Acknowledged by Sam Ortiz",
        "edited: (the message was deleted)",
        "Risk #5 is closed as not a risk.",
        "types /pm commitments",
        "1 OPEN COMMITMENT, 1 OVERDUE",
        "2 OPEN RISKS FOR GLOBEX",
        "WHAT YOU CAN ASK ME",
        "Health: everything sent is delivered.",
        "Messages in the 3 channels shared with others: 0.",
    ):
        assert shown in week.screen, shown
    assert max(len(line.rstrip()) for line in week.screen.splitlines()) <= 100


def _when(message: Message) -> str:
    return f"{datetime.fromtimestamp(float(message.ts), ZoneInfo(story.ZONE)):%a %H:%M}"


def _quotes(value: Any) -> Iterator[str]:
    """The text of every quote in the blocks of a call."""
    if isinstance(value, str) and value.startswith("["):
        value = json.loads(value)
    if isinstance(value, list):
        for each in value:
            yield from _quotes(each)
    elif isinstance(value, dict):
        if value.get("type") == "rich_text_quote":
            yield "".join(part["text"] for part in value["elements"])
        for each in value.values():
            yield from _quotes(each)
