"""Reading a file that anybody may have sent: in a process of its own, with little memory, little time and none of our secrets."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from bot.ledger.archive import check_archive
from bot.ledger.values import Asked, Ledger, LedgerError, Refusal

MEMORY = 1 << 30  # bytes of address space for the reading process
_HOUSE = Path(__file__).parents[2]


def read_ledger_safely(
    path: Path | str, year: int | None = None, seconds: int = 30, asked: Asked | None = None
) -> Ledger:
    """`read_ledger` in a child process that may use `MEMORY` bytes and `seconds` seconds. Blocks; raises LedgerError.

    The clock on the wall ends it, not only the processor's: a reader out of memory was seen to hang asleep for ever.
    """
    from pydantic import TypeAdapter

    path = Path(path).absolute()
    check_archive(path)
    command = [sys.executable, "-m", "bot.ledger", str(path), "--seconds", str(seconds)]
    command += ["--year", str(year)] if year else []
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        child = subprocess.run(
            command,
            input=TypeAdapter(Asked).dump_json(asked or Asked()),
            cwd=_HOUSE,
            env=environment,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LedgerError(Refusal.TIMEOUT, {"file": path.name, "seconds": str(seconds)}) from None
    return _answer(child, path, seconds)


def _answer(child: "subprocess.CompletedProcess[bytes]", path: Path, seconds: int) -> Ledger:
    from pydantic import TypeAdapter, ValidationError

    if child.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise LedgerError(Refusal.TIMEOUT, {"file": path.name, "seconds": str(seconds)})
    if child.returncode == -signal.SIGABRT:  # out of memory
        raise LedgerError(Refusal.TOO_LARGE, {"file": path.name, "what": "memory", "found": "", "limit": str(MEMORY)})
    try:
        if child.returncode == 0:
            return TypeAdapter(Ledger).validate_json(child.stdout)
        refusal, facts = TypeAdapter(tuple[Refusal, dict[str, str]]).validate_json(child.stdout)
    except ValidationError:
        last = child.stderr.decode(errors="replace").strip().splitlines()[-1:]
        why = {"code": str(child.returncode), "why": "".join(last)[:200]}
        raise LedgerError(Refusal.CRASHED, {"file": path.name} | why) from None
    raise LedgerError(refusal, facts)
