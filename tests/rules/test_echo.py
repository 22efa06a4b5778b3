"""Times of a matter and 回音率 by examples, and where a working week begins. A working day is 7.5 hours, 450 minutes."""

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.holidays import work_calendar
from bot.rules import weeks
from bot.rules.calendar import WorkCalendar, Year
from bot.rules.echo import Case, Figures, Moment, Span, Times, days, echoed, figures, gaps, grouped, times
from bot.rules.words import Category, Rung

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
CALENDAR = work_calendar(HOURS, SHANGHAI)
DAY = 450


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def history(text: str) -> list[Moment]:
    """ "raised 11-23 08:30, signed 11-23 10:30": a Monday."""
    parts = [one.strip().split(" ", 1) for one in text.split(",")]
    return [Moment(what, at(moment)) for what, moment in parts]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("raised 11-23 08:30", Times(None, None, None, 0, 0)),
        ("raised 11-23 08:30, signed 11-23 10:30", Times(120, None, None, 0, 0)),
        # raised on a Saturday, signed on Monday: the weekend is nobody's time
        ("raised 11-21 10:00, signed 11-23 08:40", Times(10, None, None, 0, 0)),
        # shared out is not signed for; a first answer signs too
        ("raised 11-23 08:30, assigned 11-23 09:00, promised 11-24 08:30", Times(DAY, DAY, None, 0, 0)),
        # an answer at once is first answer and result; the raiser's days until 已解决 are nobody's
        (
            "raised 11-23 08:30, answered 11-23 17:30, solved 11-30 09:00",
            Times(DAY, DAY, DAY, 0, 0),
        ),
        # not solved, sent back: until the answer that held, the days in between with it
        (
            "raised 11-23 08:30, answered 11-23 17:30, disputed 11-24 09:00, sent_back 11-24 10:00, answered 11-25 17:30, closed 11-27 09:00",
            Times(DAY, DAY, 3 * DAY, 0, 0),
        ),
        # ten days with the level above are taken out, and so is a suspension
        (
            "raised 11-23 08:30, referred 11-23 17:30, resumed 12-07 08:30, promised 12-07 17:30, suspended 12-08 08:30,"
            "resumed 12-14 08:30, answered 12-14 17:30, solved 12-15 09:00",
            Times(DAY, 2 * DAY, 3 * DAY, 0, 0),
        ),
        # it climbed twice and was extended once; a proposal to climb counts for nothing
        (
            "raised 11-23 08:30, climbed 11-26 08:30, signed 11-26 08:30, promised 11-26 17:30, extended 11-27 09:00,"
            "proposed 12-03 09:00, climbed 12-03 14:00",
            Times(3 * DAY, 4 * DAY, None, 2, 1),
        ),
        # closed, back after thirty days, open again: its first answer stands, it is not solved
        (
            "raised 11-23 08:30, answered 11-23 17:30, solved 11-24 09:00, reopened 12-24 09:00",
            Times(DAY, DAY, None, 0, 0),
        ),
        # and solved anew: the days between closing and coming back are taken out
        (
            "raised 11-23 08:30, answered 11-23 17:30, solved 11-24 08:30, reopened 12-24 08:30, answered 12-24 17:30, solved 12-25 09:00",
            Times(DAY, DAY, 2 * DAY, 0, 0),
        ),
        # a part that went with the whole was never answered
        ("raised 11-23 08:30, closed_with 11-24 17:30", Times(None, None, 2 * DAY, 0, 0)),
    ],
)
def test_times(told: str, expected: Times) -> None:
    assert times(history(told), CALENDAR) == expected


def test_a_gap_that_has_not_ended_stays_open() -> None:
    found = gaps(
        history("raised 11-23 08:30, referred 11-24 09:00, paused_look 12-08 08:30, still_waiting 12-08 09:00")
    )
    assert found == ((at("11-24 09:00"), None),)


# --- 回音率 -------------------------------------------------------------------------------------------------------------


