"""`diaodu holidays`: next year's working days, from the State Council's notice."""

import re
from datetime import date
from pathlib import Path

from bot.commands import Failure, show, words, write

YEAR = re.compile(r"(20\d\d)\s*年")


def holidays(file: Path, year: int | None, as_json: bool) -> None:
    """Reads a notice and keeps its days."""
    from bot.holidays import parse_notice

    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(words("command.file_unread", file=str(file), why=str(error))) from error
    named = YEAR.search(text)
    if year is None and named is None:
        raise Failure(words("command.notice_year"))
    meant = year or int(named[1])  # type: ignore[index]
    try:
        days = parse_notice(text, meant)
    except ValueError as error:
        raise Failure(words("command.notice_unread", why=str(error))) from error
    made = write(
        "holidays", days={day.isoformat(): working for day, working in days.items()}, source=f"{file.name} {meant}"
    )
    spans = [(date.fromisoformat(first), date.fromisoformat(last), working) for first, last, working in made["spans"]]
    show(made | {"year": meant}, as_json, "command.holidays_kept", parts=spans)
