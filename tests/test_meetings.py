"""Meetings (会议), told from the minutes that are pasted to what the next meeting hears of them."""

import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.messages import place_and_name
from bot.rules.words import MatterState, Origin, Post, Role, Rung, Way
from handlers import log
from handlers.matters import rung_of
from storage import dispatch_log
from storage.tables import Matter, Meeting
from tests.town import Town

pytestmark = pytest.mark.slow

DATA = Path(__file__).parent / "data" / "minutes"
LI, FENG, SUN = "调度小李", "冯国栋", "业主老孙"
ZHAO, QIAN, SHEN = "自规收件小赵", "住建收件小钱", "供电收件小沈"
HEAD_OF_HOUSING = "区住房和城乡建设局局长"
LAND, HOUSING, POWER = "区自然资源局", "区住房和城乡建设局", "供电公司"
OFFICE = "项目办"
TWELVE = (DATA / "twelve.txt").read_text("utf-8")


def settled(settle_in, now: str = "2026-11-24 09:10") -> Town:
    """A district with two projects, three units with intakes and heads, an office, and a leader in the chair."""
    town: Town = settle_in(now)
    town.person(LI, posts=[Post.DISPATCHER])
    town.person(FENG, posts=[Post.LEADER], title="副区长")
    town.person(SUN, "智诚公司")
    for intake, unit in ((ZHAO, LAND), (QIAN, HOUSING), (SHEN, POWER)):
        town.person(intake, unit, posts=[Post.INTAKE])
        town.person(f"{unit}局长", unit, posts=[Post.HEAD])
    town.person("主任老孟", OFFICE, posts=[Post.HEAD])
    for name in ("调度责任人老郑", "协调老吴", "总协调老陈"):
        town.person(name)
    roles: dict[Role, list[str] | str] = {
        Role.OWNER_CONTACT: SUN,
        Role.DISPATCH_OFFICIAL: "调度责任人老郑",
        Role.COORDINATOR: "协调老吴",
        Role.GENERAL_DISPATCHER: FENG,
        Role.GENERAL_COORDINATOR: "总协调老陈",
    }
    town.project("智诚慧家标准车间", roles, number=17)
    town.project("北辰机电二期厂房", {**roles, Role.OWNER_CONTACT: []}, number=18)
    return town


async def pasted(town: Town, text: str) -> None:
    """The dispatcher records minutes and sees the list of items."""
    await town.says(LI, "会议")
    await town.presses(LI, "录纪要")
    await town.says(LI, text)
    await town.presses(LI, "完成")


def every(town: Town, **where) -> list[Matter]:
    with town.store.read() as session:
        statement = select(Matter).order_by(col(Matter.id))
        found = [row for row in session.exec(statement).all() if all(getattr(row, k) == v for k, v in where.items())]
        session.expunge_all()
        return found


def whole(town: Town) -> list[Matter]:
    """The matters of meetings without the co-units' parts."""
    return [row for row in every(town, origin=Origin.MEETING) if row.part_of is None]


def unit(town: Town, name: str) -> int:
    return town.unit(name)


def read_by(town: Town, who: str) -> str:
    return "\n".join(shown.text for shown in town.messages(who))


def workbook_of(town: Town, who: str):
    """The newest workbook that somebody got, opened."""
    from openpyxl import load_workbook

    file = next(shown.card.files[0] for shown in reversed(town.messages(who)) if shown.card.files)
    place, name = place_and_name(file)
    assert name.endswith(".xlsx")
    return load_workbook(BytesIO((town.settings.data_dir / place).read_bytes()))


async def answers(town: Town, who: str, words: str, number: str) -> None:
    """Somebody answers a matter as solved."""
    await town.says(who, number)
    await town.presses(who, "办结")
    await town.presses(who, "已解决")
    await town.says(who, words)


def check_log(town: Town) -> None:
    with town.store.read() as session:
        assert dispatch_log.verify(session, town.app.house.sealer).good
        verdict = dispatch_log.verify_rows(session, town.app.house.sealer)
        assert verdict.good, verdict


