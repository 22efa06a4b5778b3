"""What came in, and where the talk with each account stands."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.messages import Incoming
from storage.db import next_id
from storage.engines import insert_new, select_columns
from storage.prepared import Prepared, insert
from storage.tables import Account, Conversation, IncomingRow


def take(session: Session, incoming: Incoming, now: datetime) -> bool:
    """Keeps what came in; False where the same thing was taken before."""
    row = {
        "id": next_id(session, IncomingRow), "channel": incoming.channel, "account": incoming.account, "dedup": incoming.dedup,
        "person": incoming.person, "chat": incoming.chat, "kind": incoming.kind, "body": incoming.to_json(), "received_at": now,
        "state": "refused" if "refused" in incoming.facts else "done", "error": "", "changed_at": None,
    }  # fmt: skip
    return insert_new(session, IncomingRow, [row]) == 1


def park(session: Session, incoming: Incoming, now: datetime, error: str) -> None:
    """Keeps a message whose handling failed, with the reason, so that nothing typed is lost."""
    take(session, incoming, now)
    where = (
        col(IncomingRow.channel) == incoming.channel,
        col(IncomingRow.account) == incoming.account,
        col(IncomingRow.dedup) == incoming.dedup,
    )
    session.execute(sa.update(IncomingRow).where(*where).values(state="failed", error=error[:2000]))


@dataclass
class Talk:
    """The open step of one account's talk and its draft. Changed in place by handlers; `save` writes it."""

    account: int
    step: str = ""
    draft: dict[str, Any] = field(default_factory=dict)
    expires_at: datetime | None = None
    stored: bool = False


_TALK = Prepared(
    select_columns(Conversation.step, Conversation.draft, Conversation.expires_at).where(
        col(Conversation.account) == sa.bindparam("account")
    )
)
_START = insert(Conversation)
_SAVE = Prepared(
    sa.update(Conversation)
    .where(col(Conversation.account) == sa.bindparam("which"))
    .values({name: sa.bindparam(name) for name in ("step", "draft", "updated_at", "expires_at")})
)


def talk(session: Session, account: int) -> Talk:
    row = _TALK.row(session, account=account)
    return Talk(account, row[0], row[1], row[2], True) if row else Talk(account)


def save(session: Session, talk: Talk, now: datetime) -> None:
    values = {"step": talk.step, "draft": talk.draft, "updated_at": now, "expires_at": talk.expires_at}
    if talk.stored:
        _SAVE.run(session, which=talk.account, **values)
    else:
        _START.run(session, account=talk.account, **values)
        talk.stored = True


def expired(session: Session, now: datetime) -> list[Talk]:
    """The talks whose draft has outlived its time."""
    columns = select_columns(Conversation.account, Conversation.step, Conversation.draft, Conversation.expires_at)
    rows = session.execute(columns.where(col(Conversation.expires_at) <= now))
    return [Talk(row[0], row[1], dict(row[2]), row[3], True) for row in rows]


def draft_of(session: Session, person: int, step: str) -> dict[str, Any]:
    """The draft of a person's open step of this name, on whichever account; {} where none is open."""
    columns = select_columns(Conversation.draft).join(Account, col(Account.id) == col(Conversation.account))
    row = session.execute(columns.where(col(Account.person) == person, col(Conversation.step) == step)).first()
    return dict(row[0]) if row else {}


def drop_file(session: Session, person: int, file: int) -> None:
    """Takes a file out of the drafts of a person."""
    rows = session.exec(
        select(Conversation).join(Account, col(Account.id) == col(Conversation.account)).where(Account.person == person)
    ).all()
    for row in rows:
        if file in row.draft.get("files", []):
            row.draft = {**row.draft, "files": [one for one in row.draft["files"] if one != file]}
    session.flush()
