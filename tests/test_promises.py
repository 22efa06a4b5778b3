"""首次答复 and 申请延期: a day is promised, mentioned in time, moved only by who gave the matter, and never quietly."""

import pytest
from sqlmodel import select

from bot.rules.words import Category, MatterState, Origin, Urgency
from handlers.opening import open_matter
from storage import matters, projects
from storage.tables import Matter, NudgeRow
from tests.test_ladder_story import past_due
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

PLAN = "先补正材料，12月10日前批复"
LEADER = "总调度老冯"


async def promises(town: Town, who: str = ZHAO, words: str = PLAN) -> None:
    await town.presses(who, "首次答复")
    await town.says(who, words)


async def asks_for_more(town: Town, words: str = "专家评审改期，延到12月20日", who: str = ZHAO) -> None:
    await town.says(who, "17-1")
    await town.presses(who, "申请延期")
    await town.says(who, words)


def orders(town: Town, giver: str, by: str, *, recorder: str | None = None, number: int = 17) -> None:
    """A leader's order about the project, with a day it is due by."""

    def job(desk):
        project = projects.by_number(desk.session, number)
        matter = Matter(
            id=0, project=project.id, number=0, origin=Origin.DIRECTIVE, category=Category.LAND, urgency=Urgency.ORDINARY,
            words="拿出供地方案", raised_by=town.people[giver], recorded_by=town.people[recorder] if recorder else None,
            promised_on=at(f"{by} 12:00").date(), raised_at=desk.now, since_at=desk.now, due_at=desk.now, look_at=desk.now,
            handed_at=desk.now, version=0,
        )  # fmt: skip
        open_matter(desk, matter, project, [])

    town.do(job)


def reminders(town: Town, who: str, kind: str = "matter_due") -> list[str]:
    """The days on which a bundle mentioned a matter to somebody."""
    with town.store.read() as session:
        rows = session.exec(select(NudgeRow).where(NudgeRow.person == town.people[who], NudgeRow.kind == kind))
        return sorted(row.day.isoformat() for row in rows)


# --- the first answer ---------------------------------------------------------------------------------------------------


