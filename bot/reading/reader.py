"""The reader that needs no key and no network, and the cascade in which further readers take their place."""

from __future__ import annotations

from collections.abc import Sequence

from bot.reading.rules.engine import read_message
from bot.reading.types import Finding, Kind, Reader, Window
from bot.reading.verifier import Dropped, verify


class RulesReader:
    """Structural rules over the new messages of a window; implements `types.Reader`."""

    def read(self, window: Window) -> list[Finding]:
        """Findings in the window's new messages, oldest message first; bot output and quoted text give none."""
        found: list[Finding] = []
        for message in window.messages[window.new_from :]:
            if message.is_speech and message.text:
                found += read_message(message, window)
        return found


class CascadeReader:
    """Asks several readers in turn; of two findings of one kind on overlapping words the earlier reader's stays.

    This is the seam for the trained model and for Claude: `CascadeReader([RulesReader(), model])`.
    """

    def __init__(self, readers: Sequence[Reader]) -> None:
        self._readers = tuple(readers)

    def read(self, window: Window) -> list[Finding]:
        """Findings of all readers, without repeats, ordered by message and position."""
        kept: list[Finding] = []
        for reader in self._readers:
            kept += [finding for finding in reader.read(window) if not any(_repeats(finding, old) for old in kept)]
        order = {message.ts: position for position, message in enumerate(window.messages)}
        return sorted(kept, key=lambda finding: (order.get(finding.message_ts, len(order)), finding.start))


def _repeats(new: Finding, old: Finding) -> bool:
    kinds = {new.kind, old.kind}
    same = len(kinds) == 1 or kinds == {Kind.RISK, Kind.WATCH}
    return same and new.message_ts == old.message_ts and new.start < old.end and old.start < new.end


def read_window(reader: Reader, window: Window) -> tuple[list[Finding], list[Dropped]]:
    """Read a window and verify what was heard: (findings that may be stored, findings dropped with the reason).

    Used alike by the desk and by `scan`.
    """
    allowed = {name for name in (window.partner, window.account) if name}
    return verify(reader.read(window), window, allowed)
