"""Slack text as the trained models see it: links, mentions and escapes made plain, the speaker's side named.

Training and reading go through this one module, so that a model is never asked about text it was not taught on.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.reading.sentences import LONGEST_SPEECH, MOST_SENTENCES, split_sentences
from bot.reading.types import ReadMessage, Sentence, Side, Window

TURNS = 2  # earlier messages that are shown to the models
_TURN = 400  # characters of one of them; the encoder takes no more of it than that
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_MARKUP = re.compile(r"<([^<>]{1,2000})>")
_EMOJI = re.compile(r":([a-z][a-z0-9_+'-]*):")
_SPACE = re.compile(r"\s+")
_SIDES = {Side.PARTNER: "partner", Side.US: "us", Side.CUSTOMER: "customer", Side.UNKNOWN: "somebody"}


@dataclass(frozen=True, slots=True)
class Passage:
    """One message ready for the models: `speaker` is the side's word, `turns` what was said before (side, words),
    oldest first; `sentences` are those to be judged, `words` the same made plain."""

    speaker: str
    turns: tuple[tuple[str, str], ...]
    sentences: tuple[Sentence, ...]
    words: tuple[str, ...]

    def only(self, numbers: Sequence[int]) -> Passage:
        """The same message with only these of its sentences."""
        if len(numbers) == len(self.words):
            return self
        return replace(
            self, sentences=tuple(self.sentences[n] for n in numbers), words=tuple(self.words[n] for n in numbers)
        )


def passage(message: ReadMessage, window: Window) -> Passage:
    """The message of `window` and what stood before it, as the models see them."""
    spoken = [s for s in split_sentences(message.text)[:MOST_SENTENCES] if s.speech and len(s.text) <= LONGEST_SPEECH]
    at = list(window.messages).index(message)
    before = [m for m in window.messages[:at] if m.is_speech and m.text][-TURNS:]
    return Passage(
        speaker=_SIDES[message.side],
        turns=tuple((_SIDES[m.side], plain(m.text[:_TURN], window.people)) for m in before),
        sentences=tuple(spoken),
        words=tuple(plain(s.text, window.people) for s in spoken),
    )


def plain(text: str, people: Mapping[str, Side]) -> str:
    """`text` without Slack's markup: a person is their side ("@partner"), a link its label or "link"."""
    if "<" in text:
        text = _MENTION.sub(lambda m: "@" + _SIDES[people.get(m.group(1), Side.UNKNOWN)], text)
        text = _MARKUP.sub(_shown, text)
    if ":" in text:
        text = _EMOJI.sub(lambda m: m.group(1).replace("_", " "), text)
    if "&" in text:
        text = html.unescape(text)
    return _SPACE.sub(" ", text).strip()


def _shown(match: re.Match[str]) -> str:
    """A channel, call or link as people see it: `<#C1|name>`, `<!here>`, `<!subteam^S1|@team>`, `<https:…|label>`."""
    target, _, label = match.group(1).partition("|")
    if target.startswith("!"):
        return "@" + (label.lstrip("@") or target[1:])
    return label or ("channel" if target.startswith("#") else "link")
