"""交接 and 停用: all that is one person's becomes another's at once, and nothing is left with nobody."""

import json
import os
import subprocess
import sys
from datetime import date

import pytest
from sqlmodel import select

from bot.messages import Card
from bot.rules.words import MatterState, MessageClass, Post, Result, Role
from handlers import deputies, handover
from handlers.roster import Refused
from storage import dispatch_log, matters, people
from storage.tables import Assignment, Delegation, Matter, MatterConcern, NudgeRow, Person
from tests.bot_api import BotApi
from tests.service import Service
from tests.test_matters import DEPUTY, HEAD, LI, OFFICE, QIAN, SUN, WANG, ZHAO, check_log, raises, read_by, settled
from tests.town import Town

pytestmark = pytest.mark.slow

CHIEF, NEW = "管理员老陈", "新来的小吴"
EACH = {
    MatterState.UNSIGNED: {},
    MatterState.HANDLING: {},
    MatterState.PROMISED: {"promised_on": date(2026, 12, 20), "plan": "先报规划"},
    MatterState.REFERRED: {"paused_state": "handling", "paused_until": date(2026, 12, 20), "left_minutes": 900},
    MatterState.SUSPENDED: {"paused_state": "handling", "paused_until": date(2026, 12, 20), "left_minutes": 900},
    MatterState.ANSWERED: {"answer": "已下达", "result": Result.SOLVED},
    MatterState.DISPUTED: {"answer": "已下达", "result": Result.SOLVED},
}


def staffed(settle_in, now: str = "2026-11-24 09:10") -> Town:
    town = settled(settle_in, now)
    town.person(CHIEF, posts=[Post.ADMINISTRATOR])
    town.person(NEW, OFFICE)
    return town


def rows(town: Town, table: type = Matter) -> list:
    with town.store.read() as session:
        return list(session.exec(select(table).order_by(*table.__table__.primary_key)))


async def hands_over(town: Town, old: str, new: str) -> None:
    await town.says(CHIEF, f"交接 {old} {new}")
    await town.presses(CHIEF, "确认")


async def in_each_state(town: Town) -> None:
    """A matter in each open state, all of them with 收件小赵."""
    for _ in EACH:
        await raises(town, SUN)

    def put(desk):
        for matter, (state, values) in zip(
            desk.session.exec(select(Matter).order_by(Matter.id)), EACH.items(), strict=True
        ):
            matter.state = state
            for name, value in values.items():
                setattr(matter, name, value)
            desk.session.flush()
            desk.note("matter.feedback", project=matter.project, facts={"matter": matter.id}, rows=[matter])

    town.do(put)


# --- handing over -----------------------------------------------------------------------------------------------------------


