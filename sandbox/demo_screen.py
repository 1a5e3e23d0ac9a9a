"""What PartnerDesk posts, on a terminal: a card as its reader would see it, an edit as one line, nothing twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from sandbox.box import Sandbox
from sandbox.demo_week import ZONE
from sandbox.inputs import stateful
from sandbox.render import BAR, Renderer
from sandbox.workspace import Message

INDENT = 7
WIDTH = 100
LEFT_OUT = "… the rest as before"


@dataclass(slots=True)
class News:
    """What is new in the workspace: posts, and the fresh lines of edited cards with the places they are at."""

    posts: list[Message] = field(default_factory=list)
    edits: dict[tuple[str, ...], list[str]] = field(default_factory=dict)


class Screen:
    """Prints on `console`. `roles` says in a word who somebody is, by user id."""

    def __init__(self, box: Sandbox, console: Console, roles: dict[str, str]) -> None:
        self._box = box
        self._console = console
        self._roles = roles
        self._cards: dict[tuple[str, str], list[str]] = {}
        self._whispers = 0
        self._seen: dict[str, set[str]] = defaultdict(set)
        self._day = ""

    def say(self, text: Text | str, *, indent: int = 0) -> None:
        """Print our own words, wrapped."""
        shown = Padding(Text(text) if isinstance(text, str) else text, (0, 0, 0, indent), expand=False)
        self._console.print(shown, width=min(self._console.width, WIDTH))

    def heading(self, words: str) -> None:
        self._console.print()
        self._console.rule(Text(words, "bold"), style="dim", align="left")

    def day(self) -> None:
        """A heading, when a new day has begun."""
        day = f"{self._now():%A} {self._now().day} {self._now():%B}"
        if day != self._day:
            self._day = day
            self.heading(f"{day}, New York time")

    def event(self, who: str, does: str, words: str = "") -> None:
        """Somebody does something; `words` are theirs."""
        self.say(Text.assemble((f"{self._now():%H:%M}  ", "dim"), (self._who(who), "bold"), f" {does}"))
        if words:
            self.say(f"“{words}”", indent=INDENT)

    def aside(self, words: str, *, timed: bool = False) -> None:
        """The narrator; `timed` begins with the time of day."""
        if timed:
            self.say(Text.assemble((f"{self._now():%H:%M}  ", "dim"), (words, "italic")))
        else:
            self.say(Text(words, "dim italic"), indent=INDENT)

    def news(self) -> News:
        """What the bot posted (cards that ask for most first) and edited since the last call; not printed yet."""
        found = News()
        for channel in list(self._box.workspace.channels):
            for message in self._box.bot_messages(channel):
                self._compare(message, found)
        whispers = self._box.workspace.ephemerals
        found.posts += whispers[self._whispers :]
        self._whispers = len(whispers)
        found.posts.sort(key=lambda m: (-sum(1 for block in m.blocks for _ in stateful(block)), m.ts))
        return found

    def card(self, message: Message, above: set[str]) -> None:
        """Print a post. When most of it is on a card `above`, or was seen by its reader before, only what is new;
        answers are always whole."""
        lines = self._lines(message)
        known = above | self._seen[self._reader(message)]
        above.update(lines)
        self._seen[self._reader(message)].update(lines)
        fresh = _fresh(lines, known)
        if len(fresh) <= len(lines) // 2 and not message.private_to:
            lines = [*fresh, LEFT_OUT]
        shown = Text("\n").join(_styled(line, first=number == 0) for number, line in enumerate(lines))
        title = Text(f" PartnerDesk to {self._place(message)} ", "bold")
        colour = "blue" if message.private_to else "magenta" if self._reader(message) == message.channel else "cyan"
        panel = Panel(shown, title=title, title_align="left", border_style=colour, padding=(0, 1))
        self._console.print(Padding(panel, (0, 0, 0, INDENT)), width=min(self._console.width, WIDTH))

    def edited(self, lines: Sequence[str], places: Sequence[str]) -> None:
        """Print one edit of cards that now say the same at `places`; the first of its new lines says what changed."""
        where = ", ".join(dict.fromkeys(places))
        words = lines[0].removeprefix(BAR)
        self.say(Text.assemble(("edited: ", "green"), words, (f"  ({where})", "dim")), indent=INDENT)

    def _compare(self, message: Message, found: News) -> None:
        key = (message.channel, message.ts)
        lines, before = self._lines(message), self._cards.get(key)
        self._cards[key] = lines
        if before is None:
            found.posts.append(message)
            return
        fresh = [line for line in lines if line not in before]
        said = tuple(line for line in fresh if not _is_buttons(line)) or tuple(fresh)
        if said:
            found.edits.setdefault(said, []).append(self._name(message))
            self._seen[self._reader(message)].update(fresh)

    def _lines(self, message: Message) -> list[str]:
        reader = self._box.workspace.users.get(self._reader(message))
        zone = reader.tz if reader else ZONE
        return Renderer(self._box.workspace, zone, addresses=False).message(message).splitlines()

    def _reader(self, message: Message) -> str:
        """Who reads it: the one person it is for, or the channel."""
        channel = self._box.workspace.channels[message.channel]
        other = next((m for m in channel.members if m != message.user), "") if channel.kind == "im" else ""
        return message.private_to or other or channel.id

    def _name(self, message: Message) -> str:
        reader = self._box.workspace.users.get(self._reader(message))
        return reader.real_name if reader else f"#{self._box.workspace.channels[message.channel].name}"

    def _place(self, message: Message) -> str:
        reader = self._reader(message)
        who = self._who(reader) if reader in self._roles else self._name(message)
        channel = self._box.workspace.channels[message.channel]
        return f"{who} alone, in #{channel.name}" if message.private_to and channel.name else who

    def _who(self, user: str) -> str:
        return f"{self._box.workspace.users[user].real_name} ({self._roles[user]})"

    def _now(self) -> datetime:
        return self._box.clock.now().astimezone(ZoneInfo(ZONE))


def _fresh(lines: Sequence[str], known: set[str]) -> list[str]:
    """The first line, what is not `known` with the title of its list entry, and the buttons of a card about one thing.

    List entries begin with "#" and their number, or follow a heading.
    """
    kept, entry = [lines[0]], ""
    for line in lines[1:]:
        entry = line if line.startswith("#") or line.isupper() else entry
        if _is_buttons(line):
            kept += [] if entry else [line]
        elif line not in known:
            kept += [each for each in (entry, line) if each and each not in kept]
    return kept


def _is_buttons(line: str) -> bool:
    return line.startswith("[")


def _styled(line: str, *, first: bool) -> Text:
    if first:
        return Text(line, "bold")
    if line.startswith(BAR):
        return Text(line, "yellow")
    return Text(line, "bold blue") if _is_buttons(line) else Text(line)
