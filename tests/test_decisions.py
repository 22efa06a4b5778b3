"""What a leader decides, one tap each, and who hears of it."""

import pytest

from bot.rules.words import MatterState, Post, Rung
from storage.tables import Person as Row
from tests.test_ladder_story import past_due, whose
from tests.test_matters import (
    DEPUTY,
    HEAD,
    LI,
    SUN,
    WANG,
    ZHAO,
    answers,
    check_log,
    look_at,
    raises,
    read_by,
    row_of,
    settled,
)
from tests.town import Town

pytestmark = pytest.mark.slow

DISPATCHER, TOP, SECOND = "总调度老冯", "总协调老陈", "调度小何"
WATER = "水务小何"


async def at_the_leader(settle_in) -> Town:
    """The matter has come to the 总调度人; two dispatchers look after it."""
    town = settled(settle_in)
    town.person(SECOND, posts=[Post.DISPATCHER])
    town.person(WATER, "区城乡水务局", posts=[Post.INTAKE])
    await raises(town, SUN)
    for _ in range(4):
        await past_due(town)
    assert whose(town) == DISPATCHER
    town.now = town.app.house.calendar.next_opening(town.now)
    await look_at(town, f"{town.app.house.calendar.local(town.now):%Y-%m-%d} 15:30")
    return town


async def next_morning(town: Town) -> None:
    day = town.app.house.calendar.next_workday(town.app.house.calendar.day(town.now))
    await look_at(town, f"{day} 09:20")


async def test_a_leaders_card_has_leaders_buttons(settle_in):
    town = await at_the_leader(settle_in)
    assert "【提级到您】17-1" in town.text(DISPATCHER)
    assert town.last(DISPATCHER).labels[:4] == ["阅", "请…研究", "上会", "一事一议"]
    for label in ("签收", "首次答复", "转办", "申请延期", "申请改派"):
        assert label not in town.last(DISPATCHER).labels


async def test_the_offices_proposal_agreed_to_with_one_tap(settle_in):
    town = await at_the_leader(settle_in)
    await town.says(LI, "17-1")
    await town.presses(LI, "拟办意见")
    await town.says(LI, "由自规局统筹全区指标，12月底前落实")
    assert "【请您定】17-1" in town.text(DISPATCHER)
    assert "拟办意见：“由自规局统筹全区指标，12月底前落实”" in town.text(DISPATCHER)
    assert town.last(DISPATCHER).labels[0] == "同意"
    assert len([shown for shown in town.messages(DISPATCHER) if shown.labels]) == 1, (
        "the card before has nothing to press"
    )
    await town.presses(DISPATCHER, "同意")
    assert f"已记下，交区自然资源局 {HEAD}落实" in town.text(DISPATCHER)
    assert "【领导已定，请落实】17-1" in town.text(HEAD)
    assert "领导意见：“由自规局统筹全区指标，12月底前落实”" in town.text(HEAD) and whose(town) == HEAD
    row = row_of(town)
    assert row.decision and not row.proposal and row.steps[row.rung]["rung"] == Rung.HEAD
    await next_morning(town)
    for dispatcher in (LI, SECOND):
        assert "领导已作决定" in town.text(dispatcher)
    assert "领导已作决定，由区自然资源局落实" in town.text(SUN) and "统筹全区指标" not in read_by(town, SUN)
    assert "领导已作决定" not in read_by(town, DEPUTY) + read_by(town, TOP)
    await town.says(HEAD, "17-1")
    await answers(town, HEAD)
    await town.presses(SUN, "已解决")
    check_log(town)


async def test_seen_it_stays_with_the_leader_and_is_no_answer(settle_in):
    town = await at_the_leader(settle_in)
    due = row_of(town).due_at
    await town.presses(DISPATCHER, "阅")
    row = row_of(town)
    assert (row.state, row.due_at, whose(town)) == (MatterState.HANDLING, due, DISPATCHER)
    assert "阅" not in town.last(DISPATCHER).labels and "一事一议" in town.last(DISPATCHER).labels
    await past_due(town)
    assert whose(town) == TOP
    check_log(town)


