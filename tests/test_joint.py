"""Joint matters: a lead and two co-units, each with a part of its own; done when all are."""

import pytest

from bot.rules.words import MatterState, Post
from tests.test_matters import (
    DEPUTY,
    HEAD,
    LI,
    SUN,
    ZHAO,
    answers,
    check_log,
    look_at,
    raises,
    read_by,
    row_of,
    settled,
)
from tests.town import Town, at

pytestmark = pytest.mark.slow

WATER, POWER = "水务小何", "供电小郭"


async def joint(settle_in) -> Town:
    """17-1 lies with the land office; 17-2 and 17-3 are the parts of water and power."""
    town = settled(settle_in)
    town.person(WATER, "区城乡水务局", posts=[Post.INTAKE])
    town.person(POWER, "供电中心", posts=[Post.INTAKE])
    await raises(town, SUN, words="管线要一起迁")
    for unit in ("区城乡水务局", "供电中心"):
        await town.says(LI, "17-1")
        await town.presses(LI, "加协办")
        await town.says(LI, unit)
    return town


async def answers_part(town: Town, who: str, number: str, words: str) -> None:
    await town.says(who, number)
    await answers(town, who, words=words)


async def test_each_part_has_a_number_a_ladder_and_a_holder_of_its_own(settle_in):
    town = await joint(settle_in)
    assert (
        "【请协办】17-2" in town.text(WATER)
        and "17-1 的协办" in town.text(WATER)
        and "管线要一起迁" in town.text(WATER)
    )
    assert "【请协办】17-3" in town.text(POWER)
    assert "协办：17-2 区城乡水务局 · 待签收" in town.text(LI)
    await town.says(SUN, "事项")
    assert "我反映的 1 件" in town.text(SUN), "one matter to who raised it"
    await town.says(ZHAO, "17-1")
    assert "协办：17-3 供电中心 · 待签收" in town.text(ZHAO)
    check_log(town)


async def test_the_lead_answers_first_and_the_raiser_is_asked_when_all_have(settle_in):
    town = await joint(settle_in)
    await answers_part(town, ZHAO, "17-1", "用地已落实")
    assert "等协办单位和反映人确认" in town.text(ZHAO)
    assert not any("请您确认" in shown.text for shown in town.messages(SUN))
    await town.says(SUN, "17-1")
    assert "已解决" not in town.last(SUN).labels
    await answers_part(town, WATER, "17-2", "水管已迁")
    assert not any("请您确认" in shown.text for shown in town.messages(SUN))
    check_log(town)
    await answers_part(town, POWER, "17-3", "电杆已迁")
    assert "【请您确认是否解决】17-1" in town.text(SUN)
    await town.presses(SUN, "已解决")
    assert [row_of(town, number).state for number in (1, 2, 3)] == [MatterState.CLOSED] * 3
    await look_at(town, "2026-11-25 09:20")
    assert "17-2 智诚慧家标准车间：已销号" in town.text(WATER) and read_by(town, SUN).count("已销号") <= 2
    check_log(town)


async def test_while_it_waits_nobody_is_silent_and_nobody_is_reminded_of_what_is_not_theirs(settle_in):
    """A co-unit lets weeks pass: its part climbs; the lead's answer neither goes to the office as 'the raiser is silent' nor to the raiser."""
    town = await joint(settle_in)
    await answers_part(town, ZHAO, "17-1", "用地已落实")
    await answers_part(town, WATER, "17-2", "水管已迁")
    heard = len(town.messages(SUN))
    for day in (
        "2026-11-26",
        "2026-11-27",
        "2026-12-01",
        "2026-12-02",
        "2026-12-04",
        "2026-12-08",
        "2026-12-10",
        "2026-12-16",
    ):
        for clock in ("08:30", "09:20", "17:30"):
            await look_at(town, f"{day} {clock}")
    assert [row_of(town, number).state for number in (1, 2)] == [MatterState.ANSWERED] * 2
    assert len(town.messages(SUN)) <= heard + 2, "what became of it, no question"
    assert not any("未解决，请裁定" in shown.text for shown in town.messages(LI))
    assert row_of(town, 3).person == town.people["总协调老陈"] or row_of(town, 3).rung >= 1
    check_log(town)
    town.now = at("2026-12-17 10:00")
    holder = {number: name for name, number in town.people.items()}[row_of(town, 3).person]
    await answers_part(town, holder, "17-3", "电杆已迁")
    assert "【请您确认是否解决】17-1" in town.text(SUN)
    await town.presses(SUN, "已解决")
    check_log(town)


async def test_a_part_is_sent_back_by_the_office_and_the_raiser_waits_again(settle_in):
    town = await joint(settle_in)
    for who, number in ((ZHAO, "17-1"), (WATER, "17-2"), (POWER, "17-3")):
        await answers_part(town, who, number, "已办")
    assert "已解决" in town.last(SUN).labels
    await town.says(LI, "17-2")
    assert "退回办理" in town.last(LI).labels
    await town.presses(LI, "退回办理")
    await town.says(LI, "现场看水管没迁")
    assert "【退回办理】17-2" in town.text(WATER) and "现场看水管没迁" in town.text(WATER)
    await town.presses(SUN, "已解决")
    assert row_of(town).state is MatterState.ANSWERED, "not while a part is open"
    assert "现场看" not in read_by(town, SUN)
    await answers_part(town, WATER, "17-2", "这回迁了")
    assert "【请您确认是否解决】17-1" in town.text(SUN)
    await town.presses(SUN, "已解决")
    assert row_of(town).state is MatterState.CLOSED
    check_log(town)


async def test_not_solved_and_closed_by_the_office_closes_the_parts(settle_in):
    town = await joint(settle_in)
    for who, number in ((ZHAO, "17-1"), (WATER, "17-2"), (POWER, "17-3")):
        await answers_part(town, who, number, "已办")
    await town.presses(SUN, "未解决")
    await town.says(SUN, "路还没通")
    await town.presses(LI, "销号")
    await town.says(LI, "另案办理")
    assert [row_of(town, number).state for number in (1, 2, 3)] == [MatterState.CLOSED] * 3
    assert all("不" not in label for who in (DEPUTY, HEAD) for shown in town.messages(who) for label in shown.labels)
    check_log(town)


async def test_the_leads_first_card_lists_who_helps(settle_in):
    town = settled(settle_in)
    town.person(WATER, "区城乡水务局", posts=[Post.INTAKE])
    town.person(POWER, "供电中心", posts=[Post.INTAKE])
    town.person("陈建国", posts=[Post.LEADER])
    await town.says("陈建国", "交办 17 请区自然资源局12月4日前拿出迁改方案，区城乡水务局、供电中心配合")
    await town.presses("陈建国", "确认")
    first = town.messages(ZHAO)[0]
    assert "【交办给您】17-1" in first.text and not first.edited
    assert "协办：17-2 区城乡水务局 · 待签收" in first.text and "协办：17-3 供电中心 · 待签收" in first.text
    assert "17-1 的协办" in town.text(WATER) and "17-1 的协办" in town.text(POWER)
    check_log(town)


async def test_the_lead_hears_of_a_unit_that_joins_later(settle_in):
    town = await joint(settle_in)
    await look_at(town, "2026-11-25 09:20")
    assert "增加了协办单位：“供电中心”" in read_by(town, ZHAO)
