"""Reading, as tables of what officials type and what it means. All days are seen from Wednesday, 10 June 2026."""

import itertools
import sys
import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.rules.reading import as_record, parse_date, parse_due, parse_money, parse_percent, read, seed
from bot.rules.words import Category, Precision

TODAY = date(2026, 6, 10)
MILESTONES = ("施工许可证办理", "桩基施工", "主体结构封顶", "设备进场安装", "竣工验收")


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# ---- the overall progress

PROGRESS = [
    ("65%", "65"),
    ("６５％", "65"),
    ("65% 累计1.2亿 主体封顶已完成", "65"),
    ("七成", "70"),
    ("进度七成半", "75"),
    ("進度六成五", "65"),
    ("完成总工程量的三分之二", "66.7"),
    ("进度65", "65"),
    ("形象进度约45%，1#厂房钢结构完成", "45"),
    ("工程过半", "50"),
    ("上次62%，现在65%", "65"),
    ("形象进度从62%提高到65%", "65"),
    ("完成百分之六十五点五", "65.5"),
    ("总体进度61。5%", "61.5"),
    ("二期工程形象进度40%", "40"),
    # Not the overall progress: of the plan, of money, of a part, of time; growth, lag, what is left, what is hoped for.
    ("占年计划65%", None),
    ("累计投资占总投资86%", None),
    ("工程款已支付60%", None),
    ("主体完成80%", None),
    ("开工率90%", None),
    ("时间过半", None),
    ("同比增长12%", None),
    ("低于序时8.3个百分点", None),
    ("还差35%没做完", None),
    ("年底达到100%", None),
    ("把工期压缩一半", None),
    ("八成是下雨耽误的", None),
    ("二期、3号楼、G312、10千伏、12层、11户", None),
]


@pytest.mark.parametrize(("text", "percent"), PROGRESS)
def test_overall_progress(text: str, percent: str | None) -> None:
    assert read(text, TODAY).percent == (Decimal(percent) if percent else None)


def test_all_shares_are_kept_and_that_of_the_plan_apart() -> None:
    reading = read("本月完成投资2300万元，占年度计划的53%，形象进度62%", TODAY)
    assert reading.percents == (Decimal(53), Decimal(62))
    assert reading.plan_share == Decimal(53)
    assert reading.percent == Decimal(62)


ASKED = [
    ("六七成", "percent_range"),
    ("进度60%-70%", "percent_range"),
    ("干了一大半", "percent_range"),
    ("3号楼形象进度60%，5号楼形象进度40%", "percent_unclear"),
    ("形象进度120%", "percent_over_100"),
    ("进度-5%", "negative"),
    ("本月完成-300万", "negative"),
    ("完成投资3000-3500万", "amount_range"),
    ("还要两三千万", "amount_range"),
    ("完成1 200万元", "amount_range"),
    ("本月完成3800", "unit_missing"),
]


@pytest.mark.parametrize(("text", "question"), ASKED)
def test_what_is_ambiguous_is_asked_and_not_guessed(text: str, question: str) -> None:
    reading = read(text, TODAY)
    assert question in reading.questions
    assert reading.percent is None
    assert reading.amounts == ()


# ---- money

