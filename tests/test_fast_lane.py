"""特事特办: asked for from below, granted in two working hours, straight to the top; coordination is shortened, never a legal step."""

import pytest

from bot.rules.words import FastLane, MatterState, Rung
from tests.test_matters import LI, SUN, WANG, ZHAO, answers, check_log, look_at, raises, read_by, row_of, settled
from tests.town import Town, at

pytestmark = pytest.mark.slow

DISPATCHER, TOP = "总调度老冯", "总协调老陈"
WHY = "基坑出现裂缝，危及道路"


async def asks(town: Town, kind: str = "其他重大紧急", why: str = WHY, who: str = SUN) -> None:
    await town.says(who, "17-1")
    await town.presses(who, "申请特办")
    await town.says(who, kind)
    await town.says(who, why)


async def test_granted_by_the_office_it_goes_straight_to_the_top_at_once(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await asks(town, "安全")
    assert "【已申请特办】" in town.text(SUN)
    assert "【申请特事特办，请定】17-1" in town.text(LI) and f"申请特办（安全）：“{WHY}”" in town.text(LI)
    assert town.last(LI).labels[:2] == ["同意", "不同意"]
    await town.presses(LI, "同意")
    assert "已同意特办，现由总协调老陈（总协调人）办理" in town.text(LI)
    assert "【提级到您】17-1" in town.text(TOP) and "特事特办：只缩短协调时间，不省略法定程序" in town.text(TOP)
    assert "紧急" in town.text(TOP) and not town.messages(DISPATCHER)
    row = row_of(town)
    assert row.fast_lane is FastLane.GRANTED and row.steps[row.rung]["rung"] == Rung.GENERAL_COORDINATOR
    assert "已提级协调" in town.text(SUN), "at once: it is urgent now"
    assert not [shown for shown in town.messages(ZHAO) if shown.labels]
    await answers(town, TOP, words="已封路加固")
    await town.presses(SUN, "已解决")
    check_log(town)


async def test_nobody_answers_in_two_working_hours_and_the_general_dispatcher_is_asked(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    town.now = at("2026-11-24 11:00")
    await asks(town)
    await look_at(town, "2026-11-24 14:29")
    assert not town.messages(DISPATCHER)
    await look_at(town, "2026-11-24 14:30")
    assert "【申请特事特办，请定】17-1" in town.text(DISPATCHER) and WHY in town.text(DISPATCHER)
    assert len([shown for shown in town.messages(LI) if "请定" in shown.text]) == 1
    await look_at(town, "2026-11-24 15:00")
    assert len(town.messages(DISPATCHER)) == 1, "once"
    await town.presses(DISPATCHER, "同意")
    assert row_of(town).person == town.people[TOP] and not [
        shown for shown in town.messages(LI) if "同意" in shown.labels
    ]
    check_log(town)


@pytest.mark.parametrize(("kind", "at_once"), [("安全", True), ("群体性事件", True), ("其他重大紧急", False)])
async def test_at_night_only_what_cannot_wait_is_told_at_once(settle_in, kind, at_once):
    town = settled(settle_in, "2026-11-24 22:00")
    await raises(town, SUN)
    await asks(town, kind)
    assert any("申请特事特办" in shown.text for shown in town.messages(LI)) is at_once
    await look_at(town, "2026-11-25 09:20")
    assert "申请特办" in read_by(town, LI)
    await town.says(LI, "17-1")
    town.now = at("2026-11-25 22:00")
    await town.presses(LI, "同意")
    assert bool(town.messages(TOP)) is at_once
    await look_at(town, "2026-11-26 09:20")
    assert "17-1" in read_by(town, TOP)
    check_log(town)


async def test_refused_with_a_reason_it_goes_its_ordinary_way_and_is_not_asked_again(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await asks(town)
    await town.presses(LI, "不同意")
    await town.says(LI, "正常程序三天能办")
    assert "【未同意特办，按正常程序办】" in town.text(SUN) and "正常程序三天能办" in town.text(SUN)
    assert "申请特办" not in town.last(SUN).labels
    assert row_of(town).rung == 0 and row_of(town).due_at == at("2026-11-27 09:10")
    await look_at(town, "2026-11-24 14:00")
    assert not town.messages(DISPATCHER)
    check_log(town)


async def test_what_was_asked_stays_asked_when_somebody_signs(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await asks(town)
    await town.presses(ZHAO, "首次答复")
    await town.says(ZHAO, "马上处置，11月26日前办好")
    assert "同意" in town.last(LI).labels
    check_log(town)


async def test_answered_meanwhile_nobody_is_asked_any_more(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await asks(town)
    await town.says(ZHAO, "17-1")
    await answers(town, ZHAO)
    await look_at(town, "2026-11-24 15:00")
    assert not town.messages(DISPATCHER) and not [shown for shown in town.messages(LI) if shown.labels]
    assert row_of(town).state is MatterState.ANSWERED
    check_log(town)


async def test_who_did_not_raise_it_does_not_ask(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    for who in (WANG, ZHAO, TOP):
        await town.says(who, "17-1")
        assert "申请特办" not in town.last(who).labels


async def test_already_at_the_top_who_asked_hears_that_it_is_granted(settle_in):
    """Nobody sits above the general dispatcher's own rung but the office."""
    town = settled(settle_in)
    await raises(town, SUN)
    await asks(town)
    for name in (DISPATCHER, TOP, "分管孙局", "局长老周"):
        town.do(lambda desk, name=name: setattr(desk.session.get(person(), town.people[name]), "active", False))
    await town.presses(LI, "同意")
    row = row_of(town)
    assert row.fast_lane is FastLane.GRANTED and row.person == town.people[ZHAO]
    assert "特办" in town.text(SUN) and "特事特办" in town.text(ZHAO)
    check_log(town)


def person():
    from storage.tables import Person

    return Person
