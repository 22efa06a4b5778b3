"""阶段 and 四率 in chat: told in a report and confirmed, entered by the dispatcher, counted with a definition."""

from datetime import date

import pytest

from bot.rules.words import Kind, Post, Role, Stage
from storage import dispatch_log, stages
from storage.tables import Project, StageEvent
from tests.town import Town, at

pytestmark = pytest.mark.slow

WANG, LI, DEPUTY = "填报小王", "调度小李", "分管局长"


def settled(settle_in, policy=None, **values) -> Town:
    town: Town = settle_in("2026-11-24 09:10", policy) if policy else settle_in("2026-11-24 09:10")
    town.person(WANG, "区工信局")
    town.person(DEPUTY, "区工信局", posts=[Post.DEPUTY_HEAD])
    town.person(LI, posts=[Post.DISPATCHER])
    values = {
        "plan": dict.fromkeys(range(1, 13), 1000),
        "invested_before": 0,
        "kind": Kind.NEW,
        "lead": "区工信局",
        **values,
    }
    town.project("智诚慧家标准车间", {Role.REPORTER: WANG}, number=17, **values)
    return town


def project(town: Town) -> Project:
    with town.store.read() as session:
        row = session.get(Project, 1)
        assert row is not None
        assert dispatch_log.verify_rows(session, town.app.house.sealer).good
        return row


def events(town: Town) -> list[tuple[str, str, str]]:
    with town.store.read() as session:
        return [(row.stage.value, row.day.isoformat(), row.basis) for row in stages.of_project(session, 1)]


async def test_a_start_is_told_confirmed_dated_and_proved(settle_in):
    town = settled(settle_in)
    await town.says(WANG, "11月18日开工，施工许可证已取得")
    assert "项目阶段 → 开工（11-18，施工许可证）" in town.text(WANG), town.text(WANG)
    assert events(town) == [] and "没看懂" not in town.text(WANG)
    town.reopen()
    await town.presses(WANG, "确认")
    assert events(town) == [("started", "2026-11-18", "permit")]
    assert (project(town).stage, project(town).stage_on) == (Stage.STARTED, date(2026, 11, 18))
    await town.says(LI, "阶段 17")
    assert "现在：开工（11-18起）" in town.text(LI) and "开工：11-18（施工许可证）" in town.text(LI)
    assert "开工口径：施工许可证，或桩基或以后工序" in town.text(LI)


async def test_a_stop_with_its_planned_resuming_said_later_and_the_light_that_follows(settle_in):
    town = settled(settle_in, kind=Kind.CONTINUED)
    await town.says(WANG, "因资金问题项目停工")
    assert town.last(WANG).labels[:2] == ["填报进展", "反映问题"]
    await town.presses(WANG, "填报进展")
    assert "项目阶段 → 停工（11-24）" in town.text(WANG) and "计划哪天复工" in town.text(WANG)
    await town.says(WANG, "计划12月1日复工")
    assert (
        "计划 12-01 复工" in town.text(WANG) and "时间：" not in town.text(WANG) and "阶段：复工" not in town.text(WANG)
    )
    await town.presses(WANG, "确认")
    assert (project(town).stopped_on, project(town).resume_on) == (date(2026, 11, 24), date(2026, 12, 1))
    await town.says(LI, "项目 17")
    assert "停工 11-24 起，计划 12-01 复工" in town.text(LI)
    await town.walk("2026-12-03 09:30", minutes=240)
    await town.says(LI, "红绿灯 17")
    assert "11-24 停工，计划 12-01 复工，已过 2 个工作日" in town.text(LI)
    await town.says(WANG, "已复工")
    await town.presses(WANG, "确认")
    assert project(town).stopped_on is None
    assert not any(reason["code"] == "resume_overdue" for reason in project(town).reasons)


async def test_what_was_misread_is_taken_off_the_card(settle_in):
    town = settled(settle_in)
    await town.says(WANG, "65%，项目停工")
    assert "停工（11-24）" in town.text(WANG)
    await town.says(WANG, "不是停工")
    assert "停工" not in town.text(WANG) and "65%" in town.text(WANG)
    await town.presses(WANG, "确认")
    assert events(town) == []


