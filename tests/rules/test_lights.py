"""Green, yellow, red, and on plan or not, with the arithmetic that says why. Asked on Monday 23 November 2026."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.holidays import work_calendar
from bot.rules.lights import LightPolicy, MatterStanding, MilestoneStanding, Standing, Verdict, light
from bot.rules.reason import Reason
from bot.rules.words import Category, Light, Rung

CALENDAR = work_calendar(((time(8, 30), time(12)), (time(13, 30), time(17, 30))), ZoneInfo("Asia/Shanghai"))
POLICY = LightPolicy()
TODAY = date(2026, 11, 23)
EVEN = dict.fromkeys(range(1, 13), 10_000_000)
CALM = Standing(EVEN, 105_000_000, date(2026, 11, 15))


def seen(standing: Standing, day: date = TODAY, policy: LightPolicy = POLICY) -> Verdict:
    return light(standing, day, policy, CALENDAR)


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def topped_out(due: str, done: bool = False) -> MilestoneStanding:
    return MilestoneStanding(date.fromisoformat(due), done, "主体封顶")


def power(overdue: bool, rung: Rung, days: int = 4, climbed: bool = True) -> MatterStanding:
    return MatterStanding("17-3", Category.UTILITIES, overdue, rung, days, climbed)


@pytest.mark.parametrize(
    ("invested", "expected", "on_plan", "code"),
    [
        (117_000_000, Light.GREEN, True, "on_plan"),
        (105_000_000, Light.GREEN, True, "on_plan"),
        (94_500_000, Light.GREEN, True, "on_plan"),
        (94_499_999, Light.YELLOW, False, "behind_plan"),
        (73_500_000, Light.YELLOW, False, "behind_plan"),
        (73_499_999, Light.RED, False, "behind_plan"),
        (0, Light.RED, False, "behind_plan"),
    ],
)
def test_money_against_the_plan_to_date(invested: int, expected: Light, on_plan: bool, code: str) -> None:
    """Planned by 15 November: 1.05 亿元. 90 % of it is 9450 万元, 70 % is 7350 万元."""
    verdict = seen(replace(CALM, invested_year=invested))
    assert (verdict.light, verdict.on_plan, codes(verdict)) == (expected, on_plan, [code])


def test_the_reason_carries_the_whole_arithmetic() -> None:
    verdict = seen(replace(CALM, invested_year=82_920_000))
    assert verdict.light is Light.YELLOW
    assert verdict.reasons == (
        Reason(
            "behind_plan",
            {
                "points": Decimal("18.4"),
                "actual": 82_920_000,
                "planned": 105_000_000,
                "percent": Decimal("79.0"),
                "as_of": date(2026, 11, 15),
            },
        ),
    )


def test_the_plan_is_judged_as_of_the_figure_not_of_today() -> None:
    old = replace(CALM, invested_year=30_000_000, invested_as_of=date(2026, 3, 31))
    assert seen(old).light is Light.GREEN
    assert seen(old).reasons[0].facts["planned"] == 30_000_000


@pytest.mark.parametrize(
    ("day", "first_due", "expected", "on_plan", "code"),
    [
        (date(2026, 1, 20), None, Light.GREEN, True, "figure_awaited"),
        (date(2026, 1, 31), None, Light.GREEN, True, "figure_awaited"),
        (date(2026, 2, 1), None, Light.YELLOW, False, "no_figure"),
        (TODAY, date(2026, 11, 25), Light.GREEN, True, "figure_awaited"),
        (TODAY, date(2026, 11, 22), Light.YELLOW, False, "no_figure"),
    ],
)
def test_a_year_without_a_figure_is_believed_until_the_first_was_due(
    day: date, first_due: date | None, expected: Light, on_plan: bool, code: str
) -> None:
    last_years = Standing(EVEN, 120_000_000, date(2025, 12, 31), first_due=first_due)
    for standing in (last_years, Standing(EVEN, first_due=first_due)):
        verdict = seen(standing, day)
        assert (verdict.light, verdict.on_plan, codes(verdict)) == (expected, on_plan, [code])


def test_nothing_planned_is_nothing_missed() -> None:
    assert seen(Standing()) == Verdict(Light.GREEN, True, (Reason("no_plan"),))
    from_december = Standing({12: 5_000_000})
    assert (seen(from_december).light, seen(from_december).on_plan) == (Light.GREEN, True)


@pytest.mark.parametrize(
    ("due", "expected", "days"),
    [
        ("2026-11-23", Light.GREEN, None),
        # Due on a Sunday: overdue from Monday. Due on a Friday: likewise.
        ("2026-11-22", Light.YELLOW, 1),
        ("2026-11-20", Light.YELLOW, 1),
        ("2026-11-09", Light.YELLOW, 10),
        ("2026-11-06", Light.RED, 11),
    ],
)
def test_a_milestone_past_its_limit(due: str, expected: Light, days: int | None) -> None:
    verdict = seen(replace(CALM, milestones=(topped_out(due),)))
    assert (verdict.light, verdict.on_plan) == (expected, expected is Light.GREEN)
    if days:
        facts = {"milestone": "主体封顶", "due": date.fromisoformat(due), "days": days}
        assert verdict.reasons == (Reason("milestone_overdue", facts),)


def test_national_day_does_not_age_a_milestone() -> None:
    standing = replace(CALM, milestones=(topped_out("2026-09-30"),))
    assert seen(standing, date(2026, 10, 7)).light is Light.GREEN
    assert seen(standing, date(2026, 10, 8)).reasons[0].facts["days"] == 1


def test_a_milestone_that_is_done_or_has_no_limit_is_no_reason() -> None:
    standing = replace(CALM, milestones=(topped_out("2026-06-30", done=True), MilestoneStanding(None, False, "投产")))
    assert seen(standing).light is Light.GREEN


@pytest.mark.parametrize(
    ("matter", "expected", "code"),
    [
        (power(False, Rung.SECTION), Light.GREEN, "on_plan"),
        (power(True, Rung.SECTION), Light.YELLOW, "matter_overdue"),
        (power(False, Rung.DEPUTY_HEAD), Light.GREEN, "on_plan"),
        (power(True, Rung.DEPUTY_HEAD), Light.YELLOW, "matter_overdue"),
        (power(False, Rung.HEAD), Light.RED, "matter_climbed"),
        (power(True, Rung.GENERAL_COORDINATOR), Light.RED, "matter_climbed"),
        # A unit that has nobody below its head: the matter began there.
        (power(False, Rung.HEAD, climbed=False), Light.GREEN, "on_plan"),
        (power(True, Rung.HEAD, climbed=False), Light.YELLOW, "matter_overdue"),
    ],
)
def test_an_open_matter(matter: MatterStanding, expected: Light, code: str) -> None:
    verdict = seen(replace(CALM, matters=(matter,)))
    assert (verdict.light, verdict.on_plan, codes(verdict)) == (expected, expected is Light.GREEN, [code])


def test_the_worst_reason_comes_first() -> None:
    standing = replace(
        CALM,
        invested_year=60_000_000,
        milestones=(topped_out("2026-11-20"), topped_out("2026-11-09")),
        matters=(power(True, Rung.SECTION), power(True, Rung.HEAD, 9), power(False, Rung.GENERAL_DISPATCHER, 12)),
    )
    verdict = seen(standing)
    assert [(reason.code, reason.facts.get("days")) for reason in verdict.reasons] == [
        ("matter_climbed", 12),
        ("matter_climbed", 9),
        ("behind_plan", None),
        ("matter_overdue", 4),
        ("milestone_overdue", 10),
        ("milestone_overdue", 1),
    ]


def test_a_planned_stop_is_no_delay_but_what_holds_it_up_still_counts() -> None:
    stopped = replace(CALM, invested_year=0, milestones=(topped_out("2026-06-30"),), paused=True)
    assert seen(stopped) == Verdict(Light.GREEN, True, (Reason("paused"),))
    held_up = seen(replace(stopped, matters=(power(True, Rung.SECTION),)))
    assert (held_up.light, held_up.on_plan, codes(held_up)) == (Light.YELLOW, False, ["matter_overdue"])


def test_the_policy_moves_every_limit() -> None:
    strict = LightPolicy(Decimal("0.99"), Decimal("0.80"), Decimal("0.75"), 0, "deputy_head")
    verdict = seen(replace(CALM, invested_year=94_500_000), policy=strict)
    assert (verdict.light, verdict.on_plan, codes(verdict)) == (Light.GREEN, False, ["behind_plan"])
    assert seen(replace(CALM, invested_year=78_000_000), policy=strict).light is Light.RED
    assert seen(replace(CALM, milestones=(topped_out("2026-11-20"),)), policy=strict).light is Light.RED
    assert seen(replace(CALM, matters=(power(False, Rung.DEPUTY_HEAD),)), policy=strict).light is Light.RED


def test_a_reason_can_be_written_down_and_read_back() -> None:
    standing = replace(CALM, invested_year=1, milestones=(topped_out("2026-06-30"),), matters=(power(True, Rung.HEAD),))
    for reason in seen(standing).reasons:
        assert Reason.from_json(reason.to_json()) == reason
