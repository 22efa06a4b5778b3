"""Chases (催报): one message of a dispatcher's to one person on a working day, and the items it shows."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from storage.nudges import OPEN
from storage.tables import NudgeRow


def take_over(session: Session, person: int, about: Sequence[str], message: int, day: date) -> None:
    """What was to come in this person's next bundle about these subjects is shown by this message instead."""
    where = (OPEN, col(NudgeRow.person) == person, col(NudgeRow.about).in_(list(about)))
    session.execute(sa.update(NudgeRow).where(*where).values(state="shown", bundle=message, day=day))
