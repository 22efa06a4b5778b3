"""The live stream of one tab: server-sent events from a mark on, so that a dropped connection misses nothing."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from bot.channels.webchat import Listener, WebChat
from storage.webchat import Line, Mark

HEARTBEAT_SECONDS = 15.0
REMEMBERED = 200
News = Callable[[Mark], Awaitable[tuple[list[Line], Mark]]]
Draw = Callable[[list[Line]], list[dict[str, Any]]]


class Live:
    """Tells what is new in some chats. news: mark -> the lines after it and the new mark. current: the chats a person has now."""

    def __init__(
        self,
        chats: list[str],
        mark: Mark,
        news: News,
        draw: Draw,
        today: Callable[[], str],
        current: Callable[[], Awaitable[list[str]]],
    ) -> None:
        self._chats, self._mark, self._news, self._draw, self._today, self._current = (
            chats,
            mark,
            news,
            draw,
            today,
            current,
        )
        self._told: dict[str, str] = {}

    async def events(self, channel: WebChat) -> AsyncIterator[str]:
        """The events, until the page goes, the server stops, or the person's chats are no longer these."""
        with channel.listening(self._chats) as listener:
            yield self._event("here", {"today": self._today()})
            while listener.open:
                listener.woken.clear()
                found, self._mark = await self._news(self._mark)
                fresh = self._fresh(self._draw(found))
                if fresh:
                    yield self._event("lines", {"lines": fresh, "today": self._today()})
                if not await woken(listener, HEARTBEAT_SECONDS):
                    if await self._current() != self._chats:
                        yield self._event("bye", {})
                        return
                    yield self._event("beat", {"today": self._today()})

    def _fresh(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those lines that were not told just so before."""
        texts = {line["key"]: json.dumps(line) for line in lines}
        fresh = [line for line in lines if self._told.get(line["key"]) != texts[line["key"]]]
        self._told = dict(list({**self._told, **texts}.items())[-REMEMBERED:])
        return fresh

    def _event(self, name: str, data: dict[str, Any]) -> str:
        return f"id: {self._mark}\nevent: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def woken(listener: Listener, seconds: float) -> bool:
    """Waits for something new; False where nothing came within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await listener.woken.wait()
    except TimeoutError:
        return False
    return True
