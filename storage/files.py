"""The files that came in, and what they came in with."""

from collections.abc import Iterable

from sqlmodel import Session

from storage.tables import StoredFile


def attach(
    session: Session, files: Iterable[int], *, report: int | None = None, matter: int | None = None
) -> dict[str, int]:
    """Makes files those of a report or a matter. Returns for its entry how many of them could not be looked at for a mark of secrecy."""
    rows = [row for number in files if (row := session.get(StoredFile, number))]
    for row in rows:
        row.report, row.matter = report or row.report, matter or row.matter
    unread = sum(bool(row.source.get("unread")) for row in rows)
    return {"unread": unread} if unread else {}
