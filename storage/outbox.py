"""What is to be said: laid down in the same transaction as what it tells of, said by the sender alone."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.messages import Address, Card
from bot.rules.words import MessageClass
from storage.db import defer, finish, next_id
from storage.engines import insert_new, select_columns
from storage.entities import Entities
from storage.prepared import Prepared, insert
from storage.tables import CardToken, Outbox

LANES = {
    MessageClass.URGENT: 0,
    MessageClass.HAND: 1,
    MessageClass.ANSWER: 2,
    MessageClass.SUMMARY: 3,
    MessageClass.NUDGE: 4,
}
TOKEN_DAYS = 60
_BLANK: dict[str, Any] = {
    "chat_group": None, "channel": "", "chat": "", "thread": "", "body": "", "shown": "", "about": "", "projects": [], "matter": None,
    "edits": None, "state": "pending", "attempts": 0, "error": "", "message": "", "degraded": "", "sent_at": None, "changed_at": None,
}  # fmt: skip
"""The columns of a new row that say nothing yet."""


def put(
    session: Session,
    klass: MessageClass,
    now: datetime,
    *,
    card: Card | None = None,
    render: str = "",
    facts: dict[str, Any] | None = None,
    person: int | None = None,
    chat_group: int | None = None,
    address: Address | None = None,
    presser: int | None = None,
    key: str | None = None,
    about: str = "",
    projects: Sequence[int] = (),
    matter: int | None = None,
    edits: int | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    reusable: bool = False,
) -> int | None:
    """Lays one message down and returns its row; None where `key` was said before.

    Either `card`, or `render` with `facts`: then the sender asks for the card when it sends. Without `address` the sender finds the
    person's account (or the group). `presser`: the only person who may press its buttons; None: any bound person.
    """
    number = next_id(session, Outbox)
    body = dress(session, number, card, person if presser is None else presser, now, reusable, edits) if card else ""
    values = {
        **_BLANK, "id": number, "key": key, "klass": klass, "lane": LANES[klass], "person": person, "chat_group": chat_group,
        "channel": address.channel if address else "", "chat": address.chat if address else "", "thread": address.thread if address else "",
        "render": render, "facts": facts or {}, "body": body, "about": about, "projects": list(projects), "matter": matter, "edits": edits,
        "created_at": now, "not_before": not_before or now, "expires_at": expires_at,
    }  # fmt: skip
    if key is None:
        _PUT.run(session, **values)
        return number
    return number if insert_new(session, Outbox, [values]) else None


def put_copy(session: Session, row: Outbox, message: str, now: datetime) -> Outbox:
    """Writes down a second message in the chat that shows the same as a row's (an answer was lost); returns its own row."""
    kept = {name: getattr(row, name) for name in _BLANK} | {"klass": row.klass, "lane": row.lane, "person": row.person}
    own: dict[str, Any] = {
        "id": next_id(session, Outbox),
        "key": None,
        "render": "",
        "facts": {},
        "about": "",
        "error": "",
    }
    times = {"created_at": row.created_at, "not_before": row.not_before, "expires_at": None, "changed_at": now}
    values = {**kept, **own, **times, "state": "sent", "message": message}
    _PUT.run(session, **values)
    return Outbox(**values)


def said(session: Session, key: str) -> bool:
    """Whether a message with this key was laid down."""
    return session.execute(select_columns(Outbox.id).where(col(Outbox.key) == key)).first() is not None


def by_key(session: Session, key: str) -> Outbox | None:
    """The message with a key."""
    return session.exec(select(Outbox).where(Outbox.key == key)).first()


def put_nudges(session: Session, messages: Iterable[dict[str, Any]], now: datetime) -> None:
    """Lays many nudges down in one statement, to be drawn when they are sent: id, key, person, render, facts, expires_at of each."""
    klass = MessageClass.NUDGE
    common = {**_BLANK, "klass": klass, "lane": LANES[klass], "created_at": now, "not_before": now}
    rows = [{**common, **message} for message in messages]
    if rows:
        insert_new(session, Outbox, rows)


