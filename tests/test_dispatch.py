"""The dispatcher's desk, told as it happens: who has not reported, chasing, reporting for somebody, taking in hand, pausing."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from bot.rules.words import Category, MatterState, Post, ReportState, Role, Rung, Source
from storage import dispatch_log
from storage.projects import NEVER
from storage.tables import Account, LogEntry, Matter, Milestone, Outbox, Project, Report

pytestmark = pytest.mark.slow

LI, WANG, LIU, SUN = "调度小李", "王科长", "刘主任", "孙书记"
EVEN = dict.fromkeys(range(1, 13), 1000)
ON_PLAN = {"invested_year": 110_000_000, "invested_as_of": date(2026, 11, 20), "as_of": date(2026, 11, 20)}


def district(town):
    """On 24 November: two of 王科长's and one of 刘主任's, who has no account, have not reported; the last one has."""
    town.unit("长泉区", None)
    town.person(LI, posts=[Post.DISPATCHER])
    town.person(WANG, "区住建局", phone="13900000001")
    town.person(LIU, "区水务局", phone="13900000002", bound=False)
    town.person(SUN, "区住建局", phone="13900000003")
    town.project(
        "智诚慧家标准车间",
        {Role.REPORTER: WANG, Role.DISPATCH_OFFICIAL: SUN},
        number=17,
        lead="区住建局",
        plan=EVEN,
        **since("2026-10-20"),
    )
    town.project("北辰机电二期", {Role.REPORTER: WANG}, number=3, plan=EVEN, **since("2026-09-20"))
    town.project("泉润河治理", {Role.REPORTER: LIU}, number=5, lead="区水务局", plan=EVEN, **since("2026-10-21"))
    town.project("已报的项目", {Role.REPORTER: SUN}, number=6, plan=EVEN, **ON_PLAN)
    return town


def since(day: str) -> dict:
    """Last reported on this day, on plan then."""
    when = date.fromisoformat(day)
    return {"as_of": when, "invested_as_of": when, "invested_year": when.month * 10_000_000}


def rows(town, table, order="id"):
    with town.store.read() as session:
        return list(session.execute(sa.select(table).order_by(getattr(table, order))).scalars())


def one(town, table, number):
    with town.store.read() as session:
        return session.get(table, number)


def whole(town):
    """The log is whole, and the rows agree with it."""
    with town.store.read() as session:
        sealer = town.app.house.sealer
        verdict = dispatch_log.verify_rows(session, sealer)
        assert verdict.good, verdict
        return dispatch_log.verify(session, sealer).good


def matter(town, project, number, **values):
    """A matter in the middle of its way."""

    def job(desk):
        steps = [{"rung": str(one), "person": 1, "unit": None, "peers": [], "minutes": 1} for one in Rung]
        raised, due = datetime(2026, 11, 4, 1, tzinfo=UTC), datetime(2026, 12, 4, 1, tzinfo=UTC)
        base = {
            "category": Category.LAND, "words": "缺用地指标", "raised_by": town.people[SUN], "raised_at": raised, "since_at": raised,
            "handed_at": raised, "due_at": due, "look_at": due, "steps": steps, "state": MatterState.HANDLING,
        }  # fmt: skip
        row = Matter(id=number, project=project, number=number, **{**base, **values})
        desk.session.add(row)
        desk.session.flush()
        desk.note("matter.raised", project=project, rows=[row])

    town.do(job)


# --- the desk -------------------------------------------------------------------------------------------------------------


async def test_the_desk_at_a_glance(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    await town.says(LI, "调度台")
    card = town.last(LI)
    assert "【调度台】长泉区 · 11月24日 周二" in card.text
    assert "未报 3 个：过期 1 · 到期前后 2" in card.text
    assert "最久：北辰机电二期（长泉区）逾期" in card.text
    assert "涉及 2 人：王科长 2、刘主任 1" in card.text
    assert "联系不上 1 人：未绑定 1" in card.text
    assert card.labels == ["一键催报", "代填", "未报名单", "联系不上", "定稿", "项目清单"]


async def test_nothing_to_do_is_said_in_a_line(settle_in):
    town = settle_in("2026-11-24 10:00")
    town.person(LI, posts=[Post.DISPATCHER])
    town.person(SUN)
    town.project("已报的项目", {Role.REPORTER: SUN}, plan=EVEN, **ON_PLAN)
    await town.says(LI, "/desk")
    assert "本期都已报" in town.text(LI) and "没有要您处理的" in town.text(LI)
    assert town.last(LI).labels == ["代填", "定稿", "项目清单"]
    await town.says(LI, "一键催报")
    assert "没看懂" in town.text(LI)


async def test_only_for_dispatchers_and_only_their_own_units(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    town.person("水务小周", "区水务局", posts=[Post.DISPATCHER])
    town.person("张区长", posts=[Post.LEADER])
    for who in (WANG, "张区长"):
        await town.says(who, "调度台")
        assert "“调度台”是调度员用的词" in town.text(who)
    await town.says("水务小周", "调度台")
    assert "未报 1 个" in town.text("水务小周") and "北辰" not in town.text("水务小周")


async def test_the_lists_page_and_open_projects(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    for at in range(6):
        town.project(f"道路 {at}", {Role.REPORTER: SUN}, number=50 + at, plan=EVEN, **since("2026-10-22"))
    await town.says(LI, "调度台")
    await town.presses(LI, "未报名单")
    assert "未报 9（第 1/3 页）" in town.text(LI)
    assert "1 北辰机电二期（长泉区）逾期" in town.text(LI) and "王科长 13900000001" in town.text(LI)
    assert town.last(LI).labels == ["1", "2", "3", "4", "一键催报", "更多"]
    await town.presses(LI, "更多")
    await town.presses(LI, "更多")
    assert town.last(LI).labels == ["1", "一键催报", "更多", "调度台"]
    await town.presses(LI, "1")
    assert "道路 5" in town.text(LI) and len(town.last(LI).labels) <= 6
    await town.presses(LI, "调度台")
    assert "未报 9 个" in town.last(LI).text or any("未报 9 个" in shown.text for shown in town.messages(LI))


async def test_what_is_overdue_and_what_waits_for_a_ruling(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    town.project(
        "有节点的",
        {Role.REPORTER: SUN},
        number=9,
        plan=EVEN,
        milestones=[("主体封顶", "2026-11-10"), ("竣工", "2026-12-30")],
        **ON_PLAN,
    )
    matter(town, 1, 1, due_at=datetime(2026, 11, 20, 1, tzinfo=UTC))
    matter(town, 1, 2, state=MatterState.DISPUTED)
    matter(town, 1, 3, proposed_at=datetime(2026, 11, 24, 1, tzinfo=UTC))
    matter(town, 2, 4, rung=len(Rung) - 1, due_at=datetime(2026, 11, 23, 1, tzinfo=UTC))
    matter(town, 2, 5, state=MatterState.CLOSED)
    await town.says(LI, "调度台")
    card = town.last(LI)
    assert "超期 节点 1 问题 2" in card.text
    assert "待裁定 3 · 待核实裁定 1 · 拟提级 1 · 已到最高一级 1" in card.text
    assert len(card.labels) == 6
    await town.presses(LI, "超期")
    assert "有节点的：节点“主体封顶”超期 10 个工作日" in town.text(LI) and "竣工" not in town.text(LI)
    assert "17-1 用地" in town.text(LI) and "3-4" in town.text(LI)
    await town.presses(LI, "调度台")
    await town.presses(LI, "待裁定")
    assert "17-2 用地·智诚慧家标准车间：待裁定" in town.text(LI) and "3-4 用地·北辰机电二期：已到最高一级" in town.text(
        LI
    )
    await town.presses(LI, "1")
    assert "17-2" in town.text(LI)


async def test_whoever_gave_the_answer_does_not_rule_on_it(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    matter(town, 1, 1, state=MatterState.DISPUTED, answered_by=town.people[LI])
    await town.says(LI, "调度台")
    assert "待裁定" not in town.text(LI)


async def test_the_unreachable_are_listed_with_their_numbers(settle_in):
    town = district(settle_in("2026-11-24 10:00"))

    def lost(desk):
        row = desk.session.execute(sa.select(Account).where(Account.person == town.people[WANG])).scalar_one()
        row.unreachable = "blocked"

    town.do(lost)
    await town.says(LI, "调度台")
    assert "联系不上 2 人：未绑定 1 · 消息送不到 1" in town.text(LI)
    await town.presses(LI, "联系不上")
    assert "王科长（区住建局） 13900000001：消息送不到，联系 2 个项目" in town.text(LI)
    assert "刘主任（区水务局） 13900000002：未绑定" in town.text(LI)


# --- 一键催报 -------------------------------------------------------------------------------------------------------------


async def test_one_tap_chases_everybody_once_in_one_message_each(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    await town.says(LI, "调度台")
    await town.presses(LI, "一键催报")
    [chase] = town.messages(WANG)
    assert (
        "调度小李请您填报 2 个项目" in chase.text and "北辰机电二期" in chase.text and "智诚慧家标准车间" in chase.text
    )
    assert chase.labels == ["1", "2"]
    assert not town.messages(SUN) and not town.messages(LIU)
    told = town.last(LI)
    assert "3 个项目：已发给 1 人" in told.text
    assert "请电话联系 1 人" in told.text and "刘主任（区水务局） 13900000002，未绑定：泉润河治理" in told.text
    assert (
        "3. 泉润河治理（区水务局） 13900000002" in told.card.copy
        or "泉润河治理（区水务局） 13900000002" in told.card.copy
    )
    assert WANG not in told.card.copy and LIU not in told.card.copy, "no person's name beside a delay"
    await town.says(LI, "调度台")
    await town.presses(LI, "一键催报")
    assert len(town.messages(WANG)) == 1 and "今天已催过 1 人" in town.text(LI)
    chased = [row for row in rows(town, LogEntry) if row.kind == "report.chased"]
    assert [row.project for row in chased] == [2, 1]
    assert whole(town)


async def test_a_report_takes_the_chase_back_line_by_line(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    await town.says(LI, "调度台")
    await town.presses(LI, "一键催报")
    await town.presses(WANG, "1")
    await town.says(WANG, "70% 今年累计1.1亿")
    await town.presses(WANG, "确认")
    chase = town.messages(WANG)[0]
    assert "请您填报 1 个项目" in chase.text and "智诚慧家标准车间" in chase.text and "北辰" not in chase.text
    assert "填报进展" in chase.labels and "按计划推进" in chase.labels
    await town.presses(WANG, "按计划推进", message=chase)
    assert "都已报，谢谢" in town.messages(WANG)[0].text and not town.messages(WANG)[0].labels
    assert [row.source for row in rows(town, Report)] == [Source.CHAT, Source.ON_PLAN]


@pytest.mark.parametrize("since", ["2026-11-25 08:00", "2026-11-25 08:40"])
async def test_what_was_chased_in_the_morning_is_not_in_the_days_bundle_again(settle_in, since):
    """Whether the day's items were laid down before, or only after the chase."""
    town = district(settle_in(since))
    if since < "2026-11-25 08:40":
        await town.walk("2026-11-25 08:40", minutes=5)
    await town.says(LI, "调度台")
    await town.presses(LI, "一键催报")
    await town.walk("2026-11-25 17:00", minutes=5)
    asking = [shown for shown in town.messages(WANG) if "催报" in shown.text or "今日待办" in shown.text]
    assert len(asking) == 1


