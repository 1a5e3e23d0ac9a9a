"""What words are about: those that are left without the ones any talk of joint work is full of."""

from __future__ import annotations

import re

from bot.reading.wordlists import words

_WORD = re.compile(r"[^\W\d_]{3,}")
# Words that say nothing about the subject: a delay of two weeks is not what is late.
_THIN = words(
    """about after again all also and any are because been before being but can could did does done down each else
    even ever every for from get got had has have having here him his how into its just keep kept let like made make
    many more most much must need not now off once only onto other our out over own please really right said same
    say see she should since some still such sure than that the their them then there these they thing things this
    those though until very want was way week weeks day days today tomorrow yesterday month months well were what
    when where which while who will with without won would yet you your hey thanks team guys update status
    slip slips slipped slipping delay delays delayed late later behind block blocked blocker blocking miss missed
    missing overdue risk schedule date deadline push pushed moved postponed stuck hold waiting open issue problem
    one two three four five six seven eight nine ten first second third"""
)


def content_words(quote: str) -> frozenset[str]:
    """The words of `quote` that say what it is about, lower case, with a plural s taken off."""
    said = (word.lower() for word in _WORD.findall(re.sub(r"<[^>]*>", " ", quote)))
    return frozenset(word.removesuffix("s") for word in said if word not in _THIN)
