"""The tables behind `blocks`: one row per field of every block, element and composition object."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A plain value: string, url, number, boolean, any, or one of `choices`."""

    kind: str = "any"
    most: int = 0
    least: int = 0
    choices: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Text(Rule):
    """A text object of 1..most characters; `only` restricts its type."""

    only: str = ""

    def __init__(self, most: int, only: str = "", required: bool = False) -> None:
        super().__init__("text", most, required=required)
        object.__setattr__(self, "only", only)


@dataclass(frozen=True)
class Array(Rule):
    """A list of least..most items, each by `each`."""

    each: Rule | None = None

    def __init__(self, most: int, least: int = 0, *, each: Rule | None = None, required: bool = False) -> None:
        super().__init__("array", most, least, required=required)
        object.__setattr__(self, "each", each)


@dataclass(frozen=True)
class Options(Rule):
    """1..most options with different values."""

    def __init__(self, most: int, required: bool = False) -> None:
        super().__init__("options", most, 1, required=required)


@dataclass(frozen=True)
class Composite(Rule):
    """An object of one of `types`."""

    types: tuple[str, ...] = ()

    def __init__(self, types: tuple[str, ...], required: bool = False) -> None:
        super().__init__("object", required=required)
        object.__setattr__(self, "types", types)


def _string(most: int, *, least: int = 0, required: bool = False) -> Rule:
    return Rule("string", most, least, required=required)


def _number(least: int, most: int, required: bool = False) -> Rule:
    return Rule("number", most, least, required=required)


def _url(required: bool = False) -> Rule:
    return Rule("url", 3000, 1, required=required)


ANY = Rule()
NEEDED = Rule(required=True)
FLAG = Rule("boolean")
CONFIRM = Composite(("confirm",))
OPTION = Composite(("option",))
PLACEHOLDER = Text(150, "plain_text")
PICKER = {"placeholder": PLACEHOLDER, "confirm": CONFIRM, "focus_on_load": FLAG}
TYPED = {
    "placeholder": PLACEHOLDER,
    "initial_value": _string(3000),
    "focus_on_load": FLAG,
    "dispatch_action_config": ANY,
}
CHECKS = {"options": Options(10, required=True), "confirm": CONFIRM, "focus_on_load": FLAG}
CHOICES = PICKER | {"options": Options(100), "option_groups": Array(100, 1, each=Composite(("option_group",)))}
MANY = {"max_selected_items": _number(1, 100)}
CONVERSATIONS = PICKER | {"default_to_current_conversation": FLAG, "filter": ANY}
REPLY_URL = {"response_url_enabled": FLAG}
VALUE = _number(-(10**15), 10**15, required=True)
LABEL = _string(20, least=1, required=True)
AXES = {
    "series": Array(6, 1, each=Composite(("series",)), required=True),
    "axis_config": Composite(("axis",), required=True),
}

ELEMENTS: dict[str, dict[str, Rule]] = {
    "button": {
        "text": Text(75, "plain_text", required=True),
        "value": _string(2000),
        "url": _url(),
        "style": Rule(choices=("primary", "danger")),
        "confirm": CONFIRM,
        "accessibility_label": _string(75),
        "visible_to_user_ids": Array(1000),
        "agent_prompt": _string(4000),
    },
    "workflow_button": {"text": Text(75, "plain_text", required=True), "workflow": NEEDED},
    "static_select": CHOICES | {"initial_option": OPTION},
    "multi_static_select": CHOICES | MANY | {"initial_options": Options(100)},
    "external_select": PICKER | {"initial_option": OPTION, "min_query_length": _number(0, 1000)},
    "multi_external_select": PICKER | MANY | {"initial_options": Options(100), "min_query_length": _number(0, 1000)},
    "users_select": PICKER | {"initial_user": _string(255)},
    "multi_users_select": PICKER | MANY | {"initial_users": Array(100)},
    "conversations_select": CONVERSATIONS | REPLY_URL | {"initial_conversation": _string(255)},
    "multi_conversations_select": CONVERSATIONS | MANY | {"initial_conversations": Array(100)},
    "channels_select": PICKER | REPLY_URL | {"initial_channel": _string(255)},
    "multi_channels_select": PICKER | MANY | {"initial_channels": Array(100)},
    "overflow": {"options": Options(5, required=True), "confirm": CONFIRM},
    "datepicker": PICKER | {"initial_date": _string(10)},
    "timepicker": PICKER | {"initial_time": _string(5), "timezone": _string(100)},
    "datetimepicker": {"initial_date_time": _number(0, 10**10), "confirm": CONFIRM, "focus_on_load": FLAG},
    "checkboxes": CHECKS | {"initial_options": Options(10)},
    "radio_buttons": CHECKS | {"initial_option": OPTION},
    "plain_text_input": TYPED | {"multiline": FLAG, "min_length": _number(0, 3000), "max_length": _number(1, 3000)},
    "email_text_input": TYPED,
    "url_text_input": TYPED,
    "number_input": TYPED | {
        "is_decimal_allowed": Rule("boolean", required=True),
        "min_value": _string(50),
        "max_value": _string(50),
    },
    "rich_text_input": TYPED | {"initial_value": ANY},
    "file_input": {"filetypes": Array(100), "max_files": _number(1, 10)},
    "image": {"alt_text": _string(2000, least=1, required=True), "image_url": _url(), "slack_file": ANY},
    "icon_button": {"icon": NEEDED, "text": Text(75, "plain_text", required=True), "value": _string(2000)},
    "feedback_buttons": {"positive_button": NEEDED, "negative_button": NEEDED},
    "option": {
        "text": Text(75, required=True),
        "value": _string(75, least=1, required=True),
        "description": Text(75, "plain_text"),
        "url": _url(),
    },
    "option_group": {"label": Text(75, "plain_text", required=True), "options": Options(100, required=True)},
    "confirm": {
        "title": Text(100, "plain_text", required=True),
        "text": Text(300, required=True),
        "confirm": Text(30, "plain_text", required=True),
        "deny": Text(30, "plain_text", required=True),
        "style": Rule(choices=("primary", "danger")),
    },
    "mrkdwn": {"text": _string(3000, least=1, required=True), "verbatim": FLAG},
    "plain_text": {"text": _string(3000, least=1, required=True), "emoji": FLAG},
    "raw_text": {"text": _string(10_000, least=1, required=True)},
    "column": {"align": Rule(choices=("left", "center", "right")), "is_wrapped": FLAG},
    "pie": {"segments": Array(6, 1, each=Composite(("segment",)), required=True)},
    "bar": AXES,
    "area": AXES,
    "line": AXES,
    "segment": {"label": LABEL, "value": VALUE},
    "series": {"name": LABEL, "data": Array(20, 1, each=Composite(("segment",)), required=True)},
    "axis": {
        "categories": Array(20, 1, each=LABEL, required=True),
        "x_label": _string(50),
        "y_label": _string(50),
    },
}  # fmt: skip

