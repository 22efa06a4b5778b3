"""Figures that answer questions: each of them one grouped statement over the projects that somebody may see."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.entitlement import OFFICIALS
from bot.rules.words import Category, Light, MatterState
from storage.board import Reach
from storage.engines import select_columns
from storage.tables import Assignment, ClosedFigure, Doubt, Matter, Milestone, Person, Plan, Project, Report, Unit

LEADING = tuple(OFFICIALS)

Where = Sequence[sa.ColumnElement[bool]]


def names(session: Session) -> dict[str, list[str]]:
    """Kind of name -> the names there are, and were when a period was closed, by which a question may narrow the projects down."""
    found = {"unit": list(session.execute(select_columns(Unit.name).where(col(Unit.parent).is_not(None))).scalars())}
    for kind in ("town", "category", "chain"):
        now, closed = select_columns(col(getattr(Project, kind))), select_columns(col(getattr(ClosedFigure, kind)))
        found[kind] = [name for name in session.execute(now.union(closed)).scalars() if name]
    found["leader"] = [form for name, title in _leaders(session).values() for form in called(name, title)]
    return found


def _leaders(session: Session) -> dict[int, tuple[str, str]]:
    """person -> (name, title) of those who are responsible for a project (包挂)."""
    columns = select_columns(Person.id, Person.name, Person.title).join(
        Assignment, col(Assignment.person) == col(Person.id)
    )
    rows = session.execute(columns.where(col(Assignment.role).in_(LEADING), col(Assignment.until).is_(None)).distinct())
    return {person: (name, title) for person, name, title in rows}


def called(name: str, title: str) -> tuple[str, ...]:
    """How somebody is called: 张建国, 张区长 (also for a 副区长)."""
    return name, *(f"{name[:1]}{rank}" for rank in _RANK.findall(title) if len(name) < 5)


_RANK = re.compile("区长|县长|市长|镇长|乡长|书记|主任|局长|部长|主席|常委|科长|总工|处长|院长|行长|董事长|经理")


def led_by(session: Session, words: str) -> list[int]:
    """The persons responsible for a project who are called so."""
    return [person for person, (name, title) in _leaders(session).items() if words in called(name, title)]


def where(
    meant: Reach, *, level: Any = None, kind: Any = None, light: Any = None, units: Iterable[int] | None = None, led_by: Iterable[int] | None = None,
    **texts: str,
) -> Where:  # fmt: skip
    """The projects that are meant: of those within reach those with this level, kind, light, unit (its own or leading one), that one of
    these persons is responsible for (包挂), and texts."""
    found: list[sa.ColumnElement[bool]] = [meant.where]
    for column, value in ((Project.level, level), (Project.kind, kind), (Project.light, light)):
        if value is not None:
            found.append(col(column) == value)
    if units is not None:
        among = list(units)
        found.append(sa.or_(col(Project.unit).in_(among), col(Project.lead_unit).in_(among)))
    if led_by is not None:
        theirs = select_columns(Assignment.project).where(
            col(Assignment.person).in_(list(led_by)), col(Assignment.role).in_(LEADING), col(Assignment.until).is_(None)
        )
        found.append(col(Project.id).in_(theirs))
    return [*found, *(col(getattr(Project, name)) == text for name, text in texts.items())]


def numbered(ids: Iterable[int]) -> Where:
    """These projects."""
    return [col(Project.id).in_(list(ids))]


@dataclass(frozen=True)
class Basis:
    """Over how many projects a figure is, how old the figures are (as_of of the oldest and the newest), how many have none, and since
    when the list is as it is."""

    count: int
    oldest: date | None
    newest: date | None
    without: int
    listed_since: datetime | None


def basis(session: Session, meant: Where) -> Basis:
    columns = select_columns(
        sa.func.count(), sa.func.min(Project.as_of), sa.func.max(Project.as_of), sa.func.sum(sa.case((col(Project.as_of).is_(None), 1), else_=0)),
        sa.type_coerce(sa.func.max(Project.created_at), Project.__table__.c.created_at.type),  # type: ignore[attr-defined]
    )  # fmt: skip
    count, oldest, newest, without, since = session.execute(columns.where(*meant)).one()
    return Basis(count, oldest, newest, int(without or 0), since)


@dataclass(frozen=True)
class Money:
    """元 of a stretch of time, of how many projects; the year's plan of those, and the plan until now."""

    invested: int
    projects: int
    of: int
    plan: int
    plan_to_date: int
    total: int
    oldest: date | None
    newest: date | None


