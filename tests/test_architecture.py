"""The arrows of the house, held over the syntax tree: who may import whom, and who may read the clock."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("app", "bot", "handlers", "jobs", "models", "sandbox", "evals", "bench", "training")

# What each package may import of ours.
MAY_IMPORT = {
    "models": {"models"},
    "bot": {"bot", "models"},
    "handlers": {"handlers", "bot", "models"},
    "jobs": {"jobs", "bot", "models"},
    "sandbox": {"sandbox"},
    "evals": {"evals", "handlers", "bot", "models"},
    "training": {"training", "evals", "bot"},
    "bench": {"bench", "app", "evals", "handlers", "jobs", "bot", "models", "sandbox"},
    "app.py": {"evals", "handlers", "jobs", "bot", "models", "sandbox"},
}
# Who alone may import a library.
ONLY_IN = {
    "slack_sdk": ("bot/slack/", "sandbox/", "bench/"),
    "slack_bolt": ("handlers/", "sandbox/", "bench/", "app.py"),
    "apscheduler": ("jobs/scheduler.py",),
    "anthropic": ("bot/reading/claude.py",),
    "torch": ("training/",),
}
MODELS_MAY_USE = {"pydantic", "sqlmodel", "sqlalchemy", "alembic", "models"}


def sources() -> list[Path]:
    found = [ROOT / "app.py"]
    for package in PACKAGES[1:]:
        found += (ROOT / package).rglob("*.py")
    return found


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_point_one_way(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    package = name.split("/", maxsplit=1)[0]
    for module in imports(path):
        top = module.split(".", maxsplit=1)[0]
        if top in PACKAGES and package in MAY_IMPORT and name != "sandbox/demo.py":
            assert top in MAY_IMPORT[package], f"{name} imports {module}"
        if top in ONLY_IN:
            assert name.startswith(ONLY_IN[top]), f"{name} imports {module}"
        if package == "models":
            assert top in MODELS_MAY_USE or top in sys.stdlib_module_names, f"{name} imports {module}"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_reads_the_clock_or_the_environment_on_the_side(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    product = name.startswith(("bot/", "models/", "handlers/", "jobs/"))
    if product and name != "bot/clock.py":
        assert not calls & {"datetime.now", "datetime.utcnow", "time.time", "date.today"}, name
    if product:
        reads = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not reads & {"os.environ", "os.getenv"}, name


def test_no_file_is_longer_than_400_lines() -> None:
    long = {}
    for path in [*sources(), *(ROOT / "tests").rglob("*.py")]:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > 400:
            long[path.relative_to(ROOT).as_posix()] = lines
    assert not long


def test_only_the_runner_and_the_tick_catch_everything() -> None:
    allowed = {"handlers/work.py", "jobs/tick.py"}
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(("bot/", "models/", "handlers/", "jobs/")) or name in allowed:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "everything"
                assert caught not in {"everything", "Exception", "BaseException"}, f"{name}:{node.lineno}"
