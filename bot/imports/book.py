"""The partner book: one YAML file, read into frozen values or refused with everything that is wrong.

Nothing here touches a database; `bot.desk.book` brings the result into the store.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails

from bot.errors import Refused
from bot.imports import yaml_lines
from bot.imports.fields import (
    Amount,
    ChannelId,
    Currency,
    Day,
    Domain,
    Email,
    Period,
    TeamId,
    UserId,
    Word,
    YesNo,
    Zone,
    meant,
    one_of,
)  # fmt: skip
from bot.imports.references import broken_references
from bot.imports.yaml_lines import Lines, Problem
from models.partners import ChannelKind, ContactRole, PartnerStatus, PartnerType, Role


class BookRefused(Refused):
    """The book cannot be used; one line per problem, `file:line: what is wrong`. Nothing was written."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(f"{name}:{problem.line}: {problem.text}" for problem in self.problems))


class DealRole(StrEnum):
    SOURCED = "sourced"
    CO_SELL = "co_sell"
    INFLUENCED = "influenced"


class DealType(StrEnum):
    NET_NEW = "net_new"
    EXPANSION = "expansion"
    RENEWAL = "renewal"


class PlanOwner(StrEnum):
    US = "us"
    PARTNER = "partner"
    CUSTOMER = "customer"


class Receives(StrEnum):
    """What an internal channel may get."""

    ESCALATIONS = "escalations"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonEntry(_Entry):
    slack: UserId
    name: Word = ""
    email: Email = ""
    roles: tuple[Annotated[Role, one_of(*Role)], ...] = ()
    manager: UserId | None = None
    timezone: Zone = ""


class Agreement(_Entry):
    starts: Day | None = None
    ends: Day | None = None

    @field_validator("ends", mode="after")
    @classmethod
    def _not_before_start(cls, ends: date | None, info: ValidationInfo) -> date | None:
        starts = info.data.get("starts")
        if starts and ends and ends < starts:
            raise ValueError(f"the agreement ends ({ends}) before it starts ({starts})")
        return ends


class ContactEntry(_Entry):
    """Somebody at the partner; `certified` is the day they passed our certification."""

    name: Word
    role: Annotated[ContactRole, one_of(*ContactRole)] = ContactRole.SELLER
    email: Email = ""
    slack: UserId | None = None
    certified: Day | None = None
    since: Day | None = None
    until: Day | None = None


class TargetEntry(_Entry):
    """What the partner is to bring in a period: "2026" or "Q4 2026"."""

    period: Period
    amount: Amount
    currency: Currency


class PartnerEntry(_Entry):
    """`status` and `sponsor` are left as they are where the book does not say."""

    name: Word
    aliases: tuple[Word, ...] = ()
    type: Annotated[PartnerType, one_of(*PartnerType)] = PartnerType.SI
    tier: Word = ""
    slack_teams: tuple[TeamId, ...] = ()
    domains: tuple[Domain, ...] = ()
    manager: UserId | None = None
    agreement: Agreement = Agreement()
    status: Annotated[PartnerStatus, one_of(*PartnerStatus)] | None = None
    sponsor: UserId | None = None
    regions: tuple[Word, ...] = ()
    contacts: tuple[ContactEntry, ...] = ()
    targets: tuple[TargetEntry, ...] = ()


class DealPartner(_Entry):
    partner: Word
    role: Annotated[DealRole, one_of(*DealRole)] = DealRole.CO_SELL
    since: Day | None = None


class OpportunityEntry(_Entry):
    id: Word
    name: Word = ""
    amount: Amount | None = None
    currency: Currency = ""
    stage: Word = ""
    close: Day | None = None
    type: Annotated[DealType, one_of(*DealType)] | None = None
    product: Word = ""
    opened: Day | None = None
    closed: Day | None = None
    won: YesNo | None = None
    met_customer: Day | None = None
    partners: tuple[DealPartner, ...] = ()


class PlanEntry(_Entry):
    item: Word
    owner: Annotated[PlanOwner, one_of(*PlanOwner)] = PlanOwner.US
    partner: Word | None = None
    due: Day | None = None


