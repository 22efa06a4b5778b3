"""旬报表 (002: 旬汇报; columns after 五大战役旬报表): a sheet for each 旬 of a month that has begun, from the same entries as all else.

The headers are data: the words by which such a table is read.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from bot.documents import Cell, Sheet
from bot.rules.periods import Period, month_of, ten_days_of
from bot.rules.plan import share
from bot.rules.ten_days import NAMES, TenDays, ends, of_month
from bot.rules.words import Kind, Role
from handlers import periods, tables
from handlers.desk import Desk
from handlers.tables import names, progress_of, wan
from storage import people, plans, roster
from storage.board import Reach
from storage.tables import Project

WIDTHS = (5, 22, 8, 26, 10, 10, 10, 10, 10, 8, 10, 8, 9, 9, 14, 9, 16, 24, 24)
NOTES = (
    "项目性质是指本年新开工、竣工或部分竣工、续建、前期工作。",
    "本旬没有填报投资的，完成投资额空着，不估算。数字为调度完成投资，不是统计数。",
)


def write(desk: Desk, path: Path, month: date | None, meant: Reach | None) -> dict[str, int]:
    """Writes the workbook of a month (None: this one). meant: None for every project. Returns how many projects and sheets there are."""
    first = (month or desk.today).replace(day=1)
    found = tables.meant_projects(desk, meant, ends(first)[-1])
    numbers = [row.id for row in found]
    monthly = periods.plans_of(desk, found, first.year)
    told = plans.told_of(desk.session, numbers, first.year, desk.calendar.day)
    years = {one.project: one.year_plan for one in periods.figures(desk, found, month_of(first)).values()}
    named = {row.id: roster.named(desk.session, row.id, desk.today) for row in found}
    units, root, sheets = people.unit_names(desk.session), tables.root_name(desk), []
    for at, name in enumerate(NAMES):
        if at and ends(first)[at - 1] >= desk.today:
            break
        shown = periods.as_told(desk, found, ten_days_of(ends(first)[at]))
        figures = {
            row.id: of_month(told.get(row.id, ()), monthly.get(row.id, {}).get(first.month, 0), first, at)
            for row in found
        }
        sheets.append(
            Sheet(
                f"{first.month}月{name}", _headers(first, name), _rows(shown, years, monthly, figures, named, units, first), groups=GROUPS, widths=WIDTHS,
                total=_total(shown, years, monthly, list(figures.values()), first), notes=(*NOTES, *_closing(desk, found, ten_days_of(ends(first)[at]))), names=COLUMNS, wide=True, held=2,
                title=f"{root}重点项目旬报表（{first.year}年{first.month}月{name}）　计量单位：万元", facts={**tables.facts(desk, len(found), first), "旬": name},
            )
        )  # fmt: skip
    tables.write(desk, "xunbao", path, sheets, main=-1)
    return {"projects": len(found), "sheets": len(sheets)}


COLUMNS = (
    "序号", "项目名称", "项目性质", "建设内容及规模", "总投资", "年度计划投资", "本月起计划投资", "月计划投资", "本旬完成投资", "本旬占月计划", "至本旬完成投资",
    "占月计划", "市领导", "县领导", "责任单位", "责任人", "业主单位", "形象进度", "存在问题",
)  # fmt: skip
GROUPS = (("月完成情况", 7, 11), ("挂钩领导", 12, 13), ("责任单位", 14, 15))


def _headers(month: date, name: str) -> list[str]:
    return [
        "序号", "项目名称", "项目性质", "建设内容及规模", "总投资", f"{month.year}年度计划投资额", f"{month.month}月至12月计划投资额",
        f"{month.month}月计划投资额", f"{name}完成投资额", "本旬占月计划投资额（%）", f"至{name}完成投资额", "占月计划投资（%）", "市领导", "县领导",
        "责任单位", "责任人", "业主单位或筹办单位", "目前项目建设形象进度", "项目建设中存在问题",
    ]  # fmt: skip


DOUBTS = {"": "", "open": "（存疑待核）", "explained": "（已说明）"}
"""What stands behind figures that are doubted."""


def _rows(
    found: Sequence[Project],
    years: Mapping[int, int],
    monthly: Mapping[int, Mapping[int, int]],
    figures: Mapping[int, TenDays],
    named: Mapping[int, Mapping[Role, list[tuple[str, str]]]],
    units: Mapping[int, str],
    month: date,
) -> Iterator[list[Cell]]:
    """Every project by its number."""
    for count, row in enumerate(found, 1):
        one, plan, roles = figures[row.id], monthly.get(row.id, {}), named[row.id]
        yield [
            count, row.name, _nature(row, month.year), row.content, wan(row.total), wan(years[row.id] or None),
            wan(_left(plan, month)), *_five(one), "", names(roles, Role.GENERAL_COORDINATOR), units.get(row.lead_unit or row.unit, ""),
            names(roles, Role.COORDINATOR), row.owner, progress_of(row) + DOUBTS[row.doubt], "；".join(row.problems),
        ]  # fmt: skip


def _closing(desk: Desk, found: Sequence[Project], period: Period) -> Sequence[str]:
    """Since when the figures of a 旬 stand, where it is closed."""
    closed = [one for one in periods.figures(desk, found, period).values() if one.closed_at is not None]
    if not closed:
        return ()
    last = max(one.closed_at for one in closed if one.closed_at)
    return (
        f"{period.zh}已于 {desk.calendar.day(last)} 定稿，{len(closed)} 个项目的数字按定稿时的；定稿后的更正计入以后的旬。",
    )


def _total(
    found: Sequence[Project], years: Mapping[int, int], monthly: Mapping[int, Mapping[int, int]], figures: Sequence[TenDays],
    month: date,
) -> list[Cell]:  # fmt: skip
    planned, done = sum(one.planned for one in figures), sum(one.done or 0 for one in figures)
    so_far = sum(one.so_far or 0 for one in figures)
    whole = TenDays(planned, done, share(done, planned), so_far, share(so_far, planned))
    left = sum(_left(monthly.get(row.id, {}), month) for row in found)
    total = sum(row.total or 0 for row in found)
    year = sum(years[row.id] for row in found)
    return ["", "合  计", "", "", wan(total), wan(year), wan(left), *_five(whole), "", "", "", "", "", "", ""]


def _five(one: TenDays) -> list[Cell]:
    return [wan(one.planned), wan(one.done), one.done_share, wan(one.so_far), one.so_far_share]


def _left(plan: Mapping[int, int], month: date) -> int:
    """The plan from this month on."""
    return sum(money for number, money in plan.items() if number >= month.month)


def _nature(row: Project, year: int) -> str:
    """竣工 where it is to be finished this year, 新开工 where it is new, else 续建; 前期工作 for what is in reserve."""
    if row.kind is Kind.RESERVE:
        return "前期工作"
    if row.finish_on is not None and row.finish_on.year == year:
        return "竣工"
    return "新开工" if row.kind is Kind.NEW else "续建"
