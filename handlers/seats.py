"""Who sits on the rungs of a matter: as it was frozen when it was raised, and who holds those places today."""

import json
from collections.abc import Iterable
from dataclasses import replace

from bot.rules.entitlement import Action
from bot.rules.ladder import Seat, Step, from_json
from bot.rules.words import Post, Role, Rung
from handlers.desk import Desk
from storage import matters, people
from storage.tables import Matter, Person, Project

GONE = -1
"""Stands in for a person who is no longer where the frozen ladder has them."""
LEADERS = {Rung.GENERAL_DISPATCHER: Role.GENERAL_DISPATCHER, Rung.GENERAL_COORDINATOR: Role.GENERAL_COORDINATOR}
HEADS = {Rung.DEPUTY_HEAD: Post.DEPUTY_HEAD, Rung.HEAD: Post.HEAD}


# --- frozen ---------------------------------------------------------------------------------------------------------------


def steps(matter: Matter) -> tuple[Step, ...]:
    return from_json(json.dumps(matter.steps))


def everybody(matter: Matter) -> list[int]:
    """Everybody on the ladder, peers included."""
    found = [person for seat in matter.seats for person in (seat["person"], *seat["peers"]) if person is not None]
    return list(dict.fromkeys(found))


def of_unit_or_project(desk: Desk, matter: Matter, project: Project | None, unit: int | None) -> list[Seat]:
    """Every rung as things are: up the side of the unit that answers, then to the project's leaders, then by the office to a meeting
    and to the level above. Where no unit answers, the project's 调度责任人 and 协调责任人 do; where they are missing too, the
    dispatcher, before any leader is troubled."""
    raised_by = matter.raised_by
    assigned = desk.assigned(project.id) if project else {}
    roles = {role: _active(desk, persons) for role, persons in assigned.items()}
    office = [person for person in dispatchers(desk, matter) if person != raised_by]
    leaders = [_seat(rung, roles.get(role, [])) for rung, role in LEADERS.items()]
    leaders += [_seat(rung, office[:1]) for rung in Rung if rung.office]
    coordinators = roles.get(Role.COORDINATOR, [])
    if unit is not None:
        section, deputy, head = unit_seats(desk, unit, raised_by)
        return [section, deputy, replace(head, peers=tuple(coordinators)), *leaders]
    below = [
        _seat(Rung.SECTION, roles.get(Role.DISPATCH_OFFICIAL, [])),
        Seat(Rung.DEPUTY_HEAD, None),
        _seat(Rung.HEAD, coordinators),
    ]
    if all(seat.person in (None, raised_by) for seat in below):
        below[0] = _seat(Rung.SECTION, office[:1])
    return [*below, *leaders]


def dispatchers(desk: Desk, matter: Matter) -> list[int]:
    """Who dispatches the project, or the unit in whose scope a matter of no project lies."""
    found = people.everyone_with(desk.session, Post.DISPATCHER, desk.today)
    if matter.project is not None:
        return [person.id for person, _ in found if desk.may(person.id, Action.DISPATCH, matter.project)]
    return [person.id for person, unit in found if matter.unit_scope in people.subtree(desk.session, unit)]


def unit_seats(desk: Desk, unit: int, raised_by: int) -> list[Seat]:
    """Intake, deputy head and head of a unit. Of two at the intake the one who did not raise the matter."""
    intake = [
        person.id for person in people.holders(desk.session, unit, Post.INTAKE, desk.today) if person.id != raised_by
    ]
    heads = [
        Seat(rung, next((person.id for person in people.holders(desk.session, unit, post, desk.today)), None), unit)
        for rung, post in HEADS.items()
    ]
    return [Seat(Rung.SECTION, intake[0] if intake else None, unit), *heads]


def _seat(rung: Rung, persons: list[int]) -> Seat:
    """The first of two names answers, the others watch."""
    return Seat(rung, persons[0] if persons else None, None, tuple(persons[1:]))


def _active(desk: Desk, persons: Iterable[int]) -> list[int]:
    rows = (desk.session.get(Person, person) for person in persons)
    return [row.id for row in rows if row is not None and row.active]


# --- today --------------------------------------------------------------------------------------------------------------


def standing(desk: Desk, matter: Matter) -> list[Step]:
    """The frozen steps as they are held today: whoever has taken the place of one who is gone sits there, GONE where nobody does. Who
    has the matter on its rung has it."""
    now = steps(matter)
    return [
        step if at == matter.rung else replace(step, person=_held_by(desk, matter, step)) for at, step in enumerate(now)
    ]


def _held_by(desk: Desk, matter: Matter, step: Step) -> int:
    """Who holds the place of a step today: whom it was frozen with while they do, else who came after them, who neither raised the
    matter nor has it already (the office alone has it on rung after rung)."""
    if holds(desk, matter, step):
        return step.person
    held = holders(desk, matter, step)
    barred = (matter.raised_by,) if step.rung.office else (matter.raised_by, matter.person)
    return next((one for one in held if one not in barred), GONE)


def holds(desk: Desk, matter: Matter, step: Step) -> bool:
    """Whether who sits on a step holds its place. A unit shares its work as it likes: on its first rung, and where it was passed on to a
    colleague (转办) who never had the post, whoever is still there does."""
    if step.person in holders(desk, matter, step):
        return True
    post = HEADS.get(step.rung)
    lent = (
        post is not None and step.unit is not None and not people.had_post(desk.session, step.person, step.unit, post)
    )
    return (step.rung is Rung.SECTION or lent) and bool(_active(desk, [step.person]))


def holders(desk: Desk, matter: Matter, step: Step) -> list[int]:
    """Everybody who holds the place of a step today, the first answers: a post of the unit, a role in the project, the office."""
    if step.rung.office:
        return dispatchers(desk, matter)
    if step.unit is not None and step.rung not in LEADERS:
        post = HEADS.get(step.rung, Post.INTAKE)
        return [person.id for person in people.holders(desk.session, step.unit, post, desk.today)]
    role = LEADERS.get(step.rung, Role.DISPATCH_OFFICIAL if step.rung is Rung.SECTION else Role.COORDINATOR)
    return _active(desk, desk.assigned(matter.project).get(role, ()) if matter.project is not None else ())


def take_place(desk: Desk, matter: Matter, at: int) -> int:
    """Whoever holds the place of a step today sits on it from now, and may see the matter. Returns who: GONE where nobody does."""
    step = steps(matter)[at]
    person = _held_by(desk, matter, step)
    if person not in (step.person, GONE):
        put(matter, step.rung, person)
        matters.concern(desk.session, matter.id, [person])
    return person


def put(matter: Matter, rung: Rung, person: int) -> None:
    """This person sits on a rung from now; the others are as they were, whoever sits there."""
    matter.seats = [{**one, "person": person} if one["rung"] == rung else one for one in matter.seats]
    matter.steps = [
        {**one, "person": person, "peers": [peer for peer in one["peers"] if peer != person]} if one["rung"] == rung else one
        for one in matter.steps
    ]  # fmt: skip
