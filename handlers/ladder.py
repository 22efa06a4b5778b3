"""The ladder of a matter: where it goes, who sits on it, and how it climbs (001: 分级负责、逐层解决)."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from bot.rules.entitlement import Action
from bot.rules.ladder import LadderPolicy, Seat, Step, decide, due_at, freeze, from_json, limit, to_json
from bot.rules.limits import end_of
from bot.rules.matters import WORKING
from bot.rules.words import Category, MatterState, Origin, Post, Role, Rung, Urgency
from handlers import limits
from handlers.desk import Desk
from handlers.matters import about
from handlers.parties import office
from handlers.telling import hand_to, inform, record, ruling, take_back, tell_raiser
from storage import people
from storage.tables import Matter, Person, Project

GONE = -1
"""Stands in for a person who is no longer where the frozen ladder has them."""
LEADERS = {Rung.GENERAL_DISPATCHER: Role.GENERAL_DISPATCHER, Rung.GENERAL_COORDINATOR: Role.GENERAL_COORDINATOR}
HEADS = {Rung.DEPUTY_HEAD: Post.DEPUTY_HEAD, Rung.HEAD: Post.HEAD}

# --- laying it --------------------------------------------------------------------------------------------------------


def route(desk: Desk, category: Category, raised_by: int, project: Project | None) -> int | None:
    """The unit that the policy names for a category: the first that exists and has somebody to answer; None: the project's own people."""
    for name in _named(desk, category, project):
        unit = people.unit_named(desk.session, name)
        if unit is not None and any(
            seat.person not in (None, raised_by) for seat in _unit_seats(desk, unit.id, raised_by)
        ):
            return unit.id
    return None


def _named(desk: Desk, category: Category, project: Project | None) -> tuple[str, ...]:
    """The units a category goes to: in the project's own district, where the policy has a table for it, else in general. What is not
    named for one of 路水电网气热 goes where 要素 go."""
    file = desk.policy.file
    above = people.above(desk.session, project.unit) if project else ()
    tables = [*(file.routes[name] for name in above if name in file.routes), file.route]
    wanted = (category, Category.UTILITIES) if category.utility else (category,)
    return next((table[one] for table in tables for one in wanted if table.get(one)), ())


def lay(desk: Desk, matter: Matter, project: Project | None, unit: int | None, person: int | None = None) -> None:
    """Freezes the ladder of a matter as it is sent to a unit (to this person of it), and puts it on the first rung. Limits once frozen stay."""
    seats = _seats(desk, matter, project, unit)
    if person is not None:
        seats[0] = Seat(Rung.SECTION, person, unit)
    minutes = desk.calendar.minutes_per_day
    frozen = {Rung(seat["rung"]): seat["minutes"] for seat in matter.seats}
    ladder = desk.policy.ladder_of(matter.category)
    matter.unit = unit
    matter.seats = [
        {
            "rung": seat.rung,
            "person": seat.person,
            "unit": seat.unit,
            "peers": list(seat.peers),
            "minutes": frozen.get(seat.rung) or limit(seat.rung, ladder, matter.urgency, minutes),
        }
        for seat in seats
    ]
    build(matter)
    stand(desk, matter, 0)
    if not matter.steps:
        matter.asked_at = desk.now


def lay_open(desk: Desk, matter: Matter) -> None:
    """Nobody is named for it: nobody has it until the office says who; the office has a working day for that."""
    matter.unit, matter.seats, matter.steps, matter.rung = None, [], [], 0
    hold(desk, matter, None)
    begin_anew(desk, matter)
    matter.asked_at = desk.now
    limits.start(desk, matter, desk.calendar.add_working_days(desk.now, 1))


def build(matter: Matter) -> None:
    """The steps that follow from the frozen seats."""
    seats = [Seat(Rung(one["rung"]), one["person"], one["unit"], tuple(one["peers"])) for one in matter.seats]
    limits_of = {rung: Decimal(1) for rung in Rung} | {
        Rung(one["rung"]): Decimal(one["minutes"]) for one in matter.seats
    }
    matter.steps = json.loads(
        to_json(freeze(seats, matter.raised_by, LadderPolicy(limits=limits_of), Urgency.ORDINARY, 1))
    )