async def test_three_projects_and_a_matter_in_each_open_state(settle_in):
    town = staffed(settle_in)
    town.project("体育馆", {Role.REPORTER: ZHAO, Role.DISPATCH_OFFICIAL: [WANG, ZHAO]}, number=8)
    town.project("跨河大桥", {Role.REPORTER: [ZHAO, NEW]}, number=9)
    town.project("水厂", {Role.COORDINATOR: ZHAO}, number=10)
    await in_each_state(town)
    old = town.last(ZHAO)
    await town.says(CHIEF, f"交接 {ZHAO} {NEW}")
    shown = town.text(CHIEF)
    assert f"{ZHAO}的全部工作交给{NEW}" in shown and "包挂、填报 4 项" in shown and f"{OFFICE} 收件口" in shown
    assert "未办结的事项 7 件，其中要办的 7 件" in shown
    before = len(town.messages(NEW))
    await town.presses(CHIEF, "确认")
    assert "事项 7 件" in town.text(CHIEF)

    for matter in rows(town):
        assert matter.person == town.people[NEW] and matter.state in EACH
        assert ZHAO not in str(matter.seats) and all(step["person"] != town.people[ZHAO] for step in matter.steps)
    concerned = {row.person for row in rows(town, MatterConcern)}
    assert town.people[NEW] in concerned and town.people[ZHAO] not in concerned
    held = {
        (row.project, row.role)
        for row in rows(town, Assignment)
        if row.person == town.people[NEW] and row.until is None
    }
    assert len(held) == 4
    with town.store.read() as session:
        today = town.desk(session).today
        assert [row.role for row in people.posts_of(session, town.people[NEW], today)] == [Post.INTAKE]
        assert not people.posts_of(session, town.people[ZHAO], today)

    [card] = town.messages(NEW)[before:]  # one card with what is theirs now
    assert f"{ZHAO}原来的工作，从今天起由您负责" in card.text and card.labels == ["今日待办", "事项"]
    assert "从今天起交给新来的小吴" in town.text(ZHAO)
    assert old.text == "已移交给新来的小吴。" and not old.labels
    await town.presses(NEW, "事项")
    assert "17-1" in town.text(NEW)
    await town.says(NEW, "17-1")
    await town.presses(NEW, "签收")
    assert rows(town)[0].state is MatterState.HANDLING
    await town.says(ZHAO, "17-1")
    assert "没有找到" in town.text(ZHAO)
    with town.store.read() as session:
        kinds = [entry.row.kind for entry in dispatch_log.entries(session, town.app.house.sealer)]
    assert kinds.count("matter.handed_over") == 7 and kinds.count("assignment.handed_over") == 4
    assert "post.handed_over" in kinds and "person.handed_over" in kinds
    check_log(town)


async def test_a_press_on_a_card_of_before_says_who_has_it(settle_in):
    """The card is pressed before the edit has reached the old one's phone."""
    town = staffed(settle_in)
    await raises(town, SUN)
    old = town.last(ZHAO)
    token = next(button.token for button in old.card.buttons if button.label == "签收")
    row = lambda desk, name: desk.session.get(Person, town.people[name])  # noqa: E731
    town.do(lambda desk: handover.hand_over(desk, row(desk, ZHAO), row(desk, NEW)))
    for _ in range(2):
        await town.comes_in(person=ZHAO, name=ZHAO, chat=ZHAO, kind="press", press=token, quote=old.number, handle="h")
        assert town.phones.toasts[-1][1] == "已移交给新来的小吴。"
    assert rows(town)[0].state is MatterState.UNSIGNED


async def test_what_is_on_its_way_and_in_the_bundle_goes_along(settle_in):
    town = staffed(settle_in, "2026-11-24 19:00")
    await raises(town, SUN)

    def at_once(desk):
        card = Card("急件", ((desk.button("show", "matter.show", matter=1),),))
        desk.say(MessageClass.URGENT, card, person=town.people[ZHAO], about="matter:1", projects=[1], matter=1)
        handover.hand_over(desk, *(desk.session.get(Person, town.people[name]) for name in (ZHAO, NEW)))

    town.do(at_once)
    await town.settle()
    assert town.text(NEW) == "急件" and not town.messages(ZHAO)
    await town.presses(NEW, "查看")
    assert "还差 30 亩指标" in town.text(NEW)
    assert [item.person for item in rows(town, NudgeRow) if item.matter] == [town.people[NEW]]
    await town.walk("2026-11-25 10:00")
    assert "17-1" in town.text(NEW) and "您原来的工作" in town.text(ZHAO)
    check_log(town)


async def test_nobody_answers_for_what_they_raised_not_by_hand_over_either(settle_in):
    town = staffed(settle_in)
    await raises(town, WANG)  # 小王 raised it, the land office has it
    await hands_over(town, ZHAO, WANG)
    [matter] = rows(town)
    assert matter.person is None and matter.asked_at is not None and matter.raised_by == town.people[WANG]
    assert "【请定由谁办理】17-1" in town.text(LI)
    await town.presses(LI, "改派")
    assert "17-1" in town.text(LI)
    check_log(town)


