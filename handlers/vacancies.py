"""Places of a matter's ladder that have changed hands without a hand-over, or that nobody holds any more (S14: nothing without one who answers)."""

from collections.abc import Iterable

from bot.messages import plain
from bot.rules.ladder import Step
from bot.rules.matters import PAUSED, WORKING
from bot.rules.words import MatterState, Post
from handlers import seats
from handlers.desk import Desk
from handlers.matters import locale_of, named, number_of, title_of
from handlers.parties import office
from handlers.telling import hand_to, inform, let_see, record, take_back, tell_raiser
from storage import matters, people
from storage.tables import Matter


def look(desk: Desk) -> None:
    """Each working morning: what lies with somebody whose post or role has ended goes to who has it now, its limit going on; where
    nobody has, it stays with them, and those who can fill the place are told."""
    for matter in matters.with_somebody(desk.session):
        if not matter.steps or matter.state not in WORKING | PAUSED:
            continue
        step = seats.steps(matter)[matter.rung]
        if step.person != matter.person or seats.holds(desk, matter, step):
            continue
        person = seats.take_place(desk, matter, matter.rung)
        if person == seats.GONE:
            tell(desk, matter, [step], stays=True)
        else:
            _succeed(desk, matter, person)


def _succeed(desk: Desk, matter: Matter, person: int) -> None:
    """Who holds the place now has the matter: to sign for, where it is worked on."""
    before, matter.person, matter.handed_at = matter.person, person, desk.now
    if matter.state in WORKING:
        matter.state, matter.signed_at = MatterState.UNSIGNED, None
    facts = {"from": before, "to": person, "person": person}
    entry = record(desk, matter, "handed_over", facts=facts)
    take_back(desk, matter)
    hand_to(desk, matter, entry, person, "succeeded")
    if before is not None:
        inform(desk, matter, entry, before, "handed_over")
    tell_raiser(desk, matter, entry, "succeeded")


def tell(desk: Desk, matter: Matter, places: Iterable[Step], *, stays: bool = False) -> None:
    """The office and the administrators hear once of each place that nobody holds. stays: the matter lies with whoever held it last."""
    administrators = [row.id for row, _ in people.everyone_with(desk.session, Post.ADMINISTRATOR, desk.today)]
    told = dict.fromkeys([*office(desk, matter), *administrators])
    for step in places:
        for person in told:
            let_see(desk, matter, person)
            locale = locale_of(desk, person)
            text = desk.text(
                "matter.vacant", locale, number=number_of(desk, matter), title=title_of(desk, matter, locale), rung=step.rung,
                holder=named(desk, matter.person) if stays else "",
            )  # fmt: skip
            desk.remind(
                person, "notice", key=f"vacant:{matter.id}:{step.rung}:{person}", about=f"vacant:{matter.id}:{step.rung}", matter=matter.id,
                project=matter.project, reason={"text": plain(text)},
            )  # fmt: skip
