"""Working days and hours of 2026, by the State Council's calendar, and of years that nobody knows yet."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.holidays import parse_notice, work_calendar
from bot.rules.calendar import WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
CALENDAR = work_calendar(HOURS, SHANGHAI)


def days(*texts: str) -> list[date]:
    return [date.fromisoformat(text) for text in texts]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_agrees_with_the_library_on_every_day_it_knows() -> None:
    first, last = date(2004, 1, 1), date(2026, 12, 31)
    every = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    assert [day for day in every if CALENDAR.is_workday(day) != chinese_calendar.is_workday(day)] == []
    assert not any(CALENDAR.estimated(day) for day in every)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-02-14", True),
        ("2026-02-15", False),
        ("2026-02-23", False),
        ("2026-02-28", True),
        ("2026-09-20", True),
        ("2026-09-25", False),
        ("2026-10-01", False),
        ("2026-10-07", False),
        ("2026-10-10", True),
        ("2026-10-11", False),
    ],
)
def test_holidays_and_worked_weekends_of_2026(day: str, worked: bool) -> None:
    assert CALENDAR.is_workday(date.fromisoformat(day)) is worked


def test_a_year_without_data_is_weekdays_but_for_the_fixed_holidays_and_says_so() -> None:
    assert CALENDAR.next_workday(date(2026, 12, 31)) == date(2027, 1, 4)
    assert CALENDAR.add_workdays(date(2026, 12, 30), 4) == date(2027, 1, 6)
    assert not CALENDAR.is_workday(date(2027, 10, 1)) and CALENDAR.is_workday(date(2027, 10, 4))
    assert CALENDAR.estimated(date(2027, 1, 1)) and not CALENDAR.estimated(date(2026, 12, 31))
    assert CALENDAR.is_workday(date(1999, 10, 1)) and CALENDAR.estimated(date(1999, 10, 1))


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-09-30", 4, "2026-10-12"),
        ("2026-10-03", 0, "2026-10-08"),
        ("2026-10-08", 0, "2026-10-08"),
        ("2026-10-03", -1, "2026-09-30"),
        ("2026-10-12", -4, "2026-09-30"),
        ("2026-02-13", 2, "2026-02-24"),
        ("2027-01-01", -1, "2026-12-31"),
    ],
)
def test_so_many_working_days_on(day: str, n: int, expected: str) -> None:
    assert CALENDAR.add_workdays(date.fromisoformat(day), n) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("2026-09-30", "2026-10-12", 4),
        ("2026-10-12", "2026-09-30", -4),
        ("2026-10-01", "2026-10-07", 0),
        ("2026-10-08", "2026-10-08", 0),
        ("2026-02-13", "2026-02-28", 6),
        ("2025-12-31", "2026-12-31", 248),
    ],
)
def test_working_days_between(a: str, b: str, expected: int) -> None:
    assert CALENDAR.workdays_between(date.fromisoformat(a), date.fromisoformat(b)) == expected


def test_the_working_day_beside_a_day_off() -> None:
    before, holiday, after = days("2026-09-30", "2026-10-04", "2026-10-08")
    assert CALENDAR.workday_on_or_before(holiday) == before == CALENDAR.workday_on_or_before(before)
    assert CALENDAR.workday_on_or_after(holiday) == after == CALENDAR.workday_on_or_after(after)
    assert CALENDAR.next_workday(before) == after


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-23T09:00", 60, "2026-11-23T10:00"),
        ("2026-11-23T11:30", 30, "2026-11-23T12:00"),
        ("2026-11-23T11:30", 31, "2026-11-23T13:31"),
        ("2026-11-23T12:40", 1, "2026-11-23T13:31"),
        ("2026-11-23T17:00", 30, "2026-11-23T17:30"),
        ("2026-11-23T17:00", 31, "2026-11-24T08:31"),
        ("2026-11-23T20:00", 450, "2026-11-24T17:30"),
        ("2026-11-23T08:30", 450, "2026-11-23T17:30"),
        ("2026-11-27T17:30", 1, "2026-11-30T08:31"),
        ("2026-09-30T16:30", 120, "2026-10-08T09:30"),
        ("2026-10-09T16:30", 120, "2026-10-10T09:30"),
        ("2026-10-03T10:00", 1350, "2026-10-10T17:30"),
        ("2026-11-28T10:00", 0, "2026-11-28T10:00"),
    ],
)
def test_walking_through_working_hours(start: str, minutes: int, end: str) -> None:
    assert CALENDAR.add_minutes(local(start), minutes) == local(end)
    assert CALENDAR.working_minutes(local(start), local(end)) == minutes


def test_points_in_time_of_any_zone_and_none_without_one() -> None:
    start = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    end = CALENDAR.add_minutes(start, 60)
    assert end == local("2026-11-23T10:00") and end.tzinfo is UTC
    assert CALENDAR.day(datetime(2026, 11, 23, 17, 0, tzinfo=UTC)) == date(2026, 11, 24)
    assert CALENDAR.at(date(2026, 11, 23), time(9)) == start
    with pytest.raises(ValueError, match="zone"):
        CALENDAR.local(datetime(2026, 11, 23, 9))
    with pytest.raises(ValueError, match="backwards"):
        CALENDAR.add_minutes(start, -1)


def test_parts_of_working_days() -> None:
    start = local("2026-11-23T08:30")
    assert CALENDAR.minutes_per_day == 450
    assert CALENDAR.add_working_days(start, Decimal("0.5")) == local("2026-11-23T13:45")
    assert CALENDAR.add_working_days(start, 5) == local("2026-11-27T17:30")


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-11-23T07:00", "2026-11-23T08:30"),
        ("2026-11-23T08:30", "2026-11-23T08:30"),
        ("2026-11-23T11:59", "2026-11-23T11:59"),
        ("2026-11-23T12:00", "2026-11-23T13:30"),
        ("2026-11-23T17:30", "2026-11-24T08:30"),
        ("2026-09-30T18:00", "2026-10-08T08:30"),
        ("2026-10-10T09:00", "2026-10-10T09:00"),
    ],
)
def test_when_working_hours_begin_next(at: str, opening: str) -> None:
    assert CALENDAR.next_opening(local(at)) == local(opening)
    assert CALENDAR.in_hours(local(at)) is (at == opening)


def test_hours_that_cannot_be_are_refused() -> None:
    for hours in [(), ((time(12), time(8)),), ((time(8), time(12)), (time(11), time(17)))]:
        with pytest.raises(ValueError, match="working hours"):
            WorkCalendar({}, hours, SHANGHAI)


MOMENTS = st.datetimes(datetime(2025, 6, 1), datetime(2027, 6, 1), timezones=st.sampled_from([SHANGHAI, UTC]))


@given(start=MOMENTS, minutes=st.integers(1, 100_000))
def test_adding_and_measuring_working_time_are_inverse(start: datetime, minutes: int) -> None:
    end = CALENDAR.add_minutes(start, minutes)
    assert CALENDAR.working_minutes(start, end) == minutes
    assert CALENDAR.working_minutes(end, start) == -minutes
    assert CALENDAR.is_workday(CALENDAR.day(end))
    assert CALENDAR.working_minutes(start, end - timedelta(microseconds=1)) == minutes - 1


@given(start=MOMENTS, first=st.integers(0, 5_000), second=st.integers(0, 5_000))
def test_a_walk_in_two_legs_ends_where_one_does(start: datetime, first: int, second: int) -> None:
    assert CALENDAR.add_minutes(CALENDAR.add_minutes(start, first), second) == CALENDAR.add_minutes(
        start, first + second
    )


@given(day=st.dates(date(2025, 1, 1), date(2027, 12, 31)), n=st.integers(-400, 400).filter(bool))
def test_adding_and_counting_working_days_are_inverse(day: date, n: int) -> None:
    reached = CALENDAR.add_workdays(day, n)
    assert CALENDAR.is_workday(reached)
    into_a_day_off = n < 0 and not CALENDAR.is_workday(day)
    assert CALENDAR.workdays_between(day, reached) == n + into_a_day_off


def test_overrides_win_and_can_be_lifted() -> None:
    calendar = work_calendar(
        HOURS, SHANGHAI, {date(2026, 11, 25): False, date(2026, 11, 28): True, date(2026, 10, 7): True}
    )
    assert [calendar.is_workday(day) for day in days("2026-11-25", "2026-11-28", "2026-10-07", "2026-10-06")] == [
        False,
        True,
        True,
        False,
    ]
    assert not calendar.estimated(date(2026, 11, 25))
    assert CALENDAR.is_workday(date(2026, 11, 25))


def test_a_single_day_does_not_make_an_unknown_year_known() -> None:
    calendar = work_calendar(HOURS, SHANGHAI, {date(2027, 3, 3): False})
    assert not calendar.is_workday(date(2027, 3, 3))
    assert calendar.estimated(date(2027, 3, 4))


NOTICE_2026 = """国务院办公厅关于2026年部分节假日安排的通知
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、
2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。
国务院办公厅
2025年11月4日"""


def test_a_pasted_notice_gives_the_very_year_that_the_library_has() -> None:
    overrides = parse_notice(NOTICE_2026, 2026)
    library = chinese_calendar
    assert {day for day, worked in overrides.items() if not worked} == {
        day for day in library.holidays if day.year == 2026
    }
    assert {day for day, worked in overrides.items() if worked} == {day for day in library.workdays if day.year == 2026}


@pytest.mark.parametrize(
    ("year", "sentence", "off", "worked"),
    [
        (2024, "一、元旦：1月1日放假，与周末连休。", ["2024-01-01"], []),
        (
            2023,
            "一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。",
            ["2022-12-31", "2023-01-01", "2023-01-02"],
            [],
        ),
        (2027, "元旦：12月31日至1月2日放假", ["2026-12-31", "2027-01-01", "2027-01-02"], []),
        (2015, "三、清明节：4月5日放假，4月6日（星期一）补休。", ["2015-04-05", "2015-04-06"], []),
        (
            2024,
            "鼓励各单位安排职工在除夕（2月9日）休息。2月10日放假。2月4日(星期日)上班",
            ["2024-02-10"],
            ["2024-02-04"],
        ),
        (2025, "１ 月 １ 日（周三）放假1天，不调休。", ["2025-01-01"], []),
    ],
)
def test_older_wordings_of_notices(year: int, sentence: str, off: list[str], worked: list[str]) -> None:
    expected = dict.fromkeys(days(*off), False) | dict.fromkeys(days(*worked), True)
    assert parse_notice(sentence, year) == expected


@pytest.mark.parametrize(
    ("text", "year", "complaint"),
    [
        ("今天天气很好", 2027, "no holidays found"),
        (NOTICE_2026, 2027, "notice of 2027"),
        ("2月30日放假", 2027, "no 2月30日"),
        ("5月5日至1日放假", 2027, "ends before"),
    ],
)
def test_a_text_that_is_no_notice_of_that_year_is_refused(text: str, year: int, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_notice(text, year)


def test_a_notice_brings_in_a_year_the_library_lacks() -> None:
    notice = "一、元旦：1月1日（周五）至3日（周日）放假，共3天。七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。"
    calendar = work_calendar(HOURS, SHANGHAI, parse_notice(notice, 2027))
    assert calendar.next_workday(date(2026, 12, 31)) == date(2027, 1, 4)
    assert calendar.next_workday(date(2027, 9, 30)) == date(2027, 10, 8)
    assert calendar.is_workday(date(2027, 9, 26)) and not calendar.estimated(date(2027, 6, 1))
