"""阶段: the life of one project in chat, and a stage written down by the dispatcher with its day and evidence."""

import re
from datetime import date

from bot.rules import reading
from bot.rules import stages as rules
from bot.rules.entitlement import Action
from bot.rules.words import Stage
from handlers import dossier, watching
from handlers.desk import Desk, Turn
from storage import projects
from storage import stages as kept
from storage.tables import Project, StageEvent

BASES = (("permit", re.compile("施工许可|开工许可|许可证")), ("piling", re.compile("桩")))
SHOWN = 8


def show(turn: Turn) -> None:
    """阶段 17: the life of a project; 阶段 17 竣工 11-20 竣工验收备案 writes a stage down. Without a number the speaker's projects."""
    if (found := dossier.one_named(turn, "stage.show", "stage.which")) is None:
        return
    project, said = found
    if said:
        _enter(turn, project, said)
    else:
        _card(turn, project)


def _card(turn: Turn, project: Project, done: str = "") -> None:
    """The stage a project is in, by which evidence, and the events that stand, the newest first."""
    events = kept.of_project(turn.session, project.id)
    life = kept.lives(turn.session, [project], turn.today)[project.id]
    counts = turn.policy.file.stage.start
    stage, since = rules.stage_of(life, counts, turn.today)
    office = turn.may(turn.person, Action.DISPATCH, project.id)
    keys = [turn.key("project", "project.show", project=project.id)]
    if office and events:
        keys.insert(0, turn.key("withdraw", "stage.withdraw", event=events[-1].id))
    turn.reply(
        "stage.card", [keys], reusable=True, projects=[project.id], project=project, stage=stage, since=since, counts=counts, done=done,
        start=rules.started(life, counts, turn.today), stopped=rules.stopped(life.events, turn.today), events=events[::-1][:SHOWN],
        office=office, late=_late(turn, project),
    )  # fmt: skip


def _late(desk: Desk, project: Project) -> int:
    """Working days since the planned day of resuming; 0 where it has not passed."""
    return max(0, desk.calendar.workdays_between(project.resume_on, desk.today)) if project.resume_on else 0


def _enter(turn: Turn, project: Project, said: str) -> None:
    """竣工 11-20 竣工验收备案; 停工 11-20 计划明年3月底复工: by the dispatcher."""
    if not turn.may(turn.person, Action.DISPATCH, project.id):
        turn.reply("stage.not_yours", project=project)
        return
    word, _, rest = said.partition(" ")
    stage = Stage.of(word)
    read = reading.read(rest, turn.today)
    day = read.past[0] if read.past else turn.today
    if stage is None:
        turn.reply("stage.unread", words=said, stages=list(Stage))
        return
    ahead = max((one.day for one in read.deadlines), default=None)
    if ahead is not None and not read.past and not (stage is Stage.STOPPED and "复工" in rest):
        _ahead(turn, project, stage, ahead)
        return
    resume = ahead if stage is Stage.STOPPED else None
    first, _, more = rest.partition(" ")
    evidence = more.strip() if reading.parse_date(first, turn.today) else rest
    basis = next((code for code, pattern in BASES if pattern.search(rest)), "") if stage is Stage.STARTED else ""
    row = kept.add(
        turn.session, project=project.id, stage=stage, day=day, basis=basis, evidence=evidence, resume_on=resume, report=None, person=turn.person,
        said_at=turn.now, withdrawn_at=None,
    )  # fmt: skip
    _settled(turn, project, row, "stage.reported", rest)
    _card(turn, project, "written")


def _ahead(turn: Turn, project: Project, stage: Stage, day: date) -> None:
    """A day that is still to come is no fact yet; of 复工 it is the planned day of the 停工 that holds."""
    halt = rules.stopped(kept.lives(turn.session, [project], turn.today)[project.id].events, turn.today)
    rows = [row for row in kept.of_project(turn.session, project.id) if row.stage is Stage.STOPPED]
    if stage is not Stage.RESUMED or halt is None or not rows:
        turn.reply("stage.not_yet", stage=stage, day=day, project=project)
        return
    old = rows[-1]
    kept.withdraw(turn.session, [old], turn.now)
    row = kept.add(
        turn.session, project=project.id, stage=Stage.STOPPED, day=old.day, basis="", evidence=old.evidence, resume_on=day, report=None,
        person=turn.person, said_at=turn.now, withdrawn_at=None,
    )  # fmt: skip
    _settled(turn, project, row, "stage.reported", turn.typed)
    _card(turn, project, "written")


def _settled(turn: Turn, project: Project, row: StageEvent, kind: str, words: str) -> None:
    kept.settle(turn.session, project, turn.today)
    facts = {"event": row.id, "stage": row.stage, "day": row.day.isoformat()}
    turn.note(
        kind,
        project=project.id,
        person=turn.person,
        facts=facts,
        rows=[project],
        words={"evidence": words} if words else None,
    )
    watching.refresh(turn, project)


def withdraw(turn: Turn) -> None:
    """撤回: the newest stage was written down in error."""
    row = turn.session.get(StageEvent, turn.args["event"])
    project = projects.by_id(turn.session, row.project) if row else None
    if row is None or project is None or not turn.may(turn.person, Action.DISPATCH, project.id):
        turn.reply("start.no_such_thing")
        return
    if row.withdrawn_at is None:
        kept.withdraw(turn.session, [row], turn.now)
        _settled(turn, project, row, "stage.withdrawn", "")
    _card(turn, project, "withdrawn")
