"""What follows from a change in a project: its light, and when the clock should look at it again."""

from collections.abc import Sequence

from sqlmodel import Session

from bot.rules import cadence, lights
from handlers.desk import Desk
from handlers.reasons import stored
from storage import projects
from storage.tables import Milestone, Project


def refresh(desk: Desk, project: Project, *, quiet: bool = False) -> bool:
    """Works out light and next look anew; notes a changed light in the log (unless `quiet`). Returns whether the light changed."""
    milestones = projects.milestones(desk.session, [project.id])[project.id]
    matters = projects.open_matters(desk.session, project.id) if project.matters else []
    standing = projects.light_standing(desk.session, project, milestones, matters, desk.now, desk.calendar)
    verdict = lights.light(standing, desk.today, desk.policy.light, desk.calendar)
    before = (project.light, project.on_plan)
    project.light, project.on_plan, project.reasons = verdict.light, verdict.on_plan, stored(verdict.reasons)
    schedule(desk, project, milestones)
    changed = before != (project.light, project.on_plan)
    if changed and not quiet:
        desk.note(
            "light.changed",
            project=project.id,
            facts={"from": before[0], "to": project.light, "reasons": project.reasons},
            rows=[project],
        )
    return changed


def schedule(desk: Desk, project: Project, milestones: Sequence[Milestone] | None = None) -> None:
    """The first day on which cadence may have something to say."""
    if milestones is None:
        milestones = projects.milestones(desk.session, [project.id])[project.id]
    watch = projects.watch(project, milestones, desk.today)
    looked = project.looked_on or desk.today
    project.next_look = cadence.next_look(watch, looked, desk.policy.report, desk.calendar) if watch else None
    desk.session.flush()


def refresh_all(desk: Desk, session: Session) -> int:
    """Every project's light and next look: each working morning, and when policy or calendar changed. Returns how many lights changed."""
    return sum(refresh(desk, project) for project in projects.everything(session))
