"""The life of a project, what counts as 开工, and the rates over many: tables of examples."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import reading
from bot.rules.rates import (
    Rated,
    finish_rate,
    first_half_rate,
    four_rates,
    funds_rate,
    invest_rate,
    resume_rate,
    start_rate,
)
from bot.rules.stages import Event, Life, finished, stage_of, started, stopped, told
from bot.rules.words import Kind, Stage

DAY = date(2026, 11, 24)
NEW, OLD, RESERVE = Kind.NEW, Kind.CONTINUED, Kind.RESERVE
STRICT, LOOSE = ("permit", "piling"), ("permit", "piling", "reported")


def on(text: str) -> date:
    return date.fromisoformat(text)


def begun(day: str, basis: str = "") -> Event:
    return Event(Stage.STARTED, on(day), basis)


# --- 开工 ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("life", "counts", "expected"),
    [
        (Life(NEW), LOOSE, None),
        (Life(NEW, (begun("2026-03-18", "permit"),)), STRICT, ("2026-03-18", "permit")),
        (Life(NEW, (begun("2026-03-18", "permit"), begun("2026-03-02", "piling"))), STRICT, ("2026-03-02", "piling")),
        (Life(NEW, (begun("2026-03-18", "permit"), begun("2026-03-02", "piling"))), ("permit",), ("2026-03-18", "permit")),
        # Said without a permit or piles: it counts only where the policy says so.
        (Life(NEW, (begun("2026-03-18"),)), STRICT, None),
        (Life(NEW, (begun("2026-03-18"),)), LOOSE, ("2026-03-18", "reported")),
        (Life(NEW, (begun("2026-12-01", "permit"),)), STRICT, None),
        (Life(NEW, done=(("开工进场", on("2026-04-01")),)), STRICT, None),
        (Life(NEW, done=(("开工进场", on("2026-04-01")), ("打桩或基础开挖", on("2026-05-20")))), STRICT, ("2026-05-20", "piling")),
        (Life(NEW, done=(("开工许可证", on("2026-04-01")),)), ("permit",), ("2026-04-01", "permit")),
        (Life(NEW, done=(("基础设施配套", on("2026-04-01")),)), STRICT, None),
        (Life(NEW, worked_by=on("2026-06-25"), progress=Decimal(12)), STRICT, ("2026-06-25", "piling")),
        (Life(NEW, progress=Decimal(12)), STRICT, (None, "piling")),
        (Life(NEW, progress=Decimal(12)), ("permit",), None),
        # Its own milestones say that the permit is still to come: progress is then no start.
        (Life(NEW, progress=Decimal(12), worked_by=on("2026-06-25"), open=("取得施工许可证",)), STRICT, None),
        (Life(NEW, progress=Decimal(12), worked_by=on("2026-06-25"), open=("主体封顶",)), STRICT, ("2026-06-25", "piling")),
        (Life(RESERVE, progress=Decimal(12), worked_by=on("2026-06-25")), LOOSE, None),
        (Life(OLD), STRICT, (None, "continued")),
        (Life(NEW, (Event(Stage.COMPLETED, on("2026-09-01")),)), STRICT, ("2026-09-01", "piling")),
    ],
)  # fmt: skip
def test_what_counts_as_started(life: Life, counts: tuple[str, ...], expected: tuple[str | None, str] | None) -> None:
    found = started(life, counts, DAY)
    assert (found and (found.day and found.day.isoformat(), found.basis)) == expected


@given(
    st.permutations(
        [
            begun("2026-03-18", "permit"),
            begun("2026-03-02"),
            Event(Stage.STOPPED, on("2026-05-01")),
            Event(Stage.RESUMED, on("2026-06-01")),
        ]
    )
)
def test_the_order_of_events_does_not_matter(events) -> None:
    life = Life(NEW, tuple(events))
    assert started(life, LOOSE, DAY) == started(Life(NEW, (begun("2026-03-02"),)), LOOSE, DAY)
    assert stopped(events, DAY) is None and stopped(events, on("2026-05-20")) is not None
    assert stage_of(life, STRICT, DAY) == (Stage.STARTED, on("2026-03-02"))


@pytest.mark.parametrize(
    ("life", "expected"),
    [
        (Life(RESERVE), (Stage.RESERVE, None)),
        (Life(NEW), (Stage.SIGNED, None)),
        (Life(OLD), (Stage.BUILDING, None)),
        (Life(RESERVE, (Event(Stage.SIGNED, on("2026-02-03")),)), (Stage.SIGNED, on("2026-02-03"))),
        (Life(NEW, (begun("2026-03-18", "permit"),)), (Stage.STARTED, on("2026-03-18"))),
        (Life(NEW, worked_by=on("2026-06-25"), progress=Decimal(12)), (Stage.BUILDING, None)),
        (Life(OLD, done=(("竣工验收", on("2026-08-30")),)), (Stage.COMPLETED, on("2026-08-30"))),
        (Life(OLD, done=(("正式投产或交付使用", on("2026-10-08")),)), (Stage.IN_PRODUCTION, on("2026-10-08"))),
        (Life(OLD, (Event(Stage.AT_CAPACITY, on("2026-10-08")), Event(Stage.STOPPED, on("2026-11-01")))), (Stage.AT_CAPACITY, on("2026-10-08"))),
        (Life(OLD, (Event(Stage.COMPLETED, on("2026-12-08")),)), (Stage.BUILDING, None)),
    ],
)  # fmt: skip
def test_the_stage_it_is_in(life: Life, expected: tuple[Stage, date | None]) -> None:
    assert stage_of(life, STRICT, DAY) == expected


def test_stopped_until_resumed_or_completed() -> None:
    halt, again = (
        Event(Stage.STOPPED, on("2026-06-01"), resume_on=on("2026-07-01")),
        Event(Stage.RESUMED, on("2026-07-06")),
    )
    assert stopped([halt], DAY) == halt
    assert stopped([halt, again], DAY) is None
    assert stopped([halt, again, Event(Stage.STOPPED, on("2026-11-01"))], DAY) is not None
    assert stopped([halt, Event(Stage.COMPLETED, on("2026-08-01"))], DAY) is None
    assert stopped([halt], on("2026-05-31")) is None


# --- what a report says ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("今天正式开工", [("started", "2026-11-24", "", None)]),
        ("11月18日开工，施工许可证已取得", [("started", "2026-11-18", "permit", None)]),
        ("已办理施工许可证", [("started", "2026-11-24", "permit", None)]),
        ("桩基开始施工", [("started", "2026-11-24", "piling", None)]),
        ("施工许可证还没办下来", []),
        ("预计12月开工", []),
        ("因资金问题停工，计划明年3月底复工", [("stopped", "2026-11-24", "", "2027-03-31")]),
        ("11月20日停工", [("stopped", "2026-11-20", "", None)]),
        ("没有停工，正常施工", []),
        ("下大雨停工3天", []),
        ("已复工", [("resumed", "2026-11-24", "", None)]),
        ("项目竣工，正式投产", [("completed", "2026-11-24", "", None), ("in_production", "2026-11-24", "", None)]),
        ("已签约", [("signed", "2026-11-24", "", None)]),
        ("计划年底签约", []),
        ("实现达产达效", [("at_capacity", "2026-11-24", "", None)]),
        ("65% 本月完成3800万", []),
    ],
)
def test_stages_of_life_in_a_report(words: str, expected: list[tuple]) -> None:
    read = reading.read(words, DAY)
    found = told(words, read.stages, read.deadlines, read.past, DAY, begun=False)
    assert [(one.stage, str(one.day), one.basis, one.resume_on and str(one.resume_on)) for one in found] == expected


def test_piles_of_a_project_that_has_started_are_no_start() -> None:
    read = reading.read("桩基施工完成60%", DAY)
    assert told("桩基施工完成60%", read.stages, read.deadlines, read.past, DAY, begun=True) == ()


# --- rates ------------------------------------------------------------------------------------------------------------------------

LIST = [
    Rated(1, Life(NEW, (begun("2026-03-18", "permit"),)), 100, 80, 90, on("2027-12-31")),
    Rated(2, Life(NEW, (begun("2026-08-02", "piling"),)), 200, 100, None, on("2026-12-31")),
    Rated(3, Life(NEW, (begun("2026-02-02"),)), 300, None, None, None),
    Rated(4, Life(NEW, progress=Decimal(5)), None, 50, 50, None),
    Rated(5, Life(OLD, worked_this_year=True, done=(("竣工验收", on("2026-10-30")),)), 400, 400, 200, on("2026-10-31")),
    Rated(6, Life(OLD, (Event(Stage.RESUMED, on("2026-02-20")), Event(Stage.STOPPED, on("2026-09-01"))), worked_this_year=True), 0, 0, 0, on("2026-06-30")),
    Rated(7, Life(OLD, done=(("竣工验收", on("2025-12-20")),)), None, None, None, on("2025-12-31")),
    Rated(8, Life(OLD, (Event(Stage.RESUMED, on("2026-02-20")),))),
    Rated(9, Life(OLD)),
    Rated(10, Life(RESERVE), 500),
]  # fmt: skip


def test_the_four_rates_with_numerator_denominator_and_who_is_missing() -> None:
    start, invest, funds, finish, resume, first = four_rates(LIST, STRICT, DAY)
    assert (start.numerator, start.denominator, start.percent, start.rest) == (3, 4, Decimal("75.0"), (3,))
    assert start.definition.facts["counts"] == "permit,piling"
    assert (invest.numerator, invest.denominator, invest.percent) == (580, 1500, Decimal("38.7"))
    assert invest.unknown == (3, 10) and invest.done == (5,)
    assert (funds.numerator, funds.denominator, funds.unknown) == (290, 1500, (2, 3, 10))
    assert (finish.numerator, finish.denominator, finish.rest) == (1, 3, (2, 6))
    assert (resume.numerator, resume.denominator, resume.rest) == (2, 4, (6, 9))
    assert (first.numerator, first.denominator, first.unknown) == (1, 4, (4,))
    assert {rate.as_of for rate in (start, invest, funds, finish, resume, first)} == {DAY}


def test_the_definition_decides_and_the_day_too() -> None:
    assert start_rate(LIST, LOOSE, DAY).numerator == 4
    assert start_rate(LIST, STRICT, on("2026-06-30")).done == (1, 4)
    assert first_half_rate(LIST, LOOSE, on("2026-02-10")).done == (3,)
    assert finish_rate(LIST, on("2026-10-29")).numerator == 0
    assert finished(LIST[4].life, DAY) == on("2026-10-30")


def test_works_first_told_of_after_june_may_have_begun_before() -> None:
    seen = Rated(11, Life(NEW, progress=Decimal(40), worked_by=on("2026-10-31")), 100)
    found = first_half_rate([LIST[0], seen], STRICT, DAY)
    assert (found.numerator, found.denominator, found.unknown) == (1, 2, (11,))


def test_a_rate_of_which_nobody_told_a_figure_is_none_and_not_nought() -> None:
    untold = [Rated(1, Life(NEW), 100), Rated(2, Life(NEW), 200)]
    assert funds_rate(untold, DAY).percent is None
    assert funds_rate([*untold, Rated(3, Life(NEW), 100, funds=0)], DAY).percent == 0


def test_nothing_to_be_measured_by_is_no_rate() -> None:
    for rate in four_rates([], STRICT, DAY):
        assert (rate.numerator, rate.denominator, rate.percent) == (0, 0, None)
    assert invest_rate([LIST[3]], DAY).percent is None


@given(st.permutations(LIST), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_rates_do_not_depend_on_the_order_of_the_list(projects, day: date) -> None:
    for one, other in zip(four_rates(projects, STRICT, day), four_rates(LIST, STRICT, day), strict=True):
        assert (one.numerator, one.denominator, set(one.done), set(one.rest)) == (
            other.numerator,
            other.denominator,
            set(other.done),
            set(other.rest),
        )
        assert one.code in ("invest", "funds") or one.numerator == len(one.done) <= one.denominator


def test_money_counts_only_where_there_is_a_plan() -> None:
    assert funds_rate([LIST[3], LIST[0]], DAY).numerator == 90
    assert resume_rate([LIST[6]], DAY).denominator == 0
