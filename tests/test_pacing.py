"""How fast the sender speaks, on a clock that jumps to the next thing to happen: hours pass in seconds, and nothing waits in earnest."""

import asyncio
import selectors
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels import TryLater
from bot.channels.telegram import Telegram
from bot.messages import Address, Attachment, Card, Drawn, Sent, Sink
from bot.outbox import Sender
from bot.rules.words import MessageClass
from storage import outbox, schema
from storage.db import Store
from storage.tables import Account, ChatGroup, Person, Unit
from tests.bot_api import Limits

pytestmark = pytest.mark.slow

MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


class Jumping(selectors.DefaultSelector):
    """Waits for sockets and threads only while the writer is at work; else lets the time pass at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.at_work = 0.0, 0

    def select(self, timeout: float | None = None) -> Any:
        at_once = timeout == 0 or not self.at_work
        found = super().select(0 if at_once else None)
        if not found and at_once and timeout:
            self.now += timeout
        return found


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is virtual. Work of the writer takes none."""

    def __init__(self) -> None:
        self.selector = Jumping()
        super().__init__(self.selector)

    def time(self) -> float:
        return self.selector.now


class QuickStore(Store):
    """A store that tells the virtual loop when it is at work."""

    async def run(self, job: Any) -> Any:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.selector.at_work += 1
        try:
            return await super().run(job)
        finally:
            loop.selector.at_work -= 1


@dataclass
class Listener:
    """Telegram's side: enforces its budgets, takes its time, remembers when what arrived."""

    clock: Any
    latency: float = 0.1
    name: str = "telegram"
    caps: Any = Telegram.caps
    limits: Limits = field(default_factory=Limits)
    arrived: list[tuple[float, str, str]] = field(default_factory=list)
    refused: int = 0
    slow: dict[str, float] = field(default_factory=dict)
    trouble: list[TryLater] = field(default_factory=list)
    until: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, sink: Sink) -> None: ...

    async def send(self, to: Address, drawn: Drawn) -> Sent:
        if self.trouble:
            raise self.trouble.pop()
        if wait := self.limits.refuse(int(to.chat), self.clock()):
            self.refused += 1
            raise TryLater("too many", wait, whole=True)
        self.arrived.append((self.clock(), to.chat, drawn.card.text))
        await asyncio.sleep(self.slow.get(to.chat, self.latency))
        if len(self.arrived) >= self.until:
            self.done.set()
        return Sent(str(len(self.arrived)))

    async def update(self, to: Address, message: str, drawn: Drawn) -> Sent:
        return await self.send(to, drawn)

    async def delete(self, to: Address, message: str) -> bool: ...

    async def ack(self, handle: str, toast: str) -> None: ...

    async def fetch(self, attachment: Attachment) -> bytes: ...

    def health(self) -> dict[str, object]:
        return {"ok": True}


class Office:
    """A store with so many people bound to Telegram, and the sender. pace: seconds of the wall clock in one second."""

    def __init__(self, home: Path, headcount: int, pace: float = 1.0) -> None:
        self.pace = pace
        self.store = QuickStore(f"sqlite:///{home / 'pacing.db'}")
        schema.upgrade(self.store.engine)
        self.loop = VirtualLoop()
        self.telegram = Listener(self.loop.time)
        self.sender = Sender(
            self.store, {"telegram": self.telegram}, self.clock, lambda *_: None, lambda _: [], home,
            lambda *facts: None, self.loop.time,
        )  # fmt: skip
        self.store.run_now(lambda session: self._hire(session, headcount))

    def clock(self) -> datetime:
        return MORNING + timedelta(seconds=self.loop.time() * self.pace)

    def _hire(self, session: Any, headcount: int) -> None:
        persons = [{"id": at, "name": f"科长{at}", "created_at": MORNING} for at in range(1, headcount + 1)]
        session.add_all(Person(**values) for values in persons)
        session.flush()
        session.add_all(
            Account(id=at, person=at, channel="telegram", identity=str(at), chat=str(at), bound_at=MORNING, used_at=MORNING)
            for at in range(1, headcount + 1)
        )  # fmt: skip

    def found_group(self, chat: int) -> None:
        """Group 1, of a unit of its own."""

        def found(session: Any) -> None:
            session.add(Unit(id=1, name="长泉区"))
            session.flush()
            session.add(ChatGroup(id=1, channel="telegram", chat=str(chat), unit=1, bound_at=MORNING))

        self.store.run_now(found)

    def lay(self, klass: MessageClass, *persons: int, group: int | None = None, text: str = "今日待办") -> None:
        """A message to each of these persons, or to the group."""

        def lay(session: Any) -> None:
            for person in persons or (None,):
                outbox.put(session, klass, self.clock(), card=Card(text), person=person, chat_group=group)

        self.store.run_now(lay)
        self.sender.wake.set()

    def when(self, text: str) -> list[float]:
        """When messages with this text arrived."""
        return [at for at, _, arrived in self.telegram.arrived if text in arrived]

    def until_said(self, count: int, *meanwhile: Coroutine[Any, Any, None]) -> None:
        """Lets the sender speak until so many messages have arrived in all."""
        self.telegram.until = count
        self.telegram.done = asyncio.Event()

        async def live() -> None:
            async with asyncio.TaskGroup() as tasks:
                speaking = tasks.create_task(self.sender.run())
                for one in meanwhile:
                    tasks.create_task(one)
                await self.telegram.done.wait()
                speaking.cancel()

        self.loop.run_until_complete(live())

    def close(self) -> None:
        self.loop.close()
        self.store.close()