SUMS = [
    ("本月完成3800万，累计四点六亿", [(3800, "month"), (46_000, "total")]),
    ("開累三億八千萬元", [(38_000, "total")]),
    ("总投资12.5亿元，年度计划3亿元，1-5月完成1.35亿元", [(125_000, "invest"), (30_000, "plan"), (13_500, "ytd")]),
    ("计划总投资98.8亿元", [(988_000, "invest")]),
    ("今年以来完成6500万元", [(6500, "ytd")]),
    ("上半年完成投资3.2亿", [(32_000, "ytd")]),
    ("二季度完成8000万元", [(8000, "quarter")]),
    ("本旬完成300万，本周完成120万", [(300, "ten_days"), (120, "week")]),
    ("5月份完成1200万元", [(1200, "month")]),
    ("预计本月完成500万", [(500, "plan")]),
    ("完成投资3800万元（其中设备购置1200万元）", [(3800, "other"), (1200, "part")]),
    ("到位资金1.5个亿，缺口8000万", [(15_000, "other"), (8000, "other")]),
    ("三家的年度计划分别是1.6亿、1.1亿、7500万", [(16_000, "plan"), (11_000, "plan"), (7500, "plan")]),
    ("造价从11.6亿涨到约15.5亿", [(116_000, "invest"), (155_000, "invest")]),
    ("累计５００多万", [(500, "total")]),
    ("累计3，800万", [(3800, "total")]),
    ("累计1亿2千5百万", [(12_500, "total")]),
    ("累计一亿三，本月500w", [(13_000, "total"), (500, "month")]),
    ("累计2.5亿左右，1110余万没付", [(25_000, "total"), (1110, "other")]),
    ("返还1亿5,316万4,208元", [(15_316.4208, "other")]),
    ("1-8月累计完成7.95亿", [(79_500, "ytd")]),
    ("截至本月累计完成2亿", [(20_000, "total")]),
    ("合同造价9850万元，投资1530万元的厂房", [(9850, "other"), (1530, "invest")]),
    ("总投资3亿元，其中省级补助1亿元，自筹2亿元", [(30_000, "invest"), (10_000, "part"), (20_000, "part")]),
    ("本月投资——3800万", [(3800, "month")]),
    # Not money.
    ("占地35万平方米，产能10万吨，人口3.5万人，土方60万方", []),
    ("3号楼，G312国道，1#厂房，10千伏线路，二期，11户，K12+300，济政字〔2025〕15号", []),
    ("统一安排，万一下雨，一旦停电", []),
    ("电话13800138000", []),
    ("外资1.2亿美元", []),
]


@pytest.mark.parametrize(("text", "sums"), SUMS)
def test_sums_and_what_they_are_the_sum_of(text: str, sums: list[tuple[float, str]]) -> None:
    assert [(one.yuan, one.role) for one in read(text, TODAY).amounts] == [
        (round(wan * 10_000), role) for wan, role in sums
    ]


MONEY = [
    ("1.2亿", 120_000_000),
    ("3800万", 38_000_000),
    ("一亿三", 130_000_000),
    ("1,200.5", 12_005_000),
    ("３，８００万", 38_000_000),
    ("1.5个亿", 150_000_000),
    ("四点六亿", 460_000_000),
    ("两个亿", 200_000_000),
    ("一亿三千五百万", 135_000_000),
    ("1亿零500万", 105_000_000),
    ("3千8百万", 38_000_000),
    ("一千二百三十万五千元", 12_305_000),
    ("38,000,000元", 38_000_000),
    ("500块", 500),
    ("0", 0),
    ("两三千万", None),
    ("3000-3500万", None),
    ("-5万", None),
    ("1e309", None),
    ("NaN", None),
    ("", None),
    ("没有", None),
]


@pytest.mark.parametrize(("text", "yuan"), MONEY)
def test_one_sum_by_itself(text: str, yuan: int | None) -> None:
    assert parse_money(text) == yuan


def test_a_bare_number_counts_in_the_unit_given() -> None:
    assert parse_money("1200", unit=1) == 1200
    assert parse_money("1.5", unit=100_000_000) == 150_000_000


BARE_PERCENTS = [
    ("65", "65"),
    ("65%", "65"),
    ("６５％", "65"),
    ("七成", "70"),
    ("六成五", "65"),
    ("百分之八十", "80"),
    ("過半", "50"),
    ("一半", "50"),
    ("2/3", "66.7"),
    ("大概七成吧", "70"),
    ("百分之百", "100"),
    ("六七成", None),
    ("120", None),
    ("-5%", None),
    ("1e309", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "percent"), BARE_PERCENTS)
def test_one_share_by_itself(text: str, percent: str | None) -> None:
    assert parse_percent(text) == (Decimal(percent) if percent else None)


# ---- days

