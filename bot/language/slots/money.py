"""Sums of money as people write them -> Money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.language.slots.found import Found
from bot.language.slots.numbers import SPELLED, spelled
from bot.reading.deadlines.words import word_set

_SIGNS = {"us$": "USD", "$us": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "s$": "SGD", "hk$": "HKD",
          "nz$": "NZD", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}  # fmt: skip
_CODES = sorted(word_set(
    "USD EUR GBP JPY CHF CAD AUD NZD SGD HKD INR SEK NOK DKK PLN CZK HUF RON BRL MXN ZAR AED SAR ILS KRW CNY TRY "
    "THB MYR IDR PHP TWD"
))  # fmt: skip
_NAMES = {"dollar": "USD", "dollars": "USD", "bucks": "USD", "euro": "EUR", "euros": "EUR", "pound": "GBP",
          "pounds": "GBP", "quid": "GBP", "yen": "JPY", "francs": "CHF", "rupees": "INR"}  # fmt: skip
_UNITS = {"k": 3, "tsd": 3, "thousand": 3, "thousands": 3, "grand": 3, "m": 6, "mm": 6, "mn": 6, "mio": 6, "mil": 6,
          "mill": 6, "million": 6, "millions": 6, "b": 9, "bn": 9, "billion": 9, "mrd": 9}  # fmt: skip
_SIGN = "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True))
_CODE = "|".join([*_CODES, *_NAMES])
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:[ .,'’\u202f]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
_SUM = re.compile(
    rf"(?<![\w.,#])(?P<minus>-)?(?:(?P<before>(?:{_SIGN})|\b(?:{_CODE})\b)\s*)?(?P<digits>{_DIGITS})"
    rf"(?:\s*(?P<unit>{_UNIT})\b\.?)?(?:\s*(?:in\s+)?(?P<after>(?:{_SIGN})|\b(?:us\s+|american\s+)?(?:{_CODE})\b))?(?!['\w%])",
    re.IGNORECASE,
)
_SPELLED = re.compile(
    rf"(?P<words>{SPELLED})(?:\s+(?:in\s+)?(?P<after>(?:us\s+|american\s+)?(?:{_CODE})\b))?", re.IGNORECASE
)
# A plain number of this size next to nothing else can only be a sum: "deal for BigCo 250,000".
_GROUPED = re.compile(r"\d{1,3}(?:[ .,'’]\d{3})+")


@dataclass(frozen=True, slots=True)
class Money:
    """`currency` is ISO 4217; `amount` is in its main unit."""

    amount: Decimal
    currency: str


def find_money(text: str, default_currency: str) -> Found[Money] | None:
    """The first sum in `text` that names its currency, else the first one: $250,000, 1.5M, USD 250 000, 1,5 Mio €,
    250.000 €, £40k, "1.5 million dollars", "half a million". A sum that names no currency is in `default_currency`.

    A number with neither currency, unit nor grouped thousands may be something else and is not found, nor is a negative
    one. "1,500" and "1.500" are fifteen hundred.
    """
    return _in_figures(text, default_currency) or _in_words(text, default_currency)


def _in_figures(text: str, default_currency: str) -> Found[Money] | None:
    sums = [match for match in _SUM.finditer(text) if not match["minus"]]
    for match in sorted(sums, key=lambda match: not (match["before"] or match["after"])):
        currency = _currency(match["before"] or match["after"] or "")
        grouped = _GROUPED.match(match["digits"]) is not None
        if not (currency or match["unit"] or grouped):
            continue
        power = _UNITS[match["unit"].lower()] if match["unit"] else 0
        amount = _number(match["digits"], grouped=grouped and not power) * 10**power
        if amount > 0:
            return Found(Money(amount, currency or default_currency), match.start(), match.end())
    return None


def _in_words(text: str, default_currency: str) -> Found[Money] | None:
    """ "half a million dollars", "forty grand"; a number without a currency and below a thousand is no sum."""
    for match in _SPELLED.finditer(text):
        amount, currency = spelled(match["words"]), _currency(match["after"] or "")
        if amount >= (1 if currency else 1000) and amount == int(amount):
            return Found(Money(Decimal(int(amount)), currency or default_currency), match.start(), match.end())
    return None


def written(money: Money) -> str:
    """A sum as it can be typed again: "250,000 USD"."""
    return f"{money.amount.normalize():,f} {money.currency}"


def _currency(said: str) -> str:
    word = said.lower().removeprefix("us ").removeprefix("american ").strip()
    return _SIGNS.get(word) or _NAMES.get(word) or (word.upper() if word else "")


def _number(digits: str, *, grouped: bool) -> Decimal:
    """The number, its last separator a decimal one unless it parts thousands."""
    plain = re.sub(r"[ '’\u202f]", "", digits)
    last = max(plain.rfind(","), plain.rfind("."))
    if last < 0:
        return Decimal(plain)
    tail = plain[last + 1 :]
    head = re.sub(r"[.,]", "", plain[:last])
    if len(tail) == 3 and grouped:
        return Decimal(head + tail)
    return Decimal(f"{head}.{tail}")
