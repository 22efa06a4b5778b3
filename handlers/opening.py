"""A matter comes into the world: numbered, routed, its ladder frozen, handed to who answers for it."""

from collections.abc import Sequence

from bot.rules.words import Origin
from handlers import ladder, limits
from handlers.desk import Desk
from handlers.parties import office
from handlers.telling import hand_to, inform, record
from storage import matters
from storage.db import next_id
from storage.tables import Matter, Project, StoredFile

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
) -> Matter:
    """Numbers a matter, sends it to `unit` (to this person of it; None: where the policy routes its category), and hands it over.

    unplaced: it goes to nobody yet, the office is asked who shall have it. A day in matter.promised_on is the day it was ordered by.
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
    for number in files:
        row = desk.session.get(StoredFile, number)
        if row:
            row.matter = matter.id
    concerned = (matter.raised_by, matter.recorded_by, *ladder.everybody(matter))
    matters.concern(desk.session, matter.id, [one for one in concerned if one is not None])
    facts = {"category": matter.category, "urgency": matter.urgency, "files": len(files)}
    who = matter.recorded_by or matter.raised_by
    entry = record(desk, matter, "raised", person=who, facts=facts, rows=[project] if project else [])
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
