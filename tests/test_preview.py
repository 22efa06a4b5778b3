"""`preview`: what a day would tell, worked out without writing anything, agrees with what that day tells."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from bot.rules.words import Level, Post, Role
from handlers import nudges
from handlers.desk import Desk
from storage.tables import NudgeRow, Outbox, Project
from tests.town import SHANGHAI, Town, at

pytestmark = pytest.mark.slow

ZHANG, WANG, DEPUTY = "张科长", "王科长", "分管局长"


def district(town: Town) -> None:
    """Two reporters, one of them not bound, and a deputy head; projects of every kind."""
    town.person(ZHANG, "区工信局")
    town.person(WANG, "区住建局", bound=False)
    town.person(DEPUTY, "区工信局", posts=[Post.DEPUTY_HEAD])
    months = dict.fromkeys(range(1, 13), 1000)
    town.project(
        "落后的项目", {Role.REPORTER: ZHANG}, number=1, lead="区工信局", plan=months, invested_year=10_000_000,
        invested_as_of=date(2026, 11, 6), as_of=date(2026, 11, 6), progress=Decimal(20),
    )  # fmt: skip
    town.project(
        "按计划推进的项目",
        {Role.REPORTER: WANG},
        number=2,
        as_of=date(2026, 10, 24),
        milestones=[("主体封顶", "2026-11-25")],
    )
    town.project("市里的项目", {Role.REPORTER: ZHANG}, number=3, level=Level.CITY, as_of=date(2026, 11, 9))
    town.project("暂停的项目", {Role.REPORTER: ZHANG}, number=4, paused_until=date(2026, 12, 31))


def preview(town: Town, moment: str) -> list[dict[str, object]]:
    """In a session that cannot write."""
    with town.store.read() as session:
        return nudges.preview(Desk(session, at(moment), town.app.house))


def test_who_on_which_channel_what_why_and_when(settle_in):
    town = settle_in("2026-11-10 10:00")
    district(town)
    assert preview(town, "2026-11-16 07:00") == [
        {
            "person": WANG, "unit": "区住建局", "channel": "", "kind": "milestone_due", "project": "按计划推进的项目",
            "reason": "节点“主体封顶”还有 7 个工作日（11-25）", "at": "2026-11-16T09:04+08:00",
        },
        {
            "person": DEPUTY, "unit": "区工信局", "channel": "phone", "kind": "missed_report", "project": "落后的项目",
            "reason": "11-09 至 11-15 这周的填报应于 11-13 前，还没有报（填报人 张科长）", "at": "2026-11-16T09:06+08:00",
        },
    ]  # fmt: skip
    assert [(one["project"], one["kind"]) for one in preview(town, "2026-11-20 23:00")] == [
        ("落后的项目", "report_due"),
        ("市里的项目", "report_due"),
        ("按计划推进的项目", "milestone_due"),
    ]


@pytest.mark.parametrize("moment", ["2026-11-14 09:00", "2026-10-01 09:00"])
def test_a_day_off_tells_nothing(settle_in, moment):
    town = settle_in("2026-09-28 10:00")
    district(town)
    assert preview(town, moment) == []


def test_nothing_is_written(settle_in):
    town = settle_in("2026-11-10 10:00")
    district(town)
    with town.store.read() as session:
        before = [(row.light, row.next_look, row.looked_on) for row in session.exec(select(Project))]
    for moment in ("2026-11-16 07:00", "2026-12-25 09:00"):
        assert preview(town, moment)
        assert town.do(lambda desk, moment=moment: nudges.preview(Desk(desk.session, at(moment), desk.house)))
    with town.store.read() as session:
        assert [(row.light, row.next_look, row.looked_on) for row in session.exec(select(Project))] == before
        assert not session.exec(select(NudgeRow)).all() and not session.exec(select(Outbox)).all()


async def test_it_agrees_with_what_each_day_of_a_month_tells(settle_in):
    town = settle_in("2026-11-09 20:00")
    district(town)
    day = date(2026, 11, 10)
    while day < date(2026, 12, 5):
        foreseen = preview(town, f"{day} 07:00")
        heard = len(town.phones.messages)
        for clock in ("08:20", "09:10", "17:00"):
            await town.sleep_until(f"{day} {clock}")
        told = {(shown.chat, line) for shown in town.phones.messages[heard:] for line in shown.text.splitlines()}
        for one in foreseen:
            if one["channel"]:
                lines = [line for who, line in told if who == one["person"]]
                assert any(str(one["reason"]) in line or f" {one['project']}" in line for line in lines), (
                    day,
                    one,
                    told,
                )
        assert {chat for chat, _ in told} == {one["person"] for one in foreseen if one["channel"]}, (
            day,
            foreseen,
            told,
        )
        day += timedelta(days=1)
    assert len({shown.at.astimezone(SHANGHAI).date() for shown in town.messages(ZHANG)}) > 5


async def test_what_waits_already_is_in_it_and_who_is_quiet_is_not(settle_in):
    town = settle_in("2026-11-24 16:00")
    district(town)
    town.do(lambda desk: desk.remind(town.people[DEPUTY], "notice", key="n", about="", reason={"text": "台账已更新"}))
    assert [(one["person"], one["reason"]) for one in preview(town, "2026-11-26 09:00") if one["kind"] == "notice"] == [
        (DEPUTY, "台账已更新")
    ]
    await town.says(ZHANG, "免打扰 12月1日")
    assert ZHANG not in {one["person"] for one in preview(town, "2026-11-25 09:00")}


async def test_in_the_afternoon_it_still_says_what_the_morning_told(settle_in):
    town = settle_in("2026-11-10 20:00")
    district(town)
    await town.sleep_until("2026-11-11 08:20")
    await town.sleep_until("2026-11-11 09:10")
    foreseen = preview(town, "2026-11-11 16:00")
    assert [(one["person"], one["project"]) for one in foreseen] == [(ZHANG, "落后的项目")]
