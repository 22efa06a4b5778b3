"""问题台账: the blockers of the projects in the columns such a ledger has. The headers are data: the words by which it is read."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain
from pathlib import Path

from bot.documents import Cell, Sheet
from bot.rules.words import FastLane, Origin, Rung
from handlers import matter_table, tables
from handlers.desk import Desk
from handlers.matter_ledger import handled
from handlers.matters import rung_of
from storage import forms, people, projects
from storage import matter_table as stored
from storage.board import Reach
from storage.tables import Matter, Proposal

COLUMNS = (
    ("序号", 5), ("项目名称", 22), ("存在问题", 36), ("要素类别", 8), ("责任单位", 16), ("责任人", 9), ("提出时间", 11), ("解决时限", 11), ("解决情况", 34),
    ("是否销号", 6), ("备注", 16),
)  # fmt: skip
NOTES = ("解决时限为承诺办结的日期；还没有承诺的，为当前层级的办理时限。已销号的写销号日期。",)


def write(desk: Desk, path: Path, month: date | None, meant: Reach | None) -> dict[str, int]:
    """Writes the workbook: the blockers that were open at some time of a month (None: all). meant: None for every project. Returns how
    many there are."""
    within = matter_table.span(desk, (month or desk.today).replace(day=1))
    found = [
        (matter, project.name)
        for matter, project in stored.ledger(desk.session, meant, within.since if month else None, within.until)
        if project is not None and matter.origin is Origin.BLOCKER and matter.part_of is None
    ]
    waiting = (
        forms.of_projects(desk.session, [row.id for row in tables.meant_projects(desk, meant)]) if month is None else []
    )
    names, widths = zip(*COLUMNS, strict=True)
    of = (
        f"（{month.year}年{month.month}月）"
        if month
        else f"（截至{desk.today.year}年{desk.today.month}月{desk.today.day}日）"
    )
    sheet = Sheet(
        "问题台账", names, chain(_rows(desk, found), _waiting(desk, waiting, len(found))), title=f"{tables.root_name(desk)}重点项目问题台账{of}", widths=widths, held=2, notes=NOTES,
        facts=tables.facts(desk, len(found) + len(waiting), month),
    )  # fmt: skip
    return {"problems": tables.write(desk, "problems", path, [sheet])[0]}


def _rows(desk: Desk, found: list[tuple[Matter, str]]) -> Iterator[list[Cell]]:
    units, persons = people.unit_names(desk.session), stored.names(desk.session, {matter.person for matter, _ in found})
    for at, (matter, project) in enumerate(found, 1):
        yield [
            at, project, desk.readable(matter.words), matter.category.zh, units.get(matter.unit or 0, ""), persons.get(matter.person, ""),
            _day(desk, matter.raised_at), matter.promised_on or (_day(desk, matter.due_at) if matter.state.working else ""), desk.readable(handled(matter)),
            "否" if matter.state.open else "是", _remarks(desk, matter),
        ]  # fmt: skip


def _waiting(desk: Desk, found: list[Proposal], before: int) -> Iterator[list[Cell]]:
    """Rows that came in by a table and are no matters yet, as they came."""
    rows = [row for row in found if row.state != "made"]
    known = {
        row.id: row.name
        for row in projects.by_ids(desk.session, {row.project for row in rows if row.project is not None})
    }
    for at, row in enumerate(rows, before + 1):
        yield [
            at, known.get(row.project or 0, ""), desk.readable(row.words), row.category.zh, row.unit_words, row.person_words, row.raised_on,
            _due(desk, row), desk.readable(row.answer), "是" if row.state == "closed" else "否", row.note,
        ]  # fmt: skip


def _due(desk: Desk, row: Proposal) -> Cell:
    """As it was written where the words hold for the year of this ledger (8月底前), or name no day; else the day."""
    return row.due_words if row.due_on is None or row.due_on.year == desk.today.year else row.due_on


def _day(desk: Desk, at: datetime | None) -> Cell:
    return desk.calendar.day(at) if at else ""


def _remarks(desk: Desk, matter: Matter) -> str:
    rung = rung_of(matter)
    told = [
        f"{desk.calendar.day(matter.closed_at)} 销号" if matter.closed_at else "",
        f"已提级至{rung.zh}"
        if matter.state.open and matter.rung > 0 and rung is not None and rung is not Rung.SECTION
        else "",
        "特事特办" if matter.fast_lane is FastLane.GRANTED else "",
        "内部" if matter.internal else "",
    ]
    return "；".join(filter(None, told))
