"""Reporting: pick the project, type or tap, see old beside new, confirm."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bot.messages import Address, Button, Card
from bot.rules import cadence, reading
from bot.rules.entitlement import Action
from bot.rules.figures import Base, figures, total_invested
from bot.rules.plan import share
from bot.rules.words import MessageClass, Post, ReportState, Role, Source
from handlers import pick, watching
from handlers.desk import Desk, Turn
from handlers.reasons import worded
from storage import conversations, people, projects, reports
from storage.db import next_id
from storage.tables import Milestone, Project, Report, StoredFile

NAMED = 8
"""Words shorter than this are figures: nobody names a project in them."""

# --- choosing a project -----------------------------------------------------------------------------------------------


def start(turn: Turn) -> None:
    """填报: my projects, most urgent first."""
    mine = turn.standing(turn.person).reports
    if not mine:
        turn.reply("report.none_of_yours")
        return
    turn.done()
    if len(mine) == 1:
        ask(turn, next(iter(mine)))
    else:
        pick.show(turn, pick.urgent_first(turn, mine), "report.pick")


def picked(turn: Turn) -> None:
    """A project was chosen; words and files already given are kept."""
    project = turn.args["project"]
    if not turn.may(turn.person, Action.REPORT, project):
        turn.reply("start.no_such_thing")
        return
    draft = turn.talk.draft
    if draft.get("words") or draft.get("files"):
        words = draft.get("words", [])
        turn.ask("report.figures", {**_blank(project, many=True), "files": draft.get("files", [])})
        _read_into(turn, projects.by_id(turn.session, project), "\n".join(words))
    else:
        ask(turn, project, many=True)


def ask(turn: Turn, number: int, *, many: bool = False) -> None:
    """Asks for the figures of one project: what stands, what is due, and the taps that may do."""
    project = projects.by_id(turn.session, number)
    if project is None:
        turn.reply("start.no_such_thing")
        return
    proxy = turn.talk.draft.get("proxy")
    turn.ask("report.figures", {**_blank(project.id, many=many), **({"proxy": proxy} if proxy else {})})
    milestones = [row for row in projects.milestones(turn.session, [project.id])[project.id] if row.done_on is None]
    keys = [turn.key("report_blocker", "blocker.start", project=project.id), turn.key("cancel", "report.cancel")]
    if not proxy and on_plan_allowed(turn, project):
        keys.insert(0, turn.key("on_plan", "report.on_plan", project=project.id))
    turn.reply(
        "report.ask",
        [keys],
        project=project,
        milestones=milestones[:3],
        share=_share(project),
        proxy=proxy,
        projects=[project.id],
    )


def _blank(project: int, *, many: bool = False) -> dict[str, Any]:
    """An empty draft. `many`: this person reports more than one project."""
    return {"project": project, "done": [], "words": [], "unread": [], "files": [], "many": many}


def _share(project: Project) -> Decimal | None:
    return (
        share(project.invested_year, project.year_plan)
        if project.invested_year is not None and project.year_plan
        else None
    )


# --- reading what was typed -------------------------------------------------------------------------------------------


def free(turn: Turn, read: reading.Reading) -> None:
    """Figures typed without a question open: the project is the one named, the only one, or asked for; the words are kept."""
    mine = turn.standing(turn.person).reports
    named = pick.named(turn, mine, turn.typed) if len(mine) > 1 else mine
    if len(named) == 1:
        project = projects.by_id(turn.session, next(iter(named)))
        assert project is not None
        turn.ask("report.figures", _blank(project.id, many=len(mine) > 1))
        _read_into(turn, project, turn.typed)
        return
    turn.ask("report.pick", {"words": [turn.typed], "files": []})
    pick.show(turn, pick.urgent_first(turn, named or mine), "report.pick", heading="report.which")


def says_something(read: reading.Reading) -> bool:
    """Whether anything of a report was read: figures, stages, milestones, a hindrance, or something to be asked about."""
    figures = read.percent is not None or read.plan_share is not None or read.amounts or read.questions
    return bool(figures or read.on_plan or read.stages or read.milestones or read.blockers)


def unsure(turn: Turn) -> None:
    """Words of a reporter that nothing could be read in: kept, and asked what they are."""
    turn.ask("report.unsure", {"words": [*turn.talk.draft.get("words", []), turn.typed]})
    keys = [
        turn.key("report_progress", "report.kept"),
        turn.key("report_blocker", "blocker.start", words=turn.typed),
        turn.key("cancel", "report.cancel"),
    ]
    turn.reply("report.unsure", [keys], words=turn.typed)


def kept(turn: Turn) -> None:
    """The words kept are a report after all: which project?"""
    mine, words = turn.standing(turn.person).reports, turn.talk.draft.get("words", [])
    if len(mine) == 1 and words:
        project = next(iter(mine))
        turn.ask("report.figures", {**_blank(project), "words": words, "unread": words})
        ask_again = projects.by_id(turn.session, project)
        turn.reply(
            "report.unread", _as_words_keys(turn, project), words="\n".join(words), project=ask_again, questions=[]
        )
    else:
        turn.ask("report.pick", {"words": words, "files": []})
        pick.show(turn, pick.urgent_first(turn, mine), "report.pick", heading="report.which")


def _as_words_keys(turn: Turn, project: int) -> list[list[Button]]:
    return [
        [
            turn.key("report_blocker", "blocker.start", project=project),
            turn.key("as_words", "report.as_words"),
            turn.key("cancel", "report.cancel"),
        ]
    ]


def take(turn: Turn) -> None:
    """An answer to "how does it stand?": words, photos, files."""
    project = projects.by_id(turn.session, turn.talk.draft["project"])
    if project is None or not _still_mine(turn, project.id):
        turn.done()
        turn.reply("start.no_such_thing")
        return
    other = _another(turn, project.id)
    if other is not None:
        turn.ask("report.figures", _blank(other, many=True))
        project = projects.by_id(turn.session, other)
    if turn.incoming.attachments:
        _keep_files(turn)
    if turn.typed:
        _read_into(turn, project, turn.typed)
    elif turn.incoming.attachments:
        turn.ask("report.figures", turn.talk.draft)
        album = turn.incoming.facts.get("album")
        turn.reply(
            "report.files_kept",
            count=len(turn.talk.draft["files"]),
            project=project,
            unique=f"album:{turn.known and turn.known.account}:{album}" if album else None,
        )
    else:
        turn.reply("report.unread", words=turn.incoming.text, project=project, questions=[])


def _another(turn: Turn, project: int) -> int | None:
    """Another project of this person, named in the words: they have moved on to it."""
    if len(turn.typed) < NAMED or turn.talk.draft.get("proxy"):
        return None
    mine = turn.standing(turn.person).reports
    named = pick.named(turn, mine, turn.typed) if len(mine) > 1 else set()
    return next(iter(named)) if len(named) == 1 and project not in named else None


def choosing(turn: Turn) -> None:
    """While a project is to be picked: a name or number picks it, other words are kept for it."""
    mine = turn.standing(turn.person).reports
    if turn.incoming.attachments:
        _keep_files(turn)
    named = pick.named(turn, mine, turn.typed)
    if len(named) == 1:
        turn.args = {"project": next(iter(named))}
        picked(turn)
        return
    if turn.typed and not named:
        turn.talk.draft.setdefault("words", []).append(turn.typed)
    turn.ask("report.pick", turn.talk.draft)
    pick.show(turn, pick.urgent_first(turn, named or mine), "report.pick", heading="report.which")


def files_first(turn: Turn) -> None:
    """A photo or file without a question open: belongs to the report of the only project, or of the one to be picked."""
    mine = turn.standing(turn.person).reports
    if not mine:
        turn.reply("start.not_understood", words=turn.typed)
    elif len(mine) == 1:
        turn.ask("report.figures", _blank(next(iter(mine))))
        take(turn)
    else:
        turn.ask("report.pick", {"words": [], "files": []})
        choosing(turn)


def _still_mine(turn: Turn, project: int) -> bool:
    proxy = turn.talk.draft.get("proxy")
    return turn.may(turn.person, Action.DISPATCH if proxy else Action.REPORT, project)


def _keep_files(turn: Turn) -> None:
    """Lays an errand down for each file and remembers the files in the draft."""
    turn.talk.draft.setdefault("files", []).extend(keep_files(turn))


def keep_files(turn: Turn) -> list[int]:
    """A row and an errand for each attachment that came in; returns the rows."""
    kept = []
    for at, attachment in enumerate(turn.incoming.attachments):
        row = StoredFile(
            id=next_id(turn.session, StoredFile), person=turn.person, kind=attachment.kind, name=attachment.name, mime=attachment.mime,
            size=attachment.size, source={"channel": turn.incoming.channel, "ref": attachment.ref}, received_at=turn.now,
        )  # fmt: skip
        turn.session.add(row)
        turn.session.flush()
        source = {
            "file": row.id,
            "channel": turn.incoming.channel,
            "kind": attachment.kind,
            "ref": attachment.ref,
            "name": attachment.name,
            "size": attachment.size,
            "mime": attachment.mime,
        }
        turn.errand(
            "fetch",
            source,
            key=f"fetch:{turn.incoming.channel}:{turn.incoming.account}:{turn.incoming.dedup}:{at}",
            person=turn.person,
            address=turn.incoming.address,
        )
        kept.append(row.id)
    return kept


def _read_into(turn: Turn, project: Project | None, words: str) -> None:
    """Reads the words into the draft and shows the confirm card; what cannot be read is quoted and asked about."""
    assert project is not None
    draft = turn.talk.draft
    milestones = projects.milestones(turn.session, [project.id])[project.id]
    read = reading.read(words, turn.today, [row.name for row in milestones], turn.calendar.is_workday)
    if read.on_plan and read.percent is None and not read.amounts and not draft["words"] and not draft.get("proxy"):
        turn.args = {"project": project.id}
        on_plan(turn)
        return
    draft["words"] = [*draft["words"], words]
    draft["unread"] = [*draft["unread"], *(read.unread or ([] if says_something(read) else [words]))]
    draft["blockers"] = sorted({*draft.get("blockers", []), *read.blockers})
    draft["questions"] = list(read.questions)
    if read.percent is not None:
        draft["progress"] = str(read.percent)
    _take_amounts(turn, project, draft, read)
    done = [
        milestones[mention.index].id
        for mention in read.milestones
        if mention.status == "done" and milestones[mention.index].done_on is None
    ]
    draft["done"] = sorted({*draft["done"], *done})
    draft["on_plan"] = bool(draft.get("on_plan")) or read.on_plan
    turn.ask("report.figures", draft)
    show(turn, project, milestones)


def _take_amounts(turn: Turn, project: Project, draft: dict[str, Any], read: reading.Reading) -> None:
    if not read.amounts:
        return
    found = figures(read.amounts, _base(turn, project))
    if found.ambiguous is not None:
        draft["ambiguous"] = found.ambiguous
    elif found.invested_year is not None:
        draft.pop("ambiguous", None)
        draft["invested_year"], draft["invested_period"], draft["period"] = (
            found.invested_year,
            found.invested_period,
            found.period,
        )


def _base(turn: Desk, project: Project) -> Base:
    month = turn.today.replace(day=1)
    period = turn.today.replace(day=1 if turn.today.day <= 10 else 11 if turn.today.day <= 20 else 21)
    year = turn.today.year

    def told_before(day: date) -> int:
        found = reports.invested_before(turn.session, project.id, day)
        return found[1] if found and found[0].year == year else 0

    known = project.invested_year if project.as_of and project.as_of.year == year else None
    earlier = told_before(month)
    in_period = told_before(period) if period != month else earlier
    return Base(known, project.invested_before, project.year_plan, project.total, earlier, in_period)


def show(turn: Turn, project: Project, milestones: list[Milestone]) -> None:
    """The confirm card: old beside new, derived values, what was not understood."""
    draft = turn.talk.draft
    if draft.get("ambiguous") is not None:
        keys = [
            turn.key("since_start", "report.meant", since="start"),
            turn.key("since_january", "report.meant", since="year"),
            turn.key("cancel", "report.cancel"),
        ]
        turn.reply("report.which_total", [keys], amount=draft["ambiguous"], project=project, projects=[project.id])
        return
    progress = Decimal(draft["progress"]) if "progress" in draft else None
    invested = draft.get("invested_year")
    done = [row for row in milestones if row.id in draft["done"]]
    if (
        progress is None
        and invested is None
        and not done
        and not draft.get("on_plan")
        and not draft["files"]
        and not _plain_words(draft)
    ):
        turn.reply(
            "report.unread",
            _as_words_keys(turn, project.id),
            words="\n".join(draft["words"]),
            project=project,
            questions=_asked(turn),
        )
        return
    facts = {
        "project": project, "progress": progress, "invested": invested, "old_invested": project.invested_year,
        "change": invested - project.invested_year if invested is not None and project.invested_year is not None else None,
        "share": share(invested, project.year_plan) if invested is not None and project.year_plan else None,
        "total": total_invested(invested, project.invested_before), "total_share": share(total_invested(invested, project.invested_before) or 0, project.total) if invested is not None and project.total else None,
        "period_amount": draft.get("invested_period"), "period": draft.get("period", ""), "done": done, "unread": draft["unread"],
        "words": draft["words"], "file_count": len(draft["files"]), "questions": _asked(turn), "proxy": draft.get("proxy"),
    }  # fmt: skip
    turn.reply(
        "report.confirm",
        [
            [
                turn.key("confirm", "report.confirm", "primary"),
                turn.key("amend", "report.amend"),
                turn.key("cancel", "report.cancel"),
            ]
        ],
        projects=[project.id],
        **facts,
    )


def _plain_words(draft: dict[str, Any]) -> bool:
    """Words that are to stand as they are: nothing in them waits for an answer."""
    return bool(draft["words"] and not draft["unread"] and not draft.get("questions"))


def _asked(turn: Turn) -> list[str]:
    """What was left out because it was not clear, in words."""
    return [turn.words("report.question", code=code).strip() for code in turn.talk.draft.get("questions", [])]


def meant(turn: Turn) -> None:
    """Which 累计 was meant: since the start, or since January."""
    project = projects.by_id(turn.session, turn.talk.draft.get("project", 0))
    amount = turn.talk.draft.pop("ambiguous", None)
    if project is None or amount is None:
        turn.reply("report.draft_gone")
        return
    turn.talk.draft["invested_year"] = (
        amount - (project.invested_before or 0) if turn.args["since"] == "start" else amount
    )
    turn.ask("report.figures", turn.talk.draft)
    show(turn, project, projects.milestones(turn.session, [project.id])[project.id])


def as_words(turn: Turn) -> None:
    """The words are to stand as they are, without figures."""
    project = projects.by_id(turn.session, turn.talk.draft.get("project", 0))
    if project is None:
        turn.reply("report.draft_gone")
        return
    turn.talk.draft["unread"], turn.talk.draft["questions"] = [], []
    turn.ask("report.figures", turn.talk.draft)
    show(turn, project, projects.milestones(turn.session, [project.id])[project.id])


def amend(turn: Turn) -> None:
    """修改: what is typed next is laid over the draft."""
    project = projects.by_id(turn.session, turn.talk.draft.get("project", 0))
    if project is None:
        turn.reply("report.draft_gone")
        return
    turn.talk.draft["unread"] = []
    turn.ask("report.figures", turn.talk.draft)
    turn.reply("report.amend", [[turn.key("cancel", "report.cancel")]], project=project, words=turn.talk.draft["words"])


def cancel(turn: Turn) -> None:
    """取消: what was typed is given back, so that nothing is lost."""
    words = turn.talk.draft.get("words", [])
    turn.done()
    turn.reply("report.cancelled", words=words)


# --- writing ----------------------------------------------------------------------------------------------------------


def confirm(turn: Turn) -> None:
    """确认: the report is written."""
    draft = dict(turn.talk.draft)
    project = projects.by_id(turn.session, draft.get("project", 0))
    expired = turn.talk.expires_at is not None and turn.talk.expires_at <= turn.now
    if project is None or expired or (not draft.get("words") and not draft.get("files") and not draft.get("on_plan")):
        turn.reply("report.draft_gone")
        return
    if not _still_mine(turn, project.id):
        turn.done()
        turn.reply("start.no_such_thing")
        return
    proxy = draft.get("proxy")
    report = write(
        turn, project, person=proxy["person"] if proxy else turn.person, source=Source.PROXY if proxy else Source.CHAT,
        recorded_by=turn.person if proxy else None, progress=Decimal(draft["progress"]) if "progress" in draft else None,
        invested_year=draft.get("invested_year"), invested_period=draft.get("invested_period"), done=draft["done"],
        words="\n".join(draft["words"]), basis=proxy["basis"] if proxy else "", files=draft["files"],
    )  # fmt: skip
    turn.done()
    _thank(turn, project, report, many=draft.get("many", False), hindered=bool(draft.get("blockers")))
    if proxy and proxy["person"] is not None:
        _tell_proxied(turn, project, report, proxy)


def on_plan(turn: Turn) -> None:
    """按计划推进: one tap that counts."""
    project = projects.by_id(turn.session, turn.args["project"])
    if project is None or not turn.may(turn.person, Action.REPORT, project.id):
        turn.reply("start.no_such_thing")
        return
    if not on_plan_allowed(turn, project):
        turn.ask("report.figures", _blank(project.id))
        turn.reply(
            "report.on_plan_refused",
            [[turn.key("cancel", "report.cancel")]],
            project=project,
            reasons=worded(turn, project.reasons, turn.locale),
            running=project.on_plan_running,
            projects=[project.id],
        )
        return
    report = write(turn, project, person=turn.person, source=Source.ON_PLAN)
    many = turn.talk.draft.get("many", False)
    turn.done()
    _thank(turn, project, report, many=many)


def on_plan_allowed(desk: Desk, project: Project) -> bool:
    """At most twice running, not when the project is behind, not for a month's end that wants figures (a monthly report with none this month)."""
    if not project.on_plan or project.on_plan_running >= desk.policy.report.on_plan_running:
        return False
    kind = cadence.cadence_of(project.level, project.light, desk.policy.report)
    period, _ = cadence.credit(desk.today, kind, project.as_of, desk.policy.report, desk.calendar)
    closes_quarter = period.end.month % 3 == 0 and (period.end + timedelta(days=1)).day == 1
    return not (closes_quarter and period.start <= desk.today)


