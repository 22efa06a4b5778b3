"""The dispatcher's desk (调度台): who has not reported, what is overdue, what waits for a ruling, who cannot be reached."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.messages import Button, plain
from bot.rules import cadence
from bot.rules.cadence import Period
from bot.rules.entitlement import Action, nudged_for
from bot.rules.matters import WORKING
from bot.rules.words import FastLane, MatterState, Post
from handlers import doubts, matters, parties, waiting
from handlers.desk import Desk, Turn
from storage import board, entitlement, people, spot_checks
from storage import doubts as doubted_figures
from storage.board import Contact, Reach
from storage.tables import Doubt, Matter, Project, Report

PAGE = 4
BUTTONS = 6

# --- what stands on the desk --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unreported:
    """A project whose report is wanted. days: working days until it is due, negative where that has passed."""

    project: Project
    period: Period
    days: int
    near: bool


def reach(turn: Turn) -> Reach:
    """The projects the speaker dispatches."""
    return board.reach(turn.standing(turn.person), Action.DISPATCH)


def unreported(desk: Desk, meant: Reach) -> list[Unreported]:
    """Projects of this period (or the one before) without their report, oldest first. near: reminders have begun."""
    rules = desk.policy.report
    horizon = max((*rules.remind_before, *rules.remind_on_plan), default=0)
    found = []
    for row in board.watched(desk.session, meant, desk.today):
        if period := _outstanding(desk, row):
            days = desk.calendar.workdays_between(desk.today, period.due)
            found.append(Unreported(row, period, days, days <= horizon))
    return sorted(found, key=lambda one: (one.period.due, one.project.as_of or date.min, one.project.number))


def _outstanding(desk: Desk, row: Project) -> Period | None:
    kind = cadence.cadence_of(row.level, row.light, desk.policy.report)
    since = row.accepted_on or desk.today
    return cadence.outstanding(desk.today, kind, row.as_of, since, desk.policy.report, desk.calendar)


RULINGS: dict[str, Callable[[Turn, Matter], bool]] = {
    "disputed": lambda turn, row: row.state is MatterState.DISPUTED and parties.rules(turn, turn.person, row),
    "fast": lambda turn, row: row.state in WORKING and row.fast_lane is FastLane.ASKED,
    "proposed": lambda turn, row: row.state in WORKING and row.proposed_at is not None and not row.held,
    "asking": lambda turn, row: row.state in WORKING and row.asked_at is not None,
    "extending": lambda turn, row: row.promise_open is not None and turn.person in parties.givers(turn, row),
    "to_meet": lambda turn, row: row.state in WORKING and row.agenda_at is not None,
    "top": lambda turn, row: row.state in WORKING and row.due_at <= turn.now and row.rung + 1 >= len(row.steps),
}
"""What waits for the office's word, and when it does: the most pressing first."""


@dataclass(frozen=True)
class Matters:
    """The open matters that want the office's eye. waiting: by what for, as in RULINGS."""

    overdue: list[Matter]
    waiting: dict[str, list[Matter]]

    @property
    def count(self) -> int:
        return sum(map(len, self.waiting.values()))


def sorted_matters(turn: Turn) -> Matters:
    """Disputed ones only where the speaker may rule on them: not where the answer was theirs."""
    found = board.open_matters(turn.session, reach(turn))
    return Matters(
        overdue=[row for row in found if row.state in WORKING and row.due_at <= turn.now],
        waiting={name: [row for row in found if holds(turn, row)] for name, holds in RULINGS.items()},
    )


def asked(desk: Desk, found: Sequence[Unreported]) -> dict[int | None, list[Unreported]]:
    """person -> the projects whose report they are asked for, the deputy's where they are away; None: those that nobody reports."""
    held = entitlement.assigned_to(desk.session, [one.project.id for one in found], desk.today)
    by_person: dict[int | None, list[Unreported]] = {}
    for one in found:
        for person in nudged_for(held[one.project.id]) or (None,):
            by_person.setdefault(person and desk.deputy_of(person), []).append(one)
    return by_person


# --- 调度台 -------------------------------------------------------------------------------------------------------------


