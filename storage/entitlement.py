"""Fetches what `bot.rules.entitlement` decides on."""

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.rules.entitlement import Scope, Standing, reports_for
from bot.rules.words import Post, Role
from storage import people
from storage.engines import select_columns
from storage.tables import Assignment, Matter, MatterConcern, Project


def assigned_to(session: Session, projects: Iterable[int], on: date) -> dict[int, dict[Role, tuple[int, ...]]]:
    """project -> role -> persons, the first answers. One statement for any number of projects."""
    wanted = list(projects)
    found: dict[int, dict[Role, tuple[int, ...]]] = {project: {} for project in wanted}
    statement = (
        select_columns(Assignment.project, Assignment.role, Assignment.person)
        .where(
            col(Assignment.project).in_(wanted),
            col(Assignment.since) <= on,
            sa.or_(col(Assignment.until).is_(None), col(Assignment.until) >= on),
        )
        .order_by(col(Assignment.rank), col(Assignment.id))
    )
    for project, role, person in session.execute(statement):
        found[project][role] = (*found[project].get(role, ()), person)
    return found


def standing(session: Session, person: int, on: date) -> Standing:
    """What a person is on this day."""
    posts = tuple((post.role, people.subtree(session, post.unit)) for post in people.posts_of(session, person, on))
    mine = select_columns(Assignment.project).where(col(Assignment.person) == person)
    projects = [row[0] for row in session.execute(mine.distinct())]
    assigned = assigned_to(session, projects, on) if projects else {}
    roles = {
        project: frozenset(role for role, persons in by_role.items() if person in persons)
        for project, by_role in assigned.items()
    }
    reports = frozenset(project for project, by_role in assigned.items() if person in reports_for(by_role))
    return Standing(
        person,
        posts,
        {project: held for project, held in roles.items() if held},
        reports,
        _matters(session, person, posts),
    )


def _matters(session: Session, person: int, posts: tuple[tuple[Post, frozenset[int]], ...]) -> frozenset[int]:
    """The matters a person raised, answers for or sits on the ladder of, and those that lie with a unit of theirs."""
    found = {
        row[0]
        for row in session.execute(select_columns(MatterConcern.matter).where(col(MatterConcern.person) == person))
    }
    units = sorted(set().union(*(covered for _, covered in posts))) if posts else []
    if units:
        found |= {row[0] for row in session.execute(select_columns(Matter.id).where(col(Matter.unit).in_(units)))}
    return frozenset(found)


def scopes(session: Session, projects: Iterable[int]) -> dict[int, Scope]:
    rows = session.execute(
        select_columns(Project.id, Project.unit, Project.lead_unit).where(col(Project.id).in_(list(projects)))
    )
    return {row[0]: Scope(*row) for row in rows}
