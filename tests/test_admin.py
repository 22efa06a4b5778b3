"""What an administrator does in chat, told as it happens."""

import json
import re
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.messages import Card
from bot.rules.entitlement import Action
from bot.rules.words import MessageClass, Post, Role
from bot.texts import LOCALES, environment
from handlers import admin, holding, start
from storage import backup, dispatch_log, people
from storage.alarms import raise_alarm
from storage.tables import Assignment, Invite, Outbox, Person

pytestmark = pytest.mark.slow

ADMIN, WANG, LI, DISPATCHER = "管理员老赵", "王科长", "李主任", "调度小李"
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假调休，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月31日（周日）、2月20日（周六）上班。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。"""


def town_with_people(settle_in, now="2026-11-24 10:00"):
    town = settle_in(now)
    town.person(ADMIN, posts=[Post.ADMINISTRATOR])
    town.person(DISPATCHER, posts=[Post.DISPATCHER])
    town.person(WANG, "区发展和改革局")
    town.person(LI, "区财政局", title="副局长", phone="13800001234")
    return town


def two_of_one_name(town):
    town.person("张伟", "区财政局", bound=False, title="科员")
    return town.person("张伟", "区自然资源局", bound=False)


def verified(town):
    """The log is whole, and its rows are those of the tables."""
    with town.store.read() as session:
        for verdict in (
            dispatch_log.verify(session, town.app.house.sealer),
            dispatch_log.verify_rows(session, town.app.house.sealer),
        ):
            assert verdict.good, verdict
    return True


def kinds(town):
    with town.store.read() as session:
        return [entry.row.kind for entry in dispatch_log.entries(session, town.app.house.sealer)]


def posts_of(town, name):
    with town.store.read() as session:
        return {held.role for held in people.posts_of(session, town.people[name], town.desk(session).today)}


# --- who may ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["邀请", "岗位", "停用", "交接", "故障", "噪声", "放假安排", "恢复发送", "人员"])
async def test_these_words_are_the_administrators(settle_in, word):
    town = town_with_people(settle_in)
    await town.says(WANG, word)
    assert town.text(WANG).startswith(f"“{word}”是管理员用的词") and "请联系管理员" in town.text(WANG)


async def test_a_report_that_begins_like_an_administrators_word_is_a_report(settle_in):
    town = town_with_people(settle_in)
    town.project("跨河大桥", {Role.REPORTER: WANG})
    await town.says(WANG, "人员 120 人已进场，进度 65%")
    assert "请确认" in town.text(WANG) and "65%" in town.text(WANG)


async def test_a_button_kept_from_better_days_does_nothing(settle_in):
    town = town_with_people(settle_in)
    town.person("另一管理员", posts=[Post.ADMINISTRATOR])
    await town.says(ADMIN, f"停用 {WANG}")
    card = town.last(ADMIN)
    await town.says("另一管理员", f"撤岗 {ADMIN} 管理员")
    await town.presses(ADMIN, "确认", message=card)
    with town.store.read() as session:
        assert session.get(Person, town.people[WANG]).active


# --- inviting -----------------------------------------------------------------------------------------------------------


async def test_a_code_with_a_picture_and_words_to_pass_on(settle_in):
    town = town_with_people(settle_in)
    town.app.house.links["telegram"] = "https://t.me/diaodu_bot?start="
    town.person("孙工", "区财政局", bound=False)
    await town.says(ADMIN, "邀请 孙工")
    shown = town.last(ADMIN)
    code = start.CODE.search(shown.text).group()
    assert "72 小时" in shown.text and shown.pictures[0].startswith(b"\x89PNG")
    assert shown.card.picture.values["text"] == f"https://t.me/diaodu_bot?start={code}"
    assert shown.card.copy.startswith("孙工，您好") and f"绑定 {code}" in shown.card.copy
    await town.says("孙工手机", code)
    assert "孙工，您好，已绑定" in town.text("孙工手机")


async def test_a_name_nobody_has_is_answered_with_those_like_it(settle_in):
    town = town_with_people(settle_in)
    await town.says(ADMIN, "邀请 王科")
    assert "没有叫“王科”的人" in town.text(ADMIN) and WANG in town.text(ADMIN)


async def test_of_two_with_one_name_the_unit_decides(settle_in):
    town = town_with_people(settle_in)
    second = two_of_one_name(town)
    await town.says(ADMIN, "邀请 张伟")
    assert "1 区财政局 科员" in town.text(ADMIN) and "2 区自然资源局" in town.text(ADMIN)
    await town.presses(ADMIN, "2")
    code = start.CODE.search(town.text(ADMIN)).group()
    with town.store.read() as session:
        assert people.invite_by_hash(session, start.code_hash(code)).person == second


async def test_a_whole_unit_at_once(settle_in):
    town = town_with_people(settle_in)
    for name in ("甲", "乙", "丙"):
        town.person(name, "区财政局", bound=False)
    await town.says(ADMIN, "邀请单位 区财政局")
    assert town.last(ADMIN).labels == ["确认", "取消"] and "3 名" in town.text(ADMIN)
    await town.presses(ADMIN, "确认")
    codes = start.CODE.findall(town.text(ADMIN))
    assert len(set(codes)) == 3 and LI not in town.text(ADMIN)
    for name, code in zip(("甲", "乙", "丙"), codes, strict=True):
        await town.says(f"{name}的手机", code)
        assert f"{name}，您好" in town.text(f"{name}的手机")
    await town.says(ADMIN, "邀请单位 区财政局")
    assert "都已绑定" in town.text(ADMIN)


async def test_nothing_is_made_where_the_administrator_changes_their_mind(settle_in):
    town = town_with_people(settle_in)
    town.person("甲", "区财政局", bound=False)
    await town.says(ADMIN, "邀请单位 区财政局")
    await town.presses(ADMIN, "取消")
    assert "没有改动" in town.text(ADMIN)
    with town.store.read() as session:
        assert session.execute(sa.select(sa.func.count()).select_from(Invite)).scalar() == 0


# --- posts --------------------------------------------------------------------------------------------------------------


async def test_a_post_is_given_and_taken_back_at_once(settle_in):
    town = town_with_people(settle_in)
    await town.says(ADMIN, f"岗位 {WANG} 调度员 长泉区")
    assert town.text(ADMIN) == f"{WANG}：长泉区 调度员"
    assert posts_of(town, WANG) == {Post.DISPATCHER}
    await town.says(ADMIN, f"撤岗 {WANG} 调度员")
    assert "立即生效" in town.text(ADMIN) and posts_of(town, WANG) == set()
    assert kinds(town)[-2:] == ["post.given", "post.ended"]


async def test_a_new_person_in_a_new_unit_is_asked_about_first(settle_in):
    town = town_with_people(settle_in)
    await town.says(ADMIN, "岗位 周局长 主要负责人 区水务局")
    assert "新增人员 周局长" in town.text(ADMIN) and "新增单位 区水务局" in town.text(ADMIN)
    await town.presses(ADMIN, "确认")
    assert "周局长：区水务局 主要负责人" in town.text(ADMIN)
    with town.store.read() as session:
        unit = people.unit_named(session, "区水务局")
        assert [row.name for row in people.holders(session, unit.id, Post.HEAD, date(2026, 11, 24))] == ["周局长"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("岗位", "例如“岗位"),
        (f"岗位 {WANG} 局长", "没有“局长”这个岗位"),
        (f"撤岗 {WANG} 调度员", "没有担任调度员"),
        (f"撤岗 {ADMIN} 管理员", "最后一位管理员"),
        (f"停用 {ADMIN}", "最后一位管理员"),
        (f"交接 {WANG} {WANG}", "同一个人"),
        (f"交接 {WANG} {LI}", "没有可交接的"),
        ("停用 没有的人", "没有叫"),
        ("关闭 7", "没有编号“7”"),
        ("恢复发送", "发送没有停"),
    ],
)
async def test_what_cannot_be_done_is_said_with_the_way_out(settle_in, words, said):
    town = town_with_people(settle_in)
    await town.says(ADMIN, words)
    assert said in town.text(ADMIN)


async def test_the_last_administrator_who_is_bound_stays(settle_in):
    town = town_with_people(settle_in)
    town.person("新管理员", bound=False, posts=[Post.ADMINISTRATOR])
    await town.says(ADMIN, f"停用 {ADMIN}")
    assert "最后一位管理员" in town.text(ADMIN)
    await town.says(ADMIN, "停用 新管理员")
    assert town.last(ADMIN).labels == ["确认", "取消"]


# --- who somebody is, leaving, handing over -------------------------------------------------------------------------------


async def test_who_somebody_is(settle_in):
    town = town_with_people(settle_in)
    town.project("跨河大桥", {Role.REPORTER: LI}, number=8)
    await town.says(ADMIN, f"人员 {LI}")
    for words in ("区财政局 副局长", "13800001234", "phone", "8 跨河大桥（填报联络员）", "最近一次发言"):
        assert words in town.text(ADMIN)


async def test_somebody_who_leaves_is_a_stranger_from_the_next_message_on(settle_in):
    town = town_with_people(settle_in)
    town.project("跨河大桥", {Role.REPORTER: WANG}, number=8, plan={11: 100})
    town.project("体育馆", {Role.COORDINATOR: WANG}, number=9)
    await town.says(WANG, "65%")
    await town.says(ADMIN, f"停用 {WANG}")
    assert "8 跨河大桥（填报联络员）" in town.text(ADMIN)
    await town.presses(ADMIN, "确认")
    assert "已停用王科长" in town.text(ADMIN)
    assert "2 项现在空缺" in town.text(DISPATCHER) and "9 体育馆（协调责任人）" in town.text(DISPATCHER)
    said = len(town.messages(WANG))
    await town.presses(WANG, "确认")
    assert "还不认识您" in town.text(WANG) or len(town.messages(WANG)) == said
    await town.says(WANG, "70%")
    assert "还不认识您" in town.text(WANG)
    assert verified(town)
    with town.store.read() as session:
        today = town.desk(session).today
        assert not session.execute(sa.select(Assignment.id).where(Assignment.until.is_(None))).all()
        assert not people.posts_of(session, town.people[WANG], today)


async def test_nothing_more_is_said_to_somebody_who_left_and_nobody_is_told_they_are_lost(settle_in):
    town = town_with_people(settle_in)
    town.project("跨河大桥", {Role.REPORTER: WANG}, milestones=[("主体封顶", "2026-11-26")])
    await town.says(ADMIN, f"停用 {WANG}")
    await town.presses(ADMIN, "确认")
    before = len(town.messages(WANG))
    await town.walk("2026-11-26 10:00")
    assert len(town.messages(WANG)) == before
    assert not any("联系不上" in shown.text for shown in town.messages(DISPATCHER))


async def test_handing_over_moves_everything_and_tells_both(settle_in):
    town = town_with_people(settle_in)
    bridge = town.project("跨河大桥", {Role.REPORTER: WANG, Role.DISPATCH_OFFICIAL: WANG}, number=8)
    town.project("体育馆", {Role.REPORTER: [WANG, LI]}, number=9)
    await town.says(ADMIN, f"交接 {WANG} {LI}")
    assert "王科长的全部工作交给李主任：\n· 包挂、填报 3 项" in town.text(ADMIN)
    await town.presses(ADMIN, "确认")
    assert "已交接：王科长 → 李主任。包挂、填报 3 项" in town.text(ADMIN)
    assert "从今天起由您负责" in town.text(LI) and "从今天起交给李主任" in town.text(WANG)
    with town.store.read() as session:
        desk = town.desk(session)
        assert desk.assigned(bridge) == {
            Role.REPORTER: (town.people[LI],),
            Role.DISPATCH_OFFICIAL: (town.people[LI],),
        }
        assert not desk.may(town.people[WANG], Action.REPORT, bridge)
    await town.says(LI, "65%")
    assert "这是哪个项目" in town.text(LI) and "跨河大桥" in town.text(LI)
    assert verified(town)


async def test_of_two_to_hand_over_to_the_unit_decides(settle_in):
    town = town_with_people(settle_in)
    second = two_of_one_name(town)
    project = town.project("跨河大桥", {Role.REPORTER: WANG}, number=8)
    await town.says(ADMIN, f"交接 {WANG} 张伟")
    await town.says(ADMIN, "2")
    await town.presses(ADMIN, "确认")
    with town.store.read() as session:
        assert town.desk(session).assigned(project) == {Role.REPORTER: (second,)}


# --- holidays -----------------------------------------------------------------------------------------------------------


async def test_a_pasted_notice_is_shown_then_kept_and_holds_at_once(settle_in):
    town = town_with_people(settle_in)
    new_year = date(2027, 2, 8)
    assert town.app.house.calendar.is_workday(new_year)
    await town.says(ADMIN, f"放假安排\n{NOTICE}")
    assert "2027 年放假安排" in town.text(ADMIN) and "02-05（五）至 02-11（四） 放假" in town.text(ADMIN)
    assert "01-31（日） 上班" in town.text(ADMIN)
    assert town.app.house.calendar.is_workday(new_year)
    await town.presses(ADMIN, "确认")
    assert "已记下" in town.text(ADMIN)
    calendar = town.app.house.calendar
    assert (
        not calendar.is_workday(new_year)
        and calendar.is_workday(date(2027, 1, 31))
        and not calendar.estimated(new_year)
    )
    town.reopen()
    assert not town.app.house.calendar.is_workday(new_year)


async def test_asked_for_and_pasted_afterwards(settle_in):
    town = town_with_people(settle_in)
    await town.says(ADMIN, "放假安排")
    assert "粘贴" in town.text(ADMIN)
    await town.says(ADMIN, NOTICE)
    assert town.last(ADMIN).labels == ["确认", "取消"]


async def test_a_notice_of_another_year_is_refused_with_the_reason(settle_in):
    town = town_with_people(settle_in)
    await town.says(ADMIN, "放假安排 2028年：元旦1月1日（周五）放假")
    assert "没有读出来" in town.text(ADMIN)


def test_days_that_follow_one_another_are_one_span():
    days = {date(2027, 1, 1): False, date(2027, 1, 2): False, date(2027, 1, 3): True, date(2027, 1, 5): True}
    assert admin.spans(days) == [
        (date(2027, 1, 1), date(2027, 1, 2), False),
        (date(2027, 1, 3), date(2027, 1, 3), True),
        (date(2027, 1, 5), date(2027, 1, 5), True),
    ]


# --- the bot itself -----------------------------------------------------------------------------------------------------


async def test_the_bot_shows_its_own_noise(settle_in):
    town = town_with_people(settle_in)
    for _ in range(3):
        await town.says(WANG, "帮助")
    await town.says(LI, "帮助")
    await town.says(ADMIN, "噪声")
    assert "答复：4 条，2 人，最多的一人 3 条" in town.text(ADMIN)
    assert WANG not in town.text(ADMIN)


async def test_a_fault_is_listed_closed_and_told_again_when_it_comes_again(settle_in):
    town = town_with_people(settle_in)
    number, _ = town.do(lambda desk: raise_alarm(desk.session, "tick:x", "tick_failed x", desk.now))
    town.do(lambda desk: raise_alarm(desk.session, "tick:x", "tick_failed x", desk.now))
    await town.says(ADMIN, "故障")
    assert "2 次" in town.text(ADMIN) and town.last(ADMIN).labels == [f"关闭 {number}"]
    await town.says(ADMIN, f"关闭 {number}")
    assert "已关闭" in town.text(ADMIN)
    await town.says(ADMIN, "故障")
    assert town.text(ADMIN) == "没有未关闭的故障。"
    assert town.do(lambda desk: raise_alarm(desk.session, "tick:x", "tick_failed x", desk.now)) == (number, True)


# --- after a copy was put back --------------------------------------------------------------------------------------------


async def test_a_database_put_back_says_nothing_by_itself_until_confirmed(settle_in):
    town = town_with_people(settle_in, "2026-11-24 08:00")
    town.project("跨河大桥", {Role.REPORTER: WANG}, plan={11: 100}, milestones=[("主体封顶", "2026-11-25")])
    anchor = backup.Anchor(10_000, "f" * 64, "2026-11-23T00:00:00+00:00")
    town.do(lambda desk: holding.hold(desk, anchor))
    assert town.app.house.held
    await town.settle()
    assert "数据库比日志锚点旧" in town.text(ADMIN) and town.last(ADMIN).labels == ["恢复发送"]
    await town.walk("2026-11-24 10:00")
    assert not town.messages(WANG)
    await town.says(WANG, "帮助")
    assert len(town.messages(WANG)) == 1
    await town.presses(ADMIN, "恢复发送")
    assert "已恢复发送" in town.text(ADMIN) and not town.app.house.held
    await town.walk("2026-11-24 10:30")
    assert "主体封顶" in town.text(WANG)
    file = backup.anchor_file(town.settings.data_dir)
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(asdict(anchor)))
    with town.store.read() as session:
        assert backup.put_back(session, town.settings.data_dir) is None


async def test_what_was_laid_aside_is_not_said_after_all(settle_in):
    town = town_with_people(settle_in)
    town.do(lambda desk: desk.say(MessageClass.HAND, Card("旧话"), person=town.people[WANG]))
    town.do(lambda desk: holding.hold(desk, None))
    assert town.do(holding.release) == 1
    await town.settle()
    assert not town.messages(WANG)
    with town.store.read() as session:
        rows = session.execute(sa.select(Outbox.state).where(Outbox.person == town.people[WANG])).scalars().all()
        assert rows == ["cancelled"]


def test_every_refusal_has_its_words(settle_in):
    zone, named = settle_in("2026-11-24 10:00").app.house.texts.zone, set()
    for path in (*Path("handlers").glob("*.py"), *Path("bot/commands").glob("*.py")):
        named |= set(
            re.findall(r'(?:Refused|words|show)\([^()]*?"((?:admin|command)\.[a-z_]+)"', path.read_text("utf-8"))
        )
    assert len(named) > 20
    for locale in LOCALES:
        for name in named:
            noun, block = name.split(".")
            assert block in environment(locale, zone).get_template(f"{noun}.j2").blocks, (locale, name)
