"""What somebody says against the account plan: another day for a line of it, or that a line is somebody else's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise, takewhile

from bot.reading.deadlines import find_dates
from bot.reading.names import core
from bot.reading.people import named_in as people_in
from bot.reading.rules.frame import View
from bot.reading.rules.plan_items import ARTICLES, Item, Mention, Word, clauses_of, items_of, named_in, spoken_of
from bot.reading.sentences import mask
from bot.reading.slots.parties import PEOPLE, across
from bot.reading.types import Due, ReadMessage, Side, Window
from bot.reading.wordlists import words

_LONGEST = 400  # characters of a sentence that states something of the plan
_LONG = 1_000  # of what is answered in which the thing is looked for that "it" means
_IT_WORDS = words("it it's this that that's")
_IT = re.compile(r"\b(?:it|this|that)(?= is\b| isn't| goes\b| sits\b| lies\b| stays\b| belongs\b| remains\b|'s\b)")

# A condition, a wish, a thought, what is over, and what was moved or agreed state nothing against the plan.
_CONDITION = words("if unless provided depending depends assuming suppose supposing whether")
_NOT_STATED = _CONDITION | words(
    "or would could might may maybe perhaps possibly hopefully hope can can't should 'd please pls kindly let propose "
    "suggest prefer want wish need needs ask asked thanks thank agree agreed approved amended was were had did went "
    "took last yesterday ago earlier instead moved changed swapped transferred review feedback signature"
)
_NOT_SO = words("not no never none nobody cannot without isn't aren't won't don't doesn't hasn't than late behind")
_OVER = words("finished completed started delivered launched held")
_NOT_THAT_DAY = words("before after until till since past between later following")
_NO_DAY = re.compile(
    r"\b(?:weeks?|weekend|wk|months?|quarter|years?|days?|sprint|end|mid|middle|early|late|start|beginning|close|kw|q[1-4]"
    r"|h[12]|spring|summer|autumn|fall|winter|noon|eo[mqy])\b"
)
_A_DAY = re.compile(r"\b\d{1,2}(?!\d)|day|tomorrow|\b(?:mon|tue|wed|thu|fri|sat|sun)\b")  # "March" is none
_BARE_NUMBER = re.compile(r"(?:the )?\d{1,2}(?:st|nd|rd|th)?")
# What takes place on its day; anything else may well be there before it is due.
_EVENTS = words("golive cutover kickoff switchover launch workshop training session freeze audit visit inspection")
_BY = words("by latest start starts starting begin begins beginning kicks")

# "The cutover sits with you", "your team runs the cutover", "once you have done the cutover".
_LIES = words("sits lies stays belongs remains falls rests")
_IS = _LIES | words("is are isn't aren't 's will goes")
_LINK = _IS | words(
    "be still clearly fully always purely really entirely actually definitely only just not done handled owned covered "
    "delivered run provided carried out with on to under by"
)
_DOES = words(
    "do does handle handles own owns run runs cover covers take takes deliver delivers provide provides perform "
    "performs manage manages supply supplies lead leads done finished completed delivered"
)
_HELPS = words("'ll 're 've has have is are will shall still also then all fully")
_DENIES = words("not never isn't aren't don't doesn't won't")
_TO_COME = words("soon once when after until till before")
_SHARE = PEOPLE | words("end plate court part scope job task work responsibility line")
_TAG = re.compile(r", ?(?:right|correct|yes|no|ok)\W*$")

_Said = tuple[Sequence[Word], bool]  # the words that name somebody, and whether it is denied


def against_plan(view: View, window: Window, spoken: Sequence[Item]) -> tuple[str, str] | None:
    """The id of the rule and, in words, what the plan says, where the sentence says something else of one of its lines;
    None when it says nothing of them, or the same. `spoken` are the lines its message may speak of."""
    here = spoken_of(view.low, spoken)
    answers = view.reply_to is not None and not here and not _IT_WORDS.isdisjoint(view.words)
    its = {match.start() for match in _IT.finditer(view.low)} if answers else set()
    if not (here or its) or len(view.low) > _LONGEST:
        return None
    meant = _meant(view.reply_to, window) if view.reply_to and its else None
    if not (here or meant):
        return None
    around = _around(window)
    for clause in clauses_of(view.low, find_dates(view.sentence.text, view.context)):
        mention = named_in(clause, here, around)
        for at, word in enumerate(clause):
            if meant is not None and word.start in its:
                mention = Mention(meant, at, at, at)
        if mention is not None and _another_day(view, clause, mention):
            return "misalignment.plan-date", mention.item.line.says_when
        if mention is not None and _another_owner(view, clause, mention, window):
            return "misalignment.plan-owner", mention.item.line.says_who
    return None


def _around(window: Window) -> frozenset[str]:
    return frozenset(core(window.partner or "") + core(window.account or ""))


def _meant(answered: ReadMessage, window: Window) -> Item | None:
    """The line that "it" is, of what is being answered; None when that names none or several."""
    low = mask(answered.text[:_LONG]).lower().replace("’", "'")
    if not (spoken := spoken_of(low, items_of(window.plan))):
        return None
    around = _around(window)
    named = (named_in(clause, spoken, around) for clause in clauses_of(low))
    found = {mention.item for mention in named if mention}
    return found.pop() if len(found) == 1 else None


def _another_day(view: View, clause: Sequence[Word], mention: Mention) -> bool:
    """Whether the clause states that the line's thing is on or due by a day that cannot be the plan's."""
    line, spoken = mention.item.line, _texts(clause)
    days = [word.day for word in clause if word.day]
    if line.due is None or not days or view.question or not view.words.isdisjoint(_CONDITION):
        return False
    if not spoken.isdisjoint(_NOT_STATED | _NOT_SO) or not _texts(clause[: mention.first]).isdisjoint(_OVER):
        return False
    said = [each.day for each in days if each.day and not _may_mean(each, line.due)]
    beside = {one.text + then.text for one, then in pairwise(clause) if one.day or then.day}
    if len(said) < len(days) or min(said) < view.message.said_at.date() or beside & _NOT_THAT_DAY:
        return False
    low = line.item.lower()
    around = timedelta(days=2 if "weekend" in low else 6 if "week" in low else 0)  # it lasts longer than its day
    if min(said) - around <= line.due <= max(said) + around:
        return False
    return min(said) > line.due or (mention.item.head in _EVENTS and spoken.isdisjoint(_BY))


def _texts(said: Iterable[Word]) -> frozenset[str]:
    return frozenset(word.text for word in said)


def _may_mean(said: Due, due: date) -> bool:
    """Whether the words may well mean that day: the 14th, a Friday, 12/06 for either order, any that say no day."""
    phrase, day = said.phrase.lower(), said.day
    if day is None or _NO_DAY.search(phrase) or not _A_DAY.search(phrase):
        return True
    if sorted((day.day, day.month)) == sorted((due.day, due.month)):
        return True
    if _BARE_NUMBER.fullmatch(phrase):
        return day.day == due.day
    return not any(map(str.isdigit, phrase)) and day.weekday() == due.weekday()


def _another_owner(view: View, clause: Sequence[Word], mention: Mention, window: Window) -> bool:
    """Whether the clause says that somebody else than in the plan delivers the line's thing."""
    owner, speaker = mention.item.line.owner, view.message.side
    if not owner or speaker is Side.UNKNOWN or not view.words.isdisjoint(_NOT_STATED):
        return False
    said = _who_has_it(clause[mention.last + 1 :]) or _who_does_it(clause, mention)
    if said is None or (view.question and not _TAG.search(view.low)):
        return False
    who, denied = said
    side = _side_of(who, view, window)
    if denied or side == speaker:
        return denied and side == speaker == owner
    return side not in (None, Side.UNKNOWN, owner)


