"""The summary of a work group: drafted, shown to the dispatcher, sent once each working day, and never made up for afterwards."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.messages import Button, Card
from bot.rules.calendar import DAY
from bot.rules.words import MessageClass, Post
from handlers import board, corrections, groups
from handlers.desk import Desk, Turn
from storage import entitlement, people, reports, summaries
from storage import groups as chats
from storage.tables import ChatGroup, Person, Summary

OPEN = ("draft", "held")
PUBLISHED = 60
"""Summaries of a group in which a figure that was put right is looked for."""
MISSED_DAYS = 10
"""So many days of an outage are noted one by one, the newest."""
REMIND_MINUTES = 30
"""A draft that waits for release is mentioned once more at the time of sending, or a little later; not in the middle of the night."""
DROP = re.compile(r"(?:去掉|去除|删掉|删|不要|drop)\s*第?\s*([\d\s,，、和]+)(?:条|项)?", re.IGNORECASE)
BELOW = re.compile(r"(?:放?下面|below)\s*[:：]?\s*", re.IGNORECASE)
RESTORE = ("还原", "恢复", "restore")

# --- the clock asks -------------------------------------------------------------------------------------------------------


def look(desk: Desk) -> None:
    """Drafts what is due, sends what is due, and notes what was missed."""
    if not desk.calendar.is_workday(desk.today):
        return
    part = desk.policy.file.summary
    drafting, sending = desk.calendar.at(desk.today, part.draft_at), desk.calendar.at(desk.today, part.send_at)
    done, last = summaries.of_day(desk.session, desk.today), summaries.last_days(desk.session)
    _close_old(desk)
    for group in chats.active_groups(desk.session):
        _note_missed(desk, group, last.get(group.id))
        if desk.now < drafting or group.bound_at >= sending or not wanted(desk, group, desk.today):
            continue
        summary = done.get(group.id) or draft(desk, group, late=desk.now >= sending)
        if desk.now >= sending:
            _time_is_up(desk, group, summary, sending)


def wanted(desk: Desk, group: ChatGroup, day: date) -> bool:
    """Whether a group gets a summary on this working day: weekly only on the week's last."""
    following = desk.calendar.next_workday(day)
    return groups.mode_of(desk, group) != "weekly" or following.isocalendar()[:2] != day.isocalendar()[:2]


def draft(desk: Desk, group: ChatGroup, *, late: bool) -> Summary:
    """Today's summary of a group, its facts worked out once; shown to the dispatchers unless it is late already."""
    mode, meant = groups.mode_of(desk, group), groups.reach(desk, group)
    title = people.unit_name(desk.session, group.unit)
    facts = board.gathered(desk, meant, title, since=_since(desk, mode), internal=False) | {"week": mode == "weekly"}
    facts["corrected"] = _corrected(desk, group)
    why = "" if sum(facts["counts"].values()) else "empty"
    if mode == "changed" and not why:
        why = _unchanged(desk, group, facts)
    state = "skipped" if why else "held" if mode == "review" else "draft"
    summary = summaries.add(desk.session, group.id, desk.today, {**facts, "why": why}, state, desk.now)
    if why:
        desk.note("summary.skipped", facts={"group": group.id, "day": desk.today, "why": why})
    elif not late:
        for dispatcher in dispatchers(desk, group.unit):
            _show_draft(desk, group, summary, dispatcher)
    return summary


def _since(desk: Desk, mode: str) -> datetime:
    """When the summary of the working day before was drafted: what came in after it counts today. Weekly: when the week began."""
    if mode == "weekly":
        return desk.calendar.at(desk.today - desk.today.weekday() * DAY, time.min)
    before = desk.calendar.workday_on_or_before(desk.today - DAY)
    return desk.calendar.at(before, desk.policy.file.summary.draft_at)


def _unchanged(desk: Desk, group: ChatGroup, facts: dict[str, Any]) -> str:
    """ "unchanged" where nothing happened since the last one that was sent."""
    last = summaries.last_sent(desk.session, group.id)
    if last is None or _essence(last.facts) != _essence(facts):
        return ""
    meant = groups.reach(desk, group)
    since = board.gathered(desk, meant, "", since=last.drafted_at, internal=False)
    return "" if since["reported"] or since["raised"] or since["solved"] else "unchanged"


def _corrected(desk: Desk, group: ChatGroup) -> list[dict[str, Any]]:
    """Figures that earlier summaries of this group showed and that were put right since the last one: those stay as they were sent."""
    sent = summaries.sent(desk.session, group.id, PUBLISHED)
    shown: dict[int, set[str]] = {}
    for summary in sent:
        for item in summary.facts["troubled"]:
            shown.setdefault(item["project"], set()).add(item["as_of"] or "")
    scopes, units = entitlement.scopes(desk.session, list(shown)), people.subtree(desk.session, group.unit)
    here = [project for project in shown if project in scopes and scopes[project].unit in units]
    found = reports.corrections(desk.session, here, sent[0].drafted_at) if here else []
    return corrections.published(desk, found, shown)


