"""Projects with what belongs to them: milestones, plan, assignments."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.cadence import MilestoneWatch, Watch
from bot.rules.calendar import WorkCalendar
from bot.rules.lights import MatterStanding, MilestoneStanding
from bot.rules.lights import Standing as LightStanding
from bot.rules.words import Role, Rung
from storage.engines import select_columns
from storage.entities import Entities
from storage.prepared import Prepared
from storage.tables import Assignment, ListChange, Matter, Milestone, Plan, Project

_PROJECTS = Entities(Project)
_MILESTONES = Entities(Milestone)
_MILESTONES_OF = _MILESTONES.where(
    col(Milestone.project) == sa.bindparam("project"), order_by=(col(Milestone.position),)
)


def by_id(session: Session, project: int) -> Project | None:
    return _PROJECTS.get(session, project)


def save(session: Session, project: Project) -> None:
    """Writes what was changed in a project, at once."""
    _PROJECTS.save(session, project)


def by_ids(session: Session, projects: Iterable[int]) -> list[Project]:
    """These projects by number."""
    return list(
        session.exec(select(Project).where(col(Project.id).in_(list(projects))).order_by(col(Project.number))).all()
    )


def by_number(session: Session, number: int) -> Project | None:
    return session.exec(select(Project).where(Project.number == number)).first()


def next_number(session: Session) -> int:
    """A number that no project has had: numbers are never reused."""
    return (session.execute(select_columns(sa.func.max(Project.number))).scalar_one() or 0) + 1


def named_like(session: Session, part: str, but: Iterable[int]) -> bool:
    """Whether a project that is not among these bears these words in its name."""
    where = (col(Project.name).contains(part, autoescape=True), col(Project.id).not_in(list(but)))
    return session.exec(select(Project.id).where(*where).limit(1)).first() is not None


def on_list(on: date | None = None) -> sa.ColumnElement[bool]:
    """Whether a project is on the list (on: was at the end of that day, by the changes that were recorded)."""
    if on is None:
        return col(Project.left_on).is_(None)
    of_it = (col(ListChange.project) == col(Project.id), col(ListChange.kind) != "renamed")
    newest = (
        select_columns(ListChange.kind)
        .where(*of_it, col(ListChange.day) <= on)
        .order_by(col(ListChange.day).desc(), col(ListChange.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    later = sa.exists().where(*of_it, col(ListChange.kind) == "added", col(ListChange.day) > on)
    return sa.func.coalesce(newest, sa.case((later, "removed"), else_="added")) != "removed"


def listed(session: Session, on: date | None = None) -> list[Project]:
    """The projects on the list (on: at the end of that day), by number."""
    return list(session.exec(select(Project).where(on_list(on)).order_by(col(Project.number))).all())


def everything(session: Session) -> list[Project]:
    """Those that have left the list, too."""
    return list(session.exec(select(Project).order_by(col(Project.number))).all())


def after(session: Session, project: int, limit: int) -> list[Project]:
    """The next projects on the list in the order of their ids: for walks through all of them."""
    return list(
        session.exec(
            select(Project).where(col(Project.id) > project, on_list()).order_by(col(Project.id)).limit(limit)
        ).all()
    )


def in_units(session: Session, units: Iterable[int]) -> list[Project]:
    """The projects that belong to, or are led by, one of these units."""
    wanted = list(units)
    where = sa.or_(col(Project.unit).in_(wanted), col(Project.lead_unit).in_(wanted))
    return list(session.exec(select(Project).where(where).order_by(col(Project.number))).all())


def milestones(session: Session, projects: Iterable[int]) -> dict[int, list[Milestone]]:
    """project -> its milestones in order."""
    wanted = list(projects)
    if len(wanted) == 1:
        return {wanted[0]: _MILESTONES.all(session, _MILESTONES_OF, project=wanted[0])}
    found: dict[int, list[Milestone]] = {project: [] for project in wanted}
    for row in session.exec(
        select(Milestone).where(col(Milestone.project).in_(wanted)).order_by(col(Milestone.position))
    ):
        if row.project is not None:
            found[row.project].append(row)
    return found


def most_milestones(session: Session) -> int:
    """How many milestones the project has that has the most."""
    each = select_columns(sa.func.count(col(Milestone.id)).label("many")).group_by(col(Milestone.project)).subquery()
    return session.execute(select_columns(sa.func.max(each.c.many))).scalar_one() or 0


def milestones_of(session: Session, project: int) -> list[Milestone]:
    """One project's milestones in order, to be looked at and not to be changed."""
    return _MILESTONES.look(session, _MILESTONES_OF, project=project)


_PLAN = Prepared(
    select_columns(Plan.month, Plan.amount).where(
        col(Plan.project) == sa.bindparam("project"), col(Plan.year) == sa.bindparam("year")
    )
)


