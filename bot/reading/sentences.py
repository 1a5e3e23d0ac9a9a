"""Message text -> numbered sentences with exact offsets, for chat as people write it.

Chat has line breaks for full stops, bullets, no capitals and emoji at the end of a thought. What is not the
author's own speech (code, quoted lines, forwarded mail, bare links) becomes a sentence with `speech=False`:
nothing is found there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.reading.types import Sentence
from bot.reading.wordlists import words

_FORWARDED = re.compile(
    r"^[ \t>*_-]*+(?:(?:(?<=--)|(?<=-- ))(?:forwarded|original) message|begin forwarded message|forwarded by\b"
    r"|on .{5,120}\bwrote:[ \t]*$)",
    re.IGNORECASE | re.MULTILINE,
)
_FENCE = re.compile(r"```.*?```", re.DOTALL)
_QUOTED_LINE = re.compile(r"^[ \t]*(?:&gt;|>).*$", re.MULTILINE)
_LINE = re.compile(r"[^\n\r]+")
_LEAD = re.compile(r"(?:\s|[-*•–—·◦▪](?=\s)|\(?\d{1,2}[.)](?=\s)|:[a-z0-9_+'-]+:|\*(?=\S))*", re.IGNORECASE)
_LAST_EMOJI = re.compile(r"(?<=\s):[a-z0-9_+'-]+:\Z", re.IGNORECASE)
_EMOJI_LENGTH = 104  # Slack's longest name is 100
_BREAK = re.compile(
    r"(?:(?<![.!?…])[.!?…]++[\"'”’)\]*_~]*+(?: *:[a-z0-9_+'-]+:)*|:[a-z][a-z0-9_+'-]*:|\s[:;]-?[)(DP])(?=\s)",
    re.IGNORECASE,
)
_LONGEST_WORD = 40
_LAST_WORD = re.compile(r"(\S+?)\.++[\"'”’)\]*_~]*$")
_ABBREVIATIONS = words(
    "e.g i.e etc approx vs nr mr mrs ms dr st inc ltd co corp jr sr prof dept est fig cf resp max min incl excl "
    "bzw ca z.b d.h usw bspw evtl ggf nos vol art tel ext att attn re ref p.a p.m a.m u.s u.k jan feb mar apr jun "
    "jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun"
)
# "etc." and "p.m." may also end a sentence; then the next word has a capital.
_MAY_END = words("etc a.m p.m inc ltd co corp usw mon tue tues wed thu thur thurs fri sat sun")
_AFTER_DAY_NUMBER = re.compile(r"(?:of|and|to|until|till|bis|und|or)\b|[a-zà-ü]{3,9}\b(?=[ .]*\d{2,4}|[,.]|$)")
_LINK = re.compile(r"<(?:https?|mailto|ftp)[^<>]*>|\b(?:https?://|www\.)\S+", re.IGNORECASE)
LONGEST_SPEECH = 1_500  # a "sentence" of more characters is a paste, not speech
MOST_SENTENCES = 400  # of one message: what comes after them is a paste, too
_REMEMBERED_TEXTS, _REMEMBERED_LENGTH = 32, 4_000  # less than a megabyte in all
_INLINE_CODE = re.compile(r"`[^`\n]+`")


def split_sentences(text: str) -> list[Sentence]:
    """Sentences of one stored Slack text, numbered from 0 in reading order.

    Every sentence satisfies `sentence.text == text[sentence.start:sentence.end]`; bullets, list numbers and leading
    emoji are left outside the span. Sentences do not overlap.
    """
    return list(_remembered(text) if len(text) <= _REMEMBERED_LENGTH else _sentences(text))


@lru_cache(maxsize=_REMEMBERED_TEXTS)
def _remembered(text: str) -> tuple[Sentence, ...]:
    """The rules, the models and the verifier ask for the same message one after the other."""
    return tuple(_sentences(text))


def _sentences(text: str) -> Iterator[Sentence]:
    silent = bytearray(len(text))  # 1 where a character is not the author's own speech
    for start, end in _silent_spans(text):
        silent[start:end] = b"\1" * (end - start)
    number = 0
    for line in _LINE.finditer(text):
        for start, end in _split_line(text, line.start(), line.end()):
            start, end = _trim(text, start, end)
            if start < end:
                speech = not any(silent[start:end]) and not _only_link_or_code(text[start:end])
                yield Sentence(number, start, end, text[start:end], speech)
                number += 1


def mask(text: str) -> str:
    """`text` with links and inline code blanked, same length, so a pattern cannot match inside them."""
    if "`" in text:
        text = _INLINE_CODE.sub(_blank, text)
    if "/" in text or "mailto" in text or "www." in text:
        text = _LINK.sub(_blank, text)
    return text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _silent_spans(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    if "```" in text:
        spans += [m.span() for m in _FENCE.finditer(text)]
    if "&gt;" in text or ">" in text:
        spans += [m.span() for m in _QUOTED_LINE.finditer(text)]
    forwarded = _FORWARDED.search(text)
    if forwarded:
        spans.append((forwarded.start(), len(text)))
    return spans


def _only_link_or_code(text: str) -> bool:
    if "`" not in text and "/" not in text and "www." not in text:
        return False
    return not any(ch.isalnum() for ch in mask(text))


def _split_line(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    begin = start
    for match in _BREAK.finditer(text, start, end):
        if _ends_sentence(text, begin, match, end):
            spans.append((begin, match.end()))
            begin = match.end()
    spans.append((begin, end))
    return spans


def _ends_sentence(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    mark = match.group()
    following = text[match.end() : end].lstrip()
    if not following:
        return False
    capital = following[0].isupper() or following[0] in "<\"'“‘(*_"
    if mark[0] in ":; \t":  # an emoji or a smiley closes a thought only when a new one visibly begins
        return capital and match.start() > begin
    if mark[0] in "!?":
        return True
    if mark[0] == "…" or mark.startswith(".."):
        return capital
    word = _LAST_WORD.search(text, max(begin, match.start() - _LONGEST_WORD), match.end())
    token = word.group(1).lstrip("(\"'“‘").lower() if word else ""
    if token in _ABBREVIATIONS:
        return capital and token in _MAY_END
    if len(token) == 1 and token.isalpha():
        return False
    if token.rstrip(".").isdigit() and not text[begin : match.start() - len(token)].strip(" \t-*•("):
        return False  # "1. first item"
    if token.replace(".", "").isdigit():  # "by 10.07. and", "on the 3. of May" go on; "the answer is 3. so" does not
        return capital or ("." not in token and not _AFTER_DAY_NUMBER.match(following))
    if token == "no":
        return not following[0].isdigit()
    return True


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    lead = _LEAD.match(text, start, end)
    if lead:
        start = lead.end()
    while True:
        end = start + len(text[start:end].rstrip())
        emoji = _LAST_EMOJI.search(text, max(start, end - _EMOJI_LENGTH), end)
        if emoji is None:
            return start, end
        end = emoji.start()
