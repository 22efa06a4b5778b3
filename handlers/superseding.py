"""A correction counts: the project's figures are those of its reports as they stand now; the older entry stays where it is."""

from datetime import timedelta

from handlers import judging
from handlers.desk import Desk
from storage import doubts, projects, reports, spot_checks
from storage.tables import Milestone, Project, Report

BACK = timedelta(days=800)


def supersede(desk: Desk, project: Project, report: Report) -> list[Project | Milestone]:
    """Lets a correction count from the day of the report it puts right. Returns the rows that changed, for the log."""
    old = desk.session.get(Report, report.corrects)
    assert old is not None
    desk.session.flush()
    standing = reports.standing_of_project(desk.session, project.id, report.as_of - BACK)
    standing.sort(key=lambda row: (row.as_of, row.corrects or row.id))
    for row in standing:
        if row.progress is not None and row.as_of >= report.as_of:
            project.progress = row.progress
        if row.invested_year is not None and row.as_of >= (project.invested_as_of or report.as_of):
            project.invested_year, project.invested_as_of = row.invested_year, row.as_of
    changed: list[Project | Milestone] = [project, *_milestones(desk, project, old, report)]
    spot_checks.follow(desk.session, old.id, report.id)
    left = [row for row in doubts.of_report(desk.session, old.id) if row.state in ("open", "explained")]
    judging.settle(desk, project, left, "corrected", report.recorded_by or report.person or 0, quiet=True)
    return changed


def _milestones(desk: Desk, project: Project, old: Report, report: Report) -> list[Milestone]:
    """Those told as done in error are open again; those it adds are done."""
    changed = []
    rows = projects.milestones(desk.session, [project.id])[project.id]
    for row in rows:
        if row.id in old.milestones_done and row.id not in report.milestones_done and row.done_on is not None:
            row.done_on = None
            changed.append(row)
        elif row.id in report.milestones_done and row.done_on is None:
            row.done_on = report.as_of
            changed.append(row)
    return changed
