"""The two views of a disagreement, cut from what was said: in one sentence, in two sentences of a message, or in an
answer to what another side said before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.reading.rules.clash import Holder, holder_of
from bot.reading.rules.context import last_of_the_other_side
from bot.reading.rules.frame import WORD, View, frame
from bot.reading.sentences import LONGEST_SPEECH, MOST_SENTENCES, split_sentences
from bot.reading.slots.parties import across
from bot.reading.subject import content_words
from bot.reading.types import Finding, Kind, Position, ReadMessage, Sentence, Side, Window
from bot.reading.wordlists import words

_KINDS = frozenset({Kind.SCOPE, Kind.MISALIGNMENT})
_SPLIT = re.compile(r"[,;:](?=\s)|\s[–—-]+\s|\s(?=(?:but|and|while|whereas|although|though|yet|however)\s)")
_LEAD = re.compile(r"(?:[\s,;:–—-]+|(?:but|and|while|whereas|although|though|yet|however|now|then)\b)*", re.IGNORECASE)
_REPORTED = re.compile(r"^\W*(?:i|we) (?:hear|heard|read|see|saw|note|noticed)(?: that)? ", re.IGNORECASE)
_IN_PAPER = re.compile(r"\b(?:in|on|per|by|to|from|of) (our|my|your) \w")
_MOST = 20
_LAST = 40  # sentences of what is answered
_SHORTEST = 2  # words of a view
_DENIES = frame(
    r"^\W*(?:(?:well|sorry|hm|but|and|stop)\W+)*(?:(?:that|this|it)(?:'s| is| was)? (?:not|never)"
    r"|(?:that|it) (?:isn't|wasn't)|not (?:how|what|ours|yours|really|quite)|no\b|never|hold on|(?:we|i) never"
    r"|(?:we|i) disagree)\b"
)
_CLAIMS = frame(
    r"\b(?:is|are|was|were|has|have|says?|sits?|includes?|covers?|understood|agreed|means|counts?|'s|'re)\b|'s\b"
)
# "I suppose", "you'll laugh", "kindly note" hang on to a view and are none.
_FILLERS = words("suppose guess think know laugh see mean believe note team you fine agree")
_PRONOUN = re.compile(r"(?:he|she|they|his|hers?|theirs?|him)$")
_JOINED = 4  # words of a clause that "and" may go on
_STEM = 5  # letters
_LABEL = 3  # words: "ads SOW" before a colon names a thing and says nothing of it


def with_positions(findings: Sequence[Finding], window: Window) -> list[Finding]:
    """The findings, with both views where the kind has two and both are said.

    Only the first of a window: a paste of hundreds is no talk of two views. What stands against the plan has one: the
    plan's is not said.
    """
    wanted = [each for each in findings if each.kind in _KINDS and not each.positions and not each.note][:_MOST]
    talk = _Talk(window)
    return [_with_both(finding, talk) if finding in wanted else finding for finding in findings]


@dataclass(frozen=True, slots=True)
class _Voice:
    """Characters `start` to `end` of the message give the word of `holder`."""

    holder: Holder
    start: int
    end: int


class _Said(View):
    """A sentence and what it is about, found once: each is held against many others."""

    @cached_property
    def subject(self) -> frozenset[str]:
        return frozenset(word[:_STEM] for word in content_words(self.low))

    @cached_property
    def has_figure(self) -> bool:
        return any(map(str.isdigit, self.low)) or bool(self.dues)

    @cached_property
    def voices(self) -> list[_Voice]:
        """Whose word the clauses of the sentence give, in order; one without a holder belongs to the one before."""
        offset, found = self.sentence.start, list[_Voice]()
        for start, end in _clauses(self.low):
            clause = self.low[start:end]
            holder = _holder(clause) if _says_something(clause) else None
            if found and (holder is None or holder.party == found[-1].holder.party):
                found[-1] = replace(found[-1], end=offset + end)
            elif holder is not None:
                found.append(_Voice(holder, offset + start, offset + end))
        return [voice for voice in found if len(self.message.text[voice.start : voice.end].split()) >= _SHORTEST]


class _Talk:
    """The messages of a window by their sentences."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self._sentences: dict[str, list[_Said]] = {}

    def sentences(self, message: ReadMessage) -> list[_Said]:
        if message.ts not in self._sentences:
            answered = last_of_the_other_side(message, self.window)
            self._sentences[message.ts] = [
                _Said(message, sentence, answered)
                for sentence in split_sentences(message.text)[:MOST_SENTENCES]
                if sentence.speech and len(sentence.text) <= LONGEST_SPEECH
            ]
        return self._sentences[message.ts]

    def around(self, view: View) -> Iterator[_Said]:
        """The sentences right before and right after this one in its message."""
        around = self.sentences(view.message)
        here = next((i for i, each in enumerate(around) if each.sentence.end > view.sentence.start), 0)
        for number in (here - 1, here + 1):
            if 0 <= number < len(around):
                yield around[number]