def write(
    desk: Desk, project: Project, *, person: int | None, source: Source, recorded_by: int | None = None, progress: Decimal | None = None,
    invested_year: int | None = None, invested_period: int | None = None, done: list[int] | None = None, words: str = "", basis: str = "",
    files: list[int] | None = None,
) -> Report:  # fmt: skip
    """Writes one report and everything that follows: figures, milestones, light, withdrawn nudges, log. Held back where the unit reviews first."""
    kind = cadence.cadence_of(project.level, project.light, desk.policy.report)
    period, as_of = cadence.credit(desk.today, kind, project.as_of, desk.policy.report, desk.calendar)
    reviewer = _reviewer(desk, project) if source is not Source.IMPORT else None
    report = reports.add(
        desk.session, project=project.id, person=person, recorded_by=recorded_by, source=source, said_at=desk.now, as_of=as_of,
        period=period.key, progress=progress, invested_year=invested_year, invested_period=invested_period, milestones_done=done or [],
        words=words, basis=basis, corrects=None, state=ReportState.REVIEW if reviewer and reviewer != person else ReportState.COUNTS,
    )  # fmt: skip
    for number in files or []:
        row = desk.session.get(StoredFile, number)
        if row:
            row.report = report.id
    if report.state is ReportState.COUNTS:
        changed = apply(desk, project, report)
        desk.note(
            "report.received",
            project=project.id,
            person=recorded_by or person,
            facts={"report": report.id, "source": source, "files": len(files or [])},
            rows=[report, *changed],
        )
        watching.refresh(desk, project)
    else:
        desk.note(
            "report.for_review",
            project=project.id,
            person=recorded_by or person,
            facts={"report": report.id, "reviewer": reviewer},
            rows=[report],
        )
        _ask_review(desk, project, report, reviewer or 0)
    return report


