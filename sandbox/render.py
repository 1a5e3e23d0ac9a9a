"""A message as it would read on a terminal: blocks as text, quotes with a bar, buttons listed, local times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.events import unescape
from sandbox.workspace import Json, Message, Workspace

BAR = "│ "
TOKEN = re.compile(r"<([^<>]+)>")
DATE = re.compile(
    r"\{(date_num|date|date_short|date_long|date_pretty|date_short_pretty|date_long_pretty|day_divider_pretty|time|time_secs|ago)\}"
)
FORMATS = {
    "date_num": "%Y-%m-%d",
    "date": "%B {day}, %Y",
    "date_short": "%b {day}, %Y",
    "date_long": "%A, %B {day}, %Y",
    "time": "%H:%M",
    "time_secs": "%H:%M:%S",
}


class Renderer:
    """Renders for a reader in `zone` (IANA name), naming people and channels from the workspace.

    `addresses`: whether links show where they lead. "Today" is the day the message was posted or last edited.
    """

    def __init__(self, workspace: Workspace, zone: str = "UTC", *, addresses: bool = True) -> None:
        self.workspace = workspace
        self.zone = ZoneInfo(zone)
        self.addresses = addresses
        self._today = workspace.clock.now().astimezone(self.zone).date()

    def message(self, message: Message) -> str:
        """The whole message, without author and time; lines have no trailing blanks."""
        told = float((message.edited or {}).get("ts", message.ts))
        self._today = datetime.fromtimestamp(told, self.zone).date()
        lines = list(self._blocks(message.blocks)) if message.blocks else self.text(message.text).splitlines()
        for attachment in message.attachments:
            body = attachment.get("text") or attachment.get("fallback") or ""
            inner = list(self._blocks(attachment.get("blocks", []))) or self.text(body).splitlines()
            lines += [BAR + line for line in inner]
        lines += [f"[file: {file.get('title') or file.get('name')}]" for file in message.files]
        if message.reactions:
            lines.append(" ".join(f":{name}: {len(users)}" for name, users in message.reactions.items()))
        return "\n".join(line.rstrip() for line in lines)

    def header(self, message: Message) -> str:
        """One line: who, where, when (in the reader's zone)."""
        when = datetime.fromtimestamp(float(message.ts), self.zone).strftime("%a %d %b %H:%M")
        channel = self.workspace.channels[message.channel]
        where = f"#{channel.name}" if channel.name else f"DM with {self._others(message)}"
        private = f" (only {self.name(message.private_to)} sees this)" if message.private_to else ""
        edited = " (edited)" if message.edited else ""
        return f"{self.name(message.user)} in {where}, {when}{private}{edited}"

    def view(self, view: Json) -> str:
        """A modal or home tab: title, fields, buttons."""
        title = [f"== {view['title']['text']} =="] if view.get("title") else []
        buttons = [f"[{view[k]['text']}]" for k in ("submit", "close") if view.get(k)]
        lines = [*title, *self._blocks(view["blocks"]), *([" ".join(buttons)] if buttons else [])]
        return "\n".join(line.rstrip() for line in lines)

    def name(self, user_id: str | None) -> str:
        """A person's display name, or the id."""
        user = self.workspace.users.get(user_id or "")
        return (user.display_name or user.real_name) if user else user_id or "?"

    def text(self, mrkdwn: str) -> str:
        """mrkdwn with tokens resolved, entities decoded and quoted lines behind a bar."""
        lines = []
        for line in mrkdwn.split("\n"):
            quoted = re.match(r"(?:&gt;|>)\s?", line)
            lines.append(BAR + self._inline(line[quoted.end() :]) if quoted else self._inline(line))
        return "\n".join(lines)

    def _inline(self, text: str) -> str:
        return unescape(TOKEN.sub(lambda match: self._token(match[1]), text))

    def _token(self, inner: str) -> str:
        target, _, label = inner.partition("|")
        if target.startswith("@"):
            return f"@{self.name(target[1:]) if target[1:] in self.workspace.users else label or target[1:]}"
        if target.startswith("#"):
            channel = self.workspace.channels.get(target[1:])
            return f"#{channel.name if channel else label or target[1:]}"
        if target.startswith("!date^"):
            return self._date(target, label)
        if target.startswith("!subteam^"):
            return label or target.removeprefix("!subteam^")
        if target.startswith("!"):
            return f"@{target[1:]}"
        return f"{label} ({target})" if label and label != target else target

    def _date(self, target: str, fallback: str) -> str:
        """`<!date^epoch^template^link|fallback>` in the reader's zone."""
        parts = target.split("^")
        return self._moment(int(parts[1]), parts[2]) if len(parts) > 2 and parts[1].isdigit() else fallback

    def _moment(self, epoch: int, template: str) -> str:
        """Slack's date format: a `_pretty` date near today is said in a word."""
        at = datetime.fromtimestamp(epoch, self.zone)
        near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((at.date() - self._today).days)

        def fill(match: re.Match[str]) -> str:
            if near and match[1].endswith("_pretty"):
                return near
            pattern = FORMATS.get(match[1].replace("_pretty", ""), FORMATS["date"])
            return at.strftime(pattern.replace("{day}", str(at.day)))

        return DATE.sub(fill, template)

    def _others(self, message: Message) -> str:
        bots = {i.bot_user_id for i in self.workspace.installs.values()}
        members = self.workspace.channels[message.channel].members
        return ", ".join(self.name(m) for m in members if m not in bots)

    def _blocks(self, blocks: list[Json]) -> Iterator[str]:
        for block in blocks:
            yield from self._block(block)

    def _block(self, block: Json) -> Iterator[str]:
        kind = block.get("type")
        if kind == "rich_text":
            for element in block["elements"]:
                yield from self._rich(element)
        elif kind == "header":
            yield from self._object(block["text"]).upper().splitlines()
        elif kind == "divider":
            yield "─" * 40
        elif kind == "section":
            yield from self._section(block)
        elif kind == "context":
            yield "  ".join(self._element(e) for e in block["elements"])
        elif kind in ("actions", "context_actions"):
            yield " ".join(self._element(e) for e in block["elements"])
        elif kind == "input":
            yield f"{self._object(block['label'])}: {self._element(block['element'])}"
        elif kind == "markdown":
            yield from block["text"].splitlines()
        elif kind == "image":
            yield f"[image: {block.get('alt_text', '')}]"
        elif kind in ("table", "data_table"):
            yield from self._table(block.get("rows", []))
        elif kind == "data_visualization":
            yield f"{block['title']} ({block['chart']['type']} chart)"
            yield from self._chart(block["chart"])
        elif kind == "container":
            yield from ([self._object(block["title"])] if block.get("title") else [])
            yield from self._blocks(block.get("child_blocks", []))
        else:
            yield from (self._object(block[k]) for k in ("title", "subtitle", "text", "body") if block.get(k))

    def _section(self, block: Json) -> Iterator[str]:
        lines = self._object(block["text"]).splitlines() if block.get("text") else []
        if block.get("accessory"):
            lines = [*lines[:-1], f"{lines[-1] if lines else ''}  {self._element(block['accessory'])}"]
        yield from lines
        for item in block.get("fields", []):
            yield "  " + self._object(item).replace("\n", " ")

    def _object(self, text: Any) -> str:
        """A text object: mrkdwn is resolved, plain text is shown as it is."""
        if not isinstance(text, dict):
            return str(text)
        if text.get("type") == "mrkdwn":
            return self.text(text["text"])
        return str(text.get("text", ""))

    def _element(self, element: Json) -> str:
        kind = element["type"]
        if kind in ("mrkdwn", "plain_text"):
            return self._object(element)
        if kind in ("button", "icon_button", "workflow_button"):
            return f"[{self._object(element['text'])}]" + (f" ({element['url']})" if element.get("url") else "")
        if kind == "image":
            return f"[image: {element.get('alt_text', '')}]"
        if kind == "overflow":
            return "[… " + " | ".join(self._object(o["text"]) for o in element["options"]) + "]"
        if "placeholder" in element:
            return f"[{self._object(element['placeholder'])} ▾]"
        if "options" in element:
            return "[" + " | ".join(self._object(o["text"]) for o in element["options"]) + " ▾]"
        if kind == "feedback_buttons":
            return "[👍] [👎]"
        return "[… ▾]"

    def _table(self, rows: list[list[Json]]) -> Iterator[str]:
        cells = [[self._cell(cell) for cell in row] for row in rows]
        widths = [max(len(row[n]) for row in cells if n < len(row)) for n in range(max(map(len, cells), default=0))]
        for row in cells:
            yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False))

    def _chart(self, chart: Json) -> Iterator[str]:
        """The figures behind a chart, as a table."""
        if chart["type"] == "pie":
            rows = [[part["label"], f"{part['value']:,}"] for part in chart["segments"]]
        else:
            rows = [["", *(series["name"] for series in chart["series"])]]
            for category in chart["axis_config"]["categories"]:
                points = (p for series in chart["series"] for p in series["data"] if p["label"] == category)
                rows.append([category, *(f"{point['value']:,}" for point in points)])
        yield from self._table([[{"type": "raw_text", "text": cell} for cell in row] for row in rows])

    def _cell(self, cell: Json) -> str:
        if cell.get("type") == "rich_text":
            return " ".join(line for element in cell["elements"] for line in self._rich(element))
        return str(cell.get("text", cell.get("value", "")))

    def _rich(self, element: Json) -> Iterator[str]:
        kind = element["type"]
        if kind == "rich_text_list":
            for number, item in enumerate(element["elements"], 1):
                mark = f"{number}. " if element.get("style") == "ordered" else "• "
                yield mark + "".join(self._rich_inline(e) for e in item["elements"])
            return
        prefix = BAR if kind == "rich_text_quote" else ""
        text = "".join(self._rich_inline(e) for e in element["elements"])
        yield from (prefix + line for line in text.split("\n"))

    def _rich_inline(self, element: Json) -> str:
        kind = element["type"]
        if kind == "user":
            return f"@{self.name(element['user_id'])}"
        if kind == "channel":
            return self._token(f"#{element['channel_id']}")
        if kind == "link":
            shown = str(element.get("text") or element["url"])
            if self.addresses:
                return f"{shown} ({element['url']})" if element.get("text") else shown
            return f"{shown} ↗"
        if kind == "date":
            return self._moment(int(element["timestamp"]), element["format"])
        if kind == "emoji":
            return f":{element['name']}:"
        return str(element.get("text", ""))
