"""What somebody outside, or no longer inside, could make us do or learn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.cards.notice import notice_card
from bot.desk import handling, retention, risks
from bot.desk.export_scan import Told, in_words
from bot.desk.rights import NOT_OURS
from bot.slack.errors import Rejected
from bot.slack.gateway import SlackUser
from bot.slack.outbox import Outbox
from bot.slack.pacing import Pacer
from bot.slack.people import ensure_people, save_people
from handlers.sightings import sighting_of
from models.delivery import DeliveryState
from models.escalations import Handoff
from models.risks import Risk
from models.store import Store
from sandbox.workspace import Message
from tests.desk.world import HOME as WORLD_HOME
from tests.desk.world import World, build
from tests.handlers.office import Office as Desk
from tests.handlers.office import run as run_desk
from tests.handlers.test_http import client, post
from tests.slack.support import ALERTS, HOME, NOW, Office, run
from tests.wire.manners import stored_with


def test_a_colleague_who_became_a_guest_unheard_loses_every_right_within_minutes(sqlite_url: str) -> None:
    """The event that says so may be lost; a day of yesterday's rights is too long."""

    async def scenario(desk: Desk) -> None:
        assert NOT_OURS not in await desk.pm("U0PM", "risks", "C0OFFICE")
        desk.box.workspace.users["U0PM"].is_restricted = True
        desk.world.clock.advance(timedelta(minutes=11))
        assert NOT_OURS in await desk.pm("U0PM", "risks", "C0OFFICE")

    run_desk(sqlite_url, scenario)


def test_what_a_pulse_of_a_later_time_saw_is_no_proof_today(store: Store) -> None:
    """`tick --at` of next year looks people up "next year": nobody may stay trusted until then."""

    async def scenario(office: Office) -> None:
        await ensure_people(office, HOME, ["U0PM"], NOW + timedelta(days=365))
        office.box.workspace.users["U0PM"].is_restricted = True
        office.put("secret")
        await office.send()
        assert office.row("secret").state == DeliveryState.DEAD
        assert office.posted("secret") == []

    run(store, scenario)


def test_a_strangers_app_cannot_pass_its_message_off_as_our_delivery(store: Store) -> None:
    """Keys can be guessed, and any app in a channel can write metadata: only what we posted counts as posted."""

    async def scenario(office: Office) -> None:
        channel = office.box.workspace.channels[ALERTS]
        forged = Message(
            ts=f"{NOW.timestamp() - 5:.6f}", channel=ALERTS, user="U0BUILDBOT", text="all is well", team_id=HOME,
            bot_id="B0FORGER", metadata={"event_type": "partnerdesk_delivery", "event_payload": {"key": "risk:1"}},
        )  # fmt: skip
        channel.messages[forged.ts] = forged
        office.put("risk:1", ALERTS, attempts=1, first_try_at=NOW)
        await office.send()
        assert office.row("risk:1").ts != forged.ts
        assert office.posted("risk:1") == ["all is well", "notice: the partner slipped"]

    run(store, scenario)


