"""The ear: rules, the linear model and the encoder together; implements `types.Reader`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from bot.reading.learned.decide import Verdict
from bot.reading.learned.targets import FIRST_RISK, KINDS, RISKS
from bot.reading.learned.taught import judged_before, was_missed
from bot.reading.learned.weights import Weights
from bot.reading.learned.words import Passage, passage
from bot.reading.rules.context import last_of_the_other_side
from bot.reading.rules.engine import read_message
from bot.reading.rules.frame import View
from bot.reading.rules.resolution import settles
from bot.reading.slots import due_of_request, owner_of_commitment, owner_of_request
from bot.reading.types import Category, Due, Finding, Kind, ReadMessage, Sentence, Window

if TYPE_CHECKING:  # the encoder's libraries may not be there
    from bot.reading.learned.encoder import Floats, Heard

WHOLE = 12  # sentences; those of a longer message are shown to the encoder one by one
CHAT = 5  # sentences; a message with no more may be shown in part
MOST_HEARD = 20  # sentences of one message that the encoder judges; of a paste the others are left to the linear model
# What lies in the difference to what was said before. All else in chat is heard as well without it, in half the time.
_TWO_SIDED = frozenset({Kind.SCOPE, Kind.MISALIGNMENT})
_PROMISES = frozenset({Kind.COMMITMENT, Kind.REQUEST})  # heard as well without the sentences around them
_SETTLED = frozenset({Kind.RISK, Kind.WATCH, Kind.TECHNICAL})
_OWN_CATEGORY = {
    kind: Category(kind.value)
    for kind in (Kind.WATCH, Kind.RELATIONSHIP, Kind.SCOPE, Kind.MISALIGNMENT, Kind.TECHNICAL)
}


class LearnedReader:
    """Rules, then the linear model, then (where either heard something) the encoder, which has the last word."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def read(self, window: Window) -> list[Finding]:
        """Findings in the window's new messages, oldest message first; bot output and quoted text give none."""
        found: list[Finding] = []
        for message in window.messages[window.new_from :]:
            if message.is_speech and message.text:
                found += self._read_message(message, window)
        return found

    def _read_message(self, message: ReadMessage, window: Window) -> list[Finding]:
        ruled = read_message(message, window)
        read = passage(message, window)
        linear = self._weights.linear.logits(read)
        by_rule = [_within(ruled, sentence) for sentence in read.sentences]
        above = self._weights.linear.above(linear, self._weights.scales.gates)
        likely = [
            by_rule[number].keys() | {kind for kind, margin in zip(KINDS, above[number], strict=True) if margin > 0.0}
            for number in range(len(read.words))
        ]
        awake = [
            number
            for number, sentence in enumerate(read.sentences)
            if likely[number] or was_missed(sentence.text, window.tuning)
        ]
        if not awake:
            return []
        first = sorted(awake, key=lambda number: (0.0, number) if by_rule[number] else (1.0, -max(above[number])))
        heard = self._hear(read, first[:MOST_HEARD], frozenset().union(*likely))
        found: list[Finding] = []
        for number in awake:
            said = _Said(message, window, read, number, linear[number], heard.get(number))
            found += self._judge(said, by_rule[number])
        return found

    def _hear(self, read: Passage, awake: Sequence[int], likely: Set[Kind]) -> dict[int, Heard]:
        """The encoder's judgement of these sentences: in a long message each by itself, so that a paste around it does
        not drown it."""
        encoder = self._weights.encoder
        if encoder is None:
            return {}
        read, numbers = shown(read, awake, likely)
        if len(read.words) > WHOLE:
            return {number: encoder.hear(read.only([number]))[0] for number in awake}
        return dict(zip(numbers, encoder.hear(read.only(numbers)), strict=True))

    def _judge(self, said: _Said, ruled: Mapping[Kind, Finding]) -> Iterator[Finding]:
        """The verdict on one sentence for each kind. A plain risk silences `watch`: it is the stronger statement."""
        scales = self._weights.scales.full if said.heard else self._weights.scales.without_encoder
        in_danger = False
        for at, kind in enumerate(KINDS):
            scale, rule = scales[kind], ruled.get(kind)
            if rule is not None and rule.note:
                yield rule  # the plan says otherwise: the words alone, which are all a model knows, cannot tell
                continue
            encoder = float(said.heard.logits[at]) if said.heard else 0.0
            probability = scale.probability(encoder, float(said.linear[at]), rule is not None, len(said.read.words))
            tuning = said.window.tuning
            taught = judged_before(said.sentence.text, kind, tuning)
            verdict = scale.verdict(
                probability, kind, tuning, taught, ruled=rule is not None, sentences=len(said.read.words)
            )
            if verdict is Verdict.NOTHING or (kind is Kind.WATCH and in_danger):
                continue
            if kind in _SETTLED and rule is None and settles(said.sentence.text):
                verdict = Verdict.LOOK  # "done", "back on track": the models may take the old trouble for a new one
            in_danger |= kind is Kind.RISK
            yield replace(
                rule or said.finding(kind, flagged_before=taught is not None and taught.is_one),
                confidence=round(probability, 3),
                sure=verdict is Verdict.SURE,
                weighed=self._weighed(said, at),
            )

    def _weighed(self, said: _Said, target: int) -> tuple[str, ...]:
        """The parts of the quote that spoke most for it; only what stands there word for word."""
        if not said.heard or not self._weights.encoder:
            return ()
        phrases = self._weights.encoder.phrases(said.words, said.heard, target)
        return tuple(phrase for phrase in phrases if phrase in said.sentence.text)


