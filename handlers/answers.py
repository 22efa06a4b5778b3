"""What is answered to a question (查数): figures with numerator, denominator, definition and day, of the list as it was on that day; of a
period that is closed the closed ones. Over all that whoever asks may see, and nothing else."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from bot.messages import Picture
from bot.rules import periods as spans
from bot.rules import questions as rules
from bot.rules import rates, stages
from bot.rules.calendar import DAY
from bot.rules.entitlement import Action
from bot.rules.plan import behind_points, share
from bot.rules.questions import Question, Span, Subject
from bot.rules.rates import Rate
from bot.rules.words import Kind, Light
from handlers import blocker_chart, curve_chart, denominators, dispatch, light_chart, periods, stage_chart
from handlers.chart_scope import Scope
from handlers.desk import Desk, Turn
from storage import board, people, plans, projects, questions
from storage import stages as lives
from storage.board import Reach
from storage.questions import Where
from storage.tables import Matter, Project

DRAWN = 14
"""Projects in the picture beside an answer, at most."""


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


def answer(desk: Desk, question: Question, view: View) -> Answer:
    """What is known, to be put into words. Raises nothing: what is not kept is said to be not kept."""
    return _ANSWERS[question.subject](desk, question, view)


# --- of which projects ------------------------------------------------------------------------------------------------------


def where(desk: Desk, question: Question, view: View, day: date | None = None, *, ever: bool = False) -> Where:
    """The projects that are meant, of the list at the end of a day (None: now); ever: those that were on it at any time, too."""
    reach = view.lights if question.subject is Subject.LIGHTS else view.reach
    on = day if day is not None and day < desk.today else None
    return _narrowed(desk, question, replace(reach, on=on, left=ever))


def _narrowed(desk: Desk, question: Question, reach: Reach) -> Where:
    named = dict(question.named)
    units: Iterable[int] | None = None
    if "unit" in named and (unit := people.unit_named(desk.session, named.pop("unit"))):
        units = people.subtree(desk.session, unit.id)
    return questions.where(
        reach, level=question.level, kind=question.kind, light=question.light if question.subject is not Subject.LIGHTS else None,
        units=units, **named,
    )  # fmt: skip


def listed(desk: Desk, question: Question, view: View, day: date | None) -> dict[str, Any]:
    """Over which list the figure is: its number, and this year's changes (S9: every rate has a dated denominator)."""
    return denominators.facts(
        desk, where(desk, question, view, day), where(desk, question, view, ever=True), day or desk.today
    )


def _day(desk: Desk, question: Question) -> date | None:
    """The day in the past that a standing is asked of; None: today's."""
    span = question.span
    return span.last if span is not None and span.last < desk.today else None


# --- stages and rates -------------------------------------------------------------------------------------------------------


def _rated(desk: Desk, question: Question, view: View) -> tuple[list[rates.Rated], date]:
    day = _day(desk, question) or desk.today
    return lives.rated(desk.session, where(desk, question, view, day), day), day


def _of(rate: Rate, *, rest: bool = False) -> dict[str, Any]:
    number = rate.denominator - rate.numerator if rest else rate.numerator
    return {"number": number, "of": rate.denominator, "share": rate.percent}


def _started(desk: Desk, question: Question, view: View) -> Answer:
    rated, day = _rated(desk, question, view)
    counts = tuple(desk.policy.file.stage.start)
    whole, new = rates.all_started(rated, counts, day), rates.start_rate(rated, counts, day)
    half = None
    if question.span is not None and question.span.words == "上半年":
        half = rates.first_half_rate(rated, counts, max(day, question.span.last))
    facts = {
        **_of(whole, rest=question.negated), "new": new.numerator, "of_new": new.denominator, "new_share": new.percent, "ways": counts,
        "half": half,
    }  # fmt: skip
    listed = half.rest if half and question.negated else whole.rest if question.negated or whole.rest else whole.done
    return Answer(facts, tuple(listed), day=_day(desk, question))


