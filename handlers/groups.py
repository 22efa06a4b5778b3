"""Work groups: binding by code, what is heard there."""

from handlers.desk import Turn


def heard(turn: Turn) -> None:
    """Something said in a group: nothing is answered there but commands meant for the bot."""
