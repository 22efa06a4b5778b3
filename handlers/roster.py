"""Who is who, changed: people, invites, posts. The same functions serve the chat and the command line."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.rules.words import Post
from handlers import start
from handlers.desk import Desk
from handlers.matters import number_of
from storage import handover, people, roster
from storage.imports import PLACEHOLDER
from storage.tables import Assignment, Person, PostHeld, Project, Unit


class Refused(Exception):
    """Cannot be done: `name` is the text that says why and what to do."""

    def __init__(self, name: str, /, **facts: Any) -> None:
        super().__init__(name)
        self.name = name
        self.facts = facts

    def said(self, desk: Desk, locale: str = "") -> str:
        return desk.text(self.name, locale, **self.facts)


# --- finding ------------------------------------------------------------------------------------------------------------


def unit(desk: Desk, name: str) -> Unit:
    """The unit of this name. Raises Refused, with the names most like it."""
    found = people.unit_named(desk.session, name)
    if found is None:
        raise Refused("admin.unit_unknown", unit=name, near=near_units(desk, name))
    return found


def near_units(desk: Desk, name: str) -> list[str]:
    """The names of units that are most like a name that is not known."""
    return difflib.get_close_matches(name, roster.units(desk.session), n=3, cutoff=0.3)


def own_unit(desk: Desk, row: Person) -> Unit:
    """A person's unit. Raises Refused where they have none."""
    found = desk.session.get(Unit, row.unit) if row.unit else None
    if found is None:
        raise Refused("admin.no_unit", name=row.name)
    return found


def persons(desk: Desk, name: str, unit_name: str = "") -> list[Person]:
    """The active persons of this name, of one unit where it is given. Raises Refused where there is none."""
    where = unit(desk, unit_name).id if unit_name else None
    found = people.person_named(desk.session, name, where)
    if not found:
        raise Refused("admin.person_unknown", name=name, unit=unit_name, near=near_names(desk, name))
    return found


def near_names(desk: Desk, name: str) -> list[str]:
    """The names of people that are most like a name that is not known."""
    return difflib.get_close_matches(name, roster.names(desk.session), n=3, cutoff=0.5)


def person(desk: Desk, name: str, unit_name: str = "") -> Person:
    """The one person of this name. Raises Refused where there is none, or several: then with their units."""
    found = persons(desk, name, unit_name)
    if len(found) > 1:
        raise Refused("admin.which_person", name=name, choices=told_apart(desk, found))
    return found[0]


def described(desk: Desk, row: Person) -> str:
    """A person's unit and title."""
    name = people.unit_names(desk.session).get(row.unit or 0, "")
    return " ".join(part for part in (name, row.title) if part)


def told_apart(desk: Desk, rows: Sequence[Person]) -> list[str]:
    """What tells people of one name apart: unit and title, and the end of the telephone number where those are the same."""
    found = [described(desk, row) for row in rows]
    return [
        f"{words} …{row.phone[-4:]}" if found.count(words) > 1 else words
        for words, row in zip(found, rows, strict=True)
    ]


def add_person(desk: Desk, name: str, unit_id: int | None, by: int | None) -> Person:
    row = people.add_person(desk.session, name, unit_id, desk.now)
    desk.note("person.added", person=by, facts={"person": row.id, "unit": unit_id})
    return row


def add_unit(desk: Desk, name: str, by: int | None) -> Unit:
    """A new unit below the district; the district itself where there is none yet."""
    top = people.root_unit(desk.session)
    made = people.unit_named(desk.session, name, make=True, parent=top.id if top else None)
    assert made is not None
    desk.note("unit.added", person=by, facts={"unit": made.id, "name": name})
    return made


# --- inviting -----------------------------------------------------------------------------------------------------------


def invite(desk: Desk, row: Person, by: int | None = None) -> dict[str, Any]:
    """A one-use code for a person, with the link that brings it along where the bot's name is known."""
    code = start.invite(desk, row.id, by)
    hours = desk.policy.file.invite.hours
    return {
        "person": row.id, "name": row.name, "unit": people.unit_names(desk.session).get(row.unit or 0, ""), "title": row.title, "code": code,
        "hours": hours, "expires_at": (desk.now + timedelta(hours=hours)).isoformat(),
        "links": {channel: f"{link}{code}" for channel, link in desk.house.links.items()},
    }  # fmt: skip


def invite_unit(desk: Desk, name: str, by: int | None = None) -> dict[str, Any]:
    """A code for everyone of a unit who is not bound yet. Raises Refused where that is nobody."""
    found = unit(desk, name)
    unbound = roster.unbound(desk.session, found.id)
    if not unbound:
        raise Refused("admin.all_bound", unit=name, count=roster.head_count(desk.session, found.id))
    bound = roster.head_count(desk.session, found.id) - len(unbound)
    return {"unit": name, "bound": bound, "invites": [invite(desk, row, by) for row in unbound]}


