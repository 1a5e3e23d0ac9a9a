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


class IllegalTransition(ValueError):
    """A state change the transition tables do not allow."""


RISK_CLOSED = frozenset({RiskState.MITIGATED, RiskState.DISMISSED, RiskState.ACCEPTED, RiskState.MATERIALIZED})
_RISK_OPEN = frozenset(RiskState) - RISK_CLOSED
COMMITMENT_CLOSED = frozenset({CommitmentState.KEPT, CommitmentState.BROKEN, CommitmentState.CANCELLED})

_R, _C, _E, _H = RiskState, CommitmentState, EscalationState, HandoffState

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
}


def check(machine: str, from_state: str, to_state: str) -> None:
    """Raise IllegalTransition unless `machine` allows `from_state` -> `to_state`."""
    allowed = TRANSITIONS[machine].get(from_state, frozenset())
    if to_state not in allowed:
        raise IllegalTransition(f"a {machine} cannot go from {from_state} to {to_state}")
