"""What is typed after a card, which words are about which project, and when a standard asks for evidence: tables of examples."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import evidence, reading, several
from bot.rules.amends import Amend, as_percent, read_amend
from bot.rules.several import Part

MINE = {1: "智诚慧家标准车间", 2: "北辰机电二期厂房", 3: "山东润丰压力容器", 4: "北辰花园"}
KNOWN = reading.seed().patterns


def known(words: str) -> bool:
    return bool(KNOWN.stage.search(words))


def says(words: str) -> bool:
    read = reading.read(words, date(2026, 11, 24))
    return bool(read.percents or read.amounts or read.stages)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("改成七成", Amend(words="七成")),
        ("进度改为65", Amend("progress", "65")),
        ("把进度改成65%", Amend("progress", "65%")),
        ("投资1.3亿", Amend("invested", "1.3亿")),
        ("投资改到1.3亿", Amend("invested", "1.3亿")),
        ("不对，投资改成1.3亿", Amend("invested", "1.3亿")),
        ("不是主体封顶，是基础完成", Amend(words="基础完成", withdrawn="主体封顶")),
        ("不是65%是56%", Amend(words="56%", withdrawn="65%")),
        ("不是主体封顶", Amend(withdrawn="主体封顶")),
        ("错了，是七成", Amend(words="七成")),
        ("进度写错了，改成六成五", Amend("progress", "六成五")),
        ("进度应为70%", Amend("progress", "70%")),
        ("应该是七成", Amend(words="七成")),
        ("不对", Amend()),
        ("错了！", Amend()),
        ("进度不对", Amend("progress")),
        ("改进度", Amend("progress")),
        ("去掉投资", Amend("invested", drop=True)),
        ("照片不要了", Amend("files", drop=True)),
    ],
)
def test_what_puts_a_card_right(typed, meant):
    assert read_amend(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["65% 累计8000万", "改造工程完成65%", "主体封顶已完成", "本月投资1300万", "累计1.3亿", "竣工时间改到12月底", "", "形象进度65%，累计8000万"],
)  # fmt: skip
def test_a_report_is_no_change(typed):
    assert read_amend(typed) is None


@pytest.mark.parametrize(
    ("words", "read"), [("65", "65%"), ("六十五", "百分之六十五"), ("七成", "七成"), ("1.3亿", "1.3亿")]
)
def test_a_bare_number_is_a_percentage_of_the_progress(words, read):
    assert as_percent(words) == read


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ("智诚 65%，北辰机电 40% 累计8000万", (Part((1,), "智诚 65%"), Part((2,), "北辰机电 40% 累计8000万"))),
        ("智诚65% 北辰40%", (Part((1,), "智诚65%"), Part((2, 4), "北辰40%"))),
        ("智诚慧家标准车间 65%，主体封顶；润丰累计3000万", (Part((1,), "智诚慧家标准车间 65%，主体封顶"), Part((3,), "润丰累计3000万"))),
        ("报两个：智诚６５％、润丰七成", (Part((1,), "报两个：智诚６５％"), Part((3,), "润丰七成"))),
        ("智诚 65%，国辰 40% 累计8000万", (Part((1,), "智诚 65%"), Part((), "国辰 40% 累计8000万"))),
        ("智诚 65%，桩基 80%", ()),
        ("智诚 65%，目前整体 70%", ()),
        ("智诚 65%，原因同北辰机电", ()),
        ("65% 累计8000万", ()),
        ("智诚慧家 66%", ()),
    ],
)  # fmt: skip
def test_which_words_are_about_which_project(said, parts):
    assert several.parts(said, MINE, known, says) == parts


@pytest.mark.parametrize(
    ("standard", "wanted"),
    [("主体封顶，附照片", True), ("以验收单为准", True), ("提供影像资料", True), ("完成主体结构", False), ("", False), ("无需照片", False)],
)  # fmt: skip
def test_a_standard_may_ask_for_evidence(standard, wanted):
    assert evidence.asked_for(standard) is wanted


@given(st.text(max_size=300))
def test_nothing_typed_is_too_strange(text):
    read_amend(text)
    found = several.parts(text, MINE, known, says)
    assert all(word in text for part in found for word in part.words.split("，"))
    several.speaks_of_another(text)
    several.named_first(text, known)
