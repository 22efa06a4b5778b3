"""The curve of a year's investment: sums that add up, months that can be told apart, a scale that fits."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.curve import LINES, Told, cumulated, curve, in_month, scale, x_of

DAY = date(2026, 11, 15)
MONEY = st.integers(0, 10**12)


EVEN = dict.fromkeys(range(1, 13), 100)


def on(month: int, day: int) -> date:
    return date(2026, month, day)


def test_planned_told_needed_and_expected():
    found = curve({1: EVEN}, {1: [(on(9, 30), 700), (on(10, 31), 800)]}, DAY)
    assert (found.planned[3], found.whole, found.so_far) == (300, 1200, 800)
    assert found.due == 1000  # by the end of October, the day of the figure, not by today
    assert found.each == 200  # 400 are left, for November and December
    assert found.forecast == 960  # 80 a month from January to October, and so on


def test_who_told_nothing_is_neither_behind_nor_expected_but_needed():
    found = curve({1: EVEN, 2: EVEN}, {1: [(on(10, 31), 1000)], 2: [(date(2025, 12, 31), 900)]}, DAY)
    assert (found.due, found.of, found.whole, found.so_far) == (1000, 1200, 2400, 1000)
    assert (found.forecast, found.each) == (1200, 700)


def test_each_is_judged_on_the_day_of_its_own_figure():
    found = curve({1: EVEN, 2: EVEN}, {1: [(on(6, 30), 600)], 2: [(on(10, 31), 1000)]}, DAY)
    assert (found.due, found.so_far) == (1600, 1600)


def test_a_year_without_a_plan_needs_nothing():
    found = curve({}, {1: [(on(10, 31), 800)]}, DAY)
    assert (found.whole, found.each, found.forecast, found.most) == (0, 0, 960, 960)


def test_nothing_told_needs_the_whole_plan():
    found = curve({1: {11: 100, 12: 100}}, {}, DAY)
    assert (found.each, found.so_far, found.due, found.forecast) == (100, None, 0, None)


FIGURES = st.dictionaries(
    st.integers(1, 4),
    st.lists(st.tuples(st.dates(on(1, 1), on(12, 31)), MONEY), max_size=5, unique_by=lambda one: one[0]),
)


@given(FIGURES, st.randoms(use_true_random=False))
def test_a_curve_does_not_depend_on_the_order_of_entries_and_expects_no_less_than_was_told(figures, chance):
    plans = dict.fromkeys(figures, EVEN)
    shuffled = {
        key: chance.sample(figures[key], len(figures[key])) for key in chance.sample(list(figures), len(figures))
    }
    found = curve(plans, figures, DAY)
    assert found == curve(plans, shuffled, DAY)
    assert found.each >= 0 and (found.forecast is None or found.forecast >= (found.so_far or 0))


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
