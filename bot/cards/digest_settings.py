"""How somebody gets their digest, the digest asked for, and the answers to hearing less."""

from __future__ import annotations

from datetime import datetime

from bot.cards import text
from bot.cards.blocks import Node, actions, bold, button, footer, header, line, rich
from bot.cards.card import Card
from bot.cards.digest import drawn, fit, left_out, sections, summary
from bot.cards.limits import MESSAGE_BLOCKS, MESSAGE_CHARACTERS
from bot.cards.notice import request_buttons
from bot.desk.digest_sections import Section
from bot.desk.digests import Settings
from bot.desk.views import DigestView, PersonView

_OFF = (
    "No more morning digests. Escalations, approvals, handoffs and the briefs before check-ins still reach you;"
    " reminders and the weekly portfolio do not. To get them back: /pm digest on"
)
_SMALL_PRINT, _BUTTONS = 1_000, 4  # characters and blocks kept free


def settings_card(chosen: Settings, reader: PersonView) -> Card:
    """How it is now, and the usual ways to change it."""
    if not chosen.wants:
        return Card(text=text.own(_OFF, 400), blocks=[rich(line(_OFF)), *request_buttons(["digest on"])])
    told = how(chosen)
    coming = f"The next one: {text.short(chosen.next_at, reader.zone)}." if chosen.next_at else ""
    only = " It is only sent when something waits for you."
    blocks = [rich(line(bold(told)), line(coming, only)), *_ways(chosen)]
    return Card(text=text.own(f"{told} {coming}", 400), blocks=blocks)


def live_card(view: DigestView, chosen: Settings) -> Card:
    """What the digest would hold now, for somebody who asks."""
    heading = f"Now: {summary(view)}"
    parts = sections(view)
    fit(parts, MESSAGE_BLOCKS - _BUTTONS, MESSAGE_CHARACTERS - _SMALL_PRINT)
    told = how(chosen) if chosen.wants else "You get no morning digest."
    return Card(
        text=text.own(f"{heading}. {told}", 400),
        blocks=[header(heading), *drawn(parts), *_ways(chosen), footer(left_out(parts), told)],
    )


def how(chosen: Settings) -> str:
    """ "Your digest comes on working days at 08:30, without changes."."""
    days = "once a week, on Mondays" if chosen.every == "week" else "on working days"
    without = ", ".join(section for section in chosen.without if section != Section.PORTFOLIO)
    told = f"Your digest comes {days} at {chosen.at:%H:%M}{f', without {without}' if without else ''}."
    if not chosen.gets_portfolio:
        return told
    comes = "does not come" if Section.PORTFOLIO in chosen.without else "comes, too"
    return f"{told} The weekly portfolio {comes}."


def quiet_card(item: str, until: datetime | None, zone: str) -> Card:
    """What hearing less came to, and the way back. `until` is UTC, None for good."""
    said = (
        f"I keep this quiet for you until {text.short(until, zone)}." if until else "I do not remind you of it again."
    )
    said += " Others who have it still hear of it."
    undo = button("Remind me again", "quiet_undo", item)
    return Card(text=text.own(said), blocks=[rich(line(said)), actions([undo])])


def _ways(chosen: Settings) -> list[Node]:
    if not chosen.wants:
        return request_buttons(["digest on"])
    other = "digest daily" if chosen.every == "week" else "digest weekly"
    look = f"digest {'with' if Section.WORTH_A_LOOK in chosen.without else 'without'} worth-a-look"
    everything = ["digest with everything"] if chosen.without else []
    return request_buttons([other, look, *everything, "digest off"])