async def test_please_study_it_goes_to_another_unit_at_the_leaders_word(settle_in):
    town = await at_the_leader(settle_in)
    await town.presses(DISPATCHER, "请…研究")
    assert "请哪个单位研究？" in town.text(DISPATCHER) and "1 区自然资源局" in town.text(DISPATCHER)
    await town.says(DISPATCHER, "区城乡水务局")
    assert "【领导请您单位研究】17-1" in town.text(WATER) and whose(town) == WATER and row_of(town).rung == 0
    await next_morning(town)
    assert "领导请区城乡水务局研究" in town.text(LI)
    await town.says(SUN, "17-1")
    assert "领导请区城乡水务局研究" in town.text(SUN) and DISPATCHER not in town.text(SUN)
    check_log(town)


async def test_to_the_meeting_the_office_answers_for_that(settle_in):
    town = await at_the_leader(settle_in)
    await town.presses(DISPATCHER, "上会")
    row = row_of(town)
    assert row.agenda_at == town.now and row.steps[row.rung]["rung"] == Rung.MEETING and whose(town) == LI
    for dispatcher in (LI, SECOND):
        assert "【请列入上会议题】17-1" in town.text(dispatcher)
    assert not [shown for shown in town.messages(DISPATCHER) if shown.labels]
    await town.says(LI, "17-1")
    await town.presses(LI, "记录结果")
    await town.says(LI, "专题会定：市级统筹 30 亩")
    assert whose(town) == HEAD and row_of(town).agenda_at is None
    assert "领导意见：“专题会定：市级统筹 30 亩”" in town.text(HEAD)
    check_log(town)


async def test_a_dispatcher_who_raised_it_is_told_of_the_meeting_once(settle_in):
    town = settled(settle_in)
    town.person(SECOND, posts=[Post.DISPATCHER])
    await raises(town, LI)
    for _ in range(4):
        await past_due(town)
    town.now = town.app.house.calendar.next_opening(town.now)
    await town.says(DISPATCHER, "17-1")
    await town.presses(DISPATCHER, "上会")
    assert whose(town) == SECOND and "【请列入上会议题】17-1" in town.text(LI)
    await next_morning(town)
    assert "已列入上会议题" not in town.text(LI)
    check_log(town)


async def test_a_decision_in_the_leaders_own_words(settle_in):
    town = await at_the_leader(settle_in)
    await town.presses(DISPATCHER, "一事一议")
    await town.says(DISPATCHER, "按“一企一策”办，先用后补，局里兜底")
    assert whose(town) == HEAD and "按“一企一策”办" in town.text(HEAD)
    await town.says(WANG, "17-1")
    assert "总调度老冯作出决定：“按“一企一策”办，先用后补，局里兜底”" in town.text(WANG)
    check_log(town)


async def test_decided_and_not_carried_out_it_comes_back_up(settle_in):
    town = await at_the_leader(settle_in)
    await town.presses(DISPATCHER, "一事一议")
    await town.says(DISPATCHER, "局里三天内办")
    await past_due(town)
    assert any("拟提级" in shown.text for shown in town.messages(LI)) and whose(town) == HEAD
    await past_due(town)
    assert whose(town) == DISPATCHER and "局里三天内办" in town.text(DISPATCHER)
    check_log(town)


async def test_where_nobody_is_below_the_office_carries_it_out(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    for name in (ZHAO, DEPUTY, HEAD):
        town.do(lambda desk, name=name: setattr(desk.session.get(Row, town.people[name]), "active", False))
    for _ in range(2):
        await past_due(town)
    assert whose(town) == DISPATCHER
    town.now = town.app.house.calendar.next_opening(town.now)
    await town.says(DISPATCHER, "17-1")
    await town.presses(DISPATCHER, "一事一议")
    await town.says(DISPATCHER, "由项目办牵头")
    assert whose(town) == LI
    check_log(town)
