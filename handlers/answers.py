"""What is answered to a question (查数): figures with numerator, denominator, definition and day, of the list as it was on that day; of a
period that is closed the closed ones. Over all that whoever asks may see, and nothing else."""

from collections.abc import Callable
from typing import Any

from bot.messages import Picture
from bot.rules.questions import Question, Subject
from handlers import (
    blocker_chart,
    curve_chart,
    gantt_chart,
    light_chart,
    money_answers,
    rate_answers,
    stage_chart,
    state_answers,
)
from handlers.answer import Answer, View, narrowed
from handlers.chart_scope import Scope
from handlers.desk import Desk
from storage import questions
from storage.board import Reach

DRAWN = 14
"""Projects in the picture beside an answer, at most."""
FEWEST = 2
"""So many projects are worth a picture."""
Chart = tuple[str, Callable[[Desk, Scope], dict[str, Any]]]
LIGHTS: Chart = ("lights", light_chart.values)
CURVE: Chart = ("curve", curve_chart.values)
STAGES: Chart = ("stages", stage_chart.values)
GANTT: Chart = ("gantt", gantt_chart.values)
SUBJECTS: dict[Subject, tuple[Callable[[Desk, Question, View], Answer], Chart]] = {
    Subject.STARTED: (rate_answers.started, STAGES),
    Subject.RESUMED: (rate_answers.resumed, STAGES),
    Subject.STOPPED: (rate_answers.stopped, STAGES),
    Subject.FINISHED: (rate_answers.finished, STAGES),
    Subject.RATES: (rate_answers.four, STAGES),
    Subject.FUNDS: (rate_answers.funds, CURVE),
    Subject.INVESTED: (money_answers.invested, CURVE),
    Subject.SHORT: (money_answers.short, CURVE),
    Subject.SLOWEST: (money_answers.slowest, LIGHTS),
    Subject.TOTAL: (money_answers.total, CURVE),
    Subject.REPORTED: (state_answers.reported, LIGHTS),
    Subject.LIGHTS: (state_answers.lights, LIGHTS),
    Subject.WHY: (state_answers.why, LIGHTS),
    Subject.MATTERS: (state_answers.open_matters, ("blockers", blocker_chart.values)),
    Subject.MILESTONES: (state_answers.milestones, GANTT),
    Subject.PROGRESS: (state_answers.progress, GANTT),
    Subject.COUNT: (state_answers.count, STAGES),
    Subject.STATE: (state_answers.state, LIGHTS),
}
"""Subject -> what answers it, and the picture that shows the same."""


def answer(desk: Desk, question: Question, view: View) -> Answer:
    """What is known, to be put into words. Raises nothing: what is not kept is said to be not kept."""
    return SUBJECTS[question.subject][0](desk, question, view)


def picture(desk: Desk, question: Question, view: View, found: Answer, name: str, locale: str) -> Picture | None:
    """The picture of what was asked, of the same projects; None where there is none, or it would show another day than the sentence: of a
    time of this year that is past only the curve does not, whose months are those told of."""
    if not view.inside or view.group:
        return None
    kind, values = SUBJECTS[question.subject][1]
    if found.day is not None and (kind != "curve" or found.day.year != desk.today.year):
        return None
    ids = questions.ids(desk.session, narrowed(desk, question, view.lights))
    if len(ids) < FEWEST:
        return None
    drawn = values(desk, Scope(Reach(projects=frozenset(ids)), name, locale, most=DRAWN))
    drawn.pop("projects", None)
    return Picture(kind, drawn)
