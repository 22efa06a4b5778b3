"""挂图 (000: 挂图作战): the charts of what the speaker may see, of one unit, or of one project, as pictures; and the way to the board page."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.messages import Button, Picture
from bot.rules.entitlement import Action
from bot.rules.units import units_named
from handlers import (
    blocker_chart,
    board,
    board_code,
    curve_chart,
    dossier,
    gantt_chart,
    light_chart,
    pick,
    stage_chart,
    wall_chart,
)
from handlers.chart_scope import Scope, words
from handlers.desk import Desk, Turn
from storage import board as boards
from storage import people, projects
from storage.board import Reach
from storage.tables import Project

CHARTS: Mapping[str, Callable[[Desk, Scope], dict[str, Any]]] = {
    "lights": light_chart.values,
    "gantt": gantt_chart.values,
    "curve": curve_chart.values,
    "stages": stage_chart.values,
    "blockers": blocker_chart.values,
    "wall": wall_chart.values,
}
"""What can be drawn: 红黄绿灯, 横道图, 投资曲线, 项目阶段, 未结问题, 挂图作战."""
OF_ONE = ("gantt", "curve")
"""What can be drawn of one project."""
DRAWN_AS = {"wall": "chart"}
"""The templates that bear another name."""
MOST = 48
"""Projects in one picture of a chat, at most; the rest is counted in its footer."""


def picture(desk: Desk, kind: str, scope: Scope) -> tuple[Picture, list[int]]:
    """A chart, and the projects that it names. Its values are worked out here; it is drawn when it is sent."""
    values = CHARTS[kind](desk, scope)
    return Picture(DRAWN_AS.get(kind, kind), values), values.pop("projects", [])


# --- which one --------------------------------------------------------------------------------------------------------


def show(turn: Turn) -> None:
    """挂图: of all the speaker may see; 挂图 17, 挂图 区住建局: of a project, of a unit."""
    rest = str(turn.args.get("rest", "")).strip()
    if rest:
        _named(turn, rest)
    elif turn.may(turn.person, Action.BOARD):
        _choose(turn, None)
    else:
        mine = pick.urgent_first(turn, turn.standing(turn.person).roles)
        _of_projects(turn, [row for row in mine if turn.may(turn.person, Action.LIGHTS, row.id)])


def choose(turn: Turn) -> None:
    """The button: which chart."""
    if turn.may(turn.person, Action.BOARD):
        _choose(turn, turn.args.get("unit"))
    else:
        turn.reply("start.no_such_thing")


def _named(turn: Turn, rest: str) -> None:
    units = _units(turn, rest)
    if len(units) == 1:
        _choose(turn, units[0])
        return
    found = dossier.meant(turn, rest, Action.LIGHTS)
    if found:
        _of_projects(turn, found)
    else:
        names = people.unit_names(turn.session)
        turn.reply("chart.not_known", words=rest, units=[names[unit] for unit in units[: pick.PAGE]])


def _units(turn: Turn, rest: str) -> list[int]:
    """The units meant, of those whose projects the speaker may see on a board: by whole name, in short (区住建局), or a part of the name."""
    if not turn.may(turn.person, Action.BOARD):
        return []
    names = people.unit_names(turn.session)
    seen = light_chart.units_within(turn, boards.reach(turn.standing(turn.person), Action.BOARD))
    exact = [unit for unit in seen if names[unit] == rest]
    short = list(units_named(rest, [(unit, names[unit]) for unit in seen]))
    return exact or short or [unit for unit in seen if rest in names[unit]]


def _of_projects(turn: Turn, found: list[Project]) -> None:
    if not found:
        turn.reply("start.no_such_thing")
    elif len(found) == 1:
        _draw(turn, OF_ONE[0], _of_project(turn, found[0]))
    else:
        pick.show(turn, found, "chart.project", heading="chart.which")


# --- drawing ----------------------------------------------------------------------------------------------------------


def _choose(turn: Turn, unit: int | None) -> None:
    fresh = bool(turn.args.get("fresh"))
    turn.reply("chart.choose", _keys(turn, unit), reusable=True, fresh=fresh, scope=_scope(turn, unit).name)


def _keys(turn: Turn, unit: int | None, but: str = "") -> list[list[Button]]:
    """The other charts of the same (a picture stays where it is); behind 更多 the wall chart and the board page."""
    more = [turn.key("more", "chart.more", unit=unit, fresh=bool(but))]
    keys = [
        turn.key(f"chart_{kind}", "chart.draw", kind=kind, unit=unit) for kind in CHARTS if kind not in ("wall", but)
    ]
    return [keys[:3], [*keys[3:], *more]]


def more(turn: Turn) -> None:
    """更多: the wall chart, the board page, and back."""
    if not turn.may(turn.person, Action.BOARD):
        turn.reply("start.no_such_thing")
        return
    unit = turn.args.get("unit")
    keys = [
        turn.key("chart_wall", "chart.draw", kind="wall", unit=unit),
        turn.key("board_page", "chart.page"),
        turn.key("back", "chart.choose", unit=unit),
    ]
    fresh = bool(turn.args.get("fresh"))
    turn.reply("chart.choose", [keys], reusable=True, fresh=fresh, scope=_scope(turn, unit).name)


def draw(turn: Turn) -> None:
    """One was pressed: of a project, a unit, or all."""
    if "project" in turn.args:
        project(turn)
    elif turn.may(turn.person, Action.BOARD):
        _draw(turn, turn.args["kind"], _scope(turn, turn.args.get("unit")), turn.args.get("unit"))
    else:
        turn.reply("start.no_such_thing")


def project(turn: Turn) -> None:
    """A project's button, or its number in a list."""
    row = projects.by_id(turn.session, turn.args["project"])
    if row is None or not turn.may(turn.person, Action.LIGHTS, row.id):
        turn.reply("start.no_such_thing")
    else:
        _draw(turn, turn.args.get("kind", OF_ONE[0]), _of_project(turn, row))


