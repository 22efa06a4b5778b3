"""节点 (001: 定时限、定标准、定任务): each milestone with its limit, standard, task and responsible person, changed by chat; moving one asks about those behind."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.messages import Button
from bot.rules.due import parse_due
from bot.rules.entitlement import Action
from bot.rules.lights import milestone_light
from bot.rules.words import Precision
from handlers import days, dossier, milestone_removal, milestone_rows
from handlers.desk import Turn
from handlers.plans import dispatched
from handlers.reasons import in_words
from storage import projects
from storage.db import next_id
from storage.tables import Milestone, Project

FIELDS = ("due", "standard", "task", "responsible")
PAGE = 13
"""Milestones of one page: 前期十三节点 on one."""
TAPPED = 3
"""Open milestones that a tap opens; the others by their number."""
LONGEST = 200
NEW = re.compile(r"(?:新增|增加|加)\s*(?:节点)?\s*[:：]?\s*(?P<name>.{1,40}?)(?:\s+(?P<due>\S+))?\s*")
FIELD = re.compile(
    r"第?\s*(?P<at>\d{1,2})\s*(?:个|项)?\s*(?P<field>时限|改到|改为|标准|任务|责任人|责任)\s*[:：]?\s*(?P<words>.+)",
    re.DOTALL,
)
ABOUT = re.compile(r"第?\s*\d{1,2}\s*(?:个|项)?\s*(?:时限|改到|改为|标准|任务|责任|$)|新增|增加|加节点")
NAMES = {
    "时限": "due",
    "改到": "due",
    "改为": "due",
    "标准": "standard",
    "任务": "task",
    "责任人": "responsible",
    "责任": "responsible",
}

# --- looked at --------------------------------------------------------------------------------------------------------------


def show(turn: Turn) -> None:
    """节点 17, or the button; 节点 17 3 责任人 张三 changes one at once. Without a number the speaker's projects."""
    if (found := dossier.one_named(turn, "milestone.list", "milestone.which")) is None:
        return
    project, said = found
    if said:
        _said(turn, project, said)
    else:
        listed(turn, project)


def listed(turn: Turn, project: Project, done: str = "") -> None:
    """All milestones of a project with their lights and limits; numbers open one."""
    rows, page = projects.milestones_of(turn.session, project.id), int(turn.args.get("page", 0))
    office = turn.may(turn.person, Action.DISPATCH, project.id)
    shown = rows[page * PAGE : (page + 1) * PAGE]
    if office:
        turn.ask("milestone.edit", {"project": project.id})
    more = []
    if len(rows) > PAGE:
        following = page + 1 if len(rows) > (page + 1) * PAGE else 0
        more = [turn.key("more", "milestone.list", project=project.id, page=following)]
    opened = [(at, row) for at, row in enumerate(rows, 1) if row.done_on is None][:TAPPED]
    numbers = [Button(str(at), "milestone.open", {"milestone": row.id}) for at, row in opened] if office else []
    lay = [turn.key("lay_back", "plan.back", project=project.id)] if office else []
    turn.reply(
        "milestone.list", [numbers, [*more, *lay, turn.key("project", "project.show", project=project.id)]], reusable=True, projects=[project.id],
        project=project, office=office, done=done, first=page * PAGE, count=len(rows), finished=sum(row.done_on is not None for row in rows),
        milestones=[(row, *_light(turn, project, row)) for row in shown],
    )  # fmt: skip


def _light(turn: Turn, project: Project, row: Milestone) -> tuple[Any, str]:
    """Its light and the arithmetic; no light for those who see none."""
    paused = project.paused_until is not None and project.paused_until >= turn.today
    standing = projects.milestone_standing(row)
    light, reason = milestone_light(standing, turn.today, turn.policy.light, turn.calendar, paused=paused)
    inner = turn.may(turn.person, Action.LIGHTS, project.id)
    return light if inner else None, in_words(turn, reason, turn.locale)


def opened(turn: Turn) -> None:
    """One milestone was tapped."""
    row, project = milestone_rows.meant(turn, turn.args["milestone"], Action.SEE)
    if row is not None and project is not None:
        _card(turn, project, row)