DEADLINES = [
    ("预计11月底前竣工", "2026-11-30"),
    ("10月中旬投产", "2026-10-20"),
    ("预计3月底前竣工", "2027-03-31"),
    ("力争10月前投入运营", "2026-09-30"),
    ("十月一号前通车", "2026-10-01"),
    ("計劃6.30前並網", "2026-06-30"),
    ("季度末封顶", "2026-06-30"),
    ("明年一季度竣工", "2027-03-31"),
    ("27年6月投产", "2027-06-30"),
    ("力争年内完工", "2026-12-31"),
    ("争取上半年完成", "2026-06-30"),
    ("下月初进场", "2026-07-05"),
    ("预计5号进场", "2026-07-05"),
    ("本周内完成场平", "2026-06-14"),
    ("下周三前报材料", "2026-06-17"),
    ("下周三组织验槽", "2026-06-17"),
    ("半月后复工", "2026-06-25"),
    ("三天内答复", "2026-06-13"),
    ("15个工作日内办结", "2026-07-02"),  # 19 June is the Dragon Boat Festival
    ("半年内建成", "2026-12-10"),
    ("国庆节前封顶", "2026-09-30"),
    ("十一前封顶", "2026-09-30"),
    ("双十一前开业", "2026-11-10"),
    ("节前完成", "2026-06-18"),
    ("春节后复工", "2027-02-15"),
    ("八月十五前完工", "2026-09-25"),
    ("腊月二十前结清工资", "2027-01-27"),
    ("冬至前断水", "2026-12-21"),
    ("原定5月底竣工，推迟到8月底", "2026-08-31"),
    ("3号线7月通车", "2026-07-31"),
    ("施工期限6月8日至7月19日", "2026-07-19"),
    ("12月8日前提出整改意见", "2026-12-08"),
    ("计划11-20开工", "2026-11-20"),
    ("11-20完成验收", "2026-11-20"),
    ("5-7层在砌墙", None),
    ("预计8-15转装修", "2026-08-15"),
    ("11-20号完成投资860万", "2026-06-20"),
    ("11-20前封顶", "2026-11-20"),
    ("原定6月20号开工，得拖到七一以后", "2026-07-02"),
    ("设备下周三就到了", "2026-06-17"),
    ("明天料到了就打垫层", "2026-06-11"),
    ("九月初开始装电梯", "2026-09-05"),
    ("双节后划线", "2026-10-08"),
    ("请自规分局于6月30日前办结", "2026-06-30"),
    ("明年计划实施老旧小区改造，一季度集中开工", "2027-03-31"),
    ("计划5月31日交工，现拖到7月20日", "2026-07-20"),
    ("未能在承诺的5月底前投用", None),
    ("春节后班组换人，进度慢", "2027-02-15"),
    ("周末愉快", None),
    ("年底了工人要回家", None),
    ("这个月完成多少", None),
    ("去年停工，怕是明年也修不好", None),
    # Over, running, or no date at all.
    ("已于3月18日开工", None),
    ("截至5月底累计完成2亿", None),
    ("1-5月完成6500万", None),
    ("本月完成3800万", None),
    ("昨天封顶", None),
    ("今天浇完3号楼筏板", None),
    ("5号已进场", None),
    ("从下周起每天上报", None),
    ("停工3天", None),
    ("十二五期间开工", None),
]


@pytest.mark.parametrize(("text", "expected"), DEADLINES)
def test_days_still_ahead(text: str, expected: str | None) -> None:
    assert [one.day for one in read(text, TODAY).deadlines] == ([day(expected)] if expected else [])


def test_what_is_over_is_kept_apart() -> None:
    reading = read("原定5月底竣工，去年11月才开工，1-5月完成6500万，停工半个月，工期延误20天", TODAY)
    assert reading.past == (date(2026, 5, 31),)
    assert [(one.first, one.last) for one in reading.periods] == [
        (date(2025, 11, 1), date(2025, 11, 30)),
        (date(2026, 1, 1), date(2026, 5, 31)),
    ]
    assert [(one.days, one.kind) for one in reading.durations] == [(15, "stop"), (20, "delay")]


def test_working_days_follow_the_calendar_given() -> None:
    assert read("5个工作日内办结", TODAY, working=lambda _: True).deadlines[0].day == date(2026, 6, 15)


ANSWERS = [
    ("6月30日", True, "2026-06-30"),
    ("6月30日", False, "2025-06-30"),
    ("5月3日", True, "2027-05-03"),
    ("下周五", True, "2026-06-19"),
    ("月底", True, "2026-06-30"),
    ("15号", False, "2026-05-15"),
    ("7.15", True, "2026-07-15"),
    ("20260715", True, "2026-07-15"),
    ("五一", True, "2027-05-01"),
    ("2月30日", True, None),
    ("不知道", True, None),
    ("6月1日或6月5日", True, None),
]


@pytest.mark.parametrize(("text", "future", "expected"), ANSWERS)
def test_one_day_by_itself(text: str, future: bool, expected: str | None) -> None:
    assert parse_date(text, TODAY, future) == day(expected)


