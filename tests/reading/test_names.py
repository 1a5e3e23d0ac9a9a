from __future__ import annotations

from bot.reading.names import core, stands_in


def test_core_drops_legal_forms_case_and_escapes() -> None:
    assert core("Black &amp; Sons, Ltd.") == core("black & SONS") == ("black", "sons")
    assert core("Co") == ("co",)
    assert core("---") == ()


def test_a_name_stands_in_a_text_only_as_whole_words() -> None:
    assert stands_in("Globex Inc.", "the globex people")
    assert stands_in("Black & Sons Ltd", "Black &amp; Sons owe us a paper")
    assert stands_in("Café Olé S.A.", "Cafe Ole opens")
    assert stands_in("Globex", "Globex's team")
    assert not stands_in("Globex", "the globexian people")
    assert not stands_in("", "anything")
