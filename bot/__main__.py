"""The command line: `diaodu …`, the same as `python -m bot …`. What a command does stands in bot.commands, imported when it is called."""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

cli = typer.Typer(
    name="diaodu",
    help="Diaodu (调度通): a chat bot for key-project dispatch.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
log_ = typer.Typer(help="The dispatch log (调度日志).", no_args_is_help=True)
export_ = typer.Typer(help="Write the ledger, the matters or the log as a workbook.", no_args_is_help=True)
lexicon_ = typer.Typer(help="The words reports are read with (词库).", no_args_is_help=True)
cli.add_typer(log_, name="log")
cli.add_typer(lexicon_, name="lexicon")
cli.add_typer(export_, name="export")

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Port = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="The page's port; 0: any free one.")]
MOMENTS = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]


# --- running ------------------------------------------------------------------------------------------------------------


@cli.command()
def demo(
    port: Port = None,
    at: Annotated[
        datetime | None, typer.Option("--at", formats=MOMENTS, help="The demonstration's time at the start.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew instead of going on where it was.")] = False,
) -> None:
    """Start the demonstration: an invented district, a phone, a clock that can be moved."""
    from bot.commands import service

    service.demo(port, at, fresh)


@cli.command()
def serve(
    port: Port = None,
    resume: Annotated[bool, typer.Option("--resume", help="After a backup was put back: go on sending.")] = False,
) -> None:
    """Run the service until SIGTERM: the page, and Telegram where a token is set."""
    from bot.commands import service

    service.serve(port, resume)


@cli.command()
def doctor(as_json: Json = False) -> None:
    """Look at everything the service needs; say how it stands and what to do."""
    from bot.commands import doctor

    doctor.doctor(as_json)


# --- data in and out ----------------------------------------------------------------------------------------------------


@cli.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="The ledger (.xlsx, .xls).")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Take in the rest where rows cannot be read.")] = False,
    year: Annotated[int | None, typer.Option("--year", help="The ledger's year, where it names none.")] = None,
    column: Annotated[list[str], typer.Option("--column", help="What a column holds: D=总投资. May be repeated.")] = [],  # noqa: B006
    as_json: Json = False,
) -> None:
    """Take in a ledger: projects, roles, milestones, plans, figures, people. Again: only what changed."""
    from bot.commands import ledger

    ledger.bring_in(file, dry_run, yes, year, column, as_json)


@export_.command(name="ledger")
def export_ledger(file: Annotated[Path, typer.Argument(help="The workbook to write (.xlsx).")]) -> None:
    """The ledger as it stands, in a form that `import` reads again."""
    from bot.commands import ledger

    ledger.export(file)


@export_.command(name="matters")
def export_matters(
    file: Annotated[Path, typer.Argument(help="The workbook to write (.xlsx).")],
    month: Annotated[
        str, typer.Option("--month", help="Only what was open in this month (YYYY-MM), and its table.")
    ] = "",
    as_json: Json = False,
) -> None:
    """The ledger of matters in the columns officials know, and the table of a month."""
    from bot.commands import matters

    matters.export(file, month, as_json)


@export_.command(name="xunbao")
def export_xunbao(
    file: Annotated[Path, typer.Argument(help="The workbook to write (.xlsx).")],
    month: Annotated[str, typer.Option("--month", help="The month (YYYY-MM); without it this one.")] = "",
    as_json: Json = False,
) -> None:
    """The table of a month's ten-day periods (旬报表), a sheet each."""
    from bot.commands import xunbao

    xunbao.export(file, month, as_json)


def _table(name: str, what: str) -> None:
    """A command that writes one of the tables officials keep."""

    @export_.command(name=name, help=what)
    def command(
        file: Annotated[Path, typer.Argument(help="The workbook to write (.xlsx).")],
        month: Annotated[str, typer.Option("--month", help="The month (YYYY-MM); without it this one.")] = "",
        as_json: Json = False,
    ) -> None:
        from bot.commands import tables

        tables.export(name, file, month, as_json)


_table("yuebao", "The monthly table (月报): every project by level, and the sums by level and by line of business.")
_table("summary", "Sums (汇总表) by place, line of business, industry chain, level and leading unit.")
_table("problems", "The ledger of blockers (问题台账); without --month all there ever were.")
_table("qianqi", "The ledger of the thirteen steps before building (前期工作台账), a page a project.")
_table(
    "statistical", "Dispatch figures and statistical figures (入库纳统投资) side by side, with the gap and its reason."
)


