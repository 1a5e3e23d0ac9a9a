"""The reader that needs no key and no network, and what is done with the findings of any."""

from __future__ import annotations

from bot.reading.positions import with_positions
from bot.reading.rules.engine import read_message
from bot.reading.types import Finding, Reader, Window
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


def read_window(reader: Reader, window: Window) -> tuple[list[Finding], list[Dropped]]:
    """Read a window, add both views where they are said, and verify: (findings that may be stored, findings dropped
    with the reason).

    Used alike by the desk and by `scan`.
    """
    allowed = {name for name in (window.partner, window.account) if name}
    return verify(with_positions(reader.read(window), window), window, allowed)
