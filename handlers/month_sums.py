"""Projects summed up, by whatever they are grouped by: one row of a summary (汇总表, the second sheets of a 月报)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from bot.documents import Cell, Sheet
from bot.rules.plan import share
from bot.rules.words import Kind, Light
from handlers.month_figures import Figures
from handlers.tables import wan
from storage.tables import Project

WIDTHS = (20, 7, 7, 7, 7, 7, 8, 12, 12, 11, 11, 12, 9, 9, 12, 12, 6, 6, 6, 8)
GROUPS = (("其中", 2, 4), ("开工", 5, 6), ("投资完成情况", 9, 13), ("入库纳统", 14, 15), ("灯", 16, 18))
NAMES = (
    "名称", "项目数", "新建", "续建", "储备", "已开工", "开工率", "总投资", "年度计划投资", "本月计划", "本月完成", "累计完成", "占累计计划", "占年度计划",
    "入库纳统投资", "差额", "绿灯", "黄灯", "红灯", "未销号事项",
)  # fmt: skip
NOTES = (
    "开工率＝已开工÷（新建＋续建），储备项目不计，开工按调度规则的口径（stage.start），续建算已开工。占累计计划＝累计完成÷1月至本月计划；占年度计划＝累计完成÷年度计划。没有填报投资的按未完成计。",
    "完成投资为调度数，不是统计数；入库纳统投资为统计数。差额＝同月份的调度数－统计数，只计两者都有的项目。灯和未销号事项为本期末的（期内导出的为导出时的），已定稿的按定稿时的。",
)


def sheet(name: str, by: str, groups: Iterable[tuple[str, Sequence[Project]]], everyone: Sequence[Project], figures: Mapping[int, Figures], month: date, **more: object) -> Sheet:  # fmt: skip
    """One summary: the total, then a row a group. by: what the groups are (级别, 属地)."""
    rows = [[group, *cells(rows, figures)] for group, rows in groups if rows]
    options = {"notes": NOTES, **more}
    return Sheet(
        name, headers(by, month), rows, total=["合  计", *cells(everyone, figures)], widths=WIDTHS, groups=GROUPS, names=NAMES, held=1, **options,  # type: ignore[arg-type]
    )  # fmt: skip


def headers(by: str, month: date) -> list[str]:
    at = month.month
    return [
        by, "项目数", "新建", "续建", "储备", "已开工", "开工率（%）", "总投资", f"{month.year}年度计划投资", f"{at}月计划", f"{at}月完成", f"1—{at}月累计完成",
        f"占1—{at}月计划（%）", "占年度计划（%）", "入库纳统投资", "差额", "绿", "黄", "红", "未销号事项",
    ]  # fmt: skip


def cells(rows: Sequence[Project], told: Mapping[int, Figures]) -> list[Cell]:
    """The sums of these projects, in the order of the headers."""
    figures = [told[row.id] for row in rows]
    kinds = {kind: sum(row.kind is kind for row in rows) for kind in Kind}
    begun = sum(one.started for one in figures)
    so_far, year = _sum(one.so_far for one in figures), _sum(one.year_plan for one in figures)
    outside = [one.statistical for one in figures if one.statistical]
    gaps = [one.gap for one in outside if one.gap is not None]
    lights: list[Cell] = [sum(row.light is light for row in rows) for light in Light]
    return [
        len(rows), kinds[Kind.NEW], kinds[Kind.CONTINUED], kinds[Kind.RESERVE], begun, share(begun, len(rows) - kinds[Kind.RESERVE]),
        wan(_sum(row.total for row in rows)), wan(year), wan(_sum(one.planned for one in figures)), wan(_sum(one.done for one in figures)), wan(so_far),
        share(so_far, _sum(one.planned_so_far for one in figures)), share(so_far, year), wan(sum(one.amount for one in outside)) if outside else None,
        wan(sum(gaps)) if gaps else None, *lights, sum(one.matters for one in figures),
    ]  # fmt: skip


def whole(figures: Sequence[Figures]) -> Figures:
    """The figures of several projects as if they were one; what one of them has not told counts as nothing."""
    return Figures(
        _sum(one.planned for one in figures), _sum(one.done for one in figures), _sum(one.planned_so_far for one in figures),
        _sum(one.so_far for one in figures), None, _sum(one.year_plan for one in figures), None, None, "", None,
    )  # fmt: skip


def grouped(
    found: Sequence[Project], by: Callable[[Project], str], order: Sequence[str] = ()
) -> list[tuple[str, list[Project]]]:
    """(group, its projects), in the given order, then the largest first; what has no group comes last."""
    groups: dict[str, list[Project]] = {}
    for row in found:
        groups.setdefault(by(row) or "未填", []).append(row)

    def rank(group: str) -> tuple[int, bool, int, str]:
        return order.index(group) if group in order else len(order), group == "未填", -len(groups[group]), group

    return [(group, groups[group]) for group in sorted(groups, key=rank)]


def _sum(values: Iterable[int | None]) -> int:
    return sum(value or 0 for value in values)
