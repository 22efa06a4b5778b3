"""缺岗: projects that lack one of the four roles or whoever reports, and matters that nobody has. Listed until they are filled."""

from collections import Counter
from dataclasses import dataclass

from bot.messages import Button
from bot.rules.entitlement import REPORTERS, Action
from bot.rules.words import Post, Role
from handlers import nudges, vacancies
from handlers.desk import Desk, Turn
from handlers.matters import args, number_of, title_of
from storage import board, gaps, notes, people
from storage.board import Reach
from storage.tables import Matter, Project

FOUR = (Role.GENERAL_COORDINATOR, Role.GENERAL_DISPATCHER, Role.COORDINATOR, Role.DISPATCH_OFFICIAL)
"""The roles every project has (001: 项目包挂机制)."""
PAGE = 5
Gap = tuple[Project, tuple[Role, ...]]
"""A project with the roles it lacks."""


@dataclass(frozen=True)
class Gaps:
    """projects: with the roles they lack; waiting: the same of projects that were not yet accepted; matters: that nobody has."""

    projects: list[Gap]
    waiting: list[Gap]
    matters: list[Matter]

    @property
    def roles(self) -> list[tuple[Role, int]]:
        """How often each role is missing in the accepted projects."""
        counted = Counter(role for _, missing in self.projects for role in missing)
        return [(role, counted[role]) for role in (*FOUR, Role.REPORTER) if counted[role]]


def find(desk: Desk, meant: Reach) -> Gaps:
    """What is missing among these projects, today: three statements."""
    held = gaps.roles(desk.session, meant, desk.today)
    found = [(row, lacking(held.get(row.id, set()))) for row in board.projects(desk.session, meant)]
    return Gaps(
        [(row, missing) for row, missing in found if missing and row.accepted_on is not None],
        [(row, missing) for row, missing in found if missing and row.accepted_on is None],
        gaps.unmanned(desk.session, meant),
    )


def lacking(held: set[Role]) -> tuple[Role, ...]:
    """Which of the four roles nobody holds, and 填报联络员 where neither one nor an owner's contact reports."""
    missing = [role for role in FOUR if role not in held]
    return (*missing, *(() if held & REPORTERS else (Role.REPORTER,)))


def reach(desk: Desk, person: int) -> Reach:
    """The projects a person administers or dispatches."""
    standing = desk.standing(person)
    both = [board.reach(standing, action) for action in (Action.ADMINISTER, Action.DISPATCH)]
    return Reach(both[0].units | both[1].units, both[0].projects | both[1].projects)


# --- each morning -------------------------------------------------------------------------------------------------------


def look(desk: Desk) -> None:
    """Before a working day begins: what lies with somebody who left their post goes on; then one line in each administrator's bundle,
    while something is missing."""
    today = desk.today
    if not desk.calendar.is_workday(today) or desk.now < nudges.opening(desk, today) - nudges.AHEAD:
        return
    if notes.value(desk.session, "gaps") == today.isoformat():
        return
    notes.keep(desk.session, "gaps", today.isoformat())
    vacancies.look(desk)
    administrators = {row.id: row for row, _ in people.everyone_with(desk.session, Post.ADMINISTRATOR, today)}
    for row in administrators.values():
        found = find(desk, board.reach(desk.standing(row.id), Action.ADMINISTER))
        if found.projects or found.matters:
            text = desk.text("gaps.line", row.locale, found=found).strip()
            desk.remind(row.id, "notice", key=f"gaps:{today}:{row.id}", about="", reason={"text": text})


# --- the list -------------------------------------------------------------------------------------------------------------


def show(turn: Turn) -> None:
    """缺岗: what is missing, by number."""
    if not any(turn.may(turn.person, action) for action in (Action.ADMINISTER, Action.DISPATCH)):
        turn.reply("start.no_such_thing")
        return
    found = find(turn, reach(turn, turn.person))
    page = int(turn.args.get("page", 0))
    listed: list[Gap | Matter] = [*found.projects, *found.matters, *found.waiting]
    shown = listed[page * PAGE : (page + 1) * PAGE]
    if page and not shown:
        page, shown = 0, listed[:PAGE]
    keys = [_key(turn, at, one) for at, one in enumerate(shown, page * PAGE + 1)]
    if len(listed) > PAGE:
        pages = -(-len(listed) // PAGE)
        keys.append(turn.key("more", "gaps.show", page=(page + 1) % pages))
    visible = [
        one[0].id for one in shown if not isinstance(one, Matter) and turn.may(turn.person, Action.SEE, one[0].id)
    ]
    turn.reply(
        "gaps.list", [keys[:3], keys[3:]], found=found, lines=[_line(turn, one) for one in shown], first=page * PAGE + 1,
        count=len(listed), projects=visible, reusable=True,
    )  # fmt: skip


def _key(turn: Turn, at: int, one: Gap | Matter) -> Button:
    if isinstance(one, Matter):
        return Button(str(at), "matter.show", args(turn, one))
    return Button(str(at), "project.show", {"project": one[0].id})


def _line(turn: Turn, one: Gap | Matter) -> dict[str, object]:
    if isinstance(one, Matter):
        return {"name": f"{number_of(turn, one)} {title_of(turn, one, turn.locale)}", "missing": (), "accepted": True}
    return {"name": f"{one[0].number} {one[0].name}", "missing": one[1], "accepted": one[0].accepted_on is not None}
