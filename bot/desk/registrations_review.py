"""The review of a registration: the facts for the referee, what follows from the ruling, and how a registration ends.

What a registration blocked is looked at again when it ends (bot/desk/referee.py, C1 and C2).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, or_, select

from bot.desk import approval_chain, onboarding_status, outgoing, recipients, referee, rights
from bot.desk.referee import Claim, DirectDeal, Facts, Outcome, Ruling, Standing
from bot.desk.registrations_base import (
    UNDECIDED,
    account_of,
    changed,
    in_their_hours,
    manager_of,
    partner_of,
    rounds,
    submitters,
    tell_result,
    zone_of,
)
from bot.desk.registrations_claims import company_of, known_like, rival_claims
from bot.policy import Policy
from models.base import row_id
from models.deals import ConflictCase, DealRegistration
from models.events import ROBOT
from models.partners import Account, Opportunity, OpportunityPartner, Partner, Person
from models.risks import SubjectKind
from models.states import REGISTRATION_CLOSED
from models.states import ConflictState as Case
from models.states import RegistrationState as State
from models.store import UnitOfWork

_LAST = 2**62  # the number of what is not stored yet: every other one was there before
_BLOCKING = (Case.OPEN, Case.TRIAGED, Case.INVESTIGATING, Case.DECIDED, Case.APPEALED)


def judge(uow: UnitOfWork, registration: DealRegistration, *, now: datetime, policy: Policy) -> Ruling:
    """What the referee says of it as of `now`. Changes nothing; the row need not be stored."""
    return referee.judge(facts(uow, registration, now=now, policy=policy))


def facts(uow: UnitOfWork, registration: DealRegistration, *, now: datetime, policy: Policy) -> Facts:
    """What is known about a registration, stored or about to be."""
    partner, account = partner_of(uow, registration), account_of(uow, registration)
    zone, alike = ZoneInfo(zone_of(uow, partner)), policy.registration.fuzzy_match
    claim = _claim(registration, partner, account)
    return Facts(
        claim=claim,
        today=now.astimezone(zone).date(),
        submitted_on=registration.submitted_at.astimezone(zone).date(),
        others=_rivals(uow, registration, alike[0]),
        direct=_direct(uow, registration),
        status=partner.status,
        agreement_ends=partner.agreement_ends,
        regions=tuple(partner.regions),
        territory=_territory(uow, partner, claim.region),
        customer_since=account.customer_since if account else None,
        known=() if account else known_like(uow, claim.company, alike[0]),
        alike=alike,
    )


def _claim(row: DealRegistration, partner: Partner, account: Account | None) -> Claim:
    standing = {State.APPROVED: Standing.APPROVED, State.RETURNED: Standing.RETURNED}
    return Claim(
        id=row.id or _LAST,
        partner_id=row.partner_id,
        partner=partner.name,
        company=company_of(row, account),
        submitted_at=row.submitted_at,
        products=frozenset(row.products),
        standing=standing.get(State(row.state), Standing.SUBMITTED),
        approved_at=row.decided_at if row.state == State.APPROVED else None,
        protected_until=row.protected_until,
        is_net_new=row.type == "net_new",
        region=row.region or (account.geo if account else ""),
        customer_choice=row.customer_choice,
    )


def _rivals(uow: UnitOfWork, registration: DealRegistration, least: float) -> tuple[Claim, ...]:
    """The claims of other partners that are not over and may be about the same company, or one called alike."""
    return tuple(_claim(row, partner, account) for row, partner, account in rival_claims(uow, registration, least))


def _direct(uow: UnitOfWork, registration: DealRegistration) -> tuple[DirectDeal, ...]:
    """Open deals of the account that nobody brought and that this partner is not in."""
    if registration.account_id is None:
        return ()
    theirs = select(OpportunityPartner.opportunity_id).where(
        or_(OpportunityPartner.partner_id == registration.partner_id, OpportunityPartner.role == "sourced")
    )
    statement = select(Opportunity).where(
        Opportunity.account_id == registration.account_id,
        col(Opportunity.is_won).is_(None),
        col(Opportunity.closed_on).is_(None),
        col(Opportunity.id).not_in(theirs),
    )
    rows = uow.session.exec(statement).all()
    return tuple(DirectDeal(row_id(row), row.name or row.external_id, row.met_customer_on) for row in rows)


def _territory(uow: UnitOfWork, partner: Partner, region: str) -> tuple[str, ...]:
    """Who else may sell in `region`; asked only where this partner may not."""
    wanted = region.strip().casefold()
    if not wanted or not partner.regions or wanted in {each.strip().casefold() for each in partner.regions}:
        return ()
    return tuple(
        other.name for other in uow.list(Partner) if wanted in {each.strip().casefold() for each in other.regions}
    )


def review(uow: UnitOfWork, registration: DealRegistration, *, actor: str, now: datetime, policy: Policy) -> Ruling:
    """Let the referee look at a submitted registration and do what follows: return it, ask the approvers, or open a
    case for people to decide. Raises Refused when nobody could approve it."""
    uow.move(registration, State.UNDER_REVIEW, actor=ROBOT, at=now, policy_version=policy.version)
    ruling = judge(uow, registration, now=now, policy=policy)
    follow(uow, registration, ruling, actor=actor, now=now, policy=policy)
    _look_again(uow, registration, actor=actor, now=now, policy=policy)
    return ruling


def follow(
    uow: UnitOfWork, registration: DealRegistration, ruling: Ruling, *, actor: str, now: datetime, policy: Policy
) -> None:
    """Carry out a ruling on what is under review."""
    registration.rule, registration.reason = ruling.rule, ruling.reason
    registration.policy_version = policy.version
    if ruling.opens_case:
        open_case(uow, registration, ruling, now=now, policy=policy)
    if ruling.outcome == Outcome.RETURN:
        settle(uow, registration, State.RETURNED, ruling.reason, actor=actor, now=now, policy=policy, rule=ruling.rule)
    elif ruling.outcome == Outcome.APPROVE_PATH:
        ask_approvers(uow, registration, through=ruling.through, now=now, policy=policy)
        if ruling.rule == "C5":
            _tell_both(uow, registration, ruling, now=now)


def ask_approvers(
    uow: UnitOfWork, registration: DealRegistration, *, through: str = "", now: datetime, policy: Policy
) -> None:
    """Nothing stands against it: the chain decides. Raises Refused when nobody could."""
    chain = approval_chain.chain_for(
        uow,
        partner_of(uow, registration),
        value=registration.value,
        currency=registration.currency,
        sent_by=submitters(uow, registration),
        through=through,
        policy=policy,
    )
    registration.reason = f"{registration.reason} {chain.note}".strip()
    uow.move(
        registration,
        State.PENDING_APPROVAL,
        actor=ROBOT,
        at=now,
        rule=registration.rule,
        policy_version=policy.version,
        note=registration.reason,
    )
    approval_chain.start(uow, registration, chain, now=now, policy=policy)
    changed(uow, registration, now=now)


def _case_owner(uow: UnitOfWork, registration: DealRegistration) -> Person | None:
    """The partner's manager; somebody above who did not send it in themselves, where there is one."""
    manager = manager_of(uow, partner_of(uow, registration))
    if manager is None:
        return None
    theirs = submitters(uow, registration)
    above = (each for each in recipients.managers_above(uow, manager) if rights.is_member(each, uow.workspace_id))
    return next((each for each in (manager, *above) if each.slack_id not in theirs), manager)


