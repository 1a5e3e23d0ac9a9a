"""The policy file: what ships is valid, a copy may hold what differs, and what is wrong is refused with its line."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from bot.policy import BadPolicy, load_policy
from bot.reading.types import Kind


def written(folder: Path, text: str) -> Path:
    path = folder / "policy.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_ships_says_what_the_design_says() -> None:
    policy = load_policy()
    acting = {kind: [(r.to, r.within_hours, r.via) for r in policy.escalations_for(kind)] for kind in Kind}
    assert acting[Kind.RISK] == [("senior_manager", 0, "dm")]
    assert acting[Kind.RELATIONSHIP] == [("partner_manager", 0, "dm"), ("senior_manager", 0, "dm")]
    for kind in (Kind.SCOPE, Kind.MISALIGNMENT, Kind.WATCH):
        assert acting[kind] == [("senior_manager", 24, "dm")]
    assert [acting[kind] for kind in (Kind.TECHNICAL, Kind.REFERRAL, Kind.SOW)] == [
        [("sa", 0, "handoff")],
        [("ae", 0, "handoff")],
        [("ps", 0, "handoff")],
    ]
    assert acting[Kind.COMMITMENT] == acting[Kind.REQUEST] == []


def test_a_copy_may_hold_only_what_differs(tmp_path: Path) -> None:
    policy = load_policy(written(tmp_path, "version: ours-1\nflag_emoji: fire\n"))
    assert (policy.version, policy.flag_emoji) == ("ours-1", "fire")
    assert policy.routes == load_policy().routes


def test_an_unquoted_time_is_a_time(tmp_path: Path) -> None:
    policy = load_policy(written(tmp_path, "version: a\ndigest: {at: 9:30}\n"))
    assert policy.digest.at == time(9, 30)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("flag_emoji: fire\n", "policy.yml:1: version is missing"),
        ("version: a\nroutes:\n  risk:\n    - {to: boss}\n", "policy.yml:4: routes.risk.0.to"),
        ("version: a\nhours:\n  start: '18:00'\n  end: '09:00'\n  days: [mon]\n", "policy.yml:2: hours"),
        ("version: a\nescalations: {}\n", "policy.yml:2: escalations"),
        ("version: [\n", "policy.yml:2: not valid YAML"),
        ("- a\n", "policy.yml:1: a policy is a mapping"),
        ("version: a\nretention:\n  message_text_days: 0\n  receipt_hours: 48\n  quote_days: 1\n", "policy.yml:3:"),
        ("version: a\nroutes: {gossip: []}\n", "policy.yml:2: routes.gossip"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(BadPolicy) as refused:
        load_policy(written(tmp_path, text))
    assert where in str(refused.value)


def test_a_policy_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadPolicy, match="cannot be read"):
        load_policy(tmp_path / "none.yml")
