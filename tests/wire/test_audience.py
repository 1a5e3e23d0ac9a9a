"""Who may read it is asked again at the moment of sending: refused, dead with a reason, and told."""

from __future__ import annotations

from models.base import row_id
from models.delivery import Classification, Delivery
from models.escalations import Escalation
from models.partners import Channel, Partner, Person
from sandbox.workspace import Message
from tests.wire.office import GLOBEX, HOME, RIVAL, START, Office, play

SLIP = "The cutover has slipped from the 14th to the 26th."
ROOMS = ("C0SHARED", "C0PENDING", "C0GUESTED", "C0ARCHIVED", "C0KICKED", "C0FINE")


def rooms(desk: Office) -> None:
    """Six more internal channels that get escalations."""
    for channel in ROOMS:
        desk.box.channel(channel, name=channel.lower(), members=["U0PM", "U0SM"])
    with desk.desk.services.store.write(HOME) as uow:
        for channel in ROOMS:
            uow.add(Channel(workspace_id=HOME, slack_id=channel, kind="internal", receives=["escalations"]))


async def hold(desk: Office) -> None:
    """A risk is found and its messages are queued, and Slack takes none of them for a minute."""
    desk.box.faults.add("chat.postMessage", "429", retry_after=60)
    await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
    await desk.quiet()
    desk.box.faults.clear()
    assert not any(desk.cards(user) for user in ("U0SM", "U0AE"))


def by_target(desk: Office) -> dict[str, Delivery]:
    return {row.target: row for row in desk.rows(Delivery, card="escalation") if row.updates is None}


