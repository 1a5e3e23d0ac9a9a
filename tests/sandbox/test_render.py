"""Posts as they read on a terminal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.render import Renderer
from tests.sandbox.support import button, client, run, workspace


def test_a_card_reads_like_a_card() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            at = int(datetime(2026, 3, 14, 9, 30, tzinfo=UTC).timestamp())
            when = f"<!date^{at}^{{date_short}} {{time}}|14 March>"
            blocks: list[dict[str, Any]] = [
                {"type": "header", "text": {"type": "plain_text", "text": "Partner risk"}},
                {
                    "type": "section",
                    "text": {
                        "type": "mrkdwn",
                        "text": f"&gt; we &lt;slip&gt; &amp; stop\nby <@U0GX> in <#C0JOINT>, {when}",
                    },
                },
                {"type": "context", "elements": [{"type": "mrkdwn", "text": "<https://x.example/p1|the message>"}]},
                {
                    "type": "actions",
                    "elements": [button("ack", "Acknowledge", "1"), button("resolve", "Resolve", "1")],
                },
            ]
            await client(box).chat_postMessage(channel="U0PM", text="risk", blocks=blocks)
            [message] = box.dms("U0PM")
            renderer = Renderer(box.workspace, "Europe/Berlin")
            assert renderer.message(message).splitlines() == [
                "PARTNER RISK",
                "│ we <slip> & stop",
                "by @Gil Xu in #globex-acme, Mar 14, 2026 10:30",
                "the message (https://x.example/p1)",
                "[Acknowledge] [Resolve]",
            ]
            assert renderer.header(message).startswith("partnerdesk in DM with Dana Park, ")

    run(scenario)


def test_plain_text_reactions_and_rich_text() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            ts = await box.say("U0GX", "C0JOINT", "see <https://x.example|this>, <@U0PM>")
            await box.react("U0PM", "C0JOINT", ts, "eyes")
            rendered = Renderer(box.workspace).message(box.messages("C0JOINT")[0])
            assert rendered == "see this (https://x.example), @Dana Park\n:eyes: 1"

    run(scenario)


def test_dates_are_told_in_the_readers_zone_and_menus_by_their_label() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            now = box.clock.now()
            dates = [
                {"type": "date", "timestamp": int(at.timestamp()), "format": form, "fallback": "then"}
                for at in (now, now + timedelta(days=1), now + timedelta(days=3))
                for form in ("{date_short_pretty} at {time}; ", "{date_short}; ")
            ]
            link = {"type": "link", "url": "https://x.example/p1", "text": "Open"}
            menu = {
                "type": "static_select",
                "action_id": "snooze",
                "placeholder": {"type": "plain_text", "text": "Snooze"},
                "options": [{"text": {"type": "plain_text", "text": "1 day"}, "value": "24"}],
            }
            section = {"type": "rich_text_section", "elements": [*dates, link]}
            blocks: list[dict[str, Any]] = [
                {"type": "rich_text", "elements": [section]},
                {"type": "actions", "elements": [menu]},
            ]
            await client(box).chat_postMessage(channel="U0PM", text="risk", blocks=blocks)
            [message] = box.dms("U0PM")
            local = [(now + timedelta(days=days)).astimezone(ZoneInfo("America/New_York")) for days in (0, 1, 3)]
            days = [f"{at:%b} {at.day}, {at.year}" for at in local]
            clock = f"{local[0]:%H:%M}"
            shown = Renderer(box.workspace, "America/New_York", addresses=False).message(message).splitlines()
            assert shown == [
                f"today at {clock}; {days[0]}; tomorrow at {clock}; {days[1]}; {days[2]} at {clock}; {days[2]}; Open ↗",
                "[Snooze ▾]",
            ]

    run(scenario)


def test_tables_and_charts_are_their_figures() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            cells = [
                [{"type": "raw_text", "text": word} for word in row] for row in (["Partner", "Risks"], ["GX", "3"])
            ]
            pie = {"type": "pie", "segments": [{"label": "Gold", "value": 1250.5}]}
            axis = {"categories": ["Q1", "Q2"]}
            data = [{"label": "Q1", "value": 1000}, {"label": "Q2", "value": 2}]
            line = {"type": "line", "series": [{"name": "Won", "data": data}], "axis_config": axis}
            blocks: list[dict[str, Any]] = [
                {"type": "table", "rows": cells},
                {"type": "data_visualization", "title": "By tier", "chart": pie},
                {"type": "data_visualization", "title": "Over time", "chart": line},
            ]
            await client(box).chat_postMessage(channel="U0PM", text="figures", blocks=blocks)
            assert Renderer(box.workspace).message(box.dms("U0PM")[0]).splitlines() == [
                "Partner  Risks",
                "GX       3",
                "By tier (pie chart)",
                "Gold  1,250.5",
                "Over time (line chart)",
                "    Won",
                "Q1  1,000",
                "Q2  2",
            ]

    run(scenario)
