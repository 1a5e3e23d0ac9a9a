"""The table of onboarding steps: what is read, what is told with its line; and the same from a webhook's JSON."""

from __future__ import annotations

from datetime import date

import pytest

from bot.errors import Refused
from bot.imports.tables import parse_csv
from bot.imports.tasks import StepStatus, read_tasks, read_update

HEADER = "partner,step,status,done_on,link\n"


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "Acme Corp,portal,done,2026-03-10,https://portal.example/1\n\n",
        "Partner;Step;Status;Done_on;Link\nAcme Corp;portal;DONE;2026-03-10;https://portal.example/1\n",
        "status\tpartner\tstep\tdone_on\tlink\r\ndone\t Acme Corp \tportal\t2026-03-10\thttps://portal.example/1\r\n",
    ],
)
def test_the_usual_kinds_of_csv_say_the_same(text: str) -> None:
    file = read_tasks(parse_csv(text))
    assert file.problems == ()
    [update] = file.updates
    assert (update.partner, update.step, update.status) == ("Acme Corp", "portal", StepStatus.DONE)
    assert (update.done_on, update.link, update.line) == (date(2026, 3, 10), "https://portal.example/1", 2)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("Acme,portal,dne,,", "status: 'dne' is none of done, skipped, open (did you mean 'done'?)"),
        ("Acme,,done,,", "step is missing"),
        ("Acme,portal,done,10.3.2026,", "done_on: '10.3.2026' is not a date written as YYYY-MM-DD"),
        ("Acme,portal,done,,http://portal.example", "link: 'http://portal.example' is not a link such as"),
        ("Acme,portal,done,,https://a@evil.example", "link: 'https://a@evil.example' is not a link such as"),
        ("Acme,portal,done,,javascript:alert(1)", "link: 'javascript:alert(1)' is not a link such as"),
        ("Acme,portal,done,,https://x.example,more", "has 6 values for 5 columns"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_the_next_is_read(row: str, problem: str) -> None:
    file = read_tasks(parse_csv(f"{HEADER}{row}\nAcme,kickoff,open,,\n"))
    [told] = file.problems
    assert told.line == 2
    assert told.text.startswith(problem)
    assert [update.step for update in file.updates] == ["kickoff"]


def test_other_names_of_columns_are_known_and_what_nobody_can_use_is_told() -> None:
    file = read_tasks(
        parse_csv("Partner Name,Milestone,State,Completed on,URL,Colour\nAcme,portal,done,2026-03-10,,\n")
    )
    assert (file.updates[0].step, file.updates[0].done_on, file.unread) == ("portal", date(2026, 3, 10), ("Colour",))
    with pytest.raises(Refused, match="no column for status"):
        read_tasks(parse_csv("partner,step\n"))


@pytest.mark.parametrize(
    "values",
    [{"partner": ["Acme"], "step": "portal", "status": "done"}, {"partner": "Acme", "step": {}, "status": "done"},
     {"partner": "Acme", "step": "portal", "status": 1}, {"partner": "Acme", "step": "portal"},
     {"partner": "Acme", "step": "portal", "status": "done", "line": 3},
     {"partner": "Acme", "step": "portal", "status": "done", "url": ""}, {}],
)  # fmt: skip
def test_json_of_any_shape_is_a_value_error(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="."):
        read_update(values)
