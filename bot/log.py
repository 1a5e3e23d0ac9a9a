"""Logging: one line per happening, JSON for machines or coloured for people, with secrets and people's words removed.

The standard library's loggers (Bolt, slack_sdk, aiohttp, APScheduler) go through the same chain.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"

_SECRET = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|xoxe\.[\w.-]+|sk-ant-[\w-]+"
    r"|(?<=://)(?P<user>[^\s/:@]*):[^\s/@]+(?=@)"
    r"|https://hooks\.slack\.com/\S+"
)
_SECRET_KEY = re.compile(
    r"token|secret|password|api_?key|authorization|trigger_id|response_urls?$|cookie|signature", re.IGNORECASE
)
_WORDS_KEY = frozenset({"text", "quote", "payload", "blocks", "body", "state_values", "private_metadata"})
_TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)  # locals hold tokens and people's words
)
# Below WARNING these print whole payloads or statements, people's words included.
_LOUD = ("alembic", "slack_bolt", "slack_sdk", "aiohttp", "asyncio", "urllib3", "sqlalchemy", "apscheduler")


def configure(level: str = "INFO", *, json_lines: bool, stream: TextIO | None = None) -> None:
    """Send every log line of the process to `stream` (standard error by default).

    `level` is a name of the logging module, in any case. Raises ValueError for another name.
    """
    chain: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*chain, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer: list[Processor] = (
        [_TRACEBACKS, redact, structlog.processors.JSONRenderer(default=str)]
        if json_lines
        else [structlog.processors.format_exc_info, redact, structlog.dev.ConsoleRenderer()]
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=chain,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _LOUD:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(True)


def reference() -> str:
    """Eight hex digits a person can read out to whoever has the log."""
    return secrets.token_hex(4)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The processor before the renderer: no token, no password, nobody's words, at any depth."""
    return {key: _clean(key, value) for key, value in event.items()}


def _clean(key: str, value: Any) -> Any:
    if _SECRET_KEY.search(key) or key in _WORDS_KEY:
        return HIDDEN
    if isinstance(value, str):
        return _SECRET.sub(_mask, value)
    if isinstance(value, Mapping):
        return {str(name): _clean(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _SECRET.sub(_mask, str(value))


def _mask(found: re.Match[str]) -> str:
    user = found.group("user")
    return HIDDEN if user is None else f"{user}:{HIDDEN}"