async def test_who_raised_it_hands_that_over_too_but_not_to_who_answers(settle_in):
    town = staffed(settle_in)
    await raises(town, SUN)
    await hands_over(town, SUN, ZHAO)  # 小赵 has it to answer
    assert rows(town)[0].raised_by == town.people[SUN]
    await town.says(SUN, "17-1")
    assert "17-1" in town.text(SUN)
    await raises(town, WANG)
    await hands_over(town, WANG, NEW)
    assert rows(town)[1].raised_by == town.people[NEW]
    check_log(town)


async def test_a_head_further_up_the_ladder_is_followed_by_the_new_one(settle_in):
    town = staffed(settle_in)
    await raises(town, SUN)
    await hands_over(town, DEPUTY, QIAN)
    assert [step["person"] for step in rows(town)[0].steps][:3] == [town.people[one] for one in (ZHAO, QIAN, HEAD)]
    await hands_over(town, HEAD, QIAN)
    persons = [step["person"] for step in rows(town)[0].steps]
    assert persons.count(town.people[QIAN]) == 1 and town.people[HEAD] not in persons
    check_log(town)


async def test_what_is_watched_and_stood_in_for_goes_along(settle_in):
    town = staffed(settle_in)
    await raises(town, SUN)
    town.do(lambda desk: matters.watch(desk.session, 1, town.people[QIAN]))
    town.do(lambda desk: deputies.begin(desk, town.people[DEPUTY], town.people[QIAN], desk.today, None))
    town.do(lambda desk: deputies.begin(desk, town.people[NEW], town.people[HEAD], desk.today, None))
    await hands_over(town, QIAN, NEW)
    with town.store.read() as session:
        assert matters.watchers(session, 1) == [town.people[NEW]]
    assert [(row.deputy, row.ended) for row in rows(town, Delegation) if row.person == town.people[DEPUTY]] == [
        (town.people[QIAN], "handed_over"),
        (town.people[NEW], ""),
    ]
    check_log(town)


async def test_administering_stays_and_what_cannot_be_is_refused(settle_in):
    town = staffed(settle_in)
    with pytest.raises(Refused, match=r"admin\.nothing_held"):
        town.do(
            lambda desk: handover.would_go(
                desk, desk.session.get(Person, town.people[CHIEF]), desk.session.get(Person, town.people[NEW])
            )
        )
    await town.says(CHIEF, f"岗位 {CHIEF} 调度员")
    await hands_over(town, CHIEF, NEW)
    with town.store.read() as session:
        today = town.desk(session).today
        assert [row.role for row in people.posts_of(session, town.people[CHIEF], today)] == [Post.ADMINISTRATOR]
        assert [row.role for row in people.posts_of(session, town.people[NEW], today)] == [Post.DISPATCHER]


# --- leaving -------------------------------------------------------------------------------------------------------------


async def test_who_leaves_leaves_no_matter_behind(settle_in):
    town = staffed(settle_in)
    await in_each_state(town)
    await town.says(CHIEF, f"停用 {ZHAO}")
    assert "7 件未办结的事项（17-1、17-2" in town.text(CHIEF) and "转调度员定" in town.text(CHIEF)
    await town.presses(CHIEF, "确认")
    assert "7 件事项已转调度员定由谁办理" in town.text(CHIEF)
    for matter in rows(town):
        assert matter.person is None
        working = matter.state in (MatterState.UNSIGNED, MatterState.REFERRED, MatterState.SUSPENDED)
        assert working == (matter.asked_at is not None)
    assert "【请定由谁办理】17-1" in read_by(town, LI)
    await town.says(LI, "17-1")
    assert "改派" in town.last(LI).labels
    check_log(town)


