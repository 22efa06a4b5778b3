"""Lives of the service without the time it takes to import it: one process that has everything loaded, and forks at each line.

A line of its input is the environment of one life, as JSON. Its output: the life's process id, then (when it has ended) its exit code.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

COMMAND = (sys.executable, "-m", "tests.chaos.nursery")


@dataclass
class Life:
    """One forked process of the service."""

    pid: int
    nursery: asyncio.subprocess.Process
    code: int | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def wait(self) -> int:
        """The exit code; of a killed process minus the signal."""
        async with self._lock:
            if self.code is None:
                assert self.nursery.stdout is not None
                self.code = int(await self.nursery.stdout.readline())
        return self.code


class Nursery:
    """Forks one life after the other."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._life: Life | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Ends the life that may be left, then the nursery."""
        if self._process is None:
            return
        if self._life and self._life.code is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._life.pid, signal.SIGKILL)
            await self._life.wait()
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def launch(self, environment: Mapping[str, str], log: Path) -> Life:
        """Starts a life; its output goes to `log`."""
        if self._process is None:
            pipe = asyncio.subprocess.PIPE
            clean = {name: value for name, value in os.environ.items() if not name.startswith("DIAODU_")}
            # The fail-points are compiled in by this being set; where the script lies is told with each life.
            clean |= {"DIAODU_FAILPOINTS": "nowhere"}
            self._process = await asyncio.create_subprocess_exec(*COMMAND, stdin=pipe, stdout=pipe, env=clean)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({**environment, "TEST_LOG": str(log)}).encode() + b"\n")
        self._life = Life(int(await self._process.stdout.readline()), self._process)
        return self._life


def main() -> None:
    import tests.service_main as service

    service.die_with_parent()
    service.load()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.environ |= json.loads(line)
            log = os.open(os.environ["TEST_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(log, 1)
            os.dup2(log, 2)
            sys.argv[1:] = ["serve"]
            service.main()
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
