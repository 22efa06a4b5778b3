"""Doubtful figures (存疑): the reporter is asked first, in private; what nobody explained lies on the dispatcher's list."""

import re
from typing import Any

from bot.messages import Button, Card
from bot.rules import reading
from bot.rules.entitlement import Action, nudged_for
from bot.rules.words import ReportState
from handlers import confirming, judging
from handlers.desk import Desk, Turn
from handlers.reasons import stored
from storage import doubts, entitlement, people, projects
from storage.tables import Doubt, Person, Project, Report, StoredFile

BECAUSE = re.compile(r"\s*(?:因为|由于|原因|因|说明|主要是|是因为)")
ONLY_YES = re.compile(r"(?:是|对|嗯|好|好的|是的|对的|没错|没问题|正确|属实|确认|ok|OK|yes)[的了。.!！]*")
SHORTEST = 3
"""Characters of an explanation."""

# --- before anything is written ------------------------------------------------------------------------------------------


def explain(turn: Turn) -> None:
    """说明原因 on the confirm card: the next words are the explanation, whatever is in them."""
    project = projects.by_id(turn.session, turn.talk.draft.get("project", 0))
    if project is None:
        turn.reply("report.draft_gone")
        return
    turn.talk.draft["explaining"] = turn.talk.draft.get("card")
    turn.ask("report.figures", turn.talk.draft)
    turn.reply("doubt.how", [[turn.key("cancel", "report.cancel")]], project=project)


def taken(turn: Turn, project: Project) -> bool:
    """Words typed while a doubt waits: an explanation, unless they mend the figures. Returns whether they were one."""
    draft = turn.talk.draft
    asking = judging.unexplained(draft.get("doubts", []))
    asked_for = "explaining" in draft and draft["explaining"] == draft.get("card")
    if not asking or draft.get("proxy") or not (asked_for or _explains(turn, project)):
        return False
    if not says_why(turn.typed):
        turn.reply("doubt.too_short")
    else:
        draft["doubts"] = [{**one, "explanation": one["explanation"] or turn.typed} for one in draft["doubts"]]
        draft.pop("explaining", None)
        draft["card"] = turn.incoming.dedup
        turn.ask("report.figures", draft)
    confirming.show(turn, project, projects.milestones_of(turn.session, project.id))
    return True


def _explains(turn: Turn, project: Project) -> bool:
    if BECAUSE.match(turn.typed):
        return True
    milestones = [row.name for row in projects.milestones_of(turn.session, project.id)]
    read = reading.read(turn.typed, turn.today, turn.house.lexicon, milestones=milestones)
    reached = any(mention.status == "done" for mention in read.milestones)
    return not (read.percents or read.amounts or read.plan_share is not None or read.questions or reached)


def says_why(words: str) -> bool:
    """Whether words give a reason: more than a yes."""
    return len(words.strip()) >= SHORTEST and not ONLY_YES.fullmatch(words.strip())


# --- afterwards ----------------------------------------------------------------------------------------------------------


def why(turn: Turn) -> None:
    """说明原因 of a report that stands 存疑待核."""
    found = _mine(turn, turn.args["report"])
    if found is None:
        return
    report, project, rows = found
    turn.ask("doubt.words", {"report": report.id})
    turn.reply(
        "doubt.why", [[turn.key("mend", "correct.pick", report=report.id), turn.key("cancel", "report.cancel")]], project=project,
        report=report, doubts=judging.worded(turn, rows, turn.locale), projects=[project.id],
    )  # fmt: skip


def words(turn: Turn) -> None:
    """The reason was typed."""
    found = _mine(turn, turn.talk.draft["report"])
    if found is None:
        turn.done()
        return
    report, project, rows = found
    if not says_why(turn.typed):
        turn.reply("doubt.too_short")
        return
    turn.done()
    judging.settle(turn, project, rows, "explained", turn.person, turn.typed)
    turn.withdraw(about(report))
    turn.reply("doubt.explained", project=project, words=turn.typed, projects=[project.id])


def _mine(turn: Turn, number: int) -> tuple[Report, Project, list[Doubt]] | None:
    """A report with open doubts that the speaker may explain: theirs, of a project they report or dispatch; says so where not."""
    report = turn.session.get(Report, number)
    project = projects.by_id(turn.session, report.project) if report else None
    if report is None or project is None or not _concerned(turn, report, project):
        turn.reply("start.no_such_thing")
        return None
    rows = doubts.of_report(turn.session, report.id)
    opened = [row for row in rows if row.state == "open"]
    if not opened:
        turn.reply("doubt.settled", state=rows[-1].state if rows else "checked")
        return None
    return report, project, opened


def _concerned(turn: Turn, report: Report, project: Project) -> bool:
    return turn.may(turn.person, Action.REPORT, project.id) or turn.may(turn.person, Action.DISPATCH, project.id)


def about(report: Report) -> str:
    """What a question about a report is taken back by."""
    return f"doubt:{report.id}"


