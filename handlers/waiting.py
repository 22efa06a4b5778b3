"""What waits for a person: each thing as it stands now, with why it is here and how old the last figure is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.messages import Button, Card, plain
from bot.rules import cadence, evidence
from bot.rules.cadence import Period
from bot.rules.calendar import DAY
from bot.rules.entitlement import Action, nudged_for
from handlers import filing
from handlers.desk import Desk
from storage import matters, nudges, projects
from storage.tables import Milestone, NudgeRow, Person, Project

WORDS = 400
"""Characters of what somebody else wrote, in a list."""
ASKING = ("report", "milestone")
"""Kinds answered by a report."""
TEN_DAYS = ("first", "middle", "last")

# --- one thing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One thing that waits.

    key: its subject, the same in every list ("report:17"). rank: where it stands among others. what: in words, why it is here;
    last: the age of the last figure; both plain text. late: its limit has passed. calm: on plan, a tap will do. item: the row it
    comes from. actionable: there is something to press. occasion: of a report, its period, as keys of items begin.
    """

    key: str
    kind: str
    rank: tuple[int, date, int]
    name: str
    what: str
    last: str = ""
    late: bool = False
    calm: bool = False
    actionable: bool = True
    item: NudgeRow | None = None
    project: Project | None = None
    milestone: Milestone | None = None
    occasion: str = ""
    acting_for: int | None = None
    """Whose it is, where another stands in for them (委托)."""


def of_items(desk: Desk, person: int, rows: Iterable[NudgeRow], locale: str) -> list[Entry]:
    """The things behind these items as they stand now, the most pressing first. Left out is what has become pointless, and what the
    person may no longer see; of several items about one thing the newest counts."""
    newest = {_subject(row): row for row in rows}
    wanted_projects = {row.project for row in newest.values() if row.project}
    found = {row.id: row for row in projects.by_ids(desk.session, wanted_projects)}
    milestones = {row.id: row for rows in projects.milestones(desk.session, found).values() for row in rows}
    entries = []
    for key, row in newest.items():
        project, milestone = found.get(row.project or 0), milestones.get(row.milestone or 0)
        if row.milestone is not None:
            entry = of_milestone(desk, person, project, milestone, locale) if project and milestone else None
        elif row.kind == "report_due":
            entry = of_report(desk, person, project, locale) if project else None
        elif row.kind == "missed_report":
            entry = _of_miss(desk, person, project, row, locale) if project else None
        else:
            entry = _of_word(desk, person, key, project, row, locale)
        if entry:
            entries.append(
                replace(entry, item=row, acting_for=row.acting_for or (row.person if row.person != person else None))
            )
    return sorted(entries, key=lambda entry: entry.rank)


def _subject(row: NudgeRow) -> str:
    """What an item is about; notices stand for themselves, each with its own words."""
    return row.about if row.about and row.kind != "notice" else f"item:{row.id}"


def of_report(desk: Desk, person: int, project: Project, locale: str) -> Entry | None:
    """A report that is wanted, or was due and has not come. None where none is, or the person does not report this project."""
    period = wanted(desk, project)
    if period is None or project.id not in desk.standing(person).reports:
        return None
    days = desk.calendar.workdays_between(desk.today, period.due)
    calm = days >= 0 and filing.on_plan_allowed(desk, project)
    what = desk.text("nudge.report", locale, period=period_words(desk, period.key, locale), due=period.due, days=days)
    rank = (3 if calm else 1 if days < 0 else 2, period.due, project.number)
    return Entry(
        f"report:{project.id}",
        "report",
        rank,
        project.name,
        plain(what),
        _last(desk, project, locale),
        days < 0,
        calm,
        project=project,
        occasion=f"report:{project.id}:{period.key}",
    )


