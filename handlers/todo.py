"""What waits for a person: the bundled card of a working day (今日待办), the same list on demand, and putting things off (稍后提醒)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.messages import Button, Card, plain
from bot.rules import cadence
from bot.rules.cadence import Period
from bot.rules.calendar import DAY
from bot.rules.entitlement import Action, nudged_for
from bot.rules.words import MessageClass, Source
from handlers import reports
from handlers.desk import Desk, Turn
from storage import matters, nudges, projects
from storage.tables import Milestone, NudgeRow, Outbox, Person, Project

PAGE = 8
"""Things on one card."""
ROOM = 1400
"""Characters of one card."""
WORDS = 400
"""Characters of what somebody else wrote, in a list."""
ASKING = ("report", "milestone")
"""Kinds answered by a report."""
TEN_DAYS = ("first", "middle", "last")

# --- one thing to do ----------------------------------------------------------------------------------------------------


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
            entries.append(replace(entry, item=row))
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
    calm = days >= 0 and reports.on_plan_allowed(desk, project)
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
    what = desk.text("nudge.milestone", locale, milestone=milestone.name, due=milestone.due, days=days)
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


# --- the card -----------------------------------------------------------------------------------------------------------


def draw(desk: Desk, entries: Sequence[Entry], locale: str, head: str, listed: int, at: str = "") -> Card:
    """A page of things as a card: its buttons are for the thing `at` (its key), else for the first that has any.

    head: its first line. listed: the bundle, 0 for the list on demand.
    """
    actionable = [entry for entry in entries if entry.actionable]
    current = next((entry for entry in actionable if entry.key == at), actionable[0] if actionable else None)
    first = entries.index(current) // PAGE * PAGE if current else 0
    shown, lines = _page(desk, entries, locale, first, current)
    rest = len(entries) - len(shown)
    foot = []
    if rest:
        foot.append(
            desk.text(
                "nudge.more" if listed else "nudge.page",
                locale,
                rest=rest,
                first=first + 1,
                last=first + len(shown),
                count=len(entries),
            )
        )
    if current and len(actionable) > 1:
        foot.append(desk.text("nudge.acts", locale, number=entries.index(current) + 1))
    rows = _rows(desk, entries, shown, current, locale, listed) if current else []
    return Card("\n".join([head, *lines, *foot]), tuple(tuple(row) for row in rows if row))


def _page(
    desk: Desk, entries: Sequence[Entry], locale: str, first: int, current: Entry | None
) -> tuple[list[Entry], list[str]]:
    """What fits: at most a page, and no more characters than one card has room for; names are never cut."""
    shown: list[Entry] = []
    lines: list[str] = []
    for entry in entries[first : first + PAGE]:
        more = []
        if entry.calm and not any(one.calm for one in shown):
            more.append(desk.text("nudge.on_plan", locale))
        facts = {"name": entry.name, "what": entry.what, "last": entry.last, "late": entry.late, "calm": entry.calm}
        until = _until(desk, entry, locale)
        more.append(
            desk.text(
                "nudge.line", locale, number=first + len(shown) + 1, current=entry is current, until=until, **facts
            )
        )
        if shown and sum(map(len, [*lines, *more])) > ROOM:
            break
        shown.append(entry)
        lines += more
    return shown, lines


def _until(desk: Desk, entry: Entry, locale: str) -> str:
    """When a thing that was put off comes back."""
    row = entry.item
    if (
        row is None
        or row.state != "open"
        or not (row.day > desk.today or (row.later_until and row.later_until > desk.now))
    ):
        return ""
    return plain(desk.text("todo.when", locale, day=row.day, at=row.later_until))


def _rows(
    desk: Desk, entries: Sequence[Entry], shown: Sequence[Entry], current: Entry, locale: str, listed: int
) -> list[list[Button]]:
    """At most six buttons: what may be done with the current thing, then the ways around the list."""
    keys = [_wrapped(button, current, listed) for button in buttons_of(desk, current, locale)]
    place = {"list": listed, "entry": current.key}
    if current.kind in ASKING:
        keys.append(desk.button("later", "todo.later", locale, **place))
    ways = []
    actionable = [entry for entry in entries if entry.actionable]
    if len(actionable) > 1:
        after = actionable[(actionable.index(current) + 1) % len(actionable)]
        ways.append(desk.button("next_item", "todo.next", locale, list=listed, at=after.key))
    calm = [entry.project.id for entry in shown if entry.calm and entry.project]
    if len(calm) > 1:
        ways.append(desk.button("all_on_plan", "todo.all_on_plan", locale, list=listed, projects=calm))
    if len(shown) < len(entries):
        ways.append(_onward(desk, entries, shown, locale, listed))
        keys = [button for button in keys if button.args.get("action") != "blocker.start"]
    keys = [*keys[: 6 - len(ways)], *ways]
    return [keys[:3], keys[3:]]


def _onward(desk: Desk, entries: Sequence[Entry], shown: Sequence[Entry], locale: str, listed: int) -> Button:
    """From a bundle to the whole list, in the list to its next page."""
    if listed:
        return desk.button("todo", "todo.show", locale)
    after = (entries.index(shown[-1]) + 1) % len(entries)
    at = next((entry.key for entry in entries[after:] if entry.actionable), "")
    return desk.button("more", "todo.next", locale, list=0, at=at)


def buttons_of(desk: Desk, entry: Entry, locale: str) -> list[Button]:
    """What may be done with one thing."""
    if entry.kind in ASKING and entry.project:
        return reports.buttons_for(desk, entry.project, locale)
    if entry.item is None:
        return []
    if entry.item.matter is not None:
        buttons: list[Button] = _matters().item_buttons(desk, entry.item, locale)
        return buttons
    return _card_buttons(entry.item)


def _wrapped(button: Button, entry: Entry, listed: int) -> Button:
    """A button that does the same beside the list, which stays and moves on."""
    args = {"list": listed, "entry": entry.key, "action": button.action, "args": button.args}
    return Button(button.label, "todo.press", args, style=button.style)


# --- bundles ------------------------------------------------------------------------------------------------------------


def bundle_card(desk: Desk, row: Outbox) -> Card | None:
    """A bundle as it stands now. None: nothing of it is left before it was ever sent. Once sent it says that all is done."""
    person = desk.session.get(Person, row.person)
    if person is None:
        return None
    bundle = row.edits or row.id
    entries = of_items(desk, person.id, nudges.of_bundle(desk.session, person.id, bundle), person.locale)
    if not entries:
        calm = desk.text("nudge.calm", person.locale, name=person.name, put_off=bool(row.facts.get("put_off")))
        return Card(calm) if row.edits else None
    head = desk.text(
        "nudge.head", person.locale, name=person.name, count=len(entries), later=bool(row.facts.get("later"))
    )
    return draw(desk, entries, person.locale, head, bundle)


# --- the list on demand -------------------------------------------------------------------------------------------------


def waiting(desk: Desk, person: int, locale: str) -> list[Entry]:
    """Everything that waits for a person now: items, bundled or not, reports that are due, milestones that are near, matters."""
    rows = [row for row in nudges.of_person(desk.session, person) if _current(desk, row)]
    rows += [_as_item(matter.id, matter.project, person, desk) for matter in matters.waiting_for(desk.session, person)]
    entries = {entry.key: entry for entry in of_items(desk, person, rows, locale)}
    mine = projects.by_ids(desk.session, desk.standing(person).reports)
    milestones = projects.milestones(desk.session, [row.id for row in mine])
    asked = nudges.asked_before(desk.session, [row.id for row in mine], desk.today + DAY)
    for project in mine:
        for entry in _due(desk, person, project, milestones[project.id], locale):
            # The light has turned only since: nobody has missed what nobody was asked for.
            if not (entry.kind == "report" and entry.late) or entry.occasion in asked:
                entries.setdefault(entry.key, entry)
    return sorted(entries.values(), key=lambda entry: entry.rank)


def _current(desk: Desk, row: NudgeRow) -> bool:
    """What was told once is not told again the next day."""
    return row.kind not in ("notice", "missed_report") or row.state == "open" or row.day >= desk.today


def _as_item(matter: int, project: int, person: int, desk: Desk) -> NudgeRow:
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


def show(turn: Turn) -> None:
    """今日待办: everything that waits, at any hour."""
    _show(turn, "")


def _show(turn: Turn, at: str) -> None:
    """The list on demand, in the place of the card that was pressed."""
    entries = waiting(turn, turn.person, turn.locale)
    assert turn.known is not None
    if entries:
        head = turn.words("nudge.head", name=turn.known.name, count=len(entries), later=False)
        card = draw(turn, entries, turn.locale, head, 0, at)
    else:
        card = Card(turn.words("todo.nothing"))
    turn.say(MessageClass.ANSWER, card, person=turn.person, address=turn.incoming.address, edits=turn.pressed)
    turn.pressed = None


# --- presses ------------------------------------------------------------------------------------------------------------


def _listed(turn: Turn) -> list[Entry]:
    """The list whose button was pressed, as it stands now."""
    if not turn.args["list"]:
        return waiting(turn, turn.person, turn.locale)
    return of_items(turn, turn.person, nudges.of_bundle(turn.session, turn.person, turn.args["list"]), turn.locale)


def _again(turn: Turn, at: str = "") -> None:
    """The list with fresh buttons, in its place; what follows is said beside it."""
    if turn.args["list"]:
        turn.redraw(turn.args["list"])
    elif turn.pressed:
        _show(turn, at)
    turn.pressed = None


def press(turn: Turn) -> None:
    """Does what the button says beside the list; the list stays, and moves on once the thing is dealt with."""
    from handlers import routes

    entries = _listed(turn)
    entry = next((one for one in entries if one.key == turn.args["entry"]), None)
    if entry is None:
        turn.toast = turn.words("todo.gone")
        _again(turn)
        return
    listed, pressed, action = turn.args["list"], turn.pressed, turn.args["action"]
    dealt_with = _deals_with(turn, entry, action)
    if dealt_with:
        nudges.settle(turn.session, _rows_of(turn, entry))
    else:
        _again(turn, entry.key)
    turn.args, turn.pressed = dict(turn.args["args"]), None
    routes.BUTTONS[action](turn)
    if dealt_with:
        turn.args, turn.pressed = {"list": listed}, pressed
        _again(turn, entries[(entries.index(entry) + 1) % len(entries)].key)


def _deals_with(turn: Turn, entry: Entry, action: str) -> bool:
    """Whether this press is all there was to do. Matters take themselves off the list."""
    if action == "report.on_plan" and entry.project:
        return reports.on_plan_allowed(turn, entry.project)
    return entry.item is not None and "card" in entry.item.reason


def _rows_of(turn: Turn, entry: Entry) -> list[int]:
    """The items behind an entry: all about the same thing."""
    if entry.item is not None and entry.key.startswith("item:"):
        return [entry.item.id]
    return nudges.about_for(turn.session, turn.person, entry.key)


def go_on(turn: Turn) -> None:
    """下一项, 更多: the buttons are for another thing of the list."""
    entries, listed = _listed(turn), turn.args["list"]
    row = turn.session.get(Outbox, listed) if listed else None
    if row is None or not entries:
        _show(turn, turn.args["at"])
        return
    assert turn.known is not None
    later = bool(row.facts.get("later"))
    head = turn.words("nudge.head", name=turn.known.name, count=len(entries), later=later)
    card = draw(turn, entries, turn.locale, head, listed, turn.args["at"])
    turn.say(MessageClass.ANSWER, card, person=turn.person, address=turn.incoming.address, edits=turn.pressed)
    turn.pressed = None


def all_on_plan(turn: Turn) -> None:
    """全部按计划推进: a report of its own for each project shown that is on plan and still wants one."""
    written = []
    for project in projects.by_ids(turn.session, turn.args["projects"]):
        entry = of_report(turn, turn.person, project, turn.locale)
        if entry and entry.calm:
            reports.write(turn, project, person=turn.person, source=Source.ON_PLAN)
            written.append(project.name)
    listed, pressed = turn.args["list"], turn.pressed
    if written:
        turn.pressed = None
        turn.reply("todo.all_written", names=written)
    else:
        turn.toast = turn.words("todo.gone")
    turn.args, turn.pressed = {"list": listed}, pressed
    _again(turn)


# --- putting off --------------------------------------------------------------------------------------------------------

Moment = tuple[date, datetime | None]
"""A day whose bundle brings a thing back, or a moment of that day."""


def moments(desk: Desk) -> dict[str, Moment]:
    """Until when a thing can be put off now, by the label of its button: only what lies within working hours and makes sense."""
    calendar, today = desk.calendar, desk.today
    tomorrow, following = today + DAY, calendar.next_workday(today)
    monday = today + (7 - today.weekday()) * DAY
    found: dict[str, Moment] = {}
    if calendar.in_hours(desk.now + timedelta(hours=1)) and calendar.day(desk.now + timedelta(hours=1)) == today:
        found["later_hour"] = (today, desk.now + timedelta(hours=1))
    if calendar.is_workday(today) and len(calendar.hours) > 1:
        afternoon = calendar.at(today, calendar.hours[-1][0]) + timedelta(minutes=30)
        if afternoon > desk.now and calendar.in_hours(afternoon):
            found["later_afternoon"] = (today, afternoon)
    if following == tomorrow:
        found["later_tomorrow"] = (tomorrow, None)
    if calendar.is_workday(monday) and monday != tomorrow:
        found["later_monday"] = (monday, None)
    if following not in (tomorrow, monday):
        found["later_workday"] = (following, None)
    return found


def later(turn: Turn) -> None:
    """稍后提醒: asks until when."""
    entry = next((one for one in _listed(turn) if one.key == turn.args["entry"]), None)
    if entry is None:
        turn.toast = turn.words("todo.gone")
        _again(turn)
        return
    place = {"list": turn.args["list"], "entry": entry.key}
    keys = [
        turn.key(label, "todo.put_off", day=day.isoformat(), at=at and at.isoformat(), **place)
        for label, (day, at) in moments(turn).items()
    ]
    _again(turn, entry.key)
    turn.reply("todo.until_when", [keys[:3], keys[3:]], name=entry.name, what=entry.what)


def put_off(turn: Turn) -> None:
    """The chosen time is remembered; the thing leaves the list until then."""
    entry = next((one for one in _listed(turn) if one.key == turn.args["entry"]), None)
    day, at = date.fromisoformat(turn.args["day"]), turn.args["at"] and datetime.fromisoformat(turn.args["at"])
    if entry is None:
        turn.reply("todo.gone")
        return
    items = _rows_of(turn, entry)
    if items:
        nudges.postpone(turn.session, items, day, at)
    else:
        _keep(turn, entry, day, at)
    turn.reply("todo.put_off", name=entry.name, day=day, at=at)
    bundle = turn.session.get(Outbox, turn.args["list"]) if turn.args["list"] else None
    if bundle:
        bundle.facts = {**bundle.facts, "put_off": True}
        turn.redraw(bundle.id)


def _keep(turn: Turn, entry: Entry, day: date, at: datetime | None) -> None:
    """Lays down an item for a thing of the list that had none."""
    kind = "report_due" if entry.kind == "report" else "milestone_due"
    values = {
        "project": entry.project and entry.project.id, "milestone": entry.milestone and entry.milestone.id, "about": entry.key,
        "later_until": at,
    }  # fmt: skip
    key = f"later:{turn.person}:{entry.key}:{turn.now.isoformat()}"
    nudges.add(turn.session, [nudges.row(turn.session, turn.person, kind, key, day, turn.now, **values)])
