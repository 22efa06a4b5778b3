"""The board page (网页看板): everything of a district on one sheet, for a wall screen, a phone, or one A3; nothing that is not for every eye."""

from collections.abc import Iterable
from typing import Any

from bot.rules.entitlement import Action
from bot.rules.sheet import Line, fitted
from bot.rules.words import Light
from handlers import blocker_chart, board, curve_chart, gantt_chart, light_chart, stage_chart
from handlers.chart_scope import Scope, words
from handlers.desk import Desk
from storage import board as boards
from storage import charts

MOST = 400
"""Projects that are looked at for the lists, the worst first; an A3 holds fewer."""


def mark(desk: Desk) -> str:
    """What stays the same as long as a board shows the same: every change has an entry in the log, and each day is another one."""
    return f"{desk.today}.{charts.newest_entry(desk.session)}"


def allowed(desk: Desk, person: int) -> bool:
    return desk.may(person, Action.BOARD)


def values(desk: Desk, person: int, locale: str) -> dict[str, Any] | None:
    """The sheet, as plain values; None for who may not see a board. Matters marked 内部 are not on it, nor any person."""
    if not allowed(desk, person):
        return None
    meant = boards.reach(desk.standing(person), Action.BOARD)
    count = charts.ages(desk.session, meant).count
    scope = Scope(
        meant, board.scope_name(desk, person), locale, most=MOST, internal=False,
        hidden=boards.internal_numbers(desk.session, meant),
    )  # fmt: skip
    lights, gantt = light_chart.values(desk, scope), gantt_chart.values(desk, scope)
    units = _units(lights["units"], lights["rows"], {row["number"]: row for row in gantt["rows"]})
    size, kept = fitted([[_line(row) for row in unit["rows"]] for unit in units])
    listed = [{**unit, "rows": [unit["rows"][at] for at in places]} for unit, places in zip(units, kept, strict=True)]
    rest = count - sum(len(unit["rows"]) for unit in listed)
    return {
        **lights, **words(desk, "chart.page_words", locale, scope=scope.name, rest=rest), "units": listed, "size": size,
        "today": gantt["today"], "blockers": blocker_chart.values(desk, scope), "curve": curve_chart.values(desk, scope),
        "stages": stage_chart.values(desk, scope),
    }  # fmt: skip


def _units(
    units: list[dict[str, Any]], rows: Iterable[dict[str, Any]], plans: dict[int, dict[str, Any]]
) -> list[dict[str, Any]]:
    """Each unit with its projects, each with its bars."""
    within: dict[str, list[dict[str, Any]]] = {unit["name"]: [] for unit in units}
    for row in rows:
        plan = plans[row["number"]]
        calm = (
            row["light"] == Light.GREEN.value
        )  # what makes it green stands behind its lamp: the sheet is for what does not
        within[plan["group"]].append({**plan, **row, "reason": "" if calm else row["reason"], "basis": row["reason"]})
    return [{**unit, "rows": within[unit["name"]]} for unit in units]


def _line(row: dict[str, Any]) -> Line:
    said = "".join((row["reason"], row["declared"]))
    below = board.width(f"{said} ·  · {row['age']}") if said else 0.0
    return Line(board.width(row["name"]), below, row["light"] == "green")