LIMITS = [
    ("2023.3", "2023-03-31", Precision.MONTH),
    ("2023.10", "2023-10-31", Precision.MONTH),
    ("2023年3月", "2023-03-31", Precision.MONTH),
    ("2023-03", "2023-03-31", Precision.MONTH),
    ("2023/3", "2023-03-31", Precision.MONTH),
    ("3月底前", "2023-03-31", Precision.MONTH),
    ("2023年3月底前", "2023-03-31", Precision.MONTH),
    ("四季度", "2023-12-31", Precision.QUARTER),
    ("2023年四季度", "2023-12-31", Precision.QUARTER),
    ("2023年第3季度", "2023-09-30", Precision.QUARTER),
    ("2024年上半年", "2024-06-30", Precision.HALF),
    ("2024年底", "2024-12-31", Precision.YEAR),
    ("2023", "2023-12-31", Precision.YEAR),
    ("2023年1月中旬", "2023-01-20", Precision.MONTH),
    ("6月30日前", "2023-06-30", Precision.DAY),
    ("2023.4.13", "2023-04-13", Precision.DAY),
    ("12.31", "2023-12-31", Precision.DAY),
    ("2023-03-31 00:00:00", "2023-03-31", Precision.DAY),
    ("2023年3月—2023年6月", "2023-06-30", Precision.MONTH),
    ("2024年春节前", "2024-02-09", Precision.DAY),
]


@pytest.mark.parametrize(("text", "expected", "precision"), LIMITS)
def test_time_limits_of_a_ledger(text: str, expected: str, precision: Precision) -> None:
    assert parse_due(text, 2023) == (day(expected), precision)


@pytest.mark.parametrize("text", ["", "长期", "待上级批复", "2023.13", "无"])
def test_a_cell_without_a_time_limit(text: str) -> None:
    assert parse_due(text, 2023) is None


# ---- stages and milestones

STAGES = [
    ("主体结构已封顶，预计11月底前竣工", {"封顶": "done", "竣工": "planned"}),
    ("尚未开工", {"开工": "not"}),
    ("11月起无故不进场", {"进场": "not"}),
    ("没有停工，一切正常", {}),
    ("具备开工条件", {"开工": "ready"}),
    ("不具备开工条件", {}),
    ("基础设施完善，压实主体责任", {}),
    ("10月中旬投产", {"投产": "planned"}),
    ("土方开挖90%，支护桩施工100%", {"土方": "doing", "桩基": "done"}),
    ("桩基、水闸主体全部完成", {"桩基": "done", "主体": "done"}),
    ("主体完工", {"主体": "done"}),
    ("基础做完13栋", {"基础": "doing"}),
    ("設備正在安裝調試，預計7月上旬試生產", {"设备安装": "doing", "试生产": "planned"}),
    ("征地拆迁全部完成", {"征拆": "done"}),
    ("征迁进度卡住了", {}),
    ("节后复工", {"复工": "planned"}),
    ("项目部搭好，机械进了8台", {"进场": "done"}),
    ("刚清完表", {"清表": "done"}),
    ("主体干到18层了", {"主体": "doing"}),
    ("钢构厂发货晚", {}),
    ("中压管压在承台上面", {}),
    ("第二次挂网又流标了", {}),
    ("全线24座桥已完成19座", {"桥梁": "doing"}),
    ("已完成立项批复、初步设计批复和施工图审查", {"前期": "done"}),
    ("未按期完成主体封顶", {"封顶": "not"}),
    ("五月初进场没悬念", {"进场": "done"}),
]


@pytest.mark.parametrize(("text", "stages"), STAGES)
def test_stages(text: str, stages: dict[str, str]) -> None:
    assert {one.stage: one.status for one in read(text, TODAY).stages} == stages


NODES = [
    ("封顶了", {2: "done"}),
    ("主体封顶已完成", {2: "done"}),
    ("尚未封顶", {2: "not"}),
    ("预计月底封顶", {2: "planned"}),
    ("桩基完成80%", {1: "doing"}),
    ("施工许可证已拿到", {0: "done"}),
    ("施工许可证还没办下来", {0: "not"}),
    ("设备正在安装，力争10月竣工验收", {3: "doing", 4: "planned"}),
    ("按计划推进", {}),
]


