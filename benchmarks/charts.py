"""One page of each chart of 5,000 projects: gathered and drawn, beside Typst alone with the same template and values."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import typst

from benchmarks.measure import Line, count, rounds, slower, timed
from bot import pictures
from bot.messages import Picture
from bot.rules.words import Category, Light
from handlers import charts
from handlers.chart_scope import Scope
from handlers.desk import Desk
from storage.board import Reach
from storage.prepared import insert
from storage.tables import Matter, Milestone, Person, Plan, Project, Report, Unit
from tests.town import Town

PROJECTS, UNITS, MONTHS, MILESTONES = 5_000, 60, 10, 4
ONE_PAGE = {"lights": 6, "gantt": 8, "wall": 8}
"""Projects of the charts that have a row for each, so that they take one page."""
ROUNDS = 3


def lines(home: Path) -> Iterator[Line]:
    town = Town(home, "2026-11-25 10:00")
    town.do(_settle)
    meant = Reach(frozenset(range(1, UNITS + 1)))
    try:
        for kind in charts.CHARTS:
            scope = Scope(meant, "长泉区", most=ONE_PAGE.get(kind))

            def gather(scope: Scope = scope, kind: str = kind) -> Picture:
                return town.do(lambda desk: charts.picture(desk, kind, scope)[0])  # type: ignore[no-any-return]

            picture = gather()
            if kind == "lights":  # its table of units alone takes more than a page
                picture = Picture("lights", picture.values | {"units": picture.values["units"][:8]})
            raw = _raw(picture)
            assert len(pictures.draw(picture)) == 1
            drawn = rounds(
                lambda picture=picture: timed(lambda: pictures.draw(picture)), lambda raw=raw: timed(raw), ROUNDS
            )
            yield slower(f"a page of {kind}, drawn", drawn, 1.3)
            whole = min(_busy(gather) for _ in range(ROUNDS)) + min(_busy(raw) for _ in range(ROUNDS))
            yield count(
                f"a page of {kind}, {PROJECTS:,} projects, gathered and drawn, of the processor", whole, 0.5, " s"
            )
    finally:
        town.close()


def _busy(work: Callable[[], object]) -> float:
    """The seconds that the processor has to do with it, on all threads: what others do meanwhile does not count."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _raw(picture: Picture) -> Any:
    fonts, family = pictures._fonts(pictures.font_path())
    path, values = str(pictures.TEMPLATES / f"{picture.kind}.typ"), json.dumps(picture.values, ensure_ascii=False)
    return lambda: typst.compile(
        path, root=str(pictures.TEMPLATES), font_paths=fonts, ignore_system_fonts=True, format="png", ppi=144,
        sys_inputs={"values": values, "font": family},
    )  # fmt: skip


def _settle(desk: Desk) -> None:
    def blank(table: Any) -> dict[str, Any]:
        return {name: field.get_default(call_default_factory=True) for name, field in table.model_fields.items()}

    late = [
        {"code": "milestone_overdue", "facts": {"milestone": "主体封顶", "due": {"date": "2026-11-10"}, "days": 11}}
    ]
    everyone = range(1, PROJECTS + 1)
    insert(Unit).many(desk.session, [{"id": key, "name": f"第{key}镇", "parent": None} for key in range(1, UNITS + 1)])
    insert(Person).many(desk.session, [blank(Person) | {"id": 1, "name": "张三", "created_at": desk.now}])
    insert(Project).many(desk.session, [
        blank(Project) | {
            "id": key, "number": key, "name": f"第{key}号产业园标准车间", "unit": 1 + key % UNITS, "year": 2026, "created_at": desk.now,
            "accepted_on": date(2026, 1, 1), "as_of": date(2026, 10, 31), "invested_year": 80_000_000, "year_plan": 120_000_000,
            "invested_as_of": date(2026, 10, 31), "progress": Decimal(60), "start_on": date(2025, 3, 1), "finish_on": date(2027, 6, 30), "total": 500_000_000,
            "light": Light.RED if key % 20 == 0 else Light.YELLOW if key % 7 == 0 else Light.GREEN, "reasons": [] if key % 20 else late,
        }
        for key in everyone
    ])  # fmt: skip
    insert(Plan).many(
        desk.session,
        [
            {"project": key, "year": 2026, "month": month, "amount": 10_000_000}
            for key in everyone
            for month in range(1, 13)
        ],
    )
    insert(Report).many(desk.session, [
        blank(Report) | {
            "id": key * MONTHS + month, "project": key, "source": "chat", "state": "counts", "said_at": desk.now, "as_of": date(2026, 1 + month, 25),
            "invested_year": 8_000_000 * (1 + month),
        }
        for key in everyone for month in range(MONTHS)
    ])  # fmt: skip
    insert(Milestone).many(desk.session, [
        blank(Milestone) | {
            "id": key * MILESTONES + at, "project": key, "position": at, "name": f"节点{at}", "due": date(2026, 3 * (at + 1), 28),
            "done_on": date(2026, 3 * (at + 1), 20) if at < 2 else None,
        }
        for key in everyone for at in range(MILESTONES)
    ])  # fmt: skip
    insert(Matter).many(desk.session, [
        blank(Matter) | {
            "id": key, "project": key * 10, "number": 1, "category": list(Category)[key % 4], "words": "要协调", "raised_by": 1,
            "raised_at": desk.now - timedelta(days=key % 60), "since_at": desk.now, "due_at": desk.now + timedelta(days=key % 5 - 2),
            "look_at": desk.now, "handed_at": desk.now,
        }
        for key in range(1, PROJECTS // 10)
    ])  # fmt: skip
