"""Import of 5,000 and 10,000 rows, beside reading the same workbook with calamine and upserting the same rows through Core."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy.dialects import sqlite
from sqlmodel import SQLModel

from benchmarks.house import NOW
from benchmarks.measure import Line, rounds, slower, timed
from bot.ledger import read_ledger
from handlers import ledger
from storage import schema
from storage.db import writer_engine
from storage.tables import Assignment, LogEntry, LogWords, Milestone, Person, Plan, Project, Report, Unit
from tests.town import Town

SIZES = (5_000, 10_000)
ROUNDS = 2
WRITTEN = (Unit, Person, Project, Milestone, Plan, Assignment, Report, LogEntry, LogWords)
HEADER = (
    "序号", "项目编号", "项目名称", "项目级别", "项目性质", "项目分类", "建设内容及规模", "总投资（万元）", "至2025年底累计完成投资（万元）",
    "2026年度计划投资（万元）", "1—10月累计完成投资（万元）", "形象进度（截至10月31日）", "总协调人", "总调度人", "协调责任人", "调度责任人", "责任单位",
    "业主单位", "属地镇街", "填报联络员",
)  # fmt: skip


def lines(home: Path) -> Iterator[Line]:
    for size in SIZES:
        place = home / str(size)
        place.mkdir()
        yield _line(place, size)


def _line(home: Path, size: int) -> Line:
    book = home / "ledger.xlsx"
    _write(book, size)
    numbers = itertools.count()
    taken: list[dict[type[SQLModel], list[Any]]] = []

    def ours() -> float:
        place = home / str(next(numbers))
        place.mkdir()
        town = Town(place, NOW)
        try:
            seconds = timed(lambda: town.do(lambda desk: ledger.take_in(desk, read_ledger(book))))
            taken[:] = taken or [_rows(town)]
        finally:
            town.close()
        assert len(taken[0][Project]) == size, len(taken[0][Project])
        return seconds

    def base() -> float:
        engine = writer_engine(f"sqlite:///{home / f'{next(numbers)}.db'}")
        schema.upgrade(engine)
        try:
            return timed(lambda: _plainly(book, engine, taken[0]))
        finally:
            engine.dispose()

    return slower(f"import of {size:,} rows", rounds(ours, base, ROUNDS), 4)


def _write(book: Path, size: int) -> None:
    workbook = xlsxwriter.Workbook(book)
    sheet = workbook.add_worksheet("重点项目台账")
    sheet.write(0, 0, "长泉区2026年重点项目调度台账")
    sheet.write_row(1, 0, HEADER)
    for at in range(1, size + 1):
        figures = (50_000, 12_000, 20_000, 8_000 + at % 9_000)
        people = (_name("协", at % 20), _name("总", at % 20), _name("责", at % 50), _name("调", at % 100))
        where = (f"区第{at % 40}局", f"第{at % 3000}建设公司", f"镇{at % 12}", _name("员", at % 500))
        words = ("区级", "续建", "产业发展", "新建标准厂房及配套设施", *figures, "主体施工，完成六成")
        sheet.write_row(at + 1, 0, (at, f"CQ-{at:05}", f"第{at}号产业园标准车间项目", *words, *people, *where))
    workbook.close()


def _name(first: str, number: int) -> str:
    """A name that is one: figures in a cell of names are refused."""
    return first + "".join("零一二三四五六七八九"[int(digit)] for digit in str(number))


def _rows(town: Town) -> dict[type[SQLModel], list[Any]]:
    """Everything the import wrote, as values that Core takes."""
    with town.store.read() as session:
        return {
            table: [dict(row) for row in session.execute(sa.select(table.__table__)).mappings()]  # type: ignore[attr-defined]
            for table in WRITTEN
        }


def _plainly(book: Path, engine: sa.Engine, rows: dict[type[SQLModel], list[Any]]) -> None:
    """What anybody would write: the sheet as lists, then an upsert of each table's rows in one call."""
    CalamineWorkbook.from_path(str(book)).get_sheet_by_index(0).to_python()
    with engine.begin() as connection:
        for table, values in rows.items():
            key = [column.name for column in table.__table__.primary_key]  # type: ignore[attr-defined]
            insert = sqlite.insert(table)
            changed = {name: insert.excluded[name] for name in values[0] if name not in key} if values else {}
            if table in (LogEntry, LogWords):
                connection.execute(insert, values)
            elif values:
                connection.execute(insert.on_conflict_do_update(index_elements=key, set_=changed), values)