@pytest.fixture
def office(tmp_path: Path):
    made: list[Office] = []

    def make(headcount: int, pace: float = 1.0) -> Office:
        made.append(Office(tmp_path, headcount, pace))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.slow
def test_nearly_telegrams_pace_no_limit_broken_and_a_hand_does_not_wait_behind_nudges(office) -> None:
    town = office(2020)
    town.lay(MessageClass.NUDGE, *range(1, 2001))
    laid: list[float] = []

    async def matters() -> None:
        for at in range(2001, 2021):
            await asyncio.sleep(2.7)
            laid.append(town.loop.time())
            town.lay(MessageClass.HAND, at, text="17-3 供电增容")

    town.until_said(2020, matters())
    ideal, took = 2020 / 30, town.telegram.arrived[-1][0]
    waited = [after - before for before, after in zip(laid, town.when("供电"), strict=True)]
    print(
        f"\n2020 messages in {took:.1f} s: {ideal / took:.1%} of 30 a second; a hand waited at most {max(waited):.2f} s"
    )
    assert town.telegram.refused == 0
    assert ideal / took >= 0.94
    assert max(waited) <= 2


@pytest.mark.parametrize("pace", [1.0, 0.999, 1.001])
def test_one_chat_hears_a_message_a_second_in_order_and_the_others_do_not_wait(office, pace) -> None:
    """However the wall clock is being corrected meanwhile."""
    town = office(2, pace)
    texts = [f"第{at}条" for at in range(40)]
    for text in texts:
        town.lay(MessageClass.HAND, 1, text=text)
    town.lay(MessageClass.HAND, 2, text="照常")
    town.until_said(41)
    assert [text for _, chat, text in town.telegram.arrived if chat == "1"] == texts
    assert town.when("照常")[0] < 1 and 40 < town.when("第39条")[0] < 43
    assert town.telegram.refused == 0


def test_a_group_hears_at_most_twenty_a_minute(office) -> None:
    town = office(1)
    town.found_group(-5)
    for at in range(45):
        town.lay(MessageClass.SUMMARY, group=1, text=f"第{at}条")
    town.lay(MessageClass.NUDGE, 1, text="照常")
    town.until_said(46)
    times = [at for at, chat, _ in town.telegram.arrived if chat == "-5"]
    assert max(sum(start <= at < start + 60 for at in times) for start in times) <= 20
    assert town.telegram.refused == 0 and times[-1] < 130 and town.when("照常")[0] < 2


def test_a_slow_answer_keeps_nobody_else_waiting(office) -> None:
    town = office(10)
    town.telegram.slow["1"] = 15.0
    for at in range(40):
        town.lay(MessageClass.HAND, 1, text=f"第{at}条")
    town.lay(MessageClass.HAND, *range(2, 11), text="照常")
    town.until_said(20)
    assert len(town.when("照常")) == 9 and max(town.when("照常")) < 4


def test_a_pause_of_the_account_holds_everything_and_hands_go_first_when_it_is_over(office) -> None:
    town = office(30)
    town.lay(MessageClass.NUDGE, *range(1, 30))
    town.telegram.trouble = [TryLater("Too Many Requests", 37.0, whole=True)]

    async def a_matter() -> None:
        await asyncio.sleep(5)
        town.lay(MessageClass.HAND, 30, text="17-3 供电增容")

    town.until_said(30, a_matter())
    during = [at for at, _, _ in town.telegram.arrived if 1 < at < 37]
    assert during == []
    after = [text for at, _, text in town.telegram.arrived if at >= 37]
    assert after[0] == "17-3 供电增容" and len(after) > 15