# --- the command line --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_by_the_command_line_beside_a_running_service(tmp_path):
    with BotApi() as api:
        service = Service(tmp_path, api)
        with service.settling() as town:
            for name in (ZHAO, NEW):
                town.person(name, OFFICE, bound=False, posts=[Post.INTAKE] if name == ZHAO else [])
                service.bind(town, name, api.user(name))
            town.person(NEW, "区水务局", bound=False)
            town.project("跨河大桥", {Role.REPORTER: ZHAO}, number=8)

        def command(*words: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-m", "bot", "handover", *words], env={**os.environ, **service.environment}, capture_output=True, text=True, check=False
            )  # fmt: skip

        async with service.up():
            assert "加上单位" in command(ZHAO, NEW, "--yes").stderr
            shown = command(ZHAO, NEW, "--unit-b", OFFICE, "--json")
            assert json.loads(shown.stdout)["done"] is False, shown.stderr
            assert "--yes" in command(ZHAO, NEW, "--unit-b", OFFICE).stderr
            done = json.loads(command(ZHAO, NEW, "--unit-b", OFFICE, "--yes", "--json").stdout)
            assert done["done"] and [one["project"] for one in done["roles"]] == [8]
            assert [one["post"] for one in done["posts"]] == ["intake"]
            await service.quiet()
            assert "没有可交接" in command(ZHAO, NEW, "--unit-b", OFFICE, "--yes").stderr
        service.verify()


# --- what is missing ---------------------------------------------------------------------------------------------------------


async def test_one_line_each_working_morning_until_it_is_filled(settle_in):
    town = staffed(settle_in, "2026-11-27 18:30")  # Friday evening
    town.project("体育馆", {Role.REPORTER: QIAN, Role.GENERAL_COORDINATOR: HEAD}, number=8)
    town.project("跨河大桥", {}, number=9, accepted=None)
    await raises(town, SUN)
    town.do(lambda desk: handover.deactivate(desk, desk.session.get(Person, town.people[ZHAO])))
    await town.walk("2026-11-30 10:30")
    assert (
        "缺岗：1 个项目缺人（总调度人 1、协调责任人 1、调度责任人 1），1 件事项无人办理。发“缺岗”看名单"
        in town.text(CHIEF)
    )
    await town.says(CHIEF, "缺岗")
    assert "1 8 体育馆：缺总调度人、协调责任人、调度责任人" in town.text(CHIEF)
    assert "2 17-1 智诚慧家标准车间：无人办理" in town.text(CHIEF)
    assert "3 9 跨河大桥：缺总协调人" in town.text(CHIEF) and "（未纳入催办）" in town.text(CHIEF)
    await town.says(LI, "/gaps")
    await town.presses(LI, "2")
    assert "改派" in town.last(LI).labels
    await town.says(WANG, "缺岗")
    assert "“缺岗”是管理员、调度员用的词" in town.text(WANG)

    before = len(town.messages(CHIEF))
    await town.walk("2026-12-02 18:00", minutes=60)
    assert sum("缺岗：" in shown.text for shown in town.messages(CHIEF)[before:]) == 2  # Tuesday and Wednesday


async def test_nothing_where_nothing_is_missing_but_what_waits_to_be_accepted(settle_in):
    town = staffed(settle_in, "2026-11-27 18:30")
    town.project("跨河大桥", {}, number=9, accepted=None)
    await town.walk("2026-11-30 18:00", minutes=60)
    assert "缺岗" not in read_by(town, CHIEF)


async def test_the_list_has_pages(settle_in):
    town = staffed(settle_in)
    for number in range(20, 27):
        town.project(f"第{number}号厂房", {}, number=number)
    await town.says(CHIEF, "缺岗")
    assert "5 24 第24号厂房" in town.text(CHIEF) and town.last(CHIEF).labels == ["1", "2", "3", "4", "5", "更多"]
    await town.presses(CHIEF, "更多")
    assert "6 25 第25号厂房" in town.text(CHIEF) and town.last(CHIEF).labels == ["6", "7", "更多"]
    await town.presses(CHIEF, "6")
    assert "第25号厂房" in town.text(CHIEF)
