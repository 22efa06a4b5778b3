"""When a project reports, who is reminded, and whose silence is told (002: 旬汇报; 001: 无事勿扰、重点盯靠; DOMAIN S2, S11).

A tick asks `nudges_since` and `missed_since` about the days since it last ran; `nudges_on` and `missed_on` are the same for one day.
Both answer for the state as it is now, so that a report that has come in, or a milestone that is done, silences what asked for it.

Codes of reasons: report_due (days: working days left, 0 is today), report_late (days: working days since), milestone_due,
milestone_late (likewise; occasion: which of `occasions` overdue nudges this is).
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from bot.rules.calendar import DAY, WorkCalendar
from bot.rules.reason import Fact, Reason
from bot.rules.words import Cadence, Level, Light

NudgeKind = Literal["report_due", "milestone_due", "milestone_overdue"]
NEVER = date.max


@dataclass(frozen=True)
class ReportPolicy:
    """When reports are due and who is reminded when.

    monthly_day: day of the month. weekly_day: ISO weekday. remind_before, remind_on_plan: working days before the due day on which a
    project that is not, or is, on plan is reminded. milestone_before: the same before a milestone's limit; milestone_overdue_times:
    on how many working days after it. ten_days_levels: levels that report each 旬. stale_days: calendar days after which a figure
    counts as not updated. on_plan_running: how often 按计划推进 counts in succession.
    """

    monthly_day: int = 25
    weekly_day: int = 5
    remind_before: tuple[int, ...] = (2, 0)
    remind_on_plan: tuple[int, ...] = (0,)
    milestone_before: tuple[int, ...] = (7, 3, 1, 0)
    milestone_overdue_times: int = 3
    ten_days_levels: frozenset[Level] = frozenset({Level.PROVINCE, Level.CITY})
    stale_days: int = 10
    on_plan_running: int = 2


@dataclass(frozen=True)
class Period:
    """A span of days for which one report is wanted, and the working day by which it is: `due` may lie after `end`."""

    cadence: Cadence
    start: date
    end: date
    due: date

    @property
    def key(self) -> str:
        """ "2026-11"; "2026-11-2" for 中旬; "2026-W47"."""
        if self.cadence is Cadence.WEEKLY:
            year, week, _ = self.start.isocalendar()
            return f"{year}-W{week:02}"
        month = f"{self.start.year}-{self.start.month:02}"
        return month if self.cadence is Cadence.MONTHLY else f"{month}-{self.start.day // 10 + 1}"


class MilestoneWatch(NamedTuple):
    """A milestone as a tick sees it. due: its limit; None where it has none. watched_from: the day the dispatcher accepted it;
    what was overdue by then counts from that day ("import is not news")."""

    milestone: int
    due: date | None
    done: bool
    watched_from: date


class Watch(NamedTuple):
    """A project as a tick sees it. last_as_of: the as-of date of its newest report; watched_from: as for milestones."""

    project: int
    level: Level
    light: Light
    on_plan: bool
    paused: bool
    last_as_of: date | None
    watched_from: date
    milestones: tuple[MilestoneWatch, ...] = ()


@dataclass(frozen=True)
class Nudge:
    """Something to remind of on `day`. key: the same for the same project or milestone, due day and occasion, however often asked."""

    project: int
    milestone: int | None
    kind: NudgeKind
    key: str
    day: date
    reason: Reason


def cadence_of(level: Level, light: Light, policy: ReportPolicy) -> Cadence:
    """How often a project reports: weekly when red, each 旬 at certain levels or when yellow, else monthly."""
    if light is Light.RED:
        return Cadence.WEEKLY
    return Cadence.TEN_DAYS if light is Light.YELLOW or level in policy.ten_days_levels else Cadence.MONTHLY


def period_at(day: date, cadence: Cadence, policy: ReportPolicy, calendar: WorkCalendar) -> Period:
    """The period in which `day` lies. Where the nominal due day (the policy's; a 旬's last) is off, the next working day is due."""
    return _periods(day, cadence, policy, calendar)[1]


def previous(period: Period, policy: ReportPolicy, calendar: WorkCalendar) -> Period:
    return _period(period.start - DAY, period.cadence, policy, calendar)


def following(period: Period, policy: ReportPolicy, calendar: WorkCalendar) -> Period:
    return _period(period.end + DAY, period.cadence, policy, calendar)


def reported(period: Period, last_as_of: date | None) -> bool:
    """Whether the period has its report (or a later one has come since)."""
    return last_as_of is not None and last_as_of >= period.start


def credit(
    day: date, cadence: Cadence, last_as_of: date | None, policy: ReportPolicy, calendar: WorkCalendar
) -> tuple[Period, date]:
    """Which period a report said on `day` counts for, and its as-of date.

    The previous period, as of its last day, while it still wants a report and its due day (moved over a weekend, say) has not
    passed; else the current one, as of `day`.
    """
    before, current = _periods(day, cadence, policy, calendar)
    if day <= before.due and not reported(before, last_as_of):
        return before, before.end
    return current, day


def outstanding(
    day: date,
    cadence: Cadence,
    last_as_of: date | None,
    watched_from: date,
    policy: ReportPolicy,
    calendar: WorkCalendar,
) -> Period | None:
    """The oldest period, of the previous and the current one, that wants a report; None where neither does.

    A period that was due before the project was watched wants none.
    """
    for period in _periods(day, cadence, policy, calendar):
        if not reported(period, last_as_of) and watched_from <= period.due:
            return period
    return None


def missed(
    day: date,
    cadence: Cadence,
    last_as_of: date | None,
    watched_from: date,
    policy: ReportPolicy,
    calendar: WorkCalendar,
) -> Period | None:
    """The outstanding period where its due day has passed."""
    period = outstanding(day, cadence, last_as_of, watched_from, policy, calendar)
    return period if period is not None and period.due < day else None


def nudges_on(watch: Watch, day: date, policy: ReportPolicy, calendar: WorkCalendar) -> list[Nudge]:
    """What is to be reminded of on this very day: nothing on days off, for paused projects, or before it is watched."""
    return nudges_since(watch, day - DAY, day, policy, calendar)


def nudges_since(watch: Watch, last: date, day: date, policy: ReportPolicy, calendar: WorkCalendar) -> list[Nudge]:
    """What is to be reminded of on `day` by a tick that last ran on `last`: for each item its latest occasion in (last, day].

    The reasons are counted from `day`. Left out is what has become pointless: a period for which a report can no longer count, a
    milestone's advance notice after its limit.
    """
    if watch.paused or not calendar.is_workday(day):
        return []
    nudges = []
    if said := _report_said(_reporting(watch, policy), last, day, policy, calendar):
        nudges.append(
            Nudge(watch.project, None, said.kind, f"report:{watch.project}:{said.occasion}", day, said.reason)
        )
    for due, opened, number in _open_milestones(watch):
        if said := _milestone_said(due, opened, last, day, policy, calendar):
            key = f"milestone:{number}:{said.occasion}"
            nudges.append(Nudge(watch.project, number, said.kind, key, day, said.reason))
    return nudges


def missed_on(watch: Watch, day: date, policy: ReportPolicy, calendar: WorkCalendar) -> Period | None:
    """The period whose miss is told (once, to the unit's deputy head) on this very day: the first working day after it was due."""
    return missed_since(watch, day - DAY, day, policy, calendar)


def missed_since(watch: Watch, last: date, day: date, policy: ReportPolicy, calendar: WorkCalendar) -> Period | None:
    """`missed_on` for a tick that last ran on `last`: of several misses in (last, day], the newest."""
    if watch.paused or not calendar.is_workday(day):
        return None
    return _missed(_reporting(watch, policy), last, day, policy, calendar)


def next_look(watch: Watch, after: date, policy: ReportPolicy, calendar: WorkCalendar) -> date:
    """The first working day after `after` on which, if nothing changes, `nudges_on` or `missed_on` has something.

    NEVER for a paused project. To be worked out anew whenever a field of the watch changes; a light changes with time alone, too.
    """
    if watch.paused:
        return NEVER
    looks = [_report_look(_reporting(watch, policy), after, policy, calendar)]
    looks += [_milestone_look(due, opened, after, policy, calendar) for due, opened, _ in _open_milestones(watch)]
    return min(looks)


class _Reporting(NamedTuple):
    """The part of a watch on which reminders of reports depend. Many projects share one, so answers about it are kept: a tick over
    thousands of projects works out each of them once."""

    cadence: Cadence
    reminders: tuple[int, ...]
    last_as_of: date | None
    watched_from: date


class _Said(NamedTuple):
    """A nudge without whose it is."""

    kind: NudgeKind
    occasion: str
    reason: Reason


def _reporting(watch: Watch, policy: ReportPolicy) -> _Reporting:
    reminders = policy.remind_on_plan if watch.on_plan else policy.remind_before
    return _Reporting(cadence_of(watch.level, watch.light, policy), reminders, watch.last_as_of, watch.watched_from)


def _open_milestones(watch: Watch) -> Iterator[tuple[date, date, int]]:
    """Limit, first day of watching and id of what is not done."""
    for one in watch.milestones:
        if one.due and not one.done:
            yield one.due, max(one.watched_from, watch.watched_from), one.milestone


@lru_cache(maxsize=4096)
def _periods(day: date, cadence: Cadence, policy: ReportPolicy, calendar: WorkCalendar) -> tuple[Period, Period]:
    """The period before the one of `day`, and that one."""
    current = _period(day, cadence, policy, calendar)
    return previous(current, policy, calendar), current


def _period(day: date, cadence: Cadence, policy: ReportPolicy, calendar: WorkCalendar) -> Period:
    month_end = day.replace(day=monthrange(day.year, day.month)[1])
    if cadence is Cadence.WEEKLY:
        start = day - (day.isoweekday() - 1) * DAY
        end, nominal = start + 6 * DAY, start + (policy.weekly_day - 1) * DAY
    elif cadence is Cadence.TEN_DAYS:
        start = day.replace(day=min((day.day - 1) // 10, 2) * 10 + 1)
        end = nominal = month_end if start.day == 21 else start + 9 * DAY
    else:
        start, end = day.replace(day=1), month_end
        nominal = day.replace(day=min(policy.monthly_day, month_end.day))
    return Period(cadence, start, end, calendar.workday_on_or_after(nominal))


def _occasion(before: Iterable[int], after: date, day: date, due: date, calendar: WorkCalendar) -> int | None:
    """Of the working days that lie so many working days before `due`, a working day, the latest in (after, day]; None without one."""
    least, limit = calendar.workdays_between(day, due), calendar.workdays_between(after, due)
    return min((number for number in before if least <= number < limit), default=None)


@lru_cache(maxsize=16384)
def _report_said(
    reporting: _Reporting, last: date, day: date, policy: ReportPolicy, calendar: WorkCalendar
) -> _Said | None:
    """The latest reminder in (last, day] of the period for which a report said on `day` would count."""
    cadence, reminders, last_as_of, watched_from = reporting
    period, _ = credit(day, cadence, last_as_of, policy, calendar)
    if reported(period, last_as_of):
        return None
    opened = max(last, watched_from - DAY, period.start - DAY)
    before = _occasion(reminders, opened, day, period.due, calendar)
    if before is None:
        return None
    left = calendar.workdays_between(day, period.due)
    facts: dict[str, Fact] = {"period": period.key, "due": period.due, "days": abs(left), "last_as_of": last_as_of}
    reason = Reason("report_due" if left >= 0 else "report_late", facts)
    return _Said("report_due", f"{period.key}:due-{before}", reason)


@lru_cache(maxsize=16384)
def _milestone_said(
    due: date, opened: date, last: date, day: date, policy: ReportPolicy, calendar: WorkCalendar
) -> _Said | None:
    """The latest reminder in (last, day] of a milestone that is watched from `opened`."""
    if day <= due:
        anchor = calendar.workday_on_or_before(due)
        before = _occasion(policy.milestone_before, max(last, opened - DAY), day, anchor, calendar)
        if before is None:
            return None
        reason = Reason("milestone_due", {"due": due, "days": calendar.workdays_between(day, due)})
        return _Said("milestone_due", f"{due}:before-{before}", reason)
    counted_from, times = max(due, opened), policy.milestone_overdue_times
    after = min(calendar.workdays_between(counted_from, day), times)
    if after < 1 or after <= calendar.workdays_between(counted_from, last):
        return None
    days = calendar.workdays_between(due, day)
    reason = Reason("milestone_late", {"due": due, "days": days, "occasion": after, "occasions": times})
    return _Said("milestone_overdue", f"{due}:after-{after}", reason)


@lru_cache(maxsize=16384)
def _missed(
    reporting: _Reporting, last: date, day: date, policy: ReportPolicy, calendar: WorkCalendar
) -> Period | None:
    cadence, _, last_as_of, watched_from = reporting
    period = period_at(day, cadence, policy, calendar)
    while not reported(period, last_as_of) and watched_from <= period.due:
        told = calendar.next_workday(period.due)
        if told <= last:
            return None
        if told <= day:
            return period
        period = previous(period, policy, calendar)
    return None


@lru_cache(maxsize=16384)
def _report_look(reporting: _Reporting, after: date, policy: ReportPolicy, calendar: WorkCalendar) -> date:
    """The first day after `after` with a reminder or a miss. No day of a later period comes before that period's start."""
    found = NEVER
    for period in _periods_from(max(after, reporting.watched_from - DAY), reporting.cadence, policy, calendar):
        if period.start > found:
            break
        for day in _looks(period, reporting.reminders, calendar):
            if after < day < found and (
                _report_said(reporting, day - DAY, day, policy, calendar)
                or _missed(reporting, day - DAY, day, policy, calendar)
            ):
                found = day
    return found


def _periods_from(after: date, cadence: Cadence, policy: ReportPolicy, calendar: WorkCalendar) -> Iterator[Period]:
    """Periods in order, from the first whose miss would be told after `after`."""
    period = period_at(after, cadence, policy, calendar)
    while calendar.next_workday(period.due) > after:
        period = previous(period, policy, calendar)
    while True:
        yield period
        period = following(period, policy, calendar)


def _looks(period: Period, reminders: Iterable[int], calendar: WorkCalendar) -> Iterator[date]:
    """The days on which a period is spoken of: its reminders, then its miss."""
    for before in reminders:
        yield calendar.add_workdays(period.due, -before)
    yield calendar.next_workday(period.due)


@lru_cache(maxsize=16384)
def _milestone_look(due: date, opened: date, after: date, policy: ReportPolicy, calendar: WorkCalendar) -> date:
    """The first day after `after` on which a milestone that is watched from `opened` is spoken of; NEVER where there is none."""
    anchor = calendar.workday_on_or_before(due)
    limit = calendar.workdays_between(max(after, opened - DAY), anchor)
    before = max((number for number in policy.milestone_before if number < limit), default=None)
    if before is not None:
        return calendar.add_workdays(anchor, -before)
    counted_from = max(due, opened)
    occasion = max(1, calendar.workdays_between(counted_from, after) + 1)
    return calendar.add_workdays(counted_from, occasion) if occasion <= policy.milestone_overdue_times else NEVER
