"""The commands, one file per noun. Nothing heavy is imported before a command needs it."""

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.texts import Texts
    from handlers.desk import Desk, House
    from storage.db import Store

PATIENCE = 10.0
"""Seconds to wait for another command that is writing just now."""


class Failure(Exception):
    """A command cannot do what was asked: the text is one line that says what to do. `code`: the exit code."""

    def __init__(self, line: str, code: int = 1) -> None:
        super().__init__(line)
        self.code = code


def complaint(error: Exception) -> tuple[str, int]:
    """One line for whatever went wrong, and the exit code."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, Failure):
        return str(error), error.code
    from bot.filled import FormError
    from bot.logs import Redactor

    if isinstance(error, FormError):
        return " ".join(words("export.form_refused", name="", **error.facts).split()), 1
    if os.environ.get("DIAODU_LOG_LEVEL") == "DEBUG":
        print(Redactor()("".join(traceback.format_exception(error))), file=sys.stderr)
    line = Redactor()(next(iter(str(error).strip().splitlines()), ""))
    if type(error).__name__ in ("PolicyError", "Newer", "Locked"):
        return line, 1
    return f"{type(error).__name__}: {line} (diaodu doctor looks for the cause; DIAODU_LOG_LEVEL=DEBUG shows where)", 1


# --- what a command works with --------------------------------------------------------------------------------------------


@cache
def settings() -> "Settings":
    """The settings. Raises Failure, naming the one that is wrong."""
    from pydantic import ValidationError

    from bot.config import Settings

    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "".join(f"DIAODU_{str(step).upper()}: " for step in first["loc"][-1:])
        what = first["msg"].removeprefix("Value error, ")
        raise Failure(f"{name}{what}; correct it in the environment or in .env (.env.example explains each)") from error


@cache
def texts() -> "Texts":
    from zoneinfo import ZoneInfo

    from bot.texts import Texts

    return Texts(ZoneInfo(settings().timezone), settings().locale)


def words(name: str, /, **facts: Any) -> str:
    """A text of the templates for a terminal, in the settings' language."""
    from bot.app import wall_clock
    from bot.messages import plain

    now = wall_clock()
    return plain(texts().say(name, now=now, today=now.astimezone(texts().zone).date(), **facts))


def secret() -> str:
    """The secret; says so where it was made just now."""
    from bot.config import secret as key
    from bot.config import secret_file

    found, made = key(settings())
    if made:
        print(words("command.secret_made", path=str(secret_file(settings()))), file=sys.stderr)
    return found


def show(record: Any, as_json: bool, name: str, /, **facts: Any) -> None:
    """A command's result: JSON for programs, else the text `name` with the record and these facts."""
    if as_json:
        print(json.dumps(record, ensure_ascii=False, default=str))
    else:
        print(words(name, **(record if isinstance(record, dict) else {}), **facts))


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Says on a terminal what takes its time."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


@contextmanager
def progress(what: str, steps: int) -> "Iterator[Callable[[], None]]":
    """A bar on a terminal for work of so many steps; what it gives is to be called after each."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=steps)
        yield lambda: bar.advance(task)


# --- reading and writing --------------------------------------------------------------------------------------------------


@contextmanager
def looking(now: Any = None) -> "Iterator[Desk]":
    """A desk that cannot write, beside a running service or without one; `now`: a moment to look from."""
    from bot.app import make_house, wall_clock
    from handlers.desk import Desk
    from storage import schema
    from storage.db import Store

    store = Store(_existing(settings().database_url), lock=False)
    try:
        with store.read() as session:
            if not schema.up_to_date(session.connection()):
                raise Failure(words("command.not_migrated"))
            house = make_house(settings(), store, secret=secret())
            yield Desk(session, now or wall_clock(), house, channel="cli")
    finally:
        store.close()


def _existing(url: str) -> str:
    from pathlib import Path

    from sqlalchemy.engine import make_url

    database = make_url(url).database
    if url.startswith("sqlite") and database and not Path(database).exists():
        raise Failure(words("command.no_database", path=database))
    return url


@contextmanager
def writing() -> "Iterator[tuple[Store, House]]":
    """The database for this process alone, brought up to date. Raises Locked where another process has it."""
    from bot.app import make_house
    from storage import schema
    from storage.db import Store

    key = secret()
    store = Store(settings().database_url)
    try:
        schema.upgrade(store.engine)
        yield store, make_house(settings(), store, secret=key)
    finally:
        store.close()


def write(command: str, **arguments: Any) -> dict[str, Any]:
    """Has a command of bot.control done: here, or by the service where that is running. Raises Failure with its reason."""
    from bot import app, control
    from handlers.desk import Desk
    from handlers.ledger import Tried
    from storage.db import Locked

    patience = time.monotonic() + PATIENCE
    while True:
        try:
            with writing() as (store, house):

                def job(session: Any, house: "House" = house) -> dict[str, Any]:
                    return control.perform(Desk(session, app.wall_clock(), house, channel="cli"), command, arguments)

                return store.run_now(job)
        except Tried as tried:
            return tried.record
        except Locked as locked:
            busy = locked
        except control.Said as said:
            raise Failure(_line(str(said)), 3 if said.code == "admin.which_person" else 1) from said
        try:
            return control.ask(settings().data_dir, command, arguments)
        except control.Said as said:
            raise Failure(_line(str(said)), 3 if said.code == "admin.which_person" else 1) from said
        except control.NoService:
            if time.monotonic() > patience:
                raise Failure(str(busy)) from busy
            time.sleep(0.2)


def _line(text: str) -> str:
    from bot.messages import plain

    return " ".join(plain(text).split())