def _finished(desk: Desk, question: Question, view: View) -> Answer:
    rated, day = _rated(desk, question, view)
    real = [one for one in rated if one.life.kind is not Kind.RESERVE]
    done = [one.project for one in real if stages.finished(one.life, day) is not None]
    rest = [one.project for one in real if one.project not in set(done)]
    number = len(rest) if question.negated else len(done)
    facts = {"number": number, "of": len(real), "rate": rates.finish_rate(rated, day), "year": day.year}
    return Answer(facts, tuple(rest if question.negated else done), day=_day(desk, question))


def _resumed(desk: Desk, question: Question, view: View) -> Answer:
    rated, day = _rated(desk, question, view)
    rate = rates.resume_rate(rated, day)
    return Answer(
        _of(rate, rest=question.negated),
        rate.rest if question.negated or rate.rest else rate.done,
        day=_day(desk, question),
    )


def _rates(desk: Desk, question: Question, view: View) -> Answer:
    """四率, with 复工率 and 上半年开工率."""
    rated, day = _rated(desk, question, view)
    counts = tuple(desk.policy.file.stage.start)
    return Answer({"rates": rates.four_rates(rated, counts, day), "ways": counts}, day=_day(desk, question))


def _funds(desk: Desk, question: Question, view: View) -> Answer:
    rated, day = _rated(desk, question, view)
    rate = rates.funds_rate(rated, day)
    known = rate.denominator and len(rate.unknown) < len(rate.done) + len(rate.rest)
    return Answer(
        {"rate": rate, "known": bool(known), "unknown": len(rate.unknown)}, rate.unknown, day=_day(desk, question)
    )


# --- money ------------------------------------------------------------------------------------------------------------------


def _invested(desk: Desk, question: Question, view: View) -> Answer:
    meant = where(desk, question, view)
    money = questions.money(desk.session, meant, desk.today)
    rate = rates.invest_rate(lives.rated(desk.session, meant, desk.today), desk.today)
    facts: dict[str, Any] = {
        "money": money, "share": share(money.invested, money.plan) if money.plan else None, "within": None, "told": 0, "closed": None, "amended": 0, "unsplit": 0,
        "points": _points(desk, meant, rate), "doubtful": questions.doubtful(desk.session, meant, Project.invested_year, desk.today.year),
    }  # fmt: skip
    span = question.span
    if span is None or span.first == date(desk.today.year, 1, 1):
        return Answer(facts, rate.unknown, heading="question.without_money")
    then = where(desk, question, view, span.last)
    facts |= _within(desk, questions.ids(desk.session, then), span)
    facts["money"] = questions.money(desk.session, then, desk.today)
    facts["doubtful"] = questions.doubtful_within(desk.session, then, span.first, span.last)
    return Answer(facts, day=_day(desk, question))


def _points(desk: Desk, meant: Where, rate: Rate) -> Any:
    """By how many percentage points of the year's plan the money is ahead of the plan to date (behind: negative), 序时."""
    monthly = projects.plans(desk.session, questions.ids(desk.session, meant), desk.today.year)
    whole: dict[int, int] = {}
    for months in monthly.values():
        for month, amount in months.items():
            whole[month] = whole.get(month, 0) + amount
    behind = behind_points(rate.numerator, whole, desk.today, desk.today.year)
    return None if behind is None else -behind


def _within(desk: Desk, ids: Sequence[int], span: Span) -> dict[str, Any]:
    """元 of a stretch of time, told by how many. A month or 旬 that is closed tells its closed figures (定稿). unsplit: those whose first
    figure of the year lies in it: how much of it is of that time nobody knows."""
    period = _period(span, desk.today)
    if period is not None:
        figures = periods.figures(desk, projects.by_ids(desk.session, ids), period)
        told = [one.done for one in figures.values() if one.done is not None]
        closed = [one.closed_at for one in figures.values() if one.closed_at is not None]
        if closed:
            amended = periods.amended(desk, period, ids)
            return {
                "within": sum(told),
                "told": len(told),
                "closed": desk.calendar.day(max(closed)),
                "amended": len(amended),
            }
    series = plans.told_of(desk.session, ids, span.last.year, desk.calendar.day)
    found, unsplit = [], 0
    for one in series.values():
        before = [money for day, money in one if day < span.first]
        if told := [money for day, money in one if span.first <= day <= span.last]:
            if before or span.first.month == 1:
                found.append(told[-1] - (before[-1] if before else 0))
            else:
                unsplit += 1
    return {"within": sum(found), "told": len(found), "unsplit": unsplit}


