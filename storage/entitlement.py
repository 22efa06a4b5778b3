"""Fetches what `bot.rules.entitlement` decides on."""

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.rules.entitlement import NOT_DELEGATED, Scope, Standing, joined, reports_for
from bot.rules.words import Post, Role
from storage import delegation, people
from storage.engines import select_columns
from storage.prepared import Prepared
from storage.tables import Assignment, Matter, MatterConcern, Project

_ORDER = (col(Assignment.rank), col(Assignment.id))
_SINCE = (
    col(Assignment.since) <= sa.bindparam("on", type_=sa.Date),
    sa.or_(col(Assignment.until).is_(None), col(Assignment.until) >= sa.bindparam("on", type_=sa.Date)),
)
_COLUMNS = select_columns(Assignment.project, Assignment.role, Assignment.person)
_OF_PROJECT = Prepared(_COLUMNS.where(col(Assignment.project) == sa.bindparam("project"), *_SINCE).order_by(*_ORDER))
_MINE = sa.alias(Assignment.__table__)  # type: ignore[attr-defined]
_OF_PERSON = Prepared(
    _COLUMNS.where(
        col(Assignment.project).in_(select_columns(_MINE.c.project).where(_MINE.c.person == sa.bindparam("person"))),
        *_SINCE,
    ).order_by(*_ORDER)
)
_SCOPE = Prepared(
    select_columns(Project.id, Project.unit, Project.lead_unit).where(col(Project.id) == sa.bindparam("project"))
)


def _by_project(rows: Iterable[tuple[int, Role, int]]) -> dict[int, dict[Role, tuple[int, ...]]]:
    found: dict[int, dict[Role, tuple[int, ...]]] = {}
    for project, role, person in rows:
        by_role = found.setdefault(project, {})
        by_role[role] = (*by_role.get(role, ()), person)
    return found


def assigned(session: Session, project: int, on: date) -> dict[Role, tuple[int, ...]]:
    """role -> persons of one project, the first answers."""
    return _by_project(_OF_PROJECT.rows(session, project=project, on=on)).get(project, {})


def assigned_to(session: Session, projects: Iterable[int], on: date) -> dict[int, dict[Role, tuple[int, ...]]]:
    """project -> role -> persons, the first answers. One statement for any number of projects."""
    wanted = list(projects)
    where = (
        col(Assignment.project).in_(wanted),
        col(Assignment.since) <= on,
        sa.or_(col(Assignment.until).is_(None), col(Assignment.until) >= on),
    )
    found = _by_project(session.execute(_COLUMNS.where(*where).order_by(*_ORDER)).all())
    return {project: found.get(project, {}) for project in wanted}


Posts = tuple[tuple[Post, frozenset[int]], ...]
OFFICES = frozenset({Post.DISPATCHER, Post.SUPERVISOR, Post.ADMINISTRATOR})
"""Who looks after a matter that is about no project, in the scope of their unit."""


class _Concerned:
    """The matters a person raised, answers for or sits on the ladder of, those that lie with a unit of theirs, and those about no
    project that their office looks after; asked one by one."""

    def __init__(self, session: Session, person: int, posts: Posts) -> None:
        self._session, self._person = session, person
        self._units = frozenset[int]().union(*(units for _, units in posts))
        self._office = frozenset[int]().union(*(units for post, units in posts if post in OFFICES))

    def __contains__(self, matter: object) -> bool:
        if self._session.get(MatterConcern, (matter, self._person)) is not None:
            return True
        row = self._session.get(Matter, matter)
        return row is not None and (row.unit in self._units or row.unit_scope in self._office)


def standing(session: Session, person: int, on: date) -> Standing:
    """What a person is on this day, with what they hold for those they stand in for (委托)."""
    others = delegation.behind(delegation.deputies(session, on), person)
    return joined(own(session, person, on), [own(session, one, on, NOT_DELEGATED) for one in others])


def own(session: Session, person: int, on: date, without: frozenset[Post] = frozenset()) -> Standing:
    """What a person is on this day in their own right, less some posts."""
    held_posts = [held for held in people.held_by(session, person, on) if held[0] not in without]
    posts = tuple((role, people.subtree(session, unit)) for role, unit in held_posts)
    by_project = _by_project(_OF_PERSON.rows(session, person=person, on=on))
    roles = {
        project: frozenset(role for role, persons in by_role.items() if person in persons)
        for project, by_role in by_project.items()
    }
    return Standing(
        person,
        posts,
        {project: held for project, held in roles.items() if held},
        frozenset(project for project, by_role in by_project.items() if person in reports_for(by_role)),
        _Concerned(session, person, posts),
    )


def scope(session: Session, project: int) -> Scope | None:
    """Where one project belongs; None where there is none."""
    row = _SCOPE.row(session, project=project)
    return Scope(*row) if row else None


def scopes(session: Session, projects: Iterable[int]) -> dict[int, Scope]:
    """project -> where it belongs; those there are not are left out."""
    wanted = set(projects)
    if len(wanted) == 1:
        (only,) = wanted
        found = scope(session, only)
        return {only: found} if found else {}
    rows = session.execute(
        select_columns(Project.id, Project.unit, Project.lead_unit).where(col(Project.id).in_(wanted))
    )
    return {row[0]: Scope(*row) for row in rows}
