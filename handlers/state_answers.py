"""Answers on how things stand: lights and why, progress, milestones, matters, reports, and a place, chain or unit as a whole."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

from bot.rules import questions as rules
from bot.rules import rates
from bot.rules.calendar import DAY
from bot.rules.entitlement import Action
from bot.rules.questions import Question
from bot.rules.words import Light
from handlers import dispatch
from handlers.answer import Answer, Then, View, counted, day_of, narrowed, rated, then, where
from handlers.desk import Desk, Turn
from handlers.reasons import worded
from storage import board, matters, projects, questions
from storage.tables import Matter, Project

SHOWN = 5
"""Projects named with their reasons in an answer."""

# --- lights -----------------------------------------------------------------------------------------------------------------


def _lit(desk: Desk, question: Question, view: View, was: Then | None) -> dict[Light, list[int]]:
    if was is None:
        return questions.lights(desk.session, where(desk, question, view))
    return {light: [row.id for row in was.rows if row.light is light] for light in Light}


def lights(desk: Desk, question: Question, view: View) -> Answer:
    """Of a time that is past the lights of its last day, as they were closed where it is."""
    was = then(desk, question, view)
    found = _lit(desk, question, view, was)
    chosen = found[question.light] if question.light else [*found[Light.RED], *found[Light.YELLOW]]
    return Answer(_of_lights(found, was), tuple(chosen), day=day_of(desk, question))


def _of_lights(found: Mapping[Light, Sequence[int]], was: Then | None) -> dict[str, Any]:
    return {
        "counts": {light.value: len(ids) for light, ids in found.items()}, "of": sum(map(len, found.values())),
        "closed": was.closed if was else None, "past": was is not None,
    }  # fmt: skip


def why(desk: Desk, question: Question, view: View) -> Answer:
    """为什么红: what the lights that are red (yellow, where none is) rest on, by kind, and the worst of them with their arithmetic."""
    was = then(desk, question, view)
    found = _lit(desk, question, view, was)
    light = question.light or next((one for one in (Light.RED, Light.YELLOW) if found[one]), Light.RED)
    there = was.rows if was else projects.by_ids(desk.session, found[light])
    chosen = [row for row in there if row.id in set(found[light])]
    kinds = Counter(reason["code"] for row in chosen for reason in row.reasons if light is not Light.GREEN)
    named = [(row, _because(desk, row, view)) for row in chosen[:SHOWN]]
    facts = {
        **_of_lights(found, was), "light": light, "number": len(chosen), "kinds": kinds.most_common(), "rows": named,
        "more": max(0, len(chosen) - SHOWN),
    }  # fmt: skip
    return Answer(facts, tuple(row.id for row in chosen), day=day_of(desk, question))


def _because(desk: Desk, row: Project, view: View) -> list[str]:
    hidden = board.internal_numbers(desk.session, view.lights) if view.group else frozenset()
    return worded(desk, [one for one in row.reasons if one["facts"].get("matter") not in hidden])


# --- a place, a chain, a unit, all --------------------------------------------------------------------------------------------


def state(desk: Desk, question: Question, view: View) -> Answer:
    """How it stands with a place, a chain, a unit, or all: number, starts, money, lights, matters."""
    was = then(desk, question, view)
    found, day = rated(desk, question, view, was), was.day if was else desk.today
    counts = tuple(desk.policy.file.stage.start)
    invest = rates.invest_rate(found, day)
    lit = (
        {light: [row.id for row in was.rows if row.light is light and view.inside] for light in Light}
        if was
        else questions.lights(desk.session, narrowed(desk, question, view.lights))
    )
    opened = open_matters(desk, replace(question, of_matters="open", category=None), view)
    facts = {
        "number": len(found), "started": counted(rates.all_started(found, counts, day), was), "invest": invest, "told": sum(one.invested is not None for one in found),
        "invested": sum(one.invested or 0 for one in found), "plan": sum(one.year_plan or 0 for one in found),
        "counts": {light.value: len(ids) for light, ids in lit.items()}, "lit": sum(map(len, lit.values())),
        "open": len(opened.matters), "over": opened.facts["over"], "ways": counts, "closed": was.closed if was else None,
    }  # fmt: skip
    chosen = [*lit[Light.RED], *lit[Light.YELLOW]] or [one.project for one in found]
    return Answer(facts, tuple(chosen), day=day_of(desk, question))


def progress(desk: Desk, question: Question, view: View) -> Answer:
    was = then(desk, question, view)
    if was is None:
        meant = where(desk, question, view)
        mean, told = questions.progress(desk.session, meant)
        doubtful = questions.doubtful(desk.session, meant, Project.progress)
        ids = questions.ids(desk.session, meant)
        return Answer({"mean": mean, "told": told, "of": len(ids), "doubtful": doubtful, "closed": None}, tuple(ids))
    known = [row.progress for row in was.rows if row.progress is not None]
    doubtful = sum(row.doubt == "open" for row in was.rows if row.progress is not None)
    facts = {
        "mean": sum(known, Decimal(0)) / len(known) if known else None, "told": len(known), "of": len(was.rows), "doubtful": doubtful, "closed": was.closed,
    }  # fmt: skip
    return Answer(facts, tuple(row.id for row in was.rows), day=was.day)


def count(desk: Desk, question: Question, view: View) -> Answer:
    day = day_of(desk, question)
    found = questions.ids(desk.session, where(desk, question, view, day))
    return Answer({"number": len(found)}, tuple(found), day=day)


def milestones(desk: Desk, question: Question, view: View) -> Answer:
    day = day_of(desk, question)
    last = day or desk.today
    found = questions.overdue_milestones(desk.session, where(desk, question, view, day), last)
    return Answer({"number": len(found), "of": len(set(found))}, tuple(dict.fromkeys(found)), day=day)


# --- reports and matters ------------------------------------------------------------------------------------------------------


def reported(desk: Desk, question: Question, view: View) -> Answer:
    """Whose report of this period, or the one before, is still wanted; persons by name only for the office. Of a time that is past: of
    how many projects nothing was told in it."""
    span, was = question.span, then(desk, question, view)
    if was is not None and span is not None:
        untold = [one.project for one in was.figures.values() if one.as_of is None or one.as_of < span.first]
        facts = {"number": len(untold), "of": len(was.rows), "late": 0, "names": [], "more": 0, "past": True}
        return Answer(facts, tuple(untold), day=was.day)
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
    facts = {
        "number": len(owing), "of": watched, "late": late, "names": names[:8], "more": max(0, len(names) - 8), "past": False,
    }  # fmt: skip
    return Answer(facts, tuple(one.project.id for one in owing))


def open_matters(desk: Desk, question: Question, view: View) -> Answer:
    """The matters asked for; open ones of a time that is past those that were open at its end."""
    span, which = question.span, question.of_matters
    if which in ("new", "closed") and span is None:
        span = rules.span("本月", desk.today)
    first = desk.calendar.at(span.first, time.min) if span else None
    last = desk.calendar.at(span.last + DAY, time.min) if span else None
    day = day_of(desk, question) if which == "open" else None
    found = questions.matters(
        desk.session, where(desk, question, view, ever=True), which="ever" if day else which, category=question.category, first=first, last=last, now=desk.now,
        open_to_all=view.group or not view.inside,
    )  # fmt: skip
    if day is not None and last is not None:
        found = [row for row in found if matters.was_open(row, last)]
    if not view.inside and isinstance(desk, Turn):
        concerned = desk.standing(desk.person).matters
        found = [row for row in found if row.id in concerned]
    return _of_matters(desk, question, found, day)


def _of_matters(desk: Desk, question: Question, found: Sequence[Matter], day: date | None) -> Answer:
    counted_by = Counter(row.category for row in found).most_common(6)
    over = sum(row.due_at <= desk.now and row.state.working for row in found) if day is None else 0
    facts = {
        "number": len(found), "which": question.of_matters, "category": question.category, "span": question.span, "counted": counted_by, "over": over,
    }  # fmt: skip
    return Answer(facts, matters=tuple(found), day=day)