def dress(
    session: Session,
    outbox: int,
    card: Card,
    person: int | None,
    now: datetime,
    reusable: bool = False,
    shown_in: int | None = None,
) -> str:
    """The card as JSON with its buttons' tokens; what the buttons do is written down beside it."""
    if not card.rows:
        return card.to_json()
    token = secrets.token_urlsafe(12)
    buttons = [{"label": button.label, "action": button.action, "args": button.args} for button in card.buttons]
    defer(session, CardToken, {
        "token": token, "outbox": outbox, "shown_in": shown_in or outbox, "person": person, "buttons": buttons, "reusable": reusable,
        "expires_at": now + timedelta(days=TOKEN_DAYS), "used_at": None, "used_by": None, "used_index": None,
    })  # fmt: skip
    return card.with_tokens(token).to_json()


def withdraw(session: Session, about: Iterable[str], now: datetime) -> list[Outbox]:
    """Takes back what became pointless: unsent rows are cancelled; the sent ones are returned, to be edited, and taken back only once."""
    found = [row for subject in about if subject for row in _ABOUT.rows(session, about=subject)]
    unsent = [number for number, state in found if state == "pending"]
    said = [number for number, state in found if state != "pending"]
    if unsent:
        session.execute(sa.update(Outbox).where(col(Outbox.id).in_(unsent)).values(state="cancelled", changed_at=now))
    if not said:
        return []
    rows = list(session.exec(select(Outbox).where(col(Outbox.id).in_(said)).order_by(col(Outbox.id))).all())
    for row in rows:
        row.about = ""
    return [row for row in rows if row.edits is None]


def live_about(session: Session, about: str) -> list[Outbox]:
    """The messages about a subject that were sent, or are about to be; not the edits of them."""
    live = ("pending", "sending", "sent", "uncertain")
    where = (Outbox.about == about, col(Outbox.state).in_(live), col(Outbox.edits).is_(None))
    return list(session.exec(select(Outbox).where(*where).order_by(col(Outbox.id))).all())


def sent_about(session: Session, about: str) -> list[Outbox]:
    """The messages about a subject that were sent; not the edits of them."""
    where = (Outbox.about == about, col(Outbox.state) == "sent", col(Outbox.edits).is_(None))
    return list(session.exec(select(Outbox).where(*where).order_by(col(Outbox.id))).all())


@dataclass
class Token:
    """The buttons of one card, as the front door needs them; known: the message that shows them, so far as the service answered."""

    token: str
    shown_in: int
    person: int | None
    buttons: list[dict[str, Any]]
    reusable: bool
    expires_at: datetime
    used_at: datetime | None
    used_by: int | None
    used_index: int | None
    known: str = ""


_TOKEN_COLUMNS = [col(getattr(CardToken, name)) for name in Token.__dataclass_fields__ if name != "known"]
_KNOWN = select_columns(Outbox.message).where(col(Outbox.id) == col(CardToken.shown_in)).scalar_subquery()
_TOKEN = Prepared(select_columns(*_TOKEN_COLUMNS, _KNOWN).where(col(CardToken.token) == sa.bindparam("token")))
_SPEND = Prepared(
    sa.update(CardToken)
    .where(col(CardToken.token) == sa.bindparam("which"), col(CardToken.used_at).is_(None))
    .values({name: sa.bindparam(name) for name in ("used_at", "used_by", "used_index")})
)
_OPEN = Prepared(
    select_columns(*_TOKEN_COLUMNS)
    .join(Outbox, col(Outbox.id) == col(CardToken.outbox))
    .where(
        col(Outbox.channel) == sa.bindparam("channel"),
        col(Outbox.chat) == sa.bindparam("chat"),
        col(CardToken.person) == sa.bindparam("person"),
        sa.literal_column("outbox.state <> 'cancelled'"),
    )
    .order_by(col(Outbox.id).desc())
    .limit(1)
)
_PUT = insert(Outbox)
_ABOUT = Prepared(
    select_columns(Outbox.id, Outbox.state).where(
        col(Outbox.about) == sa.bindparam("about"),
        sa.literal_column("outbox.state IN ('pending', 'sent', 'sending', 'uncertain')"),
    )
)


