"""Deal registrations: a partner claims a deal; submitted, decided on, withdrawn, won or lost by people.

The referee reviews every submission at once (registrations_review), approvers decide one after the other
(approval_chain), what stands against another claim is a case of its own (conflicts), and what was approved is protected
for a while (registrations_protection).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from bot.desk import approval_chain, registrations_review, rights
from bot.desk.approval_chain import Chain
from bot.desk.referee import Outcome, Ruling
from bot.desk.registrations_base import changed, partner_of, require_may_change, submitters, take, take_turn, unknown
from bot.desk.registrations_claims import remember, same_claims
from bot.desk.registrations_find import is_for_same, known_account
from bot.desk.registrations_views import RegistrationView, view
from bot.errors import Refused
from bot.policy import Policy
from models.base import row_id
from models.deals import ApprovalStep, DealRegistration
from models.partners import Opportunity, Partner
from models.risks import SubjectKind
from models.states import ApprovalState
from models.states import RegistrationState as State
from models.store import UnitOfWork

TYPES = ("net_new", "expansion", "renewal")
_MOST_MONEY = Decimal(10) ** 15
_OVER = {State.CONVERTED: "won", State.LOST: "lost"}


@dataclass(frozen=True, slots=True)
class Submission:
    """What a partner claims, as given; `value` is positive. Frozen so that what is shown is what is submitted."""

    partner_id: int
    account: str
    value: Decimal
    currency: str
    type: str = "net_new"
    domain: str = ""
    products: tuple[str, ...] = ()
    region: str = ""
    contact: str = ""
    expected_close: date | None = None
    customer_choice: str = ""

    def params(self) -> dict[str, str]:
        """As strings, for a proposal."""
        return {
            "partner_id": str(self.partner_id), "account": self.account, "value": str(self.value),
            "currency": self.currency, "type": self.type, "domain": self.domain, "products": ", ".join(self.products),
            "region": self.region, "contact": self.contact, "customer_choice": self.customer_choice,
            "expected_close": self.expected_close.isoformat() if self.expected_close else "",
        }  # fmt: skip


def from_params(params: Mapping[str, str]) -> Submission:
    """What `Submission.params` wrote. Raises Refused when a value cannot be what it should be."""
    close = params.get("expected_close", "")
    try:
        value, day = Decimal(params["value"]), date.fromisoformat(close) if close else None
    except (InvalidOperation, ValueError):
        raise Refused("The value has to be a number and the close a date. Please fill the form in again.") from None
    if not (value.is_finite() and 0 < value < _MOST_MONEY):
        raise Refused("The value has to be a sum above zero, for example 250,000.")
    if not params["account"].strip():
        raise Refused("Which account is it for? A registration needs the customer's name.")
    return Submission(
        partner_id=int(params["partner_id"]),
        account=" ".join(params["account"].split()),
        value=value.quantize(Decimal("0.01")),
        currency=params["currency"],
        type=params.get("type") or "net_new",
        domain=params.get("domain", "").strip().lower(),
        products=products_of(params.get("products", "")),
        region=params.get("region", "").strip(),
        contact=params.get("contact", "").strip(),
        expected_close=day,
        customer_choice=params.get("customer_choice", "").strip(),
    )


def products_of(text: str) -> tuple[str, ...]:
    """ "ERP, Payroll; ERP" -> ("ERP", "Payroll")."""
    said = (" ".join(part.split()) for part in text.replace(";", ",").replace("\n", ",").split(","))
    return tuple({part.casefold(): part for part in said if part}.values())


@dataclass(frozen=True, slots=True)
class Plan:
    """What submitting would do: the referee's ruling as of now, and who would be asked (None: nobody yet)."""

    submission: Submission
    partner: str
    account: str
    is_known: bool
    ruling: Ruling
    chain: Chain | None


def plan(
    uow: UnitOfWork, submission: Submission, *, number: int | None = None, actor: str, now: datetime, policy: Policy
) -> Plan:
    """What would come of it; with `number` of a returned registration sent in again. Changes nothing.

    Raises Refused: the partner has claimed this account already, or nobody could approve it; Ambiguous for the account.
    """
    rights.require_member(uow, actor)
    partner = uow.get(Partner, submission.partner_id)
    if partner is None:
        raise Refused("I do not know that partner any more. Please ask again.")
    if number is not None:
        _require_returned(uow, number, actor)
    row = as_row(uow, submission, submitted_by=actor, submitted_at=now)
    row.id = number
    _require_new(uow, row)
    ruling = registrations_review.judge(uow, row, now=now, policy=policy)
    chain = None
    if ruling.outcome != Outcome.RETURN:
        chain = approval_chain.chain_for(
            uow, partner, value=row.value, currency=row.currency,
            sent_by=_everybody(uow, number, actor), through=ruling.through,
            policy=policy,
        )  # fmt: skip
    return Plan(submission, partner.name, row.account_name, row.account_id is not None, ruling, chain)


def _everybody(uow: UnitOfWork, number: int | None, actor: str) -> frozenset[str]:
    """Who would have submitted it, with `actor`."""
    before = uow.get(DealRegistration, number)
    return frozenset({actor}) | (submitters(uow, before) if before is not None else frozenset())


