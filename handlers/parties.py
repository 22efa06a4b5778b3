"""What a person is to a matter, and so what they may see of it and do with it."""

from bot.rules.entitlement import Action
from bot.rules.limits import early
from bot.rules.matters import Fact, Party, Step, fitting
from bot.rules.words import FastLane, MatterState, Origin, Post, Role, Rung
from handlers.desk import Desk
from storage import matters, people
from storage.tables import Matter


def visible(desk: Desk, person: int, matter: Matter) -> bool:
    """Whether a person may see a matter: they raised it, sit on its ladder or in its unit, or see the inside of its project."""
    if matter.id in desk.standing(person).matters:
        return True
    return matter.project is not None and desk.may(person, Action.LIGHTS, matter.project)


def inside(desk: Desk, person: int, matter: Matter) -> bool:
    """Whether they may see how it is handled; the owner's contact who raised it may not."""
    return person != matter.raised_by or matter.project is None or desk.may(person, Action.LIGHTS, matter.project)


def rules(desk: Desk, person: int, matter: Matter) -> bool:
    """Whether this is the dispatcher or supervisor who looks after it, and not who gave the answer they would rule on."""
    allowed = _looks_after(desk, person, matter, Post.DISPATCHER) or _looks_after(desk, person, matter, Post.SUPERVISOR)
    return allowed and not (matter.state is MatterState.DISPUTED and matter.answered_by == person)


def may_issue(desk: Desk, person: int, matter: Matter) -> bool:
    """Whether a person may have the forms of a matter (交办单 …) made out: the dispatcher's and the leader's office."""
    if matter.project is None:
        return rules(desk, person, matter)
    return desk.may(person, Action.RECORD, matter.project)


def _looks_after(desk: Desk, person: int, matter: Matter, post: Post) -> bool:
    standing = desk.standing(person)
    if matter.project is None:
        return any(held is post and matter.unit_scope in units for held, units in standing.posts)
    action = Action.DISPATCH if post is Post.DISPATCHER else Action.LIGHTS
    return standing.holds(post) and desk.may(person, action, matter.project)


def _of_office(desk: Desk, person: int) -> bool:
    """Whether they are dispatcher or supervisor themselves, and not only for somebody who is away."""
    held = {post for post, _ in people.held_by(desk.session, person, desk.today)}
    return bool(held & {Post.DISPATCHER, Post.SUPERVISOR})


def office(desk: Desk, matter: Matter) -> list[int]:
    """Who is told what the office must rule on, and may: the dispatchers, else the supervisors, else the administrators."""
    for post in (Post.DISPATCHER, Post.SUPERVISOR):
        found = [person.id for person, _ in people.everyone_with(desk.session, post, desk.today)]
        found = [person for person in dict.fromkeys(found) if rules(desk, person, matter)]
        if found:
            return found
    return list(dict.fromkeys(row.id for row, _ in people.everyone_with(desk.session, Post.ADMINISTRATOR, desk.today)))


def raisers(matter: Matter) -> tuple[int, ...]:
    """Who raised or ordered it, and who wrote it down for them."""
    return tuple(dict.fromkeys(one for one in (matter.raised_by, matter.recorded_by) if one is not None))


def leads(desk: Desk, person: int, matter: Matter) -> bool:
    """Whether this is a district leader, or leads the project as its 总调度人 or 总协调人: who hears only of their own rung."""
    if any(post is Post.LEADER for post, _ in people.held_by(desk.session, person, desk.today)):
        return True
    assigned = desk.assigned(matter.project) if matter.project is not None else {}
    return any(person in assigned.get(role, ()) for role in (Role.GENERAL_DISPATCHER, Role.GENERAL_COORDINATOR))


def asked(desk: Desk, matter: Matter) -> tuple[int, ...]:
    """Who is asked whether it is solved: those of its raisers who have an account, and did not answer it themselves; else who wrote
    it down, or who raised it. Of a meeting's items only who wrote the minutes down: its chair has the Monday card."""
    wanted = (matter.recorded_by,) if matter.origin is Origin.MEETING and matter.recorded_by else raisers(matter)
    others = (one for one in wanted if one not in (matter.answered_by, matter.person))
    found = tuple(one for one in others if people.account_of(desk.session, one))
    return found or raisers(matter)[-1:]


def givers(desk: Desk, matter: Matter) -> list[int]:
    """Who decides on its dates: who ordered it, as far as they can be reached; of a blocker, the office."""
    ordered = (
        []
        if matter.origin is Origin.BLOCKER
        else [one for one in raisers(matter) if people.account_of(desk.session, one)]
    )
    return [one for one in ordered if one != matter.person] or office(desk, matter)