async def test_after_the_days_bundle_a_chase_is_one_more_message(settle_in):
    town = district(settle_in("2026-11-25 08:00"))
    await town.walk("2026-11-25 10:00", minutes=5)
    assert "今日待办" in town.text(WANG)
    await town.says(LI, "调度台")
    await town.presses(LI, "一键催报")
    assert "请您填报 2 个项目" in town.text(WANG)
    for name in ("北辰机电二期", "智诚慧家标准车间"):
        await town.says(WANG, f"{name} 70% 今年累计1.1亿")
        await town.presses(WANG, "确认")
    asked = [shown for shown in town.messages(WANG) if "催报" in shown.text or "今日待办" in shown.text]
    assert len(asked) == 2 and not any(shown.labels for shown in asked), "one report answers both"


async def test_outside_working_hours_a_chase_waits_for_them(settle_in):
    town = district(settle_in("2026-11-24 19:00"))
    await town.says(LI, "调度台")
    await town.presses(LI, "一键催报")
    assert "上班时间送达" in town.text(LI) and not town.messages(WANG)
    await town.walk("2026-11-25 08:35", minutes=5)
    assert "请您填报 2 个项目" in town.messages(WANG)[0].text


async def test_reported_meanwhile_is_never_chased(settle_in):
    town = district(settle_in("2026-11-24 19:00"))
    await town.says(LI, "调度台")
    await town.presses(LI, "一键催报")
    for name in ("北辰机电二期", "智诚慧家标准车间"):
        await town.says(WANG, f"{name} 70% 今年累计1.1亿")
        await town.presses(WANG, "确认")
    said = len(town.messages(WANG))
    await town.walk("2026-11-25 08:45", minutes=5)
    assert len(town.messages(WANG)) == said


