"""Words that only others may use: said whose they are; never words of a report, never a stroke in an open draft."""

import pytest

from bot.rules.entitlement import Action
from bot.rules.words import Post, Role
from handlers.routes import COMMANDS
from storage import conversations, people

pytestmark = pytest.mark.slow

WANG, XU, LI = "王科长", "徐老板", "李调度"
ROAD = "园区道路提升工程"


@pytest.fixture
def town(settle_in):
    town = settle_in("2026-11-24 15:00")
    for name in (WANG, XU):
        town.person(name)
    town.person(LI, posts=[Post.DISPATCHER])
    months = dict.fromkeys(range(1, 13), 1000)
    town.project(ROAD, {Role.REPORTER: WANG, Role.OWNER_CONTACT: XU}, number=3, plan=months)
    town.project("北辰机电二期", {}, number=17, plan=months)
    return town


def draft(town, who):
    """(the open step, the draft) of a person."""

    def job(desk):
        talk = conversations.talk(desk.session, people.account_of(desk.session, town.people[who]).account)
        return talk.step, dict(talk.draft)

    return town.do(job)


def others(rights):
    """Whether an owner's contact lacks all of these rights."""
    return rights and Action.REPORT not in rights and Action.RAISE not in rights and Action.SEE not in rights


THEIRS = [(route.command, word) for route in COMMANDS if others(route.rights) for word in route.words]
"""Every word that an owner's contact may not use: none may be forgotten."""


def test_the_table_knows_words_that_an_owner_may_not_use():
    assert {"增补", "更名", "定稿", "月通报", "一页纸", "总览", "日志", "邀请"} <= {word for _, word in THEIRS}


async def test_words_of_others_are_refused_kindly_and_the_open_draft_stays(town):
    await town.says(XU, "65% 累计8000万")
    card, before = town.last(XU), draft(town, XU)
    assert before[1]["words"] == ["65% 累计8000万"]
    for command, word in THEIRS:
        for typed, named in ((word, word), (f"/{command} 17", f"/{command}")):
            await town.says(XU, typed)
            assert town.text(XU).startswith(f"“{named}”是") and "用的词" in town.text(XU), typed
            assert "刚才没办完的还在" in town.text(XU) and draft(town, XU) == before, typed
    await town.presses(XU, "确认", message=card)
    assert "已记下" in card.text


REFUSED = [
    ("增补 名称：长泉数据中心；总投资：3亿；牵头单位：区工信局", "“增补”是调度员用的词"),
    ("更名 3 园区道路提升改造工程", "“更名”是调度员用的词"),
    ("退出 17 原因：资金未落实，停工", "“退出”是调度员用的词"),
    ("定稿 2026-10", "“定稿”是调度员用的词"),
    ("月通报", "“月通报”是调度员用的词"),
    ("月通报 2026-10", "“月通报”是调度员用的词"),
    ("一页纸 17", "“一页纸”是调度员、领导、主要负责人等用的词"),
    ("一页纸17", "“一页纸”是调度员、领导、主要负责人等用的词"),
    ("总览", "“总览”是调度员、领导、督查等用的词"),
    ("邀请 张三", "“邀请”是管理员用的词"),
    ("/rename 3 新名", "“/rename”是调度员用的词"),
]


@pytest.mark.parametrize(("typed", "expected"), REFUSED)
async def test_whose_word_it_is(town, typed, expected):
    await town.says(XU, "形象进度65%")
    before = draft(town, XU)
    await town.says(XU, typed)
    assert town.text(XU).startswith(expected)
    assert draft(town, XU) == before


REPORTS = [
    ("更名后的园区道路完成八成", "80%"),
    ("增补桩基20根已完成，形象进度70%", "70%"),
    ("退出场地的设备已全部清运，进度六成五", "65%"),
    ("定稿的施工图已送审，形象进度75%", "75%"),
    ("通报批评后已整改到位，形象进度七成", "70%"),
    ("总览图已上墙，进度66%", "66%"),
    ("资金到位 500万，形象进度70%", "70%"),
    ("支付 300万，形象进度71%", "71%"),
    ("纳统 1200万，形象进度72%", "72%"),
    ("抽查整改完成，形象进度73%", "73%"),
    ("增补 桩基20根已完成，形象进度74%", "74%"),
    ("人员 120 人已进场，进度 68%", "68%"),
]


@pytest.mark.parametrize(("typed", "expected"), REPORTS)
@pytest.mark.parametrize("open_draft", [False, True])
async def test_a_report_that_begins_with_such_letters_stays_a_report(town, typed, expected, open_draft):
    if open_draft:
        await town.says(XU, "形象进度65%")
    await town.says(XU, typed)
    assert "请确认" in town.text(XU) and expected in town.text(XU)
    assert typed in draft(town, XU)[1]["words"]


async def test_words_alone_that_tell_of_the_works_stay_words_of_the_report(town):
    await town.says(XU, "形象进度65%")
    await town.says(XU, "增补桩基20根已完成")
    assert draft(town, XU)[1]["words"] == ["形象进度65%", "增补桩基20根已完成"]


async def test_what_was_meant_as_a_report_is_one_tap_away(town):
    await town.says(XU, "形象进度65%")
    await town.says(XU, "增补 桩基20根，累计8000万")
    assert "“增补”是调度员用的词" in town.text(XU) and town.last(XU).labels == ["填报进展"]
    await town.presses(XU, "填报进展")
    assert "请确认" in town.text(XU) and "8,000 万元" in town.text(XU)
    await town.presses(XU, "确认")
    assert "已记下" in town.text(XU)


async def test_the_dispatcher_is_not_refused(town):
    for typed in ("增补", "更名 17 北辰机电三期", "定稿", "月通报", "一页纸17", "红灯项目"):
        await town.says(LI, typed)
        assert "用的词" not in town.text(LI) and "没有找到" not in town.text(LI), (typed, town.text(LI))


ASKED_ASIDE = ["红灯项目", "黄灯项目名单", "四率", "开工率", "未报项目", "超期节点", "红灯项目有哪些"]


@pytest.mark.parametrize("typed", ASKED_ASIDE)
@pytest.mark.parametrize("who", [WANG, XU])
async def test_a_noun_that_asks_is_answered_aside_and_the_draft_stays(town, typed, who):
    await town.says(who, "形象进度65%")
    before = draft(town, who)
    await town.says(who, typed)
    assert draft(town, who) == before
    assert "请确认" not in town.text(who)
