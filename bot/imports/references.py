"""What the entries of a book say about each other: every name and id used must be there, and only once.

Works on the plain document, so that dangling references are told together with everything else that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.did_you_mean import close_to, normal
from bot.imports.yaml_lines import Lines, Path, Problem, Value

Entry = dict[str, Value]


def broken_references(document: Entry, lines: Lines) -> list[Problem]:
    """Dangling references, things named twice, managers in a circle, and channels that contradict themselves."""
    check = _Check(document, lines)
    check.people()
    check.partners()
    check.accounts()
    check.channels()
    return check.problems


def _entries(value: Value, path: Path) -> Iterator[tuple[Path, Entry]]:
    """The mappings of a list, with their paths; whatever else stands there is told by the types."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            if isinstance(item, dict):
                yield (*path, number), item


def _by_normal(names: list[str]) -> dict[str, str]:
    return {normal(name): name for name in names}


def _words(value: Value) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


@dataclass
class _Once:
    """Names that may be used once; remembers the line of the first use."""

    what: str
    first: dict[str, int] = field(default_factory=dict)

    def add(self, word: str, line: int) -> Problem | None:
        before = self.first.get(normal(word))
        if before is not None:
            return Problem(line, f"{self.what} '{word}' stands here twice (first on line {before})")
        self.first[normal(word)] = line
        return None


class _Check:
    def __init__(self, document: Entry, lines: Lines) -> None:
        self.problems: list[Problem] = []
        self._document, self._lines = document, lines
        aliases = [word for _, entry in self._list("partners") for word in _words(entry.get("aliases"))]
        self._people = _by_normal(self._all("people", "slack"))
        self._partners = _by_normal([*self._all("partners", "name"), *aliases])
        self._accounts = _by_normal(self._all("accounts", "name"))

    def people(self) -> None:
        once, managers = _Once("the person"), dict[str, str]()
        for path, entry in self._list("people"):
            self._once(once, entry, path, "slack")
            self._known(entry, path, "manager", self._people, "person")
            slack, manager = entry.get("slack"), entry.get("manager")
            if isinstance(slack, str) and isinstance(manager, str):
                managers.setdefault(slack, manager)
        self._circles(managers)

    def partners(self) -> None:
        names, teams, domains = _Once("the partner name"), _Once("the Slack team"), _Once("the domain")
        for path, entry in self._list("partners"):
            self._once(names, entry, path, "name")
            own = entry.get("name")
            for key, once in (("aliases", names), ("slack_teams", teams), ("domains", domains)):
                for number, word in enumerate(_words(entry.get(key))):
                    if not (key == "aliases" and isinstance(own, str) and normal(word) == normal(own)):
                        self._add(once.add(word, self._lines.at((*path, key, number))))
                    if key == "slack_teams" and word == self._document.get("workspace"):
                        self._tell((*path, key, number), f"'{word}' is our own workspace, not the partner's")
            self._known(entry, path, "manager", self._people, "person")
            self._known(entry, path, "sponsor", self._people, "person")
            for listed, key in (("contacts", "name"), ("targets", "period")):
                once = _Once(f"the {listed.removesuffix('s')}")
                for item_path, item in _entries(entry.get(listed), (*path, listed)):
                    self._once(once, item, item_path, key)

    def accounts(self) -> None:
        names, deals = _Once("the account"), _Once("the opportunity")
        for path, entry in self._list("accounts"):
            self._once(names, entry, path, "name")
            self._known(entry, path, "owner", self._people, "person")
            for deal_path, deal in _entries(entry.get("opportunities"), (*path, "opportunities")):
                self._once(deals, deal, deal_path, "id")
                helpers = _Once("the partner in this role")
                for link_path, link in _entries(deal.get("partners"), (*deal_path, "partners")):
                    self._known(link, link_path, "partner", self._partners, "partner")
                    both = f"{link.get('partner')} {link.get('role', 'co_sell')}"
                    self._add(helpers.add(both, self._lines.at(link_path)))
            items = _Once("the plan item")
            for item_path, item in _entries(entry.get("plan"), (*path, "plan")):
                self._once(items, item, item_path, "item")
                self._known(item, item_path, "partner", self._partners, "partner")
                if item.get("owner") == "partner" and "partner" not in item:
                    self._tell(item_path, "owner is partner, but no partner is named: add partner: NAME")

    def channels(self) -> None:
        once = _Once("the channel")
        for path, entry in self._list("channels"):
            self._once(once, entry, path, "id")
            self._known(entry, path, "partner", self._partners, "partner")
            self._known(entry, path, "account", self._accounts, "account")
            if entry.get("kind", "joint") == "joint":
                if "partner" not in entry:
                    self._tell(path, "a joint channel needs its partner: add partner: NAME")
                if "receives" in entry:
                    self._tell((*path, "receives"), "a joint channel receives nothing: partners read it too")

    def _list(self, key: str) -> Iterator[tuple[Path, Entry]]:
        return _entries(self._document.get(key), (key,))

    def _all(self, listed: str, key: str) -> list[str]:
        return [value for _, entry in self._list(listed) if isinstance(value := entry.get(key), str)]

    def _once(self, once: _Once, entry: Entry, path: Path, key: str) -> None:
        word = entry.get(key)
        if isinstance(word, str):
            self._add(once.add(word, self._lines.at((*path, key))))

    def _known(self, entry: Entry, path: Path, key: str, known: dict[str, str], what: str) -> None:
        word = entry.get(key)
        if not isinstance(word, str) or normal(word) in known:
            return
        guess = close_to(word, known.values())
        advice = f"did you mean '{guess}'?" if guess else f"add the {what} to the book first"
        self._tell((*path, key), f"{key}: no {what} '{word}' in this book ({advice})")

    def _circles(self, managers: dict[str, str]) -> None:
        told: set[str] = set()
        for start in managers:
            chain = [start]
            while (above := managers.get(chain[-1])) and above not in chain:
                chain.append(above)
            if above == start and start not in told:
                told.update(chain)
                path = next(path for path, entry in self._list("people") if entry.get("slack") == start)
                self._tell((*path, "manager"), f"managers in a circle: {' → '.join([*chain, start])}")

    def _tell(self, path: Path, text: str) -> None:
        self.problems.append(Problem(self._lines.at(path), text))

    def _add(self, problem: Problem | None) -> None:
        if problem:
            self.problems.append(problem)
