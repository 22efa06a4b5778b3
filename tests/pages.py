"""The town's page: the same service with the page as a second channel, and a browser's worth of HTTP."""

import asyncio
import contextlib
import itertools
import json
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from bot.app import App, make_house
from bot.channels.webchat import WebChat
from bot.demo import demo_routes, seed
from bot.messages import Card
from bot.policy import Policy
from bot.rules.words import MessageClass
from bot.web import Service, address, make_site, open_socket, serve_web
from handlers import start
from storage import people
from storage.db import next_id
from storage.tables import ChatGroup
from tests.town import Town

OURS = {"X-Diaodu": "1"}


class PageTown(Town):
    """A town whose people may use the page. `demo`: the demonstration's pages in the place of the login."""

    def __init__(
        self, home: Path, now: str, policy: Policy | None = None, url: str = "", *, demo: bool = False
    ) -> None:
        super().__init__(home, now, policy, url)
        self.demo = demo
        self.begin()

    def begin(self) -> None:
        """A fresh service on what the store holds, as after a start of the process."""
        self.web = WebChat(self.settings.data_dir)
        house = make_house(self.settings, self.store, policy=self.policy, demo=self.demo)
        self.app = App(self.settings, self.store, house, [self.phones, self.web], lambda: self.now)
        self.service = Service(
            self.store, house, self.web, self.app.receive, lambda: self.now, channels=self.app.channels
        )

    def site(self) -> Any:
        return make_site(self.service, demo_routes(self.service, self.pass_until) if self.demo else ())

    async def pass_until(self, moment: Any) -> None:
        """The demonstration's walk, an hour at a time."""
        while self.now < moment:
            self.now = min(moment, self.now + timedelta(hours=1))
            await self.app.look_at_everything()
            await self.settle()

    def invite(self, who: str) -> str:
        return str(self.do(lambda desk: start.invite(desk, self.people[who])))

    def group(self, title: str, unit: str = "长泉区") -> str:
        """A group of the page; returns its chat."""
        where = self.unit(unit)

        def make(desk: Any) -> str:
            key = next_id(desk.session, ChatGroup)
            row = ChatGroup(id=key, channel="webchat", chat=f"group:{key}", title=title, unit=where, bound_at=self.now)
            desk.session.add(row)
            desk.session.flush()
            return row.chat

        return str(self.do(make))

    def at_the_page(self, who: str) -> int:
        """Binds a person to the page without a login; returns the account."""
        person = self.people[who]
        return int(
            self.do(
                lambda desk: people.bind(desk.session, person, "webchat", f"web-{who}", f"web-{who}", who, self.now)
            )
        )

    def settle_the_demo(self) -> None:
        self.do(seed)

    @contextlib.asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        """The site on a free port, stopped afterwards."""
        listening = open_socket("127.0.0.1", 0)
        serving = asyncio.ensure_future(serve_web(self.site(), listening, closing=self.web.close))
        try:
            yield address(listening)
        finally:
            serving.cancel()
            await asyncio.wait([serving])


