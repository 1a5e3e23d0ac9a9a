"""Requests that belong to another desk: executive approval, the deal desk, commissions, joint campaigns, or a person or
role somebody names. Each becomes a handoff with the asker's own words, tracked until it is done."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from models.risks import SubjectKind
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
_NAME_ONE = "Name a person: hand off … to @name"
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
    asked = _named_person(uow, asked)
    note = re.sub(r"\s+to$", "", asked.text.strip())[:_LONGEST]
    if not note:
        raise Refused("What should be handed over? For example: get executive approval for the Globex discount")
    partner, account = _about(uow, asked.name, note, channel)
    topic, to = _addressed(asked, policy)
    recipient = _recipient(uow, asked, topic, to, partner, account, actor=actor)
    params = {
        "topic": topic, "to": recipient.person.slack_id, "why": recipient.why, "note": note,
        "partner": str(partner.id) if partner else "", "account": str(account.id) if account else "",
        "channel": channel,
    }  # fmt: skip
    _require_new(uow, params, actor)
    return RelatedPlan(
        params=params,
        recipient=person_view(uow, recipient.person.slack_id),
        rule=_rule(asked, to, recipient),
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


def remind(uow: UnitOfWork, handoff_id: int, /, *, actor: str, now: datetime, policy: Policy) -> HandoffView:
    """Ask the same person again, with as much time as at first. Raises Refused when it is answered or still runs."""
    handoff = _asked_one(uow, handoff_id, actor)
    if handoff.state != HandoffState.OFFERED or handoff.due_at is not None or not handoff.assignee:
        raise Refused("There is nobody to remind: it was answered, or there is still time to.")
    person = rights.require_recipient(uow, handoff.assignee)
    uow.record(SubjectKind.HANDOFF, handoff_id, at=now, actor=actor, rule="handoff.reminded")
    return _asked_again(uow, handoff, person, now=now, policy=policy)


def give(uow: UnitOfWork, handoff_id: int, /, *, to: str, actor: str, now: datetime, policy: Policy) -> HandoffView:
    """Ask somebody else: what was declined or left unanswered. Raises Refused when it is theirs or settled."""
    handoff = _asked_one(uow, handoff_id, actor)
    person = rights.require_recipient(uow, to)
    if handoff.assignee == to and handoff.state == HandoffState.OFFERED:
        raise Refused(f"{person.display_name} has it. Pick somebody else.")
    if handoff.state == HandoffState.ACCEPTED:
        raise Refused("It was accepted meanwhile.")
    handoff.assignee = to
    why = f"{person_view(uow, actor).name} asked for you"
    state = HandoffState.OFFERED
    if handoff.state == HandoffState.DECLINED:
        uow.move(handoff, state, actor=actor, at=now, note=why)
    else:
        uow.record(SubjectKind.HANDOFF, handoff_id, at=now, actor=actor, to_state=state, note=why)
    return _asked_again(uow, handoff, person, now=now, policy=policy)


def drop(uow: UnitOfWork, handoff_id: int, /, *, actor: str, now: datetime, policy: Policy) -> HandoffView:
    """It is not needed any more. Raises Refused when it is settled."""
    handoff = _asked_one(uow, handoff_id, actor)
    handoff.due_at, handoff.closed_at = None, now
    uow.move(handoff, HandoffState.CANCELLED, actor=actor, at=now, policy_version=policy.version)
    return _refreshed(uow, handoff, now=now)


def _asked_one(uow: UnitOfWork, handoff_id: int, actor: str) -> Handoff:
    """A request that is not settled, taken, for whoever asked it or an operator."""
    person = rights.require_member(uow, actor)
    handoff = uow.lock(Handoff, handoff_id)
    if handoff is None or not handoff.requested_by:
        raise Refused("I do not know that request. It may belong to another workspace.")
    if handoff.requested_by != actor and not rights.is_operator(person):
        raise Refused("Only whoever asked for it, or a partner manager, can do that.")
    if handoff.closed_at is not None:
        raise Refused(f"This request is already {handoff.state}.")
    return handoff


def _asked_again(uow: UnitOfWork, handoff: Handoff, person: Person, *, now: datetime, policy: Policy) -> HandoffView:
    handoff.due_at = _due(person, handoff.trigger, now, policy)
    shown = _refreshed(uow, handoff, now=now)
    handoffs.tell(uow, handoff, person.slack_id, now=now, occasion=f"again:{handoff.version}")
    return shown


def _refreshed(uow: UnitOfWork, handoff: Handoff, *, now: datetime) -> HandoffView:
    handoffs.refresh(uow, handoff, now=now)
    shown = handoffs.view(uow, row_id(handoff))
    assert shown is not None
    return shown


def _named_person(uow: UnitOfWork, asked: Asked) -> Asked:
    """With "… to Alex" read as the person, where one of ours is called so. Raises Ambiguous when several are."""
    named = None if asked.to else _ROLE_NAMED.match(asked.text)
    person = asked_person.by_name(uow, named["whom"]) if named else None
    return replace(asked, to=person.slack_id, text=named["what"]) if named and person else asked


def _about(uow: UnitOfWork, name: str, note: str, channel: str) -> tuple[Partner | None, Account | None]:
    """What it is about: the name said, where the book knows it, one the words begin or end with, else what the channel
    is about. The words stay as they are in any case."""
    if name:
        try:
            return lookup.resolve_either(uow, re.sub(r"['’]s$", "", name))
        except Ambiguous:
            raise
        except Refused:
            return None, None
    try:
        said = lookup.named_in(uow, note)
    except Ambiguous:
        said = None
    if said is not None:
        return said.partner, said.account
    here = uow.find(Channel, slack_id=channel)
    return (uow.get(Partner, here.partner_id), uow.get(Account, here.account_id)) if here else (None, None)


def _addressed(asked: Asked, policy: Policy) -> tuple[str, str]:
    """(which desk, the role or user id it goes to)"""
    if asked.to:
        return asked.topic or OTHER, asked.to
    if asked.topic:
        desk = policy.related.get(asked.topic)
        if desk is None:
            raise Refused(f"The policy names nobody for {DESKS[asked.topic]} requests. {_NAME_ONE}")
        return asked.topic, desk.to
    named = _ROLE_NAMED.match(asked.text)
    role = asked_person.role_of(named["whom"]) if named else None
    if role is None:
        desks = [each for each in policy.related if each in DESKS]
        requests = [f"handoff {DESKS[each]}: {asked.text}" for each in desks]
        labels = [DESKS[each].capitalize() for each in desks]
        raise Choice("Which desk is it for? You can also name a person: hand off … to @name", requests, labels=labels)
    return OTHER, role


def _recipient(
    uow: UnitOfWork, asked: Asked, topic: str, to: str, partner: Partner | None, account: Account | None, *, actor: str
) -> Recipient:
    """Who answers for `to`. Nobody gets their own request: where it would come back, the asker's manager does."""
    asker = rights.require_member(uow, actor)
    if asked_person.is_user_id(to):
        why = f"{asker.display_name} asked for you" if asked.to else f"you take {DESKS[topic]} requests"
        return Recipient(rights.require_recipient(uow, to), why)
    found = recipients.find(uow, to, partner, account)
    if found is not None and found.person.slack_id == actor:
        above = next(recipients.managers_above(uow, asker), None)
        nobody = f"the book names nobody else who is {recipients.being(to)}"
        why = f"{nobody} and you are {asker.display_name}'s manager"
        found = Recipient(above, why) if above else None
    if found is None:
        raise Refused(f"The partner book names nobody else who could take that. {_NAME_ONE}")
    rights.require_recipient(uow, found.person.slack_id)
    return found


def _rule(asked: Asked, to: str, recipient: Recipient) -> str:
    """What the policy says, and that the book has nobody for it."""
    is_person = asked_person.is_user_id(to)
    held = is_person or to in recipient.person.roles
    being = recipients.being(to)
    nobody = "" if held else f"The partner book names nobody else who is {being}, so it goes to a manager."
    if asked.to or not asked.topic:
        return nobody
    whom = "the person named in the policy" if is_person else being.removeprefix("in ")
    return f"{DESKS[asked.topic].capitalize()} requests go to {whom}. {nobody}".rstrip()


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
