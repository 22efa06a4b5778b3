"""Matters as people see them: the card, what became of it, the list, the line in a bundle."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.messages import Button, plain
from bot.rules.matters import WORKING, Party
from bot.rules.words import MatterState, Result, Rung
from handlers.desk import Desk, Turn
from handlers.parties import inside, parties, rules, steps_for, visible
from storage import dispatch_log, matters, people, projects
from storage.dispatch_log import Entry
from storage.tables import Matter, NudgeRow, Person, Project, StoredFile

NUMBER = re.compile(r"(?:问题|事项|#)?\s*(\d{1,6})\s*[-—–]\s*(\d{1,4})")
BUTTONS = 6
FOREGONE = ("feedback", "reassign", "escalate")
"""Steps whose button makes room where a card would have more than six: they can be taken after the next press."""
LABELS = {"keep": "refuse"}
"""Label of a step's button where it is not the step's own name."""
SHOWN = 8
CLOSED_DAYS = 30
"""For how long the list of what a person raised shows what was closed."""
INTERNAL = frozenset({"assigned", "proposed", "held", "asked", "kept"})
"""What is no business of an owner's contact: how the units share the work."""
RULINGS = frozenset({"proposed", "held", "kept", "redirected", "sent_back", "closed"})

# --- one matter ---------------------------------------------------------------------------------------------------------


def find_number(text: str) -> tuple[int, int] | None:
    """17-3 -> (17, 3): the project's number and the matter's; None where the text is anything else."""
    found = NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return (int(found[1]), int(found[2])) if found else None


def number_of(desk: Desk, matter: Matter) -> str:
    return f"{project_of(desk, matter).number}-{matter.number}"


def project_of(desk: Desk, matter: Matter) -> Project:
    project = projects.by_id(desk.session, matter.project)
    assert project is not None
    return project


def args(desk: Desk, matter: Matter) -> dict[str, Any]:
    """What every button of a matter carries: which one, its version, and the newest log entry its reader has seen."""
    return {"matter": matter.id, "version": matter.version, "seen": dispatch_log.head(desk.session)[0]}


def buttons_for(desk: Desk, matter: Matter, person: int, locale: str = "") -> list[Button]:
    """The buttons that fit a person now, at most six."""
    carried = args(desk, matter)
    keys: dict[str, Button] = {}
    for step in steps_for(desk, matter, person):
        style = "" if keys else "primary"
        label = LABELS.get(step.name, step.name)
        keys[step.name] = desk.button(label, "matter.step", locale, style, **carried, step=step.name)
    if matters.files(desk.session, matter.id):
        keys["photos"] = desk.button("photos", "matter.files", locale, **carried)
    for name in FOREGONE:
        if len(keys) > BUTTONS:
            keys.pop(name, None)
    return list(keys.values())[:BUTTONS]


def in_rows(keys: Sequence[Button]) -> list[list[Button]]:
    return [list(keys[at : at + 3]) for at in range(0, len(keys), 3)]


def facts(
    desk: Desk, matter: Matter, person: int, locale: str, *, heading: str = "", said: str = "", told: int = 0
) -> dict[str, Any]:
    """What the card of a matter shows to a person. said: the word that comes with it. told: so many lines of its history."""
    insider = inside(desk, person, matter)
    raiser = desk.session.get(Person, matter.raised_by)
    rung = Rung(matter.steps[matter.rung]["rung"]) if matter.steps else None
    answered = matter.state in (MatterState.ANSWERED, MatterState.DISPUTED, MatterState.CLOSED)
    return {
        "heading": heading, "said": said, "number": number_of(desk, matter), "project": project_of(desk, matter), "item": matter,
        "state": seen_state(desk, matter, person), "unit": unit_name(desk, matter.unit), "holder": named(desk, matter.person) if insider else "",
        "rung": rung if insider else None, "raiser": named(desk, matter.raised_by) if person != matter.raised_by else "",
        "phone": raiser.phone if raiser and insider else "", "days": age(desk, matter), "working": matter.state in WORKING,
        "over": matter.due_at <= desk.now, "enclosed": len(matters.files(desk.session, matter.id)),
        "answer": matter.answer if answered else "", "until": hold_until(desk, matter) if matter.proposed_at else None,
        "history": history(desk, matter, person, locale)[-told:] if told else [],
    }  # fmt: skip


