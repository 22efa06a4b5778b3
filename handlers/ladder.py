"""The ladder of a matter: where it goes, who sits on it, and how it climbs (001: 分级负责、逐层解决)."""

import json
from datetime import date, datetime
from decimal import Decimal

from bot.rules.ladder import LadderPolicy, Seat, decide, due_at, freeze, limit, to_json
from bot.rules.limits import end_of
from bot.rules.matters import WORKING
from bot.rules.words import Category, MatterState, Origin, Rung, Urgency
from handlers import limits, seats, vacancies
from handlers.desk import Desk
from handlers.matters import about
from handlers.parties import office
from handlers.telling import hand_to, inform, let_see, record, ruling, take_back, tell_raiser
from storage import people
from storage.tables import Matter, Project

# --- laying it --------------------------------------------------------------------------------------------------------


def route(desk: Desk, category: Category, raised_by: int, project: Project | None) -> int | None:
    """The unit that the policy names for a category: the first that exists and has somebody to answer; None: the project's own people."""
    for name in _named(desk, category, project):
        unit = people.unit_named(desk.session, name)
        if unit is not None and any(
            seat.person not in (None, raised_by) for seat in seats.unit_seats(desk, unit.id, raised_by)
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
    laid = seats.of_unit_or_project(desk, matter, project, unit)
    if person is not None:
        laid[0] = Seat(Rung.SECTION, person, unit)
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
        for seat in laid
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
    sat = [Seat(Rung(one["rung"]), one["person"], one["unit"], tuple(one["peers"])) for one in matter.seats]
    limits_of = {rung: Decimal(1) for rung in Rung} | {
        Rung(one["rung"]): Decimal(one["minutes"]) for one in matter.seats
    }
    matter.steps = json.loads(
        to_json(freeze(sat, matter.raised_by, LadderPolicy(limits=limits_of), Urgency.ORDINARY, 1))
    )


def stand(desk: Desk, matter: Matter, rung: int) -> None:
    """Puts a matter on a rung, into the hands of whoever holds that place today: unsigned, its limit beginning now."""
    person = seats.take_place(desk, matter, rung) if matter.steps else None
    hold(desk, matter, person if person != seats.GONE else seats.steps(matter)[rung].person)
    matter.rung = rung
    matter.proposed_at, matter.held, matter.asked_at, matter.promise_open = None, False, None, None
    matter.proposal, matter.lent_by, matter.lent_until = "", None, None
    begin_anew(desk, matter)


def hold(desk: Desk, matter: Matter, person: int | None) -> None:
    """Gives a matter into a person's hands, who has not signed for it yet."""
    matter.person, matter.handed_at = person, desk.now
    matter.state, matter.signed_at = MatterState.UNSIGNED, None


def reseat(matter: Matter, person: int) -> None:
    """This person sits on the rung where the matter stands, from now; the other rungs are as they were, whoever sits there."""
    seats.put(matter, Rung(matter.steps[matter.rung]["rung"]), person)


def seat_first(matter: Matter, person: int) -> None:
    """This person answers on the unit's first rung from now, where nobody sat before, too; whoever shared it out stays above."""
    unit = matter.unit
    matter.seats = [
        {**seat, "person": person, "unit": unit} if seat["rung"] == Rung.SECTION else seat for seat in matter.seats
    ]
    build(matter)


def begin_anew(desk: Desk, matter: Matter) -> None:
    """The limit of the rung where a matter stands begins now; a day that was ordered from above and is still ahead ends it earlier."""
    due = due_at(seats.steps(matter)[matter.rung], desk.now, desk.calendar) if matter.steps else desk.now
    ordered = _ordered(desk, matter)
    if matter.promised_on is not None and ordered is None:
        matter.earlier_dates = [*matter.earlier_dates, matter.promised_on.isoformat()]
        matter.promised_on = None
    limits.start(desk, matter, min(due, ordered) if ordered else due)


def end_with_rung(desk: Desk, matter: Matter) -> None:
    """Another day was given: the limit that runs ends with its rung's, counted from where it began, or with that day."""
    due, ordered = due_at(seats.steps(matter)[matter.rung], matter.since_at, desk.calendar), _ordered(desk, matter)
    matter.due_at = min(due, ordered) if ordered else due
    limits.plan_look(desk, matter)


def _ordered(desk: Desk, matter: Matter) -> datetime | None:
    """The end of the day by which the result was ordered, while it is ahead. A blocker's day is its holder's promise: it goes with the holder."""
    if matter.promised_on is None or matter.origin is Origin.BLOCKER:
        return None
    end = end_of(matter.promised_on, desk.calendar)
    return end if end > desk.now else None


# --- climbing ---------------------------------------------------------------------------------------------------------


def climb(
    desk: Desk, matter: Matter, to: int, *, by: int | None = None, why: str = "", at_once: bool | None = None
) -> None:
    """Up to a rung: the new rung gets everything, the old one is told that it moved, peers and raiser hear of it."""
    before, at = matter.person, matter.rung
    passed = seats.steps(matter)[at + 1 : to + 1]
    empty = [step for step in seats.standing(desk, matter)[at + 1 : to] if step.person == seats.GONE]
    moved = {"from": matter.steps[at]["rung"], "to": matter.steps[to]["rung"], "skipped": to - at - 1}
    stand(desk, matter, to)
    matter.climbed_on = desk.today
    if seats.steps(matter)[to].rung is Rung.MEETING:
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
    vacancies.tell(desk, matter, empty)


def send_down(desk: Desk, matter: Matter) -> None:
    """A leader has decided: whoever sits highest below the leaders carries it out; where nobody does, the office."""
    below = [
        at
        for at, step in enumerate(seats.standing(desk, matter)[: matter.rung])
        if not (step.rung.district_leader or step.rung.office) and step.person != seats.GONE
    ]
    offices = [at for at, step in enumerate(seats.steps(matter)) if step.rung.office]
    stand(desk, matter, below[-1] if below else offices[0] if offices else matter.rung)


def rung_at(matter: Matter, rung: Rung) -> int | None:
    """Where a rung stands in the frozen ladder; None where it is not there."""
    return next((at for at, step in enumerate(seats.steps(matter)) if step.rung is rung), None)


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
        seats.standing(desk, matter), matter.rung, matter.due_at, desk.now, matter.proposed_at, matter.climbed_on, matter.held, desk.policy.ladder,
        desk.calendar, desk.calendar.minutes_per_day, frozenset({seats.GONE}),
    )  # fmt: skip
    if verdict.kind == "climb":
        climb(desk, matter, verdict.step)
    elif verdict.kind == "propose":
        propose(desk, matter, verdict.step)
    elif verdict.kind == "top" or verdict.reason.code == "held":
        list_again(desk, matter)
        if verdict.reason.code == "all_absent":
            vacancies.tell(desk, matter, seats.standing(desk, matter)[matter.rung + 1 :])


