"""Reporting for somebody (代填): which project, whose words and when, then the report as always; the person is told."""

import re
from typing import Any

from bot.messages import Button
from bot.rules.entitlement import Action, reports_for
from handlers import dispatch, dossier, pick, reports
from handlers.desk import Turn
from storage import board, people, projects
from storage.tables import Person

WHO = re.compile(
    r"据?\s*(?P<name>[^\s\d:：，,]{1,20}?)\s*(?P<way>来?电话?|微信|短信|当面|口头|书面|传真|邮件)?\s*"
    r"(?P<at>\d{1,2}[:：]\d{2})?\s*(?:说|报|称|告知)?"
)
"""张三电话 15:20, 据张三说, 李四微信."""
SHOWN = 4
LABEL = 10


def start(turn: Turn) -> None:
    """代填: which project? Those without their report first; a name or number may be typed."""
    if not turn.may(turn.person, Action.DISPATCH):
        turn.reply("start.no_such_thing")
        return
    meant = dispatch.reach(turn)
    wanted = [one.project for one in dispatch.unreported(turn, meant)]
    others = [row for row in board.projects(turn.session, meant) if row not in wanted]
    if not wanted and not others:
        turn.reply("dossier.none")
        return
    turn.ask("desk.proxy_project", {})
    pick.show(turn, [*wanted, *others], "desk.proxy_for", heading="desk.proxy_which")


def choosing(turn: Turn) -> None:
    """The project's name or number was typed."""
    found = dossier.meant(turn, turn.typed, Action.DISPATCH)
    if len(found) == 1:
        _ask_who(turn, found[0].id)
    elif found:
        pick.show(turn, found, "desk.proxy_for", heading="desk.proxy_which")
    else:
        turn.done()
        turn.reply("start.no_such_thing")


def chosen(turn: Turn) -> None:
    """The project was tapped."""
    _ask_who(turn, turn.args["project"])


def _ask_who(turn: Turn, number: int) -> None:
    """Whose words? One of those who report it, or anybody by name; with how and when."""
    project = projects.by_id(turn.session, number)
    if project is None or not turn.may(turn.person, Action.DISPATCH, number):
        turn.done()
        turn.reply("start.no_such_thing")
        return
    turn.ask("desk.proxy_who", {"project": number})
    known = [turn.session.get(Person, person) for person in sorted(reports_for(turn.assigned(number)))]
    keys = [Button(row.name[:LABEL], "desk.proxy_who", {"project": number, "person": row.id}) for row in known if row][
        :SHOWN
    ]
    turn.reply("desk.proxy_who", [keys, [turn.key("cancel", "report.cancel")]], project=project, projects=[number])


def named(turn: Turn) -> None:
    """A name was tapped: by telephone, now; or one of several people of one name."""
    row = turn.session.get(Person, turn.args["person"])
    if row is None or not turn.may(turn.person, Action.DISPATCH, turn.args["project"]):
        turn.reply("start.no_such_thing")
        return
    _begin(turn, turn.args["project"], row.name, row.id, turn.args.get("way", ""), turn.args.get("at", ""))


def typed(turn: Turn) -> None:
    """张三电话 15:20: one of the project's own people before anybody else of that name; somebody unknown stays a name."""
    number = turn.talk.draft["project"]
    found = WHO.fullmatch(turn.typed)
    if found is None:
        turn.reply("desk.proxy_unread", words=turn.typed)
        return
    name, way, at = found["name"], found["way"] or "", (found["at"] or "").replace("：", ":")
    persons = people.person_named(turn.session, name)
    own = [row for row in persons if any(row.id in held for held in turn.assigned(number).values())]
    meant = own if len(own) == 1 else persons
    if len(meant) > 1:
        units = people.unit_names(turn.session)
        said: dict[str, Any] = {"project": number, "way": way, "at": at}
        keys = [
            Button(units.get(row.unit or 0, row.name)[:LABEL], "desk.proxy_who", {**said, "person": row.id})
            for row in meant[:SHOWN]
        ]
        turn.reply("desk.proxy_same_name", [keys, [turn.key("cancel", "report.cancel")]], name=name)
        return
    _begin(turn, number, name, meant[0].id if meant else None, way, at)


def _begin(turn: Turn, number: int, name: str, person: int | None, way: str, at: str) -> None:
    """From here on it is a report like any other, marked as the dispatcher's hand."""
    way = way if way and way not in ("来电", "电") else turn.words("desk.by_phone")
    moment = at or f"{turn.calendar.local(turn.now):%H:%M}"
    turn.ask("report.figures", {"proxy": {"person": person, "name": name, "basis": f"{name}{way} {moment}"}})
    reports.ask(turn, number)
