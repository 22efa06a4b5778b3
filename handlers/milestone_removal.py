"""去掉节点: a milestone that is not done leaves the plan, for a reason that stays in the log; those behind it are asked about first."""

import re

from bot.rules.entitlement import Action
from bot.rules.words import Precision
from handlers import milestone_rows
from handlers.desk import Turn
from storage import projects
from storage.tables import Milestone, Project

SAID = re.compile(
    r"第?\s*(?P<at>\d{1,2})\s*(?:个|项)?\s*(?:节点)?\s*(?:去掉|删掉|删除|不要了?)\s*[:：,，]?\s*(?P<why>.*)"
    r"|(?:去掉|删掉|删除|不要)\s*(?:节点)?\s*第?\s*(?P<other>\d{1,2})\s*(?:个|项)?\s*(?:节点)?\s*[:：,，]?\s*(?P<because>.*)",
    re.DOTALL,
)
"""3 去掉 并入设备安装; 去掉 3: 并入设备安装."""
LONGEST = 200


def said(words: str) -> tuple[int, str] | None:
    """Which milestone is to go, by its place in the list, and why ("" where nothing was said); None: the words are about something else."""
    found = SAID.fullmatch(words.strip())
    return (int(found["at"] or found["other"]), (found["why"] or found["because"] or "").strip()) if found else None


def pressed(turn: Turn) -> None:
    """去掉节点: why?"""
    row, project = milestone_rows.meant(turn, turn.args["milestone"], Action.DISPATCH)
    if row is not None and project is not None:
        start(turn, project, row, "")


def start(turn: Turn, project: Project, row: Milestone, why: str) -> None:
    """Asks for the reason where none was said, else about those behind it. What is done stays: it is a fact with its evidence."""
    if row.done_on is not None:
        turn.reply("milestone.done_stays", row=row)
    elif not why:
        turn.ask("milestone.why", {"project": project.id, "milestone": row.id})
        turn.reply("milestone.why", [[turn.key("cancel", "milestone.cancel", milestone=row.id)]], row=row)
    elif len(why) > LONGEST:
        turn.reply("milestone.too_long", most=LONGEST)
    else:
        _ask(turn, project, row, why)


def reason(turn: Turn) -> None:
    """The reason was typed."""
    row, project = _open(turn)
    if row is not None and project is not None:
        start(turn, project, row, turn.typed)


def _open(turn: Turn) -> tuple[Milestone | None, Project | None]:
    row, project = milestone_rows.meant(turn, turn.talk.draft["milestone"], Action.DISPATCH)
    if row is None:
        turn.done()
    return row, project


def _ask(turn: Turn, project: Project, row: Milestone, why: str) -> None:
    """Nothing goes before it is confirmed. Those behind it may come forward by the days that it had since the one before it."""
    behind, by = milestone_rows.behind(turn, project, row), _days_of(turn, project, row)
    earlier = milestone_rows.shifted(turn, behind, -by) if by else []
    if any(day <= turn.today for _, day in earlier):
        earlier = []
    turn.ask("milestone.remove", {"project": project.id, "milestone": row.id, "reason": why, "by": by})
    keys = [turn.key("milestone_remove", "milestone.remove", "primary", all=False)]
    if earlier:
        keys = [
            turn.key("stay_behind", "milestone.remove", "primary", all=False),
            turn.key("move_forward", "milestone.remove", all=True),
        ]
    keys.append(turn.key("cancel", "milestone.cancel", milestone=row.id))
    turn.reply(
        "milestone.remove", [keys], project=project, row=row, why=why, by=by, behind=behind, earlier=earlier, projects=[project.id],
    )  # fmt: skip


def _days_of(turn: Turn, project: Project, row: Milestone) -> int:
    """The days from the limit of the one before it to its own; 0 where there is none."""
    before = [
        one.due
        for one in projects.milestones_of(turn.session, project.id)
        if one.position < row.position and one.due is not None
    ]
    return max(0, (row.due - before[-1]).days) if row.due is not None and before else 0


def waiting(turn: Turn) -> None:
    """Something else was typed while it was asked about: it is asked once more."""
    row, project = _open(turn)
    if row is not None and project is not None:
        _ask(turn, project, row, turn.talk.draft["reason"])


def remove(turn: Turn) -> None:
    """去掉, and those behind it as they are, or forward with it."""
    draft = dict(turn.talk.draft)
    if turn.talk.step != "milestone.remove":
        turn.reply("milestone.gone")
        return
    row, project = _open(turn)
    if row is None or project is None:
        return
    moved = milestone_rows.behind(turn, project, row) if turn.args["all"] else []
    for one, day in milestone_rows.shifted(turn, moved, -draft["by"]):
        milestone_rows.set_limit(turn, one, day, Precision.DAY, day.isoformat())
    name, was = row.name, row.due.isoformat() if row.due else ""
    facts = {"name": name, "was": was, "followed": len(moved)}
    milestone_rows.written(turn, project, "milestone.removed", moved, facts, {"reason": draft["reason"]}, gone=[row])
    keys = [
        turn.key("milestones", "milestone.list", project=project.id),
        turn.key("project", "project.show", project=project.id),
    ]
    turn.reply("milestone.removed", [keys], project=project, name=name, moved=moved, projects=[project.id])
