"""月通报 (002: 每月一通报): a month in figures and words as a Word file that the office edits, from the same entries as all else."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.documents import fill
from bot.rules.calendar import DAY
from bot.rules.plan import behind_points, plan_to_date, share
from bot.rules.ranking import Outcome, ahead, behind, groups, units
from bot.rules.words import Kind, Level, Light, Role
from handlers import matter_table, tables
from handlers.desk import Desk
from handlers.reasons import worded
from storage import people, plans, projects, roster
from storage.board import Reach
from storage.tables import Milestone, Project

MOST = 8
SLOW = 12
NAMED = 15
"""So many projects without a report are named one by one."""
SAID = ("behind_plan", "no_figure")
"""Reasons of a light that the line itself tells."""
SIZES = {"large": "总投资10亿元以上", "middle": "1亿—10亿元", "small": "1亿元以下"}


@dataclass(frozen=True)
class Month:
    """A month: its first day, and the last day whose figures count."""

    first: date
    until: date


def write(desk: Desk, path: Path, month: date | None, meant: Reach | None) -> dict[str, int]:
    """Writes the bulletin of a month (None: this one). meant: None for every project. Returns how many projects it speaks of."""
    first = (month or desk.today).replace(day=1)
    last = (first + 31 * DAY).replace(day=1) - DAY
    found = tables.meant_projects(desk, meant, last)
    found = [row for row in found if row.kind is not Kind.RESERVE]
    template = Path(desk.policy.file.bulletin.template) if desk.policy.file.bulletin.template else None
    fill(template, facts(desk, found, Month(first, min(last, desk.today)), meant), path)
    return {"projects": len(found)}


# --- the figures --------------------------------------------------------------------------------------------------------


def outcomes(desk: Desk, found: Sequence[Project], month: Month) -> list[Outcome]:
    """What each project came to by the end of the month, from what was told until then: two statements for any number of projects."""
    numbers, year = [row.id for row in found], month.first.year
    monthly, told = (
        projects.plans(desk.session, numbers, year),
        plans.told_of(desk.session, numbers, year, desk.calendar.day),
    )
    return [_outcome(desk, row, monthly.get(row.id, {}), told.get(row.id, ()), month) for row in found]


def _outcome(
    desk: Desk, row: Project, plan: Mapping[int, int], told: Sequence[tuple[date, int]], month: Month
) -> Outcome:
    until = [(day, money) for day, money in told if day <= month.until]
    before = [money for day, money in told if day < month.first]
    as_of, actual = (
        until[-1] if until else (month.until, 0)
    )  # judged as of the day the figure was given for, as lights are
    planned = plan_to_date(plan, as_of, month.first.year)
    fresh = any(month.first <= day <= month.until for day, _ in told)
    return Outcome(
        row.id, row.kind, row.total, row.lead_unit or row.unit, sum(plan.values()), planned, actual,
        actual - (before[-1] if before else 0) if fresh else None, behind_points(actual, plan, as_of, month.first.year),
        actual >= desk.policy.light.on_plan_ratio * planned,
    )  # fmt: skip


def facts(desk: Desk, found: Sequence[Project], month: Month, meant: Reach | None) -> dict[str, Any]:
    """Everything the template may say. Money in 万元 or 亿元 as text, ready to be read."""
    rows = {row.id: row for row in found}
    judged = outcomes(desk, found, month)
    names = people.unit_names(desk.session)
    root = people.root_unit(desk.session)
    milestones = projects.milestones(desk.session, list(rows))
    table = matter_table.table(desk, meant, month.first)
    plan, actual = sum(one.year_plan for one in judged), sum(one.actual for one in judged)
    return {
        "unit": root.name if root else "", "year": month.first.year, "month": month.first.month, "until": _day(month.until),
        "count": len(found), "levels": _counts(found, "level", Level), "kinds": _counts(found, "kind", Kind), "lights": _counts(found, "light", Light),
        "plan": _money(plan), "actual": _money(actual), "share": _percent(share(actual, plan)),
        "planned": _money(sum(one.planned for one in judged)), "in_month": _money(sum(one.month or 0 for one in judged)),
        "on_plan": sum(one.on_plan for one in judged), "done": _milestones_done(milestones, month),
        "ahead": [_short(rows[one.project], one, names) for one in ahead(judged, MOST)],
        "behind": [_slow(desk, rows[one.project], one, names, milestones[one.project], month) for one in behind(judged, SLOW)],
        "matters": table.whole, "categories": [(category.zh, one) for category, one in table.categories.items()],
        "untold": _untold([rows[one.project] for one in judged if one.month is None], names),
        "units": [_unit(one, names) for one in units(judged)],
        "groups": [
            {"name": f"{kind.zh} · {SIZES[size]}", "rows": [_annex(at, rows[one.project], one, names) for at, one in enumerate(group, 1)]}
            for (kind, size), group in groups(judged).items()
        ],
    }  # fmt: skip


def _counts(found: Sequence[Project], name: str, words: Any) -> str:
    """ "省级 3 个、市级 12 个": how many there are of each, those of which there are some."""
    counted = [(word.zh, sum(getattr(row, name) is word for row in found)) for word in words]
    tail = "级" if words is Level else ""
    return "、".join(f"{zh}{tail} {count} 个" for zh, count in counted if count)


def _milestones_done(milestones: Mapping[int, Sequence[Milestone]], month: Month) -> int:
    return sum(
        row.done_on is not None and month.first <= row.done_on <= month.until
        for rows in milestones.values()
        for row in rows
    )


def _untold(found: Sequence[Project], names: Mapping[int, str]) -> str:
    """本月未调度 (004: 月月有调度): the projects by name, of many how many each unit has."""
    where = [names.get(row.lead_unit or row.unit, "") for row in found]
    if len(found) <= NAMED:
        return "、".join(f"{row.name}（{unit}）" for row, unit in zip(found, where, strict=True))
    counted = "、".join(f"{unit} {count} 个" for unit, count in Counter(where).most_common())
    return f"共 {len(found)} 个：{counted}"


def _short(row: Project, one: Outcome, names: Mapping[int, str]) -> dict[str, str]:
    progress = f"{row.progress.normalize():f}%" if row.progress is not None else ""
    return {
        "name": row.name,
        "unit": names.get(one.unit, ""),
        "share": _percent(one.of_plan),
        "actual": _money(one.actual),
        "progress": progress,
    }


def _slow(
    desk: Desk, row: Project, one: Outcome, names: Mapping[int, str], milestones: Sequence[Milestone], month: Month
) -> dict[str, Any]:
    """Why it is slow, and what is wanted of whom until when."""
    held = roster.named(desk.session, row.id, desk.today).get(Role.DISPATCH_OFFICIAL, [])
    ahead_of = [each for each in milestones if each.done_on is None and each.due and each.due > month.until]
    following = min(ahead_of, key=lambda each: each.due or date.max, default=None)
    return {
        **_short(row, one, names), "points": f"{one.behind}" if one.behind is not None else "", "reasons": worded(desk, [one for one in row.reasons if one["code"] not in SAID])[:3],
        "who": "、".join(name for name, _ in held), "next": following.name if following else "", "by": _day(following.due) if following and following.due else "",
    }  # fmt: skip


def _unit(one: Any, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "name": names.get(one.unit, ""), "projects": one.projects, "on_plan": one.on_plan, "plan": _wan(one.year_plan),
        "actual": _wan(one.actual), "share": _percent(one.of_plan),
    }  # fmt: skip


def _annex(at: int, row: Project, one: Outcome, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "at": at, "name": row.name, "level": row.level.zh, "total": _wan(row.total), "plan": _wan(one.year_plan), "in_month": _wan(one.month),
        "actual": _wan(one.actual), "share": _percent(one.of_plan), "points": "" if one.behind is None else f"{one.behind}", "light": row.light.zh,
        "unit": names.get(one.unit, ""), "mark": "存疑待核" if row.doubt == "open" else "",
    }  # fmt: skip


# --- as it is written -----------------------------------------------------------------------------------------------------


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _money(yuan: int) -> str:
    """12.35亿元, 3,800万元."""
    return f"{yuan / 100_000_000:.2f}亿元" if abs(yuan) >= 100_000_000 else f"{yuan / 10_000:,.0f}万元"


def _wan(yuan: int | None) -> str:
    return "" if yuan is None else f"{yuan / 10_000:,.0f}"


def _percent(value: Any) -> str:
    return "—" if value is None else f"{value}%"
