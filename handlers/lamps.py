"""红绿灯: one project's light with its whole arithmetic, since when, its milestones, its months and what officials declare; units by their projects."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.messages import Button
from bot.rules import light_months
from bot.rules.entitlement import OFFICIALS, Action
from bot.rules.light_months import UnitMonth
from bot.rules.lights import SEVERITY, milestone_light, unit_light
from bot.rules.reason import Reason
from bot.rules.words import Light, Role
from handlers import dossier, pick
from handlers.desk import Desk, Turn
from handlers.reasons import in_words, worded
from storage import board, people, plans, projects
from storage import lights as kept
from storage.tables import LightDeclared, Project

CHANGES = 5
UNITS = 10
"""Units of one page."""
SAY = re.compile(r"^\s*(?P<light>绿|黄|红|撤回)(?:灯|色)?[\s,，:：。]*(?P<reason>.*)$", re.DOTALL)
LEAST = 4
"""Characters of a reason, at least."""

# --- one project ------------------------------------------------------------------------------------------------------------


def show(turn: Turn) -> None:
    """红绿灯 17, or the button; without a number the units, for who may see them, else the speaker's projects."""
    rest = str(turn.args.get("rest", "")).strip()
    if "project" in turn.args:
        row = projects.by_id(turn.session, turn.args["project"])
        found = [row] if row else []
    elif rest:
        found = dossier.meant(turn, rest, Action.LIGHTS)
    elif turn.may(turn.person, Action.BOARD):
        units(turn)
        return
    else:
        found = pick.urgent_first(turn, turn.standing(turn.person).roles)
    found = [row for row in found if turn.may(turn.person, Action.LIGHTS, row.id)]
    if not found:
        turn.reply("start.no_such_thing")
    elif len(found) > 1:
        pick.show(turn, found, "light.show", heading="light.which")
    else:
        card(turn, found[0])


def card(turn: Turn, project: Project) -> None:
    """The light of one project, and everything it comes from."""
    rule, milestones = turn.policy.light, projects.milestones_of(turn.session, project.id)
    paused = project.paused_until is not None and project.paused_until >= turn.today
    lamps = [
        (row.name, *milestone_light(projects.milestone_standing(row), turn.today, rule, turn.calendar, paused=paused))
        for row in milestones
    ]
    history = [row for row in kept.history(turn.session, project.id, CHANGES) if row.was is not row.light]
    keys = [turn.key(f"declare_{light}", "light.declare", project=project.id, light=light.value) for light in Light]
    plan = turn.key("plan", "plan.show", project=project.id)
    mine = declared(turn, [project.id]).get(project.id)
    taken_back = [turn.key("declare_none", "light.declare", project=project.id, light="")] if mine else []
    turn.reply(
        "light.card",
        [keys if may_declare(turn, project) else [], [*(taken_back if may_declare(turn, project) else []), plan, turn.key("project", "project.show", project=project.id)]],
        reusable=True, projects=[project.id], project=project, rule=rule.name, reasons=worded(turn, project.reasons, turn.locale), declared=mine,
        milestones=[(name, light, in_words(turn, reason, turn.locale)) for name, light, reason in _told_first(lamps)],
        history=[(row.day, row.was, row.light) for row in history], months=_months(turn, project), **standing(turn, project),
    )  # fmt: skip


def _told_first(lamps: Sequence[tuple[str, Light, Reason]]) -> list[tuple[str, Light, Reason]]:
    """Those that are not done, the worst first; at most as many as a card has room for."""
    opened = [one for one in lamps if one[2].code != "milestone_done"]
    return sorted(opened, key=lambda one: SEVERITY[one[1]])[: dossier.SHOWN_MILESTONES]


def standing(desk: Desk, project: Project) -> dict[str, Any]:
    """Since when the light is what it is, and for how many days; None where it never changed."""
    since = kept.since(desk.session, [project.id]).get(project.id)
    return {"since": since, "since_days": (desk.today - since).days if since else 0}


def _months(desk: Desk, project: Project) -> list[light_months.MonthLight]:
    """The lamps that the months of this year keep (瓯海: missed and then caught up stays yellow)."""
    months = projects.plan(desk.session, project.id, desk.today.year)
    if not sum(months.values()):
        return []
    first = date(desk.today.year, 1, 1)
    changes = kept.changes(desk.session, [project.id], first, desk.today).get(project.id, [])
    turned = [one for one in changes if one[0] > first]
    told = plans.told(desk.session, project.id, desk.today.year, desk.calendar.day)
    return list(light_months.month_lights(months, told, turned if desk.policy.light.caught_up else [], desk.today))


# --- declared ---------------------------------------------------------------------------------------------------------------


def may_declare(turn: Turn, project: Project) -> bool:
    """The project's officials and its reporter, and the office."""
    held = turn.standing(turn.person).roles.get(project.id, frozenset())
    return bool(held & (OFFICIALS | {Role.REPORTER})) or turn.may(turn.person, Action.DISPATCH, project.id)


