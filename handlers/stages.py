"""阶段 (S9): the stages of a project's life as a report tells them: on its confirm card, and written with it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.rules import reading
from bot.rules import stages as rules
from bot.rules.words import Kind, ReportState, Stage
from handlers.desk import Desk, Turn
from storage import stages as kept
from storage.tables import Project, Report


def take(turn: Turn, project: Project, draft: dict[str, Any], read: reading.Reading, words: str) -> None:
    """The stages that words tell of join those of the draft; a day of resuming said later belongs to the 停工 said before."""
    begun = project.kind is Kind.CONTINUED or bool(project.progress) or project.stage in rules.ORDER[2:]
    past = () if draft.get("named_day") else read.past
    found = rules.told(words, read.stages, read.deadlines, past, turn.today, begun=begun)
    draft["unread"] = [one for one in draft["unread"] if not says(turn, one)]
    told = {one["stage"]: one for one in draft.get("life", [])}
    for one in found:
        told[one.stage.value] = {
            "stage": one.stage.value, "day": one.day.isoformat(), "basis": one.basis,
            "resume_on": one.resume_on.isoformat() if one.resume_on else None,
        }  # fmt: skip
    halt = told.get(Stage.STOPPED.value)
    if halt and not halt["resume_on"] and (day := rules.resuming(words, read.deadlines)):
        halt["resume_on"] = day.isoformat()
    if told:
        draft["life"] = list(told.values())


def says(desk: Desk, words: str) -> bool:
    """Whether words tell of a stage of life by themselves."""
    return bool(rules.told(words, (), (), (), desk.today, begun=False))


def lines(draft: Mapping[str, Any]) -> list[tuple[Stage, date, str, date | None]]:
    """(stage, day, basis, planned day of resuming) of what a draft tells, for its card."""
    return [
        (Stage(one["stage"]), date.fromisoformat(one["day"]), one["basis"], date.fromisoformat(one["resume_on"]) if one["resume_on"] else None)
        for one in draft.get("life", [])
    ]  # fmt: skip


def keep(desk: Desk, project: Project, report: Report, told: Sequence[Mapping[str, Any]]) -> None:
    """Writes the stages a report told; the project follows once the report counts."""
    for stage, day, basis, resume_on in lines({"life": told}):
        kept.add(
            desk.session, project=project.id, stage=stage, day=day, basis=basis, evidence="", resume_on=resume_on, report=report.id,
            person=report.person, said_at=desk.now, withdrawn_at=None,
        )  # fmt: skip
    if told and report.state is ReportState.COUNTS:
        kept.settle(desk.session, project, desk.today)
