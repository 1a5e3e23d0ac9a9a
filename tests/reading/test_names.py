from __future__ import annotations

import pytest

from bot.reading.names import NameIndex, core, stands_in

INDEX = NameIndex(
    {
        "Globex Consulting GmbH": ["Globex"],
        "Black & Sons Ltd": [],
        "Summit": [],
        "Acme Corp": ["Acme"],
        "Acme Holding": ["Acme"],
        "Café Olé S.A.": [],
    }
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("GLOBEX is late", ["Globex Consulting GmbH"]),
        ("we asked Globex Consulting today", ["Globex Consulting GmbH"]),
        ("Black &amp; Sons owe us a paper", ["Black & Sons Ltd"]),
        ("Globex's team", ["Globex Consulting GmbH"]),
        ("Cafe Ole opens", ["Café Olé S.A."]),
        ("we climb the summit", []),
        ("Summit called", ["Summit"]),
        ("Acme called", []),
        ("Acme Holding called", ["Acme Holding"]),
        ("Globexia is another firm", []),
    ],
)
def test_finds_known_names_and_never_guesses(text: str, found: list[str]) -> None:
    hits = INDEX.find(text)
    assert [hit.name for hit in hits] == found
    assert all(text[hit.start : hit.end] == hit.surface for hit in hits)


def test_core_drops_legal_forms_case_and_escapes() -> None:
    assert core("Black &amp; Sons, Ltd.") == core("black & SONS") == ("black", "sons")
    assert core("Co") == ("co",)
    assert core("---") == ()


def test_a_name_stands_in_a_text_only_as_whole_words() -> None:
    assert stands_in("Globex Inc.", "the globex people")
    assert not stands_in("Globex", "the globexian people")
    assert not stands_in("", "anything")
