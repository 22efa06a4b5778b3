"""What the page is given by whoever starts it, and who looks at it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session
from starlette.requests import Request

from bot.channels import Channel
from bot.channels.webchat import WebChat
from bot.messages import Sink
from bot.web.guards import Bucket
from bot.web.vitals import Ticks
from handlers.desk import House
from storage import people, webchat
from storage.db import Store
from storage.people import Known

T = TypeVar("T")


@dataclass
class Service:
    """Everything behind the page.

    receive: takes in what is posted and returns when it is on disk. clock: the time, UTC. ticks: when each tick last ran.
    telegram: (body, secret) -> the status to answer Telegram with; None: no webhook.
    """

    store: Store
    house: House
    channel: WebChat
    receive: Sink
    clock: Callable[[], datetime]
    channels: Mapping[str, Channel] = field(default_factory=dict)
    ticks: Callable[[], Ticks] = dict
    telegram: Callable[[bytes, str], Awaitable[int]] | None = None
    posts: Bucket = field(default_factory=lambda: Bucket(30, 1.0))
    logins: Bucket = field(default_factory=lambda: Bucket(20, 1 / 15))

    def __post_init__(self) -> None:
        self.started = self.clock()

    @property
    def zone(self) -> ZoneInfo:
        return self.house.texts.zone

    async def read(self, job: Callable[[Session], T]) -> T:
        """Runs `job` on a connection that cannot write, beside the event loop."""

        def reading() -> T:
            with self.store.read() as session:
                return job(session)

        return await asyncio.to_thread(reading)

    async def viewer(self, account: int, base: str = "") -> "Viewer | None":
        """The person of a bound account; None where there is none."""

        def reading(session: Session) -> Viewer | None:
            known = people.known_by_account(session, account)
            return Viewer(known, webchat.unit_of(session, known.person), base) if known else None

        return await self.read(reading)


@dataclass(frozen=True)
class Viewer:
    """Who looks at the page, the name of their unit, and below which address: "" or "/demo/12"."""

    known: Known
    unit: str = ""
    base: str = ""

    @property
    def chat(self) -> str:
        """The direct chat."""
        return self.known.chat


Who = Callable[[Request], Awaitable[Viewer | None]]
