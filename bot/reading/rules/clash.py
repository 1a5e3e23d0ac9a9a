"""Two sides against each other: two clauses of one sentence, or a reply against what the other side just said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations

from bot.reading.deadlines import DateContext, find_due
from bot.reading.rules.frame import View, frame
from bot.reading.wordlists import words

_ROLE = (
    r"(?:customer|client|bank|procurement|purchasing|legal|finance|auditors?|lawyers?|boss|colleague|engineers?|sales"
    r"|field|pm|director|agency|sponsor|buyer)"
)
_PAPER = (
    r"(?:sow|statement of work|contract|annex|plan|order|order form|quote|offer|tender|deck|slide|raci|spec"
    r"|specification|minutes|docs?|confirmation|schedule|agreement|statement|log|list|proposal|rfp|e?mail|notes?|draft"
    r"|sheet|report|calendar|table|matrix|invoice|letter|guide|page|runbook|copy)"
)
# Whose word a clause gives, read at its beginning.
_HOLDER = frame(
    r"^\W*(?:(?:and|but|yet|now|in|by|on|per|according to|for|at|with|hi|hey|heads up"
    r"|team)\b[\s,]*)*(?:(?P<you>your?s?\b|you'(?:d|ve)\b|<@\w+>(?= (?:understood|has|says|thinks|promised|assumes)))"
    r"|(?P<we>(?:we|our|ours|us|i|my|mine|(?:we|i)'ve|we'd)\b)|(?P<third>(?:he|she|they|his|hers?|theirs?|him)\b"
    rf"|(?:the |an? )?(?:[\w'-]+ ){{0,2}}(?:{_ROLE}|{_PAPER})\b))"
)
_OPINION = (
    r"says?|said|reads?|counts?|thinks?|believe[sd]?|calls? (?:it|this|that)|treats?|understood|claims?|insists?"
    r"|assumes?"
)
_FACT = (
    r"shows?|lists?|promise[sd]?|wrote|written|booked|ordered|gives?|names|means|covers|includes?|billed|told|offered"
    r"|agreed|signed|has|have|had|'ve|it's"
)
_VERB = frame(rf"\b(?:{_OPINION}|{_FACT})\b")
_IS_OPINION = re.compile(rf"(?:{_OPINION})\Z")
_STATE = words("has have had 've it's")  # says what is, unless a paper or "ours" has it
_POSSESSIVE = re.compile(r"\b(?:yours|ours|mine|theirs|his|hers)\Z")
_PAPERS = re.compile(rf"\b{_PAPER}\b")
_BARE = re.compile(r"(?:^|\W)(?:we|i|you|he|she|they)\Z")
_THINK = words("think thinks thought assume believe")
_SUBJECT = 40  # characters between whose word it is and the verb
_LONG = 2_000  # characters of what is answered that are held against each sentence
_MOST_CLAUSES = 12  # of one sentence: every pair of them is read
_ELLIPSIS = 4  # words: "ours 14k", "theirs: not a byte"
_VERB_END = re.compile(r"(?:ed|es|s|d)\Z")
_FIGURE = frame(r"<DAY>|\d[\d.,]*k?|(?<!no )\b<NUM>\b(?! (?:more )?time)|[\"“”]")
_SPLIT = re.compile(r"[,;:–—]| (?:but|and|while|whereas|although|however|where) ")
# What is late or not there is a risk, what would be is a thought: neither is a party's word on what was agreed.
_NO_CLAIM = frame(
    r"\b(?:late|overdue|missing|behind|waiting|still|yet|nothing|none|nobody|never|if|same|hasn't|haven't)\b"
    r"|\b(?:don't|doesn't) (?:think|say|like)\b"
)
_VOICES = words(
    "says say said treat shows reads counts lists promised promises wrote thinks think believes believed calls call "
    "treats understood claims insists assumes booked ordered gives names means ours yours theirs mine billed told has "
    "it's"
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose word a clause gives: `party` is "you", "we", or the words that name a third."""

    party: str
    end: int = 0

    @property
    def is_customer(self) -> bool:
        """Whether the third is the customer."""
        return self.party.removeprefix("the ").startswith(("customer", "client", "end customer"))


