"""How far slow work is: a bar in the message that said it had begun."""

from dataclasses import replace

from bot.messages import Card
from bot.rules.words import MessageClass
from handlers.desk import Desk
from storage import outbox

FULL, EMPTY, WIDTH = "▰", "▱", 10
MANY = 500
"""Work on fewer projects is done before anybody looks."""


def bar(done: int, of: int) -> str:
    """▰▰▰▱▱▱▱▱▱▱ 30%."""
    full = WIDTH * done // of
    return f"{FULL * full}{EMPTY * (WIDTH - full)} {100 * done // of}%"


def show(desk: Desk, key: str, done: int, of: int) -> None:
    """Puts the bar below what the message with this key says; nothing where that has not been sent, or is gone."""
    row = outbox.by_key(desk.session, key)
    root = outbox.by_id(desk.session, row.edits) if row is not None and row.edits is not None else row
    if row is None or root is None or root.state != "sent":
        return
    shown = Card.from_json(root.shown or root.body)
    words = shown.text.partition(f"\n{FULL}")[0].partition(f"\n{EMPTY}")[0]
    card = replace(shown, text=f"{words}\n{bar(done, of)}")
    outbox.put(
        desk.session, MessageClass.ANSWER, desk.now, card=card, person=root.person, address=outbox.address_of(root), edits=root.id,
    )  # fmt: skip
