"""Reading what people really type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.tokens import Token, TokenKind, said, tokens


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("risks Globex", ["risks", "Globex"]),
        ("  risks\u00a0Globex\t", ["risks", "Globex"]),
        ("risks, Globex!", ["risks", "Globex"]),
        ("don’t O'Brien's", ["don't", "O'Brien's"]),
        ("watch “Globex Consulting” for ‘Acme’", ["watch", "Globex Consulting", "for", "Acme"]),
        ("*risks* _Globex_ `Acme`", ["risks", "Globex", "Acme"]),
        ("AT&amp;T &lt;b&gt;", ["AT&T", "<b>"]),
        ("ri\u200bsks Glo\u00adbex", ["risks", "Globex"]),
        ("risks <http://acme.example|acme.example>", ["risks", "acme.example"]),
        ("... ?! ()", []),
        ("", []),
        ("#12 12d", ["#12", "12d"]),
    ],
)
def test_words(typed: str, read: list[str]) -> None:
    assert words(typed) == read


def test_mentions_carry_ids_however_they_are_glued() -> None:
    assert tokens("to <@U0SM|sam>, in<#C0JOINT|joint>:") == [
        Token(TokenKind.WORD, "to"),
        Token(TokenKind.USER, "sam", "U0SM"),
        Token(TokenKind.WORD, "in"),
        Token(TokenKind.CHANNEL, "joint", "C0JOINT"),
    ]


def test_a_quoted_word_is_never_a_keyword() -> None:
    [token] = tokens('"for"')
    assert token.word == ""
    assert token.text == "for"


def test_an_unclosed_quote_loses_nothing() -> None:
    assert words('watch "Globex for Acme') == ["watch", "Globex", "for", "Acme"]


@given(st.text(max_size=200))
def test_anything_can_be_read_and_said_again(text: str) -> None:
    read = tokens(text)
    assert all(token.text for token in read)
    assert isinstance(said(read), str)
