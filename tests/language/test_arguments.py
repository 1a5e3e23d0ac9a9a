"""What follows a command."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.errors import Refused
from bot.language import arguments
from bot.language.arguments import Escalate, Snooze, Watch, a_channel, a_name
from bot.language.requests import Setting
from bot.language.tokens import tokens


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("", ""),
        ("Globex Consulting", "Globex Consulting"),
        ("for Globex", "Globex"),
        ("with partner Globex please", "Globex"),
        ("for", ""),
        ("“On”", "On"),
        ("Partners for Growth", "Partners for Growth"),
    ],
)
def test_names(typed: str, name: str) -> None:
    assert a_name(tokens(typed)) == name


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("#12 to <@U0SM|sam>", Escalate("#12", "U0SM")),
        ("12 <@U0SM>", Escalate("12", "U0SM")),
        ("this to VP", Escalate("", "vp")),
        ("to <@U0SM>", Escalate("", "U0SM")),
        ("the delay to Friday to my senior manager", Escalate("the delay to Friday", "senior manager")),
        ("Globex cutover to the director.", Escalate("Globex cutover", "director")),
    ],
)
def test_escalate(typed: str, read: Escalate) -> None:
    assert arguments.escalate(tokens(typed)) == read


@pytest.mark.parametrize("typed", ["", "#12", "#12 to", "this to my"])
def test_escalate_to_nobody_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refused, match="escalate #12 to"):
        arguments.escalate(tokens(typed))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Globex", Watch("", "Globex", None)),
        ("<#C0JOINT|joint> Globex Consulting for Acme Corp", Watch("C0JOINT", "Globex Consulting", "Acme Corp")),
        ("this channel for Globex", Watch("", "Globex", None)),
        ('"Partners for Growth" for Acme', Watch("", "Partners for Growth", "Acme")),
        ("Globex in <#C0JOINT>", Watch("C0JOINT", "Globex", None)),
    ],
)
def test_watch(typed: str, read: Watch) -> None:
    assert arguments.watch(tokens(typed)) == read


@pytest.mark.parametrize("typed", ["", "<#C0JOINT|joint>", "this channel"])
def test_watch_nobody_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refused, match="watch Globex for Acme"):
        arguments.watch(tokens(typed))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("#12 for 3 days", Snooze(12, 72)),
        ("risk 12 4h", Snooze(12, 4)),
        ("12 a week", Snooze(12, 168)),
        ("12", Snooze(12, 24)),
        ("#12, until tomorrow", Snooze(12, 24)),
        ("risk #7 for two days!", Snooze(7, 48)),
        ("12 for 1 hr", Snooze(12, 1)),
        ("12 2wks", Snooze(12, 336)),
    ],
)
def test_snooze(typed: str, read: Snooze) -> None:
    assert arguments.snooze(tokens(typed)) == read


@pytest.mark.parametrize("typed", ["", "Globex", "12 for ages", "12 for 0 days", "12 until Monday", "#99999999999"])
def test_snooze_what_or_how_long_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refused, match="snooze #12 for 3 days"):
        arguments.snooze(tokens(typed))


def test_the_channel_is_the_first_one_named() -> None:
    assert a_channel(tokens("scan <#C1> and <#C2|x>")) == "C1"
    assert a_channel(tokens("scan here")) == ""


@pytest.mark.parametrize("typed", ["skip Globex because of Thanksgiving", "skip Globex, reason: Thanksgiving"])
def test_a_reason_is_told_without_the_words_that_lead_to_it(typed: str) -> None:
    setting = Setting(now=datetime(2026, 11, 16, 9, tzinfo=UTC), zone="UTC")
    assert arguments.checkin(tokens(typed), setting).note == "Thanksgiving"
