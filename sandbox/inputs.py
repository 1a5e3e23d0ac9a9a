"""Interactive elements: finding them in blocks, and the state each carries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.core import Refused
from sandbox.workspace import Json

# element type -> (key of the value in state and actions, initial key in the block)
PLAIN = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
}
ONE_OPTION = ("static_select", "external_select", "radio_buttons", "overflow")
MANY_OPTIONS = ("multi_static_select", "multi_external_select", "checkboxes")


def stateful(block: Json) -> Iterator[Json]:
    """Every element of a block (and of blocks inside it) that has an action_id."""
    for key in ("accessory", "element", "elements", "child_blocks", "actions"):
        inner = block.get(key)
        for item in inner if isinstance(inner, list) else [inner]:
            if isinstance(item, dict):
                if "action_id" in item:
                    yield item
                yield from stateful(item)


def initial_state(blocks: list[Json]) -> Json:
    """state.values of blocks nobody has touched."""
    values: Json = {}
    for block in blocks:
        for element in stateful(block):
            kind = element["type"]
            if kind in PLAIN:
                key, initial = PLAIN[kind]
                state = {"type": kind, key: element.get(initial)}
            elif kind in ONE_OPTION and kind != "overflow":
                state = {"type": kind, "selected_option": element.get("initial_option")}
            elif kind in MANY_OPTIONS:
                state = {"type": kind, "selected_options": element.get("initial_options", [])}
            else:
                continue
            values.setdefault(block.get("block_id", ""), {})[element["action_id"]] = state
    return values


def typed_value(element: Json, given: Any) -> Json:
    """What the element reports after `given` was typed or chosen. Raises Refused for an option it does not offer."""
    kind = element["type"]
    if kind in PLAIN:
        limit = element.get("max_length")
        if limit and len(str(given)) > limit:
            raise Refused(f"{element['action_id']} takes at most {limit} characters")
        return {PLAIN[kind][0]: given}
    if kind in ONE_OPTION:
        return {"selected_option": _option(element, given)}
    if kind in MANY_OPTIONS:
        chosen = given if isinstance(given, list) else [given]
        return {"selected_options": [_option(element, value) for value in chosen]}
    return {}


def _option(element: Json, value: Any) -> Json:
    if isinstance(value, dict):  # external selects: the option comes from the app's own suggestions
        return value
    offered = list(element.get("options", []))
    for group in element.get("option_groups", []):
        offered += group["options"]
    for option in offered:
        if option["value"] == value:
            found: Json = option
            return found
    raise Refused(f"{element.get('action_id')} does not offer {value!r}")
