"""`python -m sandbox --port 0 --workspace seed.json`: the workspace as a process of its own."""

from __future__ import annotations

import asyncio
import json
import signal
from datetime import datetime
from pathlib import Path

import click

from sandbox.box import Sandbox
from sandbox.clock import Clock
from sandbox.seed import plant


@click.command()
@click.option("--port", default=0, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option("--workspace", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Seed (JSON).")
@click.option("--home", default="T0HOME", help="Our team id.")
@click.option("--at", help="Freeze the workspace's clock at this ISO instant.")
@click.option("--rate-limits/--no-rate-limits", default=True, help="Slack's rate limits.")
@click.option("--echo-own/--no-echo-own", default=True, help="Send the app events of its own messages.")
@click.option("--ack-timeout", default=3.0, help="Seconds the app has to ack.")
@click.option("--retry-delays", default="0,60,300", help="Seconds before each redelivery.")
@click.option("--seed", default=0, help="Seed of every random choice.")
@click.option("--http", help="Deliver to this request URL instead of Socket Mode.")
def main(
    port: int,
    workspace: Path | None,
    home: str,
    at: str | None,
    rate_limits: bool,
    echo_own: bool,
    ack_timeout: float,
    retry_delays: str,
    seed: int,
    http: str | None,
) -> None:
    """Run a Slack workspace in a box; prints its address as one line of JSON, then serves until stopped."""

    async def serve() -> None:
        box = await Sandbox.start(
            home=home,
            clock=Clock(datetime.fromisoformat(at)) if at else None,
            port=port,
            rate_limits=rate_limits,
            ack_timeout=ack_timeout,
            retry_delays=tuple(float(d) for d in retry_delays.split(",") if d),
            echo_own=echo_own,
            seed=seed,
        )
        async with box:
            if workspace is not None:
                plant(box, json.loads(workspace.read_text(encoding="utf-8")))
            if http:
                await box.use_http(http)
            click.echo(json.dumps(box.address()))
            stopped = asyncio.Event()
            for name in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(name, stopped.set)
            await stopped.wait()

    asyncio.run(serve())


if __name__ == "__main__":
    main()
