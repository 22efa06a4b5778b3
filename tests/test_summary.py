"""The summary of a work group, day by day: what it says, who has a word in it, and when there is none."""

from datetime import date, datetime

import pytest
import sqlalchemy as sa

from bot.policy import Policy
from bot.rules.words import Category, Post, Role, Rung
from storage import dispatch_log, groups
from storage.tables import ChatGroup, LogEntry, Matter, Outbox, Project, Summary

pytestmark = pytest.mark.slow

LI, WANG, ZHANG = "调度小李", "王科长", "张区长"
GROUP = "项目群"
EVEN = dict.fromkeys(range(1, 13), 1000)


def district(town, *, mode=""):
    """Three projects, one of them in a unit of its own, and a group for all of the district."""
    town.unit("长泉区", None)
    town.person(LI, posts=[Post.DISPATCHER])
    town.person(ZHANG, posts=[Post.LEADER])
    town.person(WANG, "区住建局")
    town.unit("开发区")
    roles = {Role.REPORTER: WANG, Role.GENERAL_DISPATCHER: ZHANG}
    town.project("智诚慧家标准车间", roles, number=17, plan=EVEN, milestones=[("主体封顶", "2026-10-12")])
    town.project("北辰机电二期", roles, number=3, plan=EVEN)
    town.project("润丰压力容器", roles, number=9, unit="开发区", plan=EVEN)
    bind(town, GROUP, mode=mode)
    return town


def bind(town, chat, unit="长泉区", mode=""):
    where = town.unit(unit, None if unit == "长泉区" else "长泉区")

    def job(desk):
        group = groups.bind(desk.session, "phone", chat, "", chat, where, None, desk.now)
        group.mode = mode

    town.do(job)


async def reports(town, who, words):
    await town.says(who, words)
    await town.presses(who, "确认")


async def all_green(town):
    """Everybody reports on plan."""
    for number, name in ((17, "智诚慧家标准车间"), (3, "北辰机电二期"), (9, "润丰压力容器")):
        words = f"{name} 今年累计1.2亿" + (" 主体封顶已完成" if number == 17 else "")
        await reports(town, WANG, words)


def summaries(town, chat=GROUP):
    return [shown for shown in town.messages(chat) if "重点项目" in shown.text]


def rows(town, table):
    with town.store.read() as session:
        return list(session.execute(sa.select(table).order_by(table.id)).scalars())


def raise_matter(town, project, number, rung, raised, *, category=Category.LAND, **values):
    """A matter that stands on a rung."""

    def job(desk):
        steps = [{"rung": str(one), "person": 1, "unit": None, "peers": [], "minutes": 1} for one in Rung]
        row = Matter(
            id=number, project=project, number=number, category=category, words="缺用地指标", raised_by=town.people[WANG], raised_at=raised,
            since_at=raised, handed_at=raised, due_at=raised, look_at=raised, steps=steps, rung=list(Rung).index(rung), **values,
        )  # fmt: skip
        desk.session.add(row)
        desk.session.flush()
        owner = desk.session.get(Project, project)
        owner.matters += 1
        desk.note("matter.raised", project=project, rows=[row, owner])
        from handlers import watching

        watching.refresh(desk, owner)

    town.do(job)


def whole(town):
    """The log is whole, and the rows agree with it."""
    with town.store.read() as session:
        sealer = town.app.house.sealer
        verdict = dispatch_log.verify_rows(session, sealer)
        return dispatch_log.verify(session, sealer).good and verdict.good


# --- a day ----------------------------------------------------------------------------------------------------------------


