"""What was said while the bot was away arrives once, in order, whatever came live beside it."""

from __future__ import annotations

from datetime import timedelta

from bot.desk.threads import Sighting, sight
from bot.policy import load_policy
from bot.reading.reader import RulesReader
from bot.services import Services
from jobs.backfill import Backfill
from models.base import Workspace
from models.messages import Message
from models.partners import Channel
from models.receipts import NewReceipt
from models.store import Store
from tests.slack.support import HOME, JOINT, NOW, Office, run


class Inbox:
    """Keeps what was put in, once per key and per message."""

    def __init__(self) -> None:
        self.taken: list[NewReceipt] = []

    async def store(self, receipt: NewReceipt, /) -> bool:
        if any(
            receipt.key == other.key or (receipt.message_key and receipt.message_key == other.message_key)
            for other in self.taken
        ):
            return False
        self.taken.append(receipt)
        return True

    @property
    def words(self) -> list[str]:
        events = [receipt.payload["event"] for receipt in self.taken]
        return [event.get("message", event)["text"] for event in events]


def services(office: Office) -> Services:
    return Services(office.store, load_policy(), office.clock, RulesReader(), office.gateway)


def watch(office: Office) -> None:
    with office.store.system() as session:
        workspace = session.get_one(Workspace, HOME)
        workspace.bot_user, workspace.bot_id = office.box.bot_user_id, office.box.workspace.home_install.bot_id
        session.add(workspace)
    with office.store.write(HOME) as uow:
        uow.add(Channel(workspace_id=HOME, slack_id=JOINT, watched=True))


async def hear(office: Office, text: str, thread_ts: str | None = None) -> str:
    """Said while the bot listened: the desk has it."""
    ts = await office.box.say("U1GLOBEX", JOINT, text, thread_ts=thread_ts)
    seen = Sighting(JOINT, ts, thread_ts, "U1GLOBEX", "T0GLOBEX", text, True)
    sight(office.store, RulesReader(), HOME, seen, now=office.clock.now(), policy=load_policy())
    return ts


def test_what_was_missed_comes_in_order_and_only_that(store: Store) -> None:
    async def scenario(office: Office) -> None:
        watch(office)
        heard = await hear(office, "heard")
        root = await hear(office, "a thread")
        await office.box.say("U1GLOBEX", JOINT, "missed in the thread", thread_ts=root)
        office.later(3600)
        await office.box.say("U0PM", JOINT, "missed")
        await office.box.edit("U1GLOBEX", JOINT, heard, "heard, and changed since")
        office.put("own", JOINT, classification="shared", partner_id=1)
        await office.send()
        assert len(office.posted("own")) == 1
        await hear(office, "live, before the backfill came to it")
        inbox = Inbox()
        await Backfill(services(office), inbox)()
        assert inbox.words == ["heard, and changed since", "missed in the thread", "missed"]
        first = inbox.taken[1]
        assert (first.kind, first.workspace_id, first.lane) == ("event", HOME, f"{HOME}:{JOINT}")
        assert first.message_key == f"{HOME}:{JOINT}:{first.payload['event']['ts']}"
        assert first.payload["event"]["thread_ts"] == root
        assert inbox.taken[0].payload["event"]["subtype"] == "message_changed" and inbox.taken[0].message_key is None
        await Backfill(services(office), inbox)()
        assert len(inbox.taken) == 3

    run(store, scenario)


def test_what_was_said_before_the_watch_is_left_alone(store: Store) -> None:
    async def scenario(office: Office) -> None:
        await office.box.say("U1GLOBEX", JOINT, "before the watch")
        office.later(60)
        watch(office)
        with office.store.write(HOME) as uow:
            channel = uow.find(Channel, slack_id=JOINT)
            assert channel is not None
            channel.watched_since = office.clock.now()
        office.later(60)
        await office.box.say("U1GLOBEX", JOINT, "after it, while the bot was down")
        inbox = Inbox()
        await Backfill(services(office), inbox)()
        assert inbox.words == ["after it, while the bot was down"]
        assert inbox.taken[0].payload["backfilled"] is True

    run(store, scenario)


def test_a_thread_older_than_the_window_is_still_read(store: Store) -> None:
    async def scenario(office: Office) -> None:
        watch(office)
        root = await hear(office, "an old thread")
        office.later(timedelta(days=20).total_seconds())
        await hear(office, "and lively", thread_ts=root)
        await office.box.say("U1GLOBEX", JOINT, "missed in the old thread", thread_ts=root)
        inbox = Inbox()
        await Backfill(services(office), inbox)()
        assert inbox.words == ["missed in the old thread"]

    run(store, scenario)


def test_a_long_absence_is_read_page_by_page_through_429s_and_lost_answers(store: Store) -> None:
    async def scenario(office: Office) -> None:
        watch(office)
        await hear(office, "heard")
        for number in range(450):
            await office.box.say("U1GLOBEX", JOINT, f"missed {number}")
        office.box.faults.add("conversations.history", "429", retry_after=1, times=1)
        office.box.faults.add("conversations.history", "drop_after", times=1)
        inbox = Inbox()
        await Backfill(services(office), inbox)()
        assert inbox.words == [f"missed {number}" for number in range(450)]

    run(store, scenario)


def test_a_channel_that_cannot_be_read_does_not_stop_the_others(store: Store) -> None:
    async def scenario(office: Office) -> None:
        with office.store.write(HOME) as uow:
            uow.add(Channel(workspace_id=HOME, slack_id="C0GONE", watched=True, cursor_ts=f"{NOW.timestamp():.6f}"))
        watch(office)
        await hear(office, "heard")
        await office.box.say("U1GLOBEX", JOINT, "missed")
        inbox = Inbox()
        await Backfill(services(office), inbox)()
        assert inbox.words == ["missed"]

    run(store, scenario)


def test_a_channel_nobody_watches_is_not_read(store: Store) -> None:
    async def scenario(office: Office) -> None:
        watch(office)
        await hear(office, "heard")
        with office.store.write(HOME) as uow:
            channel = uow.find(Channel, slack_id=JOINT)
            assert channel is not None and len(uow.list(Message)) == 1
            channel.watched = False
        await office.box.say("U1GLOBEX", JOINT, "not ours to read")
        inbox = Inbox()
        await Backfill(services(office), inbox)()
        assert inbox.taken == [] and office.box.calls("conversations.history") == []

    run(store, scenario)
