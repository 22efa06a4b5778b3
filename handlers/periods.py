"""The figures of a month or 旬, closed ones as they were closed (定稿): what tables, answers and papers tell, all of them the same."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.messages import plain
from bot.rules.calendar import DAY
from bot.rules.periods import Figure, Period, before
from bot.rules.plan import behind_points, by_month, plan_to_date
from bot.rules.ten_days import of_month
from bot.rules.words import PeriodKind
from handlers import standings
from handlers.desk import Desk
from storage import board, people, periods, plans, projects, reports
from storage.board import Reach
from storage.periods import Amended
from storage.tables import ClosedPeriod, Project

# --- the list and its figures -------------------------------------------------------------------------------------------


def listed(desk: Desk, meant: Reach | None, period: Period) -> list[Project]:
    """The projects of a period by number: where it is closed those that were on its list then, else those on the list at its end. meant:
    None for every project."""
    on = period.until if period.until < desk.today else None
    found = (
        board.projects(desk.session, replace(meant, on=on)) if meant is not None else projects.listed(desk.session, on)
    )
    units = [row.unit for row in periods.standing(desk.session, period)]
    if not units:
        return found
    there = periods.listed(desk.session, period, units)
    covered = frozenset[int]().union(*(people.subtree(desk.session, unit) for unit in units))
    kept = [row for row in found if row.id in there or row.unit not in covered]
    gone = there - {row.id for row in kept}
    if not gone:
        return kept
    left = replace(meant, left=True) if meant is not None else None
    others = board.projects_among(desk.session, left, gone) if left is not None else projects.by_ids(desk.session, gone)
    return sorted([*kept, *others], key=lambda row: row.number)


def figures(desk: Desk, found: Sequence[Project], period: Period) -> dict[int, Figure]:
    """project -> its figures of a period: the closed ones (`closed_at`) where it is closed, else as they are known now."""
    numbers = [row.id for row in found]
    closed = periods.closed_figures(desk.session, numbers, period)
    left = [row for row in found if row.id not in closed or closed[row.id].entry is None]
    known = current(desk, left, period) if left else {}
    return {
        project: _whole(closed[project], one) if project in closed else one for project, one in (closed | known).items()
    }


def _whole(closed: Figure, known: Figure) -> Figure:
    """A closed figure; what a closing of old did not keep is told as it is known now."""
    return replace(closed, **{name: getattr(known, name) for name in KEPT}) if closed.entry is None else closed


def current(desk: Desk, found: Sequence[Project], period: Period) -> dict[int, Figure]:
    """project -> its figures of a period as they are known now; lights, doubts and stages of one that is over are those of its last day.
    What a period that ends on the same day has closed stays as closed."""
    numbers, year = [row.id for row in found], period.first.year
    monthly = projects.plans(desk.session, numbers, year)
    told = plans.told_of(desk.session, numbers, year, desk.calendar.day)
    over = period.until < desk.today
    progress = reports.progress_until(desk.session, numbers, period.until) if over else None
    ended = periods.closed_by(desk.session, numbers, period.until)
    known = {
        row.id: _figure(desk, row, monthly.get(row.id, {}), told.get(row.id, ()), period, progress) for row in found
    }
    whole = standings.completed(desk, found, period, known, told)
    return {project: _with_end(one, ended.get(project)) for project, one in whole.items()}


def as_told(desk: Desk, found: Sequence[Project], period: Period) -> list[Project]:
    """The same projects with what a closed period, or one that is over, tells of them in place of today's: for tables. Of a period that
    runs they are what they are. None of it is written."""
    told = figures(desk, found, period)
    return [
        standings.as_of(row, told[row.id]) if told[row.id].closed_at or period.until < desk.today else row
        for row in found
    ]


def _figure(
    desk: Desk, row: Project, plan: Mapping[int, int], told: Sequence[tuple[date, int]], period: Period,
    progress: Mapping[int, tuple[Decimal | None, str]] | None,
) -> Figure:  # fmt: skip
    """One project. progress: of a period that is over, what was told until its end; None: the project's own."""
    year, until = period.first.year, min(period.until, desk.today)
    known = [one for one in told if one[0] <= until]
    as_of, actual = known[-1] if known else (None, None)
    day = as_of or until  # judged as of the day the figure was given for, as lights are
    planned = plan_to_date(plan, day, year)
    month = plan.get(period.first.month, 0)
    part = period.share_of(month)
    reached, words = (
        (progress or {}).get(row.id, (None, "")) if progress is not None else (row.progress, row.progress_words)
    )
    return Figure(
        row.id, row.name, row.unit, row.lead_unit, row.level, row.kind, row.total, _year_plan(row, plan, year), part, planned, actual,
        _done(told, month, period, until), as_of, behind_points(actual or 0, plan, day, year), (actual or 0) >= desk.policy.light.on_plan_ratio * planned,
        reached, words, row.stage.value if row.stage else "", row.light, row.reasons, row.doubt,
        plan_so_far=sum(money for number, money in plan.items() if number <= period.first.month),
    )  # fmt: skip


