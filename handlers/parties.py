"""What a person is to a matter, and so what they may see of it and do with it."""

from bot.rules.entitlement import Action
from bot.rules.matters import Fact, Party, Step, fitting
from bot.rules.words import MatterState, Post
from handlers.desk import Desk
from storage import people
from storage.tables import Matter


def visible(desk: Desk, person: int, matter: Matter) -> bool:
    """Whether a person may see a matter: they raised it, sit on its ladder or in its unit, or see the inside of its project."""
    return matter.id in desk.standing(person).matters or desk.may(person, Action.LIGHTS, matter.project)


def inside(desk: Desk, person: int, matter: Matter) -> bool:
    """Whether they may see how it is handled; the owner's contact who raised it may not."""
    return person != matter.raised_by or desk.may(person, Action.LIGHTS, matter.project)


def rules(desk: Desk, person: int, matter: Matter) -> bool:
    """Whether this is the dispatcher or supervisor of the project, and not who gave the answer they would rule on."""
    supervisor = desk.standing(person).holds(Post.SUPERVISOR) and desk.may(person, Action.LIGHTS, matter.project)
    allowed = supervisor or desk.may(person, Action.DISPATCH, matter.project)
    return allowed and not (matter.state is MatterState.DISPUTED and matter.answered_by == person)


def office(desk: Desk, matter: Matter) -> list[int]:
    """Who is told what the office must rule on: the project's dispatchers, else its supervisors, else the administrators."""
    for post in (Post.DISPATCHER, Post.SUPERVISOR):
        found = [person.id for person, _ in people.everyone_with(desk.session, post, desk.today)]
        found = [person for person in dict.fromkeys(found) if rules(desk, person, matter)]
        if found:
            return found
    return list(dict.fromkeys(row.id for row, _ in people.everyone_with(desk.session, Post.ADMINISTRATOR, desk.today)))


def parties(desk: Desk, matter: Matter, person: int) -> frozenset[Party]:
    """What a person is to a matter."""
    found = {Party.ANSWERS} if person == matter.person else set()
    if person == matter.raised_by:
        found.add(Party.RAISER)
    elif matter.unit is not None:
        held = {row.role for row in people.posts_of(desk.session, person, desk.today) if row.unit == matter.unit}
        heads = {Post.DEPUTY_HEAD, Post.HEAD} if person == matter.person else set()
        if held & {Post.INTAKE, *heads}:
            found.add(Party.INTAKE)
    if rules(desk, person, matter):
        found.add(Party.OFFICE)
    return frozenset(found)


def steps_for(desk: Desk, matter: Matter, person: int) -> tuple[Step, ...]:
    """What a person may do with a matter now."""
    facts = {
        Fact.FIRST: matter.rung == 0 and matter.unit is not None,
        Fact.ABOVE: matter.rung + 1 < len(matter.steps),
        Fact.PROPOSED: matter.proposed_at is not None and not matter.held,
        Fact.HELD: matter.held,
        Fact.ASKED: matter.asked_at is not None,
        Fact.ASKED_BEFORE: (matter.unit or 0) in matter.passed_on,
    }
    now = frozenset(fact for fact, holds in facts.items() if holds)
    return fitting(matter.state, parties(desk, matter, person), now)