SELECTS = tuple(k for k in ELEMENTS if k.endswith("_select"))
PICKERS = ("datepicker", "timepicker", "datetimepicker")
TYPED_INPUTS = (
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
)
GROUPS = ("checkboxes", "radio_buttons")
BUTTONS = ("button", "workflow_button", "overflow")

BLOCKS: dict[str, dict[str, Rule]] = {
    "section": {
        "text": Text(3000),
        "fields": Array(10, 1, each=Text(2000)),
        "accessory": Composite((*BUTTONS, *SELECTS, *PICKERS, *GROUPS, "image")),
        "expand": FLAG,
    },
    "header": {"text": Text(150, "plain_text", required=True)},
    "divider": {},
    "image": {
        "alt_text": _string(2000, least=1, required=True),
        "image_url": _url(),
        "slack_file": ANY,
        "title": Text(2000, "plain_text"),
    },
    "actions": {"elements": Array(25, 1, each=Composite((*BUTTONS, *SELECTS, *PICKERS, *GROUPS)), required=True)},
    "context": {"elements": Array(10, 1, each=Composite(("image", "mrkdwn", "plain_text")), required=True)},
    "context_actions": {"elements": Array(5, 1, each=Composite(("feedback_buttons", "icon_button")), required=True)},
    "input": {
        "label": Text(2000, "plain_text", required=True),
        "element": Composite((*SELECTS, *PICKERS, *GROUPS, *TYPED_INPUTS), required=True),
        "hint": Text(2000, "plain_text"),
        "optional": FLAG,
        "dispatch_action": FLAG,
    },
    "rich_text": {"elements": Array(10_000, required=True)},
    "markdown": {"text": _string(12_000, least=1, required=True)},
    "table": {
        "rows": Array(100, 1, each=Array(20, 1, each=Composite(("raw_text", "rich_text"))), required=True),
        "column_settings": Array(20, each=Composite(("column",))),
    },
    "data_table": {
        "rows": Array(101, 2, each=Array(20, 1), required=True),
        "caption": NEEDED,
        "page_size": _number(1, 100),
    },
    "data_visualization": {
        "title": _string(50, least=1, required=True),
        "chart": Composite(("pie", "bar", "area", "line"), required=True),
    },
    "alert": {"level": Rule(choices=("info", "warning", "error", "success"))},
    "card": {"title": Text(150), "subtitle": Text(150), "body": Text(200)},
    "carousel": {"elements": Array(10, 1, each=Composite(("card",)))},
    "container": {"title": Text(150), "child_blocks": Array(10, 1)},
    "plan": {},
    "task_card": {},
    "video": {"title": NEEDED, "video_url": NEEDED, "thumbnail_url": NEEDED, "alt_text": NEEDED},
    "file": {"external_id": NEEDED, "source": NEEDED},
    "call": {"call_id": NEEDED},
}

# Fully documented types: for these Slack's "invalid additional property" is applied too.
OPEN = {
    "data_table",
    "alert",
    "card",
    "carousel",
    "container",
    "plan",
    "task_card",
    "video",
    "call",
}
CLOSED = (set(BLOCKS) | set(ELEMENTS)) - OPEN - {"rich_text", "feedback_buttons", "icon_button", "workflow_button"}