async def test_those_not_due_yet_are_left_alone_unless_meant(settle_in):
    town = district(settle_in("2026-11-12 10:00"))
    await town.says(LI, "调度台")
    assert "未报 1 个：过期 1（本期另有 2 个未到期）" in town.text(LI)
    await town.presses(LI, "一键催报")
    assert "请您填报 1 个项目" in town.text(WANG) and "另有 2 个未到期，没有催" in town.text(LI)
    await town.presses(LI, "含未到期")
    assert "今天已催过 1 人" in town.text(LI) and len(town.messages(WANG)) == 1


async def test_a_project_nobody_reports_is_named(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    town.project("无人认领", {}, number=50, plan=EVEN)
    await town.says(LI, "调度台")
    await town.presses(LI, "一键催报")
    assert "没有填报人：无人认领" in town.text(LI)


# --- 代填 -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "basis"),
    [
        ("王科长电话 15:20", "王科长电话 15:20"),
        ("王科长微信 9:05", "王科长微信 9:05"),
        ("据王科长说", "王科长电话 16:00"),
        ("王科长 15：20", "王科长电话 15:20"),
        ("王科长", "王科长电话 16:00"),
    ],
)
async def test_reporting_for_somebody_counts_is_marked_and_told(settle_in, said, basis):
    town = district(settle_in("2026-11-24 16:00"))
    await town.says(LI, "代填")
    assert town.last(LI).labels[:3] == ["1", "2", "3"]
    await town.says(LI, "智诚慧家标准车间")
    assert town.last(LI).labels == [WANG, "取消"]
    await town.says(LI, said)
    assert "代王科长填报" in town.text(LI)
    await town.says(LI, "66% 今年累计1.05亿")
    assert f"据{basis}" in town.text(LI)
    await town.presses(LI, "确认")
    [report] = rows(town, Report)
    assert (report.person, report.recorded_by, report.source) == (town.people[WANG], town.people[LI], Source.PROXY)
    assert report.basis == basis and report.state is ReportState.COUNTS
    assert "调度小李据" in town.text(WANG) and "66%" in town.text(WANG)
    assert one(town, Project, 1).invested_year == 105_000_000
    assert whole(town)


