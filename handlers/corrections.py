"""Corrections (更正): a new entry beside the old one, which names it and says why. What was published stays as it was published."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bot.messages import Button, Card, plain
from bot.rules import reading, truth
from bot.rules.entitlement import Action
from bot.rules.figures import Base, figures
from bot.rules.reading import Reading
from bot.rules.truth import Claim
from bot.rules.words import ReportState, Source
from handlers import amending, dossier, drafts, filing, judging, superseding, watching
from handlers.desk import Desk, Turn
from handlers.doubts import BECAUSE, about, asked_person
from handlers.reasons import stored
from storage import doubts, people, projects, reports, spot_checks
from storage.tables import Milestone, Project, Report, SpotCheck, StoredFile

PAGE = 5
STEP = "correct"
NOT_DONE = ("not", "planned", "ready", "doing")

# --- which one ----------------------------------------------------------------------------------------------------------


def start(turn: Turn) -> None:
    """更正: my last reports; a dispatcher names the project (更正 17). Typed while a doubt is asked about it is the button of that card."""
    rest = str(turn.args.get("rest", "")).strip()
    if not rest and turn.talk.step == "report.figures" and judging.unexplained(turn.talk.draft.get("doubts", [])):
        amending.choose(turn)
        return
    since = turn.today - timedelta(days=turn.policy.file.truth.correct_days)
    if rest:
        found = dossier.meant(turn, rest, Action.DISPATCH) or dossier.meant(turn, rest)
        rows = [
            row for one in found for row in reports.standing_of_project(turn.session, one.id, since) if may(turn, row)
        ]
    else:
        rows = [row for row in reports.standing_of_person(turn.session, turn.person, since) if may(turn, row)]
    rows = [row for row in rows if row.progress is not None or row.invested_year is not None or row.milestones_done]
    if rows:
        turn.done()
        _list(turn, rows)
    else:
        turn.reply(
            "correct.none", days=turn.policy.file.truth.correct_days, office=turn.may(turn.person, Action.DISPATCH)
        )


def may(turn: Turn, report: Report) -> bool:
    """Who said it and still reports the project; the dispatcher."""
    own = report.person == turn.person and turn.may(turn.person, Action.REPORT, report.project)
    return own or turn.may(turn.person, Action.DISPATCH, report.project)


def _list(turn: Turn, rows: Sequence[Report], page: int = 0) -> None:
    pages = max(1, -(-len(rows) // PAGE))
    shown = rows[page * PAGE :][:PAGE]
    names = {row.id: row.name for row in projects.by_ids(turn.session, {row.project for row in shown})}
    keys = [Button(str(at), "correct.pick", {"report": row.id}) for at, row in enumerate(shown, 1)]
    more = (
        [turn.key("more", "correct.page", reports=[row.id for row in rows], page=(page + 1) % pages)]
        if pages > 1
        else []
    )
    turn.reply(
        "correct.list", [keys[:3], [*keys[3:], *more]], rows=[(row, names[row.project]) for row in shown], page=page + 1, pages=pages,
        projects=list(names),
    )  # fmt: skip


def turn_page(turn: Turn) -> None:
    rows = [row for number in turn.args["reports"] if (row := turn.session.get(Report, number)) and may(turn, row)]
    if rows:
        _list(turn, rows, turn.args["page"])
    else:
        turn.reply("start.no_such_thing")


def pick(turn: Turn) -> None:
    """One was chosen: what stands, and what should."""
    found = _found(turn, turn.args["report"])
    if found is None:
        return
    report, project = found
    turn.ask(STEP, blank(report))
    turn.reply(
        "correct.ask", [[turn.key("cancel", "correct.cancel")]], report=report, project=project, projects=[project.id]
    )


def blank(report: Report, check: int | None = None) -> dict[str, Any]:
    """An empty draft of a correction; check: of the spot check that found it."""
    return {"report": report.id, "check": check, "reason": "", "words": [], "files": [], "done": [], "undone": []}


def _found(turn: Turn, number: int, check: int | None = None) -> tuple[Report, Project] | None:
    """The report, where the speaker may put it right and nobody has; says so where not."""
    report = turn.session.get(Report, number)
    project = projects.by_id(turn.session, report.project) if report else None
    inspecting = spot_checks.by_id(turn.session, check) if check else None
    allowed = report is not None and (inspecting.inspector == turn.person if inspecting else may(turn, report))
    if report is None or project is None or not allowed:
        turn.done()
        turn.reply("start.no_such_thing")
        return None
    if (newer := reports.correction_of(turn.session, report.id)) is not None:
        turn.done()
        turn.reply("correct.corrected_before", at=newer.said_at, project=project)
        return None
    return report, project


def edited(turn: Turn) -> bool:
    """A message that a written report was said in was edited: its correction is offered. Returns whether there is such a report."""
    since = turn.today - timedelta(days=turn.policy.file.truth.correct_days)
    report = reports.said_in(turn.session, turn.person, turn.message, since)
    if report is None or not may(turn, report):
        return False
    turn.talk.draft = blank(report)
    said(turn)
    return True


# --- what is right ------------------------------------------------------------------------------------------------------


def said(turn: Turn) -> None:
    """Figures, the reason, photos, in one sentence or in several: asks for what is missing, then shows old beside new."""
    draft = turn.talk.draft
    found = _found(turn, draft.get("report", 0), draft.get("check"))
    if found is None:
        return
    report, project = found
    if turn.incoming.attachments:
        draft["files"] = [*draft["files"], *drafts.keep_files(turn)]
    if turn.typed:
        _take(turn, report, project)
    draft["card"] = turn.incoming.dedup
    turn.ask(STEP, draft)
    _answer(turn, report, project)


def _take(turn: Turn, report: Report, project: Project) -> None:
    draft, milestones = turn.talk.draft, projects.milestones_of(turn.session, project.id)
    names = [row.name for row in milestones]
    read = reading.read(turn.typed, report.as_of, turn.house.lexicon, milestones=names)
    draft["words"] = [*draft["words"], turn.typed]
    before = _figures_in(draft)
    if read.percent is not None:
        draft["progress"] = str(read.percent)
    _take_money(draft, read, report, project)
    for mention in read.milestones:
        row = milestones[mention.index]
        if mention.status == "done" and row.done_on is None:
            draft["done"] = sorted({*draft["done"], row.id})
        elif mention.status in NOT_DONE and row.id in report.milestones_done:
            draft["undone"] = sorted({*draft["undone"], row.id})
    because = turn.typed if BECAUSE.match(turn.typed) else "，".join(read.unread)
    if draft["check"]:
        draft["reason"] = "；".join(draft["words"])
    elif _figures_in(draft) == before:
        draft["reason"] = turn.typed
    elif because and not draft["reason"]:
        draft["reason"] = because


def _take_money(draft: dict[str, Any], read: Reading, report: Report, project: Project) -> None:
    """A bare sum takes the place of the year's figure; 累计 is what lies nearest to what stood."""
    if not read.amounts:
        return
    base = Base(report.invested_year, project.invested_before, project.year_plan, project.total, *_begun(report))
    found = figures(read.amounts, base)
    year = found.invested_year
    if found.ambiguous is not None:
        both = (found.ambiguous, found.ambiguous - (project.invested_before or 0))
        year = min(both, key=lambda one: abs(one - (report.invested_year or 0)))
    elif year is None and len(read.amounts) == 1 and read.amounts[0].role in ("other", "invest"):
        year = read.amounts[0].yuan
    if year is not None:
        draft["invested_year"], draft["invested_period"] = year, found.invested_period


