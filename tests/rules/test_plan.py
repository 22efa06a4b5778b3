"""The plan to date and what lags behind it: a year of 1.2 亿元, 1000 万元 a month."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.plan import behind_points, plan_to_date, share

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
