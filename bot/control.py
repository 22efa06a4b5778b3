"""The command line's way in: what a command changes is done by whoever holds the database, the command itself or the running service.

`serve` listens on a socket below the data directory that only its own user can open; a command sends {"command", "arguments"} as
JSON and gets {"result"} or {"refused"} back. The same function runs in both cases, inside one job of the writer.
"""

import asyncio
import contextlib
import json
import os
import socket
import stat
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bot.ledger import Ledger
from handlers import admin, erasing, handover, lexicon, roster
from handlers import ledger as ledgers
from handlers.desk import Desk
from handlers.ledger import Tried
from handlers.roster import Refused
from storage import people
from storage.db import Store

NAME = "control.sock"
LARGEST = 64_000_000
Command = Callable[..., dict[str, Any]]


class NoService(Exception):
    """Nobody listens at the socket."""


class Said(Exception):
    """A refusal, in words."""

    def __init__(self, words: str, code: str = "") -> None:
        super().__init__(words)
        self.code = code


# --- what can be asked --------------------------------------------------------------------------------------------------


def invite(desk: Desk, *, name: str, unit: str = "", admin: bool = False) -> dict[str, Any]:
    row = roster.first_administrator(desk, name, unit) if admin else roster.person(desk, name, unit)
    return roster.invite(desk, row)


def invite_unit(desk: Desk, *, unit: str) -> dict[str, Any]:
    return roster.invite_unit(desk, unit)


def post(
    desk: Desk, *, name: str, post: str, unit: str, until: str | None = None, person_unit: str = "", new: bool = False
) -> dict[str, Any]:
    """Gives a post. A person not known yet is added to the unit; a unit not known yet only where `new` says so."""
    given, added = roster.post_named(post), []
    if new and people.unit_named(desk.session, unit) is None:
        added.append(roster.add_unit(desk, unit, None).name)
    where = roster.unit(desk, unit)
    try:
        row = roster.person(desk, name, person_unit)
    except Refused as refused:
        if refused.name != "admin.person_unknown":
            raise
        row = roster.add_person(desk, name, where.id, None)
        added.append(name)
    return {**roster.give_post(desk, row, given, where, until=until and date.fromisoformat(until)), "added": added}  # type: ignore[arg-type]


def hand_over(
    desk: Desk, *, old: str, new: str, old_unit: str = "", new_unit: str = "", try_only: bool = False
) -> dict[str, Any]:
    """All of one person's work to another; `try_only`: what that would be."""
    before, after = roster.person(desk, old, old_unit), roster.person(desk, new, new_unit)
    found = handover.would_go(desk, before, after) if try_only else handover.hand_over(desk, before, after)
    return {"old": before.name, "new": after.name, "done": not try_only, **found.record()}


def holidays(desk: Desk, *, days: dict[str, bool], source: str) -> dict[str, Any]:
    found = {date.fromisoformat(day): working for day, working in days.items()}
    admin.declare(desk, found, source)
    return {"spans": [(first.isoformat(), last.isoformat(), working) for first, last, working in admin.spans(found)]}


def bring_in(desk: Desk, *, ledger: dict[str, Any], dry_run: bool = False) -> dict[str, Any]:
    """Takes a ledger in; a dry run raises Tried."""
    return ledgers.bring_in(desk, TypeAdapter(Ledger).validate_python(ledger), dry_run=dry_run)


def learn(desk: Desk, *, words: list[dict[str, str]]) -> dict[str, Any]:
    return {"count": lexicon.bring_in(desk, words)}


def erase(desk: Desk, *, name: str, unit: str = "", why: str = "", dry_run: bool = False) -> dict[str, Any]:
    """Erases one person's words, at their request; a dry run tells what it would be."""
    return erasing.person(desk, roster.person(desk, name, unit), why, dry_run=dry_run)


COMMANDS: dict[str, Command] = {
    "erase": erase,
    "lexicon": learn,
    "import": bring_in,
    "invite": invite,
    "invite_unit": invite_unit,
    "post": post,
    "handover": hand_over,
    "holidays": holidays,
}


def perform(desk: Desk, command: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Runs one command. Raises Said where it cannot be done, Tried where it was only tried and nothing shall stay."""
    try:
        return COMMANDS[command](desk, **arguments)
    except Refused as refused:
        raise Said(refused.said(desk), refused.name) from refused


# --- the running service's side -----------------------------------------------------------------------------------------


async def listen(data_dir: Path, store: Store, make_desk: Callable[[Any], Desk], wake: Callable[[], None]) -> None:
    """Answers commands until cancelled. `wake` is called after each, since there may be something to say."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            raw = await reader.read(-1)
            writer.write(json.dumps(await _answered(raw, store, make_desk), ensure_ascii=False).encode())
            await writer.drain()
            wake()
        writer.close()

    with _bound(data_dir) as listening:
        async with await asyncio.start_unix_server(answer, sock=listening, limit=LARGEST) as server:
            await server.serve_forever()


async def _answered(raw: bytes, store: Store, make_desk: Callable[[Any], Desk]) -> dict[str, Any]:
    try:
        asked = json.loads(raw)
        command, arguments = str(asked["command"]), dict(asked["arguments"])
        return {"result": await store.run(lambda session: perform(make_desk(session), command, arguments))}
    except Tried as tried:
        return {"result": tried.record}
    except Said as said:
        return {"refused": str(said), "code": said.code}
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {error}".splitlines()[0], "code": ""}


@contextlib.contextmanager
def _bound(data_dir: Path) -> Iterator[socket.socket]:
    """The listening socket; what a killed service left in its place is put away: the database's lock says that nobody else serves."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with _short(data_dir) as place, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        with contextlib.suppress(FileNotFoundError):
            place.unlink()
        before = os.umask(0o777 & ~stat.S_IRUSR & ~stat.S_IWUSR)
        try:
            listening.bind(str(place))
        finally:
            os.umask(before)
        listening.listen(8)
        try:
            yield listening
        finally:
            with contextlib.suppress(FileNotFoundError):
                place.unlink()


@contextlib.contextmanager
def _short(data_dir: Path) -> Iterator[Path]:
    """The socket's path, short enough for the operating system (some 100 bytes) however deep the directory lies."""
    directory = os.open(data_dir, os.O_RDONLY | os.O_DIRECTORY)
    try:
        through = Path(f"/proc/self/fd/{directory}")
        yield (through if through.exists() else data_dir) / NAME
    finally:
        os.close(directory)


def answers(data_dir: Path) -> bool:
    """Whether a service listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as speaking:
        try:
            with _short(data_dir) as place:
                speaking.connect(str(place))
        except OSError:
            return False
    return True


# --- the command's side -------------------------------------------------------------------------------------------------


def ask(data_dir: Path, command: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Has the running service do it. Raises NoService where none listens, Said where it refuses."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as speaking:
        try:
            with _short(data_dir) as place:
                speaking.connect(str(place))
            speaking.sendall(json.dumps({"command": command, "arguments": arguments}, ensure_ascii=False).encode())
            speaking.shutdown(socket.SHUT_WR)
            answer = json.loads(b"".join(iter(lambda: speaking.recv(65536), b"")))
        except (OSError, ValueError) as error:
            raise NoService(str(error)) from error
    if "refused" in answer:
        raise Said(answer["refused"], answer.get("code", ""))
    result: dict[str, Any] = answer["result"]
    return result
