"""A Slack export (folder or zip) or a .jsonl of messages, read as a stream: a million messages in flat memory.

Nothing is unpacked to disk and no name inside an archive is used as a path, so an archive cannot write anywhere.
"""

from __future__ import annotations

import itertools
import json
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol

from bot.errors import Refused
from bot.imports.json_array import MAX_ELEMENT, BadFile, elements

_DAY_FILE = re.compile(r"(?:^|/)([^/]+)/(\d{4}-\d{2}-\d{2}\.json)$")
_TS = re.compile(r"\d{1,11}(\.\d{1,9})?")
_CHANNEL_LISTS = ("channels.json", "groups.json", "mpims.json", "dms.json")
_UNREADABLE = (OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError)
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_BOMB_SIZE, _BOMB_RATIO = 100_000_000, 200  # Slack's JSON packs 10 to 50 times

_ROW = '{}. A row is {{"channel", "ts", "user", "text"}} and, if known, "thread_ts" and "team".'

Progress = Callable[[int, int], None]
ReadBytes = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ExportUser:
    """`zone` is an IANA name or "" (as the file says, not checked); `email_domain` lower case or ""."""

    team: str
    zone: str
    email_domain: str
    is_bot: bool
    is_guest: bool


@dataclass(frozen=True, slots=True)
class ExportMessage:
    """One message as Slack stores it. `channel` is the id where the export tells it. `is_speech` is False for bots,
    joins and the like. `team` is the author's, "" when the row does not say."""

    channel: str
    channel_name: str
    ts: str
    thread_ts: str | None
    user: str
    team: str
    text: str
    is_speech: bool


class _Files(Protocol):
    """The files of an export, wherever they are, by name."""

    def sizes(self) -> dict[str, int]: ...

    def open(self, name: str) -> IO[bytes]: ...


@dataclass(slots=True)
class Export:
    """An export opened for reading. `users` is empty for a .jsonl."""

    users: dict[str, ExportUser]
    total_bytes: int
    _read: Callable[[ReadBytes], Iterator[ExportMessage]]

    def messages(self, progress: Progress | None = None) -> Iterator[ExportMessage]:
        """Every message, channel by channel in the order of days (a .jsonl: in the order of lines).

        `progress` is told (bytes read, bytes in all). Raises BadFile at the first thing that cannot be read; what came
        before it was good and has been given out.
        """
        done = 0

        def read_bytes(count: int) -> None:
            nonlocal done
            done += count
            if progress:
                progress(min(done, self.total_bytes), self.total_bytes)

        return self._read(read_bytes)


@contextmanager
def open_export(path: Path) -> Iterator[Export]:
    """Open a folder, a .zip or a .jsonl. Raises Refused with advice when it is none of them."""
    if path.is_dir():
        yield _open_tree(_Folder(path), str(path))
    elif zipfile.is_zipfile(path):
        try:
            archive = zipfile.ZipFile(path)
        except _UNREADABLE as error:
            raise Refused(f"{path}: the archive is damaged ({error}). Download the export again.") from error
        with archive:
            yield _open_tree(_Archive(archive, str(path)), str(path))
    elif path.suffix.lower() in {".jsonl", ".ndjson"}:
        if not path.is_file():
            raise Refused(f"{path}: there is no such file.")
        yield Export({}, path.stat().st_size, partial(_jsonl, path))
    else:
        raise Refused(
            f"{path}: give me a Slack export (its folder or .zip) or a .jsonl file with one message per line."
        )


@dataclass(slots=True)
class _Folder:
    root: Path

    def sizes(self) -> dict[str, int]:
        found = [file for pattern in ("*.json", "*/*.json", "*/*/*.json") for file in self.root.glob(pattern)]
        return {
            file.relative_to(self.root).as_posix(): file.stat().st_size
            for file in found
            if file.is_file() and not file.is_symlink()
        }

    def open(self, name: str) -> IO[bytes]:
        return (self.root / name).open("rb")


@dataclass(slots=True)
class _Archive:
    archive: zipfile.ZipFile
    name: str

    def sizes(self) -> dict[str, int]:
        return {info.filename: info.file_size for info in self.archive.infolist() if info.filename.endswith(".json")}

    def open(self, name: str) -> IO[bytes]:
        info = self.archive.getinfo(name)
        if info.flag_bits & 1:
            raise Refused(f"{self.name}: the archive is encrypted. Unpack it and give me the folder.")
        if info.compress_type not in _PACKINGS:
            raise Refused(f"{self.name}: {name} is packed in a way I cannot read. Unpack it and give me the folder.")
        if info.file_size > _BOMB_SIZE and info.file_size > _BOMB_RATIO * max(info.compress_size, 1):
            raise Refused(f"{self.name}: {name} unpacks to more than {_BOMB_RATIO} times its size; this is no export.")
        return self.archive.open(info)


def _open_tree(files: _Files, root: str) -> Export:
    sizes = {name: size for name, size in files.sizes().items() if not name.startswith("__MACOSX/")}
    days: dict[str, list[str]] = {}
    for name in sorted(sizes):
        match = _DAY_FILE.search(name)
        if match:
            days.setdefault(match[1], []).append(name)
    if not days:
        raise Refused(
            f"{root}: not a Slack export: it has no CHANNEL/YYYY-MM-DD.json. Give me what Slack made, as it is."
        )
    tree = _Tree(files, root, sizes)
    total = sum(sizes[name] for names in days.values() for name in names)
    return Export(tree.users(), total, partial(_days, tree, days))