def stand(desk: Desk, matter: Matter, rung: int) -> None:
    """Puts a matter on a rung: unsigned, its limit beginning now."""
    step = steps(matter)[rung] if matter.steps else None
    matter.rung = rung
    hold(desk, matter, step.person if step else None)
    matter.proposed_at, matter.held, matter.asked_at, matter.promise_open = None, False, None, None
    matter.proposal, matter.lent_by, matter.lent_until = "", None, None
    begin_anew(desk, matter)


def hold(desk: Desk, matter: Matter, person: int | None) -> None:
    """Gives a matter into a person's hands, who has not signed for it yet."""
    matter.person, matter.handed_at = person, desk.now
    matter.state, matter.signed_at = MatterState.UNSIGNED, None


def reseat(matter: Matter, person: int) -> None:
    """This person sits on the rung where the matter stands, from now; the other rungs are as they were, whoever sits there."""
    rung = matter.steps[matter.rung]["rung"]
    matter.seats = [{**seat, "person": person} if seat["rung"] == rung else seat for seat in matter.seats]
    matter.steps = [{**step, "person": person} if step["rung"] == rung else step for step in matter.steps]


def seat_first(matter: Matter, person: int) -> None:
    """This person answers on the unit's first rung from now, where nobody sat before, too; whoever shared it out stays above."""
    unit = matter.unit
    matter.seats = [
        {**seat, "person": person, "unit": unit} if seat["rung"] == Rung.SECTION else seat for seat in matter.seats
    ]
    build(matter)


def begin_anew(desk: Desk, matter: Matter) -> None:
    """The limit of the rung where a matter stands begins now; a day that was ordered from above and is still ahead ends it earlier."""
    due = due_at(steps(matter)[matter.rung], desk.now, desk.calendar) if matter.steps else desk.now
    ordered = _ordered(desk, matter)
    if matter.promised_on is not None and ordered is None:
        matter.earlier_dates = [*matter.earlier_dates, matter.promised_on.isoformat()]
        matter.promised_on = None
    limits.start(desk, matter, min(due, ordered) if ordered else due)


def end_with_rung(desk: Desk, matter: Matter) -> None:
    """Another day was given: the limit that runs ends with its rung's, counted from where it began, or with that day."""
    due, ordered = due_at(steps(matter)[matter.rung], matter.since_at, desk.calendar), _ordered(desk, matter)
    matter.due_at = min(due, ordered) if ordered else due
    limits.plan_look(desk, matter)


def _ordered(desk: Desk, matter: Matter) -> datetime | None:
    """The end of the day by which the result was ordered, while it is ahead. A blocker's day is its holder's promise: it goes with the holder."""
    if matter.promised_on is None or matter.origin is Origin.BLOCKER:
        return None
    end = end_of(matter.promised_on, desk.calendar)
    return end if end > desk.now else None


def steps(matter: Matter) -> tuple[Step, ...]:
    return from_json(json.dumps(matter.steps))


def everybody(matter: Matter) -> list[int]:
    """Everybody on the ladder, peers included."""
    found = [person for seat in matter.seats for person in (seat["person"], *seat["peers"]) if person is not None]
    return list(dict.fromkeys(found))


def _seats(desk: Desk, matter: Matter, project: Project | None, unit: int | None) -> list[Seat]:
    """Every rung as things are: up the side of the unit that answers, then to the project's leaders, then by the office to a meeting
    and to the level above. Where no unit answers, the project's 调度责任人 and 协调责任人 do; where they are missing too, the
    dispatcher, before any leader is troubled."""
    raised_by = matter.raised_by
    assigned = desk.assigned(project.id) if project else {}
    roles = {role: _active(desk, persons) for role, persons in assigned.items()}
    dispatchers = [person for person in _dispatchers(desk, matter, project) if person != raised_by]
    leaders = [_seat(rung, roles.get(role, [])) for rung, role in LEADERS.items()]
    leaders += [_seat(rung, dispatchers[:1]) for rung in Rung if rung.office]
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
        below[0] = _seat(Rung.SECTION, dispatchers[:1])
    return [*below, *leaders]


def _dispatchers(desk: Desk, matter: Matter, project: Project | None) -> list[int]:
    """Who dispatches the project, or the unit in whose scope a matter of no project lies."""
    found = people.everyone_with(desk.session, Post.DISPATCHER, desk.today)
    if project is not None:
        return [person.id for person, _ in found if desk.may(person.id, Action.DISPATCH, project.id)]
    return [person.id for person, unit in found if matter.unit_scope in people.subtree(desk.session, unit)]


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


