"""What the monthly table and the ledger of matters are made of: each a fixed number of statements, for any number of matters."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.echo import STARTS, STOPS, Moment
from bot.rules.words import Category, Origin, Rung
from storage.board import Reach
from storage.engines import select_columns
from storage.tables import LogEntry, Matter, Person, Project


class Row(NamedTuple):
    """One matter, or a co-unit's part of one, as the table takes it. minutes: the limit of its first rung."""

    matter: int
    project: int | None
    unit: int | None
    category: Category
    origin: Origin
    part: bool
    raised_at: datetime
    first_answered_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    ordered_on: date | None
    rung: Rung | None
    minutes: int


def _within(meant: Reach | None) -> sa.ColumnElement[bool]:
    """The matters of these projects, those about no project in the scope of these units, and those that lie with them."""
    if meant is None:
        return sa.true()
    general = sa.and_(col(Matter.project).is_(None), col(Matter.unit_scope).in_(meant.units))
    return sa.or_(meant.ever, general, col(Matter.unit).in_(meant.units))


def _alive(since: datetime | None, until: datetime) -> sa.ColumnElement[bool]:
    """Raised before `until`, and not closed before `since`."""
    raised = col(Matter.raised_at) < until
    return (
        raised
        if since is None
        else sa.and_(raised, sa.or_(col(Matter.closed_at).is_(None), col(Matter.closed_at) >= since))
    )


def rows(session: Session, meant: Reach | None, since: datetime, until: datetime) -> list[Row]:
    """The matters that were open at some time of the span, by unit; meant: None for all of them."""
    statement = (
        select_columns(
            Matter.id, Matter.project, Matter.unit, Matter.category, Matter.origin, Matter.part_of, Matter.raised_at, Matter.first_answered_at,
            Matter.answered_at, Matter.closed_at, Matter.promised_on, Matter.earlier_dates, Matter.rung, Matter.steps, Matter.seats,
        )
        .join(Project, col(Project.id) == col(Matter.project), isouter=True)
        .where(_within(meant), _alive(since, until))
        .order_by(col(Matter.unit), col(Matter.id))
    )  # fmt: skip
    return [_row(*found) for found in session.execute(statement)]


def _row(
    matter: int, project: int | None, unit: int | None, category: Category, origin: Origin, part_of: int | None, raised_at: datetime,
    first: datetime | None, answered: datetime | None, closed: datetime | None, promised: date | None, earlier: list[str], rung: int,
    steps: list[dict[str, object]], seats: list[dict[str, object]],
) -> Row:  # fmt: skip
    ordered = date.fromisoformat(earlier[0]) if earlier else promised
    standing = Rung(str(steps[rung]["rung"])) if steps else None
    minutes = next((int(str(one["minutes"])) for one in (*steps, *seats)), 0)
    return Row(
        matter, project, unit, category, origin, part_of is not None, raised_at, first, answered, closed,
        ordered if origin.ordered else None, standing, minutes,
    )  # fmt: skip


def moments(session: Session, found: Iterable[Row]) -> dict[int, list[Moment]]:
    """matter -> when its clock stood and went on, in order, as the log has it: one statement."""
    wanted = {row.matter for row in found}
    projects = {row.project for row in found}
    about = [col(LogEntry.project).in_([one for one in projects if one is not None])]
    if None in projects:
        about.append(col(LogEntry.project).is_(None))
    kinds = [f"matter.{what}" for what in sorted(STOPS | STARTS)]
    columns = select_columns(LogEntry.kind, LogEntry.at, LogEntry.body)
    statement = columns.where(sa.or_(*about), col(LogEntry.kind).in_(kinds)).order_by(col(LogEntry.id))
    told: dict[int, list[Moment]] = {}
    for kind, at, body in session.execute(statement) if wanted else ():
        matter = json.loads(body)["facts"].get("matter")
        if matter in wanted:
            told.setdefault(matter, []).append(Moment(kind.removeprefix("matter."), at))
    return told


# --- the ledger ---------------------------------------------------------------------------------------------------------


def ledger(
    session: Session, meant: Reach | None, since: datetime | None, until: datetime
) -> list[tuple[Matter, Project | None]]:
    """Whole matters with their projects, by project and number, each followed by its parts; since: only those that were open later."""
    whole = sa.func.coalesce(col(Matter.part_of), col(Matter.id))
    statement = (
        select(Matter, Project)
        .join(Project, col(Project.id) == col(Matter.project), isouter=True)
        .where(_within(meant), _alive(since, until))
        .order_by(sa.func.coalesce(col(Project.number), 0), whole, col(Matter.id))
    )
    return [(matter, project) for matter, project in session.exec(statement)]


def numbers(session: Session, matters: Iterable[int]) -> dict[int, str]:
    """matter -> 17-3, of the wholes that parts name."""
    statement = (
        select_columns(Matter.id, Project.number, Matter.number)
        .join(Project, col(Project.id) == col(Matter.project), isouter=True)
        .where(col(Matter.id).in_(list(matters)))
    )
    return {matter: f"{project or 0}-{number}" for matter, project, number in session.execute(statement)}


def names(session: Session, persons: Iterable[int | None]) -> dict[int | None, str]:
    """person -> name."""
    wanted = [person for person in persons if person is not None]
    found = session.execute(select_columns(Person.id, Person.name).where(col(Person.id).in_(wanted)))
    return {row[0]: row[1] for row in found}