def _period(span: Span, today: date) -> spans.Period | None:
    """The month or 旬 that a stretch of days is, if it is over."""
    for period in (spans.month_of(span.first), spans.ten_days_of(span.first)):
        if (period.first, period.until) == (span.first, span.last) and span.last < today:
            return period
    return None


def _total(desk: Desk, question: Question, view: View) -> Answer:
    return Answer({"money": questions.money(desk.session, where(desk, question, view), desk.today)})


# --- the rest ---------------------------------------------------------------------------------------------------------------


def _reported(desk: Desk, question: Question, view: View) -> Answer:
    """Whose report of this period, or the one before, is still wanted; persons by name only for the office."""
    wanted = set(questions.ids(desk.session, where(desk, question, view)))
    owing = [one for one in dispatch.unreported(desk, view.reach) if one.project.id in wanted]
    watched = sum(row.id in wanted for row in board.watched(desk.session, view.reach, desk.today))
    names: list[tuple[str, int]] = []
    if not view.group and isinstance(desk, Turn) and desk.may(desk.person, Action.DISPATCH):
        by_person = dispatch.asked(desk, owing)
        known = {one.person: one.name for one in board.contacts(desk.session, [who for who in by_person if who])}
        names = sorted(
            ((known.get(who or 0, ""), len(mine)) for who, mine in by_person.items()), key=lambda one: -one[1]
        )
    late = sum(one.days < 0 for one in owing)
    facts = {"number": len(owing), "of": watched, "late": late, "names": names[:8], "more": max(0, len(names) - 8)}
    return Answer(facts, tuple(one.project.id for one in owing))


def _lights(desk: Desk, question: Question, view: View) -> Answer:
    """Of a month that is closed the lights as they were closed; else those of today."""
    day = _day(desk, question)
    period = _period(question.span, desk.today) if question.span is not None and day is not None else None
    if period is not None:
        ids = questions.ids(desk.session, where(desk, question, view, day))
        closed = {
            one.project: one
            for one in periods.figures(desk, projects.by_ids(desk.session, ids), period).values()
            if one.closed_at
        }
        if closed:
            then = {light: [one for one in ids if one in closed and closed[one].light is light] for light in Light}
            at = max(one.closed_at for one in closed.values() if one.closed_at)
            return _of_lights(question, then, day, desk.calendar.day(at))
    found = questions.lights(desk.session, where(desk, question, view))
    return _of_lights(question, found, None, None, asked_for=question.span if day is not None else None)


def _of_lights(
    question: Question, found: dict[Light, list[int]], day: date | None, closed: date | None, asked_for: Span | None = None
) -> Answer:  # fmt: skip
    chosen = found[question.light] if question.light else [*found[Light.RED], *found[Light.YELLOW]]
    facts = {
        "counts": {light.value: len(ids) for light, ids in found.items()}, "of": sum(map(len, found.values())), "closed": closed,
        "asked_for": asked_for,
    }  # fmt: skip
    return Answer(facts, tuple(chosen), day=day)


def _matters(desk: Desk, question: Question, view: View) -> Answer:
    span = question.span
    which = question.of_matters
    if which in ("new", "closed") and span is None:
        span = rules.span("本月", desk.today)
    first = desk.calendar.at(span.first, time.min) if span else None
    last = desk.calendar.at(span.last + DAY, time.min) if span else None
    found = questions.matters(
        desk.session, where(desk, question, view, ever=True), which=which, category=question.category, first=first, last=last, now=desk.now,
        open_to_all=view.group or not view.inside,
    )  # fmt: skip
    if not view.inside and isinstance(desk, Turn):
        concerned = desk.standing(desk.person).matters
        found = [row for row in found if row.id in concerned]
    counted = sorted(
        {row.category: sum(one.category is row.category for one in found) for row in found}.items(),
        key=lambda one: -one[1],
    )
    over = sum(row.due_at <= desk.now and row.state.working for row in found)
    facts = {
        "number": len(found), "which": which, "category": question.category, "span": span, "counted": counted[:6], "over": over,
    }  # fmt: skip
    return Answer(facts, matters=tuple(found))


