"""`diaodu serve` and `diaodu demo`: everything put together and kept alive until it is told to stop."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING, Any

from bot.commands import Failure, secret, settings, texts, words, writing

if TYPE_CHECKING:
    from bot.app import App, MovableClock
    from bot.channels.telegram import Telegram
    from bot.channels.webchat import WebChat
    from bot.config import Settings
    from handlers.desk import House
    from storage.db import Store

Beside = Callable[[], Coroutine[Any, Any, None]]
ANCHOR_SECONDS = 600
DEMO = Path("demo")
DEMO_STARTS = "2026-11-23 08:50"
"""A working morning shortly before reports are due, with the shipped ledger a few weeks old."""
STEP = timedelta(minutes=30)


def serve(port: int | None, resume: bool) -> None:
    """Runs the service until SIGTERM or SIGINT. Raises Failure where it cannot start."""
    from bot import app, logs
    from bot.channels.webchat import WebChat
    from storage import backup

    found = settings()
    logs.set_up(found.log_level, [found.telegram_token, secret(), found.telegram_webhook_secret])
    with writing() as (store, house):
        _check_secret(store, house)
        listening = _listening(found.web_host, found.web_port if port is None else port)
        page = WebChat(found.data_dir)
        telegram = _telegram(found)
        service = app.App(found, store, house, [page, telegram] if telegram else [page], app.wall_clock)
        _hold_or_resume(service, resume)
        asyncio.run(_serve(service, page, telegram, listening))
        with store.read() as session:
            if not house.held:
                backup.keep_anchor(session, found.data_dir, app.wall_clock())


async def _serve(service: "App", page: "WebChat", telegram: "Telegram | None", listening: socket) -> None:
    from bot import control
    from bot.web import Service, address, make_site, serve_web
    from handlers.desk import Desk

    web = Service(service.store, service.house, page, service.receive, service.clock, service.channels, service.ticks)
    if telegram:
        web.telegram = lambda body, given: telegram.webhook(body, given, service.receive)

    service.house.web = service.house.web or address(listening).rstrip("/")

    def ready() -> None:
        print(words("command.listening", address=address(listening), telegram=telegram is not None), flush=True)

    beside: list[Beside] = [
        lambda: serve_web(make_site(web), listening, closing=page.close, ready=ready),
        lambda: control.listen(
            service.settings.data_dir, service.store,
            lambda session: Desk(session, service.clock(), service.house, channel="cli"), service.wake,
        ),
        lambda: _keep_anchors(service),
    ]  # fmt: skip
    if telegram:
        beside.append(lambda: _learn_link(service, telegram))
    try:
        await _until_told(service, *beside)
    finally:
        if telegram:
            await telegram.close()


async def _until_told(service: "App", *beside: Beside) -> None:
    """Lives until a signal says stop; what fails for good on the way ends it with that error."""
    living = asyncio.ensure_future(service.run(*beside))
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, living.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await living


def _listening(host: str, port: int) -> socket:
    from bot.web import open_socket

    try:
        return open_socket(host, port)
    except OSError as error:
        raise Failure(words("command.port_taken", host=host, port=port, why=error.strerror or str(error))) from error


def _check_secret(store: "Store", house: "House") -> None:
    from storage import backup

    with store.read() as session:
        if not backup.secret_fits(session, house.sealer):
            raise Failure(words("command.secret_wrong"))


# --- Telegram -------------------------------------------------------------------------------------------------------------


def _telegram(found: "Settings") -> "Telegram | None":
    """The Telegram channel, where a token is set, with the command menu in the settings' language."""
    if not found.telegram_token:
        return None
    from bot.channels.telegram import Telegram

    return Telegram(
        found.telegram_token, found.telegram_api_url or None, webhook_url=found.telegram_webhook_url or None,
        webhook_secret=found.telegram_webhook_secret or None, menu=menu(found.locale),
    )  # fmt: skip


def menu(locale: str) -> list[tuple[str, str]]:
    """(command, what it is for) of the commands that everybody may use, in the table's order."""
    import tomllib

    from bot.texts import HOME
    from handlers.routes import COMMANDS

    described: dict[str, str] = tomllib.loads((HOME / locale / "menu.toml").read_text("utf-8"))
    return [(route.command, described[route.command]) for route in COMMANDS if route.command in described]


async def _learn_link(service: "App", telegram: "Telegram") -> None:
    """Once Telegram has told the bot's name: what an invite code is put behind to open the chat with it."""
    from storage import notes

    await telegram.started.wait()
    link = telegram.deep_link("x").removesuffix("x")
    service.house.links[telegram.name] = link
    await service.store.run(lambda session: notes.keep(session, notes.LINK + telegram.name, link))


# --- after a copy was put back --------------------------------------------------------------------------------------------


