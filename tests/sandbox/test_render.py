"""Posts as they read on a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

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
