"""Words and files that are to be destroyed: where they lie, and how they are taken out of there."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from bot.messages import Incoming
from storage.db import overwrite
from storage.engines import select_columns
from storage.tables import Errand, IncomingRow, Matter, Report, StoredFile

RECENT = 30
"""So many of the last messages of a chat may be parts of one album."""


def album_refused(session: Session, channel: str, chat: str, album: str) -> bool:
    """Whether a part of this album was refused."""
    where = (col(IncomingRow.channel) == channel, col(IncomingRow.chat) == chat)
    recent = select_columns(IncomingRow.body, IncomingRow.state).where(*where)
    for body, state in session.execute(recent.order_by(col(IncomingRow.id).desc()).limit(RECENT)):
        if state == "refused" and Incoming.from_json(body).facts.get("album") == album:
            return True
    return False


def project_of(session: Session, row: StoredFile) -> int | None:
    """Of which project a file is, through its report or matter."""
    report = session.get(Report, row.report) if row.report else None
    matter = session.get(Matter, row.matter) if row.matter else None
    return report.project if report else matter.project if matter else None


def blank_source(session: Session, errand: int, now: datetime) -> None:
    """Takes the names and places of files out of what came in, by the errand that fetched one of them."""
    row = session.get(Errand, errand)
    if row is None:
        return
    overwrite(session)
    found = incoming_of_errand(session, row.key)
    row.payload = {name: value for name, value in row.payload.items() if name in ("file", "channel", "kind", "size")}
    if found is not None:
        found.body = replace(Incoming.from_json(found.body), attachments=()).to_json()
        found.changed_at = now
    result = (col(IncomingRow.account) == "errands", col(IncomingRow.dedup) == f"errand:{errand}")
    for told in session.exec(select(IncomingRow).where(*result)):
        told.body = replace(Incoming.from_json(told.body), facts={}).to_json()
    session.flush()


def incoming_of_errand(session: Session, key: str) -> IncomingRow | None:
    """What came in with the file that the errand of this key fetched: "fetch:CHANNEL:ACCOUNT:DEDUP:AT"."""
    kind, _, rest = key.partition(":")
    channel, _, rest = rest.partition(":")
    account, _, rest = rest.partition(":")
    dedup = rest.rpartition(":")[0]
    where = (IncomingRow.channel == channel, IncomingRow.account == account, IncomingRow.dedup == dedup)
    return session.exec(select(IncomingRow).where(*where)).first() if kind == "fetch" else None