def wanted(desk: Desk, project: Project) -> Period | None:
    """The period for which a report is to be asked now: the one a report said today would count for, once its reminders have
    begun; else one that was missed."""
    if project.accepted_on is None or _paused(desk, project):
        return None
    rules, kind = desk.policy.report, cadence.cadence_of(project.level, project.light, desk.policy.report)
    period, _ = cadence.credit(desk.today, kind, project.as_of, rules, desk.calendar)
    horizon = max((*rules.remind_before, *rules.remind_on_plan), default=0)
    near = desk.calendar.workdays_between(desk.today, period.due) <= horizon and project.accepted_on <= period.due
    if near and not cadence.reported(period, project.as_of):
        return period
    return cadence.missed(desk.today, kind, project.as_of, project.accepted_on, rules, desk.calendar)


def of_milestone(desk: Desk, person: int, project: Project, milestone: Milestone, locale: str) -> Entry | None:
    """A milestone that is near or past its limit. None where it is done, or the person does not report this project."""
    if milestone.done_on or milestone.due is None or project.accepted_on is None or _paused(desk, project):
        return None
    if project.id not in desk.standing(person).reports:
        return None
    days = desk.calendar.workdays_between(desk.today, milestone.due)
    proof = evidence.asked_for(milestone.standard)
    what = desk.text("nudge.milestone", locale, milestone=milestone.name, due=milestone.due, days=days, proof=proof)
    rank = (1 if days < 0 else 2, milestone.due, project.number)
    return Entry(
        f"milestone:{milestone.id}", "milestone", rank, project.name, plain(what), _last(desk, project, locale), days < 0,
        project=project, milestone=milestone,
    )  # fmt: skip


def _of_miss(desk: Desk, person: int, project: Project, row: NudgeRow, locale: str) -> Entry | None:
    """A report of one's unit that did not come: told once, nothing to press."""
    if _paused(desk, project) or not desk.may(person, Action.REVIEW, project.id):
        return None
    asked = [desk.session.get(Person, one) for one in nudged_for(desk.assigned(project.id))]
    what = desk.text(
        "nudge.missed", locale, period=period_words(desk, row.reason["period"], locale), due=row.reason["due"],
        reporter=asked[0].name if asked and asked[0] else "", phone=asked[0].phone if asked and asked[0] else "",
    )  # fmt: skip
    last = _last(desk, project, locale)
    return Entry(row.about, "missed", (4, row.day, project.number), project.name, plain(what), last, actionable=False)


def _of_word(desk: Desk, person: int, key: str, project: Project | None, row: NudgeRow, locale: str) -> Entry | None:
    """A matter, another thing that was handed over outside working hours, or a notice: its own words."""
    matter = row.matter is not None and row.matter in desk.standing(person).matters
    if row.project is not None and not matter and not (project and desk.may(person, Action.SEE, project.id)):
        return None
    if row.matter is not None:
        text = _matters().item_line(desk, row, locale)
    elif row.kind == "orders":
        text = _mondays().orders_line(desk, row, locale)
    elif "card" in row.reason:
        text = Card.from_json(row.reason["card"]).text
    else:
        text = row.reason.get("text", "")
    words = _short(plain(text))
    actionable = row.kind != "notice" and (row.matter is not None or bool(_card_buttons(row)))
    return (
        Entry(key, "word", (0 if actionable else 5, row.day, row.id), "", words, actionable=actionable)
        if words
        else None
    )


def _short(text: str) -> str:
    """Whole lines, as many as a list has room for."""
    lines, room = [line.strip() for line in text.splitlines() if line.strip()], WORDS
    kept: list[str] = []
    for line in lines:
        room -= len(line)
        if room < 0:
            kept.append("…" if kept else f"{line[:WORDS]}…")
            break
        kept.append(line)
    return "\n".join(kept)


def _matters() -> Any:
    """The handlers of matters: they show their own items."""
    from handlers import matters as handlers_of_matters

    return handlers_of_matters


def _mondays() -> Any:
    """The handlers of a leader's Monday, likewise."""
    from handlers import mondays

    return mondays


def _card_buttons(row: NudgeRow) -> list[Button]:
    return list(Card.from_json(row.reason["card"]).buttons) if "card" in row.reason else []


def _paused(desk: Desk, project: Project) -> bool:
    return project.paused_until is not None and project.paused_until >= desk.today