async def solved(town: Town, number: str) -> None:
    """The dispatcher, who wrote it down, says that it is solved."""
    await town.says(LI, number)
    await town.presses(LI, "已解决")


async def days_pass(town: Town, since: str, last: str, until: Callable[[], bool] = lambda: False) -> None:
    """Days go by, the clock looking in the morning, at noon and in the evening of each."""
    day = date.fromisoformat(since)
    while day <= date.fromisoformat(last) and not until():
        for hour in ("09:10", "13:40", "17:40"):
            await town.sleep_until(f"{day} {hour}")
        day += timedelta(days=1)


def texts_since(town: Town, who: str, beginning: str) -> str:
    """The newest message that begins like this."""
    return next(shown.text for shown in reversed(town.messages(who)) if shown.text.startswith(beginning))


def receipt_of(town: Town) -> str:
    return texts_since(town, LI, "已下达")


# --- twelve items -------------------------------------------------------------------------------------------------------


async def test_twelve_items_three_mended_one_dropped_confirmed_in_one_go_after_a_restart(settle_in):
    town = settled(settle_in)
    await town.says(LI, "会议")
    assert "还没有录过会议" in town.text(LI) and town.last(LI).labels == ["录纪要", "议题清单"]
    await town.presses(LI, "录纪要")
    half = TWELVE.index("7. ")
    await town.says(LI, TWELVE[:half])
    await town.says(LI, TWELVE[half:])
    assert "已收到 2 条" in town.text(LI) and town.last(LI).labels == ["完成", "取消"]
    await town.says(LI, "完成")
    card = town.text(LI)
    assert "11-20 召开 · 冯国栋主持 · 长重项办〔2026〕12号" in card and "共 12 项，第 1/3 页，4 项请看一下" in card
    assert "区自然资源局 · 协办 供电公司、区住房和城乡建设局 · 12-15 前 · 智诚慧家标准车间 · 电" in card
    assert "办成标准：满足2000千伏安" in card and not every(town)

    town.reopen()
    await town.presses(LI, "更多", message=town.last(LI))
    card = town.text(LI)
    for marked in (
        "财金局 · 12-08 前 · 智诚慧家标准车间 · 资金\n单位不明",
        "（未写单位） · 12-09 前",
        "无单位",
        "长期坚持 · 施工环境",
    ):
        assert marked in card
    assert town.last(LI).labels == ["确认下达", "更多", "取消", "6", "8", "9"]
    await town.says(LI, "6 改单位 自规局")
    assert "由自规局牵头，12月8日前提出意见。\n区自然资源局 · 12-08 前" in town.text(LI)
    await town.presses(LI, "9")
    assert "【第 9 项】" in town.text(LI)
    await town.presses(LI, "单位")
    await town.says(LI, "住建局")
    await town.says(LI, "10 改时限 12-18")
    await town.says(LI, "去掉 11")
    assert "共 11 项" in town.text(LI) and "1 项请看一下" in town.text(LI)
    assert not every(town), "nothing before it is confirmed"
    await town.presses(LI, "确认下达")
    receipt = town.text(LI)
    assert (
        "已下达 11 项" in receipt
        and "17-2 智诚慧家标准车间供电增容" in receipt
        and "（协办 供电公司、区住房和城乡建设局）" in receipt
    )

    with town.store.read() as session:
        [meeting] = session.exec(select(Meeting)).all()
        assert (meeting.title, str(meeting.held_on), meeting.document) == (
            "长泉区重点项目调度会议纪要",
            "2026-11-20",
            "长重项办〔2026〕12号",
        )
        assert "8. 梳理明年" in meeting.words and meeting.chair == town.people[FENG]
    rows = whole(town)
    assert len(rows) == 11 and len(every(town)) == 14, "three co-units have parts of their own"
    assert {row.given_way for row in rows} == {Way.MEETING} and {row.meeting for row in rows} == {meeting.id}
    assert {(row.raised_by, row.recorded_by) for row in rows} == {(town.people[FENG], town.people[LI])}
    assert {str(row.given_on) for row in rows} == {"2026-11-20"} and rows[
        0
    ].document == "长泉区重点项目调度会议纪要（长重项办〔2026〕12号）"
    assert [str(row.promised_on) for row in rows[:3]] == ["2026-12-04", "2026-12-15", "2026-12-02"] and rows[
        1
    ].standard == "满足2000千伏安"
    assert (rows[5].unit, rows[8].unit) == (unit(town, LAND), unit(town, HOUSING)) and str(
        rows[9].promised_on
    ) == "2026-12-18"
    assert rows[6].promised_on is None and rows[6].due_at > town.now, "without a day the policy's limit holds"
    assert read_by(town, ZHAO).count("【会议议定，请办理】") == 4 and read_by(town, SHEN).count("【请协办】") == 2
    assert "冯国栋（副区长） 交办（11-20 会议，调度小李代录）" in town.text(ZHAO)
    assert not town.messages(FENG) and not town.messages(SUN)
    check_log(town)


