"""倒排节点 (004: 以目标倒排任务): a template of steps laid backwards from an end day, looked at and adjusted before it holds."""

import re
from datetime import date, timedelta
from typing import Any

from bot.messages import Button
from bot.rules.plan import backwards
from bot.rules.words import Precision
from handlers import days, watching
from handlers.desk import Turn
from handlers.plans import dispatched
from storage import projects
from storage.db import next_id
from storage.tables import Milestone, Project

MOVE = re.compile(r"(?:第)?\s*(\d{1,2})\s*(?:个|项)?\s*(?:改(?:到|为|成)?|[:：])?\s*(.+)")
SAY = re.compile(r"第?\s*(\d{1,2})\s*(?:个|项)?\s*(标准|任务|责任人)\s*[:：]?\s*(.+)", re.DOTALL)
PARTS = {"标准": 2, "任务": 3, "责任人": 4}
"""Where each part of a step stands: name, day, standard, task, responsible person."""
LONGEST = 200
DROP = re.compile(r"(?:去掉|删掉|不要)\s*第?\s*(\d{1,2})")

# --- which template, until when -------------------------------------------------------------------------------------------


def ask(turn: Turn) -> None:
    """倒排节点: by which template."""
    project = dispatched(turn, turn.args["project"])
    if project is None:
        return
    turn.ask("plan.template", {"project": project.id})
    templates = list(turn.policy.file.template.items())
    keys = [Button(str(at), "plan.template", {"code": code}) for at, (code, _) in enumerate(templates, 1)]
    turn.reply(
        "plan.template", [keys, [turn.key("cancel", "plan.cancel")]], project=project, projects=[project.id],
        templates=[(part.name, [step.name for step in part.steps]) for _, part in templates],
    )  # fmt: skip


def chosen(turn: Turn) -> None:
    """A template was chosen; now the end."""
    if not turn.talk.step.startswith("plan."):
        turn.reply("plan.gone")
        return
    draft = {"project": turn.talk.draft["project"], "code": turn.args["code"]}
    turn.ask("plan.end", draft)
    project = projects.by_id(turn.session, draft["project"])
    finish = project.finish_on if project else None
    keys = (
        [Button(f"{finish:%Y-%m-%d}", "plan.end", {"day": finish.isoformat()})]
        if finish and finish > turn.today
        else []
    )
    turn.reply(
        "plan.end", [[*keys, turn.key("cancel", "plan.cancel")]], name=turn.policy.file.template[draft["code"]].name
    )


def again(turn: Turn) -> None:
    """Something else was typed: by which template is asked once more."""
    turn.args = {"project": turn.talk.draft["project"]}
    ask(turn)


def pressed_end(turn: Turn) -> None:
    """The project's own finishing day was pressed."""
    if turn.talk.step == "plan.end":
        _lay(turn, date.fromisoformat(turn.args["day"]))
    else:
        turn.reply("plan.gone")


def end(turn: Turn) -> None:
    """The end was typed: 2027-06-30, 明年6月底."""
    day = days.read(turn.typed, turn.today)
    if day is None or day <= turn.today:
        turn.reply("plan.end_unread", words=turn.typed)
    else:
        _lay(turn, day)


def _lay(turn: Turn, day: date) -> None:
    draft = dict(turn.talk.draft)
    steps = turn.policy.file.template[draft["code"]].steps
    due = backwards([(step.name, step.days) for step in steps], day, turn.calendar)
    laid = [[name, at.isoformat(), step.standard, step.task, ""] for (name, at), step in zip(due, steps, strict=True)]
    _look(turn, {**draft, "laid": laid})


# --- looked at and adjusted -----------------------------------------------------------------------------------------------


def _look(turn: Turn, draft: dict[str, Any], moved: int | None = None, by: int = 0) -> None:
    """The steps with their days. moved: one that has just been moved by so many days, so that those behind it may follow."""
    project = projects.by_id(turn.session, draft["project"])
    assert project is not None
    turn.ask("plan.laid", draft)
    there = {row.name: row for row in projects.milestones_of(turn.session, project.id)}
    rows = [
        (name, date.fromisoformat(due), there.get(name), *(*more, "", "", "")[:3]) for name, due, *more in draft["laid"]
    ]
    keys = [turn.key("confirm", "plan.hold", "primary"), turn.key("cancel", "plan.cancel")]
    behind = len(rows) - moved - 1 if moved is not None else 0
    if behind:
        keys.insert(1, turn.key("move_behind" if by > 0 else "move_forward", "plan.follow", at=moved, by=by))
    unordered = [at + 1 for at in range(1, len(rows)) if rows[at][1] < rows[at - 1][1]]
    turn.reply(
        "plan.laid", [keys], project=project, rows=rows, behind=behind, by=by, unordered=unordered, projects=[project.id],
    )  # fmt: skip


