"""旬报表 (002: 旬汇报; columns after 五大战役旬报表): a sheet for each 旬 of a month that has begun, from the same entries as all else.

The headers are data: the words by which such a table is read.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from bot.documents import Cell, workbook
from bot.rules.plan import share
from bot.rules.ten_days import NAMES, TenDays, ends, of_month
from bot.rules.words import Kind, Role
from handlers.desk import Desk
from storage import board, people, plans, projects, roster
from storage.board import Reach
from storage.tables import Project

Told = Mapping[int, Sequence[tuple[date, int]]]
WIDTHS = (5, 22, 8, 26, 10, 10, 10, 10, 10, 8, 10, 8, 9, 9, 14, 9, 16, 24, 24)
NOTES = (
    "项目性质是指本年新开工、竣工或部分竣工、续建、前期工作。",
    "本旬没有填报投资的，完成投资额空着，不估算。数字为调度完成投资，不是统计数。",
)


def write(desk: Desk, path: Path, month: date | None, meant: Reach | None) -> dict[str, int]:
    """Writes the workbook of a month (None: this one). meant: None for every project. Returns how many projects and sheets there are."""
    first = (month or desk.today).replace(day=1)
    found = board.projects(desk.session, meant) if meant else projects.everything(desk.session)
    numbers = [row.id for row in found]
    monthly, told = projects.plans(desk.session, numbers, first.year), plans.told_of(desk.session, numbers, first.year)
    named = {row.id: roster.named(desk.session, row.id, desk.today) for row in found}
    units, sheets = people.unit_names(desk.session), 0
    root = people.root_unit(desk.session)
    with workbook(path, grouped=True) as book:
        for at, name in enumerate(NAMES):
            if at and ends(first)[at - 1] >= desk.today:
                break
            rows = _rows(found, monthly, told, named, units, first, at)
            book.sheet(
                f"{first.month}月{name}", _headers(first, name), rows, groups=GROUPS, widths=WIDTHS, paper=True, notes=NOTES,
                title=f"{root.name if root else ''}重点项目旬报表（{first.year}年{first.month}月{name}）　计量单位：万元",
            )  # fmt: skip
            sheets += 1
    return {"projects": len(found), "sheets": sheets}


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
    monthly: Mapping[int, Mapping[int, int]],
    told: Told,
    named: Mapping[int, Mapping[Role, list[tuple[str, str]]]],
    units: Mapping[int, str],
    month: date,
    at: int,
) -> Iterator[list[Cell]]:
    """The total first, then every project by its number."""
    figures = {
        row.id: of_month(told.get(row.id, ()), monthly.get(row.id, {}).get(month.month, 0), month, at) for row in found
    }
    yield _total(found, monthly, list(figures.values()), month)
    for count, row in enumerate(found, 1):
        one, plan, roles = figures[row.id], monthly.get(row.id, {}), named[row.id]
        progress = row.progress_words or (f"{row.progress.normalize():f}%" if row.progress is not None else "")
        yield [
            count, row.name, _nature(row, month.year), row.content, _wan(row.total), _wan(row.year_plan if row.year == month.year else None),
            _wan(_left(plan, month)), *_five(one), "", _first(roles, Role.GENERAL_COORDINATOR), units.get(row.lead_unit or row.unit, ""),
            _first(roles, Role.DISPATCH_OFFICIAL), row.owner, progress + DOUBTS[row.doubt], "；".join(row.problems),
        ]  # fmt: skip


def _total(
    found: Sequence[Project], monthly: Mapping[int, Mapping[int, int]], figures: Sequence[TenDays], month: date
) -> list[Cell]:
    planned, done = sum(one.planned for one in figures), sum(one.done or 0 for one in figures)
    so_far = sum(one.so_far or 0 for one in figures)
    whole = TenDays(planned, done, share(done, planned), so_far, share(so_far, planned))
    left = sum(_left(monthly.get(row.id, {}), month) for row in found)
    total = sum(row.total or 0 for row in found)
    year = sum(row.year_plan or 0 for row in found if row.year == month.year)
    return ["", "合  计", "", "", _wan(total), _wan(year), _wan(left), *_five(whole), "", "", "", "", "", "", ""]


def _five(one: TenDays) -> list[Cell]:
    return [_wan(one.planned), _wan(one.done), one.done_share, _wan(one.so_far), one.so_far_share]


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


def _first(roles: Mapping[Role, list[tuple[str, str]]], role: Role) -> str:
    return "、".join(name for name, _ in roles.get(role, []))


def _wan(yuan: int | None) -> Cell:
    """Whole 元 as 万元."""
    return None if yuan is None else yuan / 10_000
