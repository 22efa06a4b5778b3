"""The ledger comes in: what would change, what did, what is overdue in it (listed once, nobody is nudged for it)."""

from datetime import time
from typing import Any

from bot.ledger import Ledger
from bot.messages import Address, Card, plain
from bot.rules import cadence, lights
from bot.rules.entitlement import Action
from bot.rules.words import MessageClass, Post, Role
from bot.texts import money, named
from handlers import drafts, list_deeds
from handlers.desk import Desk, Turn
from handlers.reasons import stored
from storage import conversations, list_changes, people, projects
from storage.imports import Change, Import, Imported
from storage.tables import Milestone, Project, StoredFile


def take_in(desk: Desk, ledger: Ledger, by: int | None = None) -> Imported:
    """Takes a ledger in, with log entries for every project it touched; tells the dispatchers once what was overdue in it."""
    done = Import(
        desk.session, ledger, desk.now, desk.today, lambda row, milestones, plan: judge(desk, row, milestones, plan)
    ).run()
    _changes_of_the_list(desk, ledger, done, by)
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


MONEY = ("total", "invested_before", "year_plan", "plan", "figures")


class Tried(Exception):
    """Raised on purpose by a dry run, so that the transaction leaves nothing behind. `record`: what would have been done."""

    def __init__(self, record: dict[str, Any]) -> None:
        super().__init__("dry run")
        self.record = record


def bring_in(desk: Desk, ledger: Ledger, *, dry_run: bool, by: int | None = None) -> dict[str, Any]:
    """Takes a ledger in and tells what changed. A dry run does the same and takes everything back: raises Tried."""
    record = as_record(desk, ledger, take_in(desk, ledger, by))
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


# --- in chat: an administrator sends the file -------------------------------------------------------------------------


def offered(turn: Turn) -> bool:
    """A workbook from an administrator without a question open is a ledger: fetched, tried out, then asked about."""
    books = [one for one in turn.incoming.attachments if one.name.lower().endswith((".xlsx", ".xls"))]
    if len(books) != 1 or turn.talk.step or not turn.may(turn.person, Action.ADMINISTER):
        return False
    [row] = drafts.keep_files(turn)
    turn.ask("ledger.wait", {"file": row})
    turn.reply("ledger.reading", name=books[0].name)
    return True


def wait(turn: Turn) -> None:
    """While the file is being read, other words go their usual way."""
    turn.done()
    turn.reply("ledger.still_reading")


def fetched(turn: Turn, file: StoredFile) -> None:
    """The file is here: have it read and tried out."""
    if file.person is None or conversations.draft_of(turn.session, file.person, "ledger.wait").get("file") != file.id:
        return
    turn.errand(
        "ledger_try",
        {"sha256": file.sha256, "file": file.id},
        key=f"ledger:try:{file.id}",
        person=file.person,
        address=turn.incoming.address,
    )


def tried(turn: Turn) -> None:
    """What the ledger would change, for 确认; or why it cannot be read."""
    facts, person = turn.incoming.facts, turn.incoming.facts["person"]
    known = people.account_of(turn.session, person)
    if known is None:
        return
    if not facts["ok"]:
        card = Card(turn.text("ledger.refused", known.locale, why=facts["error"], details=facts.get("details", "")))
    else:
        keys = (
            (
                turn.button(
                    "confirm",
                    "ledger.confirm",
                    known.locale,
                    file=facts["payload"]["file"],
                    sha256=facts["payload"]["sha256"],
                ),
                turn.button("cancel", "ledger.cancel", known.locale),
            ),
        )
        card = Card(turn.text("ledger.tried", known.locale, **_summary(facts["record"])), keys)
    turn.say(
        MessageClass.ANSWER,
        card,
        person=person,
        address=Address(known.channel, known.chat, "", known.identity),
        key=f"ledger:tried:{facts['errand']}",
    )


def _summary(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": record["title"], "count": record["projects"], "added": len(record["added"]), "changed": record["changed"][:6], "changes": len(record["changed"]),
        "same": record["same"], "persons": record["persons"], "overdue": len(record["overdue"]), "problems": record["problems"][:6], "problem_count": len(record["problems"]),
    }  # fmt: skip


def confirm(turn: Turn) -> None:
    if not turn.may(turn.person, Action.ADMINISTER):
        turn.reply("start.no_such_thing")
        return
    turn.done()
    payload = {"sha256": turn.args["sha256"], "by": turn.person}
    turn.errand(
        "ledger_import",
        payload,
        key=f"ledger:import:{turn.args['file']}",
        person=turn.person,
        address=turn.incoming.address,
    )
    turn.reply("ledger.going_in")


def cancel(turn: Turn) -> None:
    turn.done()
    turn.reply("ledger.cancelled")


def imported(turn: Turn) -> None:
    """The ledger is in."""
    facts, person = turn.incoming.facts, turn.incoming.facts["person"]
    known = people.account_of(turn.session, person)
    if known is None:
        return
    name = "ledger.imported" if facts["ok"] else "ledger.refused"
    values = _summary(facts["record"]) if facts["ok"] else {"why": facts["error"], "details": facts.get("details", "")}
    card = Card(turn.text(name, known.locale, **values))
    turn.say(
        MessageClass.ANSWER,
        card,
        person=person,
        address=Address(known.channel, known.chat, "", known.identity),
        key=f"ledger:imported:{facts['errand']}",
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


def as_record(desk: Desk, ledger: Ledger, done: Imported) -> dict[str, Any]:
    """What an import did, as plain values for a table or JSON."""
    return {
        "title": ledger.title, "year": ledger.year, "as_of": ledger.as_of and ledger.as_of.isoformat(), "projects": len(ledger.projects),
        "added": [{"number": row.number, "name": row.name} for row in done.added],
        "changed": [change_record(desk, item) for item in done.changes],
        "same": done.same, "persons": done.persons, "posts": done.posts,
        "overdue": [{"name": name, "milestones": count} for name, count in done.overdue],
        "unsure": [{"project": project, "person": person, "taken_for": unit} for project, person, unit in done.unsure],
        "problems": [problem_record(problem) for problem in ledger.problems],
    }  # fmt: skip


def change_record(desk: Desk, change: Change) -> dict[str, Any]:
    """One change: plain values for a program, and in words for people."""
    field, _, part = change.what.partition(":")
    milestone, _, detail = part.rpartition(":")
    words = desk.text(
        "ledger.field", field=detail if milestone else field, part=milestone or part, role=Role.of(part) or part
    )
    return {
        "number": change.project, "name": change.name, "what": change.what, "old": _plain(change.old), "new": _plain(change.new),
        "field": plain(words), "was": _worded(desk, field, change.old), "is": _worded(desk, field, change.new),
    }  # fmt: skip


def _worded(desk: Desk, field: str, value: Any) -> str:
    """A value as people read it: money with its unit, persons and units by name."""
    if value in (None, "", []):
        return ""
    if field in MONEY:
        return money(value, desk.house.texts.default)
    if field == "role":
        return people.name_of(desk.session, value)
    if field in ("unit", "lead_unit"):
        return people.unit_names(desk.session).get(value, str(value))
    if isinstance(value, list):
        return "；".join(map(str, value))
    return named(value, desk.house.texts.default)


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
