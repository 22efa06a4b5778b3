"""The ledger comes in: what would change, what did, what is overdue in it (listed once, nobody is nudged for it)."""

from dataclasses import asdict
from datetime import time
from typing import Any

from bot.ledger import Ledger, LedgerForm, LedgerListChange, Reason, RowProblem, Skip
from bot.messages import plain
from bot.rules import cadence, lights
from bot.rules.entitlement import Action
from bot.rules.words import Post, Role
from bot.texts import money, named
from handlers import list_deeds, watching
from handlers.desk import Desk
from handlers.reasons import stored
from storage import board, forms, list_changes, people, projects
from storage.import_rows import Change, Imported
from storage.imports import Import, Within
from storage.tables import Milestone, Person, Project


def take_in(desk: Desk, ledger: Ledger, by: int | None = None) -> Imported:
    """Takes a ledger in, with log entries for every project it touched; tells the dispatchers once what was overdue in it, and remembers
    the form. `by`: who brings it; None: the server's own hand, which may do all."""
    done = Import(
        desk.session, ledger, desk.now, desk.today, lambda row, milestones, plan: judge(desk, row, milestones, plan),
        within(desk, by) if by is not None else None,
    ).run()  # fmt: skip
    done.list_changes = _told_changes(desk, ledger, by)
    forms.remember(desk.session, ledger.each_form, ledger.title or "", by, desk.now)
    _changes_of_the_list(desk, ledger, done, by)
    for project, rows in done.rows.items():
        desk.note(
            "ledger.imported", project=project, person=by, facts={"as_of": ledger.as_of, "year": ledger.year}, rows=rows
        )
    desk.note(
        "ledger.read",
        person=by,
        facts={
            "added": len(done.added), "changed": len(done.rows) - len(done.added), "same": done.same, "proposals": len(done.matters.added),
            "forms": [form.fingerprint for form in ledger.each_form],
        },
        words={"title": ledger.title or ""},
    )  # fmt: skip
    if done.added and done.overdue:
        _list_overdue(desk, done)
    return done


def _told_changes(desk: Desk, ledger: Ledger, by: int | None) -> list_deeds.Taken:
    """The rows of a 清单调整表; only the office's own list is changed."""
    root = people.root_unit(desk.session)
    if not ledger.changes or root is None or (by is not None and not desk.may(by, Action.DISPATCH)):
        return list_deeds.Taken(lost=list(ledger.changes))
    return list_deeds.take(desk, ledger.changes, root.id, by)


def _changes_of_the_list(desk: Desk, ledger: Ledger, done: Imported, by: int | None) -> None:
    """What a later ledger brings that an earlier one had not is 增补, a project under another name 更名: from today, on the basis of the
    ledger, until the dispatcher says otherwise."""
    basis = ledger.title or ""
    known = {row.number: row for row in projects.by_ids(desk.session, done.rows)}
    if list_changes.listed_before(desk.session, desk.calendar.at(desk.today, time.min)):
        for row in done.added:
            list_deeds.note(desk, row, "added", desk.today, basis, "", by, rows=[])
    for change in done.changes:
        if change.what == "name" and change.project in known:
            old, new = str(change.old), str(change.new)
            list_deeds.note(
                desk, known[change.project], "renamed", desk.today, basis, "", by, rows=[], old=old, new=new
            )


def within(desk: Desk, person: int) -> Within | None:
    """Whose projects a person may change by a table: an administrator all (None), a dispatcher those of their units."""
    if desk.may(person, Action.ADMINISTER):
        return None
    units = board.reach(desk.standing(person), Action.DISPATCH).units
    held = [unit for post, unit in people.held_by(desk.session, person, desk.today) if post is Post.DISPATCHER]
    return Within(units, next(iter(held), min(units, default=0)))


MONEY = ("total", "invested_before", "year_plan", "plan", "figures")


class Tried(Exception):
    """Raised on purpose by a dry run, so that the transaction leaves nothing behind. `record`: what would have been done."""

    def __init__(self, record: dict[str, Any]) -> None:
        super().__init__("dry run")
        self.record = record


def bring_in(desk: Desk, ledger: Ledger, *, dry_run: bool, by: int | None = None) -> dict[str, Any]:
    """Takes a ledger in and tells what changed. A dry run does the same and takes everything back: raises Tried."""
    record = as_record(desk, ledger, take_in(desk, ledger, by), _locale(desk, by))
    if dry_run:
        raise Tried(record)
    return record


def judge(desk: Desk, project: Project, milestones: list[Milestone], plan: dict[int, int]) -> None:
    """Light and next look from values in hand: for thousands of rows at once."""
    matters = projects.open_matters(desk.session, project.id) if project.matters else []
    standing = projects.light_standing_of(project, milestones, matters, plan, desk.now, desk.calendar)
    standing = watching.filled(desk, {project.id: standing}, [project])[project.id]
    was, verdict = project.light, lights.light(standing, desk.today, desk.policy.light, desk.calendar)
    project.light, project.on_plan, project.reasons = verdict.light, verdict.on_plan, stored(verdict.reasons)
    if project.light is not was:
        watching.keep(desk, project, was)
    watch = projects.watch(project, milestones, desk.today)
    project.next_look = (
        cadence.next_look(watch, project.looked_on or desk.today, desk.policy.report, desk.calendar) if watch else None
    )


