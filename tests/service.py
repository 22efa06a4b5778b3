"""The real service as a process of its own: started, told the time, killed, stopped. Its database is a file that can be looked into."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage import people
from storage.db import Store
from storage.dispatch_log import Sealer, verify, verify_rows
from tests.bot_api import BotApi, Person
from tests.chaos.nursery import Life, Nursery
from tests.town import Town, at

SECRET = "demonstration"
COMMAND = (sys.executable, "-m", "tests.service_main", "serve")


@dataclass
class Running:
    """One life of the process."""

    process: asyncio.subprocess.Process

    @property
    def pid(self) -> int:
        return self.process.pid

    async def wait(self) -> int:
        """The exit code; of a killed process minus the signal."""
        return await self.process.wait()


class Service:
    """One deployment below `home`, with `api` as its Telegram. now: the Shanghai time it believes in ("2026-11-24 09:30"), going on at
    the usual pace through restarts. nursery: whoever forks its lives; without one each is a new Python. gap: seconds between two
    messages to one chat, where it shall be another than Telegram's. settings: more of DIAODU_*, "" takes one away."""

    def __init__(
        self,
        home: Path,
        api: BotApi,
        now: str = "2026-11-24 09:30",
        nursery: Nursery | None = None,
        gap: float | None = None,
        **settings: str,
    ) -> None:
        self.home, self.api, self.nursery, self.gap = home, api, nursery, gap
        self.database = home / "town.db"
        self.script = home / "failpoints"
        self.command = COMMAND
        self.running: Running | Life
        self.ending: asyncio.Future[int]
        self.set_clock(now)
        self.settings = {
            "database_url": f"sqlite:///{self.database}",
            "data_dir": str(home / "data"),
            "secret_key": SECRET,
            "web_port": "0",
            "telegram_token": api.token,
            "telegram_api_url": api.url,
            **settings,
        }

    def set_clock(self, now: str) -> None:
        """From its next start on the service believes it is `now`."""
        self.now, self.offset = now, at(now).timestamp() - time.time()

    @property
    def environment(self) -> dict[str, str]:
        settings = {f"DIAODU_{name.upper()}": value for name, value in self.settings.items() if value}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("DIAODU_")}
        told = {"DIAODU_FAILPOINTS": str(self.script), "TEST_CLOCK_OFFSET": str(self.offset)}
        return clean | settings | told | ({} if self.gap is None else {"TEST_CHAT_GAP": str(self.gap)})

    # --- settling in ------------------------------------------------------------------------------------------------

    @contextmanager
    def settling(self) -> Iterator[Town]:
        """The database, open for putting people and projects in; only while the service does not run."""
        town = Town(self.home, self.now)
        town.people = {row["name"]: row["id"] for row in self.rows("SELECT id, name FROM person")}
        try:
            yield town
        finally:
            town.close()

    @staticmethod
    def bind(town: Town, name: str, phone: Person) -> None:
        """This person's account is bound to a person known by name."""
        identity = str(phone.id)
        town.do(
            lambda desk: people.bind(desk.session, town.people[name], "telegram", identity, identity, name, desk.now)
        )

    # --- life and death ---------------------------------------------------------------------------------------------

    async def start(self) -> "Service":
        """Starts the process and waits until it takes in."""
        before = self._intakes()
        await self.begin()
        ready = asyncio.ensure_future(self.api.until(lambda: self._intakes() > before, 60, "the service to be ready"))
        await asyncio.wait({self.ending, ready}, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            ready.cancel()
            raise AssertionError(f"the service ended with {self.ending.result()}:\n{self.log[-3000:]}")
        ready.result()
        return self

    async def begin(self) -> None:
        """Starts the process and waits for nothing."""
        if self.nursery:
            self.running = await self.nursery.launch(self.environment, self.home / "service.log")
        else:
            with (self.home / "service.log").open("ab") as log:
                self.running = Running(
                    await asyncio.create_subprocess_exec(*self.command, env=self.environment, stdout=log, stderr=log)
                )
        self.ending = asyncio.ensure_future(self.running.wait())

    def _intakes(self) -> int:
        return len(self.api.calls("getUpdates")) + len(self.api.calls("setWebhook"))

    async def kill(self) -> None:
        """SIGKILL, wherever it is just now."""
        os.kill(self.running.pid, signal.SIGKILL)
        await self.dead()

    async def dead(self, timeout: float = 10.0) -> int:  # noqa: ASYNC109
        """Waits for the end; the exit code."""
        return await asyncio.wait_for(asyncio.shield(self.ending), timeout)

    async def stop(self) -> tuple[int, float]:
        """SIGTERM; (exit code, seconds it took)."""
        begun = time.monotonic()
        os.kill(self.running.pid, signal.SIGTERM)
        return await self.dead(), time.monotonic() - begun

    def arm(self, place: str, nth: int = 1) -> None:
        """The process dies when it comes to this place the nth time."""
        part = self.script.with_suffix(".part")
        part.write_text(f"{place} {nth}")
        part.replace(self.script)

    def disarm(self) -> None:
        self.script.unlink(missing_ok=True)

    @asynccontextmanager
    async def up(self) -> AsyncIterator["Service"]:
        """The service, for as long as the block lasts."""
        try:
            yield await self.start()
        except BaseException:
            if not self.ending.done():
                await self.kill()
            raise
        if not self.ending.done():
            await self.stop()

    # --- looking in -------------------------------------------------------------------------------------------------

    @property
    def log(self) -> str:
        return (self.home / "service.log").read_text(errors="replace")

    def rows(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        """What a query finds, whether the service runs or not."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(statement, values)]

    def value(self, statement: str, **values: Any) -> Any:
        """The first value a query finds."""
        return next(iter(self.rows(statement, **values)[0].values()))

    async def until(self, statement: str, timeout: float = 10.0, **values: Any) -> Any:  # noqa: ASYNC109
        """Waits until a query's first value is true."""
        return await self.api.until(lambda: self.value(statement, **values), timeout, statement)

    async def quiet(self, timeout: float = 30.0) -> None:  # noqa: ASYNC109
        """Waits until Telegram has no update left, and nothing is to be said or done any more."""

        def done() -> bool:
            waiting = self.value("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')")
            errands = self.value("SELECT count(*) FROM errand WHERE state IN ('pending', 'running')")
            return not self.api.pending and not waiting and not errands

        await self.api.until(done, timeout, "the service to have nothing left to do")

    def verify(self) -> None:
        """The log's chain holds and its rows agree with the tables; only while the service does not run."""
        store = Store(f"sqlite:///{self.database}")
        try:
            with store.read() as session:
                for verdict in (verify(session, Sealer(SECRET)), verify_rows(session, Sealer(SECRET))):
                    assert verdict.good, verdict
                assert verdict.count > 0
        finally:
            store.close()

    def card(self, row: dict[str, Any]) -> str:
        """The text of an outbox row."""
        return str(json.loads(row["body"] or "{}").get("text", ""))
