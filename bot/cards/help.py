"""`/pm help` and the answer to an empty or unknown request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards import text
from bot.cards.blocks import Piece, bullets, code, footer, header, line, rich
from bot.cards.card import Card
from bot.cards.notice import choice_card, request_buttons

# One request for each job, as people would say it: tests/handlers read every one of them.
JOBS = (
    ("What waits for me today", "agenda"),
    ("Bring a partner in", "onboard Acme Corp as Gold SI partner"),
    ("Keep in touch", "schedule monthly check-in with Globex"),
    ("Review the quarter", "run QBR for Acme Corp Q4"),
    ("Register and approve deals", "register deal for BigCo, $250,000 with Globex"),
    ("Get help from above", "escalate support issue to VP"),
)
_SUGGESTED = ("agenda", "risks", "commitments", "check-ins", "deals", "help")


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One command as help shows it: `risks [partner | account]`, and what it does."""

    usage: str
    summary: str
    examples: tuple[str, ...] = ()


def help_card() -> Card:
    """The jobs PartnerDesk does, an example of each, and the way to everything else."""
    entries: list[list[Piece]] = [[f"{job}:  ", code(example)] for job, example in JOBS]
    blocks = [
        header("What you can ask me"),
        rich(bullets(*entries)),
        rich(line("Type /pm and what you want, mention me with it, or write it to me in private.")),
        *request_buttons([*_SUGGESTED[:-1], "help all"], [*_SUGGESTED[:-1], "Everything I can do"]),
        footer(
            "On any message: the shortcuts “Flag partner risk” and “Track commitment”.",
            "Answers in channels are visible only to you.",
        ),
    ]
    summary = "; ".join(f"{job}: {example}" for job, example in JOBS)
    return Card(text=text.own(f"What you can ask me. {summary}", 2_000), blocks=blocks)


def commands_card(lines: Sequence[HelpLine]) -> Card:
    """Every command, by name, with its examples."""
    entries: list[list[Piece]] = [[code(item.usage), f"  {item.summary}", *_examples(item)] for item in lines]
    summary = "; ".join(f"{item.usage}: {item.summary}" for item in lines)
    blocks = [header("Everything I can do"), rich(bullets(*entries))]
    return Card(text=text.own(f"Everything I can do. {summary}", 2_000), blocks=blocks)


def _examples(item: HelpLine) -> list[Piece]:
    """ "  For example: onboard Acme Corp Gold"."""
    shown: list[Piece] = [piece for example in item.examples for piece in (" · ", code(example))]
    return ["  For example: ", *shown[1:]] if shown else []


def empty_card() -> Card:
    return choice_card("What would you like to see?", _SUGGESTED)


def unknown_card(guesses: Sequence[str]) -> Card:
    """`guesses` are whole requests, the likeliest first."""
    if guesses:
        return choice_card("I did not get that. Did you mean:", [*guesses, "help"])
    return choice_card("I did not get that. I can do these:", _SUGGESTED)
