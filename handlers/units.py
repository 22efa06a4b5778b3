"""Units as places to send a matter to."""

from bot.rules.words import Post
from handlers.desk import Desk
from storage import people
from storage.tables import Matter

TAKING = (Post.INTAKE, Post.DEPUTY_HEAD, Post.HEAD)


def answering(desk: Desk, raised_by: int | None) -> set[int]:
    """The units where somebody other than `raised_by` could answer."""
    return {
        unit
        for post in TAKING
        for person, unit in people.everyone_with(desk.session, post, desk.today)
        if person.id != raised_by
    }


def staffed(desk: Desk, matter: Matter) -> list[tuple[int, str]]:
    """(unit, name) of the units where somebody could answer who did not raise it, by name."""
    found = answering(desk, matter.raised_by)
    names = people.unit_names(desk.session)
    return [(unit, names[unit]) for unit in sorted(found, key=names.__getitem__)]
