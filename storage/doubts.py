"""Doubts (存疑), what they are measured against, figures of others, and photos seen before."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.truth import Seen, Told
from bot.rules.words import ReportState
from storage import reports
from storage.board import Reach
from storage.db import next_id
from storage.engines import select_columns
from storage.prepared import Prepared
from storage.tables import Doubt, OutsideFigure, Plan, Project, Report, StoredFile

BACK = 12
"""Earlier reports that the rules look at."""
ALIKE = 500
"""Earlier photos that one is compared with."""
KINDS = ("statistical", "paid")

# --- what is known ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Basis:
    """Earlier reports, newest first; the plan of a month, and figures of others, 元. complete: there are no reports before these."""

    told: tuple[Told, ...]
    month_plan: int | None
    statistical: int | None
    paid: int | None
    complete: bool


def _outside(kind: str) -> Any:
    """The newest figure of a kind in the year of the month asked about, not of a later month."""
    where = (
        col(OutsideFigure.project) == col(Project.id),
        col(OutsideFigure.kind) == kind,
        col(OutsideFigure.month).between(sa.bindparam("january"), sa.bindparam("until")),
    )
    newest = (col(OutsideFigure.month).desc(), col(OutsideFigure.id).desc())
    return select_columns(OutsideFigure.amount).where(*where).order_by(*newest).limit(1).scalar_subquery()


_BASIS = Prepared(
    select_columns(
        Report.id, Report.corrects, Report.as_of, Report.period, Report.progress, Report.invested_year, Report.words,
        select_columns(Plan.amount)
        .where(
            col(Plan.project) == col(Project.id), col(Plan.year) == sa.bindparam("year"), col(Plan.month) == sa.bindparam("month")
        )
        .scalar_subquery(),
        *map(_outside, KINDS),
    )
    .select_from(Project)
    .join(
        Report,
        sa.and_(
            col(Report.project) == col(Project.id), col(Report.as_of) <= sa.bindparam("as_of"),
            sa.literal_column("report.state = 'counts'"), col(Report.id) < sa.bindparam("before"),
        ),
        isouter=True,
    )
    .where(col(Project.id) == sa.bindparam("project"))
    .order_by(col(Report.as_of).desc(), col(Report.id).desc())
    .limit(BACK)
)  # fmt: skip
NEWEST = 2**31 - 1


def basis(session: Session, project: int, as_of: date, before: int = NEWEST) -> Basis:
    """What a report of this day is measured against, of reports with a number below `before`: one statement."""
    rows = _BASIS.rows(
        session, project=project, as_of=as_of, before=before, year=as_of.year, month=as_of.month, january=f"{as_of.year}-01", until=f"{as_of:%Y-%m}",
    )  # fmt: skip
    corrected = {row[1] for row in rows}
    told = tuple(Told(*row[2:7]) for row in rows if row[0] is not None and row[0] not in corrected)
    month_plan, statistical, paid = rows[0][7:10] if rows else (None, None, None)
    return Basis(told, month_plan, statistical, paid, len(rows) < BACK)


def invested_before(session: Session, project: int, basis: Basis, day: date) -> int:
    """元 since January as told before that day in its year; 0 where nothing was. Looked up only where the basis does not reach so far."""
    for one in basis.told:
        if one.as_of < day and one.invested_year is not None:
            return one.invested_year if one.as_of.year == day.year else 0
    if basis.complete:
        return 0
    found = reports.invested_before(session, project, day)
    return found[1] if found and found[0].year == day.year else 0


def add_outside(session: Session, **values: Any) -> OutsideFigure:
    """A figure of others; every column but the id is given."""
    row = OutsideFigure(id=next_id(session, OutsideFigure), **values)
    session.add(row)
    session.flush()
    return row


def outside(session: Session, project: int, kind: str, year: int) -> OutsideFigure | None:
    """The newest figure of a kind in a year."""
    where = (
        OutsideFigure.project == project,
        OutsideFigure.kind == kind,
        col(OutsideFigure.month).startswith(f"{year}-"),
    )
    newest = (col(OutsideFigure.month).desc(), col(OutsideFigure.id).desc())
    return session.exec(select(OutsideFigure).where(*where).order_by(*newest).limit(1)).first()


# --- doubts -------------------------------------------------------------------------------------------------------------


def add(session: Session, **values: Any) -> Doubt:
    row = Doubt(id=next_id(session, Doubt), **values)
    session.add(row)
    return row


def by_id(session: Session, doubt: int) -> Doubt | None:
    return session.get(Doubt, doubt)


def of_report(session: Session, report: int, state: str = "") -> list[Doubt]:
    """Of one report, in the order they were found; of one state where it is given."""
    where = [col(Doubt.report) == report, *([col(Doubt.state) == state] if state else [])]
    return list(session.exec(select(Doubt).where(*where).order_by(col(Doubt.id))).all())


def standing(session: Session, project: int) -> list[Doubt]:
    """What is to be told beside a project's figures: open ones, and those explained of the report its figures are from."""
    newest = newest_figures(session, project)
    rows = session.exec(
        select(Doubt)
        .join(Report, col(Report.id) == col(Doubt.report))
        .where(
            col(Doubt.project) == project,
            col(Report.state) == ReportState.COUNTS,
            sa.or_(
                col(Doubt.state) == "open",
                sa.and_(col(Doubt.state) == "explained", col(Doubt.report).in_(newest)),
            ),
        )
        .order_by(col(Doubt.id))
    )
    return list(rows.all())


