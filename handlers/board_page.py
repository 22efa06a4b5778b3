"""The board page (网页看板): everything of a district on one sheet, for a wall screen, a phone, or one A3; nothing that is not for every eye."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.rules.entitlement import Action
from bot.rules.sheet import Line, fitted
from bot.rules.words import Light
from handlers import blocker_chart, board, curve_chart, gantt_chart, light_chart, stage_chart
from handlers.chart_scope import Scope, words
from handlers.desk import Desk
from storage import board as boards
from storage import charts, people
from storage.board import Reach

ONE_SHEET = 240
"""Projects that may stand on one sheet, where they fit on an A3."""
EACH = 120
"""Where they do not, so many on each of several sheets, the worst first: an A3 holds as many with everything said of them."""


@dataclass(frozen=True)
class View:
    """What a reader picked: a unit (0: all), a light ("": all), which sheet."""

    unit: int = 0
    light: str = ""
    sheet: int = 1


def mark(desk: Desk) -> str:
    """What stays the same as long as a board shows the same: every change has an entry in the log, and each day is another one."""
    return f"{desk.today}.{charts.newest_entry(desk.session)}"


def allowed(desk: Desk, person: int) -> bool:
    return desk.may(person, Action.BOARD)


def values(desk: Desk, person: int, locale: str, view: View) -> dict[str, Any] | None:
    """The sheet, as plain values; None for who may not see a board. Matters marked 内部 are not on it, nor any person."""
    if not allowed(desk, person):
        return None
    seen = boards.reach(desk.standing(person), Action.BOARD)
    offered = _offered(desk, seen)
    unit = view.unit if view.unit in dict(offered) else 0
    meant = Reach(people.subtree(desk.session, unit), within=seen) if unit else seen
    name = people.unit_name(desk.session, unit) if unit else board.scope_name(desk, person)
    scope = Scope(meant, name, locale, most=0, internal=False, hidden=boards.internal_numbers(desk.session, meant))
    lights = light_chart.values(desk, scope)
    light = Light(view.light) if view.light in {one.value for one in Light} else None
    order = charts.order(desk.session, meant, light)
    listed = _listed(desk, scope, lights["units"], order, view.sheet)
    return {
        **lights, **listed, **words(desk, "chart.page_words", locale, scope=name, **listed["counted"]),
        "blockers": blocker_chart.values(desk, scope), "curve": curve_chart.values(desk, scope), "stages": stage_chart.values(desk, scope),
        "offered": offered, "view": {"unit": unit, "light": light.value if light else "", "sheet": listed["counted"]["sheet"]},
    }  # fmt: skip


def _offered(desk: Desk, seen: Reach) -> list[tuple[int, str]]:
    """The units a reader may pick: the districts, where there are several, and all units under which projects stand."""
    names = people.unit_names(desk.session)
    districts = charts.districts(desk.session, seen)
    within = light_chart.units_within(desk, seen)
    found = dict.fromkeys([*(districts if len(districts) > 1 else []), *within])
    return [(unit, names.get(unit, "")) for unit in found]


def _listed(
    desk: Desk, scope: Scope, units: Sequence[dict[str, Any]], order: Sequence[int], sheet: int
) -> dict[str, Any]:  # fmt: skip
    """The lists of one sheet. All stand on one where they fit; else so many on each. What does not fit on paper is on the screen alone."""
    whole = order if len(order) <= ONE_SHEET else order[:EACH]
    found = _fitted(desk, scope, units, whole)
    sheets = 1
    if len(order) > len(whole) or found["dropped"]:
        sheets = -(-len(order) // EACH)
        sheet = min(max(1, sheet), sheets)
        if sheet > 1 or len(whole) > EACH:
            found = _fitted(desk, scope, units, order[(sheet - 1) * EACH : sheet * EACH])
    else:
        sheet = 1
    here = sum(len(unit["rows"]) for unit in found["units"])
    counted = {"sheet": sheet, "sheets": sheets, "here": here, "of": len(order), "unprinted": found.pop("dropped")}
    return {**found, "counted": counted}


def _fitted(desk: Desk, scope: Scope, units: Sequence[dict[str, Any]], numbers: Sequence[int]) -> dict[str, Any]:
    """These projects under their units, the size they are printed in, and how many are left out on paper."""
    part = replace(scope, meant=Reach(projects=frozenset(numbers)), most=None)
    rows, gantt = light_chart.values(desk, part)["rows"], gantt_chart.values(desk, part)
    grouped = [unit for unit in _units(units, rows, {row["number"]: row for row in gantt["rows"]}) if unit["rows"]]
    size, kept = fitted([[_line(row) for row in unit["rows"]] for unit in grouped])
    dropped = 0
    for unit, places in zip(grouped, kept, strict=True):
        for at, row in enumerate(unit["rows"]):
            row["unprinted"] = at not in places
            dropped += row["unprinted"]
    return {"units": grouped, "size": size, "today": gantt["today"], "dropped": dropped}


def _units(
    units: Sequence[dict[str, Any]], rows: Iterable[dict[str, Any]], plans: dict[int, dict[str, Any]]
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