def _card(turn: Turn, project: Project, row: Milestone, done: str = "") -> None:
    office = turn.may(turn.person, Action.DISPATCH, project.id)
    at = [one.id for one in projects.milestones_of(turn.session, project.id)].index(row.id) + 1
    light, why = _light(turn, project, row)
    keys = [turn.key(f"milestone_{field}", "milestone.field", milestone=row.id, field=field) for field in FIELDS]
    ways = [turn.key("milestones", "milestone.list", project=project.id)]
    if office and row.done_on is None:
        ways.append(turn.key("milestone_gone", "milestone.gone", milestone=row.id))
    else:
        ways.append(turn.key("project", "project.show", project=project.id))
    turn.reply(
        "milestone.card", [keys if office else [], ways], reusable=True, projects=[project.id], project=project, row=row, at=at, light=light, why=why,
        done=done,
    )  # fmt: skip


# --- changed ----------------------------------------------------------------------------------------------------------------


def ask_field(turn: Turn) -> None:
    """时限, 标准, 任务 or 责任人 was tapped: what is to stand there?"""
    row, project = milestone_rows.meant(turn, turn.args["milestone"], Action.DISPATCH)
    if row is None or project is None:
        return
    field = turn.args["field"]
    turn.ask("milestone.value", {"project": project.id, "milestone": row.id, "field": field})
    keys = [turn.key("cancel", "milestone.cancel", milestone=row.id)]
    turn.reply("milestone.ask", [keys], row=row, field=field, value=_value(row, field), projects=[project.id])


def _value(row: Milestone, field: str) -> str:
    return (row.due.isoformat() if row.due else "") if field == "due" else str(getattr(row, field))


def value(turn: Turn) -> None:
    """What is to stand there was typed."""
    draft = dict(turn.talk.draft)
    row, project = milestone_rows.meant(turn, draft["milestone"], Action.DISPATCH)
    if row is None or project is None:
        turn.done()
        return
    _change(turn, project, row, draft["field"], turn.typed)


def edit(turn: Turn) -> bool:
    """Typed below the list: 3 opens the third; 3 时限 2027-03-01, 3 责任人 张三 change it; 新增 竣工备案 2027-06-30 adds one; 3 去掉 removes
    it. False where it is about something else."""
    project = projects.by_id(turn.session, turn.talk.draft.get("project", 0))
    ours = (ABOUT.match(turn.typed) or milestone_removal.said(turn.typed)) and not turn.incoming.attachments
    if project is None or not ours or not turn.may(turn.person, Action.DISPATCH, project.id):
        return False
    _said(turn, project, turn.typed)
    return True


def _said(turn: Turn, project: Project, said: str) -> None:
    rows = projects.milestones_of(turn.session, project.id)
    found, added, removed = FIELD.fullmatch(said), NEW.fullmatch(said), milestone_removal.said(said)
    at = found["at"] if found else str(removed[0]) if removed else said.strip(" 第个项")
    if at.isdigit() and 1 <= int(at) <= len(rows):
        row = turn.session.get(Milestone, rows[int(at) - 1].id)
        assert row is not None
        if removed:
            if dispatched(turn, project.id):
                milestone_removal.start(turn, project, row, removed[1])
        elif not found:
            _card(turn, project, row)
        elif dispatched(turn, project.id):
            _change(turn, project, row, NAMES[found["field"]], found["words"].strip())
    elif added and dispatched(turn, project.id):
        _add(turn, project, added["name"], added["due"])
    elif not added:
        turn.reply("milestone.unread", words=said, project=project)


def _day(turn: Turn, words: str) -> tuple[date, Precision] | None:
    """2027-03-01, 明年3月底前."""
    due = parse_due(words, turn.today.year)
    if due is not None:
        return due[0], due[1]
    day = days.read(words, turn.today)
    return (day, Precision.DAY) if day is not None else None


def _change(turn: Turn, project: Project, row: Milestone, field: str, words: str) -> None:
    if field == "due":
        found = _day(turn, words)
        if found is None or row.done_on is not None:
            turn.reply("milestone.no_day", words=words, row=row)
            return
        _move(turn, project, row, *found, words)
        return
    if not words or len(words) > LONGEST:
        turn.reply("milestone.too_long", most=LONGEST)
        return
    setattr(row, field, words)
    _changed(turn, project, [row], row, {"changed": [field]}, {field: words})
    _card(turn, project, row, "changed")


