"""Nudging, told as days: who hears what, when, and above all who hears nothing."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlmodel import select

from bot.channels import Unreachable
from bot.messages import Card
from bot.policy import Policy, read_policy
from bot.rules.words import Level, MessageClass, Post, ReportState, Role, Source
from handlers import handover, house, later, nudges
from storage import dispatch_log, projects, reports
from storage.db import next_id
from storage.prepared import Prepared
from storage.tables import Assignment, Milestone, NudgeRow, Outbox, Person, PolicyVersion, Project, Report
from tests.town import SHANGHAI, Town, at

pytestmark = pytest.mark.slow

ZHANG, WANG, DEPUTY, CHIEF = "张科长", "王科长", "分管局长", "管理员老赵"
BEHIND = {"plan": dict.fromkeys(range(1, 13), 1000), "invested_year": 10_000_000}
ON_PLAN = {"plan": dict.fromkeys(range(1, 13), 1000), "invested_year": 120_000_000}


def site(town: Town, name: str, who: str = ZHANG, **values: object) -> int:
    """A project of one reporter; without a plan it is on plan. Figures are as of the day it was reported last."""
    if "invested_year" in values:
        values.setdefault("invested_as_of", values.get("as_of"))
    return town.project(name, {Role.REPORTER: who}, **values)  # type: ignore[arg-type]


async def live(town: Town, until: str) -> None:
    """Every day until then, by the clock at its telling hours."""
    day = (town.now.astimezone(SHANGHAI)).date()
    while day <= date.fromisoformat(until):
        for clock in ("08:20", "09:10", "14:10", "17:00"):
            if at(f"{day} {clock}") >= town.now:
                await town.sleep_until(f"{day} {clock}")
        day += timedelta(days=1)


def days(town: Town, who: str, words: str = "") -> list[str]:
    """On which days this person got a message (with these words in it)."""
    return [f"{shown.at.astimezone(SHANGHAI):%m-%d}" for shown in town.messages(who) if words in shown.text]


def cards(town: Town, who: str) -> list[str]:
    return [shown.text for shown in town.messages(who)]


def check_log(town: Town) -> None:
    with town.store.read() as session:
        assert dispatch_log.verify(session, town.app.house.sealer).good
        verdict = dispatch_log.verify_rows(session, town.app.house.sealer)
        assert verdict.good, verdict


@contextmanager
def counted(town: Town) -> Iterator[list[str]]:
    """The statements that the writer executes meanwhile: through SQLAlchemy, and the prepared ones that go to the driver itself."""
    seen: list[str] = []
    taken = Prepared._as_taken

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    def note_prepared(prepared, session):
        ready = taken(prepared, session)
        seen.append(ready.sql)
        return ready

    sa.event.listen(town.store.engine, "before_cursor_execute", note)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Prepared, "_as_taken", note_prepared)
            yield seen
    finally:
        sa.event.remove(town.store.engine, "before_cursor_execute", note)


# --- nothing ------------------------------------------------------------------------------------------------------------


async def test_a_fortnight_in_which_people_on_plan_who_have_reported_hear_nothing(settle_in):
    town = settle_in("2026-11-09 08:00")
    town.person(ZHANG)
    town.person(DEPUTY, posts=[Post.DEPUTY_HEAD])
    site(town, "区级项目", as_of=date(2026, 11, 4), **ON_PLAN)
    site(town, "没有计划的项目", as_of=date(2026, 11, 2), milestones=[("竣工验收", "2026-12-31")])
    await live(town, "2026-11-22")
    assert town.phones.messages == []
    with town.store.read() as session:
        assert session.exec(select(NudgeRow)).all() == []
    check_log(town)


async def test_paused_projects_and_what_was_overdue_at_import_are_silent(settle_in):
    town = settle_in("2026-11-09 08:00")
    town.person(ZHANG)
    site(town, "暂停的项目", paused_until=date(2026, 12, 31), milestones=[("封顶", "2026-11-12")])
    site(town, "未纳入催办的项目", accepted=None, milestones=[("封顶", "2023-07-01")])
    await live(town, "2026-11-30")
    assert town.phones.messages == []


# --- when a report is due -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("2026-07-20", "2026-07-31", ["07-27"]),  # 25 July is a Saturday
        ("2026-10-19", "2026-10-30", ["10-26"]),  # 25 October is a Sunday
        ("2026-11-16", "2026-11-30", ["11-25"]),
    ],
)
async def test_the_25th_or_the_working_day_after_it(settle_in, start, end, told):
    town = settle_in(f"{start} 08:00")
    town.person(ZHANG)
    site(
        town,
        "按计划推进的项目",
        as_of=date.fromisoformat(start).replace(day=1) - timedelta(days=5),
        progress=Decimal(40),
    )
    await live(town, end)
    assert days(town, ZHANG) == told
    assert "按计划推进的项目，到期该报了" in town.text(ZHANG)
    assert "按计划推进" in town.last(ZHANG).labels
    check_log(town)


async def test_a_project_that_is_not_on_plan_is_asked_two_days_ahead_as_well(settle_in):
    town = settle_in("2026-11-16 08:00")
    town.person(ZHANG)
    site(town, "略慢的项目", as_of=date(2026, 11, 9), plan=dict.fromkeys(range(1, 13), 1000), invested_year=88_000_000)
    await live(town, "2026-11-30")
    assert days(town, ZHANG) == ["11-18", "11-20", "11-26", "11-30"]  # yellow: each ten days
    assert "11 月下旬填报今天到期" in town.text(ZHANG) and "按计划推进" not in town.last(ZHANG).labels


async def test_a_red_project_weekly(settle_in):
    town = settle_in("2026-11-09 08:00")
    town.person(ZHANG)
    town.person(DEPUTY, "区工信局", posts=[Post.DEPUTY_HEAD])
    site(town, "红灯项目", as_of=date(2026, 11, 6), lead="区工信局", **BEHIND)
    await live(town, "2026-11-23")
    assert days(town, ZHANG) == ["11-11", "11-13", "11-18", "11-20"]
    assert days(town, DEPUTY) == ["11-16", "11-23"]
    check_log(town)


async def test_each_ten_days_for_a_project_of_the_city(settle_in):
    town = settle_in("2026-11-02 08:00")
    town.person(ZHANG)
    site(town, "市级项目", level=Level.CITY, as_of=date(2026, 10, 30))
    await live(town, "2026-11-30")
    assert days(town, ZHANG) == ["11-10", "11-20", "11-30"]
    assert "11 月下旬" not in town.text(ZHANG)  # an on-plan project has one line, without the arithmetic


async def test_national_day_with_its_worked_saturday(settle_in):
    town = settle_in("2026-09-28 08:00")
    town.person(ZHANG)
    town.person(DEPUTY, posts=[Post.DEPUTY_HEAD])
    site(town, "市级项目", level=Level.CITY, as_of=date(2026, 9, 20))
    site(town, "节后封顶的项目", as_of=date(2026, 9, 26), milestones=[("主体封顶", "2026-10-08")])
    await live(town, "2026-10-12")
    assert days(town, ZHANG) == ["09-28", "09-30", "10-08", "10-09", "10-10", "10-12"]
    assert days(town, ZHANG, "市级项目") == ["09-30", "10-10"]
    assert days(town, DEPUTY) == ["10-08", "10-12"]
    assert all(town.app.house.calendar.in_hours(shown.at) for shown in town.phones.messages)
    check_log(town)


async def test_into_a_year_whose_holidays_nobody_knows_yet(settle_in):
    town = settle_in("2026-10-29 08:00")
    town.person(ZHANG)
    town.person(CHIEF, posts=[Post.ADMINISTRATOR])
    site(town, "月报项目", as_of=date(2026, 12, 20))
    site(town, "元旦封顶的项目", as_of=date(2026, 12, 20), milestones=[("主体封顶", "2027-01-04")])
    await live(town, "2027-01-05")
    assert days(town, CHIEF, "2027 年的放假安排还没有录入") == ["11-02"]
    assert days(town, ZHANG, "主体封顶") == ["12-23", "12-29", "12-31", "01-04", "01-05"]
    assert "01-01" not in days(town, ZHANG)


async def test_a_missed_report_goes_once_to_the_deputy_head_and_stops_there(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG, "区工信局", phone="13900001111")
    town.person(DEPUTY, "区工信局", posts=[Post.DEPUTY_HEAD])
    town.person("局长", "区工信局", posts=[Post.HEAD])
    site(town, "没报的项目", lead="区工信局", as_of=date(2026, 10, 24))
    await live(town, "2026-12-04")
    assert days(town, ZHANG) == ["11-25"] and days(town, DEPUTY) == ["11-26"] and not town.messages("局长")
    assert "11 月的填报应于 11-25 前，还没有报（填报人 张科长 13900001111）" in town.text(DEPUTY)
    assert town.last(DEPUTY).labels == []
    check_log(town)


# --- milestones ---------------------------------------------------------------------------------------------------------


async def test_a_milestone_7_3_1_0_then_three_times_then_silence(settle_in):
    town = settle_in("2026-11-09 08:00")
    town.person(ZHANG)
    site(town, "智诚慧家标准车间", as_of=date(2026, 11, 4), milestones=[("主体封顶", "2026-11-27")])
    await live(town, "2026-12-18")
    assert days(town, ZHANG, "主体封顶") == ["11-18", "11-24", "11-26", "11-27", "11-30", "12-01", "12-02"]
    told = [text for text in cards(town, ZHANG) if "主体封顶" in text]
    assert "节点“主体封顶”还有 7 个工作日（11-27）" in told[0] and "上次填报 11-04（14 天前）" in told[0]
    assert "今天到期" in told[3] and "超期 1 个工作日" in told[4] and "超期 3 个工作日" in told[6]
    check_log(town)


async def test_a_milestone_on_a_day_off_is_told_of_on_the_last_working_day(settle_in):
    town = settle_in("2026-11-19 08:00")
    town.person(ZHANG)
    site(town, "周末到期的项目", as_of=date(2026, 11, 4), milestones=[("主体封顶", "2026-11-22")])
    await live(town, "2026-11-20")
    assert days(town, ZHANG) == ["11-19", "11-20"]
    assert "限 11-22 完成，其间没有工作日" in town.text(ZHANG)


# --- the bundle ---------------------------------------------------------------------------------------------------------


async def test_everything_in_one_card_at_their_hour_and_its_words(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG)
    site(
        town,
        "智诚慧家标准车间",
        number=17,
        as_of=date(2026, 11, 12),
        progress=Decimal(62),
        milestones=[("主体封顶", "2026-11-30")],
    )
    site(town, "北辰机电二期厂房", number=18, as_of=date(2026, 10, 24), progress=Decimal("40.5"))
    site(town, "山东润丰压力容器", number=19)
    await town.walk("2026-11-25 09:00", minutes=10)
    assert town.phones.messages == []
    await town.walk("2026-11-25 17:30", minutes=1)
    [shown] = town.messages(ZHANG)
    assert shown.text == (
        "【今日待办】张科长，3 项\n"
        "1 智诚慧家标准车间：节点“主体封顶”还有 3 个工作日（11-30）\n"
        "　上次填报 11-12，62%（13 天前）\n"
        "按计划推进的项目，到期该报了，没有变化点“按计划推进”即可：\n"
        "2 北辰机电二期厂房\n"
        "　上次填报 10-24，40.5%（32 天前）\n"
        "3 山东润丰压力容器\n"
        "　还没有报过\n"
        "（按钮办第 1 项）"
    )
    assert shown.labels == ["按计划推进", "填报进展", "反映问题", "稍后提醒", "下一项", "全部按计划推进"]
    assert at("2026-11-25 09:00") <= shown.at <= at("2026-11-25 09:07")


async def test_in_english(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person("Zhang", locale="en")
    site(
        town, "智诚慧家标准车间", "Zhang", number=17, as_of=date(2026, 11, 12), milestones=[("主体封顶", "2026-11-30")]
    )
    site(town, "北辰机电二期厂房", "Zhang", number=18, as_of=date(2026, 10, 24), progress=Decimal("40.5"))
    await live(town, "2026-11-25")
    assert town.text("Zhang") == (
        "[To do today] Zhang, 2 things\n"
        '1 智诚慧家标准车间: milestone "主体封顶" in 3 working days (11-30)\n'
        "　last report 11-12 (13 days ago)\n"
        'On plan and due for a report; where nothing changed, tap "On plan":\n'
        "2 北辰机电二期厂房\n"
        "　last report 10-24, 40.5% (32 days ago)\n"
        "(The buttons are for number 1.)"
    )
    assert town.last("Zhang").labels == ["On plan", "Report", "Blocker", "Later", "Next"]


async def test_a_press_moves_the_card_on_and_everything_is_done_in_the_end(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG)
    first = site(town, "智诚慧家标准车间", number=17, as_of=date(2026, 10, 24), progress=Decimal(62))
    second = site(town, "北辰机电二期厂房", number=18, as_of=date(2026, 10, 24))
    await live(town, "2026-11-25")
    bundle = town.messages(ZHANG)[0]
    await town.presses(ZHANG, "下一项", message=bundle)
    assert "（按钮办第 2 项）" in bundle.text and len(town.messages(ZHANG)) == 1
    await town.presses(ZHANG, "按计划推进", message=bundle)
    assert "已记下“北辰机电二期厂房”：按计划推进" in town.text(ZHANG)
    assert "1 项\n" in bundle.text and "北辰" not in bundle.text and "下一项" not in bundle.labels
    await town.presses(ZHANG, "填报进展", message=bundle)
    assert "**" not in town.text(ZHANG) and "现在怎么样" in town.text(ZHANG)
    assert "智诚慧家" in bundle.text and "填报进展" in bundle.labels
    await town.says(ZHANG, "七成")
    await town.presses(ZHANG, "确认")
    assert bundle.text == "【今日待办】张科长，已全部办完。" and bundle.labels == []
    with town.store.read() as session:
        assert [row.source for row in reports.of_project(session, first)] == [Source.CHAT]
        assert [row.source for row in reports.of_project(session, second)] == [Source.ON_PLAN]
    check_log(town)


async def test_pressed_a_hundred_times_at_once_one_report(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG)
    project = site(town, "按计划推进的项目")
    await live(town, "2026-11-25")
    bundle = town.messages(ZHANG)[0]
    await asyncio.gather(*(town.presses(ZHANG, "按计划推进", message=bundle) for _ in range(100)))
    with town.store.read() as session:
        assert len(reports.of_project(session, project, limit=200)) == 1
    check_log(town)


async def test_the_thing_whose_buttons_they_are_is_always_on_the_card(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG)
    long = "长泉经济开发区智能家居及红木家具标准化厂房与配套基础设施建设项目" * 4
    for number in range(1, 10):
        site(town, f"{number}{long}", number=number, milestones=[("主体结构封顶及附属设施完工验收" * 3, "2026-11-26")])
    await live(town, "2026-11-25")
    bundle = town.messages(ZHANG)[0]
    for number in range(2, 19):
        await town.presses(ZHANG, "下一项", message=bundle)
        assert len(bundle.text) < 1500
        assert f"（按钮办第 {number} 项）" in bundle.text and f"\n{number} " in bundle.text


async def test_a_typed_label_does_the_same(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG)
    site(town, "按计划推进的项目")
    await live(town, "2026-11-25")
    await town.says(ZHANG, "按计划推进")
    assert "已记下“按计划推进的项目”" in town.text(ZHANG)
    assert town.messages(ZHANG)[0].text == "【今日待办】张科长，已全部办完。"


async def test_a_report_between_the_look_and_the_bundle_cancels_it(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG)
    site(town, "按计划推进的项目")
    await town.sleep_until("2026-11-25 08:20")
    await town.says(ZHANG, "按计划推进")
    heard = len(town.messages(ZHANG))
    await live(town, "2026-11-26")
    assert len(town.messages(ZHANG)) == heard
    check_log(town)


async def test_done_between_the_bundle_and_its_sending_it_is_not_said(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG)
    site(town, "按计划推进的项目")
    await town.sleep_until("2026-11-25 08:20")
    town.now = at("2026-11-25 09:10")
    await town.app.look("nudges")
    town.do(lambda desk: desk.withdraw("report:1"))
    await town.settle()
    assert town.messages(ZHANG) == []
    with town.store.read() as session:
        [row] = session.exec(select(Outbox)).all()
        assert (row.state, row.error, row.klass) == ("cancelled", "pointless", MessageClass.NUDGE)


async def test_ticks_twice_late_and_at_once_say_nothing_twice(settle_in):
    town = settle_in("2026-11-25 08:00")
    for number in range(5):
        town.person(f"联络员{number}")
        site(town, f"项目{number}", f"联络员{number}")
    for clock in ("08:20", "08:20", "09:10", "09:10", "11:00", "17:00"):
        town.now = at(f"2026-11-25 {clock}")
        await asyncio.gather(*(town.app.look("nudges") for _ in range(4)))
        await town.settle()
    assert [len(town.messages(f"联络员{number}")) for number in range(5)] == [1] * 5
    town.do(lambda desk: [setattr(row, "next_look", desk.today) for row in projects.everything(desk.session)])
    await live(town, "2026-11-25")
    assert len(town.phones.messages) == 5


async def test_what_comes_up_later_in_the_day_waits_for_the_next_working_day(settle_in):
    town = settle_in("2026-11-27 08:00")
    town.person(ZHANG)
    await live(town, "2026-11-26")
    await town.sleep_until("2026-11-27 09:30")
    town.now = at("2026-11-27 11:00")
    town.do(lambda desk: desk.remind(1, "notice", key="n1", about="", reason={"text": "台账已更新"}))
    await live(town, "2026-11-29")
    assert town.messages(ZHANG) == []
    await live(town, "2026-11-30")
    assert cards(town, ZHANG) == ["【今日待办】张科长，1 项\n1 台账已更新"]


async def test_what_was_handed_over_in_the_evening_comes_with_its_buttons_in_the_morning(settle_in):
    policy = read_policy()
    reviewing = policy.file.report.model_copy(update={"review_units": ("区工信局",)})
    town = settle_in("2026-11-24 19:00", Policy(policy.file.model_copy(update={"report": reviewing}), policy.text))
    town.person(ZHANG, "区工信局")
    town.person(DEPUTY, "区工信局", posts=[Post.DEPUTY_HEAD])
    project = site(town, "晚上报的项目", lead="区工信局")
    await town.says(ZHANG, "65%")
    await town.presses(ZHANG, "确认")
    assert town.messages(DEPUTY) == []
    await live(town, "2026-11-25")
    bundle = town.last(DEPUTY)
    assert "【请审核】晚上报的项目" in bundle.text and bundle.labels == ["同意", "不同意"]
    await town.presses(DEPUTY, "同意")
    assert bundle.text == "【今日待办】分管局长，已全部办完。"
    with town.store.read() as session:
        assert reports.of_project(session, project)[0].state is ReportState.COUNTS
    check_log(town)


async def test_matters_that_were_handed_over_in_the_evening_are_signed_for_in_the_bundle(settle_in):
    town = settle_in("2026-11-24 18:30")
    town.person(ZHANG)
    town.person(WANG, "区自然资源局", posts=[Post.INTAKE])
    site(town, "卡住的项目", number=17, as_of=date(2026, 11, 4))
    for words in ("红线内有坟没迁", "进场路没批"):
        await town.says(ZHANG, "反映问题")
        await town.presses(ZHANG, "用地")
        await town.says(ZHANG, words)
        await town.presses(ZHANG, "一般")
        await town.presses(ZHANG, "提交")
    assert town.messages(WANG) == []
    await live(town, "2026-11-25")
    bundle = town.last(WANG)
    assert (
        "1 17-1" in bundle.text and "2 17-2" in bundle.text and bundle.labels[0] == "签收" and "下一项" in bundle.labels
    )
    await town.presses(WANG, "签收", message=bundle)
    assert "17-1" not in bundle.text and "17-2" in bundle.text and "17-1" in town.text(WANG)
    await town.says(WANG, "今日待办")
    assert "17-1" in town.text(WANG) and "17-2" in town.text(WANG)
    check_log(town)


async def test_three_days_outage_one_digest(settle_in):
    town = settle_in("2026-11-23 18:00")
    town.person(ZHANG)
    town.person(WANG)
    town.person(DEPUTY, posts=[Post.DEPUTY_HEAD])
    site(
        town,
        "节点过了的项目",
        as_of=date(2026, 11, 12),
        milestones=[("主体封顶", "2026-11-25"), ("竣工", "2026-12-08")],
    )
    site(town, "月报到期的项目", as_of=date(2026, 10, 20))
    site(town, "做完的项目", WANG, as_of=date(2026, 11, 20), milestones=[("桩基", "2026-11-24")])
    town.do(lambda desk: _finish(desk, "桩基"))
    await town.sleep_until("2026-11-27 10:00")
    [digest] = cards(town, ZHANG)
    assert "节点“主体封顶”超期 2 个工作日（11-25）" in digest and "节点“竣工”还有 7 个工作日" in digest
    assert "月报到期的项目：11 月填报逾期 2 个工作日（应于 11-25 前）" in digest
    assert digest.count("主体封顶") == 1 and "4 项" in digest
    assert town.messages(WANG) == [] and town.messages(DEPUTY) == []
    await live(town, "2026-11-27")
    assert len(town.messages(ZHANG)) == 1
    check_log(town)


def _finish(desk, name: str) -> None:
    row = desk.session.exec(select(Milestone).where(Milestone.name == name)).one()
    row.done_on = desk.today
    desk.session.flush()
    desk.note("milestone.done", project=row.project, rows=[row])


async def test_down_at_the_hour_it_comes_as_soon_as_it_is_up_within_hours(settle_in):
    town = settle_in("2026-11-25 07:00")
    town.person(ZHANG)
    site(town, "按计划推进的项目")
    await town.sleep_until("2026-11-25 12:30")
    assert town.messages(ZHANG) == []
    await town.sleep_until("2026-11-25 13:31")
    assert days(town, ZHANG) == ["11-25"]


async def test_down_until_the_evening_it_comes_the_next_working_day(settle_in):
    town = settle_in("2026-11-25 07:00")
    town.person(ZHANG)
    site(town, "按计划推进的项目")
    await town.sleep_until("2026-11-25 19:00")
    assert town.messages(ZHANG) == []
    await live(town, "2026-11-26")
    assert days(town, ZHANG) == ["11-26"] and "11 月填报逾期 1 个工作日" in town.text(ZHANG)


async def test_what_never_arrived_is_in_the_next_bundle(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG)
    site(town, "按计划推进的项目")
    town.phones.trouble[ZHANG] = [Unreachable("blocked")]
    await live(town, "2026-11-25")
    assert town.messages(ZHANG) == []
    await live(town, "2026-11-26")
    assert days(town, ZHANG) == ["11-26"]


async def test_their_own_hour(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG, nudge_minute=14 * 60 + 30)
    site(town, "按计划推进的项目")
    await town.walk("2026-11-25 17:30", minutes=2)
    [shown] = town.messages(ZHANG)
    assert at("2026-11-25 14:30") <= shown.at <= at("2026-11-25 14:38")


@pytest.mark.parametrize(
    ("minute", "earliest", "latest"),
    [
        (None, "09:00", "09:06"),
        (8 * 60 + 30, "08:30", "08:36"),
        (11 * 60 + 57, "11:57", "11:59"),
        (12 * 60 + 30, "13:30", "13:30"),
        (5 * 60, "08:30", "08:30"),
        (20 * 60, "13:30", "13:30"),
    ],
)
def test_the_spread_stays_within_minutes_and_hours(settle_in, minute, earliest, latest):
    town = settle_in("2026-11-25 08:00")
    day = date(2026, 11, 25)
    moments = town.do(lambda desk: {nudges.bundle_at(desk, person, minute, day) for person in range(1, 300)})
    assert {min(moments), max(moments)} == {at(f"2026-11-25 {earliest}"), at(f"2026-11-25 {latest}")}
    assert all(town.app.house.calendar.in_hours(moment) for moment in moments)
    if minute is None:
        assert len(moments) == 7


# --- handing over -------------------------------------------------------------------------------------------------------


def pass_on(town: Town, project: int, to: str) -> None:
    """The reporter of a project is somebody else from today."""

    def change(desk) -> None:
        [old] = [row for row in projects.assignments(desk.session, project, desk.today) if row.role is Role.REPORTER]
        old.until = desk.today - timedelta(days=1)
        new = Assignment(
            id=next_id(desk.session, Assignment),
            project=project,
            role=Role.REPORTER,
            person=town.people[to],
            since=desk.today,
        )
        desk.session.add(new)
        desk.session.flush()
        desk.note("assignment.changed", project=project, rows=[old, new])

    town.do(change)


async def test_a_project_handed_over_before_the_bundle(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG)
    town.person(WANG)
    project = site(town, "移交的项目")
    await town.sleep_until("2026-11-25 08:20")
    pass_on(town, project, WANG)
    await live(town, "2026-11-25")
    assert town.messages(ZHANG) == [] and "移交的项目" in town.text(WANG)
    check_log(town)


async def test_a_project_handed_over_after_the_bundle_leaves_the_old_card_and_comes_to_the_new_one(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG)
    town.person(WANG)
    project = site(town, "移交的项目")
    await live(town, "2026-11-25")
    pass_on(town, project, WANG)
    await live(town, "2026-11-26")
    assert town.text(ZHANG) == "【今日待办】张科长，已全部办完。"
    assert days(town, WANG) == ["11-26"] and "移交的项目" in town.text(WANG)
    check_log(town)


async def test_handed_over_between_the_bundle_and_its_sending_the_old_one_learns_nothing(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG)
    town.person(WANG)
    project = site(town, "移交的项目")
    await town.sleep_until("2026-11-25 08:20")
    town.now = at("2026-11-25 09:10")
    await town.app.look("nudges")
    pass_on(town, project, WANG)
    await town.settle()
    assert town.messages(ZHANG) == []
    await live(town, "2026-11-26")
    assert town.messages(ZHANG) == [] and days(town, WANG) == ["11-26"]


async def test_handed_over_by_the_administrator_the_new_one_is_asked_in_the_morning(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG)
    town.person(WANG)
    site(town, "移交的项目")
    await live(town, "2026-11-25")
    town.do(lambda desk: handover.hand_over(desk, desk.session.get(Person, 1), desk.session.get(Person, 2)))
    await town.settle()
    assert town.messages(ZHANG)[0].text == "【今日待办】张科长，其余的已移交给王科长。"
    await live(town, "2026-11-26")
    assert "移交的项目：11 月填报逾期 1 个工作日" in town.text(WANG)
    check_log(town)


# --- many ---------------------------------------------------------------------------------------------------------------


async def test_sixty_projects_of_one_person(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG)
    long = "长泉经济开发区智能家居及红木家具标准化厂房与配套基础设施建设项目（二期三标段）"
    for number in range(1, 61):
        site(town, f"{long}{number}", number=number, as_of=date(2026, 10, 24), progress=Decimal(40))
    await live(town, "2026-11-25")
    bundle = town.messages(ZHANG)[0]
    assert "60 项" in bundle.text and f"8 {long}8" in bundle.text and "另有 52 项，发“今日待办”看全部。" in bundle.text
    assert len(bundle.text) < 1500 and len(bundle.labels) <= 6 and "今日待办" in bundle.labels
    await town.presses(ZHANG, "今日待办", message=bundle)
    everything = town.last(ZHANG)
    assert "（第 1–8 项，共 60 项）" in everything.text and "更多" in everything.labels
    await town.presses(ZHANG, "更多", message=everything)
    assert "（第 9–16 项，共 60 项）" in everything.text and "（按钮办第 9 项）" in everything.text
    await town.presses(ZHANG, "全部按计划推进", message=everything)
    assert "已记下 8 个项目按计划推进" in town.text(ZHANG)
    assert "共 52 项" in everything.text and "52 项" in bundle.text
    with town.store.read() as session:
        written = session.exec(select(Report)).all()
        assert len(written) == 8 and {row.source for row in written} == {Source.ON_PLAN}
    check_log(town)


async def test_a_tick_takes_the_same_number_of_statements_for_20_and_for_200(settle_in):
    counts = []
    for many in (20, 200):
        town = settle_in("2026-11-25 08:00")
        town.person(DEPUTY, posts=[Post.DEPUTY_HEAD])
        for number in range(many):
            town.person(f"联络员{number}")
            site(town, f"项目{number}", f"联络员{number}", milestones=[("封顶", "2026-11-26")])
        await town.sleep_until("2026-11-25 08:00")
        steps = []
        for moment in ("11-25 08:20", "11-25 09:10", "11-25 09:11", "11-26 08:20", "11-26 09:10"):
            town.now = at(f"2026-{moment}")
            with counted(town) as seen:
                await town.app.look("nudges")
            steps.append(len(seen))
        counts.append(steps)
        with town.store.read() as session:
            rows = session.exec(select(NudgeRow)).all()
            assert len([row for row in rows if row.bundle]) == many * 4
    assert counts[0] == counts[1]
    assert max(counts[0]) < 40


async def test_more_than_one_chunk(settle_in, monkeypatch):
    monkeypatch.setattr(nudges, "CHUNK", 3)
    town = settle_in("2026-11-25 08:00")
    for number in range(10):
        town.person(f"联络员{number}")
        site(town, f"项目{number}", f"联络员{number}")
    await live(town, "2026-11-25")
    assert [len(town.messages(f"联络员{number}")) for number in range(10)] == [1] * 10


def test_the_scan_and_the_waiting_use_their_indexes(settle_in):
    town = settle_in("2026-11-25 08:30")
    town.person(ZHANG)
    site(town, "到期的项目")
    with counted(town) as seen:
        town.do(nudges.run)
    plans = []
    with town.store.engine.connect() as connection:
        for statement in seen:
            if statement.startswith("SELECT"):
                values = [None] * statement.count("?")
                plans += [
                    row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(values))
                ]
    assert any("ix_project_next_look" in step for step in plans) and any("ix_nudge_open" in step for step in plans)
    assert not [step for step in plans if step.startswith(("SCAN project", "SCAN milestone", "SCAN assignment"))]


# --- putting off --------------------------------------------------------------------------------------------------------


async def put_off(town: Town, label: str) -> list[str]:
    """Presses 稍后提醒 on the bundle, then the label; returns the choices there were."""
    await town.presses(ZHANG, "稍后提醒", message=town.messages(ZHANG)[0])
    choices = town.last(ZHANG).labels
    await town.presses(ZHANG, label)
    return choices


async def test_later_today_comes_back_by_itself_at_that_time(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG)
    site(town, "按计划推进的项目")
    await town.sleep_until("2026-11-25 08:20")
    await town.sleep_until("2026-11-25 09:10")
    assert await put_off(town, "1 小时后") == ["1 小时后", "下午", "明天", "下周一"]
    assert "好的，11-25 10:10 再提醒您“按计划推进的项目”" in town.text(ZHANG)
    bundle = town.messages(ZHANG)[0]
    assert bundle.text == "【今日待办】张科长，其余的到您说的时间再提醒。" and bundle.labels == []
    heard = len(town.messages(ZHANG))
    await town.walk("2026-11-25 10:09", minutes=10)
    assert len(town.messages(ZHANG)) == heard
    await town.walk("2026-11-25 17:00", minutes=2)
    [again] = town.messages(ZHANG)[heard:]
    assert "【稍后提醒】张科长，1 项" in again.text and again.at <= at("2026-11-25 10:13")
    await town.presses(ZHANG, "按计划推进", message=again)
    assert "已全部办完" in again.text
    check_log(town)


async def test_tomorrow_it_is_in_the_bundle_and_no_second_message_comes(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG)
    site(town, "按计划推进的项目")
    await town.sleep_until("2026-11-25 08:20")
    await town.sleep_until("2026-11-25 09:10")
    await put_off(town, "明天")
    assert "好的，11-26（周四）再提醒您" in town.text(ZHANG)
    heard = len(town.messages(ZHANG))
    await live(town, "2026-11-26")
    assert len(town.messages(ZHANG)) == heard + 1 and "按计划推进的项目：11 月填报逾期 1 个工作日" in town.text(ZHANG)


async def test_a_time_that_has_passed_meanwhile_is_asked_for_again(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG)
    site(town, "按计划推进的项目")
    await live(town, "2026-11-25")
    await town.presses(ZHANG, "稍后提醒", message=town.messages(ZHANG)[0])
    choices = town.last(ZHANG)
    assert choices.labels == ["明天", "下周一"]
    town.now = at("2026-11-27 15:00")
    await town.presses(ZHANG, "明天", message=choices)
    assert "什么时候再提醒您" in town.text(ZHANG) and town.last(ZHANG).labels == ["1 小时后", "下周一"]


async def test_put_off_and_then_reported_it_does_not_come_back(settle_in):
    town = settle_in("2026-11-25 08:00")
    town.person(ZHANG)
    site(town, "按计划推进的项目")
    await town.sleep_until("2026-11-25 08:20")
    await town.sleep_until("2026-11-25 09:10")
    await put_off(town, "下午")
    await town.says(ZHANG, "按计划推进")
    heard = len(town.messages(ZHANG))
    await live(town, "2026-11-26")
    assert len(town.messages(ZHANG)) == heard


@pytest.mark.parametrize(
    ("moment", "labels"),
    [
        ("2026-11-25 09:10", ["later_hour", "later_afternoon", "later_tomorrow", "later_monday"]),
        ("2026-11-25 15:00", ["later_hour", "later_tomorrow", "later_monday"]),
        ("2026-11-25 20:00", ["later_tomorrow", "later_monday"]),
        ("2026-11-27 17:00", ["later_monday"]),  # a Friday
        ("2026-11-29 10:00", ["later_tomorrow"]),  # a Sunday
        ("2026-09-30 16:45", ["later_workday"]),  # before National Day
        ("2026-10-09 17:00", ["later_tomorrow", "later_monday"]),  # tomorrow is a worked Saturday
    ],
)
def test_until_when_it_can_be_put_off(settle_in, moment, labels):
    town = settle_in(moment)
    assert list(town.do(lambda desk: later.moments(desk))) == labels


# --- 今日待办 -------------------------------------------------------------------------------------------------------------


async def test_the_list_on_demand_at_any_hour(settle_in):
    town = settle_in("2026-11-23 21:00")
    town.person(ZHANG)
    await town.says(ZHANG, "/todo")
    assert town.text(ZHANG) == "今天没有要办的事。"
    site(town, "到期的项目", as_of=date(2026, 10, 24), milestones=[("主体封顶", "2026-11-27"), ("竣工", "2027-06-30")])
    await town.says(ZHANG, "今日待办")
    assert "2 项" in town.text(ZHANG) and "主体封顶" in town.text(ZHANG) and "竣工" not in town.text(ZHANG)
    shown = town.last(ZHANG)
    await town.presses(ZHANG, "下一项", message=shown)
    await town.presses(ZHANG, "稍后提醒", message=shown)
    await town.presses(ZHANG, "下周一")
    assert "好的，11-30（周一）再提醒您" in town.text(ZHANG)
    with town.store.read() as session:
        [row] = session.exec(select(NudgeRow)).all()
        assert (row.day, row.about, row.state) == (date(2026, 11, 30), "report:1", "open")


# --- 免打扰, 减负建议 -------------------------------------------------------------------------------------------------------


async def test_quiet_days_nudges_wait_and_come_as_one(settle_in):
    town = settle_in("2026-11-24 10:00")
    town.person(ZHANG)
    site(town, "到期的项目", as_of=date(2026, 10, 24), milestones=[("主体封顶", "2026-11-27")])
    await town.says(ZHANG, "免打扰")
    assert town.last(ZHANG).labels == ["今天", "三个工作日", "到某天"]
    await town.presses(ZHANG, "三个工作日")
    assert "好的，11-26（周四）以前不提醒您" in town.text(ZHANG)
    heard = len(town.messages(ZHANG))
    await live(town, "2026-11-26")
    assert len(town.messages(ZHANG)) == heard
    await live(town, "2026-11-27")
    [bundle] = cards(town, ZHANG)[heard:]
    assert bundle.count("主体封顶") == 1 and "今天到期" in bundle and "11 月填报逾期 2 个工作日" in bundle
    check_log(town)


@pytest.mark.parametrize("words", ["免打扰 11月30日", "/quiet 11-30", "免打扰：下周一"])
async def test_the_day_may_come_with_the_word(settle_in, words):
    town = settle_in("2026-11-24 10:00")
    town.person(ZHANG)
    await town.says(ZHANG, words)
    assert "好的，11-30（周一）以前不提醒您" in town.text(ZHANG)
    await town.says(ZHANG, "/quiet")
    assert "现在免打扰到 11-30（周一）" in town.text(ZHANG) and town.last(ZHANG).labels[-1] == "恢复提醒"
    await town.says(ZHANG, "免打扰 恢复")
    assert town.text(ZHANG) == "已恢复提醒。"


async def test_a_word_beside_a_draft_leaves_the_draft_alone(settle_in):
    town = settle_in("2026-11-24 10:00")
    town.person(ZHANG)
    site(town, "在填的项目", as_of=date(2026, 11, 4))
    await town.says(ZHANG, "65%")
    await town.says(ZHANG, "减负建议")
    await town.says(ZHANG, "少问一遍")
    await town.says(ZHANG, "免打扰")
    await town.presses(ZHANG, "到某天")
    await town.says(ZHANG, "明天")
    await town.says(ZHANG, "七成")
    assert "【请确认】在填的项目" in town.text(ZHANG) and "70%" in town.text(ZHANG)
    await town.presses(ZHANG, "确认")
    with town.store.read() as session:
        assert session.exec(select(Report)).one().words == "65%\n七成"
    check_log(town)


async def test_quiet_but_what_is_handed_over_comes(settle_in):
    town = settle_in("2026-11-25 10:00")
    town.person(ZHANG)
    await town.says(ZHANG, "免打扰 12月1日")
    assert "12-01" in town.text(ZHANG)
    heard = len(town.messages(ZHANG))
    town.do(lambda desk: desk.hand(1, Card("白天交办"), key="h1", about=""))
    await town.settle()
    town.now = at("2026-11-25 20:00")
    town.do(lambda desk: desk.hand(1, Card("夜里交办"), key="h2", about=""))
    town.do(lambda desk: desk.remind(1, "notice", key="n1", about="", reason={"text": "一个通知"}))
    await live(town, "2026-11-26")
    assert cards(town, ZHANG)[heard:] == ["白天交办", "【今日待办】张科长，1 项\n1 夜里交办"]
    await town.says(ZHANG, "免打扰")
    await town.presses(ZHANG, "恢复提醒")
    await live(town, "2026-11-27")
    assert town.text(ZHANG) == "【今日待办】张科长，1 项\n1 一个通知"


@pytest.mark.parametrize("words", ["昨天", "2028-01-01", "说不好"])
async def test_a_day_that_will_not_do_is_asked_for_again(settle_in, words):
    town = settle_in("2026-11-24 10:00")
    town.person(ZHANG)
    await town.says(ZHANG, "免打扰")
    await town.presses(ZHANG, "到某天")
    await town.says(ZHANG, words)
    assert "不是可用的日子" in town.text(ZHANG)
    await town.says(ZHANG, "下周五")
    assert "好的，12-04（周五）以前不提醒您" in town.text(ZHANG)
    with town.store.read() as session:
        assert session.get(Person, 1).quiet_until == date(2026, 12, 4)


async def test_a_suggestion_is_kept_and_passed_on_with_the_next_bundle(settle_in):
    town = settle_in("2026-11-24 08:00")
    town.person(ZHANG)
    town.person(CHIEF, posts=[Post.ADMINISTRATOR])
    await live(town, "2026-11-24")
    heard = len(town.messages(CHIEF))
    await town.says(ZHANG, "/feedback")
    await town.says(ZHANG, "每周都要填两遍同样的*数*")
    assert town.text(ZHANG) == "谢谢，已记下，并转给管理员。"
    assert len(town.messages(CHIEF)) == heard
    await live(town, "2026-11-25")
    assert "减负建议（张科长）：每周都要填两遍同样的*数*" in town.text(CHIEF)
    with town.store.read() as session:
        kept = [one for one in dispatch_log.entries(session, town.app.house.sealer) if one.row.kind == "feedback"]
        assert [one.words for one in kept] == [{"text": "每周都要填两遍同样的*数*"}]
    check_log(town)


# --- each morning -------------------------------------------------------------------------------------------------------


async def test_lights_turn_in_the_morning_by_time_alone_and_the_log_says_so(settle_in):
    town = settle_in("2026-11-26 10:00")
    town.person(ZHANG)
    project = site(town, "节点要过的项目", as_of=date(2026, 11, 20), milestones=[("主体封顶", "2026-11-27")])
    await live(town, "2026-11-29")
    with town.store.read() as session:
        assert session.get(Project, project).light == "green"
    await town.sleep_until("2026-11-30 08:05")
    with town.store.read() as session:
        assert session.get(Project, project).light == "yellow"
    check_log(town)


async def test_another_policy_is_kept_and_has_every_project_looked_at_anew(settle_in, tmp_path):
    town = settle_in("2026-11-24 10:00")
    town.person(ZHANG)
    project = site(town, "月报项目", as_of=date(2026, 10, 20))
    town.do(house.wake_up)
    await town.sleep_until("2026-11-24 10:01")
    with town.store.read() as session:
        assert session.get(Project, project).next_look == date(2026, 11, 25)
    own = tmp_path / "policy.toml"
    own.write_text("[report]\nmonthly_day = 27\n")
    town.policy = read_policy(own)
    town.reopen()
    town.do(house.wake_up)
    await town.sleep_until("2026-11-24 20:00")
    with town.store.read() as session:
        assert session.get(Project, project).next_look == date(2026, 11, 27)
        assert len(session.exec(select(PolicyVersion)).all()) == 2
    check_log(town)
