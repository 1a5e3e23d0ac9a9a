"""YAML -> plain dicts, lists and text, remembering on which line everything stands.

Every value stays text: a partner called `No` is not false, and a date is read by whoever knows it is one. Tags, anchors
and aliases are refused, so no document can grow beyond its size or make an object.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import yaml

MAX_BYTES = 2_000_000  # a book of ten thousand accounts is about half of this
MAX_DEPTH = 12
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser where PyYAML was built with it
_NULL = "tag:yaml.org,2002:null"

Value = str | None | list["Value"] | dict[str, "Value"]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong on a 1-based line, in one sentence."""

    line: int
    text: str


@dataclass(slots=True)
class Lines:
    """Where each value stands; a mapping entry stands where its key does."""

    of: dict[Path, int] = field(default_factory=dict)

    def at(self, path: Sequence[str | int]) -> int:
        """The line of `path`, or of the nearest thing around it that is in the file."""
        known = tuple(path)
        while known and known not in self.of:
            known = known[:-1]
        return self.of.get(known, 1)


def load(text: str) -> tuple[Value, Lines, list[Problem]]:
    """The document, where everything stands, and what is wrong with it as YAML (then the document is not to be used,
    save for duplicate keys, where the first one counts)."""
    refused = _unsafe(text)
    if refused:
        return None, Lines(), [refused]
    node = yaml.compose(text, Loader=_LOADER)
    lines, problems = Lines(), list[Problem]()
    value = _plain(node, (), lines, problems) if node is not None else None
    return value, lines, problems


def _unsafe(text: str) -> Problem | None:
    """The first reason not to read `text`: broken YAML, an alias, a tag, absurd nesting, a second document."""
    depth = documents = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            line = event.start_mark.line + 1 if event.start_mark else 1
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                return Problem(line, "a second document starts here (---): a book is one document")
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                return Problem(line, "anchors and aliases (& and *) are not read: write the value out")
            if isinstance(event, yaml.NodeEvent) and _has_tag(event):
                return Problem(line, "tags (!) are not read: write the plain value")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                return Problem(line, f"nested more than {MAX_DEPTH} levels deep: a book has no such place")
    except yaml.YAMLError as error:
        return _syntax(error, text)
    return None


def _has_tag(event: yaml.NodeEvent) -> bool:
    return getattr(event, "tag", None) not in (None, "!")


def _syntax(error: yaml.YAMLError, text: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    said = getattr(error, "problem", None) or str(error).splitlines()[0]
    if "\t" in "".join(text.splitlines()[line - 1 : line]):
        said += " (there is a tab on this line: indent with spaces)"
    return Problem(line, f"not valid YAML: {said}")


def _plain(node: yaml.Node, path: Path, lines: Lines, problems: list[Problem]) -> Value:
    lines.of.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, number), lines, problems) for number, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, problems)
    return None if node.tag == _NULL else str(node.value)


def _mapping(node: yaml.MappingNode, path: Path, lines: Lines, problems: list[Problem]) -> dict[str, Value]:
    plain: dict[str, Value] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(Problem(line, "a key must be one word, not a list or a mapping"))
            continue
        key = str(key_node.value)
        here = (*path, key)
        if here in lines.of:
            problems.append(Problem(line, f"'{key}' stands here twice (first on line {lines.at(here)})"))
            continue
        lines.of[here] = line
        value = _plain(value_node, here, lines, problems)
        if value is not None:  # `name:` with nothing after it says nothing
            plain[key] = value
    return plain