def ask(desk: Desk, project: Project, report: Report, occasion: str) -> int | None:
    """Asks who reported to look again, in private, once per occasion; returns whom. None where there is nobody."""
    whom = asked_person(desk, report)
    if whom is None:
        return None
    row = desk.session.get(Person, whom)
    locale = row.locale if row else ""
    keys = (
        (
            desk.button("explain", "doubt.why", locale, report=report.id),
            desk.button("mend", "correct.pick", locale, report=report.id),
        ),
    )
    lines = judging.worded(desk, doubts.of_report(desk.session, report.id, "open"), locale)
    card = Card(desk.text("doubt.why", locale, project=project, report=report, doubts=lines), keys)
    desk.hand(whom, card, key=f"doubt:{report.id}:{occasion}", about=about(report), project=project.id)
    return whom


def asked_person(desk: Desk, report: Report) -> int | None:
    """Who said it; else (台账) who reports the project."""
    held = entitlement.assigned(desk.session, report.project, desk.today)
    return report.person or next(iter(nudged_for(held)), None)


def photo_came(desk: Desk, row: StoredFile) -> None:
    """A photo was fetched after its report had been written: what speaks against it is asked about now."""
    report = desk.session.get(Report, row.report) if row.report else None
    project = projects.by_id(desk.session, report.project) if report else None
    if report is None or project is None or report.state is ReportState.RETURNED:
        return
    known = {one.code for one in doubts.of_report(desk.session, report.id)}
    found = [reason for reason in judging.of_photo(desk, project, row) if reason.code not in known]
    if not found:
        return
    values = [{**value, "explanation": ""} for value in stored(found)]
    judging.keep(desk, project, report, values)
    desk.session.flush()
    codes = [reason.code for reason in found]
    desk.note("doubt.found", project=project.id, facts={"report": report.id, "codes": codes}, rows=[project])
    if report.recorded_by is None:
        ask(desk, project, report, f"photo:{row.id}")


# --- the dispatcher's list ------------------------------------------------------------------------------------------------


def opened(turn: Turn) -> None:
    """A report on the list: its figures, the arithmetic, and what can be done."""
    found = _dispatched(turn)
    if found is not None:
        _card(turn, *found)


def _dispatched(turn: Turn) -> tuple[Report, Project, list[Doubt]] | None:
    report = turn.session.get(Report, turn.args["report"])
    project = projects.by_id(turn.session, report.project) if report else None
    if report is None or project is None or not turn.may(turn.person, Action.DISPATCH, project.id):
        turn.reply("start.no_such_thing")
        return None
    rows = doubts.of_report(turn.session, report.id)
    left = [row for row in rows if row.state == "open"]
    if not left:
        turn.reply("doubt.settled", [_desk_keys(turn)], state=rows[-1].state if rows else "checked")
        return None
    return report, project, left


def _card(turn: Turn, report: Report, project: Project, rows: list[Doubt]) -> None:
    args: dict[str, Any] = {"report": report.id}
    keys = [
        turn.key("checked", "doubt.checked", "primary", **args),
        turn.key("ask_why", "doubt.ask", **args),
        turn.key("mend", "correct.pick", **args),
    ]
    turn.reply(
        "doubt.card", [keys, [turn.key("project", "project.show", project=project.id, fresh=True), *_desk_keys(turn)]], reusable=True,
        project=project, report=report, who=people.name_of(turn.session, report.person), doubts=judging.worded(turn, rows, turn.locale),
        projects=[project.id], about=about(report),
    )  # fmt: skip


def _desk_keys(turn: Turn) -> list[Button]:
    return [turn.key("list_doubts", "desk.list", name="doubts", page=0), turn.key("desk", "desk.show")]


def checked(turn: Turn) -> None:
    """已核: the dispatcher has convinced themselves."""
    found = _dispatched(turn)
    if found is None:
        return
    report, project, rows = found
    judging.settle(turn, project, rows, "checked", turn.person)
    turn.withdraw(about(report))
    turn.reply("doubt.checked", [_desk_keys(turn)], project=project, report=report)


def ask_why(turn: Turn) -> None:
    """请说明: the reporter is asked once more, in private; once a day."""
    found = _dispatched(turn)
    if found is None:
        return
    report, project, _ = found
    whom = ask(turn, project, report, f"asked:{turn.today}")
    if whom is None:
        turn.reply("doubt.nobody", [_desk_keys(turn)], project=project)
        return
    turn.note("doubt.asked", project=project.id, person=turn.person, facts={"report": report.id, "to": whom})
    turn.reply("doubt.asked", [_desk_keys(turn)], project=project, who=people.name_of(turn.session, whom))


def line(turn: Turn, project: Project, report: Report, rows: list[Doubt]) -> str:
    """One line of the list."""
    told = judging.worded(turn, rows, turn.locale)
    who = people.name_of(turn.session, report.person)
    return turn.words("doubt.line", project=project, report=report, who=who, first=told[0], more=len(told) - 1)
