"""Answers on money: what was invested, what is still wanting, what is planned, and who is furthest behind or ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bot.rules import periods as spans
from bot.rules import rates
from bot.rules.calendar import DAY
from bot.rules.plan import behind_points, needed, plan_to_date, share
from bot.rules.questions import By, Question, Span
from bot.rules.rates import Rate
from bot.rules.words import Kind
from handlers import periods
from handlers.answer import Answer, Then, View, day_of, rated, then, told_of, where
from handlers.desk import Desk
from storage import people, projects, questions
from storage.questions import Where
from storage.tables import Project

SLOW = 5
"""Places or projects named in an answer."""

# --- what was invested ------------------------------------------------------------------------------------------------------


def invested(desk: Desk, question: Question, view: View) -> Answer:
    meant = where(desk, question, view)
    money = questions.money(desk.session, meant, desk.today)
    rate = rates.invest_rate(rated(desk, question, view, None), desk.today)
    facts: dict[str, Any] = {
        "money": money, "share": share(money.invested, money.plan) if money.plan else None, "within": None, "told": 0, "closed": None, "amended": 0, "unsplit": 0,
        "points": _points(desk, meant, rate), "doubtful": questions.doubtful(desk.session, meant, Project.invested_year, desk.today.year),
        "so_far": None, "planned": None, "within_share": None,
    }  # fmt: skip
    span = question.span
    if span is None or (span.first == date(desk.today.year, 1, 1) and span.last >= desk.today):
        return Answer(facts, rate.unknown, heading="question.without_money")
    was = then(desk, question, view)
    on_list = where(desk, question, view, span.last)
    facts |= _within(desk, questions.ids(desk.session, on_list), span)
    facts["money"] = questions.money(desk.session, on_list, desk.today)
    facts["doubtful"] = questions.doubtful_within(desk.session, on_list, span.first, span.last)
    if was is not None:
        facts |= _by_then(desk, was, span)
        if was.closed is not None:
            facts["doubtful"] = sum(one.doubt == "open" and one.done is not None for one in was.figures.values())
        facts["within_share"] = share(facts["within"], facts["planned"])
    return Answer(facts, _short_of(was), heading="question.behind", day=day_of(desk, question))


def _by_then(desk: Desk, was: Then, span: Span) -> dict[str, Any]:
    """What had been invested since January by the end of a stretch of time, of the year's plan; and the plan of its whole months."""
    so_far, plan = (
        sum(one.actual or 0 for one in was.figures.values()),
        sum(one.year_plan for one in was.figures.values()),
    )
    whole = span.first.day == 1 and (span.last + DAY).day == 1
    months = range(span.first.month, span.last.month + 1) if whole else ()
    plans = periods.plans_of(desk, was.rows, span.last.year) if months else {}
    planned = sum(one.get(month, 0) for one in plans.values() for month in months)
    return {
        "so_far": so_far,
        "year_plan": plan,
        "so_far_share": share(so_far, plan),
        "planned": planned,
        "closed": was.closed,
    }


def _short_of(was: Then | None) -> tuple[int, ...]:
    """Those that had not met the plan to date by then."""
    return tuple(one.project for one in was.figures.values() if not one.met and one.year_plan) if was else ()


def _points(desk: Desk, meant: Where, rate: Rate) -> Any:
    """By how many percentage points of the year's plan the money is ahead of the plan to date (behind: negative), 序时."""
    whole = _summed(projects.plans(desk.session, questions.ids(desk.session, meant), desk.today.year).values())
    behind = behind_points(rate.numerator, whole, desk.today, desk.today.year)
    return None if behind is None else -behind


def _summed(plans: Any) -> dict[int, int]:
    whole: dict[int, int] = {}
    for months in plans:
        for month, amount in months.items():
            whole[month] = whole.get(month, 0) + amount
    return whole


def _within(desk: Desk, ids: Sequence[int], span: Span) -> dict[str, Any]:
    """元 of a stretch of time, told by how many. A month or 旬 that is closed tells its closed figures (定稿). unsplit: those whose first
    figure of the year lies in it: how much of it is of that time nobody knows."""
    period = _period(span, desk.today)
    if period is not None:
        figures = periods.figures(desk, projects.by_ids(desk.session, ids), period)
        if any(one.closed_at is not None for one in figures.values()):
            told = [one.done for one in figures.values() if one.done is not None]
            return {"within": sum(told), "told": len(told), "amended": len(periods.amended(desk, period, ids))}
    found, unsplit = [], 0
    for one in told_of(desk, ids, span.last.year).values():
        before = [money for day, money in one if day < span.first]
        if mine := [money for day, money in one if span.first <= day <= span.last]:
            if before or span.first.month == 1:
                found.append(mine[-1] - (before[-1] if before else 0))
            else:
                unsplit += 1
    return {"within": sum(found), "told": len(found), "unsplit": unsplit}


