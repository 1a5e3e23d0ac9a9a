from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import log

TOKEN = "xoxb-123-456-abcDEF"
KEY = "sk-ant-api03-zzzz_ZZ"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = [*root.handlers], root.level
    opened = io.StringIO()
    log.configure("debug", json_lines=True, stream=opened)
    yield opened
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def test_lines_are_json_with_level_name_and_time(stream: io.StringIO) -> None:
    structlog.get_logger("handlers.work").info("receipt failed", receipt=7)
    line = json.loads(stream.getvalue())
    assert {"event": "receipt failed", "receipt": 7, "level": "info", "logger": "handlers.work"}.items() <= line.items()
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("secret", [TOKEN, KEY, "xapp-1-A0-999-beef", "xoxe.xoxp-1-Mi0y"])
def test_tokens_are_hidden_wherever_they_are(stream: io.StringIO, secret: str) -> None:
    logger = structlog.get_logger()
    logger.warning(
        f"could not use {secret}", deep={"list": [secret, {"inner": f"Bearer {secret}"}]}, error=OSError(secret)
    )
    logging.getLogger("slack_sdk.web").error("POST with %s failed", secret)
    try:
        raise RuntimeError(f"refused {secret}")
    except RuntimeError as error:
        logger.error("failed", exc_info=error)
    assert secret not in stream.getvalue()
    assert stream.getvalue().count(log.HIDDEN) >= 5


def test_passwords_in_urls_are_hidden_and_the_rest_stays(stream: io.StringIO) -> None:
    structlog.get_logger().info("connecting", url="postgresql://desk:hunter2@db.example/desk")
    assert json.loads(stream.getvalue())["url"] == f"postgresql://desk:{log.HIDDEN}@db.example/desk"


@pytest.mark.parametrize(
    "key", ["token", "bot_token", "client_secret", "password", "api_key", "Authorization", "trigger_id", "response_url"]
)
def test_values_of_telling_names_are_hidden(stream: io.StringIO, key: str) -> None:
    structlog.get_logger().info("call", **{"sent": {key: "plain-looking"}})
    assert "plain-looking" not in stream.getvalue()


@pytest.mark.parametrize("key", ["text", "quote", "payload"])
def test_nobodys_words_are_logged(stream: io.StringIO, key: str) -> None:
    structlog.get_logger().info("heard", **{key: "we will not make the date"})
    assert "we will not" not in stream.getvalue()


def test_tracebacks_do_not_show_local_variables(stream: io.StringIO) -> None:
    def work() -> None:
        words = "the partner said something private"
        raise ValueError(f"{len(words)} characters")

    try:
        work()
    except ValueError as error:
        structlog.get_logger().error("failed", exc_info=error)
    assert "34 characters" in stream.getvalue()
    assert "something private" not in stream.getvalue()


def test_libraries_that_print_payloads_stay_quiet_below_info(stream: io.StringIO) -> None:
    logging.getLogger("slack_sdk.socket_mode.aiohttp").debug("Received message: we will not make it")
    assert stream.getvalue() == ""


def test_console_lines_are_cleaned_too(stream: io.StringIO) -> None:
    log.configure("INFO", json_lines=False, stream=stream)
    structlog.get_logger().info("hello", note=TOKEN, quote="private")
    assert "hello" in stream.getvalue()
    assert TOKEN not in stream.getvalue()
    assert "private" not in stream.getvalue()


def test_references_differ() -> None:
    assert len({log.reference() for _ in range(50)}) == 50
