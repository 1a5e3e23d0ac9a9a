"""Updates of onboarding steps from another system: a table of them, or one by the webhook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from bot import links
from bot.imports.fields import Day, Word, meant, one_of
from bot.imports.tables import Fields, Table, read_rows
from bot.imports.yaml_lines import Problem

FIELDS = Fields(
    {
        "partner": ("partner", "partner name"),
        "step": ("step", "task", "milestone"),
        "status": ("status", "state"),
        "done_on": ("done on", "done", "completed", "completed on", "completion date"),
        "link": ("link", "url", "evidence"),
    },
    needed=("partner", "step", "status"),
)


class StepStatus(StrEnum):
    DONE = "done"
    SKIPPED = "skipped"
    OPEN = "open"


def _link(value: object) -> str:
    said = str(value).strip()
    if not links.is_safe(said):
        raise ValueError(f"'{said[:80]}' is not a link such as https://portal.example/contracts/12")
    return said


class StepUpdate(BaseModel):
    """What another system says of one step; `step` is its key in the policy or its title. `line` is where it stood."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    partner: Word
    step: Word
    status: Annotated[StepStatus, one_of(*StepStatus)]
    done_on: Day | None = None
    link: Annotated[str, BeforeValidator(_link)] = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class TaskFile:
    """What a table holds: the rows that can be read, what is wrong with the others, and columns nobody could use."""

    updates: tuple[StepUpdate, ...]
    problems: tuple[Problem, ...]
    unread: tuple[str, ...] = ()


def read_tasks(table: Table) -> TaskFile:
    """The updates in a table. Raises Refused when a column is missing."""
    columns = FIELDS.columns(table)
    updates, problems = read_rows(table, columns, _row)
    return TaskFile(tuple(updates), tuple(problems), columns.unread)


def _row(values: Mapping[str, str], line: int) -> StepUpdate:
    return read_update(values).model_copy(update={"line": line})


def read_update(values: Mapping[str, object]) -> StepUpdate:
    """One update from plain values (a line's, a webhook's JSON). Raises ValueError that says what is wrong."""
    unknown = [key for key in values if key not in FIELDS.titles]
    if unknown:
        raise ValueError(f"unknown key '{unknown[0]}'{meant(unknown[0], FIELDS.titles)}")
    given = {key: value for key, value in values.items() if value not in (None, "")}
    try:
        return StepUpdate.model_validate(given)
    except ValidationError as error:
        raise ValueError(_told(error)) from None


def _told(error: ValidationError) -> str:
    """The first thing that is wrong, in our words."""
    item = error.errors()[0]
    key = str(item["loc"][-1])
    if item["type"] == "missing":
        return f"{key} is missing"
    return f"{key}: {item.get('ctx', {}).get('error', item['msg'])}"
