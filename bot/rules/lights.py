"""The traffic light (红黄绿灯) of a project, a milestone and a unit, and whether a project is on plan (达序时), always with the arithmetic.

Codes of reasons. Red or yellow: matter_climbed, matter_overdue (matter, category, rung, days: working days open), milestone_overdue (milestone:
its name, due, days: working days since; calendar: 1 where they are calendar days; orange: 1 where the rule calls it so), behind_plan (points: percentage
points of the year's plan, negative when ahead; actual, planned: 元; percent: of the plan to date; as_of), month_short, month_caught_up (month,
since, actual, planned, percent, as_of), no_figure (planned, first_due), expected_late (year_end, plan, pace, months), start_late (due, months), not_in_statistics
(started, months), paid_short (paid, planned, percent), resume_overdue (stopped, resume, days), yellow_again (months). On a green light: on_plan, behind_plan,
month_met, month_watch (as above), figure_awaited (first_due), no_plan, small_plan (planned, floor), in_time (open, next), paused.
A milestone: milestone_done (milestone, done, due, late: working days), milestone_ahead (milestone, due, days), milestone_no_limit, milestone_overdue.
A unit: unit_share (red, yellow, of, percent: not green), unit_month (month, planned, actual, running), unit_empty.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from bot.rules import light_money
from bot.rules.calendar import WorkCalendar
from bot.rules.light_months import UnitMonth, missed_running, months_not_green
from bot.rules.light_values import (
    RUNGS,
    SEVERITY,
    Found,
    LightPolicy,
    MatterStanding,
    MilestoneStanding,
    Standing,
    Verdict,
)
from bot.rules.plan import plan_to_date, share
from bot.rules.reason import Fact, Reason
from bot.rules.words import Light, Rung

__all__ = [
    "SEVERITY", "LightPolicy", "MatterStanding", "MilestoneStanding", "Standing", "Verdict", "light", "milestone_light", "unit_light",
]  # fmt: skip

# --- a project ------------------------------------------------------------------------------------------------------------


def light(standing: Standing, day: date, policy: LightPolicy, calendar: WorkCalendar) -> Verdict:
    """The light of a project on `day`, by the rule in force.

    Money is judged as of the day its figure was given for, so that nobody turns red by the age of a figure (its absence is what
    reminders are for). A milestone is overdue from the first working day after its limit, or the
    first day where the rule counts calendar days (on plan is always by working days). A paused project is not measured by time:
    only what holds it up, its matters, counts.
    """
    matters = list(_matters(standing, policy))
    found = matters if policy.matters else []
    overdue = [] if standing.paused else list(_milestones(standing, day, policy, calendar))
    late = any(calendar.workdays_between(one.due, day) > 0 for one in standing.milestones if one.due and not one.done)
    if standing.paused:
        found = [*found, (Light.GREEN, Reason("paused"))]
    else:
        found = [*found, *(overdue if policy.milestones else []), *_life(standing, day, policy, calendar)]
        if policy.money or policy.forecast:
            found += light_money.judge(standing, day, policy)
    found = _worst(found, standing, day, policy)
    on_plan = not matters and (standing.paused or (not late and light_money.enough(standing, day, policy)))
    reds = sum(color is Light.RED for color, _ in found)
    return Verdict(found[0][0], on_plan, tuple(reason for _, reason in found), reds)


def _worst(found: list[Found], standing: Standing, day: date, policy: LightPolicy) -> list[Found]:
    """What is shown, the worst first: on a green light what makes it green, else all that does not."""
    shown = [item for item in found if item[0] is not Light.GREEN] or found or [_in_time(standing)]
    shown.sort(key=lambda item: SEVERITY[item[0]])
    months = months_not_green(standing.changes, day) if policy.yellows and shown[0][0] is Light.YELLOW else 0
    if months and months + 1 >= policy.yellows:
        shown.insert(0, (Light.RED, Reason("yellow_again", {"months": months + 1})))
    return shown


def _in_time(standing: Standing) -> Found:
    ahead = [one.due for one in standing.milestones if not one.done and one.due]
    opened = sum(not one.done for one in standing.milestones)
    return Light.GREEN, Reason("in_time", {"open": opened, "next": min(ahead, default=None)})


def _matters(standing: Standing, policy: LightPolicy) -> Iterator[Found]:
    """Highest rung first, then longest open."""
    red_from = RUNGS.index(Rung(policy.matter_red_rung)) if policy.matter_red_rung else len(RUNGS)
    for matter in sorted(standing.matters, key=lambda one: (-RUNGS.index(one.rung), -one.days, one.number)):
        facts: dict[str, Fact] = {
            "matter": matter.number,
            "category": matter.category,
            "rung": matter.rung,
            "days": matter.days,
        }
        if matter.climbed and RUNGS.index(matter.rung) >= red_from:
            yield Light.RED, Reason("matter_climbed", facts)
        elif matter.overdue:
            yield Light.YELLOW, Reason("matter_overdue", facts)


def _milestones(standing: Standing, day: date, policy: LightPolicy, calendar: WorkCalendar) -> Iterator[Found]:
    """Longest overdue first."""
    open_ones = [(one.due, one.name) for one in standing.milestones if one.due and not one.done]
    for due, name in sorted(open_ones):
        if _days_past(due, day, policy, calendar) > 0:
            yield _overdue(due, name, day, policy, calendar)


def _days_past(due: date, day: date, policy: LightPolicy, calendar: WorkCalendar) -> int:
    """By how many days a limit has passed, as the rule counts them: calendar days, or working days."""
    return (day - due).days if policy.milestone_calendar else calendar.workdays_between(due, day)


def _overdue(due: date, name: str, day: date, policy: LightPolicy, calendar: WorkCalendar) -> Found:
    days = _days_past(due, day, policy, calendar)
    facts: dict[str, Fact] = {"milestone": name, "due": due, "days": days}
    if policy.milestone_calendar:
        facts["calendar"] = 1
    if policy.milestone_red_days is not None and days > policy.milestone_red_days:
        return Light.RED, Reason("milestone_overdue", facts)
    if policy.milestone_orange_days is not None and days > policy.milestone_orange_days:
        facts["orange"] = 1
    return Light.YELLOW, Reason("milestone_overdue", facts)


def _life(standing: Standing, day: date, policy: LightPolicy, calendar: WorkCalendar) -> Iterator[Found]:
    """The start and what has to follow it, what was paid, and a stop that lasts longer than it was to."""
    if standing.start_due is not None and standing.started_on is None:
        months = _months_after(standing.start_due, day)
        yield from _by_months(
            "start_late", "due", standing.start_due, months, policy.start_yellow_months, policy.start_red_months
        )
    if standing.started_on is not None and not standing.in_statistics:
        yield from _statistics(standing.started_on, day, policy)
    if policy.paid_red is not None and standing.paid is not None:
        planned = plan_to_date(standing.year_plan, day, day.year)
        if standing.paid < policy.paid_red * planned:
            yield (
                Light.RED,
                Reason(
                    "paid_short", {"paid": standing.paid, "planned": planned, "percent": share(standing.paid, planned)}
                ),
            )
    if policy.resume and standing.stopped_on is not None and standing.resume_on is not None:
        late = calendar.workdays_between(standing.resume_on, day)
        if late > 0:
            facts: dict[str, Fact] = {"stopped": standing.stopped_on, "resume": standing.resume_on, "days": late}
            yield Light.YELLOW, Reason("resume_overdue", facts)


def _statistics(started: date, day: date, policy: LightPolicy) -> Iterator[Found]:
    """银川 2025: not in the statistics a month after the start yellow, more than two months after it red."""
    if started > day:
        return
    months = next(count for count in range(_months_after(started, day), -1, -1) if _later(started, count) <= day)
    facts: dict[str, Fact] = {"started": started, "months": months}
    red, yellow = policy.statistics_red_months, policy.statistics_yellow_months
    if red is not None and day > _later(started, red):
        yield Light.RED, Reason("not_in_statistics", facts)
    elif yellow is not None and day >= _later(started, yellow):
        yield Light.YELLOW, Reason("not_in_statistics", facts)


def _later(first: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = first.year + (first.month - 1 + months) // 12, (first.month - 1 + months) % 12 + 1
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def _by_months(code: str, name: str, first: date, months: int, yellow: int | None, red: int | None) -> Iterator[Found]:
    facts: dict[str, Fact] = {name: first, "months": months}
    if red is not None and months >= red:
        yield Light.RED, Reason(code, facts)
    elif yellow is not None and months >= yellow:
        yield Light.YELLOW, Reason(code, facts)


def _months_after(due: date, day: date) -> int:
    """Months begun after the month of `due`: 1 in the month that follows it."""
    return max(0, (day.year - due.year) * 12 + day.month - due.month)


# --- a milestone ----------------------------------------------------------------------------------------------------------


def milestone_light(
    milestone: MilestoneStanding, day: date, policy: LightPolicy, calendar: WorkCalendar, *, paused: bool = False
) -> tuple[Light, Reason]:
    """The light of one milestone: done or not yet due is green; overdue is what it makes of its project. paused: time is not held against it."""
    facts: dict[str, Fact] = {"milestone": milestone.name}
    if milestone.done:
        late = calendar.workdays_between(milestone.due, milestone.done_on) if milestone.due and milestone.done_on else 0
        return Light.GREEN, Reason(
            "milestone_done", {**facts, "done": milestone.done_on, "due": milestone.due, "late": max(0, late)}
        )
    if milestone.due is None:
        return Light.GREEN, Reason("milestone_no_limit", facts)
    left = calendar.workdays_between(day, milestone.due)
    if paused or _days_past(milestone.due, day, policy, calendar) <= 0:
        return Light.GREEN, Reason("milestone_ahead", {**facts, "due": milestone.due, "days": left})
    return _overdue(milestone.due, milestone.name, day, policy, calendar)


# --- a unit ---------------------------------------------------------------------------------------------------------------


def unit_light(counts: Mapping[Light, int], months: Sequence[UnitMonth], policy: LightPolicy) -> tuple[Light, Reason]:
    """The light of a unit: by how many of its projects are red or yellow; where the rule says so, by its months (`unit_months`)."""
    of = sum(counts.values())
    if of == 0:
        return Light.GREEN, Reason("unit_empty")
    if policy.unit_months and months:
        last, running = months[-1], missed_running(months)
        facts: dict[str, Fact] = {
            "month": last.month,
            "planned": last.planned,
            "actual": last.actual,
            "running": running,
        }
        color = Light.GREEN if not running else Light.YELLOW if running == 1 else Light.RED
        return color, Reason("unit_month", facts)
    red, yellow = counts.get(Light.RED, 0), counts.get(Light.YELLOW, 0)
    reason = Reason("unit_share", {"red": red, "yellow": yellow, "of": of, "percent": share(red + yellow, of)})
    if red and Decimal(red) >= policy.unit_red * of:
        return Light.RED, reason
    if red or (yellow and Decimal(yellow) >= policy.unit_yellow * of):
        return Light.YELLOW, reason
    return Light.GREEN, reason
