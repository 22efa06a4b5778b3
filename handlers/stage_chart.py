"""The funnel of stages (DOMAIN S9): how many projects stand where in their life, with their money and their lights."""

from typing import Any

from bot.rules.plan import share
from bot.rules.words import Light
from handlers.chart_scope import Scope, head, money, words
from handlers.desk import Desk
from storage import charts


def values(desk: Desk, scope: Scope) -> dict[str, Any]:
    found = charts.stages(desk.session, scope.meant)
    whole = sum(count for _, _, count, _ in found)
    names = words(desk, "chart.stage_names", scope.locale)
    rows = []
    for stage in charts.STAGES:
        here = [one for one in found if one[0] == stage]
        count, total = sum(one[2] for one in here), sum(one[3] for one in here)
        said = words(
            desk,
            "chart.stage",
            scope.locale,
            share=share(count, whole),
            total=money(desk, scope, total) if total else "",
        )
        lights = {light.value: sum(one[2] for one in here if one[1] is light) for light in Light}
        rows.append({"stage": stage, "name": names[stage], "count": count, "counts": lights, **said})
    return {**head(desk, scope, "stages"), "rows": rows}