async def test_confirmed_twice_it_is_issued_once(settle_in):
    town = settled(settle_in)
    await pasted(town, "会议议定：\n1. 智诚慧家标准车间用地组卷，由自规局负责，12月4日前完成。\n主持：冯国栋")
    first = town.last(LI)
    await town.says(LI, "1 标准 报市局")
    town.reopen()
    await town.presses(LI, "确认下达", message=town.last(LI))
    assert "已下达 1 项" in town.text(LI)
    await town.presses(LI, "确认下达", message=first)
    assert "这份纪要已经下达" in first.text
    await town.says(LI, "确认下达")
    assert len(every(town)) == 1
    with town.store.read() as session:
        assert len(session.exec(select(Meeting)).all()) == 1
    check_log(town)


async def test_a_button_of_other_minutes_does_nothing_to_these(settle_in):
    town = settled(settle_in)
    await pasted(town, "会议议定：\n1. 用地组卷，由自规局负责，12月4日前完成。\n主持：冯国栋")
    old = town.last(LI)
    await town.says(LI, "1 标准 报市局")
    await town.presses(LI, "取消", message=town.last(LI))
    assert "已取消，没有下达" in town.text(LI) and "用地组卷" in town.text(LI)
    town.now += timedelta(minutes=5)
    await pasted(town, "会议议定：\n1. 线路迁改，由供电公司负责，12月4日前完成。\n主持：冯国栋")
    await town.presses(LI, "确认下达", message=old)
    assert not every(town)


async def test_minutes_are_put_right_between_other_things(settle_in):
    town = settled(settle_in)
    await pasted(
        town, "会议议定：\n1. 用地组卷，由自规局负责。\n2. 线路迁改，由供电公司负责，12月4日前完成。\n主持：冯国栋"
    )
    card = town.last(LI)
    await town.says(LI, "反映问题 智诚慧家标准车间")
    await town.says(LI, "会议")
    assert "有一份纪要还没下达" in town.text(LI)
    await town.presses(LI, "录纪要")
    assert "共 2 项" in town.text(LI)
    await town.says(LI, "事项")
    await town.presses(LI, "确认下达", message=card)
    assert "已下达 2 项" in card.text and len(every(town)) == 2


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("1 改单位 公安局", "没有这个单位：公安局"),
        ("1 改单位 局", "没有这个单位：局"),
        ("1 改时限 昨天", "已经过去了"),
        ("1 改时限 看情况", "没看懂日期“看情况”"),
        ("9 改时限 12-20", "没有第 9 项"),
        ("1 项目 月球", "没有找到项目“月球”"),
        ("1 项目 18", "北辰机电二期厂房"),
        ("1 类别 资金", " · 资金"),
        ("1 改时限 长期坚持", "区自然资源局 · 长期坚持"),
        ("1 协办 供电公司、住建局", "区自然资源局 · 协办 供电公司、区住房和城乡建设局"),
        ("1 责任人 小赵", "区自然资源局"),
        ("1 内容 把组卷报上去", "1 把组卷报上去"),
        ("加 线路迁改，由供电公司负责，12月10日前完成", "共 2 项"),
        ("主持 老张三", "没有找到领导“老张三”"),
        ("标题 第11次调度会", "【会议纪要】第11次调度会"),
        ("时间 11-18", "11-18 召开"),
        ("文号 长政〔2026〕3号", "长政〔2026〕3号"),
        ("今天天气不错", "没看懂“今天天气不错”"),
    ],
)
async def test_what_is_typed_puts_it_right_or_is_told_why_not(settle_in, typed, seen):
    town = settled(settle_in)
    await pasted(town, "会议议定：\n1. 用地组卷，由自规局负责，12月4日前完成。\n主持：冯国栋")
    await town.says(LI, typed)
    assert seen in town.text(LI)