def _begun(report: Report) -> tuple[int, int]:
    """The year's figure as the month, and the 旬, of the report began: what it told less what it told for the period."""
    started = (report.invested_year or 0) - (report.invested_period or 0)
    return started, started


def _figures_in(draft: dict[str, Any]) -> tuple[Any, ...]:
    return draft.get("progress"), draft.get("invested_year"), draft["done"], draft["undone"]


def _answer(turn: Turn, report: Report, project: Project) -> None:
    draft, cancel = turn.talk.draft, turn.key("cancel", "correct.cancel")
    if not any(_figures_in(draft)) and draft.get("invested_year") is None:
        turn.reply("correct.which", [[cancel]], words=turn.typed, project=project, inspecting=bool(draft["check"]))
    elif not draft["reason"]:
        turn.reply("correct.why", [[cancel]], project=project, inspecting=bool(draft["check"]))
    else:
        keys = [
            turn.key("confirm", "correct.confirm", "primary", card=draft["card"]),
            turn.key("amend", "correct.amend"),
            cancel,
        ]
        names = {row.id: row.name for row in projects.milestones_of(turn.session, project.id)}
        turn.reply(
            "correct.card", [keys], project=project, report=report, projects=[project.id], reason=draft["reason"],
            progress=Decimal(draft["progress"]) if "progress" in draft else report.progress,
            invested=draft.get("invested_year", report.invested_year), file_count=len(draft["files"]), inspecting=bool(draft["check"]),
            done=[names[one] for one in draft["done"]], undone=[names[one] for one in draft["undone"]],
        )  # fmt: skip


