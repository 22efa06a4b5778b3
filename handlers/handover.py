"""交接: all that is one person's becomes another's, at once; and 停用, where nobody follows: what is left goes to the office."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.messages import Card
from bot.rules.entitlement import NOT_DELEGATED
from bot.rules.matters import PAUSED, WORKING
from bot.rules.words import Post
from handlers import deputies, ladder, nudges
from handlers.desk import Desk, Turn
from handlers.matters import number_of
from handlers.parties import office, raisers
from handlers.roster import Holdings, Refused, end_held_post, holdings
from handlers.telling import hand_to, record, take_back
from storage import delegation as delegations
from storage import handover, people, roster
from storage.db import next_id
from storage.tables import Assignment, Matter, Outbox, Person, Project

OURS = ("matter.", "report.", "todo.", "chase.", "desk.", "summary.", "blocker.", "review.")
"""Actions of buttons that are about the work handed over."""
SHOWN = 12

# --- what there is ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Handed:
    """What goes, or went, from one person to another."""

    roles: list[tuple[Assignment, Project]]
    posts: list[tuple[Post, str]]
    matters: list[str]
    """Numbers of the open matters that name the old one; held: of those they have to answer."""
    held: list[str]
    deputy_for: list[str]
    items: int

    def facts(self) -> dict[str, Any]:
        """For the texts."""
        lines = Holdings(0, [], self.roles).lines
        return {
            "lines": lines[:SHOWN], "count": len(lines), "posts": self.posts, "matters": self.matters, "held": self.held,
            "deputy_for": self.deputy_for, "items": self.items,
        }  # fmt: skip

    def record(self) -> dict[str, Any]:
        """For programs."""
        return {
            "roles": [{"project": project.number, "role": one.role} for one, project in self.roles],
            "posts": [{"post": post, "unit": unit} for post, unit in self.posts], "matters": self.matters, "held": self.held,
            "deputy_for": self.deputy_for, "items": self.items,
        }  # fmt: skip


def would_go(desk: Desk, old: Person, new: Person) -> Handed:
    """What would go from one to the other. Raises Refused where they are one person, or there is nothing."""
    if old.id == new.id:
        raise Refused("admin.same_person", name=old.name)
    names = people.unit_names(desk.session)
    posts = [(one.role, names[one.unit]) for one in people.posts_of(desk.session, old.id, desk.today)]
    found = Handed(
        roster.assignments(desk.session, old.id, desk.today),
        [(post, unit) for post, unit in posts if post not in NOT_DELEGATED],
        [number_of(desk, one) for one in handover.open_matters(desk.session, old.id)],
        [number_of(desk, one) for one in handover.held(desk.session, old.id)],
        [people.name_of(desk.session, one.person) for one in delegations.of_deputy(desk.session, old.id)],
        handover.count_items(desk.session, [old.id]),
    )
    if not (found.roles or found.posts or found.matters or found.deputy_for):
        raise Refused("admin.nothing_held", name=old.name)
    return found


# --- handing over -------------------------------------------------------------------------------------------------------


def hand_over(desk: Desk, old: Person, new: Person, by: int | None = None) -> Handed:
    """Roles, posts (but administrator and auditor), open matters, what the old one stood in for, items and messages go over from
    today; cards on the old one's phone say so. Both are told. Raises Refused: see `would_go`."""
    found = would_go(desk, old, new)
    _roles(desk, found.roles, old, new, by)
    _posts(desk, old, new, by)
    kept = {
        matter.id for matter in handover.open_matters(desk.session, old.id) if not _matter(desk, matter, old, new, by)
    }
    desk.stand_anew()
    _deputies(desk, old, new, by)
    _cards(desk, old, new, kept)
    facts = {
        "from": old.id,
        "to": new.id,
        "roles": len(found.roles),
        "posts": len(found.posts),
        "matters": len(found.matters),
    }
    entry = desk.note("person.handed_over", person=by, facts=facts)
    _tell(desk, old, new, found, entry)
    return found


def _roles(desk: Desk, held: list[tuple[Assignment, Project]], old: Person, new: Person, by: int | None) -> None:
    has = {(one.project, one.role) for one, _ in roster.assignments(desk.session, new.id, desk.today)}
    for assignment, project in held:
        rows = [assignment]
        assignment.until = desk.today - timedelta(days=1)
        if (project.id, assignment.role) not in has:
            made = Assignment(
                id=next_id(desk.session, Assignment), project=project.id, role=assignment.role, person=new.id,
                rank=assignment.rank, since=desk.today,
            )  # fmt: skip
            desk.session.add(made)
            rows.append(made)
        desk.session.flush()
        facts = {"from": old.id, "to": new.id}
        desk.note("assignment.handed_over", project=project.id, person=by, facts=facts, rows=rows)


