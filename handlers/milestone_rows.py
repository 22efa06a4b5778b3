"""What the ways to change a milestone share: which one is meant, who stands behind it, and that what is written holds from now on."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from bot.rules.entitlement import Action
from bot.rules.words import Precision
from handlers import watching
from handlers.desk import Turn
from storage import projects
from storage.tables import Milestone, Project


def meant(turn: Turn, number: int, right: Action) -> tuple[Milestone | None, Project | None]:
    """The milestone and its project, if the speaker may do this; says so where not."""
    row = turn.session.get(Milestone, number)
    project = projects.by_id(turn.session, row.project) if row is not None and row.project is not None else None
    if project is None or not turn.may(turn.person, right, project.id):
        turn.reply("start.no_such_thing")
        return None, None
    return row, project


def behind(turn: Turn, project: Project, row: Milestone) -> list[Milestone]:
    """The open milestones with a limit that stand behind one."""
    rows = projects.milestones(turn.session, [project.id])[project.id]
    return [one for one in rows if one.position > row.position and one.due is not None and one.done_on is None]


def shifted(turn: Turn, rows: Sequence[Milestone], by: int) -> list[tuple[Milestone, date]]:
    """Each moved by as many days, to a working day."""
    return [
        (one, turn.calendar.workday_on_or_after(one.due + timedelta(days=by))) for one in rows if one.due is not None
    ]


def set_limit(turn: Turn, row: Milestone, day: date, precision: Precision, words: str) -> None:
    """A new limit, in the words it was said in; it is watched from today."""
    row.due, row.precision, row.due_words, row.watched_from = day, precision, words, turn.today


def written(
    turn: Turn, project: Project, kind: str, rows: Sequence[Milestone], facts: dict[str, Any], words: dict[str, str], gone: Sequence[Milestone] = ()
) -> None:  # fmt: skip
    """The rows hold from now on, and what is gone is gone: kept in the log, reminders of the old limits taken back, the light follows."""
    for one in gone:
        turn.session.delete(one)
    for one in rows:
        turn.session.add(one)
    turn.session.flush()
    if turn.talk.step.startswith("milestone."):
        turn.done()
    turn.note(kind, project=project.id, person=turn.person, facts=facts, rows=rows, gone=gone, words=words)
    turn.withdraw(*(f"milestone:{one.id}" for one in (*rows, *gone)))
    watching.refresh(turn, project)
