"""The ladder of a matter: where it goes, who sits on it, and what the clock does when a limit passes (001: 分级负责、逐层解决)."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.rules.entitlement import Action
from bot.rules.ladder import LadderPolicy, Seat, Step, decide, due_at, freeze, from_json, limit, to_json
from bot.rules.matters import WORKING
from bot.rules.words import Category, MatterState, Post, Role, Rung, Urgency
from handlers.desk import Desk
from handlers.matters import about
from handlers.parties import office
from handlers.telling import hand_to, inform, record, ruling, take_back, tell_raiser
from storage import matters, people
from storage.tables import Matter, Person, Project

GONE = -1
"""Stands in for a person who is no longer where the frozen ladder has them."""
LEADERS = {Rung.GENERAL_DISPATCHER: Role.GENERAL_DISPATCHER, Rung.GENERAL_COORDINATOR: Role.GENERAL_COORDINATOR}
HEADS = {Rung.DEPUTY_HEAD: Post.DEPUTY_HEAD, Rung.HEAD: Post.HEAD}

# --- laying it --------------------------------------------------------------------------------------------------------


def route(desk: Desk, category: Category, raised_by: int) -> int | None:
    """The unit that the policy names for a category: the first that exists and has somebody to answer; None: the project's own people."""
    for name in desk.policy.file.route.get(category, ()):
        unit = people.unit_named(desk.session, name)
        if unit is not None and any(
            seat.person not in (None, raised_by) for seat in _unit_seats(desk, unit.id, raised_by)
        ):
            return unit.id
    return None


def lay(desk: Desk, matter: Matter, project: Project, unit: int | None) -> None:
    """Freezes the ladder of a matter as it is sent to a unit, and puts it on the first rung. Limits once frozen stay."""
    seats = _seats(desk, project, unit, matter.raised_by)
    limits = {Rung(seat["rung"]): seat["minutes"] for seat in matter.seats} or {
        rung: limit(rung, desk.policy.ladder, matter.urgency, desk.calendar.minutes_per_day) for rung in Rung
    }
    matter.unit = unit
    matter.seats = [
        {
            "rung": seat.rung,
            "person": seat.person,
            "unit": seat.unit,
            "peers": list(seat.peers),
            "minutes": limits[seat.rung],
        }
        for seat in seats
    ]
    build(matter)
    stand(desk, matter, 0)
    if not matter.steps:
        matter.asked_at = desk.now


def build(matter: Matter) -> None:
    """The steps that follow from the frozen seats."""
    seats = [Seat(Rung(one["rung"]), one["person"], one["unit"], tuple(one["peers"])) for one in matter.seats]
    limits = LadderPolicy(limits={Rung(one["rung"]): Decimal(one["minutes"]) for one in matter.seats})
    matter.steps = json.loads(to_json(freeze(seats, matter.raised_by, limits, Urgency.ORDINARY, 1)))


def stand(desk: Desk, matter: Matter, rung: int) -> None:
    """Puts a matter on a rung: unsigned, its limit beginning now."""
    step = steps(matter)[rung] if matter.steps else None
    matter.rung, matter.person = rung, step.person if step else None
    matter.state, matter.signed_at = MatterState.UNSIGNED, None
    matter.proposed_at, matter.held, matter.asked_at = None, False, None
    matter.due_at = due_at(step, desk.now, desk.calendar) if step else desk.now


def begin_anew(desk: Desk, matter: Matter) -> None:
    """The limit of the rung where a matter stands begins now."""
    if matter.steps:
        matter.due_at = due_at(steps(matter)[matter.rung], desk.now, desk.calendar)


def steps(matter: Matter) -> tuple[Step, ...]:
    return from_json(json.dumps(matter.steps))


def everybody(matter: Matter) -> list[int]:
    """Everybody on the ladder, peers included."""
    found = [person for seat in matter.seats for person in (seat["person"], *seat["peers"]) if person is not None]
    return list(dict.fromkeys(found))


def _seats(desk: Desk, project: Project, unit: int | None, raised_by: int) -> list[Seat]:
    """Every rung as things are: up the side of the unit that answers, then to the project's leaders. Where no unit answers, the
    project's 调度责任人 and 协调责任人 do; where they are missing too, the dispatcher, before any leader is troubled."""
    roles = {role: _active(desk, persons) for role, persons in desk.assigned(project.id).items()}
    leaders = [_seat(rung, roles.get(role, [])) for rung, role in LEADERS.items()]
    coordinators = roles.get(Role.COORDINATOR, [])
    if unit is not None:
        section, deputy, head = _unit_seats(desk, unit, raised_by)
        return [section, deputy, replace(head, peers=tuple(coordinators)), *leaders]
    below = [
        _seat(Rung.SECTION, roles.get(Role.DISPATCH_OFFICIAL, [])),
        Seat(Rung.DEPUTY_HEAD, None),
        _seat(Rung.HEAD, coordinators),
    ]
    if all(seat.person in (None, raised_by) for seat in below):
        dispatchers = [
            person.id
            for person, _ in people.everyone_with(desk.session, Post.DISPATCHER, desk.today)
            if person.id != raised_by and desk.may(person.id, Action.DISPATCH, project.id)
        ]
        below[0] = _seat(Rung.SECTION, dispatchers[:1])
    return [*below, *leaders]


def _unit_seats(desk: Desk, unit: int, raised_by: int) -> list[Seat]:
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


# --- climbing ---------------------------------------------------------------------------------------------------------