def case(
    raised: str, first: str = "", closed: str = "", *, limit: int = 3 * DAY, solved: str = "", **values: object
) -> Case:
    moments = {
        name: at(text) if text else None for name, text in (("first", first), ("closed", closed), ("solved", solved))
    }
    base = {"unit": 1, "category": Category.LAND, "rung": Rung.SECTION, "part": False, "ordered": None}
    return Case(**{**base, **values, "raised": at(raised), "limit": limit, **moments})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "now", "expected"),
    [
        (case("11-23 08:30"), "11-25 17:30", None),
        (case("11-23 08:30"), "11-26 08:31", False),
        (case("11-23 08:30", first="11-24 09:00"), "11-24 10:00", None),
        (case("11-23 08:30", first="11-24 09:00"), "11-26 10:00", True),
        (case("11-23 08:30", first="11-25 17:30"), "11-26 10:00", True),
        (case("11-23 08:30", first="11-26 09:00"), "11-26 10:00", False),
        # a paper with the level above stops the clock of the first limit
        (case("11-23 08:30", gaps=((at("11-24 08:30"), None),)), "12-24 10:00", None),
        (
            case("11-23 08:30", first="12-08 09:00", gaps=((at("11-24 08:30"), at("12-08 08:30")),)),
            "12-24 10:00",
            True,
        ),
        # closed at once, or with the level above once it was answered: the first limit passes all the same
        (case("11-23 08:30", first="11-23 09:00", gaps=((at("11-23 10:00"), None),)), "11-30 10:00", True),
        # the ordered day comes before the end of the limit
        (case("11-23 08:30", first="11-25 09:00", ordered=at("11-24 17:30")), "11-25 10:00", False),
        (case("11-23 08:30", first="11-24 09:00", ordered=at("11-24 17:30")), "11-25 10:00", True),
        # urgent: a third of the limit
        (case("11-23 08:30", first="11-24 09:00", limit=DAY), "11-25 10:00", False),
    ],
)
def test_an_answer_within_the_first_limit(one: Case, now: str, expected: bool | None) -> None:
    assert echoed(one, at(now), CALENDAR) is expected


NOVEMBER = Span(at("11-01 00:00"), at("12-01 00:00"), at("12-07 09:00"))


def test_the_figures_of_a_month() -> None:
    cases = [
        case("11-23 08:30", first="11-23 10:00", solved="11-25 17:30", closed="11-26 09:00"),
        case("11-23 08:30", first="11-27 10:00", solved="11-27 17:30", closed="12-01 09:00"),
        case("11-30 16:00"),
        case("10-08 09:00", solved="11-02 08:30", closed="11-02 09:00"),
        case("09-01 09:00"),
        case("12-02 09:00", first="12-02 10:00"),
    ]
    found = figures(cases, NOVEMBER, CALENDAR)
    assert found == Figures(raised=3, solved=2, open=3, ages=(1, 1, 0, 1), days=Decimal("10.5"), due=3, echoed=1)
    assert found.rate is not None and round(found.rate) == 33


def test_nothing_yet_is_no_rate_and_no_median() -> None:
    found = figures([], NOVEMBER, CALENDAR)
    assert (found.rate, found.days, found.open) == (None, None, 0)


def test_groups_are_told_apart_and_empty_ones_left_out() -> None:
    cases = [
        case("11-23 08:30", unit=1),
        case("11-23 08:30", unit=2, part=True),
        case("10-23 08:30", unit=3, closed="10-28 09:00"),
    ]
    found = grouped(cases, lambda one: one.unit, NOVEMBER, CALENDAR)
    assert {unit: one.raised for unit, one in found.items()} == {1: 1, 2: 1}


def test_minutes_as_days() -> None:
    assert (days(675, CALENDAR), days(30, CALENDAR)) == (Decimal("1.5"), Decimal("0.1"))


# --- weeks --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "begun"),
    [
        ("2026-11-23", True),  # a Monday
        ("2026-11-24", False),
        ("2026-11-21", False),  # a Saturday off
        ("2026-10-08", True),  # National Day is over on a Thursday
        ("2026-10-09", False),
        ("2026-10-10", False),  # 调休: a worked Saturday
        ("2026-10-12", True),
        ("2026-09-20", False),  # 调休: a worked Sunday
        ("2026-09-21", True),
        ("2024-02-18", True),  # a worked Sunday after a week off begins the week,
        ("2024-02-19", False),  # and the Monday after it does not
        ("2024-02-26", True),
    ],
)
def test_where_a_working_week_begins(day: str, begun: bool) -> None:
    assert weeks.begins(date.fromisoformat(day), CALENDAR) is begun


@pytest.mark.parametrize(
    ("day", "last"), [("2026-11-25", "2026-11-23"), ("2026-10-05", "2026-09-28"), ("2024-02-19", "2024-02-18")]
)
def test_the_last_beginning_of_a_week(day: str, last: str) -> None:
    assert weeks.latest(date.fromisoformat(day), CALENDAR) == date.fromisoformat(last)


def test_a_worked_saturday_alone_in_its_week_begins_it() -> None:
    off = frozenset(date(2026, 11, number) for number in range(16, 21))
    calendar = WorkCalendar({2026: Year(off, frozenset({date(2026, 11, 21)}))}, HOURS, SHANGHAI)
    assert [weeks.begins(date(2026, 11, number), calendar) for number in (16, 20, 21, 23, 24)] == [
        False,
        False,
        True,
        False,
        False,
    ]