def _posts(desk: Desk, old: Person, new: Person, by: int | None) -> None:
    for held in people.posts_of(desk.session, old.id, desk.today):
        if held.role in NOT_DELEGATED:
            continue
        until = held.until
        roster.end_post(desk.session, held, desk.today)
        made = people.give_post(desk.session, new.id, held.unit, held.role, desk.today)
        if until is not None and made.since == desk.today:
            made.until = until
        desk.session.flush()
        facts = {"from": old.id, "to": new.id, "post": held.role, "unit": held.unit}
        desk.note("post.handed_over", person=by, facts=facts)


def _matter(desk: Desk, matter: Matter, old: Person, new: Person, by: int | None) -> bool:
    """One open matter. Returns whether nothing of it stays with the old one: nobody answers for a matter they raised."""
    raised = new.id in raisers(matter)
    answered = matter.person == old.id
    if answered and not raised:
        matter.person = new.id
    for name in ("raised_by", "recorded_by"):
        if getattr(matter, name) == old.id and matter.person != new.id:
            setattr(matter, name, new.id)
    if matter.lent_by == old.id:
        matter.lent_by = None if raised or matter.person == new.id else new.id
        matter.lent_until = matter.lent_until if matter.lent_by else None
    _seats(matter, old.id, None if new.id in raisers(matter) else new.id)
    stays = old.id in raisers(matter)
    handover.concern(desk.session, matter.id, old.id, new.id, stays=stays)
    record(desk, matter, "handed_over", person=by, facts={"from": old.id, "to": new.id, "person": new.id})
    if answered and raised:
        unmanned(desk, matter, by=by)
    return not stays


def _seats(matter: Matter, old: int, new: int | None) -> None:
    """The frozen ladder with one in the place of the other. Above where it stands, a rung whose person is gone, or on it before, drops out."""

    def changed(one: dict[str, Any]) -> dict[str, Any]:
        peers = [new if peer == old else peer for peer in one["peers"]]
        return {
            **one,
            "person": new if one["person"] == old else one["person"],
            "peers": [peer for peer in dict.fromkeys(peers) if peer],
        }

    matter.seats = [changed(seat) for seat in matter.seats]
    steps = [changed(step) for step in matter.steps]
    below = [
        {**step, "person": step["person"] if step["person"] is not None else old} for step in steps[: matter.rung + 1]
    ]
    above = [step for step in steps[matter.rung + 1 :] if step["person"] is not None]
    known = {step["person"] for step in below}
    matter.steps = below
    for step in above:
        if step["person"] not in known:
            known.add(step["person"])
            matter.steps = [*matter.steps, step]


def _deputies(desk: Desk, old: Person, new: Person, by: int | None) -> None:
    """Whom the old one stood in for the new one does, where that makes no circle; nobody stands in for the old one any more."""
    for row in delegations.of_person(desk.session, old.id):
        deputies.end(desk, row, "handed_over", by=by)
        deputies.tell_over(desk, row, "handed_over")
    for row in delegations.of_deputy(desk.session, old.id):
        deputies.end(desk, row, "handed_over", by=by)
        try:
            deputies.begin(desk, row.person, new.id, max(row.since, desk.today), row.until, row.reason, by=by)
        except Refused:
            deputies.tell_over(desk, row, "handed_over")
    nudges.stand_in(desk, old.id)


def _cards(desk: Desk, old: Person, new: Person, kept: set[int]) -> None:
    """Items and messages go over; what the old one's phone shows says so, whatever is pressed."""
    for bundle in handover.take_items(desk.session, old.id, new.id, ladder.next_morning(desk)):
        row = desk.session.get(Outbox, bundle)
        if row is not None:
            row.facts = {**row.facts, "handed_to": new.name}
        desk.redraw(bundle)
    for row in handover.messages(desk.session, old.id):
        if row.matter in kept:
            continue
        if row.state == "pending" and (row.body or row.render == "watch"):
            _send_to(desk, row, new)
        else:
            row.about = ""
            desk.supersede(row, desk.text("handover.moved", old.locale, name=new.name).strip())

    def ours(button: dict[str, Any]) -> bool:
        return button["action"].startswith(OURS) and _matter_of(button["args"]) not in kept

    handover.change_buttons(desk.session, old.id, ours, "handover.moved", {"to": new.id})


