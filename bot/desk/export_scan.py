"""`scan`: a stream of exported messages -> the findings in them, as the JSON objects other programs rely on.

Needs no Slack, no key and no database. Memory does not grow with the export: only the newest threads are kept for
context, and of those only the last few messages, shortened. One process reads the export and keeps its order; others
may do the listening.
"""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.desk import plans
from bot.did_you_mean import normal
from bot.imports.book import AccountEntry, Book
from bot.imports.export import Export, ExportMessage, ExportUser
from bot.imports.json_array import BadFile
from bot.policy import Policy
from bot.reading.types import Finding, PlanDate, ReadMessage, Side, Window
from bot.reading.workers import MakeReader, cores, read_in_order
from models.partners import ChannelKind

THREADS_KEPT = 2_000
CONTEXT = 12  # earlier messages shown to the reader
CONTEXT_TEXT = 1_000  # characters kept of a message that is only context
SMALL_EXPORT = 500_000  # bytes, some 1,500 messages: read here before other processes would have begun
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)")


def scan(
    messages: Iterable[ExportMessage],
    make_reader: MakeReader,
    policy: Policy,
    *,
    book: Book | None = None,
    users: Mapping[str, ExportUser] | None = None,
    workers: int = 1,
) -> Iterator[Told]:
    """One object per finding, in the order of the messages; what is only worth a look is left out. Without a book every
    author is unknown, nothing is routed.

    `users` is the export's users.json: home workspaces and time zones. `workers` processes read (`read_in_order` says
    what `make_reader` must be); the objects are the same for any number of them. Raises what `messages`, the reader and
    `read_in_order` raise.
    """
    unreadable: list[BadFile] = []
    windows = _windows(_readable(messages, unreadable), _Sides(book, users or {}))
    for said, findings in read_in_order(windows, make_reader, workers):
        for finding in findings:
            if finding.sure:
                yield _told(finding, said.message, said.side, said.link, policy)
    if unreadable:
        raise unreadable[0]


def workers_for(export: Export) -> int:
    """How many processes are worth starting for an export."""
    return cores() if export.total_bytes > SMALL_EXPORT else 1


@dataclass(frozen=True, slots=True)
class _Said:
    """What is told of a message beside the findings in it."""

    message: ExportMessage
    side: Side
    link: _Link


def _readable(messages: Iterable[ExportMessage], unreadable: list[BadFile]) -> Iterator[ExportMessage]:
    """The messages up to the place that cannot be read; the findings in them are told before that is raised."""
    try:
        yield from messages
    except BadFile as error:
        unreadable.append(error)


def _windows(messages: Iterable[ExportMessage], sides: _Sides) -> Iterator[tuple[_Said, Window]]:
    context = _Context()
    for message in messages:
        if not message.is_speech or not message.text or sides.is_bot(message.user):
            continue
        link = sides.link_of(message)
        as_read = sides.read_message(message, link)
        shown = [*context.before(message), as_read]
        window = Window(
            messages=shown,
            new_from=len(shown) - 1,
            partner=link.partner,
            account=link.account,
            people=sides.named_in(shown, link),
            plan=plans.shown(link.plan, link.ours, as_read.said_at.date()),
        )
        yield _Said(message, as_read.side, link), window
        context.add(message, as_read)


@dataclass(frozen=True, slots=True)
class _Link:
    """What the book says about a channel. `joint`: findings there go to somebody; `plan`: the account's lines and whose
    they are, by what the book may call a partner; `ours`: what it calls this one."""

    partner: str | None = None
    account: str | None = None
    partner_domains: frozenset[str] = frozenset()
    account_domain: str = ""
    joint: bool = False
    plan: tuple[tuple[PlanDate, str | None], ...] = ()
    ours: frozenset[str] = frozenset()


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

    def named_in(self, messages: Sequence[ReadMessage], link: _Link) -> dict[str, Side]:
        """Everyone who speaks in these messages or is mentioned in them, who may be an owner."""
        named = {message.user: message.side for message in messages}
        mentioned = (user for message in messages if "<@" in message.text for user in _MENTION.findall(message.text))
        return named | {user: self.side(user, "", link) for user in mentioned if user not in named}


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
            plan=_plan(account) if account else (),
            ours=frozenset(normal(name) for name in (partner.name, *partner.aliases)) if partner else frozenset(),
        )
        links |= {key: link for key in (entry.id, entry.name.lower().lstrip("#")) if key}
    return links


def _plan(account: AccountEntry) -> tuple[tuple[PlanDate, str | None], ...]:
    return tuple(
        (PlanDate(line.item, line.due, line.owner.value), normal(line.partner) if line.partner else None)
        for line in account.plan
    )


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


@dataclass(frozen=True, slots=True)
class Told:
    """One finding: `contract` is the JSON object other programs rely on, `heard` says why, for people."""

    contract: Mapping[str, Any]
    heard: str = ""


def _told(finding: Finding, message: ExportMessage, side: Side, link: _Link, policy: Policy) -> Told:
    routes = policy.escalations_for(finding.kind) if link.joint else ()
    contract = {
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
    heard = finding.note
    if not heard and finding.reader == "model":
        heard = ", ".join((f"{finding.confidence:.2f}", *(f"“{piece}”" for piece in finding.weighed)))
    return Told(contract, heard)


def in_words(told: Told) -> str:
    """One finding of `scan` as two lines for a person: where, who and what it is; then the words.

    Without control characters: they would command the terminal.
    """
    found = told.contract
    said_at = datetime.fromtimestamp(float(found["ts"]), UTC)
    what = f"{found['kind']} ({found['category']})" if found["category"] else found["kind"]
    facts = [f"owner {found['owner']}"] if found["owner"] else []
    facts += [f"due {found['due']}"] if found["due"] else []
    facts += [f"→ {route['to']} within {route['within_hours']} h" for route in found["routes"]]
    heard = f": {told.heard}" if told.heard else ""
    head = f"{said_at:%Y-%m-%d %H:%M} {found['channel']} {found['user']} ({found['side']}): {what}"
    lines = (f"{'; '.join([head, *facts])}  [{found['rule']}{heard}]", f"    “{found['quote']}”")
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines)
