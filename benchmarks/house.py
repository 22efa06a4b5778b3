"""What several parts need: a settled district, its statements recorded, and the plainest ways of running them again."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.messages import Incoming
from bot.rules.words import Role
from handlers.desk import Desk
from storage import people
from storage.db import next_id, writer_engine
from storage.tables import Assignment, Milestone, Person, Plan, Project
from tests.counting import Statement
from tests.town import Town

NOW = "2026-11-10 17:00"


def settled(home: Path, count: int, channel: str = "phone", identity: Callable[[int], str] = "P{}".format) -> Town:
    """A district with `count` people, each bound at a channel and reporting one project with a year's plan and four milestones."""
    home.mkdir(exist_ok=True)
    town = Town(home, NOW)

    def settle(desk: Desk) -> None:
        unit = people.unit_named(desk.session, "长泉区", make=True)
        assert unit is not None
        for at in range(count):
            person = people.add_person(desk.session, f"P{at}", unit.id, desk.now)
            people.bind(desk.session, person.id, channel, identity(at), identity(at), f"P{at}", desk.now)
            _project(desk, at, unit.id, person)

    town.do(settle)
    return town


def _project(desk: Desk, at: int, unit: int, person: Person) -> None:
    key, since = next_id(desk.session, Project), date(2020, 1, 1)
    plan = {"year": desk.today.year, "year_plan": 120_000_000}
    project = Project(id=key, number=key, name=f"项目{at}", unit=unit, accepted_on=since, created_at=desk.now, **plan)
    desk.session.add(project)
    desk.session.flush()
    desk.session.add_all(
        Plan(project=key, year=desk.today.year, month=month, amount=10_000_000) for month in range(1, 13)
    )
    role = {"project": key, "role": Role.REPORTER, "person": person.id, "since": since}
    desk.session.add(Assignment(id=next_id(desk.session, Assignment), **role))
    for position in range(4):
        due = date(desk.today.year, 12, 1 + position)
        milestone = {"project": key, "position": position, "name": f"节点{position}", "due": due}
        desk.session.add(Milestone(id=next_id(desk.session, Milestone), **milestone))
    desk.session.flush()


@dataclass
class Phones:
    """What the people of a settled district do: `types` and `confirms` make the batches that are then taken in."""

    town: Town
    count: int
    last: int = 0

    def types(self, text: str = "65% 累计8000万") -> list[Incoming]:
        return [self._comes(at, kind="text", text=text) for at in range(self.count)]

    def confirms(self) -> list[Incoming]:
        """Each presses 确认 on the newest card of theirs."""
        newest = sa.text(
            "SELECT o.chat, c.token FROM card_token c JOIN outbox o ON o.id = c.outbox WHERE c.used_at IS NULL ORDER BY o.id"
        )
        tokens = dict(self.town.store.run_now(lambda session: [tuple(row) for row in session.execute(newest)]))
        return [self._comes(at, kind="press", press=f"{tokens[f'P{at}']}:0", handle="h") for at in range(self.count)]

    def _comes(self, at: int, **values: Any) -> Incoming:
        self.last += 1
        who = {"person": f"P{at}", "name": f"P{at}", "chat": f"P{at}"}
        return Incoming(channel="phone", account="bot", dedup=str(self.last), direct=True, **who, **values)


# --- the same statements again --------------------------------------------------------------------------------------


def copied(town: Town, to: Path) -> Path:
    """The database as it is now, in another file."""
    for old in to.parent.glob(f"{to.name}*"):
        old.unlink()
    source, target = sqlite3.connect(town.store.engine.url.database or ""), sqlite3.connect(to)
    source.backup(target)
    source.close()
    target.close()
    return to


def by_core(database: Path, statements: Sequence[Statement]) -> Callable[[], None]:
    """Runs the statements through SQLAlchemy Core, one by one in one transaction, as durable as ours."""
    engine = writer_engine(f"sqlite:///{database}")
    texts = {sql: sa.text(_named(sql)) for sql, _ in statements}
    calls = [(texts[sql], {f"v{at}": value for at, value in enumerate(values)}) for sql, values in statements]

    def execute(connection: sa.Connection) -> None:
        for text, values in calls:
            connection.execute(text, values)

    with engine.connect() as connection:  # warm: compiled, pages read
        execute(connection)
        connection.rollback()

    def run() -> None:
        with engine.begin() as connection:
            execute(connection)

    return run


def by_driver(database: Path, statements: Sequence[Statement]) -> Callable[[], None]:
    """The same through the driver itself."""
    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
        connection.execute(f"PRAGMA {pragma}")

    cursor = connection.cursor()

    def run(end: str = "COMMIT") -> None:
        cursor.execute("BEGIN IMMEDIATE")
        for sql, values in statements:
            cursor.execute(sql, values)
            cursor.fetchall()
        cursor.execute(end)

    run("ROLLBACK")
    return run


def _named(sql: str) -> str:
    """`?` as :v0, :v1, …"""
    first, *rest = sql.split("?")
    return first.replace(":", "\\:") + "".join(f":v{at}{part}" for at, part in enumerate(rest))
