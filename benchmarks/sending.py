"""The send path: claim, check, send and mark, beside bare `Bot.send_message` with as many requests in flight."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode

from benchmarks.house import settled
from benchmarks.measure import Line, rounds, slower
from benchmarks.path import unpaced
from benchmarks.service import FIRST, TOKEN, Service
from bot.app import App
from bot.messages import Button, Card
from bot.outbox import FLIGHT
from bot.rules.words import MessageClass
from handlers.desk import Desk
from tests.town import Town

MESSAGES = 200
ROUNDS = 5
TEXT = "**项目**：形象进度 65%（上次 62%）\n累计投资 1.20 亿元（+0.08）· 年计划 65%"


def lines(home: Path) -> Iterator[Line]:
    with Service() as service, asyncio.Runner() as runner:
        town = settled(home, MESSAGES, "telegram", lambda at: str(FIRST + at))
        try:
            yield from _lines(town, runner, service)
        finally:
            town.close()


def _lines(town: Town, runner: asyncio.Runner, service: Service) -> Iterator[Line]:
    telegram, bot = unpaced(service.url), Bot(TOKEN, f"{service.url}/bot")
    app = App(town.settings, town.store, town.app.house, [telegram], lambda: town.now)
    sending: list[asyncio.Future[None]] = []

    async def begin() -> None:
        await bot.initialize()
        sending.append(asyncio.ensure_future(app.sender.run()))
        await service.ask(count=MESSAGES, expect=False)

    async def ours() -> None:
        app.sender.idle.clear()
        app.sender.wake.set()
        await app.sender.idle.wait()

    async def bare() -> None:
        free = asyncio.Semaphore(FLIGHT)
        await asyncio.gather(*(_say(bot, FIRST + at, free) for at in range(MESSAGES)))

    def measured(clock: Callable[[], float], work: Callable[[], Awaitable[None]], prepare: bool) -> float:
        if prepare:
            town.do(_lay_down)
        begun = clock()
        runner.run(work())  # type: ignore[arg-type]
        return clock() - begun

    async def end() -> None:
        sending[0].cancel()
        await asyncio.wait(sending)
        await telegram.close()
        await bot.shutdown()

    runner.run(begin())
    for what, clock in (("time", time.perf_counter), ("CPU", time.process_time)):
        found = rounds(lambda c=clock: measured(c, ours, True), lambda c=clock: measured(c, bare, False), ROUNDS)  # type: ignore[misc]
        yield slower(f"send path, {what} per message", found, 1.5, of=MESSAGES)
    runner.run(end())


def _lay_down(desk: Desk) -> None:
    for at in range(1, MESSAGES + 1):
        keys = (
            (
                Button("按计划推进", "report.on_plan", {"project": at}),
                Button("填报进展", "report.pick", {"project": at}),
            ),
        )
        desk.say(MessageClass.HAND, Card(TEXT, keys), person=at, projects=[at])


async def _say(bot: Any, chat: int, free: asyncio.Semaphore) -> None:
    keys = InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton("按计划推进", callback_data="A" * 18),
                InlineKeyboardButton("填报进展", callback_data="B" * 18),
            ]
        ]
    )
    async with free:
        await bot.send_message(
            chat_id=chat, text=TEXT.replace("**", ""), parse_mode=ParseMode.HTML, reply_markup=keys,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )  # fmt: skip
