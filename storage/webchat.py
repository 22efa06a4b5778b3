"""The page's transcript and logins. What was said is not kept twice: the transcript is the incoming and outbox rows of a chat."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.messages import Card, Incoming
from bot.rules.words import Post, Role
from storage import people
from storage.engines import select_columns
from storage.tables import (
    Account,
    Assignment,
    CardToken,
    ChatGroup,
    ChatSeen,
    IncomingRow,
    Outbox,
    Person,
    Unit,
    WebSession,
)

CHANNEL = "webchat"
SHOWN = ("sending", "sent", "uncertain")
HEARD = ("text", "command", "files")
OVERLAP = timedelta(seconds=5)
COVERING = (Post.DISPATCHER, Post.LEADER)


@dataclass(frozen=True)
class Line:
    """One message of a transcript: what a person wrote (`incoming`) or what the bot said (`card`).

    key: "i12" or "o34". at: when it was said. open: whether its buttons may still be pressed. edited: shows something newer than at first.
    """

    key: str
    chat: str
    at: datetime
    incoming: Incoming | None = None
    card: Card | None = None
    open: bool = False
    edited: bool = False

    @property
    def row(self) -> int:
        return int(self.key[1:])


@dataclass(frozen=True)
class Mark:
    """Up to where somebody has read: the last incoming row, and the last change in the outbox. Written "12-1795500000000000"."""

    incoming: int = 0
    changed: datetime = datetime(2000, 1, 1, tzinfo=UTC)

    def __str__(self) -> str:
        return f"{self.incoming}-{int(self.changed.timestamp() * 1_000_000)}"

    @staticmethod
    def read(text: str) -> "Mark | None":
        """The mark written so; None where the text is none."""
        incoming, _, changed = text.partition("-")
        if not (incoming.isdigit() and changed.isdigit() and len(text) < 40):
            return None
        return Mark(int(incoming), datetime.fromtimestamp(int(changed) / 1_000_000, UTC))


# --- the transcript ---------------------------------------------------------------------------------------------------


def page(
    session: Session, chat: str, person: int, *, before: datetime | None = None, limit: int = 40
) -> tuple[list[Line], bool]:
    """The newest messages of one chat (before a moment), oldest first, and whether there are older ones."""
    said_at = sa.func.coalesce(col(Outbox.sent_at), col(Outbox.changed_at))
    said = select_columns(Outbox.id).where(*_said([chat], person), _own_line())
    heard = select(IncomingRow).where(*_heard([chat]))
    if before is not None:
        said, heard = said.where(said_at < before), heard.where(col(IncomingRow.received_at) < before)
    keys = session.execute(said.order_by(said_at.desc(), col(Outbox.id).desc()).limit(limit + 1)).scalars().all()
    rows = session.exec(select(Outbox).where(col(Outbox.id).in_(keys))).all()
    words = session.exec(heard.order_by(col(IncomingRow.id).desc()).limit(limit + 1)).all()
    lines = _in_order([*_cards(session, rows), *_words(words)])
    return lines[-limit:], len(lines) > limit


def news(session: Session, chats: Collection[str], person: int, after: Mark) -> tuple[list[Line], Mark]:
    """What was said or changed in these chats after a mark, oldest first, and the new mark.

    A few seconds before the mark are told again: a clock that was set back hides nothing, and a line told twice is the same line.
    """
    changed = session.exec(
        select(Outbox).where(*_said(chats, person), col(Outbox.changed_at) >= after.changed - OVERLAP)
    ).all()
    taken_out = col(IncomingRow.changed_at) >= after.changed - OVERLAP
    words = session.exec(
        select(IncomingRow).where(*_heard(chats), sa.or_(col(IncomingRow.id) > after.incoming, taken_out))
    ).all()
    originals = session.exec(
        select(Outbox).where(
            col(Outbox.id).in_([row.edits for row in changed if row.edits is not None]), *_said(chats, person)
        )
    ).all()
    roots = {row.id: row for row in [*changed, *originals]}
    lines = [row for row in roots.values() if row.edits is None or row.edits not in roots]
    mark = Mark(
        max([after.incoming, *(row.id for row in words)]),
        max(
            [
                after.changed,
                *(at for at in [*(row.changed_at for row in changed), *(row.changed_at for row in words)] if at),
            ]
        ),
    )
    return _in_order([*_cards(session, lines), *_words(words)]), mark


def newest(session: Session, chats: Collection[str], person: int) -> Mark:
    """The mark of what is there now."""
    last = session.execute(
        select_columns(sa.func.max(col(Outbox.changed_at))).where(*_said(chats, person))
    ).scalar_one_or_none()
    heard = session.execute(select_columns(sa.func.max(IncomingRow.id)).where(*_heard(chats))).scalar_one_or_none()
    return Mark(heard or 0, last or Mark.changed)


def _said(chats: Iterable[str], person: int) -> list[sa.ColumnElement[bool]]:
    """What the bot said in these chats to this person or to a group; not what a stranger was told before binding."""
    return [
        col(Outbox.channel) == CHANNEL,
        col(Outbox.chat).in_(list(chats)),
        col(Outbox.state).in_(SHOWN),
        sa.or_(col(Outbox.person) == person, col(Outbox.chat_group).is_not(None)),
    ]


def _heard(chats: Iterable[str]) -> list[sa.ColumnElement[bool]]:
    return [
        col(IncomingRow.channel) == CHANNEL,
        col(IncomingRow.chat).in_(list(chats)),
        col(IncomingRow.kind).in_(HEARD),
    ]


def _own_line() -> sa.ColumnElement[bool]:
    """An edit shows in the place of what it replaces, unless that was never shown."""
    original = sa.alias(Outbox.__table__)  # type: ignore[attr-defined]
    shown = sa.exists().where(original.c.id == col(Outbox.edits), original.c.state.in_(SHOWN))
    return sa.or_(col(Outbox.edits).is_(None), sa.not_(shown))


def _cards(session: Session, rows: Sequence[Outbox]) -> list[Line]:
    """The rows as lines: each with the newest edit that is being made or was made."""
    under_way = session.exec(
        select(Outbox).where(
            col(Outbox.state) == "sending", col(Outbox.edits).in_([row.id for row in rows]), col(Outbox.body) != ""
        )
    ).all()
    edits = {row.edits: row.body for row in under_way}
    shown = {row.id: Card.from_json(edits.get(row.id) or row.shown or row.body) for row in rows if row.body}
    pressable = _pressable(session, shown.values())
    return [
        Line(
            f"o{row.id}",
            row.chat,
            row.sent_at or row.changed_at or row.created_at,
            card=shown[row.id],
            open=_token(shown[row.id]) in pressable,
            edited=bool(row.shown) or row.id in edits,
        )
        for row in rows
        if row.id in shown
    ]


def _token(card: Card) -> str:
    return card.buttons[0].token.rpartition(":")[0] if card.buttons else ""


def _pressable(session: Session, cards: Iterable[Card]) -> set[str]:
    """Those tokens whose buttons were not pressed, or may be pressed again."""
    tokens = [token for card in cards if (token := _token(card))]
    where = (col(CardToken.token).in_(tokens), sa.or_(col(CardToken.used_at).is_(None), col(CardToken.reusable)))
    return set(session.execute(select_columns(CardToken.token).where(*where)).scalars())


def _words(rows: Sequence[IncomingRow]) -> list[Line]:
    """What people wrote; a code given at the login is no part of the talk."""
    lines = [Line(f"i{row.id}", row.chat, row.received_at, incoming=Incoming.from_json(row.body)) for row in rows]
    return [line for line in lines if line.incoming and not line.incoming.facts.get("login")]


def _in_order(lines: list[Line]) -> list[Line]:
    """By the time they were said; at the same moment the question comes before the answer."""
    return sorted(lines, key=lambda line: (line.at, line.key[0], line.row))


def line(session: Session, key: str, chats: Collection[str], person: int) -> Line | None:
    """One message by its key, for its pictures and files; None where this person cannot see it."""
    if not key[1:].isdigit():
        return None
    row = int(key[1:])
    if key[0] == "o":
        found = session.exec(select(Outbox).where(col(Outbox.id) == row, *_said(chats, person))).all()
        return next(iter(_cards(session, found)), None)
    heard = session.exec(select(IncomingRow).where(col(IncomingRow.id) == row, *_heard(chats))).all()
    return next(iter(_words(heard)), None)


def message_of(session: Session, key: str, chat: str) -> str:
    """The id by which a line of this chat is replied to: of what the bot said its message, of what a person wrote the key itself; "" where
    it is not there."""
    row = int(key[1:])
    if key[0] == "i":
        heard = session.get(IncomingRow, row)
        return key if heard is not None and (heard.channel, heard.chat) == (CHANNEL, chat) else ""
    said = session.get(Outbox, row)
    return said.message if said is not None and (said.channel, said.chat) == (CHANNEL, chat) else ""


def last_said(session: Session, chat: str) -> Card | None:
    """What was said last to a stranger, be it still on its way."""
    where = (col(Outbox.channel) == CHANNEL, col(Outbox.chat) == chat, col(Outbox.person).is_(None))
    body = session.execute(select_columns(Outbox.body).where(*where).order_by(col(Outbox.id).desc()).limit(1)).scalar()
    return Card.from_json(body) if body else None


# --- unread -----------------------------------------------------------------------------------------------------------


def unread(session: Session, account: int, person: int, identity: str, chats: Sequence[str]) -> dict[str, int]:
    """How many messages of others each chat holds that were not seen yet."""
    seen = dict(
        session.execute(select_columns(ChatSeen.chat, ChatSeen.at).where(col(ChatSeen.account) == account)).all()
    )
    counts = {}
    for chat in chats:
        since = seen.get(chat, Mark.changed)
        said = select_columns(sa.func.count()).where(
            *_said([chat], person), col(Outbox.edits).is_(None), col(Outbox.sent_at) > since
        )
        heard = select_columns(sa.func.count()).where(
            *_heard([chat]), col(IncomingRow.person) != identity, col(IncomingRow.received_at) > since
        )
        counts[chat] = int(session.execute(said).scalar_one() + session.execute(heard).scalar_one())
    return counts


def saw(session: Session, account: int, chat: str, at: datetime) -> None:
    """This account has read a chat up to a moment; never back."""
    row = session.get(ChatSeen, (account, chat))
    if row is None:
        session.add(ChatSeen(account=account, chat=chat, at=at))
    elif row.at < at:
        row.at = at


def unit_of(session: Session, person: int) -> str:
    """The name of a person's unit; "" where there is none."""
    named = select_columns(Unit.name).join(Person, col(Person.unit) == col(Unit.id)).where(col(Person.id) == person)
    return session.execute(named).scalar() or ""


