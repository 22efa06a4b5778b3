"""Deputies (AB角): who stands in for whom from when to when, what they get of others meanwhile, and what goes back when it is over."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.messages import Card
from handlers import nudges, watchers
from handlers.desk import Desk
from handlers.roster import Refused
from storage import delegation, matters, people
from storage.delegation import FOR
from storage.tables import Delegation, Outbox, Person

LONGEST = 183
"""Days of one delegation at most; who is away longer hands over."""


def span(desk: Desk, since: date, until: date | None, locale: str = "") -> str:
    """From when to when, in words."""
    return desk.text("delegation.span", locale, since=since, until=until).strip()


# --- beginning ----------------------------------------------------------------------------------------------------------


def fit(desk: Desk, person: int, deputy: int) -> None:
    """Raises Refused where the deputy is the person, has left, or has no account."""
    row = desk.session.get(Person, deputy)
    if row is None or not row.active:
        raise Refused("admin.person_gone")
    if person == deputy:
        raise Refused("delegation.self", name=row.name)
    if people.account_of(desk.session, deputy) is None:
        raise Refused("delegation.no_account", name=row.name)


def check(desk: Desk, person: int, deputy: int, since: date, until: date | None, *, by: int | None = None) -> None:
    """Raises Refused, with the reason in words, where a delegation must not be: to oneself, to nobody reachable, in the past, twice
    at a time, or in a circle on any day of it."""
    fit(desk, person, deputy)
    if since < desk.today:
        raise Refused("delegation.past", since=since)
    if until is not None and not since <= until <= since + timedelta(days=LONGEST):
        raise Refused("delegation.bad_days", since=since, until=until, most=LONGEST)
    others = delegation.within(desk.session, since, until)
    for row in others:
        if row.person == person:
            facts = {
                "person": people.name_of(desk.session, person) if person != by else "",
                "span": span(desk, row.since, row.until),
            }
            raise Refused("delegation.already", deputy=people.name_of(desk.session, row.deputy), **facts)
    for day in sorted({since, *(row.since for row in others if row.since > since)}):
        path = [deputy, *delegation.line(delegation.taken(others, day), deputy)]
        if person in path:
            path = path[: path.index(person) + 1]
            raise Refused("delegation.circle", names=[people.name_of(desk.session, one) for one in path])


def begin(
    desk: Desk, person: int, deputy: int, since: date, until: date | None, reason: str = "", *, by: int | None = None
) -> Delegation:
    """From `since` to `until` (None: until the person is back) the deputy stands in; told to the deputy, who may refuse, and to the
    person where somebody else arranged it. Raises Refused: see `check`."""
    check(desk, person, deputy, since, until, by=by)
    row = delegation.add(desk.session, person, deputy, since, until, reason, by, desk.now)
    desk.stand_anew()
    facts = {"delegation": row.id, "person": person, "deputy": deputy, "since": since, "until": until}
    desk.note("delegation.made", person=by, facts=facts, words={"reason": reason} if reason else None)
    ask(desk, row, by=by)
    if by is not None and by != person:
        text = worded(desk, row, person, "made_for_you", by=people.name_of(desk.session, by))
        desk.hand(person, Card(text), key=f"delegation:{row.id}:{person}", about="", reason={"text": text}, own=True)
    return row


def ask(desk: Desk, row: Delegation, *, by: int | None = None) -> None:
    """The deputy's card, with 不接受."""
    named = people.name_of(desk.session, by) if by is not None and by != row.person else ""
    text = worded(desk, row, row.deputy, "asked", by=named)
    keys = ((desk.button("not_accept", "delegation.refuse", _locale(desk, row.deputy), delegation=row.id),),)
    desk.hand(row.deputy, Card(text, keys), key=f"delegation:{row.id}:{row.deputy}", about=f"delegation:{row.id}")


def _locale(desk: Desk, person: int) -> str:
    row = desk.session.get(Person, person)
    return row.locale if row else ""


def worded(desk: Desk, row: Delegation, to: int, what: str, **facts: Any) -> str:
    """A text about a delegation in the language of who gets it."""
    locale = _locale(desk, to)
    names = {"person": people.name_of(desk.session, row.person), "deputy": people.name_of(desk.session, row.deputy)}
    return desk.text(
        f"delegation.{what}",
        locale,
        span=span(desk, row.since, row.until, locale),
        reason=row.reason,
        **{**names, **facts},
    )


# --- ending -------------------------------------------------------------------------------------------------------------


def end(desk: Desk, row: Delegation, why: str, *, by: int | None = None) -> None:
    """A delegation is over: what the deputy had of the person goes back, their cards lose their buttons. why: back, over, refused,
    left, handed_over."""
    named = delegation.deputies(desk.session, desk.today)
    deputies = [row.deputy, *delegation.line(named, row.deputy)]
    delegation.end(desk.session, row, why, desk.now)
    desk.stand_anew()
    facts = {"delegation": row.id, "person": row.person, "deputy": row.deputy, "why": why}
    desk.note("delegation.ended", person=by, facts=facts)
    desk.withdraw(f"delegation:{row.id}")
    give_back(desk, deputies)


def give_back(desk: Desk, deputies: Sequence[int]) -> None:
    """What these persons have of others for whom they stand in no longer."""
    nudges.stand_in(desk, *deputies)
    for row in delegation.messages(desk.session, deputies):
        person = row.facts[FOR]
        to = desk.deputy_of(person, row.matter)
        if to == row.person:
            continue
        if row.state == "pending" and row.render:
            others = {name: value for name, value in row.facts.items() if name != FOR}
            row.person, row.facts = to, {**others, **({FOR: person} if to != person else {})}
        elif row.state == "pending":
            _send_elsewhere(desk, row, person, to)
        else:
            row.about = ""
            name = people.name_of(desk.session, person)
            desk.supersede(row, desk.text("delegation.returned", _locale(desk, row.person or 0), person=name).strip())
            matter = matters.by_id(desk.session, row.matter) if row.render == "watch" and row.matter else None
            if matter is not None and matters.watches(desk.session, matter.id, person):
                watchers.begin(desk, matter, person, row.id)
    desk.session.flush()


def _send_elsewhere(desk: Desk, row: Outbox, person: int, to: int) -> None:
    """What was not sent yet is said to whoever it is for now."""
    card = Card.from_json(row.body)
    text = card.text.partition("\n")[2]
    facts: Mapping[str, Any] = {}
    if to != person:
        text, facts = f"{desk.for_whom(person)}\n{text}", {FOR: person}
    delegation.readdress(desk.session, row, to, replace(card, text=text), facts)


def tell_over(desk: Desk, row: Delegation, why: str) -> None:
    """Both are told, once, in their next bundle."""
    for person in (row.person, row.deputy):
        text = worded(desk, row, person, "ended", mine=person == row.person, why=why)
        desk.remind(person, "notice", key=f"ended:{row.id}:{person}", about="", reason={"text": text})


def run(desk: Desk) -> None:
    """Ends what has come to its last day."""
    for row in delegation.over(desk.session, desk.today):
        end(desk, row, "over")
        tell_over(desk, row, "over")


def somebody_left(desk: Desk, person: int, *, by: int | None = None) -> None:
    """Who has left neither stands in for anybody nor is stood in for."""
    for row in (*delegation.of_person(desk.session, person), *delegation.of_deputy(desk.session, person)):
        end(desk, row, "left", by=by)
        tell_over(desk, row, "left")
