"""What the handlers and jobs are given: built once in app.py, passed down, never imported as a global."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from bot.policy import Policy
from bot.reading.types import Reader
from bot.slack.gateway import Gateway
from models.store import Store


@dataclass(frozen=True, slots=True)
class Services:
    store: Store
    policy: Policy
    clock: Clock
    reader: Reader
    gateway: Gateway
    reads_with: str = "rules"  # what the reader is made of, in words for people