def _year_plan(row: Project, plan: Mapping[int, int], year: int) -> int:
    return ((row.year_plan or 0) if row.year == year else 0) or sum(plan.values())


def _done(told: Sequence[tuple[date, int]], plan: int, period: Period, until: date) -> int | None:
    """What was done in the period; None where no figure of it was told, or of a month none of the month before, so that nobody knows."""
    seen = [one for one in told if one[0] <= until]
    if period.kind is PeriodKind.TEN_DAYS:
        return of_month(seen, plan, period.first.replace(day=1), period.part).done
    last = by_month({}, seen, period.until)[-1]
    return last.actual if last.since == period.first.month else None


KEPT = ("category", "chain", "town", "invested_before", "plan_so_far", "matters", "milestones", "rates")
"""What closings keep since they say up to which entry of the log they stand."""


def _with_end(one: Figure, ended: Figure | None) -> Figure:
    """A figure that ends where another was closed tells the same of that day."""
    if ended is None:
        return one
    return replace(
        one, year_plan=ended.year_plan, planned=ended.planned, actual=ended.actual, as_of=ended.as_of, points=ended.points, met=ended.met,
        progress=ended.progress, progress_words=ended.progress_words, stage=ended.stage, light=ended.light, reasons=ended.reasons, doubt=ended.doubt,
        **{name: getattr(ended, name) for name in KEPT if ended.entry is not None and name != "milestones"},
    )  # fmt: skip


def plans_of(desk: Desk, found: Sequence[Project], year: int) -> dict[int, dict[int, int]]:
    """project -> month -> 元 of the year's plan, of closed months as they were closed."""
    numbers = {row.id for row in found}
    monthly, closed = projects.plans(desk.session, numbers, year), periods.closed_plans(desk.session, numbers, year)
    return {project: monthly.get(project, {}) | closed.get(project, {}) for project in numbers}


def closed_for(desk: Desk, period: Period, unit: int) -> ClosedPeriod | None:
    """The closing of a period that covers a unit: its own, or that of a unit above it."""
    covering = [row for row in periods.standing(desk.session, period) if unit in people.subtree(desk.session, row.unit)]
    return covering[0] if covering else None


# --- what was put right later -------------------------------------------------------------------------------------------


def amended(desk: Desk, period: Period, among: Collection[int] | None = None) -> list[Amended]:
    """What was told of a closed period after its closing and changes it: shown beside the closed figure."""
    return periods.amended(desk.session, periods.standing(desk.session, period), among)


def amended_since(desk: Desk, period: Period, among: Collection[int] | None = None) -> list[Amended]:
    """What was put right, since the period before was closed, of the closed periods of the year before this one: for the note of a paper.
    Of a closed period only what was said until its closing."""
    earlier = periods.earlier(desk.session, period)
    last = max((row.closed_at for row in earlier if row.first == before(period).first), default=None)
    until = min((row.closed_at for row in periods.standing(desk.session, period)), default=desk.now)
    found = periods.amended(desk.session, earlier, among)
    return [one for one in found if one.said_at <= until and (last is None or one.said_at > last)]


def amended_line(desk: Desk, one: Amended, locale: str = "", *, named: bool = True, spanned: bool = True) -> str:
    """11-12 后更正：累计投资 1.10 亿元 → 1.05 亿元. named: with the project; spanned: with the period."""
    kind = PeriodKind.MONTH if one.until - one.first > 20 * DAY else PeriodKind.TEN_DAYS
    period = Period(kind, one.first, one.until).zh if spanned else ""
    return plain(desk.text("period.amended", locale, one=one, named=named, period=period))


def amended_marks(desk: Desk, period: Period, found: Iterable[Project]) -> dict[int, str]:
    """project -> the line on what was put right after its closed figure, for a table's remarks."""
    among = {row.id for row in found}
    return {one.project: amended_line(desk, one, named=False, spanned=False) for one in amended(desk, period, among)}
