"""What each project came to in a month and since January, with the statistical figure beside it: for every table that tells a month."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.rules.periods import Figure
from bot.rules.periods import month_of as month
from bot.rules.plan import share
from bot.rules.ten_days import ends
from handlers import periods
from handlers.desk import Desk
from storage import doubts, plans
from storage.periods import closed_figures
from storage.tables import OutsideFigure, Project

UNEXPLAINED = "待说明"
"""Beside a gap wider than the policy allows, until somebody gives the reason."""


@dataclass(frozen=True)
class Statistical:
    """入库纳统投资 of a project since January, up to and with `month` (2026-10), beside the dispatch figure of the same months, 元. gap:
    the latter less the former; None where there is none to compare. reason: why; UNEXPLAINED where it is wide and nobody has said."""

    amount: int
    month: str
    dispatch: int | None
    gap: int | None
    reason: str


@dataclass(frozen=True)
class Figures:
    """A project in a month, 元 and percent. done: invested in the month, so_far: since January, as told up to its end; None where not told.
    points: percentage points of the year's plan above (below: negative) the plan to the day of the figure, 序时. progress: in words. started:
    by what counts as 开工; matters: not closed at its end."""

    planned: int
    done: int | None
    planned_so_far: int
    so_far: int | None
    as_of: date | None
    year_plan: int | None
    points: Decimal | None
    from_start: int | None
    progress: str
    statistical: Statistical | None
    started: bool = False
    matters: int = 0

    @property
    def done_share(self) -> Decimal | None:
        return None if self.done is None else share(self.done, self.planned)

    @property
    def year_share(self) -> Decimal | None:
        return None if self.so_far is None else share(self.so_far, self.year_plan or 0)


def month_of(desk: Desk, wanted: date | None) -> tuple[date, date]:
    """(first day, last day) of a month; None: of this one."""
    first = (wanted or desk.today).replace(day=1)
    return first, ends(first)[-1]


def of(desk: Desk, found: Sequence[Project], first: date) -> dict[int, Figures]:
    """project -> its figures in the month that begins on that day, closed ones as they were closed: a few statements for any number of
    projects."""
    numbers, period = [row.id for row in found], month(first)
    told = plans.told_of(desk.session, numbers, first.year, desk.calendar.day)
    outside = doubts.outside_of(desk.session, numbers, "statistical", f"{first.year}-01", f"{first:%Y-%m}")
    said = doubts.explanations(desk.session, numbers, "statistical_gap")
    figures = periods.figures(desk, found, period)
    return {
        row.id: _one(
            desk, row, figures[row.id], [one for one in told.get(row.id, ()) if one[0] <= period.until],
            outside.get(row.id, ()), said.get(row.id, ""), first,
        )
        for row in found
    }  # fmt: skip


def closing_notes(desk: Desk, found: Sequence[Project], first: date) -> list[str]:
    """Below a table of a month that is closed: since when, and what was put right after it."""
    period = month(first)
    closed = list(closed_figures(desk.session, [row.id for row in found], period).values())
    if not closed:
        return []
    last = max(one.closed_at for one in closed if one.closed_at is not None)
    names, marks = {row.id: row.name for row in found}, periods.amended_marks(desk, period, found)
    entry = max((one.entry for one in closed if one.entry is not None), default=None)
    stands = f"（调度日志至第 {entry} 条）" if entry is not None else ""
    head = f"{period.zh}已于 {desk.calendar.day(last)} 定稿{stands}，{len(closed)} 个项目的数字按定稿时的；定稿后的更正计入以后的月份。"
    late = _told_later(desk, found, first, {one.project: one for one in closed})
    return [head, *(f"{names[project]}：{line}" for project, line in [*marks.items(), *late] if project in names)]


def _told_later(
    desk: Desk, found: Sequence[Project], first: date, closed: Mapping[int, Figure]
) -> Iterator[tuple[int, str]]:
    """(project, words) of statistical figures of a closed month that were told again after its closing."""
    outside = doubts.outside_of(desk.session, list(closed), "statistical", f"{first.year}-01", f"{first:%Y-%m}")
    for row in found:
        closed_at = closed[row.id].closed_at if row.id in closed else None
        mine = outside.get(row.id, [])
        if closed_at is None or not mine or mine[-1].said_at <= closed_at or mine[0].said_at > closed_at:
            continue
        yield (
            row.id,
            f"{desk.calendar.day(mine[-1].said_at):%m-%d} 后报入库纳统投资 {mine[-1].amount / 10_000:,.0f} 万元",
        )


def _one(
    desk: Desk, row: Project, one: Figure, told: Sequence[tuple[date, int]], outside: Sequence[OutsideFigure], said: str, first: date
) -> Figures:  # fmt: skip
    progress = one.progress_words or (f"{one.progress.normalize():f}%" if one.progress is not None else "")
    return Figures(
        one.plan, one.done, one.plan_so_far or 0, one.actual, one.as_of, one.year_plan or None,
        None if one.points is None or one.actual is None else -one.points, _from_start(row, one.actual, first.year), progress,
        _statistical(desk, one, told, outside, said) if outside else None, one.rates.get("all_started", False), one.matters,
    )  # fmt: skip


def _from_start(row: Project, so_far: int | None, year: int) -> int | None:
    if row.year != year or (so_far is None and row.invested_before is None):
        return None
    return (row.invested_before or 0) + (so_far or 0)


def _statistical(
    desk: Desk, one: Figure, told: Sequence[tuple[date, int]], outside: Sequence[OutsideFigure], said: str
) -> Statistical:
    """Of a closed month what was known at its closing; told only afterwards it says so."""
    known = [each for each in outside if one.closed_at is None or each.said_at <= one.closed_at]
    newest = (known or outside)[-1]
    after = "" if known else f"定稿后 {desk.calendar.day(newest.said_at):%m-%d} 报"
    last = ends(date.fromisoformat(f"{newest.month}-01"))[-1]
    same = [money for day, money in told if day <= last]
    if not same:
        return Statistical(newest.amount, newest.month, None, None, _joined(newest.reason or said, after))
    gap = same[-1] - newest.amount
    wide = abs(gap) > max(same[-1], newest.amount) * desk.policy.truth.statistical_share
    reason = newest.reason or said or (UNEXPLAINED if wide else "")
    return Statistical(newest.amount, newest.month, same[-1], gap, _joined(reason, after))


def _joined(*words: str) -> str:
    return "；".join(filter(None, words))
