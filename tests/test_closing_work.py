"""定稿 of many projects: the writer is held for short pieces only, and what changes meanwhile is in the closed figures."""

from datetime import date

import pytest
import sqlalchemy as sa

from bot.messages import Incoming
from bot.rules.periods import read
from bot.rules.words import Post, ReportState, Role, Source
from handlers import bulletin, closing_work, periods
from storage import dispatch_log
from storage import periods as stored
from storage import reports as kept
from storage.db import next_id
from storage.tables import Plan, Project
from tests.counting import recording
from tests.town import Town

pytestmark = pytest.mark.slow

WANG, LI = "填报小王", "调度小李"


def _town(settle_in, projects: int) -> Town:
    town: Town = settle_in("2026-12-01 09:10")
    town.person(WANG)
    town.person(LI, posts=[Post.DISPATCHER])
    town.project("头一个项目", {Role.REPORTER: WANG}, number=1, plan=dict.fromkeys(range(1, 13), 1000))

    def fill(desk) -> None:
        rows: list = []
        for _ in range(projects - 1):
            number = next_id(desk.session, Project)
            rows.append(
                Project(id=number, number=number, name=f"第{number}号车间", unit=1, year=2026, year_plan=120_000_000, accepted_on=date(2020, 1, 1), created_at=desk.now)
            )  # fmt: skip
            rows += [Plan(project=number, year=2026, month=month, amount=10_000_000) for month in range(1, 13)]
        for table in (Project, Plan):
            desk.session.add_all([row for row in rows if isinstance(row, table)])
            desk.session.flush()

    town.do(fill)
    return town


def _tells(town: Town, money: int) -> None:
    """A figure of November comes in by a report, with its entry of the log."""

    def add(desk) -> None:
        row = kept.add(
            desk.session, project=1, person=town.people[WANG], recorded_by=None, source=Source.CHAT, state=ReportState.COUNTS, said_at=desk.now,
            as_of=date(2026, 11, 30), period="", progress=None, invested_year=money, invested_period=None, milestones_done=[], words="", basis="",
            corrects=None, reason="", messages=[],
        )  # fmt: skip
        desk.session.flush()
        desk.note("report.filed", project=1, person=town.people[WANG], rows=[row])

    town.do(add)


@pytest.mark.parametrize("projects", [260, 1100])
async def test_the_writer_gets_short_pieces_however_many_projects_there_are(settle_in, projects):
    town = _town(settle_in, projects)
    payload = {"unit": 1, "period": "2026-11", "person": town.people[LI]}
    with town.store.read() as session:
        what = closing_work.gathered(town.desk(session), payload)
    assert len(what.figures) == projects
    number = town.do(lambda desk: closing_work.begin(desk, what))
    for at in range(0, projects, closing_work.CHUNK):
        part = what.figures[at : at + closing_work.CHUNK]
        with recording(town.store.engine) as piece:
            town.do(lambda desk, part=part: closing_work.put(desk, number, part))
        assert len(piece.calls) == 1 and len(piece.statements) <= closing_work.CHUNK
    with recording(town.store.engine) as last:
        town.do(lambda desk: closing_work.finish(desk, stored.by_id(desk.session, number), stored.digest(what.figures)))
    assert len(last.statements) <= 8, "the last piece takes as many statements for 260 projects as for 1,100"
    with town.store.read() as session:
        row = stored.by_id(session, number)
        assert row is not None and (row.state, row.projects) == ("closed", projects)
        assert row.digest == stored.digest(stored.figures_of(session, number))


async def test_a_figure_told_while_it_is_being_closed_is_in_it(settle_in):
    town = _town(settle_in, 20)
    with town.store.read() as session:
        what = closing_work.gathered(town.desk(session), {"unit": 1, "period": "2026-11", "person": town.people[LI]})
    number = town.do(lambda desk: closing_work.begin(desk, what))
    town.do(lambda desk: closing_work.put(desk, number, what.figures))
    with town.store.read() as session:
        assert not stored.standing(session, what.period), "what is being closed is told nowhere yet"
    _tells(town, 85_000_000)
    digest = town.do(
        lambda desk: closing_work.finish(desk, stored.by_id(desk.session, number), stored.digest(what.figures))
    )
    with town.store.read() as session:
        desk = town.desk(session)
        row = stored.by_id(session, number)
        found = periods.listed(desk, None, read("2026-11", desk.today))
        figures = periods.figures(desk, found, what.period)
        assert figures[1].actual == 85_000_000 and figures[1].entry == row.entry == dispatch_log.head(session)[0]
        assert digest == row.digest == stored.digest(figures.values()) != stored.digest(what.figures)


async def test_a_change_of_the_rules_meanwhile_has_it_all_done_again(settle_in):
    town = _town(settle_in, 20)
    with town.store.read() as session:
        what = closing_work.gathered(town.desk(session), {"unit": 1, "period": "2026-11", "person": town.people[LI]})
    number = town.do(lambda desk: closing_work.begin(desk, what))
    town.do(lambda desk: closing_work.put(desk, number, what.figures))
    town.do(lambda desk: desk.note("policy.in_force", facts={"hash": "x"}))
    assert town.do(lambda desk: closing_work.finish(desk, stored.by_id(desk.session, number), "")) is None
    with town.store.read() as session:
        assert stored.by_id(session, number) is None and not stored.figures_of(session, number)


async def test_many_projects_are_closed_from_the_chat_with_a_bar(settle_in):
    town = _town(settle_in, 760)
    await town.says(LI, "定稿 11月")
    assert "未定稿" in town.text(LI) and "760 个项目" in town.text(LI)
    await town.presses(LI, "定稿")
    assert (
        "已定稿 12-01 09:10 调度小李，数字不再变（数字至调度日志第" in town.text(LI) and "重开" in town.last(LI).labels
    )
    with town.store.read() as session:
        bars = list(session.exec(sa.text("SELECT body FROM outbox WHERE body LIKE '%▰%'")))
        assert len(bars) >= 2, bars
        assert dispatch_log.verify(session, town.app.house.sealer).good


async def test_a_bulletin_of_many_projects_shows_how_far_it_is(settle_in):
    town = _town(settle_in, 760)
    said = Incoming(
        channel="phone",
        account="bot",
        dedup="bar",
        direct=True,
        kind="text",
        person=LI,
        name=LI,
        chat=LI,
        text="通报 2026-11",
    )
    await town.app.receive([said])
    await town.app.sender.drain()
    await town.settle()
    with town.store.read() as session:
        bars = list(session.exec(sa.text("SELECT body FROM outbox WHERE body LIKE '%▰%'")))
        assert len(bars) == bulletin.STEPS - 1, "a bar after each part"