class Browser:
    """One browser: its cookies, and what a page would ask."""

    def __init__(self, town: PageTown, url: str, base: str = "") -> None:
        self.town = town
        self.url = url
        self.base = base
        self.http = httpx.AsyncClient(base_url=url, headers=OURS, timeout=10.0)
        self._clients = itertools.count(1)

    async def log_in(self, code: str) -> httpx.Response:
        answer = await self.http.post("/api/login", json={"code": code})
        await self.town.settle()
        self.town.now += timedelta(seconds=10)
        return answer

    async def post(self, what: str, **body: Any) -> httpx.Response:
        """A second later: posts to the chat; the direct chat and a new client id unless told otherwise."""
        self.town.now += timedelta(seconds=1)
        if "chat" not in body:
            body["chat"] = (await self.chats())[0]["chat"]
        body.setdefault("client", f"client-{id(self)}-{next(self._clients)}")
        answer = await self.http.post(f"{self.base}/api/{what}", json=body)
        await self.town.settle()
        return answer

    async def says(self, text: str, **more: Any) -> httpx.Response:
        return await self.post("say", text=text, **more)

    async def presses(self, label: str) -> str:
        """Presses the newest button of this label; returns what is shown for a moment."""
        for line in reversed(await self.lines()):
            for button in itertools.chain(*line["rows"]):
                if button["label"] == label:
                    answer = await self.post("press", key=line["key"], token=button["token"])
                    return str(answer.json()["toast"])
        raise AssertionError(f"no button {label!r} in sight")

    async def uploads(self, raw: bytes) -> httpx.Response:
        return await self.http.post(f"{self.base}/api/upload", content=raw)

    async def chats(self) -> list[dict[str, Any]]:
        answer = await self.http.get(f"{self.base}/api/chats")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["chats"]
        return found

    async def mark(self) -> str:
        return str((await self.http.get(f"{self.base}/api/chats")).json()["mark"])

    async def lines(self, chat: str = "", before: str = "") -> list[dict[str, Any]]:
        asked = {name: value for name, value in (("chat", chat), ("before", before)) if value}
        found: list[dict[str, Any]] = (await self.http.get(f"{self.base}/api/lines", params=asked)).json()["lines"]
        return found

    async def texts(self, chat: str = "") -> list[str]:
        return [said(line) for line in await self.lines(chat)]

    @contextlib.asynccontextmanager
    async def listening(self, since: str = "", last_event: str = "") -> AsyncIterator["Stream"]:
        headers = {"Last-Event-ID": last_event} if last_event else {}
        async with self.http.stream(
            "GET", f"{self.base}/api/live", params={"since": since}, headers=headers
        ) as response:
            assert response.status_code == 200
            yield Stream(response)


class Stream:
    """A live stream as a page reads it. `last`: the id of the newest event."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()
        self.last = ""

    async def event(self) -> tuple[str, dict[str, Any]]:
        """The next event; ("end", {}) when the stream ends."""
        name, data = "end", {}
        async with asyncio.timeout(5):
            async for line in self._lines:
                if not line and name != "end":
                    break
                field, _, value = line.partition(": ")
                if field == "id":
                    self.last = value
                elif field == "event":
                    name = value
                elif field == "data":
                    data = json.loads(value)
        return name, data

    async def lines(self, *, after: str = "") -> list[dict[str, Any]]:
        """The lines of the next event that has any; `after`: only those of later moments."""
        while True:
            name, data = await self.event()
            assert name != "end"
            if found := [line for line in data.get("lines", []) if line["at"] > after]:
                return found

    async def until(self, wanted: str) -> list[str]:
        """The names of the events up to the one of this name."""
        names = [(await self.event())[0]]
        while names[-1] not in (wanted, "end"):
            names.append((await self.event())[0])
        return names


def said(line: dict[str, Any]) -> str:
    return "".join(text for text, _ in line["text"])


class Running:
    """The whole town in a thread of its own, for a browser that waits in this one. It can be stopped and started again."""

    def __init__(self, town: PageTown) -> None:
        self.town = town
        self.port = 0
        self.url = ""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live(up)), daemon=True)
        self._thread.start()
        assert up.wait(15)

    def stop(self) -> None:
        assert self._loop and self._stop and self._thread
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(15)
        assert not self._thread.is_alive()

    def nudge(self, who: str, text: str, **more: Any) -> None:
        """The bot says something by itself."""
        self.town.do(lambda desk: desk.say(MessageClass.HAND, Card(text, **more), person=self.town.people[who]))
        assert self._loop
        self._loop.call_soon_threadsafe(self.town.app.sender.wake.set)

    async def _live(self, up: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self.town.begin()
        listening = open_socket("127.0.0.1", self.port)
        self.url, self.port = address(listening), listening.getsockname()[1]
        async with asyncio.TaskGroup() as tasks:
            living = [
                tasks.create_task(self.town.app.run(ticking=False)),
                tasks.create_task(serve_web(self.town.site(), listening, closing=self.town.web.close, ready=up.set)),
            ]
            await self._stop.wait()
            for one in living:
                one.cancel()


def pages(home: Path) -> Iterator[Any]:
    """For fixtures: makes page towns and closes them."""
    towns: list[PageTown] = []

    def make(now: str = "2026-11-24 10:00", **options: Any) -> PageTown:
        place = home / str(len(towns))
        place.mkdir()
        towns.append(PageTown(place, now, **options))
        return towns[-1]

    yield make
    for town in towns:
        town.close()