def open_case(
    uow: UnitOfWork, registration: DealRegistration, ruling: Ruling, *, now: datetime, policy: Policy
) -> ConflictCase:
    """One case for each rule and round; its owner and the other partner's manager are told, each by direct message."""
    times = rounds(uow, registration)
    rule = ruling.rule if times <= 1 else f"{ruling.rule}.{times}"
    known = uow.find(ConflictCase, registration_id=row_id(registration), rule=rule)
    if known is not None:
        return known
    owner = _case_owner(uow, registration)
    case = uow.add(
        ConflictCase(
            workspace_id=uow.workspace_id,
            registration_id=row_id(registration),
            against=ruling.against,
            opportunity_id=ruling.direct,
            rule=rule,
            owner=owner.slack_id if owner else registration.submitted_by,
            state=Case.OPEN,
            policy_version=policy.version,
            opened_at=now,
            next_at=now + timedelta(hours=policy.registration.conflict_hours.triage),
        )
    )
    uow.record(
        SubjectKind.CONFLICT_CASE,
        row_id(case),
        at=now,
        actor=ROBOT,
        to_state=Case.OPEN,
        rule=ruling.rule,
        policy_version=policy.version,
        note=ruling.reason,
    )
    for slack_id in sorted({case.owner, *other_managers(uow, case)}):
        show_case(uow, case, slack_id, now=now, policy=policy)
    return case


