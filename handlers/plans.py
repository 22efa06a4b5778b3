"""计划 (004: 以目标倒排任务; 以月保季、以季保年): the year's investment against its plan, what is needed from now on, and changing the plan."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bot.rules import reading
from bot.rules.entitlement import Action
from bot.rules.plan import (
    MONTHS,
    Month,
    behind_points,
    course,
    plan_to_date,
    quarter_end,
    share,
    spread,
)
from handlers import dossier, periods, pick, watching
from handlers.desk import Desk, Turn
from storage import plans, projects
from storage.tables import Project

BY_HAND = re.compile(r"(\d{1,2})\s*月(?:份)?\s*[:：]?\s*([^\d\s月][^\s,，;；]*|[\d.,]+\s*(?:万|亿)?(?:元)?)")
WAYS = ("even", "season", "by_hand")

# --- how it stands ------------------------------------------------------------------------------------------------------


def show(turn: Turn) -> None:
    """计划 17, or the button: the plan of one project; without a number the projects of the speaker."""
    rest = str(turn.args.get("rest", "")).strip()
    if "project" in turn.args:
        row = projects.by_id(turn.session, turn.args["project"])
        found = [row] if row else []
    else:
        found = dossier.meant(turn, rest, Action.LIGHTS) if rest else pick.urgent_first(turn, _mine(turn))
    found = [row for row in found if turn.may(turn.person, Action.LIGHTS, row.id)]
    if not found:
        turn.reply("start.no_such_thing")
    elif len(found) == 1:
        _card(turn, found[0])
    else:
        pick.show(turn, found, "plan.show", heading="plan.which")


def _mine(turn: Turn) -> list[int]:
    return list(turn.standing(turn.person).roles)


def _card(turn: Turn, project: Project) -> None:
    keys = []
    if turn.may(turn.person, Action.DISPATCH, project.id):
        keys = [
            turn.key("spread_plan", "plan.spread", project=project.id),
            turn.key("lay_back", "plan.back", project=project.id),
        ]
    ways = [turn.key("milestones", "milestone.list", project=project.id)]
    ways.append(turn.key("project", "project.show", project=project.id))
    turn.reply("plan.card", [keys, ways], reusable=True, projects=[project.id], **facts(turn, project))


def facts(desk: Desk, project: Project) -> dict[str, Any]:
    """Everything the card of a plan shows; money in 元."""
    year = desk.today.year
    months = projects.plans(desk.session, [project.id], year).get(project.id, {})
    told = plans.told(desk.session, project.id, year, desk.calendar.day)
    known = course(months, told, desk.today, project.total, project.invested_before)
    quarter, day = (
        quarter_end(desk.today),
        known.as_of or desk.today,
    )  # judged as of the day the figure was given for, as lights are
    return {
        "project": project, "year": year, "total": known.year.planned, "actual": known.actual, "told": bool(told), "as_of": known.as_of,
        "share": share(known.actual, known.year.planned), "planned": plan_to_date(months, day, year), "points": behind_points(known.actual, months, day, year),
        "quarter": quarter // 3, "left": 13 - desk.today.month, "left_of_quarter": quarter - desk.today.month + 1, "months": _lines(known.months, periods.plans_of(desk, [project], year)[project.id]),
        "ahead": [(month, months.get(month, 0)) for month in MONTHS if month > desk.today.month], "course": known, "outlook": known.outlook,
    }  # fmt: skip


def _lines(found: Sequence[Month], plan: Mapping[int, int]) -> list[tuple[int, int, int, int | None]]:
    """(first month, last month, planned, actual): months that no figure tells apart stand together. plan: closed months as they were closed."""
    lines: list[tuple[int, int, int, int | None]] = []
    for one in found:
        if one.actual is not None:
            lines = [line for line in lines if line[0] < one.since]
        planned = sum(plan.get(month, 0) for month in range(one.since, one.month + 1))
        lines.append((one.since, one.month, planned, one.actual))
    return lines


# --- spreading it over the months -----------------------------------------------------------------------------------------


def ask(turn: Turn) -> None:
    """分解计划: how what is left of the year is to be spread."""
    project = dispatched(turn, turn.args["project"])
    if project is None:
        return
    draft = {"project": project.id, "total": project.year_plan}
    turn.ask("plan.ways", draft)
    _ask_way(turn, project, draft)


def _ask_way(turn: Turn, project: Project, draft: dict[str, Any]) -> None:
    keys = [turn.key(f"plan_{way}", "plan.way", way=way) for way in WAYS] if draft["total"] else []
    turn.reply(
        "plan.ways", [[*keys, turn.key("cancel", "plan.cancel")]], project=project, total=draft["total"], first=turn.today.month,
        past=_past(turn, project), projects=[project.id],
    )  # fmt: skip


def typed(turn: Turn) -> None:
    """The year's amount (年计划 1.5亿), or months by hand (10月800万 11月1000万)."""
    draft = dict(turn.talk.draft)
    project = dispatched(turn, draft["project"])
    if project is None:
        turn.done()
        return
    by_hand = {int(month): reading.parse_money(money) for month, money in BY_HAND.findall(turn.typed)}
    whole = reading.parse_money(re.sub(r"^(全年|年度?)?计划(投资)?[:：\s]*", "", turn.typed.strip()))
    if by_hand and all(money is not None and turn.today.month <= month <= 12 for month, money in by_hand.items()):
        known = projects.plans(turn.session, [project.id], turn.today.year).get(project.id, {})
        new = {month: known.get(month, 0) for month in MONTHS if month >= turn.today.month}
        _confirm(turn, project, {**new, **{month: money or 0 for month, money in by_hand.items()}})
    elif whole is not None and whole > 0 and not by_hand:
        draft["total"] = whole
        turn.ask("plan.ways", draft)
        _ask_way(turn, project, draft)
    else:
        turn.reply("plan.unread", words=turn.typed, first=turn.today.month)


