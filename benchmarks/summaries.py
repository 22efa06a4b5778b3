"""The evening's summaries of 1,000 groups with 20 projects each (facts, texts, pictures' words, rows and log), beside the bare render
of the same texts."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.measure import Line, rounds, slower, timed
from bot.rules.words import Light
from bot.texts import Texts
from handlers import summaries
from handlers.desk import Desk
from storage.prepared import insert
from storage.tables import ChatGroup, Project, Unit
from tests.town import Town, at

GROUPS, PROJECTS = 1_000, 20
ROUNDS = 2


def lines(home: Path) -> Iterator[Line]:
    town = Town(home, "2026-11-25 17:31")
    town.do(_settle)
    days = iter((24, 25, 26, 27))
    said: list[tuple[str, str, dict[str, Any]]] = []

    def look(desk: Desk) -> float:
        desk.now = at(f"2026-11-{next(days)} 17:31")
        return timed(lambda: summaries.look(desk))

    say = Texts.say

    def overheard(texts: Texts, name: str, locale: str = "", /, **facts: Any) -> str:
        said.append((name, locale, facts))
        return say(texts, name, locale, **facts)

    Texts.say = overheard  # type: ignore[method-assign]
    town.do(look)
    Texts.say = say  # type: ignore[method-assign]

    def render(desk: Desk) -> float:
        texts = desk.house.texts
        return timed(lambda: [texts.say(name, locale, **facts) for name, locale, facts in said])

    try:
        found = rounds(lambda: town.do(look), lambda: town.do(render), ROUNDS)
    finally:
        town.close()
    yield slower(f"{GROUPS:,} summaries, each ({len(said) // GROUPS} texts)", found, 3, of=GROUPS)


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
            bound_at=at("2026-11-23 19:00"),
        )
        for key in range(1, GROUPS + 1)
    )
