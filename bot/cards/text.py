"""Words on cards: whose they are decides how they may be shown.

What partners, customers and models wrote goes out only as rich_text `text` or `plain_text`, which Slack never parses;
the cards hold no mrkdwn at all. Only the top-level `text` of a message is mrkdwn: outsiders' words pass `title` there.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.cards.limits import clip

_TOKEN = re.compile(r"<(?P<sigil>[@#!]?)(?P<id>[^<>|]*)(?:\|(?P<label>[^<>]*))?>")
_URL = re.compile(
    r"\b(?:https?://|mailto:|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|dev|app|co|ai|example)\b\S*", re.I
)
_LONGEST_TITLE = 2_000  # characters looked at; a title shows far fewer
_EVERYONE = re.compile(r"@(?=(?:here|channel|everyone|group)\b)", re.I)
_MARKUP = re.compile(r"[*_~`<>|]")
# Tag characters (U+E0000..E007F) carry invisible text.
_TAGS = range(0xE0000, 0xE0080)
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")


def escape(text: str) -> str:
    """Slack's three entities, so that the text cannot contain a mention, a link or a date token."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clean(text: str) -> str:
    """Without control, zero-width, bidirectional and tag characters; line breaks stay, joined emoji come apart."""
    return "".join(
        c
        for c in text
        if c == "\n" or (ord(c) not in _TAGS and (c == "\t" or unicodedata.category(c) not in _INVISIBLE))
    )


def readable(stored: str) -> str:
    """A message as Slack stores it -> the characters people saw: tokens become their labels, entities characters."""
    shown = _TOKEN.sub(_label, stored)
    return clean(shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def title(text: str, limit: int = 90) -> str:
    """One harmless line of somebody's words: no mention, link, domain, markup or invisible character in it."""
    words = _URL.sub("", readable(text[:_LONGEST_TITLE]))
    words = _EVERYONE.sub("", _MARKUP.sub("", words))
    return escape(clip(" ".join(words.split()), limit))


def own(text: str, limit: int = 200) -> str:
    """One line of our own words (book names, reasons) for the top-level text: escaped, nothing taken out."""
    return escape(clip(" ".join(clean(text).split()), limit))


def local(moment: datetime, zone: str) -> str:
    """ "Tue 10 Mar 14:05 EDT" in an IANA zone (UTC when there is no such zone)."""
    return f"{short(moment, zone)} {moment.astimezone(zone_of(zone)):%Z}"


def short(moment: datetime, zone: str) -> str:
    """ "Tue 10 Mar 14:05" in an IANA zone, for whoever lives in it."""
    there = moment.astimezone(zone_of(zone))
    return f"{there:%a} {there.day} {there:%b %H:%M}"


def zone_of(name: str) -> ZoneInfo:
    """The zone with that IANA name, UTC when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def day(value: date) -> str:
    """ "Tue 10 Mar 2026"."""
    return f"{value:%a} {value.day} {value:%b %Y}"


def money(amount: Decimal | None, currency: str) -> str:
    """ "USD 250,000"; empty when the amount is not known."""
    if amount is None:
        return ""
    whole = amount == amount.to_integral_value()
    return f"{currency} {amount:,.0f}".strip() if whole else f"{currency} {amount:,.2f}".strip()


def span(hours: int) -> str:
    """24 -> "1 day", 72 -> "3 days", 4 -> "4 hours"."""
    return count(hours // 24, "day") if hours % 24 == 0 else count(hours, "hour")


def count(number: int, noun: str) -> str:
    """ "1 risk", "2 risks"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _label(token: re.Match[str]) -> str:
    sigil, identity, label = token["sigil"], token["id"], token["label"]
    if sigil == "!":
        special, _, fallback = identity.partition("^")
        return label or (f"@{special}" if not fallback else special)
    if sigil:
        return f"{sigil}{label or identity}"
    return f"{label} ({identity})" if label and label != identity else identity