@pytest.mark.parametrize(("text", "expected"), NODES)
def test_the_projects_own_milestones(text: str, expected: dict[int, str]) -> None:
    assert {one.index: one.status for one in read(text, TODAY, milestones=MILESTONES).milestones} == expected


def test_a_milestone_that_could_be_either_is_asked() -> None:
    towers = ("1#楼封顶", "2#楼封顶")
    assert read("封顶了", TODAY, milestones=towers).questions == ("milestone_unclear",)
    assert [one.index for one in read("2号楼封顶了", TODAY, milestones=towers).milestones] == [1]


# ---- what holds it up, and who is asked

BLOCKERS = [
    ("林地手续省里还没批", {"用地"}),
    ("还有三户谈不拢，老百姓堵着门", {"征拆"}),
    ("施工队垫资垫不动了", {"资金"}),
    ("專項債還沒下達", {"资金"}),
    ("环评报告被打回来重做", {"环评"}),
    ("能评没过，蒸汽管网配套跟不上", {"能评", "配套"}),
    ("高压线迁改一直没动", {"电力"}),
    ("麦收农忙，工人都回家了", {"用工"}),
    ("连着下了一个礼拜的雨", {"天气"}),
    ("电梯还没到货", {"材料设备"}),
    ("地下燃气管线没迁", {"管线"}),
    ("施工许可证还没办下来", {"审批"}),
    ("招标流标了两次", {"招标"}),
    ("设计院出图慢", {"设计"}),
    ("环保督察，工地全停了", {"管控"}),
    ("碰到溶洞", {"地质"}),
    ("弃土场没落实，土运不出去", {"场地"}),
    ("总包跑路了", {"履约"}),
    ("移动的光缆挂在老杆子上，三家推来推去没人迁", {"管线"}),
    ("中压管压在承台上，迁不走就动不了", {"管线"}),
    ("地到现在也没交给我们", {"用地"}),
    ("请市自规局解决用地指标，供电公司加快线路迁改", {"用地", "电力"}),
    ("33台风机吊装完成", set()),
    ("怕是要泡汤", set()),
    ("不缺钱不缺人", set()),
    ("上报材料退回来两次", set()),
    ("环评已批复，资金已到位，许可证已经拿到", set()),
    ("没有受雨水影响", set()),
    ("暂无困难，进展顺利", set()),
]


@pytest.mark.parametrize(("text", "categories"), BLOCKERS)
def test_what_holds_it_up(text: str, categories: set[str]) -> None:
    assert set(read(text, TODAY).blockers) == categories


HELP = [
    ("请县领导协调", True),
    ("麻烦领导帮忙", True),
    ("請財政局儘快撥付", True),
    ("需要街道配合做工作", True),
    ("恳请区里拨款支持", True),
    ("不需要协调", False),
    ("没有问题需要协调", False),
    ("已申请贷款，邀请专家评审", False),
    ("希望年底完工", False),
    ("项目建议书已批", False),
]


@pytest.mark.parametrize(("text", "wanted"), HELP)
def test_whether_somebody_is_asked_to_act(text: str, wanted: bool) -> None:
    assert read(text, TODAY).help is wanted


ON_PLAN = [
    ("按计划推进", True),
    ("正常推进", True),
    ("进展顺利。", True),
    ("目前按序时进度正常推进，暂无困难", True),
    ("按计划推进，累计1.2亿", False),
    ("没有按计划推进", False),
    ("", False),
]


@pytest.mark.parametrize(("text", "on_plan"), ON_PLAN)
def test_on_plan_and_nothing_else(text: str, on_plan: bool) -> None:
    assert read(text, TODAY).on_plan is on_plan


INTENTS = [
    ("形象进度62%", "progress"),
    ("资金没到位，停工了", "blocker"),
    ("资金没到位，请领导协调", "help"),
    ("工期滞后20天", "delay_notice"),
    ("预计年底竣工", "plan"),
    ("什么时候能通车？", "question"),
    ("辛苦了", "chatter"),
    ("招标被人质疑，不知道啥时候恢复", "blocker"),
    ("没啥问题，正常干着呢", "progress"),
    ("资金只到了三成", "blocker"),
    ("月底交不了房", "delay_notice"),
    ("9月20日起铺开内装，力争元旦前开业", "plan"),
]


