"""Settings: read from the environment or a .env file; what cannot be is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder and no settings of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_nothing_set_is_sqlite_here_and_slacks_own_address() -> None:
    settings = Settings()
    assert settings.database_url.get_secret_value() == "sqlite:///partnerdesk.db"
    assert (settings.slack_api_url, settings.port) == ("https://slack.com/api/", None)


def test_a_dotenv_file_is_read_and_an_empty_variable_is_no_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-from-file\nPORT=8080\n", encoding="utf-8")
    monkeypatch.setenv("PORT", "")
    settings = Settings()
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == "xoxb-from-file"
    assert "xoxb" not in repr(settings)


def test_an_api_address_without_its_slash_works_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api")
    assert Settings().slack_api_url == "http://127.0.0.1:9/api/"


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "70000"), ("PORT", "many"), ("DATABASE_URL", "mysql://x"), ("DATABASE_URL", "?"),
     ("PARTNERDESK_TZ", "Mars/Base"), ("LOG_LEVEL", "loud")],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert refused.value.errors()[0]["loc"] == (name.lower(),)
