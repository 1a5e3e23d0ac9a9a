"""Whether words ask for something to be done, ask about it, or say not to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.language import words
from bot.language.tokens import Token
from bot.language.topics import TOPICS
from bot.language.verbs import verb_at
from bot.reading.deadlines.words import word_set

_BEFORE = word_set("hey hi hello please pls ok okay so and but just then well um hmm oh team")
_PLEASE = word_set("please pls plz can could")
_DO_WE = frozenset(["do we", "do i", "do you", "do they", "does anyone", "did anyone"])
_MAY = word_set("can could may might will would shall does")
# Who is asked to do it, politely; for what "we" may do see _WISH.
_ASKED = word_set(
    "you u ya we i someone somebody anyone anybody please pls plz kindly partnerdesk the that it this not"
) | {""}
# What could be done, or may be: no request of something to decide.
_WISH = re.compile(r"\b(?:can|could|may|shall|might) (?:we|i)\b")
# What would be done or will be is thinking aloud, unless it is what the person would like.
_SUPPOSED = re.compile(
    r"\b(?:(?:would|should) (?:we|i)|(?:we|i) (?:would|could|might|may|should|can|will)|i'll|we'll|i'd|we'd)\b"
    r"(?! (?:like|love|want|need|prefer|appreciate|please|pls))"
)
_CONDITION = re.compile(
    r"\b(?:if|unless|whenever|provided|assuming|maybe|perhaps|but|as soon as|as long as|the moment|subject to|"
    r"once(?! (?:an?|per|every|each|in) )|"
    r"(?:until|till)(?! (?:[a-z]+ )?(?:\d|the end|end))|"
    r"(?:before|after) (?:you|we|i|they|he|she|the)|"
    r"\w+ (?:when|should)|pending (?:the|our|their|legal|finance|budget|signature|security|confirmation))\b|"
    r"\b(?:or not|not sure|kidding|joking|no wait|don't|never ?mind|scratch that|forget it|sa(?:id|ys) \w+)$"
)
# Who is asked "to approve": the bot, not somebody else, and not "no need to".
_TO = re.compile(r"(?<!no )\b(?:need|needs|want|like|love|have|got|you|me|please|pls|prefer|and) to$")
_CLOSING = word_set("mark record log process close")
_LOOSE = _BEFORE | word_set("can could you u it them this the as")


def is_question(parts: Sequence[Token]) -> bool:
    """ "who approved …", "should we approve …", "is it approved"; not "can you approve …", which is polite."""
    said = [token.word for token in parts]
    first = next((word for word in said if word not in _BEFORE), "")
    together = " ".join([word for word in said if word not in _BEFORE][:2])
    if first in _MAY and together.partition(" ")[2] not in _ASKED:  # "can partners withdraw …"
        return True
    return first in words.OPENERS or together in _DO_WE or not words.ASKING.isdisjoint(said)


def is_wish(parts: Sequence[Token]) -> bool:
    """ "can we …": a polite request for a meeting, a question where something is to be decided."""
    return _WISH.search(_own(parts)) is not None


def is_supposed(parts: Sequence[Token]) -> bool:
    """ "we could …", "approve it once they sign", "… - just kidding": thinking aloud, conditional or taken back."""
    said = _own(parts)
    return _SUPPOSED.search(said) is not None or _CONDITION.search(said) is not None


def is_distant(parts: Sequence[Token], verb: int) -> bool:
    """ "we plan to …", "no need to …", "instead of …": about doing what the verb at a place says."""
    before = " ".join(token.word for token in parts[:verb])
    return before.endswith(("instead of", "avoid")) or (before.endswith(" to") and _TO.search(before) is None)


def _own(parts: Sequence[Token]) -> str:
    """The request, without the reason after "because" or a colon: what happens there conditions nothing."""
    end = next((place + 1 for place, token in enumerate(parts) if place and _ends(token)), len(parts))
    return " ".join(token.word for token in parts[:end])


def _ends(token: Token) -> bool:
    return ":" in token.mark or token.word in words.NOTE_WORDS


def is_doubtful(parts: Sequence[Token]) -> bool:
    """ "approve deal #12?": a question mark, and no polite word that would explain it."""
    asked = bool(parts) and "?" in parts[-1].mark
    return asked and words.POLITE.isdisjoint(token.word for token in parts)


def is_denied(parts: Sequence[Token]) -> bool:
    """ "don't approve …", "never", "not yet"."""
    return any(token.word in words.DENIALS for token in parts)


def polite_end(parts: Sequence[Token]) -> int:
    """Where the last clause begins when it asks politely for what was told before: "the portal is down, please
    escalate to VP"; else 0."""
    start = max((place + 1 for place, token in enumerate(parts[:-1]) if token.mark), default=0)
    asks = start and not _PLEASE.isdisjoint(token.word for token in parts[start : start + 2])
    return start if asks and not any(token.word in words.CONDITIONS for token in parts) else 0


def follow_up(parts: Sequence[Token], table: Mapping[str, str]) -> int:
    """Where something told turns into a request: "the QBR is over, close it", "… went well, mark as done". 0 where
    nothing does; a condition is nothing told."""
    if any(token.word in words.CONDITIONS - {"until", "till"} for token in parts):
        return 0
    last = max((place + 1 for place, token in enumerate(parts[:-1]) if token.comma), default=0)
    begins = next((place for place in range(last, len(parts)) if parts[place].word not in _BEFORE), len(parts))
    if not last or begins == len(parts):
        return 0
    does = parts[begins].word in _CLOSING or verb_at(parts, begins, table) is not None
    alone = all(token.word in _LOOSE or token.word in TOPICS for token in parts[begins + 1 :])
    points = any(token.word in ("it", "them", "as") for token in parts[begins + 1 : begins + 3])
    return last if does and (points or alone) else 0