def adjust(turn: Turn) -> None:
    """3 改到 2027-03-01, 3 责任人 张三 (标准, 任务), or 去掉 3."""
    draft = dict(turn.talk.draft)
    laid = [list(one) for one in draft["laid"]]
    if (dropped := DROP.fullmatch(turn.typed)) and 1 <= int(dropped[1]) <= len(laid) and len(laid) > 1:
        del laid[int(dropped[1]) - 1]
        _look(turn, {**draft, "laid": laid})
        return
    if (told := SAY.fullmatch(turn.typed)) and 1 <= int(told[1]) <= len(laid):
        laid[int(told[1]) - 1][PARTS[told[2]]] = told[3].strip()[:LONGEST]
        _look(turn, {**draft, "laid": laid})
        return
    found = MOVE.fullmatch(turn.typed)
    day = days.read(found[2], turn.today) if found else None
    if found is None or day is None or not 1 <= int(found[1]) <= len(laid):
        turn.reply("plan.adjust_unread", words=turn.typed)
        return
    at = int(found[1]) - 1
    by = (day - date.fromisoformat(laid[at][1])).days
    laid[at][1] = day.isoformat()
    _look(turn, {**draft, "laid": laid}, at, by)


def follow(turn: Turn) -> None:
    """顺延: those behind the moved one move by as many days, each to a working day."""
    draft = dict(turn.talk.draft)
    if turn.talk.step != "plan.laid":
        turn.reply("plan.gone")
        return
    for one in draft["laid"][turn.args["at"] + 1 :]:
        moved = date.fromisoformat(one[1]) + timedelta(days=turn.args["by"])
        one[1] = turn.calendar.workday_on_or_after(moved).isoformat()
    _look(turn, draft)


def hold(turn: Turn) -> None:
    """确认: new milestones are added, open ones of the same name get the new day; what is done stays."""
    draft = dict(turn.talk.draft)
    if turn.talk.step != "plan.laid":
        turn.reply("plan.gone")
        return
    project = dispatched(turn, draft["project"])
    turn.done()
    if project is None:
        return
    rows = _written(turn, project, draft["laid"])
    turn.note(
        "milestones.laid",
        project=project.id,
        person=turn.person,
        facts={"count": len(rows), "template": draft["code"]},
        rows=rows,
    )
    watching.refresh(turn, project)
    turn.reply(
        "plan.held",
        [[turn.key("project", "project.show", project=project.id)]],
        project=project,
        count=len(rows),
        projects=[project.id],
    )


def _written(turn: Turn, project: Project, laid: list[list[str]]) -> list[Milestone]:
    known = projects.milestones_of(turn.session, project.id)
    there, position = {row.name: row for row in known}, max((row.position for row in known), default=-1)
    rows = []
    for name, text, *more in laid:
        old, due = there.get(name), date.fromisoformat(text)
        own = dict(zip(("standard", "task", "responsible"), more, strict=False))
        if old is not None and (old.done_on is not None or (old.due == due and not _adds(old, own))):
            continue
        row = turn.session.get(Milestone, old.id) if old is not None else None
        if row is None:
            position += 1
            row = Milestone(id=next_id(turn.session, Milestone), project=project.id, position=position, name=name)
        row.due, row.due_words, row.precision, row.watched_from = due, text, Precision.DAY, turn.today
        for part, words in own.items():
            if words and (part == "responsible" or not getattr(row, part)):
                setattr(row, part, words)
        turn.session.add(row)
        rows.append(row)
    turn.session.flush()
    return rows


def _adds(old: Milestone, own: dict[str, str]) -> bool:
    """Whether what was laid says more of a milestone than it has: its own standard and task stay, a person named now takes the place."""
    return bool(
        (own.get("standard") and not old.standard)
        or (own.get("task") and not old.task)
        or (own.get("responsible") and own["responsible"] != old.responsible)
    )
