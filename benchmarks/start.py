"""Start to ready: `python -m bot serve` until /health answers, beside a process that only imports the libraries it uses."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.house import settled
from benchmarks.measure import Line, rounds, shown, timed

ROUNDS = 4
EXTRA = 0.3
"""Seconds granted beside 1.3 times the bare imports."""
LIBRARIES = (
    "typer", "sqlmodel", "alembic.command", "apscheduler.schedulers.asyncio", "jinja2", "pydantic_settings", "structlog", "rich.traceback",
    "prometheus_client", "starlette.applications", "uvicorn", "python_multipart", "chinese_calendar",
    "cryptography.hazmat.primitives.ciphers.aead",
)  # fmt: skip
"""What `serve` has imported when it is ready, without a chat service."""


def lines(home: Path) -> Iterator[Line]:
    settled(home, 200).close()

    def bare() -> float:
        return timed(lambda: subprocess.run([sys.executable, "-c", f"import {', '.join(LIBRARIES)}"], check=True))

    found = rounds(lambda: _until_ready(home), bare, ROUNDS)
    spare = [ours - EXTRA for ours in found.ours]
    ratio, best = (
        sorted(a / b for a, b in zip(spare, found.base, strict=True))[ROUNDS // 2],
        min(spare) / min(found.base),
    )
    shares = f"{ratio:.2f} / {best:.2f} + {EXTRA} s"
    yield Line(
        "start to ready",
        shown(min(found.ours)),
        shown(min(found.base)),
        shares,
        f"≤ 1.3× + {EXTRA} s",
        max(ratio, best) <= 1.3,
    )


def _until_ready(home: Path) -> float:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "DIAODU_DATABASE_URL": f"sqlite:///{home / 'town.db'}", "DIAODU_DATA_DIR": str(home / "data"), "DIAODU_WEB_PORT": str(port),
        "DIAODU_SECRET_KEY": "benchmark" * 4,
    }  # fmt: skip
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DIAODU_")}
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"],
        env=clean | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(port):
            if process.poll() is not None:
                raise RuntimeError(f"serve ended with {process.returncode}")
            time.sleep(0.01)
        return time.perf_counter() - begun
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
