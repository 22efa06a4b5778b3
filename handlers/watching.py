"""What follows from a change in a project, or from time alone: its light, and when the clock should look at it again."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.messages import plain
from bot.rules import cadence, lights
from bot.rules.calendar import DAY
from bot.rules.lights import LightPolicy, Standing, Verdict
from bot.rules.words import Light, Role
from handlers.desk import Desk
from handlers.reasons import stored, worded
from storage import calendar, notes, projects
from storage import lights as kept_lights
from storage.tables import Matter, Milestone, Person, PolicyVersion, Project

LEADS = (Role.GENERAL_DISPATCHER, Role.GENERAL_COORDINATOR)
CHUNK = 500
"""Projects of one transaction, so that the writer is never held long."""
AHEAD = timedelta(minutes=30)
"""How long before working hours the lights are worked out anew: before the day's reminders are."""

# --- one project --------------------------------------------------------------------------------------------------------


def refresh(desk: Desk, project: Project, *, quiet: bool = False) -> bool:
    """Works out light and next look anew; notes a changed light in the log (unless `quiet`). Returns whether the light changed."""
    milestones = projects.milestones_of(desk.session, project.id)
    matters = projects.open_matters(desk.session, project.id) if project.matters else []
    standing = projects.light_standing(desk.session, project, milestones, matters, desk.now, desk.calendar)
    standing = filled(desk, {project.id: standing}, [project])[project.id]
    was, verdict = project.light, lights.light(standing, desk.today, desk.policy.light, desk.calendar)
    changed = _take(desk, project, verdict, milestones)
    projects.save(desk.session, project)
    if project.light is not was:
        keep(desk, project, was)
    if changed and not quiet:
        _note(desk, project, was, verdict)
    return changed


def filled(
    desk: Desk, standings: Mapping[int, Standing], rows: Sequence[Project], policy: LightPolicy | None = None, code: str = ""
) -> dict[int, Standing]:  # fmt: skip
    """With what the rule in force, or another, wants beside a project's own figures."""
    rule, name = policy or desk.policy.light, code or desk.policy.light_code
    return kept_lights.filled(
        desk.session, standings, rows, rule, name, desk.policy.file.stage.start, desk.today, desk.calendar.day
    )


def keep(desk: Desk, project: Project, was: Light) -> None:
    """One row for a light that changed, in the same transaction."""
    kept_lights.keep(
        desk.session, project.id, desk.today, desk.now, was, project.light, project.reasons, desk.policy.light_code
    )


def _take(desk: Desk, project: Project, verdict: Verdict, milestones: Sequence[Milestone]) -> bool:
    """Gives a project its light and next look. Returns whether the light, or being on plan, changed."""
    before = (project.light, project.on_plan)
    project.light, project.on_plan, project.reasons = verdict.light, verdict.on_plan, stored(verdict.reasons)
    _plan_look(desk, project, milestones)
    return before != (project.light, project.on_plan)


def _note(desk: Desk, project: Project, was: Light, verdict: Verdict) -> None:
    facts = {"from": was, "to": project.light, "reasons": project.reasons}
    desk.note("light.changed", project=project.id, facts=facts, rows=[project])
    if was is Light.RED and project.light is not Light.RED:
        desk.withdraw(f"red:{project.id}")
    elif was is not Light.RED and project.light is Light.RED and project.accepted_on is not None:
        _tell_leaders(desk, project, verdict)


def _tell_leaders(desk: Desk, project: Project, verdict: Verdict) -> None:
    """A light that is red by time or money is told to who leads the project, in their bundle: beside their own rung the one thing they
    hear of. A matter that makes it red comes up to them by its ladder."""
    red = stored(reason for reason in verdict.reasons[: verdict.reds] if reason.code != "matter_climbed")
    assigned = desk.assigned(project.id) if red else {}
    for person in dict.fromkeys(one for role in LEADS for one in assigned.get(role, ())[:1]):
        row = desk.session.get(Person, person)
        locale = row.locale if row else ""
        facts = {"number": project.number, "title": project.name, "reasons": worded(desk, red, locale)}
        desk.remind(
            person, "notice", key=f"red:{project.id}:{desk.today}:{person}", about=f"red:{project.id}", project=project.id,
            reason={"text": plain(desk.text("monday.red", locale, **facts))},
        )  # fmt: skip


def schedule(desk: Desk, project: Project, milestones: Sequence[Milestone] | None = None) -> None:
    """The first day on which cadence may have something to say. A project that was never looked at counts from yesterday on."""
    if milestones is None:
        milestones = projects.milestones_of(desk.session, project.id)
    _plan_look(desk, project, milestones)
    desk.session.flush()


def _plan_look(desk: Desk, project: Project, milestones: Sequence[Milestone]) -> None:
    watch = projects.watch(project, milestones, desk.today)
    if watch is None:
        project.next_look = None
        return
    project.looked_on = project.looked_on or desk.today - DAY
    project.next_look = cadence.next_look(watch, project.looked_on, desk.policy.report, desk.calendar)


