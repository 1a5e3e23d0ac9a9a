"""A deal registration and lists of them.

With `private` the card may name a rival and quote our own people: only direct messages are. Anywhere else it says what
the partner can be told.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import text, words
from bot.cards.blocks import (
    Node,
    Piece,
    actions,
    bold,
    bullets,
    button,
    footer,
    header,
    line,
    option,
    plain,
    rich,
    when,
)
from bot.cards.card import Card
from bot.cards.notice import request_buttons
from bot.desk.referee import NO_RULE, Ruling
from bot.desk.registrations import Plan
from bot.desk.registrations_views import MomentView, RegistrationLine, RegistrationView, StepView

STATES = {
    "submitted": "Submitted",
    "under_review": "Under review",
    "pending_approval": "Waiting for approval",
    "returned": "Returned",
    "approved": "Approved",
    "rejected": "Rejected",
    "converted": "Won",
    "lost": "Lost",
    "expired": "Expired",
    "revoked": "Taken back",
    "withdrawn": "Withdrawn",
}
TYPES = {"net_new": "net new", "expansion": "expansion", "renewal": "renewal"}
_STEPS = {
    "waiting": "comes after",
    "asked": "has to decide",
    "climbed": "was late",
    "approved": "approved",
    "rejected": "rejected",
    "returned": "returned it",
    "cancelled": "not needed",
}
# Rules whose reasons name somebody else.
_NAMING = ("C1", "C2", "C5", "C6", "C7", "C9")
_MOMENTS, _SHOWN = 10, 25


def called(view: RegistrationView) -> str:
    """ "Globex Consulting, BigCo"."""
    return words.subject(view.partner, view.account)


def registration_card(view: RegistrationView, reader: str, *, private: bool = False, why: str = "") -> Card:
    """Where a registration stands, what to tell the partner, what happened, and the buttons for `reader` (a user id).

    `why` completes "You get this because …" on what nobody asked for.
    """
    heading = f"Deal #{view.id}: {called(view)}"
    blocks = [
        header(heading),
        rich(*status(view), *facts(view)),
        rich(*reasons(view, private=private), to_tell(view)),
    ]
    if view.timeline:
        moments = [_moment(each, private=private) for each in view.timeline[-_MOMENTS:]]
        blocks.append(rich(line(bold("What happened")), bullets(*moments)))
    blocks += _controls(view, reader)
    blocks.append(footer(f"You get this because {why}." if why else "", _small_print(view)))
    said = f"{heading}. {STATES.get(view.state, view.state)}. {text.money(view.value, view.currency)}. {view.neutral}"
    return Card(text=text.own(said, 600), blocks=blocks)


def status(view: RegistrationView) -> list[Node]:
    """ "Waiting for approval: Sam Ortiz has to decide by …"; and the chain where there is one."""
    first: list[Piece] = [bold(STATES.get(view.state, view.state))]
    if view.state == "approved" and view.protected_until:
        extended = f", extended {text.count(view.extensions, 'time')}" if view.extensions else ""
        first.append(f", protected until {text.day(view.protected_until)}{extended}")
    elif view.case:
        first.append(f". Conflict case #{view.case} is open: the partner managers decide")
    elif view.state == "returned":
        first.append(": complete it and send it again")
    steps = [_step(step) for step in view.steps]
    return [line(*first, "."), *([bullets(*steps)] if steps else [])]


def _step(step: StepView) -> list[Piece]:
    who = words.name(step.decided_by or step.approver)
    if step.state in ("asked", "climbed") and step.due_at:
        return [f"{words.name(step.approver)} has to decide by ", when(step.due_at)]
    at: list[Piece] = [", ", when(step.decided_at, near=False)] if step.decided_at and step.decided_by else []
    role = f"for the {words.role(step.role)}" if step.stands_in else words.role(step.role)
    return [f"{who} ({role}): {_STEPS.get(step.state, step.state)}", *at]


def facts(view: RegistrationView) -> list[Node]:
    """The deal in lines; what is not known is said where a decision needs it."""
    tier = f"{view.tier} tier" if view.tier else "no tier recorded"
    known = view.account if view.is_known else f"{view.account} (not in the partner book)"
    close = text.day(view.expected_close) if view.expected_close else "no close date given"
    parts: list[list[Piece]] = [
        [bold("Partner: "), f"{view.partner}, {tier}"],
        [bold("Account: "), f"{known}{f', {view.region}' if view.region else ''}"],
        [bold("Value: "), f"{text.money(view.value, view.currency)}, {TYPES.get(view.type, view.type)}, {close}"],
        [bold("Products: "), ", ".join(view.products) or "none named"],
        [bold("Contact: "), view.contact or "none named"],
        [bold("The customer's choice in writing: "), view.customer_choice] if view.customer_choice else [],
        [bold("CRM deal: "), view.deal] if view.deal else [],
    ]
    return words.lines(*parts)


def reasons(view: RegistrationView, *, private: bool) -> list[Node]:
    """The referee's words and rule; without the names where others may look over the reader's shoulder."""
    if not view.rule:
        return []
    if private or view.rule not in _NAMING:
        rule = f" (rule {view.rule})" if view.rule != NO_RULE else ""
        return [line(bold("Referee: "), f"{view.reason}{rule}")]
    return [line(bold("Referee: "), f"rule {view.rule}. Ask me in a direct message for the whole reason.")]


def to_tell(view: RegistrationView) -> Node:
    """What its partner may be told."""
    return line(bold(f"To tell {view.partner}: "), view.neutral)


def _moment(moment: MomentView, *, private: bool) -> list[Piece]:
    who = f" by {words.name(moment.who)}" if moment.who else ""
    said = f": {text.clean(moment.words)}" if private and moment.words else ""
    return [when(moment.at, near=False), f" {moment.what}{who}{said}"]


def _controls(view: RegistrationView, reader: str) -> list[Node]:
    value, made = str(view.id), []
    current = next((step for step in view.steps if step.state == "asked"), None)
    if current is not None and current.approver.slack_id == reader:
        made += decide_buttons(current.id)
    if view.state == "returned":
        made.append(button("Complete and send again", "deal_edit", value, style="primary"))
    if view.state == "approved":
        made += [button("Extend", "deal_extend", value), button("Won", "deal_won", value)]
        made.append(button("Lost", "deal_lost", value))
    if view.is_open:
        made += [button("Record activity", "deal_touch", value), button("Withdraw", "deal_withdraw", value)]
    if view.is_open and view.deals and not view.deal:
        made.append(
            {
                "type": "static_select",
                "action_id": "deal_link",
                "placeholder": plain("Link a CRM deal"),
                "options": [option(name, str(number)) for number, name in view.deals],
            }
        )
    return [actions(made, f"deal:{value}:{view.state}")] if made else []


def decide_buttons(step: int) -> list[Node]:
    """Approve, reject, return: for the card of a step."""
    return [
        button("Approve", "approval_approve", str(step), style="primary"),
        button("Reject", "approval_reject", str(step), style="danger"),
        button("Return", "approval_return", str(step)),
    ]


def _small_print(view: RegistrationView) -> str:
    policy = f", policy {view.policy_version}" if view.policy_version else ""
    number = "" if view.external_id.startswith(("slack:", "csv:")) else f", id {view.external_id}"
    return f"Submitted by {words.name(view.submitted_by)}{number}{policy}"


def registrations_card(rows: Sequence[RegistrationLine], about: str = "") -> Card:
    """Registrations in a list, each with its state; `about` is whose they are, "" for all."""
    whose = f" of {about}" if about else ""
    if not rows:
        said = f"No open deal registrations{whose}."
        request = "register deal"
        return Card(text=text.own(said), blocks=[rich(line(said)), *request_buttons([request], ["Register a deal"])])
    heading = f"{text.count(len(rows), 'deal registration')}{whose}"
    listed = [_line(row) for row in rows[:_SHOWN]]
    more = len(rows) - _SHOWN
    blocks = [header(heading), rich(bullets(*listed))]
    shown = rows[:5]
    blocks += request_buttons([f"deal #{row.id}" for row in shown], [f"#{row.id} {row.account}" for row in shown])
    if more > 0:
        blocks.append(footer(f"And {more} more. Ask for one partner, or for one by its number: deal #12."))
    summary = "; ".join(f"#{row.id} {row.account}, {STATES.get(row.state, row.state)}" for row in rows[:_SHOWN])
    return Card(text=text.own(f"{heading}: {summary}", 1_000), blocks=blocks)


def _line(row: RegistrationLine) -> list[Piece]:
    waits = f" by {row.waits_for}" if row.waits_for else ""
    until = f" until {text.day(row.protected_until)}" if row.state == "approved" and row.protected_until else ""
    money = text.money(row.value, row.currency)
    return [
        bold(f"#{row.id} {row.account}"),
        f", {row.partner}, {money}: {STATES.get(row.state, row.state)}{waits}{until}",
    ]


def submission_lines(plan: Plan, *, private: bool) -> list[str]:
    """What submitting will do, for its confirmation."""
    asked = plan.submission
    named = [each.person.display_name for each in plan.chain.links] if plan.chain else []
    lines = [f"Register {plan.account}, {text.money(asked.value, asked.currency)}, for {plan.partner}?"]
    lines.append(_details(plan))
    lines.append(_verdict(plan.ruling, private=private))
    if named and plan.ruling.outcome == "approve_path":
        lines.append(f"To approve: {', then '.join(named)}.")
    if plan.chain and plan.chain.note:
        lines.append(plan.chain.note)
    return lines


def _details(plan: Plan) -> str:
    asked = plan.submission
    missing = [
        name
        for name, given in (
            ("products", asked.products),
            ("a contact", asked.contact),
            ("a close date", asked.expected_close),
        )
        if not given
    ]
    known = "" if plan.is_known else f"{plan.account} is not in the partner book; it is registered by that name. "
    without = f" Not given: {', '.join(missing)}." if missing else ""
    return f"{known}Type: {TYPES.get(asked.type, asked.type)}.{without}"


def _verdict(ruling: Ruling, *, private: bool) -> str:
    words_for = {
        "approve_path": "The referee lets it go on",
        "return": "The referee will return it",
        "reject": "The referee will open a conflict case",
        "queue": "The referee will open a conflict case",
        "conflict": "The referee will open a conflict case",
        "human": "A person has to look at it first",
    }[ruling.outcome]
    reason = ruling.reason if private or ruling.rule not in _NAMING else ruling.neutral
    rule = f" (rule {ruling.rule})" if ruling.rule != NO_RULE else ""
    return f"{words_for}{rule}: {reason}"


def result_card(view: RegistrationView, reader: str) -> Card:
    """How it came out, for a person who did not ask."""
    return registration_card(view, reader, private=True, why=_result_reason(view, reader))


def _result_reason(view: RegistrationView, reader: str) -> str:
    """Why a result came to this person."""
    if reader == view.submitted_by.slack_id:
        return "you submitted it"
    return f"you manage {view.partner}"