def apply(desk: Desk, project: Project, report: Report) -> list[Project | Milestone]:
    """Lets a report count: the project's newest figures, milestones done, nudges withdrawn. Returns the rows that changed."""
    changed: list[Project | Milestone] = [project]
    if project.as_of is None or report.as_of >= project.as_of:
        if report.progress is not None:
            project.progress = report.progress
        if report.invested_year is not None:
            project.invested_year, project.invested_as_of = report.invested_year, report.as_of
        if report.words:
            project.progress_words = ""
        project.as_of = report.as_of
    project.reported_at = report.said_at
    project.on_plan_running = project.on_plan_running + 1 if report.source is Source.ON_PLAN else 0
    for row in projects.milestones(desk.session, [project.id])[project.id] if report.milestones_done else []:
        if row.done_on is None and row.id in report.milestones_done:
            row.done_on = desk.today
            changed.append(row)
    if len(changed) > 1:
        desk.session.flush()
    desk.withdraw(
        f"report:{project.id}", f"missed:{project.id}", *[f"milestone:{number}" for number in report.milestones_done]
    )
    return changed


def _thank(turn: Turn, project: Project, report: Report, *, many: bool, hindered: bool = False) -> None:
    """What was written, and the light it makes for those who see lights: a reporter does, an owner's contact does not."""
    reporter = turn.person in turn.assigned(project.id).get(Role.REPORTER, ())
    more = [turn.key("report_more", "report.start")] if many else []
    if hindered:
        more.insert(0, turn.key("report_blocker", "blocker.start", project=project.id, words=report.words))
    turn.reply(
        "report.done",
        [more],
        project=project,
        report=report,
        reasons=worded(turn, project.reasons, turn.locale),
        hindered=hindered,
        may_see_light=reporter or turn.may(turn.person, Action.LIGHTS, project.id),
        projects=[project.id],
    )


