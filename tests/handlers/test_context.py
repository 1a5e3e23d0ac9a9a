"""What commands, buttons and forms are given."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from bot.errors import Refused
from handlers.answers import InDirectMessage
from handlers.commands.dispatch import instead
from handlers.context import ButtonContext
from handlers.fields import Fields
from tests.desk.world import HOME
from tests.handlers.office import Office, run

MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "note",
    "title": {"type": "plain_text", "text": "One"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {"type": "input", "block_id": "note", "label": {"type": "plain_text", "text": "Note"},
         "element": {"type": "plain_text_input", "action_id": "text"}},
    ],
}  # fmt: skip


def pressed(office: Office, payload: dict[str, Any] | None = None, **action: Any) -> ButtonContext:
    """A button pressed by Dana, with a trigger that is still good."""
    return ButtonContext(
        services=office.services,
        workspace_id=HOME,
        actor="U0PM",
        now=office.world.clock.now(),
        answer=InDirectMessage(office.services, HOME, "U0PM", "k"),
        trigger_id=office.box.workspace.new_trigger("U0PM"),
        response_url="https://hooks.slack.com/x",
        action=action,
        payload=payload or {},
    )


def title(office: Office) -> str:
    form = office.box.modal("U0PM")
    assert form is not None
    return str(form["title"]["text"])


def test_a_form_opens_one_on_top_and_changes(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        await pressed(office).open_form(MODAL, task="12")
        first = office.box.modal("U0PM")
        assert first is not None
        assert json.loads(first["private_metadata"]) == {"response_url": "https://hooks.slack.com/x", "task": "12"}
        inside = {"view": {"type": "modal", "id": first["id"]}}
        await pressed(office, inside).change_form(MODAL | {"title": {"type": "plain_text", "text": "Two"}})
        assert title(office) == "Two"
        await pressed(office, inside).open_form(MODAL | {"title": {"type": "plain_text", "text": "Three"}})
        assert title(office) == "Three"
        top = office.box.modal("U0PM")
        assert top is not None and top["previous_view_id"] == first["id"]

    run(sqlite_url, scenario)


def test_a_control_says_which_row_it_is_about(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        assert pressed(office, value="12").row == 12
        menu = pressed(office, block_id="listed:7", selected_option={"value": "24"})
        assert (menu.row, menu.chosen) == (7, "24")
        assert pressed(office, block_id="risk:9:v2", selected_user="U0SM").chosen == "U0SM"
        assert menu.done("Quiet.") is not None
        assert pressed(office, block_id="risk:9:v2").done("Quiet.") is None, "the card says it"
        broken_ones: list[dict[str, Any]] = [{"value": "12 or 1=1"}, {"value": "9" * 10}, {"block_id": "risk"}, {}]
        for broken in broken_ones:
            with pytest.raises(Refused, match="older version"):
                _ = pressed(office, None, **broken).row

    run(sqlite_url, scenario)


def test_fields_of_every_sort() -> None:
    fields = Fields(
        {
            "words": {"a": {"type": "plain_text_input", "value": "  hello "}},
            "tier": {"a": {"type": "static_select", "selected_option": {"value": "Gold"}}},
            "day": {"a": {"type": "datepicker", "selected_date": "2026-03-20"}},
            "at": {"a": {"type": "timepicker", "selected_time": "10:30"}},
            "people": {"a": {"type": "multi_users_select", "selected_users": ["U0PM", "U0SM"]}},
            "boxes": {"a": {"type": "checkboxes", "selected_options": [{"value": "1"}, {"value": "2"}]}},
            "empty": {"a": {"type": "static_select", "selected_option": None}},
        }
    )
    assert [fields.one(each) for each in ("words", "tier", "at", "empty", "unknown")] == [
        "hello", "Gold", "10:30", "", "",
    ]  # fmt: skip
    assert fields.day("day") == date(2026, 3, 20)
    assert fields.day("empty") is None
    assert fields.many("people") == ("U0PM", "U0SM")
    assert fields.many("boxes") == ("1", "2")
    assert fields.many("empty") == fields.many("unknown") == ()


@pytest.mark.parametrize(
    ("request_", "words", "becomes"),
    [
        ("risks Acme", "Acme", 'risks "Acme Corp"'),
        ("show me the risks of “acme”, please", "acme", 'show me the risks of "Acme Corp", please'),
        ("run QBR for ACME, Q4", "Acme", 'run QBR for "Acme Corp", Q4'),
        ("Acme's renewal", "Acme", '"Acme Corp" renewal'),
        ("risks of  acme   holding", "acme holding", 'risks of  "Acme Corp"'),
        ("risks Acme for Acme Inc", "Acme", 'risks "Acme Corp" for Acme Inc'),
        ("risks AT&amp;T", "AT&T", 'risks "Acme Corp"'),
        ("risks <http://acme.com|acme.com>", "acme.com", 'risks "Acme Corp"'),
        ("risks Acmeville", "Acme", ""),
        ("risks", "", ""),
    ],
)
def test_a_request_again_with_the_full_name(request_: str, words: str, becomes: str) -> None:
    assert instead(request_, words, "Acme Corp") == becomes
