"""The funnel of stages (DOMAIN S9): how many projects stand where in their life, with their money, their lights, and the rate of starts."""

from typing import Any

from bot.rules.plan import share
from bot.rules.rates import Rated, start_rate
from bot.rules.stages import ORDER, stage_of
from bot.rules.words import Light, Stage
from handlers.chart_scope import Scope, head, money, words
from handlers.desk import Desk
from storage import charts, stages
from storage.charts import Staged


def values(desk: Desk, scope: Scope) -> dict[str, Any]:
    projects, counts = charts.staged(desk.session, scope.meant), desk.policy.file.stage.start
    lives = stages.lives(desk.session, projects, desk.today)
    rate = start_rate([Rated(one.id, lives[one.id]) for one in projects], counts, desk.today)
    within: dict[Stage, list[Staged]] = {stage: [] for stage in ORDER}
    for one in projects:
        within[stage_of(lives[one.id], counts, desk.today)[0]].append(one)
    names = words(desk, "chart.stage_names", scope.locale)
    rows = []
    for stage, here in within.items():
        total = sum(one.total for one in here)
        said = words(
            desk, "chart.stage", scope.locale, share=share(len(here), len(projects)), total=money(desk, scope, total) if total else "",
        )  # fmt: skip
        lights = {light.value: sum(one.light is light for one in here) for light in Light}
        rows.append({"stage": stage.value, "name": names[stage.value], "count": len(here), "counts": lights, **said})
    return {**head(desk, scope, "stages", rate=rate, counts=counts), "rows": rows}