def _tell_proxied(turn: Turn, project: Project, report: Report, proxy: dict[str, Any]) -> None:
    """The person in whose name the dispatcher reported is told."""
    card = Card(
        turn.text(
            "report.proxied",
            project=project,
            report=report,
            recorder=turn.known.name if turn.known else "",
            basis=proxy["basis"],
        )
    )
    turn.hand(proxy["person"], card, key=f"proxied:{report.id}", about=f"proxied:{report.id}", project=project.id)


# --- review in the unit (单位审核) --------------------------------------------------------------------------------------


def _reviewer(desk: Desk, project: Project) -> int | None:
    """Who must agree first: the deputy head of the leading unit, where the policy asks for it."""
    if not desk.policy.file.report.review_units:
        return None
    names = people.unit_names(desk.session)
    unit = project.lead_unit or project.unit
    if names.get(unit) not in desk.policy.file.report.review_units:
        return None
    holders = people.holders(desk.session, unit, Post.DEPUTY_HEAD, desk.today) or people.holders(
        desk.session, unit, Post.HEAD, desk.today
    )
    return holders[0].id if holders else None


def _ask_review(desk: Desk, project: Project, report: Report, reviewer: int) -> None:
    keys = (
        (
            desk.button("agree", "report.agree", report=report.id),
            desk.button("refuse", "report.refuse", report=report.id),
        ),
    )
    card = Card(
        desk.text(
            "report.review", project=project, report=report, reporter=people.name_of(desk.session, report.person)
        ),
        keys,
    )
    desk.hand(
        reviewer,
        card,
        key=f"review:{report.id}",
        about=f"review:{report.id}",
        project=project.id,
        reason={"report": report.id},
    )