# --- all of them --------------------------------------------------------------------------------------------------------


def morning(desk: Desk) -> bool:
    """Each working morning, and at once when policy or calendar changed: every project's light and next look. Returns whether there
    are more projects, for a transaction of its own."""
    kept = notes.value(desk.session, "morning") or {"day": "", "after": 0, "again": False}
    if kept["day"] != desk.today.isoformat():
        opens = desk.calendar.at(desk.today, desk.calendar.hours[0][0])
        if not kept["again"] and not (desk.calendar.is_workday(desk.today) and desk.now >= opens - AHEAD):
            return False
        kept = {"day": desk.today.isoformat(), "after": 0, "again": False}
    if kept["after"] is None:
        return False
    rows = projects.after(desk.session, kept["after"], CHUNK)
    was = {row.id: row.light for row in rows}
    changed = [
        (project, verdict)
        for project, verdict, milestones in _judged(desk, rows)
        if _take(desk, project, verdict, milestones)
    ]
    desk.session.flush()
    for project, verdict in changed:
        if project.light is not was[project.id]:
            keep(desk, project, was[project.id])
        _note(desk, project, was[project.id], verdict)
    kept["after"] = rows[-1].id if len(rows) == CHUNK else None
    notes.keep(desk.session, "morning", kept)
    return kept["after"] is not None


def _judged(
    desk: Desk, rows: Sequence[Project], policy: LightPolicy | None = None, code: str = ""
) -> list[tuple[Project, Verdict, list[Milestone]]]:
    """Projects with their light as of `desk.now`, from values in hand: a few statements for any number. policy, code: by another rule
    than the one in force."""
    milestones = projects.milestones(desk.session, [row.id for row in rows])
    matters = projects.matters_of(desk.session, [row.id for row in rows if row.matters])
    verdicts = judged(desk, rows, milestones, matters, policy, code)
    return [(row, verdict, milestones[row.id]) for row, verdict in zip(rows, verdicts, strict=True)]


def judged(
    desk: Desk, rows: Sequence[Project], milestones: Mapping[int, Sequence[Milestone]], matters: Mapping[int, Sequence[Matter]],
    policy: LightPolicy | None = None, code: str = "",
) -> list[Verdict]:  # fmt: skip
    """The lights of these projects as of `desk.now`, from the milestones and open matters given."""
    rule = policy or desk.policy.light
    plans = projects.plans(desk.session, [row.id for row in rows], desk.today.year)
    standings = {
        row.id: projects.light_standing_of(
            row, milestones[row.id], matters.get(row.id, ()), plans.get(row.id, {}), desk.now, desk.calendar
        )
        for row in rows
    }
    standings = filled(desk, standings, rows, policy, code)
    return [lights.light(standings[row.id], desk.today, rule, desk.calendar) for row in rows]


def by_rule(desk: Desk, policy: LightPolicy, code: str) -> Iterator[tuple[Project, Verdict, Verdict]]:
    """Every project with its light today by the rule in force, and by another (diaodu preview --lights)."""
    last = 0
    while rows := projects.after(desk.session, last, CHUNK):
        others = {row.id: verdict for row, verdict, _ in _judged(desk, rows, policy, code)}
        for project, verdict, _ in _judged(desk, rows):
            yield project, verdict, others[project.id]
        last = rows[-1].id


def as_of(desk: Desk) -> Iterator[tuple[Project, list[Milestone]]]:
    """Every project with the light it has, or will have, at `desk.now`, and its milestones. Lights are set in memory only: for a
    session that writes nothing."""
    last = 0
    while rows := projects.after(desk.session, last, CHUNK):
        for project, verdict, milestones in _judged(desk, rows):
            project.light, project.on_plan, project.reasons = verdict.light, verdict.on_plan, stored(verdict.reasons)
            yield project, milestones
        last = rows[-1].id


def rules_in_force(desk: Desk) -> None:
    """At the start: keeps the policy in force, and has every project looked at anew where policy or calendar changed since."""
    policy = desk.policy
    if desk.session.get(PolicyVersion, policy.hash) is None:
        desk.session.add(PolicyVersion(hash=policy.hash, text=policy.text, since=desk.now))
        desk.session.flush()
        desk.note("policy.in_force", facts={"hash": policy.hash})
    days = sorted((day.isoformat(), working) for day, working in calendar.overrides(desk.session).items())
    rules = hashlib.sha256(f"{policy.hash} {days}".encode()).hexdigest()
    if notes.value(desk.session, "rules") != rules:
        notes.keep(desk.session, "rules", rules)
        look_again(desk)


def look_again(desk: Desk) -> None:
    """Has every project looked at anew by the next tick."""
    blank: dict[str, Any] = {"day": "", "after": 0, "again": True}
    notes.keep(desk.session, "morning", blank)
