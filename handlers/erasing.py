"""误发清除: what was sent by mistake is destroyed; that it was there, who took it out, when and why, stays."""

from collections.abc import Sequence

from handlers.desk import Desk, Turn
from storage import erasing
from storage.tables import StoredFile

# --- at the services and on the disk ----------------------------------------------------------------------------------------


def take_away(desk: Desk, channel: str, chat: str, message: str, *, thread: str = "", row: int | None = None) -> None:
    """Has the service drop a message; `row`: the outbox row it shows."""
    if message:
        payload = {"channel": channel, "chat": chat, "thread": thread, "message": message, "row": row}
        desk.errand("take_away", payload, key=f"take_away:{channel}:{chat}:{message}")


def destroy(desk: Desk, occasion: str, *, stored: Sequence[str] = (), uploads: Sequence[str] = ()) -> None:
    """Has files destroyed, once what says so is on disk."""
    if stored or uploads:
        desk.errand("destroy", {"stored": list(stored), "uploads": list(uploads)}, key=f"destroy:{occasion}")


def taken_away(turn: Turn) -> None:
    """The service answered."""


def destroyed(turn: Turn) -> None:
    """Files are gone: nothing is left to be done."""


def project_of_file(desk: Desk, row: StoredFile) -> int | None:
    """Of which project a file was."""
    return erasing.project_of(desk.session, row)


def blank_source(desk: Desk, errand: int) -> None:
    """Takes out of what came in the file that an errand fetched."""
    erasing.blank_source(desk.session, errand, desk.now)