def _add(turn: Turn, project: Project, name: str, words: str | None) -> None:
    rows = projects.milestones_of(turn.session, project.id)
    found = _day(turn, words) if words else None
    if any(row.name == name.strip() for row in rows) or (words and found is None):
        turn.reply("milestone.unread", words=turn.typed, project=project)
        return
    position = max((row.position for row in rows), default=-1) + 1
    row = Milestone(id=next_id(turn.session, Milestone), project=project.id, position=position, name=name.strip())
    if found:
        milestone_rows.set_limit(turn, row, *found, words or "")
    _changed(turn, project, [row], row, {"changed": ["added"], "now": words or ""}, {})
    listed(turn, project, "added")


def _changed(
    turn: Turn, project: Project, rows: Sequence[Milestone], row: Milestone, facts: dict[str, Any], words: dict[str, str]
) -> None:  # fmt: skip
    told = {"name": row.name, "was": "", "now": "", "followed": 0, **facts}
    milestone_rows.written(turn, project, "milestone.changed", rows, told, words)


# --- moved ------------------------------------------------------------------------------------------------------------------


def _move(turn: Turn, project: Project, row: Milestone, day: date, precision: Precision, words: str) -> None:
    """Where others stand behind it, they are asked about before anything holds."""
    by = (day - row.due).days if row.due else 0
    behind = milestone_rows.behind(turn, project, row) if by else []
    if not behind:
        _moved(turn, project, row, day, precision, words, [])
        return
    draft = {
        "project": project.id,
        "milestone": row.id,
        "day": day.isoformat(),
        "precision": precision.value,
        "words": words,
        "by": by,
    }
    turn.ask("milestone.move", draft)
    keys = [
        turn.key("move_behind" if by > 0 else "move_forward", "milestone.move", "primary", all=True),
        turn.key("move_alone", "milestone.move", all=False),
        turn.key("cancel", "milestone.cancel", milestone=row.id),
    ]
    turn.reply(
        "milestone.move",
        [keys],
        project=project,
        row=row,
        day=day,
        by=by,
        behind=milestone_rows.shifted(turn, behind, by),
        projects=[project.id],
    )


def move(turn: Turn) -> None:
    """一起顺延, or only this one."""
    draft = dict(turn.talk.draft)
    if turn.talk.step != "milestone.move":
        turn.reply("milestone.gone")
        return
    row, project = milestone_rows.meant(turn, draft["milestone"], Action.DISPATCH)
    if row is None or project is None:
        turn.done()
        return
    behind = (
        milestone_rows.shifted(turn, milestone_rows.behind(turn, project, row), draft["by"]) if turn.args["all"] else []
    )
    _moved(turn, project, row, date.fromisoformat(draft["day"]), Precision(draft["precision"]), draft["words"], behind)


def waiting(turn: Turn) -> None:
    """Something else was typed while a move was asked about: it is asked once more."""
    draft = dict(turn.talk.draft)
    row, project = milestone_rows.meant(turn, draft["milestone"], Action.DISPATCH)
    if row is None or project is None:
        turn.done()
        return
    _move(turn, project, row, date.fromisoformat(draft["day"]), Precision(draft["precision"]), draft["words"])


def _moved(
    turn: Turn, project: Project, row: Milestone, day: date, precision: Precision, words: str, behind: Sequence[tuple[Milestone, date]]
) -> None:  # fmt: skip
    was = row.due.isoformat() if row.due else ""
    milestone_rows.set_limit(turn, row, day, precision, words)
    for one, later in behind:
        milestone_rows.set_limit(turn, one, later, Precision.DAY, later.isoformat())
    facts = {"changed": ["due"], "was": was, "now": day.isoformat(), "followed": len(behind)}
    _changed(turn, project, [row, *(one for one, _ in behind)], row, facts, {})
    if behind:
        listed(turn, project, "moved")
    else:
        _card(turn, project, row, "changed")


def cancel(turn: Turn) -> None:
    """取消: it stays as it was."""
    if turn.talk.step.startswith("milestone."):
        turn.done()
    row, project = milestone_rows.meant(turn, turn.args["milestone"], Action.SEE)
    if row is not None and project is not None:
        _card(turn, project, row, "cancelled")
