"""When reports are due, who is reminded and whose silence is told: real dates of 2026, and rules that hold on every day."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.holidays import work_calendar
from bot.rules.cadence import (
    NEVER,
    MilestoneWatch,
    Nudge,
    Period,
    ReportPolicy,
    Watch,
    cadence_of,
    credit,
    following,
    missed,
    missed_on,
    missed_since,
    next_look,
    nudges_on,
    nudges_since,
    outstanding,
    period_at,
    previous,
    reported,
)
from bot.rules.words import Cadence, Level, Light

CALENDAR = work_calendar(((time(8, 30), time(12)), (time(13, 30), time(17, 30))), ZoneInfo("Asia/Shanghai"))
POLICY = ReportPolicy()
DAY = timedelta(days=1)
LONG_AGO = date(2026, 1, 1)


def day(text: str) -> date:
    """ "11-25" of 2026, or a whole date."""
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def period(text: str, cadence: Cadence) -> Period:
    return period_at(day(text), cadence, POLICY, CALENDAR)


def watch(**changes: object) -> Watch:
    """A district project that reports monthly, behind its plan, last heard of in October."""
    plain = Watch(17, Level.DISTRICT, Light.GREEN, False, False, day("10-22"), LONG_AGO)
    return plain._replace(**changes)  # type: ignore[arg-type]


def keys(nudges: list[Nudge]) -> list[str]:
    return [nudge.key for nudge in nudges]


def heard(watched: Watch, first: str, last: str) -> dict[str, list[str]]:
    """What each day from `first` to `last` brings, days without anything left out."""
    every = [day(first) + number * DAY for number in range((day(last) - day(first)).days + 1)]
    found = {f"{on:%m-%d}": keys(nudges_on(watched, on, POLICY, CALENDAR)) for on in every}
    return {on: nudges for on, nudges in found.items() if nudges}


@pytest.mark.parametrize(
    ("level", "light", "expected"),
    [
        (Level.DISTRICT, Light.GREEN, Cadence.MONTHLY),
        (Level.DISTRICT, Light.YELLOW, Cadence.TEN_DAYS),
        (Level.CITY, Light.GREEN, Cadence.TEN_DAYS),
        (Level.PROVINCE, Light.GREEN, Cadence.TEN_DAYS),
        (Level.PROVINCE, Light.RED, Cadence.WEEKLY),
        (Level.DISTRICT, Light.RED, Cadence.WEEKLY),
    ],
)
def test_how_often_a_project_reports(level: Level, light: Light, expected: Cadence) -> None:
    assert cadence_of(level, light, POLICY) is expected


@pytest.mark.parametrize(
    ("on", "cadence", "key", "start", "end", "due"),
    [
        ("11-03", Cadence.MONTHLY, "2026-11", "11-01", "11-30", "11-25"),
        # The 25th on a Saturday (April, July), in a holiday (September: moved over 中秋).
        ("04-10", Cadence.MONTHLY, "2026-04", "04-01", "04-30", "04-27"),
        ("07-25", Cadence.MONTHLY, "2026-07", "07-01", "07-31", "07-27"),
        ("09-30", Cadence.MONTHLY, "2026-09", "09-01", "09-30", "09-28"),
        ("11-10", Cadence.TEN_DAYS, "2026-11-1", "11-01", "11-10", "11-10"),
        ("11-11", Cadence.TEN_DAYS, "2026-11-2", "11-11", "11-20", "11-20"),
        ("02-28", Cadence.TEN_DAYS, "2026-02-3", "02-21", "02-28", "02-28"),
        # A 旬 that ends on a day off is due in the next month, or the next 旬; 10 October is a Saturday that is worked.
        ("05-31", Cadence.TEN_DAYS, "2026-05-3", "05-21", "05-31", "06-01"),
        ("10-31", Cadence.TEN_DAYS, "2026-10-3", "10-21", "10-31", "11-02"),
        ("02-20", Cadence.TEN_DAYS, "2026-02-2", "02-11", "02-20", "02-24"),
        ("10-05", Cadence.TEN_DAYS, "2026-10-1", "10-01", "10-10", "10-10"),
        ("11-22", Cadence.WEEKLY, "2026-W47", "11-16", "11-22", "11-20"),
        ("09-28", Cadence.WEEKLY, "2026-W40", "09-28", "10-04", "10-08"),
        # The last week of the year, and the last month, end in or are followed by a year nobody knows yet.
        ("2027-01-02", Cadence.WEEKLY, "2026-W53", "12-28", "2027-01-03", "2027-01-04"),
        ("2027-01-01", Cadence.MONTHLY, "2027-01", "2027-01-01", "2027-01-31", "2027-01-25"),
    ],
)
def test_periods_and_their_due_days(on: str, cadence: Cadence, key: str, start: str, end: str, due: str) -> None:
    found = period(on, cadence)
    assert found == Period(cadence, day(start), day(end), day(due))
    assert found.key == key


def test_a_due_day_beyond_the_months_end_is_its_last() -> None:
    assert period_at(day("02-03"), Cadence.MONTHLY, ReportPolicy(monthly_day=31), CALENDAR).due == day("02-28")


@given(on=st.dates(date(2025, 1, 1), date(2027, 12, 31)), cadence=st.sampled_from(Cadence))
def test_periods_follow_one_another_without_gap(on: date, cadence: Cadence) -> None:
    here = period_at(on, cadence, POLICY, CALENDAR)
    assert here.start <= on <= here.end
    assert following(here, POLICY, CALENDAR).start == here.end + DAY
    assert previous(following(here, POLICY, CALENDAR), POLICY, CALENDAR) == here
    assert here.due <= following(here, POLICY, CALENDAR).due
    assert CALENDAR.is_workday(here.due)


@pytest.mark.parametrize(
    ("said", "cadence", "last", "key", "as_of"),
    [
        ("11-12", Cadence.MONTHLY, "10-22", "2026-11", "11-12"),
        ("11-28", Cadence.MONTHLY, "10-22", "2026-11", "11-28"),
        # 下旬 of October is due on Monday 2 November: until then a report counts for it, unless it has its own.
        ("11-01", Cadence.TEN_DAYS, "10-20", "2026-10-3", "10-31"),
        ("11-02", Cadence.TEN_DAYS, "10-20", "2026-10-3", "10-31"),
        ("11-02", Cadence.TEN_DAYS, None, "2026-10-3", "10-31"),
        ("11-02", Cadence.TEN_DAYS, "10-30", "2026-11-1", "11-02"),
        ("11-03", Cadence.TEN_DAYS, "10-20", "2026-11-1", "11-03"),
        # The week of National Day is due on Thursday of the next.
        ("10-08", Cadence.WEEKLY, "09-25", "2026-W40", "10-04"),
        ("10-09", Cadence.WEEKLY, "09-25", "2026-W41", "10-09"),
    ],
)
def test_which_period_a_report_counts_for(said: str, cadence: Cadence, last: str | None, key: str, as_of: str) -> None:
    found, counted = credit(day(said), cadence, last and day(last), POLICY, CALENDAR)  # type: ignore[arg-type]
    assert (found.key, counted) == (key, day(as_of))
    assert reported(found, counted)


@pytest.mark.parametrize(
    ("on", "cadence", "last", "watched_from", "wanted", "is_missed"),
    [
        ("11-12", Cadence.MONTHLY, "10-22", "01-01", "2026-11", False),
        ("11-25", Cadence.MONTHLY, "10-22", "01-01", "2026-11", False),
        ("11-26", Cadence.MONTHLY, "10-22", "01-01", "2026-11", True),
        ("11-26", Cadence.MONTHLY, "11-03", "01-01", None, False),
        ("11-12", Cadence.MONTHLY, "09-22", "01-01", "2026-10", True),
        ("11-12", Cadence.MONTHLY, None, "10-27", "2026-11", False),
        ("11-12", Cadence.MONTHLY, None, "10-26", "2026-10", True),
        ("11-28", Cadence.MONTHLY, None, "11-26", None, False),
        ("11-02", Cadence.TEN_DAYS, "10-20", "01-01", "2026-10-3", False),
        ("11-03", Cadence.TEN_DAYS, "10-20", "01-01", "2026-10-3", True),
        # Only one period back.
        ("11-12", Cadence.TEN_DAYS, "08-20", "01-01", "2026-11-1", True),
    ],
)
def test_what_is_outstanding_and_what_is_missed(
    on: str, cadence: Cadence, last: str | None, watched_from: str, wanted: str | None, is_missed: bool
) -> None:
    asked = (day(on), cadence, last and day(last), day(watched_from), POLICY, CALENDAR)
    found = outstanding(*asked)  # type: ignore[arg-type]
    assert (found and found.key) == wanted
    assert missed(*asked) == (found if is_missed else None)  # type: ignore[arg-type]


def test_who_is_behind_hears_two_days_before_and_on_the_day() -> None:
    assert heard(watch(), "11-01", "11-30") == {
        "11-23": ["report:17:2026-11:due-2"],
        "11-25": ["report:17:2026-11:due-0"],
    }


def test_who_is_on_plan_hears_on_the_day_only() -> None:
    assert heard(watch(on_plan=True), "11-01", "11-30") == {"11-25": ["report:17:2026-11:due-0"]}


def test_who_is_on_plan_and_has_reported_hears_nothing() -> None:
    assert heard(watch(on_plan=True, last_as_of=day("11-02")), "11-01", "11-30") == {}


def test_nobody_hears_of_a_paused_project() -> None:
    paused = watch(paused=True, milestones=(MilestoneWatch(33, day("11-20"), False, LONG_AGO),))
    assert heard(paused, "11-01", "12-31") == {}
    assert missed_on(paused, day("11-26"), POLICY, CALENDAR) is None
    assert next_look(paused, day("11-01"), POLICY, CALENDAR) == NEVER


def test_the_25th_on_a_saturday_is_asked_for_on_monday() -> None:
    assert heard(watch(last_as_of=day("06-20")), "07-01", "07-31") == {
        "07-23": ["report:17:2026-07:due-2"],
        "07-27": ["report:17:2026-07:due-0"],
    }


def test_red_projects_over_national_day() -> None:
    """Nothing from 1 to 7 October. The week of the holiday is due on the 8th; the next is not asked for before it begins."""
    red = watch(light=Light.RED, last_as_of=day("09-25"))
    assert heard(red, "09-28", "10-10") == {
        "09-29": ["report:17:2026-W40:due-2"],
        "10-08": ["report:17:2026-W40:due-0"],
        "10-09": ["report:17:2026-W41:due-0"],
    }


def test_years_end_into_a_year_without_calendar_data() -> None:
    city = watch(level=Level.CITY, last_as_of=day("12-15"))
    assert heard(city, "12-21", "12-31") == {
        "12-29": ["report:17:2026-12-3:due-2"],
        "12-31": ["report:17:2026-12-3:due-0"],
    }
    assert heard(city, "2027-01-01", "2027-01-11") == {
        "01-07": ["report:17:2027-01-1:due-2"],
        "01-11": ["report:17:2027-01-1:due-0"],
    }
    assert missed_on(city, day("2027-01-04"), POLICY, CALENDAR) == period("12-31", Cadence.TEN_DAYS)
    assert next_look(city, day("12-31"), POLICY, CALENDAR) == day("2027-01-04")


def test_a_milestone_is_spoken_of_before_on_and_after_its_day_whoever_is_on_plan() -> None:
    due = MilestoneWatch(33, day("11-20"), False, LONG_AGO)
    calm = watch(on_plan=True, last_as_of=day("11-02"), milestones=(due,))
    assert heard(calm, "11-01", "11-30") == {
        "11-11": ["milestone:33:2026-11-20:before-7"],
        "11-17": ["milestone:33:2026-11-20:before-3"],
        "11-19": ["milestone:33:2026-11-20:before-1"],
        "11-20": ["milestone:33:2026-11-20:before-0"],
        "11-23": ["milestone:33:2026-11-20:after-1"],
        "11-24": ["milestone:33:2026-11-20:after-2"],
        "11-25": ["milestone:33:2026-11-20:after-3"],
    }
    assert heard(calm._replace(milestones=(due._replace(done=True),)), "11-01", "11-30") == {}
    assert heard(calm._replace(milestones=(due._replace(due=None),)), "11-01", "11-30") == {}


def test_a_limit_on_a_sunday_is_asked_for_on_the_friday_before() -> None:
    sunday = watch(last_as_of=day("11-02"), milestones=(MilestoneWatch(33, day("11-22"), False, LONG_AGO),))
    assert heard(sunday, "11-18", "11-24") == {
        "11-19": ["milestone:33:2026-11-22:before-1"],
        "11-20": ["milestone:33:2026-11-22:before-0"],
        "11-23": ["milestone:33:2026-11-22:after-1"],
        "11-24": ["milestone:33:2026-11-22:after-2"],
    }


def test_what_was_overdue_when_accepted_counts_from_that_day() -> None:
    old = MilestoneWatch(33, day("2023-06-30"), False, day("11-11"))
    accepted = watch(last_as_of=day("11-02"), watched_from=day("11-11"), milestones=(old,))
    assert heard(accepted, "11-01", "11-30") == {
        "11-12": ["milestone:33:2023-06-30:after-1"],
        "11-13": ["milestone:33:2023-06-30:after-2"],
        "11-16": ["milestone:33:2023-06-30:after-3"],
    }


def test_a_project_is_watched_from_the_very_day_it_is_accepted() -> None:
    assert heard(watch(watched_from=day("11-25")), "11-01", "11-30") == {"11-25": ["report:17:2026-11:due-0"]}
    assert next_look(watch(watched_from=day("11-25")), day("11-01"), POLICY, CALENDAR) == day("11-25")
    assert next_look(watch(watched_from=day("11-26")), day("11-01"), POLICY, CALENDAR) == day("12-23")


def test_reasons_carry_what_the_words_need() -> None:
    due = MilestoneWatch(33, day("11-20"), False, LONG_AGO)
    report, milestone = nudges_on(watch(milestones=(due,)), day("11-23"), POLICY, CALENDAR)
    assert (report.kind, report.reason.code, report.day) == ("report_due", "report_due", day("11-23"))
    assert report.reason.facts == {
        "period": "2026-11",
        "due": day("11-25"),
        "days": 2,
        "last_as_of": day("10-22"),
    }
    assert (milestone.kind, milestone.milestone, milestone.project) == ("milestone_overdue", 33, 17)
    assert milestone.reason.facts == {"due": day("11-20"), "days": 1, "occasion": 1, "occasions": 3}


def test_a_miss_is_told_once_on_the_next_working_day() -> None:
    silent = watch()
    told = [on for on in range(1, 31) if missed_on(silent, date(2026, 11, on), POLICY, CALENDAR)]
    assert told == [26]
    assert missed_on(silent, day("11-26"), POLICY, CALENDAR) == period("11-26", Cadence.MONTHLY)
    assert missed_on(watch(last_as_of=day("11-25")), day("11-26"), POLICY, CALENDAR) is None
    assert missed_on(watch(watched_from=day("11-26")), day("11-26"), POLICY, CALENDAR) is None


def test_a_miss_of_a_due_day_moved_into_the_next_period() -> None:
    """下旬 of October, due on Monday 2 November, is told on the 3rd."""
    silent = watch(level=Level.CITY, last_as_of=day("10-20"))
    assert missed_on(silent, day("11-02"), POLICY, CALENDAR) is None
    assert missed_on(silent, day("11-03"), POLICY, CALENDAR) == period("10-31", Cadence.TEN_DAYS)


def test_after_three_days_outage_each_item_speaks_once() -> None:
    """Down on Monday, Tuesday and Wednesday 23 to 25 November; back on Thursday."""
    stuck = MilestoneWatch(33, day("11-20"), False, LONG_AGO)
    soon = MilestoneWatch(34, day("11-30"), False, LONG_AGO)
    quiet = MilestoneWatch(35, day("12-31"), False, LONG_AGO)
    down = watch(milestones=(stuck, soon, quiet))
    nudges = nudges_since(down, day("11-20"), day("11-26"), POLICY, CALENDAR)
    assert keys(nudges) == [
        "report:17:2026-11:due-0",
        "milestone:33:2026-11-20:after-3",
        "milestone:34:2026-11-30:before-3",
    ]
    assert [(nudge.reason.code, nudge.reason.facts["days"]) for nudge in nudges] == [
        ("report_late", 1),
        ("milestone_late", 4),
        ("milestone_due", 2),
    ]
    assert missed_since(down, day("11-20"), day("11-26"), POLICY, CALENDAR) == period("11-26", Cadence.MONTHLY)
    assert nudges_since(down, day("11-26"), day("11-27"), POLICY, CALENDAR) == nudges_on(
        down, day("11-27"), POLICY, CALENDAR
    )


def test_after_an_outage_a_period_that_can_no_longer_be_reported_is_not_asked_for() -> None:
    """Down over 20 November, the due day of 中旬; back on the 23rd, when a report counts for 下旬. The miss is told."""
    city = watch(level=Level.CITY, last_as_of=day("11-09"))
    assert nudges_since(city, day("11-19"), day("11-23"), POLICY, CALENDAR) == []
    assert missed_since(city, day("11-19"), day("11-23"), POLICY, CALENDAR) == period("11-20", Cadence.TEN_DAYS)


def test_an_outage_that_ends_on_a_day_off_is_made_up_for_on_the_next_working_day() -> None:
    down = watch(milestones=(MilestoneWatch(33, day("11-27"), False, LONG_AGO),))
    for on in ("11-28", "11-29"):
        assert nudges_since(down, day("11-24"), day(on), POLICY, CALENDAR) == []
        assert missed_since(down, day("11-24"), day(on), POLICY, CALENDAR) is None
    assert keys(nudges_since(down, day("11-24"), day("11-30"), POLICY, CALENDAR)) == [
        "report:17:2026-11:due-0",
        "milestone:33:2026-11-27:after-1",
    ]
    assert missed_since(down, day("11-24"), day("11-30"), POLICY, CALENDAR) == period("11-26", Cadence.MONTHLY)


def test_an_occasion_before_the_period_began_is_none_after_an_outage_either() -> None:
    """The week of 5 October is due on Friday the 9th; two working days before that was 30 September, in the week before."""
    red = watch(light=Light.RED, last_as_of=day("09-29"))
    assert nudges_since(red, day("09-29"), day("10-08"), POLICY, CALENDAR) == []


def test_of_several_misses_in_an_outage_the_newest_is_told() -> None:
    city = watch(level=Level.CITY, last_as_of=day("09-29"))
    assert missed_since(city, day("09-30"), day("11-03"), POLICY, CALENDAR) == period("10-31", Cadence.TEN_DAYS)
    assert missed_since(city, day("11-03"), day("11-04"), POLICY, CALENDAR) is None


def test_the_next_look_of_a_quiet_month() -> None:
    calm = watch(on_plan=True, last_as_of=day("11-02"))
    assert next_look(calm, day("11-02"), POLICY, CALENDAR) == day("12-25")
    assert next_look(watch(), day("11-02"), POLICY, CALENDAR) == day("11-23")
    assert next_look(watch(), day("11-25"), POLICY, CALENDAR) == day("11-26")
    assert next_look(watch(), day("11-26"), POLICY, CALENDAR) == day("12-23")


DATES = st.dates(date(2026, 1, 1), date(2027, 2, 28))
MILESTONES = st.builds(MilestoneWatch, st.integers(1, 3), st.none() | DATES, st.booleans(), DATES)
WATCHES = st.builds(
    Watch,
    project=st.just(17),
    level=st.sampled_from(Level),
    light=st.sampled_from(Light),
    on_plan=st.booleans(),
    paused=st.sampled_from([False, False, False, True]),
    last_as_of=st.none() | DATES,
    watched_from=DATES,
    milestones=st.lists(MILESTONES, max_size=3, unique_by=lambda one: one.milestone).map(tuple),
)
NUMBERS = st.lists(st.integers(0, 9), max_size=4).map(tuple)
POLICIES = st.just(POLICY) | st.builds(
    ReportPolicy,
    monthly_day=st.integers(1, 31),
    weekly_day=st.integers(1, 7),
    remind_before=NUMBERS,
    remind_on_plan=NUMBERS,
    milestone_before=NUMBERS,
    milestone_overdue_times=st.integers(0, 4),
)
SHUT = work_calendar(CALENDAR.hours, CALENDAR.zone, {date(2026, 6, 8) + number * DAY: False for number in range(24)})
CALENDARS = st.sampled_from([CALENDAR, SHUT])


@given(watched=WATCHES, on=DATES, policy=POLICIES, calendar=CALENDARS)
def test_nothing_is_said_on_a_day_off_or_before_the_watch_begins(watched, on, policy, calendar) -> None:  # type: ignore[no-untyped-def]
    if not calendar.is_workday(on) or watched.paused or on < watched.watched_from:
        assert nudges_on(watched, on, policy, calendar) == []
        assert missed_on(watched, on, policy, calendar) is None


@given(watched=WATCHES, after=DATES, policy=POLICIES, calendar=CALENDARS)
def test_the_next_look_skips_nothing_and_is_never_idle(watched, after, policy, calendar) -> None:  # type: ignore[no-untyped-def]
    look = next_look(watched, after, policy, calendar)
    assert look > after
    skipped = [after + number * DAY for number in range(1, min((look - after).days, 200))]
    assert [on for on in skipped if nudges_on(watched, on, policy, calendar)] == []
    assert [on for on in skipped if missed_on(watched, on, policy, calendar)] == []
    if look != NEVER:
        assert nudges_on(watched, look, policy, calendar) or missed_on(watched, look, policy, calendar)


@given(watched=WATCHES, last=DATES, length=st.integers(1, 40), policy=POLICIES, calendar=CALENDARS)
def test_after_an_outage_each_milestone_says_what_it_would_have_said_last(  # type: ignore[no-untyped-def]
    watched, last, length, policy, calendar
) -> None:
    today = last + length * DAY
    nudges = nudges_since(watched, last, today, policy, calendar)
    backlog: dict[int | None, str] = {}
    for number in range(1, length + 1):
        for nudge in nudges_on(watched, last + number * DAY, policy, calendar):
            backlog[nudge.milestone] = nudge.key
    assert len({nudge.milestone for nudge in nudges}) == len(nudges)
    for nudge in nudges:
        if nudge.milestone is not None:
            assert nudge.key == backlog[nudge.milestone]
    if calendar.is_workday(today):
        assert {one.key for one in nudges_on(watched, today, policy, calendar)} <= set(keys(nudges))


@given(watched=WATCHES, first=DATES, policy=POLICIES, calendar=CALENDARS)
def test_no_key_and_no_miss_is_told_on_two_days(watched, first, policy, calendar) -> None:  # type: ignore[no-untyped-def]
    every = [first + number * DAY for number in range(90)]
    said = [nudge.key for on in every for nudge in nudges_on(watched, on, policy, calendar)]
    told = [one.key for on in every if (one := missed_on(watched, on, policy, calendar))]
    assert len(said) == len(set(said))
    assert len(told) == len(set(told))
