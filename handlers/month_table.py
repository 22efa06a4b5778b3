"""月报 (columns after 年度目标及形象进度完成情况汇总表): every project in a month, by level, and the sums by level and by line of business.

The headers are data: the words by which such a table is read.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from bot.documents import Cell, Sheet, Strong
from bot.rules.words import Kind, Level, Role
from handlers import denominators, month_figures, month_sums, tables
from handlers.desk import Desk
from handlers.month_figures import Figures
from handlers.tables import DOUBTS, Named, names, wan
from storage import people, roster
from storage.board import Reach
from storage.tables import Project

COLUMNS = (
    ("序号", 5), ("项目编号", 9), ("项目名称", 20), ("项目级别", 5), ("项目性质", 5), ("项目分类", 8), ("建设内容及规模", 20), ("总投资", 10),
    ("上年底累计完成投资", 10), ("年度计划投资", 9), ("本月计划", 8), ("本月完成", 8), ("占月计划", 7), ("累计计划", 9), ("累计完成", 9), ("占年度计划", 7),
    ("较序时", 7), ("自开工累计完成", 10), ("入库纳统投资", 9), ("差额", 8), ("差额原因", 11), ("形象进度", 18), ("数据截至", 11), ("数据核实", 6), ("灯", 5),
    ("存在问题", 18), ("牵头单位", 10), ("总协调人", 7), ("协调责任人", 7), ("业主单位", 13), ("属地", 8), ("计划开工", 9), ("计划竣工", 9),
)  # fmt: skip
GROUPS = (("投资完成情况", 10, 17), ("入库纳统", 18, 20))
NOTES = (
    "较序时：累计完成占年度计划的百分比，比截至填报日的计划多（少为负）几个百分点。没有填报投资的空着，不估算。灯和数据核实为本期末的（期内导出的为导出时的），已定稿的按定稿时的；存在问题和人员为导出时的。",
    "完成投资为调度数，不是统计数；入库纳统投资为统计数。差额＝同月份的调度数－统计数。",
)
NUMERALS = "一二三"


def write(desk: Desk, path: Path, month: date | None, meant: Reach | None) -> dict[str, int]:
    """Writes the workbook of a month (None: this one). meant: None for every project. Returns how many projects and sheets there are."""
    first, last = month_figures.month_of(desk, month)
    found = tables.meant_projects(desk, meant, last)
    figures = month_figures.of(desk, found, first)
    root = tables.root_name(desk)
    title = f"{root}重点项目月报（{first.year}年{first.month}月）　计量单位：万元"
    facts = tables.facts(desk, len(found), first)
    on_list = denominators.sentence(desk, meant, last)
    closing = month_figures.closing_notes(desk, found, first)
    names_, widths = zip(*COLUMNS, strict=True)
    sheets = [
        Sheet(
            "月报", _headers(first), _rows(desk, found, figures), title=title, total=_total(found, figures), names=names_, widths=widths, wide=True,
            held=3, notes=(on_list, *closing, *NOTES), groups=GROUPS, facts={**facts, "清单说明": on_list},
        ),
        month_sums.sheet(
            "分级管理", "级别", [*_stages(found), *month_sums.grouped(found, lambda row: f"{row.level.zh}级", LEVELS)], found, figures, first,
            title=title, notes=(on_list, *closing[:1], *month_sums.NOTES),
        ),
        month_sums.sheet(
            "分行业", "项目分类", [*_stages(found), *month_sums.grouped(found, lambda row: row.category)], found, figures, first,
            title=title, notes=(on_list, *closing[:1], *month_sums.NOTES),
        ),
    ]  # fmt: skip
    counts = tables.write(desk, "yuebao", path, sheets)
    return {"projects": len(found), "sheets": len(counts)}


LEVELS = tuple(f"{level.zh}级" for level in Level)


def _stages(found: Sequence[Project]) -> list[tuple[str, list[Project]]]:
    """其中在建、预备, as the form has them."""
    return [
        ("其中：在建", [row for row in found if row.kind is not Kind.RESERVE]),
        ("其中：预备", [row for row in found if row.kind is Kind.RESERVE]),
    ]


def _headers(month: date) -> list[str]:
    at = month.month
    return [
        "序号", "项目编号", "项目名称", "项目级别", "项目性质", "项目分类", "建设内容及规模", "总投资", f"至{month.year - 1}年底累计完成投资",
        f"{month.year}年度计划投资", f"{at}月计划", f"{at}月完成", "占月计划（%）", f"1—{at}月计划", f"1—{at}月累计完成", "占年度计划（%）", "较序时（百分点）",
        "自开工累计完成", "入库纳统数", "差额", "差额原因", "目前形象进度", "数据截至", "数据核实", "灯", "存在问题", "牵头单位", "总协调人", "协调责任人", "业主单位",
        "属地镇街", "开工时间", "竣工时间",
    ]  # fmt: skip


def _rows(desk: Desk, found: Sequence[Project], figures: Mapping[int, Figures]) -> Iterator[list[Cell]]:
    """The projects of each level under its name, with their sums."""
    units, at = people.unit_names(desk.session), 0
    levels = [(level, [row for row in found if row.level is level]) for level in Level]
    for numeral, (level, rows) in zip(NUMERALS, ((level, rows) for level, rows in levels if rows), strict=False):
        yield Strong(_sums(rows, figures, f"{numeral}、{level.zh}级重点项目（{len(rows)}项）"))
        for row in rows:
            at += 1
            yield _row(row, figures[row.id], roster.named(desk.session, row.id, desk.today), units, at)


def _row(row: Project, one: Figures, held: Named, units: Mapping[int, str], at: int) -> list[Cell]:
    told = one.statistical
    month = f"（至{int(told.month[5:])}月）" if told else ""
    return [
        at, row.code, row.name, row.level.zh, row.kind.zh, row.category, row.content, wan(row.total), wan(row.invested_before), wan(one.year_plan),
        wan(one.planned), wan(one.done), one.done_share, wan(one.planned_so_far), wan(one.so_far), one.year_share, one.points, wan(one.from_start),
        wan(told.amount) if told else None, wan(told.gap) if told else None, f"{told.reason}{month}" if told else "", one.progress, one.as_of,
        DOUBTS[row.doubt], row.light.zh, "；".join(row.problems), units.get(row.lead_unit or row.unit, ""), names(held, Role.GENERAL_COORDINATOR),
        names(held, Role.COORDINATOR), row.owner, row.town, row.start_words or row.start_on, row.finish_words or row.finish_on,
    ]  # fmt: skip


def _total(found: Sequence[Project], figures: Mapping[int, Figures]) -> list[Cell]:
    return _sums(found, figures, "合  计")


def _sums(rows: Sequence[Project], figures: Mapping[int, Figures], name: str) -> list[Cell]:
    """The sums of some projects under a name."""
    all_of = [figures[row.id] for row in rows]
    one = month_sums.whole(all_of)
    outside = [told for each in all_of if (told := each.statistical)]
    gaps = [told.gap for told in outside if told.gap is not None]
    cells: list[Cell] = [
        "", "", name, "", "", "", "", wan(sum(row.total or 0 for row in rows)), wan(sum(row.invested_before or 0 for row in rows)), wan(one.year_plan),
        wan(one.planned), wan(one.done), one.done_share, wan(one.planned_so_far), wan(one.so_far), one.year_share, "",
        wan(sum(each.from_start or 0 for each in all_of)), wan(sum(told.amount for told in outside)) if outside else None, wan(sum(gaps)) if gaps else None,
    ]  # fmt: skip
    return cells + [""] * (len(COLUMNS) - len(cells))
