"""The dossier of a renewal: what the term was worth and how the partner is doing, from what is stored. And the list of
those that end in a period.

Amounts of different currencies are never added to each other; what nobody recorded is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from sqlmodel import and_, col, func, or_, select

from bot.desk import actions, gaps, qbr_pack_reads, renewals_clock
from bot.desk.checkins_brief import silence
from bot.desk.naming import optional_person_view, person_view
from bot.desk.qbr_periods import target_window
from bot.desk.qbr_views import Quota
from bot.desk.renewals_views import Contact, Dossier, Ending, Health, Promises, RenewalView, view_of, without_row
from bot.desk.risk_views import view_of as risk_view
from bot.language.slots.periods import Period
from bot.metrics import deals as metric
from bot.metrics.deals import Deal
from bot.metrics.window import Window
from bot.policy import Policy
from bot.recurrence import moment
from models.base import row_id
from models.calendar import CheckIn, Qbr, Renewal
from models.partners import Partner, PartnerContact, PartnerStatus, PartnerTarget
from models.risks import Commitment, Risk, SubjectKind
from models.states import CheckInState, QbrState, RenewalState
from models.store import UnitOfWork

_DAY, _YEAR = timedelta(days=1), relativedelta(years=1)
_RISKS, _QUOTAS, _CONTACTS, _LISTED, _UNKNOWN = 3, 4, 8, 40, 10
_ROLES = ("exec", "alliance", "seller", "se", "delivery", "marketing")


def current(uow: UnitOfWork, partner: Partner, today: date) -> RenewalView:
    """The term that is to be decided: the open renewal, else the one of the recorded end, else that end alone."""
    row = renewals_clock.open_row(uow, row_id(partner))
    if row is None and partner.agreement_ends is not None:
        row = uow.find(Renewal, partner_id=partner.id, ends_on=partner.agreement_ends)
    return view_of(uow, row, today) if row is not None else without_row(uow, partner, today)


def dossier(uow: UnitOfWork, partner: Partner, *, now: datetime, policy: Policy) -> Dossier:
    """Everything about the term of `partner` as of `now` (UTC); days are those of its manager's zone."""
    zone = renewals_clock.zone_of(uow, partner)
    today = renewals_clock.local_day(now, zone)
    renewal = current(uow, partner, today)
    started = _start(uow, partner, renewal)
    covers_from = started or today - _YEAR
    found = qbr_pack_reads.deals(uow, row_id(partner), policy.fiscal.currency)
    until = min(today, renewal.ends_on or today) + _DAY
    worth = metric.total(metric.won(found, Window(covers_from, until)))
    year = metric.total(metric.won(found, Window(today - _YEAR, today + _DAY)))
    tier = next((each for each in policy.tiers if each.name.casefold() == partner.tier.casefold()), None)
    contacts, contact_count = _contacts(uow, partner, today)
    quotas = _quotas(uow, partner, found, Window(covers_from, until), policy)
    return Dossier(
        renewal=renewal,
        zone=zone,
        covers_from=covers_from,
        is_start_known=started is not None,
        won=worth.sums,
        won_count=worth.count,
        unpriced=worth.unpriced,
        currency=policy.fiscal.currency,
        brought=year.of(policy.fiscal.currency),
        elsewhere=tuple(pair for pair in year.sums if pair[0] != policy.fiscal.currency),
        needs=tier.revenue if tier else None,
        health=_health(uow, partner, now=now, today=today, policy=policy),
        promises=_promises(uow, partner, covers_from, until, zone, today),
        quotas=quotas,
        sponsor=optional_person_view(uow, partner.exec_sponsor),
        contacts=contacts,
        contact_count=contact_count,
        tasks=actions.of_subject(uow, SubjectKind.RENEWAL, renewal.id, today=today) if renewal.id else (),
        missing=tuple(_missing(uow, partner, found, started, quotas, known_tier=tier is not None)),
    )


def _start(uow: UnitOfWork, partner: Partner, renewal: RenewalView) -> date | None:
    """The first day of the term: after the one that was renewed to it, else as the book says."""
    before = uow.find(Renewal, partner_id=partner.id, state=RenewalState.RENEWED, renewed_to=renewal.ends_on)
    if renewal.ends_on is not None and before is not None:
        return before.ends_on + _DAY
    return partner.agreement_starts


def _health(uow: UnitOfWork, partner: Partner, *, now: datetime, today: date, policy: Policy) -> Health:
    number = row_id(partner)
    theirs = (Risk.partner_id == number, col(Risk.closed_at).is_(None))
    risks = uow.session.exec(select(Risk).where(*theirs).order_by(col(Risk.last_seen_at).desc()).limit(_RISKS)).all()
    late = (
        Commitment.partner_id == number, col(Commitment.closed_at).is_(None), col(Commitment.due_on) < today,
    )  # fmt: skip
    silent_days, is_read = silence(uow, number, now)
    held = select(func.max(col(Qbr.on))).where(
        Qbr.partner_id == number, col(Qbr.state).in_([QbrState.HELD, QbrState.CLOSED])
    )
    met = select(func.max(col(CheckIn.on))).where(CheckIn.partner_id == number, CheckIn.state == CheckInState.HELD)
    return Health(
        risks=tuple(risk_view(uow, risk, now=now) for risk in risks),
        risk_count=uow.session.exec(select(func.count()).select_from(Risk).where(*theirs)).one(),
        overdue=uow.session.exec(select(func.count()).select_from(Commitment).where(*late)).one(),
        silent_days=silent_days,
        is_read=is_read,
        last_qbr=uow.session.exec(held).one(),
        last_check_in=uow.session.exec(met).one(),
        gaps=tuple(gap.words for gap in gaps.gaps(uow, number, now, policy=policy)),
    )


