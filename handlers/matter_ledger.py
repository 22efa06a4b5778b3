"""事项台账: the ledger of matters as a workbook, in the columns officials keep it in, with the table of a month behind it.

The headers are data: the words by which such a ledger is read (000: 分层分级台账; 004: 任务、时限、责任人、成效, 限时办结).
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from bot.documents import Cell, Sheet
from bot.rules.echo import Figures
from bot.rules.limits import end_of
from bot.rules.words import FastLane, MatterState, Rung
from handlers import matter_table, tables
from handlers.desk import Desk
from handlers.matters import procedure_name, rung_of
from storage import matter_table as stored
from storage import people
from storage.board import Reach
from storage.tables import Matter, Project

COLUMNS = (
    ("序号", 4), ("编号", 6), ("项目名称", 14), ("事项内容", 28), ("来源", 5), ("类别", 5), ("紧急程度", 5), ("责任单位", 11), ("配合单位", 11),
    ("责任人", 8), ("提出人", 8), ("提出时间", 10), ("首次答复时限", 10), ("首次答复时间", 10), ("承诺办结时限", 10), ("原定时限", 10),
    ("延期次数", 5), ("当前层级", 8), ("状态", 8), ("办理情况/答复", 28), ("结果", 7), ("依据", 13), ("是否销号", 5), ("销号时间", 10),
    ("回头看", 10), ("备注", 10),
)  # fmt: skip
FIGURES = (
    ("分组", 10), ("名称", 26), ("本月提出", 9), ("本月销号", 9), ("未销号", 9), ("3 个工作日内", 9), ("4–10 个工作日", 9), ("11–30 个工作日", 9),
    ("超过 30 个工作日", 9), ("办结用时中位数（工作日）", 12), ("应答件数", 9), ("按时答复件数", 9), ("回音率", 9),
)  # fmt: skip
NOTES = (
    "未销号及其时长：截至月末（当月截至导出时）；当前层级为导出时的层级。",
    "应答：本月提出、首次答复时限已过的事项。按时：在时限内有首次答复或结果。回音率＝按时÷应答。首次答复时限自提出起，按首级时限以工作时间计，交办另有期限的从其早。",
    "办结用时：自提出至最后一次答复（未经答复而销号的，至销号），以工作时间计。报上级待批、中止和回头看之前的已销号期间不计时。",
    "协办部分计入协办单位，不计入合计、类别和层级，故各单位相加可大于合计。",
)


def write(desk: Desk, path: Path, month: date | None, meant: Reach | None) -> dict[str, int]:
    """Writes the workbook: the matters that were open at some time of the month (None: all), and the table of that month (the current
    one). meant: None for all there is. Returns how many rows each sheet has."""
    first = month or desk.today.replace(day=1)
    within = matter_table.span(desk, first)
    since, until = (None, within.until) if month is None else (within.since, within.until)
    root = people.root_unit(desk.session)
    title = f"{root.name if root else ''}重点项目事项台账"
    at = desk.calendar.local(desk.now)
    headers, widths = zip(*COLUMNS, strict=True)
    span = f"（{first.year}年{first.month}月，" if month else "（"
    rows = (
        [desk.readable(cell) if isinstance(cell, str) else cell for cell in row]
        for row in _rows(desk, meant, since, until)
    )
    matters = Sheet(
        "事项台账", headers, rows, title=f"{title}{span}截至 {at:%Y-%m-%d %H:%M}）", widths=widths,
        facts={name: value for name, value in tables.facts(desk, 0, month).items() if name != "项目数"},
    )  # fmt: skip
    headers, widths = zip(*FIGURES, strict=True)
    figures = Sheet(
        "月度统计", headers, _figures(desk, meant, first), title=f"{title} {first.year}年{first.month}月统计", widths=widths, notes=NOTES,
    )  # fmt: skip
    counts = tables.write(desk, "matters", path, [matters, figures])
    return {"matters": counts[0], "figures": sum(counts[1:])}


# --- the ledger -----------------------------------------------------------------------------------------------------------


def _rows(desk: Desk, meant: Reach | None, since: datetime | None, until: datetime) -> Iterator[list[Cell]]:
    found = stored.ledger(desk.session, meant, since, until)
    units, numbers = people.unit_names(desk.session), _numbers(desk, found)
    persons = stored.names(
        desk.session, {one for matter, _ in found for one in (matter.person, matter.raised_by, matter.recorded_by)}
    )
    joint: dict[int, list[str]] = {}
    for matter, _ in found:
        if matter.part_of is not None:
            joint.setdefault(matter.part_of, []).append(units.get(matter.unit or 0, ""))
    for at, (matter, project) in enumerate(found, 1):
        raiser = persons.get(matter.raised_by, "")
        recorded = f"（{persons.get(matter.recorded_by, '')}代录）" if matter.recorded_by is not None else ""
        yield [
            at, numbers[matter.id], project.name if project else "综合事项", matter.words, matter.origin.zh, matter.category.zh, matter.urgency.zh,
            units.get(matter.unit or 0, ""), "、".join(joint.get(matter.id, ())), persons.get(matter.person, ""), raiser + recorded,
            _moment(desk, matter.raised_at), _moment(desk, first_limit(desk, matter)), _moment(desk, matter.first_answered_at or matter.answered_at),
            matter.promised_on, "、".join(matter.earlier_dates), matter.extensions, _standing(rung_of(matter)), matter.state.zh, handled(matter),
            matter.result.zh if matter.result and matter.answered_at else "", matter.basis or matter.document,
            "否" if matter.state.open else "是", _moment(desk, matter.closed_at), _review(matter), _remarks(desk, matter, numbers),
        ]  # fmt: skip


def _numbers(desk: Desk, found: Sequence[tuple[Matter, Project | None]]) -> dict[int, str]:
    known = {matter.id: f"{project.number if project else 0}-{matter.number}" for matter, project in found}
    wholes = {matter.part_of for matter, _ in found if matter.part_of is not None} - set(known)
    return known | stored.numbers(desk.session, [one for one in wholes if one is not None])


def first_limit(desk: Desk, matter: Matter) -> datetime | None:
    """When the first answer was due: at the end of the first rung's limit, or of the day it was ordered by where that comes before."""
    minutes = next((one["minutes"] for one in (*matter.steps, *matter.seats)), None)
    if minutes is None:
        return None
    due = desk.calendar.add_minutes(matter.raised_at, minutes)
    ordered = date.fromisoformat(matter.earlier_dates[0]) if matter.earlier_dates else matter.promised_on
    return min(due, end_of(ordered, desk.calendar)) if ordered and matter.origin.ordered else due