def newest_figures(session: Session, project: int, day: date = date.max) -> set[int]:
    """The reports that a project's progress and money, of days up to this one, are from."""
    found = set()
    for column in (Report.progress, Report.invested_year):
        statement = (
            select_columns(Report.id)
            .where(
                col(Report.project) == project,
                col(Report.state) == ReportState.COUNTS,
                col(column).is_not(None),
                col(Report.as_of) <= day,
            )
            .order_by(col(Report.as_of).desc(), col(Report.id).desc())
            .limit(1)
        )
        found |= {row[0] for row in session.execute(statement)}
    return found


def explained_since(session: Session, project: int, codes: Iterable[str], since: datetime) -> dict[str, str]:
    """code -> how a doubt of it was explained last, of those found since then."""
    statement = (
        select_columns(Doubt.code, Doubt.explanation)
        .where(
            col(Doubt.project) == project, col(Doubt.code).in_(list(codes)), col(Doubt.state) == "explained",
            col(Doubt.found_at) >= since,
        )
        .order_by(col(Doubt.id))
    )  # fmt: skip
    return {row[0]: row[1] for row in session.execute(statement)}


def open_ones(session: Session, meant: Reach) -> list[tuple[Doubt, Project, Report]]:
    """What nobody has explained yet (存疑待核), oldest first."""
    statement = (
        select(Doubt, Project, Report)
        .join(Project, col(Project.id) == col(Doubt.project))
        .join(Report, col(Report.id) == col(Doubt.report))
        .where(sa.literal_column("doubt.state = 'open'"), col(Report.state) == ReportState.COUNTS, meant.where)
        .order_by(col(Doubt.id))
    )
    return [(doubt, project, report) for doubt, project, report in session.exec(statement)]


def marks_by(session: Session, projects: Collection[int], day: date) -> dict[int, str]:
    """project -> "open" where a figure of a day up to this one is doubtful and nobody has explained it, "explained" where the newest of
    them stands with its explanation."""
    columns = select_columns(Doubt.project, Doubt.report, Doubt.state)
    rows = session.execute(
        columns.join(Report, col(Report.id) == col(Doubt.report)).where(
            col(Report.as_of) <= day,
            col(Report.state) == ReportState.COUNTS,
            col(Doubt.state).in_(("open", "explained")),
        )
    )
    found: dict[int, str] = {}
    for project, report, state in rows:
        if project in projects and (state == "open" or report in newest_figures(session, project, day)):
            found[project] = "open" if "open" in (state, found.get(project)) else state
    return found