def rungs_above(desk: Desk, matter: Matter) -> list[int]:
    """The rungs above that have somebody on them, lowest first."""
    above = list(enumerate(seats.standing(desk, matter)))[matter.rung + 1 :]
    return [at for at, step in above if step.person != seats.GONE]


def next_rung(desk: Desk, matter: Matter) -> int | None:
    """The next rung up with somebody on it; None at the top."""
    return next(iter(rungs_above(desk, matter)), None)


def list_again(desk: Desk, matter: Matter) -> None:
    """A matter that can climb no further never falls silent: each working morning it is in the bundle of who has it and of the office."""
    day = next_morning(desk)
    holder = [matter.person] if matter.state in WORKING and matter.person is not None else []
    for person in dict.fromkeys([*holder, *office(desk, matter)]):
        let_see(desk, matter, person)
        desk.remind(
            person, "matter_top", key=f"top:{matter.id}:{person}:{day}", about=about(matter) if person in holder else ruling(matter),
            project=matter.project, matter=matter.id, day=day,
        )  # fmt: skip


def next_morning(desk: Desk) -> date:
    """The day of the next bundle: today until its hour, else the next working day."""
    before = desk.calendar.local(desk.now).time() < desk.policy.file.hours.bundle
    return desk.today if before and desk.calendar.is_workday(desk.today) else desk.calendar.next_workday(desk.today)
