"""Orders as leaders type them, read as of Tuesday, 24 November 2026."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules import orders
from bot.rules.units import find_units, units_named
from bot.rules.words import Category, Way

TODAY = date(2026, 11, 24)
NAMES = [
    "长泉区", "区自然资源和规划局", "供电中心", "区住房和城乡建设局", "区发展和改革局", "市生态环境局长泉分局", "区水务局", "市水务局",
    "崮云湖街道办事处", "区行政审批服务局", "区人力资源和社会保障局", "区交通运输局", "智诚公司", "区投资促进局", "国网长清供电公司",
]  # fmt: skip
UNITS = list(enumerate(NAMES))
PEOPLE = [(1, "张三丰"), (2, "高峰"), (3, "李建设")]
LAND, POWER, HOUSING, REFORM, GREEN = 1, 2, 3, 4, 5


def read(text: str) -> orders.Order:
    return orders.read(text, TODAY, [one for one in UNITS if one[0] != 14], PEOPLE)


# --- units --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("请自规局本周五前", ["区自然资源和规划局"]),
        ("请区自规局", ["区自然资源和规划局"]),
        ("请自然资源局尽快", ["区自然资源和规划局"]),
        ("请区自然资源和规划局尽快", ["区自然资源和规划局"]),
        ("请国土局尽快", ["区自然资源和规划局"]),
        ("请自规本周内报方案", ["区自然资源和规划局"]),
        ("让供电月底前送电", ["供电中心"]),
        ("住建局、发改委", ["区住房和城乡建设局", "区发展和改革局"]),
        ("环保局", ["市生态环境局长泉分局"]),
        ("生态环境分局", ["市生态环境局长泉分局"]),
        ("请崮云湖街道", ["崮云湖街道办事处"]),
        ("人社局长负责", ["区人力资源和社会保障局"]),
        ("审批局", ["区行政审批服务局"]),
        ("投促局", ["区投资促进局"]),
        ("请尽快办理供地手续", []),
        ("电力供应不足，路不通", []),
        ("报区长审定", []),
        ("长泉区的项目", []),
    ],
)
def test_units_by_name_short_name_and_nickname(text, named):
    found = find_units(text, [one for one in UNITS if one[0] != 14])
    assert [NAMES[unit] for one in found for unit in one.units] == named


def test_a_short_name_of_two_units_stays_open():
    assert find_units("请水务局验收", UNITS)[0].units == (6, 7)
    assert find_units("请市水务局验收", UNITS)[0].units == (7,)
    assert units_named("水务", UNITS) == (6, 7)
    assert units_named("供电", UNITS) == (2,)
    assert units_named("国网", UNITS) == (14,)
    assert units_named("没有这个", UNITS) == ()


@pytest.mark.parametrize(
    ("text", "lead", "co"),
    [
        ("请自规局牵头，住建局、供电公司配合，月底前完成", LAND, (HOUSING, POWER)),
        ("住建局、供电公司配合自规局，由自规局牵头", LAND, (HOUSING, POWER)),
        ("请自规局会同住建局拿出方案", LAND, (HOUSING,)),
        ("自规局、住建局本周五前拿出方案", LAND, (HOUSING,)),
        ("请供电公司与自规局对接", POWER, ()),
        ("请供电公司向住建局报方案", POWER, ()),
        ("请把方案报发改委", None, ()),
        ("把渣土清理干净", None, ()),
    ],
)
def test_who_leads_and_who_helps(text, lead, co):
    order = read(text)
    assert (order.lead.units if order.lead else None) == ((lead,) if lead is not None else None)
    assert tuple(one.units[0] for one in order.co) == co


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("请张三丰明天报结果", 1),
        ("请高峰负责，高峰期前完成", 2),
        ("用电高峰期要保供", None),
        ("报张三丰审定", None),
        ("由李建设牵头", 3),
    ],
)
def test_persons_by_name(text, person):
    assert read(text).persons == ((person,) if person else ())


# --- days ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day", "words"),
    [
        ("请自规局本周五前拿出供地方案", date(2026, 11, 27), "本周五前"),
        ("3月底前完成供地", date(2027, 3, 31), "3月底前"),
        ("3月底完成供地", date(2027, 3, 31), "3月底"),
        ("下周三把方案报上来", date(2026, 12, 2), "下周三"),
        ("今天下班前报结果", TODAY, "今天"),
        ("今天务必解决", TODAY, "今天"),
        ("15个工作日内完成验收", date(2026, 12, 15), "15个工作日内"),
        ("11月20日检查发现扬尘未覆盖，责成住建局11月30日前整改", date(2026, 11, 30), "11月30日前"),
        ("12月10日前出初稿，12月底前定稿", date(2026, 12, 31), "12月底前"),
        ("就17号项目，周六前清理完", date(2026, 11, 28), "周六前"),
        ("3-12 请供电公司抓紧", None, ""),
        ("11月20日检查发现扬尘未覆盖", None, ""),
        ("尽快解决", None, ""),
    ],
)
def test_until_when(text, day, words):
    order = read(text)
    assert (order.day, order.day_words) == (day, words)


def test_a_day_that_has_passed_is_said_so_and_no_limit_is_none():
    assert read("2026年11月20日前完成").over == "2026年11月20日前"
    assert read("不限期，长期坚持").unlimited and not read("月底前完成").unlimited


# --- the rest -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "standard"),
    [
        ("请自规局本周五前拿出供地方案，报区长审定", "拿出供地方案，报区长审定"),
        ("扬尘未覆盖，责成住建局11月30日前整改到位", "整改到位"),
        ("自规局牵头，住建局配合，3月底前完成供地", "完成供地"),
        ("请审批局把证办下来，办成标准：取得施工许可证", "取得施工许可证"),
        ("变压器一直没解决，请供电公司月底前完成增容并通过验收", "完成增容并通过验收"),
        ("请自规局研究", ""),
    ],
)
def test_when_it_counts_as_done(text, standard):
    assert read(text).standard == standard


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("请自规局拿出供地方案", Category.LAND),
        ("请供电公司完成增容", Category.POWER),
        ("月底前拆迁完毕", Category.EXPROPRIATION),
        ("请住建局拿出方案", None),
        ("解决用工问题", Category.LABOUR),
    ],
)
def test_what_it_is_about(text, category):
    assert read(text).category == category


@pytest.mark.parametrize(
    ("text", "urgent"), [("马上办", True), ("紧急", True), ("不急", False), ("月底前办", None), ("立即整改", True)]
)
def test_urgency(text, urgent):
    assert read(text).urgent is urgent


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("请自规局本周五前拿出方案", True),
        ("这个事要抓紧", True),
        ("进展怎么样？", False),
        ("为什么还没办", False),
        ("好", False),
        ("收到", False),
        ("自规局报了吗", False),
    ],
)
def test_a_question_or_a_nod_is_no_order(text, is_one):
    assert orders.orders(read(text), text) is is_one


@pytest.mark.parametrize(
    ("text", "way", "on", "document"),
    [
        ("昨天张区长电话要求，住建局本周内拿出方案", Way.TELEPHONE, date(2026, 11, 23), ""),
        ("长政办〔2026〕31号批示", Way.PAPER, None, "长政办〔2026〕31号"),
        ("11月20日会上要求请供电中心今天下班前完成", Way.MEETING, date(2026, 11, 20), ""),
        ("请供电中心完成", None, None, ""),
    ],
)
def test_how_an_order_was_given(text, way, on, document):
    assert orders.giving(text, TODAY) == orders.Giving(way, on, document)


WORDS = st.sampled_from(
    [
        *NAMES,
        "请",
        "自规局",
        "供电",
        "牵头",
        "配合",
        "、",
        "，",
        "月底前",
        "3月",
        "17号",
        "拿出方案",
        "？",
        "不限期",
        "标准：",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS | st.text(max_size=4), max_size=12).map("".join))
def test_whatever_is_typed_is_read(text):
    order = read(text)
    mentions = [one for one in (order.lead, *order.co) if one]
    assert all(text[one.start : one.end] == one.words and one.units for one in mentions)
    assert len({unit for one in mentions for unit in one.units[:1]}) == len(mentions)
    orders.giving(text, TODAY)
