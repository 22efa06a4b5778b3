"""The clocks of a matter in working time: what is said when, over weekends that are worked and holidays that are not."""

from dataclasses import replace
from datetime import date, datetime, time
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.holidays import work_calendar
from bot.rules.limits import (
    LASTING,
    LimitPolicy,
    Procedure,
    Running,
    as_shares,
    early,
    end_of,
    look_again,
    moments,
    next_look,
    passed,
    review_day,
)
from bot.rules.words import Category, MatterState

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = work_calendar(((time(8, 30), time(12)), (time(13, 30), time(17, 30))), SHANGHAI)
POLICY = LimitPolicy()
S = MatterState


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def limit(since: str, due: str, state: MatterState = S.HANDLING, **values: str) -> Running:
    """A limit, handed over as it began; the other values are moments."""
    others = {name: local(text) for name, text in values.items()}
    return Running(state, local(since), local(due), **{"handed": local(since), **others})  # type: ignore[arg-type]


def said(found: Running) -> list[tuple[str, str]]:
    return [(f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}", kind) for moment, kind in moments(found, POLICY, CALENDAR)]


@pytest.mark.parametrize(
    ("running", "expected"),
    [
        pytest.param(
            limit("11-24T09:00", "11-27T09:00", S.UNSIGNED),
            [
                ("11-25 09:00", "share"),
                ("11-25 09:00", "sign"),
                ("11-26 09:00", "share"),
                ("11-27 08:30", "end"),
                ("11-27 09:00", "due"),
            ],
            id="not signed for in three days",
        ),
        pytest.param(
            limit("09-29T10:00", "10-09T10:00"),
            [("09-30 10:00", "share"), ("10-08 10:00", "share"), ("10-09 08:30", "end"), ("10-09 10:00", "due")],
            id="over National Day",
        ),
        pytest.param(
            limit("10-09T10:00", "10-13T10:00"),
            [("10-10 10:00", "share"), ("10-12 10:00", "share"), ("10-13 08:30", "end"), ("10-13 10:00", "due")],
            id="a worked Saturday counts",
        ),
        pytest.param(
            limit("09-18T16:00", "09-21T16:00", S.UNSIGNED),
            [
                ("09-20 12:00", "share"),
                ("09-20 16:00", "sign"),
                ("09-21 08:30", "end"),
                ("09-21 09:30", "share"),
                ("09-21 16:00", "due"),
            ],
            id="a worked Sunday too",
        ),
        pytest.param(
            limit("11-24T08:30", "11-24T17:30", S.UNSIGNED),
            [("11-24 11:00", "share"), ("11-24 15:00", "share"), ("11-24 17:30", "due"), ("11-24 17:30", "sign")],
            id="urgent: within one day there is no morning of the last day",
        ),
        pytest.param(
            limit("11-24T09:00", "11-24T15:00", S.UNSIGNED),
            [("11-24 10:30", "share"), ("11-24 12:00", "share"), ("11-24 15:00", "due")],
            id="a limit shorter than the time to sign ends first",
        ),
        pytest.param(
            limit("11-24T09:00", "12-01T09:00", S.ANSWERED),
            [("11-27 11:30", "share"), ("12-01 09:00", "due")],
            id="the raiser is reminded once",
        ),
        pytest.param(limit("11-24T09:00", "12-08T09:00", S.REFERRED), [("12-08 09:00", "due")], id="referred"),
        pytest.param(limit("11-24T09:00", "12-08T08:30", S.SUSPENDED), [("12-08 08:30", "due")], id="suspended"),
        pytest.param(limit("11-24T09:00", "11-25T09:00", S.DISPUTED), [("11-25 09:00", "due")], id="disputed"),
        pytest.param(
            limit("11-27T16:00", "12-02T16:00", S.UNSIGNED, lent_until="11-30T16:00"),
            [
                ("11-30 16:00", "lent_back"),
                ("11-30 16:00", "share"),
                ("11-30 16:00", "sign"),
                ("12-01 16:00", "share"),
                ("12-02 08:30", "end"),
                ("12-02 16:00", "due"),
            ],
            id="passed on before a weekend",
        ),
        pytest.param(
            limit("11-24T09:00", "11-24T10:00", asked_at="11-24T09:00", fast_at="11-24T17:00"),
            [
                ("11-24 09:20", "share"),
                ("11-24 09:40", "share"),
                ("11-24 10:00", "due"),
                ("11-25 09:00", "asked"),
                ("11-25 10:00", "fast"),
            ],
            id="what waits for the office outlives the limit",
        ),
        pytest.param(
            limit("11-24T09:00", "12-08T09:00", S.SUSPENDED, asked_at="11-24T09:00", lent_until="11-25T09:00"),
            [("12-08 09:00", "due")],
            id="nothing comes back or is asked about while the clock stands",
        ),
    ],
)
def test_moments(running, expected):
    assert said(running) == expected


@pytest.mark.parametrize(
    ("after", "looks"),
    [
        ("11-24T09:00", "11-25T09:00"),
        ("11-25T08:59", "11-25T09:00"),
        ("11-25T09:00", "11-26T09:00"),
        ("11-26T20:00", "11-27T08:30"),
        ("11-27T08:30", "11-27T09:00"),
        ("11-27T09:00", "11-27T09:00"),
        ("12-09T09:00", "11-27T09:00"),
    ],
)
def test_the_next_look_and_the_end_that_lasts(after, looks):
    running = limit("11-24T09:00", "11-27T09:00", S.UNSIGNED)
    assert next_look(running, local(after), POLICY, CALENDAR) == local(looks)


@pytest.mark.parametrize(
    ("since", "now", "kinds"),
    [
        ("11-25T09:00", "11-25T08:59", ()),
        ("11-25T09:00", "11-25T09:00", ("share", "sign")),
        ("11-26T09:00", "11-26T09:30", ("share",)),
        ("11-25T09:00", "11-27T08:30", ("share", "sign", "end")),
        ("11-25T09:00", "11-30T08:30", ("share", "sign", "end", "due")),
        ("11-27T09:00", "11-30T08:30", ("due",)),
        ("11-30T08:30", "11-30T08:31", ("due",)),
    ],
)
def test_what_passed_since_the_last_look_each_once(since, now, kinds):
    running = limit("11-24T09:00", "11-27T09:00", S.UNSIGNED)
    assert passed(running, local(since), local(now), POLICY, CALENDAR) == kinds


MINUTES = st.integers(0, 60 * 24 * 40)


@given(st.sampled_from([state for state in S if state.open]), MINUTES, MINUTES, MINUTES)
def test_the_clock_always_has_a_next_moment_never_after_the_end(state, began, length, looked):
    """Walking from look to look meets every moment once, and comes to the end."""
    start = datetime.fromisoformat("2026-09-14T00:00").replace(tzinfo=SHANGHAI)
    since = datetime.fromtimestamp(start.timestamp() + began * 60, SHANGHAI)
    due = CALENDAR.add_minutes(since, max(1, length % 4000))
    running = Running(state, since, due, since)
    at, met = since, []
    for _ in range(12):
        look = next_look(running, at, POLICY, CALENDAR)
        assert look <= due
        met += passed(running, look, look, POLICY, CALENDAR)
        if look == due:
            break
        assert look > at
        at = look
    assert met[-1] == "due" or "due" in met
    assert met.count("due") == 1 and met.count("sign") <= 1 and met.count("end") <= 1 and met.count("share") <= 2
    later = datetime.fromtimestamp(due.timestamp() + looked * 60, SHANGHAI)
    assert next_look(running, later, POLICY, CALENDAR) == due and "due" in LASTING


@pytest.mark.parametrize(
    ("due", "now", "may"),
    [
        ("11-27T17:30", "11-26T17:30", True),
        ("11-27T17:30", "11-26T17:29", True),
        ("11-27T17:30", "11-27T08:30", True),
        ("11-27T17:30", "11-27T08:31", False),
        ("11-30T17:30", "11-28T12:00", True),
        ("10-08T17:30", "10-03T12:00", True),
        ("10-08T10:00", "09-30T10:00", True),
        ("10-08T10:00", "09-30T10:01", False),
        ("10-12T10:00", "10-10T10:00", True),
        ("11-24T10:00", "11-25T10:00", False),
    ],
)
def test_more_time_is_asked_for_a_working_day_before(due, now, may):
    assert early(local(due), local(now), POLICY, CALENDAR) is may


@pytest.mark.parametrize(
    ("promised", "ends"),
    [
        ("11-27", "11-27T17:30"),
        ("11-28", "11-30T17:30"),
        ("10-01", "10-08T17:30"),
        ("10-10", "10-10T17:30"),
        ("09-20", "09-20T17:30"),
    ],
)
def test_a_promise_ends_with_the_working_hours_of_its_day(promised, ends):
    assert end_of(day(promised), CALENDAR) == local(ends)


@pytest.mark.parametrize(
    ("closed", "asked"), [("11-24", "12-24"), ("09-03", "10-08"), ("09-10", "10-10"), ("11-05", "12-07")]
)
def test_looked_at_again_thirty_days_later_on_a_working_day(closed, asked):
    assert review_day(day(closed), POLICY, CALENDAR) == day(asked)


@pytest.mark.parametrize(
    ("now", "expected", "looks"),
    [
        ("11-24T09:00", None, "12-08T09:00"),
        ("11-24T09:00", "12-31", "12-08T09:00"),
        ("11-24T09:00", "12-03", "12-03T08:30"),
        ("11-24T09:00", "11-28", "11-30T08:30"),
        ("11-24T09:00", "11-24", "12-08T09:00"),
        ("11-24T09:00", "11-20", "12-08T09:00"),
        ("09-24T09:00", "12-31", "10-15T09:00"),
        ("09-24T09:00", "10-03", "10-08T08:30"),
    ],
)
def test_a_paper_with_the_level_above_is_looked_at_every_fortnight_and_on_its_day(now, expected, looks):
    assert look_again(day(expected) if expected else None, local(now), POLICY, CALENDAR) == local(looks)


def test_how_far_a_promise_may_go():
    policy = replace(
        POLICY,
        promise_days_of={Category.LAND: 60},
        procedures={"land_assembly": Procedure("土地组卷报批", 90), "quick": Procedure("备案", 5)},
    )
    assert policy.furthest(Category.MONEY, "") == 30
    assert policy.furthest(Category.LAND, "") == 60
    assert policy.furthest(Category.LAND, "land_assembly") == 90
    assert policy.furthest(Category.LAND, "quick") == 60, "a procedure never shortens what there is"
    assert policy.furthest(Category.LAND, "dropped from the policy") == 60


def test_shares_of_a_limit():
    assert as_shares(["2/3", "1/3"]) == (Fraction(1, 3), Fraction(2, 3))
    for wrong in ([], ["1"], ["0"], ["3/2"], ["-1/3"]):
        with pytest.raises(ValueError, match="between 0 and 1"):
            as_shares(wrong)
