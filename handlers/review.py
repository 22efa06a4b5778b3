"""Review in the unit (单位审核): the deputy head agrees, or returns a report with a reason."""

from typing import Any

from bot.messages import Card
from bot.rules.words import ReportState
from handlers import filing, judging, watching
from handlers.desk import Turn
from storage import projects, stages
from storage.tables import Report


def review(turn: Turn, agreed: bool, why: str = "") -> None:
    """同意 or 不同意 of the unit's deputy head."""
    report = turn.session.get(Report, turn.args["report"])
    project = projects.by_id(turn.session, report.project) if report else None
    reviewer = filing.reviewer(turn, project) if project else None
    if (
        report is None
        or project is None
        or not (reviewer == turn.person or (reviewer in turn.acts_for(turn.person) and report.person != turn.person))
    ):
        turn.reply("start.no_such_thing")
        return
    turn.acting = reviewer if reviewer != turn.person else None
    if report.state is not ReportState.REVIEW:
        turn.reply("report.reviewed_before", report=report)
        return
    report.state = ReportState.COUNTS if agreed else ReportState.RETURNED
    rows: list[Any] = [report, *(filing.apply(turn, project, report) if agreed else [])]
    judging.reviewed(turn, project, report)
    turn.session.flush()
    if agreed:
        stages.settle(turn.session, project, turn.today)
    turn.note(
        "report.reviewed",
        project=project.id,
        person=turn.person,
        facts={"report": report.id, "agreed": agreed},
        rows=rows,
        words={"why": why} if why else None,
    )
    if agreed:
        watching.refresh(turn, project)
    turn.reply("report.review_done", agreed=agreed, project=project)
    if report.person:
        card = Card(turn.text("report.review_result", agreed=agreed, project=project, report=report, why=why))
        turn.hand(report.person, card, key=f"reviewed:{report.id}", about=f"reviewed:{report.id}", project=project.id)


def agree(turn: Turn) -> None:
    review(turn, True)


def refuse(turn: Turn) -> None:
    """Asks for the reason first."""
    turn.ask("report.refuse_why", {"report": turn.args["report"]})
    turn.reply("report.refuse_why")


def refuse_why(turn: Turn) -> None:
    turn.args = {"report": turn.talk.draft["report"]}
    turn.done()
    review(turn, False, turn.typed)
