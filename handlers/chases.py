"""Chasing reports (一键催报): one message to each person who owes some, a text for another chat, and whom to call."""

from collections.abc import Sequence
from datetime import date

from bot.messages import Button, Card, plain
from bot.rules import cadence
from bot.rules.entitlement import Action
from bot.rules.words import MessageClass
from handlers import dispatch, filing
from handlers.desk import Desk, Turn
from handlers.dispatch import Unreported
from storage import board, chases, nudges, outbox, people, projects
from storage.board import Contact
from storage.tables import Outbox, Person

NUMBERS = 6

# --- the dispatcher's side ------------------------------------------------------------------------------------------------


def chase(turn: Turn) -> None:
    """一键催报: whoever is late or near the limit. Where nobody is, asks whether the others are meant."""
    found = dispatch.unreported(turn, dispatch.reach(turn))
    near = [one for one in found if one.near]
    if not turn.may(turn.person, Action.DISPATCH):
        turn.reply("start.no_such_thing")
    elif near:
        _chase(turn, near, rest=len(found) - len(near))
    elif found:
        turn.reply(
            "desk.none_near",
            [[turn.key("chase_all", "desk.chase_all"), turn.key("desk", "desk.show")]],
            count=len(found),
        )
    else:
        turn.reply("desk.all_reported")


def chase_all(turn: Turn) -> None:
    """含未到期: everybody whose report of the period has not come."""
    if turn.may(turn.person, Action.DISPATCH):
        _chase(turn, dispatch.unreported(turn, dispatch.reach(turn)), rest=0)
    else:
        turn.reply("start.no_such_thing")


def _chase(turn: Turn, found: Sequence[Unreported], *, rest: int) -> None:
    by_person = dispatch.asked(turn, found)
    contacts = board.contacts(turn.session, [person for person in by_person if person])
    told, again = 0, 0
    for contact in contacts:
        if contact.reach == "unbound":
            continue
        if _hand(turn, contact.person, by_person[contact.person]):
            told += 1
        else:
            again += 1
    lost = [one for one in contacts if one.reach]
    turn.reply(
        "desk.chased", [[turn.key("chase_all", "desk.chase_all")] if rest else []], copy=_to_copy(turn, found, by_person), told=told,
        again=again, projects_count=len(found), rest=rest, nobody=[one.project.name for one in by_person.get(None, [])],
        phones=dispatch.phones(turn, lost, by_person), lost=len(lost), hours=turn.calendar.in_hours(turn.now),
    )  # fmt: skip


def _hand(turn: Turn, person: int, mine: Sequence[Unreported]) -> bool:
    """One message with all that this person owes, at most once a working day. False where they had it already."""
    at = turn.calendar.next_opening(turn.now)
    day = turn.calendar.day(at)
    numbers = [one.project.id for one in mine]
    message = outbox.put(
        turn.session, MessageClass.HAND, turn.now, render="chase", facts={"by": turn.person}, person=person,
        key=f"chase:{person}:{day}", projects=numbers, not_before=at,
    )  # fmt: skip
    if message is None:
        return False
    chases.take_over(turn.session, person, [f"report:{number}" for number in numbers], message, day)
    nudges.add(turn.session, [_item(turn, one, person, day, message) for one in mine])
    for one in mine:
        turn.note(
            "report.chased", project=one.project.id, person=turn.person, facts={"to": person, "period": one.period.key}
        )
    return True


def _item(turn: Turn, one: Unreported, person: int, day: date, message: int) -> dict[str, object]:
    """A report takes it back like any reminder of it. It stands for the day's own reminder, which is not laid down beside it."""
    return nudges.row(
        turn.session, person, "report_due", _key(turn, one, person, day), day, turn.now, project=one.project.id,
        about=f"report:{one.project.id}", reason={"chased_by": turn.person}, state="shown", bundle=message,
        acting_for=turn.behalf(person, project=one.project.id),
    )  # fmt: skip


def _key(desk: Desk, one: Unreported, person: int, day: date) -> str:
    """The key of what the rules would yet remind of on this day; a key of its own where they would not, or have."""
    watch = projects.watch(one.project, [], day)
    due = [item.key for item in cadence.nudges_on(watch, day, desk.policy.report, desk.calendar)] if watch else []
    new = [key for key in due if key not in nudges.known(desk.session, due)]
    return new[0] if new else f"chase:{one.project.id}:{person}:{day}"


def _to_copy(
    turn: Turn, found: Sequence[Unreported], by_person: dict[int | None, list[Unreported]]
) -> str:  # fmt: skip
    """Plain text for another chat: projects, units and telephone numbers, no person's name beside a delay."""
    contacts = {one.person: one for one in board.contacts(turn.session, [person for person in by_person if person])}
    asked: dict[int, list[Contact]] = {}
    for person, mine in by_person.items():
        for one in mine:
            if person in contacts:
                asked.setdefault(one.project.id, []).append(contacts[person])
    units = people.unit_names(turn.session)
    rows = [
        (
            one.project.name,
            units.get(one.project.lead_unit or one.project.unit, ""),
            [who.phone for who in asked.get(one.project.id, []) if who.phone],
        )
        for one in found
    ]
    return plain(turn.words("desk.to_copy", rows=rows))


# --- the message --------------------------------------------------------------------------------------------------------


def card(desk: Desk, row: Outbox) -> Card | None:
    """A chase as it stands now: what was reported meanwhile is gone from it. None: nothing is left before it was ever sent."""
    person = desk.session.get(Person, row.person)
    if person is None:
        return None
    message = row.edits or row.id
    numbers = {item.project for item in nudges.of_bundle(desk.session, person.id, message) if item.project}
    mine = [
        one
        for one in dispatch.unreported(desk, board.Reach(projects=frozenset(numbers)))
        if one.project.id in desk.standing(person.id).reports
    ]
    locale = person.locale
    if not mine:
        return Card(desk.text("desk.chase_done", locale, name=person.name)) if row.edits else None
    text = desk.text(
        "desk.chasing", locale, name=person.name, by=people.name_of(desk.session, row.facts["by"]),
        items=[(one, dispatch.period_words(desk, one, locale)) for one in mine],
    )  # fmt: skip
    keys = _keys(desk, mine, message, locale)
    return Card(text, tuple(tuple(keys[at : at + 3]) for at in range(0, len(keys), 3)))


def _keys(desk: Desk, mine: Sequence[Unreported], message: int, locale: str) -> list[Button]:
    """All that may be done with one project; of several, a number each."""
    if len(mine) == 1:
        keys = filing.buttons_for(desk, mine[0].project, locale)
    else:
        keys = [
            Button(str(at + 1), "report.pick", {"project": one.project.id}) for at, one in enumerate(mine[:NUMBERS])
        ]
    return [
        Button(key.label, "chase.press", {"list": message, "action": key.action, "args": key.args}, style=key.style)
        for key in keys
    ]


def press(turn: Turn) -> None:
    """Does what the button says beside the message, which stays, with fresh buttons."""
    from handlers import routes

    turn.redraw(turn.args["list"])
    action, turn.args, turn.pressed = turn.args["action"], dict(turn.args["args"]), None
    routes.BUTTONS[action](turn)