def other_managers(uow: UnitOfWork, case: ConflictCase) -> set[str]:
    """The manager of the partner whose claim came first, or the owner of our own deal's account."""
    rival = uow.get(DealRegistration, case.against)
    if rival is not None:
        manager = manager_of(uow, partner_of(uow, rival))
        return {manager.slack_id} if manager else set()
    deal = uow.get(Opportunity, case.opportunity_id)
    account = uow.get(Account, deal.account_id) if deal else None
    return {account.owner} if account and account.owner else set()


def show_case(uow: UnitOfWork, case: ConflictCase, slack_id: str, *, now: datetime, policy: Policy) -> None:
    """Send a person the case's card, once, in their working hours."""
    outgoing.send(
        uow,
        "conflict",
        slack_id,
        key=f"conflict:{row_id(case)}:{slack_id}",
        subject_kind=SubjectKind.CONFLICT_CASE,
        subject_id=row_id(case),
        now=now,
        not_before=in_their_hours(uow, slack_id, now, policy),
    )


def refresh_case(uow: UnitOfWork, case: ConflictCase, *, now: datetime) -> None:
    case.version += 1
    outgoing.refresh_cards(uow, SubjectKind.CONFLICT_CASE, row_id(case), version=case.version, now=now)


def blocking(uow: UnitOfWork, number: int) -> ConflictCase | None:
    """The case that has to be decided before a registration can go on; C9 waits for the approvers instead."""
    cases = uow.list(ConflictCase, registration_id=number)
    return next((each for each in cases if each.state in _BLOCKING and not each.rule.startswith("C9")), None)


def close_case(uow: UnitOfWork, case: ConflictCase, note: str, *, actor: str, now: datetime) -> None:
    """The case is over, decided or overtaken."""
    case.next_at, case.closed_at = None, now
    uow.move(case, Case.CLOSED, actor=actor, at=now, rule=case.rule, note=note)
    refresh_case(uow, case, now=now)


def settle(
    uow: UnitOfWork,
    registration: DealRegistration,
    state: State,
    reason: str,
    *,
    actor: str,
    now: datetime,
    policy: Policy,
    rule: str = "",
) -> None:
    """Move a registration to what it came to: its steps and cases end, its people are told, and what it stood in the
    way of is looked at again."""
    rule = rule or registration.rule
    uow.move(registration, state, actor=actor, at=now, rule=rule, policy_version=policy.version, note=reason)
    approval_chain.cancel_rest(uow, registration, actor=ROBOT, now=now)
    registration.next_at = None
    if state in REGISTRATION_CLOSED:
        registration.closed_at = now
    if state == State.APPROVED:
        _protect(uow, registration, now=now, policy=policy)
    elif state in (State.REJECTED, State.RETURNED):
        registration.decided_at = now
    for case in uow.list(ConflictCase, registration_id=row_id(registration)):
        if case.state != Case.CLOSED:
            close_case(uow, case, f"the registration was {state}", actor=ROBOT, now=now)
    tell_result(uow, registration, actor=actor, now=now, policy=policy)
    changed(uow, registration, now=now)
    _look_again(uow, registration, actor=ROBOT, now=now, policy=policy)


def _protect(uow: UnitOfWork, registration: DealRegistration, *, now: datetime, policy: Policy) -> None:
    """From today as many days as the tier gives, counted in the partner manager's zone; the partner is active now."""
    partner = partner_of(uow, registration)
    zone = zone_of(uow, partner)
    days = policy.tier(partner.tier).protection_days
    registration.decided_at = now
    protect_until(registration, now.astimezone(ZoneInfo(zone)).date() + timedelta(days=days), zone)
    taken = uow.lock(Partner, row_id(partner))
    assert taken is not None  # a foreign key
    note = f"its deal registration #{row_id(registration)} was approved"
    onboarding_status.became_active(uow, taken, actor=ROBOT, now=now, policy=policy, note=note)
    if registration.rule == "C9":
        _give_way(uow, registration, now=now, policy=policy)


