"""Slack's Web API rate limits: a tier per method and workspace, and one message a second per channel."""

from __future__ import annotations

import math
from collections import deque

from sandbox.methods import METHODS, SPECIAL_CALLS, TIER_CALLS

WINDOW = 60.0
POST_RATE = 1.0  # messages per second and channel (docs.slack.dev, rate limits)
POST_BURST = 4.0  # "short bursts" are allowed, without a figure; ours


class RateLimits:
    """Counts calls. Times are real, monotonic seconds, because clients wait in real time."""

    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled
        self._calls: dict[tuple[str, str], deque[float]] = {}
        self._buckets: dict[str, tuple[float, float]] = {}

    def check(self, method: str, token: str, channel: str, now: float) -> int:
        """Count one call; 0 when it may pass, else the Retry-After in whole seconds."""
        if not self.enabled:
            return 0
        wait = self._post_wait(channel, now) if method == "chat.postMessage" and channel else 0.0
        return math.ceil(wait or self._tier_wait(method, token, now))

    def _tier_wait(self, method: str, token: str, now: float) -> float:
        tier = METHODS[method].tier
        calls = self._calls.setdefault((method, token), deque())
        while calls and calls[0] <= now - WINDOW:
            calls.popleft()
        if len(calls) >= (TIER_CALLS[tier] if tier else SPECIAL_CALLS):
            return calls[0] + WINDOW - now
        calls.append(now)
        return 0.0

    def _post_wait(self, channel: str, now: float) -> float:
        tokens, before = self._buckets.get(channel, (POST_BURST, now))
        tokens = min(POST_BURST, tokens + (now - before) * POST_RATE)
        if tokens < 1:
            self._buckets[channel] = (tokens, now)
            return (1 - tokens) / POST_RATE
        self._buckets[channel] = (tokens - 1, now)
        return 0.0
