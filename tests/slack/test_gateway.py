"""What each answer of Slack becomes: the typed problem decides whether a message may be sent again without looking."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.cards.card import Card
from bot.slack import errors
from bot.slack.errors import RateLimited, Rejected, SlackProblem, UnknownOutcome, problem
from bot.slack.gateway import Gateway
from bot.slack.pacing import Pacer
from bot.slack.tokens import OneToken
from models.store import Store
from tests.slack.support import ALERTS, GLOBEX, HOME, JOINT, Office, answering, run

CARD = Card(text="hello")


@pytest.mark.parametrize(
    ("status", "body", "kind", "passing"),
    [
        (429, {}, errors.RateLimited, True),
        (200, {"ok": False, "error": "ratelimited"}, errors.RateLimited, True),
        (500, {}, errors.UnknownOutcome, True),
        (503, "<html>", errors.UnknownOutcome, True),
        (408, {}, errors.UnknownOutcome, True),
        (200, {}, errors.UnknownOutcome, True),
        (200, {"ok": False, "error": "internal_error"}, errors.UnknownOutcome, True),
        (200, {"ok": False, "error": "fatal_error"}, errors.UnknownOutcome, True),
        (200, {"ok": False, "error": "service_unavailable"}, errors.UnknownOutcome, True),
        (200, {"ok": False, "error": "channel_not_found"}, errors.ChannelGone, False),
        (200, {"ok": False, "error": "is_archived"}, errors.ChannelGone, False),
        (200, {"ok": False, "error": "not_in_channel"}, errors.NotInChannel, False),
        (200, {"ok": False, "error": "user_not_visible"}, errors.PersonGone, False),
        (200, {"ok": False, "error": "invalid_blocks"}, errors.InvalidContent, False),
        (200, {"ok": False, "error": "message_not_found"}, errors.MessageGone, False),
        (200, {"ok": False, "error": "expired_trigger_id"}, errors.Expired, False),
        (200, {"ok": False, "error": "invalid_auth"}, errors.TokenRevoked, True),
        (200, {"ok": False, "error": "missing_scope", "needed": "im:write"}, errors.MissingScope, True),
        (200, {"ok": False, "error": "something_new"}, errors.Rejected, False),
        (403, {}, errors.Rejected, False),
    ],
)
def test_the_kind_of_problem(status: int, body: Any, kind: type[SlackProblem], passing: bool) -> None:
    found = problem("chat.postMessage", status, body)
    assert (type(found), found.passing) == (kind, passing)
    assert isinstance(found, Rejected) != isinstance(found, UnknownOutcome)
    assert found.sentence.endswith(".") and "Traceback" not in found.sentence


def test_a_missing_scope_names_it_and_the_next_step() -> None:
    found = problem("chat.postMessage", 200, {"ok": False, "error": "missing_scope", "needed": "im:write"})
    assert "im:write" in found.sentence and "reinstall" in found.sentence


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), (None, 30.0), ("soon", 30.0), ("-1", 0.0)])
def test_retry_after(header: str | None, seconds: float) -> None:
    found = problem("chat.postMessage", 429, {}, header)
    assert isinstance(found, RateLimited) and found.retry_after == seconds


@pytest.mark.parametrize(
    ("body", "options", "kind"),
    [
        ({"ok": False, "error": "not_in_channel"}, {}, errors.NotInChannel),
        ({"ok": False, "error": "ratelimited"}, {"status": 429, "headers": {"Retry-After": "9"}}, RateLimited),
        ({"ok": False}, {"status": 502}, UnknownOutcome),
        ("<html>down</html>", {"status": 503, "content_type": "text/html"}, UnknownOutcome),
        ("<html>a proxy</html>", {"content_type": "text/html"}, UnknownOutcome),
        ("{not json", {"content_type": "application/json"}, UnknownOutcome),
    ],
)
def test_answers_over_the_wire(body: Any, options: dict[str, Any], kind: type[SlackProblem]) -> None:
    async def main() -> None:
        async with answering(body, **options) as gateway:
            with pytest.raises(kind):
                await gateway.post(HOME, ALERTS, CARD, key="k")

    asyncio.run(main())


def test_nobody_listening_is_an_unknown_outcome() -> None:
    async def main() -> None:
        gateway = Gateway(OneToken("xoxb-test"), api_url="http://127.0.0.1:9/api", timeout=1.0)
        with pytest.raises(UnknownOutcome):
            await gateway.post(HOME, ALERTS, CARD, key="k")
        await gateway.close()

    asyncio.run(main())


def wire(scenario: Callable[[Office], Awaitable[None]], sqlite_url: str) -> None:
    store = Store(sqlite_url)
    run(store, scenario)
    store.dispose()


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "500", "429"])
def test_a_post_is_sent_once_and_a_read_until_it_is_answered(sqlite_url: str, kind: Any) -> None:
    async def scenario(office: Office) -> None:
        fault = office.box.faults.add("chat.postMessage", kind)
        with pytest.raises(SlackProblem):
            await office.gateway.post(HOME, ALERTS, CARD, key="k")
        assert fault.fired == 1
        read = office.box.faults.add("conversations.info", kind, times=1)
        assert (await office.gateway.channel_info(HOME, ALERTS)).id == ALERTS
        assert read.fired == 1

    wire(scenario, sqlite_url)


def test_a_read_gives_up_when_slack_asks_for_more_patience_than_there_is(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        fault = office.box.faults.add("users.info", "429", retry_after=60)
        with pytest.raises(RateLimited):
            await office.gateway.user(HOME, "U0PM")
        assert fault.fired == 1

    wire(scenario, sqlite_url)


def test_what_a_channel_and_its_people_look_like(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        joint = await office.gateway.channel_info(HOME, JOINT)
        assert joint.is_ext_shared and joint.outside_teams == {GLOBEX} and not joint.pending_teams
        assert [page async for page in office.gateway.members(HOME, JOINT)] == [["U0PM", "U1GLOBEX", "U0BOT"]]
        guest = await office.gateway.user(HOME, "U0GUEST")
        assert (guest.is_guest, guest.team_id, guest.is_bot) == (True, HOME, False)
        assert (await office.gateway.user(HOME, "U1GLOBEX")).team_id == GLOBEX
        me = await office.gateway.identity(HOME)
        assert (me.bot_user, me.team_id) == (office.box.bot_user_id, HOME)
        channel = await office.gateway.open_dm(HOME, "U0PM")
        assert channel == office.box.im("U0PM")
        assert (await office.gateway.channel_info(HOME, channel)).im_user == "U0PM"

    wire(scenario, sqlite_url)


def test_the_small_calls(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        ts = await office.box.say("U0PM", ALERTS, "look at this")
        await office.gateway.react(HOME, ALERTS, ts, "eyes")
        await office.gateway.react(HOME, ALERTS, ts, "eyes")
        assert office.box.messages(ALERTS)[0].reactions == {"eyes": [office.box.bot_user_id]}
        assert (await office.gateway.permalink(HOME, ALERTS, ts)).startswith("http")
        await office.gateway.ephemeral(HOME, ALERTS, "U0PM", CARD)
        assert [m.text for m in office.box.ephemerals("U0PM")] == ["hello"]
        await office.gateway.publish_home(HOME, "U0PM", {"type": "home", "blocks": []})
        assert len(office.box.calls("views.publish")) == 1 and office.box.home("U0PM")
        with pytest.raises(errors.NotInChannel):
            await office.gateway.ephemeral(HOME, ALERTS, "U0VP", CARD)

    wire(scenario, sqlite_url)


def test_a_key_is_only_found_in_its_own_channel_and_time(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        posted = await office.gateway.post(HOME, ALERTS, CARD, key="k")
        began = float(posted.ts)
        find = office.gateway.find_key
        assert await find(HOME, ALERTS, "k", oldest=began - 60) == posted.ts
        assert await find(HOME, ALERTS, "k", oldest=began + 1) is None
        assert await find(HOME, ALERTS, "other", oldest=0) is None
        assert await find(HOME, JOINT, "k", oldest=0) is None

    wire(scenario, sqlite_url)


def test_the_pacer_lets_a_burst_through_and_then_keeps_the_pace() -> None:
    async def main() -> None:
        loop, pacer = asyncio.get_running_loop(), Pacer(rate=2, burst=3)
        began = loop.time()
        for _ in range(3):
            await pacer.wait("C1")
        assert loop.time() - began < 0.45
        await pacer.wait("C2")
        assert loop.time() - began < 0.45
        await pacer.wait("C1")
        assert loop.time() - began > 0.45
        await pacer.wait("C1")
        assert loop.time() - began > 0.9

    asyncio.run(main())