def _draw(turn: Turn, kind: str, scope: Scope, unit: int | None = None) -> None:
    drawn, named = picture(turn, kind, scope)
    if scope.project is None:
        keys = _keys(turn, unit, but=kind)
    else:
        other = [one for one in OF_ONE if one != kind]
        of = scope.project.id
        keys = [[turn.key(f"chart_{one}", "chart.draw", kind=one, project=of) for one in other]]
        keys[0].append(turn.key("project", "project.show", project=of, fresh=True))
    turn.pressed = None
    turn.reply(
        "chart.shown", keys, picture=drawn, reusable=True, projects=named, name=words(turn, "chart.names", turn.locale)[kind],
        scope=scope.name,
    )  # fmt: skip


def _scope(turn: Turn, unit: int | None) -> Scope:
    """All the speaker may see on a board, or what of it belongs to a unit."""
    seen = boards.reach(turn.standing(turn.person), Action.BOARD)
    if unit is None:
        return Scope(seen, board.scope_name(turn, turn.person), turn.locale, most=MOST)
    meant = Reach(people.subtree(turn.session, unit), within=seen)
    return Scope(meant, people.unit_name(turn.session, unit), turn.locale, most=MOST)


def _of_project(turn: Turn, row: Project) -> Scope:
    return Scope(Reach(projects=frozenset([row.id]), left=True), row.name, turn.locale, row)


# --- the board page ---------------------------------------------------------------------------------------------------


def page(turn: Turn) -> None:
    """网页看板: where it is, and a code that opens it once, for whoever may see the board; it opens nothing else."""
    if not turn.may(turn.person, Action.BOARD):
        turn.reply("start.no_such_thing")
        return
    assert turn.known is not None
    if turn.house.demo:
        turn.reply("chart.page_here", web=turn.house.web, path=f"/demo/{turn.known.account}/board")
        return
    part = turn.policy.file.board
    code = board_code.make(turn, turn.person, turn.known.account)
    turn.reply(
        "chart.page", web=turn.house.web, path="/board", code=code, minutes=part.code_minutes, hours=part.login_hours
    )
