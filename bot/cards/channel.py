"""Answers about watching a channel."""

from __future__ import annotations

from bot.cards import text
from bot.cards.blocks import line, rich
from bot.cards.card import Card
from bot.cards.notice import request_buttons
from bot.desk.views import ChannelView


def watching_card(view: ChannelView, *, invited: bool) -> Card:
    """The channel is linked. `invited` says whether PartnerDesk is a member and so can read it."""
    about = f"{view.partner} for {view.account}" if view.account else view.partner
    said = f"I watch this channel for {about} now. Only our own people see what I find."
    step = "" if invited else " I am not in it yet: type /invite @PartnerDesk there."
    channel = {"type": "channel", "channel_id": view.slack_id}
    blocks = [rich(line(channel, f" {said}{step}")), *request_buttons([f"scan <#{view.slack_id}>"] if invited else [])]
    return Card(text=text.own(said + step), blocks=blocks)


def unwatched_card(view: ChannelView) -> Card:
    said = "I no longer read this channel. What was found stays open until somebody settles it."
    return Card(text=said, blocks=[rich(line({"type": "channel", "channel_id": view.slack_id}, f" {said}"))])