def _period(span: Span, today: date) -> spans.Period | None:
    """The month or 旬 that a stretch of days is, if it is over."""
    for period in (spans.month_of(span.first), spans.ten_days_of(span.first)):
        if (period.first, period.until) == (span.first, span.last) and span.last < today:
            return period
    return None


def total(desk: Desk, question: Question, view: View) -> Answer:
    meant = where(desk, question, view)
    return Answer(
        {"money": questions.money(desk.session, meant, desk.today)}, tuple(questions.ids(desk.session, meant))
    )


# --- what is still wanting --------------------------------------------------------------------------------------------------


def short(desk: Desk, question: Question, view: View) -> Answer:
    """还差多少: what is left of the year's plan, how much of that each month from now on, and how far behind today's plan."""
    meant = where(desk, question, view)
    rate = rates.invest_rate(rated(desk, question, view, None), desk.today)
    whole = _summed(projects.plans(desk.session, questions.ids(desk.session, meant), desk.today.year).values())
    facts = {
        "plan": rate.denominator, "actual": rate.numerator, "left": max(0, rate.denominator - rate.numerator), "share": rate.percent,
        "months": 13 - desk.today.month, "each": needed(whole, rate.numerator, desk.today, 12) if whole else 0,
        "due": plan_to_date(whole, desk.today, desk.today.year), "of": len(rate.done) + len(rate.rest), "unmet": len(rate.rest), "unknown": len(rate.unknown),
    }  # fmt: skip
    return Answer(facts, rate.rest, heading="question.behind")


# --- the furthest behind, the furthest ahead --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """A place, unit, chain or project: invested against the plan to date, 元. points: of the year's plan, above it (below: negative)."""

    name: str
    projects: tuple[int, ...]
    actual: int
    planned: int
    plan: int

    @property
    def points(self) -> Decimal:
        return share(self.actual - self.planned, self.plan) or Decimal(0)


def slowest(desk: Desk, question: Question, view: View) -> Answer:
    """哪个镇最慢: only those that have not met the plan to date are named as slow; who met it never is. 最快: only those that have."""
    was, ratio = then(desk, question, view), desk.policy.light.on_plan_ratio
    found = [one for one in _compared(desk, question, view, was) if one.plan]
    fast = question.best
    behind = [one for one in found if (one.actual >= ratio * one.planned) is fast]
    order = sorted(behind, key=lambda one: (-one.points if fast else one.points, one.name))
    facts = {
        "by": question.by.value, "fast": fast, "of": len(found), "behind": len(behind), "rows": order[:SLOW], "more": max(0, len(order) - SLOW),
        "closed": was.closed if was else None, "ratio": ratio * 100,
    }  # fmt: skip
    ids = tuple(project for one in (order if question.by is By.PROJECT else order[:1]) for project in one.projects)
    return Answer(facts, ids, day=day_of(desk, question))


def _compared(desk: Desk, question: Question, view: View, was: Then | None) -> list[Compared]:
    """What is compared; a project that has told nothing this year counts as nothing invested, as in the sums."""
    rows = was.rows if was else projects.by_ids(desk.session, questions.ids(desk.session, where(desk, question, view)))
    rows = [row for row in rows if row.kind is not Kind.RESERVE]
    figures = _figures_then(was) if was else _figures_now(desk, rows)
    units = people.unit_names(desk.session)
    groups: dict[str, list[Project]] = {}
    for row in rows:
        name = {
            By.TOWN: row.town, By.CHAIN: row.chain, By.UNIT: units.get(row.lead_unit or row.unit, ""), By.PROJECT: f"{row.number} {row.name}",
        }[question.by]  # fmt: skip
        if name:
            groups.setdefault(name, []).append(row)
    return [
        Compared(name, tuple(row.id for row in mine), *(sum(figures[row.id][at] for row in mine) for at in range(3)))
        for name, mine in groups.items()
    ]


def _figures_then(was: Then) -> Mapping[int, tuple[int, int, int]]:
    """project -> (invested, plan to date, year's plan), 元."""
    return {one.project: (one.actual or 0, one.planned, one.year_plan) for one in was.figures.values()}


def _figures_now(desk: Desk, rows: Sequence[Project]) -> Mapping[int, tuple[int, int, int]]:
    """Judged as of the day each figure was given for, as lights are."""
    year, found = desk.today.year, {}
    monthly = projects.plans(desk.session, [row.id for row in rows], year)
    for row in rows:
        told = row.invested_as_of is not None and row.invested_as_of.year == year
        day = row.invested_as_of if told and row.invested_as_of else desk.today
        plan = monthly.get(row.id, {})
        actual = (row.invested_year or 0) if told else 0
        found[row.id] = (
            actual,
            plan_to_date(plan, day, year),
            (row.year_plan if row.year == year else 0) or sum(plan.values()),
        )
    return found
