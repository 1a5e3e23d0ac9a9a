"""Business reviews as people ask for them: figures at once, the deck by direct message, the appointment to its end."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from pptx import Presentation

from bot.desk.rights import NOT_OURS
from models.base import row_id
from models.calendar import ActionItem, Qbr
from models.escalations import Proposal
from models.partners import Account, Opportunity, OpportunityPartner, Partner, PartnerTarget
from sandbox.interactions import Result
from sandbox.workspace import Message
from tests.wire.office import HOME, Office, play


def books(desk: Office) -> None:
    """120 % of Q4 2025's quota, one new logo, a deal of 250 thousand to close in Q1; and a rival with its own."""
    with desk.desk.services.store.write(HOME) as uow:
        globex, rival = uow.find(Partner, name="Globex Consulting"), uow.find(Partner, name="Initech")
        assert globex is not None and rival is not None
        uow.add(
            PartnerTarget(
                workspace_id=HOME, partner_id=row_id(globex), period="Q4 2025", amount=Decimal(100_000), currency="USD"
            )
        )  # fmt: skip
        for partner, name, amount, closed, closes in (
            (globex, "Umbrella ERP", 120_000, date(2025, 11, 3), None),
            (globex, "Umbrella CRM", 250_000, None, date(2026, 3, 30)),
            (rival, "Secret Deal", 999_000, date(2025, 11, 3), None),
        ):  # fmt: skip
            account = uow.find(Account, name=f"{name} Inc") or uow.add(Account(workspace_id=HOME, name=f"{name} Inc"))
            deal = uow.add(
                Opportunity(
                    workspace_id=HOME, external_id=name, account_id=row_id(account), name=name, amount=Decimal(amount),
                    currency="USD", type="net_new", opened_on=date(2025, 10, 7), closed_on=closed, close_on=closes,
                    is_won=True if closed else None,
                )
            )  # fmt: skip
            uow.add(
                OpportunityPartner(
                    workspace_id=HOME, opportunity_id=row_id(deal), partner_id=row_id(partner), role="sourced"
                )
            )  # fmt: skip


def last(desk: Office, user: str = "U0PM") -> Message:
    return desk.box.ephemerals(user, "C0JOINT")[-1]


def test_run_qbr_answers_at_once_and_each_figure_opens_its_rows(database: str) -> None:
    async def scenario(desk: Office) -> None:
        books(desk)
        said = await desk.pm("U0PM", "Run QBR for Globex covering Q4")
        assert "QBR GLOBEX CONSULTING, Q4 2025" in said
        assert "120 % to quota, 1 new logo, Q1 pipeline $250K" in said
        assert "[Deck (PowerPoint)]" in said
        assert "Secret" not in said
        assert desk.rows(Proposal) == [], "it only looks: nothing to confirm"
        pack = last(desk)
        assert "table" in str(pack.blocks) and "data_visualization" in str(pack.blocks)
        [place] = {option["value"].split("|")[0] for block in pack.blocks for element in block.get("elements", [])
                   for option in element.get("options", [])}  # fmt: skip
        result = await desk.box.click("U0PM", pack.channel, pack.ts, "qbr_rows", option=f"{place}|won")
        rows = await desk.answer(result, "U0PM")
        assert "Won towards quota, Globex Consulting, Q4 2025: 1" in rows
        assert "Umbrella ERP" in rows
        assert "Secret Deal" not in rows

    play(database, scenario)