def _last(desk: Desk, project: Project, locale: str) -> str:
    """How old the last figure is, and which it was."""
    age = (desk.today - project.as_of).days if project.as_of else None
    return plain(desk.text("nudge.last", locale, as_of=project.as_of, age=age, progress=project.progress))


def period_words(desk: Desk, key: str, locale: str) -> str:
    """ "2026-11", "2026-11-2", "2026-W47" as people say it."""
    year, _, rest = key.partition("-")
    if rest.startswith("W"):
        first = date.fromisocalendar(int(year), int(rest[1:]), 1)
        return plain(desk.text("nudge.week", locale, first=first, last=first + 6 * DAY))
    month, _, part = rest.partition("-")
    return plain(desk.text("nudge.month", locale, month=int(month), part=TEN_DAYS[int(part) - 1] if part else ""))


def buttons_of(desk: Desk, entry: Entry, locale: str) -> list[Button]:
    """What may be done with one thing."""
    if entry.kind in ASKING and entry.project:
        return filing.buttons_for(desk, entry.project, locale)
    if entry.item is None:
        return []
    if entry.item.matter is not None:
        buttons: list[Button] = _matters().item_buttons(desk, entry.item, locale)
        return buttons
    return _card_buttons(entry.item)


# --- everything ---------------------------------------------------------------------------------------------------------


def everything(desk: Desk, person: int, locale: str) -> list[Entry]:
    """Everything that waits for a person now: items, bundled or not, reports that are due, milestones that are near, matters."""
    others = desk.acts_for(person)
    rows = [
        row for row in nudges.of_persons(desk.session, (*others, person)) if _current(desk, row) and _for(row, person)
    ]
    for one in (*others, person):
        found = [
            matter
            for matter in matters.waiting_for(desk.session, one)
            if desk.deputy_of(one, matter.id) == person or one == person
        ]
        rows += [_as_item(matter.id, matter.project, one, desk) for matter in found]
    entries = {entry.key: entry for entry in of_items(desk, person, rows, locale)}
    mine = projects.by_ids(desk.session, desk.standing(person).reports)
    milestones = projects.milestones(desk.session, [row.id for row in mine])
    asked = nudges.asked_before(desk.session, [row.id for row in mine], desk.today + DAY)
    for project in mine:
        for entry in _due(desk, person, project, milestones[project.id], locale):
            # The light has turned only since: nobody has missed what nobody was asked for.
            if not (entry.kind == "report" and entry.late) or entry.occasion in asked:
                whose = desk.behalf(person, project=project.id) if others else None
                entries.setdefault(entry.key, replace(entry, acting_for=whose))
    return sorted(entries.values(), key=lambda entry: entry.rank)


def _for(row: NudgeRow, person: int) -> bool:
    """Of what others were told whom a person stands in for: all but what is theirs alone."""
    return row.person == person or not (
        nudges.personal(row.kind, row.project, row.matter) or row.reason.get(nudges.OWN)
    )


def _current(desk: Desk, row: NudgeRow) -> bool:
    """What was told once is not told again the next day."""
    return row.kind not in ("notice", "missed_report", "orders") or row.state == "open" or row.day >= desk.today


def _as_item(matter: int, project: int | None, person: int, desk: Desk) -> NudgeRow:
    """A matter as the item it might have been: never stored."""
    return NudgeRow(
        id=0, key="", person=person, kind="hand", day=desk.today, project=project, matter=matter, about=f"matter:{matter}", created_at=desk.now
    )  # fmt: skip


def _due(desk: Desk, person: int, project: Project, milestones: Sequence[Milestone], locale: str) -> list[Entry]:
    """The report and the milestones of one project that would be reminded of about now."""
    found = [of_report(desk, person, project, locale)]
    horizon = desk.calendar.add_workdays(desk.today, max(desk.policy.report.milestone_before, default=0))
    near = [row for row in milestones if row.due and row.due <= horizon and row.watched_from != projects.NEVER]
    found += [of_milestone(desk, person, project, row, locale) for row in near]
    return [entry for entry in found if entry]