async def test_who_took_the_chair_is_asked_and_may_be_skipped(settle_in):
    town = settled(settle_in)
    await pasted(
        town, "今天碰头会定的：1、用地组卷，自规局负责，12月4日前完成；2、线路迁改，供电公司负责，12月10日前完成。"
    )
    assert "读到 2 项。谁主持的会？" in town.text(LI) and "冯国栋（副区长）" in town.text(LI)
    await town.says(LI, "王五")
    assert "没有找到领导“王五”" in town.text(LI)
    await town.presses(LI, "跳过")
    assert "以调度小李的名义交办" in town.text(LI)
    await town.presses(LI, "确认下达")
    assert {(row.raised_by, row.recorded_by) for row in every(town)} == {(town.people[LI], town.people[LI])}
    check_log(town)


# --- what became of them ------------------------------------------------------------------------------------------------


async def test_the_next_meeting_opens_with_what_became_of_the_last_one(settle_in):
    town = settled(settle_in)
    await pasted(
        town,
        "会议议定：\n1. 智诚慧家标准车间用地组卷，由自规局负责，12月4日前报市局。\n2. 北辰机电二期施工许可，由住建局负责，12月2日前核发。\n"
        "3. 北辰机电二期线路迁改，由供电公司负责，12月10日前完成。\n4. 冬季扬尘治理，由住建局负责，长期坚持。\n主持：冯国栋",
    )
    await town.presses(LI, "确认下达")
    await town.says(ZHAO, "17-1")
    await town.presses(ZHAO, "反馈")
    await town.says(ZHAO, "勘测已完成")
    await answers(town, ZHAO, "已报市局，依据：长自规〔2026〕30号", "17-1")
    await solved(town, "17-1")
    await days_pass(town, "2026-11-25", "2026-12-02")
    await town.sleep_until("2026-12-03 09:10")
    await answers(town, HEAD_OF_HOUSING, "许可证已核发", "18-1")
    await solved(town, "18-1")
    await days_pass(town, "2026-12-04", "2026-12-14")

    await town.says(LI, "会议")
    assert "4 项，已办 2 · 在办 2（超期 1）" in town.text(LI)
    await town.presses(LI, "上次落实")
    told = texts_since(town, LI, "【上次落实】")
    assert "4 项：已办 2（按期 1，逾期办成 1），在办 2，其中超期 1" in told
    order = [told.index(number) for number in ("18-2", "0-1", "18-1", "17-1")]
    assert order == sorted(order), "the worst first"
    assert "供电公司 · 待签收，超期 2 个工作日 · 已到" in told
    assert "区住房和城乡建设局 · 已销号，逾期 1 个工作日" in told and "区自然资源局 · 已销号，按期" in told

    book = workbook_of(town, LI)
    assert book.sheetnames == ["上次落实", "议题清单"]
    rows = [[cell.value for cell in row] for row in book["上次落实"].iter_rows()]
    assert rows[1] == [
        "序号",
        "任务",
        "项目",
        "牵头单位",
        "配合单位",
        "责任人",
        "时限",
        "标准",
        "进展/成效",
        "状态",
        "是否按期",
    ]
    assert rows[2][:2] == [1, "17-1 智诚慧家标准车间用地组卷，由自规局负责，12月4日前报市局。"]
    assert rows[2][6:] == ["2026-12-04", None, "已报市局（长自规〔2026〕30号）", "已销号", "是"]
    assert rows[3][10] == "否，逾期 1 个工作日" and rows[4][10] == "否，超期 2 个工作日" and rows[5][10] == "—"
    check_log(town)


