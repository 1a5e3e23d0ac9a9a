"""Who will do what is promised."""

from __future__ import annotations

import re
from enum import Enum, auto

from bot.reading.names import core
from bot.reading.people import Named, named_in
from bot.reading.rules.frame import View, frame
from bot.reading.slots.parties import MOST_NAMED, YOUR_PEOPLE, across, clauses, side_name, stands_after
from bot.reading.types import Side, Window

# What stands before a person who does it, and after one.
_BEFORE_DOER = re.compile(
    r"(?:^\W*|[,;:.!?–—(•\n-]\s?|\b(?:and|then|so|ok|but|that|our|my|from|by|with|colleague|AE|SA|PM|believe|think"
    r"|both|also|cc|so:)\W{1,3}|^\W*(?:ACTION|Action|AI|TODO)(?: item)?s?\W{1,3})$"
)
_AFTER_DOER = re.compile(
    r"(?: and [A-Z<][\w@]*>?| from [\w' -]{2,30}?| in [\w' -]{2,30}?| \([^)]*\))?(?:'ll\b|'s (?:\w+ing|on|going|got)\b"
    r"| will\b| shall\b| is\b| has\b| and\b| to\b| gets?\b| agreed\b| promised\b"
    r"| said\b| told\b| swore\b| (?!this|was|us|as|yes|is|thus|his|its)[a-z]+s\b|:| [–—-] )|\W*$"
)
_ACTION = re.compile(r"\W*(?:action(?: items?| points?)?|ai|todo)\b[^\w<]{1,3}", re.IGNORECASE)
_I = frame(
    r"\b(?:i|ill|i'll|i'm|i'd|i've|myself)\b(?! (?:think|thought|believe|guess|hope|hear|understand|assume|expect"
    r"|know|see)\b)|\b(?:leave (?:it|that|this) (?:with|to) me|(?:from|by|on) me|mine|my (?:mail|note|call|draft"
    r"|proposal|word|side|end|desk))\b|^\W*+(?:on it\b|will (?!(?:the|your|you|they|he|she|it|this|that|we)\b)[a-z]+"
    r"|gonna\b|let me\b|consider it done"
    r"|(?!b?ring\b)[a-z-]+(?<!th)ing (?:the|it|them|you|an?|this|that|your|our|<|[a-z]+'s|again)\b)"
)
_WE = frame(
    r"\b(?:we|we'll|we're|we'd|we've|our (?:side|end|team|people)|ourselves|let's)\b"
    r"(?! (?:think|thought|believe|guess|hope|hear|understand|assume|expect|know|see|agreed|have|had|need)\b)"
)
_YOU_GET = frame(
    r"\byou(?:'ll| will| can| shall)? (?:all |also |both |then |each )?(?:have|get|hear|receive|find|expect)\b"
    r"|\b(?:with you|w/ you|yours)\b|\bin your (?:inbox|queue|tray|mailbox|hands)\b|\bexpect (?:it|the|an?|my|that)\b"
)
_YOU_DO = frame(
    r"^\W*(?:and |so |then |ok )?you(?:'ll| will| to)? (?:send|check|provide|fix|deliver|sign|share|upload|issue"
    r"|confirm|review|bring|handle|book|open|return|pay|order|start)\b"
)
_OUR_PEOPLE = frame(r"^\W*(?:(?:both|all|some|one|two|someone|somebody) (?:of|from|in) )?(?:our|my) ")
_OTHERS_PEOPLE = frame(rf"^\W*(?:(?:and|so|then|ok|as|the|someone|somebody|[a-z]+ (?:in|from|of|at)) )*{YOUR_PEOPLE}")
_CUSTOMERS = frame(
    r"^\W*(?:(?:and|so|then|ok|as) )?(?:the |their |our |end )?(?:customer|client|end customer|bank|council|hospital"
    r"|agency|buyer|authority|ministry)(?:'s [\w ]{2,30}?| side| team)?(?:'ll| will| is| has| wants| promised"
    r"| [a-z]+s\b)"
)
_THEY = frame(r"^\W*(?:and |so |then |but |ok )?(?:he|she|they)\b")
# A document is drafted by the one who announces it; "our", "their" or a role says whose work it is instead.
_OWN_WORK = frame(
    r"^\W*(?:the |a |an |and the |full |final |revised )*(?:[\w-]+ ){0,2}(?:annex|spec|draft|runbook|report|material"
    r"|list|document|mapping|deck|estimate|plan|summary|notes|minutes|one-pager|numbers|slides)\b"
    r"(?: for [\w ]{2,30}?)? (?:comes?|will be|goes|follows?|is coming|lands?)\b"
)
_IT = frame(r"^\W*(?:<DAY>,? )?(?:[\w ]{0,20}, )?(?:it|it's|gets?|needs?|takes?|comes?|goes)\b|<DAY>,? it's\b")
_OTHERS_WORK = frame(r"\b(?:our|their|his|her|your) \w+")
_PAID_OUT = frame(r"\b(?:refund|rebate|bonus|payment|money)\b")
_THEIR_PEOPLE = frame(YOUR_PEOPLE)
_NEAR = 200  # characters before a pronoun in which its person is looked for
_VERB = re.compile(
    r"\b(?:will|is|are|gets?|goes|has|have|should|shall|comes?|[a-z]{2,}(?:[^s\W]s|es)|'ll|'s)\b|'s\b|'ll\b"
)