def selves(desk: Desk, person: int, matter: Matter) -> tuple[int, ...]:
    """A person, and those they stand in for (委托); not for who must answer what the person raised."""
    others = desk.acts_for(person)
    if person in raisers(matter):
        others = tuple(one for one in others if one != matter.person)
    return (person, *others)


def acting_for(desk: Desk, person: int, matter: Matter, step: Step) -> int | None:
    """For whom a step is taken: None where the person may take it in their own right."""
    for one in selves(desk, person, matter):
        if step.by in _parties(desk, matter, one):
            return one if one != person else None
    return None


def parties(desk: Desk, matter: Matter, person: int) -> frozenset[Party]:
    """What a person is to a matter, in their own right or for somebody they stand in for. Nobody says of their own answer that it will do."""
    found = frozenset[Party]().union(*(_parties(desk, matter, one) for one in selves(desk, person, matter)))
    if matter.state in (MatterState.ANSWERED, MatterState.DISPUTED) and person in (matter.answered_by, matter.person):
        found -= {Party.RAISER, Party.OFFICE}
    return found - {Party.GIVER} if Party.ANSWERS in found else found


def _parties(desk: Desk, matter: Matter, person: int) -> frozenset[Party]:
    found = {Party.ANSWERS} if person == matter.person else set()
    if found and matter.steps and Rung(matter.steps[matter.rung]["rung"]).district_leader:
        found.add(Party.LEADER)
    if person in raisers(matter):
        found.add(Party.RAISER)
    if matter.unit is not None and person != matter.raised_by:
        held = {post for post, unit in people.held_by(desk.session, person, desk.today) if unit == matter.unit}
        heads = {Post.DEPUTY_HEAD, Post.HEAD} if person == matter.person else set()
        if held & {Post.INTAKE, *heads}:
            found.add(Party.INTAKE)
    if (rules(desk, person, matter) and _of_office(desk, person)) or person in office(desk, matter):
        found |= {Party.OFFICE, Party.LANE}
    if person in givers(desk, matter):
        found.add(Party.GIVER)
    if matter.project is not None and person in desk.assigned(matter.project).get(Role.GENERAL_DISPATCHER, ()):
        found.add(Party.LANE)
    if matters.watches(desk.session, matter.id, person):
        found.add(Party.WATCHES)
    return frozenset(found)


def steps_for(desk: Desk, matter: Matter, person: int) -> tuple[Step, ...]:
    """What a person may do with a matter now."""
    return fitting(matter.state, parties(desk, matter, person), facts_of(desk, matter, person))


def facts_of(desk: Desk, matter: Matter, person: int) -> frozenset[Fact]:
    """Everything that a step may depend on, as it is."""
    rules_of, calendar = desk.policy.limits, desk.calendar
    rung = Rung(matter.steps[matter.rung]["rung"]) if matter.steps else None
    facts = {
        Fact.FIRST: matter.rung == 0 and matter.unit is not None,
        Fact.IN_UNIT: matter.unit is not None and rung is not None and not rung.district_leader and not rung.office,
        Fact.ABOVE: matter.rung + 1 < len(matter.steps),
        Fact.PROPOSED: matter.proposed_at is not None and not matter.held,
        Fact.HELD: matter.held,
        Fact.ASKED: matter.asked_at is not None,
        Fact.ASKED_BEFORE: (matter.unit or 0) in matter.passed_on,
        Fact.FRESH: desk.now <= calendar.add_working_days(matter.handed_at, rules_of.reassign_days),
        Fact.DATED: matter.promised_on is not None,
        Fact.EARLY: early(matter.due_at, desk.now, rules_of, calendar),
        Fact.EXTENDING: matter.promise_open is not None,
        Fact.STATUTORY: bool(matter.procedure),
        Fact.FAST: matter.fast_lane is not FastLane.NONE,
        Fact.FAST_ASKED: matter.fast_lane is FastLane.ASKED,
        Fact.AT_LEADER: rung is not None and rung.district_leader,
        Fact.PROPOSAL: bool(matter.proposal),
        Fact.ON_AGENDA: matter.agenda_at is not None,
        Fact.ORDERED: matter.origin.ordered,
        Fact.PART: matter.part_of is not None,
        Fact.WAITS: bool(matters.open_parts(desk.session, matter.id)),
        Fact.INTERNAL: matter.internal,
        Fact.REVIEW: matter.review_on is not None and matter.review_on <= desk.today,
        Fact.WATCHED: any(matters.watches(desk.session, matter.id, one) for one in selves(desk, person, matter)),
    }
    return frozenset(fact for fact, holds in facts.items() if holds)
