"""The plan to date and what lags behind it: a year of 1.2 亿元, 1000 万元 a month."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.holidays import work_calendar
from bot.rules.plan import (
    Stretch,
    backwards,
    behind_points,
    by_month,
    course,
    in_quarter,
    needed,
    outlook,
    plan_to_date,
    quarter_end,
    share,
    spread,
)

EVEN = dict.fromkeys(range(1, 13), 10_000_000)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 1, 1), 322_580),
        (date(2026, 1, 31), 10_000_000),
        (date(2026, 2, 14), 15_000_000),
        (date(2026, 2, 28), 20_000_000),
        (date(2026, 11, 15), 105_000_000),
        (date(2026, 12, 31), 120_000_000),
        (date(2025, 12, 31), 0),
        (date(2027, 1, 1), 120_000_000),
    ],
)
def test_past_months_whole_and_this_one_by_its_days(day: date, expected: int) -> None:
    assert plan_to_date(EVEN, day, 2026) == expected


def test_months_without_a_plan_count_nothing() -> None:
    assert plan_to_date({6: 3_000_000}, date(2026, 5, 31), 2026) == 0
    assert plan_to_date({6: 3_000_000}, date(2026, 6, 10), 2026) == 1_000_000
    assert plan_to_date({6: 3_000_000}, date(2026, 8, 1), 2026) == 3_000_000
    assert plan_to_date({}, date(2026, 8, 1), 2026) == 0


def test_february_of_a_leap_year_has_29_days() -> None:
    assert plan_to_date({2: 2_900}, date(2028, 2, 28), 2028) == 2_800


@given(day=st.dates(date(2025, 12, 1), date(2027, 1, 31)), months=st.dictionaries(st.integers(1, 12), st.integers(0)))
def test_the_plan_to_date_never_falls_and_ends_at_the_whole(day: date, months: dict[int, int]) -> None:
    assert 0 <= plan_to_date(months, day, 2026) <= plan_to_date(months, day + timedelta(days=1), 2026)
    assert plan_to_date(months, date(2026, 12, 31), 2026) == sum(months.values())


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(1, 3, "33.3"), (2, 3, "66.7"), (1, 2000, "0.1"), (-1, 2, "-50.0"), (0, 5, "0.0"), (5, 4, "125.0")],
)
def test_a_share_in_percent(part: int, whole: int, expected: str) -> None:
    assert share(part, whole) == Decimal(expected)


def test_no_share_of_nothing() -> None:
    assert share(5, 0) is None
    assert behind_points(5, {}, date(2026, 6, 1), 2026) is None


@pytest.mark.parametrize(
    ("actual", "expected"), [(82_920_000, "18.4"), (105_000_000, "0.0"), (117_000_000, "-10.0"), (0, "87.5")]
)
def test_points_behind_are_of_the_whole_years_plan(actual: int, expected: str) -> None:
    assert behind_points(actual, EVEN, date(2026, 11, 15), 2026) == Decimal(expected)


# --- the year, month by month -------------------------------------------------------------------------------------------

TOLD = [(date(2026, 1, 25), 8_000_000), (date(2026, 3, 25), 30_000_000), (date(2026, 3, 31), 33_000_000)]


def test_a_month_without_a_figure_is_not_guessed() -> None:
    months = by_month(EVEN, TOLD, date(2026, 4, 10))
    assert [(one.month, one.actual, one.actual_so_far) for one in months] == [
        (1, 8_000_000, 8_000_000),
        (2, None, 8_000_000),
        (3, 25_000_000, 33_000_000),
        (4, None, 33_000_000),
    ]
    assert [one.since for one in months] == [1, 2, 2, 4]
    assert in_quarter(months, date(2026, 3, 31)) == 33_000_000
    assert (
        in_quarter(by_month(EVEN, [*TOLD[:1], (date(2026, 5, 2), 50000000)], date(2026, 5, 3)), date(2026, 5, 3))
        is None
    )
    assert [one.planned_so_far for one in months] == [10_000_000, 20_000_000, 30_000_000, 40_000_000]


def test_figures_of_other_years_and_of_days_to_come_do_not_count() -> None:
    told = [(date(2025, 12, 31), 99_000_000), (date(2026, 5, 1), 50_000_000)]
    assert [one.actual for one in by_month(EVEN, told, date(2026, 2, 1))] == [None, None]


@pytest.mark.parametrize(
    ("actual", "day", "through", "expected"),
    [
        (33_000_000, date(2026, 4, 10), 6, 9_000_000),
        (33_000_000, date(2026, 4, 10), 12, 9_666_667),
        (70_000_000, date(2026, 4, 10), 6, 0),
        (100_000_000, date(2026, 12, 10), 12, 20_000_000),
    ],
)
def test_what_is_needed_in_each_month_to_hold_quarter_and_year(actual, day, through, expected) -> None:
    assert needed(EVEN, actual, day, through) == expected


def test_quarters_end_in_their_third_month() -> None:
    assert [quarter_end(date(2026, month, 5)) for month in (1, 3, 4, 11)] == [3, 3, 6, 12]


def test_the_year_at_the_present_pace_and_when_the_total_is_invested() -> None:
    found = outlook(by_month(EVEN, TOLD, date(2026, 4, 10)), date(2026, 4, 10), 400_000_000, 100_000_000)
    assert found is not None and (found.pace, found.months, found.year_end) == (11_000_000, 3, 132_000_000)
    assert found.landing == date(2028, 4, 1)
    assert outlook(by_month(EVEN, [], date(2026, 4, 10)), date(2026, 4, 10), None, None) is None
    done = outlook(by_month(EVEN, TOLD, date(2026, 4, 10)), date(2026, 4, 10), 33_000_000, 0)
    assert done is not None and done.landing == date(2026, 4, 1)


@given(
    st.integers(0, 10**12),
    st.dictionaries(st.integers(1, 12), st.decimals(0, 10, places=2), min_size=1).filter(
        lambda one: sum(one.values()) > 0
    ),
)
def test_what_is_spread_always_adds_up(total: int, weights: dict[int, Decimal]) -> None:
    found = spread(total, weights)
    assert sum(found.values()) == total and min(found.values()) >= 0 and found.keys() == weights.keys()


@given(
    st.dictionaries(st.integers(1, 12), st.integers(0, 10**10)),
    st.integers(0, 10**11),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.integers(1, 12),
)
def test_what_is_needed_is_never_negative_and_enough(plan, actual, day, through) -> None:
    each = needed(plan, actual, day, through)
    months = max(1, through - day.month + 1)
    assert each >= 0 and actual + each * months >= sum(money for month, money in plan.items() if month <= through)


@given(st.permutations(TOLD), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_the_order_of_figures_does_not_matter(told, day) -> None:
    assert by_month(EVEN, told, day) == by_month(EVEN, TOLD, day)


def test_nothing_weighs() -> None:
    with pytest.raises(ValueError, match="weights"):
        spread(100, {1: Decimal(0)})


def test_steps_backwards_from_an_end_over_working_days() -> None:
    from datetime import time
    from zoneinfo import ZoneInfo

    calendar = work_calendar(((time(8, 30), time(12)), (time(13, 30), time(17, 30))), ZoneInfo("Asia/Shanghai"), {})
    steps = [("开工进场", 10), ("主体封顶", 3), ("交付", 5)]
    assert backwards(steps, date(2026, 10, 11), calendar) == [
        ("开工进场", date(2026, 9, 22)),
        ("主体封顶", date(2026, 9, 28)),
        ("交付", date(2026, 10, 10)),
    ]


# --- the whole arithmetic of a year ---------------------------------------------------------------------------------------


def test_the_course_of_a_year_with_what_is_carried_over() -> None:
    """By 10 April 3300 万元 of 3333; March had made up for January, 300 万元 more than planned by its end."""
    found = course(EVEN, TOLD, date(2026, 4, 10), 400_000_000, 100_000_000)
    assert (found.as_of, found.actual, found.carried) == (date(2026, 3, 31), 33_000_000, -3_000_000)
    assert found.month == Stretch(10_000_000, 3_333_333, None)
    assert found.quarter == Stretch(30_000_000, 3_333_333, 0) and found.quarter.short == 3_333_333
    assert found.year == Stretch(120_000_000, 33_333_333, 33_000_000) and found.year.short == 333_333
    assert (found.for_month, found.for_quarter, found.for_year) == (7_000_000, 9_000_000, 9_666_667)
    assert found.outlook is not None
    assert (found.outlook.first, found.outlook.last, found.outlook.left) == (1, 3, 267_000_000)


def test_what_the_months_were_short_of_is_carried_over() -> None:
    found = course(EVEN, [(date(2026, 1, 31), 7_000_000), (date(2026, 2, 10), 9_000_000)], date(2026, 2, 15))
    assert (found.carried, found.month.actual, found.month.short) == (3_000_000, 2_000_000, 3_357_142)
    assert found.for_month == 11_000_000


def test_a_year_of_which_nothing_was_told() -> None:
    found = course(EVEN, [(date(2025, 12, 31), 5)], date(2026, 2, 15))
    assert (found.as_of, found.carried, found.year.actual, found.outlook) == (None, None, None, None)
    assert course({}, [], date(2026, 2, 15)).for_year == 0


@given(
    st.dictionaries(st.integers(1, 12), st.integers(0, 10**10)),
    st.lists(st.tuples(st.dates(date(2025, 11, 1), date(2026, 12, 31)), st.integers(0, 10**11)), max_size=8),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)
def test_nothing_needed_is_negative_and_the_stretches_nest(plan, told, day) -> None:
    found = course(plan, told, day)
    assert min(found.for_month, found.for_quarter, found.for_year) >= 0
    assert found.month.planned <= found.quarter.planned <= found.year.planned == sum(plan.values())
    assert 0 <= found.month.due <= found.quarter.due <= found.year.due == plan_to_date(plan, day, 2026)
    assert found.for_month >= found.for_year or found.for_year * (13 - day.month) >= sum(plan.values()) - found.actual