async def test_a_working_day_draft_at_five_out_at_half_past(settle_in):
    town = district(settle_in("2026-11-24 15:00"))
    await reports(town, WANG, "北辰机电二期 今年累计1.2亿")
    await town.walk("2026-11-24 16:59", minutes=10)
    assert not [shown for shown in town.messages(LI) if "综述草稿" in shown.text]
    await town.walk("2026-11-24 17:00")
    draft = town.last(LI)
    assert "【综述草稿】" in draft.text and "17:30 自动发出" in draft.text
    assert draft.labels == ["发群", "修改", "今天不发"] and len(draft.pictures) == 1
    assert not summaries(town)
    await town.walk("2026-11-24 17:30")
    [out] = summaries(town)
    assert "【长泉区重点项目 · 11月24日】" in out.text and "绿 1 · 黄 1 · 红 1" in out.text
    assert "① 智诚慧家标准车间 红灯：节点“主体封顶”超期" in out.text
    assert "今日新报 1 · 新问题 0 · 已解决 0 · 超 10 天未更新 2" in out.text
    assert len(out.pictures) == 1 and not out.labels
    assert not town.last(LI).labels, "the draft's buttons are gone"
    await town.walk("2026-11-24 20:00")
    assert len(summaries(town)) == 1
    assert whole(town)


async def test_a_group_reads_no_persons_name_and_no_leaders_rung(settle_in):
    town = district(settle_in("2026-11-24 15:00"))
    raised = datetime.fromisoformat("2026-11-04 09:00+08:00")
    raise_matter(town, 2, 1, Rung.GENERAL_DISPATCHER, raised)
    raise_matter(town, 2, 2, Rung.HEAD, raised)
    await town.walk("2026-11-24 17:30")
    [out] = summaries(town)
    assert "① 北辰机电二期 红灯：用地问题，区级协调中，已 14 个工作日" in out.text
    with town.store.read() as session:
        said = session.execute(sa.select(Outbox.body).where(Outbox.chat_group.is_not(None))).scalar_one()
    for word in (WANG, ZHANG, LI, "总调度人", "总协调人", "主要负责人", "缺用地指标", "提级"):
        assert word not in said, "neither in the text nor in the picture"


async def test_new_and_solved_matters_are_counted(settle_in):
    town = district(settle_in("2026-11-24 15:00"))
    now = town.now
    raise_matter(town, 1, 1, Rung.SECTION, now)
    raise_matter(
        town, 1, 2, Rung.SECTION, datetime.fromisoformat("2026-11-12 09:00+08:00"), state="closed", closed_at=now
    )
    await town.walk("2026-11-24 17:30")
    assert "新问题 1 · 已解决 1" in summaries(town)[0].text


async def test_no_group_hears_of_a_matter_marked_internal(settle_in):
    town = district(settle_in("2026-11-24 15:00"))
    long_ago = datetime.fromisoformat("2026-11-04 09:00+08:00")
    raise_matter(town, 2, 1, Rung.GENERAL_DISPATCHER, long_ago, internal=True)
    raise_matter(town, 2, 2, Rung.HEAD, long_ago, category=Category.MONEY)
    raise_matter(town, 1, 3, Rung.GENERAL_DISPATCHER, town.now, internal=True)
    raise_matter(town, 1, 4, Rung.SECTION, town.now, state="closed", closed_at=town.now, internal=True)
    await town.walk("2026-11-24 17:30")
    [out] = summaries(town)
    assert "资金问题" in out.text and "用地问题" not in out.text and "新问题 0 · 已解决 0" in out.text
    row = next(line for line in out.text.splitlines() if "智诚慧家标准车间" in line)
    assert "红灯" in row and "问题" not in row, "the light is true, its reason is not told"
    await town.says(LI, "总览")
    assert "用地问题" in town.text(LI)
    assert whole(town)


async def test_what_comes_in_after_the_draft_counts_the_next_day(settle_in):
    town = district(settle_in("2026-11-24 16:50"))
    await town.walk("2026-11-24 17:10", minutes=10)
    await reports(town, WANG, "北辰机电二期 50%")
    await town.walk("2026-11-25 17:30")
    first, second = summaries(town)
    assert "今日新报 0" in first.text and "今日新报 1" in second.text


