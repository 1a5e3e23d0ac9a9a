"""Who may claim a deal: rules C1 to C9 over frozen facts. Pure: no database, no clock, and no coin to toss.

The rules are asked in their order and the first that fits decides, with two exceptions that their words demand: C9 (the
customer chose in writing) sets C1 and C2 aside, and C5 (other products) only says that both may go on, so it speaks
when no other rule does. The referee rejects nobody: what stands against another claim is for people to decide.
Source: shared facts, domain model, section 7.5; which claim is the earlier one: its submission, then its approval,
then its number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from bot.desk.registrations_alike import likeness
from bot.reading.names import core
from models.partners import ENTITLED, PartnerStatus

NO_RULE = "C0"  # what stands in a ruling when none of the nine fits
_NEVER = datetime.max.replace(tzinfo=UTC)


class Outcome(StrEnum):
    """`CONFLICT` proposes that we keep the deal and sell it together, `REJECT` that the earlier claim stands, `QUEUE`
    that this one waits for the earlier one; those three and `HUMAN` open a case. `RETURN` asks for something else."""

    APPROVE_PATH = "approve_path"
    REJECT = "reject"
    RETURN = "return"
    QUEUE = "queue"
    CONFLICT = "conflict"
    HUMAN = "human"


class Standing(StrEnum):
    """How far a claim came. What was returned is not complete and stands against nobody."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Company:
    """`account_id` when it is in the book; `parent` is the name of the company it belongs to."""

    name: str
    domain: str = ""
    account_id: int | None = None
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One registration. `products` empty means that nobody said, which may be any. `protected_until` is the last day
    of protection. `customer_choice` is where the customer's written choice of this partner is to be read."""

    id: int
    partner_id: int
    partner: str
    company: Company
    submitted_at: datetime
    products: frozenset[str] = frozenset()
    standing: Standing = Standing.SUBMITTED
    approved_at: datetime | None = None
    protected_until: date | None = None
    is_net_new: bool = True
    region: str = ""
    customer_choice: str = ""

    @property
    def precedence(self) -> tuple[datetime, datetime, int]:
        """The smaller comes first."""
        return self.submitted_at, self.approved_at or _NEVER, self.id


@dataclass(frozen=True, slots=True)
class DirectDeal:
    """An open deal of our own: nobody brought it, and this partner is not in it."""

    id: int
    name: str
    met_customer_on: date | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known at the moment of the review. `today` and `submitted_on` are days in the partner manager's zone;
    `territory` are the partners that may sell in the claim's region; `known` companies of the book for a claim whose
    company is not in it; `alike` from and up to which likeness names are for a person to judge."""

    claim: Claim
    today: date
    submitted_on: date
    others: Sequence[Claim] = ()
    direct: Sequence[DirectDeal] = ()
    status: str = PartnerStatus.ACTIVE
    agreement_ends: date | None = None
    regions: Sequence[str] = ()
    territory: Sequence[str] = ()
    customer_since: date | None = None
    known: Sequence[Company] = ()
    alike: tuple[float, float] = (0.80, 0.95)


@dataclass(frozen=True, slots=True)
class Ruling:
    """`reason` is for our own people and may name a rival, `neutral` is what the partner can be told. `against` is the
    claim it stands against, `direct` our own deal. With `through` no less than that role has to approve. `rivals` are
    the claims whose managers are to know."""

    rule: str
    outcome: Outcome
    reason: str
    neutral: str
    against: int | None = None
    direct: int | None = None
    through: str = ""
    rivals: tuple[int, ...] = ()
    opens_case: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    """The other partners' claims, the earliest first: those on the same account, and the others."""

    same: tuple[Claim, ...]
    others: tuple[Claim, ...]
    chosen: bool


def judge(facts: Facts) -> Ruling:
    """The ruling on `facts.claim`. The same facts in any order give the same ruling."""
    seen = _look(facts)
    for rule in _RULES:
        ruling = rule(facts, seen)
        if ruling is not None:
            return ruling
    name = facts.claim.company.name
    return Ruling(NO_RULE, Outcome.APPROVE_PATH, f"No other claim on {name} stands against it.", told(NO_RULE, name))


def told(rule: str, company: str) -> str:
    """What the partner may be told under `rule`: never who else wants the deal, nor that it is another partner."""
    return _NEUTRAL.get(rule, _NEUTRAL[NO_RULE]).format(company=company)


