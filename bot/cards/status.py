"""`/pm status`: what is watched, what is open, and whether the engine is well."""

from __future__ import annotations

from bot.cards import text, words
from bot.cards.blocks import Piece, bold, bullets, footer, header, line, rich, when
from bot.cards.card import Card
from bot.desk.views import ChannelView, StatusView

_CHANNELS = 20
# A message that waits longer than this is worth saying so: the outbox posts one a second per channel.
_LATE_SECONDS = 300


def status_card(view: StatusView) -> Card:
    watched = [channel for channel in view.channels if channel.watched]
    reads = f"{text.count(len(watched), 'channel')} watched."
    counts = (
        f"{text.count(view.open_risks, 'open risk')}, {text.count(view.open_commitments, 'open commitment')},"
        f" {text.count(view.open_escalations, 'escalation')} nobody has acknowledged."
    )
    listed = rich(line("I read only the channels you tell me to. In a channel, type: /pm watch <partner>"))
    if watched:
        listed = rich(bullets(*(_channel(channel) for channel in watched[:_CHANNELS])))
    more = f"{len(watched) - _CHANNELS} more channels not shown." if len(watched) > _CHANNELS else ""
    blocks = [
        header("Status"),
        rich(line(bold(reads), " " + counts), line(bold("Health: "), health(view))),
        listed,
        footer(f"Reader: {view.reader}", f"Policy {view.policy_version}", more),
    ]
    return Card(text=text.own(f"{reads} {counts} Health: {health(view)}", 400), blocks=blocks)


def health(view: StatusView) -> str:
    """One sentence: well, or what is wrong."""
    wrong = []
    if view.dead_deliveries:
        wrong.append(f"{text.count(view.dead_deliveries, 'message')} could not be delivered")
    if view.oldest_waiting_s is not None and view.oldest_waiting_s > _LATE_SECONDS:
        waiting = text.count(view.waiting_deliveries, "message")
        wrong.append(f"{waiting} waiting, the oldest for {int(view.oldest_waiting_s // 60)} minutes")
    if not wrong:
        return "everything sent is delivered."
    return "; ".join(wrong) + ". Ask whoever runs me to look at `partnerdesk doctor`."


def _channel(channel: ChannelView) -> list[Piece]:
    last: list[Piece] = ["; nothing read yet"]
    if channel.last_message_at:
        last = ["; last message ", when(channel.last_message_at)]
    about = words.subject(channel.partner, channel.account)
    return [{"type": "channel", "channel_id": channel.slack_id}, f" for {about}", *last]
