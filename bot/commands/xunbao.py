"""`diaodu export xunbao`: the table of a month's 旬."""

from pathlib import Path

from bot.commands import Failure, looking, show, waiting, words
from bot.commands.matters import month_of


def export(file: Path, month: str, as_json: bool) -> None:
    """旬报表: a sheet for each 旬 of the month that has begun."""
    from handlers import ten_day_table

    with looking() as desk, waiting(words("command.exporting")):
        first = month_of(month, desk.today)
        try:
            counts = ten_day_table.write(desk, file, first, None)
        except OSError as error:
            raise Failure(f"{file}: {error.strerror}") from error
    show({"file": str(file), "month": month or None, **counts}, as_json, "command.exported_xunbao")
