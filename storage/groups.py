"""Work groups: the chats with a unit as their scope."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from storage.db import next_id
from storage.engines import select_columns
from storage.tables import ChatGroup, GroupCode, Outbox


def group_by_id(session: Session, group: int) -> ChatGroup | None:
    return session.get(ChatGroup, group)


def group_at(session: Session, channel: str, chat: str, thread: str = "") -> ChatGroup | None:
    """The active group bound to this chat (and topic)."""
    where = (
        ChatGroup.channel == channel,
        ChatGroup.chat == chat,
        ChatGroup.thread == thread,
        col(ChatGroup.active).is_(True),
    )
    return session.exec(select(ChatGroup).where(*where)).first()


def active_groups(session: Session) -> list[ChatGroup]:
    return list(
        session.exec(select(ChatGroup).where(col(ChatGroup.active).is_(True)).order_by(col(ChatGroup.id))).all()
    )


def groups_of(session: Session, units: Iterable[int]) -> list[ChatGroup]:
    """The active groups of these units."""
    where = (col(ChatGroup.active).is_(True), col(ChatGroup.unit).in_(list(units)))
    return list(session.exec(select(ChatGroup).where(*where).order_by(col(ChatGroup.id))).all())


def groups_in(session: Session, channel: str, chat: str) -> list[ChatGroup]:
    """The active groups of a chat, one for each topic that was bound."""
    where = (ChatGroup.channel == channel, ChatGroup.chat == chat, col(ChatGroup.active).is_(True))
    return list(session.exec(select(ChatGroup).where(*where).order_by(col(ChatGroup.id))).all())


def group_moved(session: Session, channel: str, old: str, new: str) -> None:
    """A group became a supergroup: it goes on under its new id, everywhere at once."""
    for group in session.exec(select(ChatGroup).where(ChatGroup.channel == channel, ChatGroup.chat == old)).all():
        taken = session.exec(
            select(ChatGroup).where(
                ChatGroup.channel == channel, ChatGroup.chat == new, ChatGroup.thread == group.thread
            )
        ).first()
        if taken is None:
            group.chat = new
        else:
            group.active = False
    session.flush()


def add_code(session: Session, code_hash: str, unit: int, made_by: int | None, expires_at: datetime) -> None:
    session.add(GroupCode(code_hash=code_hash, unit=unit, made_by=made_by, expires_at=expires_at))
    session.flush()


def code_by_hash(session: Session, code_hash: str) -> GroupCode | None:
    return session.get(GroupCode, code_hash)


def bind(
    session: Session, channel: str, chat: str, thread: str, title: str, unit: int, bound_by: int | None, now: datetime
) -> ChatGroup:
    """Binds a chat (and topic) to a unit; one bound before goes over to the new unit and keeps its mode."""
    where = (ChatGroup.channel == channel, ChatGroup.chat == chat, ChatGroup.thread == thread)
    group = session.exec(select(ChatGroup).where(*where)).first()
    if group is None:
        number = next_id(session, ChatGroup)
        group = ChatGroup(id=number, channel=channel, chat=chat, thread=thread, unit=unit, mode="", bound_at=now)
        session.add(group)
    group.title, group.unit, group.bound_by, group.bound_at, group.active = title, unit, bound_by, now, True
    session.flush()
    return group


def said_since(session: Session, about: str, since: datetime) -> bool:
    """Whether something about this subject was laid in the outbox after `since`."""
    where = (col(Outbox.about) == about, col(Outbox.created_at) > since)
    return session.execute(select_columns(sa.literal(1)).where(*where).limit(1)).first() is not None
