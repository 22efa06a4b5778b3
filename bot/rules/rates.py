"""四率 (开工率, 投资完成率, 资金到位率, 竣工率), 复工率 and 上半年开工率: every one with its numerator, denominator, definition and day.

The list of projects is given as it stood on that day (S9: it changes during the year, so that every rate has a dated denominator).
Codes of definitions: start (counts: what counts as 开工), first_half (counts, last), invest, funds, finish (year), resume (year).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.rules.plan import share
from bot.rules.reason import Reason
from bot.rules.stages import Life, finished, started, stopped
from bot.rules.words import Kind


@dataclass(frozen=True)
class Rated:
    """One project of the list. Money in 元, of the year of the day asked about; invested, funds: since January, None: not told.
    finish_on: the planned day of completion."""

    project: int
    life: Life
    year_plan: int | None = None
    invested: int | None = None
    funds: int | None = None
    finish_on: date | None = None


@dataclass(frozen=True)
class Rate:
    """numerator of denominator, projects or 元. done: the projects that count; rest: those that do not; unknown: those of the rest of which
    the figure or the day is not known."""

    code: str
    numerator: int
    denominator: int
    definition: Reason
    as_of: date
    done: tuple[int, ...] = ()
    rest: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()

    @property
    def percent(self) -> Decimal | None:
        """To one decimal; None where there is nothing to be measured by, or nobody told anything."""
        if self.unknown and len(self.unknown) == len(self.done) + len(self.rest):
            return None
        return share(self.numerator, self.denominator)


def start_rate(projects: Sequence[Rated], counts: Collection[str], day: date) -> Rate:
    """开工率: of the new projects of the list those that have started by that day."""
    return _counted("start", _new(projects), lambda one: started(one.life, counts, day) is not None, _by(counts), day)


def all_started(projects: Sequence[Rated], counts: Collection[str], day: date) -> Rate:
    """开工率 of new and continued ones together; what is only planned (谋划储备) is left out."""
    real = [one for one in projects if one.life.kind is not Kind.RESERVE]
    return _counted("all_started", real, lambda one: started(one.life, counts, day) is not None, _by(counts), day)


def first_half_rate(projects: Sequence[Rated], counts: Collection[str], day: date) -> Rate:
    """上半年开工率 (003: 新建原则上上半年开工): of the new projects those that had started by 30 June. unknown: started, no one knows when."""
    last = min(day, date(day.year, 6, 30))

    def in_time(one: Rated) -> bool:
        start = started(one.life, counts, last)
        return start is not None and start.day is not None

    new = _new(projects)
    found = _counted("first_half", new, in_time, Reason("first_half", {"counts": ",".join(counts), "last": last}), day)
    later = [(one.project, started(one.life, counts, day)) for one in new if one.project in set(found.rest)]
    undated = [project for project, start in later if start is not None and (start.day is None or start.latest)]
    return _with_unknown(found, undated)


def finish_rate(projects: Sequence[Rated], day: date) -> Rate:
    """竣工率: of those to be completed by the end of the year (not completed before it) those that are."""
    january, december = date(day.year, 1, 1), date(day.year, 12, 31)
    due = [
        one
        for one in projects
        if one.finish_on is not None
        and one.finish_on <= december
        and not ((ended := finished(one.life, day)) is not None and ended < january)
    ]
    return _counted(
        "finish", due, lambda one: finished(one.life, day) is not None, Reason("finish", {"year": day.year}), day
    )


def resume_rate(projects: Sequence[Rated], day: date) -> Rate:
    """复工率 (003: 续建及时复工): of the continued projects (not completed before the year) those on which work goes on this year."""
    january = date(day.year, 1, 1)
    continued = [
        one
        for one in projects
        if one.life.kind is Kind.CONTINUED and not ((ended := finished(one.life, day)) is not None and ended < january)
    ]

    def goes_on(one: Rated) -> bool:
        worked = one.life.worked_this_year or any(
            january <= event.day <= day and event.stage != "stopped" for event in one.life.events
        )
        return worked and stopped(one.life.events, day) is None

    return _counted("resume", continued, goes_on, Reason("resume", {"year": day.year}), day)


def invest_rate(projects: Sequence[Rated], day: date) -> Rate:
    """投资完成率: what was invested since January of the year's plans, of the projects that have one."""
    return _money("invest", projects, lambda one: one.invested, day)


