"""`diaodu read`: how a report is read."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from bot.commands import Failure
from bot.rules import reading


def read(text: str, at: date | None, file: Path | None, as_json: bool) -> None:
    """Prints one reading, or one JSON line for each line of a file."""
    if bool(text) == bool(file):
        raise Failure('give one text, such as diaodu read "65% 累计1.2亿" --at 2026-11-24, or --jsonl FILE')
    if file:
        for record in of_file(file):
            print(json.dumps(record, ensure_ascii=False))
        return
    record = reading.as_record(reading.read(text, at or today()))
    if as_json:
        print(json.dumps(record, ensure_ascii=False))
    else:
        print("\n".join(f"{name}: {_shown(value)}" for name, value in record.items() if value not in ([], False)))


def of_file(file: Path) -> Iterator[dict[str, Any]]:
    """The readings of a file of {"id", "text", "reference_date"} lines. Raises Failure, naming the line."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{file} cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            text, day = str(asked["text"]), date.fromisoformat(asked["reference_date"])
        except (ValueError, KeyError, TypeError) as error:
            raise Failure(
                f'{file}, line {number}: wanted {{"id": …, "text": "…", "reference_date": "2026-11-24"}} ({error})'
            ) from error
        yield {"id": asked.get("id"), **reading.as_record(reading.read(text, day))}


def today() -> date:
    """Today where the deployment is."""
    from zoneinfo import ZoneInfo

    from bot.app import wall_clock
    from bot.commands import settings

    return wall_clock().astimezone(ZoneInfo(settings().timezone)).date()


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
