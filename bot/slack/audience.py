"""Who would read a message, and whether it may go there: fail closed, asked again before every send.

Nothing internal goes where anybody else may read it: Slack Connect channels, channels with a pending invitation,
guests, other workspaces of an Enterprise organisation. What cannot be found out counts as external.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.in_thread import in_thread
from bot.slack.errors import Rejected
from bot.slack.gateway import ChannelInfo
from bot.slack.people import MEMBER_AGE, Reach, ensure_people
from models.delivery import Classification
from models.partners import PartnerTeam, Person
from models.store import Store

MAX_MEMBERS = 1000


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody who can read a place: other workspaces in it or invited, and how many guests of ours.

    `unknown` says why it could not be found out; then nothing fits. `is_direct` is a DM with one person.
    """

    is_direct: bool = False
    outside_teams: frozenset[str] = frozenset()
    guests: int = 0
    unknown: str = ""


def is_person(target: str) -> bool:
    """Whether a delivery's target is a user id (a DM) and not a channel id."""
    return target[:1] in ("U", "W")


def fits(audience: Audience, classification: str, partner_teams: frozenset[str]) -> str | None:
    """None when a message of `classification` may go to `audience`, else the reason why not.

    INTERNAL: our own people only. SHARED: besides us only the workspaces of that one partner, `partner_teams`.
    A DM is always with one of our own people, whatever the classification.
    """
    if audience.unknown:
        return f"who can read it is not known ({audience.unknown})"
    if audience.guests:
        return f"{audience.guests} guest(s) could read it"
    allowed = partner_teams if classification == Classification.SHARED and not audience.is_direct else frozenset()
    foreign = audience.outside_teams - allowed
    if foreign:
        return f"people of another workspace could read it ({', '.join(sorted(foreign))})"
    return None


async def audience_of(reach: Reach, workspace_id: str, target: str, *, now: datetime) -> Audience:
    """The audience of a user id (a DM) or channel id, from what Slack says now.

    Raises SlackProblem when Slack is out of reach for the moment (the caller tries again later, and posts nothing);
    what Slack refuses to tell makes the audience unknown.
    """
    try:
        if is_person(target):
            return await _direct(reach, workspace_id, target, now)
        channel = await reach.gateway.channel_info(workspace_id, target)
        if channel.is_im:
            return await _direct(reach, workspace_id, channel.im_user, now)
        return await _channel(reach, workspace_id, channel, now)
    except Rejected as error:
        if error.passing:
            raise
        return Audience(unknown=error.code)


async def refusal(
    reach: Reach, workspace_id: str, target: str, classification: str, partner_id: int | None, *, now: datetime
) -> str | None:
    """None when a message for `partner_id` of that classification may go to `target` now, else the reason why not.

    Raises SlackProblem as `audience_of` does.
    """
    audience = await audience_of(reach, workspace_id, target, now=now)
    teams = await in_thread(_teams_of, reach.store, workspace_id, partner_id)
    return fits(audience, classification, teams)


async def _direct(reach: Reach, workspace_id: str, user: str, now: datetime) -> Audience:
    await ensure_people(reach, workspace_id, {user}, now, max_age=timedelta(0))
    person = (await in_thread(_people, reach.store, workspace_id, frozenset({user}))).get(user)
    if person is None or person.is_deleted or person.is_bot:
        return Audience(is_direct=True, unknown=f"{user or 'nobody'} is not a current member")
    return _of_members(Audience(is_direct=True), [person], workspace_id)


async def _channel(reach: Reach, workspace_id: str, channel: ChannelInfo, now: datetime) -> Audience:
    if channel.is_archived:
        return Audience(unknown="is_archived")
    teams = channel.outside_teams | channel.pending_teams
    if (channel.is_ext_shared or channel.is_shared or channel.is_org_shared) and not channel.outside_teams:
        return Audience(unknown="shared with a workspace Slack does not name")
    if channel.is_pending_ext_shared and not channel.pending_teams:
        return Audience(outside_teams=teams, unknown="somebody Slack does not name is invited")
    members: set[str] = set()
    async for page in reach.gateway.members(workspace_id, channel.id):
        members |= set(page)
        if len(members) > MAX_MEMBERS:
            return Audience(outside_teams=teams, unknown=f"more than {MAX_MEMBERS} members")
    await ensure_people(reach, workspace_id, members, now, max_age=MEMBER_AGE)
    people = await in_thread(_people, reach.store, workspace_id, frozenset(members))
    if not members or members - people.keys():
        return Audience(outside_teams=teams, unknown="the members are not known")
    return _of_members(Audience(outside_teams=teams), [*people.values()], workspace_id)


def _of_members(place: Audience, people: list[Person], our_team: str) -> Audience:
    """`place` with the people in it. Deactivated people read nothing."""
    reading = [person for person in people if not person.is_deleted]
    nameless = [person.slack_id for person in reading if not person.team_id]
    return Audience(
        is_direct=place.is_direct,
        outside_teams=place.outside_teams | {p.team_id for p in reading if p.team_id and p.team_id != our_team},
        guests=sum(person.is_guest or (person.is_stranger and person.team_id == our_team) for person in reading),
        unknown=f"{', '.join(nameless[:3])} is in no workspace Slack shows" if nameless else "",
    )


def _people(store: Store, workspace_id: str, user_ids: frozenset[str]) -> dict[str, Person]:
    with store.read(workspace_id) as uow:
        rows = uow.session.exec(select(Person).where(col(Person.slack_id).in_(user_ids))).all()
        return {row.slack_id: row for row in rows}


def _teams_of(store: Store, workspace_id: str, partner_id: int | None) -> frozenset[str]:
    if partner_id is None:
        return frozenset()
    with store.read(workspace_id) as uow:
        return frozenset(row.team_id for row in uow.list(PartnerTeam, partner_id=partner_id))
