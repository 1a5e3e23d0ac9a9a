"""What is logged: enough to run the bot by, and never anybody's words, a token, a trigger or a response URL."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest

from bot import log
from tests.wire.manners import SECRET
from tests.wire.office import Office, recorded, running, slack

SECRETS = ("quokka", "wallaby", "numbat", "dingo", "bandicoot")


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_no_words_and_no_secrets_at_any_level(sqlite_url: str, level: str) -> None:
    async def scenario() -> None:
        async with slack(trouble=True) as place:
            log.configure(level, json_lines=True, stream=place.log)
            async with running(place, sqlite_url, port=0) as desk:
                await everything(desk)
            lines = place.log.getvalue()
            assert len(lines.splitlines()) > 3
            assert [line[:300] for line in lines.splitlines() if any(word in line for word in SECRETS)] == []
            assert [line[:300] for line in lines.splitlines() if SECRET.search(line)] == []
            for line in lines.splitlines():
                assert isinstance(json.loads(line), dict)
            place.log.truncate(0)

    asyncio.run(scenario())


async def everything(desk: Office) -> None:
    """Much of what people do, and much of what can go wrong meanwhile."""
    box = desk.box
    ts = await box.say("U0PARTNER", "C0JOINT", "The quokka cutover is delayed.")
    await box.say("U0PM", "C0JOINT", f"<@{box.bot_user_id}> risks for wallaby")
    await box.dm("U0PM", "the numbat status please")
    await desk.quiet()
    await desk.pm("U0PM", "escalate dingo to <@U0VP>")
    await desk.click("U0SM", desk.cards("U0SM")[0], "risk_ack")
    await box.message_shortcut("U0PM", "C0JOINT", ts, "track_commitment")
    form = await box.wait_for(lambda: box.modal("U0PM"))
    await box.submit_view("U0PM", form["id"], {"user": "U0AE"})
    await desk.quiet()
    for method, kind in (("chat.update", "500"), ("chat.postMessage", "drop_after"), ("users.info", "429")):
        box.faults.add(method, kind, times=2)  # type: ignore[arg-type]  # a Literal in a tuple
    box.faults.add("chat.postEphemeral", "error", error="user_not_in_channel", times=1)
    await box.say("U0PARTNER", "C0JOINT", "The bandicoot interface is delayed.")
    await box.say("U0AE", "C0JOINT", f"<@{box.bot_user_id}> risks for wallaby")
    await box.edit("U0PARTNER", "C0JOINT", ts, "The wallaby cutover is delayed.")
    await box.delete("U0PARTNER", "C0JOINT", ts)
    await box.raw_event({"type": "event_callback", "event": {"type": "message", "text": "numbat", "channel": 7}})
    box.faults.add("chat.postMessage", "error", error="invalid_blocks", times=1)
    await desk.retry()
    await desk.later(hours=30)
    box.sockets.drop()
    await box.connected(timeout=15)
    await desk.later(hours=1)


def test_a_failure_of_the_database_does_not_print_what_was_to_be_stored(sqlite_url: str) -> None:
    """SQLAlchemy's errors quote the parameters of the statement unless told not to."""
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    from models.store import Store

    with recorded() as lines:
        store = Store(sqlite_url)
        try:
            with store.system() as session:
                session.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "the quokka slipped"})
        except SQLAlchemyError as error:
            logging.getLogger("test").error("failed", exc_info=error)
        finally:
            store.dispose()
        assert "nowhere" in lines.getvalue()
        assert "quokka" not in lines.getvalue()
