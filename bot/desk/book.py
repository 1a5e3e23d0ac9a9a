"""The partner book into the store: what would change, and the change itself, in one transaction.

The book is the truth for what it names. Rows it does not name are left alone, and said. Running it
twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import Any, TypeVar

from bot.did_you_mean import normal
from bot.errors import Refused
from bot.imports.book import Book, OpportunityEntry, PartnerEntry, PlanEntry
from bot.policy import Policy
from models.base import TenantRow, Workspace, row_id
from models.partners import (
    Account,
    Channel,
    ChannelKind,
    Opportunity,
    OpportunityPartner,
    Partner,
    PartnerContact,
    PartnerTarget,
    PartnerTeam,
    Person,
    PlanItem,
)
from models.store import UnitOfWork

Row = TypeVar("Row", bound=TenantRow)

# What PartnerDesk itself may have changed, and the key of the book that overrules it: unsaid it stays as it is.
_ALSO_CHANGED_HERE = {
    "tier": "tier",
    "manager": "manager",
    "agreement_starts": "agreement",
    "agreement_ends": "agreement",
    "status": "status",
    "exec_sponsor": "sponsor",
}


class Verb(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`old` and `new` as people read them; `old` is "" for what did not exist."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class EntityDiff:
    kind: str
    name: str
    verb: Verb
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class BookDiff:
    """What the book changes, entity by entity, and which rows it does not name ("partner Initech")."""

    entities: tuple[EntityDiff, ...]
    left_alone: tuple[str, ...]

    def count(self, verb: Verb) -> int:
        return sum(entity.verb is verb for entity in self.entities)

    @property
    def changes_nothing(self) -> bool:
        return self.count(Verb.UNCHANGED) == len(self.entities)


def plan(uow: UnitOfWork, book: Book) -> BookDiff:
    """What `apply` would do. Writes nothing. Raises Refused when the book is another workspace's."""
    return _Loading(uow, book, write=None).run()


def apply(uow: UnitOfWork, book: Book, *, now: datetime, actor: str) -> BookDiff:
    """Create and update what the book names, an Event for each. Raises Refused when the book is another workspace's."""
    return _Loading(uow, book, write=_Write(now, actor)).run()


def render(diff: BookDiff) -> str:
    """The diff as plain text: + created, ~ updated with old → new, then what stayed."""
    lines: list[str] = []
    for entity in diff.entities:
        if entity.verb is Verb.CREATED:
            lines.append(f"+ {entity.kind} {entity.name}")
        elif entity.verb is Verb.UPDATED:
            lines.append(f"~ {entity.kind} {entity.name}")
            lines += [f"    {c.field}: {c.old or '(none)'} → {c.new or '(none)'}" for c in entity.changes]
    counts = [f"{diff.count(verb)} {verb.value}" for verb in Verb]
    lines.append(", ".join(counts) + (". Nothing to do." if diff.changes_nothing else "."))
    if diff.left_alone:
        shown = ", ".join(diff.left_alone[:10]) + (", …" if len(diff.left_alone) > 10 else "")
        lines.append(f"Not in the book, left alone ({len(diff.left_alone)}): {shown}")
    return "\n".join(lines)


def tier_warnings(book: Book, policy: Policy) -> tuple[str, ...]:
    """A line for every partner whose tier in the book is none of the policy's."""
    said = [(entry.name, policy.unknown_tier(entry.tier)) for entry in book.partners]
    return tuple(f"! partner {name} has {what}" for name, what in said if what)


@dataclass(frozen=True, slots=True)
class _Write:
    now: datetime
    actor: str