def amend(turn: Turn) -> None:
    """修改: what is typed next is laid over the draft; the reason is asked anew only where it is typed."""
    if turn.talk.step != STEP or "report" not in turn.talk.draft:
        turn.reply("report.draft_gone")
        return
    found = _found(turn, turn.talk.draft["report"], turn.talk.draft["check"])
    if found is not None:
        turn.ask(STEP, turn.talk.draft)
        turn.reply("correct.ask", [[turn.key("cancel", "correct.cancel")]], report=found[0], project=found[1])


def cancel(turn: Turn) -> None:
    """取消: nothing is written."""
    turn.done()
    turn.reply("correct.cancelled")


# --- written ------------------------------------------------------------------------------------------------------------


def confirm(turn: Turn) -> None:
    """确认: the new entry is written beside the old one."""
    draft = dict(turn.talk.draft)
    if turn.talk.step != STEP or turn.args.get("card") != draft.get("card"):
        turn.reply("report.draft_gone")
        return
    found = _found(turn, draft["report"], draft["check"])
    if found is None:
        return
    old, project = found
    turn.done()
    check = spot_checks.by_id(turn.session, draft["check"]) if draft["check"] else None
    if check is not None:
        check.state = "corrected"
    new = write(turn, project, old, draft)
    if check is not None:
        close_check(turn, check, project, "corrected", draft["reason"], new)
    waits = new.state is ReportState.REVIEW
    turn.reply("correct.done", project=project, report=new, old=old, waits=waits, projects=[project.id])
    if not waits:
        tell(turn, project, old, new)


def write(turn: Turn, project: Project, old: Report, draft: dict[str, Any]) -> Report:
    """The correction, what follows from it, and the log entry that shows both."""
    own = old.person == turn.person and turn.may(turn.person, Action.REPORT, project.id)
    source = Source.INSPECTION if draft["check"] else Source.CHAT if own else Source.PROXY
    person = turn.person if source is not Source.PROXY else old.person
    first = filing.reviewer(turn, project) if source is Source.CHAT else None
    done = [one for one in old.milestones_done if one not in draft["undone"]]
    progress = Decimal(draft["progress"]) if "progress" in draft else old.progress
    milestones = projects.milestones(turn.session, [project.id])[project.id]
    found = _doubts(turn, project, old, milestones, draft, progress)
    new = reports.add(
        turn.session, project=project.id, person=person, recorded_by=turn.person if source is Source.PROXY else None, source=source,
        said_at=turn.now, as_of=old.as_of, period=old.period, progress=progress, invested_year=draft.get("invested_year", old.invested_year),
        invested_period=draft.get("invested_period") if "invested_year" in draft else old.invested_period,
        milestones_done=sorted({*done, *draft["done"]}), words="\n".join(draft["words"]), basis="", corrects=old.id, reason=draft["reason"],
        messages=[turn.message], state=ReportState.REVIEW if first and first != person else ReportState.COUNTS,
    )  # fmt: skip
    for number in draft["files"]:
        if (row := turn.session.get(StoredFile, number)) is not None:
            row.report = new.id
    facts = {
        "report": new.id,
        "corrects": old.id,
        "source": source,
        "was_progress": old.progress,
        "was_invested": old.invested_year,
    }
    judging.keep(turn, project, new, found)
    if new.state is ReportState.REVIEW:
        turn.note(
            "report.for_review", project=project.id, person=turn.person, facts={**facts, "reviewer": first}, rows=[new]
        )
        filing.ask_review(turn, project, new, first or 0)
        return new
    changed = superseding.supersede(turn, project, new)
    turn.note("report.corrected", project=project.id, person=turn.person, facts=facts, rows=[new, *changed])
    watching.refresh(turn, project)
    turn.withdraw(about(old))
    return new


