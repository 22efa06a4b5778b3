"""Nudging (提醒): what the clock asks of a working day, who gets their bundle when, and what that would be on a day to come.

001 (无事勿扰、重点盯靠), 002 (旬汇报). What is due is worked out by `bot.rules.cadence`; what a bundle shows by `handlers.todo`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from bot.rules import cadence
from bot.rules.calendar import DAY, WorkCalendar
from bot.rules.entitlement import nudged_for
from bot.rules.words import Post, Role
from handlers import mondays, waiting, watching
from handlers.desk import Desk
from storage import delegation, entitlement, notes, nudges, people, projects
from storage.nudges import Bundle, Due
from storage.tables import NudgeRow, Person

AHEAD = timedelta(minutes=15)
"""How long before working hours, and so before the earliest bundle, the day's items are laid down."""
CHUNK = 2000
"""Projects, or persons, of one transaction, so that the writer is never held long."""
KEEP_DAYS = 60
"""What was shown and never taken up is over after so many days: its buttons are, too."""
WARN_MONTH = 11
"""The State Council's notice for a year comes in November of the year before."""

# --- the tick -----------------------------------------------------------------------------------------------------------


@dataclass
class Look:
    """The look at a working day. before: the last day before it on which everything was looked at (date.min: none yet); at: when all
    of this one was."""

    day: date
    before: date
    at: datetime | None


def run(desk: Desk) -> bool:
    """Each minute of a working day: lays down what is to be reminded of, then the bundles whose hour has come. Run twice, late or
    after an outage it says nothing twice. Returns whether more is waiting, for a transaction of its own."""
    if not desk.calendar.is_workday(desk.today) or desk.now < opening(desk, desk.today) - AHEAD:
        return False
    look = _look(desk)
    if lay_down(desk, look):
        return True
    if look.at is None:
        _tidy(desk)
        mondays.lay_down(desk, look.before)
        look.at = desk.now
        _remember(desk, look)
    if not desk.calendar.in_hours(desk.now):
        return False
    stand_in(desk)
    _come_back(desk)
    return _bundle(desk, look.at)


def opening(desk: Desk, day: date) -> datetime:
    """When the working hours of a day begin."""
    return desk.calendar.at(day, desk.calendar.hours[0][0])


def _look(desk: Desk) -> Look:
    """Today's look; begun anew where the last one was another day's."""
    kept = notes.value(desk.session, "nudges")
    if kept is None:
        return Look(desk.today, date.min, None)
    look = Look(
        date.fromisoformat(kept["day"]),
        date.fromisoformat(kept["before"]),
        kept["at"] and datetime.fromisoformat(kept["at"]),
    )
    if look.day == desk.today:
        return look
    return Look(desk.today, look.day if look.at else look.before, None)


def _remember(desk: Desk, look: Look) -> None:
    values = {"day": look.day.isoformat(), "before": look.before.isoformat(), "at": look.at and look.at.isoformat()}
    notes.keep(desk.session, "nudges", values)


def lay_down(desk: Desk, look: Look) -> bool:
    """Items for the first projects whose next look has come. Returns whether there are more of them.

    What comes up after the day's look (a light has turned) waits for the next working day.
    """
    found = nudges.due(desk.session, desk.today, CHUNK)
    if not found:
        return False
    day = desk.today if look.at is None else desk.calendar.next_workday(desk.today)
    items = [*reminders(desk, found, look.before), *_fair(desk, misses(desk, found, look.before))]
    nudges.add(desk.session, [nudges.row(desk.session, day=day, now=desk.now, **item) for item in items])
    rules, calendar, today = desk.policy.report, desk.calendar, desk.today
    nudges.looked(
        desk.session,
        today,
        [(one.watch.project, cadence.next_look(one.watch, today, rules, calendar)) for one in found],
    )
    return len(found) == CHUNK


def reminders(desk: Desk, found: Iterable[Due], before: date) -> list[dict[str, Any]]:
    """What whoever reports these projects is to be reminded of today, where the day looked at last was `before`. The reason is not
    kept with it: it is worked out anew whenever it is shown."""
    rules, calendar, today = desk.policy.report, desk.calendar, desk.today
    items = []
    for one in found:
        for nudge in cadence.nudges_since(one.watch, _last(one, before, today), today, rules, calendar):
            about = f"report:{nudge.project}" if nudge.milestone is None else f"milestone:{nudge.milestone}"
            item = {
                "kind": nudge.kind,
                "key": nudge.key,
                "project": nudge.project,
                "milestone": nudge.milestone,
                "about": about,
            }
            items += [{**item, "person": person} for person in nudged_for(one.assigned)]
    return items


