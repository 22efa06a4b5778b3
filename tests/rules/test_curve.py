"""The curve of a year's investment: sums that add up, months that can be told apart, a scale that fits."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.curve import LINES, Told, cumulated, curve, in_month, scale, x_of

DAY = date(2026, 11, 15)
MONEY = st.integers(0, 10**12)


def test_planned_told_and_needed():
    found = curve(dict.fromkeys(range(1, 13), 100), [Told(9, 700, 2), Told(10, 800, 2)], DAY)
    assert (found.planned[3], found.whole, found.so_far) == (300, 1200, 800)
    assert found.due == 1050
    assert found.each == 200  # 400 are left, for November and December


def test_a_year_without_a_plan_needs_nothing():
    found = curve({}, [Told(10, 800, 1)], DAY)
    assert (found.whole, found.each, found.most) == (0, 0, 800)


def test_nothing_told_needs_the_whole_plan():
    assert curve({11: 100, 12: 100}, [], DAY).each == 100
    assert curve({11: 100, 12: 100}, [], DAY).so_far is None


@pytest.mark.parametrize(
    ("told", "months"),
    [
        ([], {}),
        ([Told(1, 100, 1), Told(2, 250, 1)], {1: 100, 2: 150}),
        ([Told(1, 100, 1), Told(3, 250, 1)], {1: 100, 3: None}),
        ([Told(10, 800, 3)], {10: None}),
        ([Told(1, 100, 1), Told(2, 250, 2)], {1: 100, 2: None}),
    ],
)
def test_a_month_is_told_apart_only_where_the_month_before_is_known(told, months):
    assert in_month(told) == months


@given(st.lists(st.tuples(st.integers(1, 12), MONEY, st.integers(0, 5)), unique_by=lambda one: one[0]))
def test_sums_do_not_depend_on_the_order_of_entries(changes):
    assert cumulated(changes) == cumulated(changes[::-1])
    assert (cumulated(changes)[-1].money if changes else 0) == sum(money for _, money, _ in changes)


@given(MONEY)
def test_a_scale_reaches_what_it_measures_with_few_lines(most):
    lines = scale(most)
    assert lines[0] == 0 and lines[-1] >= most and len(lines) <= LINES + 1
    assert len({after - before for before, after in pairwise(lines)}) == 1
    assert most == 0 or lines[-2] < most


@pytest.mark.parametrize(
    ("day", "x"), [(date(2026, 1, 31), 0.0833), (date(2026, 6, 30), 0.5), (date(2026, 12, 31), 1.0)]
)
def test_a_day_in_its_year(day, x):
    assert x_of(day) == x
