"""What 项目一页纸 and 一句话进展 say: everything about one project on one A4, and one sentence composed of the facts."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.messages import plain
from bot.rules.figures import total_invested
from bot.rules.plan import by_month, needed, share
from bot.rules.words import Light, Role
from bot.texts import money, percent
from handlers import dossier, judging, matters, periods
from handlers.desk import Desk
from handlers.reasons import worded
from storage import dispatch_log, doubts, lights, people, plans, projects, roster
from storage import papers as stored
from storage.tables import Milestone, Project

MILESTONES, MATTERS = 14, 6
OFFICIALS = tuple(Role)

# --- one sentence -----------------------------------------------------------------------------------------------------------


def line(desk: Desk, row: Project, locale: str = "") -> str:
    """智诚慧家标准车间（区级新建，总投资 4 亿元）：截至 11-22，形象进度 65%，今年完成投资 …"""
    milestones = [one for one in projects.milestones_of(desk.session, row.id) if one.done_on is None and one.due]
    opened = projects.open_matters(desk.session, row.id)
    measured = (
        row.invested_year is not None and row.year_plan and row.invested_as_of and row.invested_as_of.year == row.year
    )
    return plain(
        desk.text(
            "paper.sentence", locale, project=row, unit=people.unit_names(desk.session).get(row.lead_unit or row.unit, ""),
            share=share(row.invested_year or 0, row.year_plan or 0) if measured else None, next=min(milestones, key=lambda one: one.due or date.max, default=None),
            reasons=[one for one in row.reasons if one["code"] == "behind_plan"], points=_points(row), opened=[(one.category, dossier.stage(desk, one, locale)) for one in opened[:2]],
            more=max(0, len(opened) - 2),
        )
    )  # fmt: skip


def _points(row: Project) -> str:
    """By how many percentage points it lags, as its light tells."""
    for one in row.reasons:
        if one["code"] == "behind_plan" and isinstance(told := one["facts"].get("points"), dict):
            return str(told.get("decimal", ""))
    return ""


# --- the page ---------------------------------------------------------------------------------------------------------------


def values(desk: Desk, row: Project) -> dict[str, Any]:
    """What the page shows, as text."""
    number, digest = dispatch_log.head(desk.session)
    milestones = projects.milestones(desk.session, [row.id])[row.id]
    held = roster.named(desk.session, row.id, desk.today)
    return {
        "title": row.name, "subtitle": plain(desk.text("paper.page_under", project=row, unit=_unit(desk, row), at=desk.now)),
        "facts": _facts(desk, row), "light": plain(desk.text("paper.page_light", project=row, declared=_declared(desk, row))), "arithmetic": "；".join(worded(desk, row.reasons)) or "—",
        "content": row.content, "unit_words": "万元；没有逐月报数的，数记在报数的那个月", "money": _money(desk, row), "milestones": [_milestone(desk, one) for one in milestones[:MILESTONES]],
        "people": "；".join(f"{role.zh} {'、'.join(name for name, _ in held[role])}" for role in OFFICIALS if held.get(role)) or "—",
        "matters": "；".join(_matters(desk, row)) or plain(desk.text("paper.no_matters")),
        "photos": plain(desk.text("paper.photos", count=stored.photos(desk.session, row.id))),
        "outside": plain(desk.text("paper.outside", **_beside(desk, row))), "line": line(desk, row),
        "foot": plain(desk.text("paper.page_foot", at=desk.now, head=f"{number}:{digest[:12]}")),
    }  # fmt: skip


def _declared(desk: Desk, row: Project) -> Light | None:
    """The light its official declares (自报), where it differs from the computed one."""
    said = lights.declared(desk.session, [row.id]).get(row.id)
    return said.light if said is not None and said.light is not row.light else None


def _unit(desk: Desk, row: Project) -> str:
    return people.unit_names(desk.session).get(row.lead_unit or row.unit, "")


def _facts(desk: Desk, row: Project) -> list[dict[str, str]]:
    invested = total_invested(row.invested_year, row.invested_before)
    measured = row.invested_year is not None and row.year_plan
    pairs = [
        ("级别性质", f"{row.level.zh}级 · {row.kind.zh}{f' · {row.stage.zh}' if row.stage else ''}"), ("牵头单位", _unit(desk, row)),
        ("业主单位", row.owner or "—"), ("属地", row.town or "—"), ("类别", "、".join(filter(None, (row.category, row.chain))) or "—"),
        ("依据", row.basis or "—"), ("起止时间", f"{row.start_words or row.start_on or '—'} 至 {row.finish_words or row.finish_on or '—'}"), ("形象进度", _progress(row)),
        ("总投资", money(row.total, "zh_CN")), ("开工以来", f"{money(invested, 'zh_CN')}{_of(invested, row.total)}"), ("年度计划", money(row.year_plan, "zh_CN")),
        ("今年完成", f"{money(row.invested_year, 'zh_CN')}{_of(row.invested_year, row.year_plan) if measured else ''}"),
    ]  # fmt: skip
    cells = [{"k": key, "v": value} for key, value in pairs]
    return [
        {"a": left["k"], "b": left["v"], "c": right["k"], "d": right["v"]}
        for left, right in zip(cells[::2], cells[1::2], strict=True)
    ]


def _of(part: int | None, whole: int | None) -> str:
    return f"（{percent(share(part, whole))}）" if part is not None and whole else ""


def _progress(row: Project) -> str:
    words = row.progress_words or (percent(row.progress) if row.progress is not None else "—")
    mark = {"open": "（存疑待核）", "explained": "（已说明）"}.get(row.doubt, "")
    return f"{words}{mark}{f'，截至 {row.as_of}' if row.as_of else ''}"


def _money(desk: Desk, row: Project) -> list[dict[str, str]]:
    """Plan and actual month by month, 万元; months that no figure tells apart stand with the first that has one."""
    year = desk.today.year
    plan = periods.plans_of(desk, [row], year)[row.id]
    told = plans.told(desk.session, row.id, year, desk.calendar.day)
    actual = {one.month: one.actual for one in by_month(plan, told, desk.today)}
    so_far = told[-1][1] if told else None
    planned, done = plan, {month: value for month, value in actual.items() if value is not None}
    return [_row("计划", planned, sum(plan.values()) if plan else None), _row("完成", done, so_far)]


def _row(name: str, months: Mapping[int, int], year: int | None) -> dict[str, str]:
    cells = {f"m{month}": _wan(months.get(month)) for month in range(1, 13)}
    return {"name": name, **cells, "year": _wan(year)}


def _wan(yuan: int | None) -> str:
    return "" if yuan is None else f"{yuan / 10_000:.0f}"


def _milestone(desk: Desk, one: Milestone) -> dict[str, str]:
    late = desk.calendar.workdays_between(one.due, desk.today) if one.due and one.done_on is None else 0
    return {
        "name": one.name, "due": one.due_words or (one.due.isoformat() if one.due else "—"), "standard": one.standard, "who": one.responsible,
        "state": plain(desk.text("paper.milestone", done=one.done_on, late=late)),
    }  # fmt: skip


def _matters(desk: Desk, row: Project) -> Sequence[str]:
    return [
        plain(desk.text("paper.matter", number=f"{row.number}-{one.number}", item=one, stage=dossier.stage(desk, one), unit=matters.unit_name(desk, one.unit), days=matters.age(desk, one)))
        for one in projects.open_matters(desk.session, row.id)[:MATTERS]
        if not one.internal
    ]  # fmt: skip


def _beside(desk: Desk, row: Project) -> dict[str, Any]:
    """Figures of others beside the dispatch figure, what is needed per month from now on, and what is doubted."""
    plan = projects.plan(desk.session, row.id, desk.today.year)
    return {
        "for_year": needed(plan, row.invested_year or 0, desk.today, 12) if plan else 0, "left": 13 - desk.today.month,
        "statistical": doubts.outside(desk.session, row.id, "statistical", desk.today.year),
        "doubts": judging.explained_lines(desk, doubts.standing(desk.session, row.id)) if row.doubt else [],
    }  # fmt: skip