def misses(desk: Desk, found: Iterable[Due], before: date) -> list[dict[str, Any]]:
    """Missed reports: each goes once to the deputy head (else head) of the leading unit, and stops there."""
    rules, calendar, today = desk.policy.report, desk.calendar, desk.today
    missed = [
        (one, period)
        for one in found
        if (period := cadence.missed_since(one.watch, _last(one, before, today), today, rules, calendar))
    ]
    heads = nudges.heads(desk.session, today) if missed else {}
    return [
        {
            "person": heads[one.unit], "kind": "missed_report", "key": f"missed:{one.watch.project}:{period.key}", "project": one.watch.project,
            "about": f"missed:{one.watch.project}", "reason": {"period": period.key, "due": period.due.isoformat()},
        }
        for one, period in missed
        if one.unit in heads and heads[one.unit] not in nudged_for(one.assigned)
    ]  # fmt: skip


def _last(one: Due, before: date, today: date) -> date:
    """The last day whose occasions for this project are dealt with. One that was not due on a day when all were looked at had none
    then, so that a light which has turned since does not bring back what lies before."""
    return max(one.looked_on or today - DAY, before)


def _fair(desk: Desk, missed: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nobody is told on who was not asked on an earlier day: because the service was down, or the light has only just turned."""
    if not missed:
        return []
    asked = nudges.asked_before(desk.session, [item["project"] for item in missed], desk.today)
    return [item for item in missed if "report" + item["key"].removeprefix("missed") in asked]


def _tidy(desk: Desk) -> None:
    """Once a working day: what never arrived waits anew, what is old is over, what was handed over goes to who has it now."""
    nudges.reopen(desk.session)
    nudges.forget(desk.session, desk.today - timedelta(days=KEEP_DAYS))
    _hand_over(desk, nudges.of_projects(desk.session))
    _warn_of_calendar(desk)


def _hand_over(desk: Desk, items: Sequence[tuple[int, int, int, int | None]]) -> None:
    """Items (item, person, project, bundle) of a project that somebody else reports by now go to them."""
    wanted = list({project for _, _, project, _ in items})
    assigned: dict[int, dict[Role, tuple[int, ...]]] = {}
    for at in range(0, len(wanted), CHUNK):
        assigned |= entitlement.assigned_to(desk.session, wanted[at : at + CHUNK], desk.today)
    moves: dict[int, int | None] = {}
    for item, person, project, bundle in items:
        to = nudged_for(assigned[project])
        if person not in to:
            moves[item] = to[0] if to else None
            if bundle is not None:
                desk.redraw(bundle)
    nudges.move(desk.session, moves)


def stand_in(desk: Desk, *deputies: int) -> None:
    """Items of those who are away go to whoever stands in for them today, and back (委托); deputies: those who were until now."""
    named = delegation.deputies(desk.session, desk.today)
    if not named and not deputies:
        return
    moves = []
    for held in nudges.held_for(desk.session, named, {*named.values(), *deputies}):
        to = desk.deputy_of(held.meant, held.matter)
        if to != held.person:
            moves.append((held, to))
    nudges.give(desk.session, moves)
    for held, _ in moves:
        if held.bundle is not None:
            desk.redraw(held.bundle)


def _warn_of_calendar(desk: Desk) -> None:
    """From November on the administrators are told once that next year's working days are not known yet."""
    year = desk.today.year + (desk.today.month >= WARN_MONTH)
    if not desk.calendar.estimated(date(year, 6, 1)):
        return
    for administrator, _ in people.everyone_with(desk.session, Post.ADMINISTRATOR, desk.today):
        text = desk.text("nudge.calendar", administrator.locale, year=year)
        desk.remind(
            administrator.id, "notice", key=f"calendar:{year}:{administrator.id}", about="", reason={"text": text}
        )


# --- bundles ------------------------------------------------------------------------------------------------------------


def bundle_at(desk: Desk, person: int, nudge_minute: int | None, day: date) -> datetime:
    """When a person's bundle comes on a working day: at their hour or the policy's, a few minutes later, the same every day;
    within working hours in any case."""
    hours = desk.policy.file.hours
    clock = hours.bundle if nudge_minute is None else time(nudge_minute // 60, nudge_minute % 60)
    return _hour(desk.calendar, day, clock, person * 7919 % (hours.jitter_minutes + 1))


@lru_cache(maxsize=4096)
def _hour(calendar: WorkCalendar, day: date, clock: time, minutes: int) -> datetime:
    """Many persons share one: so many minutes after a clock time, or at it, or when the hours begin."""
    wanted = calendar.at(day, clock)
    for moment in (wanted + timedelta(minutes=minutes), wanted):
        if calendar.in_hours(moment):
            return moment
    opens = calendar.next_opening(wanted)
    return opens if calendar.day(opens) == day else calendar.at(day, calendar.hours[-1][0])


def _bundle(desk: Desk, looked_at: datetime) -> bool:
    """One message to each person with something open whose hour has come and who had none today. Returns whether more are waiting."""
    midnight = desk.calendar.at(desk.today, time.min)
    hours = {
        one.person: (bundle_at(desk, one.person, one.nudge_minute, desk.today), _quiet(one.quiet_until, desk.today))
        for one in nudges.waiting(desk.session, desk.today, midnight)
    }
    ready = [person for person, (hour, _) in hours.items() if hour <= desk.now]
    if not ready:
        return False
    _hand_over(desk, nudges.of_projects(desk.session, ready[:CHUNK]))
    bundles: dict[int, Bundle] = {}
    for item in nudges.ripe(desk.session, ready[:CHUNK], desk.today, midnight):
        hour, quiet = hours[item.person]
        if item.created_at <= max(hour, looked_at) and not (quiet and item.kind != "hand"):
            key = nudges.bundle_key(item.person, desk.today)
            bundles.setdefault(item.person, Bundle(item.person, key, [])).items.append(item.item)
    _lay(desk, bundles.values())
    return len(ready) > CHUNK


def _come_back(desk: Desk) -> None:
    """What was put off to a moment of today comes back then, in one message for each person and moment."""
    bundles: dict[int, Bundle] = {}
    for item in nudges.come_back(desk.session, desk.calendar.at(desk.today, time.min), desk.now):
        if item.kind == "hand" or not _quiet(item.quiet_until, desk.today):
            key = f"later:{item.person}:{item.later_until.isoformat()}"
            bundles.setdefault(item.person, Bundle(item.person, key, [], {"later": True})).items.append(item.item)
    _lay(desk, bundles.values())


def _lay(desk: Desk, bundles: Iterable[Bundle]) -> None:
    """A bundle is for this working day: what could not be sent by its end waits for the next one."""
    closing = desk.calendar.at(desk.today, desk.calendar.hours[-1][1])
    nudges.lay(desk.session, list(bundles), desk.today, desk.now, closing)


def _quiet(until: date | None, day: date) -> bool:
    return until is not None and until >= day


# --- what would be told -------------------------------------------------------------------------------------------------


def preview(desk: Desk) -> list[dict[str, Any]]:
    """Who would be told what on the day of `desk.now`, on which channel, why and when. Nothing is written, a session that cannot
    write will do; it should be one of its own, for what it holds is forgotten.

    Each: person, unit, channel ("" where not bound), kind, project, reason (in words), at (local time). Worked out from how things
    stand now: as if every day before had been looked at, and nobody reported until then.
    """
    if not desk.calendar.is_workday(desk.today):
        return []
    with desk.session.no_autoflush:
        told = _told(desk)
    desk.session.expire_all()
    return sorted(told, key=lambda one: (one["at"], one["person"], one["unit"]))


def _told(desk: Desk) -> list[dict[str, Any]]:
    found = [
        Due(watch, None, project.lead_unit or project.unit, desk.assigned(project.id))
        for project, milestones in watching.as_of(desk)
        if (watch := projects.watch(project, milestones, desk.today))
    ]
    before = desk.today - DAY
    items = [*reminders(desk, found, before), *misses(desk, found, before), *mondays.due(desk)]
    there = nudges.known(desk.session, [item["key"] for item in items])
    rows = nudges.told_on(desk.session, desk.today)
    rows += [NudgeRow(id=0, day=desk.today, created_at=desk.now, **item) for item in items if item["key"] not in there]
    by_person: dict[int, list[NudgeRow]] = {}
    for row in rows:
        to = (
            nudged_for(desk.assigned(row.project))
            if row.project and row.kind in nudges.CADENCE
            else (row.acting_for or row.person,)
        )
        for person in to:
            deputy = (
                person if nudges.personal(row.kind, row.project, row.matter) else desk.deputy_of(person, row.matter)
            )
            by_person.setdefault(deputy, []).append(row)
    known, units = nudges.persons(desk.session), people.unit_names(desk.session)
    return [
        {**one, "unit": units.get(known[person].unit or 0, "")}
        for person, mine in by_person.items()
        if person in known
        for one in _in_words(desk, known[person], mine)
    ]


def _in_words(desk: Desk, person: Person, rows: Sequence[NudgeRow]) -> list[dict[str, Any]]:
    """What one person would be told."""
    quiet = _quiet(person.quiet_until, desk.today)
    account = people.account_of(desk.session, person.id)
    hour = bundle_at(desk, person.id, person.nudge_minute, desk.today)
    told = []
    for entry in waiting.of_items(desk, person.id, [row for row in rows if row.kind == "hand" or not quiet], ""):
        assert entry.item is not None
        told.append({
            "person": person.name, "channel": account.channel if account else "", "kind": entry.item.kind, "project": entry.name,
            "reason": entry.what, "at": desk.calendar.local(entry.item.later_until or hour).isoformat(timespec="minutes"),
        })  # fmt: skip
    return told
