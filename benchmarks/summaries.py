"""The evening's summaries of 1,000 groups with 20 projects each, facts and rows and log, beside the bare render of their text."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from sqlmodel import select

from benchmarks.measure import Line, rounds, slower, timed
from bot.rules.words import Light
from handlers import board, summaries
from handlers.desk import Desk
from storage.prepared import insert
from storage.tables import ChatGroup, Project, Summary, Unit
from tests.town import Town, at

GROUPS, PROJECTS = 1_000, 20
ROUNDS = 2


def lines(home: Path) -> Iterator[Line]:
    town = Town(home, "2026-11-25 17:31")
    town.do(_settle)
    days = iter(range(25, 28))

    def ours(desk: Desk) -> float:
        desk.now = at(f"2026-11-{next(days)} 17:31")
        return timed(lambda: summaries.look(desk))

    def base(desk: Desk) -> float:
        found = desk.session.exec(select(Summary).order_by(Summary.id.desc()).limit(GROUPS)).all()  # type: ignore[attr-defined]
        shown = [(row.facts, board.attention(desk, row.facts)) for row in found]
        assert len(shown) == GROUPS and shown[0][1]

        def render() -> None:
            for facts, attention in shown:
                desk.text(
                    "board.overview",
                    facts=facts,
                    on=date(2026, 12, 1),
                    attention=attention,
                    note="",
                    below=False,
                    rest=6,
                )

        return timed(render)

    try:
        yield slower(
            f"{GROUPS:,} summaries, each", rounds(lambda: town.do(ours), lambda: town.do(base), ROUNDS), 3, of=GROUPS
        )
    finally:
        town.close()


def _settle(desk: Desk) -> None:
    reasons = [
        {"code": "milestone_overdue", "facts": {"milestone": "主体封顶", "due": {"date": "2026-11-10"}, "days": 11}}
    ]
    lights = {0: Light.RED, 1: Light.YELLOW, 2: Light.YELLOW}
    blank = {name: field.get_default(call_default_factory=True) for name, field in Project.model_fields.items()}
    insert(Unit).many(desk.session, [{"id": key, "name": f"第{key}镇", "parent": None} for key in range(1, GROUPS + 1)])
    insert(Project).many(desk.session, [
        {
            **blank, "id": key, "number": key, "name": f"第{key}号产业园标准车间", "unit": 1 + key % GROUPS, "year": 2026,
            "accepted_on": date(2026, 1, 1), "created_at": desk.now, "as_of": date(2026, 11, 20), "invested_year": 80_000_000,
            "year_plan": 120_000_000, "light": lights.get(key // GROUPS % 7, Light.GREEN),
            "reasons": reasons if key // GROUPS % 7 in lights else [],
        }
        for key in range(GROUPS * PROJECTS)
    ])  # fmt: skip
    desk.session.add_all(
        ChatGroup(
            id=key,
            channel="phone",
            chat=f"G{key}",
            title=f"第{key}镇重点项目",
            unit=key,
            bound_at=at("2026-11-24 19:00"),
        )
        for key in range(1, GROUPS + 1)
    )
