"""抄送: who watches a matter has one card of it, kept up to date in place; nothing else is said to them about it."""

from bot.messages import Card
from bot.rules.words import MessageClass
from handlers import matters as shown
from handlers.desk import Desk, Turn
from handlers.parties import visible
from storage import matters, outbox, people
from storage.delegation import FOR
from storage.tables import Matter, Outbox

HISTORY = 6


def subject(matter: Matter) -> str:
    return f"watch:{matter.id}"


def candidates(turn: Turn, matter: Matter) -> list[tuple[int, str]]:
    """Who may be given a copy: whoever has an account and may see the project's inside, or a leader; not who watches it already."""
    watching = set(matters.watchers(turn.session, matter.id))
    names = people.unit_names(turn.session)
    found = [
        row
        for row in matters.reachable(turn.session)
        if row.id not in watching and row.id not in (matter.person, turn.person)
    ]
    return [
        (row.id, f"{row.name}（{' '.join(filter(None, (names.get(row.unit or 0, ''), row.title)))}）") for row in found
    ]


def begin(desk: Desk, matter: Matter, person: int, entry: int) -> None:
    """The card that is kept up to date, to the deputy of who is away; outside working hours it comes when they begin. entry: what it
    comes of, for its key."""
    _overtaken(desk, matter, person)
    to = desk.deputy_of(person, matter.id)
    acting = {FOR: person} if to != person else {}
    outbox.put(
        desk.session, MessageClass.HAND, desk.now, render="watch", facts={"matter": matter.id, **acting}, person=to, about=subject(matter),
        key=f"watch:{matter.id}:{person}:{entry}", projects=shown.marks(matter)["projects"], matter=matter.id,
        not_before=desk.now if desk.calendar.in_hours(desk.now) else desk.calendar.next_opening(desk.now),
    )  # fmt: skip


def _overtaken(desk: Desk, matter: Matter, person: int) -> None:
    """A card of before, of who watches again: what was not sent yet is not, what was is kept up to date no longer."""
    for row in outbox.live_about(desk.session, subject(matter)):
        if row.facts.get(FOR, row.person) == person:
            row.about = ""
            if row.state == "pending":
                row.state, row.changed_at = "cancelled", desk.now


def refresh(desk: Desk, matter: Matter) -> None:
    """The cards of those who watch a matter show how it stands now."""
    watching = matters.watchers(desk.session, matter.id)
    for row in outbox.sent_about(desk.session, subject(matter)) if watching else []:
        if row.facts.get(FOR, row.person) in watching:
            desk.redraw(row.id)


def card(desk: Desk, row: Outbox) -> Card | None:
    """A matter as who watches it sees it. None: they no longer do, or may no longer see it."""
    person, matter = row.person, matters.by_id(desk.session, row.facts["matter"])
    if person is None or matter is None or not visible(desk, person, matter):
        return None
    whose = row.facts.get(FOR, person)
    if not matters.watches(desk.session, matter.id, whose) or (whose != person and whose not in desk.acts_for(person)):
        return None
    locale = shown.locale_of(desk, person)
    facts = shown.facts(desk, matter, person, locale, heading="watched", told=HISTORY)
    keys = [desk.button("show", "matter.show", locale, **shown.args(desk, matter))]
    if matter.state.open:
        keys.append(desk.button("unwatch", "matter.step", locale, **shown.args(desk, matter), step="unwatch"))
    head = f"{desk.for_whom(whose)}\n" if whose != person else ""
    return Card(head + desk.text("matter.card", locale, **facts), (tuple(keys),))
