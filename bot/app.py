"""Where everything meets: the only clock, the front of the writer, the table of ticks."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import Session

from bot import papers, pictures
from bot.channels import Channel, Stopped
from bot.config import Settings
from bot.errands import Errands, Failed, destroyer, fetcher, keep, stored_path, taker
from bot.filled import FormError
from bot.holidays import work_calendar
from bot.ledger import Asked, Ledger, LedgerError, read_ledger_safely
from bot.messages import Ack, Card, Incoming
from bot.outbox import Sender
from bot.policy import Policy, read_policy
from bot.rules.periods import Figure
from bot.scheduler import Tick, scheduler
from bot.texts import Texts
from handlers import alarms, closing, closing_work, entry, exports, guard, house, lexicon, progress, ten_day_return
from handlers import ledger as ledgers
from handlers import papers as drawn_papers
from handlers.desk import Desk, House
from storage import conversations, forms, notes, periods
from storage.calendar import overrides
from storage.db import Store
from storage.dispatch_log import Sealer
from storage.tables import Outbox

log = structlog.get_logger()

Clock = Callable[[], datetime]

TICKS: dict[str, tuple[Tick, Callable[[Desk], object]]] = {
    name: (Tick(seconds), look) for name, seconds, look in house.TICKS
}


def wall_clock() -> datetime:
    """The time, UTC: the one place where it is read."""
    return datetime.now(UTC)


class MovableClock:
    """The demonstration's clock: the wall clock, moved forward by hand. Never used by `serve`."""

    def __init__(self, start: datetime | None = None) -> None:
        self.offset = (start - wall_clock()) if start else timedelta()

    def __call__(self) -> datetime:
        return wall_clock() + self.offset

    def move_to(self, at: datetime) -> None:
        self.offset = max(at - wall_clock(), self.offset)


def make_house(
    settings: Settings, store: Store, *, policy: Policy | None = None, demo: bool = False, secret: str = ""
) -> House:
    """Texts, policy, calendar and keys, as the settings say."""
    zone = ZoneInfo(settings.timezone)
    policy = policy or read_policy(settings.policy)
    with store.read() as session:
        calendar = work_calendar(policy.file.hours.spans, zone, overrides(session))
        links = notes.beginning(session, notes.LINK)
        learnt = lexicon.in_force(session)
    return House(
        texts=Texts(zone, settings.locale), policy=policy, calendar=calendar, sealer=Sealer(secret or settings.secret_key or "demonstration"),
        data_dir=settings.data_dir, demo=demo, web=settings.web_url, abroad=frozenset({"telegram"}), links=links, lexicon=learnt,
    )  # fmt: skip


