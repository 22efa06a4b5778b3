"""Named places where a test may have the process die. They do nothing unless DIAODU_FAILPOINTS names a file.

The file says where: "telegram.polled 3" kills the process (SIGKILL) when it comes there the third time.
"""

import os
import signal
from pathlib import Path


def _nothing(name: str) -> None:
    """The place `name` is passed."""


def _perhaps_die(name: str) -> None:
    try:
        wanted, left = SCRIPT.read_text().split()
    except (OSError, ValueError):
        return
    if wanted == name and int(left) <= 1:
        os.kill(os.getpid(), signal.SIGKILL)
    if wanted == name:
        SCRIPT.write_text(f"{name} {int(left) - 1}")


SCRIPT = Path(os.environ.get("DIAODU_FAILPOINTS", ""))
failpoint = _perhaps_die if os.environ.get("DIAODU_FAILPOINTS") else _nothing
