"""The rules of the house are checked by machines, and the machines do fire: each planted fault is caught."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


def ruff(where: str, code: str) -> str:
    done = subprocess.run(
        [BIN / "ruff", "check", "--no-cache", "--stdin-filename", HOME / where, "-"],
        input=code, capture_output=True, text=True, check=False, cwd=HOME,
    )  # fmt: skip
    return done.stdout


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n",
        "from datetime import date\n\nTODAY = date.today()\n",
        "import time\n\nNOW = time.time()\n",
    ],
)
@pytest.mark.parametrize("where", ["handlers/reports.py", "storage/people.py", "bot/rules/plan.py", "bot/outbox.py"])
def test_nobody_but_the_app_reads_a_clock(where, code):
    assert "TID251" in ruff(where, code)
    assert "TID251" not in ruff("bot/app.py", code)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "line", "contract"),
    [
        ("handlers/reports.py", "import bot.channels", "Handlers decide"),
        ("handlers/nudges.py", "import apscheduler", "Handlers decide"),
        ("handlers/matters.py", "import sqlalchemy", "Handlers decide"),
        ("handlers/summaries.py", "import bot.outbox", "The order of the house"),
        ("bot/rules/plan.py", "import random", "Rules are plain Python"),
        ("bot/rules/cadence.py", "import sqlmodel", "Rules are plain Python"),
        ("storage/people.py", "import handlers.desk", "The order of the house"),
        ("bot/channels/webchat.py", "import bot.channels.telegram", "One chat service, one file"),
        ("handlers/start.py", "import telegram", "Only its own adapter"),
    ],
)
def test_a_wrong_import_is_caught(tmp_path, where, line, contract):
    for part in ("bot", "handlers", "storage"):
        shutil.copytree(HOME / part, tmp_path / part, ignore=shutil.ignore_patterns("*.png", "*.xlsx", "__pycache__"))
    shutil.copy(HOME / "pyproject.toml", tmp_path)
    target = tmp_path / where
    target.write_text(target.read_text("utf-8") + f"\n{line}\n", "utf-8")
    environment = {"PATH": str(BIN), "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [BIN / "lint-imports", "--no-cache"], capture_output=True, text=True, check=False, cwd=tmp_path, env=environment
    )
    broken = [row for row in done.stdout.splitlines() if row.endswith("BROKEN")]
    assert any(row.startswith(contract) for row in broken), done.stdout[-2000:]
