"""What is true of many projects at once: the figures of the board, of the dispatcher's desk and of the summaries."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.entitlement import BY_ASSIGNMENT, BY_POST, Action, Standing
from bot.rules.words import Light, MatterState, Role
from storage.engines import select_columns
from storage.projects import NEVER, on_list
from storage.tables import Account, Assignment, Matter, Milestone, Person, PostHeld, Project, Report


@dataclass(frozen=True)
class Reach:
    """Which projects are meant: those of these units (led by them, too, unless `led` is off) and single ones, as long as they are on the
    list. on: as it was at the end of that day; left: those that have left it as well; within: only what another reach has, too."""

    units: frozenset[int] = frozenset()
    projects: frozenset[int] = frozenset()
    led: bool = True
    on: date | None = None
    left: bool = False
    within: "Reach | None" = None

    @property
    def where(self) -> sa.ColumnElement[bool]:
        meant = [col(Project.unit).in_(self.units), col(Project.id).in_(self.projects)]
        found = sa.or_(*meant, *([col(Project.lead_unit).in_(self.units)] if self.led else []))
        if self.within is not None:
            found = sa.and_(found, self.within.where)
        return found if self.left else sa.and_(found, on_list(self.on))

    @property
    def ever(self) -> sa.ColumnElement[bool]:
        """With those that have left the list: what was open in them stays somebody's."""
        return replace(self, left=True).where


def reach(standing: Standing, action: Action) -> Reach:
    """The projects on which a person may do this (not for Action.REPORT, which has `standing.reports`)."""
    posts, roles = BY_POST.get(action, frozenset()), BY_ASSIGNMENT.get(action, frozenset())
    units = frozenset[int]().union(*(covered for post, covered in standing.posts if post in posts))
    return Reach(units, frozenset(project for project, held in standing.roles.items() if held & roles))


def count(session: Session, meant: Reach) -> int:
    """How many projects are meant."""
    return int(session.execute(select_columns(sa.func.count()).where(meant.where)).scalar_one())


def projects(session: Session, meant: Reach) -> list[Project]:
    """By number."""
    return list(session.exec(select(Project).where(meant.where).order_by(col(Project.number))).all())


def projects_among(session: Session, meant: Reach, numbers: Iterable[int]) -> list[Project]:
    """Those of these projects that are meant, by number."""
    where = (meant.where, col(Project.id).in_(list(numbers)))
    return list(session.exec(select(Project).where(*where).order_by(col(Project.number))).all())


def awaiting(session: Session, meant: Reach) -> list[Project]:
    """What the dispatcher has yet to take in hand: imported with old figures, or with milestones overdue even then."""
    left = select_columns(Milestone.project).where(
        col(Milestone.watched_from) == NEVER, col(Milestone.done_on).is_(None)
    )
    where = (meant.where, sa.or_(col(Project.accepted_on).is_(None), col(Project.id).in_(left)))
    return list(session.exec(select(Project).where(*where).order_by(col(Project.number))).all())


def lights(session: Session, meant: Reach) -> dict[Light, int]:
    """How many projects have which light."""
    statement = select_columns(Project.light, sa.func.count()).where(meant.where).group_by(col(Project.light))
    found = {row[0]: row[1] for row in session.execute(statement)}
    return {light: found.get(light, 0) for light in Light}


def doubted(session: Session, meant: Reach) -> int:
    """How many projects show a figure that nobody has explained (存疑待核)."""
    return int(
        session.execute(select_columns(sa.func.count()).where(meant.where, col(Project.doubt) == "open")).scalar_one()
    )


def not_green(session: Session, meant: Reach) -> list[Project]:
    where = (meant.where, col(Project.light) != Light.GREEN)
    return list(session.exec(select(Project).where(*where).order_by(col(Project.number))).all())


def overdue_milestones(session: Session, meant: Reach, today: date) -> list[tuple[Milestone, Project]]:
    """Open milestones past their limit, longest overdue first; not those of paused projects."""
    statement = (
        select(Milestone, Project)
        .join(Project, col(Project.id) == col(Milestone.project))
        .where(meant.where, col(Milestone.due) < today, col(Milestone.done_on).is_(None), _running(today))
        .order_by(col(Milestone.due), col(Milestone.id))
    )
    return [(milestone, project) for milestone, project in session.exec(statement)]


def open_matters(session: Session, meant: Reach) -> list[Matter]:
    """Longest open first; with those that are about no project, in the scope of these units."""
    general = sa.and_(col(Matter.project).is_(None), col(Matter.unit_scope).in_(meant.units))
    statement = (
        select(Matter)
        .join(Project, col(Project.id) == col(Matter.project), isouter=True)
        .where(sa.or_(meant.ever, general), col(Matter.state) != MatterState.CLOSED)
        .order_by(col(Matter.raised_at), col(Matter.id))
    )
    return list(session.exec(statement).all())


def _running(today: date) -> sa.ColumnElement[bool]:
    return sa.or_(col(Project.paused_until).is_(None), col(Project.paused_until) < today)


