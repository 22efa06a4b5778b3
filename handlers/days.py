"""Days as people name them, and days to tap."""

from datetime import date, timedelta

from bot.rules import reading
from bot.rules.calendar import WorkCalendar

STEPS = (2, 5, 10, 20)
"""Working days ahead of the days offered to tap."""


def read(text: str, today: date) -> date | None:
    """The day that an answer names: 12-10, 下周五, 月底. One that lies behind was named without its year and has just passed."""
    day = reading.parse_date(text, today)
    return reading.this_time(day, text, today) if day else None


def within(text: str, today: date) -> date | None:
    """The day by which a sentence says that something will be done; the last one of several. It may lie behind: see `read`."""
    found = [reading.this_time(one.day, one.text, today) for one in reading.read(text, today).deadlines]
    return max(found, default=None) or read(text, today)


def ahead(today: date, calendar: WorkCalendar) -> list[date]:
    """A few working days ahead."""
    return [calendar.add_workdays(today, days) for days in STEPS] + [
        calendar.workday_on_or_after(today + timedelta(days=45))
    ]
