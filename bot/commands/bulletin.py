"""`diaodu bulletin`: the monthly bulletin as a Word file or PDF."""

from pathlib import Path

from bot.commands import Failure, looking, progress, show, words
from bot.commands.matters import month_of


def write(file: Path, month: str, as_json: bool) -> None:
    """月通报 of a month, to be edited by the office."""
    from handlers import bulletin

    with looking() as desk, progress(words("command.exporting"), bulletin.STEPS) as step:
        first = month_of(month, desk.today)
        try:
            counts = bulletin.write(desk, file, first, None, step)
        except OSError as error:
            raise Failure(f"{error.filename or file}: {error.strerror}") from error
    show({"file": str(file), "month": month or None, **counts}, as_json, "command.bulletin_written")