def _moment(desk: Desk, at: datetime | None) -> str:
    return f"{desk.calendar.local(at):%Y-%m-%d %H:%M}" if at else ""


def _standing(rung: Rung | None) -> str:
    return rung.zh if rung else "待定"


def handled(matter: Matter) -> str:
    """What was answered, else what is planned, with what a leader decided and why it waits."""
    waits = f"{matter.state.zh}：{matter.paused_reason}（预计 {matter.paused_until}）" if matter.paused_until else ""
    decided = f"领导意见：{matter.decision}" if matter.decision else ""
    answer = matter.answer if matter.answered_at else ""
    return "\n".join(filter(None, (answer or matter.plan, decided, waits)))


def _review(matter: Matter) -> str:
    again = f"又出现 {matter.reopened} 次" if matter.reopened else ""
    if matter.state is not MatterState.CLOSED:
        return again
    return "；".join(filter(None, (again, f"{matter.review_on} 回访" if matter.review_on else "仍已解决")))


def _remarks(desk: Desk, matter: Matter, numbers: dict[int, str]) -> str:
    told = [
        f"{numbers.get(matter.part_of, '')} 的协办" if matter.part_of is not None else "",
        "内部" if matter.internal else "",
        "特事特办" if matter.fast_lane is FastLane.GRANTED else "",
        procedure_name(desk, matter),
    ]
    return "；".join(filter(None, told))


# --- the table ------------------------------------------------------------------------------------------------------------


def _figures(desk: Desk, meant: Reach | None, month: date) -> Iterator[list[Cell]]:
    found = matter_table.table(desk, meant, month)
    units = people.unit_names(desk.session)
    yield ["合计", "", *_cells(found.whole)]
    for category, one in found.categories.items():
        yield ["类别", category.zh, *_cells(one)]
    for unit, one in found.units.items():
        yield ["责任单位", units.get(unit or 0, "") or "项目责任人、待定", *_cells(one)]
    for rung, one in found.rungs.items():
        yield ["当前层级", _standing(rung), "", "", one.open, *one.ages, "", "", "", ""]


def _cells(one: Figures) -> list[Cell]:
    rate = "" if one.rate is None else f"{one.rate:.0f}%"
    return [one.raised, one.solved, one.open, *one.ages, one.days, one.due, one.echoed, rate]