def protect_until(registration: DealRegistration, last_day: date, zone: str) -> None:
    """Set the last day; it ends with that day in `zone`."""
    registration.protected_until = last_day
    end = datetime.combine(last_day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))
    registration.next_at = end.astimezone(UTC)


def _give_way(uow: UnitOfWork, registration: DealRegistration, *, now: datetime, policy: Policy) -> None:
    """The customer's written choice was accepted: earlier approvals of the same deal are taken back."""
    for number in judge(uow, registration, now=now, policy=policy).rivals:
        rival = uow.lock(DealRegistration, number)
        if rival is not None and rival.state == State.APPROVED:
            reason = "the customer chose another way in writing"
            settle(uow, rival, State.REVOKED, reason, actor=ROBOT, now=now, policy=policy, rule="C9")


def _look_again(uow: UnitOfWork, changed_one: DealRegistration, *, actor: str, now: datetime, policy: Policy) -> None:
    """Claims of others that `changed_one` may now block, or no longer does."""
    waiting = {case.registration_id for case in uow.list(ConflictCase, against=row_id(changed_one))}
    # A claim that came in late with an earlier date (an import) overtakes what is being decided.
    mine = _claim(changed_one, partner_of(uow, changed_one), account_of(uow, changed_one))
    alike = policy.registration.fuzzy_match
    rivals = _rivals(uow, changed_one, alike[1])
    same = {each.id for each in rivals if referee.is_same(mine.company, each.company, alike)}
    for number in sorted(waiting | same):
        row = uow.lock(DealRegistration, number)
        if row is not None and row.state in UNDECIDED and row.state != State.SUBMITTED:
            _rejudge(uow, row, actor=actor, now=now, policy=policy)


def _rejudge(uow: UnitOfWork, row: DealRegistration, *, actor: str, now: datetime, policy: Policy) -> None:
    case, ruling = blocking(uow, row_id(row)), judge(uow, row, now=now, policy=policy)
    if case is not None and case.state in (Case.DECIDED, Case.APPEALED):
        return  # people are at it
    if case is not None and case.rule.partition(".")[0] in ("C1", "C2") and ruling.rule not in ("C1", "C2"):
        close_case(uow, case, "what stood against it has ended", actor=ROBOT, now=now)
        if row.state == State.UNDER_REVIEW:
            follow(uow, row, ruling, actor=actor, now=now, policy=policy)
        return
    if case is None and row.state == State.PENDING_APPROVAL and ruling.rule in ("C1", "C2"):
        if not _was_let_through(uow, row):
            row.rule, row.reason = ruling.rule, ruling.reason
            open_case(uow, row, ruling, now=now, policy=policy)
            approval_chain.refresh_all(uow, row, now=now)
    elif case is not None and ruling.rule in ("C1", "C2") and ruling.reason != row.reason:
        row.rule, row.reason, case.against = ruling.rule, ruling.reason, ruling.against
        refresh_case(uow, case, now=now)
        changed(uow, row, now=now)


def _was_let_through(uow: UnitOfWork, row: DealRegistration) -> bool:
    """People decided in this round that it goes on whatever else is claimed."""
    cases = uow.list(ConflictCase, registration_id=row_id(row))
    return any(each.decision.startswith("through") and each.opened_at >= row.submitted_at for each in cases)


def _tell_both(uow: UnitOfWork, registration: DealRegistration, ruling: Ruling, *, now: datetime) -> None:
    """C5: both managers know of each other's claim, privately; there is nothing to do."""
    for number in (row_id(registration), *ruling.rivals):
        row = uow.get(DealRegistration, number)
        manager = manager_of(uow, partner_of(uow, row)) if row else None
        if row is not None and manager is not None:
            words = (
                f"Registration #{row_id(registration)} (rule C5): {ruling.reason} Nothing is to be done. You get this"
                f" because you manage {partner_of(uow, row).name}; please keep the names inside."
            )
            outgoing.send(
                uow,
                "notice",
                manager.slack_id,
                key=f"registration:{row_id(registration)}:C5:{manager.slack_id}",
                subject_kind=SubjectKind.PARTNER,
                subject_id=row.partner_id,
                now=now,
                params={"text": words},
            )
