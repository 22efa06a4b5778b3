"""A matter comes into the world: numbered, routed, its ladder frozen, handed to who answers for it."""

from collections.abc import Sequence

from bot.rules.words import Origin
from handlers import ladder, limits, seats
from handlers.desk import Desk, Turn
from handlers.matters import project_of
from handlers.parties import office
from handlers.telling import hand_to, inform, record
from storage import matters
from storage.db import next_id
from storage.files import attach
from storage.tables import Matter, Project

HEADINGS = {
    Origin.BLOCKER: "handed",
    Origin.DIRECTIVE: "directed",
    Origin.MEETING: "resolved",
    Origin.INSPECTION: "found",
}


def open_matter(
    desk: Desk,
    matter: Matter,
    project: Project | None,
    files: Sequence[int],
    *,
    unit: int | None = None,
    person: int | None = None,
    unplaced: bool = False,
    helping: Sequence[int] = (),
) -> Matter:
    """Numbers a matter, sends it to `unit` (to this person of it; None: where the policy routes its category), and hands it over.

    unplaced: it goes to nobody yet, the office is asked who shall have it. helping: co-units, each with a part of its own; they are
    on the first card already. A day in matter.promised_on is the day it was ordered by.
    """
    matter.id = next_id(desk.session, Matter)
    if project is None:
        matter.number = matters.next_number(desk.session)
    else:
        project.matters += 1
        matter.number = project.matters
    if unplaced:
        ladder.lay_open(desk, matter)
    else:
        routed = unit if unit is not None else ladder.route(desk, matter.category, matter.raised_by, project)
        ladder.lay(desk, matter, project, routed, person)
    limits.plan_look(desk, matter)
    desk.session.add(matter)
    desk.session.flush()
    unread = attach(desk.session, files, matter=matter.id)
    concerned = (matter.raised_by, matter.recorded_by, *seats.everybody(matter))
    matters.concern(desk.session, matter.id, [one for one in concerned if one is not None])
    facts = {"category": matter.category, "urgency": matter.urgency, "files": len(files), **unread}
    who = matter.recorded_by or matter.raised_by
    entry = record(desk, matter, "raised", person=who, facts=facts, rows=[project] if project else [])
    for helper in helping:
        add_part(desk, matter, helper, by=desk.person if isinstance(desk, Turn) else who)
    if matter.person is None:
        for one in office(desk, matter):
            hand_to(desk, matter, entry, one, "to_place", told=0)
        return matter
    hand_to(
        desk, matter, entry, matter.person, "co_unit" if matter.part_of is not None else HEADINGS[matter.origin], told=0
    )
    for peer in matter.steps[0]["peers"]:
        inform(desk, matter, entry, peer, "peer")
    return matter


def add_part(desk: Desk, matter: Matter, unit: int, *, by: int | None) -> None:
    """The part of a co-unit, handed to it: with a number, a ladder and limits of its own."""
    part = Matter(
        id=0, project=matter.project, unit_scope=matter.unit_scope, number=0, origin=matter.origin, category=matter.category,
        urgency=matter.urgency, words=matter.words, standard=matter.standard, document=matter.document, internal=matter.internal,
        part_of=matter.id, meeting=matter.meeting, raised_by=matter.raised_by, recorded_by=matter.recorded_by, given_on=matter.given_on,
        given_way=matter.given_way, promised_on=matter.promised_on if matter.origin.ordered else None, raised_at=desk.now,
        since_at=desk.now, due_at=desk.now, look_at=desk.now, handed_at=desk.now, version=0,
    )  # fmt: skip
    open_matter(desk, part, project_of(desk, matter), [], unit=unit)
    record(desk, matter, "joined", person=by, facts={"part": part.id, "co_unit": unit}, moves=False)
