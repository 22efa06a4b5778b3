"""What goes along when one person's work becomes another's: matters, items of bundles, messages, the buttons of cards."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.rules.words import MessageClass
from storage import matters, nudges
from storage.db import finish
from storage.engines import select_columns
from storage.tables import CardToken, Matter, MatterConcern, NudgeRow, Outbox

HANDED = (MessageClass.HAND, MessageClass.URGENT)
LIVE = ("pending", "sending", "sent", "uncertain")


def open_matters(session: Session, person: int) -> list[Matter]:
    """The open matters that name a person anywhere: who has it, lent it, raised it, wrote it down, sits on its ladder, watches it."""
    concerned = select_columns(MatterConcern.matter).where(col(MatterConcern.person) == person)
    named = [col(getattr(Matter, name)) == person for name in ("person", "lent_by", "raised_by", "recorded_by")]
    statement = select(Matter).where(matters.OPEN, sa.or_(*named, col(Matter.id).in_(concerned)))
    return list(session.exec(statement.order_by(col(Matter.id))))


def held(session: Session, person: int) -> list[Matter]:
    """The open matters that a person has, or gets back from a colleague."""
    where = sa.or_(col(Matter.person) == person, col(Matter.lent_by) == person)
    return list(session.exec(select(Matter).where(matters.OPEN, where).order_by(col(Matter.id))))


def concern(session: Session, matter: int, old: int, new: int, *, stays: bool) -> None:
    """The new one may see a matter, and watches it if the old one did, who no longer does (stays: may still see it)."""
    before = session.get(MatterConcern, (matter, old))
    watched = before is not None and before.watches
    matters.concern(session, matter, [new])
    if watched:
        matters.watch(session, matter, new)
    if before is not None and stays:
        before.watches = False
    elif before is not None:
        session.delete(before)
    session.flush()


def take_items(session: Session, old: int, new: int, day: date) -> list[int]:
    """What the old one was to be reminded of is open again, for the new one's bundle of this day or later; returns the bundles that
    showed it. Left are what is theirs alone, and news that they have read."""
    pending = (NudgeRow.person == old, col(NudgeRow.acting_for).is_(None), nudges.PENDING)
    found = [
        row
        for row in session.exec(select(NudgeRow).where(*pending).order_by(col(NudgeRow.id)))
        if not nudges.personal(row.kind, row.project, row.matter)
        and not row.reason.get(nudges.OWN)
        and not (row.kind == "notice" and row.state == "shown")
    ]
    bundles = sorted({row.bundle for row in found if row.bundle is not None})
    for row in found:
        row.person, row.state, row.bundle, row.day = new, "open", None, max(row.day, day)
    session.flush()
    return bundles


def messages(session: Session, person: int) -> list[Outbox]:
    """The cards about projects and matters that a person was handed, or is about to be, and that were not taken back."""
    where = (Outbox.person == person, col(Outbox.state).in_(LIVE), col(Outbox.edits).is_(None), Outbox.about != "")
    found = session.exec(select(Outbox).where(*where).order_by(col(Outbox.id)))
    return [row for row in found if row.matter is not None or row.projects]


def change_buttons(
    session: Session, person: int, ours: Callable[[dict[str, Any]], bool], action: str, args: dict[str, Any]
) -> int:
    """Buttons of a person's cards that are meant (`ours`) do something else from now on, as often as they are pressed. Returns how many
    cards."""
    finish(session, CardToken)
    found = [
        token
        for token in session.exec(select(CardToken).where(CardToken.person == person))
        if any(ours(button) for button in token.buttons)
    ]
    for token in found:
        token.buttons = [
            {**button, "action": action, "args": args} if ours(button) else button for button in token.buttons
        ]
        token.reusable = True
    session.flush()
    return len(found)


def count_items(session: Session, persons: Iterable[int]) -> int:
    """How many things these persons were or are to be reminded of and have not dealt with."""
    where = (col(NudgeRow.person).in_(list(persons)), nudges.PENDING, col(NudgeRow.kind) != "notice")
    return int(session.execute(select_columns(sa.func.count(col(NudgeRow.id))).where(*where)).scalar_one())
