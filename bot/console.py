"""The terminal: errors as sentences, progress where somebody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress

from bot.errors import Refused
from bot.policy import BadPolicy, Policy
from bot.slack.errors import SlackProblem
from models.store import Store

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Opens:
    """How a command that is not defined in app.py comes by what the settings name (`context.obj`)."""

    store: Callable[[], Store]
    policy: Callable[[], Policy]


def told(command: Callable[P, T]) -> Callable[P, T]:
    """Turn what a person can put right into one clear message and exit code 2; never a stack trace."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except SlackProblem as problem:
            advice = "Check the network and SLACK_API_URL, then start again." if problem.passing else problem.sentence
            click.echo(f"Slack ({problem}): {advice}", err=True)
        except (Refused, BadPolicy) as error:
            click.echo(str(error), err=True)
        except ValidationError as error:  # of the settings: everything else is validated where it is read
            for item in error.errors():
                name = ".".join(str(part) for part in item["loc"]).upper()
                click.echo(
                    f"{name}: {item['msg'].removeprefix('Value error, ')}. Set it in the environment or in .env.",
                    err=True,
                )
        raise SystemExit(2)

    return run


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on stderr, moved by calling it with (done, total); None when stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
