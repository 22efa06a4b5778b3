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
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


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
def read(
    text: Annotated[str, typer.Argument(help="What somebody typed.")] = "",
    at: Annotated[datetime | None, typer.Option("--at", formats=["%Y-%m-%d"], help="The day it was typed.")] = None,
    jsonl: Annotated[
        Path | None, typer.Option("--jsonl", help="A file with one text a line, or one JSON string a line.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show how a report is read: percent, sums, stages, dates, and what was not understood."""
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
