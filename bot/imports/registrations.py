"""Deal registrations from a table: whatever its columns are called, into frozen rows, or a sentence for each bad line.

Nothing here touches a database; `bot.desk.registrations_import` brings the rows into the store.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from bot.days import plausible
from bot.did_you_mean import normal
from bot.imports.tables import Fields, Table, read_rows
from bot.imports.yaml_lines import Problem
from bot.language.slots.money import Money, find_money

FIELDS = Fields(
    {
        "external_id": (
            "external id",
            "id",
            "registration id",
            "deal id",
            "registration number",
            "deal registration id",
        ),
        "partner": ("partner", "partner name", "reseller", "registered by"),
        "account": ("account", "account name", "customer", "customer name", "end customer", "company", "end user"),
        "domain": ("domain", "website", "customer domain", "account domain"),
        "value": ("value", "amount", "deal value", "deal size", "estimated value", "deal amount", "revenue"),
        "currency": ("currency", "currency code", "iso currency"),
        "type": ("type", "deal type", "kind"),
        "products": ("products", "product", "solution", "solutions", "product line"),
        "region": ("region", "territory", "geo"),
        "contact": ("contact", "customer contact", "contact email", "contact name"),
        "expected_close": ("expected close", "close date", "expected close date", "close", "estimated close date"),
        "customer_choice": ("customer choice", "customers choice", "letter of choice", "written choice"),
        "submitted_at": ("submitted at", "submitted", "submission date", "registered on", "created", "created at"),
    },
    needed=("partner", "account", "value"),
)
_TYPES = {"": "net_new", "net new": "net_new", "new": "net_new", "new logo": "net_new", "new business": "net_new",
          "expansion": "expansion", "upsell": "expansion", "cross sell": "expansion", "existing": "expansion",
          "renewal": "renewal"}  # fmt: skip
_PLAIN = re.compile(r"\d+(?:\.\d{1,2})?")


@dataclass(frozen=True, slots=True)
class RegistrationRow:
    """One line of the file. `submitted_at` is UTC, None when the file does not say; names are as written."""

    line: int
    external_id: str
    partner: str
    account: str
    money: Money
    type: str = "net_new"
    domain: str = ""
    products: str = ""
    region: str = ""
    contact: str = ""
    expected_close: date | None = None
    customer_choice: str = ""
    submitted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RegistrationFile:
    """`problems` are of lines that were left out; `unread` columns nobody could make sense of."""

    name: str
    rows: tuple[RegistrationRow, ...]
    problems: tuple[Problem, ...]
    unread: tuple[str, ...]


def read_registrations(table: Table, *, currency: str) -> RegistrationFile:
    """The registrations in a table; a sum without a currency is in `currency`. Raises Refused: a column is missing."""
    columns = FIELDS.columns(table)
    rows, problems = read_rows(table, columns, lambda values, line: _row(values, line, currency))
    return RegistrationFile(table.name, *_once(rows, problems), columns.unread)


def _row(values: Mapping[str, str], line: int, currency: str) -> RegistrationRow:
    """One checked row. Raises ValueError with a sentence."""
    for field in FIELDS.needed:
        if not values.get(field):
            raise ValueError(f"{field} is empty")
    kind = _TYPES.get(normal(values.get("type", "")).replace("-", " "))
    if kind is None:
        raise ValueError(f"type “{values['type']}” is none of net new, expansion, renewal")
    for field, longest in (("external_id", 64), ("account", 200), ("products", 500), ("contact", 500)):
        if len(values.get(field, "")) > longest:
            raise ValueError(f"{field.replace('_', ' ')} is longer than {longest} characters")
    close = values.get("expected_close", "")
    sent = values.get("submitted_at", "")
    return RegistrationRow(
        line=line,
        external_id=values.get("external_id") or _fingerprint(values),
        partner=values["partner"],
        account=values["account"],
        money=_money(values["value"], values.get("currency", ""), currency),
        type=kind,
        domain=values.get("domain", "").lower().removeprefix("https://").removeprefix("www.").rstrip("/"),
        products=values.get("products", ""),
        region=values.get("region", ""),
        contact=values.get("contact", ""),
        expected_close=_day(close, "expected close") if close else None,
        customer_choice=values.get("customer_choice", ""),
        submitted_at=_moment(sent) if sent else None,
    )


def _fingerprint(values: Mapping[str, str]) -> str:
    """Names a row that has no id of its own: the same partner, account and products again is the same row."""
    said = "\n".join(normal(values.get(field, "")) for field in ("partner", "account", "products"))
    return f"csv:{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def _money(said: str, code: str, otherwise: str) -> Money:
    wanted = code.upper() or otherwise
    if not re.fullmatch(r"[A-Z]{3}", wanted):
        raise ValueError(f"currency “{code}” is not a code such as USD")
    plain = said.replace(",", "") if re.fullmatch(r"[\d,]+(?:\.\d{1,2})?", said) else said
    if _PLAIN.fullmatch(plain):
        money = Money(Decimal(plain), wanted)
    else:
        found = find_money(said, wanted)
        if found is None or said[: found.start].strip() or said[found.end :].strip():
            raise ValueError(f"value “{said}” is not a sum such as 250000 or $250,000")
        money = found.value
    if code and money.currency != wanted:
        raise ValueError(f"value “{said}” is not in {wanted}, as the currency column says")
    if not 0 < money.amount < Decimal(10) ** 15:
        raise ValueError(f"value “{said}” has to be above zero")
    return money


def _day(said: str, what: str) -> date:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise ValueError(f"{what} “{said}” is not a date written as YYYY-MM-DD") from None
    return plausible(day)


def _moment(said: str) -> datetime:
    """A moment or a day; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise ValueError(f"submitted at “{said}” is not written as YYYY-MM-DD or YYYY-MM-DDTHH:MM+00:00") from None
    plausible(moment.date())
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _once(
    rows: Sequence[RegistrationRow], problems: Sequence[Problem]
) -> tuple[tuple[RegistrationRow, ...], tuple[Problem, ...]]:
    """An id that stands twice is a problem of the second line."""
    first: dict[str, RegistrationRow] = {}
    twice = []
    for row in rows:
        known = first.setdefault(row.external_id, row)
        if known is not row:
            twice.append(Problem(row.line, f"is the same registration as line {known.line}"))
    return tuple(first.values()), tuple(sorted({*problems, *twice}))
