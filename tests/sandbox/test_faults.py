"""Faults: what the client sees, and what was recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler

from sandbox.faults import FaultKind, Faults
from tests.sandbox.support import client, refusal, run, workspace


async def _failure(call: Awaitable[Any]) -> str:
    try:
        await call
    except (aiohttp.ClientError, SlackApiError) as error:
        return type(error).__name__
    return ""


@pytest.mark.parametrize(
    ("kind", "recorded"),
    [("drop_before", 0), ("drop_after", 1), ("500", 0), ("500_after", 1), ("429", 0), ("error", 0)],
)
def test_what_is_recorded_when_the_answer_is_lost(kind: FaultKind, recorded: int) -> None:
    async def scenario() -> None:
        async with workspace() as box:
            rule = box.faults.add("chat.postMessage", kind, times=1)
            assert await _failure(client(box).chat_postMessage(channel="C0ALERTS", text="x"))
            assert rule.fired == 1
            assert len(box.messages("C0ALERTS")) == recorded
            await client(box).chat_postMessage(channel="C0ALERTS", text="again")
            assert len(box.messages("C0ALERTS")) == recorded + 1

    run(scenario)


def test_the_default_sdk_client_posts_twice_after_a_dropped_answer() -> None:
    """Why PartnerDesk posts with retry_handlers=[] (reference: engine, Slack facts)."""

    async def scenario() -> None:
        async with workspace() as box:
            box.faults.add("chat.postMessage", "drop_after", times=1)
            web = client(box)
            web.retry_handlers.extend(type(web)(token="x").retry_handlers)
            await web.chat_postMessage(channel="C0ALERTS", text="x")
            assert len(box.messages("C0ALERTS")) == 2

    run(scenario)


def test_429_carries_retry_after_and_the_sdk_waits_for_it() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            box.faults.add("auth.*", "429", retry_after=1, times=1)
            web = client(box)
            web.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
            started = asyncio.get_running_loop().time()
            assert (await web.auth_test())["ok"]
            assert asyncio.get_running_loop().time() - started >= 1.0

    run(scenario)


def test_a_post_is_recorded_although_the_client_left() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            box.faults.add("chat.postMessage", "delay", before_s=0.2)
            web = client(box)
            web.timeout = 0.05  # type: ignore[assignment]  # the SDK says int, aiohttp takes float
            with pytest.raises(TimeoutError):
                await web.chat_postMessage(channel="C0ALERTS", text="x")
            await box.wait_for(lambda: box.messages("C0ALERTS"))

    run(scenario)


def test_an_error_fault_names_its_error() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            box.faults.add("*", "error", error="fatal_error")
            assert (await refusal(client(box).auth_test()))["error"] == "fatal_error"
            box.faults.clear()
            assert (await client(box).auth_test())["ok"]

    run(scenario)


def test_dice_are_seeded() -> None:
    def throws(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add("*", "500", probability=0.3)
        return [faults.roll("chat.postMessage").failure is not None for _ in range(200)]

    assert throws(1) == throws(1)
    assert throws(1) != throws(2)
    assert 30 < sum(throws(1)) < 90
