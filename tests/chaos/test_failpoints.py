"""The places where tests kill the process: nothing in service, the named place and time in a test."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot import failpoints

PASSES = "from bot.failpoints import failpoint\nfor at in range(5): print(at, flush=True); failpoint('here')"


def passing(script: str | None) -> "subprocess.CompletedProcess[str]":
    """Python coming to the place `here` five times."""
    clean = {name: value for name, value in os.environ.items() if name != "DIAODU_FAILPOINTS"}
    environment = clean | ({"DIAODU_FAILPOINTS": script} if script else {})
    return subprocess.run([sys.executable, "-c", PASSES], capture_output=True, text=True, env=environment, timeout=30)


def test_they_do_nothing_in_service() -> None:
    assert failpoints.failpoint is failpoints._nothing
    assert passing(None).returncode == 0


@pytest.mark.parametrize(("words", "passed"), [("here 1", 1), ("here 3", 3), ("there 1", 5), ("", 5), ("here", 5)])
def test_the_process_dies_at_the_named_place_the_nth_time(tmp_path: Path, words: str, passed: int) -> None:
    script = tmp_path / "script"
    script.write_text(words)
    ended = passing(str(script))
    assert len(ended.stdout.splitlines()) == passed
    assert ended.returncode == (0 if passed == 5 else -signal.SIGKILL)