def _essence(facts: dict[str, Any]) -> Any:
    """What counts as a change: lights, and why; not that a day has passed."""
    told = [
        (
            item["project"],
            item["light"],
            [(reason["code"], reason["facts"].get("matter")) for reason in item["reasons"]],
        )
        for item in facts["troubled"]
    ]
    return facts["counts"], sorted(told, key=str)


def dispatchers(desk: Desk, unit: int) -> list[Person]:
    """Who dispatches this unit."""
    found = {
        person.id: person
        for person, covered in people.everyone_with(desk.session, Post.DISPATCHER, desk.today)
        if unit in people.subtree(desk.session, covered)
    }
    return list(found.values())


def _close_old(desk: Desk) -> None:
    """Drafts that nobody released in time are over."""
    for summary in summaries.unfinished(desk.session, desk.today):
        summary.state = "missed"
        desk.session.flush()
        desk.note("summary.missed", facts={"group": summary.chat_group, "day": summary.day, "why": "not_released"})
        desk.withdraw(_about(summary))


def _note_missed(desk: Desk, group: ChatGroup, last: date | None) -> None:
    """The days on which the service was down all evening: noted, not made up for."""
    bound = desk.calendar.day(group.bound_at)
    day = desk.calendar.workday_on_or_before(desk.today - DAY)
    missed: list[date] = []
    while day > max(last or bound, bound) and len(missed) < MISSED_DAYS:
        if wanted(desk, group, day):
            missed.append(day)
        day = desk.calendar.workday_on_or_before(day - DAY)
    for day in reversed(missed):
        summaries.add(desk.session, group.id, day, {}, "missed", desk.now)
        desk.note("summary.missed", facts={"group": group.id, "day": day, "why": "down"})


def _time_is_up(desk: Desk, group: ChatGroup, summary: Summary, sending: datetime) -> None:
    """What nobody touched goes out; what waits for release is mentioned once more."""
    if summary.state == "draft":
        send(desk, group, summary)
    elif summary.state == "held" and desk.now < sending + timedelta(minutes=REMIND_MINUTES):
        for dispatcher in dispatchers(desk, group.unit):
            head = desk.text("summary.reminder", dispatcher.locale, title=group.title)
            _say_draft(desk, summary, dispatcher, Card(head, _keys(desk, summary, dispatcher.locale)), "reminder")


# --- the draft ------------------------------------------------------------------------------------------------------------


def _about(summary: Summary) -> str:
    return f"summary:{summary.id}"


def _keys(desk: Desk, summary: Summary, locale: str) -> tuple[tuple[Button, ...], ...]:
    return (
        (
            desk.button("send_group", "summary.release", locale, "primary", summary=summary.id),
            desk.button("amend", "summary.amend", locale, summary=summary.id),
            desk.button("skip_today", "summary.skip", locale, summary=summary.id),
        ),
    )


def _preview(desk: Desk, group: ChatGroup, summary: Summary, locale: str) -> Card:
    """The draft as a dispatcher sees it: a line on what will become of it, then what the group will read."""
    head = desk.text(
        "summary.draft", locale, title=group.title, send_at=desk.policy.file.summary.send_at, waits=summary.state == "held"
    )  # fmt: skip
    shown = shown_card(desk, summary, locale)
    return Card(f"{head}\n\n{shown.text}", _keys(desk, summary, locale), shown.picture)


def shown_card(desk: Desk, summary: Summary, locale: str = "") -> Card:
    """What the group will read."""
    facts = summary.facts
    dropped = facts.get("dropped", [])
    text = board.overview(desk, facts, locale, without=dropped, note=summary.note, below=bool(facts.get("below")))
    return Card(text, picture=board.picture(desk, facts, locale, dropped))


def _show_draft(desk: Desk, group: ChatGroup, summary: Summary, dispatcher: Person) -> None:
    _say_draft(desk, summary, dispatcher, _preview(desk, group, summary, dispatcher.locale), "draft")


def _say_draft(desk: Desk, summary: Summary, dispatcher: Person, card: Card, what: str) -> None:
    """At once, and only today: tomorrow it would be pointless."""
    desk.say(
        MessageClass.HAND, card, person=dispatcher.id, key=f"summary:{what}:{summary.id}:{dispatcher.id}", about=_about(summary),
        projects=_projects(summary), expires_at=_midnight(desk, summary),
    )  # fmt: skip


def _projects(summary: Summary) -> list[int]:
    return [item["project"] for item in summary.facts["troubled"]]


def _midnight(desk: Desk, summary: Summary) -> datetime:
    return desk.calendar.at(summary.day + DAY, time.min)


# --- what the dispatcher does with it ---------------------------------------------------------------------------------------


