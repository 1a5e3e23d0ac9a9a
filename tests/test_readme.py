"""README says what is true: its table of commands is the registry's, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

from handlers.commands.registry import commands, readme_table

ROOT = Path(__file__).parents[1]


def test_the_table_of_commands_is_the_registrys() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    between = text.split("<!-- commands -->\n")[1].split("<!-- /commands -->")[0]
    assert between == readme_table(), "run: make readme"


def test_every_link_to_a_file_leads_to_one() -> None:
    for page in [ROOT / "README.md", ROOT / "AGENTS.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_manifest_hints_at_every_command() -> None:
    hint = re.search(r'usage_hint: "\[(.*)\]"', (ROOT / "manifest.yml").read_text(encoding="utf-8"))
    assert hint is not None
    assert set(hint.group(1).split(" | ")) == set(commands())
