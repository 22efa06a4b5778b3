"""回头看 (000: 成果巩固): some time after closing who raised a matter is asked whether it is still solved; "no" opens it one rung higher."""

from handlers import ladder
from handlers.desk import Desk
from handlers.matters import about, rung_of
from handlers.parties import asked
from handlers.telling import hand_to, inform, record, take_back
from storage import matters
from storage.tables import Matter

PATIENCE = 10
"""Working days that the question stands; silence then counts as yes."""


def look(desk: Desk) -> None:
    """On the day: the question, in the raiser's bundle. What nobody answered is over."""
    if not desk.calendar.is_workday(desk.today):
        return
    for matter in matters.to_review(desk.session, desk.today):
        assert matter.review_on is not None
        if matter.part_of is not None or desk.calendar.workdays_between(matter.review_on, desk.today) > PATIENCE:
            confirmed(desk, matter, None)
            continue
        for person in asked(desk, matter):
            desk.remind(
                person, "matter_review", key=f"review:{matter.id}:{matter.review_on}:{person}", about=about(matter), project=matter.project,
                matter=matter.id, day=ladder.next_morning(desk),
            )  # fmt: skip


def confirmed(desk: Desk, matter: Matter, by: int | None) -> None:
    """Still solved, as who raised it says, or by their silence."""
    matter.review_on = None
    record(desk, matter, "reviewed", person=by, facts={"silent": by is None})
    take_back(desk, matter)


def reopen(desk: Desk, matter: Matter, said: str, by: int) -> None:
    """It came back: one rung above the one that closed it, where there is one."""
    above = ladder.next_rung(desk, matter)
    before = matter.person
    matter.review_on, matter.closed_at, matter.reopened = None, None, matter.reopened + 1
    matter.answered_at, matter.plan = None, ""
    ladder.stand(desk, matter, above if above is not None else matter.rung)
    matter.climbed_on = desk.today
    rung = rung_of(matter)
    entry = record(desk, matter, "reopened", person=by, facts={"to": rung} if rung else None, words=said)
    take_back(desk, matter)
    if matter.person is not None:
        hand_to(desk, matter, entry, matter.person, "reopened", said=said)
    if before is not None and before != matter.person:
        inform(desk, matter, entry, before, "reopened")
