"""Values the house remembers under a name."""

from sqlmodel import Session, select

from storage.tables import Note

HELD = "held"
"""When sending was held because this database turned out to be older than its anchor; gone once somebody confirmed."""
DEMO_CLOCK = "demo_clock"
LINK = "link:"
"""link:telegram -> what an invite code is put behind to open the chat with the bot."""


def get(session: Session, name: str) -> str:
    """The value; "" where there is none."""
    row = session.get(Note, name)
    return row.value if row else ""


def put(session: Session, name: str, value: str) -> None:
    """Remembers a value; "" forgets it."""
    row = session.get(Note, name)
    if row is None and value:
        session.add(Note(name=name, value=value))
    elif row is not None and value:
        row.value = value
    elif row is not None:
        session.delete(row)
    session.flush()


def beginning(session: Session, prefix: str) -> dict[str, str]:
    """What follows the prefix in a name -> its value."""
    rows = session.exec(select(Note)).all()
    return {row.name.removeprefix(prefix): row.value for row in rows if row.name.startswith(prefix)}