async def test_a_joint_item_is_asked_about_when_all_three_units_have_answered(settle_in):
    town = settled(settle_in)
    await pasted(
        town,
        "会议议定：\n1. 智诚慧家标准车间管网接驳，由住建局牵头，供电公司、自规局配合，12月20日前完成。\n主持：冯国栋",
    )
    await town.presses(LI, "确认下达")
    assert [row.part_of for row in every(town)] == [None, every(town)[0].id, every(town)[0].id]
    await answers(town, QIAN, "主体已接通", "17-1")
    await answers(town, SHEN, "电缆已避让", "17-2")
    asked = "【请您确认是否解决】"
    assert asked not in read_by(town, LI) and asked not in read_by(town, FENG)
    await answers(town, ZHAO, "用地已协调", "17-3")
    assert asked in read_by(town, LI) and asked not in read_by(town, FENG), "the chair has the Monday card"
    await town.presses(LI, "已解决")
    assert {row.state for row in every(town)} == {MatterState.CLOSED}
    check_log(town)


async def test_an_item_whose_unit_nobody_knows_waits_on_the_desk(settle_in):
    town = settled(settle_in)
    await pasted(
        town,
        "会议议定：\n1. 智诚慧家标准车间欠付工程款，由财金局牵头，教体局配合，12月8日前提出意见。\n2. 摸清冬季停工情况。\n主持：冯国栋",
    )
    assert "单位不明 · 协办不明" in town.text(LI) and "无单位 · 无时限" in town.text(LI)
    await town.presses(LI, "确认下达")
    assert "17-1 智诚慧家标准车间欠付工程款" in receipt_of(
        town
    ) and "待定单位 · 12-08 前 · 协办不明：教体局" in receipt_of(town)
    first, second = every(town)
    assert (first.unit, first.person, second.unit, second.person) == (None,) * 4 and first.state is MatterState.UNSIGNED
    assert read_by(town, LI).count("【请定由谁办理】") == 2
    assert not town.messages(FENG) and not town.messages("调度责任人老郑")
    await days_pass(town, "2026-11-25", "2026-11-27")
    assert "17-1" in read_by(town, LI).split("【今日待办】")[-1], "it is listed until it is placed"
    assert not town.messages(FENG)
    await town.sleep_until("2026-11-30 09:20")
    await town.says(LI, "17-1")
    await town.presses(LI, "改派")
    await town.says(LI, HOUSING)
    assert every(town)[0].unit == unit(town, HOUSING) and "【改派给您】" in town.text(QIAN)
    check_log(town)


# --- before the next meeting --------------------------------------------------------------------------------------------


async def stuck(town: Town, words: str = "还差 30 亩用地指标") -> Matter:
    """A blocker that nobody answers until it stands on the rung of the meeting; the matter."""
    await town.says(SUN, "反映问题")
    await town.says(SUN, "用地")
    await town.says(SUN, words)
    await town.presses(SUN, "一般")
    await town.presses(SUN, "提交")
    await days_pass(town, "2026-11-25", "2026-12-28", until=lambda: every(town)[0].agenda_at is not None)
    await town.sleep_until("2026-12-25 09:20")
    return every(town)[0]


