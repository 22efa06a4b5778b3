"""稍后提醒: putting one thing off until a moment of today, or another working day's bundle."""

from datetime import date, datetime, timedelta

from bot.rules.calendar import DAY
from handlers import todo
from handlers.desk import Desk, Turn
from handlers.waiting import Entry
from storage import nudges
from storage.tables import Outbox

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


def ask(turn: Turn) -> None:
    """稍后提醒: asks until when."""
    entry = next((one for one in todo.listed_now(turn) if one.key == turn.args["entry"]), None)
    if entry is None:
        turn.toast = turn.words("todo.gone")
        todo.again(turn)
        return
    place = {"list": turn.args["list"], "entry": entry.key}
    keys = [
        turn.key(label, "todo.put_off", day=day.isoformat(), at=at and at.isoformat(), **place)
        for label, (day, at) in moments(turn).items()
    ]
    todo.again(turn, entry.key)
    turn.reply("todo.until_when", [keys[:3], keys[3:]], name=entry.name, what=entry.what)


def put_off(turn: Turn) -> None:
    """The chosen time is remembered; the thing leaves the list until then. A time that has passed meanwhile is asked for again."""
    entry = next((one for one in todo.listed_now(turn) if one.key == turn.args["entry"]), None)
    day, at = date.fromisoformat(turn.args["day"]), turn.args["at"] and datetime.fromisoformat(turn.args["at"])
    if entry is None:
        turn.reply("todo.gone")
        return
    if day < turn.today or (at and at <= turn.now):
        ask(turn)
        return
    items = todo.rows_of(turn, entry)
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
