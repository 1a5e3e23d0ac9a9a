"""The rows behind a figure of a QBR pack, as a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from bot.desk.naming import owner_name
from bot.desk.qbr_views import Listing, Pack
from bot.errors import Refused
from models.base import row_id
from models.calendar import ActionItem, OnboardingTask
from models.deals import DealRegistration
from models.partners import Account, Opportunity, OpportunityPartner, PartnerContact
from models.risks import Ask, Commitment, CommitmentDate, Evidence, Risk, SubjectKind
from models.store import UnitOfWork

SHOWN = 60
_CREDITS = ("sourced", "co_sell", "influenced")


@dataclass(frozen=True, slots=True)
class _Row:
    cells: tuple[str, ...]
    url: str = ""


Read = Callable[[UnitOfWork, Pack, Sequence[int]], list[_Row]]


def _whose(uow: UnitOfWork, pack: Pack) -> Callable[[str | None], str]:
    """Who an owner (a user id or a side) is in words; everybody is looked up once."""
    return cache(lambda owner: owner_name(uow, owner, pack.partner))


def listing(uow: UnitOfWork, pack: Pack, key: str) -> Listing:
    """The first rows behind the figure `key`. Raises Refused when there are none."""
    figure = pack.figure(key)
    if not figure.rows:
        raise Refused("There is nothing behind this figure.")
    left, rows, wanted = SHOWN, [], 0
    columns: tuple[str, ...] = ()
    for each in figure.rows:
        columns, read = _KINDS[each.kind]
        shown = each.ids[: max(0, left)]
        wanted += len(shown)
        rows += read(uow, pack, shown)
        left -= len(shown)
    total = sum(len(each.ids) for each in figure.rows)
    return Listing(
        partner=pack.partner,
        label=pack.label,
        figure=figure,
        columns=columns,
        cells=tuple(row.cells for row in rows),
        urls=tuple(row.url for row in rows),
        more=total - wanted,
        gone=wanted - len(rows),
    )


def _opportunities(uow: UnitOfWork, pack: Pack, ids: Sequence[int]) -> list[_Row]:
    credits: dict[int, set[str]] = {}
    links = select(OpportunityPartner.opportunity_id, OpportunityPartner.role).where(
        OpportunityPartner.partner_id == pack.partner_id, col(OpportunityPartner.opportunity_id).in_(ids)
    )
    for number, role in uow.session.exec(links):
        credits.setdefault(number, set()).add(role)
    statement = (
        select(Opportunity, Account.name)
        .join(Account, col(Account.id) == Opportunity.account_id)
        .where(col(Opportunity.id).in_(ids))
        .order_by(col(Opportunity.amount).is_(None), col(Opportunity.amount).desc(), col(Opportunity.id))
    )
    return [
        _Row(
            (
                deal.name or deal.external_id,
                account,
                _spoken(next((role for role in _CREDITS if role in credits.get(row_id(deal), ())), "")),
                _money(deal.amount, deal.currency),
                _day(deal.opened_on),
                _day(deal.closed_on or deal.close_on) + ("" if deal.closed_on or not deal.close_on else " expected"),
            )
        )
        for deal, account in uow.session.exec(statement)
        if row_id(deal) in credits
    ]


def _registrations(uow: UnitOfWork, pack: Pack, ids: Sequence[int]) -> list[_Row]:
    statement = (
        select(DealRegistration).where(col(DealRegistration.id).in_(ids)).order_by(col(DealRegistration.submitted_at))
    )
    return [
        _Row(
            (
                f"#{row_id(row)} {row.account_name}",
                _money(row.value, row.currency),
                _spoken(row.state),
                _on(row.submitted_at, pack.zone),
                _day(row.protected_until),
            )
        )
        for row in uow.session.exec(statement)
    ]


def _commitments(uow: UnitOfWork, pack: Pack, ids: Sequence[int]) -> list[_Row]:
    whose = _whose(uow, pack)
    said = _newest(uow, SubjectKind.COMMITMENT, ids)
    dates: dict[int, list[date]] = {}
    history = select(CommitmentDate).where(col(CommitmentDate.commitment_id).in_(ids)).order_by(col(CommitmentDate.id))
    for each in uow.session.exec(history):
        dates.setdefault(each.commitment_id, []).append(each.due_on)
    rows = uow.session.exec(select(Commitment).where(col(Commitment.id).in_(ids)).order_by(col(Commitment.id))).all()
    return [
        _Row(
            (
                _words(said.get(row_id(row))),
                whose(row.owner or row.side),
                " → ".join(_day(day) for day in dates.get(row_id(row), [row.due_on] if row.due_on else [])),
                _spoken(row.state),
            ),
            _url(said.get(row_id(row))),
        )
        for row in rows
    ]


def _actions(uow: UnitOfWork, pack: Pack, ids: Sequence[int]) -> list[_Row]:
    whose = _whose(uow, pack)
    rows = uow.session.exec(
        select(ActionItem).where(col(ActionItem.id).in_(ids)).order_by(col(ActionItem.due_on))
    ).all()
    return [_Row((row.what, whose(row.owner or row.side), _day(row.due_on), _spoken(row.state))) for row in rows]


def _risks(uow: UnitOfWork, pack: Pack, ids: Sequence[int]) -> list[_Row]:
    said = _newest(uow, SubjectKind.RISK, ids)
    statement = (
        select(Risk, Account)
        .join(Account, col(Account.id) == Risk.account_id, isouter=True)
        .where(col(Risk.id).in_(ids))
        .order_by(col(Risk.first_seen_at), col(Risk.id))
    )
    return [
        _Row(
            (
                f"#{row_id(risk)} {_words(said.get(row_id(risk)))}",
                _spoken(risk.category),
                account.name if account else "",
                _on(risk.first_seen_at, pack.zone),
            ),
            _url(said.get(row_id(risk))),
        )
        for risk, account in uow.session.exec(statement)
    ]


def _asks(uow: UnitOfWork, pack: Pack, ids: Sequence[int]) -> list[_Row]:
    whose = _whose(uow, pack)
    said = _newest(uow, SubjectKind.ASK, ids)
    rows = uow.session.exec(select(Ask).where(col(Ask.id).in_(ids)).order_by(col(Ask.asked_at), col(Ask.id))).all()
    return [
        _Row(
            (
                _words(said.get(row_id(row))),
                whose(row.author),
                _on(row.asked_at, pack.zone),
                _spoken(row.state),
            ),
            _url(said.get(row_id(row))),
        )
        for row in rows
    ]


def _contacts(uow: UnitOfWork, pack: Pack, ids: Sequence[int]) -> list[_Row]:
    del pack
    rows = uow.session.exec(
        select(PartnerContact).where(col(PartnerContact.id).in_(ids)).order_by(col(PartnerContact.name))
    ).all()
    return [
        _Row((row.name, row.role.upper() if row.role == "se" else _spoken(row.role), _day(row.certified_on)))
        for row in rows
    ]


def _tasks(uow: UnitOfWork, pack: Pack, ids: Sequence[int]) -> list[_Row]:
    whose = _whose(uow, pack)
    rows = uow.session.exec(
        select(OnboardingTask).where(col(OnboardingTask.id).in_(ids)).order_by(col(OnboardingTask.due_on))
    ).all()
    return [_Row((row.title, whose(row.side), _day(row.due_on), _spoken(row.state))) for row in rows]


_DONE = ("What", "Who", "Due", "State")
_KINDS: dict[str, tuple[tuple[str, ...], Read]] = {
    "opportunity": (("Deal", "Account", "Credit", "Amount", "Opened", "Closes"), _opportunities),
    "registration": (("Registration", "Value", "State", "Submitted", "Protected until"), _registrations),
    "commitment": (_DONE, _commitments),
    "action": (_DONE, _actions),
    "risk": (("Risk", "Kind", "Account", "Since"), _risks),
    "ask": (("Question", "Asked by", "On", "State"), _asks),
    "contact": (("Name", "Role", "Certified on"), _contacts),
    "task": (("Step", "Whose turn", "Due", "State"), _tasks),
}


def _newest(uow: UnitOfWork, kind: SubjectKind, ids: Collection[int]) -> dict[int, Evidence]:
    statement = (
        select(Evidence)
        .where(Evidence.subject_kind == kind, col(Evidence.subject_id).in_(ids))
        .order_by(col(Evidence.said_at), col(Evidence.start))
    )
    return {row.subject_id: row for row in uow.session.exec(statement)}


def _words(evidence: Evidence | None) -> str:
    if evidence is None:
        return "(no message)"
    return evidence.quote if evidence.quote and evidence.state != "deleted" else "(the message was deleted)"


def _url(evidence: Evidence | None) -> str:
    is_there = evidence is not None and evidence.state != "deleted"
    return evidence.permalink if evidence is not None and is_there else ""


def _spoken(value: str) -> str:
    return {"co_sell": "co-sell"}.get(value, value.replace("_", " "))


def _money(amount: Decimal | None, currency: str) -> str:
    if amount is None:
        return ""
    whole = amount == amount.to_integral_value()
    return f"{currency} {amount:,.0f}".strip() if whole else f"{currency} {amount:,.2f}".strip()


def _day(day: date | None) -> str:
    return f"{day.day} {day:%b %Y}" if day else ""


def _on(moment: datetime, zone: str) -> str:
    return _day(moment.astimezone(ZoneInfo(zone)).date())
