"""What people decide on renewals: renewed until a day, lapsed or terminated; and that negotiations began."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from sqlmodel import col, select

from bot.desk import lookup, renewals_clock, rights
from bot.desk.naming import person_view
from bot.desk.renewals_dossier import current
from bot.desk.renewals_views import Plan, RenewalView, view_of
from bot.errors import Choice, Refused
from bot.policy import Policy
from models.base import row_id
from models.calendar import Renewal
from models.events import ROBOT
from models.partners import Channel, Partner
from models.risks import SubjectKind
from models.states import RenewalState as State
from models.store import UnitOfWork

LONGEST_YEARS = 10  # of a new term
_OFFERED = 10


def whose(uow: UnitOfWork, name: str, channel: str) -> Partner | None:
    """The partner called `name`; without a name that of the channel it was asked in, None where there is none.

    Raises Refused, Ambiguous."""
    if name:
        return lookup.resolve_partner(uow, name)
    here = uow.find(Channel, slack_id=channel) if channel else None
    return uow.get(Partner, here.partner_id) if here else None


def one_of_open(uow: UnitOfWork, verb: str) -> Choice:
    """The question whose renewal it is, with those that are open as answers; `verb` is how it is asked for."""
    statement = (
        select(Partner.name)
        .join(Renewal, col(Renewal.partner_id) == Partner.id)
        .where(col(Renewal.closed_at).is_(None))
        .order_by(col(Renewal.ends_on), col(Partner.name))
        .limit(_OFFERED)
    )
    names = uow.session.exec(statement).all()
    asked = [f'{verb} renewal of "{name}"' for name in (each.replace('"', "'") for each in names)]
    example = f"{verb} renewal of Acme Corp"
    return Choice("Whose renewal?" if names else f"Whose renewal? For example: {example}", asked, labels=names)


def for_change(uow: UnitOfWork, partner_id: int, *, actor: str, now: datetime) -> RenewalView:
    """The term of a partner that `actor` may decide on, for its form. Raises Refused."""
    partner = uow.get(Partner, partner_id)
    if partner is None:
        raise Refused("That partner is no longer in the book.")
    _require_may(uow, partner, actor)
    today = renewals_clock.local_day(now, renewals_clock.zone_of(uow, partner))
    view = current(uow, partner, today)
    _require_open(view)
    return view


def plan(
    uow: UnitOfWork, partner_id: int, outcome: State, *, until: date | None, reason: str, actor: str, now: datetime
) -> Plan:
    """What deciding on `outcome` would do. Raises Refused when it is decided, not theirs, or `until` cannot be."""
    view = for_change(uow, partner_id, actor=actor, now=now)
    assert view.ends_on is not None  # _require_open
    if outcome == State.RENEWED:
        _require_later(view.ends_on, until)
    if outcome == State.LAPSED == view.state:
        raise Refused(f"The agreement with {view.partner} is lapsed already.")
    if outcome == State.TERMINATED and not reason.strip():
        raise Refused(
            "Please say why it is terminated, for example: terminate renewal of Acme Corp because they were bought"
        )
    params = {
        "partner": str(partner_id), "ends_on": view.ends_on.isoformat(), "outcome": outcome.value,
        "until": until.isoformat() if until and outcome == State.RENEWED else "", "reason": reason.strip(),
    }  # fmt: skip
    return Plan(params, view, outcome, until if outcome == State.RENEWED else None, reason.strip())


def decide(uow: UnitOfWork, params: Mapping[str, str], /, *, actor: str, now: datetime, policy: Policy) -> RenewalView:
    """Do what `plan` said: the renewal is decided, what was left to do for it is dropped, and a renewed term ends on
    its new day in the book, too. Raises Refused when the situation is no longer what was shown."""
    partner = uow.lock(Partner, int(params["partner"]))
    if partner is None:
        raise Refused("That partner is no longer in the book.")
    outcome, until = State(params["outcome"]), date.fromisoformat(params["until"]) if params["until"] else None
    ends_on = date.fromisoformat(params["ends_on"])
    asked = plan(uow, row_id(partner), outcome, until=until, reason=params["reason"], actor=actor, now=now)
    if asked.renewal.ends_on != ends_on:
        raise Refused(f"The agreement with {partner.name} ends on another day by now. Please ask me again.")
    row = _row(uow, partner, asked.renewal, actor=actor, now=now, policy=policy, with_tasks=False)
    row.renewed_to = until
    renewals_clock.close(uow, row, outcome, actor=actor, now=now, policy=policy, reason=params["reason"])
    if until is not None:
        partner.agreement_ends = until
        note = f"the agreement ends on {until.isoformat()} instead of {ends_on.isoformat()}: it was renewed"
        uow.record(SubjectKind.PARTNER, row_id(partner), at=now, actor=actor, note=note, policy_version=policy.version)
    return view_of(uow, row, renewals_clock.local_day(now, renewals_clock.zone_of(uow, partner)))


def negotiate(
    uow: UnitOfWork, params: Mapping[str, str], /, *, actor: str, now: datetime, policy: Policy
) -> RenewalView:
    """Negotiations began, whatever the countdown says. Raises Refused when they had, or it is decided."""
    partner = uow.lock(Partner, int(params["partner"]))
    view = negotiation(uow, int(params["partner"]), actor=actor, now=now)
    assert partner is not None  # negotiation
    row = _row(uow, partner, view, actor=actor, now=now, policy=policy, with_tasks=True)
    renewals_clock.advance(uow, row, State.NEGOTIATING, actor=actor, now=now, policy=policy)
    return view_of(uow, row, renewals_clock.local_day(now, renewals_clock.zone_of(uow, partner)))


def negotiation(uow: UnitOfWork, partner_id: int, *, actor: str, now: datetime) -> RenewalView:
    """The term `negotiate` would be about. Raises Refused as it does."""
    view = for_change(uow, partner_id, actor=actor, now=now)
    if view.state in (State.NEGOTIATING, State.LAPSED):
        raise Refused(f"The renewal of {view.partner} is {view.state} already.")
    return view


def _row(
    uow: UnitOfWork, partner: Partner, view: RenewalView, *, actor: str, now: datetime, policy: Policy, with_tasks: bool
) -> Renewal:
    """The row of the term, taken; made where people are ahead of the countdown."""
    if view.id is None:
        assert view.ends_on is not None  # for_change
        return renewals_clock.add(
            uow, partner, view.ends_on, actor=actor, now=now, policy=policy, with_tasks=with_tasks
        )
    row = uow.lock(Renewal, view.id)
    assert row is not None
    return row


def _require_may(uow: UnitOfWork, partner: Partner, actor: str) -> None:
    person = rights.require_member(uow, actor)
    if not rights.is_operator(person) and partner.manager != actor:
        manager = person_view(uow, partner.manager).name if partner.manager else "A partner manager"
        raise Refused(f"{manager} decides on the renewal of {partner.name}; a partner manager or operations can, too.")


def _require_open(view: RenewalView) -> None:
    """Raises Refused when there is nothing to decide. One that lapsed because nobody said anything still is."""
    if view.ends_on is None:
        raise Refused(
            f"Nobody recorded when the agreement with {view.partner} ends. Add it to the partner book "
            "(agreement: {ends: YYYY-MM-DD})."
        )
    by_itself = view.state == State.LAPSED and view.decided_by is not None and view.decided_by.slack_id == ROBOT
    if not view.is_open and not by_itself:
        until = f" until {_day(view.renewed_to)}" if view.renewed_to else ""
        by = f", by {view.decided_by.name}" if view.decided_by and view.decided_by.slack_id != ROBOT else ""
        raise Refused(f"The agreement with {view.partner} is {view.state}{until} already{by}.")


def _require_later(ends_on: date, until: date | None) -> None:
    if until is None:
        raise Refused("Until when is it renewed? For example: renewal of Acme Corp renewed until 31 Dec 2027")
    if until <= ends_on:
        raise Refused(f"The present term ends on {_day(ends_on)}. Name a day after it.")
    if until > ends_on + relativedelta(years=LONGEST_YEARS):
        raise Refused(f"That is more than {LONGEST_YEARS} years on. Name an earlier day.")


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
