"""Plan against actual (000: 时间表、路线图): a project's milestones, or many projects, on one axis with today's line."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from bot.rules import axis
from bot.rules.axis import Axis
from handlers.chart_scope import Scope, head, words
from handlers.desk import Desk
from storage import charts, people, projects
from storage.charts import Row
from storage.tables import Milestone

DAY = timedelta(days=1)


def values(desk: Desk, scope: Scope) -> dict[str, Any]:
    """A chart of one project has a row for each milestone, one of many a row for each project."""
    rows = charts.worst_first(desk.session, scope.meant, scope.most)
    milestones = projects.milestones(desk.session, [row.id for row in rows]) if rows else {}
    rest = charts.ages(desk.session, scope.meant).count - len(rows)
    said = head(desk, scope, "gantt", rest=rest, one=scope.project is not None)
    across = axis.around(_days(rows, milestones), desk.today)
    if scope.project is None:
        names = people.unit_names(desk.session)
        rows.sort(key=lambda row: (names.get(row.unit, ""), row.number))
        drawn = [
            _project(desk, scope, across, row, milestones[row.id]) | {"group": names.get(row.unit, "")} for row in rows
        ]
    else:
        drawn = [line for row in rows for line in _milestones(desk, scope, across, row, milestones[row.id])]
    return {
        **said, "rows": drawn, "projects": [row.id for row in rows], "today": across.at(desk.today), "ticks": [asdict(tick) for tick in across.ticks],
        "today_label": f"{desk.today:%m-%d}",
    }  # fmt: skip


def _days(rows: Iterable[Row], milestones: dict[int, list[Milestone]]) -> list[date]:
    """Every day there is on the chart."""
    days = [day for row in rows for day in (row.start_on, row.finish_on)]
    days += [day for found in milestones.values() for one in found for day in (one.due, one.done_on)]
    return [day for day in days if day is not None]


# --- many projects ----------------------------------------------------------------------------------------------------


def _project(desk: Desk, scope: Scope, across: Axis, row: Row, milestones: Sequence[Milestone]) -> dict[str, Any]:
    """Planned from start to end; as much of it filled as the overall progress tells; its milestones on it."""
    return {
        "name": row.name, "number": row.number, "light": row.light.value, **_bars(across, row, desk.today),
        "marks": [{"at": across.at(one.due), "state": state_of(one, desk.today)} for one in milestones if one.due],
        **words(
            desk, "chart.gantt_project", scope.locale, progress=row.progress, doubted=row.doubt == "open", as_of=row.as_of,
            no_start=row.start_on is None, no_end=row.finish_on is None,
        ),
    }  # fmt: skip


def _bars(across: Axis, row: Row, today: date) -> dict[str, Any]:
    if row.start_on is None or row.finish_on is None:
        return {"plan": None, "actual": None}
    filled = None
    if row.progress:
        done = (row.finish_on - row.start_on) * min(1.0, float(row.progress) / 100)
        filled = across.span(row.start_on, row.start_on + done)
    late = row.finish_on < today and (row.progress or 0) < 100
    return {
        "plan": across.span(row.start_on, row.finish_on),
        "actual": filled and {**filled, "state": "late" if late else "told"},
    }


def state_of(one: Milestone, today: date) -> str:
    return "done" if one.done_on else "overdue" if one.due and one.due < today else "open"


# --- one project ------------------------------------------------------------------------------------------------------


def _milestones(
    desk: Desk, scope: Scope, across: Axis, row: Row, milestones: Sequence[Milestone]
) -> Iterable[dict[str, Any]]:
    """The whole project first; then each milestone, planned from the end of the one before, told from the day that one was done."""
    yield _project(desk, scope, across, row, ()) | {"whole": True}
    due = done = row.start_on
    running = True
    for one in milestones:
        plan = across.span(due + DAY, one.due) if due and one.due else None
        actual = None
        if one.done_on:
            actual = across.span(done, one.done_on) if done else None
            state = "late" if one.due and one.done_on > one.due else "told"
        elif running and done:
            state = "late" if one.due and one.due < desk.today else "running"
            actual, running = across.span(min(done, desk.today), desk.today), False
        yield {
            "name": one.name, "plan": plan, "actual": actual and {**actual, "state": state}, "note": _note(desk, scope, one),
            "marks": _marks(across, one, desk.today),
        }  # fmt: skip
        due, done = one.due or due, one.done_on or done


def _marks(across: Axis, one: Milestone, today: date) -> list[dict[str, Any]]:
    """Where it was due; where it was done, beside the bar of what was told."""
    marks = (
        [{"at": across.at(one.due), "state": "overdue" if state_of(one, today) == "overdue" else "open"}]
        if one.due
        else []
    )
    return [*marks, {"at": across.at(one.done_on), "state": "done"}] if one.done_on else marks


def _note(desk: Desk, scope: Scope, one: Milestone) -> str:
    days = desk.calendar.workdays_between(one.due, one.done_on) if one.due and one.done_on else 0
    left = desk.calendar.workdays_between(desk.today, one.due) if one.due and not one.done_on else 0
    return words(desk, "chart.milestone", scope.locale, due=one.due, done=one.done_on, days=days, left=left)["note"]
