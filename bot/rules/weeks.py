"""Where a working week begins, by the State Council's calendar: 调休 may move it, and never makes it begin twice."""

from datetime import date

from bot.rules.calendar import DAY, WorkCalendar


def begins(day: date, calendar: WorkCalendar) -> bool:
    """Whether a working week begins on this day: worked, and the first worked one from Monday to Sunday.

    A worked Saturday ends the week whose Monday was worked. Where all of a week's five days are off, its worked weekend begins the week
    that goes on the Monday after, which then begins none of its own.
    """
    if not calendar.is_workday(day) or _worked_before(day, calendar):
        return False
    before = calendar.workday_on_or_before(day - DAY)
    return not (day.weekday() == 0 and day - before <= 2 * DAY and begins(before, calendar))


def latest(day: date, calendar: WorkCalendar) -> date:
    """The last day up to this one on which a working week began."""
    found = calendar.workday_on_or_before(day)
    while not begins(found, calendar):
        found = calendar.workday_on_or_before(found - DAY)
    return found


def _worked_before(day: date, calendar: WorkCalendar) -> bool:
    """Whether an earlier day of the same week, from Monday, was worked."""
    before = calendar.workday_on_or_before(day - DAY)
    return before.isocalendar()[:2] == day.isocalendar()[:2]
