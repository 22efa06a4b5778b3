"""纳统对照: the dispatch figure and the statistical figure (入库纳统投资) of each project side by side, with the gap and its reason. Two
different things: neither is corrected by the other."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from bot.documents import Cell, Sheet
from bot.rules.plan import share
from handlers import month_figures, tables
from handlers.desk import Desk
from handlers.month_figures import UNEXPLAINED, Figures
from handlers.tables import wan
from storage import people
from storage.board import Reach
from storage.tables import Project

COLUMNS = (
    ("序号", 5), ("项目名称", 28), ("牵头单位", 16), ("业主单位", 20), ("年度计划投资", 12), ("调度完成投资", 12), ("调度数据截至", 11), ("入库纳统投资", 12),
    ("纳统截至月份", 9), ("同期调度完成投资", 12), ("差额", 11), ("差额比例", 8), ("差额原因", 30),
)  # fmt: skip
GROUPS = (("调度数", 5, 6), ("统计数", 7, 8), ("对照（同月份）", 9, 12))
NOTES = (
    "差额＝同月份的调度完成投资－入库纳统投资。差额比例＝差额÷两者中较大的。调度数反映形象进度，统计数以入库和凭证为准，两者互不替代。",
    f"没有入库的写“未入库”；相差超过调度规则所定比例而没有写明原因的写“{UNEXPLAINED}”。",
)


def write(desk: Desk, path: Path, month: date | None, meant: Reach | None) -> dict[str, int]:
    """Writes the workbook up to a month (None: this one). meant: None for every project. Returns how many projects, and how many have a
    statistical figure."""
    first, last = month_figures.month_of(desk, month)
    found = tables.meant_projects(desk, meant, last)
    figures = month_figures.of(desk, found, first)
    names, widths = zip(*COLUMNS, strict=True)
    title = f"{tables.root_name(desk)}重点项目调度数与统计数对照表（{first.year}年1—{first.month}月）　计量单位：万元"
    headers = [f"{first.year}{name}" if name == "年度计划投资" else name for name in names]
    sheet = Sheet(
        "纳统对照", headers, _rows(desk, found, figures), title=title, total=_total(found, figures), names=names, widths=widths, held=2,
        notes=(*month_figures.closing_notes(desk, found, first), *NOTES),
        groups=GROUPS, facts=tables.facts(desk, len(found), first),
    )  # fmt: skip
    tables.write(desk, "statistical", path, [sheet])
    return {"projects": len(found), "statistical": sum(one.statistical is not None for one in figures.values())}


def _rows(desk: Desk, found: Sequence[Project], figures: Mapping[int, Figures]) -> Iterator[list[Cell]]:
    units = people.unit_names(desk.session)
    for at, row in enumerate(found, 1):
        one = figures[row.id]
        yield [
            at, row.name, units.get(row.lead_unit or row.unit, ""), row.owner, wan(one.year_plan), wan(one.so_far), one.as_of, *_outside(one),
        ]  # fmt: skip


def _outside(one: Figures) -> list[Cell]:
    told = one.statistical
    if told is None:
        return [None, "", None, None, None, "未入库" if one.so_far else ""]
    return [
        wan(told.amount),
        told.month,
        wan(told.dispatch),
        wan(told.gap),
        _ratio(told.gap, told.dispatch, told.amount),
        told.reason,
    ]


def _ratio(gap: int | None, dispatch: int | None, amount: int) -> Cell:
    return None if gap is None else share(gap, max(dispatch or 0, amount))


def _total(found: Sequence[Project], figures: Mapping[int, Figures]) -> list[Cell]:
    """The sums; the comparison only over the projects that have both figures."""
    both = [told for row in found if (told := figures[row.id].statistical) and told.gap is not None]
    amount, dispatch = sum(one.amount for one in both), sum(one.dispatch or 0 for one in both)
    whole = sum(told.amount for row in found if (told := figures[row.id].statistical))
    return [
        "", "合  计", "", "", wan(sum(figures[row.id].year_plan or 0 for row in found)), wan(sum(figures[row.id].so_far or 0 for row in found)), "",
        *((wan(whole), "", wan(dispatch), wan(dispatch - amount), _ratio(dispatch - amount, dispatch, amount), "") if both else ("",) * 6),
    ]  # fmt: skip
