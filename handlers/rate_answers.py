"""Answers on the life of projects (S9): 开工率, 竣工率, 复工率, 四率, 资金到位率, 停工."""

from typing import Any

from bot.rules import rates, stages
from bot.rules.questions import Question
from bot.rules.rates import Rate
from handlers.answer import Answer, Then, View, counted, day_of, rated, then
from handlers.desk import Desk
from storage import projects


def _of(rate: Rate, *, rest: bool = False) -> dict[str, Any]:
    number = rate.denominator - rate.numerator if rest else rate.numerator
    return {"number": number, "of": rate.denominator, "share": rate.percent}


def _closed(was: Then | None) -> dict[str, Any]:
    return {"closed": was.closed if was else None}


def started(desk: Desk, question: Question, view: View) -> Answer:
    was = then(desk, question, view)
    found, day = rated(desk, question, view, was), was.day if was else desk.today
    counts = tuple(desk.policy.file.stage.start)
    whole = counted(rates.all_started(found, counts, day), was)
    new = counted(rates.start_rate(found, counts, day), was)
    half = None
    if question.span is not None and question.span.words == "上半年":
        half = counted(rates.first_half_rate(found, counts, max(day, question.span.last)), was)
    facts = {
        **_of(whole, rest=question.negated), "new": new.numerator, "of_new": new.denominator, "new_share": new.percent, "ways": counts,
        "half": half, **_closed(was),
    }  # fmt: skip
    listed = half.rest if half and question.negated else whole.rest if question.negated or whole.rest else whole.done
    return Answer(facts, tuple(listed), day=day_of(desk, question))


def finished(desk: Desk, question: Question, view: View) -> Answer:
    was = then(desk, question, view)
    found, day = rated(desk, question, view, was), was.day if was else desk.today
    whole = counted(rates.all_finished(found, day), was)
    facts = {
        "number": len(whole.rest if question.negated else whole.done), "of": whole.denominator, "rate": counted(rates.finish_rate(found, day), was),
        "year": day.year, **_closed(was),
    }  # fmt: skip
    return Answer(facts, whole.rest if question.negated else whole.done, day=day_of(desk, question))


def resumed(desk: Desk, question: Question, view: View) -> Answer:
    was = then(desk, question, view)
    found, day = rated(desk, question, view, was), was.day if was else desk.today
    rate = counted(rates.resume_rate(found, day), was)
    listed = rate.rest if question.negated or rate.rest else rate.done
    return Answer({**_of(rate, rest=question.negated), **_closed(was)}, listed, day=day_of(desk, question))


def four(desk: Desk, question: Question, view: View) -> Answer:
    """四率, with 复工率 and 上半年开工率."""
    was = then(desk, question, view)
    found, day = rated(desk, question, view, was), was.day if was else desk.today
    counts = tuple(desk.policy.file.stage.start)
    known = [
        rate if rate.code in ("invest", "funds") else counted(rate, was)
        for rate in rates.four_rates(found, counts, day)
    ]
    return Answer({"rates": known, "ways": counts, **_closed(was)}, day=day_of(desk, question))


def funds(desk: Desk, question: Question, view: View) -> Answer:
    was = then(desk, question, view)
    rate = rates.funds_rate(rated(desk, question, view, was), was.day if was else desk.today)
    known = rate.denominator and len(rate.unknown) < len(rate.done) + len(rate.rest)
    facts = {"rate": rate, "known": bool(known), "unknown": len(rate.unknown), **_closed(was)}
    return Answer(facts, rate.unknown, heading="question.without_funds", day=day_of(desk, question))


def stopped(desk: Desk, question: Question, view: View) -> Answer:
    """停工: on which projects work stands still, and where it was to go on by now."""
    was = then(desk, question, view)
    found, day = rated(desk, question, view, was), was.day if was else desk.today
    halts = {one.project: halt for one in found if (halt := stages.stopped(one.life.events, day)) is not None}
    late = [project for project, halt in halts.items() if halt.resume_on is not None and halt.resume_on < day]
    names = {row.id: row.name for row in projects.by_ids(desk.session, list(halts))}
    facts = {
        "number": len(halts), "of": len(found), "late": len(late), "without": sum(halt.resume_on is None for halt in halts.values()),
        "halts": [(names[project], halt.day, halt.resume_on) for project, halt in list(halts.items())[:5]], **_closed(None),
    }  # fmt: skip
    return Answer(facts, tuple(halts), day=day_of(desk, question))
