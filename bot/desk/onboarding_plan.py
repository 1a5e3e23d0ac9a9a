"""Starting an onboarding: who is meant, what the plan would be, and the plan itself once somebody said yes."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from bot.business_time import add_working_days, next_daily
from bot.calendar_policy import OnboardingStep
from bot.desk import meetings, onboarding_status, outgoing, rights
from bot.desk.lookup import Ambiguous, resolve_account, resolve_partner
from bot.desk.naming import optional_person_view, person_view
from bot.desk.onboarding_views import OnboardingView, running, view_of
from bot.desk.views import PersonView
from bot.did_you_mean import normal
from bot.errors import Refused
from bot.policy import Policy
from bot.reading import names
from bot.recurrence import moment
from models.base import Workspace, row_id
from models.calendar import OnboardingPlan, OnboardingTask
from models.partners import ENTITLED, Account, Partner, PartnerStatus, PartnerType, Person
from models.risks import SubjectKind
from models.states import OnboardingState, TaskState
from models.store import UnitOfWork

_ALIKE = 0.7  # of two names, above which one may be a slip of the other
_MOST_ALIKE = 3
_TELLING = 4  # letters of a first word that two companies seldom share by chance
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Meant:
    """Who a name means: a partner, else a customer account, else nobody yet; then `alike` are names it may be a slip
    of. `tier` ("" when it is none of the policy's), `type` and `plan_id` (of the running plan) are the partner's."""

    name: str
    partner_id: int | None = None
    tier: str = ""
    type: PartnerType | None = None
    plan_id: int | None = None
    is_account: bool = False
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step of the template with its day. `starts_at` (UTC) is the beginning of a meeting; `depends_on` are keys."""

    key: str
    title: str
    side: str
    due_on: date
    starts_at: datetime | None
    depends_on: tuple[str, ...]
    done_means: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What starting would do; `params` are kept until it is confirmed. `was_tier`, `was_type` and `was_status` are the
    partner's now ("" for a new one); `keeps_status` when it is further on its way already, `is_agreed` when
    its agreement is in force."""

    params: dict[str, str]
    partner: str
    tier: str
    type: PartnerType
    is_new: bool
    is_account: bool
    was_tier: str
    was_type: str
    was_status: str
    keeps_status: bool
    is_agreed: bool
    owner: PersonView
    sponsor: PersonView | None
    becomes_manager: bool
    zone: str
    steps: tuple[PlannedStep, ...]
    due_on: date


def meant(uow: UnitOfWork, name: str, *, policy: Policy) -> Meant:
    """Who is called `name`. Raises Ambiguous when several are."""
    partner = _resolved(uow, name)
    if partner is not None:
        plan = running(uow, row_id(partner))
        tier = next((tier.name for tier in policy.tiers if tier.name.casefold() == partner.tier.casefold()), "")
        return Meant(partner.name, row_id(partner), tier, PartnerType(partner.type), plan.id if plan else None)
    try:
        return Meant(resolve_account(uow, name).name, is_account=True)
    except Ambiguous:
        raise
    except Refused:
        return Meant(_tidy(name), alike=_alike(uow, name))


def plan(
    uow: UnitOfWork, who: Meant, tier: str, type_: PartnerType, *, actor: str, now: datetime, policy: Policy
) -> Plan:
    """What onboarding `who` as `tier` and `type_` would be. Changes nothing. Raises Refused when `actor` may not."""
    asker = rights.require_operator(uow, actor)
    partner = uow.get(Partner, who.partner_id)
    manager = _manager(uow, partner)
    owner = manager or asker
    starts_on = now.astimezone(ZoneInfo(owner.zone)).date()
    steps = _steps(uow, partner, tier, type_, owner=owner, starts_on=starts_on, now=now, policy=policy)
    return Plan(
        params={
            "partner": str(who.partner_id or ""), "name": who.name, "tier": tier, "type": type_.value,
            "owner": owner.slack_id, "starts_on": starts_on.isoformat(),
        },
        partner=who.name,
        tier=tier,
        type=type_,
        is_new=partner is None,
        is_account=who.is_account,
        was_tier=partner.tier if partner else "",
        was_type=partner.type if partner else "",
        was_status=partner.status if partner else "",
        keeps_status=partner is not None and partner.status in ENTITLED,
        is_agreed=partner is not None and has_agreement(partner, starts_on),
        owner=person_view(uow, owner.slack_id),
        sponsor=optional_person_view(uow, partner.exec_sponsor if partner else None),
        becomes_manager=manager is None,
        zone=owner.zone,
        steps=steps,
        due_on=max(step.due_on for step in steps),
    )  # fmt: skip


def start(
    uow: UnitOfWork, params: Mapping[str, str], /, *, actor: str, now: datetime, policy: Policy
) -> OnboardingView:
    """Make the plan that was shown, and the partner when it is new; its owner gets the plan by DM. Raises Refused when
    the situation is no longer what was shown."""
    rights.require_operator(uow, actor)
    partner = _partner(uow, params, actor=actor, now=now, policy=policy)
    if running(uow, row_id(partner)) is not None:
        raise Refused(f"An onboarding of {partner.name} was started meanwhile. To see it: onboarding of {partner.name}")
    owner = _manager(uow, partner) or rights.require_member(uow, actor)
    if owner.slack_id != params["owner"]:
        raise Refused(f"{partner.name} has another manager than when you asked. Please ask me again.")
    if partner.manager != owner.slack_id:
        note = f"manager: {partner.manager or 'nobody'} → {owner.slack_id}"
        uow.record(SubjectKind.PARTNER, row_id(partner), at=now, actor=actor, note=note)
        partner.manager = owner.slack_id
    _settle_tier(uow, partner, params["tier"], params["type"], actor=actor, now=now, policy=policy)
    if partner.status not in ENTITLED:  # who registers deals goes on doing so while it is onboarded for a new tier
        onboarding_status.change(
            uow, partner, PartnerStatus.ONBOARDING, actor=actor, now=now, policy=policy, note="its onboarding began"
        )
    starts_on = date.fromisoformat(params["starts_on"])
    type_ = PartnerType(params["type"])
    steps = _steps(uow, partner, params["tier"], type_, owner=owner, starts_on=starts_on, now=now, policy=policy)
    made = uow.add(
        OnboardingPlan(
            workspace_id=uow.workspace_id, partner_id=row_id(partner), tier=params["tier"], type=params["type"],
            owner=owner.slack_id, state=OnboardingState.RUNNING, starts_on=starts_on,
            due_on=max(step.due_on for step in steps), policy_version=policy.version, started_by=actor, started_at=now,
        )
    )  # fmt: skip
    for place, step in enumerate(steps):
        uow.add(
            OnboardingTask(
                workspace_id=uow.workspace_id, plan_id=row_id(made), partner_id=row_id(partner), place=place,
                key=step.key, title=step.title, side=step.side, owner=owner.slack_id, state=TaskState.OPEN,
                due_on=step.due_on, depends_on=[*step.depends_on], done_means=step.done_means,
                starts_at=step.starts_at, zone=owner.zone if step.starts_at else "",
            )
        )  # fmt: skip
    uow.record(
        SubjectKind.ONBOARDING_PLAN, row_id(made), at=now, actor=actor, to_state=made.state,
        policy_version=policy.version, note=f"{made.tier}, {made.type}",
    )  # fmt: skip
    tell(uow, made, owner.slack_id, now=now, policy=policy)
    return view_of(uow, made, now=now, policy=policy)


def tell(uow: UnitOfWork, plan_: OnboardingPlan, slack_id: str, *, now: datetime, policy: Policy) -> None:
    """Send the plan to somebody who has work in it, once, and see to it that their mornings are looked at."""
    outgoing.send(
        uow,
        "onboarding_plan",
        slack_id,
        key=f"onboarding:{row_id(plan_)}:{slack_id}",
        subject_kind=SubjectKind.ONBOARDING_PLAN,
        subject_id=row_id(plan_),
        now=now,
    )
    person = uow.find(Person, slack_id=slack_id)
    if person is not None:
        at = person.digest_at or policy.digest.at
        outgoing.expect_digest(uow, person, next_daily(now, person.zone, policy.hours, at))


def _steps(
    uow: UnitOfWork, partner: Partner | None, tier: str, type_: PartnerType, *, owner: Person, starts_on: date,
    now: datetime, policy: Policy,
) -> tuple[PlannedStep, ...]:  # fmt: skip
    """The template's steps for this partner, tier and type, with their days in the zone of `owner`. Raises Refused when
    there is none."""
    zone, busy = owner.zone, meetings.busy(uow, owner.slack_id, now, policy=policy)
    agreed = partner is not None and has_agreement(partner, starts_on)
    left_out: dict[str, list[str]] = {}
    steps: list[PlannedStep] = []
    for step in policy.onboarding.steps:
        # Behind a step that is left out comes what that one would have waited for.
        before = [key for each in step.after for key in left_out.get(each, [each])]
        if not _is_for(step, tier, type_) or (agreed and step.unless_agreed):
            left_out[step.key] = before
            continue
        # Nobody is called to a meeting on the very day.
        due_on = add_working_days(starts_on, max(1, step.days) if step.meeting else step.days, zone, policy.hours)
        starts_at = None
        if step.meeting:
            due_on, starts_at = _free(due_on, zone, busy, policy)
        depends_on = tuple(dict.fromkeys(before))
        steps.append(PlannedStep(step.key, step.title, step.side, due_on, starts_at, depends_on, step.done_means))
    if not steps:
        raise Refused(f"The policy has no onboarding step for {tier} {type_} partners. Ask whoever keeps the policy.")
    return tuple(steps)


def _free(day: date, zone: str, busy: Sequence[tuple[datetime, datetime]], policy: Policy) -> tuple[date, datetime]:
    """The first working day from `day` on with nothing in the way at the hour of kickoffs, and that moment."""
    lasts = timedelta(minutes=policy.onboarding.kickoff_minutes)
    while True:
        starts_at = moment(day, policy.onboarding.kickoff_at, zone)
        if not any(begin < starts_at + lasts and starts_at < end for begin, end in busy):
            return day, starts_at
        day = add_working_days(day, 1, zone, policy.hours)


def has_agreement(partner: Partner, today: date) -> bool:
    """Whether the book says that an agreement with this partner is in force."""
    starts, ends = partner.agreement_starts, partner.agreement_ends
    return bool(starts or ends) and (starts is None or starts <= today) and (ends is None or ends >= today)


def _is_for(step: OnboardingStep, tier: str, type_: PartnerType) -> bool:
    tiers = {each.casefold() for each in step.for_tiers}
    return (not tiers or tier.casefold() in tiers) and (not step.for_types or type_ in step.for_types)


def _partner(uow: UnitOfWork, params: Mapping[str, str], *, actor: str, now: datetime, policy: Policy) -> Partner:
    """The partner that was shown (taken), or a new one. Raises Refused."""
    if params["partner"]:
        partner = uow.lock(Partner, int(params["partner"]))
        if partner is None:
            raise Refused("That partner is no longer in the book.")
        return partner
    # Two new partners of nearly one name have no row in common: the workspace stands for it.
    ours = select(Workspace).where(col(Workspace.id) == uow.workspace_id)
    uow.session.exec(ours.with_for_update(key_share=True)).one()
    wanted = normal(params["name"])
    if any(wanted in (normal(each) for each in (row.name, *row.aliases)) for row in uow.list(Partner)):
        raise Refused(f"{params['name']} was made a partner meanwhile. Please ask me again.")
    partner = uow.add(
        Partner(
            workspace_id=uow.workspace_id, name=params["name"], type=params["type"], tier=params["tier"], manager=actor,
            status=PartnerStatus.RECRUITING, created_at=now,
        )
    )  # fmt: skip
    uow.record(
        SubjectKind.PARTNER, row_id(partner), at=now, actor=actor, to_state=partner.status,
        policy_version=policy.version, note="made to be onboarded",
    )  # fmt: skip
    return partner


def _settle_tier(
    uow: UnitOfWork, partner: Partner, tier: str, type_: str, *, actor: str, now: datetime, policy: Policy
) -> None:
    was, is_now = f"{partner.tier or 'no tier'}, {partner.type}", f"{tier}, {type_}"
    if was.casefold() != is_now.casefold():
        uow.record(
            SubjectKind.PARTNER, row_id(partner), at=now, actor=actor, policy_version=policy.version,
            note=f"{was} → {is_now}",
        )  # fmt: skip
    partner.tier, partner.type = tier, type_


def _manager(uow: UnitOfWork, partner: Partner | None) -> Person | None:
    """The partner's manager, None when it has none or they are no longer with us."""
    person = uow.find(Person, slack_id=partner.manager) if partner and partner.manager else None
    return person if rights.is_member(person, uow.workspace_id) else None


def _resolved(uow: UnitOfWork, name: str) -> Partner | None:
    try:
        return resolve_partner(uow, name)
    except Ambiguous:
        raise
    except Refused:
        return None


def _alike(uow: UnitOfWork, name: str) -> tuple[str, ...]:
    """Partners and accounts that `name` may be a slip of, the likeliest first."""
    wanted, first = normal(name), names.core(name)[:1]
    found: dict[str, float] = {}
    known = [(row.name, (row.name, *row.aliases)) for row in uow.list(Partner)]
    known += [(row.name, (row.name,)) for row in uow.list(Account)]
    for shown, called in known:
        alike = max(difflib.SequenceMatcher(None, wanted, normal(each)).ratio() for each in called)
        shares = bool(first) and len(first[0]) >= _TELLING and any(names.core(each)[:1] == first for each in called)
        if alike >= _ALIKE or shares:
            found[shown] = max(alike, found.get(shown, 0.0))
    return tuple(sorted(found, key=lambda each: -found[each])[:_MOST_ALIKE])


def _tidy(name: str) -> str:
    """A new partner's name as it is written down. Raises Refused for one that is none."""
    tidy = " ".join(name.split())
    if not normal(tidy) or len(tidy) > _LONGEST_NAME or "<" in tidy:
        raise Refused("Whom do you want to onboard? For example: onboard Acme Corp as Gold partner")
    return tidy
