"""`diaodu doctor`: looks at everything the service needs; each line says how it stands and, where it is not well, the way out."""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bot.commands import Failure, looking, settings, waiting, words

if TYPE_CHECKING:
    from bot.config import Settings
    from handlers.desk import Desk

State = Literal["ok", "warn", "fail"]
MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}
TOKEN = re.compile(r"\d{6,12}:[A-Za-z0-9_-]{30,}")
SQLITE = (3, 51, 3)
"""From here on SQLite has no known way of losing a write-ahead log that two processes checkpoint at once."""
RARE = "堌龑"
NOTICE_MONTH = 11
BACKUP_DAYS = 3
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Line:
    """One finding. `check` names the template's block, which words it by state and facts."""

    check: str
    state: State
    facts: dict[str, Any]

    @property
    def text(self) -> str:
        return words(f"doctor.{self.check}", state=self.state, **self.facts)


def doctor(as_json: bool) -> None:
    """Prints every finding. Raises Failure where one of them is a failure."""
    lines = []
    with waiting(words("command.examining")):
        for line in found():
            lines.append(line)
    if as_json:
        print(
            json.dumps(
                [{"check": one.check, "state": one.state, "text": one.text} for one in lines], ensure_ascii=False
            )
        )
    else:
        print("\n".join(f"{MARKS[one.state]} {one.text}" for one in lines))
    failed = sum(line.state == "fail" for line in lines)
    if failed:
        raise Failure(words("command.unwell", count=failed))


def found() -> Iterator[Line]:
    """The findings, in the order in which things are needed."""
    chosen = settings()
    yield Line("settings", "ok", {"locale": chosen.locale, "timezone": chosen.timezone})
    yield from (_policy(chosen), _space(chosen), _sqlite(chosen))
    try:
        with looking() as desk:
            yield Line("database", "ok", {"why": ""})
            for check in IN_DATABASE:
                yield check(desk)
    except Exception as error:
        why = next(iter(str(error).splitlines()), type(error).__name__)
        yield Line("database", "fail", {"why": why})
    yield _fonts()
    yield from _telegram(chosen)
    yield _port(chosen)
    yield _backup(chosen)


# --- without a database -----------------------------------------------------------------------------------------------------


def _policy(chosen: "Settings") -> Line:
    from bot.policy import PolicyError, read_policy

    try:
        policy = read_policy(chosen.policy)
    except PolicyError as error:
        return Line("policy", "fail", {"why": str(error), "digest": ""})
    return Line("policy", "ok", {"why": "", "digest": policy.hash[:12]})


def _space(chosen: "Settings") -> Line:
    """Whether the data directory can be written, and what room is left."""
    try:
        chosen.data_dir.mkdir(parents=True, exist_ok=True)
        probe = chosen.data_dir / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Line("space", "fail", {"path": str(chosen.data_dir), "why": error.strerror, "megabytes": 0})
    free = shutil.disk_usage(chosen.data_dir).free // MEGABYTE
    state: State = "fail" if free < 100 else "warn" if free < 1000 else "ok"
    return Line("space", state, {"path": str(chosen.data_dir), "why": "", "megabytes": free})


def _sqlite(chosen: "Settings") -> Line:
    if not chosen.database_url.startswith("sqlite"):
        return Line("sqlite", "ok", {"version": ""})
    state: State = "ok" if sqlite3.sqlite_version_info >= SQLITE else "warn"
    return Line("sqlite", state, {"version": sqlite3.sqlite_version})


def _fonts() -> Line:
    """Whether the pictures' font has the characters that are missing most often."""
    from PIL import ImageFont

    from bot import pictures

    try:
        path = pictures.font_path()
        font = ImageFont.truetype(str(path), 24)
        blank = bytes(font.getmask("\U0010fffe"))
        missing = "".join(letter for letter in RARE if bytes(font.getmask(letter)) == blank)
    except OSError as error:
        return Line("fonts", "fail", {"why": str(error), "missing": "", "font": ""})
    return Line("fonts", "warn" if missing else "ok", {"why": "", "missing": missing, "font": path.name})


