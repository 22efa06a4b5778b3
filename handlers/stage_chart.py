"""The funnel of stages (DOMAIN S9): how many projects stand where in their life, with their money, their lights, and the rate of starts."""

from typing import Any

from bot.rules.plan import share
from bot.rules.rates import start_rate
from bot.rules.stages import ORDER, stage_of
from bot.rules.words import Light, Stage
from handlers.chart_scope import Scope, head, money, words
from handlers.desk import Desk
from storage import charts, stages


def values(desk: Desk, scope: Scope) -> dict[str, Any]:
    rated = stages.rated(desk.session, [scope.meant.where], desk.today)
    counts = desk.policy.file.stage.start
    known = charts.totals(desk.session, scope.meant)
    within: dict[Stage, list[tuple[Light, int]]] = {stage: [] for stage in ORDER}
    for one in rated:
        within[stage_of(one.life, counts, desk.today)[0]].append(known[one.project])
    names = words(desk, "chart.stage_names", scope.locale)
    rows = []
    for stage, here in within.items():
        total = sum(amount for _, amount in here)
        said = words(
            desk, "chart.stage", scope.locale, share=share(len(here), len(rated)), total=money(desk, scope, total) if total else "",
        )  # fmt: skip
        lights = {light.value: sum(one is light for one, _ in here) for light in Light}
        rows.append({"stage": stage.value, "name": names[stage.value], "count": len(here), "counts": lights, **said})
    return {**head(desk, scope, "stages", rate=start_rate(rated, counts, desk.today), counts=counts), "rows": rows}