def _hold_or_resume(service: "App", resume: bool) -> None:
    """A database older than its anchor must not tell people again what they were told: nothing is said until somebody confirms."""
    from handlers import holding
    from handlers.desk import Desk
    from storage import backup

    with service.store.read() as session:
        anchor = backup.put_back(session, service.settings.data_dir)

    def job(session: Any) -> None:
        desk = Desk(session, service.clock(), service.house, channel="cli")
        if resume:
            holding.release(desk, anchor.hash if anchor else "")
        elif anchor or holding.held(desk):
            holding.hold(desk, anchor)

    service.store.run_now(job)
    if service.house.held:
        print(words("command.held"), file=sys.stderr, flush=True)


async def _keep_anchors(service: "App") -> None:
    """Keeps the log's head outside the database, so that a copy put back later is recognised."""
    from storage import backup

    def keep() -> None:
        with service.store.read() as session:
            backup.keep_anchor(session, service.settings.data_dir, service.clock())

    while True:
        if not service.house.held:
            await asyncio.to_thread(keep)
        await asyncio.sleep(ANCHOR_SECONDS)


# --- the demonstration ----------------------------------------------------------------------------------------------------


def demo(port: int | None, at: datetime | None, fresh: bool) -> None:
    """The demonstration: an invented district on a clock that can be moved. Goes on where it was, unless `fresh`."""
    from bot import app, logs
    from bot.channels.webchat import WebChat
    from storage import notes, schema, vitals
    from storage.db import Store

    found = settings().model_copy(
        update={
            "database_url": f"sqlite:///{DEMO / 'demo.db'}",
            "data_dir": DEMO / "data",
            "secret_key": "",
            "policy": None,
        }
    )
    logs.set_up("WARNING" if found.log_level == "INFO" else found.log_level)
    DEMO.mkdir(exist_ok=True)
    if fresh:
        _clear(found.database_url)
    store = Store(found.database_url)
    try:
        schema.upgrade(store.engine)
        with store.read() as session:
            left, written = notes.value(session, notes.DEMO_CLOCK), vitals.last_moment(session)
        start = at or datetime.fromisoformat(left or DEMO_STARTS)
        start = start if start.tzinfo else start.replace(tzinfo=texts().zone)
        # Killed, it left no note of where its clock stood: what is written down is not to happen again.
        clock = app.MovableClock(start if at or written is None else max(start, written))
        house = app.make_house(found, store, demo=True)
        page = WebChat(found.data_dir)
        service = app.App(found, store, house, [page], clock)
        _settle_in(service)
        listening = _demo_socket(found, port)
        try:
            asyncio.run(_play(service, page, clock, listening))
        finally:
            store.run_now(lambda session: notes.keep(session, notes.DEMO_CLOCK, clock().isoformat()))
    finally:
        store.close()


def _clear(url: str) -> None:
    """Takes the last demonstration away, unless somebody is playing it."""
    import shutil

    from storage.db import StoreLock

    lock = StoreLock(url)
    try:
        for name in ("demo.db", "demo.db-wal", "demo.db-shm"):
            (DEMO / name).unlink(missing_ok=True)
        shutil.rmtree(DEMO / "data", ignore_errors=True)
    finally:
        lock.release()


def _settle_in(service: "App") -> None:
    """The first time: the shipped ledger comes in, and everybody in it gets a phone."""
    from importlib.resources import files

    from bot import demo as stage
    from bot.ledger import read_ledger
    from handlers import ledger
    from handlers.desk import Desk
    from storage import people

    with service.store.read() as session:
        known = people.root_unit(session)
    if known is None:
        shipped = read_ledger(Path(str(files("bot") / "data" / "ledger_demo.xlsx")))
        service.store.run_now(
            lambda session: ledger.take_in(Desk(session, service.clock(), service.house, channel="cli"), shipped)
        )
    service.store.run_now(lambda session: stage.seed(Desk(session, service.clock(), service.house, channel="cli")))


def _demo_socket(found: "Settings", port: int | None) -> socket:
    """The wanted port; where none was wanted and the usual one is taken, any free one."""
    if port is not None:
        return _listening(found.web_host, port)
    try:
        return _listening(found.web_host, found.web_port)
    except Failure:
        return _listening(found.web_host, 0)


async def _play(service: "App", page: "WebChat", clock: "MovableClock", listening: socket) -> None:
    from bot import demo as stage
    from bot.web import Service, address, make_site, serve_web

    web = Service(service.store, service.house, page, service.receive, service.clock, service.channels, service.ticks)

    async def walk(until: datetime) -> None:
        while clock() < until:
            clock.move_to(min(until, clock() + STEP))
            await service.look_at_everything()
            await service.settle()

    service.house.web = service.house.web or address(listening).rstrip("/")

    def ready() -> None:
        print(words("command.demo", address=address(listening), at=clock()), flush=True)

    site = make_site(web, stage.demo_routes(web, walk))
    await _until_told(service, lambda: serve_web(site, listening, closing=page.close, ready=ready))