class _Doer(Enum):
    """Whom a clause names as its doer without a name."""

    AUTHOR = auto()
    OUR_SIDE = auto()
    THEIR_SIDE = auto()
    CUSTOMER = auto()


def owner_of_commitment(view: View, window: Window) -> str | None:
    """Who will do it: the clause with the date is asked first, then the others, then what kind of thing is promised.

    The author for "I" and for what is promised without a doer ("you have it by Friday", "on it"), the author's side
    for "we", a person who is mentioned or named as doer, the side or customer whose people do it. A third party nobody
    can resolve ("the crew flies in") counts for the author's side, who brought the promise forward.
    """
    low, message = view.low, view.message
    people = [named for named in named_in(view.text, window)[:MOST_NAMED] if _does_it(named, view.text)]
    if action := _ACTION.match(low):
        return _owner_of_action(view, people, action.end())
    for place, (start, end) in enumerate(_by_weight(view)):
        clause = low[start:end]
        first = _first_person(clause, low)
        doer = next((named for named in people if start <= named.start < end), None)
        if doer is not None and first is None:
            return doer.user or side_name(message.side)
        said = first or _others(clause)
        if said is not None:
            return _resolve(said, view)
        if place == 0 and _THEY.search(clause) and (owner := _spoken_of(view, start, window)):
            return owner
    if message.side is not Side.PARTNER and _opens_with(window.partner, view.text):
        return Side.PARTNER.value
    if _IT.search(low) or not _VERB.search(low) or (_OWN_WORK.search(low) and not _OTHERS_WORK.search(low)):
        return message.user
    return side_name(message.side)


def _by_weight(view: View) -> list[tuple[int, int]]:
    """Where the clauses of the sentence stand; that of the last coming date first, without a date those with an I."""
    spans = clauses(view)
    due = view.future_due
    if due is None:
        return sorted(spans, key=lambda span: not _I.search(view.low[slice(*span)]))
    at = due.start - view.sentence.start
    return sorted(spans, key=lambda span: not span[0] <= at < span[1])


def _first_person(clause: str, low: str) -> _Doer | None:
    if _I.search(clause):
        return _Doer.AUTHOR
    if _WE.search(clause):
        return _Doer.OUR_SIDE
    if _YOU_GET.search(clause):
        return _Doer.OUR_SIDE if _PAID_OUT.search(low) else _Doer.AUTHOR
    return None


def _others(clause: str) -> _Doer | None:
    if _OUR_PEOPLE.search(clause):
        return _Doer.OUR_SIDE
    if _YOU_DO.search(clause) or _OTHERS_PEOPLE.search(clause):
        return _Doer.THEIR_SIDE
    return _Doer.CUSTOMER if _CUSTOMERS.search(clause) else None


def _resolve(doer: _Doer, view: View) -> str | None:
    message = view.message
    if doer is _Doer.AUTHOR:
        return message.user
    if doer is _Doer.THEIR_SIDE:
        return across(view)
    if doer is _Doer.CUSTOMER and message.side is not Side.CUSTOMER:
        return Side.CUSTOMER.value
    return side_name(message.side)


def _does_it(named: Named, text: str) -> bool:
    return bool(stands_after(_BEFORE_DOER, named, text) and _AFTER_DOER.match(text, named.end))


def _owner_of_action(view: View, people: list[Named], start: int) -> str | None:
    """ "ACTION: Robin to draft it" is Robin's; "ACTION: draft it (Robin)", too; "ACTION: draft it" is nobody's."""
    if people:
        return people[0].user
    said = _first_person(view.low[start:], view.low)
    return _resolve(said, view) if said is not None else None


def _spoken_of(view: View, start: int, window: Window) -> str | None:
    """Whom "he", "she" or "they" means: who was named last before, or the other side's people."""
    before = view.message.text[: view.sentence.start + start]
    previous = before[max(0, len(before) - _NEAR) :]
    people = named_in(previous, window)
    if people:
        return people[-1].user
    return across(view) if _THEIR_PEOPLE.search(previous.lower()) else None


def _opens_with(partner: str | None, text: str) -> bool:
    name, said = core(partner or ""), core(text)
    return bool(name and said) and name[0] == said[0]