@export_.command(name="log")
def export_log(file: Annotated[Path, typer.Argument(help="The workbook to write (.xlsx).")]) -> None:
    """The whole dispatch log, one row an entry."""
    from bot.commands import log

    log.export(file)


@cli.command()
def bulletin(
    file: Annotated[Path, typer.Argument(help="The Word file to write (.docx).")],
    month: Annotated[str, typer.Option("--month", help="The month (YYYY-MM); without it this one.")] = "",
    as_json: Json = False,
) -> None:
    """Write the monthly bulletin (月通报) for the office to edit."""
    from bot.commands import bulletin as bulletins

    bulletins.write(file, month, as_json)


@cli.command()
def chart(
    file: Annotated[
        Path, typer.Argument(help="The picture (.png; further pages beside it) or document (.pdf) to write.")
    ],
    kind: Annotated[str, typer.Option("--kind", help="wall (default), lights, gantt, curve, stages or blockers.")] = "",
    project: Annotated[
        str, typer.Option("--project", help="One project's number or name: gantt (default) or curve.")
    ] = "",
) -> None:
    """Draw a chart: every project on the year's months, lights, plan and actual, investment, stages, blockers."""
    from bot.commands import chart

    chart.chart(file, kind, project)


@cli.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The copy to write; people's files go beside it as FILE.files.tar.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite an older copy.")] = False,
    as_json: Json = False,
) -> None:
    """Copy the database and the files, while the service runs or not.

    To put a copy back: stop the service, copy FILE over the database (and remove its -wal and -shm files), unpack
    FILE.files.tar in DIAODU_DATA_DIR, keep secret.key as it is, start `diaodu serve`. It sends nothing by itself until an
    administrator taps 恢复发送, or it is started with --resume: so that nobody is told everything twice.
    """
    from bot.commands import backup

    backup.backup(file, force, as_json)


@cli.command()
def holidays(
    file: Annotated[Path, typer.Argument(help="The State Council's notice as a text file.")],
    year: Annotated[int | None, typer.Option("--year", help="The year it is about, where it names none.")] = None,
    as_json: Json = False,
) -> None:
    """Take in a year's holidays and working weekends."""
    from bot.commands import holidays

    holidays.holidays(file, year, as_json)


# --- people -------------------------------------------------------------------------------------------------------------


@cli.command()
def invite(
    person: Annotated[str, typer.Argument(help="The person's name; none with --unit for everybody of a unit.")] = "",
    admin: Annotated[
        bool, typer.Option("--admin", help="Make the person an administrator, known before or not.")
    ] = False,
    unit: Annotated[str, typer.Option("--unit", help="The person's unit, or the unit to invite as a whole.")] = "",
    qr: Annotated[Path | None, typer.Option("--qr", help="Write the code as a QR picture (PNG).")] = None,
    as_json: Json = False,
) -> None:
    """Make a one-use code that binds a person's chat account or logs in at the page, good for 72 hours."""
    from bot.commands import people

    people.invite(person, admin, unit, qr, as_json)


@cli.command()
def post(
    person: Annotated[str, typer.Argument(help="The person's name; added to the unit where nobody is called so.")],
    role: Annotated[
        str, typer.Argument(help="调度员 领导 主要负责人 分管负责人 收件口 督查 管理员 审计, or the English word.")
    ],
    unit: Annotated[str, typer.Argument(help="The unit in which the post is held.")],
    until: Annotated[
        datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day of the post.")
    ] = None,
    person_unit: Annotated[str, typer.Option("--of", help="The person's own unit, where two have one name.")] = "",
    new: Annotated[bool, typer.Option("--new", help="Add the unit where it is not known yet.")] = False,
    as_json: Json = False,
) -> None:
    """Give a person a post in a unit."""
    from bot.commands import people

    people.post(person, role, unit, until.date() if until else None, person_unit, new, as_json)


