"""A Bot API server in a process of its own, told what its people do: one JSON line in, one out.

{"latency": 0.02, "count": 200, "press": "确认"}: so many people each say a text, and press that button on the card they get ("":
nobody presses; "expect": false: nor waits for an answer). Answered with the seconds until each has been answered. Every call of the bot takes `latency` seconds longer.
"""

import asyncio
import json
import subprocess
import sys
import threading
import time
from types import TracebackType
from typing import Any

from tests.bot_api import BotApi, Call, Person

FIRST = 1001
"""The id of the first person; the others follow."""
TOKEN = "123456:TEST-TOKEN"


class Service:
    """The other process. `url` is what a bot talks to."""

    def __enter__(self) -> "Service":
        command = (sys.executable, "-m", "benchmarks.service")
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = str(self._answer()["url"])
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)

    async def ask(self, **command: Any) -> dict[str, Any]:
        """Has the people do something; what came of it. The loop goes on meanwhile."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return await asyncio.to_thread(self._answer)

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found


class People:
    """On the server's side: they speak, press, and notice when all of them have been answered."""

    def __init__(self, api: BotApi) -> None:
        self.api = api
        self.people: dict[str, Person] = {}
        self.latency, self.press, self.waiting = 0.0, "", 0
        self.done = threading.Event()
        self._answer = api.server._answer
        api.server._answer = self._slowly  # type: ignore[method-assign]

    async def _slowly(self, token: str, call: Call) -> tuple[int, Any]:
        if self.latency:
            await asyncio.sleep(self.latency)
        status, body = await self._answer(token, call)
        if call.method == "sendMessage" and self.press:
            self.people[str(call.params["chat_id"])].presses(self.press)
        if call.method == ("editMessageText" if self.press else "sendMessage"):
            self.waiting -= 1
            if not self.waiting:
                self.done.set()
        return status, body

    def do(self, count: int, latency: float = 0.0, press: str = "", text: str = "65%", expect: bool = True) -> float:
        while len(self.people) < count:
            person = self.api.user(f"P{len(self.people)}")
            self.people[str(person.id)] = person
        self.latency, self.press, self.waiting = latency, press, count
        self.done.clear()
        begun = time.perf_counter()
        for person in list(self.people.values())[:count]:
            person.says(text)
        if expect and not self.done.wait(60):
            raise TimeoutError(f"{self.waiting} of {count} people were not answered")
        seconds = time.perf_counter() - begun
        for chat in self.api.world.chats.values():
            chat.messages.clear()
        self.api.server.calls.clear()
        return seconds


def main() -> None:
    """Serves until there are no more commands."""
    with BotApi(TOKEN) as api:
        people = People(api)
        print(json.dumps({"url": api.url}), flush=True)
        for line in sys.stdin:
            print(json.dumps({"seconds": people.do(**json.loads(line))}), flush=True)


if __name__ == "__main__":
    main()
