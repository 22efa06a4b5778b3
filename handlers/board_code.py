"""The code that opens the board page once (网页看板): made in the chat for whoever may see it, and good for nothing else."""

from datetime import timedelta

from bot.rules.entitlement import Action
from handlers import start
from handlers.desk import Desk
from storage import people
from storage.db import next_id
from storage.tables import Invite

OWN = "board:"
"""What stands before such a code where it is kept, so that no other door knows it, nor this one any other code."""


def make(desk: Desk, person: int, account: int) -> str:
    """A one-use code for a person who speaks with this account; the board is then theirs as seen by it."""
    code = start.new_code()
    lasting = timedelta(minutes=desk.policy.file.board.code_minutes)
    desk.session.add(
        Invite(
            id=next_id(desk.session, Invite),
            code_hash=start.code_hash(OWN + code),
            person=person,
            made_by=person,
            made_at=desk.now,
            expires_at=desk.now + lasting,
            used_by=account,
        )
    )
    desk.session.flush()
    desk.note("board.code_made", person=person, facts={"account": account})
    return code


def admit(desk: Desk, code: str) -> int | None:
    """Uses a code up; returns the account it was made by. None where there is none such, or its person may see the board no longer."""
    row = people.invite_by_hash(desk.session, start.code_hash(OWN + code))
    if row is None or row.used_at or row.withdrawn or row.expires_at <= desk.now or row.used_by is None:
        return None
    known = people.known_by_account(desk.session, row.used_by)
    if known is None or known.person != row.person or not desk.may(row.person, Action.BOARD):
        return None
    row.used_at = desk.now
    desk.session.add(row)
    desk.session.flush()
    desk.note("board.opened", person=row.person, facts={"account": row.used_by})
    return row.used_by
