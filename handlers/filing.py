"""A report is written, with everything that follows from it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.messages import Button, Card
from bot.rules import cadence
from bot.rules.entitlement import Action
from bot.rules.words import Post, ReportState, Role, Source
from handlers import drafts, judging, stages, superseding, watching
from handlers.desk import Desk, Turn
from handlers.reasons import worded
from storage import people, projects, reports
from storage.delegation import FOR
from storage.files import attach
from storage.tables import Milestone, Project, Report


def on_plan(turn: Turn) -> None:
    """按计划推进: one tap that counts."""
    project = projects.by_id(turn.session, turn.args["project"])
    if project is None or not turn.may(turn.person, Action.REPORT, project.id):
        turn.reply("start.no_such_thing")
        return
    if not on_plan_allowed(turn, project):
        turn.ask("report.figures", drafts.blank(project.id))
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
    thank(turn, project, report, many=many)


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
    files: list[int] | None = None, messages: list[str] | None = None, doubts: list[dict[str, Any]] | None = None,
    outside: dict[str, int] | None = None, life: list[dict[str, Any]] | None = None,
) -> Report:  # fmt: skip
    """Writes one report and everything that follows: figures, milestones, light, withdrawn nudges, log. Held back where the unit reviews first."""
    kind = cadence.cadence_of(project.level, project.light, desk.policy.report)
    period, as_of = cadence.credit(desk.today, kind, project.as_of, desk.policy.report, desk.calendar)
    first = reviewer(desk, project) if source is not Source.IMPORT else None
    report = reports.add(
        desk.session, project=project.id, person=person, recorded_by=recorded_by, source=source, said_at=desk.now, as_of=as_of,
        period=period.key, progress=progress, invested_year=invested_year, invested_period=invested_period, milestones_done=done or [],
        words=words, basis=basis, corrects=None, reason="", messages=messages or [], state=ReportState.REVIEW if first and first != person else ReportState.COUNTS,
    )  # fmt: skip
    whose = desk.behalf(person, project=project.id) if person is not None and recorded_by is None else None
    acting = {FOR: whose} if whose is not None else {}
    unseen = attach(desk.session, files or [], report=report.id)
    judging.keep(desk, project, report, doubts or [])
    judging.keep_outside(desk, report, outside or {})
    asked = {"doubts": {one["code"]: bool(one["explanation"]) for one in doubts}} if doubts else {}
    if report.state is ReportState.COUNTS:
        changed = apply(desk, project, report)
        stages.keep(desk, project, report, life or [])
        desk.note(
            "report.received",
            project=project.id,
            person=recorded_by or person,
            facts={"report": report.id, "source": source, "files": len(files or []), **unseen, **asked, **acting},
            rows=[report, *changed],
        )
        watching.refresh(desk, project)
    else:
        stages.keep(desk, project, report, life or [])
        desk.note(
            "report.for_review",
            project=project.id,
            person=recorded_by or person,
            facts={"report": report.id, "reviewer": first, **unseen, **asked, **acting},
            rows=[report],
        )
        ask_review(desk, project, report, first or 0)
    return report


def apply(desk: Desk, project: Project, report: Report) -> list[Project | Milestone]:
    """Lets a report count: the project's newest figures, milestones done, nudges withdrawn. Returns the rows that changed."""
    if report.corrects is not None:
        return superseding.supersede(desk, project, report)
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


def thank(
    turn: Turn, project: Project, report: Report, *, many: bool, hindered: bool = False, doubted: bool = False
) -> None:
    """What was written, and the light it makes for those who see lights: a reporter does, an owner's contact does not. doubted: it
    stands 存疑待核 until it is explained."""
    reporter = turn.person in turn.assigned(project.id).get(Role.REPORTER, ())
    more = [turn.key("report_more", "report.start")] if many else []
    if hindered:
        more.insert(0, turn.key("report_blocker", "blocker.start", project=project.id, words=report.words))
    if doubted:
        more.insert(0, turn.key("explain", "doubt.why", report=report.id))
    mistaken = [turn.key("mistake", "erase.report", report=report.id)] if report.words else []
    turn.reply(
        "report.done",
        [more, mistaken],
        project=project,
        report=report,
        reasons=worded(turn, project.reasons, turn.locale),
        hindered=hindered,
        doubted=doubted,
        may_see_light=reporter or turn.may(turn.person, Action.LIGHTS, project.id),
        projects=[project.id],
    )


def tell_proxied(turn: Turn, project: Project, report: Report, proxy: dict[str, Any]) -> None:
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


def reviewer(desk: Desk, project: Project) -> int | None:
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


def ask_review(desk: Desk, project: Project, report: Report, reviewer: int) -> None:
    """Puts a report before the deputy head of the unit (单位审核)."""
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
        own=desk.deputy_of(reviewer) == report.person,
    )


def buttons_for(desk: Desk, project: Project, locale: str) -> list[Button]:
    """The taps under a nudge for a report of this project."""
    keys = [
        desk.button("report_progress", "report.pick", locale, project=project.id),
        desk.button("report_blocker", "blocker.start", locale, project=project.id),
    ]
    if on_plan_allowed(desk, project):
        keys.insert(0, desk.button("on_plan", "report.on_plan", locale, project=project.id))
    return keys
