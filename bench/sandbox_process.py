"""The sandbox in a process of its own, as the measurements use it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp


@dataclass(frozen=True, slots=True)
class Box:
    """A running sandbox: its address, and its verbs."""

    address: dict[str, Any]
    http: aiohttp.ClientSession

    async def call(self, verb: str, **arguments: Any) -> Any:
        """Do one verb of `/_control/`. Raises RuntimeError when the sandbox refuses."""
        async with self.http.post(f"{self.address['control_url']}{verb}", json=arguments) as answer:
            body = await answer.json()
        if not body["ok"]:
            raise RuntimeError(f"sandbox {verb}: {body['error']} {body['detail']}")
        return body["result"]


@asynccontextmanager
async def sandbox_process(*options: str) -> AsyncIterator[Box]:
    """Start `python -m sandbox` with `options`, stop it at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", *options, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        address = json.loads(await process.stdout.readline())
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as http:
            yield Box(address, http)
    finally:
        process.terminate()
        await process.wait()