class App:
    """The whole service around one store: channels, writer, sender, errands, ticks."""

    def __init__(
        self, settings: Settings, store: Store, house_: House, channels: Sequence[Channel], clock: Clock = wall_clock
    ) -> None:
        self.settings = settings
        self.store = store
        self.house = house_
        self.clock = clock
        self.channels = {channel.name: channel for channel in channels}
        self.sender = Sender(
            store,
            self.channels,
            clock,
            self._render,
            pictures.draw,
            settings.data_dir,
            self._undelivered,
            time.monotonic,
            lambda now: self.house.calendar.day(now),
        )
        self.errands = Errands(
            store,
            clock,
            {
                "fetch": fetcher(self.channels, settings.data_dir),
                "ledger_try": self._try_ledger,
                "ledger_import": self._import_ledger,
                "ten_days": self._read_ten_days,
                "table": self._write_table,
                "paper": self._write_paper,
                "closing": self._close_period,
                "workbook": papers.writer(settings.data_dir),
                "minutes_text": papers.reader(settings.data_dir),
                "take_away": taker(self.channels),
                "destroy": destroyer(settings.data_dir),
            },
            self.receive,
        )
        self.ticked: dict[str, datetime] = {}
        self._acks: set[asyncio.Task[None]] = set()

    # --- in ---------------------------------------------------------------------------------------------------------

    async def receive(self, batch: list[Incoming]) -> list[Ack]:
        """Handles a batch and returns when its effects are on disk. One that fails is kept, told about, and harms no other."""
        acks = await asyncio.gather(*(self._receive_one(incoming) for incoming in batch))
        self.sender.wake.set()
        self.errands.wake.set()
        for incoming, ack in zip(batch, acks, strict=True):
            if ack:
                task = asyncio.ensure_future(self.channels[incoming.channel].ack(ack.handle, ack.toast))
                self._acks.add(task)
                task.add_done_callback(self._acks.discard)
        return [ack for ack in acks if ack]

    async def _receive_one(self, incoming: Incoming) -> Ack | None:
        try:
            return await self.store.run(lambda session: entry.receive(session, self.clock(), self.house, incoming))
        except Exception as error:
            log.exception("message failed", channel=incoming.channel, kind=incoming.kind)
            reason = f"{type(error).__name__}: {error}"
            return await self.store.run(lambda session: self._park(session, incoming, reason))

    def _park(self, session: Session, incoming: Incoming, reason: str) -> Ack | None:
        incoming = guard.screened(session, incoming)
        conversations.park(session, incoming, self.clock(), reason)
        desk = Desk(session, self.clock(), self.house, channel=incoming.channel)
        alarms.message_failed(desk, incoming, reason)
        return Ack(incoming.handle) if incoming.handle else None

    # --- slow work --------------------------------------------------------------------------------------------------

    async def _try_ledger(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What a ledger would change; leaves nothing behind."""
        ledger = await self._read_ledger(payload)
        try:
            await self.store.run(
                lambda session: ledgers.bring_in(self._desk(session), ledger, dry_run=True, by=payload["by"])
            )
        except ledgers.Tried as tried:
            return {"record": tried.record}
        return {}

    async def _import_ledger(self, payload: dict[str, Any]) -> dict[str, Any]:
        ledger = await self._read_ledger(payload)
        return {
            "record": await self.store.run(
                lambda session: ledgers.bring_in(self._desk(session), ledger, dry_run=False, by=payload["by"])
            )
        }

    async def _read_ten_days(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The rows of a 旬报表 that a reporter returns; no other table is taken from one."""
        ledger = await self._read_ledger(payload)
        if not ledger.ten_days:
            raise Failed("not_ten_days")
        return {"rows": ten_day_return.as_rows(ledger)}

    async def _read_ledger(self, payload: dict[str, Any]) -> Ledger:
        path = stored_path(self.settings.data_dir, payload["sha256"])
        try:
            return await asyncio.to_thread(read_ledger_safely, path, None, 30, self._asked(payload))
        except LedgerError as error:
            raise Failed(error.reason.value, {"details": error.facts.get("sheets", "")}) from error

    def _asked(self, payload: dict[str, Any]) -> Asked:
        """How a workbook of the chat is to be read: as its forms were confirmed before, and as somebody said just now."""
        chosen = {
            form: {int(column): key for column, key in columns.items()} for form, columns in payload["chosen"].items()
        }
        with self.store.read() as session:
            remembered = forms.remembered(session)
        year = self.house.calendar.day(self.clock()).year
        return Asked(year=payload["year"], this_year=year, name=payload["name"], remembered=remembered, chosen=chosen)

    async def _write_table(self, payload: dict[str, Any]) -> dict[str, Any]:
        """A table of what a person may see, as a file of its own."""
        return await asyncio.to_thread(self._table_of, payload)

    def _table_of(self, payload: dict[str, Any]) -> dict[str, Any]:
        home = self.settings.data_dir
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home) as place, self.store.read() as session:
            path = Path(place) / "table"
            try:
                count = exports.write(self._desk(session), path, payload)
            except FormError as error:
                raise Failed("form", error.facts) from error
            return {"sha256": keep(home, path.read_bytes()), "count": count}

    async def _write_paper(self, payload: dict[str, Any]) -> dict[str, Any]:
        """A paper, as files of their own."""
        loop, done = asyncio.get_running_loop(), 0

        def step() -> None:
            nonlocal done
            done += 1
            if payload.get("shown"):
                show = self._show_progress(payload["shown"], done, drawn_papers.PARTS)
                asyncio.run_coroutine_threadsafe(show, loop).result()

        return await asyncio.to_thread(self._paper_of, payload, step)

    def _paper_of(self, payload: dict[str, Any], step: Callable[[], None]) -> dict[str, Any]:
        home = self.settings.data_dir
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home) as place, self.store.read() as session:
            made, told = drawn_papers.write(self._desk(session), Path(place), payload, step)
            return {"files": {edition: keep(home, path.read_bytes()) for edition, path in made.items()}, **told}

    async def _close_period(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The figures of a period, added up; to be closed they are written down in pieces, so that the writer is never held long."""
        what, told = await asyncio.to_thread(self._period_of, payload)
        if not payload["close"]:
            return {"told": told}
        number = await self.store.run(lambda session: closing_work.begin(self._desk(session), what))
        for at in range(0, len(what.figures), closing_work.CHUNK):
            part = what.figures[at : at + closing_work.CHUNK]
            await self.store.run(partial(self._put_figures, number, part))
            await self._progress(payload, at + len(part), len(what.figures))
        return {"told": told, "closing": number, "digest": periods.digest(what.figures)}

    def _put_figures(self, closing: int, figures: Sequence[Figure], session: Session) -> None:
        closing_work.put(self._desk(session), closing, figures)

    def _period_of(self, payload: dict[str, Any]) -> tuple[closing_work.Gathered, dict[str, Any]]:
        with self.store.read() as session:
            desk = self._desk(session)
            what = closing_work.gathered(desk, payload)
            return what, closing.summed(desk, what.unit, what.period, what.figures)

    async def _progress(self, payload: dict[str, Any], done: int, of: int) -> None:
        """Shows in the chat how far work on many projects is."""
        if of > progress.MANY and payload.get("shown"):
            await self._show_progress(payload["shown"], done, of)

    async def _show_progress(self, key: str, done: int, of: int) -> None:
        await self.store.run(lambda session: progress.show(self._desk(session), key, done, of))
        self.sender.wake.set()

    def _desk(self, session: Session) -> Desk:
        return Desk(session, self.clock(), self.house)

    # --- the clock asks ---------------------------------------------------------------------------------------------

    async def look(self, name: str) -> None:
        """One tick: asks one question of the rows, in as many transactions as it wants (True: there is more). A tick that fails is
        told once and asked again at its next time."""
        if self.house.held:
            return
        _, ask = TICKS[name]
        try:
            more: object = True
            while more is True:
                more = await self.store.run(
                    lambda session: ask(Desk(session, self.clock(), self.house, channel="clock"))
                )
            self.ticked[name] = self.clock()
        except Exception as error:
            log.exception("tick failed", tick=name)
            reason = f"{type(error).__name__}: {error}"
            await self.store.run(
                lambda session: alarms.tick_failed(Desk(session, self.clock(), self.house), name, reason)
            )
        self.sender.wake.set()
        self.errands.wake.set()

    def ticks(self) -> dict[str, tuple[datetime | None, int]]:
        """Name -> when it last ran, and its period in seconds."""
        return {name: (self.ticked.get(name), tick.seconds) for name, (tick, _) in TICKS.items()}

    async def look_at_everything(self) -> None:
        for name in TICKS:
            await self.look(name)

    # --- out --------------------------------------------------------------------------------------------------------

    def _render(self, session: Session, row: Outbox, now: datetime) -> Card | None:
        """The card of a row that is rendered when it is sent."""
        desk = Desk(session, now, self.house)
        return house.RENDERS[row.render](desk, row)

    def _undelivered(self, session: Session, row: Outbox, what: str, reason: str) -> None:
        alarms.undelivered(Desk(session, self.clock(), self.house), row, what, reason)

    def wake(self) -> None:
        """There may be something to say or to do."""
        self.sender.wake.set()
        self.errands.wake.set()

    async def settle(self) -> None:
        """Returns when everything that may be done and said now was; only while the service runs."""
        for worker in (self.errands, self.sender):
            worker.idle.clear()
            worker.wake.set()
            await worker.idle.wait()

    # --- life -------------------------------------------------------------------------------------------------------

    async def run(self, *beside: Callable[[], Coroutine[Any, Any, None]], ticking: bool = True) -> None:
        """Runs until cancelled: what was missed while the service was down is looked at first. `beside`: what else lives as long."""
        await self.store.run(lambda session: house.wake_up(Desk(session, self.clock(), self.house)))
        clockwork = scheduler({name: tick for name, (tick, _) in TICKS.items()}, self.look, self.settings.timezone)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.sender.run())
            tasks.create_task(self.errands.run())
            for channel in self.channels.values():
                tasks.create_task(self._take_in(channel))
            for other in beside:
                tasks.create_task(other())
            if ticking:
                await self.look_at_everything()
                clockwork.start()
            try:
                await asyncio.Event().wait()
            finally:
                if clockwork.running:
                    clockwork.shutdown(wait=False)
                if self._acks:
                    await asyncio.wait(self._acks, timeout=1)

    async def _take_in(self, channel: Channel) -> None:
        """A channel that cannot take in any more (401, or somebody else polls) is told to the operator; the rest goes on without it."""
        try:
            await channel.run(self.receive)
        except Stopped as stopped:
            reason = str(stopped)
            log.error("channel stopped", channel=channel.name, reason=reason)
            await self.store.run(
                lambda session: alarms.channel_stopped(Desk(session, self.clock(), self.house), channel.name, reason)
            )
