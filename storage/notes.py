"""Values the house remembers under a name."""

import json
from typing import Any

from sqlmodel import Session, col, select

from storage.tables import Note

HELD = "held"
"""When sending was held because this database turned out to be older than its anchor; gone once somebody confirmed."""
PASSED = "anchor_passed"
"""The hash of an anchor that this database need not reach: somebody confirmed that it was put back from a copy."""
DEMO_CLOCK = "demo_clock"
LINK = "link:"
"""link:telegram -> what an invite code is put behind to open the chat with the bot."""


def value(session: Session, name: str) -> Any:
    """The value; None where there is none."""
    row = session.get(Note, name)
    return json.loads(row.value) if row else None


def keep(session: Session, name: str, value: Any) -> None:
    """Remembers a value that JSON can hold; None forgets it."""
    row = session.get(Note, name)
    if value is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(Note(name=name, value=json.dumps(value, ensure_ascii=False)))
    else:
        row.value = json.dumps(value, ensure_ascii=False)
    session.flush()


def beginning(session: Session, prefix: str) -> dict[str, Any]:
    """What follows the prefix in a name -> its value."""
    rows = session.exec(select(Note).where(col(Note.name).startswith(prefix))).all()
    return {row.name.removeprefix(prefix): json.loads(row.value) for row in rows}