def _days(tree: _Tree, days: dict[str, list[str]], read_bytes: ReadBytes) -> Iterator[ExportMessage]:
    """Channels in the order of channels.json, then those no list names."""
    channels = tree.channels()
    for folder in [*(name for name in channels if name in days), *(name for name in days if name not in channels)]:
        channel_id = channels.get(folder, folder)
        for name in days[folder]:
            for line, row in tree.rows(name, read_bytes):
                if not isinstance(row, dict):
                    raise BadFile(tree.called(name), line, 'expected a message: { "type": "message", … }')
                yield _message(row, channel_id, folder, tree.called(name), line)


@dataclass(slots=True)
class _Tree:
    files: _Files
    root: str
    names: Collection[str]

    def called(self, name: str) -> str:
        return f"{self.root}/{name}"

    def rows(self, name: str, read_bytes: ReadBytes) -> Iterator[tuple[int, Any]]:
        """The elements of one file with their lines. Raises BadFile where it cannot be read."""
        try:
            file = self.files.open(name)
        except _UNREADABLE as error:
            raise BadFile(self.called(name), 1, f"cannot be opened: {error}") from error

        def read(count: int) -> bytes:
            try:
                data = file.read(count)
            except _UNREADABLE as error:
                raise BadFile(self.called(name), 1, f"cannot be read to its end: {error}") from error
            read_bytes(len(data))
            return data

        with file:
            yield from elements(read, self.called(name))

    def users(self) -> dict[str, ExportUser]:
        """Everyone in users.json (and org_users.json of an Enterprise Grid)."""
        return {
            row["id"]: _user(row)
            for name in self._tops("users.json", "org_users.json")
            for _, row in self.rows(name, _ignore)
            if isinstance(row, dict) and isinstance(row.get("id"), str)
        }

    def channels(self) -> dict[str, str]:
        """Folder name -> channel id. A DM's folder is called by its id."""
        return {
            str(row.get("name") or row["id"]): row["id"]
            for name in self._tops(*_CHANNEL_LISTS)
            for _, row in self.rows(name, _ignore)
            if isinstance(row, dict) and isinstance(row.get("id"), str)
        }

    def _tops(self, *wanted: str) -> list[str]:
        """The files of those names nearest to the top: archives often hold the export in one more folder."""
        found = [(name.count("/"), wanted.index(base), name) for name in self.names if (base := _base(name)) in wanted]
        top = min((depth for depth, _, _ in found), default=0)
        return [name for depth, _, name in sorted(found) if depth == top]


def _base(name: str) -> str:
    return PurePosixPath(name).name


def _ignore(_count: int) -> None:
    """The lists at the top are small beside the messages; their bytes are not counted."""


def _jsonl(path: Path, read_bytes: ReadBytes) -> Iterator[ExportMessage]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise BadFile(str(path), 1, f"cannot be opened: {error.strerror}") from error
    with file:
        for number in itertools.count(1):
            data = file.readline(MAX_ELEMENT)
            if not data:
                return
            read_bytes(len(data))
            if data.isspace():
                continue
            if len(data) == MAX_ELEMENT and not data.endswith(b"\n"):
                raise BadFile(str(path), number, "the line is longer than 16 million bytes")
            row = _json_line(data, str(path), number)
            channel = row.get("channel")
            if not isinstance(channel, str) or not channel:
                raise BadFile(str(path), number, _ROW.format("'channel' is missing"))
            yield _message(row, channel.lstrip("#"), channel.lstrip("#"), str(path), number)


def _json_line(data: bytes, name: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadFile(name, number, "is not UTF-8 text") from None
    except RecursionError:
        raise BadFile(name, number, "nested too deep") from None
    except ValueError as error:
        raise BadFile(name, number, f"not valid JSON: {getattr(error, 'msg', error)}") from None
    if not isinstance(row, dict):
        raise BadFile(name, number, _ROW.format("expected one object per line"))
    return row


def _message(row: dict[str, Any], channel: str, channel_name: str, name: str, line: int) -> ExportMessage:
    """One message from its row. Raises BadFile when it has no usable ts or its text is no text."""
    ts, thread_ts, text = row.get("ts"), row.get("thread_ts"), row.get("text")
    if not isinstance(ts, str) or not _TS.fullmatch(ts):
        raise BadFile(name, line, _ROW.format(f"'ts' must be text such as \"1772445600.000100\", not {_shown(ts)}"))
    if thread_ts is not None and not (isinstance(thread_ts, str) and _TS.fullmatch(thread_ts)):
        raise BadFile(name, line, _ROW.format(f"'thread_ts' must be a ts or left out, not {_shown(thread_ts)}"))
    if text is not None and not isinstance(text, str):
        raise BadFile(name, line, _ROW.format(f"'text' must be text, not {_shown(text)}"))
    user = str(row.get("user") or row.get("bot_id") or "")
    team = str(row.get("user_team") or row.get("team") or "")
    return ExportMessage(channel, channel_name, ts, thread_ts, user, team, text or "", _is_speech(row, user))


def _is_speech(row: dict[str, Any], user: str) -> bool:
    """Whether a person said it; Slack's other subtypes are joins, topics, bots and the like."""
    spoken = row.get("subtype") in (None, "", "file_share", "thread_broadcast", "me_message")
    return (
        spoken and row.get("type", "message") == "message" and not row.get("bot_id") and user not in ("", "USLACKBOT")
    )


def _shown(value: object) -> str:
    said = repr(value)
    return said if len(said) <= 40 else f"{said[:40]}…"


def _user(row: dict[str, Any]) -> ExportUser:
    profile = row.get("profile")
    if not isinstance(profile, dict):
        profile = {}
    return ExportUser(
        team=str(row.get("team_id") or profile.get("team") or ""),
        zone=str(row.get("tz") or ""),
        email_domain=str(profile.get("email") or "").rpartition("@")[2].lower(),
        is_bot=bool(row.get("is_bot")),
        is_guest=bool(row.get("is_restricted") or row.get("is_ultra_restricted")),
    )