async def test_a_tap_on_the_name_is_by_telephone_now(settle_in):
    town = district(settle_in("2026-11-24 16:00"))
    await town.says(LI, "调度台")
    await town.presses(LI, "代填")
    await town.presses(LI, "1")
    await town.presses(LI, WANG)
    await town.says(LI, "七成")
    await town.presses(LI, "确认")
    assert [row.basis for row in rows(town, Report)] == ["王科长电话 16:00"]


async def test_somebody_nobody_knows_stays_a_name(settle_in):
    town = district(settle_in("2026-11-24 16:00"))
    await town.says(LI, "代填")
    await town.says(LI, "#17")
    await town.says(LI, "工地老周当面 15:00")
    await town.says(LI, "七成")
    await town.presses(LI, "确认")
    [report] = rows(town, Report)
    assert report.person is None and report.basis == "工地老周当面 15:00"
    assert not town.messages(WANG)
    assert whole(town)


async def test_two_of_one_name_are_told_apart_by_unit(settle_in):
    town = district(settle_in("2026-11-24 16:00"))
    town.person("张三", "区水务局", bound=False)
    town.person("张三", "区住建局", bound=False)
    await town.says(LI, "代填")
    await town.says(LI, "智诚慧家标准车间")
    await town.says(LI, "张三电话 15:20")
    assert town.last(LI).labels == ["区水务局", "区住建局", "取消"]
    await town.presses(LI, "区住建局")
    await town.says(LI, "七成")
    await town.presses(LI, "确认")
    [report] = rows(town, Report)
    assert report.person == town.people["张三"] and report.basis == "张三电话 15:20"


async def test_nobody_else_reports_for_others(settle_in):
    town = district(settle_in("2026-11-24 16:00"))
    await town.says(SUN, "代填")
    assert "“代填”是调度员用的词" in town.text(SUN)


# --- 纳入催办 -------------------------------------------------------------------------------------------------------------


def imported(town):
    """Two from the ledger that wait for a word: one with old figures, one with a milestone overdue even then."""
    town.project("旧数据", {Role.REPORTER: SUN}, number=20, accepted=None, milestones=[("主体封顶", "2026-10-12")])
    town.project(
        "旧节点",
        {Role.REPORTER: SUN},
        number=21,
        milestones=[("主体封顶", "2026-10-12"), ("竣工", "2026-12-30")],
        plan=EVEN,
        **ON_PLAN,
    )

    def overdue(desk):
        row = desk.session.execute(
            sa.select(Milestone).where(Milestone.project == 6, Milestone.position == 0)
        ).scalar_one()
        row.watched_from = NEVER
        desk.session.flush()
        desk.note("project.added", project=6, rows=[row])
        from handlers import watching

        watching.refresh(desk, desk.session.get(Project, 6), quiet=True)

    town.do(overdue)


