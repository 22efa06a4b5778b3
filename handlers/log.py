"""The dispatch log as people read it (日志), and its daily anchor."""

import json
from typing import Any

from bot.messages import plain
from bot.rules.entitlement import Action
from bot.rules.words import (
    Category,
    Light,
    MatterState,
    Origin,
    Post,
    ReportState,
    Result,
    Role,
    Rung,
    Source,
    Stage,
    Term,
    Urgency,
)
from handlers import dossier, pick
from handlers.desk import Desk, Turn
from storage import board, dispatch_log, people, projects
from storage.delegation import FOR
from storage.dispatch_log import Entry
from storage.tables import Project

PAGE = 6
QUOTE = 120
OFFICE = (Post.DISPATCHER, Post.SUPERVISOR, Post.AUDITOR, Post.ADMINISTRATOR)
VOCABULARY: dict[str, tuple[type[Term], ...]] = {
    "from": (Light, Rung, Role),
    "to": (Light, Rung, Role),
    "light": (Light,),
    "computed": (Light,),
    "stage": (Stage,),
    "source": (Source,),
    "role": (Role,),
    "post": (Post,),
    "category": (Category,),
    "urgency": (Urgency,),
    "result": (Result,),
    "rung": (Rung,),
    "origin": (Origin,),
    "state": (ReportState, MatterState),
}
"""Columns and facts that hold a word of the vocabulary."""

# --- in chat ------------------------------------------------------------------------------------------------------------


def show(turn: Turn) -> None:
    """日志 17, or the button: the newest entries of one project; without a number the projects whose log may be read."""
    rest = str(turn.args.get("rest", "")).strip()
    if "project" in turn.args:
        project = projects.by_id(turn.session, turn.args["project"])
        found = [project] if project and turn.may(turn.person, Action.READ_LOG, project.id) else []
    elif rest:
        found = dossier.meant(turn, rest, Action.READ_LOG, left=True)
    else:
        found = board.projects(turn.session, board.reach(turn.standing(turn.person), Action.READ_LOG))
    if not found:
        turn.reply("start.no_such_thing")
    elif len(found) == 1:
        page(turn, found[0])
    else:
        pick.show(turn, found, "log.show", heading="log.which")


def page(turn: Turn, project: Project) -> None:
    """One page of a project's log, newest first; 更多 shows what came before."""
    found = _entries(turn, project.id, PAGE + 1, turn.args.get("before"), _kept_from(turn))
    shown, rest = found[:PAGE], found[PAGE:]
    keys = [turn.key("more", "log.show", project=project.id, before=shown[-1].row.id)] if rest else []
    visible = turn.may(turn.person, Action.SEE, project.id)
    if visible:
        keys.append(turn.key("project", "project.show", project=project.id))
    turn.reply(
        "log.page",
        [keys],
        project=project,
        entries=[worded(turn, entry, turn.locale) for entry in shown],
        reusable=True,
        projects=[project.id] if visible else [],
    )


def _entries(
    desk: Desk, project: int, limit: int, before: int | None = None, without: frozenset[str] = frozenset()
) -> list[Entry]:
    """The newest entries of a project before one of them, less those of some kinds."""
    return list(
        dispatch_log.entries(
            desk.session, desk.house.sealer, project=project, limit=limit, newest=True, before=before, without=without
        )
    )


def _kept_from(turn: Turn) -> frozenset[str]:
    """What is between whoever raised a matter and the office: that they are not content with the answer."""
    return frozenset() if turn.standing(turn.person).holds(*OFFICE) else frozenset({"matter.disputed"})


# --- words --------------------------------------------------------------------------------------------------------------


def worded_entries(desk: Desk, project: int, limit: int, locale: str = "") -> list[str]:
    """The newest entries of a project, newest first, each as a line of plain text: number, when, who, what, by which message."""
    return [worded(desk, entry, locale) for entry in _entries(desk, project, limit)]


def worded(desk: Desk, entry: Entry, locale: str = "") -> str:
    """One entry as plain text. A kind without words of its own, or written by another version, is told in general words."""
    row = entry.row
    facts = {
        "number": row.id, "at": row.at, "who": people.name_of(desk.session, row.person), "acting_for": people.name_of(desk.session, entry.facts.get(FOR)), "channel": row.channel, "message": row.message,
        "quotes": _quotes(entry), "erased": entry.words is None, "what": _what(desk, entry, locale),
    }  # fmt: skip
    return plain(desk.text("log.entry", locale, reader=desk.readable, **facts))


def _what(desk: Desk, entry: Entry, locale: str) -> str:
    """What happened, in the words of its kind."""
    rows = {table: [_typed(values) for values in found] for table, found in entry.rows.items()}
    facts: dict[str, Any] = {
        "facts": _typed(entry.facts), "rows": rows, "name": lambda person: people.name_of(desk.session, person),
        "unit": lambda unit: people.unit_names(desk.session).get(unit, ""), "matter_number": _matter_number(desk, entry),
        "report": next(iter(rows.get("report", [])), None), "matter": next(iter(rows.get("matter", [])), None),
    }  # fmt: skip
    try:
        return plain(desk.text(f"log.{entry.row.kind.replace('.', '_')}", locale, **facts))
    except Exception:  # an entry of any age and kind must be readable, whatever facts it lacks
        told = "；".join(f"{name} {json.dumps(value, ensure_ascii=False)}" for name, value in entry.facts.items())
        return plain(desk.text("log.other", locale, kind=entry.row.kind, told=told))


def _matter_number(desk: Desk, entry: Entry) -> str:
    """17-3, of the matter an entry is about."""
    project = projects.by_id(desk.session, entry.row.project) if entry.row.project is not None else None
    matter = next(iter(entry.rows.get("matter", [])), None)
    return f"{project.number if project else 0}-{matter['number']}" if matter else ""


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    """The values with codes of the vocabulary turned into its words."""
    return {
        name: next((word for kind in VOCABULARY[name] if (word := kind.of(value))), value)
        if name in VOCABULARY and isinstance(value, str)
        else value
        for name, value in values.items()
    }


SAID = {
    "report.received": ("report", "words"),
    "report.for_review": ("report", "words"),
    "report.corrected": ("report", "reason"),
    "matter.raised": ("matter", "words"),
    "matter.agreed": ("matter", "decision"),
    "project.paused": ("project", "paused_reason"),
}
"""Kinds whose own words stand among those of the row they made; other entries of the same row only carry them along."""


def _quotes(entry: Entry) -> list[str]:
    """What people said, as they said it."""
    said = list((entry.words or {}).values())
    table, column = SAID.get(entry.row.kind, ("", ""))
    said += [
        texts.get(column, "") for key, texts in (entry.row_words or {}).items() if table and key.startswith(f"{table}:")
    ]
    return [text if len(text) <= QUOTE else text[: QUOTE - 1] + "…" for text in dict.fromkeys(said) if text]


# --- the anchor ---------------------------------------------------------------------------------------------------------


def anchor(desk: Desk) -> None:
    """Once each working day: the log's head goes to administrators and auditors, outside this store."""
    if not desk.calendar.is_workday(desk.today):
        return
    head = dispatch_log.keep_anchor(desk.session, desk.today)
    if head is None:
        return
    holders = {
        person.id: person
        for post in (Post.ADMINISTRATOR, Post.AUDITOR)
        for person, _ in people.everyone_with(desk.session, post, desk.today)
    }
    for person in holders.values():
        text = desk.text("log.anchor", person.locale, number=head[0], digest=head[1][:16])
        desk.remind(person.id, "notice", key=f"anchor:{desk.today}:{person.id}", about="", reason={"text": plain(text)})
