"""What a rule is: a cue word that wakes it, a frame that must hold, and the look-alikes that silence it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from bot.reading.deadlines import DateContext, find_due
from bot.reading.sentences import mask
from bot.reading.types import Category, Due, Kind, ReadMessage, Sentence
from bot.reading.wordlists import words

WORD = re.compile(r"[a-z0-9][a-z0-9'&-]*")

_NUMBER = r"(?:\d[\d.,]*k?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty)"
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|tues?|thurs?)"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|march|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_SEASON = r"(?:spring|summer|autumn|fall|winter)"
_UNIT = r"(?:hour|hr|day|week|wk|month|sprint|quarter|year)s?"
# Between words: an emoji, a mention, or any other sign, tried in this order and never read another way. A plain choice
# between them has 2^n readings of ":ok::ok::ok:…", and one short message would stop the whole bot.
_FRAGMENTS = {
    "<SIGN>": r"(?>:[\w+-]+:|<[@!]\w+(?:\|[^<>]*)?>|@\w+|\W)",
    "<NUM>": _NUMBER,
    "<DUR>": rf"(?:(?:{_NUMBER}|an?|half an?|several|many|some|another|a few|a couple of|at least \w+)"
    rf" (?:\w+ )?{_UNIT}\b|(?:weeks|months|years|ages|an age)\b)",
    "<DAY>": (
        r"(?:\b\d{1,2}\.\d{1,2}\.(?!\d)|\b(?:the )?(?:today|tonight|tomorrow|tmrw|yesterday|(?:last|next|this"
        rf"|coming|following) (?:week|month|quarter|year|sprint|release|{_SEASON}|{_WEEKDAY})|{_WEEKDAY}"
        rf"|\d{{1,2}}(?:st|nd|rd|th)|\d{{1,2}}/\d{{1,2}}\b|\d{{4}}-\d\d-\d\d|\d{{1,2}}\.? (?:of )?(?:{_MONTH}|mar|may)"
        rf"|(?:{_MONTH})(?: \d{{1,4}})?|(?:may|mar) \d{{1,2}}|(?:in|by|of|since|until|early|late|mid) may|week \d+"
        r"|kw ?\d+|q[1-4]|h[12]|eod|eow|cob|(?:end|middle|start|beginning|close) of (?:the )?\w+|mid[- ]\w+"
        r"|month[- ]end|year[- ]end|new year|easter|christmas|(?:in|by|until|till|since|the|after|before|into"
        rf"|past) {_SEASON}|noon|lunch)\b)"
    ),
    "<HASNT>": r"(?:hasn't|haven't|has not|have not)",
    "<CANT>": r"(?:can't|cannot|can not|couldn't|(?:(?:am|are|is) )?(?:unable|not able) to)",
    "<ORD>": r"(?:second|third|fourth|fifth|sixth|2nd|3rd|4th|5th|umpteenth|nth)",
}


def frame(text: str) -> re.Pattern[str]:
    """Compile a frame; `<DAY>`, `<DUR>`, `<NUM>` and their kin stand for the fragments above. Text is lower case."""
    for token, fragment in _FRAGMENTS.items():
        text = text.replace(token, fragment)
    return re.compile(text)


class View:
    """One sentence as the rules see it: lower-cased, straight apostrophes, links and code blanked, same offsets.

    `reply_to` is what the other side said last before this message, None when it said nothing in the thread.
    """

    def __init__(self, message: ReadMessage, sentence: Sentence, reply_to: ReadMessage | None = None) -> None:
        self.message = message
        self.sentence = sentence
        self.reply_to = reply_to
        text = mask(sentence.text).replace("’", "'")
        low = text.lower()
        self.text = text
        self.low = low if len(low) == len(text) else text  # a few capitals grow when lowered; then offsets win
        self.tokens = WORD.findall(self.low)
        self.words = frozenset(self.tokens)
        self.question = self.low.rstrip(" )\"'*_").endswith("?")

    @cached_property
    def dues(self) -> list[Due]:
        """Deadlines in the sentence, spans relative to the message text."""
        shift = self.sentence.start
        return [
            Due(due.start + shift, due.end + shift, due.phrase, due.day)
            for due in find_due(self.sentence.text, self.context)
        ]

    @property
    def coming_dues(self) -> list[Due]:
        """Those with a day that does not lie in the past."""
        today = self.message.said_at.date()
        return [due for due in self.dues if due.day is not None and due.day >= today]

    @property
    def context(self) -> DateContext:
        """When and where the sentence was said."""
        return DateContext(said_at=self.message.said_at, zone=self.message.zone, country="")

    @property
    def future_due(self) -> Due | None:
        """The last deadline that does not lie in the past; a fuzzy one ("asap") only when no dated one stands there."""
        if self.coming_dues:
            return self.coming_dues[-1]
        return next((due for due in self.dues if due.day is None), None)


@dataclass(frozen=True, slots=True)
class Rule:
    """`cues`: one of these words must stand in the sentence. `frame` is then searched in it; the names in `guards`
    (see guards.py) are asked whether the match is only a look-alike."""

    id: str
    kind: Kind
    category: Category | None
    cues: frozenset[str]
    frame: re.Pattern[str]
    guards: tuple[str, ...]


class RuleSet:
    """Rules indexed by cue word, so that a sentence only meets the rules whose word it holds."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._by_cue: dict[str, list[int]] = {}
        for position, rule in enumerate(self.rules):
            for cue in rule.cues:
                self._by_cue.setdefault(cue, []).append(position)
        self.cues = frozenset(self._by_cue)

    def awake(self, words: frozenset[str]) -> list[Rule]:
        """Rules one of whose cues is among `words`, in table order."""
        positions = {position for word in words & self.cues for position in self._by_cue[word]}
        return [self.rules[position] for position in sorted(positions)]


def table(
    kind: Kind, category: Category | None, guards: tuple[str, ...], rows: Iterable[tuple[str, str, str]]
) -> tuple[Rule, ...]:
    """Rules of one family from rows (id, cue words separated by blanks, frame), all with the same guards."""
    return tuple(Rule(identity, kind, category, words(cues), frame(text), guards) for identity, cues, text in rows)