# --- groups -----------------------------------------------------------------------------------------------------------


def groups_of(session: Session, person: int, on: date) -> list[ChatGroup]:
    """The page's groups that a person belongs to: whose unit lies in the group's subtree, and dispatchers and leaders that cover it.

    An owner's contact who has no other part belongs to none: a group reads lights, which they do not see.
    """
    groups = session.exec(
        select(ChatGroup)
        .where(ChatGroup.channel == CHANNEL, col(ChatGroup.active).is_(True))
        .order_by(col(ChatGroup.id))
    ).all()
    if not groups or _only_owner_contact(session, person, on):
        return []
    row = session.get(Person, person)
    covered: set[int] = set()
    for post in people.posts_of(session, person, on):
        if post.role in COVERING:
            covered |= people.subtree(session, post.unit)
    return [
        group for group in groups if group.unit in covered or (row and row.unit in people.subtree(session, group.unit))
    ]


def _only_owner_contact(session: Session, person: int, on: date) -> bool:
    held = select_columns(Assignment.role).where(
        col(Assignment.person) == person, sa.or_(col(Assignment.until).is_(None), col(Assignment.until) >= on)
    )
    roles = set(session.execute(held).scalars())
    return roles == {Role.OWNER_CONTACT} and not people.posts_of(session, person, on)


