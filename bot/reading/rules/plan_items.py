"""Which line of the account plan a clause speaks of: the line's own thing ("cutover is booked"), not something beside
it ("the cutover rehearsal", "the invoice for the cutover")."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.reading.types import Due, PlanDate
from bot.reading.wordlists import words

# "Go-live", "goes live" and "golive" are one word; "isn't" is one, "we've" are two.
_JOINED = re.compile(r"\b(go|cut|sign|hand|roll|kick|switch)(?:es|s|ed|ting|ing)?[ -]?(live|over|off|out)\b")
_TOKEN = re.compile(rf"{_JOINED.pattern}|[^\W_]+n't|[^\W_]+|'(?:s|ve|ll|re|d|m)\b")
_PLAIN = re.compile(r"[^\W_]+")
_APART = re.compile(r"[,;:()=–—/\n]|[.!?]\s|\s-\s")
_JOINS = words("and but so while whereas because where which then though although")
_TOPIC = 5  # words of a first clause that is only a topic
_SHORT = 8  # letters of a word that is called by its first three: "pen test"

# In a line of a plan these say nothing about the thing; before the others it ends.
_LIGHT = words(
    "complete completed completion done ready finished finish start end final weekend week day date delivery delivered "
    "milestone the a an all each every our their your its"
)
_ENDS = words("of for after before with in on by from to per at until incl including")
_TWO_THINGS = re.compile(r"[&+]|\b(?:and|und)\b")  # neither alone is the line's
# A head that means nothing without a further word of its line.
_VAGUE = words(
    "test tests data plan report list document review load design setup work phase project team meeting session pack "
    "version training environment wave step stage release part order access approval support draft file material"
)
ARTICLES = words("the a an our your their this that my its his her these those whole entire full final actual all")
# What stands before a thing that something is done with or said of ...
_BEFORE = words(
    "finish finishes finished finishing complete completes completed do does doing done start starts begin begins run "
    "runs running deliver delivers delivered send sends provide provides plan planned book booked schedule scheduled "
    "have has hold perform performs execute expect set fix close ship get own owns handle handles cover covers manage "
    "manages supply supplies lead leads and so now then that but also ok okay because still we i you they it he she "
    "will shall is are be been to understood assume think thought believe guess say says said shows lists gives hi hey "
    "hello team update fyi note yes sure great not isn't aren't 's 'll 've"
)
_OF = words("of for on re regarding about")  # at the beginning, or after "the date", "takes care"
_WHAT_OF = words("date day window slot deadline target end care charge")
# ... and after it, where its name ends.
GOES_ON = words(
    "is are isn't aren't be will won't shall gets get goes go comes come lands land starts start begins ends end "
    "finishes finish completes closes happens takes runs run stays stay remains sits lies belongs falls rests booked "
    "planned scheduled set fixed confirmed locked expected due done complete completed finished ready available "
    "delivered now then still also on by at until as we you they it 's not covered handled owned weekend week date"
)
_PART_OF = ARTICLES | words("for of from with to in after against")  # "the cutover of the payroll": of what?


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a lower-case text, or a whole `day` (then it is ""); `apart`: a comma or the like stands before it."""

    text: str
    start: int
    end: int
    apart: bool
    day: Due | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the plan: `head` names the thing, `own` are the words that say which, `told` all that the line tells;
    `number` is the last one of the thing ("cycles 1-3"). A text that lacks one of `cues` does not name it."""

    line: PlanDate
    head: str
    own: frozenset[str]
    told: frozenset[str]
    number: str
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """Words `first` to `last` of a clause name the line, the one at `head` its thing, `told` words say which."""

    item: Item
    first: int
    last: int
    head: int
    told: int = 0


@lru_cache(maxsize=256)
def items_of(plan: tuple[PlanDate, ...]) -> tuple[Item, ...]:
    """The lines of a plan that can be recognised, in order."""
    return tuple(item for line in plan if (item := _read(line)) is not None)


def _read(line: PlanDate) -> Item | None:
    low = line.item.lower().replace("’", "'")
    told = _words(low)
    own: list[str] = []
    for word in told:
        if own and (word.apart or word.text in _ENDS):
            break
        if len(word.text) > 1 and not word.text.isdigit() and word.text not in _LIGHT:
            own.append(word.text)
    if not own or _TWO_THINGS.search(low):
        return None
    head, numbers = own[-1], [word.text for word in told if word.text.isdigit()]
    joined = _JOINED.fullmatch(head)
    cues = joined.groups() if joined else (head[:3] if len(head) >= _SHORT else head[:4],)
    everything = frozenset(word.text for word in told)
    return Item(line, head, frozenset(own), everything, numbers[-1] if numbers else "", cues)


def spoken_of(low: str, items: Iterable[Item]) -> list[Item]:
    """The lines whose thing may be named in `low`: most talk is of none, and done with."""
    likely = [item for item in items if item.cues[0] in low and item.cues[-1] in low]
    if not likely:
        return []
    said = {*_PLAIN.findall(low)}
    if any(len(item.cues) > 1 for item in likely):
        said.update(map("".join, _JOINED.findall(low)))
    return [item for item in likely if _told(said, item)]


def _words(low: str, days: Sequence[Due] = ()) -> list[Word]:
    """Those that are one are given as one, as are those of each of `days`."""
    found: list[Word] = []
    last = 0
    for match in _TOKEN.finditer(low):
        start, end = match.span()
        if start < last:
            continue  # within a day
        day = next((each for each in days if each.start <= start < each.end), None)
        text = "" if day else "".join(filter(None, match.groups())) or match.group()
        apart = not found or bool(_APART.search(low, last, start))
        last = day.end if day else end
        found.append(Word(text, start, last, apart, day))
    return found


def clauses_of(low: str, days: Sequence[Due] = ()) -> list[list[Word]]:
    """The words of a lower-case text by clause; a topic and what is said of it are one ("For the cutover, we have 30
    May")."""
    found: list[list[Word]] = []
    for word in _words(low, days):
        topic = found and len(found[-1]) <= _TOPIC and not any(each.day for each in found[-1])
        if not found or ((word.apart or word.text in _JOINS) and not (topic and (word.day or word.text in GOES_ON))):
            found.append([])
        found[-1].append(word)
    return found


def same(one: str, other: str) -> bool:
    """Whether two words are one but for their ending: validated, validation; pen, penetration."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if long.endswith(("live", "over", "off", "out")):
        return False  # to sign is no sign-off
    begins = long.startswith(short) and len(short) >= (3 if len(long) >= _SHORT else 4)
    return begins or (len(short) >= 6 and short[:6] == long[:6])


def named_in(clause: Sequence[Word], items: Iterable[Item], around: Collection[str]) -> Mention | None:
    """The one line the clause speaks of, and where; None when it is none or may be several.

    `around` are words that may stand beside it without changing it, as the customer's name does.
    """
    found = [mention for item in items if (mention := _named(clause, item, around)) is not None]
    best = [mention for mention in found if mention.told == max(each.told for each in found)]
    return best[0] if len(best) == 1 else None


def _told(said: Collection[str], item: Item) -> int:
    """How many of the words that say which thing are said; 0 when they do not name it."""
    if not any(same(text, item.head) for text in said):
        return 0
    told = sum(any(same(text, mine) for text in said) for mine in item.own)
    plain = not item.number and (len(item.own) == 1 or item.head not in _VAGUE)
    return told if plain or told > 1 or (item.number and item.number in said) else 0


def _named(clause: Sequence[Word], item: Item, around: Collection[str]) -> Mention | None:
    said = [word.text for word in clause]
    told = _told(said, item)
    beside = item.told | {"'s", *around}
    ours = [text in beside or any(same(text, mine) for mine in item.own) for text in said]
    for at, text in enumerate(said):
        after = said[at + 1] if at + 1 < len(said) and not clause[at + 1].apart else ""
        if not (told and same(text, item.head)) or (after.isdigit() and after != item.number):
            continue  # "cycle 3" is the end of "cycles 1-3", "cycle 1" is not
        first = last = at
        while first and not clause[first].apart and ours[first - 1]:
            first -= 1
        while last + 1 < len(said) and not clause[last + 1].apart and ours[last + 1]:
            last += 1
        if _fits_before(clause, first) and _fits_after(clause, last, ours):
            return Mention(item, first, last, at, told)
    return None


def _fits_before(clause: Sequence[Word], first: int) -> bool:
    """Whether what stands before makes it subject or object of something done with it."""
    while first and not clause[first].apart and clause[first - 1].text in ARTICLES:
        first -= 1
    if not first or clause[first].apart:
        return True
    before = clause[first - 1]
    if before.text in _OF:
        return first == 1 or before.apart or clause[first - 2].text in _WHAT_OF
    return before.day is not None or before.text in _BEFORE


def _fits_after(clause: Sequence[Word], last: int, ours: Sequence[bool]) -> bool:
    """Whether the thing ends there: no further noun makes it another one, no complement a part of it."""
    after = clause[last + 1 :]
    if not after or after[0].apart or after[0].day or after[0].text in GOES_ON:
        return True
    if [word.text for word in after[:2]] in (["has", "to"], ["has", "been"]):
        return True
    of_what = next((at for at in range(last + 2, len(clause)) if clause[at].text not in ARTICLES), None)
    return after[0].text in _PART_OF and of_what is not None and (clause[of_what].day is not None or ours[of_what])
