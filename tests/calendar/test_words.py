"""What people say names the same command for the commands that there are as in the table of phrasings."""

from __future__ import annotations

import pytest

from bot.language import grammar
from bot.language.topics import TOPICS
from evals.phrasings import VOCABULARY, rows
from handlers.commands.dispatch import understand
from handlers.commands.registry import commands, topics

# "Prepare me for the check-in with Globex" is the brief, whichever of the two commands gives it.
_SAME = {"brief": "checkin"}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["text"])
def test_the_commands_there_are_understand_what_the_grammar_was_measured_on(row: dict[str, object]) -> None:
    text = str(row["text"])
    measured, real = grammar.parse(text, VOCABULARY, TOPICS), understand(text)
    assert _SAME.get(real.command or "", real.command) == _SAME.get(measured.command or "", measured.command)


def test_every_topic_is_some_commands() -> None:
    assert dict(topics()) == dict(TOPICS)
    assert set(TOPICS.values()) <= set(commands())