async def test_all_green_is_said_in_a_line_without_a_picture(settle_in):
    town = district(settle_in("2026-11-24 15:00"))
    await all_green(town)
    await town.walk("2026-11-24 17:30")
    [out] = summaries(town)
    assert "绿 3 · 黄 0 · 红 0" in out.text and "全部绿灯" in out.text and not out.pictures


async def test_a_groups_unit_bounds_what_it_reads(settle_in):
    town = district(settle_in("2026-11-24 16:50"))
    bind(town, "开发区群", "开发区")
    town.person("开发区小周", "开发区", posts=[Post.DISPATCHER])
    await town.walk("2026-11-24 17:00", minutes=10)
    assert len([shown for shown in town.messages(LI) if "综述草稿" in shown.text]) == 2
    assert len([shown for shown in town.messages("开发区小周") if "综述草稿" in shown.text]) == 1
    await town.walk("2026-11-24 17:30")
    [small] = summaries(town, "开发区群")
    assert "润丰" in small.text and "智诚" not in small.text and "北辰" not in small.text
    assert "润丰" in summaries(town)[0].text


async def test_a_project_that_left_the_unit_meanwhile_is_left_out(settle_in):
    """The sender would withhold the whole message."""
    town = district(settle_in("2026-11-24 16:50"))
    bind(town, "开发区群", "开发区")
    town.project("开发区道路", {Role.REPORTER: WANG}, unit="开发区", plan=EVEN)
    await town.walk("2026-11-24 17:00", minutes=10)

    def moved(desk):
        row = desk.session.get(Project, 3)
        row.unit = town.unit_ids["长泉区"]
        desk.session.flush()
        desk.note("project.moved", project=3, rows=[row])

    town.unit_ids = {"长泉区": town.unit("长泉区", None)}
    town.do(moved)
    await town.walk("2026-11-24 17:30")
    [small] = summaries(town, "开发区群")
    assert "开发区道路" in small.text and "润丰" not in small.text


async def test_a_unit_without_projects_has_nothing_to_say(settle_in):
    town = district(settle_in("2026-11-24 16:50"))
    bind(town, "空群", "空单位")
    await town.walk("2026-11-24 17:30")
    assert not town.messages("空群") and summaries(town)


# --- the dispatcher's word --------------------------------------------------------------------------------------------------


async def test_released_at_once(settle_in):
    town = district(settle_in("2026-11-24 16:50"))
    await town.walk("2026-11-24 17:00", minutes=10)
    await town.presses(LI, "发群")
    assert "已发往" in town.text(LI) and len(summaries(town)) == 1
    await town.walk("2026-11-24 18:00")
    assert len(summaries(town)) == 1


async def test_not_today_and_a_change_of_mind(settle_in):
    town = district(settle_in("2026-11-24 16:50"))
    await town.walk("2026-11-24 17:00", minutes=10)
    await town.presses(LI, "今天不发")
    await town.walk("2026-11-24 18:00")
    assert not summaries(town)
    await town.presses(LI, "发群")
    assert len(summaries(town)) == 1
    await town.walk("2026-11-25 17:30")
    assert len(summaries(town)) == 2, "the next day goes on by itself"
    assert whole(town)


async def test_a_remark_above_and_items_left_out(settle_in):
    town = district(settle_in("2026-11-24 16:50"))
    await town.walk("2026-11-24 17:00", minutes=10)
    await town.presses(LI, "修改")
    assert "1 智诚慧家标准车间" in town.text(LI) and town.last(LI).labels == ["发群", "今天不发"]
    await town.says(LI, "去掉 1、3")
    assert "① 北辰机电二期" in town.text(LI) and "② " not in town.text(LI) and "另有 2 个" in town.text(LI)
    await town.presses(LI, "修改")
    await town.says(LI, "明天 **9:00** 现场会，请按时到")
    assert town.last(LI).labels == ["发群", "修改", "今天不发"]
    await town.walk("2026-11-24 17:31", minutes=31)
    assert not summaries(town), "it was touched: it waits for 发群"
    assert "还没有发" in town.text(LI)
    await town.presses(LI, "发群")
    [out] = summaries(town)
    assert out.text.startswith("明天 **9:00** 现场会，请按时到") and "智诚" not in out.text
    assert whole(town)