async def test_a_matter_climbs_to_the_meeting_is_on_the_agenda_and_is_decided(settle_in):
    town = settled(settle_in)
    matter = await stuck(town)
    assert rung_of(matter) is Rung.MEETING and matter.person == town.people[LI]
    await town.says(LI, "17-1")
    assert "请安排上会；会后点“记录结果”" in town.text(LI) and town.last(LI).labels[0] == "记录结果"
    await town.says(LI, "会议")
    assert "待上会 1 件" in town.text(LI) and "17-1 智诚慧家标准车间：还差 30 亩用地指标" in town.text(LI)
    await town.presses(LI, "议题清单")
    told = texts_since(town, LI, "【议题清单】")
    assert "走过：承办科室 → 主要负责人 → 总调度人 → 总协调人 → 专题会" in told
    sheet = workbook_of(town, LI)["议题清单"]
    assert [cell.value for cell in sheet[2]][1:4] == ["17-1", "智诚慧家标准车间", "还差 30 亩用地指标"]

    await pasted(town, (DATA / "agenda.txt").read_text("utf-8").replace("2026年12月28日", f"{town.now:%Y年%m月%d日}"))
    assert "议题 17-1：不另立事项，作为会议决定，交 区自然资源局" in town.text(LI) and "1 项是原有议题" in town.text(LI)
    await town.presses(LI, "确认下达")
    assert "17-1 17-1 智诚慧家标准车间用地指标" in receipt_of(town) and "议题已定，区自然资源局" in receipt_of(town)
    first, other = every(town)
    assert first.agenda_at is None and "从区级储备指标中调剂30亩" in first.decision and first.meeting == other.meeting
    assert first.person == town.people["区自然资源局局长"] and "【领导已定，请落实】" in town.text("区自然资源局局长")
    assert other.origin is Origin.MEETING and other.unit == unit(town, HOUSING)
    await town.presses(LI, "上次落实")
    assert "17-1" in texts_since(town, LI, "【上次落实】") and "0-1" in texts_since(town, LI, "【上次落实】")
    check_log(town)


async def test_the_office_records_what_the_meeting_decided_without_minutes(settle_in):
    town = settled(settle_in)
    await stuck(town)
    await town.says(LI, "17-1")
    await town.presses(LI, "记录结果")
    await town.says(LI, "从储备指标调剂，市局协调")
    row = every(town)[0]
    assert (row.agenda_at, row.decision, row.person) == (
        None,
        "从储备指标调剂，市局协调",
        town.people["区自然资源局局长"],
    )
    await town.says(LI, "会议")
    assert "没有待上会的事项" in town.text(LI)
    check_log(town)


async def test_minutes_that_speak_of_it_without_its_number_offer_to_mark_it_as_heard(settle_in):
    town = settled(settle_in)
    await stuck(town)
    await pasted(
        town,
        "会议议定：\n1. 智诚慧家标准车间 30 亩用地指标，由自规局负责，一周内调剂。\n2. 冬季扬尘治理，由住建局负责，长期坚持。\n主持：冯国栋",
    )
    await town.presses(LI, "确认下达")
    assert "纪要提到还在议题清单里的事项" in town.text(LI) and town.last(LI).labels == ["17-1"]
    assert every(town)[0].agenda_at is not None
    card = town.last(LI)
    await town.presses(LI, "17-1")
    assert "17-1 已记为会议决定" in town.text(LI)
    row = every(town)[0]
    assert row.agenda_at is None and "一周内调剂" in row.decision
    await town.presses(LI, "17-1", message=card) if "17-1" in card.labels else None
    check_log(town)


async def test_what_the_minutes_do_not_mention_stays_on_the_agenda(settle_in):
    town = settled(settle_in)
    await stuck(town)
    await pasted(town, "会议议定：\n1. 冬季扬尘治理，由住建局负责，长期坚持。\n主持：冯国栋")
    await town.presses(LI, "确认下达")
    assert "纪要提到" not in read_by(town, LI)
    await town.says(LI, "会议")
    assert "待上会 1 件" in town.text(LI)


# --- files, and who may ---------------------------------------------------------------------------------------------------


def docx(*paragraphs: str, rows: tuple[tuple[str, ...], ...] = ()) -> bytes:
    """A document of Word with these paragraphs and a table."""
    said = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    cells = "".join(
        "<w:tr>" + "".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in row) + "</w:tr>"
        for row in rows
    )
    main = f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{said}<w:tbl>{cells}</w:tbl></w:body></w:document>'
    raw = BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("word/document.xml", main)
    return raw.getvalue()


async def test_minutes_come_as_a_document_of_word(settle_in):
    town = settled(settle_in)
    await town.says(LI, "会议")
    await town.presses(LI, "录纪要")
    table = (
        ("序号", "事项", "牵头单位", "完成时限"),
        ("1", "智诚慧家标准车间用地组卷", "自规局", "12月4日前"),
        ("2", "线路迁改", "供电公司", "长期坚持"),
    )
    await town.sends_file(LI, docx("全区重点项目调度会纪要", "主持：冯国栋", rows=table), kind="file", name="纪要.docx")
    await town.presses(LI, "完成")
    assert "【会议纪要】全区重点项目调度会纪要" in town.text(LI) and "共 2 项" in town.text(LI)
    assert "区自然资源局 · 12-04 前 · 智诚慧家标准车间" in town.text(LI)