def climb(desk: Desk, matter: Matter, to: int, *, by: int | None = None, why: str = "") -> None:
    """One rung up: the new rung gets everything, the old one is told that it moved, peers and raiser hear of it."""
    before, at = matter.person, matter.rung
    passed = steps(matter)[at + 1 : to + 1]
    moved = {"from": matter.steps[at]["rung"], "to": matter.steps[to]["rung"], "skipped": to - at - 1}
    stand(desk, matter, to)
    matter.climbed_on = desk.today
    entry = record(desk, matter, "climbed", person=by, facts={**moved, "by": "hand" if by else "clock"}, words=why)
    take_back(desk, matter)
    told = {matter.raised_by, matter.person, by}
    if matter.person is not None:
        hand_to(desk, matter, entry, matter.person, "climbed", said=why)
    if before is not None and before not in told:
        inform(desk, matter, entry, before, "moved_up")
        told.add(before)
    for peer in dict.fromkeys(peer for step in passed for peer in step.peers):
        if peer not in told:
            inform(desk, matter, entry, peer, "peer")
    tell_raiser(desk, matter, entry, "climbed", by=by)


def rested(desk: Desk, matter: Matter) -> bool:
    """Whether a working day has begun since the matter last climbed: at most one rung per working day."""
    return matter.climbed_on is None or desk.calendar.workdays_between(matter.climbed_on, desk.today) > 0


def propose(desk: Desk, matter: Matter, to: int) -> None:
    """拟提级: before the first district leader hears, the office has half a working day to say no."""
    matter.proposed_at = desk.now
    entry = record(desk, matter, "proposed", facts={"to": matter.steps[to]["rung"]}, moves=False)
    for person in office(desk, matter):
        hand_to(desk, matter, entry, person, "proposed")


def dispute(desk: Desk, matter: Matter, *, by: int | None = None, why: str = "") -> None:
    """The raiser is not content, or silent for too long: the office must rule. Those who answered are not told."""
    matter.state = MatterState.DISPUTED
    matter.due_at = desk.calendar.add_working_days(desk.now, 1)
    entry = record(desk, matter, "disputed", person=by, facts={"silent": by is None}, words=why)
    take_back(desk, matter)
    for person in office(desk, matter):
        hand_to(desk, matter, entry, person, "disputed", said=why)


# --- the clock --------------------------------------------------------------------------------------------------------


def look(desk: Desk) -> int:
    """Asks what has become of every open matter whose limit has passed. Returns how many there were."""
    found = matters.due(desk.session, desk.now)
    for matter in found:
        if matter.state is MatterState.ANSWERED:
            dispute(desk, matter)
        elif matter.state in WORKING:
            _settle(desk, matter)
        else:
            list_again(desk, matter)
    return len(found)


def _settle(desk: Desk, matter: Matter) -> None:
    """What the rule says of a matter whose rung has let its limit pass."""
    verdict = decide(
        _standing(desk, matter), matter.rung, matter.due_at, desk.now, matter.proposed_at, matter.climbed_on, matter.held, desk.policy.ladder,
        desk.calendar, desk.calendar.minutes_per_day, frozenset({GONE}),
    )  # fmt: skip
    if verdict.kind == "climb":
        climb(desk, matter, verdict.step)
    elif verdict.kind == "propose":
        propose(desk, matter, verdict.step)
    elif verdict.kind == "top" or verdict.reason.code == "held":
        list_again(desk, matter)


def next_rung(desk: Desk, matter: Matter) -> int | None:
    """The next rung up with somebody on it; None at the top."""
    above = list(enumerate(_standing(desk, matter)))[matter.rung + 1 :]
    return next((at for at, step in above if step.person != GONE), None)


def _standing(desk: Desk, matter: Matter) -> list[Step]:
    """The frozen steps, with a mark in the place of those above who are gone."""
    return [
        step if at <= matter.rung or _present(desk, matter, step) else replace(step, person=GONE)
        for at, step in enumerate(steps(matter))
    ]


def _present(desk: Desk, matter: Matter, step: Step) -> bool:
    """Whether somebody is still where the frozen ladder has them: active, and the post or assignment not ended."""
    person = desk.session.get(Person, step.person)
    if person is None or not person.active:
        return False
    if step.rung in LEADERS:
        return step.person in desk.assigned(matter.project).get(LEADERS[step.rung], ())
    if step.unit is None:
        return step.rung is Rung.SECTION or step.person in desk.assigned(matter.project).get(Role.COORDINATOR, ())
    if step.rung is Rung.SECTION:
        return True
    return any(
        holder.id == step.person for holder in people.holders(desk.session, step.unit, HEADS[step.rung], desk.today)
    )


def list_again(desk: Desk, matter: Matter) -> None:
    """A matter that can climb no further never falls silent: each working morning it is in the bundle of who has it and of the office."""
    day = _next_morning(desk)
    holder = [matter.person] if matter.state in WORKING and matter.person is not None else []
    for person in dict.fromkeys([*holder, *office(desk, matter)]):
        desk.remind(
            person, "matter_top", key=f"top:{matter.id}:{person}:{day}", about=about(matter) if person in holder else ruling(matter),
            project=matter.project, matter=matter.id, day=day,
        )  # fmt: skip


def _next_morning(desk: Desk) -> date:
    """The day of the next bundle: today until its hour, else the next working day."""
    before = desk.calendar.local(desk.now).time() < desk.policy.file.hours.bundle
    return desk.today if before and desk.calendar.is_workday(desk.today) else desk.calendar.next_workday(desk.today)