async def test_a_remark_below_and_all_taken_back(settle_in):
    town = district(settle_in("2026-11-24 16:50"))
    await town.walk("2026-11-24 17:00", minutes=10)
    await town.presses(LI, "修改")
    await town.says(LI, "下面：辛苦各位")
    assert town.text(LI).endswith("辛苦各位")
    await town.presses(LI, "修改")
    assert "现在的附言：“辛苦各位”" in town.text(LI)
    await town.says(LI, "还原")
    await town.presses(LI, "发群")
    assert "辛苦各位" not in summaries(town)[0].text


async def test_two_dispatchers_the_second_hears_that_it_is_done(settle_in):
    town = district(settle_in("2026-11-24 16:50"))
    town.person("调度小孙", posts=[Post.DISPATCHER])
    await town.walk("2026-11-24 17:00", minutes=10)
    theirs = town.last("调度小孙")
    token = theirs.card.buttons[0].token
    await town.presses(LI, "发群")
    assert not town.last("调度小孙").labels
    await town.comes_in(
        person="调度小孙", name="", chat="调度小孙", kind="press", press=token, quote=theirs.number, handle="h"
    )
    assert "已经发出（调度小李）" in town.text("调度小孙")
    assert len(summaries(town)) == 1


async def test_nobody_else_may_release(settle_in):
    town = district(settle_in("2026-11-24 16:50"))
    town.person("开发区小周", "开发区", posts=[Post.DISPATCHER])
    await town.walk("2026-11-24 17:00", minutes=10)
    assert not town.messages("开发区小周") and not town.messages(WANG)


# --- how it goes out --------------------------------------------------------------------------------------------------------


async def test_review_waits_for_release_and_is_mentioned_once(settle_in):
    town = district(settle_in("2026-11-24 16:50"), mode="review")
    await town.walk("2026-11-24 17:00", minutes=10)
    assert "点“发群”才会发出" in town.text(LI)
    await town.walk("2026-11-24 19:00", minutes=10)
    assert not summaries(town)
    assert len([shown for shown in town.messages(LI) if "还没有发" in shown.text]) == 1
    await town.walk("2026-11-25 16:00")
    assert [row.state for row in rows(town, Summary)] == ["missed"]
    assert not [shown for shown in town.messages(LI) if "发群" in shown.labels]


async def test_weekly_on_the_weeks_last_working_day_only(settle_in):
    """In the week after National Day that is the Saturday, which is worked (调休)."""
    town = district(settle_in("2026-09-28 10:00"), mode="weekly")
    await town.walk("2026-10-12 18:00", minutes=60)
    assert [f"{shown.at.astimezone(town.app.house.calendar.zone):%m-%d}" for shown in summaries(town)] == [
        "09-30",
        "10-10",
    ]


async def test_weekly_counts_the_week(settle_in):
    town = district(settle_in("2026-11-23 10:00"), mode="weekly")
    await reports(town, WANG, "北辰机电二期 50%")
    await town.sleep_until("2026-11-27 17:30")
    [out] = summaries(town)
    assert "本周新报 1" in out.text


async def test_changed_only_when_something_did(settle_in):
    town = district(settle_in("2026-11-23 10:00"), mode="changed")
    await town.walk("2026-11-25 18:00")
    assert len(summaries(town)) == 1, "the first day; then days pass, and that is no change"
    await reports(town, WANG, "北辰机电二期 50%")
    await town.walk("2026-11-27 18:00")
    assert len(summaries(town)) == 2
    states = [(row.day.day, row.state) for row in rows(town, Summary)]
    assert states == [(23, "sent"), (24, "skipped"), (25, "skipped"), (26, "sent"), (27, "skipped")]


