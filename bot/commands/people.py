"""`diaodu invite`, `diaodu post` and `diaodu handover`."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

from bot.commands import Failure, show, words, write


def invite(name: str, admin: bool, unit: str, qr: Path | None, as_json: bool) -> None:
    """A code for one person, or for everyone of a unit who is not bound yet."""
    if not name:
        if not unit or admin or qr:
            raise Failure(words("command.invite_whom"))
        whole_unit(unit, as_json)
        return
    made = write("invite", name=name, unit=unit, admin=admin)
    if qr:
        draw_code(made, qr)
    show(made, as_json, "command.invited", admin=admin, qr=str(qr or ""))


def whole_unit(unit: str, as_json: bool) -> None:
    made = write("invite_unit", unit=unit)
    if as_json:
        show(made, True, "")
        return
    from rich.console import Console
    from rich.table import Table

    links = sorted({channel for one in made["invites"] for channel in one["links"]})
    table = Table(title=words("command.invited_unit", **made), title_justify="left")
    for head in (*words("command.invite_columns").split("·"), *links):
        table.add_column(head.strip(), overflow="fold")
    for one in made["invites"]:
        table.add_row(one["name"], one["title"], one["code"], *(one["links"].get(channel, "") for channel in links))
    Console().print(table)


def draw_code(made: dict[str, Any], path: Path) -> None:
    """The code as a QR picture: the link where there is one, else the words to send."""
    from bot import pictures
    from bot.messages import Picture

    text = next(iter(made["links"].values()), "") or words("command.bind_words", code=made["code"])
    caption = words("command.qr_caption", **made)
    page = pictures.draw(Picture("qr", {"text": text, "caption": caption}))[0]
    try:
        path.write_bytes(page)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from error


def post(name: str, role: str, unit: str, until: date | None, person_unit: str, new: bool, as_json: bool) -> None:
    """Gives a post in a unit."""
    from bot.rules.words import Post

    made = write(
        "post", name=name, post=role, unit=unit, until=until and until.isoformat(), person_unit=person_unit, new=new
    )
    show(made, as_json, "command.post_given", term=Post(made["post"]))


def hand_over(old: str, new: str, old_unit: str, new_unit: str, yes: bool, as_json: bool) -> None:
    """All of one person's work to another: shown first, unless `yes`. As JSON without `yes`: only shown."""
    import typer

    whom = {"old": old, "new": new, "old_unit": old_unit, "new_unit": new_unit}
    if not yes:
        show(write("handover", **whom, try_only=True), as_json, "command.handover")
        if as_json:
            return
        if not sys.stdin.isatty():
            raise Failure(words("command.handover_yes"))
        if not typer.confirm(words("command.handover_sure")):
            raise Failure(words("command.handover_not"))
    show(write("handover", **whom), as_json, "command.handover")


def erase(name: str, unit: str, why: str, yes: bool, as_json: bool) -> None:
    """Erases a person's words, once somebody has said yes."""
    if not why.strip():
        raise Failure(words("guard.no_reason"))
    if not yes:
        import typer

        found = write("erase", name=name, unit=unit, why=why, dry_run=True)
        if not sys.stdin.isatty() or not typer.confirm(words("command.erase_sure", **found)):
            raise Failure(words("command.erase_wanted"))
    show(write("erase", name=name, unit=unit, why=why), as_json, "command.erased_person")
