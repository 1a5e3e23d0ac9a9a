"""A QBR pack as a Slack canvas, in its Markdown; the same figures as the deck, nothing that names another partner."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.cards import qbr_words as said
from bot.cards import text
from bot.cards.limits import clip
from bot.desk.qbr_views import Item, Pack, Promise

_MARKUP = re.compile(r"[\\`*_~|<>\[\]{}#!@]")
_LONGEST = 300


def canvas_title(pack: Pack) -> str:
    return clip(f"QBR {_flat(pack.partner)}, {pack.label}", 150)


def canvas_markdown(pack: Pack) -> str:
    """The whole review: what was promised, the figures, people, risks, what is ahead and what nobody recorded."""
    ahead = [*map(_deal, pack.ahead), *map(_ask, pack.asks)]
    parts = [
        f"**{said.summary(pack)}.**",
        _flat(said.as_of(pack)),
        "## What was promised",
        _flat(said.promised(pack)),
        *_bullets(_promise(each) for each in pack.promises),
        "## Figures",
        *_bullets(words for words in (said.quota_line(pack), said.year_line(pack)) if words),
        *_bullets(_figure(pack, figure.key) for figure in pack.figures if not figure.key.startswith("promises_")),
        "## People",
        *_bullets(words for words in (said.people(pack), said.onboarding(pack)) if words),
        "## Open risks",
        *(_bullets(_risk(each) for each in pack.risks) or ["None is recorded."]),
        f"## {pack.next_label}: pipeline and questions",
        *(_bullets(ahead) or ["None is recorded."]),
        *(["## Not recorded", *_bullets(pack.missing)] if pack.missing else []),
    ]
    return "\n\n".join(parts)


def _bullets(lines: Iterable[str]) -> list[str]:
    made = "\n".join(f"- {_flat(line)}" for line in lines)
    return [made] if made else []


def _figure(pack: Pack, key: str) -> str:
    figure = pack.figure(key)
    worth = said.amount(figure)
    return f"{said.called(key, pack)}: {figure.count:,}" + (f", {worth}" if worth else "")


def _promise(promise: Promise) -> str:
    what = f"{promise.what} ({promise.owner or 'nobody named'})" if promise.is_ours else said.LEFT_OUT
    return f"{said.STATES[promise.state]}: {what}, {said.dates(promise)}"


def _risk(item: Item) -> str:
    account = f", {item.note}" if item.note and item.is_ours else ""
    return f"{said.category(item.what)}{account}, since {said.day(item.on)}"


def _deal(item: Item) -> str:
    what = f"{item.what}, {item.note}" if item.is_ours else said.LEFT_OUT
    return f"{what}, {text.money(item.amount, item.currency) or 'no amount'}, expected {said.day(item.on)}"


def _ask(item: Item) -> str:
    return f"Question of {said.day(item.on)}: {item.what if item.is_ours else said.LEFT_OUT}"


def _flat(words: str) -> str:
    """One line without anything Markdown or Slack would read as more than letters."""
    return clip(" ".join(_MARKUP.sub(" ", text.readable(words)).split()), _LONGEST)