async def test_the_policys_mode_holds_where_a_group_has_none(settle_in, review_policy):
    town = district(settle_in("2026-11-24 16:50", policy=review_policy))
    await town.walk("2026-11-24 18:00", minutes=10)
    assert not summaries(town)


@pytest.fixture
def review_policy(tmp_path):
    from bot.policy import read_policy

    file = tmp_path / "policy.toml"
    file.write_text('[summary]\nmode = "review"\n', "utf-8")
    policy: Policy = read_policy(file)
    return policy


# --- days off, and days the service was down ------------------------------------------------------------------------------------


async def test_on_holidays_none_on_a_worked_weekend_one(settle_in):
    """2026: National Day until 7 October; Saturday the 10th is worked, Sunday the 11th is not."""
    town = district(settle_in("2026-09-30 10:00"))
    await town.walk("2026-10-12 18:00", minutes=60)
    days = [f"{shown.at.astimezone(town.app.house.calendar.zone):%m-%d}" for shown in summaries(town)]
    assert days == ["09-30", "10-08", "10-09", "10-10", "10-12"]
    assert {row.state for row in rows(town, Summary)} == {"sent"}
    assert whole(town)


async def test_down_at_half_past_five_up_at_seven_still_sent_that_day(settle_in):
    town = district(settle_in("2026-11-24 16:00"))
    await town.sleep_until("2026-11-24 19:00")
    assert len(summaries(town)) == 1
    assert not [shown for shown in town.messages(LI) if "综述草稿" in shown.text], "too late for a draft"
    await town.walk("2026-11-24 22:00")
    assert len(summaries(town)) == 1


async def test_down_all_evening_is_noted_and_not_made_up_for(settle_in):
    town = district(settle_in("2026-11-19 16:00"))
    await town.walk("2026-11-19 18:00")
    await town.sleep_until("2026-11-24 09:00")
    assert len(summaries(town)) == 1
    missed = [row.day for row in rows(town, Summary) if row.state == "missed"]
    assert missed == [date(2026, 11, 20), date(2026, 11, 23)]
    noted = [row.kind for row in rows(town, LogEntry) if row.kind == "summary.missed"]
    assert len(noted) == 2
    await town.walk("2026-11-24 18:00")
    assert len(summaries(town)) == 2 and len([row for row in rows(town, LogEntry) if row.kind == "summary.missed"]) == 2


async def test_a_group_bound_after_hours_begins_the_next_day(settle_in):
    town = district(settle_in("2026-11-24 18:00"))
    await town.walk("2026-11-24 22:00")
    assert not summaries(town)
    await town.walk("2026-11-25 17:30")
    assert len(summaries(town)) == 1
    assert [row.chat for row in rows(town, ChatGroup)] == [GROUP]


# --- 总览 -------------------------------------------------------------------------------------------------------------------


async def test_the_board_on_demand_for_whoever_may_see_it(settle_in):
    town = district(settle_in("2026-11-24 15:00"))
    town.person("开发区小周", "开发区", posts=[Post.SUPERVISOR])
    for who in (LI, ZHANG):
        await town.says(who, "总览")
        assert "绿 0 · 黄 2 · 红 1" in town.text(who) and len(town.last(who).pictures) == 1
        assert town.last(who).labels == ["1", "2", "3", "挂图"]
    await town.says("开发区小周", "/board")
    assert "【开发区重点项目" in town.text("开发区小周") and "绿 0 · 黄 1 · 红 0" in town.text("开发区小周")
    await town.says(WANG, "总览")
    assert "“总览”是调度员、领导、督查等用的词" in town.text(WANG)
    await town.presses(ZHANG, "1")
    assert "17 智诚慧家标准车间" in town.text(ZHANG)
