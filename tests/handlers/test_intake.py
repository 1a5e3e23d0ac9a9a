from __future__ import annotations

import asyncio
import copy
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text

from bot.clock import SystemClock
from handlers.intake import MISSHAPEN, is_echo, receipt_of, workspace_of
from handlers.work import LEASE
from models import receipts
from models.messages import ReceiptState
from models.store import Store
from sandbox import Sandbox
from tests.handlers.inbound import Desk, Inbox, connected, desk, message, rows, until

PAYLOADS = Path(__file__).parents[3] / "shared" / "specs" / "slack" / "payloads"


def test_receipt_is_committed_before_the_ack(store: Store) -> None:
    async def run() -> None:
        async with desk(store, Inbox()) as way_in:
            answer = await way_in.intake.answer(message())
            assert answer.status == 200
            assert [row.key for row in rows(store)] == ["Ev1"]

    asyncio.run(run())


def test_message_reaches_its_handler_once_and_its_words_are_dropped_then(store: Store) -> None:
    inbox = Inbox()

    async def run() -> None:
        async with desk(store, inbox) as way_in:
            for _ in range(3):  # Slack's redeliveries
                assert (await way_in.intake.answer(message())).status == 200

    asyncio.run(run())
    assert [received.payload for received in inbox.seen] == [message()]
    assert inbox.seen[0].workspace_id == "T0HOME"
    [row] = rows(store)
    assert row.state == ReceiptState.DONE
    assert row.payload == {}


def test_mention_and_message_are_one_receipt_whichever_comes_first(store: Store) -> None:
    inbox = Inbox()
    mention = message(2, ts="1700000000.000001") | {"event_id": "Ev9"}
    mention["event"]["type"] = "app_mention"

    async def run() -> None:
        async with desk(store, inbox) as way_in:
            answers = await asyncio.gather(*(way_in.intake.answer(one) for one in (message(1), mention)))
            assert [answer.status for answer in answers] == [200, 200]

    asyncio.run(run())
    assert len(inbox.seen) == 1


def test_edit_is_not_taken_for_the_message_it_edits(store: Store) -> None:
    inbox = Inbox()
    edit = message(2, subtype="message_changed", ts="1700000000.000001")

    async def run() -> None:
        async with desk(store, inbox) as way_in:
            await way_in.intake.answer(message(1))
            await way_in.intake.answer(edit)

    asyncio.run(run())
    assert len(inbox.seen) == 2


def test_concurrent_payloads_share_commits(store: Store) -> None:
    commits: list[int] = []
    sqlalchemy_event.listen(store.engine, "commit", lambda _connection: commits.append(1))

    async def run() -> None:
        opened = Desk(store, Inbox())
        await asyncio.gather(*(opened.intake.answer(message(n)) for n in range(200)))
        assert len(commits) <= 6  # the first alone, the rest together, and the worker's marks
        await opened.close()

    asyncio.run(run())
    assert len(rows(store)) == 200


def test_failed_commit_is_not_acked_and_the_redelivery_is_kept(store: Store) -> None:
    inbox = Inbox()
    with store.system() as session:
        session.connection().execute(text("ALTER TABLE receipt RENAME TO elsewhere"))

    async def run() -> None:
        async with desk(store, inbox) as way_in:
            assert (await way_in.intake.answer(message())).status == 503
            with store.system() as session:
                session.connection().execute(text("ALTER TABLE elsewhere RENAME TO receipt"))
            assert (await way_in.intake.answer(message())).status == 200

    asyncio.run(run())
    assert len(inbox.seen) == 1


def test_killed_between_commit_and_ack_it_is_handled_once(store: Store) -> None:
    """The dead process left a committed receipt; Slack redelivers to the next one, which adopts what was left."""
    inbox, now = Inbox(), SystemClock().now()
    left = receipt_of(message())
    assert left is not None
    with store.system() as session:
        receipts.insert(session, [left], owner="dead", now=now, lease=LEASE)

    async def run() -> None:
        async with desk(store, inbox, owner="next") as way_in:
            assert (await way_in.intake.answer(message())).status == 200
            assert await way_in.worker.adopt(now) == 0  # the lease of the dead one still runs
            assert await way_in.worker.adopt(now + LEASE) == 1

    asyncio.run(run())
    assert len(inbox.seen) == 1
    assert rows(store)[0].state == ReceiptState.DONE


def test_form_errors_travel_with_the_ack_and_nothing_is_stored(store: Store) -> None:
    body = {"type": "view_submission", "team": {"id": "T0HOME"}, "user": {"id": "U1"}, "trigger_id": "1.2", "view": {}}

    async def run() -> None:
        async with desk(store, Inbox(), errors={"due": "Pick a date."}) as way_in:
            answer = await way_in.intake.answer(body)
            assert json.loads(answer.body) == {"response_action": "errors", "errors": {"due": "Pick a date."}}

    asyncio.run(run())
    assert rows(store) == []