def show(turn: Turn) -> None:
    """One card with the numbers; the lists behind them by button."""
    if not turn.may(turn.person, Action.DISPATCH):
        turn.reply("start.no_such_thing")
        return
    meant = reach(turn)
    late, found = unreported(turn, meant), sorted_matters(turn)
    milestones = board.overdue_milestones(turn.session, meant, turn.today)
    lost = board.lost_contacts(turn.session, meant, turn.today)
    waiting = board.awaiting(turn.session, meant)
    by_person = asked(turn, [one for one in late if one.near])
    names = {one.person: one.name for one in board.contacts(turn.session, [who for who in by_person if who])}
    rulings, doubted = found.count, doubted_figures.count_open(turn.session, meant)
    checks = spot_checks.count_open(turn.session, meant)
    keys = [
        turn.key("chase", "desk.chase", "primary") if late else None,
        turn.key("proxy", "desk.proxy"),
        turn.key("list_unreported", "desk.list", name="unreported", page=0) if late else None,
        turn.key("list_overdue", "desk.list", name="overdue", page=0) if milestones or found.overdue else None,
        turn.key("list_rulings", "desk.list", name="rulings", page=0) if rulings else None,
        turn.key("list_doubts", "desk.list", name="doubts", page=0) if doubted else None,
        turn.key("accept", "desk.list", name="awaiting", page=0) if waiting else None,
        turn.key("list_people", "desk.list", name="people", page=0) if lost else None,
        turn.key("close_period", "closing.show"),
        turn.key("list", "list.show", fresh=True),
    ]
    shown = some(turn, [key for key in keys if key], "desk.show")
    turn.reply(
        "desk.card", [shown[:3], shown[3:]], reusable=True, title=_scope_name(turn), late=[one for one in late if one.days < 0],
        near=[one for one in late if one.near and one.days >= 0], rest=sum(not one.near for one in late),
        first=_line(turn, late[0], turn.locale) if late and late[0].near else "",
        asked=sorted(((names.get(who or 0, ""), len(mine)) for who, mine in by_person.items()), key=lambda one: -one[1]), milestones=len(milestones),
        matters=found, lost={reach_: sum(one.reach == reach_ for one in lost) for reach_ in ("unbound", "unreachable")},
        waiting=len(waiting), doubted=doubted, checks=checks,
    )  # fmt: skip


