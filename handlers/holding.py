"""A database put back from a copy says nothing by itself until an administrator has confirmed: people were told all that before."""

from bot.messages import Card
from bot.rules.words import MessageClass, Post
from handlers.desk import Desk
from storage import notes, outbox, people
from storage.backup import Anchor
from storage.db import afterwards


def held(desk: Desk) -> bool:
    return bool(notes.value(desk.session, notes.HELD))


def hold(desk: Desk, anchor: Anchor | None) -> None:
    """Lays aside whatever was to be said, stops the clock's questions, and asks the administrators. Answers go on as always."""
    desk.house.held = True
    if held(desk):
        return
    count = outbox.lay_aside(desk.session, desk.now)
    notes.keep(desk.session, notes.HELD, anchor.hash if anchor else "?")
    desk.note("sending.held", facts={"anchor": anchor.number if anchor else None, "messages": count})
    for administrator, _ in people.everyone_with(desk.session, Post.ADMINISTRATOR, desk.today):
        text = desk.text("admin.held", administrator.locale, anchor=anchor, count=count)
        card = Card(text, ((desk.button("resume_sending", "admin.resume", administrator.locale, "primary"),),))
        desk.say(
            MessageClass.HAND,
            card,
            person=administrator.id,
            key=f"held:{desk.now}:{administrator.id}",
            about="held",
            own=True,
        )


def release(desk: Desk, passed: str = "", by: int | None = None) -> int:
    """Sending goes on; what was laid aside is dropped, since it was most likely said before. Returns how many messages that were.

    passed: the hash of the anchor that need not be reached any more.
    """
    passed = passed or notes.value(desk.session, notes.HELD)
    count = outbox.drop_aside(desk.session, desk.now)
    notes.keep(desk.session, notes.HELD, None)
    notes.keep(desk.session, notes.PASSED, passed)
    desk.withdraw("held")
    desk.note("sending.resumed", person=by, facts={"dropped": count})
    afterwards(desk.session, lambda: setattr(desk.house, "held", False))
    return count
