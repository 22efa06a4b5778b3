"""`diaodu export matters`."""

from datetime import date
from pathlib import Path

from bot.commands import Failure, looking, show, waiting, words


def export(file: Path, month: str, as_json: bool) -> None:
    """The ledger of matters (事项台账) and the table of a month, beside a running service or without one."""
    from handlers import matter_ledger

    with looking() as desk, waiting(words("command.exporting")):
        first = month_of(month, desk.today)
        try:
            counts = matter_ledger.write(desk, file, first, None)
        except OSError as error:
            raise Failure(f"{file}: {error.strerror}") from error
    record = {"file": str(file), "month": month or None, **counts}
    show(record, as_json, "command.exported_matters")


def month_of(given: str, today: date) -> date | None:
    """The first day of a month given as YYYY-MM; None where none is given. Raises Failure for what is no month up to now."""
    from handlers.matter_table import read_month

    if not given:
        return None
    found = read_month(given, today)
    if found is None or found > today:
        raise Failure(words("command.month_form", given=given))
    return found
