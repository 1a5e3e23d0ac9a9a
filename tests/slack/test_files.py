"""Files and canvases: a file comes with its card once, only to one of our people, and a refusal is said."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.cards.card import Attachment, Card
from bot.cards.limits import BadCard
from bot.slack.errors import CanvasNotAllowed, FilesNotAllowed, MissingScope, NotAllowed, Rejected, UnknownOutcome
from models.delivery import DeliveryState
from models.store import Store
from sandbox.workspace import Message, StoredFile
from tests.slack.support import ALERTS, HOME, JOINT, Office, run

ICS = {"file": "checkin.ics"}


def _thread(office: Office) -> list[Message]:
    """The DM of Dana: the cards and what is in their threads."""
    return office.box.dms("U0PM")


def _files(office: Office) -> list[StoredFile]:
    return office.box.files("checkin.ics")


def _times_shared(office: Office) -> int:
    return sum(file["name"] == "checkin.ics" for message in _thread(office) for file in message.files)


def test_a_card_is_posted_and_its_file_into_its_thread(store: Store) -> None:
    async def scenario(office: Office) -> None:
        office.put("invite", params=ICS)
        await office.send()
        card, reply = _thread(office)
        assert reply.thread_ts == card.ts == office.row("invite").ts
        [file] = _files(office)
        assert (file.title, file.content) == ("Title of checkin.ics", b"made of the partner slipped")
        assert office.settled == [("sent", "invite")]

    run(store, scenario)


def test_in_a_thread_the_file_goes_into_that_thread(store: Store) -> None:
    async def scenario(office: Office) -> None:
        parent = await office.box.dm("U0PM", "qbr deck Acme")
        office.put("deck", params=ICS, thread_ts=parent)
        await office.send()
        assert [message.thread_ts for message in _thread(office)] == [parent] * 3

    run(store, scenario)


def test_an_edit_brings_no_second_file(store: Store) -> None:
    async def scenario(office: Office) -> None:
        original = office.put("invite", params=ICS)
        await office.send()
        office.words = "moved to Friday"
        office.put("invite:v2", params=ICS, updates=original)
        await office.send()
        assert _times_shared(office) == 1
        assert "Friday" in _thread(office)[0].text

    run(store, scenario)


@pytest.mark.parametrize("target", [ALERTS, JOINT])
def test_no_channel_gets_a_file(store: Store, target: str) -> None:
    async def scenario(office: Office) -> None:
        office.put("wrong", target, params=ICS)
        await office.send()
        assert office.row("wrong").state == DeliveryState.DEAD
        assert "direct message" in office.row("wrong").error
        assert office.posted("wrong") == [] and not office.box.calls("files.*")
        assert _files(office) == []

    run(store, scenario)


@pytest.mark.parametrize("kind", ["429", "500", "500_after", "drop_before", "drop_after"])
@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"])
def test_every_fault_of_the_wire_ends_in_exactly_one_card_with_one_file(store: Store, method: str, kind: Any) -> None:
    async def scenario(office: Office) -> None:
        office.box.faults.add(method, kind, times=1, retry_after=20)
        office.put("invite", params=ICS)
        for _ in range(3):
            await office.send()
            office.later(25)
        assert len(office.posted("invite")) == 1
        assert _times_shared(office) == 1
        assert office.row("invite").state == DeliveryState.SENT
        assert office.settled == [("sent", "invite")]

    run(store, scenario)


def test_a_file_slack_shows_late_is_waited_for_not_sent_again(store: Store) -> None:
    async def scenario(office: Office) -> None:
        office.box.share_delay = 0.1
        office.box.faults.add("files.completeUploadExternal", "drop_after", times=1)
        office.put("invite", params=ICS)
        await office.send()
        assert _times_shared(office) == 0
        office.later(5)
        assert await office.send() == 0
        await asyncio.sleep(0.2)
        office.later(20)
        await office.send()
        assert office.row("invite").state == DeliveryState.SENT
        assert _times_shared(office) == 1

    run(store, scenario)


def test_somebody_elses_file_of_that_name_is_not_taken_for_ours(store: Store) -> None:
    async def scenario(office: Office) -> None:
        office.box.faults.add("upload", "500", times=1)
        office.put("invite", params=ICS)
        await office.send()
        [card] = _thread(office)
        theirs = [{"id": "F1", "name": "checkin.ics", "user": "U0PM"}]
        await office.box.say("U0PM", card.channel, "mine", card.ts, files=theirs)
        office.later(10)
        await office.send()
        assert len(_files(office)) == 1

    run(store, scenario)


@pytest.mark.parametrize(
    ("error", "said"),
    [("missing_scope", "lacks the Slack scope"), ("file_uploads_disabled", "Ask a Slack administrator")],
)
def test_a_file_slack_never_takes_is_said_under_the_card(store: Store, error: str, said: str) -> None:
    async def scenario(office: Office) -> None:
        office.box.faults.add("files.getUploadURLExternal", "error", error=error)
        office.put("invite", params=ICS)
        await office.send()
        await office.send()
        card, note = _thread(office)
        assert office.row("invite").state == DeliveryState.SENT
        assert office.settled[0] == ("sent", "invite")
        assert note.thread_ts == card.ts
        assert said in office.row("invite:note").params["text"]
        assert len(office.box.calls("files.getUploadURLExternal")) == 0

    run(store, scenario)


def test_when_slack_is_down_for_long_the_card_stays_and_the_missing_file_is_said(store: Store) -> None:
    async def scenario(office: Office) -> None:
        office.box.faults.add("upload", "500")
        office.put("invite", params=ICS)
        for _ in range(4):
            await office.send(office.outbox(give_up_after=3))
            office.later(60)
        assert office.row("invite").state == DeliveryState.SENT
        assert len(office.posted("invite")) == 1 and _files(office) == []
        assert "Ask me for it again" in office.row("invite:note").params["text"]

    run(store, scenario)


@pytest.mark.parametrize("attempts", [1, 5])
def test_an_upload_ends_with_its_lease(store: Store, attempts: int) -> None:
    async def scenario(office: Office) -> None:
        slow = office.box.faults.add("upload", "delay", before_s=0.7, times=1)
        office.put("invite", params=ICS)
        await office.send(office.outbox(lease=timedelta(seconds=0.7), give_up_after=attempts))
        assert slow.fired == 1 and _times_shared(office) == 0
        assert office.row("invite").state == (DeliveryState.SENT if attempts == 1 else DeliveryState.PENDING)
        office.later(25)
        await office.send()
        assert office.row("invite").state == DeliveryState.SENT
        assert _times_shared(office) == (attempts > 1)
        assert ("failed", "invite") not in office.settled

    run(store, scenario)


def test_no_answer_loses_a_file_in_silence(store: Store) -> None:
    card = Card("x", attachment=Attachment("a.ics", "a", lambda: b"x"))

    async def scenario(office: Office) -> None:
        channel = office.box.im("U0PM")
        with pytest.raises(BadCard):
            await office.gateway.ephemeral(HOME, channel, "U0PM", card)
        with pytest.raises(BadCard):
            await office.gateway.respond(f"{office.box.base_url}/commands/T0HOME/x", card)
        with pytest.raises(BadCard):
            await office.gateway.post(HOME, channel, card, key="k")

    run(store, scenario)


def test_a_canvas_is_made_and_shared_with_its_readers(store: Store) -> None:
    async def scenario(office: Office) -> None:
        made = await office.gateway.create_canvas(HOME, "QBR Globex", "# Q4\n- 3 wins", share_with={"U0SM", "U0PM"})
        [canvas] = office.box.canvases()
        assert (canvas.id, canvas.title, canvas.markdown) == (made.id, "QBR Globex", "# Q4\n- 3 wins")
        assert canvas.access == {"U0PM": "read", "U0SM": "read"}
        assert made.url == f"https://home.slack.com/docs/T0HOME/{made.id}"

    run(store, scenario)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("free_teams_cannot_create_non_tabbed_canvases", CanvasNotAllowed),
        ("canvas_disabled_user_team", CanvasNotAllowed),
        ("restricted_action", NotAllowed),
        ("missing_scope", MissingScope),
        ("canvas_creation_failed", Rejected),
        ("internal_error", UnknownOutcome),
    ],
)
def test_why_there_is_no_canvas(store: Store, error: str, kind: type[Exception]) -> None:
    async def scenario(office: Office) -> None:
        fault = office.box.faults.add("canvases.create", "error", error=error)
        with pytest.raises(kind) as refused:
            await office.gateway.create_canvas(HOME, "QBR", "x", share_with={"U0PM"})
        assert type(refused.value) is kind and fault.fired == 1
        assert office.box.canvases() == []

    run(store, scenario)


def test_a_scope_that_was_not_granted_is_told_from_a_workspace_that_forbids(store: Store) -> None:
    async def scenario(office: Office) -> None:
        with pytest.raises(MissingScope) as canvas:
            await office.gateway.create_canvas(HOME, "QBR", "x")
        assert canvas.value.needed == "canvases:write"
        with pytest.raises(MissingScope) as file:
            await office.gateway.upload(HOME, office.box.im("U0PM"), "1.0", "a.ics", b"x", "a")
        assert file.value.needed == "files:write"
        assert not issubclass(MissingScope, NotAllowed) and issubclass(FilesNotAllowed, NotAllowed)

    run(store, scenario, scopes={"chat:write", "im:write"})