def first_administrator(desk: Desk, name: str, unit_name: str = "", by: int | None = None) -> Person:
    """The person of this name with the post of administrator for the whole district; made where nobody is called so."""
    top = people.root_unit(desk.session) or add_unit(desk, unit_name or PLACEHOLDER, by)
    try:
        row = person(desk, name, unit_name)
    except Refused as refused:
        if refused.name != "admin.person_unknown":
            raise
        row = add_person(desk, name, unit(desk, unit_name).id if unit_name else top.id, by)
    give_post(desk, row, Post.ADMINISTRATOR, top, by=by)
    return row


# --- posts --------------------------------------------------------------------------------------------------------------


def post_named(word: str) -> Post:
    """A post by its word. Raises Refused with the words there are."""
    found = Post.of(word)
    if found is None:
        raise Refused("admin.post_unknown", word=word, posts=list(Post))
    return found


def give_post(
    desk: Desk, row: Person, post: Post, where: Unit, *, until: date | None = None, by: int | None = None
) -> dict[str, Any]:
    """Gives a post from today on. Raises Refused where its end lies behind."""
    if until is not None and until < desk.today:
        raise Refused("admin.until_past", until=until)
    before = {held.id for held in people.posts_of(desk.session, row.id, desk.today)}
    held = people.give_post(desk.session, row.id, where.id, post, desk.today)
    if held.until != until:
        held.until = until
        desk.session.flush()
    elif held.id in before:
        return {"person": row.id, "name": row.name, "post": post, "unit": where.name, "until": until, "new": False}
    desk.note("post.given", person=by, facts={"person": row.id, "post": post, "unit": where.id, "until": until})
    return {"person": row.id, "name": row.name, "post": post, "unit": where.name, "until": until, "new": True}


def end_post(desk: Desk, row: Person, post: Post, where: Unit | None, by: int | None = None) -> list[str]:
    """Takes a post back, in one unit or wherever it is held; returns the units. Raises Refused: not held, or the last administrator."""
    held = [
        one
        for one in people.posts_of(desk.session, row.id, desk.today)
        if one.role is post and (where is None or one.unit == where.id)
    ]
    if not held:
        raise Refused("admin.post_not_held", name=row.name, post=post)
    if post is Post.ADMINISTRATOR and roster.only_administrator(desk.session, row.id, desk.today):
        raise Refused("admin.last_administrator", name=row.name)
    for one in held:
        end_held_post(desk, one, by)
    known = people.unit_names(desk.session)
    return [known[one.unit] for one in held]


def end_held_post(desk: Desk, held: PostHeld, by: int | None = None) -> None:
    """A post ends; yesterday was its last day."""
    roster.end_post(desk.session, held, desk.today)
    desk.note("post.ended", person=by, facts={"person": held.person, "post": held.role, "unit": held.unit})


# --- what somebody holds ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Holdings:
    """What somebody holds: shown before it is taken, listed where it leaves a gap."""

    accounts: int
    posts: list[tuple[Post, str]]
    roles: list[tuple[Assignment, Project]]
    matters: tuple[str, ...] = ()
    """The open matters they have, by number."""

    @property
    def lines(self) -> list[tuple[str, Any]]:
        """(project, role), each once."""
        return [(f"{project.number} {project.name}", held.role) for held, project in self.roles]


def holdings(desk: Desk, row: Person) -> Holdings:
    known = people.unit_names(desk.session)
    posts = [(held.role, known[held.unit]) for held in people.posts_of(desk.session, row.id, desk.today)]
    roles = roster.assignments(desk.session, row.id, desk.today)
    matters = tuple(number_of(desk, matter) for matter in handover.held(desk.session, row.id))
    return Holdings(len(roster.accounts(desk.session, row.id)), posts, roles, matters)


# --- who somebody is ----------------------------------------------------------------------------------------------------


def profile(desk: Desk, row: Person) -> dict[str, Any]:
    """What is known of a person: accounts, posts, projects, when they last spoke. No count of how much they use the bot."""
    accounts = roster.accounts(desk.session, row.id)
    held = holdings(desk, row)
    return {
        "name": row.name, "unit": people.unit_names(desk.session).get(row.unit or 0, ""), "title": row.title, "phone": row.phone,
        "accounts": [(account.channel, account.name, account.bound_at, account.unreachable) for account in accounts],
        "seen": max((account.used_at for account in accounts), default=None),
        "posts": held.posts, "lines": held.lines[:12], "count": len(held.lines),
    }  # fmt: skip