async def test_a_plan_with_a_day_in_the_sentence(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await promises(town)
    assert "【已首次答复】" in town.text(ZHAO) and "办结期限 12-10" in town.text(ZHAO)
    assert "请于 12-10 17:30 前办理" in town.text(ZHAO) and "首次答复" not in town.last(ZHAO).labels
    row = row_of(town)
    assert (row.state, row.promised_on.isoformat(), row.due_at) == (
        MatterState.PROMISED, "2026-12-10", at("2026-12-10 17:30"),
    )  # fmt: skip
    assert row.signed_at == row.first_answered_at == town.now, "whoever answers has signed"
    await look_at(town, "2026-11-25 09:20")
    assert f"首次答复，12-10 前办结：“{PLAN}”" in town.text(SUN)
    check_log(town)


async def test_without_a_day_it_is_asked_for_with_days_to_tap(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await promises(town, words="马上去现场看看，再协调")
    assert "哪一天？" in town.text(ZHAO) and "马上去现场看看" in town.text(ZHAO)
    assert town.last(ZHAO).labels[:4] == ["11-26", "12-01", "12-08", "12-22"]
    town.reopen()
    await town.presses(ZHAO, "12-01")
    assert row_of(town).promised_on.isoformat() == "2026-12-01" and row_of(town).plan == "马上去现场看看，再协调"
    check_log(town)


async def test_the_day_may_be_typed_and_not_one_that_is_over(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await promises(town, words="已经联系省厅")
    await town.says(ZHAO, "2026年11月20日")
    assert "11-20 已经过去了" in town.text(ZHAO)
    assert row_of(town).promised_on is None
    await town.says(ZHAO, "下周五")
    assert row_of(town).promised_on.isoformat() == "2026-12-04"


async def test_a_day_without_a_year_that_has_just_passed_is_not_next_years(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await promises(town, words="先补正材料，11-20前批复")
    assert "11-20 已经过去了" in town.text(ZHAO) and "“先补正材料，11-20前批复”" in town.text(ZHAO)
    await town.says(ZHAO, "11月22日")
    assert "11-22 已经过去了" in town.text(ZHAO)
    await town.says(ZHAO, "12-10")
    row = row_of(town)
    assert row.promised_on.isoformat() == "2026-12-10" and row.plan == "先补正材料，11-20前批复"
    await town.presses(ZHAO, "申请延期")
    await town.says(ZHAO, "专家改期，延到11月18日")
    assert "11-18 已经过去了" in town.text(ZHAO)
    await town.says(ZHAO, "1-12")
    assert row_of(town).promise_open.isoformat() == "2027-01-12", "that one is ahead"
    check_log(town)


async def test_a_day_too_far_is_refused_and_the_words_are_given_back(settle_in):
    town = settled(settle_in)
    await raises(town, SUN, category="资金", words="缺配套资金")
    holder = "调度责任人老郑"
    await promises(town, holder, "分三批拨付，2027年3月31日前拨完")
    assert "最晚只能答复到 2027-01-06" in town.text(holder) or "最晚只能答复到 01-06" in town.text(holder)
    assert "您写的：“分三批拨付" in town.text(holder) and "首次答复" in town.last(holder).labels
    assert row_of(town).state is MatterState.UNSIGNED, "nothing happened"
    check_log(town)


async def test_an_order_names_the_last_day_there_is(settle_in):
    town = settled(settle_in)
    orders(town, LEADER, "2026-12-04")
    await town.settle()
    assert "【交办给您】17-1" in town.text(ZHAO) and "办结期限 12-04" in town.text(ZHAO)
    assert "请于 11-27 09:10 前" in town.text(ZHAO)
    await promises(town)
    assert "交办期限是 12-04，首次答复不能超过它" in town.text(ZHAO)
    await promises(town, words="周四前拿出方案，12月3日前报")
    assert row_of(town).promised_on.isoformat() == "2026-12-03" and row_of(town).earlier_dates == ["2026-12-04"]
    check_log(town)


# --- reminders ----------------------------------------------------------------------------------------------------------


async def test_mentioned_at_a_third_at_two_thirds_and_on_the_last_morning_once_each(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await promises(town)
    await town.walk("2026-12-10 17:00", minutes=30)
    assert reminders(town, ZHAO) == ["2026-12-01", "2026-12-07", "2026-12-10"]
    assert read_by(town, ZHAO).count("12-10 17:30 前办理") == 1 + 3, "its own card and three lines"
    town.reopen()
    await look_at(town, "2026-12-10 17:20")
    assert len(reminders(town, ZHAO)) == 3
    check_log(town)


async def test_not_signed_for_in_a_working_day_it_is_mentioned_in_one_line_a_morning(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await town.walk("2026-11-27 09:05", minutes=5)
    assert reminders(town, ZHAO) == ["2026-11-26", "2026-11-27"]
    for shown in town.messages(ZHAO):
        assert shown.text.count("17-1") <= 1, "never twice in one bundle"
    check_log(town)


async def test_two_moments_before_one_morning_are_one_line(settle_in):
    town = settled(settle_in, "2026-11-24 16:00")
    await raises(town, SUN)
    await promises(town, words="加紧办，11月26日前办好")
    await town.walk("2026-11-26 09:20", minutes=10)
    assert reminders(town, ZHAO).count("2026-11-26") == 1
    assert (
        read_by(town, ZHAO).splitlines().count("1 17-1 智诚慧家标准车间 用地问题：已首次答复，11-26 17:30 前办理") <= 2
    )
    check_log(town)


async def test_signed_and_then_idle_it_climbs_all_the_same(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await town.presses(ZHAO, "签收")
    await town.walk("2026-11-27 09:20", minutes=10)
    assert row_of(town).person == town.people[DEPUTY] and reminders(town, ZHAO) == ["2026-11-26", "2026-11-27"]
    check_log(town)


async def test_a_broken_promise_climbs_and_the_day_stays_visible(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await promises(town)
    await look_at(town, "2026-12-10 17:29")
    assert row_of(town).rung == 0
    await look_at(town, "2026-12-10 17:30")
    row = row_of(town)
    assert row.person == town.people[DEPUTY] and row.promised_on is None and row.earlier_dates == ["2026-12-10"]
    await town.says(DEPUTY, "17-1")
    assert "原定 12-10 办结" in town.text(DEPUTY) and PLAN in town.text(DEPUTY)
    await promises(town, DEPUTY, "我来盯，12月18日前办好")
    assert "办结期限 12-18（原定 12-10）" in town.text(DEPUTY)
    check_log(town)


async def test_an_answer_after_the_office_was_asked_begins_anew_and_the_next_proposal_is_a_new_one(settle_in):
    """The head answers while 拟提级 lies with the office: no leader hears half a day later, nor at the end without a new 拟提级."""
    town = settled(settle_in)
    await raises(town, SUN)
    for moment in ("2026-11-27 09:10", "2026-12-02 09:10", "2026-12-09 09:10"):
        await look_at(town, moment)
    assert "【拟提级" in town.text(LI)
    await promises(town, HEAD, "已开专题会，12月15日前办好")
    assert not [shown for shown in town.messages(LI) if "立即提级" in shown.labels]
    await look_at(town, "2026-12-15 17:29")
    assert row_of(town).person == town.people[HEAD] and row_of(town).proposed_at is None
    await look_at(town, "2026-12-15 17:30")
    assert row_of(town).person == town.people[HEAD], "the office is asked first"
    await look_at(town, "2026-12-16 09:20")
    assert "拟提级" in town.text(LI) and not town.messages(LEADER)
    await look_at(town, "2026-12-16 14:00")
    assert row_of(town).person == town.people[LEADER]
    check_log(town)


# --- 申请延期 -----------------------------------------------------------------------------------------------------------


async def test_another_day_agreed_to_by_the_office_the_old_one_visible_and_counted(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await promises(town)
    town.now = at("2026-12-08 10:00")
    await asks_for_more(town)
    assert "【已申请延期，在此之前原期限不变】" in town.text(ZHAO) and "申请延到 12-20" in town.text(ZHAO)
    assert "申请延期" not in town.last(ZHAO).labels and row_of(town).due_at == at("2026-12-10 17:30")
    assert "【申请延期，请定】17-1" in town.text(LI) and "专家评审改期" in town.text(LI)
    assert town.last(LI).labels[:2] == ["同意", "不同意"]
    await town.presses(LI, "同意")
    assert "已同意延期到 12-20" in town.text(LI)
    assert "【同意延期】" in town.text(ZHAO) and "办结期限 12-20（原定 12-10，已延期 1 次）" in town.text(ZHAO)
    row = row_of(town)
    assert (row.extensions, row.due_at, row.promise_open) == (1, at("2026-12-21 17:30"), None), (
        "a Sunday: to Monday's end"
    )
    await look_at(town, "2026-12-09 09:20")
    assert "办结期限改为 12-20（原定 12-10）" in town.text(SUN)
    await look_at(town, "2026-12-10 17:30")
    assert row_of(town).rung == 0
    town.now = at("2026-12-14 10:00")
    await asks_for_more(town, "再等专家，延到12月28日")
    await town.presses(LI, "同意")
    assert "（原定 12-10、12-20，已延期 2 次）" in town.text(ZHAO)
    check_log(town)


async def test_another_day_refused_and_the_clock_has_not_stopped(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await promises(town)
    town.now = at("2026-12-09 10:00")
    await asks_for_more(town)
    await town.presses(LI, "不同意")
    await town.says(LI, "企业等不起")
    assert "【未同意延期，原期限不变】" in town.text(ZHAO) and "企业等不起" in town.text(ZHAO)
    row = row_of(town)
    assert (row.extensions, row.promise_open, row.earlier_dates) == (0, None, [])
    await look_at(town, "2026-12-10 17:30")
    assert row_of(town).person == town.people[DEPUTY]
    assert "未同意" not in read_by(town, SUN), "inner"
    check_log(town)


@pytest.mark.parametrize(("moment", "may"), [("2026-12-09 17:30", True), ("2026-12-10 08:31", False)])
async def test_it_is_asked_for_a_working_day_before_the_end_or_not_at_all(settle_in, moment, may):
    town = settled(settle_in)
    await raises(town, SUN)
    await promises(town)
    town.now = at(moment)
    await town.says(ZHAO, "17-1")
    assert ("申请延期" in all_labels(town, ZHAO)) is may


def all_labels(town: Town, who: str) -> set[str]:
    """What somebody may press or find behind 更多."""
    with town.store.read() as session:
        from handlers.parties import steps_for

        matter = matters.by_number(session, 17, 1)
        desk = town.desk(session)
        return {desk.label(step.name) for step in steps_for(desk, matter, town.people[who])}


async def test_the_day_must_be_later(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await promises(town)
    await asks_for_more(town, "提前一点，12月5日")
    assert "延期要写一个更晚的日期" in town.text(ZHAO) and row_of(town).promise_open is None


async def test_of_an_order_who_gave_it_agrees_and_before_the_first_answer_that_limit_stands(settle_in):
    town = settled(settle_in)
    orders(town, LEADER, "2026-12-04")
    await town.settle()
    await asks_for_more(town, "两家单位意见不一，延到12月15日")
    assert "【申请延期，请定】" in town.text(LEADER) and not any("申请延期" in one.text for one in town.messages(LI))
    await town.presses(LEADER, "同意")
    row = row_of(town)
    assert (row.promised_on.isoformat(), row.earlier_dates, row.extensions) == ("2026-12-15", ["2026-12-04"], 1)
    assert row.due_at == at("2026-11-27 09:10"), "the first answer is due as before"
    check_log(town)


async def test_who_is_not_there_any_more_does_not_hold_up_an_order(settle_in):
    """The leader has no account: whoever wrote the order down decides."""
    town = settled(settle_in)
    town.person("市领导", bound=False)
    orders(town, "市领导", "2026-12-04", recorder=LI)
    await town.settle()
    await asks_for_more(town, "延到12月15日")
    assert "【申请延期，请定】" in town.text(LI)
    await town.presses(LI, "同意")
    assert row_of(town).promised_on.isoformat() == "2026-12-15"
    check_log(town)


async def test_who_wrote_it_down_and_has_it_now_is_told_once(settle_in):
    town = settled(settle_in)
    orders(town, LEADER, "2026-12-20", recorder=LI)
    await town.settle()
    await town.says(LI, "17-1")
    await town.presses(LI, "提级")
    await town.says(LI, "直接上会")
    for _ in range(6):
        if row_of(town).person == town.people[LI]:
            break
        await past_due(town)
    assert row_of(town).person == town.people[LI]
    with town.store.read() as session:
        last = max(entry.row.id for entry in matters.history(session, town.app.house.sealer, row_of(town)))
        told = session.exec(
            select(NudgeRow.key).where(NudgeRow.key.startswith(f"matter:{last}:{town.people[LI]}"))
        ).all()
    assert not told and "【提级到您】" in read_by(town, LI)
    check_log(town)


# --- a legal procedure --------------------------------------------------------------------------------------------------


async def test_a_legal_procedure_runs_by_its_own_limit(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await town.presses(ZHAO, "法定审批")
    assert "土地组卷报批（90 个工作日）" in town.text(ZHAO)
    await town.says(ZHAO, "土地组卷报批")
    row = row_of(town)
    assert row.procedure == "land_assembly" and row.state is MatterState.PROMISED
    assert row.due_at == town.app.house.calendar.at(row.promised_on, town.app.house.calendar.hours[-1][1])
    assert town.app.house.calendar.workdays_between(at("2026-11-24 12:00").date(), row.promised_on) == 90
    assert "法定程序：土地组卷报批" in town.text(ZHAO) and "法定审批" not in all_labels(town, ZHAO)
    for month in ("2026-12-10", "2027-01-15", "2027-03-01"):
        await look_at(town, f"{month} 10:00")
    assert row_of(town).rung == 0
    await town.says(ZHAO, "17-1")
    await answers(town, ZHAO)
    await town.presses(SUN, "已解决")
    check_log(town)