async def test_a_stage_counts_when_the_units_deputy_head_has_agreed(settle_in, tmp_path):
    from bot.policy import read_policy

    own = tmp_path / "own.toml"
    own.write_text('[report]\nreview_units = ["区工信局"]\n', "utf-8")
    town = settled(settle_in, read_policy(own))
    await town.says(WANG, "今天正式开工，桩基已施工")
    await town.presses(WANG, "确认")
    assert events(town) == [] and project(town).stage is None
    await town.presses(DEPUTY, "同意")
    assert events(town) == [("started", "2026-11-24", "piling")] and project(town).stage is Stage.STARTED


async def test_the_dispatcher_writes_a_stage_down_and_takes_it_back(settle_in):
    town = settled(settle_in)
    await town.says(LI, "阶段 17 竣工 11月20日 竣工验收备案")
    assert "已记下" in town.text(LI) and "· 11-20 竣工 · 竣工验收备案" in town.text(LI)
    assert project(town).stage is Stage.COMPLETED
    await town.presses(LI, "撤回")
    assert "已撤回" in town.text(LI) and project(town).stage is None
    with town.store.read() as session:
        assert session.get(StageEvent, 1).withdrawn_at is not None
    await town.says(LI, "阶段 17 完了")
    assert "请先写阶段：谋划储备、签约落地、开工" in town.text(LI)
    await town.says(WANG, "阶段 17 竣工")
    assert "由填报人在进展里说" in town.text(WANG)
    await town.says(LI, "日志 17")
    assert "撤回阶段：竣工（2026-11-20）" in town.text(LI)


async def test_a_day_to_come_is_no_fact_and_of_resuming_it_is_the_plan(settle_in):
    town = settled(settle_in, kind=Kind.CONTINUED)
    await town.says(LI, "阶段 17 竣工 2027-06-30 竣工验收备案")
    assert "2027-06-30 还没有到，不能记为已竣工" in town.text(LI) and project(town).stage is None
    await town.says(LI, "阶段 17 停工 2027-01-10")
    assert "还没有到，不能记为已停工" in town.text(LI) and project(town).stopped_on is None
    await town.says(LI, "阶段 17 停工 11-20 资金紧张")
    assert "停工 11-20 起，没有说计划哪天复工" in town.text(LI) and "· 11-20 停工 · 资金紧张" in town.text(LI)
    await town.says(LI, "阶段 17 复工 2027-03-01")
    assert "停工 11-20 起，计划 2027-03-01 复工" in town.text(LI)
    assert (project(town).stopped_on, project(town).resume_on) == (date(2026, 11, 20), date(2027, 3, 1))
    await town.says(LI, "阶段 17 停工 11-20 计划明年2月底复工")
    await town.says(LI, "阶段 17 复工 11-23")
    assert project(town).stopped_on is None


async def test_funds_in_place_are_told_in_a_report_or_entered(settle_in):
    town = settled(settle_in)
    await town.says(WANG, "65%，今年以来完成投资9500万元，资金到位9000万元")
    assert "资金到位 9,000 万元（占年计划 75%）" in town.text(WANG), town.text(WANG)
    await town.presses(WANG, "确认")
    await town.says(LI, "四率")
    card = town.text(LI)
    assert "3 资金到位率 75%" in card and "9,000 万元 ÷ 1.20 亿元" in card
    await town.says(LI, "资金到位 17 1.2亿 2026-11")
    assert "资金到位 1.20 亿元（今年以来）" in town.text(LI)
    await town.says(LI, "四率")
    assert "3 资金到位率 100%" in town.text(LI)


async def test_the_rates_name_their_definition_and_who_is_missing(settle_in):
    town = settled(settle_in)
    town.project("北辰机电二期", {}, number=18, kind=Kind.NEW)
    town.project("续建的", {}, number=19, kind=Kind.CONTINUED)
    town.now = at("2026-11-24 10:00")
    await town.says(LI, "阶段 17 开工 3月18日 施工许可证")
    await town.says(LI, "四率")
    card = town.text(LI)
    for words in (
        "1 开工率 50%", "1 ÷ 2 个", "新建项目中已开工的；开工：取得施工许可证，或桩基或以后工序已施工", "5 复工率 0%", "0 ÷ 1 个", "6 上半年开工率 50%",
        "4 竣工率 —",
    ):  # fmt: skip
        assert words in card, (words, card)
    assert "开工率 50%（1/2）" in town.last(LI).card.copy
    await town.presses(LI, "1")
    assert "还没有开工的 1 个" in town.text(LI) and "北辰机电二期" in town.text(LI)
    await town.says(WANG, "四率")
    assert "开工率" not in town.text(WANG)
