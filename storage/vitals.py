"""What tells whether the service is alive, and how much there is of everything."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.rules.words import MessageClass
from storage.engines import select_columns
from storage.outbox import PENDING
from storage.tables import Errand, IncomingRow, LogEntry, Outbox

AT_ONCE = (MessageClass.ANSWER, MessageClass.HAND, MessageClass.URGENT)
Counts = list[tuple[tuple[str, ...], float]]


def oldest_unsent(session: Session, *, urgent: bool = False) -> datetime | None:
    """Since when the message that has waited longest might have been sent; `urgent`: among those that go out at once."""
    where = [PENDING, *([col(Outbox.klass).in_(AT_ONCE)] if urgent else [])]
    return session.execute(select_columns(sa.func.min(Outbox.not_before)).where(*where)).scalar()


def oldest_errand(session: Session) -> datetime | None:
    """When the slow work that has waited longest was laid down."""
    open_ = col(Errand.state).in_(("pending", "running"))
    return session.execute(select_columns(sa.func.min(Errand.created_at)).where(open_)).scalar()


def last_moment(session: Session) -> datetime | None:
    """The newest moment at which anything came in, was laid down to be said or was written to the log."""
    columns = (IncomingRow.received_at, Outbox.created_at, Outbox.sent_at, LogEntry.at)
    found = [
        session.execute(select_columns(column).order_by(col(column).desc().nulls_last()).limit(1)).scalar()
        for column in columns
    ]
    return max((at for at in found if at is not None), default=None)


def last_log_entry(session: Session) -> datetime | None:
    return session.execute(select_columns(LogEntry.at).order_by(col(LogEntry.id).desc()).limit(1)).scalar()


def database(session: Session) -> str:
    """The engine and its version: "sqlite 3.40.1"."""
    dialect = session.connection().dialect
    version = ".".join(str(part) for part in getattr(dialect, "server_version_info", None) or ())
    return f"{dialect.name} {version}".strip()


def incoming_counts(session: Session) -> Counts:
    return _counts(session, IncomingRow.channel, IncomingRow.kind, IncomingRow.state)


def outbox_counts(session: Session) -> Counts:
    return _counts(session, Outbox.klass, Outbox.state)


def errand_counts(session: Session) -> Counts:
    return _counts(session, Errand.kind, Errand.state)


def log_entries(session: Session) -> int:
    return int(session.execute(select_columns(sa.func.coalesce(sa.func.max(LogEntry.id), 0))).scalar_one())


def _counts(session: Session, *columns: object) -> Counts:
    rows = session.execute(select_columns(*columns, sa.func.count()).group_by(*columns))  # type: ignore[arg-type]
    return [(tuple(str(value) for value in row[:-1]), row[-1]) for row in rows]