def _matter_of(args: dict[str, Any]) -> int | None:
    found = args.get("matter") or (args.get("args") or {}).get("matter")
    return int(found) if found else None


def _send_to(desk: Desk, row: Outbox, new: Person) -> None:
    if row.body:
        delegations.readdress(desk.session, row, new.id, Card.from_json(row.body), row.facts)
    else:
        row.person = new.id
        desk.session.flush()


def moved(turn: Turn) -> None:
    """A button of a card whose matter is another's by now."""
    turn.toast = turn.words("handover.moved", name=people.name_of(turn.session, turn.args["to"])).strip()
    turn.reply("handover.moved", name=people.name_of(turn.session, turn.args["to"]))


def _tell(desk: Desk, old: Person, new: Person, found: Handed, entry: int) -> None:
    """One card each."""
    for row in (old, new):
        if people.account_of(desk.session, row.id) is None:
            continue
        text = desk.text("handover.told", row.locale, old=old.name, new=new.name, mine=row is new, **found.facts())
        keys = [desk.button("todo", "todo.show", row.locale), desk.button("my_matters", "matter.mine", row.locale)]
        card = Card(text, (tuple(keys),) if row is new else ())
        desk.hand(row.id, card, key=f"handover:{entry}:{row.id}", about="", reason={"text": text}, own=True)


# --- leaving ------------------------------------------------------------------------------------------------------------


def deactivate(desk: Desk, row: Person, by: int | None = None) -> Holdings:
    """Somebody leaves: from the next message on a stranger. What they held in projects becomes a gap, told to the dispatchers; what
    they had to answer goes to the office.

    Raises Refused for the last administrator.
    """
    if roster.only_administrator(desk.session, row.id, desk.today):
        raise Refused("admin.last_administrator", name=row.name)
    held = holdings(desk, row)
    for post in people.posts_of(desk.session, row.id, desk.today):
        end_held_post(desk, post, by)
    for assignment, project in held.roles:
        assignment.until = desk.today - timedelta(days=1)
        desk.session.flush()
        facts = {"person": row.id, "why": "left"}
        desk.note("assignment.ended", project=project.id, person=by, facts=facts, rows=[assignment])
    deputies.somebody_left(desk, row.id, by=by)
    roster.leave(desk.session, row, desk.now)
    desk.stand_anew()
    desk.withdraw(f"unreachable:{row.id}")
    facts = {"person": row.id, "roles": len(held.roles), "matters": len(held.matters)}
    desk.note("person.deactivated", person=by, facts=facts)
    for matter in handover.held(desk.session, row.id):
        let_go(desk, matter, row.id, by=by)
    if held.roles:
        _tell_gaps(desk, row, held)
    return held


def let_go(desk: Desk, matter: Matter, person: int, *, by: int | None = None) -> None:
    """A matter of somebody who has left: who lent it does not get it back, who has it has it no longer."""
    if matter.lent_by == person:
        matter.lent_by, matter.lent_until = None, None
    if matter.person == person:
        unmanned(desk, matter, by=by)
    else:
        record(desk, matter, "unmanned", person=by, facts={"from": person}, moves=False)


def unmanned(desk: Desk, matter: Matter, *, by: int | None = None) -> None:
    """Nobody has a matter: unsigned again where it was being worked on, and the office is asked who shall. Its limit goes on."""
    before, colleague = matter.person, matter.lent_by
    if matter.state in WORKING:
        ladder.hold(desk, matter, None)
    matter.person = None
    matter.lent_by, matter.lent_until = None, None
    if matter.state in WORKING | PAUSED:
        matter.asked_at = desk.now
    entry = record(desk, matter, "unmanned", person=by, facts={"from": before, "lent_by": colleague})
    take_back(desk, matter)
    for one in office(desk, matter):
        hand_to(desk, matter, entry, one, "to_place")


def _tell_gaps(desk: Desk, row: Person, held: Holdings) -> None:
    for dispatcher, _ in people.everyone_with(desk.session, Post.DISPATCHER, desk.today):
        facts = {"name": row.name, "lines": held.lines[:20], "count": len(held.lines)}
        card = Card(desk.text("admin.gaps", dispatcher.locale, **facts))
        key = f"gaps:{row.id}:{desk.today}:{dispatcher.id}"
        desk.hand(dispatcher.id, card, key=key, about="", reason={"text": card.text})
