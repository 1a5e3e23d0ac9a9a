"""The Home tab: what waits now, with the ways to look at less of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bot.cards import limits, text
from bot.cards.blocks import Node, actions, bold, footer, header, line, option, plain, rich
from bot.cards.digest import drawn, fit, left_out, sections, summary
from bot.cards.notice import request_buttons
from bot.cards.portfolio import portfolio_blocks
from bot.cards.portfolio import summary as in_numbers
from bot.cards.status import health
from bot.desk.digest_sections import Section
from bot.desk.home import HomeView

# The action ids of the menus; what they carry is the filter's name.
SCOPE, PARTNER, SECTION = "home_scope", "home_partner", "home_section"
ANY = "any"  # of all partners, everything
_ABOUT = "I read the channels you share with partners, quote what is at risk, and tell the right person on a clock."
_SCOPES = {"mine": "Mine", "team": "My team", "all": "Everybody"}
_SECTIONS = {
    Section.DECISIONS: "Waiting for my decision",
    Section.DUE: "Late, due and coming up",
    Section.RISKS: "At risk",
    Section.PROMISES: "Commitments due",
    Section.SLIPPED: "Slipped",
    Section.HANDOFFS: "Handed to me",
    Section.CHANGES: "Changed",
    Section.WORTH_A_LOOK: "Worth a look",
    Section.PORTFOLIO: "Portfolio",
}
_QUICK = {
    "agenda": "My agenda", "portfolio": "Portfolio", "check-ins": "Check-ins", "deals": "Deals", "risks": "Risks",
    "commitments": "Commitments", "digest": "My digest", "help": "What can I ask?",
}  # fmt: skip
_LETTERS = 30_000
_ROWS = 25  # of the portfolio


def outsiders_view() -> dict[str, Any]:
    """What somebody sees who is none of ours: what PartnerDesk is, and nothing else."""
    return limits.view({"type": "home", "blocks": [header("PartnerDesk"), rich(line(_ABOUT))]})


def home_view(view: HomeView) -> dict[str, Any]:
    """What waits for the reader, their portfolio, and whether all is well. Every press brings `view.filters` back."""
    top: list[Node] = [
        header(f"{_SCOPES[view.filters.scope]}: {summary(view.digest)}"),
        *request_buttons([*_QUICK], [*_QUICK.values()]),
        _filters(view),
    ]
    end = [*_portfolio(view), *_small_print(view)]
    parts = sections(view.digest)
    fit(parts, limits.VIEW_BLOCKS - len(top) - len(end) - 1, _LETTERS)
    more = left_out(parts)
    blocks = [*top, *drawn(parts), *([footer(more)] if more else []), *end]
    return limits.view({"type": "home", "private_metadata": json.dumps(view.filters.kept()), "blocks": blocks})


def _portfolio(view: HomeView) -> list[Node]:
    asked = view.filters.section == Section.PORTFOLIO
    if not asked and (view.filters.section or not view.partners):
        return []
    heading = f"Portfolio: {in_numbers(view.portfolio.total.numbers)}"
    return [header(heading), *portfolio_blocks(view.portfolio, _ROWS)]


def _small_print(view: HomeView) -> list[Node]:
    status = view.status
    watched = sum(channel.watched for channel in status.channels)
    told = [line(bold("Health: "), health(status))]
    if not watched:
        told.append(line("I read only the channels you tell me to. In a channel, type: /pm watch <partner>"))
    menus = f"The menu has no room for {text.count(view.more_partners, 'more partner')}: /pm status of <partner>."
    small = (
        f"{text.count(watched, 'channel')} watched",
        f"Policy {status.policy_version}",
        menus if view.more_partners else "",
    )
    return [rich(*told), footer(*small)]


def _filters(view: HomeView) -> Node:
    """The three menus. Slack keeps what was chosen for a block it knows, so each choice makes a new one."""
    chosen = view.filters
    partners = [(ANY, "All partners"), *((str(number), name) for number, name in view.partners)]
    every = [(ANY, "Everything"), *_SECTIONS.items()]
    block_id = f"home-filters:{chosen.scope}:{chosen.partner or ''}:{chosen.section}"
    return actions(
        [
            _menu(SCOPE, "Whose", [*_SCOPES.items()], chosen.scope),
            _menu(PARTNER, "Partner", partners, str(chosen.partner or ANY)),
            _menu(SECTION, "What", every, chosen.section or ANY),
        ],
        block_id,
    )


def _menu(action_id: str, words: str, choices: Sequence[tuple[str, str]], chosen: str) -> Node:
    options = {value: option(label, value) for value, label in choices}
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain(words),
        "options": [*options.values()],
        "initial_option": options[chosen],
    }