@pytest.mark.parametrize(("text", "intent"), INTENTS)
def test_the_main_thing_said(text: str, intent: str) -> None:
    assert read(text, TODAY).intent == intent


def test_clauses_without_anything_known_are_quoted_back() -> None:
    reading = read("形象进度62%，那個啥還在弄，累计1.2亿", TODAY)
    assert reading.unread == ("那個啥還在弄",)


def test_a_phrase_that_was_filed_is_understood_from_then_on() -> None:
    phrase = "那3台老家伙又趴下了"
    assert read(phrase, TODAY).unread == (phrase,)
    learned = seed().learned("blocker", "材料设备", phrase)
    reading = read("那5台老家伙又趴下了，工地还在干", TODAY, learned)
    assert [(one.kind, one.category, one.text) for one in reading.hindrances] == [
        ("材料设备", Category.OTHER, "那5台老家伙又趴下了")
    ]
    assert read(phrase, TODAY, seed().learned("help", "", "又趴下")).help
    assert [one.stage for one in read("开始盖帽子了", TODAY, seed().learned("stage", "封顶", "盖帽子")).stages] == [
        "封顶"
    ]
    assert read(phrase, TODAY).unread == (phrase,)


FILED_UNDER = [
    ("蒸汽管网没接通", Category.HEAT),
    ("自来水没通", Category.WATER),
    ("进场道路没修通", Category.ROAD),
    ("10千伏线路没迁走", Category.POWER),
    ("光缆没迁走", Category.NETWORK),
    ("地下管线没迁完", Category.UTILITIES),
    ("专项债没到账", Category.MONEY),
]


@pytest.mark.parametrize(("text", "category"), FILED_UNDER)
def test_where_a_hindrance_is_filed(text: str, category: Category) -> None:
    assert [one.category for one in read(text, TODAY).hindrances] == [category]


def test_what_is_longer_than_is_read_is_quoted_as_not_understood() -> None:
    assert read("形象进度62%。" * 400 + "累计1.2亿", TODAY).unread[-1].endswith("累计1.2亿")


def test_words_are_quoted_as_they_were_typed() -> None:
    reading = read("累計３８００萬元，預計１２月底竣工", TODAY)
    assert [one.text for one in reading.amounts] == ["３８００萬元"]
    assert [one.text for one in reading.deadlines] == ["１２月底"]
    assert [one.text for one in reading.stages] == ["竣工"]


def test_as_a_record() -> None:
    record = as_record(read("65% 累计1.2亿，预计11月底前竣工", TODAY))
    assert record["percents"] == [65.0]
    assert record["amounts_wan"] == [[12_000.0, "total"]]
    assert record["deadlines"] == ["2026-11-30"]
    assert record["stages"] == [["竣工", "planned"]]
    assert record["intent"] == "progress"


# ---- whatever is typed

WORDS = st.lists(
    st.sampled_from(
        [
            "65%",
            "七成",
            "累计",
            "本月",
            "1.2亿",
            "3800万",
            "一亿三",
            "-",
            "—",
            "，。",
            "\n",
            "\x00",
            "😀",
            "6月",
            "30日",
            "前",
            "底",
            "中旬",
            "周五",
            "3天内",
            "个工作日",
            "节后",
            "春节",
            "腊月",
            "二十",
            "主体",
            "封顶",
            "未",
            "已",
            "预计",
            "停工",
            "半年",
            "3号楼",
            "1#",
            "请",
            "协调",
            "没",
            "百分之",
            "三分之二",
            "1e309",
            "NaN",
            "2026",
            ".",
            "/",
            "第",
            "九千",
            "千",
            "零",
            "点",
            "元",
            "０",
            "廿",
            "季度",
            "去年",
        ]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=400, deadline=None)
@example("1e309万", date(2026, 6, 10))
@example("\0😀\ud800", date(2026, 6, 10))
@example("9999年12月31日后3个月内", date.max)
@example("去年底，上月，3天前", date.min)
@given(st.one_of(st.text(max_size=200), WORDS), st.dates())
def test_any_text_on_any_day_is_read_without_error(text: str, today: date) -> None:
    reading = read(text, today, milestones=MILESTONES)
    assert all(share >= 0 for share in reading.percents)
    assert reading.percent is None or 0 <= reading.percent <= 100
    assert all(one.yuan >= 0 and one.text in text for one in reading.amounts)
    as_record(reading)
    parse_money(text), parse_percent(text), parse_date(text, today), parse_due(text, 2026)


NOISE = st.text(st.characters(exclude_characters="0123456789%‰/", exclude_categories=("N", "C")), max_size=12).filter(
    lambda noise: not set(noise) & set("零〇○◯一二两兩三四五六七八九十百千万萬亿億半过過大小")
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(NOISE, st.integers(0, 300).map("{}%".format), st.integers(1, 9999).map("{}万".format)), max_size=8
    )
)
def test_no_figure_that_is_not_in_the_text(pieces: list[str]) -> None:
    reading = read("，".join(pieces), TODAY)
    assert {f"{share:f}%" for share in reading.percents} <= set(pieces)
    assert {f"{one.yuan // 10_000}万" for one in reading.amounts} <= set(pieces)