def submit(
    uow: UnitOfWork, params: Mapping[str, str], /, *, actor: str, now: datetime, policy: Policy
) -> RegistrationView:
    """Submit what `params` say (`Submission.params`), or send in again what was returned (`number`). Raises Refused."""
    submission = from_params(params)
    number = int(params["number"]) if params.get("number") else None
    rights.require_member(uow, actor)
    row = submit_as(
        uow, submission, number=number, external_id=f"slack:{uuid.uuid4().hex}", actor=actor, at=now, now=now,
        policy=policy,
    )  # fmt: skip
    registrations_review.review(uow, row, actor=actor, now=now, policy=policy)
    return view(uow, row_id(row), now=now)


def submit_as(
    uow: UnitOfWork,
    submission: Submission,
    *,
    number: int | None = None,
    external_id: str,
    actor: str,
    at: datetime,
    now: datetime,
    policy: Policy,
) -> DealRegistration:
    """Store a submission made `at` that moment, not reviewed yet. Raises Refused."""
    take_turn(uow)
    row = as_row(uow, submission, submitted_by=actor, submitted_at=at)
    if number is not None:
        old = _require_returned(uow, number, actor)
        row.id = number
        _require_new(uow, row)
        for name in (*SAID, "submitted_by", "submitted_at"):
            setattr(old, name, getattr(row, name))
        old.decided_at = None
        uow.move(old, State.SUBMITTED, actor=actor, at=now, policy_version=policy.version)
        remember(uow, old)
        changed(uow, old, now=now)
        return old
    _require_new(uow, row)
    row.external_id = external_id
    uow.add(row)
    uow.record(
        SubjectKind.DEAL_REGISTRATION,
        row_id(row),
        at=now,
        actor=actor,
        to_state=State.SUBMITTED,
        policy_version=policy.version,
    )
    remember(uow, row)
    return row


# What a submission says of a registration.
SAID = (
    "account_id", "account_name", "account_domain", "type", "products", "region", "value", "currency", "contact",
    "expected_close", "customer_choice",
)  # fmt: skip


def as_row(uow: UnitOfWork, submission: Submission, *, submitted_by: str, submitted_at: datetime) -> DealRegistration:
    """The registration a submission makes, not stored. Raises lookup.Ambiguous."""
    account = known_account(uow, submission.account, submission.domain)
    return DealRegistration(
        workspace_id=uow.workspace_id,
        external_id="",
        partner_id=submission.partner_id,
        account_id=account.id if account else None,
        account_name=account.name if account else submission.account,
        account_domain=submission.domain or (account.domain if account else ""),
        type=submission.type,
        products=list(submission.products),
        region=submission.region,
        value=submission.value,
        currency=submission.currency,
        contact=submission.contact,
        expected_close=submission.expected_close,
        customer_choice=submission.customer_choice,
        state=State.SUBMITTED,
        submitted_by=submitted_by,
        submitted_at=submitted_at,
    )


def _require_returned(uow: UnitOfWork, number: int, actor: str) -> DealRegistration:
    row = uow.lock(DealRegistration, number)
    if row is None:
        raise unknown(number)
    require_may_change(uow, row, actor)
    if row.state != State.RETURNED:
        words = row.state.replace("_", " ")
        raise Refused(f"Registration #{number} is {words}; only one that was returned can be changed and sent again.")
    return row


def _require_new(uow: UnitOfWork, row: DealRegistration) -> None:
    """One open registration for a partner, account and product."""
    for other in same_claims(uow, row):
        same = other.partner_id == row.partner_id and is_for_same(row, other)
        asked, known = ({each.casefold() for each in each_row.products} for each_row in (row, other))
        if same and other.id != row.id and (not asked or not known or asked & known):
            partner, words = partner_of(uow, other).name, other.state.replace("_", " ")
            raise Refused(
                f"{partner} has registered {other.account_name} already: #{other.id} is {words}."
                f" `/pm deal #{other.id}` shows it."
            )


def decide(
    uow: UnitOfWork,
    number: int,
    verdict: ApprovalState,
    words: str,
    *,
    step_id: int | None = None,
    actor: str,
    now: datetime,
    policy: Policy,
) -> RegistrationView:
    """`actor` approves, rejects or returns registration `number`, with their reason in `words` for the last two.

    `step_id` is the step whose card they pressed, None for whichever waits now. Raises Refused: decided already, not
    theirs, their own, or a case has to be decided first.
    """
    row = take(uow, number)
    step = uow.lock(ApprovalStep, step_id) if step_id else approval_chain.current(uow, number)
    if step is None or step.registration_id != number:
        raise _not_waiting(row)
    approval_chain.require_may_decide(uow, row, step, actor)
    if verdict != ApprovalState.APPROVED:
        approval_chain.decided(uow, step, verdict, words, actor=actor, now=now)
        state = State.REJECTED if verdict == ApprovalState.REJECTED else State.RETURNED
        registrations_review.settle(uow, row, state, words, actor=actor, now=now, policy=policy)
        return view(uow, number, now=now)
    case = registrations_review.blocking(uow, number)
    if case is not None:
        raise Refused(
            f"Another claim came in first, so case #{case.id} has to be decided before #{number} can be approved."
        )
    approval_chain.decided(uow, step, ApprovalState.APPROVED, words, actor=actor, now=now)
    if approval_chain.ask_next(uow, row, now=now, policy=policy):
        approval_chain.refresh_all(uow, row, now=now)
    else:
        note = "everybody in the chain approved it"
        registrations_review.settle(uow, row, State.APPROVED, words or note, actor=actor, now=now, policy=policy)
    return view(uow, number, now=now)


