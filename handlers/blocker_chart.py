"""What holds the projects back (002, 003: 要素保障; DOMAIN S13): open matters by category, how many are past their limit, how long they lie."""

from typing import Any

from bot.messages import plain
from bot.rules.words import Category, Rung
from handlers.chart_scope import Scope, head, words
from handlers.desk import Desk
from storage import charts
from storage.charts import Blocker

LONGEST = 8
"""Matters that are listed by themselves, the longest open first."""


def values(desk: Desk, scope: Scope) -> dict[str, Any]:
    found = charts.blockers(desk.session, scope.meant, internal=scope.internal)
    aged = [(one, days_open(desk, one)) for one in found]
    rest = max(0, len(found) - LONGEST)
    return {
        **head(
            desk, scope, "blockers", open=len(found), overdue=sum(one.overdue(desk.now) for one in found), rest=rest
        ),
        "categories": by_category(desk, scope, aged),
        "rows": [listed(desk, scope, one, days) for one, days in aged[:LONGEST]],
    }


def days_open(desk: Desk, one: Blocker) -> int:
    """Working days since it was raised."""
    return desk.calendar.workdays_between(desk.calendar.day(one.raised_at), desk.today)


def by_category(desk: Desk, scope: Scope, aged: list[tuple[Blocker, int]]) -> list[dict[str, Any]]:
    """Each category that has any: most first."""
    rows = []
    for category in Category:
        here = [(one, days) for one, days in aged if one.category is category]
        if here:
            overdue, longest = sum(one.overdue(desk.now) for one, _ in here), max(days for _, days in here)
            mean = round(sum(days for _, days in here) / len(here))
            said = words(
                desk, "chart.category", scope.locale, category=category, overdue=overdue, longest=longest, mean=mean
            )
            rows.append({"count": len(here), "overdue": overdue, "longest": longest, **said})
    return sorted(rows, key=lambda row: (-row["count"], -row["longest"]))


def listed(desk: Desk, scope: Scope, one: Blocker, days: int) -> dict[str, Any]:
    """One matter without a person or a rung: those are not for a wall."""
    said = words(
        desk, "chart.matter", scope.locale, category=one.category, days=days, overdue=one.overdue(desk.now),
        stage=plain(desk.text("dossier.stage", scope.locale, rung=one.rung or Rung.SECTION, state=one.state)),
    )  # fmt: skip
    return {"number": f"{one.project}-{one.number}", "name": one.name, "days": days, **said}