def review(turn: Turn, agreed: bool, why: str = "") -> None:
    """同意 or 不同意 of the unit's deputy head."""
    report = turn.session.get(Report, turn.args["report"])
    project = projects.by_id(turn.session, report.project) if report else None
    if report is None or project is None or _reviewer(turn, project) != turn.person:
        turn.reply("start.no_such_thing")
        return
    if report.state is not ReportState.REVIEW:
        turn.reply("report.reviewed_before", report=report)
        return
    report.state = ReportState.COUNTS if agreed else ReportState.RETURNED
    rows: list[Any] = [report, *(apply(turn, project, report) if agreed else [])]
    turn.session.flush()
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


# --- drafts that outlived their time ------------------------------------------------------------------------------------


def expire_drafts(desk: Desk) -> int:
    """Drops drafts past their time and gives the words back, so that nothing typed is lost. Returns how many."""
    gone = conversations.expired(desk.session, desk.now)
    for talk in gone:
        words = [word for word in talk.draft.get("words", []) if isinstance(word, str)]
        known = people.known_by_account(desk.session, talk.account)
        if words and known:
            card = Card(desk.text("report.expired", known.locale, words=words))
            desk.say(
                MessageClass.ANSWER,
                card,
                person=known.person,
                address=Address(known.channel, known.chat, "", known.identity),
                key=f"expired:{talk.account}:{talk.expires_at}",
            )
        talk.step, talk.draft, talk.expires_at = "", {}, None
        conversations.save(desk.session, talk, desk.now)
    return len(gone)


def buttons_for(desk: Desk, project: Project, locale: str) -> list[Button]:
    """The taps under a nudge for a report of this project."""
    keys = [
        desk.button("report_progress", "report.pick", locale, project=project.id),
        desk.button("report_blocker", "blocker.start", locale, project=project.id),
    ]
    if on_plan_allowed(desk, project):
        keys.insert(0, desk.button("on_plan", "report.on_plan", locale, project=project.id))
    return keys
