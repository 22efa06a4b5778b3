"""Figures that cannot be true: a table of examples per rule, one that is asked about and one that is not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.truth import Claim, Known, OpenMilestone, Photo, Seen, Told, TruthPolicy, doubts, draw, photo_doubts
from bot.rules.truth.figures import RULES
from bot.rules.truth.photos import kilometres_between
from bot.rules.truth.sayings import apart, named_day

WAN = 10_000
POLICY = TruthPolicy()
TODAY = date(2026, 11, 24)
OCTOBER = Told(date(2026, 10, 25), "2026-10", Decimal(60), 8000 * WAN, "桩基完成一半")
KNOWN = Known(
    told=(OCTOBER,), year_plan=12000 * WAN, total=30000 * WAN, month_plan=1000 * WAN, invested_before=5000 * WAN
)
TOP, FINISH, USE = OpenMilestone(1, "主体封顶"), OpenMilestone(2, "竣工验收"), OpenMilestone(3, "建成投产")


def claim(**values):
    return Claim(**{"as_of": TODAY, "said_on": TODAY, "period": "2026-11", **values})


def money(wan):
    return wan * WAN


def known(**values):
    return replace(KNOWN, **values)


STOPPED = Told(date(2026, 10, 25), "2026-10", Decimal(60), 8000 * WAN, "因环保检查停工")
SAME = tuple(Told(date(2026, month, 25), f"2026-{month}", None, None, "正在进行，按节点推进。") for month in (10, 9, 8))

CASES = {
    "a fall of progress": (claim(progress=Decimal(58)), KNOWN, "progress_falls", {"new": 58, "old": 60}),
    "the same progress": (claim(progress=Decimal(60)), KNOWN, None, {}),
    "a fall of money": (claim(invested_year=money(7600)), KNOWN, "investment_falls", {"old": money(8000)}),
    "money of a new year": (
        claim(as_of=date(2027, 1, 24), said_on=date(2027, 1, 24), invested_year=money(300)),
        KNOWN,
        None,
        {},
    ),
    "a month of three times its plan": (
        claim(invested_period=money(3000), span="month"),
        KNOWN,
        "over_period",
        {"times": Decimal("3.0"), "plan": money(1000)},
    ),
    "the same by subtraction": (claim(invested_year=money(11000)), KNOWN, "over_period", {"amount": money(3000)}),
    "a 旬 against a third of the month": (
        claim(invested_period=money(700), span="ten_days"), KNOWN, "over_period", {"plan": 3333333}
    ),
    "a month of twice its plan": (claim(invested_period=money(2000), span="month"), KNOWN, None, {}),
    "several months in one figure": (
        claim(invested_year=money(11900)), known(told=(replace(OCTOBER, as_of=date(2026, 6, 25)),)), None, {}
    ),
    "over the year's plan": (
        claim(invested_year=money(14500)), known(month_plan=None), "over_year_plan", {"percent": Decimal("120.8")}
    ),
    "a little over the year's plan": (claim(invested_year=money(12500)), known(month_plan=None), None, {}),
    "over the total": (
        claim(invested_year=money(12100)), known(month_plan=None, total=money(17000)), "over_total", {"amount": money(17100)}
    ),
    "all done with works open": (
        claim(progress=Decimal(100)), known(milestones=(TOP,)), "whole_with_open", {"milestones": "主体封顶"}
    ),
    "all done, to be accepted and used": (claim(progress=Decimal(100)), known(milestones=(FINISH, USE)), None, {}),
    "all done with this report": (
        claim(progress=Decimal(100), done=frozenset({1})), known(milestones=(TOP,)), None, {}
    ),
    "in use before it is finished": (
        claim(done=frozenset({3})), known(milestones=(FINISH, USE)), "in_use_unfinished", {"finish": "竣工验收"}
    ),
    "said to be in use": (claim(in_use="投产"), known(milestones=(FINISH,)), "in_use_unfinished", {"use": "投产"}),
    "finished and in use at once": (
        claim(done=frozenset({2, 3})), known(milestones=(FINISH, USE)), None, {}
    ),
    "three periods in the same words": (
        claim(words="正在进行 按节点推进"), known(told=SAME[:2]), "same_words", {"times": 3}
    ),
    "two periods in the same words": (claim(words="正在进行 按节点推进"), known(told=SAME[:1]), None, {}),
    "short words": (claim(words="正常"), known(told=tuple(replace(one, words="正常") for one in SAME)), None, {}),
    "money without work": (
        claim(progress=Decimal(60), invested_year=money(9000)), KNOWN, "money_without_work", {"progress": 60}
    ),
    "a little money without work": (claim(progress=Decimal(60), invested_year=money(8500)), KNOWN, None, {}),
    "work without money": (
        claim(progress=Decimal(70), invested_year=money(8000)), KNOWN, "work_without_money", {"new": 70}
    ),
    "work, and money not told": (claim(progress=Decimal(70)), KNOWN, None, {}),
    "moving while paused": (claim(progress=Decimal(62)), known(paused=True), "moved_while_stopped", {"since": None}),
    "moving since 停工": (
        claim(progress=Decimal(62)), known(told=(STOPPED,)), "moved_while_stopped", {"since": date(2026, 10, 25)}
    ),
    "moving after 复工": (claim(progress=Decimal(62), words="已复工，62%"), known(told=(STOPPED,)), None, {}),
    "未停工 is not 停工": (
        claim(progress=Decimal(62)), known(told=(replace(STOPPED, words="春节未停工"),)), None, {}
    ),
    "of a month ago": (claim(progress=Decimal(62), named_day=date(2026, 10, 20)), KNOWN, "back_dated", {"days": 35}),
    "of last week": (claim(progress=Decimal(62), named_day=date(2026, 11, 17)), KNOWN, None, {}),
    "a spike at the month's end": (
        claim(as_of=date(2026, 11, 30), said_on=date(2026, 11, 30), invested_year=money(9500)),
        known(told=(Told(date(2026, 11, 20), "2026-11-2", None, money(8200)), OCTOBER)),
        "month_end_spike",
        {"before": money(200), "within": money(1300), "percent": Decimal("86.7")},
    ),
    "an even month": (
        claim(as_of=date(2026, 11, 30), said_on=date(2026, 11, 30), invested_year=money(9000)),
        known(told=(Told(date(2026, 11, 20), "2026-11-2", None, money(8600)), OCTOBER)),
        None,
        {},
    ),
    "paid far below": (
        claim(invested_year=money(9000)), known(paid=money(3000)), "paid_below", {"percent": Decimal("33.3")}
    ),
    "paid a little less": (claim(invested_year=money(9000), paid=money(6000)), KNOWN, None, {}),
    "far from the statistical figure": (
        claim(invested_year=money(9000)), known(statistical=money(5000)), "statistical_gap", {"gap": money(4000)}
    ),
    "near the statistical figure": (claim(invested_year=money(9000), statistical=money(7000)), KNOWN, None, {}),
    "an ordinary month": (claim(progress=Decimal(66), invested_year=money(8900), words="主体到三层"), KNOWN, None, {}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_asked_about(name):
    said, before, code, facts = CASES[name]
    found = {reason.code: reason.facts for reason in doubts(said, before, POLICY)}
    assert set(found) == ({code} if code else set())
    for fact, value in facts.items():
        assert found[code][fact] == value


def test_every_rule_has_an_example():
    assert {code for _, _, code, _ in CASES.values() if code} == {rule.__name__ for rule in RULES}


def test_nothing_is_known_and_nothing_is_asked():
    said = claim(
        progress=Decimal(65), invested_year=money(8000), invested_period=money(900), span="month", words="累计8000万"
    )
    assert doubts(said, Known(), POLICY) == ()


@given(
    st.builds(
        Claim, as_of=st.dates(date(2020, 1, 1), date(2030, 12, 31)), said_on=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
        progress=st.none() | st.decimals(0, 100, places=1), invested_year=st.none() | st.integers(0, 10**13), invested_period=st.none() | st.integers(0, 10**13),
        span=st.sampled_from(["", "month", "ten_days", "week", "quarter"]), words=st.text(max_size=40),
    ),
    st.builds(
        Known,
        told=st.lists(st.builds(Told, as_of=st.dates(date(2020, 1, 1), date(2030, 12, 31)), progress=st.none() | st.decimals(0, 100, places=1), invested_year=st.none() | st.integers(0, 10**13), words=st.text(max_size=40)), max_size=5).map(tuple),
        year_plan=st.none() | st.integers(0, 10**13), total=st.none() | st.integers(0, 10**13), month_plan=st.none() | st.integers(0, 10**13),
        paid=st.none() | st.integers(0, 10**13), statistical=st.none() | st.integers(0, 10**13),
    ),
)  # fmt: skip
def test_no_figures_however_strange_break_a_rule(said, before):
    for reason in doubts(said, before, POLICY):
        assert type(reason).from_json(reason.to_json()) == reason


# --- photos -----------------------------------------------------------------------------------------------------------

SITE = (36.5536, 116.7513)
VIEW, VIEW_AGAIN, OTHER = "00ff00ff0f0ff0f0", "00ff00ff0f0ff0f7", "f0f0f0f0aaaa5555"
PHOTOS = {
    "seen before": (Photo("a"), [Seen("a", "", date(2026, 9, 24))], "photo_seen", {"alike": 0}),
    "of another project": (Photo("a"), [Seen("a", "", date(2026, 9, 24), "北辰")], "photo_seen", {"project": "北辰"}),
    "looks like one before": (Photo("b", VIEW_AGAIN), [Seen("a", VIEW, date(2026, 9, 24))], "photo_seen", {"alike": 1}),
    "another view": (Photo("b", OTHER), [Seen("a", VIEW, date(2026, 9, 24))], None, {}),
    "two dark ones": (Photo("b", "0000000000000001"), [Seen("a", "0000000000000003", date(2026, 9, 24))], None, {}),
    "far from the site": (Photo("b", place=(36.65, 116.99)), [], "photo_far", {}),
    "at the site": (Photo("b", place=(36.551, 116.752)), [], None, {}),
    "of the year before": (Photo("b", taken_on=date(2025, 11, 3)), [], "photo_old", {"taken": date(2025, 11, 3)}),
    "of this month": (Photo("b", taken_on=date(2026, 11, 3)), [], None, {}),
}


@pytest.mark.parametrize("name", PHOTOS)
def test_photos(name):
    photo, seen, code, facts = PHOTOS[name]
    found = photo_doubts(photo, seen, SITE, date(2026, 11, 1), POLICY)
    assert [reason.code for reason in found] == ([code] if code else [])
    for fact, value in facts.items():
        assert found[0].facts[fact] == value


def test_a_degree_of_latitude_is_111_kilometres():
    assert 110 < kilometres_between((36.0, 116.0), (37.0, 116.0)) < 112


# --- samples ----------------------------------------------------------------------------------------------------------


def test_the_same_seed_draws_the_same_sample_in_whatever_order():
    weights = dict.fromkeys(range(1, 134), 1)
    drawn = draw(20261124, weights, 5)
    assert drawn == draw(20261124, dict(reversed(weights.items())), 5) and len(set(drawn)) == 5
    assert drawn != draw(20261125, weights, 5)


def test_a_doubtful_project_is_drawn_more_often_and_none_is_never_drawn():
    weights = {**dict.fromkeys(range(100), 1), 7: 5, 8: 0}
    times = [number for seed in range(2000) for number in draw(seed, weights, 5)]
    each = [times.count(number) for number in range(100)]
    assert each[8] == 0 and min(each[:7]) > 40
    assert 3.5 < each[7] / (sum(each[9:]) / 91) < 6
    assert draw(1, {3: 1}, 5) == [3]


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "own", "others"),
    [
        ("累计8000万，入库纳统2.8亿", ["8000万"], {"statistical": 2}),
        ("已支付9000万 累计1.2亿", ["1.2亿"], {"paid": 1}),
        ("入库2亿、支付1亿", [], {"statistical": 1, "paid": 2}),
        ("本月完成3800万", ["3800万"], {}),
    ],
)
def test_figures_of_others_are_told_apart(words, own, others):
    class Sum:
        def __init__(self, text, yuan):
            self.text, self.yuan, self.role = text, yuan, "other"

    texts = {"累计8000万，入库纳统2.8亿": ["8000万", "2.8亿"], "已支付9000万 累计1.2亿": ["9000万", "1.2亿"],
             "入库2亿、支付1亿": ["2亿", "1亿"]}.get(words, ["3800万"])  # fmt: skip
    sums = [Sum(text, at) for at, text in enumerate(texts, 1)]
    left, found = apart(words, sums)
    assert [one.text for one in left] == own and found == others


def test_the_day_that_figures_are_of():
    october = date(2026, 10, 20)
    assert named_day("截至10月20日，形象进度65%", (october,)) == october
    assert named_day("10月20日主体封顶", (october,)) is None