def money(session: Session, meant: Where, today: date) -> Money:
    """The investment of the year so far, as reported; months of the plan up to the last whole one count as planned."""
    current = sa.and_(
        col(Project.invested_year).is_not(None), sa.extract("year", col(Project.invested_as_of)) == today.year
    )
    columns = select_columns(
        sa.func.coalesce(sa.func.sum(sa.case((current, col(Project.invested_year)), else_=0)), 0), sa.func.coalesce(sa.func.sum(sa.case((current, 1), else_=0)), 0), sa.func.count(),
        sa.func.coalesce(sa.func.sum(sa.case((col(Project.year) == today.year, col(Project.year_plan)), else_=0)), 0), sa.func.coalesce(sa.func.sum(Project.total), 0),
        sa.func.min(sa.case((current, col(Project.invested_as_of)))), sa.func.max(sa.case((current, col(Project.invested_as_of)))),
    )  # fmt: skip
    invested, projects, of, plan, total, oldest, newest = session.execute(columns.where(*meant)).one()
    months = (
        select_columns(sa.func.coalesce(sa.func.sum(Plan.amount), 0))
        .join(Project, col(Project.id) == col(Plan.project))
        .where(*meant, col(Plan.year) == today.year, col(Plan.month) < today.month)
    )
    due = session.execute(months).scalar_one()
    return Money(int(invested), int(projects), of, int(plan or 0), int(due), int(total), _day(oldest), _day(newest))


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def doubtful(session: Session, meant: Where, figure: Any, year: int | None = None) -> int:
    """In how many projects this figure (a column of theirs) is doubtful and nobody has explained it (存疑待核); `year`: only sums of it."""
    found = [*meant, col(Project.doubt) == "open", col(figure).is_not(None)]
    if year is not None:
        found.append(sa.extract("year", col(Project.invested_as_of)) == year)
    return int(session.execute(select_columns(sa.func.count()).where(*found)).scalar_one())


def doubtful_within(session: Session, meant: Where, first: date, last: date) -> int:
    """Of how many projects a report of this stretch of time that counts, with a sum, is doubtful."""
    statement = (
        select_columns(sa.func.count(sa.distinct(col(Report.project))))
        .join(Project, col(Project.id) == col(Report.project))
        .join(Doubt, col(Doubt.report) == col(Report.id))
        .where(
            *meant, col(Doubt.state) == "open", col(Report.invested_year).is_not(None), sa.literal_column("report.state = 'counts'"),
            col(Report.as_of) >= first, col(Report.as_of) <= last,
        )
    )  # fmt: skip
    return int(session.execute(statement).scalar_one())


def lights(session: Session, meant: Where) -> dict[Light, list[int]]:
    """light -> its projects."""
    found: dict[Light, list[int]] = {light: [] for light in Light}
    for project, light in session.execute(
        select_columns(Project.id, Project.light).where(*meant).order_by(col(Project.number))
    ):
        found[light].append(project)
    return found


def progress(session: Session, meant: Where) -> tuple[Decimal | None, int]:
    """(the plain mean of the overall progress in percent, of how many projects)."""
    told = [
        value
        for value in session.execute(select_columns(Project.progress).where(*meant)).scalars()
        if value is not None
    ]
    return (sum(told, Decimal(0)) / len(told) if told else None, len(told))


def matters(
    session: Session, meant: Where, *, which: str, category: Category | None, first: datetime | None, last: datetime | None, now: datetime,
    open_to_all: bool,
) -> list[Matter]:  # fmt: skip
    """The matters of these projects: open, overdue, new or closed (within a stretch of time). open_to_all: not the internal ones."""
    found = [*meant]
    if which == "overdue":
        working = (MatterState.UNSIGNED, MatterState.HANDLING, MatterState.PROMISED)
        found += [col(Matter.state).in_(working), col(Matter.due_at) <= now]
    elif which == "open":
        found.append(col(Matter.state) != MatterState.CLOSED)
    moment = col(Matter.closed_at) if which == "closed" else col(Matter.raised_at)
    if which == "closed":
        found.append(col(Matter.state) == MatterState.CLOSED)
    if first is not None and last is not None and which in ("new", "closed"):
        found += [moment >= first, moment < last]
    if category is not None:
        among = [one for one in Category if one is category or (category is Category.UTILITIES and one.utility)]
        found.append(col(Matter.category).in_(among))
    if open_to_all:
        found.append(col(Matter.internal).is_(False))
    statement = (
        select(Matter)
        .join(Project, col(Project.id) == col(Matter.project))
        .where(*found, col(Matter.part_of).is_(None))
    )
    return list(session.exec(statement.order_by(col(Matter.raised_at), col(Matter.id))).all())


def overdue_milestones(session: Session, meant: Where, today: date) -> list[int]:
    """The projects of milestones that were open and past their limit at the end of a day, one for each milestone; not those of paused
    projects."""
    still = sa.or_(col(Milestone.done_on).is_(None), col(Milestone.done_on) > today)
    running = sa.or_(col(Project.paused_until).is_(None), col(Project.paused_until) < today)
    statement = (
        select_columns(Milestone.project)
        .join(Project, col(Project.id) == col(Milestone.project))
        .where(*meant, col(Milestone.due) < today, still, running)
        .order_by(col(Milestone.due), col(Milestone.id))
    )
    return list(session.execute(statement).scalars())


def ids(session: Session, meant: Where) -> list[int]:
    return list(session.execute(select_columns(Project.id).where(*meant).order_by(col(Project.number))).scalars())