def _who_has_it(after: Sequence[Word]) -> _Said | None:
    """Whose it is: "sits with you", "isn't on our side", "is handled by Acme"."""
    link = [word.text for word in takewhile(lambda word: word.text in _LINK, after)]
    who = list(takewhile(lambda word: not word.apart, after[len(link) :]))
    if not link or link[0] not in _IS or not who or (who[0].text == "you" and len(who) > 1):
        return None
    if "with" in link and _LIES.isdisjoint(link):
        return None  # "the pack is with you" says where it is, not whose it is to write
    return who, not _DENIES.isdisjoint(link)


def _who_does_it(clause: Sequence[Word], mention: Mention) -> _Said | None:
    """Who does it: "you run it", "once your team has run it", "you validate it" where the thing is a validation."""
    before = list(clause[: mention.first])
    verb = clause[mention.head].text
    if verb.removesuffix("s") == mention.item.head.removesuffix("s"):
        while before and before[-1].text in ARTICLES:
            before.pop()
        if [word.text for word in before[-2:]] == ["care", "of"]:
            del before[-2:]
        verb = before.pop().text if before else ""
        covered = verb in ("have", "has") and "covered" in _texts(clause[mention.last + 1 :][:1])
        if verb not in _DOES and not covered:
            return None
    helps: list[str] = []
    while before and before[-1].text in _HELPS | _DENIES:
        helps.append(before.pop().text)
    done = verb.endswith("ed") or verb == "done"
    if not before or (done and _TO_COME.isdisjoint(_texts(before))):
        return None
    whose = [at for at, word in enumerate(before[-4:], -4) if word.text in ("your", "our", "my")]
    start = whose[-1] if whose and before[-1].text in PEOPLE else -1
    return before[start:], not _DENIES.isdisjoint(helps)


def _side_of(who: Sequence[Word], view: View, window: Window) -> str | None:
    """The side of whoever the words name first."""
    first, people = who[0], not _texts(who[1:4]).isdisjoint(_SHARE)
    named = next((each for each in people_in(view.text, window) if each.start <= first.start < each.end), None)
    if named is not None:
        return window.people.get(named.user or "")
    if first.text in ("you", "yours") or (first.text == "your" and people):
        return across(view)
    if first.text in ("we", "us", "ours", "i", "me", "mine") or (first.text in ("our", "my") and people):
        return view.message.side
    name = next((word.text for word in who if word.text not in ARTICLES), "")
    if name in ("customer", "client"):
        return Side.CUSTOMER
    known = ((window.partner, Side.PARTNER), (window.account, Side.CUSTOMER))
    return next((side for full, side in known if core(full or "")[:1] == core(name)[:1] != ()), None)