def token_row(session: Session, token: str) -> Token | None:
    finish(session, CardToken)
    row = _TOKEN.row(session, token=token)
    return Token(*row) if row else None


def use_token(session: Session, token: str, person: int, index: int, now: datetime) -> bool:
    """Spends a card's token; False where it was spent before."""
    return _SPEND.run(session, which=token, used_at=now, used_by=person, used_index=index) == 1


def pressable(session: Session, row: int) -> str:
    """Whether the buttons that a message shows may be pressed: "once", "reusable", "" where not."""
    finish(session, CardToken)
    newest = select(CardToken).where(CardToken.shown_in == row).order_by(col(CardToken.expires_at).desc())
    found = session.exec(newest).first()
    if found is None or (found.used_at is not None and not found.reusable):
        return ""
    return "reusable" if found.reusable else "once"


def open_card(session: Session, address: Address, person: int) -> Token | None:
    """The newest card in this chat if this person may still press its buttons: for typed labels and numbers."""
    finish(session, CardToken)
    row = _OPEN.row(session, channel=address.channel, chat=address.chat, person=person)
    token = Token(*row) if row else None
    return None if token is None or (token.used_at is not None and not token.reusable) else token


def of_message(session: Session, address: Address, message: str) -> Outbox | None:
    """What a message in this chat shows now: the newest row that was said with it."""
    where = (
        Outbox.channel == address.channel,
        Outbox.chat == address.chat,
        Outbox.message == message,
        Outbox.state == "sent",
    )
    return session.exec(select(Outbox).where(*where).order_by(col(Outbox.id).desc())).first()


def last_answer(session: Session, address: Address) -> Outbox | None:
    """The newest answer in a chat: what the bot has just asked or said."""
    where = (Outbox.channel == address.channel, Outbox.chat == address.chat, Outbox.klass == MessageClass.ANSWER)
    return session.exec(select(Outbox).where(*where).order_by(col(Outbox.id).desc())).first()


# --- the sender's side ----------------------------------------------------------------------------------------------

PENDING: sa.ColumnElement[bool] = sa.literal_column("outbox.state = 'pending'")
SENDING: sa.ColumnElement[bool] = sa.literal_column("outbox.state = 'sending'")
_ROWS = Entities(Outbox)
_NEXT = _ROWS.where(
    PENDING,
    col(Outbox.not_before) <= sa.bindparam("now"),
    order_by=(col(Outbox.lane), col(Outbox.not_before), col(Outbox.id)),
    limit=sa.bindparam("limit", type_=sa.Integer),
)


def by_id(session: Session, outbox: int) -> Outbox | None:
    return _ROWS.get(session, outbox)


def claim(session: Session, now: datetime, limit: int) -> Iterator[Outbox]:
    """The next rows to be said, most urgent lane first."""
    return _ROWS.each(session, _NEXT, now=now, limit=limit)


def mark(session: Session, outbox: int, **values: Any) -> None:
    _ROWS.change(session, outbox, **values)


def lay_aside(session: Session, now: datetime) -> int:
    """Takes everything that was to be said out of the sender's sight; returns how many rows."""
    values = {"state": "aside", "changed_at": now}
    return session.execute(sa.update(Outbox).where(sa.or_(PENDING, SENDING)).values(**values)).rowcount  # type: ignore[attr-defined, no-any-return]


def drop_aside(session: Session, now: datetime) -> int:
    """What was laid aside will not be said; returns how many rows."""
    values = {"state": "cancelled", "error": "put back from a copy", "changed_at": now}
    return session.execute(sa.update(Outbox).where(col(Outbox.state) == "aside").values(**values)).rowcount  # type: ignore[attr-defined, no-any-return]


def left_sending(session: Session) -> list[Outbox]:
    """What was being sent when the process died: perhaps delivered, perhaps not."""
    return list(session.exec(select(Outbox).where(SENDING)).all())


def address_of(row: Outbox) -> Address:
    return Address(row.channel, row.chat, row.thread)


def as_dict(address: Address) -> dict[str, Any]:
    return asdict(address)