@pytest.mark.parametrize(
    ("name", "raw"), [("纪要.docx", b"no document"), ("照片.jpg", b"photo"), ("纪要.docx", docx())]
)
async def test_a_file_without_text_is_named_and_the_talk_goes_on(settle_in, name, raw):
    town = settled(settle_in)
    await town.says(LI, "会议")
    await town.presses(LI, "录纪要")
    await town.sends_file(LI, raw, kind="file", name=name)
    assert f"没有读到文字：{name}" in town.text(LI)
    await town.says(LI, "会议议定：\n1. 用地组卷，由自规局负责，12月4日前完成。\n主持：冯国栋")
    await town.says(LI, "完成")
    assert "共 1 项" in town.text(LI)


async def test_words_without_items_are_not_lost(settle_in):
    town = settled(settle_in)
    await pasted(town, "大家辛苦了")
    assert "没有读出议定事项" in town.text(LI)
    await town.says(LI, "1. 用地组卷，由自规局负责，12月4日前完成。")
    await town.says(LI, "完成")
    assert "读到 1 项" in town.text(LI)


async def test_minutes_may_begin_with_a_word_that_is_a_command(settle_in):
    town = settled(settle_in)
    await pasted(
        town,
        "会议 议定事项如下，请各单位抓好落实，按时限办结并及时反馈：\n1. 用地组卷，由自规局负责，12月4日前完成。\n主持：冯国栋",
    )
    assert "共 1 项" in town.text(LI)


async def test_in_english(settle_in):
    town = settled(settle_in)
    town.person("Lee", posts=[Post.DISPATCHER], locale="en")
    await town.says("Lee", "/meeting")
    await town.presses("Lee", "Record")
    await town.says("Lee", TWELVE)
    await town.presses("Lee", "Done")
    assert "12 items, page 1/3, 4 want a look" in town.text("Lee")
    await town.says("Lee", "9")
    assert "[Item 9]" in town.text("Lee")
    await town.presses("Lee", "List")
    assert "no unit" in town.text("Lee")
    await town.presses("Lee", "Issue")
    assert "12 items issued" in town.text("Lee") or "12 items issued" in read_by(town, "Lee")
    await town.presses("Lee", "Follow-up")
    assert "12 items: 0 done" in read_by(town, "Lee") and workbook_of(town, "Lee").sheetnames == ["Follow-up", "Agenda"]
    await town.says("Lee", "/meeting")
    await town.presses("Lee", "Agenda")
    assert "Nothing is to be put before a meeting" in read_by(town, "Lee")


async def test_the_log_tells_of_the_meeting(settle_in):
    town = settled(settle_in)
    await pasted(town, "会议议定：\n1. 用地组卷，由自规局负责，12月4日前完成。\n主持：冯国栋")
    await town.presses(LI, "确认下达")

    def told(desk):
        found = dispatch_log.entries(desk.session, town.app.house.sealer, of_none=True, kind="meeting.")
        return [log.worded(desk, entry) for entry in found]

    [line] = town.do(told)
    assert "录入会议纪要，下达 1 项，冯国栋主持" in line


async def test_nobody_else_sees_anything_of_it(settle_in):
    town = settled(settle_in)
    await pasted(town, TWELVE)
    await town.presses(LI, "确认下达")
    town.person("管理员老何", posts=[Post.ADMINISTRATOR])
    for who in (SUN, ZHAO, FENG, "管理员老何"):
        before = len(town.messages(who))
        await town.says(who, "会议")
        assert (
            len(town.messages(who)) == before + 1
            and "长泉区重点项目调度会议纪要" not in town.text(who)
            and not town.last(who).labels
        )
    await town.says(LI, "会议", group="工作群")
    assert not town.messages("工作群")
    assert "17-" not in read_by(town, SUN)
