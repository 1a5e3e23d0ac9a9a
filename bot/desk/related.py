"""Requests that belong to another desk: executive approval, the deal desk, commissions, joint campaigns, or a person or
role somebody names. Each becomes a handoff with the asker's own words, tracked until it is done."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.business_time import add_working_hours, next_working_moment
from bot.desk import asked_person, handoffs, lookup, recipients, rights
from bot.desk.lookup import Ambiguous
from bot.desk.naming import account_name, partner_name, person_view
from bot.desk.recipients import Recipient
from bot.desk.views import HandoffView, PersonView
from bot.errors import Choice, Refused
from bot.language.requests import Handoff as Asked
from bot.policy import Policy
from models.base import row_id
from models.escalations import Handoff
from models.partners import Account, Channel, Partner, Person
from models.states import HandoffState
from models.store import UnitOfWork

OTHER = "request"  # for somebody named, not for one of the policy's desks
DESKS: Mapping[str, str] = MappingProxyType(
    {
        "executive_approval": "executive approval", "deal_desk": "deal desk", "commission": "commission",
        "campaign": "campaign", OTHER: "request",
    }
)  # fmt: skip
_LONGEST = 2_000
_ROLE_NAMED = re.compile(r"^(?P<what>.+?)\s+to\s+(?P<whom>[^,;:]+)$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class RelatedPlan:
    """What asking would do: `recipient` gets it and is to answer by `due_at` (UTC). `rule` is the policy's sentence on
    it, "" where the asker said to whom."""

    params: dict[str, str]
    recipient: PersonView
    rule: str
    partner: str
    account: str
    note: str
    due_at: datetime


def plan(uow: UnitOfWork, asked: Asked, *, actor: str, channel: str, now: datetime, policy: Policy) -> RelatedPlan:
    """Who takes the request and by when. Changes nothing. Raises Choice between the desks when none was named, Refused
    when there is nothing to hand over, nobody takes it, or it was asked already; Ambiguous for a name."""
    rights.require_member(uow, actor)
    note = re.sub(r"\s+to$", "", asked.text.strip())[:_LONGEST]
    if not note:
        raise Refused("What should be handed over? For example: get executive approval for the Globex discount")
    partner, account = _about(uow, asked.name, channel)
    topic, recipient = _recipient(uow, asked, partner, account, actor=actor, policy=policy)
    params = {
        "topic": topic, "to": recipient.person.slack_id, "why": recipient.why, "note": note,
        "partner": str(partner.id) if partner else "", "account": str(account.id) if account else "",
        "channel": channel,
    }  # fmt: skip
    _require_new(uow, params, actor)
    return RelatedPlan(
        params=params,
        recipient=person_view(uow, recipient.person.slack_id),
        rule=_rule(asked, policy),
        partner=partner_name(uow, partner.id if partner else None),
        account=account_name(uow, account.id if account else None),
        note=note,
        due_at=_due(recipient.person, topic, now, policy),
    )


def ask(uow: UnitOfWork, params: Mapping[str, str], /, *, actor: str, now: datetime, policy: Policy) -> HandoffView:
    """Do what `plan` said. Raises Refused when that person left, or it was asked meanwhile."""
    rights.require_member(uow, actor)
    person = rights.require_recipient(uow, params["to"])
    _require_new(uow, params, actor)
    topic = params["topic"]
    digest = hashlib.sha256("\n".join([actor, *params.values()]).encode()).hexdigest()[:32]
    handoff = Handoff(
        workspace_id=uow.workspace_id,
        key=f"asked:{digest}:{now:%Y%m%dT%H%M%S%f}",
        trigger=topic,
        to_role=policy.related[topic].to if topic in policy.related else "",
        assignee=person.slack_id,
        state=HandoffState.OFFERED,
        partner_id=int(params["partner"]) if params["partner"] else None,
        account_id=int(params["account"]) if params["account"] else None,
        channel=params["channel"],
        note=params["note"],
        requested_by=actor,
        policy_version=policy.version,
        opened_at=now,
        due_at=_due(person, topic, now, policy),
    )
    handoffs.offer(uow, handoff, Recipient(person, params["why"]), actor=actor, now=now, not_before=now)
    shown = handoffs.view(uow, row_id(handoff))
    assert shown is not None
    return shown


def _about(uow: UnitOfWork, name: str, channel: str) -> tuple[Partner | None, Account | None]:
    """What it is about: the name said, where the book knows it, else what the channel is about. The words stay as they
    are in any case."""
    if name:
        try:
            return lookup.resolve_either(uow, re.sub(r"['’]s$", "", name))
        except Ambiguous:
            raise
        except Refused:
            return None, None
    here = uow.find(Channel, slack_id=channel)
    return (uow.get(Partner, here.partner_id), uow.get(Account, here.account_id)) if here else (None, None)


def _recipient(
    uow: UnitOfWork, asked: Asked, partner: Partner | None, account: Account | None, *, actor: str, policy: Policy
) -> tuple[str, Recipient]:
    """(which desk, who answers for it)"""
    topic = asked.topic or OTHER
    asker = person_view(uow, actor).name
    if asked.to:
        return topic, Recipient(rights.require_recipient(uow, asked.to), f"{asker} asked for you")
    if not asked.topic:
        named = _ROLE_NAMED.match(asked.text)
        role = asked_person.role_of(named["whom"]) if named else None
        if role is None:
            desks = [each for each in policy.related if each in DESKS]
            requests = [f"handoff {DESKS[each]}: {asked.text}" for each in desks]
            labels = [DESKS[each].capitalize() for each in desks]
            raise Choice(
                "Which desk is it for? You can also name a person: hand off … to @name", requests, labels=labels
            )
        found = recipients.find(uow, role, partner, account)
    else:
        desk = policy.related.get(asked.topic)
        if desk is None:
            raise Refused(f"The policy names nobody for {DESKS[topic]} requests. Name a person: hand off … to @name")
        to = desk.to
        if asked_person.is_user_id(to):
            return topic, Recipient(rights.require_recipient(uow, to), f"you take {DESKS[topic]} requests")
        found = recipients.find(uow, to, partner, account)
    if found is None:
        raise Refused("The partner book names nobody who could take that. Name a person: hand off … to @name")
    rights.require_recipient(uow, found.person.slack_id)
    return topic, found


def _rule(asked: Asked, policy: Policy) -> str:
    if asked.to or not asked.topic:
        return ""
    to = policy.related[asked.topic].to
    whom = "a person named there" if asked_person.is_user_id(to) else to.replace("_", " ")
    return f"Policy {policy.version} sends {DESKS[asked.topic]} to {whom}."


def _due(person: Person, topic: str, now: datetime, policy: Policy) -> datetime:
    """By when it is to be accepted or declined (UTC): the desk's hours later, in working time of whoever has it."""
    if topic not in policy.related:
        return add_working_hours(now, policy.handoff.accept_within_hours, person.zone, policy.hours)
    later = now + timedelta(hours=policy.related[topic].within_hours)
    return next_working_moment(later, person.zone, policy.hours)


def _require_new(uow: UnitOfWork, params: Mapping[str, str], actor: str) -> None:
    """Raises Refused when the same person asked the same and it is still open."""
    for row in uow.list(Handoff, requested_by=actor, trigger=params["topic"], note=params["note"]):
        if row.state in handoffs.UNFINISHED and row.assignee:
            name = person_view(uow, row.assignee).name
            raise Refused(
                f"You asked for that already: handoff #{row.id}, {row.state} ({name}). `/pm handoffs` lists it."
            )