def _list_overdue(desk: Desk, done: Imported) -> None:
    """One list to each dispatcher: what was overdue when it came in waits for a word of theirs."""
    for dispatcher, _ in people.everyone_with(desk.session, Post.DISPATCHER, desk.today):
        text = desk.text(
            "ledger.overdue",
            dispatcher.locale,
            count=len(done.overdue),
            projects=done.overdue[:8],
            more=max(0, len(done.overdue) - 8),
        )
        desk.remind(
            dispatcher.id,
            "notice",
            key=f"overdue:{desk.today}:{done.added[0].id}:{dispatcher.id}",
            about="",
            reason={"text": text},
        )


def _locale(desk: Desk, person: int | None) -> str:
    row = desk.session.get(Person, person) if person is not None else None
    return row.locale if row else ""


def as_record(desk: Desk, ledger: Ledger, done: Imported, locale: str = "") -> dict[str, Any]:
    """What an import did, as plain values for a table or JSON; the changes in words of this locale."""
    taken = done.matters
    return {
        "title": ledger.title, "year": ledger.year, "as_of": ledger.as_of and ledger.as_of.isoformat(), "projects": len(ledger.projects),
        "kinds": list(dict.fromkeys(form.kind.value for form in ledger.forms)),
        "added": [{"number": row.number, "name": row.name} for row in done.added],
        "changed": [change_record(desk, item, locale) for item in done.changes],
        "same": done.same, "persons": done.persons, "posts": done.posts, "people_left": done.people_left,
        "overdue": [{"name": name, "milestones": count} for name, count in done.overdue],
        "unsure": [{"project": project, "person": person, "taken_for": unit} for project, person, unit in done.unsure],
        "missing": [{"number": number, "name": name} for number, name in done.missing],
        "foreign": [*done.foreign, *taken.foreign], "without_base": done.without_base,
        "matters": {
            "rows": len(ledger.matters), "added": [row.words for row in taken.added], "changed": taken.changed, "closed": taken.closed,
            "same": taken.same, "differs": taken.differs,
        },
        "list": {"done": len(done.list_changes.done), "same": done.list_changes.same},
        "problems": [
            *(_not_taken(row) for row in (*done.list_changes.lost, *done.list_changes.ahead)),
            *(problem_record(problem) for problem in ledger.problems),
            *(_lost(sheet, row, name) for sheet, row, name in taken.lost),
        ],
        "columns": [column for form in ledger.each_form for column in _columns(form)],
        "sheets_left": [one.sheet for one in ledger.skipped if one.row is None],
        "parts": [one.words for one in ledger.skipped if one.reason is Skip.PART],
        "hidden_rows": [
            *(one.name for one in ledger.projects if one.hidden), *(one.words for one in ledger.matters if one.hidden)
        ],
    }  # fmt: skip


def _not_taken(row: LedgerListChange) -> dict[str, Any]:
    """A change of the list that did not go in: its project is not known or is where it would bring it, or its day has not come."""
    return problem_record(RowProblem(row.sheet, row.row, "", "", row.name, Reason.NOT_ON_LIST, fatal=True))


def _columns(form: LedgerForm) -> list[dict[str, Any]]:
    return [
        {
            "form": form.fingerprint,
            "kind": form.kind.value,
            "sheet": form.sheet,
            **asdict(column),
            "how": column.how.value,
        }
        for column in form.columns
    ]


def _lost(sheet: str, row: int, name: str) -> dict[str, Any]:
    """A row of a ledger of problems whose project is not known."""
    return problem_record(RowProblem(sheet, row, "", "", name, Reason.NO_PROJECT, fatal=True))


def change_record(desk: Desk, change: Change, locale: str = "") -> dict[str, Any]:
    """One change: plain values for a program, and in words for people."""
    field, _, part = change.what.partition(":")
    milestone, _, detail = part.rpartition(":")
    words = desk.text(
        "ledger.field", locale, field=detail if milestone else field, part=milestone or part, role=Role.of(part) or part
    )
    return {
        "number": change.project, "name": change.name, "what": change.what, "old": _plain(change.old), "new": _plain(change.new),
        "field": plain(words), "was": _worded(desk, field, change.old, locale), "is": _worded(desk, field, change.new, locale),
    }  # fmt: skip


def _worded(desk: Desk, field: str, value: Any, locale: str) -> str:
    """A value as people read it: money with its unit, persons and units by name."""
    if value in (None, "", []):
        return ""
    if field in MONEY:
        return money(value, locale or desk.house.texts.default)
    if field == "role":
        return people.name_of(desk.session, value)
    if field in ("unit", "lead_unit"):
        return people.unit_names(desk.session).get(value, str(value))
    if isinstance(value, list):
        return "；".join(map(str, value))
    return named(value, locale or desk.house.texts.default)


def problem_record(problem: Any) -> dict[str, Any]:
    """A row or cell that could not be read: sheet, row, column, what stood there, why."""
    return {
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "header": problem.header,
        "value": problem.value,
        "reason": problem.reason.value,
        "why": problem.reason.zh,
        "fatal": problem.fatal,
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | None) else str(value)
