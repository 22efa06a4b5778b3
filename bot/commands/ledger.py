"""`diaodu import` and `diaodu export ledger`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import Failure, looking, show, waiting, words, write

if TYPE_CHECKING:
    from bot.ledger import Ledger


def bring_in(file: Path, dry_run: bool, yes: bool, year: int | None, as_json: bool) -> None:
    """Takes a ledger in: once, whole. What cannot be read is named; the rest goes in only where somebody said so."""
    from pydantic import TypeAdapter

    from bot.ledger import Ledger
    from handlers.ledger import problem_record

    ledger = read(file, year)
    problems = [problem_record(problem) for problem in ledger.problems]
    if problems and not (dry_run or yes):
        _ask(problems, len(ledger.projects), as_json)
    payload = TypeAdapter(Ledger).dump_python(ledger, mode="json")
    with waiting(words("command.importing", count=len(ledger.projects))):
        record = write("import", ledger=payload, dry_run=dry_run)
    show(record, as_json, "command.imported", dry_run=dry_run)


def read(file: Path, year: int | None) -> "Ledger":
    """The workbook, read in a process of its own. Raises Failure with the reason."""
    from bot.ledger import LedgerError, read_ledger_safely

    try:
        with waiting(words("command.reading", file=file.name)):
            return read_ledger_safely(file, year, seconds=120)
    except LedgerError as error:
        raise Failure(
            words("command.ledger_refused", file=str(file), reason=error.reason, facts=error.facts)
        ) from error


def _ask(problems: list[dict[str, Any]], count: int, as_json: bool) -> None:
    """Names what cannot be read and asks whether the rest shall go in. Raises Failure where nobody can answer, or says no."""
    if not as_json:
        print(words("command.problems", problems=problems), file=sys.stderr)
    wanted = words("command.import_rest", count=count, problems=len(problems))
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or as_json:
        raise Failure(wanted)
    import typer

    if not typer.confirm(words("command.import_anyway", count=count)):
        raise Failure(wanted)


# --- out ----------------------------------------------------------------------------------------------------------------


def export(file: Path) -> None:
    """The ledger as it stands, in a form that `import` reads again, and the people with their posts."""
    from handlers import ledger_table

    with looking() as desk, waiting(words("command.exporting")):
        try:
            counts = ledger_table.write(desk, file, None, None)
        except OSError as error:
            raise Failure(f"{file}: {error.strerror}") from error
    print(words("command.exported", file=str(file), count=counts["projects"], people=counts["people"]))
