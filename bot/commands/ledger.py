"""`diaodu import` and `diaodu export ledger`."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import Failure, looking, show, waiting, words, write

if TYPE_CHECKING:
    from bot.ledger import Columns, Ledger


def bring_in(file: Path, dry_run: bool, yes: bool, year: int | None, columns: list[str], as_json: bool) -> None:
    """Takes a table in: once, whole. Columns that are not sure and cells that cannot be read are named; it goes in only where somebody
    said so. columns: "D=总投资", what a column holds whatever its header says."""
    from pydantic import TypeAdapter

    from bot.ledger import FormKind, How, Ledger
    from handlers.ledger import problem_record

    ledger = read(file, year, columns)
    problems = [problem_record(problem) for problem in ledger.problems]
    mapping = [(form, [one for one in form.columns if one.how.unsure]) for form in ledger.each_form]
    guessed = any(one.how is How.ALIKE for _, unsure in mapping for one in unsure)
    if not as_json and (dry_run or guessed):
        nowhere = [
            f"{one.letter} {one.header}" for form, _ in mapping for one in form.columns
            if one.how is How.NO_PLACE or (one.key == "note" and form.kind is not FormKind.MATTERS)
        ]  # fmt: skip
        print(words("command.columns", forms=mapping, nowhere=nowhere), file=sys.stderr)
    if (problems or guessed) and not (dry_run or yes):
        _ask(problems, len(ledger.projects) or len(ledger.matters), as_json)
    payload = TypeAdapter(Ledger).dump_python(ledger, mode="json")
    with waiting(words("command.importing", count=len(ledger.projects) or len(ledger.matters))):
        record = write("import", ledger=payload, dry_run=dry_run)
    show(record, as_json, "command.imported", dry_run=dry_run)


def read(file: Path, year: int | None, columns: list[str]) -> "Ledger":
    """The workbook, read in a process of its own, its forms as they were confirmed before. Raises Failure with the reason."""
    from bot.ledger import Asked, LedgerError, read_ledger_safely

    asked = Asked(year=year, name=file.name, remembered=_remembered())
    try:
        with waiting(words("command.reading", file=file.name)):
            ledger = read_ledger_safely(file, year, 120, asked)
            if columns:
                ledger = read_ledger_safely(file, year, 120, replace(asked, chosen=_chosen(ledger, columns)))
            return ledger
    except LedgerError as error:
        raise Failure(
            words("command.ledger_refused", file=str(file), reason=error.reason, facts=error.facts)
        ) from error


def _remembered() -> "Columns":
    """The forms that were taken in before; none where there is no database yet."""
    from storage import forms

    try:
        with looking() as desk:
            return forms.remembered(desk.session)
    except Failure:
        return {}


def _chosen(ledger: "Ledger", said: list[str]) -> "Columns":
    """form -> column -> what was said of it, of "D=总投资". Raises Failure where there is no such column or meaning."""
    from handlers.ledger_columns import plainly

    chosen: dict[str, dict[int, str]] = {}
    for one in said:
        letter, _, word = one.partition("=")
        key = plainly(word)
        found = [
            (form.fingerprint, column.column)
            for form in ledger.each_form
            for column in form.columns
            if column.letter == letter.strip().upper()
        ]
        if key is None or not found:
            raise Failure(words("command.no_column", said=one))
        for form, column in found:
            chosen.setdefault(form, {})[column] = key
    return chosen


def _ask(problems: list[dict[str, Any]], count: int, as_json: bool) -> None:
    """Names what cannot be read and asks whether the rest shall go in. Raises Failure where nobody can answer, or says no."""
    if not as_json and problems:
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
