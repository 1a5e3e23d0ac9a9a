"""What may be done with each thing of the calendar, in the words people use: phrase -> verb."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeVar

from bot.language.requests import ActionVerb, CheckInVerb, DealVerb, OnboardVerb, QbrVerb, RenewalVerb
from bot.language.tokens import Token

V = TypeVar("V", bound=str)
# What may stand apart from its verb.
_SECOND = frozenset(
    [
        *("back", "down", "up", "together", "in", "out", "off", "on", "ready", "forward", "going", "started"),
        *("talks", "negotiations", "done", "won", "lost"),
    ]
)
_STRESSING = frozenset(["up", "out", "off"])  # "finish up"
_LONGEST_PHRASE = 3


def _table(phrases: Mapping[V, str]) -> Mapping[str, V]:
    """verb -> its phrases, parted by commas; turned round."""
    return MappingProxyType({phrase: verb for verb, listed in phrases.items() for phrase in listed.split(", ")})


ONBOARD: Mapping[str, OnboardVerb] = _table(
    {
        "start": (
            "onboard, on-board, on board, start, begin, kick off, kickoff, launch, create, set up, setup, open, "
            "initiate, add, bring, welcome, enroll, enrol, sign up, take on, new, make, build, prepare, do, get going, "
            "get started"
        ),
        "show": ("show, status, onboarding, onboarded, on-boarding, on boarding, view, see, check, progress, list"),
    }
)
QBR: Mapping[str, QbrVerb] = _table(
    {
        "run": (
            "run, prepare, prep, build, generate, create, make, produce, compile, do, draft, put together, get "
            "ready, pull, pull together, start, execute, kick off, crunch"
        ),
        "schedule": (
            "schedule, book, plan, set up, setup, arrange, organize, organise, set, reschedule, resched, sched, "
            "move, shift, push, push back, delay, change, bring forward, calendar, put in, fix, postpone, pencil in"
        ),
        "hold": "held, hold, mark held, happened, took place, is done, is over, is held, was held, was done",
        "close": "close, finish, complete, wrap up, closed, close out",
        "skip": "skip, cancel, drop, skipped",
        "deck": "deck, slides, export, pptx, powerpoint, canvas, export deck",
        "show": "show, status, view, see, list, open, check",
    }
)
CHECKIN: Mapping[str, CheckInVerb] = _table(
    {
        "schedule": (
            "schedule, book, plan, set up, setup, arrange, organize, organise, set, create, add, start, begin, put "
            "in, calendar, make, sched, pencil in, propose, new, meet"
        ),
        "reschedule": ("reschedule, move, shift, postpone, push, change, delay, resched, push back, bring forward"),
        "done": (
            "done, completed, complete, held, finished, happened, took place, is done, is over, is held, "
            "was held, was done"
        ),
        "skip": "skip, skipped",
        "stop": "stop, end, cancel, remove, delete, pause, no more",
        "brief": "brief, briefing, prepare, prep, prepare me, prep me, brief me",
        "show": "show, status, view, see, list, open",
    }
)
DEAL: Mapping[str, DealVerb] = _table(
    {
        "register": "register, submit, add, file, log, record, create, enter, new, put in, reg",
        "approve": "approve, accept, sign off, sign off on, ok, okay, green light, greenlight, confirm",
        "reject": "reject, decline, deny, refuse, turn down, disapprove",
        "return": "return, send back, give back, hand back",
        "extend": "extend, prolong, lengthen",
        "withdraw": "withdraw, cancel, retract, pull, pull back, take back, revoke",
        "won": "won, win, mark won, closed won, close won, converted",
        "lost": "lost, lose, mark lost, closed lost, close lost",
        "show": (
            "show, status, view, see, list, open, check, approved, rejected, registered, submitted, declined, "
            "returned, extended, withdrawn, pending, expiring, expired, approval, extension"
        ),
    }
)
RENEWAL: Mapping[str, RenewalVerb] = _table(
    {
        "prepare": (
            "prepare, prep, start, build, begin, kick off, kickoff, renew, renewing, work on, create, generate, "
            "make, draft, get ready, get going, get started, plan, put together, pull, pull up, pull together"
        ),
        "negotiate": (
            "negotiate, negotiating, start negotiating, open negotiations, start negotiations, begin negotiations, "
            "open talks, start talks, begin talks"
        ),
        "renewed": "renewed, signed, closed",
        "lapsed": "lapsed, lapse, expired",
        "terminated": "terminated, terminate, cancelled, canceled, end",
        "show": "show, status, view, see, list, open, check, due, expiring, expire, expires, expiry, renews, "
        "coming up, come up, coming",
    }
)
ACTIONS: Mapping[str, ActionVerb] = _table(
    {
        "done": "done, complete, completed, finish, finished, close, mark done, tick off",
        "drop": "drop, cancel, remove, delete, skip",
        "show": "show, view, see, list, open, check, status",
    }
)
PORTFOLIO: Mapping[str, str] = _table({"show": "show, view, see, list, open, check, get, give"})
STATUS: Mapping[str, str] = _table(
    {
        "show": "show, view, see, check, give, get, send, open",
    }
)
OF_COMMAND: Mapping[str, Mapping[str, str]] = {
    "onboard": ONBOARD, "qbr": QBR, "checkin": CHECKIN, "deal": DEAL, "renewal": RENEWAL, "status": STATUS,
    "actions": ACTIONS, "portfolio": PORTFOLIO,
}  # fmt: skip


# Every single word of them, for the spelling.
WORDS = frozenset(word for table in OF_COMMAND.values() for phrase in table for word in phrase.split())


@dataclass(frozen=True, slots=True)
class Match(Generic[V]):
    """A verb and the places of its words: "send deal 21 back" has them apart."""

    verb: V
    places: tuple[int, ...]


def verb_at(parts: Sequence[Token | None], place: int, table: Mapping[str, V]) -> Match[V] | None:
    """The verb whose phrase begins at `place`, the longest first; its second word may be further on."""
    if parts[place] is None:
        return None
    for length in range(_LONGEST_PHRASE, 0, -1):
        phrase = " ".join(token.word if token else "" for token in parts[place : place + length])
        if len(parts) - place >= length and phrase in table:
            apart = _apart(parts, place, table) if length == 1 else None
            after = parts[place + length] if place + length < len(parts) else None
            length += after is not None and (after.word in _STRESSING or _is_going_on(after.word, table))
            return apart or Match(table[phrase], tuple(range(place, place + length)))
    return _apart(parts, place, table)


def _is_going_on(word: str, table: Mapping[str, V]) -> bool:
    """ "start preparing": the same verb once more."""
    stem = word.removesuffix("ing")
    return stem != word and word not in table and (stem in table or f"{stem}e" in table)


def _apart(parts: Sequence[Token | None], place: int, table: Mapping[str, V]) -> Match[V] | None:
    """ "send … back", "get … ready": not across a comma."""
    head = parts[place]
    for further in range(place + 1, len(parts)):
        before, token = parts[further - 1], parts[further]
        if before is not None and before.comma:
            return None
        if head and token and token.word in _SECOND and f"{head.word} {token.word}" in table:
            return Match(table[f"{head.word} {token.word}"], (place, further))
    return None
