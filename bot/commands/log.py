"""`diaodu log show`, `diaodu log verify`, `diaodu export log`, `diaodu preview`."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import Failure, looking, show, texts, waiting, words

if TYPE_CHECKING:
    from bot.documents import Cell
    from handlers.desk import Desk
    from storage.dispatch_log import Entry, Verdict
    from storage.tables import Project

ANCHOR = re.compile(r"(\d{1,12}):([0-9a-fA-F]{8,64})")
EVERYTHING = 1_000_000_000


def entries(project: str, last: int | None, as_json: bool) -> None:
    """The entries of one project, oldest first."""
    from handlers.log import worded_entries
    from storage import dispatch_log

    with looking() as desk:
        row = _project(desk, project)
        if as_json:
            found = dispatch_log.entries(
                desk.session, desk.house.sealer, project=row.id, limit=last, newest=last is not None
            )
            records = [_record(entry) for entry in found]
            print(json.dumps(records[::-1] if last is not None else records, ensure_ascii=False, default=str))
            return
        lines = worded_entries(desk, row.id, last or EVERYTHING)
        print(words("command.log", project=row, lines=lines[::-1]))


def _project(desk: "Desk", wanted: str) -> "Project":
    """The project of this number, or whose name this is or begins so. Raises Failure where that is none, or several."""
    from storage import projects
    from storage.import_matters import normal

    if wanted.isdigit() and (row := projects.by_number(desk.session, int(wanted))):
        return row
    known = projects.everything(desk.session)
    for test in (lambda name: name == normal(wanted), lambda name: normal(wanted) in name):
        found = [row for row in known if test(normal(row.name))]
        if len(found) == 1:
            return found[0]
    raise Failure(words("command.which_project", wanted=wanted, found=found[:5]))


def _record(entry: "Entry") -> dict[str, Any]:
    row = entry.row
    return {
        "number": row.id, "at": row.at.isoformat(), "kind": row.kind, "project": row.project, "person": row.person, "channel": row.channel,
        "message": row.message, "facts": entry.facts, "rows": entry.rows, "words": entry.words, "hash": row.hash,
    }  # fmt: skip


# --- verifying ------------------------------------------------------------------------------------------------------------


def verify(rows: bool, anchor: str, as_json: bool) -> None:
    """Chain, commitments and anchors; with `rows` also that the tables say what the log says. Raises Failure where they do not."""
    from storage import dispatch_log

    given = _anchor(anchor)
    with looking() as desk, waiting(words("command.verifying")):
        verdict, checked = _chain(desk, given), "chain"
        if verdict.good and rows:
            verdict, checked = dispatch_log.verify_rows(desk.session, desk.house.sealer), "rows"
    record = {
        "good": verdict.good, "entries": verdict.count, "head": verdict.head, "entry": verdict.entry, "problem": verdict.problem,
        "detail": verdict.detail, "checked": checked,
    }  # fmt: skip
    if as_json:
        print(json.dumps(record, ensure_ascii=False))
    if not verdict.good:
        raise Failure(words("command.log_bad", **record))
    if not as_json:
        print(words("command.log_good", rows=rows, **record))


def _anchor(given: str) -> tuple[int, str] | None:
    if not given:
        return None
    found = ANCHOR.fullmatch(given.strip())
    if found is None:
        raise Failure(words("command.anchor_form"))
    return int(found[1]), found[2].lower()


def _chain(desk: "Desk", given: tuple[int, str] | None) -> "Verdict":
    """The chain against the anchor given, else the one kept beside the database; then the anchors of each day."""
    from dataclasses import replace

    from storage import backup, dispatch_log, notes

    kept = backup.read_anchor(desk.house.data_dir)
    if kept and kept.hash == notes.value(desk.session, notes.PASSED):
        kept = None  # a copy was put back, and an administrator has said that this head need not be reached
    anchor = given or ((kept.number, kept.hash) if kept else None)
    verdict = dispatch_log.verify(desk.session, desk.house.sealer, anchor)
    if verdict.good:
        for day, number, digest in dispatch_log.anchors(desk.session):
            if backup.hash_at(desk.session, number) != digest:
                return replace(verdict, entry=number, problem="anchor", detail=str(day))
    return verdict


# --- out ------------------------------------------------------------------------------------------------------------------


def export(file: Path) -> None:
    """The whole log as a workbook, one row an entry."""
    from bot.documents import workbook

    with looking() as desk, workbook(file) as book, waiting(words("command.exporting")):
        headers = [head.strip() for head in words("command.log_columns").split("·")]
        count = book.sheet(
            words("command.log_sheet"), headers, _cells(desk), widths=[8, 18, 24, 30, 12, 12, 20, 60, 40, 68]
        )
    print(words("command.exported", file=str(file), count=count, people=None))


def _cells(desk: "Desk") -> "Iterator[list[Cell]]":
    from storage import dispatch_log, people, projects
    from storage.delegation import FOR

    names: dict[int | None, str] = {}
    known = {row.id: f"{row.number} {row.name}" for row in projects.everything(desk.session)}
    for entry in dispatch_log.entries(desk.session, desk.house.sealer):
        row, whose = entry.row, entry.facts.get(FOR)
        for person in (row.person, whose):
            if person not in names:
                names[person] = people.name_of(desk.session, person)
        who = words("command.acting", name=names[row.person], acting_for=names[whose]) if whose else names[row.person]
        said = (
            "；".join(str(text) for text in (entry.words or {}).values())
            if entry.words is not None
            else words("command.erased")
        )
        yield [
            row.id, f"{row.at.astimezone(texts().zone):%Y-%m-%d %H:%M:%S}", row.kind, known.get(row.project or 0, ""), who,
            row.channel, row.message, json.dumps(entry.facts, ensure_ascii=False), said, row.hash,
        ]  # fmt: skip


# --- what would be said ---------------------------------------------------------------------------------------------------


def preview(at: datetime, as_json: bool) -> None:
    """Who would be told what at a moment, and why. Sends nothing."""
    from handlers import nudges

    moment = at if at.tzinfo else at.replace(tzinfo=texts().zone)
    with looking(moment) as desk, waiting(words("command.working_out")):
        found = nudges.preview(desk)
        working = desk.calendar.is_workday(desk.today)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, default=str))
    else:
        show({}, False, "command.preview", told=found, at=moment, working=working)