class _Loading:
    """One pass over the book, parents first. Without `write` a row to be created gets a number below zero instead of an
    id, so that what refers to it can be compared all the same."""

    def __init__(self, uow: UnitOfWork, book: Book, write: _Write | None) -> None:
        if uow.workspace_id != book.workspace:
            raise Refused(f"This book is for workspace {book.workspace}, not for {uow.workspace_id}.")
        self._uow, self._book, self._write = uow, book, write
        self._ours = book.workspace
        self._entities: list[EntityDiff] = []
        self._left_alone: list[str] = []
        self._not_yet = count(-1, -1)
        self._partners: dict[str, int] = {}
        self._accounts: dict[str, int] = {}
        self._names: dict[tuple[str, int], str] = {}

    def run(self) -> BookDiff:
        self._workspace()
        self._people()
        self._load_partners()
        self._load_accounts()
        self._channels()
        return BookDiff(tuple(self._entities), tuple(self._left_alone))

    def _workspace(self) -> None:
        known = self._uow.find(Workspace, id=self._ours) is not None
        self._entities.append(EntityDiff("workspace", self._ours, Verb.UNCHANGED if known else Verb.CREATED))
        if self._write and not known:
            self._uow.add(Workspace(id=self._ours, created_at=self._write.now))

    def _people(self) -> None:
        rows = {row.slack_id: row for row in self._uow.list(Person)}
        for entry in self._book.people:
            label = f"{entry.slack} ({entry.name})" if entry.name else entry.slack
            row = rows.pop(entry.slack, None)
            values: dict[str, Any] = {
                "name": entry.name, "email": entry.email, "timezone": entry.timezone,
                "roles": [role.value for role in entry.roles], "manager": entry.manager,
            }  # fmt: skip
            if not (row and row.team_id):
                values["team_id"] = self._ours  # once Slack has said whose somebody is, the book does not overrule it
            self._put("person", label, row, Person, {"slack_id": entry.slack}, values)
        self._leave("person", [row.display_name for row in rows.values() if row.roles or row.name])

    def _load_partners(self) -> None:
        rows = {normal(row.name): row for row in self._uow.list(Partner)}
        self._names |= {("partner_id", row_id(row)): row.name for row in rows.values()}
        contacts = {(row.partner_id, normal(row.name)): row for row in self._uow.list(PartnerContact)}
        targets = {(row.partner_id, row.period): row for row in self._uow.list(PartnerTarget)}
        teams = _Teams(self._uow, self._book)
        for entry in self._book.partners:
            row = rows.pop(normal(entry.name), None)
            values = {
                "name": entry.name, "aliases": [*entry.aliases], "type": entry.type.value, "tier": entry.tier,
                "domains": [*entry.domains], "manager": entry.manager,
                "agreement_starts": entry.agreement.starts, "agreement_ends": entry.agreement.ends,
                "status": entry.status, "exec_sponsor": entry.sponsor, "regions": [*entry.regions],
            }  # fmt: skip
            unsaid = [column for column, key in _ALSO_CHANGED_HERE.items() if key not in entry.model_fields_set]
            values = {column: value for column, value in values.items() if column not in unsaid}
            more = teams.changes(row, entry.slack_teams)
            partner_id = self._put("partner", entry.name, row, Partner, {"name": entry.name}, values, more)
            if self._write and more:
                teams.write(partner_id, entry.slack_teams)
            self._names["partner_id", partner_id] = entry.name
            self._contacts(entry, partner_id, contacts)
            self._targets(entry, partner_id, targets)
            self._partners |= {normal(word): partner_id for word in (entry.name, *entry.aliases)}
        self._leave("partner", [row.name for row in rows.values()])

    def _contacts(self, entry: PartnerEntry, partner_id: int, rows: dict[tuple[int, str], PartnerContact]) -> None:
        for person in entry.contacts:
            values = {
                "name": person.name, "role": person.role.value, "email": person.email, "slack_id": person.slack or "",
                "certified_on": person.certified, "active_from": person.since, "active_to": person.until,
            }  # fmt: skip
            keys = {"partner_id": partner_id, "name": person.name}
            row = rows.pop((partner_id, normal(person.name)), None)
            self._put("contact", f"{person.name} of {entry.name}", row, PartnerContact, keys, values)

    def _targets(self, entry: PartnerEntry, partner_id: int, rows: dict[tuple[int, str], PartnerTarget]) -> None:
        for target in entry.targets:
            values = {"amount": target.amount, "currency": target.currency}
            keys = {"partner_id": partner_id, "period": target.period}
            row = rows.pop((partner_id, target.period), None)
            self._put("target", f"{target.period} of {entry.name}", row, PartnerTarget, keys, values)

    def _load_accounts(self) -> None:
        rows = {normal(row.name): row for row in self._uow.list(Account)}
        self._names |= {("account_id", row_id(row)): row.name for row in rows.values()}
        deals = {row.external_id: row for row in self._uow.list(Opportunity)}
        items = {(row.account_id, normal(row.item)): row for row in self._uow.list(PlanItem)}
        links = list(self._uow.list(OpportunityPartner))
        for entry in self._book.accounts:
            values = {
                "name": entry.name, "domain": entry.domain, "segment": entry.segment, "geo": entry.geo,
                "owner": entry.owner, "parent": entry.parent, "customer_since": entry.customer_since,
            }  # fmt: skip
            row = rows.pop(normal(entry.name), None)
            account_id = self._put("account", entry.name, row, Account, {"name": entry.name}, values)
            self._names["account_id", account_id] = entry.name
            self._accounts[normal(entry.name)] = account_id
            for deal in entry.opportunities:
                deal_id = self._opportunity(deal, account_id, deals.pop(deal.id, None))
                self._deal_partners(deal, deal_id, links)
            for item in entry.plan:
                self._plan_item(item, account_id, items.pop((account_id, normal(item.item)), None))
        self._leave("account", [row.name for row in rows.values()])
        self._leave("opportunity", list(deals))
        self._leave("plan item", [row.item for row in items.values()])

    def _opportunity(self, entry: OpportunityEntry, account_id: int, row: Opportunity | None) -> int:
        values = {
            "account_id": account_id, "name": entry.name, "amount": entry.amount, "currency": entry.currency,
            "stage": entry.stage, "close_on": entry.close, "type": entry.type.value if entry.type else "",
            "product": entry.product, "opened_on": entry.opened, "closed_on": entry.closed, "is_won": entry.won,
            "met_customer_on": entry.met_customer,
        }  # fmt: skip
        return self._put(
            "opportunity",
            entry.id,
            row,
            Opportunity,
            {"external_id": entry.id},
            values,
        )

    def _deal_partners(self, entry: OpportunityEntry, deal_id: int, links: Sequence[OpportunityPartner]) -> None:
        """A partner's role on a deal changes in place; roles the book does not name stay."""
        wanted = {(self._partners[normal(link.partner)], link.role.value): link.since for link in entry.partners}
        mine = [row for row in links if row.opportunity_id == deal_id]
        spare = [row for row in mine if (row.partner_id, row.role) not in wanted]
        for (partner_id, role), since in wanted.items():
            row = next((r for r in mine if (r.partner_id, r.role) == (partner_id, role)), None)
            row = row or next((r for r in spare if r.partner_id == partner_id), None)
            if row in spare:
                spare.remove(row)
            label = f"{self._names['partner_id', partner_id]} on {entry.id}"
            keys = {"opportunity_id": deal_id, "partner_id": partner_id}
            self._put("deal partner", label, row, OpportunityPartner, keys, {"role": role, "attached_on": since})
        self._leave("deal partner", [f"{self._shown('partner_id', row.partner_id)} on {entry.id}" for row in spare])

    def _plan_item(self, entry: PlanEntry, account_id: int, row: PlanItem | None) -> None:
        values = {"owner": entry.owner.value, "partner_id": self._partner_of(entry.partner), "due_on": entry.due}
        self._put("plan item", entry.item, row, PlanItem, {"account_id": account_id, "item": entry.item}, values)

    def _channels(self) -> None:
        rows = {row.slack_id: row for row in self._uow.list(Channel)}
        for entry in self._book.channels:
            row = rows.pop(entry.id, None)
            values = {
                "kind": entry.kind.value, "partner_id": self._partner_of(entry.partner),
                "account_id": self._accounts[normal(entry.account)] if entry.account else None,
                "receives": [what.value for what in entry.receives], "watched": entry.kind is ChannelKind.JOINT,
            }  # fmt: skip
            if entry.name and not (row and row.name):
                values["name"] = entry.name  # what Slack calls it wins
            label = f"{entry.id} (#{entry.name})" if entry.name else entry.id
            self._begin_watching(self._put("channel", label, row, Channel, {"slack_id": entry.id}, values))
        self._leave("channel", [f"#{row.name}" if row.name else row.slack_id for row in rows.values()])

    def _begin_watching(self, channel_id: int) -> None:
        channel = self._uow.get(Channel, channel_id) if self._write else None
        if self._write and channel is not None and channel.watched and channel.watched_since is None:
            channel.watched_since = self._write.now

    def _partner_of(self, name: str | None) -> int | None:
        return self._partners[normal(name)] if name else None

    def _leave(self, kind: str, labels: Sequence[str]) -> None:
        self._left_alone += [f"{kind} {label}" for label in labels]

    def _put(
        self,
        kind: str,
        label: str,
        row: Row | None,
        model: type[Row],
        keys: dict[str, Any],
        values: Mapping[str, Any],
        more: Sequence[FieldChange] = (),
    ) -> int:
        """Bring one row to `values`, say what changed, and return its id (below zero for one not written).

        A new row is a `model` with the `keys` that name it.
        """
        changed = {name: value for name, value in values.items() if row is None or getattr(row, name) != value}
        changes = [
            FieldChange(name, self._shown(name, getattr(row, name)) if row else "", self._shown(name, value))
            for name, value in changed.items()
        ] + [*more]
        changes = [change for change in changes if change.old != change.new]
        verb = Verb.CREATED if row is None else Verb.UPDATED if changes else Verb.UNCHANGED
        self._entities.append(EntityDiff(kind, label, verb, tuple(changes)))
        if self._write is None:
            return next(self._not_yet) if row is None else row_id(row)
        row = row or model(workspace_id=self._ours, **keys)
        if verb is not Verb.UNCHANGED:
            for name, value in changed.items():
                setattr(row, name, value)
            self._uow.add(row)
            said = "; ".join(f"{c.field}: {c.old or '(none)'} → {c.new or '(none)'}" for c in changes)
            self._uow.record(
                kind.replace(" ", "_"), row_id(row), at=self._write.now, actor=self._write.actor,
                rule="book.load", note=f"{verb.value} from the book{': ' if said else ''}{said}",
            )  # fmt: skip
        return row_id(row)

    def _shown(self, field: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        if isinstance(value, int) and (field, value) in self._names:
            return self._names[field, value]
        if isinstance(value, bool):
            return "yes" if value else "no"
        return ", ".join(value) if isinstance(value, list) else str(value)


class _Teams:
    """The Slack Connect workspaces of each partner: a team belongs to one partner, the one the book says."""

    def __init__(self, uow: UnitOfWork, book: Book) -> None:
        self._uow, self._ours = uow, book.workspace
        self._rows = {row.team_id: row for row in uow.list(PartnerTeam)}
        self._named = {team for entry in book.partners for team in entry.slack_teams}

    def _of(self, partner_id: int) -> list[str]:
        return [team for team, row in self._rows.items() if row.partner_id == partner_id]

    def changes(self, partner: Partner | None, wanted: Sequence[str]) -> list[FieldChange]:
        current = self._of(row_id(partner)) if partner else []
        if set(current) == set(wanted):
            return []
        return [FieldChange("slack_teams", ", ".join(current), ", ".join(wanted))]

    def write(self, partner_id: int, wanted: Sequence[str]) -> None:
        """A team taken off a partner stops speaking for it, unless another partner of the book has it now."""
        for team in self._of(partner_id):
            if team not in self._named:
                self._uow.session.delete(self._rows.pop(team))
        for team in wanted:
            row = self._rows.get(team) or PartnerTeam(workspace_id=self._ours, team_id=team, partner_id=partner_id)
            row.partner_id = partner_id
            self._rows[team] = self._uow.add(row)