class AccountEntry(_Entry):
    name: Word
    domain: Domain = ""
    segment: Word = ""
    geo: Word = ""
    owner: UserId | None = None
    parent: Word = ""
    customer_since: Day | None = None
    opportunities: tuple[OpportunityEntry, ...] = ()
    plan: tuple[PlanEntry, ...] = ()


class ChannelEntry(_Entry):
    """`name` is only for reading exports that know channels by name; Slack's own name wins elsewhere."""

    id: ChannelId
    name: Word = ""
    kind: Annotated[ChannelKind, one_of(ChannelKind.JOINT, ChannelKind.INTERNAL)] = ChannelKind.JOINT
    partner: Word | None = None
    account: Word | None = None
    receives: tuple[Annotated[Receives, one_of(*Receives)], ...] = ()


class Book(_Entry):
    workspace: TeamId
    people: tuple[PersonEntry, ...] = ()
    partners: tuple[PartnerEntry, ...] = ()
    accounts: tuple[AccountEntry, ...] = ()
    channels: tuple[ChannelEntry, ...] = ()


def read_book(path: Path) -> Book:
    """The book in `path`. Raises BookRefused with every problem in it."""
    name = str(path)
    try:
        with path.open("rb") as file:
            content = file.read(yaml_lines.MAX_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise BookRefused(name, [Problem(1, f"cannot be read: {error.strerror or error}")]) from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BookRefused(name, [Problem(line, "is not UTF-8 text: save the file as UTF-8")]) from error
    if len(content) > yaml_lines.MAX_BYTES:
        raise BookRefused(name, [Problem(1, f"is larger than {yaml_lines.MAX_BYTES // 1_000_000} MB")])
    return parse_book(text, name)


def parse_book(text: str, name: str = "book.yml") -> Book:
    """The book in `text`; `name` is how problems call the file. Raises BookRefused with every problem in it."""
    value, lines, problems = yaml_lines.load(text)
    if not isinstance(value, dict):
        listed = ", ".join(Book.model_fields)
        raise BookRefused(name, problems or [Problem(1, f"a book is a mapping with the keys {listed}")])
    try:
        book = Book.model_validate(value)
    except ValidationError as error:
        problems += [_told(item, lines) for item in error.errors()]
    problems += broken_references(value, lines)
    if problems:
        raise BookRefused(name, problems)
    return book


_ENTRIES: dict[tuple[str, ...], type[_Entry]] = {
    (): Book,
    ("people",): PersonEntry,
    ("partners",): PartnerEntry,
    ("partners", "agreement"): Agreement,
    ("partners", "contacts"): ContactEntry,
    ("partners", "targets"): TargetEntry,
    ("accounts",): AccountEntry,
    ("accounts", "opportunities"): OpportunityEntry,
    ("accounts", "opportunities", "partners"): DealPartner,
    ("accounts", "plan"): PlanEntry,
    ("channels",): ChannelEntry,
}


def _told(item: ErrorDetails, lines: Lines) -> Problem:
    """One pydantic error in our words; the line says which entry, so list positions are left out."""
    keys = tuple(step for step in item["loc"] if isinstance(step, str))
    line, last = lines.at(item["loc"]), keys[-1]
    match item["type"]:
        case "extra_forbidden":
            known = list(_ENTRIES[keys[:-1]].model_fields)
            return Problem(line, f"unknown key '{last}'{meant(last, known) or ': known are ' + ', '.join(known)}")
        case "missing":
            return Problem(line, f"'{last}' is missing")
        case "tuple_type":
            said = item["input"] if isinstance(item["input"], str) else "…"
            return Problem(line, f"{last}: expected a list, such as [{said}]")
        case "model_type":
            return Problem(line, f"{last}: expected keys with values, such as {{{_example(keys)}}}")
    return Problem(line, f"{last}: {item.get('ctx', {}).get('error', item['msg'])}")


def _example(keys: tuple[str, ...]) -> str:
    return ", ".join(f"{key}: …" for key in list(_ENTRIES[keys].model_fields)[:2])