def _chosen(turn: Turn) -> tuple[Summary, ChatGroup] | None:
    """The summary a button or step names, if the speaker dispatches its unit and it may still go out; says so where not."""
    number = turn.args.get("summary") or turn.talk.draft.get("summary")
    summary = summaries.by_id(turn.session, int(number)) if number else None
    group = chats.group_by_id(turn.session, summary.chat_group) if summary else None
    covered = [units for post, units in turn.standing(turn.person).posts if post is Post.DISPATCHER]
    if summary is None or group is None or not any(group.unit in units for units in covered):
        turn.reply("start.no_such_thing")
        return None
    if summary.day != turn.today or summary.state not in (*OPEN, "skipped") or not group.active:
        turn.reply("summary.over", state=summary.state, name=people.name_of(turn.session, summary.edited_by))
        return None
    return summary, group


def release(turn: Turn) -> None:
    """发群: now."""
    chosen = _chosen(turn)
    if chosen is None:
        return
    summary, group = chosen
    summary.edited_by = turn.person
    send(turn, group, summary, turn.person)
    turn.reply("summary.released", title=group.title)


def skip(turn: Turn) -> None:
    """今天不发: may be changed again until midnight."""
    chosen = _chosen(turn)
    if chosen is None:
        return
    summary, group = chosen
    summary.state, summary.edited_by = "skipped", turn.person
    turn.session.flush()
    turn.note("summary.skipped", person=turn.person, facts={"group": group.id, "day": summary.day, "why": "dispatcher"})
    turn.withdraw(_about(summary))
    turn.reply("summary.skipped", [[turn.key("send_group", "summary.release", summary=summary.id)]], title=group.title)


def amend(turn: Turn) -> None:
    """修改: a remark of the dispatcher's, or items to be left out. From here on it waits for 发群."""
    chosen = _chosen(turn)
    if chosen is None:
        return
    summary = chosen[0]
    summary.state, summary.edited_by = "held", turn.person
    turn.session.flush()
    turn.ask("summary.note", {"summary": summary.id})
    items = board.attention(turn, summary.facts, turn.locale, summary.facts.get("dropped", []))
    keys = [key for key in _keys(turn, summary, turn.locale)[0] if key.action != "summary.amend"]
    turn.reply("summary.amend", [keys], items=items, note=summary.note, fresh=True, about=_about(summary))


def noted(turn: Turn) -> None:
    """The remark, or "去掉 2 4": laid over the draft, which is shown again."""
    if not turn.typed:
        amend(turn)
        return
    chosen = _chosen(turn)
    turn.done()
    if chosen is None:
        return
    summary, group = chosen
    facts, typed = dict(summary.facts), turn.typed
    drop = DROP.fullmatch(typed)
    if typed in RESTORE:
        summary.note, facts["dropped"], facts["below"] = "", [], False
    elif drop:
        facts["dropped"] = [*facts.get("dropped", []), *_numbered(turn, facts, drop.group(1))]
    else:
        below = BELOW.match(typed)
        facts["below"], summary.note = bool(below), BELOW.sub("", typed, count=1) if below else typed
    summary.facts, summary.state, summary.edited_by = facts, "held", turn.person
    turn.session.flush()
    turn.note(
        "summary.edited", person=turn.person, facts={"group": group.id, "day": summary.day, "dropped": facts.get("dropped", [])},
        words={"note": summary.note} if summary.note else None,
    )  # fmt: skip
    card = _preview(turn, group, summary, turn.locale)
    turn.say(
        MessageClass.ANSWER, card, person=turn.person, address=turn.incoming.address, about=_about(summary), projects=_projects(summary)
    )  # fmt: skip


def _numbered(turn: Turn, facts: dict[str, Any], numbers: str) -> list[int]:
    """The projects of these lines under 需关注."""
    shown = board.attention(turn, facts, turn.locale, facts.get("dropped", []))
    wanted_lines = {int(number) for number in re.findall(r"\d+", numbers)}
    return [item["project"] for at, item in enumerate(shown, 1) if at in wanted_lines]


# --- out ------------------------------------------------------------------------------------------------------------------


def send(desk: Desk, group: ChatGroup, summary: Summary, by: int | None = None) -> None:
    """Lays the summary out for the group, once. A project that left the unit since the draft is left out of it."""
    summary.facts = _still_here(desk, group, summary.facts)
    row = desk.say(
        MessageClass.SUMMARY, shown_card(desk, summary), chat_group=group.id, key=f"summary:{group.id}:{summary.day}",
        projects=_projects(summary), expires_at=_midnight(desk, summary),
    )  # fmt: skip
    summary.state, summary.outbox = "sent", row or summary.outbox
    desk.session.flush()
    desk.note(
        "summary.sent", person=by, facts={"group": group.id, "day": summary.day, "counts": summary.facts["counts"]}
    )
    desk.withdraw(_about(summary))


def _still_here(desk: Desk, group: ChatGroup, facts: dict[str, Any]) -> dict[str, Any]:
    units = people.subtree(desk.session, group.unit)
    scopes = entitlement.scopes(desk.session, [item["project"] for item in facts["troubled"]])
    here = [item for item in facts["troubled"] if item["project"] in scopes and scopes[item["project"]].unit in units]
    return {**facts, "troubled": here}