def plan(session: Session, project: int, year: int) -> dict[int, int]:
    """month -> 元."""
    return {row[0]: row[1] for row in _PLAN.rows(session, project=project, year=year)}


def plans(session: Session, projects: Iterable[int], year: int) -> dict[int, dict[int, int]]:
    """project -> month -> 元: one statement for any number of projects."""
    where = (col(Plan.project).in_(list(projects)), col(Plan.year) == year)
    found: dict[int, dict[int, int]] = {}
    for project, month, amount in session.execute(select_columns(Plan.project, Plan.month, Plan.amount).where(*where)):
        found.setdefault(project, {})[month] = amount
    return found


def assignments(session: Session, project: int, on: date) -> list[Assignment]:
    """Who holds which role today, the four first, who answers before who watches."""
    where = (
        Assignment.project == project,
        col(Assignment.since) <= on,
        sa.or_(col(Assignment.until).is_(None), col(Assignment.until) >= on),
    )
    order = {role: at for at, role in enumerate(Role)}
    return sorted(
        session.exec(select(Assignment).where(*where)).all(), key=lambda row: (order[row.role], row.rank, row.id)
    )


def open_matters(session: Session, project: int) -> list[Matter]:
    return list(
        session.exec(
            select(Matter).where(Matter.project == project, Matter.state != "closed").order_by(col(Matter.number))
        ).all()
    )


def matters_of(session: Session, projects: Iterable[int]) -> dict[int, list[Matter]]:
    """project -> its open matters: one statement for any number of projects."""
    wanted = list(projects)
    found: dict[int, list[Matter]] = {project: [] for project in wanted}
    statement = (
        select(Matter).where(col(Matter.project).in_(wanted), Matter.state != "closed").order_by(col(Matter.number))
    )
    for row in session.exec(statement) if wanted else ():
        found.get(row.project or 0, []).append(row)
    return found


NEVER = date(9999, 12, 31)
"""`watched_from` of a milestone that was overdue when it was imported, until the dispatcher takes it in hand."""


def watch(project: Project, milestones: Sequence[Milestone], today: date) -> Watch | None:
    """What cadence needs of a project; None where the bot may not nudge for it yet."""
    if project.accepted_on is None or project.left_on is not None:
        return None
    paused = project.paused_until is not None and project.paused_until >= today
    return Watch(
        project=project.id,
        level=project.level,
        light=project.light,
        on_plan=project.on_plan,
        paused=paused,
        last_as_of=project.as_of,
        watched_from=project.accepted_on,
        milestones=tuple(
            MilestoneWatch(
                row.id,
                row.due,
                row.done_on is not None,
                max(row.watched_from or project.accepted_on, project.accepted_on),
            )
            for row in milestones
            if row.watched_from != NEVER
        ),
    )


def light_standing(
    session: Session,
    project: Project,
    milestones: Sequence[Milestone],
    matters: Sequence[Matter],
    now: datetime,
    calendar: WorkCalendar,
) -> LightStanding:
    """What the light is worked out from."""
    months = plan(session, project.id, calendar.day(now).year)
    return light_standing_of(project, milestones, matters, months, now, calendar)


def light_standing_of(
    project: Project,
    milestones: Sequence[Milestone],
    matters: Sequence[Matter],
    months: Mapping[int, int],
    now: datetime,
    calendar: WorkCalendar,
) -> LightStanding:
    """The same from values in hand."""
    today = calendar.day(now)
    return LightStanding(
        year_plan=months,
        invested_year=project.invested_year,
        invested_as_of=project.invested_as_of,
        milestones=tuple(milestone_standing(row) for row in milestones),
        matters=tuple(_matter_standing(project, row, now, calendar) for row in matters),
        paused=project.paused_until is not None and project.paused_until >= today,
        first_due=_first_due(project, today),
        stopped_on=project.stopped_on,
        resume_on=project.resume_on,
    )


def milestone_standing(row: Milestone) -> MilestoneStanding:
    return MilestoneStanding(row.due, row.done_on is not None, row.name, row.done_on)


def _first_due(project: Project, today: date) -> date | None:
    """A project taken in during the year owes its first figure by the end of that month."""
    if project.accepted_on is None or project.accepted_on.year != today.year:
        return None
    following = (project.accepted_on.replace(day=1) + timedelta(days=32)).replace(day=1)
    return following - timedelta(days=1)


def _matter_standing(project: Project, matter: Matter, now: datetime, calendar: WorkCalendar) -> MatterStanding:
    rung = Rung(matter.steps[matter.rung]["rung"]) if matter.steps else Rung.SECTION
    days = calendar.workdays_between(calendar.day(matter.raised_at), calendar.day(now))
    overdue = matter.state.working and matter.due_at <= now
    return MatterStanding(f"{project.number}-{matter.number}", matter.category, overdue, rung, days, matter.rung > 0)
