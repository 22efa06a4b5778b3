"""The ledger comes in: what would change, what did, what is overdue in it (listed once, nobody is nudged for it)."""

from typing import Any

from bot.ledger import Ledger
from bot.rules import cadence, lights
from bot.rules.words import Post
from handlers.desk import Desk
from handlers.reasons import stored
from storage import people, projects
from storage.imports import Import, Imported
from storage.tables import Milestone, Project


def take_in(desk: Desk, ledger: Ledger, by: int | None = None) -> Imported:
    """Takes a ledger in, with log entries for every project it touched; tells the dispatchers once what was overdue in it."""
    done = Import(
        desk.session, ledger, desk.now, desk.today, lambda row, milestones, plan: judge(desk, row, milestones, plan)
    ).run()
    for project, rows in done.rows.items():
        desk.note(
            "ledger.imported", project=project, person=by, facts={"as_of": ledger.as_of, "year": ledger.year}, rows=rows
        )
    desk.note(
        "ledger.read",
        person=by,
        facts={"added": len(done.added), "changed": len(done.rows) - len(done.added), "same": done.same},
        words={"title": ledger.title or ""},
    )
    if done.added and done.overdue:
        _list_overdue(desk, done)
    return done


class Tried(Exception):
    """Raised on purpose by a dry run, so that the transaction leaves nothing behind. `record`: what would have been done."""

    def __init__(self, record: dict[str, Any]) -> None:
        super().__init__("dry run")
        self.record = record


def bring_in(desk: Desk, ledger: Ledger, *, dry_run: bool, by: int | None = None) -> dict[str, Any]:
    """Takes a ledger in and tells what changed. A dry run does the same and takes everything back: raises Tried."""
    record = as_record(ledger, take_in(desk, ledger, by))
    if dry_run:
        raise Tried(record)
    return record


def judge(desk: Desk, project: Project, milestones: list[Milestone], plan: dict[int, int]) -> None:
    """Light and next look from values in hand: for thousands of rows at once."""
    matters = projects.open_matters(desk.session, project.id) if project.matters else []
    standing = projects.light_standing_of(project, milestones, matters, plan, desk.now, desk.calendar)
    verdict = lights.light(standing, desk.today, desk.policy.light, desk.calendar)
    project.light, project.on_plan, project.reasons = verdict.light, verdict.on_plan, stored(verdict.reasons)
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


def as_record(ledger: Ledger, done: Imported) -> dict[str, Any]:
    """What an import did, as plain values for a table or JSON."""
    return {
        "title": ledger.title, "year": ledger.year, "as_of": ledger.as_of and ledger.as_of.isoformat(), "projects": len(ledger.projects),
        "added": [{"number": row.number, "name": row.name} for row in done.added],
        "changed": [{"number": item.project, "name": item.name, "what": item.what, "old": _plain(item.old), "new": _plain(item.new)} for item in done.changes],
        "same": done.same, "persons": done.persons, "posts": done.posts,
        "overdue": [{"name": name, "milestones": count} for name, count in done.overdue],
        "unsure": [{"project": project, "person": person, "taken_for": unit} for project, person, unit in done.unsure],
        "problems": [problem_record(problem) for problem in ledger.problems],
    }  # fmt: skip


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
