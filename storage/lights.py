"""Lights kept change by change (since when, which months), lights that officials declare, and what a rule wants beside a project's own figures."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.light_months import Change
from bot.rules.lights import LightPolicy, Standing
from bot.rules.stages import started
from bot.rules.words import Kind, Light
from storage import plans, stages
from storage.db import defer, finish, next_id
from storage.engines import select_columns
from storage.tables import LightChange, LightDeclared, Project

FEW = 500
"""So many projects are asked for by number; more are picked out of all."""

# --- history --------------------------------------------------------------------------------------------------------------


def keep(
    session: Session, project: int, day: date, at: datetime, was: Light, light: Light, reasons: list[dict[str, Any]], rule: str
) -> None:  # fmt: skip
    """One row for a change."""
    number = next_id(session, LightChange)
    row = {
        "id": number,
        "project": project,
        "day": day,
        "at": at,
        "was": was,
        "light": light,
        "reasons": reasons,
        "rule": rule,
    }
    defer(session, LightChange, row)


def history(session: Session, project: int, limit: int = 12) -> list[LightChange]:
    """The last changes of a project's light, newest first."""
    finish(session, LightChange)
    statement = select(LightChange).where(LightChange.project == project).order_by(col(LightChange.id).desc())
    return list(session.exec(statement.limit(limit)).all())


def changes(
    session: Session, projects: Sequence[int], first: date, last: date, rule: str | None = None
) -> dict[int, list[Change]]:
    """project -> (day, light at its end) of each day of a stretch on which it changed; before them the light the stretch began with, at its
    first day. rule: only what this rule made."""
    finish(session, LightChange)
    found: dict[int, dict[date, Light]] = {}
    columns = select_columns(LightChange.project, LightChange.day, LightChange.was, LightChange.light)
    where = [col(LightChange.project).in_(list(projects)), col(LightChange.day) <= last]
    if rule is not None:
        where.append(col(LightChange.rule) == rule)
    for project, day, was, light in session.execute(columns.where(*where).order_by(col(LightChange.id))):
        days = found.setdefault(project, {first: was})
        days[max(day, first)] = light
    return {project: sorted(days.items()) for project, days in found.items()}


def on(session: Session, projects: Sequence[int], day: date) -> dict[int, tuple[Light, list[dict[str, Any]]]]:
    """project -> its light at the end of a day, with the reasons it began with (none where they were not kept); those whose light
    never changed are left out."""
    finish(session, LightChange)
    wanted = set(projects)
    few = [col(LightChange.project).in_(list(projects))] if len(projects) <= FEW else []
    found: dict[int, tuple[Light, list[dict[str, Any]]]] = {}
    columns = select_columns(
        LightChange.project, LightChange.day, LightChange.was, LightChange.light, LightChange.reasons
    )
    for project, at, was, light, reasons in session.execute(columns.where(*few).order_by(col(LightChange.id))):
        if project in wanted and at <= day:
            found[project] = light, reasons
        elif project in wanted:
            found.setdefault(project, (was, []))
    return found


def since(session: Session, projects: Sequence[int]) -> dict[int, date]:
    """project -> the day its light became what it is; none for those whose light never changed."""
    finish(session, LightChange)
    newest = (
        select_columns(sa.func.max(LightChange.id))
        .where(col(LightChange.project).in_(list(projects)), col(LightChange.was) != col(LightChange.light))
        .group_by(col(LightChange.project))
    )
    rows = session.execute(select_columns(LightChange.project, LightChange.day).where(col(LightChange.id).in_(newest)))
    return {row[0]: row[1] for row in rows}


# --- declared -------------------------------------------------------------------------------------------------------------


def declare(session: Session, **values: Any) -> LightDeclared:
    """A declaration; every column but the id is given."""
    row = LightDeclared(id=next_id(session, LightDeclared), **values)
    session.add(row)
    session.flush()
    return row


def declared(session: Session, projects: Sequence[int], until: datetime | None = None) -> dict[int, LightDeclared]:
    """project -> the declaration that stands; until: that stood at that moment."""
    wanted, few = set(projects), [col(LightDeclared.project).in_(list(projects))] if len(projects) <= FEW else []
    newest = (
        select_columns(sa.func.max(LightDeclared.id))
        .where(*few, *([col(LightDeclared.said_at) <= until] if until is not None else []))
        .group_by(col(LightDeclared.project))
    )
    rows = session.exec(
        select(LightDeclared).where(col(LightDeclared.id).in_(newest), col(LightDeclared.light).is_not(None))
    )
    return {row.project: row for row in rows if row.project in wanted}


# --- what a rule wants ----------------------------------------------------------------------------------------------------


def filled(
    session: Session, standings: Mapping[int, Standing], rows: Sequence[Project], policy: LightPolicy, code: str, counts: Sequence[str], day: date, day_of: plans.Day
) -> dict[int, Standing]:  # fmt: skip
    """The same standings with what this rule wants beside them: the year's figures, the lights of the year, start, statistics, money paid. Nothing
    is looked up that the rule does not measure."""
    found, ids = dict(standings), list(standings)
    if policy.wants_figures:
        told = plans.told_of(session, ids, day.year, day_of)
        found = {one: replace(found[one], told=tuple(dict(told.get(one, ())).items())) for one in ids}
    if policy.wants_history:
        lit = changes(session, ids, date(day.year - 1, 12, 1), day, code)
        found = {one: replace(found[one], changes=tuple(lit.get(one, ()))) for one in ids}
    if policy.wants_life:
        lives = stages.lives(session, rows, day)
        paid, entered = (stages.newest_outside(session, kind, ids, day) for kind in ("paid", "statistical"))
        for row in rows:
            start = started(lives[row.id], counts, day)
            new = row.kind is Kind.NEW
            found[row.id] = replace(
                found[row.id], start_due=row.start_on if new and start is None else None, started_on=start.day if start and new and not start.latest else None,
                in_statistics=row.id in entered, paid=paid.get(row.id),
            )  # fmt: skip
    return found
