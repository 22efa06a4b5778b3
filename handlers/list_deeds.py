"""What a change of the list does (S9: 增补、退出、更名): to the project, its roles, its reminders and the log. Used by the chat and by imports."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bot.ledger import LedgerListChange
from bot.messages import plain
from bot.rules.calendar import DAY
from handlers import watching
from handlers.desk import Desk
from storage import list_changes, projects
from storage.db import next_id
from storage.entitlement import assigned
from storage.import_matters import normal
from storage.list_changes import of_project
from storage.tables import Assignment, ListChange, Project


def add(desk: Desk, values: dict[str, Any], day: date, basis: str, reason: str, by: int | None) -> Project:
    """增补: a new project, watched from today; values: its columns but id, number and year."""
    row = Project(
        id=next_id(desk.session, Project), number=projects.next_number(desk.session), year=desk.today.year, accepted_on=desk.today,
        looked_on=desk.today - DAY, created_at=desk.now, **values,
    )  # fmt: skip
    desk.session.add(row)
    desk.session.flush()
    note(desk, row, "added", day, basis, reason, by, rows=[row])
    watching.refresh(desk, row, quiet=True)
    return row


def remove(desk: Desk, project: Project, day: date, basis: str, reason: str, by: int | None) -> None:
    """退出: from today nobody is asked about it and nobody holds a role in it; from that day it is in no table and no rate. What is open in
    it stays open; what was said of it stays."""
    last = desk.today - timedelta(days=1)
    held = projects.assignments(desk.session, project.id, desk.today)
    reporters = [person for persons in assigned(desk.session, project.id, desk.today).values() for person in persons]
    for row in held:
        row.until = last
    project.left_on, project.next_look = day, None
    numbers = [row.id for row in projects.milestones_of(desk.session, project.id)]
    desk.withdraw(
        f"report:{project.id}", f"missed:{project.id}", f"red:{project.id}", *(f"milestone:{one}" for one in numbers)
    )
    projects.save(desk.session, project)
    desk.session.flush()
    note(desk, project, "removed", day, basis, reason, by, rows=[project, *held], ended=[row.id for row in held])
    desk.stand_anew()
    for person in dict.fromkeys(reporters):
        if person != by:
            text = desk.text("list.told_removed", project=project, day=day, basis=basis)
            desk.remind(person, "notice", key=f"removed:{project.id}:{day}:{person}", about="", reason={"text": text})


def restore(desk: Desk, project: Project, day: date, basis: str, reason: str, by: int | None) -> None:
    """恢复: on the list again, with the roles that its leaving ended."""
    left = next((row for row in reversed(of_project(desk.session, project.id)) if row.kind == "removed"), None)
    again = [row for one in (left.ended if left else []) if (row := desk.session.get(Assignment, one)) is not None]
    for row in again:
        row.until = None
    project.left_on, project.looked_on = None, desk.today - DAY
    projects.save(desk.session, project)
    desk.session.flush()
    note(desk, project, "restored", day, basis, reason, by, rows=[project, *again])
    desk.stand_anew()
    watching.refresh(desk, project)


def rename(desk: Desk, project: Project, name: str, day: date, basis: str, reason: str, by: int | None) -> None:
    """更名: the old name still finds it."""
    old = project.name
    project.name = name
    projects.save(desk.session, project)
    desk.session.flush()
    note(desk, project, "renamed", day, basis, reason, by, rows=[project], old=old, new=name)


@dataclass
class Taken:
    """What became of the rows of a 清单调整表: the lines of what holds now, how many did before, the rows whose project is not known (or, of
    an addition, is on the list already), and those whose day has not come."""

    done: list[str] = field(default_factory=list)
    same: int = 0
    lost: list[LedgerListChange] = field(default_factory=list)
    ahead: list[LedgerListChange] = field(default_factory=list)


def take(desk: Desk, rows: Sequence[LedgerListChange], home: int, by: int | None) -> Taken:
    """Takes the rows in, each as the dispatcher would say it in the chat; what was taken before changes nothing. home: the unit of new ones."""
    taken = Taken()
    for row in rows:
        day, project = row.day or desk.today, _meant(desk, row)
        if project is not None and _known(desk, project, row):
            taken.same += 1
        elif day > desk.today:
            taken.ahead.append(row)
        elif not _taken(desk, row, project, day, home, by):
            taken.lost.append(row)
        else:
            taken.done.append(f"{row.name}：{row.kind}")
    return taken


def _meant(desk: Desk, row: LedgerListChange) -> Project | None:
    """The project of that code, else of that name: its own, or one it had."""
    found = projects.everything(desk.session)
    former = list_changes.former_names(desk.session)
    by_code = next((one for one in found if row.code and one.code == row.code), None)
    names = {normal(row.name)}
    return by_code or next(
        (one for one in found if names & {normal(name) for name in (one.name, *former.get(one.id, ()))}), None
    )


def _known(desk: Desk, project: Project, row: LedgerListChange) -> bool:
    return any(
        one.kind == row.kind and one.basis == row.basis and (row.day is None or one.day == row.day)
        for one in of_project(desk.session, project.id)
    )


def _taken(desk: Desk, row: LedgerListChange, project: Project | None, day: date, home: int, by: int | None) -> bool:
    how = (day, row.basis, row.reason, by)
    if row.kind == "added":
        if project is None:
            add(desk, {"name": row.name, "code": row.code, "owner": row.owner, "town": row.town, "unit": home}, *how)
        else:
            note(desk, project, "added", *how, rows=[])
        return True
    if project is None or (project.left_on is not None) != (row.kind == "restored"):
        return False
    if row.kind == "renamed":
        rename(desk, project, row.new_name, *how)
    else:
        {"removed": remove, "restored": restore}[row.kind](desk, project, *how)
    return True


def note(
    desk: Desk, project: Project, kind: str, day: date, basis: str, reason: str, by: int | None, *, rows: list[Any], old: str = "", new: str = "",
    ended: list[int] | None = None,
) -> ListChange:  # fmt: skip
    """Keeps a change as a row and in the log."""
    change = list_changes.add(
        desk.session, project=project.id, kind=kind, day=day, basis=basis, reason=reason, old_name=old, new_name=new, ended=ended or [], person=by,
        recorded_at=desk.now,
    )  # fmt: skip
    facts = {"day": day.isoformat(), **({"old_name": old, "new_name": new} if old else {})}
    words = {name: value for name, value in (("basis", basis), ("reason", reason)) if value}
    desk.note(f"list.{kind}", project=project.id, person=by, facts=facts, rows=rows, words=words or None)
    return change


def history(desk: Desk, project: int, locale: str = "") -> list[str]:
    """A project's changes as lines of plain text."""
    return [plain(desk.text("list.line", locale, change=one)).strip() for one in of_project(desk.session, project)]