def watched(session: Session, meant: Reach, today: date) -> list[Project]:
    """The projects that owe reports: accepted and not paused."""
    where = (meant.where, col(Project.accepted_on).is_not(None), _running(today))
    return list(session.exec(select(Project).where(*where).order_by(col(Project.number))).all())


@dataclass(frozen=True)
class Tally:
    """A day in numbers: projects reported on, matters raised and closed, projects whose figures are older than `stale_before`."""

    reported: int
    raised: int
    solved: int
    stale: int


def internal_numbers(session: Session, meant: Reach) -> set[str]:
    """The numbers, 17-3, of the open matters that no group may see."""
    statement = (
        select_columns(Project.number, Matter.number)
        .join(Matter, col(Matter.project) == col(Project.id))
        .where(meant.where, col(Matter.internal).is_(True), col(Matter.state) != MatterState.CLOSED)
    )
    return {f"{project}-{matter}" for project, matter in session.execute(statement)}


def tally(
    session: Session, meant: Reach, since: datetime, until: datetime, stale_before: date, today: date, *, internal: bool = True
) -> Tally:  # fmt: skip
    """What happened after `since` until `until`: one statement. A joint matter counts once; internal: matters marked so count too."""

    def count(counted: Any, *where: Any) -> Any:
        return select_columns(counted).where(meant.where, *where).scalar_subquery()

    def within(column: Any) -> tuple[Any, ...]:
        return (column > since, column <= until)

    reports = col(Report.project) == col(Project.id)
    shown = [] if internal else [col(Matter.internal).is_(False)]
    matters = sa.and_(col(Matter.project) == col(Project.id), col(Matter.part_of).is_(None), *shown)
    each = sa.func.count(sa.distinct(col(Report.project)))
    by_people = sa.and_(col(Report.source) != "import", col(Report.corrects).is_(None))
    old = sa.or_(col(Project.as_of).is_(None), col(Project.as_of) < stale_before)
    statement = select_columns(
        count(each, reports, by_people, *within(col(Report.said_at))),
        count(sa.func.count(col(Matter.id)), matters, *within(col(Matter.raised_at))),
        count(sa.func.count(col(Matter.id)), matters, *within(col(Matter.closed_at))),
        count(sa.func.count(col(Project.id)), old, col(Project.accepted_on).is_not(None), _running(today)),
    )
    return Tally(*session.execute(statement).one())


@dataclass(frozen=True)
class Contact:
    """A person the projects depend on. reach: "" can be reached, "unbound", "unreachable". answers: how many projects they report."""

    person: int
    name: str
    unit: int | None
    phone: str
    reach: str
    answers: int


def lost_contacts(session: Session, meant: Reach, on: date) -> list[Contact]:
    """Who reports or answers for these projects, or holds a post in their units, and cannot be reached; reporters first."""
    answers = _answering(session, meant, on)
    posts = select_columns(PostHeld.person).where(
        col(PostHeld.unit).in_(meant.units),
        col(PostHeld.since) <= on,
        sa.or_(col(PostHeld.until).is_(None), col(PostHeld.until) >= on),
    )
    everyone = {*answers, *(row[0] for row in session.execute(posts))}
    return sorted(
        (contact for contact in contacts(session, everyone, answers) if contact.reach),
        key=lambda contact: (-contact.answers, contact.person),
    )


def _answering(session: Session, meant: Reach, on: date) -> dict[int, int]:
    """person -> for how many of the projects they are the first reporter, owner's contact or 调度责任人."""
    where = (
        meant.where,
        col(Assignment.rank) == 0,
        col(Assignment.role).in_((Role.REPORTER, Role.OWNER_CONTACT, Role.DISPATCH_OFFICIAL)),
        col(Assignment.since) <= on,
        sa.or_(col(Assignment.until).is_(None), col(Assignment.until) >= on),
    )
    statement = (
        select_columns(Assignment.person, sa.func.count(sa.distinct(col(Assignment.project))))
        .join(Project, col(Project.id) == col(Assignment.project))
        .where(*where)
        .group_by(col(Assignment.person))
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def contacts(session: Session, persons: Iterable[int], answers: dict[int, int] | None = None) -> list[Contact]:
    """These persons with whether they can be reached."""
    wanted = sorted(set(persons))
    accounts: dict[int, list[str]] = {}
    held = (col(Account.person).in_(wanted), col(Account.active).is_(True))
    for person, unreachable in session.execute(select_columns(Account.person, Account.unreachable).where(*held)):
        accounts.setdefault(person, []).append(unreachable)
    rows = session.exec(select(Person).where(col(Person.id).in_(wanted), col(Person.active).is_(True)))
    found = []
    for row in rows:
        bound = accounts.get(row.id)
        state = "unbound" if not bound else "unreachable" if all(bound) else ""
        found.append(Contact(row.id, row.name, row.unit, row.phone, state, (answers or {}).get(row.id, 0)))
    return sorted(found, key=lambda contact: contact.person)
