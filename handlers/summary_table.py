"""汇总表: the projects of a month summed up by place, line of business, industry chain, level and leading unit, and the investment of
each place by month and 旬 (进度汇总表)."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from bot.documents import Cell, Sheet
from bot.rules.plan import share
from bot.rules.ten_days import NAMES, ends, of_month
from bot.rules.words import Level
from handlers import denominators, month_figures, month_sums, periods, tables
from handlers.desk import Desk
from handlers.tables import wan
from storage import people, plans
from storage.board import Reach
from storage.tables import Project


def write(desk: Desk, path: Path, month: date | None, meant: Reach | None) -> dict[str, int]:
    """Writes the workbook of a month (None: this one). meant: None for every project. Returns how many projects and sheets there are."""
    first, last = month_figures.month_of(desk, month)
    found = tables.meant_projects(desk, meant, last)
    figures = month_figures.of(desk, found, first)
    units = people.unit_names(desk.session)
    ways: list[tuple[str, str, Callable[[Project], str], Sequence[str]]] = [
        ("按属地", "属地", lambda row: row.town, ()),
        ("按分类", "项目分类", lambda row: row.category, ()),
        ("按产业链", "产业链", lambda row: row.chain, ()),
        ("按级别", "级别", lambda row: f"{row.level.zh}级", tuple(f"{level.zh}级" for level in Level)),
        ("按牵头单位", "牵头单位", lambda row: units.get(row.lead_unit or row.unit, ""), ()),
    ]
    if len({row.unit for row in found}) > 1:
        ways.insert(0, ("按区县", "区县", lambda row: units.get(row.unit, ""), ()))
    root, on_list = tables.root_name(desk), denominators.sentence(desk, meant, last)
    head = f"{root}重点项目汇总表（{first.year}年{first.month}月，"
    facts = {**tables.facts(desk, len(found), first), "清单说明": on_list}
    sheets = [
        month_sums.sheet(
            name, by, month_sums.grouped(found, way, order), found, figures, first, title=f"{head}{name}）　计量单位：万元",
            notes=(on_list, *month_figures.closing_notes(desk, found, first)[:1], *month_sums.NOTES), facts=facts,
        )
        for name, by, way, order in ways
    ]  # fmt: skip
    sheets.append(_ten_days(desk, found, first, f"{head}各旬进度）　计量单位：万元"))
    counts = tables.write(desk, "summary", path, sheets)
    return {"projects": len(found), "sheets": len(counts)}


def _ten_days(desk: Desk, found: Sequence[Project], first: date, title: str) -> Sheet:
    """区域 × 月 × {上旬, 中旬, 下旬, 累计, 完成比例}: of the months from January to this one."""
    months = [date(first.year, number, 1) for number in range(1, first.month + 1)]
    told = plans.told_of(desk.session, [row.id for row in found], first.year, desk.calendar.day)
    monthly = periods.plans_of(desk, found, first.year)

    def cells(rows: Sequence[Project]) -> list[Cell]:
        line: list[Cell] = [len(rows)]
        for month in months:
            planned = sum(monthly.get(row.id, {}).get(month.month, 0) for row in rows)
            each = [[of_month(told.get(row.id, ()), 0, month, at) for row in rows] for at in range(3)]
            begun = [at == 0 or ends(month)[at - 1] < desk.today for at in range(3)]
            done = [sum(one.done or 0 for one in part) for part in each]
            line += [wan(money) if known else None for money, known in zip(done, begun, strict=True)]
            line += [wan(sum(done)), share(sum(done), planned)]
        return line

    heads = [f"{month.month}月/{part}" for month in months for part in (*NAMES, "小计", "完成比例")]
    return Sheet(
        "各旬进度", ["属地", "项目数", *(part for _ in months for part in (*NAMES, "小计", "占月计划（%）"))],
        [[town, *cells(rows)] for town, rows in month_sums.grouped(found, lambda row: row.town)], total=["合  计", *cells(found)], title=title,
        widths=[16, 7, *([9, 9, 9, 10, 8] * len(months))], wide=True, held=2, names=["属地", "项目数", *heads],
        groups=[(f"{month.month}月", 2 + 5 * at, 6 + 5 * at) for at, month in enumerate(months)],
    )  # fmt: skip