def funds_rate(projects: Sequence[Rated], day: date) -> Rate:
    """资金到位率: funds in place since January of the year's plans, of the projects that have one."""
    return _money("funds", projects, lambda one: one.funds, day)


def four_rates(projects: Sequence[Rated], counts: Collection[str], day: date) -> tuple[Rate, ...]:
    """四率, with 复工率 and 上半年开工率 behind them."""
    return (
        start_rate(projects, counts, day), invest_rate(projects, day), funds_rate(projects, day), finish_rate(projects, day),
        resume_rate(projects, day), first_half_rate(projects, counts, day),
    )  # fmt: skip


def all_finished(projects: Sequence[Rated], day: date) -> Rate:
    """Of all projects but the reserve those that are completed by that day."""
    real = [one for one in projects if one.life.kind is not Kind.RESERVE]
    return _counted(
        "all_finished", real, lambda one: finished(one.life, day) is not None, Reason("finish", {"year": day.year}), day
    )


# --- what a closed period keeps -------------------------------------------------------------------------------------------


def flags(projects: Sequence[Rated], counts: Collection[str], day: date) -> dict[int, dict[str, bool]]:
    """project -> code of a rate that counts projects -> whether it is one that counts; not among those measured, it is left out."""
    found: dict[int, dict[str, bool]] = {one.project: {} for one in projects}
    for rate in (
        start_rate(projects, counts, day), all_started(projects, counts, day), first_half_rate(projects, counts, day),
        finish_rate(projects, day), all_finished(projects, day), resume_rate(projects, day),
    ):  # fmt: skip
        for held, among in ((True, rate.done), (False, rate.rest)):
            for project in among:
                found[project][rate.code] = held
    return found


def as_closed(rate: Rate, closed: Mapping[int, Mapping[str, bool]]) -> Rate:
    """A rate that counts projects, those of a closed period as they were closed. closed: project -> its flags."""
    held = [project for project, one in closed.items() if one.get(rate.code) is True]
    fell = [project for project, one in closed.items() if one.get(rate.code) is False]
    done = sorted([*(one for one in rate.done if one not in closed), *held])
    rest = sorted([*(one for one in rate.rest if one not in closed), *fell])
    unknown = tuple(one for one in rate.unknown if one not in closed)
    return Rate(
        rate.code, len(done), len(done) + len(rest), rate.definition, rate.as_of, tuple(done), tuple(rest), unknown
    )


def _new(projects: Sequence[Rated]) -> list[Rated]:
    return [one for one in projects if one.life.kind is Kind.NEW]


def _by(counts: Collection[str]) -> Reason:
    return Reason("start", {"counts": ",".join(counts)})


def _counted(code: str, among: Sequence[Rated], holds: Callable[[Rated], bool], definition: Reason, day: date) -> Rate:
    found = [(one.project, holds(one)) for one in among]
    done, rest = (tuple(project for project, held in found if held is wanted) for wanted in (True, False))
    return Rate(code, len(done), len(among), definition, day, done, rest)


def _money(code: str, projects: Sequence[Rated], figure: Callable[[Rated], int | None], day: date) -> Rate:
    planned = [one for one in projects if one.year_plan]
    known = {one.project: amount for one in planned if (amount := figure(one)) is not None}
    reached = tuple(one.project for one in planned if known.get(one.project, 0) >= (one.year_plan or 0))
    short = {one.project for one in planned} - set(reached)
    rest = tuple(one.project for one in planned if one.project in short)
    whole = sum(one.year_plan or 0 for one in planned)
    unknown = tuple(one.project for one in planned if one.project not in known)
    return Rate(code, sum(known.values()), whole, Reason(code), day, reached, rest, unknown)


def _with_unknown(rate: Rate, unknown: Collection[int]) -> Rate:
    return Rate(
        rate.code, rate.numerator, rate.denominator, rate.definition, rate.as_of, rate.done, rate.rest, tuple(unknown)
    )
