"""`scan`: a stream of exported messages -> the findings in them, as the JSON objects other programs rely on.

Needs no Slack, no key and no database. Memory does not grow with the export: only the newest threads are kept for
context, and of those only the last few messages, shortened.
"""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.did_you_mean import normal
from bot.imports.book import Book
from bot.imports.export import ExportMessage, ExportUser
from bot.policy import Policy
from bot.reading.reader import read_window
from bot.reading.types import Finding, Reader, ReadMessage, Side, Window
from models.partners import ChannelKind

THREADS_KEPT = 2_000
CONTEXT = 12  # earlier messages shown to the reader
CONTEXT_TEXT = 1_000  # characters kept of a message that is only context
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)")


def scan(
    messages: Iterable[ExportMessage],
    reader: Reader,
    policy: Policy,
    *,
    book: Book | None = None,
    users: Mapping[str, ExportUser] | None = None,
) -> Iterator[dict[str, Any]]:
    """One object per finding, in the order of the messages. Without a book every author is unknown, nothing is routed.

    `users` is the export's users.json: home workspaces and time zones. Raises what `messages` and `reader` raise.
    """
    sides = _Sides(book, users or {})
    context = _Context()
    for message in messages:
        if not message.is_speech or not message.text or sides.is_bot(message.user):
            continue
        link = sides.link_of(message)
        as_read = sides.read_message(message, link)
        before = context.before(message)
        window = Window(
            messages=[*before, as_read],
            new_from=len(before),
            partner=link.partner,
            account=link.account,
            people=sides.named_in(message.text, link),
        )
        findings, _ = read_window(reader, window)
        for finding in findings:
            yield _told(finding, message, as_read.side, link, policy)
        context.add(message, as_read)


@dataclass(frozen=True, slots=True)
class _Link:
    """What the book says about a channel. `joint`: findings there go to somebody."""

    partner: str | None = None
    account: str | None = None
    partner_domains: frozenset[str] = frozenset()
    account_domain: str = ""
    joint: bool = False


_UNLINKED = _Link()


class _Sides:
    """Who speaks for whom: by Slack workspace; guests of ours by the domain of their e-mail. As `desk.threads` does."""

    def __init__(self, book: Book | None, users: Mapping[str, ExportUser]) -> None:
        self._users = users
        self._ours = book.workspace if book else None
        self._people = {entry.slack: entry.timezone for entry in book.people} if book else {}
        self._partner_teams = {team for entry in book.partners for team in entry.slack_teams} if book else set()
        self._links = _links(book) if book else {}

    def is_bot(self, user: str) -> bool:
        known = self._users.get(user)
        return known is not None and known.is_bot

    def link_of(self, message: ExportMessage) -> _Link:
        found = self._links.get(message.channel) or self._links.get(message.channel_name.lower())
        return found or _UNLINKED

    def side(self, user: str, team: str, link: _Link) -> Side:
        if self._ours is None:
            return Side.UNKNOWN
        if user in self._people:
            return Side.US
        known = self._users.get(user)
        team = team or (known.team if known else "")
        if team == self._ours and not (known and known.is_guest):
            return Side.US
        if team in self._partner_teams:
            return Side.PARTNER
        domain = known.email_domain if known else ""
        if domain and domain in link.partner_domains:
            return Side.PARTNER
        return Side.CUSTOMER if domain and domain == link.account_domain else Side.UNKNOWN

    def read_message(self, message: ExportMessage, link: _Link) -> ReadMessage:
        known = self._users.get(message.user)
        name = self._people.get(message.user) or (known.zone if known else "")
        zone = _zone(name)
        return ReadMessage(
            ts=message.ts,
            user=message.user,
            side=self.side(message.user, message.team, link),
            text=message.text,
            said_at=datetime.fromtimestamp(float(message.ts), zone or UTC),
            zone=name if zone else "",
        )

    def named_in(self, text: str, link: _Link) -> dict[str, Side]:
        if "<@" not in text:
            return {}
        return {user: self.side(user, "", link) for user in _MENTION.findall(text)}


def _links(book: Book) -> dict[str, _Link]:
    """What the book says of each channel, by its id and by its name."""
    partners = {normal(word): entry for entry in book.partners for word in (entry.name, *entry.aliases)}
    accounts = {normal(entry.name): entry for entry in book.accounts}
    links: dict[str, _Link] = {}
    for entry in book.channels:
        partner = partners[normal(entry.partner)] if entry.partner else None
        account = accounts[normal(entry.account)] if entry.account else None
        link = _Link(
            partner=partner.name if partner else None,
            account=account.name if account else None,
            partner_domains=frozenset(partner.domains) if partner else frozenset(),
            account_domain=account.domain if account else "",
            joint=entry.kind is ChannelKind.JOINT,
        )
        links |= {key: link for key in (entry.id, entry.name.lower().lstrip("#")) if key}
    return links


@lru_cache(maxsize=1_000)
def _zone(name: str) -> tzinfo | None:
    """The zone of that IANA name, None when there is none (users.json is somebody else's file)."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


class _Context:
    """The last messages of the newest threads; for a message outside of any thread, of its channel."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], deque[ReadMessage]] = OrderedDict()

    def before(self, message: ExportMessage) -> list[ReadMessage]:
        root = message.thread_ts
        in_thread = root is not None and root != message.ts
        return list(self._kept.get((message.channel, root if in_thread and root else ""), ()))

    def add(self, message: ExportMessage, as_read: ReadMessage) -> None:
        if len(as_read.text) > CONTEXT_TEXT:
            as_read = replace(as_read, text=as_read.text[:CONTEXT_TEXT])
        self._append((message.channel, message.thread_ts or message.ts), as_read)
        if message.thread_ts in (None, message.ts):
            self._append((message.channel, ""), as_read)

    def _append(self, key: tuple[str, str], as_read: ReadMessage) -> None:
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = deque(maxlen=CONTEXT)
            if len(self._kept) > THREADS_KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        kept.append(as_read)


def _told(finding: Finding, message: ExportMessage, side: Side, link: _Link, policy: Policy) -> dict[str, Any]:
    routes = policy.escalations_for(finding.kind) if link.joint else ()
    return {
        "channel": message.channel,
        "thread_ts": message.thread_ts,
        "ts": message.ts,
        "user": message.user,
        "side": side.value,
        "kind": finding.kind.value,
        "category": finding.category.value if finding.category else None,
        "quote": finding.quote,
        "start": finding.start,
        "end": finding.end,
        "partner": link.partner,
        "account": link.account,
        "owner": finding.owner,
        "due": finding.due.isoformat() if finding.due else None,
        "due_phrase": finding.due_phrase,
        "routes": [{"to": route.to, "within_hours": route.within_hours} for route in routes],
        "reader": finding.reader,
        "rule": finding.rule,
    }


def in_words(told: Mapping[str, Any]) -> str:
    """One finding of `scan` as two lines for a person: where, who and what it is; then the words.

    Without control characters: they would command the terminal.
    """
    said_at = datetime.fromtimestamp(float(told["ts"]), UTC)
    what = f"{told['kind']} ({told['category']})" if told["category"] else told["kind"]
    facts = [f"owner {told['owner']}"] if told["owner"] else []
    facts += [f"due {told['due']}"] if told["due"] else []
    facts += [f"→ {route['to']} within {route['within_hours']} h" for route in told["routes"]]
    head = f"{said_at:%Y-%m-%d %H:%M} {told['channel']} {told['user']} ({told['side']}): {what}"
    lines = (f"{'; '.join([head, *facts])}  [{told['rule']}]", f"    “{told['quote']}”")
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines)
