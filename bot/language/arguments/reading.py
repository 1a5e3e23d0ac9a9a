"""What the requests of the calendar have in common: which verb is meant, which names and which day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, time, timedelta
from typing import TypeVar

from bot.errors import Choice, Refused
from bot.language import mood
from bot.language.draft import Draft, Name
from bot.language.requests import Setting
from bot.language.slots.times import find_day, find_days
from bot.reading.deadlines.words import word_set

V = TypeVar("V", bound=str)
_SEVERAL = word_set("all every everything each both everyone")
Again = Callable[[str], str]


def acting_verb(draft: Draft, table: Mapping[str, V], show: V, decisions: Collection[str] = ()) -> V | None:
    """What is to be done, None when no verb was said. A question about it and a denial of it are `show`; "can we …" and
    "approve it?" are questions where it would take one of `decisions`. Raises Refused when two things are to be done
    at once."""
    parts = draft.tokens
    told = mood.follow_up(parts, table)
    verbs = draft.take_verbs(table)
    acting = list(dict.fromkeys(verb for verb in verbs if verb != show))
    if mood.is_question(parts[told:]) or mood.is_denied(parts[told:]):
        draft.drop_aside()
        return show
    if told:
        draft.drop_told()
        acting = acting[-1:]
    if len(acting) > 1:
        raise Refused(f"One thing at a time, please: {' or '.join(acting)}?")
    if not acting:
        return show if verbs else None
    if not _SEVERAL.isdisjoint(token.word for token in parts):
        raise Refused("One at a time, please: say which one.")
    return show if acting[0] in decisions and (mood.is_wish(parts) or mood.is_doubtful(parts)) else acting[0]


def one_name(draft: Draft, again: Again, example: str) -> str:
    """The one partner or account named, "" when none is. `again` makes a whole request of a (quoted) name.

    Raises Refused for words nobody is called by, Choice when several names are left.
    """
    names = draft.names()
    refuse_odd(names, example)
    if len(names) > 1:
        whole = [" and ".join(name.text for name in names)] if len(names) == 2 else []
        offered = dict.fromkeys([*(name.text for name in names), *whole])
        raise Choice("One at a time: which one do you mean?", [again(quoted(name)) for name in offered])
    return names[0].text if names else ""


def refuse_odd(names: Sequence[Name], example: str) -> None:
    """Raises Refused when what is left over is no name."""
    for name in names:
        if not name.plausible:
            raise Refused(f"I did not get “{name.text}”. For example: {example}")


def take_day(draft: Draft, setting: Setting) -> tuple[date, date] | None:
    """The day said, as first and last; several days when only a week or a month was said; None without either."""
    day = draft.take(lambda text: find_day(text, setting.now, setting.zone))
    return (day, day) if day else draft.take(lambda text: find_days(text, setting.now, setting.zone))


def one_day(days: tuple[date, date] | None, setting: Setting, again: Again, example: str) -> date | None:
    """The day of `days`. Raises Choice for the working days of a week, Refused for a longer stretch."""
    if days is None or days[0] == days[1]:
        return days[0] if days else None
    first, last = max(days[0], setting.today), days[1]
    if (last - first).days > 7:
        raise Refused(f"Which day? For example: {example}")
    between = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    working = [day for day in between if day.weekday() < 5]
    raise Choice(
        "Which day?",
        [again(f"on {day.isoformat()}") for day in working],
        labels=[f"{day:%a} {day.day} {day:%b}" for day in working],
    )


def quoted(name: str) -> str:
    """A name as it can be typed so that nothing in it is taken for anything else."""
    return '"' + name.replace('"', "") + '"' if name else ""


def clock(at: time | None) -> str:
    return f"at {at:%H:%M}" if at else ""


def request(*words: str) -> str:
    """A whole request of its words, the empty ones left out."""
    return " ".join(word for word in words if word)
