"""A command is a file; everything else follows from it."""

from __future__ import annotations

from pathlib import Path

import handlers.commands
from handlers.commands.registry import commands, help_lines, readme_table, vocabulary

FOLDER = Path(str(handlers.commands.__file__)).parent
NOT_COMMANDS = {"__init__", "dispatch", "registry"}


def test_every_file_is_a_command_and_says_what_it_does() -> None:
    assert set(commands()) == {path.stem for path in FOLDER.glob("*.py")} - NOT_COMMANDS
    for each in commands().values():
        assert each.usage.split()[0] == each.name
        assert each.summary.endswith(".") and len(each.summary) < 120


def test_every_command_is_in_help_and_in_the_readme_table() -> None:
    table = readme_table()
    assert len(help_lines()) == len(commands())
    assert table.count("\n") == len(commands()) + 2
    assert "| `/pm risks [partner \\| account]` |" in table


def test_words_are_lower_case_so_that_any_case_is_understood() -> None:
    assert all(word == word.casefold() for word in vocabulary())