def some(turn: Turn, keys: list[Button], again: str, **args: Any) -> list[Button]:
    """As many as a card holds; 更多 shows the others, by the action `again`."""
    if len(keys) <= BUTTONS:
        return keys
    page = turn.args.get("page", 0)
    pages = -(-len(keys) // (BUTTONS - 1))
    more = turn.key("more", again, page=(page + 1) % pages, **args)
    return [*keys[page * (BUTTONS - 1) :][: BUTTONS - 1], more]


def _scope_name(turn: Turn) -> str:
    units = [
        post.unit for post in people.posts_of(turn.session, turn.person, turn.today) if post.role is Post.DISPATCHER
    ]
    names = people.unit_names(turn.session)
    return "、".join(names[unit] for unit in dict.fromkeys(units))


# --- the lists ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """A line of a list, plain text, and what its number opens; "" where there is nothing to open."""

    line: str
    action: str = ""
    args: dict[str, Any] | None = None


def _line(desk: Desk, one: Unreported, locale: str = "") -> str:
    unit = people.unit_names(desk.session).get(one.project.lead_unit or one.project.unit, "")
    return plain(
        desk.text("desk.unreported", locale, project=one.project, unit=unit, days=one.days, due=one.period.due)
    )


def _unreported(turn: Turn) -> list[Item]:
    found = unreported(turn, reach(turn))
    who = {one.project.id: person for person, mine in asked(turn, found).items() for one in mine if person}
    known = {one.person: one for one in board.contacts(turn.session, who.values())}
    items = []
    for one in found:
        contact = known.get(who.get(one.project.id, 0))
        said = plain(turn.words("desk.asked", contact=contact))
        items.append(
            Item(
                f"{_line(turn, one, turn.locale)}\n　{said}", "project.show", {"project": one.project.id, "fresh": True}
            )
        )
    return items


def _overdue(turn: Turn) -> list[Item]:
    meant = reach(turn)
    items = [
        Item(
            plain(
                turn.words(
                    "desk.milestone",
                    milestone=milestone,
                    project=project,
                    days=turn.calendar.workdays_between(milestone.due or turn.today, turn.today),
                )
            ),
            "project.show",
            {"project": project.id, "fresh": True},
        )
        for milestone, project in board.overdue_milestones(turn.session, meant, turn.today)
    ]
    return items + [_matter(turn, row, "overdue") for row in sorted_matters(turn).overdue]


def _rulings(turn: Turn) -> list[Item]:
    return [_matter(turn, row, why) for why, rows in sorted_matters(turn).waiting.items() for row in rows]


def _matter(turn: Turn, row: Matter, why: str) -> Item:
    line = turn.words(
        "desk.matter", number=matters.number_of(turn, row), title=matters.title_of(turn, row, turn.locale), category=row.category, why=why,
        days=matters.age(turn, row), holder=matters.named(turn, row.person), unit=matters.unit_name(turn, row.unit),
    )  # fmt: skip
    return Item(plain(line), "matter.show", matters.args(turn, row))


def _people(turn: Turn) -> list[Item]:
    units = people.unit_names(turn.session)
    lost = board.lost_contacts(turn.session, reach(turn), turn.today)
    return [Item(plain(turn.words("desk.lost", contact=one, unit=units.get(one.unit or 0, "")))) for one in lost]


def _awaiting(turn: Turn) -> list[Item]:
    meant = reach(turn)
    overdue: dict[int, int] = {}
    for _, project in board.overdue_milestones(turn.session, meant, turn.today):
        overdue[project.id] = overdue.get(project.id, 0) + 1
    return [
        Item(
            plain(turn.words("desk.waiting", project=row, milestones=overdue.get(row.id, 0))),
            "desk.accept",
            {"project": row.id},
        )
        for row in board.awaiting(turn.session, meant)
    ]


def _doubts(turn: Turn) -> list[Item]:
    """One line a report, the oldest first."""
    grouped: dict[int, tuple[Project, Report, list[Doubt]]] = {}
    for doubt, project, report in doubted_figures.open_ones(turn.session, reach(turn)):
        grouped.setdefault(report.id, (project, report, []))[2].append(doubt)
    return [
        Item(plain(doubts.line(turn, project, report, rows)), "doubt.open", {"report": report.id})
        for project, report, rows in grouped.values()
    ]


LISTS: dict[str, Callable[[Turn], list[Item]]] = {
    "unreported": _unreported,
    "overdue": _overdue,
    "rulings": _rulings,
    "doubts": _doubts,
    "people": _people,
    "awaiting": _awaiting,
}
MORE = {
    "unreported": ("chase", "desk.chase"),
    "doubts": ("spot_check", "spot.start"),
    "awaiting": ("accept_all", "desk.accept_all"),
}
"""The button that acts on a whole list."""


def doubted(turn: Turn) -> None:
    """存疑待核, typed."""
    turn.args = {"name": "doubts", "page": 0}
    listed(turn)


def listed(turn: Turn) -> None:
    """A page of one of the lists; a number opens the project or matter, or takes the project in hand."""
    if not turn.may(turn.person, Action.DISPATCH):
        turn.reply("start.no_such_thing")
        return
    name, page = turn.args["name"], turn.args["page"]
    items = LISTS[name](turn)
    pages = max(1, -(-len(items) // PAGE))
    shown = items[page % pages * PAGE :][:PAGE]
    numbers = [Button(str(at + 1), item.action, item.args or {}) for at, item in enumerate(shown) if item.action]
    ways = [turn.key(label, action) for label, action in (MORE[name],)] if name in MORE and items else []
    if pages > 1:
        ways.append(turn.key("more", "desk.list", name=name, page=(page + 1) % pages))
    if len(numbers) + len(ways) < BUTTONS:
        ways.append(turn.key("desk", "desk.show"))
    turn.reply(
        "desk.list", [numbers, ways], reusable=True, name=name, lines=[item.line for item in shown], count=len(items),
        page=page % pages + 1, pages=pages,
    )  # fmt: skip


def phones(turn: Turn, contacts: Sequence[Contact], owed: Mapping[int | None, Sequence[Unreported]]) -> list[str]:
    """Name, unit, telephone and projects of each who cannot be reached, to be called."""
    units = people.unit_names(turn.session)
    return [
        plain(
            turn.words(
                "desk.phone",
                contact=one,
                unit=units.get(one.unit or 0, ""),
                projects=[item.project.name for item in owed.get(one.person, ())],
            )
        )
        for one in contacts
    ]


def period_words(desk: Desk, one: Unreported, locale: str) -> str:
    return waiting.period_words(desk, one.period.key, locale)