def holder_of(clause: str) -> Holder | None:
    """Whose word a lower-case clause gives by its first words, which end at `end`; None when they name nobody."""
    holder = _HOLDER.search(clause)
    if holder is None:
        return None
    who = next(name for name in ("you", "we", "third") if holder.group(name))
    return Holder(holder.group("third") if who == "third" else who, holder.end())


@dataclass(frozen=True, slots=True)
class _Clause:
    holder: str
    verb: str | None
    opinion: bool
    figures: frozenset[str]
    elliptic: bool


def hear_clash(view: View) -> str | None:
    """The id of the misalignment rule that holds between two parties, in this sentence or in the thread, or None."""
    if two_voices(view):
        return "misalignment.two-voices"
    return "misalignment.other-word" if _another_word(view) else None


def two_voices(view: View) -> bool:
    """Two clauses give the word of different parties on one thing: "your statement shows 61k, ours 14k"."""
    if view.words.isdisjoint(_VOICES) or view.question:
        return False
    clauses = [clause for part in _SPLIT.split(view.low) if (clause := _clause(part))]
    return any(_clash(a, b) for a, b in combinations(clauses[:_MOST_CLAUSES], 2))


def _clause(text: str) -> _Clause | None:
    holder = holder_of(text)
    if holder is None or _NO_CLAIM.search(text):
        return None
    named, rest = text[: holder.end], text[holder.end :]
    verb = _VERB.search(rest, 0, _SUBJECT)
    said = verb.group() if verb else None
    subject = named + rest[: verb.start() if verb else 0].rstrip()
    stands = _POSSESSIVE.search(subject) or _PAPERS.search(subject)
    if (said in _STATE or subject.endswith("'ve")) and not stands:
        return None
    if said in _THINK and subject.endswith(("i", "my")):
        return None
    return _Clause(
        holder.party,
        _VERB_END.sub("", said) if said else None,
        bool(said and _IS_OPINION.match(said)),
        frozenset(match.group() for match in _FIGURE.finditer(rest)),
        bool(said is None and len(rest.split()) <= _ELLIPSIS and not _BARE.search(named)),
    )


def _clash(a: _Clause, b: _Clause) -> bool:
    if a.holder == b.holder or a.verb is None:
        return False
    figures = bool(a.figures and b.figures and a.figures != b.figures)
    if a.holder not in ("you", "we") and b.holder not in ("you", "we"):
        return a.verb == b.verb and figures and a.opinion
    if b.verb is None:
        return figures and b.elliptic
    if a.opinion and b.opinion:
        return not (a.figures and a.figures == b.figures)
    return figures or (a.verb == b.verb and a.verb not in ("ha", "have", "had", "it'"))


_SOURCE = frame(
    rf"\b(?:our|your|the|my|their) (?:[\w'-]+ ){{0,3}}?{_PAPER}\b[^.;?]{{0,30}}\b(?:has|have|says?|shows?|lists?"
    r"|reads?|covers?)\b|\bwe (?:had|have|noted) (?:it|that) (?:down|noted|agreed)\b"
)
_PLAIN_FIGURE = re.compile(r"\b\d[\d.,]*k?\b(?!:)")


def _another_word(view: View) -> bool:
    """A reply sets another date or figure, from a paper, against what the other side just said."""
    said = view.reply_to
    if said is None or view.question or not _SOURCE.search(view.low):
        return False
    context = DateContext(said_at=said.said_at, zone=said.zone, country="")
    text = said.text[:_LONG]
    theirs = {due.day for due in find_due(text, context) if due.day}
    ours = {due.day for due in view.dues if due.day}
    if theirs and ours - theirs:
        return True
    figures = set(_PLAIN_FIGURE.findall(text))
    return bool(figures and not ours and "?" not in text and set(_PLAIN_FIGURE.findall(view.low)) - figures)
