"""Lives of the service without the time it takes to import it: one process that has everything loaded, and forks at each line.

A line of its input is the environment of one life, as JSON. Its output: the life's process id, then (when it has ended) its exit code.
"""

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field

from tests.service import Service

COMMAND = (sys.executable, "-m", "tests.chaos.nursery")


@dataclass
class Life:
    """One forked process of the service."""

    pid: int
    nursery: asyncio.subprocess.Process
    code: int | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def wait(self) -> int:
        async with self._lock:
            if self.code is None:
                assert self.nursery.stdout is not None
                self.code = int(await self.nursery.stdout.readline())
        return self.code


class Nursery(Service):
    """A service whose process is forked: for those who kill it many times."""

    nursery: asyncio.subprocess.Process | None = None

    async def launch(self) -> Life:
        self.lives += 1
        if self.nursery is None:
            with (self.home / "service.log").open("ab") as log:
                pipe = asyncio.subprocess.PIPE
                self.nursery = await asyncio.create_subprocess_exec(
                    *COMMAND, stdin=pipe, stdout=pipe, stderr=log, env=self.environment
                )
        assert self.nursery.stdin is not None and self.nursery.stdout is not None
        self.nursery.stdin.write(json.dumps(self.environment).encode() + b"\n")
        return Life(int(await self.nursery.stdout.readline()), self.nursery)

    async def close(self) -> None:
        """Ends the nursery; to be called when no life is left."""
        if self.nursery is not None:
            assert self.nursery.stdin is not None
            self.nursery.stdin.close()
            await self.nursery.wait()


def main() -> None:
    import tests.service_main as service

    service.load()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.environ |= json.loads(line)
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            sys.argv[1:] = ["serve"]
            service.main()
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
