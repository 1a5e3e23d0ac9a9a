"""Which registration, and which account, somebody means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from bot.desk import approval_chain, lookup, registrations_views
from bot.desk.naming import person_view
from bot.desk.registrations_claims import account_names
from bot.did_you_mean import normal
from bot.errors import Choice, Refused
from bot.language.requests import Deal
from models.base import row_id
from models.deals import DealRegistration
from models.partners import Account, Channel, Partner, PartnerStatus
from models.states import RegistrationState as State
from models.store import UnitOfWork


def known_account(uow: UnitOfWork, name: str, domain: str = "") -> Account | None:
    """The account of the book that is meant, None when it has none such: a claim may be on a company nobody knows.

    Raises lookup.Ambiguous."""
    found = uow.find(Account, domain=domain) if domain else None
    if found is not None:
        return found
    return uow.get(Account, account_names(uow).called(name))


def is_for_same(one: DealRegistration, other: DealRegistration) -> bool:
    """Whether two registrations are for one account: the same of the book, or the same name outside of it."""
    if one.account_id is not None:
        return one.account_id == other.account_id
    return normal(one.account_name) == normal(other.account_name)


def find(
    uow: UnitOfWork,
    name: str = "",
    *,
    partner: str = "",
    account: str = "",
    states: Sequence[State] = (),
    limit: int = 200,
) -> list[DealRegistration]:
    """Registrations of a partner, for an account, or of whoever of both is called `name`; open ones, or those in
    `states`; newest first. Raises Refused when nothing is called so."""
    statement = select(DealRegistration).order_by(col(DealRegistration.id).desc()).limit(limit)
    if states:
        statement = statement.where(col(DealRegistration.state).in_(states))
    else:
        statement = statement.where(col(DealRegistration.closed_at).is_(None))
    if partner:
        statement = statement.where(DealRegistration.partner_id == row_id(lookup.resolve_partner(uow, partner)))
    rows = list(uow.session.exec(statement).all())
    if account:
        rows = [row for row in rows if _is_for(uow, row, account)]
    if name:
        theirs = [row for row in rows if _is_for(uow, row, name)]
        try:
            found, _account = lookup.resolve_either(uow, name)
        except lookup.Ambiguous:
            raise
        except Refused:
            if not theirs:
                raise
            return theirs
        of_partner = [row for row in rows if found and row.partner_id == found.id]
        rows = sorted({row_id(row): row for row in (*theirs, *of_partner)}.values(), key=row_id, reverse=True)
    return rows


def _is_for(uow: UnitOfWork, row: DealRegistration, name: str) -> bool:
    account = known_account(uow, name)
    return row.account_id == account.id if account else normal(row.account_name) == normal(name)


def partners(uow: UnitOfWork, actor: str) -> tuple[tuple[int, str], ...]:
    """Every partner that has not left, as (id, name): those `actor` manages first."""
    rows = [row for row in uow.list(Partner) if row.status != PartnerStatus.EXITED]
    rows.sort(key=lambda row: (row.manager != actor, row.name.casefold()))
    return tuple((row_id(row), row.name) for row in rows)


def partner_here(uow: UnitOfWork, channel: str) -> Partner | None:
    """The partner a channel is shared with."""
    place = uow.find(Channel, slack_id=channel)
    return uow.get(Partner, place.partner_id) if place else None


def whose(uow: UnitOfWork, asked: Deal, channel: str) -> tuple[Partner | None, str]:
    """The partner that registers (as named, else the channel's; None: it has to be asked) and the account's name.

    Raises Refused, lookup.Ambiguous."""
    account = asked.account or asked.name
    named = asked.partner or (asked.name if asked.account and asked.name else "")
    if named:
        if not asked.partner and not _is_partner(uow, named) and _is_partner(uow, account):
            named, account = account, named  # "BigCo deal for Initech"
        return lookup.resolve_partner(uow, named), account
    if account and known_account(uow, account) is None and _is_partner(uow, account):
        raise Refused(f"{account} is a partner. Which account is the deal for? `/pm register deal` opens the form.")
    return partner_here(uow, channel), account


def _is_partner(uow: UnitOfWork, name: str) -> bool:
    try:
        lookup.resolve_partner(uow, name)
    except lookup.Ambiguous:
        return True
    except Refused:
        return False
    return True


def waiting_for(uow: UnitOfWork, approver: str) -> list[DealRegistration]:
    """What waits for somebody's decision."""
    return [row for _step, row in approval_chain.waiting_for(uow, approver)]


def pick(uow: UnitOfWork, asked: Deal, states: Sequence[State], *, actor: str) -> int:
    """The one registration in one of `states` that a request about it means; for approvers without any name the one
    that waits for them. Raises Refused when there is none, Choice when there are several."""
    if asked.number is not None:
        return asked.number
    about = " ".join(part for part in (asked.name, asked.account, asked.partner) if part)
    if about:
        rows = find(uow, asked.name, partner=asked.partner, account=asked.account, states=states)
    elif asked.verb in ("approve", "reject", "return"):
        rows = waiting_for(uow, actor)
    else:
        rows = find(uow, states=states)
    if not rows:
        words = " or ".join(state.replace("_", " ") for state in states)
        whose_words = f" of {about}" if about else " for you" if asked.verb in ("approve", "reject", "return") else ""
        raise Refused(f"There is no deal registration{whose_words} that is {words}. `/pm deals` lists the open ones.")
    if len(rows) == 1:
        return row_id(rows[0])
    because = f" because {asked.note}" if asked.note else ""
    listed = registrations_views.lines(uow, rows)
    raise Choice(
        "Which one?",
        [f"{asked.verb} deal #{row.id}{because}" for row in listed],
        labels=[f"#{row.id} {row.account}, {row.partner}, {row.currency} {row.value:,.0f}" for row in listed],
    )


def today_of(uow: UnitOfWork, person: str, now: datetime) -> date:
    """The person's own date."""
    return now.astimezone(ZoneInfo(person_view(uow, person).zone)).date()
