"""The year's investment, month by month: planned, told, and needed from now on (004: 以月保季、以季保年)."""

from typing import Any

from bot.rules import curve as rules
from bot.rules.curve import Curve
from bot.rules.plan import MONTHS, share
from handlers.chart_scope import Scope, head, money, words
from handlers.desk import Desk
from storage import charts


def values(desk: Desk, scope: Scope) -> dict[str, Any]:
    """Heights are shares of the scale, places shares of the year."""
    months = charts.planned(desk.session, scope.meant, desk.today.year)
    told = charts.told(desk.session, scope.meant, desk.today)
    found = rules.curve(months, told, desk.today)
    projects = told[-1].projects if told else 0
    lines = rules.scale(found.most)
    ahead = found.whole - (found.so_far or 0) if found.each else 0
    points = [
        {
            "x": min(one.month / 12, rules.x_of(desk.today)),
            "y": one.money / lines[-1],
            "whole": one.projects == projects,
        }
        for one in found.told
    ]
    return {
        **head(desk, scope, "curve", year=desk.today.year, planned=bool(found.whole), told=bool(told), projects=projects, **_partial(found)),
        "figures": _figures(desk, scope, found),
        "today": rules.x_of(desk.today),
        "lines": [{"at": line / lines[-1], "label": _round(desk, scope, line)} for line in lines] if found.most else [],
        "planned": [[month / 12, found.planned[month] / lines[-1]] for month in MONTHS] if found.whole else [],
        "told": points,
        "needed": [[points[-1]["x"], points[-1]["y"]] if points else [rules.x_of(desk.today), 0], [1, found.whole / lines[-1]]] if ahead > 0 else [],
        **_bars(desk, scope, found, months),
    }  # fmt: skip


def _round(desk: Desk, scope: Scope, yuan: int) -> str:
    """The words of a round sum: 40 亿元, not 40.00 亿元."""
    return money(desk, scope, yuan).replace(".00 ", " ")


def _partial(found: Curve) -> dict[str, bool]:
    """Whether there are months in which not all that have a figure by now had one."""
    return {"partial": any(one.projects != found.told[-1].projects for one in found.told)}


def _figures(desk: Desk, scope: Scope, found: Curve) -> list[list[str]]:
    """(what, how much): the arithmetic in a line of numbers."""
    so_far = found.so_far or 0
    said = words(
        desk, "chart.curve_figures", scope.locale, whole=found.whole, told=found.so_far is not None, so_far=so_far, due=found.due, each=found.each,
        share=share(so_far, found.whole), points=share(found.due - so_far, found.whole) if found.due >= so_far else None,
        ahead=share(so_far - found.due, found.whole), left=13 - desk.today.month,
    )  # fmt: skip
    return [list(pair) for pair in said.items()]


def _bars(desk: Desk, scope: Scope, found: Curve, months: dict[int, int]) -> dict[str, Any]:
    """Month by month: planned, told, and what this month and each that follows must bring; as shares of the highest."""
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
