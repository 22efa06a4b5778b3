"""Who is who, changed: invites, posts, leaving, handing over. The same functions serve the chat and the command line."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.messages import Card
from bot.rules.words import Post
from handlers import start
from handlers.desk import Desk
from storage import people, roster
from storage.db import next_id
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
        _end(desk, one, by)
    known = people.unit_names(desk.session)
    return [known[one.unit] for one in held]


def _end(desk: Desk, held: PostHeld, by: int | None) -> None:
    roster.end_post(desk.session, held, desk.today)
    desk.note("post.ended", person=by, facts={"person": held.person, "post": held.role, "unit": held.unit})


# --- leaving and handing over -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Holdings:
    """What somebody holds: shown before it is taken, listed where it leaves a gap."""

    accounts: int
    posts: list[tuple[Post, str]]
    roles: list[tuple[Assignment, Project]]

    @property
    def lines(self) -> list[tuple[str, Any]]:
        """(project, role), each once."""
        return [(f"{project.number} {project.name}", held.role) for held, project in self.roles]


def holdings(desk: Desk, row: Person) -> Holdings:
    known = people.unit_names(desk.session)
    posts = [(held.role, known[held.unit]) for held in people.posts_of(desk.session, row.id, desk.today)]
    return Holdings(
        len(roster.accounts(desk.session, row.id)), posts, roster.assignments(desk.session, row.id, desk.today)
    )


def deactivate(desk: Desk, row: Person, by: int | None = None) -> Holdings:
    """Somebody leaves: from the next message on a stranger. What they held in projects becomes a gap, told to the dispatchers.

    Raises Refused for the last administrator.
    """
    if roster.only_administrator(desk.session, row.id, desk.today):
        raise Refused("admin.last_administrator", name=row.name)
    held = holdings(desk, row)
    for post in people.posts_of(desk.session, row.id, desk.today):
        _end(desk, post, by)
    for assignment, project in held.roles:
        assignment.until = desk.today - timedelta(days=1)
        desk.session.flush()
        desk.note(
            "assignment.ended",
            project=project.id,
            person=by,
            facts={"person": row.id, "why": "left"},
            rows=[assignment],
        )
    roster.leave(desk.session, row, desk.now)
    desk.withdraw(f"unreachable:{row.id}")
    desk.note("person.deactivated", person=by, facts={"person": row.id, "roles": len(held.roles)})
    if held.roles:
        _tell_gaps(desk, row, held)
    return held


def _tell_gaps(desk: Desk, row: Person, held: Holdings) -> None:
    for dispatcher, _ in people.everyone_with(desk.session, Post.DISPATCHER, desk.today):
        card = Card(
            desk.text("admin.gaps", dispatcher.locale, name=row.name, lines=held.lines[:20], count=len(held.lines))
        )
        desk.hand(
            dispatcher.id,
            card,
            key=f"gaps:{row.id}:{desk.today}:{dispatcher.id}",
            about="",
            reason={"text": card.text},
        )


def hand_over(desk: Desk, old: Person, new: Person, by: int | None = None) -> list[tuple[Assignment, Project]]:
    """All that one person holds in projects goes to another, from today; both are told. Raises Refused where there is nothing."""
    if old.id == new.id:
        raise Refused("admin.same_person", name=old.name)
    held = roster.assignments(desk.session, old.id, desk.today)
    if not held:
        raise Refused("admin.nothing_held", name=old.name)
    has = {(one.project, one.role) for one, _ in roster.assignments(desk.session, new.id, desk.today)}
    for assignment, project in held:
        rows = [assignment]
        assignment.until = desk.today - timedelta(days=1)
        if (project.id, assignment.role) not in has:
            made = Assignment(
                id=next_id(desk.session, Assignment), project=project.id, role=assignment.role, person=new.id,
                rank=assignment.rank, since=desk.today,
            )  # fmt: skip
            desk.session.add(made)
            rows.append(made)
        desk.session.flush()
        desk.note(
            "assignment.handed_over", project=project.id, person=by, facts={"from": old.id, "to": new.id}, rows=rows
        )
    for bundle in roster.take_items(desk.session, old.id, {project.id for _, project in held}):
        desk.redraw(bundle)
    _tell_both(desk, old, new, held)
    return held


def _tell_both(desk: Desk, old: Person, new: Person, held: list[tuple[Assignment, Project]]) -> None:
    lines = Holdings(0, [], held).lines
    for row in (old, new):
        text = desk.text(
            "admin.handed_over",
            row.locale,
            old=old.name,
            new=new.name,
            lines=lines[:20],
            count=len(lines),
            mine=row is new,
        )
        if people.account_of(desk.session, row.id):
            desk.hand(row.id, Card(text), key=f"handover:{held[0][0].id}:{row.id}", about="", reason={"text": text})


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
