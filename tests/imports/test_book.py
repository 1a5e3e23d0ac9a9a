"""Reading the partner book: everything right is kept, everything wrong is told at once with its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.imports.book import BookRefused, parse_book, read_book
from models.partners import ChannelKind, PartnerType, Role

EXAMPLE = Path(__file__).parents[2] / "docs" / "example-book.yml"
HEAD = "workspace: T0HOME\npeople: [{slack: U0PM}]\n"


def _problems(text: str) -> list[str]:
    with pytest.raises(BookRefused) as refused:
        parse_book(text, "b.yml")
    return str(refused.value).splitlines()


def test_the_example_is_a_good_book() -> None:
    book = read_book(EXAMPLE)
    assert book.workspace == "T0CONTOSO"
    assert book.people[0].roles == (Role.PARTNER_MANAGER,)
    assert book.partners[0].type is PartnerType.SI
    assert book.partners[0].agreement.ends == date(2026, 12, 31)
    deal = book.accounts[0].opportunities[0]
    assert (deal.amount, deal.close) == (Decimal(250000), date(2026, 6, 30))
    assert [channel.kind for channel in book.channels][-1] is ChannelKind.INTERNAL


def test_the_book_of_the_design_is_a_good_book() -> None:
    text = """
workspace: T0HOME
people:
  - {slack: U0PM, name: Dana Park, roles: [partner_manager], manager: U0SM, timezone: America/New_York}
  - {slack: U0SM, roles: [senior_manager]}
  - {slack: U0AE, roles: [ae]}
partners:
  - name: Globex Consulting
    aliases: [Globex]
    type: si
    tier: gold
    slack_teams: [T0GLOBEX]
    domains: [globex.example]
    manager: U0PM
    agreement: {starts: 2026-01-01, ends: "2026-12-31"}
accounts:
  - name: Acme Corp
    owner: U0AE
    plan:
      - {item: Cutover, owner: partner, partner: globex, due: 2026-03-14}
channels:
  - {id: C0JOINT, kind: joint, partner: Globex Consulting, account: acme corp}
  - {id: C0ALERTS, kind: internal, receives: [escalations]}
