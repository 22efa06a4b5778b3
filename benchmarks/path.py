"""The whole path: an update comes in, its effects are durable and logged, the reply is out; beside a bare python-telegram-bot echo
that keeps nothing. Each person reports and confirms: two updates and two replies, the press acknowledged besides."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from benchmarks.house import settled
from benchmarks.measure import Line, rate, rounds
from benchmarks.service import FIRST, TOKEN, Service
from bot.app import App
from bot.channels.telegram import Telegram
from tests.town import Town

PEOPLE = 100
ROUNDS = 3
LATENCIES = (0.0, 0.02)


def unpaced(url: str) -> Telegram:
    """Our channel without Telegram's limits: they are pacing's business."""
    telegram = Telegram(TOKEN, url)
    telegram.caps = replace(Telegram.caps, per_second=1e9, per_chat_seconds=0.0)
    return telegram


def lines(home: Path) -> Iterator[Line]:
    with Service() as ours, Service() as theirs, asyncio.Runner() as runner:
        town = settled(home, PEOPLE, "telegram", lambda at: str(FIRST + at))
        try:
            yield from _lines(town, runner, ours, theirs)
        finally:
            town.close()


def _lines(town: Town, runner: asyncio.Runner, ours: Service, theirs: Service) -> Iterator[Line]:
    telegram = unpaced(ours.url)
    app = App(town.settings, town.store, town.app.house, [telegram], lambda: town.now)
    running: list[asyncio.Future[None]] = []

    async def begin() -> Application:
        running.append(asyncio.ensure_future(app.run(ticking=False)))
        return await _echo(theirs.url)

    async def end(echo: Application) -> None:
        running[0].cancel()
        await asyncio.wait(running)
        await telegram.close()
        await echo.updater.stop()
        await echo.stop()
        await echo.shutdown()

    echo = runner.run(begin())
    for latency in LATENCIES:

        def seconds(service: Service, latency: float = latency, **how: str) -> float:
            return float(runner.run(service.ask(count=PEOPLE, latency=latency, **how))["seconds"])

        # Theirs answers one update each, ours two.
        found = rounds(lambda: seconds(ours, press="确认") / 2, lambda: seconds(theirs), ROUNDS)
        yield rate(f"whole path, updates/s, API answers in {latency * 1000:.0f} ms", found, 1, of=PEOPLE)
    runner.run(end(echo))


async def _echo(url: str) -> Application:
    """The library's own loop, one update after the other, as run_polling starts it."""

    async def say_it_again(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        await update.message.reply_text(update.message.text)

    application = Application.builder().token(TOKEN).base_url(f"{url}/bot").build()
    application.add_handler(MessageHandler(filters.TEXT, say_it_again))
    await application.initialize()
    await application.start()
    await application.updater.start_polling()
    return application
