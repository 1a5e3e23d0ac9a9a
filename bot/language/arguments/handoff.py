"""get executive approval for the Globex discount · set up a joint campaign with Globex"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from bot.language import words
from bot.language.requests import Handoff, HandoffTopic
from bot.language.tokens import Token, TokenKind, said

_PERIOD = re.compile(r"q[1-4]|h[12]|fy.?\d+|20\d\d")
_SUBJECTS: Mapping[str, HandoffTopic] = MappingProxyType(
    {
        **dict.fromkeys(("executive", "exec", "executives", "execs"), "executive_approval"),
        **dict.fromkeys(("deal desk", "dealdesk"), "deal_desk"),
        **dict.fromkeys(("commission", "commissions", "payout", "payouts", "spiff", "spiffs"), "commission"),
        **dict.fromkeys(("campaign", "campaigns", "co-marketing", "marketing", "mdf", "webinar"), "campaign"),
    }
)  # fmt: skip


def handoff(parts: Sequence[Token]) -> Handoff:
    """What is to be done at another desk, as typed. `topic` is "" when no desk is named, `name` only what is plainly
    one: capitals or quotes after "for" or "with"."""
    single = [token.word for token in parts]
    pairs = [f"{one} {two}" for one, two in pairwise(single)]
    topic: HandoffTopic = next((_SUBJECTS[phrase] for phrase in (*pairs, *single) if phrase in _SUBJECTS), "")
    user = next((token.id for token in parts if token.kind == TokenKind.USER), "")
    rest = [token for token in parts if token.kind != TokenKind.USER]
    while user and rest and rest[-1].word in ("to", "with", "for"):
        rest.pop()
    text = said(rest)
    return Handoff(topic, text, _named(parts), user)


def _named(parts: Sequence[Token]) -> str:
    for place, token in enumerate(parts):
        if token.word not in words.NAME_LEADS:
            continue
        name: list[Token] = []
        for at, each in enumerate(parts[place + 1 :], start=place + 1):
            if each.word == "of" and name and at + 1 < len(parts) and _is_capital(parts[at + 1]):
                name.append(each)  # "Bank of America"
                continue
            capital = _is_capital(each) or (each.text == "&" and bool(name))
            if _PERIOD.fullmatch(each.word) or (not capital and (name or each.word not in words.GLUE)):
                break
            name += [each] if capital else []
        if name:
            return said(name)
    return ""


def _is_capital(token: Token) -> bool:
    return token.kind == TokenKind.QUOTED or (token.kind == TokenKind.WORD and token.text[0].isupper())
