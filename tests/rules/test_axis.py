"""The axis of time: every day has its place, ticks can be read, what lies outside is shown at the edge."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.axis import AHEAD, BACK, MOST, Axis, around, year

TODAY = date(2026, 11, 24)
DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))


@given(st.lists(DAYS, max_size=6), st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_an_axis_has_whole_months_holds_today_and_can_be_read(days, today):
    axis = around(days, today)
    assert axis.first.day == 1 and (axis.last + timedelta(days=1)).day == 1
    assert axis.holds(today)
    assert axis.first.year >= today.year - BACK and axis.last.year <= today.year + AHEAD
    assert 1 <= len(axis.ticks) <= MOST or axis.ticks == ()
    assert [tick.at for tick in axis.ticks] == sorted({tick.at for tick in axis.ticks})


@given(DAYS, DAYS, st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_a_later_day_never_stands_before_an_earlier_one(one, other, today):
    axis = around([one, other], today)
    early, late = sorted([one, other])
    assert 0 <= axis.at(early) <= axis.at(late) <= 1


@pytest.mark.parametrize(
    ("start", "end", "seen"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), {"from": 0.0, "to": 1.0, "before": False, "after": False}),
        (date(2024, 3, 1), date(2027, 6, 30), {"from": 0.0, "to": 1.0, "before": True, "after": True}),
        (date(2026, 7, 1), date(2027, 6, 30), {"from": 0.4973, "to": 1.0, "before": False, "after": True}),
        (date(2025, 1, 1), date(2025, 12, 31), None),
        (date(2026, 7, 1), date(2026, 6, 30), None),
    ],
)
def test_a_bar_says_where_it_goes_on_beyond_the_edge(start, end, seen):
    assert year(TODAY).span(start, end) == seen


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        (date(2025, 2, 1), date(2027, 3, 31), [4, 7, 10, 1, 4, 7, 10, 1]),
        (date(2024, 1, 1), date(2029, 12, 31), [1, 7, 1, 7, 1, 7, 1, 7, 1, 7, 1, 7]),
        (date(2019, 5, 1), date(2031, 3, 31), [0] * 12),
    ],
)
def test_the_longer_an_axis_the_fewer_its_ticks(first, last, months):
    assert [tick.month for tick in Axis(first, last).ticks] == months
