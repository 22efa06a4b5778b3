"""Who was replaced without a hand-over: whoever has the place now goes on; an empty one is told, and nothing is without somebody."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.rules.words import MatterState, Post, Role
from storage import people
from storage.db import next_id
from storage.tables import Assignment
from tests.test_ladder_story import ends, past_due, whose
from tests.test_matters import (
    DEPUTY,
    HEAD,
    LI,
    OFFICE,
    QIAN,
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

NEW, ADMINISTRATOR = "新来老钱", "管理老马"
GENERAL, TOP = "总调度老冯", "总协调老陈"


def appointed(town: Town, name: str, post: Post) -> None:
    """A post in the land office from today."""
    town.person(name, OFFICE)

    def give(desk):
        unit = people.unit_named(desk.session, OFFICE)
        people.give_post(desk.session, town.people[name], unit.id, post, desk.today)

    town.do(give)


def role_goes_to(town: Town, role: Role, name: str) -> None:
    """A role of the project ends yesterday; today somebody (or nobody) else has it."""

    def change(desk):
        for row in desk.session.exec(select(Assignment).where(Assignment.role == role)):
            row.until = desk.today - timedelta(days=1)
            desk.note("assignment.ended", project=row.project, rows=[row])
            if name:
                made = Assignment(
                    id=next_id(desk.session, Assignment), project=row.project, role=role, person=town.people[name], rank=0, since=desk.today
                )  # fmt: skip
                desk.session.add(made)
                desk.session.flush()
                desk.note("assignment.given", project=row.project, rows=[made])

    town.do(change)


async def test_a_new_head_takes_the_rung_of_the_old_one(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    ends(town, DEPUTY)
    appointed(town, NEW, Post.DEPUTY_HEAD)
    await past_due(town)
    assert whose(town) == NEW and "【提级到您】17-1" in town.text(NEW) and not town.messages(DEPUTY)
    assert row_of(town).due_at > town.now and row_of(town).look_at > town.now
    await answers(town, NEW)
    assert "【请您确认是否解决】17-1" in town.text(SUN)
    check_log(town)


async def test_a_new_leader_of_the_project_takes_the_rung_of_the_old_one(settle_in):
    town = settled(settle_in)
    town.person(NEW)
    await raises(town, SUN)
    role_goes_to(town, Role.GENERAL_DISPATCHER, NEW)
    for _ in range(4):
        await past_due(town)
    assert whose(town) == NEW and not town.messages(GENERAL)
    check_log(town)


async def test_while_it_lies_with_them_the_new_one_has_it_the_next_morning_and_the_limit_goes_on(settle_in):
    town = settled(settle_in)
    town.person(NEW)
    await raises(town, SUN)
    for _ in range(4):
        await past_due(town)
    assert whose(town) == GENERAL
    due = row_of(town).due_at
    role_goes_to(town, Role.GENERAL_DISPATCHER, NEW)
    morning = town.app.house.calendar.next_workday(town.app.house.calendar.day(town.now))
    await look_at(town, f"{morning} 08:20")
    await look_at(town, f"{morning} 09:20")
    row = row_of(town)
    assert whose(town) == NEW and row.state is MatterState.UNSIGNED and row.due_at == due
    assert "用地问题：待签收" in town.text(NEW) and "已移交" in read_by(town, GENERAL)
    assert "已由接任的人办理" in read_by(town, SUN)
    assert not any("阅" in shown.labels for shown in town.messages(GENERAL)), "the old one's card is over"
    heard = len(town.messages(NEW))
    await look_at(town, f"{morning} 11:00")
    town.reopen()
    await look_at(town, f"{morning} 15:00")
    assert len(town.messages(NEW)) == heard
    check_log(town)


async def test_an_empty_rung_is_passed_over_and_told_once(settle_in):
    town = settled(settle_in)
    town.person(ADMINISTRATOR, posts=[Post.ADMINISTRATOR])
    await raises(town, SUN)
    ends(town, DEPUTY)
    await past_due(town)
    assert whose(town) == HEAD
    for day in ("2026-11-30", "2026-12-01"):
        await look_at(town, f"{day} 09:20")
    for who in (LI, ADMINISTRATOR):
        assert read_by(town, who).count("17-1 智诚慧家标准车间：分管负责人现在没有人，提级时已跳过") == 1
    check_log(town)


async def test_with_nobody_after_them_it_stays_with_who_held_the_place_and_goes_on(settle_in):
    town = settled(settle_in)
    town.person(ADMINISTRATOR, posts=[Post.ADMINISTRATOR])
    await raises(town, SUN)
    for _ in range(2):
        await past_due(town)
    assert whose(town) == HEAD
    ends(town, HEAD)
    morning = town.app.house.calendar.next_workday(town.app.house.calendar.day(town.now))
    await look_at(town, f"{morning} 08:20")
    await look_at(town, f"{morning} 09:20")
    assert whose(town) == HEAD and row_of(town).look_at > town.now
    for who in (LI, ADMINISTRATOR):
        assert f"主要负责人现在没有人，仍由原来的{HEAD}负责" in read_by(town, who)
    appointed(town, NEW, Post.HEAD)
    following = town.app.house.calendar.next_workday(town.app.house.calendar.day(town.now))
    await look_at(town, f"{following} 08:20")
    assert whose(town) == NEW
    check_log(town)


async def test_decided_by_a_leader_it_goes_down_to_who_heads_the_unit_now(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    for _ in range(4):
        await past_due(town)
    assert whose(town) == GENERAL
    ends(town, HEAD)
    appointed(town, NEW, Post.HEAD)
    town.now = at("2026-12-11 10:00") if town.now < at("2026-12-11 10:00") else town.now
    await town.says(GENERAL, "17-1")
    await town.presses(GENERAL, "一事一议")
    await town.says(GENERAL, "先行用地")
    assert whose(town) == NEW and "【领导已定，请落实】17-1" in town.text(NEW) and ZHAO != NEW
    check_log(town)


async def test_a_colleague_to_whom_a_head_passed_it_on_keeps_it(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await past_due(town)
    assert whose(town) == DEPUTY
    await town.says(DEPUTY, "17-1")
    await town.presses(DEPUTY, "转办")
    await town.says(DEPUTY, QIAN)
    await town.presses(QIAN, "签收")
    for _ in range(2):
        morning = town.app.house.calendar.next_workday(town.app.house.calendar.day(town.now))
        await look_at(town, f"{morning} 08:20")
        assert whose(town) == QIAN and row_of(town).state is MatterState.HANDLING
    assert "没有人" not in read_by(town, LI)
    check_log(town)
