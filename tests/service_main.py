"""`diaodu` for tests: the command line as it is, except that it believes in another time (TEST_CLOCK_OFFSET, seconds) and is less
patient with Telegram (TEST_PATIENCE, seconds for one request; TEST_CHAT_GAP, seconds between two messages to one chat)."""

import contextlib
import ctypes
import importlib
import os
import signal
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path


def load() -> None:
    """Imports what `serve` needs."""
    names = ["app", "channels.telegram", "channels.webchat", "commands.service", "control", "logs", "web"]
    for name in [*(f"bot.{name}" for name in names), "handlers.holding", "storage.backup"]:
        importlib.import_module(name)


def die_with_parent() -> None:
    """So that tests which are killed leave nothing behind (Linux)."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def main() -> None:
    """Runs the command in sys.argv."""
    die_with_parent()
    from bot import __main__, app, failpoints
    from bot.channels import telegram

    offset, wall = timedelta(seconds=float(os.environ.get("TEST_CLOCK_OFFSET", "0"))), app.wall_clock
    app.wall_clock = lambda: wall() + offset
    patience = float(os.environ.get("TEST_PATIENCE", "2"))
    if gap := os.environ.get("TEST_CHAT_GAP"):
        telegram.Telegram.caps = replace(telegram.Telegram.caps, per_chat_seconds=float(gap))
    telegram.Telegram = partial(telegram.Telegram, timeout=patience, poll_seconds=1, first_wait=0.05)
    failpoints.SCRIPT = Path(os.environ.get("DIAODU_FAILPOINTS", ""))
    __main__.main()


if __name__ == "__main__":
    main()