# --- logins -----------------------------------------------------------------------------------------------------------


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def log_in(session: Session, token: str, account: int, now: datetime, hours: int) -> None:
    """A new login of an account; sessions that have expired are cleared away."""
    session.execute(sa.delete(WebSession).where(col(WebSession.expires_at) <= now))
    session.add(
        WebSession(
            token_hash=token_hash(token), account=account, created_at=now, expires_at=now + timedelta(hours=hours)
        )
    )


def log_out(session: Session, token: str) -> None:
    session.execute(sa.delete(WebSession).where(col(WebSession.token_hash) == token_hash(token)))


def account_logged_in(session: Session, token: str, now: datetime) -> int | None:
    """The account a cookie belongs to; None where it is unknown or expired."""
    where = (col(WebSession.token_hash) == token_hash(token), col(WebSession.expires_at) > now)
    return session.execute(select_columns(WebSession.account).where(*where)).scalar_one_or_none()


def account_of(session: Session, person: int) -> people.Known | None:
    """The account a person has at the page, bound there before."""
    where = (col(Account.channel) == CHANNEL, col(Account.person) == person, col(Account.active).is_(True))
    found = session.execute(select_columns(Account.id).where(*where).order_by(col(Account.id)).limit(1)).scalar()
    return people.known_by_account(session, found) if found else None
