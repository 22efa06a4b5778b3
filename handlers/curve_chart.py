"""The year's investment, month by month: planned, told, needed from now on, and expected (004: 以月保季、以季保年)."""

from typing import Any

from bot.rules import curve as rules
from bot.rules.curve import Curve
from bot.rules.plan import MONTHS, share
from handlers.chart_scope import Scope, head, money, words
from handlers.desk import Desk
from storage import charts, plans, projects


def values(desk: Desk, scope: Scope) -> dict[str, Any]:
    """Heights are shares of the scale, places shares of the year."""
    numbers, year = charts.numbers(desk.session, scope.meant), desk.today.year
    by_project = projects.plans(desk.session, numbers, year)
    found = rules.curve(by_project, plans.told_of(desk.session, numbers, year, desk.calendar.day), desk.today)
    reporting = found.told[-1].projects if found.told else 0
    lines = rules.scale(found.most)
    return {
        **head(
            desk, scope, "curve", year=year, planned=bool(found.whole), told=bool(found.told), projects=reporting,
            forecast=found.forecast is not None, **_partial(found),
        ),
        "figures": _figures(desk, scope, found),
        "today": rules.x_of(desk.today),
        "lines": [{"at": line / lines[-1], "label": _round(desk, scope, line)} for line in lines] if found.most else [],
        **_paths(desk, scope, found, lines[-1]),
        **_bars(desk, scope, found),
    }  # fmt: skip


def _paths(desk: Desk, scope: Scope, found: Curve, high: int) -> dict[str, Any]:
    """The points of each line. What is needed and what is expected begin where what was told ends."""
    told = [
        {
            "x": min(one.month / 12, rules.x_of(desk.today)), "y": one.money / high,
            "whole": one.projects == found.told[-1].projects,
        }
        for one in found.told
    ]  # fmt: skip
    start = [told[-1]["x"], told[-1]["y"]] if told else [rules.x_of(desk.today), 0]
    ahead = found.each > 0 and found.whole > (found.so_far or 0)
    expected = found.forecast is not None and start[0] < 1
    return {
        "planned": [[month / 12, found.planned[month] / high] for month in MONTHS] if found.whole else [],
        "told": told,
        "needed": [start, [1, found.whole / high]] if ahead else [],
        "forecast": [start, [1, (found.forecast or 0) / high]] if expected else [],
        "forecast_label": words(desk, "chart.forecast", scope.locale, forecast=found.forecast)["label"]
        if expected
        else "",
    }


def _round(desk: Desk, scope: Scope, yuan: int) -> str:
    """The words of a round sum: 40 亿元, not 40.00 亿元; nothing has no unit."""
    return "0" if yuan == 0 else money(desk, scope, yuan).replace(".00 ", " ")


def _partial(found: Curve) -> dict[str, bool]:
    """Whether there are months in which not all that have a figure by now had one."""
    return {"partial": any(one.projects != found.told[-1].projects for one in found.told)}


def _figures(desk: Desk, scope: Scope, found: Curve) -> list[list[str]]:
    """(what, how much): the arithmetic in a line of numbers."""
    so_far = found.so_far or 0
    said = words(
        desk, "chart.curve_figures", scope.locale, whole=found.whole, told=found.so_far is not None, so_far=so_far, due=found.due, each=found.each,
        share=share(so_far, found.whole), points=share(found.due - so_far, found.of) if found.due >= so_far else None,
        ahead=share(so_far - found.due, found.of), left=13 - desk.today.month, forecast=found.forecast,
    )  # fmt: skip
    return [list(pair) for pair in said.items()]


def _bars(desk: Desk, scope: Scope, found: Curve) -> dict[str, Any]:
    """Month by month: planned, told, and what this month and each that follows must bring; as shares of the highest."""
    months = {month: found.planned[month] - found.planned.get(month - 1, 0) for month in MONTHS}
    told = rules.in_month(found.told)
    here = max(0, told.get(desk.today.month) or 0)  # what this month must still bring stands upon what it has brought
    highest = max([1, found.each + here, *months.values(), *(one or 0 for one in told.values())])
    bars = []
    for month in MONTHS:
        actual = told.get(month)
        needed = found.each if month >= desk.today.month else 0
        bars.append({
            "planned": months.get(month, 0) / highest, "told": None if actual is None else max(0, actual) / highest, "needed": needed / highest,
        })  # fmt: skip
    return {"bars": bars, "highest": money(desk, scope, highest)}