def _telegram(chosen: "Settings") -> Iterator[Line]:
    if not chosen.telegram_token:
        yield Line("telegram", "ok", {})
        return
    yield Line("token", "ok" if TOKEN.fullmatch(chosen.telegram_token) else "fail", {})
    yield Line("telegram", "warn", {})


def _port(chosen: "Settings") -> Line:
    """Whether the page's port is free, or taken by our own service."""
    from bot import control
    from bot.web import open_socket

    facts = {"host": chosen.web_host, "port": chosen.web_port, "why": ""}
    if control.answers(chosen.data_dir):
        return Line("port", "ok", facts | {"why": "running"})
    try:
        open_socket(chosen.web_host, chosen.web_port).close()
    except OSError as error:
        return Line("port", "fail", facts | {"why": error.strerror or str(error)})
    return Line("port", "ok", facts)


def _backup(chosen: "Settings") -> Line:
    from bot.app import wall_clock
    from storage import backup

    last = backup.last_copy(chosen.data_dir)
    if last is None:
        return Line("backup", "warn", {"days": None, "file": ""})
    days = (wall_clock() - datetime.fromisoformat(last["at"])).days
    state: State = "ok" if days <= BACKUP_DAYS and Path(last["file"]).exists() else "warn"
    return Line("backup", state, {"days": days, "file": last["file"]})


# --- in the database --------------------------------------------------------------------------------------------------------


def _log(desk: "Desk") -> Line:
    from storage import backup, dispatch_log

    verdict = dispatch_log.verify(desk.session, desk.house.sealer)
    facts = {"count": verdict.count, "head": verdict.head[:16], "entry": verdict.entry}
    if not verdict.good:
        return Line("log", "fail", facts | {"why": verdict.problem})
    if backup.put_back(desk.session, desk.house.data_dir):
        return Line("log", "warn", facts | {"why": "put_back"})
    return Line("log", "ok", facts | {"why": ""})


def _secret(desk: "Desk") -> Line:
    from storage import backup

    return Line("secret", "ok" if backup.secret_fits(desk.session, desk.house.sealer) else "fail", {})


def _administrator(desk: "Desk") -> Line:
    """Whether somebody can administer from a chat."""
    from bot.rules.words import Post
    from storage import people

    holders = [row for row, _ in people.everyone_with(desk.session, Post.ADMINISTRATOR, desk.today)]
    bound = [row.name for row in holders if people.account_of(desk.session, row.id)]
    return Line("administrator", "ok" if bound else "warn", {"names": bound, "unbound": [row.name for row in holders]})


def _calendar(desk: "Desk") -> Line:
    """Whether this year's and, from November on, next year's working days are known."""
    year = desk.today.year + (desk.today.month >= NOTICE_MONTH)
    state: State = "warn" if desk.calendar.estimated(date(year, 6, 1)) else "ok"
    return Line("calendar", state, {"year": year})


def _alarms(desk: "Desk") -> Line:
    from storage.alarms import open_alarms

    count = len(open_alarms(desk.session))
    return Line("alarms", "warn" if count else "ok", {"count": count})


def _gaps(desk: "Desk") -> Line:
    """Whether projects lack somebody, or matters."""
    from handlers import gaps
    from storage import people
    from storage.board import Reach

    found = gaps.find(desk, Reach(frozenset(people.unit_names(desk.session))))
    facts = {"projects": len(found.projects), "waiting": len(found.waiting), "matters": len(found.matters)}
    return Line("gaps", "warn" if found.projects or found.matters else "ok", facts)


def _waiting(desk: "Desk") -> Line:
    """Whether what is to be said gets said."""
    from storage import notes, vitals

    if notes.value(desk.session, notes.HELD):
        return Line("sending", "warn", {"why": "held", "minutes": 0})
    oldest = vitals.oldest_unsent(desk.session, urgent=True)
    minutes = (desk.now - oldest) // timedelta(minutes=1) if oldest else 0
    return Line("sending", "warn" if minutes > 10 else "ok", {"why": "", "minutes": minutes})


IN_DATABASE: tuple[Callable[["Desk"], Line], ...] = (_secret, _log, _administrator, _calendar, _gaps, _waiting, _alarms)