def _not_waiting(row: DealRegistration) -> Refused:
    waits = {State.UNDER_REVIEW: "A conflict case has to be decided first.", State.RETURNED: "The partner has it back."}
    words = row.state.replace("_", " ")
    return Refused(f"Registration #{row.id} is {words}. {waits.get(State(row.state), 'Nothing is to be decided.')}")


def require_decidable(uow: UnitOfWork, number: int, actor: str) -> int:
    """The step that waits; Refused unless `actor` may decide on it now."""
    row = uow.get(DealRegistration, number)
    if row is None:
        raise unknown(number)
    step = approval_chain.current(uow, number)
    if step is None:
        raise _not_waiting(row)
    approval_chain.require_may_decide(uow, row, step, actor)
    return row_id(step)


def approve_step(uow: UnitOfWork, step_id: int, /, *, actor: str, now: datetime, policy: Policy) -> RegistrationView:
    """The Approve button of a step's card."""
    number = number_of(uow, step_id)
    return decide(uow, number, ApprovalState.APPROVED, "", step_id=step_id, actor=actor, now=now, policy=policy)


def number_of(uow: UnitOfWork, step_id: int) -> int:
    """The registration a step belongs to. Raises Refused."""
    step = uow.get(ApprovalStep, step_id)
    if step is None:
        raise Refused("I do not know that approval any more. `/pm deals` shows what is open.")
    return step.registration_id


def confirmed_decision(
    uow: UnitOfWork, params: Mapping[str, str], /, *, actor: str, now: datetime, policy: Policy
) -> RegistrationView:
    """A decision asked for in words and confirmed. Raises Refused as `decide` does."""
    verdict, number, words = ApprovalState(params["verdict"]), int(params["number"]), params.get("words", "")
    if not params.get("step"):
        raise Refused("I do not know any more which step this was for. Please ask again.")
    return decide(uow, number, verdict, words, step_id=int(params["step"]), actor=actor, now=now, policy=policy)


def withdraw(
    uow: UnitOfWork, params: Mapping[str, str], /, *, actor: str, now: datetime, policy: Policy
) -> RegistrationView:
    """The partner does not claim it any more. Raises Refused."""
    row = take(uow, int(params["number"]))
    require_may_change(uow, row, actor)
    if row.closed_at is not None:
        raise Refused(f"Registration #{row.id} is {row.state} already.")
    _require_unchanged(row, params)
    reason = params.get("words") or "withdrawn"
    registrations_review.settle(uow, row, State.WITHDRAWN, reason, actor=actor, now=now, policy=policy)
    return view(uow, row_id(row), now=now)


def finish(
    uow: UnitOfWork, params: Mapping[str, str], /, *, actor: str, now: datetime, policy: Policy
) -> RegistrationView:
    """The registered deal is won (state "converted") or lost. Raises Refused."""
    row, state = take(uow, int(params["number"])), State(params["state"])
    require_may_change(uow, row, actor)
    if row.state != State.APPROVED or state not in _OVER:
        words = row.state.replace("_", " ")
        raise Refused(f"Registration #{row.id} is {words}; only an approved one can be won or lost.")
    _require_unchanged(row, params)
    registrations_review.settle(uow, row, state, f"the deal was {_OVER[state]}", actor=actor, now=now, policy=policy)
    return view(uow, row_id(row), now=now)


def _require_unchanged(row: DealRegistration, params: Mapping[str, str]) -> None:
    """What was confirmed is what was shown ("version")."""
    if params.get("version", str(row.version)) != str(row.version):
        raise Refused(f"Registration #{row.id} has changed since I asked you. Nothing was done; please ask again.")


def link(
    uow: UnitOfWork, number: int, opportunity_id: int, *, actor: str, now: datetime, policy: Policy
) -> RegistrationView:
    """Say which deal of the CRM it is: when that closes, so does the registration. Raises Refused."""
    row = take(uow, number)
    require_may_change(uow, row, actor)
    deal = uow.get(Opportunity, opportunity_id)
    if deal is None or deal.account_id != row.account_id:
        raise Refused("That deal belongs to another account. Pick one of the list.")
    row.opportunity_id = opportunity_id
    note = f"linked to {deal.name or deal.external_id}"
    uow.record(
        SubjectKind.DEAL_REGISTRATION, number, at=now, actor=actor, policy_version=policy.version, note=note
    )  # fmt: skip
    approval_chain.refresh_all(uow, row, now=now)
    return view(uow, number, now=now)
