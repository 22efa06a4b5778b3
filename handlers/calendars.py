"""What stands in somebody's calendar (000: 时间表): the milestones of their projects, the limits of the matters that lie with them, and the
days their reports are due; or all that one project has. Worked out anew each time it is fetched, from what they may see on that day."""

from collections.abc import Iterable, Iterator, Sequence

from bot.messages import plain
from bot.rules import cadence
from bot.rules.entitlement import Action
from bot.rules.icalendar import Event, calendar
from handlers import matters as named
from handlers.desk import Desk
from storage import matters, people, projects
from storage.tables import CalendarLink, Matter, Milestone, Person, Project


def text(desk: Desk, link: CalendarLink) -> str:
    """The calendar of a link, as RFC 5545 has it."""
    reader = desk.session.get(Person, link.person)
    locale = reader.locale if reader else ""
    if link.project is None:
        name = desk.text("calendar.name", locale, person=people.name_of(desk.session, link.person), project=None)
        events = list(of_person(desk, link.person, locale))
    else:
        project = projects.by_id(desk.session, link.project)
        seen = project is not None and project.left_on is None and desk.may(link.person, Action.SEE, link.project)
        name = desk.text("calendar.name", locale, person="", project=project if seen else None)
        events = list(of_project(desk, link.person, project, locale)) if seen and project is not None else []
    return calendar(plain(name).strip(), events, desk.now, str(desk.house.texts.zone))


def of_person(desk: Desk, person: int, locale: str) -> Iterator[Event]:
    """Of the projects they have a role in, and of the matters they have to answer."""
    standing = desk.standing(person)
    mine = [row for row in projects.by_ids(desk.session, standing.roles) if row.left_on is None]
    milestones = projects.milestones(desk.session, [row.id for row in mine]) if mine else {}
    for row in mine:
        yield from _milestones(desk, row, milestones[row.id], locale)
        if row.id in standing.reports:
            yield from _report(desk, row, locale)
    yield from _matters(desk, matters.waiting_for(desk.session, person), locale)


def of_project(desk: Desk, person: int, row: Project, locale: str) -> Iterator[Event]:
    """All its milestones, and its open matters: for who sees it from inside all of them, else their own."""
    yield from _milestones(desk, row, projects.milestones_of(desk.session, row.id), locale)
    inner, concerned = desk.may(person, Action.LIGHTS, row.id), desk.standing(person).matters
    yield from _matters(
        desk, [one for one in projects.open_matters(desk.session, row.id) if inner or one.id in concerned], locale
    )


def _milestones(desk: Desk, row: Project, found: Iterable[Milestone], locale: str) -> Iterator[Event]:
    for one in found:
        if one.due is not None:
            title = desk.text("calendar.milestone", locale, milestone=one, project=row)
            details = desk.text("calendar.milestone_details", locale, milestone=one, project=row)
            yield Event(
                f"milestone-{one.id}@diaodu",
                one.due,
                _line(title),
                plain(details).strip(),
                _line(desk.text("calendar.milestones", locale)),
            )


def _report(desk: Desk, row: Project, locale: str) -> Iterator[Event]:
    """The next report that is wanted."""
    if row.accepted_on is None or (row.paused_until is not None and row.paused_until >= desk.today):
        return
    kind = cadence.cadence_of(row.level, row.light, desk.policy.report)
    period = cadence.outstanding(desk.today, kind, row.as_of, row.accepted_on, desk.policy.report, desk.calendar)
    if period is not None:
        title = desk.text("calendar.report", locale, project=row, cadence=kind)
        yield Event(
            f"report-{row.id}-{period.key}@diaodu",
            period.due,
            _line(title),
            "",
            _line(desk.text("calendar.reports", locale)),
        )


def _matters(desk: Desk, found: Sequence[Matter], locale: str) -> Iterator[Event]:
    """Whose clock runs: by when the next word on them is due."""
    for one in found:
        if one.state.working:
            number = named.number_of(desk, one)
            title = desk.text("calendar.matter", locale, number=number, title=named.title_of(desk, one, locale))
            yield Event(
                f"matter-{one.id}@diaodu",
                one.due_at,
                _line(title),
                desk.readable(one.words),
                _line(desk.text("calendar.matters", locale)),
            )


def _line(text: str) -> str:
    return " ".join(plain(text).split())
