"""Working days and working hours, by the State Council's calendar with 调休. The values come from bot.holidays."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Year:
    """What makes a year differ from plain weekdays.

    holidays: weekdays that are off. workdays: weekend days that are worked (调休).
    estimated: single days are known, but not the year's notice.
    """

    holidays: frozenset[date]
    workdays: frozenset[date]
    estimated: bool = False


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """Answers what is worked, when, and how much of it lies between two points in time.

    years: the years that are known; in any other, weekdays are worked and `estimated` says so. hours: the spans of a working day
    in local time, ascending. zone: where "local" is. Raises ValueError where the hours are empty or not ascending.
    Points in time are aware datetimes of any zone; what is returned as a point in time is in UTC.
    Two calendars are equal only where they are the same object, so that a calendar can key a cache.
    """

    years: Mapping[int, Year]
    hours: tuple[tuple[time, time], ...]
    zone: ZoneInfo
    _days: dict[int, list[date]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        clocks = [clock for span in self.hours for clock in span]
        if not clocks or any(later <= earlier for earlier, later in pairwise(clocks)):
            raise ValueError("working hours must be spans in ascending order, such as 08:30-12:00, 13:30-17:30")

    def is_workday(self, day: date) -> bool:
        year = self.years.get(day.year)
        if year is None:
            return day.weekday() < 5
        return day not in year.holidays if day.weekday() < 5 else day in year.workdays

    def estimated(self, day: date) -> bool:
        """Whether nobody knows yet if `day` is worked: its year's notice is not there, so weekdays are taken."""
        year = self.years.get(day.year)
        return year is None or year.estimated

    def next_workday(self, day: date) -> date:
        """The first working day strictly after `day`."""
        return self.add_workdays(day, 1)

    def workday_on_or_after(self, day: date) -> date:
        return self.add_workdays(day - DAY, 1)

    def workday_on_or_before(self, day: date) -> date:
        return self.add_workdays(day + DAY, -1)

    def add_workdays(self, day: date, n: int) -> date:
        """The n-th working day strictly after `day`, before it where n is negative; for 0 the first working day on or after it."""
        if n == 0:
            return self.workday_on_or_after(day)
        year = day.year
        days = self._workdays_of(year)
        index = bisect_right(days, day) + n - 1 if n > 0 else bisect_left(days, day) + n
        while index >= len(days):
            index -= len(days)
            year += 1
            days = self._workdays_of(year)
        while index < 0:
            year -= 1
            days = self._workdays_of(year)
            index += len(days)
        return days[index]

    def workdays_between(self, a: date, b: date) -> int:
        """How many working days lie in (a, b]; where b is before a, minus those in (b, a]."""
        if b < a:
            return -self.workdays_between(b, a)
        whole = sum(len(self._workdays_of(year)) for year in range(a.year, b.year))
        return whole + bisect_right(self._workdays_of(b.year), b) - bisect_right(self._workdays_of(a.year), a)

    @cached_property
    def minutes_per_day(self) -> int:
        """The working minutes of one working day."""
        return self._per_day // MINUTE

    def working_minutes(self, start: datetime, end: datetime) -> int:
        """Whole working minutes from `start` to `end`; negative where `end` comes first."""
        if end < start:
            return -self.working_minutes(end, start)
        first, last = self.local(start), self.local(end)
        days = self.workdays_between(first.date() - DAY, last.date() - DAY)
        return (days * self._per_day + self._worked(last) - self._worked(first)) // MINUTE

    def add_minutes(self, start: datetime, minutes: int) -> datetime:
        """The point in time by which `minutes` of working time have passed since `start`, walking through working hours only.

        On a boundary it is the end of a span, not the start of the next. For 0 it is `start` itself. Raises ValueError for less.
        """
        if minutes < 0:
            raise ValueError("working time cannot be walked backwards")
        local = self.local(start)
        if minutes == 0:
            return start.astimezone(UTC)
        days, rest = divmod(self._worked(local) + minutes * MINUTE, self._per_day)
        if not rest:
            days, rest = days - 1, self._per_day
        day = self.workday_on_or_after(local.date())
        return self.at(self.add_workdays(day, days), self._clock(rest))

    def add_working_days(self, start: datetime, days: float | Decimal) -> datetime:
        """`add_minutes` counted in working days, parts of a day included."""
        return self.add_minutes(start, round(days * self.minutes_per_day))

    def in_hours(self, at: datetime) -> bool:
        """Whether `at` is within working hours; the first minute of a span belongs to it, the end does not."""
        local = self.local(at)
        return self.is_workday(local.date()) and any(opens <= local.time() < closes for opens, closes in self.hours)

    def next_opening(self, at: datetime) -> datetime:
        """When working hours begin next; `at` itself within them."""
        if self.in_hours(at):
            return at.astimezone(UTC)
        local = self.local(at)
        if self.is_workday(local.date()):
            for opens, _ in self.hours:
                if local.time() < opens:
                    return self.at(local.date(), opens)
        return self.at(self.next_workday(local.date()), self.hours[0][0])

    def at(self, day: date, clock: time) -> datetime:
        """The local time `clock` of `day`, in UTC."""
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def local(self, at: datetime) -> datetime:
        """The same point in time on the local clock. Raises ValueError where `at` has no zone."""
        if at.tzinfo is None:
            raise ValueError("a point in time needs a zone")
        return at.astimezone(self.zone)

    def day(self, at: datetime) -> date:
        """The local day of a point in time."""
        return self.local(at).date()

    @cached_property
    def _per_day(self) -> timedelta:
        return sum((_length(span) for span in self.hours), timedelta())

    def _worked(self, local: datetime) -> timedelta:
        """Working time that has passed on the day of `local` by then."""
        if not self.is_workday(local.date()):
            return timedelta()
        clock = _since_midnight(local.time())
        return sum(
            (min(max(clock - _since_midnight(span[0]), timedelta()), _length(span)) for span in self.hours), timedelta()
        )

    def _clock(self, worked: timedelta) -> time:
        """The local time at which so much of a working day has been worked."""
        for opens, closes in self.hours:
            length = _length((opens, closes))
            if worked <= length:
                return (datetime.combine(date.min, opens) + worked).time()
            worked -= length
        raise ValueError("more than a working day")

    def _workdays_of(self, year: int) -> list[date]:
        days = self._days.get(year)
        if days is None:
            first = date(year, 1, 1).toordinal()
            every = (date.fromordinal(number) for number in range(first, date(year, 12, 31).toordinal() + 1))
            days = self._days[year] = [day for day in every if self.is_workday(day)]
        return days


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)


def _length(span: tuple[time, time]) -> timedelta:
    return _since_midnight(span[1]) - _since_midnight(span[0])