def declared(desk: Desk, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """project -> the light that an official declares, with who, when and why."""
    return {project: _as_facts(desk, row) for project, row in kept.declared(desk.session, numbers).items()}


def _as_facts(desk: Desk, row: LightDeclared) -> dict[str, Any]:
    return {
        "light": row.light, "reason": row.reason, "who": people.name_of(desk.session, row.person), "day": desk.calendar.day(row.said_at),
        "computed": row.computed,
    }  # fmt: skip


def declare(turn: Turn) -> None:
    """A light was tapped; one better than the computed one wants a reason."""
    project = projects.by_id(turn.session, turn.args["project"])
    if project is None or not may_declare(turn, project):
        turn.reply("start.no_such_thing")
        return
    light = Light(turn.args["light"]) if turn.args["light"] else None
    _declare(turn, project, light, "")


def typed(turn: Turn) -> None:
    """自报 17 绿灯 设备下周到; 自报 17 撤回."""
    rest = str(turn.args.get("rest", "")).strip()
    named, _, said = rest.partition(" ")
    meant = SAY.match(said)
    found = dossier.meant(turn, named, Action.LIGHTS) if named else []
    if meant is None or len(found) != 1:
        turn.reply("light.how")
    elif not may_declare(turn, found[0]):
        turn.reply("light.not_yours", project=found[0])
    else:
        light = None if meant["light"] == "撤回" else Light.of(f"{meant['light']}灯")
        _declare(turn, found[0], light, meant["reason"].strip())


def reason(turn: Turn) -> None:
    """Why it is better than what is computed."""
    draft = dict(turn.talk.draft)
    project = projects.by_id(turn.session, draft["project"])
    if project is None or not may_declare(turn, project):
        turn.done()
        turn.reply("start.no_such_thing")
        return
    _declare(turn, project, Light(draft["light"]), turn.typed)


def cancel(turn: Turn) -> None:
    """取消: nothing is declared."""
    if turn.talk.step == "light.reason":
        turn.done()
    turn.reply("light.cancelled")


def _declare(turn: Turn, project: Project, light: Light | None, why: str) -> None:
    better = light is not None and SEVERITY[light] > SEVERITY[project.light]
    if better and len(why) < LEAST:
        turn.ask("light.reason", {"project": project.id, "light": light})
        cancel = [[turn.key("cancel", "light.cancel")]]
        reasons = worded(turn, project.reasons, turn.locale)
        turn.reply("light.reason", cancel, project=project, light=light, reasons=reasons, projects=[project.id])
        return
    if turn.talk.step == "light.reason":
        turn.done()
    kept.declare(
        turn.session, project=project.id, light=light, computed=project.light, reason=why, person=turn.person, said_at=turn.now
    )  # fmt: skip
    facts = {"light": light, "computed": project.light}
    turn.note(
        "light.declared", project=project.id, person=turn.person, facts=facts, words={"reason": why} if why else None
    )
    keys = [
        turn.key("light", "light.show", project=project.id),
        turn.key("project", "project.show", project=project.id),
    ]
    turn.reply("light.declared", [keys], project=project, light=light, projects=[project.id])


# --- units ------------------------------------------------------------------------------------------------------------------


def by_unit(desk: Desk, rows: Sequence[Project]) -> list[tuple[int, Light, Reason]]:
    """(unit, its light, why) of the units that answer for these projects (leading one, else its own), the worst first."""
    groups: dict[int, list[Project]] = {}
    for row in rows:
        groups.setdefault(row.lead_unit or row.unit, []).append(row)
    found = []
    for unit, own in groups.items():
        counts = {light: sum(row.light is light for row in own) for light in Light}
        light, why = unit_light(counts, _months_of(desk, own), desk.policy.light)
        found.append((unit, light, why, -counts[Light.RED] / len(own), -counts[Light.YELLOW] / len(own)))
    found.sort(key=lambda one: (SEVERITY[one[1]], *one[3:], one[0]))
    return [(unit, light, why) for unit, light, why, *_ in found]


def _months_of(desk: Desk, own: Sequence[Project]) -> tuple[UnitMonth, ...]:
    """The months of a unit, where the rule judges it by them."""
    if not desk.policy.light.unit_months:
        return ()
    numbers = [row.id for row in own]
    planned = projects.plans(desk.session, numbers, desk.today.year)
    told = plans.told_of(desk.session, numbers, desk.today.year, desk.calendar.day)
    return light_months.unit_months([(planned.get(one, {}), told.get(one, [])) for one in numbers], desk.today)


def units(turn: Turn) -> None:
    """The lights of the units whose projects the speaker sees on the board."""
    seen = board.projects(turn.session, board.reach(turn.standing(turn.person), Action.BOARD))
    found, names = by_unit(turn, seen), people.unit_names(turn.session)
    page = int(turn.args.get("page", 0))
    shown = found[page * UNITS : (page + 1) * UNITS]
    numbers = [Button(str(at), "light.unit", {"unit": unit}) for at, (unit, _, _) in enumerate(shown[: pick.PAGE], 1)]
    left = len(found) > (page + 1) * UNITS
    more = [turn.key("more", "light.units", page=page + 1 if left else 0)] if len(found) > UNITS else []
    turn.reply(
        "light.units", [numbers[:3], [*numbers[3:], *more]], reusable=True, rule=turn.policy.light.name, count=len(found),
        units=[(names.get(unit, ""), light, in_words(turn, why, turn.locale)) for unit, light, why in shown], pressed=len(numbers),
        first=page * UNITS,
    )  # fmt: skip


def unit(turn: Turn) -> None:
    """A unit was pressed: its projects, the worst first."""
    seen = board.projects(turn.session, board.reach(turn.standing(turn.person), Action.BOARD))
    own = [row for row in seen if (row.lead_unit or row.unit) == turn.args["unit"]]
    if not own:
        turn.reply("start.no_such_thing")
        return
    found = sorted(own, key=lambda row: (SEVERITY[row.light], row.number))
    pick.show(turn, found, "light.show", heading="light.of_unit")
