"""`diaodu serve` for tests: the service as it is, except that it believes in another time (TEST_CLOCK_OFFSET, seconds)."""

import asyncio
import os
import signal
from datetime import timedelta

from bot import app


def shift_clock() -> None:
    """Moves the one clock there is."""
    offset, wall = timedelta(seconds=float(os.environ.get("TEST_CLOCK_OFFSET", "0"))), app.wall_clock
    app.wall_clock = lambda: wall() + offset


def load() -> None:
    """Imports what `main` needs."""
    import bot.channels.telegram
    import storage.schema  # noqa: F401


def main() -> None:
    """Serves until SIGTERM."""
    from bot.channels.telegram import Telegram
    from bot.config import Settings
    from storage import schema
    from storage.db import Store

    shift_clock()
    settings = Settings()
    store = Store(settings.database_url)
    schema.upgrade(store.engine)

    async def serve() -> None:
        telegram = Telegram(settings.telegram_token, settings.telegram_api_url, first_wait=0.05, poll_seconds=5, timeout=2)
        service = app.App(settings, store, app.make_house(settings, store), [telegram], app.wall_clock)
        task = asyncio.ensure_future(service.run())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            pass
        finally:
            await telegram.close()

    asyncio.run(serve())
    store.close()


if __name__ == "__main__":
    main()
