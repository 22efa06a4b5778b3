"""期次: how a period is named, when it may be closed, and what a closing does to figures told later."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.holidays import work_calendar
from bot.rules.periods import Closing, Told, before, latest, may_close, month_of, read, settled, ten_days_of
from bot.rules.words import PeriodKind

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("2026-11", "2026-11"), ("11月", "2026-11"), ("12月", "2025-12"), ("2026年10月", "2026-10"), ("上月", "2026-10"), ("本旬", "2026-11-3"),
        ("上一旬", "2026-11-2"), ("11月中旬", "2026-11-2"), ("中旬", "2026-11-2"), ("2026-11-1", "2026-11-1"), ("2026年3月上旬", "2026-03-1"),
    ],
)  # fmt: skip
def test_a_period_by_its_name(words, key):
    found = read(words, TODAY)
    assert found and found.key == key and read(found.key, TODAY) == found and read(found.zh, TODAY) == found


@pytest.mark.parametrize("words", ["", "火星", "13月", "2026-11-4", "11月底"])
def test_what_is_no_period(words):
    assert read(words, TODAY) is None


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 10**10))
def test_the_three_parts_make_a_month(day, plan):
    month = month_of(day)
    parts = [ten_days_of(month.first + timedelta(days=offset)) for offset in (0, 10, 20)]
    assert parts[0].first == month.first and parts[2].until == month.until
    assert [before(parts[1]), before(parts[2])] == parts[:2] and ten_days_of(day) in parts
    assert sum(part.share_of(plan) for part in parts) == plan == month.share_of(plan)


def test_a_period_may_be_closed_from_its_last_working_day_on():
    calendar = work_calendar(((time(8, 30), time(12)), (time(13, 30), time(17, 30))), ZoneInfo("Asia/Shanghai"))
    october = month_of(date(2026, 10, 1))  # the 31st is a Saturday
    assert not may_close(october, date(2026, 10, 29), calendar) and may_close(october, date(2026, 10, 30), calendar)
    assert latest(PeriodKind.MONTH, TODAY, calendar) == october
    assert latest(PeriodKind.TEN_DAYS, TODAY, calendar).key == "2026-11-2"


# --- settled ------------------------------------------------------------------------------------------------------------


def told(day: str, money: int, said: str = "") -> Told:
    moment = datetime.fromisoformat(f"{said or day}T02:00:00+00:00")
    return Told(date.fromisoformat(day), money, moment, moment.date(), date.fromisoformat(day))


NOVEMBER = Closing(date(2026, 11, 1), date(2026, 11, 30), datetime(2026, 12, 1, 3, tzinfo=UTC), date(2026, 11, 25), 110)


def test_a_correction_after_the_closing_counts_from_the_day_it_was_said():
    found = settled(
        [told("2026-11-05", 100), told("2026-11-25", 110), told("2026-11-25", 105, "2026-12-03")], [NOVEMBER]
    )
    assert found == [(date(2026, 11, 5), 100), (date(2026, 11, 25), 110), (date(2026, 12, 3), 105)]


def test_an_older_figure_put_right_after_the_closing_moves_nothing():
    found = settled(
        [told("2026-11-05", 100), told("2026-11-05", 90, "2026-12-03"), told("2026-11-25", 110)], [NOVEMBER]
    )
    assert found == [(date(2026, 11, 5), 100), (date(2026, 11, 25), 110)]


def test_what_december_told_is_not_undone_by_a_correction_of_november():
    entries = [told("2026-11-25", 110), told("2026-11-25", 105, "2026-12-09"), told("2026-12-05", 120)]
    assert settled(entries, [NOVEMBER])[-1] == (date(2026, 12, 5), 120)


def test_a_late_figure_of_a_month_closed_without_one_counts_in_the_next():
    without = Closing(NOVEMBER.first, NOVEMBER.until, NOVEMBER.closed_at, date(2026, 10, 25), 80)
    found = settled([told("2026-10-25", 80), told("2026-11-28", 95, "2026-12-02")], [without])
    assert found == [(date(2026, 10, 25), 80), (date(2026, 12, 2), 95)]


FIRST = date(2026, 1, 1)
REPORTS = st.lists(
    st.tuples(st.integers(0, 330), st.integers(0, 60), st.integers(0, 1000)), max_size=12, unique_by=lambda one: one[0] + one[1]
)  # fmt: skip


@given(REPORTS, st.lists(st.integers(0, 20), min_size=10, max_size=10))
def test_closed_months_never_move_and_the_newest_figure_is_the_newest_told(reports, delays):
    entries = []
    for as_of, later, money in sorted(reports, key=lambda one: one[0] + one[1]):
        said = datetime(2026, 1, 1, 2, tzinfo=UTC) + timedelta(days=as_of + later)
        day = FIRST + timedelta(days=as_of)
        entries.append(Told(day, money, said, said.date(), day))

    def known(moment: datetime, closings: list[Closing]) -> list[tuple[date, int]]:
        seen = sorted((one for one in entries if one.said_at <= moment), key=lambda one: one.day)
        return settled(seen, closings)

    closings: list[Closing] = []
    for month, delay in enumerate(delays, 1):
        span = month_of(date(2026, month, 1))
        closed_at = datetime(span.until.year, span.until.month, span.until.day, 12, tzinfo=UTC) + timedelta(days=delay)
        stood = [one for one in known(closed_at, closings) if one[0] <= span.until]
        closings.append(Closing(span.first, span.until, closed_at, *(stood[-1] if stood else (None, None))))
    end = datetime(2027, 6, 1, tzinfo=UTC)
    found = known(end, closings)
    for one in closings:
        assert [money for day, money in found if day <= one.until][-1:] == ([] if one.actual is None else [one.actual])
    newest = max(entries, key=lambda one: (one.day, one.said_at), default=None)
    assert (found[-1][1] if found else None) == (newest.money if newest else None)
