"""digest off · digest weekly at 7:30 · digest without worth-a-look"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.errors import Refused
from bot.language import words
from bot.language.draft import Draft
from bot.language.reasons import asked
from bot.language.requests import Digest, DigestVerb
from bot.language.slots.found import Found
from bot.language.slots.times import find_time
from bot.language.tokens import Token, said
from bot.reading.deadlines.words import word_set

_DENYING = frozenset(["no", "never", "don't", "dont", "not"])
_CHANGES: Mapping[str, DigestVerb] = MappingProxyType(
    {
        **dict.fromkeys(("off", "stop", "pause", "disable", "unsubscribe", "mute", "cancel"), "off"),
        **dict.fromkeys(_DENYING, "off"),
        **dict.fromkeys(("on", "start", "resume", "enable", "subscribe", "restart", "back"), "on"),
        **dict.fromkeys(("weekly", "week", "weeks"), "weekly"),
        **dict.fromkeys(("daily", "day", "days", "everyday"), "daily"),
    }
)
_WEEKDAY = re.compile(r"(?:\bon\s+)?\b(?P<day>monday|tuesday|wednesday|thursday|friday)s?\b", re.I)
_ORDER: tuple[DigestVerb, ...] = ("off", "weekly", "daily", "on")
_CONTENT = word_set("only without just include including with hide")
_SEEN = word_set("show see view")
_IDLE = (
    words.GLUE
    | _SEEN
    | word_set(
        "send sending receive receiving getting change switch set make get turn morning summary anymore more every "
        "each work working week's email move from instead only once"
    )
)


def digest(parts: Sequence[Token]) -> Digest:
    """What follows "digest", or the whole sentence without it. Raises Refused."""
    parts = asked(parts)
    draft = Draft(parts)
    at = draft.take(find_time)
    weekday = draft.take(_find_weekday)
    changes = {_CHANGES[token.word] for token in draft.tokens if token.word in _CHANGES}
    if weekday == "monday":
        changes.add("weekly")
    elif weekday:
        raise Refused("A weekly digest comes on the first working day of the week. For example: digest weekly at 7:30")
    if not {"every", "each"}.isdisjoint(token.word for token in draft.tokens):
        changes.add("daily" if "weekly" not in changes else "weekly")
    odd = [token.text for token in draft.tokens if token.word not in _CHANGES and token.word not in _IDLE]
    content = next((place for place, token in enumerate(parts[:-1]) if token.word in _CONTENT), None)
    if odd and content is not None:
        kept = [token for token in parts[content + 1 :] if token.word not in words.GLUE | _SEEN]
        return Digest("content", at, said([parts[content], *kept]))
    off = any(_CHANGES.get(token.word) == "off" and token.word not in _DENYING for token in draft.tokens)
    if off and any(token.word in _DENYING for token in draft.tokens):  # "don't turn it off"
        odd = [said(parts)]
    if odd or {"daily", "weekly"} <= changes:
        raise Refused(f"I did not get “{said(parts)}”. For example: digest weekly at 7:30, or: digest off")
    fallback: DigestVerb = "at" if at else "show"
    return Digest(next((change for change in _ORDER if change in changes), fallback), at)


def _find_weekday(text: str) -> Found[str] | None:
    match = _WEEKDAY.search(text)
    return Found(match["day"].lower(), match.start(), match.end()) if match else None