def climb(
    desk: Desk, matter: Matter, to: int, *, by: int | None = None, why: str = "", at_once: bool | None = None
) -> None:
    """Up to a rung: the new rung gets everything, the old one is told that it moved, peers and raiser hear of it."""
    before, at = matter.person, matter.rung
    passed = steps(matter)[at + 1 : to + 1]
    moved = {"from": matter.steps[at]["rung"], "to": matter.steps[to]["rung"], "skipped": to - at - 1}
    stand(desk, matter, to)
    matter.climbed_on = desk.today
    if steps(matter)[to].rung is Rung.MEETING:
        matter.agenda_at = matter.agenda_at or desk.now
    entry = record(desk, matter, "climbed", person=by, facts={**moved, "by": "hand" if by else "clock"}, words=why)
    take_back(desk, matter)
    told = {matter.raised_by, matter.person, by}
    if matter.person is not None:
        hand_to(desk, matter, entry, matter.person, "climbed", said=why, at_once=at_once)
    if before is not None and before not in told:
        inform(desk, matter, entry, before, "moved_up")
        told.add(before)
    for peer in dict.fromkeys(peer for step in passed for peer in step.peers):
        if peer not in told:
            inform(desk, matter, entry, peer, "peer")
    tell_raiser(desk, matter, entry, "climbed", by=by)


def send_down(desk: Desk, matter: Matter) -> None:
    """A leader has decided: whoever sits highest below the leaders carries it out; where nobody does, the office."""
    below = [
        at
        for at, step in enumerate(_standing(desk, matter)[: matter.rung])
        if not (step.rung.district_leader or step.rung.office) and _present(desk, matter, step)
    ]
    offices = [at for at, step in enumerate(steps(matter)) if step.rung.office]
    stand(desk, matter, below[-1] if below else offices[0] if offices else matter.rung)


def rung_at(matter: Matter, rung: Rung) -> int | None:
    """Where a rung stands in the frozen ladder; None where it is not there."""
    return next((at for at, step in enumerate(steps(matter)) if step.rung is rung), None)


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
    limits.start(desk, matter, desk.calendar.add_working_days(desk.now, 1))
    entry = record(desk, matter, "disputed", person=by, facts={"silent": by is None}, words=why)
    take_back(desk, matter)
    for person in office(desk, matter):
        hand_to(desk, matter, entry, person, "disputed", said=why)


def settle(desk: Desk, matter: Matter) -> None:
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


def rungs_above(desk: Desk, matter: Matter) -> list[int]:
    """The rungs above that have somebody on them, lowest first."""
    above = list(enumerate(_standing(desk, matter)))[matter.rung + 1 :]
    return [at for at, step in above if step.person != GONE]


def next_rung(desk: Desk, matter: Matter) -> int | None:
    """The next rung up with somebody on it; None at the top."""
    return next(iter(rungs_above(desk, matter)), None)


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
    assigned = desk.assigned(matter.project) if matter.project is not None else {}
    if step.rung in LEADERS:
        return step.person in assigned.get(LEADERS[step.rung], ())
    if step.rung.office:
        return any(post is Post.DISPATCHER for post, _ in people.held_by(desk.session, step.person, desk.today))
    if step.unit is None:
        return step.rung is Rung.SECTION or step.person in assigned.get(Role.COORDINATOR, ())
    if step.rung is Rung.SECTION:
        return True
    return any(
        holder.id == step.person for holder in people.holders(desk.session, step.unit, HEADS[step.rung], desk.today)
    )


def list_again(desk: Desk, matter: Matter) -> None:
    """A matter that can climb no further never falls silent: each working morning it is in the bundle of who has it and of the office."""
    day = next_morning(desk)
    holder = [matter.person] if matter.state in WORKING and matter.person is not None else []
    for person in dict.fromkeys([*holder, *office(desk, matter)]):
        desk.remind(
            person, "matter_top", key=f"top:{matter.id}:{person}:{day}", about=about(matter) if person in holder else ruling(matter),
            project=matter.project, matter=matter.id, day=day,
        )  # fmt: skip


def next_morning(desk: Desk) -> date:
    """The day of the next bundle: today until its hour, else the next working day."""
    before = desk.calendar.local(desk.now).time() < desk.policy.file.hours.bundle
    return desk.today if before and desk.calendar.is_workday(desk.today) else desk.calendar.next_workday(desk.today)
