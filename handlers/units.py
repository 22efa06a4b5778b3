"""Units as places to send a matter to."""

from bot.rules.words import Post
from handlers.desk import Desk
from storage import people
from storage.tables import Matter

TAKING = (Post.INTAKE, Post.DEPUTY_HEAD, Post.HEAD)


def staffed(desk: Desk, matter: Matter) -> list[tuple[int, str]]:
    """(unit, name) of the units where somebody could answer who did not raise it, by name."""
    found = {
        unit
        for post in TAKING
        for person, unit in people.everyone_with(desk.session, post, desk.today)
        if person.id != matter.raised_by
    }
    names = people.unit_names(desk.session)
    return [(unit, names[unit]) for unit in sorted(found, key=names.__getitem__)]
