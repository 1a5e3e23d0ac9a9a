"""A command is a file; everything else follows from it."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

import handlers.commands
from bot.cards.help import JOBS
from bot.desk import approvals
from handlers.commands.dispatch import understand
from handlers.commands.registry import (
    Button,
    Command,
    Form,
    buttons,
    collect,
    commands,
    forms,
    help_lines,
    outcomes,
    readme_table,
    topics,
    vocabulary,
)

FOLDER = Path(str(handlers.commands.__file__)).parent
NOT_COMMANDS = {"__init__", "dispatch", "registry"}
# What PartnerDesk proposes by itself: a delivery edits the card, so nothing is shown in its place.
OFFERED = {"close_risk", "close_commitment", "link_channel"}


def test_every_file_can_be_asked_pressed_or_submitted() -> None:
    for name in {path.stem for path in FOLDER.glob("*.py")} - NOT_COMMANDS:
        things = vars(importlib.import_module(f"handlers.commands.{name}")).values()
        assert any(isinstance(each, (Command, Button, Form)) for each in things), name


def test_every_command_has_its_own_file_and_says_what_it_does() -> None:
    assert set(commands()) <= {path.stem for path in FOLDER.glob("*.py")} - NOT_COMMANDS
    for each in commands().values():
        assert each.usage.split()[0] == each.name
        assert each.summary.endswith(".") and len(each.summary) < 120


def test_every_command_is_in_help_and_in_the_readme_table() -> None:
    table = readme_table()
    assert len(help_lines()) == len(commands())
    assert table.count("\n") == len(commands()) + 2
    assert "| `/pm risks [partner \\| account]` |" in table


def test_the_examples_of_help_are_understood() -> None:
    asked = [understand(example).command for _job, example in JOBS]
    assert asked == ["agenda", "onboard", "checkin", "qbr", "deal", "escalate"]


def test_what_can_be_pressed_submitted_and_confirmed_is_found() -> None:
    assert {"risk_resolve", "handoff_accept", "hint_take", "proposal_approve", "commitment_kept"} <= set(buttons())
    assert "track_commitment" in forms()
    assert set(outcomes()) == set(approvals.CHANGES) - OFFERED


def test_an_id_belongs_to_one_thing_only() -> None:
    found: dict[str, object] = {}
    first, second = commands()["risks"], commands()["status"]
    collect(found, first, ("risks", "issues"))
    collect(found, first, ("risks",))
    with pytest.raises(ValueError, match="two of Command answer to “issues”"):
        collect(found, second, ("status", "issues"))


def test_words_are_lower_case_so_that_any_case_is_understood() -> None:
    assert all(word == word.casefold() for word in (*vocabulary(), *topics()))
