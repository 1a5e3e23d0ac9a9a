"""Answers about watching a channel."""

from __future__ import annotations

from bot.cards import text, words
from bot.cards.blocks import Node, actions, line, rich
from bot.cards.card import Card
from bot.cards.notice import request_button
from bot.desk.views import ChannelView


def watching_card(view: ChannelView, *, invited: bool) -> Card:
    """The channel is linked. `invited` says whether PartnerDesk is a member and so can read it."""
    about = f" for {words.subject(view.partner, view.account)}. Only our own people see what I find."
    step = "" if invited else " I am not in it yet: type /invite @PartnerDesk there."
    blocks = [rich(line("I now read ", _channel(view), about + step))]
    if invited:
        blocks.append(actions([request_button("Read its history", f"scan <#{view.slack_id}>")]))
    return Card(text=text.own(f"I now read this channel{about}{step}"), blocks=blocks)


def unwatched_card(view: ChannelView) -> Card:
    rest = " What was found stays open until somebody settles it."
    words_and_link = rich(line("I no longer read ", _channel(view), f".{rest}"))
    return Card(text=f"I no longer read this channel.{rest}", blocks=[words_and_link])


def _channel(view: ChannelView) -> Node:
    return {"type": "channel", "channel_id": view.slack_id}
