"""A Bot API server for tests, on loopback: Telegram's side of the talk, scripted in the test's own process.

    with BotApi() as api:
        wang = api.user("王芳")
        wang.says("65%")                      # the bot at api.url (token api.token) gets an update
        card = await wang.hears("请确认")       # what she sees
        wang.presses("确认")                   # the latest button with this label
        api.fail("sendMessage", too_many(3))  # the next sendMessage is answered 429

Everything may be called from any thread. What the bot is told stays pending until it confirms it, whatever becomes of the bot.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from tests.bot_api.methods import Upload
from tests.bot_api.people import Group, Person, Shown, shown
from tests.bot_api.server import (
    Call,
    Fault,
    Limits,
    Server,
    bad_gateway,
    blocked,
    dropped,
    foreign_page,
    hung,
    migrated,
    refusal,
    too_many,
)
from tests.bot_api.world import Json, World

__all__ = [
    "BotApi",
    "Call",
    "Fault",
    "Group",
    "Limits",
    "Person",
    "Shown",
    "Upload",
    "bad_gateway",
    "blocked",
    "dropped",
    "foreign_page",
    "hung",
    "migrated",
    "refusal",
    "too_many",
]

T = TypeVar("T")


class BotApi:
    """The server with its people and groups. `url` is what DIAODU_TELEGRAM_API_URL takes.

    clock: seconds for the dates in messages and for `limits`. privacy: the bot hears in groups only what is meant for it.
    """

    def __init__(
        self,
        token: str = "123456:TEST-TOKEN",
        username: str = "diaodu_bot",
        *,
        port: int = 0,
        privacy: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.token, self.username = token, username
        self.world = World(token, username, clock)
        self.world.privacy = privacy
        self.server = Server(self.world, port)

    def start(self) -> "BotApi":
        self.server.start()
        return self

    def stop(self) -> None:
        self.server.stop()

    def __enter__(self) -> "BotApi":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    # People

    def user(self, name: str, username: str = "", *, started: bool = True, is_bot: bool = False) -> Person:
        """A new person. started=False: has never pressed Start, so the bot may not write to them."""
        with self.world.lock:
            user = self.world.add_user(name, username, is_bot)
            self.world.chats[user["id"]].opened = started
            return Person(self, user)

    def group(
        self,
        title: str,
        topic: str | None = None,
        *,
        supergroup: bool = False,
        with_bot: bool = True,
        administrator: bool = False,
    ) -> Group:
        """A new group with the bot in it (it is not told: `Person.invites_bot` does that). With a topic it is a forum."""
        with self.world.lock:
            chat = self.world.add_group(title, supergroup, forum=topic is not None)
            if with_bot:
                chat.bot_status = "administrator" if administrator else "member"
            group = Group(self, chat)
            return group.topic(topic) if topic is not None else group

    # What happened

    def messages(self, where: Person | Group) -> list[Shown]:
        """What is on the screen now, oldest first; of a topic only its own."""
        with self.world.lock:
            chat = where.chat if isinstance(where, Group) else self.world.chats[where.id]
            thread = where.thread if isinstance(where, Group) else None
            return [shown(m) for m in chat.messages if thread is None or m.get("message_thread_id") == thread]

    def last(self, where: Person | Group) -> Shown | None:
        """The bot's latest message there."""
        return next((message for message in reversed(self.messages(where)) if message.from_bot), None)

    def calls(self, method: str | None = None) -> list[Call]:
        """Calls in order of arrival, of one method or all."""
        with self.world.lock:
            return [call for call in self.server.calls if method in (None, call.method)]

    @property
    def pending(self) -> list[Json]:
        """Updates the bot has not confirmed."""
        with self.world.lock:
            return list(self.world.pending)

    async def until(self, predicate: Callable[[], T | None], timeout: float = 20.0, what: str = "") -> T:  # noqa: ASYNC109
        """Waits until the predicate holds, and returns what it returned. Raises AssertionError with the last calls."""
        with self.server.watching() as changed:
            try:
                async with asyncio.timeout(timeout):
                    while not (found := predicate()):
                        changed.clear()
                        await _either(changed, 0.05)
                    return found
            except TimeoutError:
                raise AssertionError(self._story(what)) from None

    def wait(self, predicate: Callable[[], T | None], timeout: float = 20.0, what: str = "") -> T:
        """The same for a test that has no loop."""
        return asyncio.run(self.until(predicate, timeout, what))

    def _story(self, what: str) -> str:
        last = [f"{c.method} #{c.number} → {c.status} {c.error}" for c in self.calls() if c.method != "getUpdates"][
            -10:
        ]
        return f"waited in vain: {what or 'the predicate never held'}; last calls: {last}; pending: {len(self.pending)}"

    # What goes wrong

    def fail(self, method: str, fault: Fault, *, call: int | None = None, times: int = 1) -> None:
        """The next `times` calls of a method go wrong, or its call number `call` (counted from the start, from 1)."""
        with self.world.lock:
            self.server.faults[method] += [(call, fault)] * times

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """No connection can be made."""
        self.server.refuse()
        try:
            yield
        finally:
            self.server.accept()

    @contextmanager
    def holding(self, method: str) -> Iterator[None]:
        """Calls of a method arrive and are logged, but have no effect and get no answer before the end of the block."""
        release = self.server.hold(method)
        try:
            yield
        finally:
            release()

    def inject(self, update: Json) -> Json:
        """Lays any update before the bot, also one it cannot read; it gets an id where it has none."""
        with self.world.lock:
            return self.world.inject(update)

    def expire_presses(self, yes: bool = True) -> None:
        """answerCallbackQuery comes too late."""
        self.world.queries_expired = yes

    def freeze(self, where: Person | Group, message: int) -> None:
        """This message can no longer be edited."""
        self.world.frozen.add((where.id, message))

    def erase(self, where: Person | Group, message: int) -> None:
        """Somebody deletes a message."""
        with self.world.lock:
            chat = self.world.chats[where.id]
            chat.messages[:] = [m for m in chat.messages if m["message_id"] != message]

    def revoke_token(self) -> None:
        """From now on every call is answered 401."""
        self.world.token = "revoked"

    def enforce(self, limits: Limits | None) -> None:
        """Telegram's budgets: what is beyond them is answered 429."""
        self.server.limits = limits


async def _either(event: asyncio.Event, seconds: float) -> Any:
    """Until the event is set, at most so long (a predicate may look at things this server does not know)."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