async def test_what_was_overdue_at_import_waits_for_the_dispatcher(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    imported(town)
    await town.says(LI, "调度台")
    assert "待纳入催办 2 个" in town.text(LI)
    await town.presses(LI, "纳入催办")
    assert "旧数据：超期节点 1 个，还没有进展" in town.text(LI) and "旧节点：超期节点 1 个" in town.text(LI)
    await town.presses(LI, "1")
    assert "已纳入催办：旧数据" in town.text(LI)
    assert one(town, Project, 5).accepted_on == date(2026, 11, 24)
    await town.presses(LI, "纳入催办")
    await town.presses(LI, "全部纳入")
    assert "把 1 个项目全部纳入催办" in town.text(LI)
    await town.presses(LI, "确认")
    watched = {(row.project, row.position): row.watched_from for row in rows(town, Milestone)}
    assert watched[(5, 0)] == watched[(6, 0)] == date(2026, 11, 24) and watched[(6, 1)] is None
    await town.says(LI, "调度台")
    assert "待纳入催办" not in town.text(LI)
    assert whole(town)


async def test_nobody_is_nudged_before_and_everybody_by_the_rules_after(settle_in):
    town = district(settle_in("2026-11-23 10:00"))
    imported(town)
    await town.walk("2026-11-24 12:00")
    assert not any("旧" in shown.text for shown in town.messages(SUN))
    await town.says(LI, "调度台")
    await town.presses(LI, "纳入催办")
    await town.presses(LI, "全部纳入")
    await town.presses(LI, "确认")
    await town.walk("2026-11-25 12:00")
    assert "旧节点" in town.text(SUN) and "旧数据" in town.text(SUN)
    assert whole(town)


# --- 暂停, 恢复 -----------------------------------------------------------------------------------------------------------


async def test_a_paused_project_is_left_alone_until_it_is_taken_up(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    await town.says(LI, "#17")
    assert town.last(LI).labels == ["反映问题", "日志", "红绿灯", "暂停", "代填", "更多"]
    await town.presses(LI, "更多")
    assert town.last(LI).labels == ["挂图", "计划", "节点", "一页纸", "一句话", "返回"]
    await town.presses(LI, "一句话")
    assert "智诚慧家标准车间" in town.text(LI)
    await town.says(LI, "#17")
    await town.presses(LI, "暂停")
    assert town.last(LI).labels == ["本月底", "本季末", "取消"]
    await town.says(LI, "胡说")
    assert "没看懂" in town.text(LI)
    await town.says(LI, "明年3月底")
    await town.says(LI, "冬季停工，**业主**申请")
    assert "已暂停至 2027-03-31" in town.text(LI)
    row = one(town, Project, 1)
    assert (row.paused_until, row.paused_reason) == (date(2027, 3, 31), "冬季停工，**业主**申请")
    await town.says(LI, "#17")
    assert "已暂停至 2027-03-31：冬季停工，**业主**申请" in town.text(LI)
    await town.walk("2026-11-27 12:00", minutes=60)
    assert not any("智诚慧家标准车间" in shown.text for shown in town.messages(WANG))
    await town.says(LI, "#17")
    await town.presses(LI, "恢复")
    assert "已恢复" in town.text(LI) and one(town, Project, 1).paused_until is None
    await town.says(LI, "调度台")
    await town.presses(LI, "未报名单")
    assert "智诚慧家标准车间" in town.text(LI)
    assert whole(town)


async def test_a_pause_takes_back_what_was_asked(settle_in):
    town = district(settle_in("2026-11-25 08:00"))
    await town.walk("2026-11-25 09:30", minutes=10)
    assert "智诚慧家标准车间" in town.messages(WANG)[0].text
    await town.says(LI, "#17")
    await town.presses(LI, "暂停")
    await town.presses(LI, "本月底")
    await town.says(LI, "换施工单位")
    assert "智诚慧家标准车间" not in town.messages(WANG)[0].text and "北辰机电二期" in town.messages(WANG)[0].text


async def test_an_outsider_cannot_press_what_was_not_theirs(settle_in):
    """A person who lost the post keeps an old card."""
    town = district(settle_in("2026-11-24 10:00"))
    await town.says(LI, "调度台")

    def dismissed(desk):
        desk.session.execute(sa.text("UPDATE post SET until = '2026-11-23'"))

    town.do(dismissed)
    said = len([row for row in rows(town, Outbox) if row.person == town.people[WANG]])
    await town.presses(LI, "一键催报")
    assert "没有找到" in town.text(LI)
    assert len([row for row in rows(town, Outbox) if row.person == town.people[WANG]]) == said