def _milestones(desk: Desk, question: Question, view: View) -> Answer:
    found = questions.overdue_milestones(desk.session, where(desk, question, view), desk.today)
    return Answer({"number": len(found), "of": len(set(found))}, tuple(dict.fromkeys(found)))


def _progress(desk: Desk, question: Question, view: View) -> Answer:
    meant = where(desk, question, view)
    mean, told = questions.progress(desk.session, meant)
    return Answer({"mean": mean, "told": told, "doubtful": questions.doubtful(desk.session, meant, Project.progress)})


def _count(desk: Desk, question: Question, view: View) -> Answer:
    day = _day(desk, question)
    found = questions.ids(desk.session, where(desk, question, view, day))
    return Answer({"number": len(found)}, tuple(found), day=day)


def _state(desk: Desk, question: Question, view: View) -> Answer:
    """How it stands with a place, a chain, a unit, or all: number, starts, money, lights, matters."""
    meant = where(desk, question, view)
    rated = lives.rated(desk.session, meant, desk.today)
    counts = tuple(desk.policy.file.stage.start)
    lit = questions.lights(desk.session, _narrowed(desk, question, view.lights))
    opened = _matters(desk, replace(question, of_matters="open", category=None, span=None), view)
    facts = {
        "number": len(rated), "started": rates.all_started(rated, counts, desk.today), "invest": rates.invest_rate(rated, desk.today),
        "money": questions.money(desk.session, meant, desk.today), "counts": {light.value: len(ids) for light, ids in lit.items()},
        "lit": sum(map(len, lit.values())), "open": len(opened.matters), "over": opened.facts["over"], "ways": counts,
    }  # fmt: skip
    chosen = [*lit[Light.RED], *lit[Light.YELLOW]] or [one.project for one in rated]
    return Answer(facts, tuple(chosen))


_ANSWERS: dict[Subject, Callable[[Desk, Question, View], Answer]] = {
    Subject.STARTED: _started,
    Subject.RESUMED: _resumed,
    Subject.FINISHED: _finished,
    Subject.RATES: _rates,
    Subject.FUNDS: _funds,
    Subject.INVESTED: _invested,
    Subject.TOTAL: _total,
    Subject.REPORTED: _reported,
    Subject.LIGHTS: _lights,
    Subject.MATTERS: _matters,
    Subject.MILESTONES: _milestones,
    Subject.PROGRESS: _progress,
    Subject.COUNT: _count,
    Subject.STATE: _state,
}

# --- the picture beside it ----------------------------------------------------------------------------------------------------

_CHARTS: dict[Subject, tuple[str, Callable[[Desk, Scope], dict[str, Any]]]] = {
    Subject.LIGHTS: ("lights", light_chart.values),
    Subject.STATE: ("lights", light_chart.values),
    Subject.INVESTED: ("curve", curve_chart.values),
    Subject.STARTED: ("stages", stage_chart.values),
    Subject.FINISHED: ("stages", stage_chart.values),
    Subject.RESUMED: ("stages", stage_chart.values),
    Subject.RATES: ("stages", stage_chart.values),
    Subject.MATTERS: ("blockers", blocker_chart.values),
}
"""What shows the same as the sentence."""
FEWEST = 2
"""So many projects are worth a picture."""


def picture(desk: Desk, question: Question, view: View, found: Answer, name: str, locale: str) -> Picture | None:
    """The picture of what was asked, of the same projects; None where there is none, or it would show another day than the sentence."""
    chart = _CHARTS.get(question.subject)
    if chart is None or found.day is not None or not view.inside or view.group:
        return None
    ids = questions.ids(desk.session, _narrowed(desk, question, view.lights))
    if len(ids) < FEWEST:
        return None
    kind, values = chart
    drawn = values(desk, Scope(Reach(projects=frozenset(ids)), name, locale, most=DRAWN))
    drawn.pop("projects", None)
    return Picture(kind, drawn)