LONG = [
    "1",
    "一",
    "九千",
    "1,200,",
    "6月30日前",
    "主体,",
    "完成主体封顶",
    "百分之",
    "请",
    "未",
    "-",
    "暂无",
    "2023年",
    "1.",
    "停工",
]


@pytest.mark.parametrize("piece", LONG)
def test_ten_thousand_characters_are_read_at_once(piece: str) -> None:
    """A pattern that backtracks would not come back from these."""
    text = piece * (10_000 // len(piece))
    assert set(as_record(read(text, TODAY, milestones=MILESTONES))) >= {"percents", "intent"}
    assert parse_money(text) is None and parse_percent(text) is None
    assert isinstance(parse_date(text, TODAY), date | None) and isinstance(parse_due(text, 2026), tuple | None)


def calls(piece: str, size: int) -> int:
    """How many functions are called, Python's and C's (each search of a pattern is one), while a text of this length is read."""
    text, counted = (piece * size)[:size], itertools.count()
    profile = sys.getprofile()
    sys.setprofile(lambda _frame, event, _argument: next(counted) if event in ("call", "c_call") else None)
    try:
        read(text, TODAY, milestones=MILESTONES)
    finally:
        sys.setprofile(profile)
    return next(counted)


@pytest.mark.parametrize("piece", LONG)
def test_the_work_grows_with_the_length_and_ends_at_what_is_read(piece: str) -> None:
    """No text, however strange, hangs: twice as long, twice the calls; beyond 2,000 characters none more."""
    read("热身", TODAY)
    fewer, more = calls(piece, 1_000), calls(piece, 2_000)
    assert more <= 2.3 * fewer + 100
    for longer in (4_000, 8_000, 20_000):
        assert calls(piece, longer) <= 1.02 * more + 100, longer


BOUND = 0.05
"""Seconds of the processor that reading a text may take."""
TOLERANCE = 3
"""A slow machine, or one that others use as well."""


def seconds(text: str) -> float:
    """The processor's time of this thread for one reading, the best of three."""
    taken = []
    for _ in range(3):
        begun = time.thread_time()
        read(text, TODAY, milestones=MILESTONES)
        taken.append(time.thread_time() - begun)
        if taken[-1] < BOUND:
            break
    return min(taken)


@pytest.mark.parametrize("piece", LONG)
def test_within_fifty_milliseconds(piece: str) -> None:
    assert seconds((piece * 4_096)[:4_096]) < BOUND * TOLERANCE


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=300), WORDS), st.integers(1, 200))
def test_no_text_however_strange_hangs(text: str, times: int) -> None:
    assert seconds((text * times)[:4_096]) < BOUND * TOLERANCE


@settings(max_examples=200, deadline=None)
@given(st.lists(NOISE, max_size=30))
def test_words_without_a_numeral_yield_no_figure(pieces: list[str]) -> None:
    found = read("".join(pieces), TODAY)
    assert (found.percents, found.amounts, found.percent, found.plan_share) == ((), (), None, None)


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("3号厂房桩基打完八成，雨水太多", {"桩基": Decimal(80)}),
        ("桩基80%，主体刚开始", {"桩基": Decimal(80), "主体": None}),
        ("形象进度65%，主体在做", {"主体": None}),
        ("桩基六七成", {"桩基": None}),
    ],
)
def test_the_share_of_a_stage_stands_with_it(text, shares):
    assert {one.stage: one.share for one in read(text, TODAY).stages} == shares