"""
    book = parse_book(text)
    assert book.accounts[0].plan[0].due == date(2026, 3, 14)


def test_words_that_yaml_would_take_for_something_else_stay_words() -> None:
    book = parse_book(HEAD + "partners: [{name: No, aliases: [on, 12, 1e3, 2026-01-01]}]\n")
    assert book.partners[0].name == "No"
    assert book.partners[0].aliases == ("on", "12", "1e3", "2026-01-01")


def test_a_key_without_a_value_says_nothing() -> None:
    assert parse_book(HEAD + "accounts:\nchannels: ~\npartners:\n  - {name: A, tier: , manager: }\n").accounts == ()


WRONG = [
    ("tel: 1", "b.yml:3: unknown key 'tel': known are workspace, people, partners, accounts, channels"),
    ("partnres: []", "b.yml:3: unknown key 'partnres' (did you mean 'partners'?)"),
    ("workspace: T0OTHER", "b.yml:3: 'workspace' stands here twice (first on line 1)"),
    ("partners: [{name: A, type: resseller}]", "type: 'resseller' is none of"),
    ("partners: [{name: A, type: resseller}]", "(did you mean 'reseller'?)"),
    ("partners: [{type: si}]", "b.yml:3: 'name' is missing"),
    ("partners: [{name: ''}]", "name: is empty"),
    ("partners: [{name: A, manager: U0PN}]", "no person 'U0PN' in this book (did you mean 'U0PM'?)"),
    ("partners: [{name: A}, {name: a}]", "the partner name 'a' stands here twice (first on line 3)"),
    ("partners: [{name: A, aliases: [X]}, {name: B, aliases: [x]}]", "'x' stands here twice"),
    ("partners: [{name: A, slack_teams: [T1]}, {name: B, slack_teams: [T1]}]", "the Slack team 'T1' stands here twice"),
    ("partners: [{name: A, slack_teams: [T0HOME]}]", "'T0HOME' is our own workspace"),
    ("partners: [{name: A, slack_teams: T1}]", "slack_teams: expected a list, such as [T1]"),
    ("partners: [{name: A, domains: ['https://a.example/x']}]", "(did you mean 'a.example'?)"),
    ("partners: [{name: A, agreement: {starts: 2026-02-30}}]", "starts: '2026-02-30' is not a day of the calendar"),
    ("partners: [{name: A, agreement: {starts: 2026-02-01, ends: 2026-01-01}}]", "before it starts"),
    ("partners: [{name: A, agreement: 2026}]", "agreement: expected keys with values, such as {starts: …, ends: …}"),
    ("partners: [A]", "partners: expected keys with values, such as {name: …, aliases: …}"),
    ("partners: {name: A}", "partners: expected a list"),
    ("accounts: [{name: A, owner: U0AE}]", "owner: no person 'U0AE'"),
    ("accounts: [{name: A, opportunities: [{id: 1, amount: '250,000'}]}]", "(did you mean '250000'?)"),
    ("accounts: [{name: A, opportunities: [{id: 1, amount: -5}]}]", "amount: '-5' is not an amount"),
    ("accounts: [{name: A, opportunities: [{id: 1, amount: NaN}]}]", "amount: 'NaN' is not an amount"),
    ("accounts: [{name: A, opportunities: [{id: 1, currency: usd}]}]", "(did you mean 'USD'?)"),
    ("accounts: [{name: A, opportunities: [{id: 1, close: 30.06.2026}]}]", "close: '30.06.2026' is not a date"),
    ("accounts: [{name: A, opportunities: [{id: 1, close: '2026-6-3'}]}]", "(did you mean '2026-06-03'?)"),
    ("accounts: [{name: A, opportunities: [{id: 1}, {id: 1}]}]", "the opportunity '1' stands here twice"),
    ("accounts: [{name: A, opportunities: [{id: 1, partners: [{partner: Z}]}]}]", "no partner 'Z' in this book"),
    ("accounts: [{name: A, plan: [{item: x, owner: partner}]}]", "no partner is named"),
    ("accounts: [{name: A, plan: [{item: x}, {item: X}]}]", "the plan item 'X' stands here twice"),
    ("channels: [{id: general, kind: internal}]", "id: 'general' is not a Slack id such as C0123ABCD"),
    ("channels: [{id: C1, kind: joint}]", "a joint channel needs its partner"),
    ("channels: [{id: C1, kind: internal}, {id: C1, kind: internal}]", "the channel 'C1' stands here twice"),
    ("channels: [{id: C1, kind: dm}]", "kind: 'dm' is none of joint, internal"),
    ("channels: [{id: C1, kind: internal, account: Nobody}]", "account: no account 'Nobody'"),
    ("a: &x 1\nb: *x", "b.yml:3: anchors and aliases"),
    ("a: !!python/object/apply:os.system [ls]", "b.yml:3: tags (!) are not read"),
    ("---\nx: 1", "b.yml:3: a second document starts here"),
    ("a: " + "[" * 40 + "]" * 40, "b.yml:3: nested more than"),
    ("\tx: 1", "indent with spaces"),
    ("x: [1", "not valid YAML"),
    ("? [a]\n: 1", "b.yml:3: a key must be one word"),
]


@pytest.mark.parametrize(("wrong", "told"), WRONG, ids=[told for _, told in WRONG])
def test_what_is_wrong_is_told(wrong: str, told: str) -> None:
    problems = _problems(HEAD + wrong + "\n")
    assert any(told in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("person", "told"),
    [
        ("{slack: '@dana'}", "slack: '@dana' is not a Slack id"),
        ("{slack: u0123}", "(did you mean 'U0123'?)"),
        ("{slack: U1, roles: partner_manager}", "roles: expected a list, such as [partner_manager]"),
        ("{slack: U1, roles: [partner_manger]}", "(did you mean 'partner_manager'?)"),
        ("{slack: U1, timezone: America/NewYork}", "(did you mean 'America/New_York'?)"),
        ("{slack: U1, email: dana}", "email: 'dana' is not an e-mail address"),
        ("{slack: U1, manager: U1}", "managers in a circle: U1 → U1"),
        ("{slack: U1}, {slack: U1}", "the person 'U1' stands here twice"),
        ("{slack: U1, manager: U2}, {slack: U2, manager: U3}, {slack: U3, manager: U2}", "circle: U2 → U3 → U2"),
    ],
)
def test_what_is_wrong_with_people_is_told(person: str, told: str) -> None:
    problems = _problems(f"workspace: T0HOME\npeople: [{person}]\n")
    assert any(told in problem for problem in problems), problems


def test_everything_is_told_at_once_in_the_order_of_the_file() -> None:
    problems = _problems(
        "workspace: home\npeople:\n  - {slack: U1, manager: U9}\n"
        "partners:\n  - name: A\n    type: x\nchannels:\n  - {id: C1}\n"
    )
    lines = [int(problem.split(":")[1]) for problem in problems]
    assert lines == [1, 3, 6, 8]


@pytest.mark.parametrize("text", ["", "# only a comment\n", "- a\n", "just text", "~"])
def test_what_is_no_book(text: str) -> None:
    assert "a book is a mapping" in _problems(text)[0]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BookRefused, match="cannot be read"):
        read_book(tmp_path / "missing.yml")
    latin = tmp_path / "latin.yml"
    latin.write_bytes(b"workspace: T1\npartners: [{name: M\xfcller}]\n")
    with pytest.raises(BookRefused, match=r"latin\.yml:2: is not UTF-8"):
        read_book(latin)
    large = tmp_path / "large.yml"
    large.write_bytes(b"#" * 2_000_001)
    with pytest.raises(BookRefused, match="larger than 2 MB"):
        read_book(large)
    marked = tmp_path / "bom.yml"
    marked.write_bytes(b"\xef\xbb\xbfworkspace: T0HOME\r\n")
    assert read_book(marked).workspace == "T0HOME"


@settings(deadline=None)
@given(st.text(max_size=200) | st.text(alphabet="{}[]:,-&*!|>'\"#%@ \n\tab1", max_size=80))
def test_any_text_is_a_book_or_refused(text: str) -> None:
    try:
        parse_book(text)
    except BookRefused as refused:
        assert refused.problems


@settings(deadline=None)
@given(st.data())
def test_any_damage_to_the_example_is_a_book_or_refused(data: st.DataObject) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    try:
        parse_book(text[:start] + data.draw(st.text(max_size=5)) + text[end:])
    except BookRefused as refused:
        assert refused.problems
