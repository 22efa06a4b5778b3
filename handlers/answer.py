"""An answer to a question (查数), and of which projects it is: what every subject's answer is made with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from bot.rules import periods as spans
from bot.rules import rates
from bot.rules.periods import Figure, Period
from bot.rules.questions import Question, Span, Subject
from bot.rules.rates import Rate, Rated
from bot.rules.words import PeriodKind
from handlers import denominators, periods, standings
from handlers.desk import Desk
from storage import people, plans, projects, questions
from storage import periods as stored
from storage import stages as lives
from storage.board import Reach
from storage.questions import Where
from storage.tables import Matter, Project


@dataclass(frozen=True)
class Answer:
    """One sentence with its facts. ids: the projects of the list behind it, told under `heading`; matters: likewise. day: the day it is as of,
    where that is not today."""

    facts: dict[str, Any]
    ids: tuple[int, ...] = ()
    heading: str = "question.listed"
    matters: tuple[Matter, ...] = ()
    day: date | None = None


@dataclass(frozen=True)
class View:
    """What whoever asks may see. lights: also the lights; inside: matters of others, too; all_of: the unit they see all of."""

    reach: Reach
    lights: Reach
    inside: bool
    all_of: str
    group: bool = False


# --- of which projects ------------------------------------------------------------------------------------------------------


def where(desk: Desk, question: Question, view: View, day: date | None = None, *, ever: bool = False) -> Where:
    """The projects that are meant, of the list at the end of a day (None: now); ever: those that were on it at any time, too."""
    reach = view.lights if question.subject in (Subject.LIGHTS, Subject.WHY) else view.reach
    on = day if day is not None and day < desk.today else None
    found = narrowed(desk, question, replace(reach, on=on, left=ever))
    return found if on is None or ever else _as_closed(desk, question, replace(reach, on=on), found)


def _as_closed(desk: Desk, question: Question, reach: Reach, found: Where) -> Where:
    """The same, but those of a period that was closed on the day by the level, kind, light, unit, town, category and chain they had then."""
    leader = {kind: name for kind, name in question.named.items() if kind == "leader"}
    anyone = narrowed(desk, replace(question, level=None, kind=None, light=None, named=leader), reach)
    everybody = questions.ids(desk.session, anyone)
    told = (
        {one.project: one for one in stored.closed_by(desk.session, everybody, reach.on).values() if one.entry}
        if reach.on
        else {}
    )
    if not told:
        return found
    unit = people.unit_named(desk.session, question.named.get("unit", ""))
    among = people.subtree(desk.session, unit.id) if unit else None
    wanted: dict[str, Any] = {kind: name for kind, name in question.named.items() if kind not in ("leader", "unit")}
    wanted |= {"level": question.level, "kind": question.kind}
    if question.subject not in (Subject.LIGHTS, Subject.WHY):
        wanted["light"] = question.light
    then = {
        one.project
        for one in told.values()
        if all(value is None or getattr(one, name) == value for name, value in wanted.items())
        and (among is None or one.unit in among or one.lead_unit in among)
    }
    return questions.numbered([*then, *(one for one in questions.ids(desk.session, found) if one not in told)])


def narrowed(desk: Desk, question: Question, reach: Reach) -> Where:
    named = dict(question.named)
    units: Iterable[int] | None = None
    if "unit" in named and (unit := people.unit_named(desk.session, named.pop("unit"))):
        units = people.subtree(desk.session, unit.id)
    leader = named.pop("leader", "")
    return questions.where(
        reach, level=question.level, kind=question.kind, light=question.light if question.subject not in (Subject.LIGHTS, Subject.WHY) else None,
        units=units, led_by=questions.led_by(desk.session, leader) if leader else None, **named,
    )  # fmt: skip


def listed(desk: Desk, question: Question, view: View, day: date | None) -> dict[str, Any]:
    """Over which list the figure is: its number, and this year's changes (S9: every rate has a dated denominator)."""
    return denominators.facts(
        desk, where(desk, question, view, day), where(desk, question, view, ever=True), day or desk.today
    )


# --- as of which day --------------------------------------------------------------------------------------------------------


def day_of(desk: Desk, question: Question) -> date | None:
    """The day in the past that a standing is asked of; None: today's."""
    span = question.span
    return span.last if span is not None and span.last < desk.today else None


def period_of(span: Span) -> Period:
    """The month or 旬 that ends with a stretch of days; where none does, the month up to its last day."""
    ten_days, month = spans.ten_days_of(span.last), spans.month_of(span.last)
    if (ten_days.first, ten_days.until) == (span.first, span.last):
        return ten_days
    return month if month.until == span.last else Period(PeriodKind.MONTH, month.first, span.last)


@dataclass(frozen=True)
class Then:
    """The projects that are meant as they stood on a day that is past. closed: the day on which that was closed (定稿), None where it was
    not; until: when."""

    day: date
    rows: Sequence[Project]
    figures: Mapping[int, Figure]
    closed: date | None = None
    until: datetime | None = None
    flags: Mapping[int, Mapping[str, bool]] = field(default_factory=dict)


def then(desk: Desk, question: Question, view: View) -> Then | None:
    """How it stood at the end of the time asked about; None where that is today."""
    day, span = day_of(desk, question), question.span
    if day is None or span is None:
        return None
    found = projects.by_ids(desk.session, questions.ids(desk.session, where(desk, question, view, day)))
    figures = periods.figures(desk, found, period_of(span))
    ended = stored.closed_by(desk.session, list(figures), day)
    until = max((one.closed_at for one in ended.values() if one.closed_at is not None), default=None)
    rows = [standings.as_of(row, figures[row.id]) for row in found]
    flags = {project: figures[project].rates for project, one in ended.items() if one.entry is not None}
    return Then(day, rows, figures, desk.calendar.day(until) if until else None, until, flags)


def rated(desk: Desk, question: Question, view: View, was: Then | None) -> list[Rated]:
    """The projects that are meant as the rates take them; of a day that is past with the money told by then."""
    if was is None:
        return lives.rated(desk.session, where(desk, question, view), desk.today)
    found = lives.rated_of(desk.session, was.rows, was.day, was.until)
    return [
        replace(one, year_plan=was.figures[one.project].year_plan or None, invested=was.figures[one.project].actual)
        for one in found
    ]


def counted(rate: Rate, was: Then | None) -> Rate:
    """A rate that counts projects; those of a closed period as they were closed."""
    return rates.as_closed(rate, was.flags) if was is not None and was.flags else rate


def told_of(desk: Desk, ids: Sequence[int], year: int) -> dict[int, list[tuple[date, int]]]:
    """project -> what was told of a year, closed periods as they were closed."""
    return plans.told_of(desk.session, ids, year, desk.calendar.day)
