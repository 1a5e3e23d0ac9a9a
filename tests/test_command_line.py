"""The command line as its user meets it: a process, its words and its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.desk import risks
from models.store import Store
from tests.desk.world import HOME, build
from tests.wire.office import BOOK

ROOT = Path(__file__).parents[1]


def partnerdesk(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "PARTNERDESK_"))}
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *arguments],
        cwd=folder,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.yml"
    path.write_text(BOOK, encoding="utf-8")
    return path


def test_load_shows_what_it_would_do_does_it_once_and_says_so(tmp_path: Path, book: Path, database: str) -> None:
    dry = partnerdesk(tmp_path, "load", str(book), "--dry-run", DATABASE_URL=database)
    assert "+ partner Globex Consulting" in dry.stdout
    assert "The book was not changed" in dry.stdout
    first = partnerdesk(tmp_path, "load", str(book), DATABASE_URL=database)
    assert first.stdout.splitlines()[:-1] == dry.stdout.splitlines()[:-2]
    again = partnerdesk(tmp_path, "load", str(book), DATABASE_URL=database)
    assert "Nothing to do" in again.stdout
    assert (dry.returncode, first.returncode, again.returncode) == (0, 0, 0)


def test_scan_prints_what_the_contract_says(tmp_path: Path, book: Path) -> None:
    said = "Morning. The cutover has slipped from the 14th to the 26th."
    rows = tmp_path / "week.jsonl"
    row = {"channel": "C0JOINT", "ts": "1773237600.000100", "user": "U0PARTNER", "team": "T0GLOBEX", "text": said}
    rows.write_text(json.dumps(row) + "\n", encoding="utf-8")
    [found] = map(
        json.loads, partnerdesk(tmp_path, "scan", str(rows), "--book", str(book), "--json").stdout.splitlines()
    )
    assert said[found["start"] : found["end"]] == found["quote"] == "The cutover has slipped from the 14th to the 26th."
    assert (found["side"], found["kind"], found["category"]) == ("partner", "risk", "delay")
    assert (found["partner"], found["account"]) == ("Globex Consulting", "Acme Corp")
    assert found["routes"] == [{"to": "senior_manager", "within_hours": 0}]
    without = partnerdesk(tmp_path, "scan", str(rows), "--json")
    alone = json.loads(without.stdout)
    assert (alone["side"], alone["partner"], alone["routes"]) == ("unknown", None, [])


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["load", "missing.yml"], {}, "missing.yml"),
        (["scan", "missing.zip"], {}, "missing.zip"),
        (["run"], {}, "SLACK_APP_TOKEN"),
        (["tick"], {}, "SLACK_BOT_TOKEN"),
        (["tick", "--at", "soon"], {"SLACK_BOT_TOKEN": "xoxb-1"}, "not an ISO date"),
        (["doctor"], {"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        (["doctor"], {"PORT": "many"}, "PORT"),
        (["tick"], {"PARTNERDESK_TZ": "Mars/Base"}, "PARTNERDESK_TZ"),
        (["scan", "x.jsonl"], {"PARTNERDESK_POLICY": "none.yml"}, "none.yml"),
        (["run"], {"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
    ],
)
def test_what_is_missing_or_wrong_is_one_sentence(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], words: str
) -> None:
    answer = partnerdesk(tmp_path, *arguments, **environment)
    assert answer.returncode == 2
    assert words in answer.stderr
    assert "Traceback" not in answer.stderr + answer.stdout


def test_the_doctor_names_each_fix_and_fails_until_it_is_well(tmp_path: Path) -> None:
    answer = partnerdesk(tmp_path, "doctor")
    assert answer.returncode == 1
    lines = answer.stdout.splitlines()
    assert all(line.startswith(("ok ", "FIX")) for line in lines)
    assert all(" → " in line for line in lines if line.startswith("FIX"))


def test_feedback_is_exported_or_its_absence_said(tmp_path: Path, sqlite_url: str) -> None:
    out = tmp_path / "cases.jsonl"
    nothing = partnerdesk(tmp_path, "evals", "--from-feedback", str(out), DATABASE_URL=sqlite_url)
    assert (nothing.returncode, out.exists()) == (2, False)
    assert nothing.stderr.startswith("Nobody has judged anything yet.")
    world = build(Store(sqlite_url))
    _, found = world.say("[risk delay] the cutover slips, says the song")
    with world.store.write(HOME) as uow:
        risks.dismiss(uow, found.risks[0], actor="U0SM", now=world.clock.now(), policy=world.policy)
    world.store.dispose()
    written = partnerdesk(tmp_path, "evals", "--from-feedback", str(out), DATABASE_URL=sqlite_url)
    assert written.stdout == f"1 case written to {out}.\n"
    assert json.loads(out.read_text(encoding="utf-8"))["text"] == "the cutover slips, says the song"


def test_the_manifest_fits(tmp_path: Path) -> None:
    assert partnerdesk(tmp_path, "manifest", "--check").returncode == 0