class _AtTheGate(Pacer):
    """A turn that comes only after something else has happened."""

    def __init__(self, meanwhile: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._meanwhile = meanwhile

    async def wait(self, name: str) -> None:
        assert name == ALERTS
        await self._meanwhile()


def test_a_channel_shared_while_its_message_waits_for_its_turn_does_not_get_it(store: Store) -> None:
    async def scenario(office: Office) -> None:
        async def shared() -> None:
            await office.box.share(ALERTS, "T0INITECH")

        plain = office.outbox()
        outbox = Outbox(
            store, office.gateway, plain._policy, compose=office._compose, on_delivered=office._told("sent"),
            on_failed=office._told("failed"), clock=office.machine, pacer=_AtTheGate(shared),
        )  # fmt: skip
        office.put("secret", ALERTS)
        await office.send(outbox)
        assert office.row("secret").state == DeliveryState.DEAD
        assert office.posted("secret") == []

    run(store, scenario)


def test_an_answer_goes_to_slack_and_nowhere_else(store: Store) -> None:
    """A response_url that leads anywhere else is refused without a call."""
    called: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        called.append(request.path)
        return web.Response(text="ok")

    async def scenario(office: Office) -> None:
        app = web.Application()
        app.router.add_route("*", "/{any:.*}", elsewhere)
        async with TestServer(app) as server:
            for url in (
                str(server.make_url("/latest/meta-data")),
                f"https://hooks.slack.com@127.0.0.1:{server.port}/commands/T0HOME/1/a",
                f"http://127.0.0.1:{server.port}\\@hooks.slack.com/commands",
                "file:///etc/passwd",
                "",
            ):
                with pytest.raises(Rejected):
                    await office.gateway.respond(url, notice_card("an internal fact"))
        assert called == []

    run(store, scenario)


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"type":"event_callback","event":' + '{"a":' * 50_000, "payload=" + "[" * 100_000]
)
def test_nesting_without_end_is_refused_like_any_unsigned_request(store: Store, body: str) -> None:
    """Anybody can send this: it must not be an error of ours before the signature was even looked at."""

    async def main() -> None:
        async with client(store) as web_client:
            assert (await post(web_client, body, secret="not ours")).status == 401
            assert (await post(web_client, body)).status == 200

    asyncio.run(main())


@pytest.mark.parametrize("zone", ["US/Pacific-New", "../../etc/passwd"])
def test_a_zone_nobody_knows_keeps_nobody_from_being_read(store: Store, zone: str) -> None:
    world = build(store)
    user = SlackUser("U0PARTNER", "T0GLOBEX", "Pia", "", zone, False, False, True, False)
    save_people(store, WORLD_HOME, [user], world.clock.now())
    assert world.say("[risk delay] the cutover slips by two weeks")[1].risks


def test_characters_no_database_can_hold_do_not_stop_a_reading_of_history(store: Store) -> None:
    """History, shortcuts and reactions come past the inbox, which cleans what arrives."""
    world = build(store)
    row = {"ts": "1773237600.000100", "user": "U0PARTNER", "text": "[risk delay] the \0cutover \ud800slips"}
    seen = sighting_of(row, "C0JOINT")
    assert seen is not None and len(seen.text) == len(row["text"])
    _, result = world.say(seen.text)
    assert len(result.risks) == 1


def test_one_message_of_many_risks_is_no_flood(store: Store) -> None:
    world = build(store)
    topics = [f"{a}{b}{c}topic" for a in "abcd" for b in "abcd" for c in "abcd"]
    world.say("\n".join(f"[risk delay] the {topic} slips" for topic in topics))
    assert len(world.deliveries("escalation")) <= 3 * 20


def test_words_on_a_terminal_are_only_words() -> None:
    """An export holds what partners wrote: it must not command the operator's terminal."""
    told: dict[str, Any] = {
        "kind": "risk", "category": "delay", "owner": "\x1b[2J", "due": None, "routes": [], "ts": "1773237600.000100",
        "channel": "c\x07", "user": "U\x9b0m", "side": "partner", "rule": "r",
        "quote": "it slips\x1b]52;c;cm0gLXJmIC8K\x07 \x9b31m",
    }  # fmt: skip
    assert all(line.isprintable() for line in in_words(Told(told)).split("\n"))
    assert "it slips" in in_words(Told(told))


def test_words_passed_on_are_forgotten_with_what_they_were_about(store: Store) -> None:
    """Quotes are copied to handoffs, asks and proposals; there they end as well."""
    world = build(store)
    secret = "the zebra contract"
    said = (
        f"[technical] {secret} interface answers 500",
        f"[referral] {secret} needs somebody",
        f"[request] send {secret}",
    )
    root, _ = world.say("\n".join(said))
    world.say("All resolved now, it is fixed.", thread=root, by="U0AE")
    _close_everything(world)
    world.pass_time(days=world.policy.retention.quote_days + world.policy.retention.message_text_days + 30)
    with store.write(WORLD_HOME) as uow:
        retention.purge(uow, now=world.clock.now(), policy=world.policy)
    assert stored_with(store, "zebra") == []
    assert stored_with(store, "All resolved") == []


def _close_everything(world: World) -> None:
    now, policy = world.clock.now(), world.policy
    with world.store.write(WORLD_HOME) as uow:
        for risk in uow.list(Risk):
            risks.resolve(uow, risk.id or 0, actor="U0PM", now=now, policy=policy)
        for handoff in uow.list(Handoff):
            if handoff.closed_at is None:
                handling.done(uow, handoff.id or 0, actor="U0PM", now=now, policy=policy)
