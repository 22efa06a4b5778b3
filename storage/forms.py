"""The forms that were taken in, and the rows of ledgers of problems that wait to become matters."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.ledger import Columns, LedgerForm
from storage.tables import Form, Matter, Proposal

MOST = 500
"""Forms that are remembered when a workbook is read: the ones used last."""


def remembered(session: Session) -> Columns:
    """fingerprint -> column -> what it holds, of the forms used last."""
    rows = session.exec(select(Form).order_by(col(Form.used_at).desc()).limit(MOST)).all()
    return {row.fingerprint: {int(column): key for column, key in row.columns.items()} for row in rows}


def remember(session: Session, forms: Iterable[LedgerForm], title: str, by: int | None, now: datetime) -> None:
    """Keeps what the columns of these forms were taken for, as it was confirmed."""
    for form in forms:
        if not form.fingerprint:
            continue
        row = session.get(Form, form.fingerprint)
        if row is None:
            row = Form(fingerprint=form.fingerprint, kind=form.kind.value, used_at=now, times=0)
        row.columns = {str(one.column): one.key for one in form.columns}
        row.title, row.used_by, row.used_at, row.times = title, by, now, row.times + 1
        session.add(row)
    session.flush()


# --- rows that wait -------------------------------------------------------------------------------------------------------


def of_projects(session: Session, projects: Iterable[int]) -> list[Proposal]:
    """Every row that was taken in of these projects, in the order of their coming; in chunks that every database takes."""
    wanted, found = list(projects), list[Proposal]()
    for at in range(0, len(wanted), 500):
        statement = select(Proposal).where(col(Proposal.project).in_(wanted[at : at + 500]))
        found += session.exec(statement.order_by(col(Proposal.id))).all()
    return found


def of_no_project(session: Session) -> list[Proposal]:
    return list(session.exec(select(Proposal).where(col(Proposal.project).is_(None)).order_by(col(Proposal.id))).all())


def matters_of(session: Session, projects: Iterable[int]) -> list[Matter]:
    """The matters of these projects and of none: what a row of a table may be."""
    wanted, found = list(projects), list[Matter]()
    for at in range(0, len(wanted), 500):
        found += session.exec(select(Matter).where(col(Matter.project).in_(wanted[at : at + 500]))).all()
    return [*found, *session.exec(select(Matter).where(col(Matter.project).is_(None))).all()]


def waiting(session: Session, units: Iterable[int], projects: Iterable[int]) -> list[Proposal]:
    """What waits for a word of the office: of these projects, and of none in these units; the first due first."""
    meant = sa.or_(
        col(Proposal.project).in_(list(projects)),
        sa.and_(col(Proposal.project).is_(None), col(Proposal.unit_scope).in_(list(units))),
    )
    statement = select(Proposal).where(Proposal.state == "open", meant)
    rows = session.exec(statement).all()
    return sorted(
        rows,
        key=lambda row: (row.due_on is None, row.due_on, row.id) if row.due_on else (True, row.taken_at.date(), row.id),
    )


def by_id(session: Session, number: int) -> Proposal | None:
    return session.get(Proposal, number)