def test_channels_that_changed_after_the_risk_was_queued(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        box = desk.box
        rooms(desk)
        await hold(desk)
        await box.share("C0SHARED", GLOBEX)
        await box.invite_team("C0PENDING", RIVAL)
        await box.join("U0GUEST", "C0GUESTED")
        await box.archive("C0ARCHIVED", by="U0PM")
        await box.leave(box.bot_user_id, "C0KICKED")
        await desk.later(minutes=2)
        await desk.later(minutes=2)
        for room in ROOMS[:-1]:
            row = by_target(desk)[room]
            assert (row.state, bool(row.error)) == ("dead", True), (room, row.state, row.error)
            assert box.bot_messages(room) == [], room
        assert [len(box.bot_messages(room)) for room in ("C0FINE", "C0ALERTS")] == [1, 1]
        assert [len(desk.cards(user)) for user in ("U0SM", "U0AE")] == [1, 1]
        told = [desk.read(card) for card in desk.cards("U0PM")]
        alerts = [text for text in told if "COULD NOT BE DELIVERED" in text]
        assert len(alerts) == len(ROOMS) - 1
        assert any(GLOBEX in text for text in alerts)
        assert any("guest" in text for text in alerts)

    play(sqlite_url, scenario, joint=("C0JOINT", "C0SHARED", "C0PENDING", "C0GUESTED"), trouble=True)


def test_a_card_in_a_channel_that_is_shared_meanwhile_is_not_edited_there(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        await desk.quiet()
        [card] = desk.box.bot_messages("C0ALERTS")
        before = str(card.blocks)
        await desk.box.share("C0ALERTS", RIVAL)
        await desk.click("U0SM", desk.cards("U0SM")[0], "risk_ack")
        assert str(desk.box.bot_messages("C0ALERTS")[0].blocks) == before
        assert "Acknowledged by Sam Ortiz" in desk.read(desk.cards("U0SM")[0])
        assert "could not be delivered" in desk.cards("U0PM")[-1].text

    play(sqlite_url, scenario, trouble=True)


def test_people_who_changed_after_the_risk_was_queued(database: str) -> None:
    """The manager became a guest, the account owner is gone: the next in line is told, and the partner's manager."""

    async def scenario(desk: Office) -> None:
        await hold(desk)
        desk.box.user("U0SM", name="Sam Ortiz", tz="America/New_York", is_restricted=True)
        desk.box.workspace.users["U0AE"].deleted = True
        await desk.later(minutes=2)
        await desk.later(minutes=2)
        assert [len(desk.cards(user)) for user in ("U0SM", "U0AE", "U0VP")] == [0, 0, 1]
        rows = by_target(desk)
        assert [rows[user].state for user in ("U0SM", "U0AE", "U0VP")] == ["dead", "dead", "sent"]
        climbed = desk.read(desk.cards("U0VP")[0])
        assert SLIP in climbed
        assert "it could not be delivered to Sam Ortiz" in climbed
        states = {row.recipient: row.state for row in desk.rows(Escalation, via="dm")}
        assert states == {"U0SM": "send_failed", "U0AE": "send_failed", "U0VP": "notified"}
        alerts = [desk.read(card) for card in desk.cards("U0PM")]
        assert any("Sam Ortiz" in text and "guest" in text for text in alerts)
        assert any("Alex Eng" in text for text in alerts)

    play(database, scenario, trouble=True)


def test_a_shared_message_goes_to_its_partner_only(sqlite_url: str) -> None:
    """SHARED fits a channel with that partner alone; with a guest or anybody else in it nothing is said."""

    async def scenario(desk: Office) -> None:
        box = desk.box
        box.channel("C0ALONE", members=["U0PM", "U0PARTNER"], ext_shared_with=[GLOBEX])
        box.channel("C0BOTH", members=["U0PM", "U0PARTNER", "U0RIVAL"], ext_shared_with=[GLOBEX, RIVAL])
        box.channel("C0WITHGUEST", members=["U0PM", "U0PARTNER", "U0GUEST"], ext_shared_with=[GLOBEX])
        box.channel("C0RIVALS", members=["U0PM", "U0RIVAL"], ext_shared_with=[RIVAL])
        with desk.desk.services.store.write(HOME) as uow:
            partner = uow.find(Partner, name="Globex Consulting")
            assert partner is not None
            for target in ("C0ALONE", "C0BOTH", "C0WITHGUEST", "C0RIVALS", "U0PARTNER"):
                uow.enqueue(notice(target, Classification.SHARED, row_id(partner)))
            for target in ("C0ALONE", "U0PARTNER"):
                uow.enqueue(notice(target, Classification.INTERNAL, row_id(partner)))
        await desk.quiet()
        said = {channel: [m.text for m in box.bot_messages(channel)] for channel in box.workspace.channels}
        assert said["C0ALONE"] == ["shared words"]
        assert not any(said[channel] for channel in ("C0BOTH", "C0WITHGUEST", "C0RIVALS", "C0JOINT"))
        assert desk.cards("U0PARTNER") == []
        dead = [row for row in desk.rows(Delivery, card="notice") if row.state == "dead"]
        assert len(dead) == 6
        assert all(row.error.startswith("Not sent: ") for row in dead)

    play(sqlite_url, scenario, trouble=True)


def notice(target: str, kind: Classification, partner: int) -> Delivery:
    return Delivery(
        workspace_id=HOME, key=f"test:{target}:{kind}", lane=target, target=target, card="notice",
        params={"text": f"{kind} words"}, classification=kind, partner_id=partner, created_at=START, not_before=START,
    )  # fmt: skip


def test_while_slack_does_not_say_who_reads_it_nothing_is_said(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        for method in ("conversations.info", "conversations.members", "users.info"):
            desk.box.faults.add(method, "error", error="missing_scope")
        with desk.desk.services.store.write(HOME) as uow:
            for target in ("C0ALERTS", "U0SM"):
                uow.enqueue(notice(target, Classification.INTERNAL, 1))
        await desk.quiet()
        assert said_to_anybody(desk) == []
        desk.box.faults.clear()
        await desk.later(minutes=10)
        assert sorted(m.channel[:1] for m in said_to_anybody(desk)) == ["C", "D"]

    play(sqlite_url, scenario, trouble=True)


def said_to_anybody(desk: Office) -> list[Message]:
    return [m for channel in list(desk.box.workspace.channels) for m in desk.box.bot_messages(channel)]


def test_somebody_made_a_guest_while_known_to_us(sqlite_url: str) -> None:
    """Slack says so with user_change: from then on the channel they are in is not internal any more."""

    async def scenario(desk: Office) -> None:
        box = desk.box
        await box.say("U0PARTNER", "C0JOINT", SLIP)
        await desk.quiet()
        assert len(box.bot_messages("C0ALERTS")) == 1
        box.user("U0VP", name="Vera Petit", is_restricted=True)
        event = {"type": "user_change", "user": {"id": "U0VP", "team_id": HOME}, "event_ts": box.workspace.next_ts()}
        box.emit_to(box.workspace.home_install, event)
        await desk.quiet()
        assert [person.is_guest for person in desk.rows(Person, slack_id="U0VP")] == [True]
        await box.say("U0PARTNER", "C0JOINT", "We are blocked: the firewall rules on your side are still missing.")
        await desk.quiet()
        assert len(box.bot_messages("C0ALERTS")) == 1

    play(sqlite_url, scenario, trouble=True)