def is_same(one: Company, other: Company, alike: tuple[float, float]) -> bool:
    """The same account: one row of the book, one domain, one name but for case and legal form, or all but one."""
    if one.account_id is not None and one.account_id == other.account_id:
        return True
    if one.account_id is not None and other.account_id is not None:
        return False  # the book tells them apart
    if one.domain and other.domain:
        return one.domain.casefold() == other.domain.casefold()
    return core(one.name) == core(other.name) != () or likeness(one.name, other.name, alike[1]) > alike[1]


def is_near(one: Company, other: Company, alike: tuple[float, float]) -> bool:
    """Perhaps the same, where `is_same` says no: parent and child, or names so alike that a person has to judge."""
    if _belongs(one, other) or _belongs(other, one):
        return True
    if one.account_id is not None and other.account_id is not None:
        return False
    return likeness(one.name, other.name, alike[0]) >= alike[0]


def _look(facts: Facts) -> _Seen:
    claim = facts.claim
    rivals = sorted(
        (o for o in facts.others if o.partner_id != claim.partner_id and o.standing != Standing.RETURNED),
        key=lambda other: other.precedence,
    )
    same = tuple(o for o in rivals if is_same(claim.company, o.company, facts.alike))
    numbers = {other.id for other in same}
    return _Seen(same, tuple(o for o in rivals if o.id not in numbers), bool(claim.customer_choice.strip()))


def _approved(facts: Facts, seen: _Seen) -> Ruling | None:
    """C1: another partner's approved registration of the same account and product still protects it."""
    for other in _protected(facts, seen.same):
        if not seen.chosen:
            until = f" until {_day(other.protected_until)}" if other.protected_until else ""
            reason = f"{other.partner} has an approved registration of {other.company.name} (#{other.id}){until}."
            return _against("C1", Outcome.REJECT, facts, other, reason)
    return None


def _earlier(facts: Facts, seen: _Seen) -> Ruling | None:
    """C2: another partner's complete submission came first."""
    for other in _first(facts, seen.same):
        if not seen.chosen:
            when = other.submitted_at.astimezone(UTC)
            reason = (
                f"{other.partner} submitted {other.company.name} earlier (#{other.id},"
                f" {_day(when)} {when:%H:%M:%S} UTC); the first complete submission wins."
            )
            return _against("C2", Outcome.QUEUE, facts, other, reason)
    return None


def _ours(facts: Facts, _seen: _Seen) -> Ruling | None:
    """C3: we met this customer about an open deal of our own before."""
    met = [(d.met_customer_on, d.id, d) for d in facts.direct if d.met_customer_on]
    for on, number, deal in sorted(met, key=lambda each: each[:2]):
        if on < facts.submitted_on:
            name = facts.claim.company.name
            reason = f"We met {name} on {_day(on)} about our own deal {deal.name}: keep it direct, offer co-sell."
            return Ruling("C3", Outcome.CONFLICT, reason, told("C3", name), direct=number, opens_case=True)
    return None


def _customer(facts: Facts, _seen: _Seen) -> Ruling | None:
    """C4: a customer is not net new."""
    since, name = facts.customer_since, facts.claim.company.name
    if facts.claim.is_net_new and since is not None and since <= facts.submitted_on:
        reason = f"{name} has been a customer since {_day(since)}, so the deal is not net new."
        return Ruling("C4", Outcome.RETURN, reason, told("C4", name))
    return None


def _territory(facts: Facts, _seen: _Seen) -> Ruling | None:
    """C6: the partner may not sell there."""
    region, name = facts.claim.region.strip(), facts.claim.company.name
    allowed = {each.strip().casefold() for each in facts.regions}
    if not region or not allowed or region.casefold() in allowed:
        return None
    there = ", ".join(sorted(facts.territory)) or "no partner"
    listed = ", ".join(sorted(facts.regions))
    reason = f"{region} is outside {facts.claim.partner}'s territory ({listed}). In the book it belongs to {there}."
    return Ruling("C6", Outcome.RETURN, reason, told("C6", name))


def _family(facts: Facts, seen: _Seen) -> Ruling | None:
    """C7: a parent, a child or nearly the same name: a person says whether it is the same company."""
    claim = facts.claim
    for other in seen.others:
        if _overlap(claim, other) and is_near(claim.company, other.company, facts.alike):
            reason = f"{claim.company.name} may be {other.company.name}, which {other.partner} claims (#{other.id})."
            return _against("C7", Outcome.HUMAN, facts, other, reason)
    near = [each for each in facts.known if is_near(claim.company, each, facts.alike)]
    for each in sorted(near, key=lambda known: (known.name, known.domain)):
        reason = f"{claim.company.name} is not in the book but may be {each.name}, which is."
        return Ruling("C7", Outcome.HUMAN, reason, told("C7", claim.company.name), opens_case=True)
    return None


