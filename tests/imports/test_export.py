"""Reading Slack exports as a stream: folders, archives, .jsonl, and what is no export at all."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Refused
from bot.imports import json_array
from bot.imports.export import ExportMessage, open_export
from bot.imports.json_array import BadFile, elements

USERS = [
    {"id": "U0PM", "team_id": "T0HOME", "tz": "America/New_York", "profile": {"email": "dana@Contoso.example"}},
    {"id": "U0GUEST", "team_id": "T0HOME", "is_ultra_restricted": True},
    {"id": "U0ROBOT", "profile": {"team": "T0HOME"}, "is_bot": True},
]


def _write(root: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), encoding="utf-8")
    return root


def _row(ts: str, text: str = "hello", **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U0PM", "ts": ts, "text": text, **more}


FILES: dict[str, Any] = {
    "users.json": USERS,
    "channels.json": [{"id": "C0B", "name": "beta"}, {"id": "C0A", "name": "alpha"}],
    "groups.json": [{"id": "G0P", "name": "private"}],
    "dms.json": [{"id": "D0X", "members": ["U0PM"]}],
    "alpha/2026-03-02.json": [_row("1772442000.000100"), _row("1772442001.000100", thread_ts="1772442000.000100")],
    "alpha/2026-03-01.json": [_row("1772355600.000100", "first")],
    "beta/2026-03-02.json": [],
    "private/2026-03-02.json": [_row("1772442002.000100", user_team="T0GLOBEX", team="T0HOME")],
    "D0X/2026-03-02.json": [_row("1772442003.000100")],
    "unlisted/2026-03-02.json": [_row("1772442004.000100")],
    "alpha/canvas.json": "not a day of messages",
}


def _read(path: Path) -> list[ExportMessage]:
    with open_export(path) as export:
        return list(export.messages())


def _zip(folder: Path, root: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(folder / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(root.rglob("*.json")):
            archive.write(file, prefix + file.relative_to(root).as_posix())
        archive.writestr("__MACOSX/alpha/2026-03-02.json", "[1]")
    return folder / "export.zip"


def test_a_folder_and_its_archive_read_the_same_in_order(tmp_path: Path) -> None:
    root = _write(tmp_path / "export", FILES)
    messages = _read(root)
    assert [(m.channel, m.channel_name, m.text) for m in messages] == [
        ("C0A", "alpha", "first"),
        ("C0A", "alpha", "hello"),
        ("C0A", "alpha", "hello"),
        ("G0P", "private", "hello"),
        ("D0X", "D0X", "hello"),
        ("unlisted", "unlisted", "hello"),
    ]
    assert messages[2].thread_ts == "1772442000.000100"
    assert messages[3].team == "T0GLOBEX"
    assert _read(_zip(tmp_path, root)) == messages
    assert _read(_zip(tmp_path, root, prefix="Contoso Slack export/")) == messages


def test_users_bring_team_zone_and_what_they_are(tmp_path: Path) -> None:
    with open_export(_write(tmp_path, FILES)) as export:
        dana = export.users["U0PM"]
        assert (dana.team, dana.zone, dana.email_domain) == ("T0HOME", "America/New_York", "contoso.example")
        assert export.users["U0GUEST"].is_guest
        assert export.users["U0ROBOT"].is_bot


@pytest.mark.parametrize(
    ("more", "speech"),
    [
        ({}, True),
        ({"subtype": "thread_broadcast"}, True),
        ({"subtype": "file_share"}, True),
        ({"subtype": "channel_join"}, False),
        ({"subtype": "bot_message", "bot_id": "B1", "user": None}, False),
        ({"bot_id": "B1"}, False),
        ({"user": "USLACKBOT"}, False),
        ({"type": "tombstone"}, False),
        ({"subtype": ["x"]}, False),
    ],
)
def test_what_is_speech(tmp_path: Path, more: dict[str, Any], speech: bool) -> None:
    root = _write(tmp_path, {"c/2026-03-02.json": [_row("1.1", **more)]})
    assert [message.is_speech for message in _read(root)] == [speech]


def test_jsonl_rows(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    rows = [
        {"channel": "#joint", "ts": "1772442000.000100", "user": "U1", "text": "a &amp; b"},
        {"channel": "C1", "ts": "1772442001.000100", "thread_ts": None, "user": "U2", "team": "T2", "text": None},
    ]
    path.write_bytes(b"\xef\xbb\xbf" + b"\r\n\n".join(json.dumps(row).encode() for row in rows) + b"\n\n")
    first, second = _read(path)
    assert (first.channel, first.text, first.team) == ("joint", "a &amp; b", "")
    assert (second.team, second.text, second.thread_ts) == ("T2", "", None)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "m.jsonl:3: not valid JSON"),
        ("[1]", "m.jsonl:3: expected one object per line"),
        ('{"ts": "1.1", "user": "U1", "text": ""}', "m.jsonl:3: 'channel' is missing"),
        ('{"channel": "C", "ts": 1772442000.0001, "user": "U1", "text": ""}', "'ts' must be text such as"),
        ('{"channel": "C", "user": "U1", "text": ""}', "'ts' must be text such as"),
        ('{"channel": "C", "ts": "99999999999999.1", "user": "U1", "text": ""}', "'ts' must be text such as"),
        ('{"channel": "C", "ts": "1.1", "thread_ts": "x", "user": "U1", "text": ""}', "'thread_ts' must be a ts"),
        ('{"channel": "C", "ts": "1.1", "user": "U1", "text": {"a": 1}}', "'text' must be text"),
        ("[" * 100_000, "m.jsonl:3: nested too deep"),
        ('{"channel": "C", "ts": "1.1", "user": "U1", "text": ' + "1" * 5_000 + "}", "m.jsonl:3: "),
    ],
)
def test_a_bad_line_stops_there_with_its_number(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "m.jsonl"
    good = '{"channel": "C", "ts": "1.1", "user": "U1", "text": "good"}\n'
    path.write_text(good + "\n" + line + "\n" + good, encoding="utf-8")
    seen: list[ExportMessage] = []
    with open_export(path) as export, pytest.raises(BadFile) as refused:
        for message in export.messages():
            seen.append(message)  # one by one: what stands before the bad line has come out
    assert told in str(refused.value)
    assert len(str(refused.value)) < 400
    assert refused.value.line == 3
    assert [message.text for message in seen] == ["good"]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_bytes(b'{"channel": "M\xfc"}\n')
    with pytest.raises(BadFile, match=r"m\.jsonl:1: is not UTF-8"):
        _read(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"messages": []}', "2026-03-02.json:1: expected a JSON list"),
        ("", "2026-03-02.json:1: expected a JSON list"),
        ('[\n{"ts": "1.1"},\n{"ts": nope}]', "2026-03-02.json:3: not valid JSON"),
        ('[\n{"ts": "1.1"}\n{"ts": "1.2"}]', "2026-03-02.json:3: expected , or ]"),
        ('[\n{"ts": "1.1"},\n', "2026-03-02.json:3: not valid JSON"),
        ('[\n{"ts": "1.1"}\n', "2026-03-02.json:3: the file ends inside its list"),
        ("[\n\n1]", "2026-03-02.json:3: expected a message"),
        ('[\n{"user": "U1"}]', "2026-03-02.json:2: 'ts' must be text"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_a_bad_day_file_is_told_with_file_and_line(tmp_path: Path, content: str, told: str) -> None:
    root = _write(tmp_path, {"c/2026-03-02.json": content})
    with pytest.raises(BadFile) as refused:
        _read(root)
    assert told in str(refused.value)


def test_what_is_no_export(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not a Slack export"):
        _read(_write(tmp_path / "empty", {"channels.json": []}))
    with pytest.raises(Refused, match="there is no such file"):
        _read(tmp_path / "missing.jsonl")
    other = tmp_path / "notes.txt"
    other.write_text("hello", encoding="utf-8")
    with pytest.raises(Refused, match="give me a Slack export"):
        _read(other)


def test_damaged_and_hostile_archives(tmp_path: Path) -> None:
    root = _write(tmp_path / "export", {"c/2026-03-02.json": [_row(f"{n}.1", "x" * 50) for n in range(3_000)]})
    data = bytearray(_zip(tmp_path, root).read_bytes())
    data[200:240] = bytes(40)
    broken = tmp_path / "broken.zip"
    broken.write_bytes(bytes(data))
    with pytest.raises(Refused):
        _read(broken)

    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("c/2026-03-02.json", "w") as member:
        for _ in range(110):
            member.write(b" " * 1_000_000)
    with pytest.raises(Refused, match="unpacks to more than 200 times"):
        _read(bomb)

    slip = tmp_path / "slip.zip"
    with zipfile.ZipFile(slip, "w") as archive:
        archive.writestr("../../../c/2026-03-02.json", json.dumps([_row("1.1")]))
    before = sorted(tmp_path.rglob("*"))
    assert [message.channel for message in _read(slip)] == ["c"]
    assert sorted(tmp_path.rglob("*")) == before


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    secret = _write(tmp_path / "elsewhere", {"secret.json": [_row("1.1")]}) / "secret.json"
    root = _write(tmp_path / "export", {"c/2026-03-02.json": []})
    (root / "c" / "2026-03-03.json").symlink_to(secret)
    assert _read(root) == []


@pytest.mark.parametrize("form", ["folder", "zip", "jsonl"])
def test_progress_ends_at_the_whole(tmp_path: Path, form: str) -> None:
    path = _write(tmp_path / "export", FILES)
    if form == "zip":
        path = _zip(tmp_path, path)
    if form == "jsonl":
        path = tmp_path / "m.jsonl"
        path.write_text('{"channel": "C", "ts": "1.1", "user": "U", "text": "a"}\n' * 50, encoding="utf-8")
    told: list[tuple[int, int]] = []
    with open_export(path) as export:
        for _ in export.messages(lambda done, total: told.append((done, total))):
            pass
    assert told[-1][0] == told[-1][1] > 0
    assert told == sorted(told)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(rows=st.lists(JSON.filter(lambda value: not isinstance(value, int)), max_size=6), chunk=st.integers(1, 40))
def test_any_array_in_any_pieces(rows: list[Any], chunk: int) -> None:
    data = json.dumps(rows, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return
    at = 0

    def read(_count: int) -> bytes:
        nonlocal at
        at += chunk
        return data[at - chunk : at]

    assert [value for _, value in elements(read, "x")] == rows


def test_a_long_element_is_read_whole_and_an_endless_one_refused(tmp_path: Path) -> None:
    long = "x" * (5 * json_array.CHUNK)
    root = _write(tmp_path, {"c/2026-03-02.json": [_row("1.1", long), _row("1.2", "after")]})
    assert [len(message.text) for message in _read(root)] == [len(long), 5]
    (root / "c" / "2026-03-02.json").write_text('["' + "x" * (json_array.MAX_ELEMENT + 2 * json_array.CHUNK), "utf-8")
    with pytest.raises(BadFile, match="larger than 16 million"):
        _read(root)