@cli.command()
def erase(
    person: Annotated[str, typer.Argument(help="Whose words are to be erased, at their own request.")],
    why: Annotated[str, typer.Option("--why", help="The reason, for the log: the request's date and form.")],
    unit: Annotated[str, typer.Option("--of", help="The person's unit, where two have one name.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Erase what a person wrote: in the log, in their reports and in their talk with the bot. It cannot be undone."""
    from bot.commands import people

    people.erase(person, unit, why, yes, as_json)


@cli.command()
def handover(
    old: Annotated[str, typer.Argument(help="Whose work it was.")],
    new: Annotated[str, typer.Argument(help="Whose it is from today.")],
    old_unit: Annotated[str, typer.Option("--unit-a", help="The first one's unit, where two have one name.")] = "",
    new_unit: Annotated[str, typer.Option("--unit-b", help="The second one's unit, likewise.")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Hand all of a person's work to another: roles, posts (but administrator and auditor), open matters, items, messages.

    With --json and without --yes it only shows what would go.
    """
    from bot.commands import people

    people.hand_over(old, new, old_unit, new_unit, yes, as_json)


# --- looking ------------------------------------------------------------------------------------------------------------


@cli.command()
def preview(
    at: Annotated[
        datetime | None, typer.Option("--at", formats=MOMENTS, help="The moment, such as 2026-11-24T09:00.")
    ] = None,
    lights: Annotated[bool, typer.Option("--lights", help="Compare rules of lights on the data as it is.")] = False,
    preset: Annotated[
        str,
        typer.Option("--preset", help="With --lights: a preset of the policy, by code or name, project by project."),
    ] = "",
    as_json: Json = False,
) -> None:
    """List who would be told what, and why; or what lights another rule would make. Sends nothing."""
    from bot.commands import Failure, log, words
    from bot.commands import lights as rules

    if lights or preset:
        rules.compare(preset, at, as_json)
    elif at is None:
        raise Failure(words("command.preview_when"))
    else:
        log.preview(at, as_json)


@lexicon_.command(name="export")
def lexicon_export(file: Annotated[Path, typer.Argument(help="The TOML file to write.")]) -> None:
    """Write the words that were learnt."""
    from bot.commands import lexicon

    lexicon.export(file)


@lexicon_.command(name="import")
def lexicon_import(
    file: Annotated[Path, typer.Argument(help="A TOML file of [[word]] tables: kind, word, meaning.")],
    as_json: Json = False,
) -> None:
    """Take words in, all or none; beside a running service they are read with at once."""
    from bot.commands import lexicon

    lexicon.bring_in(file, as_json)


@log_.command(name="show")
def log_show(
    project: Annotated[str, typer.Argument(help="The project's number or name.")],
    last: Annotated[int | None, typer.Option("--last", min=1, help="Only so many of the newest entries.")] = None,
    as_json: Json = False,
) -> None:
    """Show a project's dispatch log: who said what, when, by which message."""
    from bot.commands import log

    log.entries(project, last, as_json)


@log_.command(name="verify")
def log_verify(
    rows: Annotated[bool, typer.Option("--rows", help="Replay the log and compare it with the tables.")] = False,
    anchor: Annotated[str, typer.Option("--anchor", help="A head kept elsewhere, as NUMBER:HASH.")] = "",
    as_json: Json = False,
) -> None:
    """Check the log's chain, commitments and anchors; name the first bad entry."""
    from bot.commands import log

    log.verify(rows, anchor, as_json)


@cli.command()
def read(
    text: Annotated[str, typer.Argument(help="What somebody typed.")] = "",
    at: Annotated[datetime | None, typer.Option("--at", formats=["%Y-%m-%d"], help="The day it was typed.")] = None,
    jsonl: Annotated[
        Path | None, typer.Option("--jsonl", help='A file of {"id", "text", "reference_date"} lines.')
    ] = None,
    as_json: Json = False,
) -> None:
    """Show how a report is read: percent, sums, stages, dates, hindrances."""
    from bot.commands import reading

    reading.read(text, at.date() if at else None, jsonl, as_json)


def main() -> None:
    """Runs a command. A failure is one line that says what to do, and an exit code other than 0."""
    try:
        code = cli(standalone_mode=False)
    except typer.Abort:
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except typer.TyperException as error:
        code = _complain(f"{getattr(error, 'message', error)} (diaodu --help)", 2)
    except Exception as error:
        from bot.commands import complaint

        code = _complain(*complaint(error))
    sys.exit(code)


def _complain(line: str, code: int) -> int:
    print(f"diaodu: {line}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
