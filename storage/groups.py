"""Work groups: the chats with a unit as their scope."""

from sqlmodel import Session, col, select

from storage.tables import ChatGroup


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