def _with_both(finding: Finding, talk: _Talk) -> Finding:
    window = talk.window
    message = next((each for each in window.messages if each.ts == finding.message_ts), None)
    if message is None or message.text[finding.start : finding.end] != finding.quote:
        return finding
    said = Sentence(0, finding.start, finding.end, finding.quote)
    view = _Said(message, said, last_of_the_other_side(message, window))
    if finding.kind is Kind.SCOPE:  # most are one party's word on its own work
        return replace(finding, positions=tuple(_of_named_sides(_in_one(view)) or _in_answer(view, talk)))
    return replace(finding, positions=tuple(_in_one(view) or _in_two(view, talk) or _in_answer(view, talk)))


def _of_named_sides(pair: Sequence[Position]) -> Sequence[Position]:
    return pair if all(position.holder for position in pair) else ()


def _in_one(view: _Said) -> Sequence[Position]:
    """ "Procurement says plus 3, your sheet comes out at plus 7"."""
    voices = view.voices
    sides = [voice for voice in voices if voice.holder.party in ("you", "we")]
    pair = sides[:2] if len({voice.holder.party for voice in sides[:2]}) == 2 else voices[:2]
    return [_position(view, voice) for voice in pair] if len(pair) == 2 else ()


def _in_two(view: _Said, talk: _Talk) -> Sequence[Position]:
    """ "Our plan has the 12th. Yours says the 19th.": this sentence and the one beside it."""
    own = view.voices
    if len(own) != 1:
        return ()
    for beside in talk.around(view):
        theirs = beside.voices
        if len(theirs) == 1 and _differ(own[0], theirs[0]) and _shared(view, beside):
            return sorted((_position(view, own[0]), _position(beside, theirs[0])), key=lambda each: each.start)
    return ()


def _differ(one: _Voice, other: _Voice) -> bool:
    parties = (one.holder.party, other.holder.party)
    return parties[0] != parties[1] and not any(_PRONOUN.match(party) for party in parties)


def _in_answer(view: _Said, talk: _Talk) -> Sequence[Position]:
    """ "I always understood that it sits with you." - "That's not how we priced it." """
    asked, message = view.reply_to, view.message
    if asked is None or Side.UNKNOWN in (asked.side, message.side) or view.question:
        return ()
    said = talk.sentences(asked)[-_LAST:]
    candidates = [each for each in said if _CLAIMS.search(each.low)] or said
    shared = [_shared(view, each) for each in candidates]
    if any(shared):
        return _whole(candidates[shared.index(max(shared))]), _whole(view)
    last = next((each for each in reversed(candidates) if not each.question and _CLAIMS.search(each.low)), None)
    return (_whole(last), _whole(view)) if last is not None and _DENIES.search(view.low) else ()


def _whole(view: View) -> Position:
    sentence = view.sentence
    return Position(view.message.ts, sentence.start, sentence.end, sentence.text, view.message.user)


def _position(view: View, voice: _Voice) -> Position:
    quote = view.message.text[voice.start : voice.end]
    return Position(view.message.ts, voice.start, voice.end, quote, _named(view, voice.holder))


def _named(view: View, holder: Holder) -> str | None:
    """The user id or side whose word it is; None for a third nobody can name."""
    if holder.party == "you":
        return across(view)
    if holder.is_customer:
        return Side.CUSTOMER.value
    return view.message.user if holder.party == "we" else None


def _says_something(clause: str) -> bool:
    party = holder_of(clause)
    named = party is not None and party.party not in ("you", "we") and not _PRONOUN.match(party.party)
    said = WORD.findall(clause)
    return len(said) >= _LABEL or not (named or _FILLERS.intersection(said[-1:]))


def _holder(clause: str) -> Holder | None:
    if (holder := holder_of(_REPORTED.sub("", clause))) is not None:
        return holder
    paper = _IN_PAPER.search(clause)
    return Holder("you" if paper.group(1) == "your" else "we") if paper else None


def _clauses(low: str) -> Iterator[tuple[int, int]]:
    """Where the clauses stand, without the sign or conjunction that joins them; "our plan and the bank's calendar both
    say" is one."""
    joints = [match.start() for match in _SPLIT.finditer(low)]
    starts = [0, *joints]
    short = [len(low[start:at].split()) < _JOINED for start, at in zip(starts, joints, strict=False)]
    bounds = [
        0,
        *(at for at, few in zip(joints, short, strict=True) if not (few and low.startswith(" and ", at))),
        len(low),
    ]
    for start, end in zip(bounds, bounds[1:], strict=False):
        lead = _LEAD.match(low, start, end)
        start = lead.end() if lead else start
        if start < end:
            yield start, end


def _shared(one: _Said, other: _Said) -> int:
    """How many content words both hold (by their first letters); a figure or a day in both counts as one."""
    return len(one.subject & other.subject) + (one.has_figure and other.has_figure)
