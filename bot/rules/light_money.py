"""The light that a project's investment makes (004: 以月保季、以季保年), by the measure of the rule in force."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from bot.rules.light_months import turned_red
from bot.rules.light_values import Found, LightPolicy, Standing
from bot.rules.plan import Month, behind_points, by_month, outlook, plan_to_date, share
from bot.rules.reason import Fact, Reason
from bot.rules.words import Light


def enough(standing: Standing, day: date, policy: LightPolicy) -> bool:
    """Whether the investment is on plan (达序时): at least `on_plan_ratio` of the plan to date; without a figure until the first was due."""
    if sum(standing.year_plan.values()) <= 0:
        return True
    if not told_this_year(standing, day):
        return awaited(standing, day)
    assert standing.invested_year is not None and standing.invested_as_of is not None
    planned = plan_to_date(standing.year_plan, standing.invested_as_of, day.year)
    return standing.invested_year >= policy.on_plan_ratio * planned


def told_this_year(standing: Standing, day: date) -> bool:
    as_of = standing.invested_as_of
    return standing.invested_year is not None and as_of is not None and as_of.year == day.year


def awaited(standing: Standing, day: date) -> bool:
    """Whether the year's first figure may still be missing."""
    return day <= (standing.first_due or date(day.year, 1, 31)) or plan_to_date(standing.year_plan, day, day.year) == 0


def judge(standing: Standing, day: date, policy: LightPolicy) -> Iterator[Found]:
    """What the investment makes of the light: one finding, and one of the forecast where the rule looks ahead.

    Money is judged as of the day its figure was given for. Without any figure of this year the project is taken at its word until
    `first_due`; after that it is yellow, never red: what is not known is not a lag.
    """
    whole = sum(standing.year_plan.values())
    if whole <= 0:
        yield Light.GREEN, Reason("no_plan")
    elif whole < policy.floor:
        yield Light.GREEN, Reason("small_plan", {"planned": whole, "floor": policy.floor})
    elif not told_this_year(standing, day):
        yield _without_figure(standing, day)
    else:
        if policy.money:
            yield _by_month(standing, policy) if policy.measure == "month" else _to_date(standing, day, policy)
        if policy.forecast:
            yield from _forecast(standing, day)


def _without_figure(standing: Standing, day: date) -> Found:
    first_due = standing.first_due or date(day.year, 1, 31)
    if awaited(standing, day):
        return Light.GREEN, Reason("figure_awaited", {"first_due": first_due})
    planned = plan_to_date(standing.year_plan, day, day.year)
    return Light.YELLOW, Reason("no_figure", {"planned": planned, "first_due": first_due})


def _to_date(standing: Standing, day: date, policy: LightPolicy) -> Found:
    """Against the plan to the figure's own day: as a share of it, or in points of the year's plan."""
    actual, as_of = standing.invested_year, standing.invested_as_of
    assert actual is not None and as_of is not None
    planned, whole = plan_to_date(standing.year_plan, as_of, as_of.year), sum(standing.year_plan.values())
    facts: dict[str, Fact] = {
        "points": behind_points(actual, standing.year_plan, as_of, as_of.year), "actual": actual, "planned": planned,
        "percent": share(actual, planned), "as_of": as_of,
    }  # fmt: skip
    if policy.measure == "points":
        behind = Decimal(planned - actual) * 100 / whole
        red = policy.red is not None and behind > policy.red
        yellow = policy.yellow is not None and behind >= policy.yellow
    else:
        red, yellow = (limit is not None and actual < limit * planned for limit in (policy.red, policy.yellow))
    if red or yellow:
        return (Light.RED if red else Light.YELLOW), Reason("behind_plan", facts)
    return Light.GREEN, Reason("on_plan" if enough(standing, day, policy) else "behind_plan", facts)


def _by_month(standing: Standing, policy: LightPolicy) -> Found:
    """Against the plan of the month of the newest figure alone (with the months before it that were not told), this one pro rata."""
    actual, as_of = standing.invested_year, standing.invested_as_of
    assert actual is not None and as_of is not None
    month = by_month(standing.year_plan, [*standing.told, (as_of, actual)], as_of)[-1]
    due = {at: money for at, money in standing.year_plan.items() if at >= month.since}
    planned, done = plan_to_date(due, as_of, as_of.year), month.actual or 0
    facts: dict[str, Fact] = {
        "month": month.month, "since": month.since, "actual": done, "planned": planned, "percent": share(done, planned), "as_of": as_of,
    }  # fmt: skip
    for light, code, limit in (
        (Light.RED, "month_short", policy.red),
        (Light.YELLOW, "month_short", policy.yellow),
        (Light.GREEN, "month_watch", policy.watch),
    ):
        if limit is not None and done < limit * planned:
            return light, Reason(code, facts)
    if policy.caught_up and (
        _fell_short(standing, due, month, as_of) or turned_red(standing.changes, as_of.year, as_of.month)
    ):
        return Light.YELLOW, Reason("month_caught_up", facts)
    return Light.GREEN, Reason("month_met", facts)


def _fell_short(standing: Standing, due: Mapping[int, int], month: Month, as_of: date) -> bool:
    """Whether an earlier figure of the same month was below the plan to its day."""
    before = month.actual_so_far - (month.actual or 0) if month.actual_so_far is not None else 0
    return any(
        money - before < plan_to_date(due, day, day.year)
        for day, money in standing.told
        if day < as_of and (day.year, day.month) == (as_of.year, as_of.month)
    )


def _forecast(standing: Standing, day: date) -> Iterator[Found]:
    """Expected to be late: at the pace of the last months the year will not reach its plan."""
    actual, as_of = standing.invested_year, standing.invested_as_of
    assert actual is not None and as_of is not None
    told = [*standing.told, (as_of, actual)]
    found = outlook(by_month(standing.year_plan, told, day), day, None, None)
    whole = sum(standing.year_plan.values())
    if found is not None and found.year_end < whole:
        facts: dict[str, Fact] = {"year_end": found.year_end, "plan": whole, "pace": found.pace, "months": found.months}
        yield Light.YELLOW, Reason("expected_late", facts)
