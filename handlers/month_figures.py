"""What each project came to in a month and since January, with the statistical figure beside it: for every table that tells a month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from bot.rules.periods import Figure
from bot.rules.periods import month_of as month
from bot.rules.plan import behind_points, by_month, share
from bot.rules.ten_days import ends
from handlers import periods
from handlers.desk import Desk
from storage import doubts, plans, projects, reports
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
    points: percentage points of the year's plan above (below: negative) the plan to the day of the figure, 序时. progress: in words."""

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
    """project -> its figures in the month that begins on that day: a few statements for any number of projects."""
    numbers, last = [row.id for row in found], ends(first)[-1]
    monthly, told = (
        projects.plans(desk.session, numbers, first.year),
        plans.told_of(desk.session, numbers, first.year, desk.calendar.day),
    )
    progress = reports.progress_until(desk.session, numbers, last)
    until = f"{first:%Y-%m}"
    outside = doubts.outside_of(desk.session, numbers, "statistical", f"{first.year}-01", until)
    said = doubts.explanations(desk.session, numbers, "statistical_gap")
    closed = closed_figures(desk.session, numbers, month(first))
    found_now = {
        row.id: _one(
            desk, row, monthly.get(row.id, {}), [one for one in told.get(row.id, ()) if one[0] <= last],
            progress.get(row.id, (None, "")), outside.get(row.id), said.get(row.id, ""), first,
        )
        for row in found
    }  # fmt: skip
    return {
        project: _as_closed(one, closed[project]) if project in closed else one for project, one in found_now.items()
    }


def _as_closed(one: Figures, closed: Figure) -> Figures:
    """A month that is closed (定稿) tells what it told then."""
    progress = closed.progress_words or (f"{closed.progress.normalize():f}%" if closed.progress is not None else "")
    return replace(
        one, planned=closed.plan, done=closed.done, so_far=closed.actual, as_of=closed.as_of, year_plan=closed.year_plan or one.year_plan,
        points=None if closed.points is None or closed.actual is None else -closed.points, progress=progress,
    )  # fmt: skip


def closing_notes(desk: Desk, found: Sequence[Project], first: date) -> list[str]:
    """Below a table of a month that is closed: since when, and what was put right after it."""
    period = month(first)
    closed = list(closed_figures(desk.session, [row.id for row in found], period).values())
    if not closed:
        return []
    last = max(one.closed_at for one in closed if one.closed_at is not None)
    names, marks = {row.id: row.name for row in found}, periods.amended_marks(desk, period, found)
    head = f"{period.zh}已于 {desk.calendar.day(last)} 定稿，{len(closed)} 个项目的数字按定稿时的；定稿后的更正计入以后的月份。"
    return [head, *(f"{names[project]}：{line}" for project, line in marks.items() if project in names)]


def _one(
    desk: Desk, row: Project, plan: Mapping[int, int], told: Sequence[tuple[date, int]], progress: tuple[Decimal | None, str],
    outside: OutsideFigure | None, said: str, first: date,
) -> Figures:  # fmt: skip
    as_of, so_far = told[-1] if told else (None, None)
    year_plan = row.year_plan if row.year == first.year else sum(plan.values()) or None
    points = behind_points(so_far, plan, as_of, first.year) if as_of and so_far is not None else None
    percent, words = progress
    return Figures(
        plan.get(first.month, 0), _in_month(plan, told, first),
        sum(money for month, money in plan.items() if month <= first.month), so_far, as_of, year_plan,
        None if points is None else -points, _from_start(row, so_far, first.year), words or (f"{percent.normalize():f}%" if percent is not None else ""),
        _statistical(desk, told, outside, said) if outside else None,
    )  # fmt: skip


def _in_month(plan: Mapping[int, int], told: Sequence[tuple[date, int]], first: date) -> int | None:
    """What was invested in the month; None where nothing was told of it, or nothing of the months before it, so that nobody knows."""
    last = by_month(plan, told, ends(first)[-1])[-1]
    return last.actual if last.since == first.month else None


def _from_start(row: Project, so_far: int | None, year: int) -> int | None:
    if row.year != year or (so_far is None and row.invested_before is None):
        return None
    return (row.invested_before or 0) + (so_far or 0)


def _statistical(desk: Desk, told: Sequence[tuple[date, int]], outside: OutsideFigure, said: str) -> Statistical:
    last = ends(date.fromisoformat(f"{outside.month}-01"))[-1]
    same = [money for day, money in told if day <= last]
    if not same:
        return Statistical(outside.amount, outside.month, None, None, outside.reason or said)
    gap = same[-1] - outside.amount
    wide = abs(gap) > max(same[-1], outside.amount) * desk.policy.truth.statistical_share
    return Statistical(
        outside.amount, outside.month, same[-1], gap, outside.reason or said or (UNEXPLAINED if wide else "")
    )
