"""A month's bulletin of 5,000 projects, as Word and as PDF, and the closing of its month: seconds of the processor, whatever else
the machine is doing."""

import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from benchmarks.house import NOW
from benchmarks.measure import Line, count
from bot.rules.words import Kind, Level, ReportState, Source
from handlers import bulletin, closing_work
from handlers.desk import Desk
from storage import periods as stored
from storage.db import next_id
from storage.tables import Milestone, Plan, Project, Report
from tests.town import Town

PROJECTS = 5_000
AIM, HELD = 10.0, 0.1
"""Seconds; and of one piece of work inside the writer."""
MONTHS = range(1, 13)
MILESTONES = 7
MONTHLY = 1_000_000
"""元 of a month's plan."""


def lines(home: Path) -> Iterator[Line]:
    town = Town(home, NOW)
    try:
        town.unit("长泉区", None)
        units = [town.unit(f"单位{number}") for number in range(40)]
        town.do(lambda desk: _fill(desk, units))
        first = date(2026, 10, 1)
        with town.store.read() as session:
            for ending in ("docx", "pdf"):
                path = home / f"bulletin.{ending}"
                seconds = _seconds(lambda path=path: bulletin.write(town.desk(session), path, first, None))
                yield count(f"bulletin of {PROJECTS:,} projects (.{ending})", seconds, AIM, " s")
        yield from _closing(town)
    finally:
        town.close()


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _fill(desk: Desk, units: list[int]) -> None:
    """Projects with a plan by month, a report each month and milestones."""
    rows: list[Project | Plan | Report | Milestone] = []
    for at in range(PROJECTS):
        number = next_id(desk.session, Project)
        rows.append(
            Project(
                id=number, number=number, name=f"第{number}号标准车间及配套设施建设项目", unit=units[at % len(units)], level=list(Level)[at % 3],
                kind=(Kind.NEW, Kind.CONTINUED)[at % 2], total=(at % 20 + 1) * 100_000_000, year=desk.today.year, year_plan=12 * MONTHLY,
                accepted_on=date(2020, 1, 1), created_at=desk.now,
            )
        )  # fmt: skip
        rows += [Plan(project=number, year=desk.today.year, month=month, amount=MONTHLY) for month in MONTHS]
        rows += [
            Report(
                id=next_id(desk.session, Report), project=number, source=Source.CHAT, state=ReportState.COUNTS, said_at=desk.now, as_of=date(desk.today.year, month, 20),
                progress=Decimal(month * 7), invested_year=month * MONTHLY * (at % 5 + 1) // 4,
            )
            for month in range(1, 11)
        ]  # fmt: skip
        rows += [
            Milestone(id=next_id(desk.session, Milestone), project=number, position=step, name=f"节点{step}", due=date(desk.today.year, 2 + step, 20))
            for step in range(MILESTONES)
        ]  # fmt: skip
    for table in (Project, Plan, Report, Milestone):
        desk.session.add_all([row for row in rows if isinstance(row, table)])
        desk.session.flush()


def _closing(town: Town) -> Iterator[Line]:
    """The month's figures written down for the whole district: gathered outside the writer, which is held for the pieces."""
    with town.store.read() as session:
        desk = town.desk(session)
        begun = time.process_time()
        what = closing_work.gathered(desk, {"unit": 1, "period": "2026-10", "person": None})
        yield count(
            f"closing a month of {PROJECTS:,} projects, outside the writer", time.process_time() - begun, AIM, " s"
        )
    number = town.do(lambda desk: closing_work.begin(desk, what))
    held = []
    for at in range(0, len(what.figures), closing_work.CHUNK):
        part = what.figures[at : at + closing_work.CHUNK]
        held.append(_seconds(lambda part=part: town.do(lambda desk: closing_work.put(desk, number, part))))
    digest = stored.digest(what.figures)
    held.append(
        _seconds(lambda: town.do(lambda desk: closing_work.finish(desk, stored.by_id(desk.session, number), digest)))
    )
    yield count("the longest piece of it inside the writer", max(held), HELD, " s")
