"""The wall chart (000: 挂图作战): every project with its milestones on the months of this year, by unit."""

from typing import Any

from bot.rules import axis
from bot.rules.words import Light
from handlers.chart_scope import Scope, head
from handlers.desk import Desk
from handlers.gantt_chart import state_of
from storage import board, charts, people, projects
from storage.charts import Row
from storage.tables import Milestone


def values(desk: Desk, scope: Scope) -> dict[str, Any]:
    rows = charts.worst_first(desk.session, scope.meant, scope.most)
    units = people.unit_names(desk.session)
    rows.sort(key=lambda row: (row.unit, row.number))
    milestones = projects.milestones(desk.session, [row.id for row in rows]) if rows else {}
    counts = board.lights(desk.session, scope.meant)
    doubted = any(row.doubt == "open" for row in rows)
    said = head(desk, scope, "wall", rest=sum(counts.values()) - len(rows), doubted=doubted)
    months = [f"{tick.year}-{tick.month:02}" for tick in axis.year(desk.today).ticks]
    return {
        **said, "projects": [row.id for row in rows], "headers": {"project": said["header"]}, "months": months, "today": desk.today.isoformat(),
        "counts": {light.value: counts[light] for light in Light},
        "rows": [
            {
                "number": row.number, "name": row.name, "light": row.light.value, "light_word": said["labels"][row.light.value],
                "progress": _progress(row, said["doubt"]), "group": units.get(row.unit, ""),
                "milestones": [_milestone(desk, one) for one in milestones[row.id] if one.due],
            }
            for row in rows
        ],
    }  # fmt: skip


def _progress(row: Row, doubt: str) -> str:
    return "" if row.progress is None else f"{row.progress.normalize():f}%{f' {doubt}' if row.doubt == 'open' else ''}"


def _milestone(desk: Desk, one: Milestone) -> dict[str, str]:
    return {"name": one.name, "due": one.due.isoformat() if one.due else "", "state": state_of(one, desk.today)}