def test_own_messages_and_unwanted_events_are_acked_and_not_stored(store: Store) -> None:
    ignored = [
        message(1, user="U0BOT"),
        message(2, bot_profile={"app_id": "A0PD"}),
        message(3, subtype="message_changed", message={"user": "U0BOT", "text": "a card"}),
        message(4, type="pin_added"),
        {"type": "block_suggestion", "team": {"id": "T0HOME"}, "user": {"id": "U1"}},
        {"type": "something_new"},
        {},
    ]

    async def run() -> None:
        async with desk(store, Inbox()) as way_in:
            for body in ignored:
                assert (await way_in.intake.answer(body)).status == 200

    asyncio.run(run())
    assert rows(store) == []


def test_our_own_arrival_in_a_channel_is_no_echo() -> None:
    assert not is_echo(message(1, type="member_joined_channel", user="U0BOT"))


@pytest.mark.parametrize(
    ("body", "workspace"),
    [
        (message(), "T0HOME"),
        ({"team_id": "T1"}, "T1"),
        ({"team": {"id": "T1"}, "view": {"app_installed_team_id": "T2"}}, "T2"),
        ({"team": None, "user": {"team_id": "T3"}, "enterprise": {"id": "E1"}}, "T3"),
        ({"team": None, "is_enterprise_install": True, "enterprise": {"id": "E1"}, "user": {"id": "U"}}, "E1"),
        ({"authorizations": [{"team_id": None, "enterprise_id": "E9"}], "team_id": None}, "E9"),
    ],
)
def test_workspace_is_ours_not_the_other_company_s(body: dict[str, Any], workspace: str) -> None:
    assert workspace_of(body) == workspace


def test_what_a_database_cannot_hold_is_stored_all_the_same(store: Store) -> None:
    inbox = Inbox()
    hostile = message(1, text="nul \x00 half \ud83d infinite", user="U\x00", weight=float("inf"))
    hostile["event_id"] = "E" * 5000

    async def run() -> None:
        async with desk(store, inbox) as way_in:
            assert (await way_in.intake.answer(hostile)).status == 200
            assert (await way_in.intake.answer(message(2))).status == 200

    asyncio.run(run())
    assert len(inbox.seen) == 2


def test_over_socket_mode_everything_is_acked(sqlite_url: str) -> None:
    store, inbox = Store(sqlite_url), Inbox()

    async def run() -> None:
        async with await Sandbox.start(retry_delays=(0.0, 0.05)) as box:
            box.user("U0PM")
            box.channel("C0JOINT", members=["U0PM"])
            async with connected(box, store, inbox):
                await box.say("U0PM", "C0JOINT", f"<@{box.bot_user_id}> what is blocked?")
                result = await box.slash("U0PM", "C0JOINT", "/pm", "risks")
                assert result.error == ""
                await box.settled()
                await until(lambda: len(inbox.seen) == 2)
                again = await box.raw_event({"type": "event_callback", "event": [1, 2], "event_id": 7})
                await until(lambda: again.status == "acked")
            assert box.stats()["lost"] == 0
            assert box.stats()["timeouts"] == 0

    asyncio.run(run())
    store.dispose()
    assert sorted(received.kind for received in inbox.seen) == ["command", "event"]


# -- every payload we have, and what mutation makes of it -------------------------------------------------------------


def _samples() -> list[Any]:
    if not PAYLOADS.is_dir():
        return [message()]
    bodies = (_body(path) for path in sorted(PAYLOADS.glob("*.json")))
    return [message(), *(body for body in bodies if body is not None)]


def _body(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None


SAMPLES = _samples()
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def _paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(path for name, child in inner for path in _paths(child, (*here, name)))]


@st.composite
def mutants(draw: st.DrawFn) -> Any:
    """A sample with one to four of its values removed or replaced by something else."""
    body = copy.deepcopy(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(_paths(body)))
        if not path:
            return draw(JUNK)
        parent = body
        for step in path[:-1]:
            parent = parent[step]
        if draw(st.booleans()):
            del parent[path[-1]]
        else:
            parent[path[-1]] = draw(JUNK)
    return body


def test_every_sample_payload_is_acked(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with desk(store, Inbox()) as way_in:
            answers = await asyncio.gather(*(way_in.intake.answer(body) for body in SAMPLES))
            assert {answer.status for answer in answers} == {200}

    with caplog.at_level(logging.ERROR):
        asyncio.run(run())
    assert caplog.records == []


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=mutants())
def test_mutated_payload_never_raises_and_always_fits(body: Any) -> None:
    """Either a receipt that fits its columns, or one of the errors the intake turns into an ack."""
    try:
        receipt = receipt_of(body)
    except MISSHAPEN:
        return
    if receipt is not None:
        assert len(receipt.key) <= 255
        assert len(receipt.lane) <= 64
        assert len(receipt.workspace_id) <= 32
        assert receipt.message_key is None or len(receipt.message_key) <= 128


def test_mutated_payloads_are_stored_or_ignored_but_acked(store: Store) -> None:
    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    @given(bodies=st.lists(mutants(), min_size=3, max_size=3))
    def attempt(bodies: list[Any]) -> None:
        async def run() -> None:
            async with desk(store, Inbox()) as way_in:
                answers = await asyncio.gather(*(way_in.intake.answer(body) for body in bodies))
                assert {answer.status for answer in answers} == {200}

        asyncio.run(run())

    attempt()
