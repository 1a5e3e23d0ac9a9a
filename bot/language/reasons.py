"""The reason somebody gives for a request: their own words, which ask for nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from bot.language import words
from bot.language.slots.hints import SLOT
from bot.language.tokens import Token
from bot.language.verbs import verb_at
from bot.reading.deadlines.words import word_set

V = TypeVar("V", bound=str)
# What people give a reason for without saying "because".
_REASONED = word_set("skip reject return withdraw stop reschedule lapsed terminated done hold")
# "not enough info" is a reason, "not yet" none.
_LACKING = word_set("enough a an our their qualified complete eligible for in")
_SHORT = 2  # words that may be one more name
_TELLING = words.NOTE_WORDS | word_set("no")
# With one of these what follows is a condition, a contradiction or a second request.
_NOT_A_REASON = words.DENIALS | words.CONDITIONS | word_set("but except or it both wait said says kidding joking sure")


def reason_at(parts: Sequence[Token | None], table: Mapping[str, V]) -> tuple[int, int] | None:
    """(where the request ends, where its reason begins): after "because" or "note", or, for what is refused or put off,
    what is told after a comma or dash: "reject deal #9 - no budget confirmed". A dash may be None."""
    for place in range(1, len(parts)):
        token, before = parts[place], parts[place - 1]
        if token is not None and token.word in words.NOTE_WORDS:
            then = parts[place + 1] if place + 1 < len(parts) else None
            return place, place + 1 + (then is not None and then.word == "of")  # "because of the holiday"
        dash = token is None or token.is_dash
        parted = dash or (before is not None and before.mark != "")
        if parted and _is_reason(parts[:place], parts[place + dash :], table, dash=dash):
            return place, place + dash
    return None


def asked(parts: Sequence[Token]) -> Sequence[Token]:
    """The clauses that ask for something, without those that tell why: "digest weekly please, daily is too much". What
    somebody wants after them stands for all: "move the weekly digest, I want it daily"."""
    ends = [place + 1 for place, token in enumerate(parts) if token.mark or token.is_dash]
    clauses = [parts[start:end] for start, end in zip([0, *ends], [*ends, len(parts)], strict=True) if start < end]
    asking = [clause for clause in clauses if clause is clauses[0] or not any(words.is_told(t.word) for t in clause)]
    wanted = [clause for clause in asking[1:] if {"want", "need"} & {token.word for token in clause}]
    return [token for clause in wanted or asking for token in clause]


def _is_reason(
    request: Sequence[Token | None], clause: Sequence[Token | None], table: Mapping[str, V], *, dash: bool
) -> bool:
    """Whether `clause` says why: it tells something, or nothing else can be meant, the request being whole."""
    told = [token.word for token in clause if token is not None and token.word]
    if told[:1] == ["not"] and told[1:2] and told[1] in _LACKING:
        told = told[1:]
    whole = dash or any(token is not None and token.word.lstrip("#").isdigit() for token in request)
    lower = len(told) > 1 and all(token is None or token.text == token.word for token in clause)
    doubt = any(token is not None and "?" in token.mark for token in clause)
    if (
        not told
        or doubt
        or SLOT.fullmatch(told[0])
        or not _NOT_A_REASON.isdisjoint(told)
        or not _is_reasoned(request, table)
    ):
        return False
    return any(words.is_told(word) or word in _TELLING or word.endswith("ing") for word in told) or (
        lower and (whole or len(told) > _SHORT)
    )


def _is_reasoned(parts: Sequence[Token | None], table: Mapping[str, V]) -> bool:
    said = [verb_at(parts, place, table) for place in range(len(parts))]
    return any(match is not None and match.verb in _REASONED for match in said)
