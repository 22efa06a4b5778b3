"""The table of lights: how many of each, by unit, and every project with what its light rests on."""

from typing import Any

from bot.rules.words import Light
from handlers import board
from handlers.chart_scope import Scope, head, words
from handlers.desk import Desk
from storage import charts, lights, people
from storage.board import Reach
from storage.charts import Row
from storage.tables import LightDeclared


def values(desk: Desk, scope: Scope) -> dict[str, Any]:
    """The worst first, among units as among projects."""
    by_unit = charts.lights_of_units(desk.session, scope.meant)
    rows = charts.worst_first(desk.session, scope.meant, scope.most)
    count = sum(sum(counts.values()) for counts in by_unit.values())
    doubted = any(row.doubt == "open" for row in rows)
    said = lights.declared(desk.session, [row.id for row in rows])
    return {
        **head(desk, scope, "lights", rest=count - len(rows), doubted=doubted, units=len(by_unit)),
        "counts": {light.value: sum(counts[light] for counts in by_unit.values()) for light in Light},
        "units": units(desk, by_unit),
        "rows": [_row(desk, scope, row, said.get(row.id)) for row in rows],
        "projects": [row.id for row in rows],
    }


def units_within(desk: Desk, meant: Reach) -> list[int]:
    """The units under which these projects stand, most red first."""
    return [row["unit"] for row in units(desk, charts.lights_of_units(desk.session, meant))]


def units(desk: Desk, by_unit: dict[int, dict[Light, int]]) -> list[dict[str, Any]]:
    """Each unit with its counts: most red, then most yellow, then most projects."""
    names = people.unit_names(desk.session)
    order = sorted(
        by_unit.items(), key=lambda one: (-one[1][Light.RED], -one[1][Light.YELLOW], -sum(one[1].values()), one[0])
    )
    return [
        {"unit": unit, "name": names.get(unit, ""), **{light.value: counts[light] for light in Light}}
        for unit, counts in order
    ]


def _row(desk: Desk, scope: Scope, row: Row, declared: LightDeclared | None) -> dict[str, Any]:
    """declared: the light its official declares (自报), which stands beside the computed one."""
    return {
        "number": row.number, "name": row.name, "light": row.light.value, "reason": reason(desk, scope, row),
        **words(
            desk, "chart.row", scope.locale, progress=row.progress, doubted=row.doubt == "open", as_of=row.as_of,
            days=(desk.today - row.as_of).days if row.as_of else 0, declared=declared.light if declared else None,
        ),
    }  # fmt: skip


def reason(desk: Desk, scope: Scope, row: Row) -> str:
    """What a light rests on, with its arithmetic; nothing of what is hidden here."""
    shown = [one for one in row.reasons if one["facts"].get("matter") not in scope.hidden]
    return board.because(desk, {"reasons": shown}, scope.locale)