def shown(read: Passage, awake: Sequence[int], likely: Set[Kind]) -> tuple[Passage, Sequence[int]]:
    """What it takes to tell what is `likely` in the sentences `awake`: the message, with what was said before or
    without, and the numbers of the sentences to show. The encoder's time goes by the words it is shown. What is longer
    than chat, mail above all, is shown with all around it."""
    if len(read.words) > CHAT:
        return read, range(len(read.words))
    if likely.isdisjoint(_TWO_SIDED):
        read = replace(read, turns=())
    only_promises = bool(likely) and likely <= _PROMISES
    return read, sorted(awake) if only_promises else range(len(read.words))


def _within(ruled: Sequence[Finding], sentence: Sentence) -> dict[Kind, Finding]:
    return {f.kind: f for f in ruled if f.start < sentence.end and sentence.start < f.end}


@dataclass(frozen=True)
class _Said:
    """One sentence with all that was made of it."""

    message: ReadMessage
    window: Window
    read: Passage
    number: int
    linear: Floats
    heard: Heard | None

    @property
    def sentence(self) -> Sentence:
        return self.read.sentences[self.number]

    @property
    def words(self) -> str:
        return self.read.words[self.number]

    @cached_property
    def view(self) -> View:
        return View(self.message, self.sentence, last_of_the_other_side(self.message, self.window))

    def finding(self, kind: Kind, *, flagged_before: bool) -> Finding:
        """What the model alone heard, with its owner and due day where the kind has them."""
        owner, due = self._owner_and_due(kind)
        return Finding(
            message_ts=self.message.ts,
            kind=kind,
            start=self.sentence.start,
            end=self.sentence.end,
            quote=self.sentence.text,
            category=self._sort_of_risk() if kind is Kind.RISK else _OWN_CATEGORY.get(kind),
            owner=owner,
            due=due.day if due else None,
            due_phrase=due.phrase if due else None,
            reader="model",
            rule=f"model.{kind.value}" + (".flagged-before" if flagged_before else ""),
        )

    def _owner_and_due(self, kind: Kind) -> tuple[str | None, Due | None]:
        if kind is Kind.COMMITMENT:
            return owner_of_commitment(self.view, self.window), self.view.future_due
        if kind is Kind.REQUEST:
            return owner_of_request(self.view, self.window), due_of_request(self.view)
        return None, None

    def _sort_of_risk(self) -> Category:
        logits = self.heard.logits if self.heard else self.linear
        return RISKS[int(logits[FIRST_RISK : FIRST_RISK + len(RISKS)].argmax())]
