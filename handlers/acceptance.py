"""Taking projects in hand (纳入催办), and letting them rest (暂停, 恢复): from when on, and whether, the bot asks for reports."""

from datetime import date, timedelta
from typing import Any

from bot.messages import Button
from bot.rules.calendar import DAY
from bot.rules.due import parse_due
from bot.rules.entitlement import Action
from handlers import dispatch, watching
from handlers.desk import Desk, Turn
from storage import board, projects
from storage.tables import Project

# --- 纳入催办 -------------------------------------------------------------------------------------------------------------


def accept(turn: Turn) -> None:
    """One project."""
    project = _mine(turn)
    if project is None:
        return
    done = take_in_hand(turn, project, turn.person)
    name = "desk.accepted" if done else "desk.accepted_before"
    turn.reply(name, [_ways_on(turn)], project=project, count=1, projects=[project.id])


def _ways_on(turn: Turn) -> list[Button]:
    """Back to the list while something waits there, and to the desk."""
    left = board.awaiting(turn.session, dispatch.reach(turn))
    more = [turn.key("accept", "desk.list", name="awaiting", page=0)] if left else []
    return [*more, turn.key("desk", "desk.show")]


def accept_all(turn: Turn) -> None:
    """全部纳入: asks first."""
    if not turn.may(turn.person, Action.DISPATCH):
        turn.reply("start.no_such_thing")
        return
    count = len(board.awaiting(turn.session, dispatch.reach(turn)))
    keys = [turn.key("confirm", "desk.accept_now", "primary"), turn.key("cancel", "desk.show")]
    turn.reply("desk.accept_all", [keys], count=count)


def accept_now(turn: Turn) -> None:
    """All that wait."""
    if not turn.may(turn.person, Action.DISPATCH):
        turn.reply("start.no_such_thing")
        return
    waiting = board.awaiting(turn.session, dispatch.reach(turn))
    count = sum(take_in_hand(turn, project, turn.person) for project in waiting)
    turn.reply("desk.accepted", [_ways_on(turn)], project=None, count=count)


def take_in_hand(desk: Desk, project: Project, by: int) -> bool:
    """From today on the bot asks for this project's reports and milestones: what was overdue counts from today. False where it did."""
    rows: list[Any] = []
    for row in projects.milestones(desk.session, [project.id])[project.id]:
        if row.done_on is None and (row.watched_from == projects.NEVER or project.accepted_on is None):
            row.watched_from = desk.today
            rows.append(row)
    if project.accepted_on is None:
        project.accepted_on, project.looked_on = desk.today, desk.today - DAY
        rows.append(project)
    if not rows:
        return False
    desk.session.flush()
    desk.note("project.accepted", project=project.id, person=by, rows=rows)
    watching.refresh(desk, project)
    return True


# --- 暂停, 恢复 -----------------------------------------------------------------------------------------------------------


def pause(turn: Turn) -> None:
    """暂停: until when?"""
    project = _mine(turn)
    if project is None:
        return
    turn.ask("desk.pause_until", {"project": project.id})
    keys = [
        turn.key(label, "desk.pause_until", project=project.id, until=until.isoformat())
        for label, until in _moments(turn.today).items()
    ]
    turn.reply(
        "desk.pause_until", [keys, [turn.key("cancel", "report.cancel")]], project=project, projects=[project.id]
    )


def _moments(today: date) -> dict[str, date]:
    """Ends of this month, this quarter, this year."""

    def last_of(year: int, month: int) -> date:
        return (date(year, month, 1) + timedelta(days=32)).replace(day=1) - DAY

    quarter = (today.month + 2) // 3 * 3
    found = {"month_end": last_of(today.year, today.month), "quarter_end": last_of(today.year, quarter)}
    found["year_end"] = date(today.year, 12, 31)
    return {
        label: day
        for label, day in found.items()
        if day > today and day not in list(found.values())[: list(found).index(label)]
    }


def until_pressed(turn: Turn) -> None:
    _until(turn, turn.args["project"], date.fromisoformat(turn.args["until"]))


def until_typed(turn: Turn) -> None:
    """明年3月底, 12月15日."""
    due = parse_due(turn.typed, turn.today.year)
    if due is None or due[0] < turn.today:
        turn.reply("desk.pause_unread", words=turn.typed)
    else:
        _until(turn, turn.talk.draft["project"], due[0])


def _until(turn: Turn, number: int, until: date) -> None:
    """Now the reason."""
    turn.ask("desk.pause_why", {"project": number, "until": until.isoformat()})
    turn.reply("desk.pause_why", until=until)


def why(turn: Turn) -> None:
    """The reason was given: no report is asked for until then, and time is not held against the project."""
    draft = dict(turn.talk.draft)
    if not turn.typed:
        turn.reply("desk.pause_why", until=date.fromisoformat(draft["until"]))
        return
    turn.args = {"project": draft["project"]}
    project = _mine(turn)
    turn.done()
    if project is None:
        return
    project.paused_until, project.paused_reason = date.fromisoformat(draft["until"]), turn.typed
    turn.session.flush()
    turn.note("project.paused", project=project.id, person=turn.person, facts={"until": draft["until"]}, rows=[project])
    numbers = [row.id for row in projects.milestones(turn.session, [project.id])[project.id]]
    turn.withdraw(f"report:{project.id}", f"missed:{project.id}", *(f"milestone:{number}" for number in numbers))
    watching.refresh(turn, project)
    turn.reply("desk.paused", project=project, projects=[project.id])


def resume(turn: Turn) -> None:
    """恢复: watched again from today."""
    project = _mine(turn)
    if project is None:
        return
    project.paused_until, project.paused_reason, project.looked_on = None, "", turn.today - DAY
    turn.session.flush()
    turn.note("project.resumed", project=project.id, person=turn.person, rows=[project])
    watching.refresh(turn, project)
    turn.reply("desk.resumed", project=project, projects=[project.id])


def _mine(turn: Turn) -> Project | None:
    """The project meant, if the speaker dispatches it; says so where not."""
    project = projects.by_id(turn.session, turn.args["project"])
    if project is None or not turn.may(turn.person, Action.DISPATCH, project.id):
        turn.reply("start.no_such_thing")
        return None
    return project
