"""Which state may follow which (shared facts: domain model, section 7.2). Pure: no clock, no database.

`Resolve` closes a risk from any open state: people fix things without walking through every stage
(docs/decisions/0002-resolve-from-any-open-state.md).
"""

from __future__ import annotations

from enum import StrEnum


class RiskState(StrEnum):
    DETECTED = "detected"
    CONFIRMED = "confirmed"
    MITIGATING = "mitigating"
    MONITORING = "monitoring"
    MITIGATED = "mitigated"
    DISMISSED = "dismissed"
    ACCEPTED = "accepted"
    MATERIALIZED = "materialized"
    REOPENED = "reopened"


class CommitmentState(StrEnum):
    PROMISED = "promised"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    SLIPPED = "slipped"
    KEPT = "kept"
    BROKEN = "broken"
    CANCELLED = "cancelled"


class AskState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CANCELLED = "cancelled"


class EscalationState(StrEnum):
    OPEN = "open"
    NOTIFIED = "notified"
    ACKED = "acked"
    CLIMBED = "climbed"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"
    SEND_FAILED = "send_failed"


class HandoffState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"
    CANCELLED = "cancelled"


class ProposalState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"


class HintState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    DISMISSED = "dismissed"
    EXPIRED = "expired"


class OnboardingState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class TaskState(StrEnum):
    """A step of an onboarding plan. Whether it still waits for others is computed, not kept."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


class CadenceState(StrEnum):
    RUNNING = "running"
    ENDED = "ended"


class CheckInState(StrEnum):
    PLANNED = "planned"
    REMINDED = "reminded"
    HELD = "held"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class QbrState(StrEnum):
    DUE = "due"
    SCHEDULED = "scheduled"
    PREPARED = "prepared"
    HELD = "held"
    CLOSED = "closed"
    SKIPPED = "skipped"
    OVERDUE = "overdue"


class RenewalState(StrEnum):
    UPCOMING = "upcoming"
    PREPARING = "preparing"
    NEGOTIATING = "negotiating"
    RENEWED = "renewed"
    LAPSED = "lapsed"
    TERMINATED = "terminated"


class ActionState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class RegistrationState(StrEnum):
    """EXTENDED is APPROVED with a new last day of protection."""

    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    PENDING_APPROVAL = "pending_approval"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    CONVERTED = "converted"
    LOST = "lost"
    EXPIRED = "expired"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


class ApprovalState(StrEnum):
    WAITING = "waiting"
    ASKED = "asked"
    CLIMBED = "climbed"
    APPROVED = "approved"
    REJECTED = "rejected"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class ConflictState(StrEnum):
    OPEN = "open"
    TRIAGED = "triaged"
    INVESTIGATING = "investigating"
    DECIDED = "decided"
    APPEALED = "appealed"
    DECIDED_FINAL = "decided_final"
    CLOSED = "closed"


class IllegalTransition(ValueError):
    """A state change the transition tables do not allow."""


RISK_CLOSED = frozenset({RiskState.MITIGATED, RiskState.DISMISSED, RiskState.ACCEPTED, RiskState.MATERIALIZED})
_RISK_OPEN = frozenset(RiskState) - RISK_CLOSED
COMMITMENT_CLOSED = frozenset({CommitmentState.KEPT, CommitmentState.BROKEN, CommitmentState.CANCELLED})

REGISTRATION_CLOSED = frozenset(
    {
        RegistrationState.REJECTED,
        RegistrationState.CONVERTED,
        RegistrationState.LOST,
        RegistrationState.EXPIRED,
        RegistrationState.REVOKED,
        RegistrationState.WITHDRAWN,
    }
)
APPROVAL_DECIDED = frozenset(
    {ApprovalState.APPROVED, ApprovalState.REJECTED, ApprovalState.RETURNED, ApprovalState.CANCELLED}
)

_R, _C, _E, _H = RiskState, CommitmentState, EscalationState, HandoffState
_Q, _N, _D, _A, _F = QbrState, RenewalState, RegistrationState, ApprovalState, ConflictState
_NOTHING: frozenset[str] = frozenset()

TRANSITIONS: dict[str, dict[str, frozenset[str]]] = {
    "risk": {
        _R.DETECTED: RISK_CLOSED | {_R.CONFIRMED},
        _R.CONFIRMED: RISK_CLOSED | {_R.MITIGATING},
        _R.MITIGATING: RISK_CLOSED | {_R.MONITORING},
        _R.MONITORING: RISK_CLOSED | {_R.MITIGATING},
        _R.REOPENED: RISK_CLOSED | {_R.CONFIRMED},
        **dict.fromkeys(RISK_CLOSED, frozenset({_R.REOPENED})),
    },
    "commitment": {
        _C.PROMISED: COMMITMENT_CLOSED | {_C.DUE_SOON, _C.OVERDUE, _C.SLIPPED},
        _C.DUE_SOON: COMMITMENT_CLOSED | {_C.OVERDUE, _C.SLIPPED},
        _C.OVERDUE: COMMITMENT_CLOSED | {_C.SLIPPED},
        _C.SLIPPED: COMMITMENT_CLOSED | {_C.DUE_SOON, _C.OVERDUE},
        **dict.fromkeys(COMMITMENT_CLOSED, frozenset()),
    },
    "ask": {
        AskState.OPEN: frozenset({AskState.ANSWERED, AskState.CANCELLED}),
        AskState.ANSWERED: frozenset(),
        AskState.CANCELLED: frozenset(),
    },
    "escalation": {
        _E.OPEN: frozenset({_E.NOTIFIED, _E.ACKED, _E.RESOLVED, _E.CANCELLED, _E.SEND_FAILED}),
        _E.NOTIFIED: frozenset({_E.ACKED, _E.CLIMBED, _E.RESOLVED, _E.CANCELLED, _E.SEND_FAILED}),
        _E.ACKED: frozenset({_E.RESOLVED, _E.CANCELLED, _E.OPEN}),
        _E.CLIMBED: frozenset({_E.ACKED, _E.RESOLVED, _E.CANCELLED}),
        _E.SEND_FAILED: frozenset({_E.ACKED, _E.RESOLVED, _E.CANCELLED}),
        _E.RESOLVED: frozenset({_E.OPEN}),
        _E.CANCELLED: frozenset({_E.OPEN}),
    },
    "handoff": {
        _H.OFFERED: frozenset({_H.ACCEPTED, _H.DECLINED, _H.DONE, _H.CANCELLED}),
        _H.ACCEPTED: frozenset({_H.DONE, _H.DECLINED, _H.CANCELLED}),
        _H.DECLINED: frozenset({_H.OFFERED, _H.CANCELLED}),
        _H.DONE: frozenset(),
        _H.CANCELLED: frozenset(),
    },
    "proposal": {
        ProposalState.OPEN: frozenset({ProposalState.APPROVED, ProposalState.DECLINED, ProposalState.EXPIRED}),
        ProposalState.APPROVED: frozenset(),
        ProposalState.DECLINED: frozenset(),
        ProposalState.EXPIRED: frozenset(),
    },
    "hint": {
        HintState.OPEN: frozenset({HintState.TAKEN, HintState.DISMISSED, HintState.EXPIRED}),
        HintState.TAKEN: frozenset(),
        HintState.DISMISSED: frozenset(),
        HintState.EXPIRED: frozenset(),
    },
    "onboardingplan": {
        OnboardingState.RUNNING: frozenset({OnboardingState.DONE, OnboardingState.CANCELLED}),
        OnboardingState.DONE: frozenset({OnboardingState.RUNNING}),  # a step was opened again
        OnboardingState.CANCELLED: _NOTHING,
    },
    "onboardingtask": {
        TaskState.OPEN: frozenset({TaskState.DONE, TaskState.SKIPPED}),
        TaskState.DONE: frozenset({TaskState.OPEN}),
        TaskState.SKIPPED: frozenset({TaskState.OPEN}),
    },
    "cadence": {CadenceState.RUNNING: frozenset({CadenceState.ENDED}), CadenceState.ENDED: _NOTHING},
    "checkin": {
        CheckInState.PLANNED: frozenset(CheckInState) - {CheckInState.PLANNED},
        # Moved to another day it is planned again.
        CheckInState.REMINDED: frozenset(CheckInState) - {CheckInState.REMINDED},
        CheckInState.HELD: _NOTHING,
        CheckInState.SKIPPED: _NOTHING,
        CheckInState.CANCELLED: _NOTHING,
    },
    "qbr": {
        _Q.DUE: frozenset({_Q.SCHEDULED, _Q.OVERDUE, _Q.SKIPPED}),
        _Q.OVERDUE: frozenset({_Q.SCHEDULED, _Q.SKIPPED}),
        _Q.SCHEDULED: frozenset({_Q.PREPARED, _Q.OVERDUE, _Q.SKIPPED}),
        _Q.PREPARED: frozenset({_Q.HELD, _Q.SCHEDULED, _Q.OVERDUE, _Q.SKIPPED}),
        _Q.HELD: frozenset({_Q.CLOSED}),
        _Q.CLOSED: _NOTHING,
        _Q.SKIPPED: _NOTHING,
    },
    "renewal": {
        _N.UPCOMING: frozenset({_N.PREPARING, _N.RENEWED, _N.LAPSED, _N.TERMINATED}),
        # Back to an earlier stage when the end of the term moves.
        _N.PREPARING: frozenset({_N.UPCOMING, _N.NEGOTIATING, _N.RENEWED, _N.LAPSED, _N.TERMINATED}),
        _N.NEGOTIATING: frozenset({_N.UPCOMING, _N.PREPARING, _N.RENEWED, _N.LAPSED, _N.TERMINATED}),
        _N.RENEWED: _NOTHING,
        # It lapses by itself when nobody says anything; what was decided may be said later.
        _N.LAPSED: frozenset({_N.RENEWED, _N.TERMINATED}),
        _N.TERMINATED: _NOTHING,
    },
    "actionitem": {
        ActionState.OPEN: frozenset({ActionState.DONE, ActionState.DROPPED}),
        ActionState.DONE: frozenset({ActionState.OPEN}),
        ActionState.DROPPED: frozenset({ActionState.OPEN}),
    },
    "dealregistration": {
        _D.SUBMITTED: frozenset({_D.UNDER_REVIEW, _D.WITHDRAWN}),
        _D.UNDER_REVIEW: frozenset({_D.PENDING_APPROVAL, _D.APPROVED, _D.REJECTED, _D.RETURNED, _D.WITHDRAWN}),
        _D.PENDING_APPROVAL: frozenset({_D.APPROVED, _D.REJECTED, _D.RETURNED, _D.WITHDRAWN}),
        _D.RETURNED: frozenset({_D.SUBMITTED, _D.WITHDRAWN}),
        _D.APPROVED: frozenset({_D.CONVERTED, _D.LOST, _D.EXPIRED, _D.REVOKED, _D.WITHDRAWN}),
        **dict.fromkeys(REGISTRATION_CLOSED, _NOTHING),
    },
    "approvalstep": {
        _A.WAITING: frozenset({_A.ASKED, _A.CANCELLED}),
        _A.ASKED: APPROVAL_DECIDED | {_A.CLIMBED},
        # The same step now asks the manager above; it may climb again.
        _A.CLIMBED: APPROVAL_DECIDED | {_A.ASKED},
        **dict.fromkeys(APPROVAL_DECIDED, _NOTHING),
    },
    "conflictcase": {
        _F.OPEN: frozenset({_F.TRIAGED, _F.CLOSED}),
        _F.TRIAGED: frozenset({_F.INVESTIGATING, _F.DECIDED, _F.CLOSED}),
        _F.INVESTIGATING: frozenset({_F.DECIDED, _F.CLOSED}),
        _F.DECIDED: frozenset({_F.APPEALED, _F.CLOSED}),
        _F.APPEALED: frozenset({_F.DECIDED_FINAL, _F.CLOSED}),
        _F.DECIDED_FINAL: frozenset({_F.CLOSED}),
        _F.CLOSED: _NOTHING,
    },
}


def check(machine: str, from_state: str, to_state: str) -> None:
    """Raise IllegalTransition unless `machine` allows `from_state` -> `to_state`."""
    allowed = TRANSITIONS[machine].get(from_state, frozenset())
    if to_state not in allowed:
        raise IllegalTransition(f"a {machine} cannot go from {from_state} to {to_state}")
