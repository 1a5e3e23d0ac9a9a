"""What people can do, found in the files of this folder: commands, buttons, forms, and how results are shown.

Routing, help, mentions, did-you-mean and the README table all come from here.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import handlers.commands as package
from bot.cards.card import Card
from bot.cards.help import HelpLine
from bot.desk.views import PersonView
from handlers.context import ButtonContext, CommandContext, FormContext
from handlers.fields import Fields

# Given out from here as well: a command's file needs them with the rest.
__all__ = ["ButtonContext", "CommandContext", "FormContext"]

Run = Callable[[CommandContext], Awaitable[Card | None]]
Press = Callable[[ButtonContext], Awaitable[Card | None]]
Submit = Callable[[FormContext], Awaitable[Card | None]]
Check = Callable[[Fields], dict[str, str]]
Show = Callable[[Any, PersonView], Card]
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Command:
    """`usage` is how it is typed, `summary` what it does, in one line. `topics` are words and phrases (lower case) that
    name it anywhere in a sentence, `examples` whole sentences for help."""

    name: str
    aliases: tuple[str, ...]
    usage: str
    summary: str
    run: Run
    topics: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Button:
    """With `replaces` its card takes the place of the message it was pressed on, else it is said beside it."""

    action_id: str
    press: Press
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """`check` runs before the ack: errors by block id, from nothing but what was filled in. `run` works after it."""

    callback_id: str
    run: Submit
    check: Check


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the result of a confirmed request is shown to whoever confirmed it."""

    kind: str
    show: Show


def command(
    name: str,
    *,
    aliases: tuple[str, ...] = (),
    usage: str = "",
    summary: str,
    topics: tuple[str, ...] = (),
    examples: tuple[str, ...] = (),
) -> Callable[[Run], Command]:
    """Make a command of the function below it; its file is found by being in this folder. It returns its answer, or
    None when it has answered already (a form is open)."""
    return lambda run: Command(name, aliases, usage or name, summary, run, topics, examples)


def button(action_id: str, *, replaces: bool = False) -> Callable[[Press], Button]:
    """Make the function below it answer to controls with this action_id, or with it and ":" and more behind."""
    return lambda press: Button(action_id, press, replaces)


def form(callback_id: str, *, check: Check = lambda _fields: {}) -> Callable[[Submit], Form]:
    """Make the function below it take in the modal with this callback_id."""
    return lambda run: Form(callback_id, run, check)


def outcome(kind: str) -> Callable[[Show], Outcome]:
    """Make the function below it show what an approved request of this kind came to (bot/desk/approvals.py): it gets
    the use case's result and the reader."""
    return lambda show: Outcome(kind, show)


@cache
def commands() -> dict[str, Command]:
    """Every command by name, in alphabetical order of their files. Raises ValueError when two share a word."""
    return {each.name: each for each in _by_word().values()}


@cache
def vocabulary() -> dict[str, str]:
    """Every word or phrase that names a command where a request begins -> the command's name."""
    return {word: each.name for word, each in _by_word().items()}


@cache
def topics() -> dict[str, str]:
    """Every word or phrase that names a command anywhere in a sentence -> the command's name."""
    return {word: each.name for word, each in _found(Command, lambda each: each.topics).items()}


@cache
def buttons() -> dict[str, Button]:
    """Every button by action_id. Raises ValueError when two share one; so do the next two."""
    return _found(Button, lambda each: (each.action_id,))


@cache
def forms() -> dict[str, Form]:
    return _found(Form, lambda each: (each.callback_id,))


@cache
def outcomes() -> dict[str, Outcome]:
    return _found(Outcome, lambda each: (each.kind,))


def help_lines() -> list[HelpLine]:
    return [HelpLine(each.usage, each.summary, each.examples) for each in commands().values()]


def readme_table() -> str:
    """The table of commands in README.md, as Markdown."""
    pipe = "\\|"  # inside a table a bar must be escaped, in code too
    rows = [f"| `/pm {each.usage.replace('|', pipe)}` | {each.summary} |" for each in commands().values()]
    return "\n".join(["| Command | What it does |", "|---|---|", *rows]) + "\n"


def _by_word() -> dict[str, Command]:
    return _found(Command, lambda each: (each.name, *each.aliases))


def _found(kind: type[Found], ids: Callable[[Found], Iterable[str]]) -> dict[str, Found]:
    """Every `kind` in the files of this folder, by each of its ids."""
    found: dict[str, Found] = {}
    for module in sorted(each.name for each in pkgutil.iter_modules(package.__path__)):
        for value in vars(importlib.import_module(f"{package.__name__}.{module}")).values():
            if isinstance(value, kind):
                collect(found, value, ids(value))
    return found


def collect(found: dict[str, Found], value: Found, ids: Iterable[str]) -> None:
    """Put `value` into `found` under each of its ids. Raises ValueError when another one has it already."""
    for name in ids:
        if found.setdefault(name, value) is not value:
            raise ValueError(f"two of {type(value).__name__} answer to “{name}”")
