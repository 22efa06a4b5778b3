"""`diaodu export yuebao`, `qianqi`, `problems`, `summary`, `statistical`: the tables officials keep, of every project."""

from pathlib import Path

from bot.commands import Failure, looking, show, waiting, words
from bot.commands.matters import month_of


def export(table: str, file: Path, month: str, as_json: bool) -> None:
    """Writes a table of handlers.exports, beside a running service or without one."""
    from handlers.exports import TABLES

    with looking() as desk, waiting(words("command.exporting")):
        first = month_of(month, desk.today)
        try:
            counts = TABLES[table](desk, file, first, None)
        except OSError as error:
            raise Failure(f"{file}: {error.strerror}") from error
    show(
        {"file": str(file), "month": month or None, "table": table, "rows": next(iter(counts.values())), **counts},
        as_json,
        "command.exported_table",
    )