def _promises(uow: UnitOfWork, partner: Partner, start: date, end: date, zone: str, today: date) -> Promises:
    since, until = (moment(day, time(), zone).astimezone(UTC) for day in (start, end))
    found = qbr_pack_reads.promises(uow, row_id(partner), since, until, today)
    return Promises(**{state: len(found[state]) for state in ("kept", "slipped", "broken", "late", "open")})


def _quotas(
    uow: UnitOfWork, partner: Partner, found: Sequence[Deal], term: Window, policy: Policy
) -> tuple[Quota, ...]:
    """What was to be brought in the periods of the term and what was, the newest first."""
    targets = [
        (window, target)
        for target in uow.list(PartnerTarget, partner_id=row_id(partner))
        if (window := target_window(target.period, policy.fiscal.year_starts)) is not None
        and window.start < term.end
        and term.start < window.end
    ]
    targets.sort(key=lambda pair: (pair[0].end, pair[0].start), reverse=True)
    return tuple(_quota(found, window, target) for window, target in targets[:_QUOTAS])


def _quota(found: Sequence[Deal], window: Window, target: PartnerTarget) -> Quota:
    won = metric.total(deal for deal in metric.won(found, window) if deal.counts_to_quota)
    elsewhere = tuple(pair for pair in won.sums if pair[0] != target.currency)
    achieved = won.of(target.currency)
    percent = metric.attainment(achieved, target.amount)
    return Quota(target.period, target.amount, target.currency, achieved, percent, elsewhere)


def _contacts(uow: UnitOfWork, partner: Partner, today: date) -> tuple[tuple[Contact, ...], int]:
    statement = select(PartnerContact).where(
        PartnerContact.partner_id == partner.id,
        or_(col(PartnerContact.active_from).is_(None), col(PartnerContact.active_from) <= today),
        or_(col(PartnerContact.active_to).is_(None), col(PartnerContact.active_to) >= today),
    )
    rank = {role: place for place, role in enumerate(_ROLES)}
    rows = sorted(uow.session.exec(statement).all(), key=lambda row: (rank.get(row.role, len(rank)), row.name))
    return tuple(Contact(row.name, row.role) for row in rows[:_CONTACTS]), len(rows)


def _missing(
    uow: UnitOfWork,
    partner: Partner,
    found: Sequence[Deal],
    started: date | None,
    quotas: Sequence[Quota],
    *,
    known_tier: bool,
) -> list[str]:
    """What nobody recorded, in whole sentences."""
    said = []
    if started is None:
        said.append("The start of the agreement is not recorded, so the figures cover the last twelve months.")
    if not known_tier:
        tier = f"The tier “{partner.tier}” is not one of the policy's" if partner.tier else "No tier is recorded"
        said.append(f"{tier}, so there is no revenue to compare with.")
    if not quotas:
        said.append("No quota is recorded for this term.")
    undated = sum(deal.credit is not None and deal.is_won is True and deal.closed_on is None for deal in found)
    if undated:
        deals = "1 deal is" if undated == 1 else f"{undated:,} deals are"
        said.append(f"{deals} won without a recorded day, so not counted in any term.")
    row = uow.find(Renewal, partner_id=partner.id, ends_on=partner.agreement_ends) if partner.agreement_ends else None
    if row is not None and row.renewed_to is not None and row.renewed_to > row.ends_on:
        day = f"{row.renewed_to:%a} {row.renewed_to.day} {row.renewed_to:%b %Y}"
        said.append(f"It was renewed until {day}, but the book says the old end again: please correct it there.")
    return said


def ending(
    uow: UnitOfWork, period: Period | None, *, person: str, now: datetime, policy: Policy, limit: int = _LISTED
) -> Ending:
    """Partners whose term ends (or ended) in `period`; without one those that are counted down. Days are those of
    `person`."""
    today = now.astimezone(ZoneInfo(person_view(uow, person).zone)).date()
    ends, open_ = col(Partner.agreement_ends), col(Renewal.closed_at).is_(None)
    last = today + timedelta(days=policy.renewal.notice_days[0])
    label = period.label if period else f"the next {policy.renewal.notice_days[0]} days"
    start, end = (period.start, period.end) if period else (today, last + _DAY)
    rows = uow.session.exec(
        select(Renewal).where(or_(and_(Renewal.ends_on >= start, Renewal.ends_on < end), and_(open_, period is None)))
    ).all()
    known = {(row.partner_id, row.ends_on) for row in rows}
    stays = Partner.status != PartnerStatus.EXITED
    others = uow.session.exec(select(Partner).where(ends >= start, ends < end, stays)).all()
    found = [view_of(uow, row, today) for row in rows if period is not None or row.closed_at is None]
    found += [without_row(uow, each, today) for each in others if (row_id(each), each.agreement_ends) not in known]
    found.sort(key=lambda view: (view.ends_on or date.max, view.partner))
    unknown = select(Partner.name).where(ends.is_(None), stays).order_by(col(Partner.name)).limit(_UNKNOWN)
    return Ending(label, tuple(found[:limit]), max(0, len(found) - limit), tuple(uow.session.exec(unknown).all()))
