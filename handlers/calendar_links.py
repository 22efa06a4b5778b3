"""日历: a link that a phone's calendar subscribes to; shown once, replaced or stopped by its owner, gone by itself after a time (policy)."""

import secrets
from datetime import timedelta

from bot.messages import Button
from bot.rules.entitlement import Action
from handlers import dossier, pick
from handlers.desk import Turn
from storage import calendar_links, projects
from storage.tables import Project

BYTES = 32


def show(turn: Turn) -> None:
    """日历: of one's own dates; 日历 17: of a project one may see."""
    rest = str(turn.args.get("rest", "")).strip()
    if not rest:
        _offer(turn, None)
        return
    found = dossier.meant(turn, rest)
    if len(found) == 1:
        _offer(turn, found[0])
    elif found:
        pick.show(turn, found, "calendar.project", heading="dossier.several")
    else:
        turn.reply("calendar.no_project", words=rest)


def of_project(turn: Turn) -> None:
    """A project was chosen."""
    project = _seen(turn, turn.args["project"])
    if project is not None:
        turn.pressed = None
        _offer(turn, project)


def _offer(turn: Turn, project: Project | None) -> None:
    """A new link where there is none; else when the one there is was made, and the ways to replace or stop it."""
    number = project.id if project else None
    there = next(
        (row for row in calendar_links.live(turn.session, turn.person, turn.now) if row.project == number), None
    )
    if there is None:
        _make(turn, project)
        return
    turn.reply(
        "calendar.there", [_keys(turn, project)], project=project, link=there, reusable=True, projects=[project.id] if project else [],
    )  # fmt: skip


def _keys(turn: Turn, project: Project | None) -> list[Button]:
    number = project.id if project else 0
    return [
        turn.key("calendar_new", "calendar.new", project=number),
        turn.key("calendar_stop", "calendar.stop", project=number),
    ]


def renew(turn: Turn) -> None:
    """换一个: the old one stops at once."""
    if not turn.args["project"]:
        _make(turn, None)
    elif (project := _seen(turn, turn.args["project"])) is not None:
        _make(turn, project)


def _make(turn: Turn, project: Project | None) -> None:
    if not turn.house.web:
        turn.reply("calendar.no_address")
        return
    token = secrets.token_urlsafe(BYTES)
    until = turn.now + timedelta(days=turn.policy.file.calendar.link_days)
    calendar_links.add(turn.session, token, turn.person, project.id if project else None, turn.now, until)
    turn.note("calendar.linked", project=project.id if project else None, person=turn.person)
    link = f"{turn.house.web}/calendar/{token}.ics"
    turn.reply(
        "calendar.link", [_keys(turn, project)], copy=link, link=link, project=project, until=until, reusable=True,
        projects=[project.id] if project else [], local=turn.house.web.startswith(("http://127.", "http://localhost")),
    )  # fmt: skip


def stop(turn: Turn) -> None:
    """停用: whoever has the link sees nothing more."""
    project = turn.args["project"] or None
    count = calendar_links.revoke(turn.session, turn.person, turn.now, project=project)
    if count:
        turn.note("calendar.stopped", project=project, person=turn.person)
    turn.reply("calendar.stopped", count=count)


def _seen(turn: Turn, number: int) -> Project | None:
    project = projects.by_id(turn.session, number)
    if project is None or not turn.may(turn.person, Action.SEE, number):
        turn.reply("start.no_such_thing")
        return None
    return project
