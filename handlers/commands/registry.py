"""The commands there are: routing, help, mentions, did-you-mean and the README table all come from here."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache

import handlers.commands as package
from bot.cards.card import Card
from bot.cards.help import HelpLine
from bot.language.tokens import Token
from bot.services import Services
from handlers.answers import Answer


@dataclass(frozen=True, slots=True)
class CommandContext:
    """One request. `actor` is a member of ours (checked before), `parts` what followed the command's name,
    `channel` where it was made, `thread_ts` the thread when it was made in one."""

    services: Services
    workspace_id: str
    actor: str
    channel: str
    thread_ts: str | None
    in_dm: bool
    parts: tuple[Token, ...]
    answer: Answer


Run = Callable[[CommandContext], Awaitable[Card]]


@dataclass(frozen=True, slots=True)
class Command:
    """`usage` is how it is typed, `summary` what it does, in one line."""

    name: str
    aliases: tuple[str, ...]
    usage: str
    summary: str
    run: Run


def command(name: str, *, aliases: tuple[str, ...] = (), usage: str = "", summary: str) -> Callable[[Run], Command]:
    """Make a command of the function below it; its file is found by being in this folder."""
    return lambda run: Command(name, aliases, usage or name, summary, run)


@cache
def commands() -> dict[str, Command]:
    """Every command by name, in alphabetical order. Raises ValueError when two share a word."""
    found: dict[str, Command] = {}
    words: set[str] = set()
    for module in sorted(each.name for each in pkgutil.iter_modules(package.__path__)):
        for value in vars(importlib.import_module(f"{package.__name__}.{module}")).values():
            if isinstance(value, Command):
                taken = words & {value.name, *value.aliases}
                if taken:
                    raise ValueError(f"two commands answer to {sorted(taken)}")
                words |= {value.name, *value.aliases}
                found[value.name] = value
    return found


def vocabulary() -> dict[str, str]:
    """Every word or phrase that names a command -> the command's name."""
    return {word: each.name for each in commands().values() for word in (each.name, *each.aliases)}


def help_lines() -> list[HelpLine]:
    return [HelpLine(each.usage, each.summary) for each in commands().values()]


def readme_table() -> str:
    """The table of commands in README.md, as Markdown."""
    pipe = "\\|"  # inside a table a bar must be escaped, in code too
    rows = [f"| `/pm {each.usage.replace('|', pipe)}` | {each.summary} |" for each in commands().values()]
    return "\n".join(["| Command | What it does |", "|---|---|", *rows]) + "\n"
