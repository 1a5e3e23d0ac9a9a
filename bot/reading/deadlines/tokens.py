"""Text -> tokens with spans, and the cheap gate that lets most messages pass without any reading."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.reading.deadlines import words
from bot.reading.deadlines.words import Kind


@dataclass(slots=True)
class Token:
    """`word` is the lower-cased text without a possessive ending; `value` the number of a NUMBER or ORDINAL."""

    start: int
    end: int
    kind: Kind
    word: str
    value: int = -1


# Runs on lower-cased text with straight apostrophes. Plain words come first, being most of any text.
_TOKEN = re.compile(
    r"""
    (?P<WORD> (?!www\.) [^\W\d_]+ (?:'[^\W\d_]+)? (?! :// | [\w.+-]*@ | \.(?:com|org|net|io|js|py)\b ) )
  | (?P<OPAQUE> <[^<>\n]+>
              | (?:https?://|www\.)\S+ | [^\W\d_]+\.(?:com|org|net|io|js|py)\b
              | [\w.+-]+@[\w-]+(?:\.[\w-]+)+ | :[a-z][a-z0-9_+-]*: | &(?:amp|lt|gt);
              | [@\#$€£¥][\w.,/-]*\d\w* | \d[\d.,]*(?:\s?[%€£]|[km]\b) | \+\d[\d ()-]{6,}\d | \d{1,3}(?:,\d{3})+ )
  | (?P<STAMP> \d{4}-\d\d-\d\d [t\ ] \d\d:\d\d (?::\d\d)? (?:\.\d+)? z? (?:[+-]\d\d:?\d\d)? )
  | (?P<CLOCK> \d{1,2}[:.h]\d\d(?::\d\d)?\s?[ap]\.?m?\b\.? | \d{1,2}[:h]\d\d(?::\d\d)? | \d{1,2}\s?[ap]\.?m\b\.?
             | \d{1,2}(?:[ap]|ish|\s?h|\s?o'clock)\b )
  | (?P<FIGURES> \d{1,2}\.\s?\d{1,2}\.(?=\s|$|[,)–-]) | \d+(?:\s?[-/.–]\s?\d+)+ )
  | (?P<ORDINAL> \d+(?:st|nd|rd|th)\b )
  | (?P<NUMBER> \d+ )
  | (?P<MARK> [^\w\s] )
    """,
    re.VERBOSE,
)

_GATE_WORD = re.compile(r"[a-zß-ÿ]+")
_RARE_FORMS = re.compile(
    r"\d\s?(?:of )?may\b|\bmay\W{0,2}\d|\b(?:by|in|until|till|before|of|mid|early|late|next|this)[- ]may\b|\bmay\W*$"
    r"|\b(?:this|next|the|coming|early|late|mid|of)[- ](?:spring|fall)\b|\bhalf (?:past|of|an?\b)|\ba half\b"
    r"|\b(?:by|before|until|till|at) (?:four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
    r"|\bnow\s*(?:$|[.!?\n]|pl)|\bby then\b|\b(?:by|on|until|till|before|from) the (?:first|second|third)\b"
)
_DIGIT = re.compile(r"\d")
_GATE_FIGURES = re.compile(
    r"\d(?:st|nd|rd|th|\s?[-/.:]\s?\d|\d{7}|\s?[ap]\.?m|\s?h|[ap]|ish)\b|\d(?:\s?[-/.]\s?\d|:\d)"
    r"|\b(?:on|by|at|until|till|before) \d|\b[qhw]\d|\d[qh]\s?\d|\dq\b"
    r"|\b(?:in|of|end|mid|early|late|year|[fc]y)[- ]?20\d\d\b"
    r"|\b(?:fy|cy)\s?\d\d\b|\dw\b|[124-9]d\b"
)
_KINDS = {kind.value: kind for kind in Kind}
# What a figure may not be glued to: it is part of a path, an address, a formula or a name then.
_DIGITS = (Kind.NUMBER, Kind.FIGURES, Kind.ORDINAL, Kind.CLOCK)
_GLUE = frozenset("/\\.:_=@#^~$€£¥&+")


def may_hold_a_date(text: str) -> bool:
    """False when no word or figure of `text` can start, end or make up a date: the answer for most messages."""
    lower = text.lower()
    found = set(_GATE_WORD.findall(lower))
    if not words.GATE.isdisjoint(found):
        return True
    if not words.RARELY.isdisjoint(found) and _RARE_FORMS.search(lower):
        return True
    return _DIGIT.search(lower) is not None and _GATE_FIGURES.search(lower) is not None


def tokens_of(text: str) -> list[Token]:
    """Every token of `text`, in order."""
    lower = text.lower().replace("’", "'")
    if len(lower) != len(text):  # "İ" grows when lowered, and spans must fit `text`
        lower = text
    found: list[Token] = []
    for match in _TOKEN.finditer(lower):
        group, word = match.lastgroup, match.group()
        if group == "WORD":
            word = word.removesuffix("'s")
            kind, word, value = words.LEXICON.get(word, (Kind.WORD, word, -1))
            found.append(Token(match.start(), match.end(), kind, word, value))
        elif group in ("NUMBER", "ORDINAL"):
            digits = word.rstrip("stndrh")
            found.append(Token(match.start(), match.end(), _KINDS[group or ""], word, int(digits[:9])))
        elif group == "STAMP":
            found.append(Token(match.start(), match.end(), Kind.FIGURES, word[:10]))
        else:
            found.append(Token(match.start(), match.end(), _KINDS[group or ""], word))
    _hide_glued(text, found)
    return found


def _hide_glued(text: str, found: list[Token]) -> None:
    """Digits that are part of a name, a path or a version ("w32codecs", "HTTP/1.1", "a:1.7") are no figures to read."""
    for index, token in enumerate(found):
        if token.kind not in _DIGITS or token.word.isalpha():
            continue
        before, after = text[token.start - 1 : token.start], text[token.end : token.end + 1]
        last = found[index - 1].word if index else ""
        if before in _GLUE and before:
            earlier = found[index - 2].word if index > 1 else ""
            hidden = not (before in "./" and (earlier in words.MONTHS or last in ("kw", "cw")))
            hidden = hidden and (before != ":" or not earlier.isalpha())
            hidden = hidden and not (before == "/" and token.kind is found[index - 2].kind is Kind.ORDINAL)
        else:
            hidden = before.isalpha() and last not in words.GLUED_BEFORE and last not in words.MONTHS
        if after.isalpha() or after == "_":
            following = found[index + 1].word if index + 1 < len(found) else ""
            known = following in words.MONTHS or following in words.UNITS or following == "q"
            hidden = hidden or not known
        if hidden:
            token.kind = Kind.OPAQUE