def way(turn: Turn) -> None:
    """平均, 按季节: what is left of the year's amount over the months from this one on. 手工: typed."""
    draft = dict(turn.talk.draft)
    if turn.talk.step != "plan.ways":
        turn.reply("plan.gone")
        return
    project = dispatched(turn, draft["project"])
    if project is None:
        return
    if turn.args["way"] == "by_hand":
        turn.reply("plan.by_hand", [[turn.key("cancel", "plan.cancel")]], first=turn.today.month)
        return
    left = draft["total"] - _past(turn, project)
    if left < 0:
        turn.reply("plan.too_small", total=draft["total"], past=_past(turn, project))
        return
    season = turn.policy.file.plan.season
    weights = {
        month: season[month - 1] if turn.args["way"] == "season" else Decimal(1)
        for month in MONTHS
        if month >= turn.today.month
    }
    _confirm(turn, project, spread(left, weights))


def _past(desk: Desk, project: Project) -> int:
    """The plan of the months that are over: it stays as it was."""
    months = projects.plans(desk.session, [project.id], desk.today.year).get(project.id, {})
    return sum(money for month, money in months.items() if month < desk.today.month)


def _confirm(turn: Turn, project: Project, new: dict[int, int]) -> None:
    """Old beside new; nothing holds before 确认."""
    known = projects.plans(turn.session, [project.id], turn.today.year).get(project.id, {})
    turn.ask(
        "plan.ways",
        {
            "project": project.id,
            "total": _past(turn, project) + sum(new.values()),
            "new": {str(month): money for month, money in new.items()},
        },
    )
    keys = [
        turn.key("confirm", "plan.confirm", "primary"),
        turn.key("amend", "plan.spread", project=project.id),
        turn.key("cancel", "plan.cancel"),
    ]
    turn.reply(
        "plan.confirm", [keys], project=project, rows=[(month, known.get(month, 0), money) for month, money in sorted(new.items())],
        total=_past(turn, project) + sum(new.values()), was=project.year_plan, projects=[project.id],
    )  # fmt: skip


def confirm(turn: Turn) -> None:
    """确认: the months hold from now on; the light follows."""
    draft = dict(turn.talk.draft)
    if turn.talk.step != "plan.ways" or "new" not in draft:
        turn.reply("plan.gone")
        return
    project = dispatched(turn, draft["project"])
    turn.done()
    if project is None:
        return
    before = projects.plans(turn.session, [project.id], turn.today.year).get(project.id, {})
    new = {int(month): money for month, money in draft["new"].items()}
    rows = plans.set_months(turn.session, project.id, turn.today.year, new)
    project.year_plan, was = sum({**before, **new}.values()), project.year_plan
    turn.session.flush()
    turn.note(
        "plan.changed",
        project=project.id,
        person=turn.person,
        facts={"was": was, "now": project.year_plan},
        rows=[project, *rows],
    )
    watching.refresh(turn, project)
    _card(turn, project)


def cancel(turn: Turn) -> None:
    """取消: the plan stays as it is."""
    if turn.talk.step.startswith("plan."):
        turn.done()
    turn.reply("plan.cancelled")


def dispatched(turn: Turn, number: int) -> Project | None:
    """The project, if the speaker dispatches it; says so where not."""
    project = projects.by_id(turn.session, number)
    if project is None or not turn.may(turn.person, Action.DISPATCH, project.id):
        turn.reply("start.no_such_thing")
        return None
    return project
