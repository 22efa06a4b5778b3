"""What the draft of an order means: who gives it, about which project, to whom, and the matter it would make."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from bot.rules.entitlement import Action, may
from bot.rules.orders import Order
from bot.rules.words import Category, Origin, Post, Role, Urgency, Way
from handlers import ladder, pick, units
from handlers.desk import Turn
from handlers.matters import find_number
from storage import board, entitlement, matters, people, projects
from storage.tables import Matter, Person, Project

Draft = dict[str, Any]
"""kind: directive, record (代录), finding. words, mended: what was typed, and what was changed afterwards. files. project; projects: those
that may be meant. about: the matter it was said of. unit (0: to be placed), co, person; open: names that may mean several units, each with
its part. day, day_words, unlimited, standard, category, urgency, internal. giver, given_on, way, document: of a record. notes: what has to
be said by the way. turn: how often it was shown; message: the one it began with."""

RIGHTS = {"directive": Action.DIRECT, "record": Action.RECORD, "finding": Action.INSPECT}
LED = (Role.GENERAL_COORDINATOR, Role.GENERAL_DISPATCHER)
_PROJECT_FIRST = re.compile(
    r"\s*(?:项目\s*)?[#＃]?\s*(\d{1,6})(?:\s*号?\s*项目|(?=[\s：:，,]))\s*(?![月年日号%％个件天])"
)
_PROJECT = re.compile(r"项目\s*[#＃]?(\d{1,6})(?![\d月年.%％])|(\d{1,6})\s*号?\s*项目")
_MATTER = re.compile(r"\s*(?:就|关于|问题|事项)?\s*(\d{1,6}\s*[-—–]\s*\d{1,4})(?=[\s：:，,]|$)")
_NO_PROJECT = re.compile(r"不涉及(?:具体)?(?:项目)?|没有项目|不(?:针对|是)项目|综合事项")

# --- who --------------------------------------------------------------------------------------------------------------


def wanted(turn: Turn, kind: str) -> bool:
    """Whether the speaker may do this at all."""
    return turn.may(turn.person, RIGHTS[kind])


def giver_of(turn: Turn, draft: Draft) -> int:
    """Who orders it: of a record the leader named, else the speaker, or whom they stand in for (委托) where they may not themselves."""
    if draft.get("giver") is not None:
        return int(draft["giver"])
    right = RIGHTS[draft["kind"]]
    for one in (turn.person, *turn.acts_for(turn.person)):
        if may(entitlement.own(turn.session, one, turn.today), right):
            return one
    return turn.person


def entitled(turn: Turn, draft: Draft, project: int) -> bool:
    """Whether this may be ordered of a project: by the giver, and by the speaker who writes it down."""
    giver = Action.INSPECT if draft["kind"] == "finding" else Action.DIRECT
    return turn.may(giver_of(turn, draft), giver, project) and turn.may(turn.person, RIGHTS[draft["kind"]], project)


def leaders(turn: Turn) -> list[tuple[int, str]]:
    """(id, name) of the leaders whose orders the speaker may write down: a dispatcher those of the district and of its projects, a
    liaison those of their own unit."""
    held = turn.standing(turn.person).posts
    found: dict[int, Person] = {}
    for person, unit in people.everyone_with(turn.session, Post.LEADER, turn.today):
        above = people.subtree(turn.session, unit)
        if any((post is Post.DISPATCHER and (unit in covered or covered & above)) or (post is Post.LIAISON and unit in covered) for post, covered in held):  # fmt: skip
            found[person.id] = person
    dispatched = board.projects(turn.session, board.reach(turn.standing(turn.person), Action.DISPATCH))
    for by_role in entitlement.assigned_to(turn.session, [row.id for row in dispatched], turn.today).values():
        for person_id in (one for role in LED for one in by_role.get(role, ())):
            row = turn.session.get(Person, person_id)
            if row is not None and row.active:
                found[row.id] = row
    found.pop(turn.person, None)
    return [
        (row.id, f"{row.name}（{row.title}）" if row.title else row.name)
        for row in sorted(found.values(), key=lambda row: row.id)
    ]


_TITLES = re.compile(r"副?(?:区长|书记|主任|县长|市长|部长|局长|主席)|常委|秘书长|总")


def leader_named(turn: Turn, said: str) -> list[int]:
    """The leaders that a text may mean: by name, else by surname with a title (张区长)."""
    known = [(key, label.split("（")[0]) for key, label in leaders(turn)]
    whole = [key for key, name in known if name in said]
    if whole:
        return whole
    return [key for key, name in known if re.search(re.escape(name[0]) + f"(?:{_TITLES.pattern})", said)]


def called(turn: Turn, draft: Draft, persons: Iterable[int]) -> None:
    """A person named: theirs is the unit where none is named, else they must be of it. Two of one name are not guessed at."""
    rows = [row for one in persons if (row := turn.session.get(Person, one)) is not None and row.unit is not None]
    unit = draft.get("unit")
    if unit:
        below = people.subtree(turn.session, unit)
        rows = [row for row in rows if row.unit in below]
    rows = [row for row in rows if row.id != giver_of(turn, draft)]
    if len(rows) == 1:
        draft["person"], draft["unit"] = rows[0].id, unit or rows[0].unit
    elif len(rows) > 1 and not unit:
        named = {"part": "unit", "words": rows[0].name, "units": [row.unit for row in rows]}
        draft["open"] = [*draft.get("open", []), named]


# --- about which project ----------------------------------------------------------------------------------------------


def project_of(turn: Turn, draft: Draft) -> Project | None:
    return projects.by_id(turn.session, draft["project"]) if draft.get("project") is not None else None


def reach(turn: Turn, draft: Draft) -> set[int]:
    """The projects that the speaker may order something of."""
    standing = turn.standing(turn.person)
    return {row.id for row in board.projects(turn.session, board.reach(standing, RIGHTS[draft["kind"]]))}


def placed(turn: Turn, draft: Draft, said: str, order: Order) -> bool:
    """Takes in which project or matter is named; several that may be meant are asked about. False where none is named."""
    if _NO_PROJECT.search(said):
        draft["project"], draft["projects"], draft["about"] = None, [], None
        return True
    matter = _matter(turn, said)
    if matter is not None:
        draft["project"], draft["about"], draft["projects"] = matter.project, matter.id, []
        return True
    found = _projects(turn, draft, said, order)
    if len(found) == 1:
        draft["project"], draft["projects"] = next(iter(found)), []
    elif found:
        draft["projects"] = sorted(found)
    return bool(found)


def without_number(draft: Draft, said: str) -> str:
    """The words without the number of the project that they begin with: the project stands on a line of its own."""
    number = _PROJECT_FIRST.match(said)
    return said[number.end() :].strip() or said if number and draft.get("project") is not None else said


def _matter(turn: Turn, said: str) -> Matter | None:
    first = _MATTER.match(said)
    number = find_number(first[1]) if first else None
    matter = matters.by_number(turn.session, *number) if number else None
    return (
        matter if matter is not None and matter.id in turn.standing(turn.person).matters else _of_project(turn, matter)
    )


def _of_project(turn: Turn, matter: Matter | None) -> Matter | None:
    return (
        matter
        if matter and matter.project is not None and turn.may(turn.person, Action.LIGHTS, matter.project)
        else None
    )


def _projects(turn: Turn, draft: Draft, said: str, order: Order) -> set[int]:
    number = _PROJECT_FIRST.match(said) or _PROJECT.search(said)
    mine = reach(turn, draft)
    if number:
        row = projects.by_number(turn.session, int(number[1] or number[2]))
        return {row.id} if row is not None and row.id in mine else set()
    return pick.named(turn, mine, order.rest) if len(order.rest.strip()) > 3 else set()


# --- to whom, and what it would be --------------------------------------------------------------------------------------


def manned(turn: Turn, draft: Draft) -> dict[int, str]:
    """id -> name of the units where somebody could answer who does not give the order, by name."""
    probe = made(turn, {**draft, "words": draft["words"] or [""]})
    there = dict(units.staffed(turn, probe))
    person = turn.session.get(Person, draft["person"]) if draft.get("person") else None
    if person is not None and person.unit is not None:
        there.setdefault(person.unit, people.unit_name(turn.session, person.unit))
    return there


def suggested(turn: Turn, draft: Draft) -> list[tuple[int, str]]:
    """The units to choose from: first the one that has the matter it is about, the project's own, and the category's."""
    there = manned(turn, draft)
    project = project_of(turn, draft)
    matter = matters.by_id(turn.session, draft["about"]) if draft.get("about") else None
    near = [
        matter.unit if matter else None,
        project.lead_unit if project else None,
        ladder.route(turn, category_of(draft), giver_of(turn, draft), project),
    ]
    first = [unit for unit in dict.fromkeys(near) if unit in there]
    return [(unit, there[unit]) for unit in (*first, *(one for one in there if one not in first))]


def category_of(draft: Draft) -> Category:
    return Category(draft.get("category") or Category.OTHER)


def scope_of(turn: Turn, giver: int) -> int | None:
    """The unit in whose scope a matter of no project lies: the one the giver is a leader, supervisor or dispatcher of, else the district."""
    held = people.held_by(turn.session, giver, turn.today)
    for post in (Post.LEADER, Post.SUPERVISOR, Post.DISPATCHER):
        unit = next((unit for one, unit in held if one is post), None)
        if unit is not None:
            return unit
    root = people.root_unit(turn.session)
    return root.id if root else None


def typed(draft: Draft) -> list[str]:
    """Everything that was typed of the order, for its card or to be given back."""
    changes = [f"（{'；'.join(draft['mended'])}）"] if draft.get("mended") else []
    return [*draft.get("words", []), *changes]


def made(turn: Turn, draft: Draft) -> Matter:
    """The matter that the draft would make; not yet in the store."""
    giver = giver_of(turn, draft)
    finding, recorded = draft["kind"] == "finding", giver != turn.person
    way = Way(draft.get("way") or Way.CHAT)
    given = date.fromisoformat(draft["given_on"]) if draft.get("given_on") else turn.today
    return Matter(
        id=0, project=draft.get("project"), unit_scope=None if draft.get("project") else scope_of(turn, giver), number=0,
        origin=Origin.INSPECTION if finding else Origin.DIRECTIVE, category=category_of(draft),
        urgency=Urgency(draft.get("urgency") or Urgency.ORDINARY), words="\n".join(typed(draft)), standard=draft.get("standard") or "",
        document=draft.get("document") or "", internal=bool(draft.get("internal")), raised_by=giver, raised_at=turn.now,
        recorded_by=turn.person if recorded else None, given_on=given if draft["kind"] == "record" else None, given_way=way,
        promised_on=date.fromisoformat(draft["day"]) if draft.get("day") else None, since_at=turn.now, due_at=turn.now, look_at=turn.now,
        handed_at=turn.now, version=0,
    )  # fmt: skip