def _entitled(facts: Facts, _seen: _Seen) -> Ruling | None:
    """C8: only an enabled partner with a running agreement registers deals."""
    partner, name = facts.claim.partner, facts.claim.company.name
    if facts.agreement_ends is not None and facts.agreement_ends < facts.today:
        ended = _day(facts.agreement_ends)
        return Ruling("C8", Outcome.RETURN, f"{partner}'s agreement ended on {ended}.", told("C8", name))
    if facts.status not in ENTITLED:
        words = facts.status.replace("_", " ")
        reason = f"{partner} is {words}; only an enabled or active partner registers deals."
        return Ruling("C8", Outcome.RETURN, reason, told("C8", name))
    return None


def _chosen(facts: Facts, seen: _Seen) -> Ruling | None:
    """C9: the customer chose this partner in writing: that sets C1 and C2 aside, if a senior manager agrees."""
    against = [*_protected(facts, seen.same), *_first(facts, seen.same)]
    if not seen.chosen or not against:
        return None
    names = ", ".join(sorted({f"{other.partner} (#{other.id})" for other in against}))
    reason = f"The customer chose {facts.claim.partner} in writing, against the earlier claim of {names}."
    ruling = _against("C9", Outcome.APPROVE_PATH, facts, against[0], reason)
    return replace(ruling, through="senior_manager", rivals=tuple(sorted({other.id for other in against})))


def _apart(facts: Facts, seen: _Seen) -> Ruling | None:
    """C5: the same account, other products: both go on, and both managers know."""
    others = [other for other in seen.same if not _overlap(facts.claim, other)]
    if not others:
        return None
    names = ", ".join(sorted({f"{other.partner} (#{other.id})" for other in others}))
    reason = f"{names} is at {facts.claim.company.name} with other products; both may go on."
    rivals = tuple(sorted(other.id for other in others))
    return Ruling("C5", Outcome.APPROVE_PATH, reason, told("C5", facts.claim.company.name), rivals=rivals)


_RULES: tuple[Callable[[Facts, _Seen], Ruling | None], ...] = (
    _approved,
    _earlier,
    _ours,
    _customer,
    _territory,
    _family,
    _entitled,
    _chosen,
    _apart,
)
_NEUTRAL = {
    NO_RULE: "We have your registration of {company} and are deciding on it.",
    "C1": "We cannot confirm {company} yet: we are checking it against what we already have for this account.",
    "C2": "We cannot confirm {company} yet: we are checking it against what we already have for this account.",
    "C3": "We are already in contact with {company}. We would like to work on it together with you.",
    "C4": "{company} is already a customer. Please register it as an expansion or a renewal.",
    "C5": "We have your registration of {company} and are deciding on it.",
    "C6": "{company} is outside the regions of your agreement.",
    "C7": "We are checking which company {company} is exactly.",
    "C8": "Before we can take registrations from you, your agreement and onboarding have to be complete.",
    "C9": "We have {company}'s choice of you in writing and are deciding on it.",
}


def _protected(facts: Facts, same: Iterable[Claim]) -> list[Claim]:
    """Approved, not expired, and at least one product in common."""
    return [
        other
        for other in same
        if other.standing == Standing.APPROVED
        and (other.protected_until is None or other.protected_until >= facts.today)
        and _overlap(facts.claim, other)
    ]


def _first(facts: Facts, same: Iterable[Claim]) -> list[Claim]:
    """Not decided, submitted before this claim, and at least one product in common."""
    claim = facts.claim
    return [
        other
        for other in same
        if other.standing == Standing.SUBMITTED and other.precedence < claim.precedence and _overlap(claim, other)
    ]


def _against(rule: str, outcome: Outcome, facts: Facts, other: Claim, reason: str) -> Ruling:
    neutral = told(rule, facts.claim.company.name)
    return Ruling(rule, outcome, reason, neutral, against=other.id, rivals=(other.id,), opens_case=True)


def _overlap(one: Claim, other: Claim) -> bool:
    mine, theirs = ({each.strip().casefold() for each in claim.products} for claim in (one, other))
    return not mine or not theirs or bool(mine & theirs)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _belongs(child: Company, parent: Company) -> bool:
    return bool(child.parent) and core(child.parent) == core(parent.name) != ()