def test_the_deck_comes_once_by_direct_message(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        books(desk)
        assert "sent it to you by direct message" in await desk.pm("U0PM", "qbr deck Globex Q4")
        card, _file = desk.cards("U0PM")
        assert "120 % to quota, 1 new logo, Q1 pipeline $250K" in desk.read(card)
        [file] = desk.box.files("qbr-globex-consulting-q4-2025.pptx")
        deck = Presentation(io.BytesIO(file.content or b""))
        words = [cell.text for slide in deck.slides for shape in slide.shapes if shape.has_table
                 for row in shape.table.rows for cell in row.cells]  # fmt: skip
        assert "Umbrella ERP" in words
        assert not any("Secret" in each or "Initech" in each for each in words)
        await desk.quiet()
        assert len(desk.box.files()) == 1

    play(sqlite_url, scenario)


def test_a_canvas_where_slack_allows_one(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        books(desk)
        await desk.pm("U0PM", "run QBR for Globex Q4")
        pack = last(desk)
        made = await desk.box.click("U0PM", pack.channel, pack.ts, "qbr_canvas")
        assert "Only you can read it until you share it." in await desk.answer(made, "U0PM")
        [canvas] = desk.box.canvases()
        assert "120 % to quota" in canvas.markdown
        assert "Secret" not in canvas.markdown
        desk.box.faults.add("canvases.create", "error", error="canvas_disabled_user_team")
        refused = await desk.box.click("U0PM", pack.channel, pack.ts, "qbr_canvas")
        assert "The deck works without it." in await desk.answer(refused, "U0PM")

    play(sqlite_url, scenario)


def test_scheduled_held_closed(database: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.quiet()
        said = await desk.pm("U0PM", "schedule QBR with Globex on 14 April at 10:00 with <@U0SM>")
        assert "Set the QBR of" in said
        assert "Sam Ortiz will be reminded 14, 7, 3 and 1 days before" in said
        assert "Nothing is done until you press Schedule." in said
        assert {row.state for row in desk.rows(Qbr)} == {"due"}
        await desk.click("U0PM", last(desk), "proposal_approve")
        assert "is set for Tue 14 Apr 10:00" in desk.read(last(desk))
        result = await desk.box.click("U0PM", "C0JOINT", last(desk).ts, "qbr_calendar")
        await desk.answer(result, "U0PM")
        [file] = desk.box.files()
        assert file.content is not None
        assert b"BEGIN:VCALENDAR" in file.content
        assert b"Sam Ortiz" in file.content
        await desk.later(days=35)
        [row] = [row for row in desk.rows(Qbr) if row.starts_at is not None]
        assert row.state == "prepared"
        early = await desk.pm("U0PM", "close the Globex QBR")
        assert "is not marked as held yet" in early
        result = await desk.box.click("U0PM", "C0JOINT", last(desk).ts, "request_0")
        assert not result.error
        await desk.quiet()
        said = await fill(desk, {"day": "2026-04-14", "people": ["U0SM"]})
        assert "is marked as held on 14 Apr 2026." in said
        assert desk.rows(Qbr, id=row.id)[0].state == "held"
        await desk.box.slash("U0PM", "C0JOINT", "/pm", "close the Globex QBR")
        await desk.quiet()
        action = {"what0": "Send the price list", "owner0": "U0SM", "due0": "2026-05-04"}
        half = await submit(desk, action | {"what1": "Book a room", "next": "2026-07-14"})
        assert "'owner1': 'Who sees to it?'" in str(half.ack)
        assert desk.rows(ActionItem) == []
        said = await fill(desk, action | {"what1": "", "next": "2026-07-14"})
        assert "1 action will be followed up. The next one, on Q2 2026, is set for Tue 14 Jul 10:00." in said
        assert desk.rows(Qbr, id=row.id)[0].state == "closed"
        [done] = desk.rows(ActionItem)
        assert (done.what, done.owner, done.due_on) == ("Send the price list", "U0SM", date(2026, 5, 4))
        following = desk.rows(Qbr, partner_id=row.partner_id, state="scheduled")
        assert [each.on for each in following] == [date(2026, 7, 14)]

    play(database, scenario)


def test_skipped_with_a_reason_or_asked_for_one(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.quiet()
        said = await desk.confirm("U0PM", "skip the Globex QBR because they merged teams")
        assert "is skipped (they merged teams)." in said
        assert "is due by" in said
        await desk.box.slash("U0PM", "C0JOINT", "/pm", "skip the Initech QBR")
        await desk.quiet()
        assert "is skipped (no news)." in await fill(desk, {"reason": "no news"})
        assert sorted(row.state for row in desk.rows(Qbr)) == ["due", "due", "skipped", "skipped"]
        shown = await desk.pm("U0PM", "qbrs")
        assert "2 OPEN QBRS" in shown
        assert "Initech" in shown

    play(sqlite_url, scenario)


async def submit(desk: Office, values: Mapping[str, object]) -> Result:
    view = desk.box.modal("U0PM")
    assert view is not None
    return await desk.box.submit_view("U0PM", view["id"], dict(values))


async def fill(desk: Office, values: Mapping[str, object]) -> str:
    """Fill in the form in front of Dana; what she is told then."""
    result = await submit(desk, values)
    assert not result.error
    await desk.quiet()
    return desk.read(last(desk))


def test_outsiders_get_nothing(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        books(desk)
        assert await desk.pm("U0PARTNER", "run QBR for Globex Q4") == NOT_OURS
        said = await desk.pm("U0PM", "run QBR for Acme Corp Q4")
        assert "Acme Corp is a customer account." in said
        said = await desk.pm("U0PM", "run QBR Q4", "C0OFFICE")
        assert "With which partner?" in said
        assert "[Globex Consulting] [Initech]" in said
        await desk.answer(
            await desk.box.click("U0PM", "C0OFFICE", desk.box.ephemerals("U0PM", "C0OFFICE")[-1].ts, "request_1"),
            "U0PM",
        )
        assert "QBR INITECH, Q4 2025" in desk.read(desk.box.ephemerals("U0PM", "C0OFFICE")[-1])
        said = await desk.pm("U0NEW", "schedule QBR with Globex on 14 April at 10:00")
        assert "Dana Park arranges the QBRs with Globex Consulting" in said

    play(sqlite_url, scenario)
