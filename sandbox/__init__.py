"""A Slack workspace in a box: Slack's protocol on loopback, so the real app runs with no Slack account.

>>> async with await Sandbox.start() as box:            # doctest: +SKIP
...     box.user("U0PM", name="Dana Park")
...     await box.say("U0PM", "C0JOINT", "hello")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.box import Sandbox as Sandbox

__all__ = ["Sandbox"]


def __getattr__(name: str) -> object:
    """Import the server (aiohttp) only when somebody asks for it."""
    if name == "Sandbox":
        from sandbox.box import Sandbox

        return Sandbox
    raise AttributeError(name)
