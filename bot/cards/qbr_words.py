"""How the figures of a business review are called and written, on cards, in canvases and in decks alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from bot.cards import text, words
from bot.desk.qbr_views import Figure, Pack, Promise, Quota, Sums

LEFT_OUT = "(left out: its words name another company)"
_NAMES = {
    "promises_kept": "Promises kept",
    "promises_slipped": "Promises that slipped",
    "promises_broken": "Promises broken",
    "promises_late": "Promises late",
    "promises_open": "Promises still open",
    "promises_dropped": "Promises withdrawn",
    "won": "Won towards quota",
    "wins": "Deals won",
    "new_logos": "New logos",
    "lost": "Deals lost",
    "sourced": "Sourced pipeline",
    "co_sell": "Co-sell pipeline",
    "influenced": "Influenced pipeline",
    "unsettled": "Credit claimed or disputed",
    "registrations": "Deals registered",
    "sellers": "Active sellers",
    "engineers": "Active SEs",
    "certified": "Certified people",
    "newly_certified": "Newly certified",
    "steps": "Onboarding steps open",
    "risks": "Open risks",
    "asks": "Open questions",
}
STATES = {
    "kept": "Kept",
    "slipped": "Slipped",
    "broken": "Broken",
    "late": "Late",
    "open": "Open",
    "dropped": "Withdrawn",
}
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_THOUSAND, _MILLION = Decimal(1_000), Decimal(1_000_000)


def called(key: str, pack: Pack) -> str:
    """The name of a figure."""
    if key == "ahead":
        return f"{pack.next_label} pipeline"
    if key.startswith("registrations_"):
        return f"Registrations {key.removeprefix('registrations_').replace('_', ' ')}"
    return _NAMES[key]


def amount(figure: Figure) -> str:
    """ "USD 250,000 + EUR 10,000, 1 without an amount"; "" for what is only counted."""
    unpriced = f"{figure.unpriced} without an amount" if figure.unpriced else ""
    return ", ".join(part for part in (sums(figure.sums), unpriced) if part)


def sums(of: Sums) -> str:
    """Amounts in several currencies, never added up."""
    return " + ".join(text.money(value, currency) for currency, value in of)


def short_money(value: Decimal, currency: str) -> str:
    """ "$250K", "€1.25M", "CHF 980": three digits that matter."""
    sign = _SIGNS.get(currency, f"{currency} " if currency else "")
    rounded = Decimal(f"{value:.3g}")
    for unit, mark in ((_MILLION, "M"), (_THOUSAND, "K")):
        if abs(rounded) >= unit:
            return f"{sign}{(rounded / unit).normalize():f}{mark}"
    return f"{sign}{rounded:f}"


def summary(pack: Pack) -> str:
    """ "120 % to quota, 3 new logos, Q1 pipeline $250K": the review in one line; what is not recorded is said."""
    return ", ".join((_to_quota(pack.quota), text.count(pack.figure("new_logos").count, "new logo"), _ahead(pack)))


def _to_quota(quota: Quota | None) -> str:
    if quota is None:
        return "no quota recorded"
    return "the quota is zero" if quota.percent is None else f"{quota.percent} % to quota"


def _ahead(pack: Pack) -> str:
    figure = pack.figure("ahead")
    label = pack.next_label
    short = label.split()[0] if label[:1] in "QH" and label[1:2].isdigit() else label
    if not figure.count:
        return f"no {short} pipeline"
    if not figure.sums:
        return f"{short} pipeline {text.count(figure.count, 'deal')} without an amount"
    return f"{short} pipeline {' + '.join(short_money(value, currency) for currency, value in figure.sums)}"


def quota_line(pack: Pack) -> str:
    """ "USD 240,000 of a quota of USD 200,000: 120 %. EUR 10,000 more is not counted: …"."""
    if pack.quota is None:
        return f"No quota is recorded for {pack.label}."
    return _achieved(pack.quota)


def year_line(pack: Pack) -> str:
    """The same for the fiscal year up to the end of the period; "" when no quota is recorded for the year."""
    if pack.year_quota is None:
        return ""
    upto = "so far" if pack.is_running else f"up to {short_day(pack.covers_to - timedelta(days=1))}"
    return f"{pack.year_quota.period} {upto}: {_achieved(pack.year_quota)}"


def _achieved(quota: Quota) -> str:
    percent = "" if quota.percent is None else f": {quota.percent} %"
    said = f"{text.money(quota.won, quota.currency)} of a quota of {text.money(quota.amount, quota.currency)}{percent}."
    more = f" {sums(quota.elsewhere)} was won in other currencies and is not counted." if quota.elsewhere else ""
    return said + more


def promised(pack: Pack) -> str:
    """ "4 kept, 1 slipped, 2 open"; that there was none, when there was none."""
    counts = [(state, pack.figure(f"promises_{state}").count) for state in STATES]
    said = [f"{count} {STATES[state].lower()}" for state, count in counts if count]
    return ", ".join(said) if said else f"Nothing that was promised or agreed by {pack.label} is recorded."


def dates(promise: Promise) -> str:
    """ "14 Mar → 26 Mar, late"; every date it had."""
    said = " → ".join(short_day(day) for day in promise.dates) or "no date"
    return f"{said}, late" if promise.is_late else said


def people(pack: Pack) -> str:
    """Sellers, SEs and certificates in one line."""
    parts = [
        text.count(pack.figure("sellers").count, "active seller"),
        text.count(pack.figure("engineers").count, "active SE"),
        f"{pack.figure('certified').count} certified",
    ]
    new = pack.figure("newly_certified").count
    return ", ".join(parts) + (f", {new} of them in {pack.label}" if new else "")


def onboarding(pack: Pack) -> str:
    """How far it is; "" when none runs."""
    if pack.onboarding is None:
        return ""
    late = f", {pack.onboarding.late} late" if pack.onboarding.late else ""
    return f"Onboarding: {pack.onboarding.done} of {pack.onboarding.steps} steps done{late}"


def as_of(pack: Pack) -> str:
    """ "1 Oct 2026 to 31 Dec 2026, so far; figures of 20 Nov 2026 18:03 UTC"."""
    last = pack.covers_to - timedelta(days=1)
    made = pack.made_at.astimezone(text.zone_of(pack.zone))
    running = ", so far" if pack.is_running else ""
    return f"{day(pack.covers_from)} to {day(last)}{running}; figures of {day(made.date())} {made:%H:%M %Z}"


def category(value: str) -> str:
    return words.category(value)


def day(value: date | None) -> str:
    """ "1 Oct 2026"."""
    return f"{value.day} {value:%b %Y}" if value else ""


def short_day(value: date) -> str:
    return f"{value.day} {value:%b}"


def main_currency(pack: Pack, keys: Sequence[str]) -> str:
    """The currency with most in it among some figures: a chart shows one. "" when nothing has an amount."""
    totals: dict[str, Decimal] = {}
    for key in keys:
        for currency, value in pack.figure(key).sums:
            totals[currency] = totals.get(currency, Decimal()) + value
    return max(totals, key=lambda currency: (totals[currency], currency), default="")


def in_currency(figure: Figure, currency: str) -> Decimal:
    return dict(figure.sums).get(currency, Decimal())