def show(turn: Turn, matter: Matter, *, fresh: bool = False, heading: str = "", said: str = "", told: int = 0) -> None:
    """The card of a matter, with the buttons that fit who asks."""
    turn.reply(
        "matter.card",
        in_rows(buttons_for(turn, matter, turn.person, turn.locale)),
        fresh=fresh,
        **marks(matter),
        **facts(turn, matter, turn.person, turn.locale, heading=heading, said=said, told=told),
    )


def about(matter: Matter) -> str:
    return f"matter:{matter.id}"


def marks(matter: Matter) -> dict[str, Any]:
    """What marks a reply as being about a matter."""
    return {"projects": [matter.project], "matter": matter.id, "about": about(matter)}


def age(desk: Desk, matter: Matter) -> int:
    """Working days since it was raised."""
    return desk.calendar.workdays_between(desk.calendar.day(matter.raised_at), desk.today)


def hold_until(desk: Desk, matter: Matter) -> datetime:
    """Until when the dispatcher may hold a matter that is about to reach the first district leader."""
    minutes = round(desk.policy.ladder.hold_days * desk.calendar.minutes_per_day)
    return desk.calendar.add_minutes(matter.proposed_at or desk.now, minutes)


def seen_state(desk: Desk, matter: Matter, person: int) -> MatterState:
    """The state as a person may know it: that the raiser is not content is between the raiser and the office."""
    if matter.state is MatterState.DISPUTED and person != matter.raised_by and not rules(desk, person, matter):
        return MatterState.ANSWERED
    return matter.state


def named(desk: Desk, person: int | None) -> str:
    """李四（科长）; "" where nobody is meant."""
    row = desk.session.get(Person, person) if person is not None else None
    return "" if row is None else f"{row.name}（{row.title}）" if row.title else row.name


def unit_name(desk: Desk, unit: int | None) -> str:
    return people.unit_names(desk.session).get(unit, "") if unit is not None else ""


def locale_of(desk: Desk, person: int) -> str:
    row = desk.session.get(Person, person)
    return row.locale if row else ""


# --- what became of it --------------------------------------------------------------------------------------------------


def history(desk: Desk, matter: Matter, person: int, locale: str = "", after: int = 0) -> list[str]:
    """What a person may read of a matter's history, a line each, oldest first. after: only later log entries."""
    insider, ruler = inside(desk, person, matter), rules(desk, person, matter)
    lines = []
    for entry in matters.history(desk.session, desk.house.sealer, matter, after):
        what = entry.row.kind.removeprefix("matter.")
        if (what in INTERNAL and not insider) or (what == "disputed" and not ruler and person != matter.raised_by):
            continue
        lines.append(_line(desk, entry, what, person, locale, insider))
    return lines


def _line(desk: Desk, entry: Entry, what: str, person: int, locale: str, insider: bool) -> str:
    """One entry: when, who, what. To those outside a unit acts, not a person, and no inner reason is quoted."""
    said = "；".join((entry.words or {}).values())
    values = {
        "at": entry.row.at, "what": what, "mine": entry.row.person == person, "who": people.name_of(desk.session, entry.row.person) if insider else "",
        "ruled": what in RULINGS, "unit": unit_name(desk, entry.facts.get("unit")), "insider": insider,
        "said": said if insider or what not in ("climbed", "sent_back", "redirected") else "", "count": entry.facts.get("files", 0),
        "to": people.name_of(desk.session, entry.facts.get("person")), "rung": Rung.of(str(entry.facts.get("to", ""))),
        "result": Result.of(str(entry.facts.get("result", ""))),
    }  # fmt: skip
    return plain(desk.text("matter.line", locale, **values))


# --- in a bundle --------------------------------------------------------------------------------------------------------


def item_line(desk: Desk, row: NudgeRow, locale: str = "") -> str:
    """The line of a bundle's item about a matter (hand, matter_top, notice), as light markup; "" where there is none."""
    if row.kind == "notice" and "text" in row.reason:
        return desk.text("matter.told", locale, text=str(row.reason["text"]))
    matter = matters.by_id(desk.session, row.matter) if row.matter is not None else None
    if matter is None:
        return ""
    roles = parties(desk, matter, row.person)
    return desk.text(
        "matter.item",
        locale,
        role=next((role for role in Party if role in roles), ""),
        top=row.kind == "matter_top",
        over_days=desk.calendar.workdays_between(desk.calendar.day(matter.due_at), desk.today),
        **facts(desk, matter, row.person, locale),
    )


