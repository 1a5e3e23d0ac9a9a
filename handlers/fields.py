"""What a person filled into a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

_ONE = (
    "value", "selected_user", "selected_date", "selected_time", "selected_channel", "selected_conversation",
    "selected_date_time",
)  # fmt: skip
_MANY = ("selected_users", "selected_channels", "selected_conversations")


def chosen(element: Mapping[str, Any]) -> str:
    """The one value of an input or control as Slack sends it, "" when nothing was chosen or typed."""
    option = element.get("selected_option") or {}
    return str(option.get("value") or next((element[key] for key in _ONE if element.get(key)), "")).strip()


@dataclass(frozen=True, slots=True)
class Fields:
    """A submitted view's `state.values`: one element in each block. What nobody filled in is ""."""

    values: Mapping[str, Mapping[str, Any]]

    def one(self, block_id: str) -> str:
        """What was typed or chosen there, trimmed."""
        return next((chosen(element) for element in self.values.get(block_id, {}).values()), "")

    def many(self, block_id: str) -> tuple[str, ...]:
        """Everything chosen there, where several may be."""
        for element in self.values.get(block_id, {}).values():
            options = [option["value"] for option in element.get("selected_options") or []]
            return tuple(options or next((element[key] for key in _MANY if element.get(key)), []))
        return ()

    def day(self, block_id: str) -> date | None:
        """The day chosen there, None for none. Raises ValueError when it is no date."""
        return date.fromisoformat(self.one(block_id)) if self.one(block_id) else None
