"""Not faster than Slack allows: a token bucket per channel, for the whole process."""

from __future__ import annotations

import asyncio

from bot.clock import elapsed

MANY = 10_000


class Pacer:
    """Lets `rate` calls a second through per name, and `burst` at once after a pause.

    chat.postMessage: "1 per second per channel. Short bursts >1 allowed" (docs.slack.dev, rate limits); the workspace
    has a limit of its own that Slack does not publish, and says with a 429 when it is reached.
    """

    def __init__(self, rate: float = 1.0, burst: int = 3) -> None:
        self._rate = rate
        self._burst = burst
        self._free_at: dict[str, float] = {}  # when the bucket of that name would be full again

    async def wait(self, name: str) -> None:
        """Return when the next call for `name` may go out."""
        now = elapsed()
        if len(self._free_at) > MANY:
            self._free_at = {key: at for key, at in self._free_at.items() if at > now}
        free_at = max(self._free_at.get(name, now), now) + 1 / self._rate
        self._free_at[name] = free_at
        await asyncio.sleep(max(0.0, free_at - now - self._burst / self._rate))