def count_open(session: Session, meant: Reach) -> int:
    """How many reports have doubts that nobody has explained."""
    statement = (
        select_columns(sa.func.count(sa.distinct(col(Doubt.report))))
        .join(Project, col(Project.id) == col(Doubt.project))
        .join(Report, col(Report.id) == col(Doubt.report))
        .where(sa.literal_column("doubt.state = 'open'"), col(Report.state) == ReportState.COUNTS, meant.where)
    )
    return int(session.execute(statement).scalar_one())


def imported_after(session: Session, report: int, limit: int) -> tuple[list[tuple[Report, Project]], int]:
    """The imported ones of the next reports, and the number of the last report looked at."""
    ids = [
        row[0]
        for row in session.execute(
            select_columns(Report.id).where(col(Report.id) > report).order_by(col(Report.id)).limit(limit)
        )
    ]
    if not ids:
        return [], report
    statement = (
        select(Report, Project)
        .join(Project, col(Project.id) == col(Report.project))
        .where(col(Report.id).between(ids[0], ids[-1]), col(Report.source) == "import")
        .order_by(col(Report.id))
    )
    return [(told, project) for told, project in session.exec(statement)], ids[-1]


# --- photos -------------------------------------------------------------------------------------------------------------


def files(session: Session, numbers: Sequence[int]) -> list[StoredFile]:
    """These files that are stored."""
    where = (col(StoredFile.id).in_(list(numbers)), col(StoredFile.state) == "stored")
    return list(session.exec(select(StoredFile).where(*where).order_by(col(StoredFile.id))).all())


def photos_like(session: Session, photo: StoredFile, project: Project) -> list[Seen]:
    """Photos of earlier reports: the same file, of whatever project; and those of this project or person that might look like it."""
    columns = (StoredFile.sha256, StoredFile.likeness, Report.said_at, Project.id, Project.name)
    before = col(StoredFile.report) != (photo.report or 0)
    same = (
        select_columns(*columns)
        .join(Report, col(Report.id) == col(StoredFile.report))
        .join(Project, col(Project.id) == col(Report.project))
        .where(col(StoredFile.sha256) == photo.sha256, before)
        .limit(1)
    )
    near = (
        select_columns(*columns)
        .select_from(Report)
        .join(StoredFile, col(StoredFile.report) == col(Report.id))
        .join(Project, col(Project.id) == col(Report.project))
        .where(sa.or_(col(Report.project) == project.id, col(Report.person) == photo.person))
        .where(col(StoredFile.likeness) != "", before)
        .order_by(col(StoredFile.id).desc())
        .limit(ALIKE)
    )
    found = list(session.execute(same))
    if photo.likeness and not found:
        found = list(session.execute(near))
    return [Seen(row[0], row[1], row[2].date(), "" if row[3] == project.id else row[4]) for row in found]


def outside_of(
    session: Session, projects: Iterable[int], kind: str, first: str, last: str
) -> dict[int, list[OutsideFigure]]:
    """project -> the figures of a kind told for a month from `first` to `last` (2026-10), the newest last: one statement."""
    wanted = set(projects)
    where = (col(OutsideFigure.kind) == kind, col(OutsideFigure.month).between(first, last))
    rows = session.exec(select(OutsideFigure).where(*where).order_by(col(OutsideFigure.month), col(OutsideFigure.id)))
    found: dict[int, list[OutsideFigure]] = {}
    for row in rows:
        if row.project in wanted:
            found.setdefault(row.project, []).append(row)
    return found


def explanations(session: Session, projects: Iterable[int], code: str) -> dict[int, str]:
    """project -> how the newest doubt of a kind was explained: one statement."""
    wanted = set(projects)
    where = (col(Doubt.code) == code, col(Doubt.explanation) != "")
    rows = session.execute(select_columns(Doubt.project, Doubt.explanation).where(*where).order_by(col(Doubt.id)))
    return {project: words for project, words in rows if project in wanted}