def _doubts(
    turn: Turn, project: Project, old: Report, milestones: Sequence[Milestone], draft: dict[str, Any], progress: Decimal | None
) -> list[dict[str, Any]]:  # fmt: skip
    """What the rules say of the new figures, measured against what was told before the old ones: the reason explains it. What was seen
    on the spot is not doubted."""
    if draft["check"]:
        return []
    before = doubts.basis(turn.session, project.id, old.as_of, old.id)
    claim = Claim(
        as_of=old.as_of, said_on=old.as_of, period=old.period, progress=progress, invested_year=draft.get("invested_year", old.invested_year),
        invested_period=draft.get("invested_period"), done=frozenset(draft["done"]),
    )  # fmt: skip
    found = truth.doubts(claim, judging.known(project, milestones, old.as_of, before), turn.policy.truth)
    return [{**value, "explanation": draft["reason"]} for value in stored(found)]


def close_check(
    turn: Turn, check: SpotCheck, project: Project, state: str, words: str = "", correction: Report | None = None
) -> None:
    """An inspector's finding is written down."""
    check.state, check.words, check.done_at = state, words, turn.now
    check.correction = correction.id if correction else None
    turn.session.flush()
    facts = {"check": check.id, "report": check.report, "found": state, "correction": check.correction}
    turn.note(
        "spot.done", project=project.id, person=turn.person, facts=facts, words={"words": words} if words else None
    )
    turn.withdraw(f"spot:{check.id}")


def tell(desk: Desk, project: Project, old: Report, new: Report) -> None:
    """Who said the old figures hears of the new ones, gently, where somebody else put them right."""
    by = new.recorded_by or new.person
    whom = asked_person(desk, old)
    if whom is None or whom == by:
        return
    text = desk.text(
        "correct.told", project=project, report=new, old=old, reason=new.reason, inspecting=new.source is Source.INSPECTION,
        who=people.name_of(desk.session, by),
    )  # fmt: skip
    desk.hand(whom, Card(text), key=f"corrected:{new.id}", about=f"corrected:{new.id}", project=project.id)


# --- what was published -------------------------------------------------------------------------------------------------


def published(desk: Desk, found: Sequence[reports.Correction], shown: dict[int, set[str]]) -> list[dict[str, Any]]:
    """The corrections of figures that were published: shown: project -> the days of the figures that earlier summaries showed."""
    meant = [one for one in found if one.changes and one.as_of.isoformat() in shown.get(one.project, set())]
    names = {row.id: row.name for row in projects.by_ids(desk.session, {one.project for one in meant})} if meant else {}
    return [
        {
            "project": one.project, "name": names[one.project], "as_of": one.as_of.isoformat(),
            "was_progress": _text(one.was_progress), "progress": _text(one.progress), "was_invested": one.was_invested,
            "invested": one.invested,
        }
        for one in meant
    ]  # fmt: skip


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def note_of(desk: Desk, facts: dict[str, Any], locale: str = "") -> str:
    """One line on what was put right since it was published; "" where nothing was."""
    found = facts.get("corrected") or []
    if not found:
        return ""
    first = found[0]
    numbers = {name: Decimal(first[name]) if first[name] is not None else None for name in ("was_progress", "progress")}
    as_of = date.fromisoformat(first["as_of"])
    return plain(desk.text("correct.published", locale, **{**first, **numbers, "as_of": as_of}, more=len(found) - 1))
