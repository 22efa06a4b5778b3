"""What a change of the list does (S9: 增补、退出、更名): to the project, its roles, its reminders and the log. Used by the chat and by imports."""

from datetime import date, timedelta
from typing import Any

from bot.messages import plain
from bot.rules.calendar import DAY
from handlers import watching
from handlers.desk import Desk
from storage import list_changes, projects
from storage.db import next_id
from storage.entitlement import assigned
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
