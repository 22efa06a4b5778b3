"""周一: a leader's bundle on the day a working week begins, what waits for their word first, then what became of what they ordered.

001 (分级负责), 000 (件件有着落). A quiet week has none. The day before, the office is reminded of what still lacks a proposal (拟办意见).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from bot.messages import plain
from bot.rules import weeks
from bot.rules.calendar import DAY
from bot.rules.matters import WORKING
from bot.rules.words import MatterState
from handlers.desk import Desk
from handlers.ladder import next_rung
from handlers.matters import about, age, number_of, rung_of, title_of
from handlers.parties import office
from handlers.telling import ruling
from handlers.waiting import Entry
from storage import matters, mondays, nudges
from storage.mondays import Ordered
from storage.tables import Matter, NudgeRow, Person

SHOWN = 3
"""需您定的 3 件: no more of them at once."""
ROOM = 8
"""Things on one screen."""
ORDERED = timedelta(days=30)
"""What was ordered so long ago still counts; what is open always does."""
NUMBERS = 6
KINDS = ("monday", "orders")

# --- laid down ----------------------------------------------------------------------------------------------------------


def lay_down(desk: Desk, before: date) -> None:
    """With the first look at a working day, where `before` is the day looked at last: the items of the week that has begun since."""
    begun = weeks.latest(desk.today, desk.calendar)
    missed = date.min < before < begun
    found = [*(for_leaders(desk, begun) if missed or begun == desk.today else []), *for_office(desk)]
    nudges.add(desk.session, [nudges.row(desk.session, day=desk.today, now=desk.now, **item) for item in found])


def due(desk: Desk) -> list[dict[str, Any]]:
    """What would be laid down today: for a preview."""
    begins = weeks.begins(desk.today, desk.calendar)
    return [*(for_leaders(desk, desk.today) if begins else []), *for_office(desk)]


def for_leaders(desk: Desk, week: date) -> list[dict[str, Any]]:
    """An item for each matter that stands on a leader's rung, and one for what they have ordered, where any of that is open or was
    closed since the week before began."""
    leaders = mondays.leaders(desk.session, desk.today)
    items = [
        {
            "person": matter.person, "kind": "monday", "key": f"monday:{matter.id}:{matter.person}:{week}", "project": matter.project,
            "matter": matter.id, "about": about(matter),
        }
        for matter in _to_decide(desk, leaders)
    ]  # fmt: skip
    since = desk.calendar.at(weeks.latest(week - DAY, desk.calendar), time.min)
    ordered = mondays.ordered(desk.session, leaders, desk.now - ORDERED)
    news = [one.person for one in ordered if one.closed_at is None or one.closed_at >= since]
    orders = [
        {
            "person": person, "kind": "orders", "key": f"orders:{person}:{week}", "about": f"orders:{person}",
            "reason": {nudges.OWN: True},
        }
        for person in dict.fromkeys(news)
    ]  # fmt: skip
    return [*items, *orders]


def for_office(desk: Desk) -> list[dict[str, Any]]:
    """On the working day before a week begins: what leaders are to decide then and has no proposal yet, for the office."""
    following = desk.calendar.next_workday(desk.today)
    if not weeks.begins(following, desk.calendar):
        return []
    return [
        {
            "person": person, "kind": "proposal", "key": f"proposal:{matter.id}:{person}:{following}", "project": matter.project,
            "matter": matter.id, "about": ruling(matter),
        }
        for matter in _to_decide(desk, mondays.leaders(desk.session, desk.today))
        if not matter.proposal
        for person in office(desk, matter)
        if person != matter.person
    ]  # fmt: skip


def _to_decide(desk: Desk, leaders: Sequence[int]) -> list[Matter]:
    return [matter for matter in mondays.held_by(desk.session, leaders) if _on_their_rung(matter)]


def _on_their_rung(matter: Matter) -> bool:
    rung = rung_of(matter)
    return rung is not None and rung.district_leader and matter.state in WORKING


# --- shown ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Monday:
    """A bundle as a Monday's card: its head, its things in order, so many of them on the screen, and its foot."""

    head: str
    entries: list[Entry]
    page: int
    foot: str


def compose(desk: Desk, person: Person, entries: Sequence[Entry]) -> Monday | None:
    """The things of a bundle as a Monday's card; None where it is an ordinary one."""
    if not any(entry.item is not None and entry.item.kind in KINDS for entry in entries):
        return None
    decisions, others, foot = [], [], ""
    for entry in entries:
        matter = _decision(desk, entry)
        if matter is not None:
            decisions.append((matter.raised_at, matter.id, replace(entry, what=_line(desk, matter, person.locale))))
        elif entry.item is not None and entry.item.kind == "orders":
            foot = entry.what
        else:
            others.append(entry)
    sorted_ones = [entry for _, _, entry in sorted(decisions, key=lambda one: one[:2])]
    head = desk.text("monday.head", person.locale, name=person.name, count=len(decisions), shown=SHOWN)
    first, rest = sorted_ones[:SHOWN], sorted_ones[SHOWN:]
    return Monday(head, [*first, *others, *rest], min(ROOM, len(first) + len(others)), foot)


def _decision(desk: Desk, entry: Entry) -> Matter | None:
    """The matter of an entry, if it waits for the word of whose entry it is."""
    row = entry.item
    matter = matters.by_id(desk.session, row.matter) if row is not None and row.matter is not None else None
    if row is None or matter is None or row.kind == "notice" or not _on_their_rung(matter):
        return None
    return matter if matter.person == (row.acting_for or row.person) else None


def _line(desk: Desk, matter: Matter, locale: str) -> str:
    over = matter.due_at <= desk.now
    text = desk.text(
        "monday.line", locale, number=number_of(desk, matter), title=title_of(desk, matter, locale), words=" ".join(matter.words.split()),
        days=age(desk, matter), over=over, top=over and next_rung(desk, matter) is None,
        proposal=" ".join(matter.proposal.split()),
    )  # fmt: skip
    return plain(text)


def orders_line(desk: Desk, row: NudgeRow, locale: str) -> str:
    """您上次交办 5 件：已办 4, as it stands now; "" where there is nothing any more."""
    found: list[Ordered] = mondays.ordered(desk.session, [row.person], desk.now - ORDERED)
    left = [one for one in found if one.state is not MatterState.CLOSED]
    shown = [(f"{one.project}-{one.number}", one.state is MatterState.ANSWERED) for one in left[:NUMBERS]]
    return (
        desk.text(
            "monday.orders",
            locale,
            count=len(found),
            done=len(found) - len(left),
            left=shown,
            more=len(left) - len(shown),
        )
        if found
        else ""
    )
