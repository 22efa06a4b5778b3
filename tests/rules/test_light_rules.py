"""Lights by the rules of other places (the presets of the policy), of milestones and units, and over time."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.holidays import work_calendar
from bot.policy import PolicyError, read_policy
from bot.rules import light_months
from bot.rules.lights import (
    LightPolicy,
    MatterStanding,
    MilestoneStanding,
    Standing,
    Verdict,
    light,
    milestone_light,
    unit_light,
)
from bot.rules.words import Category, Light, Rung

CALENDAR = work_calendar(((time(8, 30), time(12)), (time(13, 30), time(17, 30))), ZoneInfo("Asia/Shanghai"), {})
POLICY = read_policy()
EVEN = dict.fromkeys(range(1, 13), 10_000_000)
"""1000 万元 a month, 1.2 亿元 a year."""
TODAY = date(2026, 11, 15)
GREEN, YELLOW, RED = Light.GREEN, Light.YELLOW, Light.RED
WAN = 10_000


def rule(name: str) -> LightPolicy:
    found = POLICY.light_rule(name)
    assert found is not None
    return found


def seen(name: str, standing: Standing, day: date = TODAY) -> Verdict:
    return light(standing, day, rule(name), CALENDAR)


def invested(wan: int, *told: tuple[str, int], day: date = TODAY, **more) -> Standing:
    figures = tuple((date.fromisoformat(at), amount * WAN) for at, amount in told)
    return Standing(EVEN, wan * WAN, day, told=(*figures, (day, wan * WAN)), **more)


# --- each rule by examples; by 15 November 1.05 亿元 are planned ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wan", "expected"),
    [
        # 银川: 10 points of 12 000 万元 are 1200, 30 are 3600.
        ("银川", 10500, GREEN), ("银川", 9301, GREEN), ("银川", 9300, YELLOW), ("银川", 6900, YELLOW), ("银川", 6899, RED),
        # 三亚: below the plan to date; below half of it.
        ("三亚", 10500, GREEN), ("三亚", 10499, YELLOW), ("三亚", 5250, YELLOW), ("三亚", 5249, RED),
        # 武汉: 80 % are 8400, 60 % are 6300.
        ("武汉", 8400, GREEN), ("武汉", 8399, YELLOW), ("武汉", 6300, YELLOW), ("武汉", 6299, RED),
        # The own rule: 90 % are 9450, 70 % are 7350.
        ("own", 9450, GREEN), ("own", 9449, YELLOW), ("own", 7349, RED),
    ],
)  # fmt: skip
def test_money_against_the_plan_to_date(name: str, wan: int, expected: Light) -> None:
    assert seen(name, invested(wan)).light is expected


@pytest.mark.parametrize(
    ("name", "wan", "expected", "code"),
    [
        # Of November's 1000 万元 500 are planned by the 15th; 9500 stood at the end of October.
        ("新晃", 9900, GREEN, "month_met"), ("新晃", 9899, GREEN, "month_watch"), ("新晃", 9800, GREEN, "month_watch"),
        ("新晃", 9799, YELLOW, "month_short"),
        ("瓯海", 10000, GREEN, "month_met"), ("瓯海", 9999, RED, "month_short"),
    ],
)  # fmt: skip
def test_the_month_alone_whatever_was_before(name: str, wan: int, expected: Light, code: str) -> None:
    verdict = seen(name, invested(wan, ("2026-10-31", 9500)))
    assert (verdict.light, verdict.reasons[0].code) == (expected, code)
    assert verdict.reasons[0].facts["planned"] == 500 * WAN and verdict.reasons[0].facts["actual"] == (wan - 9500) * WAN


def test_months_that_nobody_told_apart_are_judged_together() -> None:
    facts = seen("瓯海", invested(10000, ("2026-08-31", 8000))).reasons[0].facts
    assert (facts["since"], facts["month"], facts["planned"], facts["actual"]) == (9, 11, 2500 * WAN, 2000 * WAN)


def test_missed_and_then_caught_up_stays_yellow_in_that_month_and_the_next_is_green() -> None:
    october = (("2026-10-10", 9100), ("2026-09-30", 9000))
    late = seen("瓯海", invested(9100, *october[1:], day=date(2026, 10, 10)), date(2026, 10, 10))
    caught_up = seen("瓯海", invested(10000, *october, day=date(2026, 10, 31)), date(2026, 10, 31))
    next_month = seen("瓯海", invested(10600, *october, ("2026-10-31", 10000)))
    assert [one.light for one in (late, caught_up, next_month)] == [RED, YELLOW, GREEN]
    assert caught_up.reasons[0].code == "month_caught_up"


def test_a_month_in_which_it_turned_red_stays_yellow_though_no_figure_shows_it() -> None:
    standing = invested(10600, ("2026-10-31", 10000), changes=((date(2026, 11, 3), RED),))
    assert seen("瓯海", standing).light is YELLOW
    assert seen("瓯海", replace(standing, changes=((date(2026, 10, 30), RED),))).light is GREEN


def test_the_lamp_of_each_month_is_kept() -> None:
    told = [
        (date(2026, month, 28), wan * WAN) for month, wan in ((1, 1000), (2, 1900), (3, 3000), (4, 3500), (5, 3900))
    ]
    lamps = light_months.month_lights(EVEN, told, [(date(2026, 1, 20), RED)], date(2026, 6, 3))
    assert [(one.month, one.light, one.caught_up) for one in lamps] == [
        (1, YELLOW, None),  # it had turned red before its figure came
        (2, YELLOW, date(2026, 3, 28)),  # missed, made up for in March
        (3, GREEN, None),
        (4, RED, None),
        (5, RED, None),
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((), YELLOW),
        (((date(2026, 11, 2), YELLOW),), YELLOW),
        (((date(2026, 10, 20), YELLOW),), RED),
        (((date(2026, 9, 20), YELLOW), (date(2026, 10, 25), GREEN), (date(2026, 11, 4), YELLOW)), YELLOW),
    ],
)
def test_two_yellow_months_running_make_red(changes, expected: Light) -> None:
    """江东."""
    standing = Standing(milestones=(MilestoneStanding(date(2026, 11, 12), False, "主体封顶"),), changes=changes)
    verdict = seen("江东", standing)
    assert verdict.light is expected and (verdict.reasons[0].code == "yellow_again") == (expected is RED)
    assert seen("江东", replace(standing, milestones=())).light is GREEN


def test_a_year_that_will_not_reach_its_plan_is_expected_late() -> None:
    told = (("2026-07-31", 7100), ("2026-08-31", 8000), ("2026-09-30", 8900), ("2026-10-31", 9800))
    found = seen("江东", invested(10250, *told))
    assert (found.light, found.reasons[0].code) == (YELLOW, "expected_late")
    assert found.reasons[0].facts == {"year_end": 11600 * WAN, "plan": 12000 * WAN, "pace": 900 * WAN, "months": 3}
    assert seen("江东", invested(10500, ("2026-09-30", 9100), ("2026-10-31", 10100))).light is GREEN


@pytest.mark.parametrize(
    ("due", "expected", "orange"),
    [
        ("2026-11-15", YELLOW, False), ("2026-11-13", YELLOW, False), ("2026-11-09", YELLOW, False), ("2026-11-08", YELLOW, True),
        ("2026-11-02", YELLOW, True), ("2026-11-16", GREEN, False), ("2026-11-01", RED, False),
    ],
)  # fmt: skip
def test_works_behind_by_calendar_days(due: str, expected: Light, orange: bool) -> None:
    """施工: up to 7 days yellow, then orange, from 15 on red. On Monday the 16th."""
    day = date(2026, 11, 16)
    verdict = seen("施工", Standing(EVEN, 0, day, (MilestoneStanding(date.fromisoformat(due), False, "封顶"),)), day)
    assert verdict.light is expected and ("orange" in verdict.reasons[0].facts) == orange
    assert not verdict.on_plan


@pytest.mark.parametrize(
    ("day", "expected", "on_plan"),
    [
        ("2026-09-30", GREEN, True),
        ("2026-10-01", YELLOW, True),
        ("2026-10-08", YELLOW, False),
        ("2026-10-15", RED, False),
    ],
)
def test_works_stand_behind_on_days_off_too(day: str, expected: Light, on_plan: bool) -> None:
    """施工: the days of National Day count, as they do on a site; on plan (达序时) goes by working days as ever."""
    milestone = MilestoneStanding(date(2026, 9, 30), False, "封顶")
    verdict = seen("施工", Standing(milestones=(milestone,)), date.fromisoformat(day))
    assert (verdict.light, verdict.on_plan) == (expected, on_plan)
    assert milestone_light(milestone, date.fromisoformat(day), rule("施工"), CALENDAR)[0] is expected


@pytest.mark.parametrize(
    ("due", "day", "expected"),
    [
        ("2026-08-31", "2026-08-31", GREEN), ("2026-08-10", "2026-09-01", YELLOW), ("2026-08-10", "2026-10-31", YELLOW),
        ("2026-08-31", "2026-11-01", RED),
    ],
)  # fmt: skip
def test_a_start_that_is_late(due: str, day: str, expected: Light) -> None:
    """银川: the planned month passed, three months running."""
    standing = Standing(start_due=date.fromisoformat(due))
    assert seen("银川", standing, date.fromisoformat(day)).light is expected
    assert seen("银川", replace(standing, paused=True), date.fromisoformat(day)).light is GREEN
    assert seen("银川", replace(standing, started_on=date.fromisoformat(day)), date.fromisoformat(day)).light is GREEN


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-07-09", GREEN), ("2026-07-10", YELLOW), ("2026-08-10", YELLOW), ("2026-08-11", RED)]
)
def test_started_and_not_in_the_statistics(day: str, expected: Light) -> None:
    standing = Standing(started_on=date(2026, 6, 10))
    assert seen("银川", standing, date.fromisoformat(day)).light is expected
    assert seen("银川", replace(standing, in_statistics=True), date.fromisoformat(day)).light is GREEN


def test_a_month_after_the_last_of_a_month_is_its_last_day() -> None:
    standing = Standing(started_on=date(2026, 1, 31))
    for day, expected in (("2026-02-27", GREEN), ("2026-02-28", YELLOW), ("2026-03-31", YELLOW), ("2026-04-01", RED)):
        verdict = seen("银川", standing, date.fromisoformat(day))
        assert verdict.light is expected
    assert verdict.reasons[0].facts["months"] == 2


def test_a_small_plan_is_not_judged_in_sanya() -> None:
    standing = Standing({11: 9_999_999}, 0, TODAY)
    assert seen("三亚", standing).reasons[0].code == "small_plan"
    assert seen("三亚", replace(standing, year_plan={11: 10_000_000})).light is RED


def test_what_was_paid_where_a_rule_measures_it() -> None:
    policy = replace(rule("银川"), paid_red=Decimal("0.80"))
    for wan, expected in ((8400, GREEN), (8399, RED)):
        assert light(replace(invested(10500), paid=wan * WAN), TODAY, policy, CALENDAR).light is expected


def test_a_stop_that_lasts_longer_than_planned() -> None:
    stopped = Standing(stopped_on=date(2026, 9, 1), resume_on=date(2026, 11, 13))
    assert seen("own", stopped, date(2026, 11, 13)).light is GREEN
    late = seen("own", stopped, date(2026, 11, 17))
    assert (late.light, late.reasons[0].code, late.reasons[0].facts["days"]) == (YELLOW, "resume_overdue", 2)
    assert seen("武汉", stopped, date(2026, 11, 17)).light is GREEN


def test_another_rule_changes_the_light_and_not_what_is_on_plan() -> None:
    standing = replace(invested(10500), matters=(MatterStanding("17-1", Category.POWER, True, Rung.SECTION, 4),))
    for name in ("银川", "三亚", "武汉", "own"):
        assert not seen(name, standing).on_plan
    assert seen("武汉", standing).light is GREEN and seen("own", standing).light is YELLOW


# --- milestones and units -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("milestone", "expected", "code", "days"),
    [
        (MilestoneStanding(date(2026, 11, 20), False, "封顶"), GREEN, "milestone_ahead", 5),
        (MilestoneStanding(None, False, "封顶"), GREEN, "milestone_no_limit", None),
        (MilestoneStanding(date(2026, 11, 6), False, "封顶"), YELLOW, "milestone_overdue", 5),
        (MilestoneStanding(date(2026, 10, 23), False, "封顶"), RED, "milestone_overdue", 15),
        (MilestoneStanding(date(2026, 10, 23), True, "封顶", date(2026, 10, 27)), GREEN, "milestone_done", None),
    ],
)
def test_a_milestone_has_a_light_of_its_own(milestone, expected: Light, code: str, days: int | None) -> None:
    color, reason = milestone_light(milestone, date(2026, 11, 13), rule("own"), CALENDAR)
    assert (color, reason.code, reason.facts.get("days")) == (expected, code, days)
    assert reason.code != "milestone_done" or reason.facts["late"] == 2
    paused = milestone_light(milestone, date(2026, 11, 13), rule("own"), CALENDAR, paused=True)
    assert paused[0] is GREEN


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, GREEN), ({GREEN: 5}, GREEN), ({GREEN: 8, YELLOW: 2}, GREEN), ({GREEN: 7, YELLOW: 3}, YELLOW), ({GREEN: 9, RED: 1}, YELLOW),
        ({GREEN: 7, RED: 3}, RED), ({RED: 1}, RED), ({YELLOW: 1}, YELLOW),
    ],
)  # fmt: skip
def test_a_unit_by_its_projects(counts: dict[Light, int], expected: Light) -> None:
    color, reason = unit_light(counts, (), rule("own"))
    assert color is expected
    assert not counts or reason.facts["of"] == sum(counts.values())


def test_a_unit_by_its_months() -> None:
    """三亚: one month missed is yellow, two running red; a month of which nobody told anything is not missed."""
    first = (EVEN, [(date(2026, month, 28), month * 1000 * WAN) for month in range(1, 11)])

    def second(*wan: int) -> tuple:
        return EVEN, [(date(2026, month, 28), sum(wan[:month]) * WAN) for month in range(1, len(wan) + 1)]

    for figures, expected in (((1000,) * 10, GREEN), ((1000,) * 9 + (900,), YELLOW), ((1000,) * 8 + (900, 900), RED)):
        months = light_months.unit_months([first, second(*figures)], TODAY)
        color, reason = unit_light({GREEN: 2}, months, rule("三亚"))
        assert color is expected and (reason.facts["month"], reason.facts["planned"]) == (10, 2000 * WAN)
    assert light_months.unit_months([(EVEN, [])], TODAY) == ()
    assert unit_light({RED: 2}, (), rule("三亚"))[0] is RED


# --- over time -------------------------------------------------------------------------------------------------------------------

CHANGES = [(date(2026, 9, 20), YELLOW), (date(2026, 10, 9), GREEN), (date(2026, 11, 3), RED)]


def test_since_when_it_stands() -> None:
    assert light_months.since(CHANGES, TODAY) == date(2026, 11, 3)
    assert light_months.since(CHANGES, date(2026, 10, 31)) == date(2026, 10, 9)
    assert light_months.since([], TODAY) is None
    assert light_months.at(CHANGES, date(2026, 9, 30)) is YELLOW and light_months.at(CHANGES, date(2026, 9, 1)) is None


@given(st.permutations(CHANGES), st.dates(date(2026, 8, 1), date(2026, 12, 31)))
def test_the_order_of_changes_does_not_matter(changes, day: date) -> None:
    for known in (light_months.since, light_months.at, light_months.months_not_green):
        assert known(changes, day) == known(CHANGES, day)


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
STANDINGS = st.builds(
    Standing,
    year_plan=st.dictionaries(st.integers(1, 12), st.integers(0, 10**8), max_size=12),
    invested_year=st.none() | st.integers(0, 10**9),
    invested_as_of=st.none() | DAYS,
    milestones=st.lists(st.builds(MilestoneStanding, st.none() | DAYS, st.booleans(), st.sampled_from("甲乙丙")), max_size=4).map(tuple),
    matters=st.lists(
        st.builds(MatterStanding, st.sampled_from(["1-1", "1-2", "1-3"]), st.sampled_from(Category), st.booleans(), st.sampled_from(Rung), st.integers(0, 40), st.booleans()),
        max_size=3, unique_by=lambda one: one.number,
    ).map(tuple),
    paused=st.booleans(),
    told=st.lists(st.tuples(DAYS, st.integers(0, 10**9)), max_size=5, unique_by=lambda one: one[0]).map(tuple),
    changes=st.lists(st.tuples(DAYS, st.sampled_from(Light)), max_size=5, unique_by=lambda one: one[0]).map(tuple),
    start_due=st.none() | DAYS,
    started_on=st.none() | DAYS,
    paid=st.none() | st.integers(0, 10**9),
    stopped_on=st.none() | DAYS,
    resume_on=st.none() | DAYS,
)  # fmt: skip
RULES = ["own", *POLICY.file.light.preset]


@settings(max_examples=150, deadline=None)
@given(STANDINGS, DAYS, st.sampled_from(RULES), st.randoms(use_true_random=False))
def test_a_light_never_depends_on_the_order_of_entries(standing: Standing, day: date, name: str, chance) -> None:
    def shuffled(entries: tuple) -> tuple:
        return tuple(chance.sample(entries, len(entries)))

    other = replace(
        standing,
        year_plan=dict(shuffled(tuple(standing.year_plan.items()))),
        **{part: shuffled(getattr(standing, part)) for part in ("milestones", "matters", "told", "changes")},
    )
    assert seen(name, other, day) == seen(name, standing, day)


@settings(max_examples=100, deadline=None)
@given(STANDINGS, DAYS, st.sampled_from(RULES))
def test_a_light_is_that_of_its_worst_reason_and_always_has_one(standing: Standing, day: date, name: str) -> None:
    verdict = seen(name, standing, day)
    assert verdict.reasons and (verdict.light is RED) == (verdict.reds > 0)


# --- the policy file -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('[light]\nuse = "北京"\n', "line 2, light.use: Value error, there is no preset 北京: own, yinchuan"),
        ('[light.preset.mine]\nname = "本区"\nyellow = 0.6\nred = 0.8\n', "line 4, light.preset.mine.red: Value error, red (0.8) must be at most yellow (0.6)"),
        ('[light.preset.mine]\nname = "本区"\nmeasure = "points"\nyellow = 10\nred = 5\n', "line 5, light.preset.mine.red: Value error, red (5) must be at least yellow"),
        ('[light.preset.mine]\nname = "本区"\nmesure = "month"\n', "line 3, light.preset.mine.mesure: Extra inputs"),
        ('[light.preset.mine]\nyellow = 0.9\n', "line 1, light.preset.mine.name: Field required"),
        ('[light.preset.wuhan]\nred = -1\n', "line 2, light.preset.wuhan.red: Input should be greater than 0"),
        ('[stage]\nstart = ["signed"]\n', "line 2, stage.start.0"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_key(tmp_path, text: str, where: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(PolicyError) as caught:
        read_policy(path)
    assert where in str(caught.value)


@pytest.mark.parametrize("use", ["wuhan", "武汉"])
def test_a_preset_is_taken_into_force_by_code_or_name(tmp_path, use: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(f'[light]\nuse = "{use}"\non_plan_ratio = 0.95\n', "utf-8")
    policy = read_policy(path)
    assert (policy.light.name, policy.light_code, policy.light.red) == ("武汉", "wuhan", Decimal("0.60"))
    assert policy.light.on_plan_ratio == Decimal("0.95")
    assert (read_policy().light.name, read_policy().light_code) == ("", "own")


def test_every_reason_has_its_words_in_both_languages() -> None:
    from importlib.resources import files

    codes = {"unit_share", "unit_month", "unit_empty", "milestone_done", "milestone_ahead", "milestone_no_limit"}
    day, colors = date(2026, 11, 16), list(product(RULES, range(4)))
    for name, at in colors:
        standing = [
            invested(1, stopped_on=date(2026, 1, 1), resume_on=date(2026, 1, 2), start_due=date(2026, 1, 1)),
            invested(20000, milestones=(MilestoneStanding(date(2026, 1, 1), False, "甲"),)),
            Standing(EVEN), Standing({12: 5}, 5, day, started_on=date(2026, 1, 1)),
        ][at]  # fmt: skip
        codes |= {reason.code for reason in seen(name, standing, day).reasons}
    for locale in ("zh_CN", "en"):
        text = (files("bot") / "templates" / locale / "reason.j2").read_text("utf-8")
        assert {code for code in codes if f"block {code} %" not in text} == set()
