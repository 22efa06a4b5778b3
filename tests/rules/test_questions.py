"""What is asked: subject, filters, time; and what is no question."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.questions import By, Subject, asked, span, unknown
from bot.rules.words import Category, Kind, Level, Light

TODAY = date(2026, 11, 24)
NAMES = {
    "town": ["平安街道", "文昌街道"], "unit": ["长泉区住建局", "区水务局"], "chain": ["新能源", "装备制造"], "category": ["产业项目"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "subject", "told"),
    [
        ("现在开工率多少", Subject.STARTED, {}),
        ("开工率是多少？", Subject.STARTED, {}),
        ("還有幾個沒開工", Subject.STARTED, {}),
        ("还有几个没开工", Subject.STARTED, {"negated": True}),
        ("哪些项目还没有动工", Subject.STARTED, {"negated": True}),
        ("省重点开工了几个", Subject.STARTED, {"level": Level.PROVINCE}),
        ("新建项目有多少开工了", Subject.STARTED, {"kind": Kind.NEW}),
        ("北辰二期什么时候能开工", Subject.STARTED, {"when": True}),
        ("北辰二期到哪了", Subject.STATE, {}),
        ("17号到哪一步了", Subject.STATE, {}),
        ("北辰二期怎么样了", Subject.STATE, {}),
        ("谁还没报", Subject.REPORTED, {"negated": True}),
        ("住建局的项目报了几个", Subject.REPORTED, {"named": {"unit": "长泉区住建局"}}),
        ("上报率多少", Subject.REPORTED, {}),
        ("都报了吗", Subject.REPORTED, {}),
        ("今年投资完成多少", Subject.INVESTED, {}),
        ("装备制造完成投资多少", Subject.INVESTED, {"named": {"chain": "装备制造"}}),
        ("投资完成率多少", Subject.INVESTED, {}),
        ("总投资多少", Subject.TOTAL, {}),
        ("今年计划投资多少亿", Subject.TOTAL, {}),
        ("红灯有几个", Subject.LIGHTS, {"light": Light.RED}),
        ("黄的几个", Subject.LIGHTS, {"light": Light.YELLOW}),
        ("红黄灯各有多少", Subject.LIGHTS, {}),
        ("用地问题有几个没解决", Subject.MATTERS, {"category": Category.LAND, "negated": True, "of_matters": "open"}),
        ("本月新提了几个问题", Subject.MATTERS, {"of_matters": "new"}),
        ("上月解决了多少问题", Subject.MATTERS, {"of_matters": "closed"}),
        ("超期的问题有哪些", Subject.MATTERS, {"of_matters": "overdue"}),
        ("供电的问题还有几个", Subject.MATTERS, {"category": Category.POWER}),
        ("有几个节点超期", Subject.MILESTONES, {}),
        ("复工率多少", Subject.RESUMED, {}),
        ("今年竣工几个", Subject.FINISHED, {}),
        ("平均进度多少", Subject.PROGRESS, {}),
        ("一共多少个项目", Subject.COUNT, {}),
        ("平安街道有几个项目", Subject.COUNT, {"named": {"town": "平安街道"}}),
        ("市级重点有几个", Subject.COUNT, {"level": Level.CITY}),
    ],
)
def test_what_is_asked(words, subject, told):
    found = asked(words, TODAY, NAMES)
    assert found is not None and found.sure and found.subject is subject
    assert {name: getattr(found, name) for name in told} == told


@pytest.mark.parametrize(
    "words",
    [
        "65% 累计1.2亿",
        "主体封顶了",
        "投资完成3800万",
        "今年投资完成多少我算了下是3800万",
        "还有几个问题需要协调解决",
        "有没有人能帮忙协调一下用地问题，影响开工",
        "用地问题解决了",
        "谁能帮忙协调一下",
        "项目已开工，正在做基础",
        "因为手续问题还没开工",
        "",
        "好的",
        "？",
        "今天完成浇筑，" * 20 + "开工率多少",
    ],
)
def test_what_is_told_is_not_asked(words):
    found = asked(words, TODAY, NAMES)
    assert found is None or not found.sure


@pytest.mark.parametrize("words", ["开工率", "红灯项目", "四率", "超期问题", "未报项目名单"])
def test_a_noun_that_no_report_consists_of_is_a_question(words):
    found = asked(words, TODAY)
    assert found is not None and found.plain


@pytest.mark.parametrize("words", ["投资完成情况", "未开工项目", "用地问题", "主体完工"])
def test_a_bare_subject_may_be_a_question(words):
    found = asked(words, TODAY)
    assert found is not None and not found.plain


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("今年", "2026-01-01", "2026-11-24"),
        ("上月", "2026-10-01", "2026-10-31"),
        ("上个月", "2026-10-01", "2026-10-31"),
        ("本月", "2026-11-01", "2026-11-24"),
        ("本季度", "2026-10-01", "2026-11-24"),
        ("三季度", "2026-07-01", "2026-09-30"),
        ("上半年", "2026-01-01", "2026-06-30"),
        ("本周", "2026-11-23", "2026-11-24"),
        ("上周", "2026-11-16", "2026-11-22"),
        ("本旬", "2026-11-21", "2026-11-24"),
        ("昨天", "2026-11-23", "2026-11-23"),
        ("9月份", "2026-09-01", "2026-09-30"),
        ("2026-10", "2026-10-01", "2026-10-31"),
        ("2025年10月", "2025-10-01", "2025-10-31"),
        ("去年10月", "2025-10-01", "2025-10-31"),
        ("十月", "2026-10-01", "2026-10-31"),
        ("去年", "2025-01-01", "2025-12-31"),
    ],
)
def test_over_which_time(words, first, last):
    found = span(f"{words}投资完成多少", TODAY)
    assert found is not None and (found.first.isoformat(), found.last.isoformat()) == (first, last)


def test_what_is_still_to_come_is_no_time_to_ask_about():
    assert span("12月投资完成多少", TODAY) is None and span("现在投资多少", TODAY) is None


@given(st.text(alphabet="开工率多少几个没报谁还投资红黄灯问题?？今上本月季度到哪了进1234567890%万亿号 ", max_size=80))
def test_whatever_is_typed_is_a_question_that_can_be_answered_or_none(words):
    found = asked(words, TODAY, NAMES)
    assert found is None or found.sure or not found.plain, "what ends with a question's words has them"


@pytest.mark.parametrize(
    ("text", "named", "name"),
    [
        ("10月归德街道投资完成率", {}, "归德街道"), ("归德街道投资完成率", {"town": "归德街道"}, ""), ("机电产业链开工率多少", {}, "机电产业链"),
        ("11月机电产业链完成多少", {"chain": "机电"}, ""), ("哪个街道最慢", {}, ""), ("各镇投资完成率", {}, ""), ("哪条产业链最快", {}, ""),
        ("产业链最快的是哪条", {}, ""), ("平安街道办事处红灯", {"unit": "平安街道办事处"}, ""), ("开工率多少", {}, ""),
    ],
)  # fmt: skip
def test_a_place_or_chain_that_there_is_not_is_found_out(text, named, name):
    assert unknown(text, named) == name


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("产业链最快的是哪条", By.CHAIN),
        ("街道最慢的是哪个", By.TOWN),
        ("归德街道最慢的项目是哪个", By.PROJECT),
        ("哪条产业链最快", By.CHAIN),
    ],
)
def test_what_is_compared(text, by):
    question = asked(text, date(2026, 11, 24))
    assert question is not None and question.by is by