def item_buttons(desk: Desk, row: NudgeRow, locale: str = "") -> list[Button]:
    """The buttons of such an item."""
    matter = matters.by_id(desk.session, row.matter) if row.matter is not None else None
    if matter is None or not visible(desk, row.person, matter):
        return []
    keys = [] if row.kind == "notice" else buttons_for(desk, matter, row.person, locale)[: BUTTONS - 1]
    return [*keys, desk.button("show", "matter.show", locale, **args(desk, matter))]


# --- asked for ----------------------------------------------------------------------------------------------------------


def mine(turn: Turn) -> None:
    """事项: raised by me, waiting for me, watched by me. 事项 17-3: that one."""
    rest = str(turn.args.get("rest", ""))
    if find_number(rest):
        show_number(turn, rest)
        return
    person = turn.person
    raised = matters.raised_by(turn.session, person, turn.now - timedelta(days=CLOSED_DAYS))
    waiting = [matter for matter in matters.waiting_for(turn.session, person) if matter.person == person]
    waiting += [matter for matter in raised if matter.state is MatterState.ANSWERED]
    for matter in (
        *matters.disputed(turn.session),
        *matters.proposed(turn.session),
        *matters.asking(turn.session),
    ):
        if rules(turn, person, matter) and matter not in waiting:
            waiting.append(matter)
    others = {matter.id for matter in (*raised, *waiting)}
    watched = [
        matter
        for matter in matters.concerning(turn.session, person)
        if matter.id not in others and _heard(matter, person)
    ]
    listed = [matter for part in (waiting, raised, watched) for matter in part]
    keys = [
        Button(number_of(turn, matter), "matter.show", args(turn, matter))
        for matter in {matter.id: matter for matter in listed}.values()
    ]
    turn.reply(
        "matter.mine",
        in_rows(keys[:BUTTONS]),
        waiting=_lines(turn, waiting),
        raised=_lines(turn, raised),
        watched=_lines(turn, watched),
        counts=(len(waiting), len(raised), len(watched)),
        reusable=True,
    )


def _heard(matter: Matter, person: int) -> bool:
    """Whether the matter has come as far up as this person: leaders are not shown what has not reached their rung."""
    below = matter.steps[: matter.rung + 1]
    return any(person == step["person"] or person in step["peers"] for step in below) or person == matter.answered_by


def _lines(turn: Turn, found: Sequence[Matter]) -> list[str]:
    return [
        plain(turn.words("matter.listed", **facts(turn, matter, turn.person, turn.locale))) for matter in found[:SHOWN]
    ]


def show_number(turn: Turn, text: str = "") -> None:
    """17-3: the whole of it, to who may see it. What is not there and what is not for them look the same."""
    number = find_number(text or turn.typed)
    matter = matters.by_number(turn.session, *number) if number else None
    if matter is None or not visible(turn, turn.person, matter):
        turn.reply("matter.not_found", number=(text or turn.typed).strip())
        return
    show(turn, matter, fresh=True, told=SHOWN * 3)


def open_card(turn: Turn) -> None:
    """查看: the whole of it, below what was there."""
    matter = meant(turn)
    if matter is not None:
        show(turn, matter, fresh=True, told=SHOWN * 3)


def send_files(turn: Turn) -> None:
    """看照片: the card again with fresh buttons, and the photos and files below it."""
    matter = meant(turn)
    if matter is None:
        return
    show(turn, matter)
    stored = [row for row in matters.files(turn.session, matter.id) if row.state == "stored"]
    name = "matter.files" if stored else "matter.files_coming"
    turn.reply(
        name, fresh=True, files=[_file(row, at) for at, row in enumerate(stored, 1)][-SHOWN:], number=number_of(turn, matter),
        more=max(0, len(stored) - SHOWN), projects=[matter.project], matter=matter.id,
    )  # fmt: skip


def _file(row: StoredFile, number: int) -> str:
    """Where bot.errands keeps a file, and a name people can make something of."""
    plain_name = re.sub(r'[\\/|:*?"<>\x00-\x1f]', "_", row.name)
    name = plain_name or (f"{number}.jpg" if row.kind == "photo" else str(number))
    return f"files/{row.sha256[:2]}/{row.sha256}|{name}"


def meant(turn: Turn) -> Matter | None:
    """The matter a button is about, if the presser may see it; else they are told that there is no such thing."""
    matter = matters.by_id(turn.session, turn.args["matter"])
    if matter is None or not visible(turn, turn.person, matter):
        turn.reply("start.no_such_thing")
        return None
    return matter
