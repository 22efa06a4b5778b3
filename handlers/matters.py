"""Matters as people see them: the card, what became of it, the list, the line in a bundle."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from bot.messages import Button, plain
from bot.rules import echo
from bot.rules.limits import end_of
from bot.rules.matters import WORKING, Party
from bot.rules.words import FastLane, MatterState, Result, Rung
from handlers.desk import Desk, Turn
from handlers.parties import inside, may_issue, parties, rules, steps_for, visible
from storage import dispatch_log, matters, people, projects
from storage.dispatch_log import Entry
from storage.tables import Matter, NudgeRow, Person, Project

NUMBER = re.compile(r"(?:问题|事项|交办|#)?\s*(\d{1,6})\s*[-—–]\s*(\d{1,4})")
BUTTONS = 6
LABELS = {
    "keep": "refuse", "refuse_date": "refuse", "refuse_fast": "refuse", "agree_date": "agree", "grant_fast": "agree",
    "ask_fast": "fast_lane",
}  # fmt: skip
"""Label of a step's button where it is not the step's own name."""
SHOWN = 8
INTERNAL = frozenset(
    {
        "assigned", "passed_on", "given_back", "proposed", "held", "asked", "kept", "joined", "copied", "marked", "suggested", "procedure", "seen",
        "extension_asked", "extension_refused", "handed_over", "unwatched", "paused_look",
    }
)  # fmt: skip
"""What is no business of an owner's contact: how the units share the work."""
RULINGS = frozenset(
    {
        "proposed", "held", "kept", "redirected", "sent_back", "closed", "suspended", "joined", "copied", "suggested", "marked",
        "extended", "extension_refused", "fast_granted", "fast_refused",
    }
)  # fmt: skip
LED = frozenset({"agreed", "decided", "studied", "to_meeting", "seen"})
"""What a leader does; to those outside it is not the unit that did it."""

# --- one matter ---------------------------------------------------------------------------------------------------------


def find_number(text: str) -> tuple[int, int] | None:
    """17-3 -> (17, 3): the project's number and the matter's; None where the text is anything else."""
    found = NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return (int(found[1]), int(found[2])) if found else None


def number_of(desk: Desk, matter: Matter) -> str:
    project = project_of(desk, matter)
    return f"{project.number if project else 0}-{matter.number}"


def project_of(desk: Desk, matter: Matter) -> Project | None:
    """The project it is about; None where it is about none."""
    return projects.by_id(desk.session, matter.project) if matter.project is not None else None


def title_of(desk: Desk, matter: Matter, locale: str = "") -> str:
    """The name of its project, or what stands in its place."""
    project = project_of(desk, matter)
    return project.name if project else plain(desk.text("matter.no_project", locale))


def args(desk: Desk, matter: Matter) -> dict[str, Any]:
    """What every button of a matter carries: which one, its version, and the newest log entry its reader has seen."""
    return {"matter": matter.id, "version": matter.version, "seen": dispatch_log.head(desk.session)[0]}


def buttons_for(desk: Desk, matter: Matter, person: int, locale: str = "", page: int = 0) -> list[Button]:
    """The buttons that fit a person now, at most six; where there are more, the last one turns the page."""
    carried = args(desk, matter)
    keys: dict[str, Button] = {}
    for step in steps_for(desk, matter, person):
        style = "" if keys else "primary"
        label = LABELS.get(step.name, step.name)
        keys[step.name] = desk.button(label, "matter.step", locale, style, **carried, step=step.name)
    if matters.files(desk.session, matter.id):
        keys["photos"] = desk.button("photos", "matter.files", locale, **carried)
    if may_issue(desk, person, matter):
        keys["issue_form"] = desk.button("issue_form", "form.choose", locale, matter=matter.id)
    found = list(keys.values())
    if len(found) <= BUTTONS:
        return found
    pages = -(-len(found) // (BUTTONS - 1))
    shown = found[page * (BUTTONS - 1) : (page + 1) * (BUTTONS - 1)]
    return [*shown, desk.button("more", "matter.more", locale, **carried, page=(page + 1) % pages)]


def in_rows(keys: Sequence[Button]) -> list[list[Button]]:
    return [list(keys[at : at + 3]) for at in range(0, len(keys), 3)]


def facts(
    desk: Desk, matter: Matter, person: int, locale: str, *, heading: str = "", said: str = "", told: int = 0
) -> dict[str, Any]:
    """What the card of a matter shows to a person. said: the word that comes with it. told: so many lines of its history."""
    insider = inside(desk, person, matter)
    raiser = desk.session.get(Person, matter.raised_by)
    rung = rung_of(matter)
    answered = matter.state in (MatterState.ANSWERED, MatterState.DISPUTED, MatterState.CLOSED)
    return {
        "heading": heading, "said": said, "number": number_of(desk, matter), "title": title_of(desk, matter, locale), "item": matter,
        "state": seen_state(desk, matter, person), "unit": unit_name(desk, matter.unit), "holder": named(desk, matter.person) if insider else "",
        "rung": rung if insider else None, "raiser": named(desk, matter.raised_by) if person != matter.raised_by else "",
        "phone": raiser.phone if raiser and insider and not matter.origin.ordered else "", "days": age(desk, matter), "working": matter.state in WORKING,
        "over": matter.due_at <= desk.now, "enclosed": len(matters.files(desk.session, matter.id)),
        "answer": matter.answer if answered else "", "until": hold_until(desk, matter) if matter.proposed_at else None,
        "history": history(desk, matter, person, locale)[-told:] if told else [], "insider": insider,
        "recorder": named(desk, matter.recorded_by) if person != matter.recorded_by else "", "whole": _whole(desk, matter),
        "parts": _parts(desk, matter, locale) if insider else [], "procedure": procedure_name(desk, matter),
        "times": _times(desk, matter, locale) if insider and told > SHOWN else "",
        "leader": bool(rung and rung.district_leader), "final": _final(desk, matter, rung), "fast": matter.fast_lane is FastLane.GRANTED,
        "agenda": matter.agenda_at is not None and matter.state in WORKING and rules(desk, person, matter),
    }  # fmt: skip


def rung_of(matter: Matter) -> Rung | None:
    """The rung a matter stands on; None where nobody is on its ladder."""
    return Rung(matter.steps[matter.rung]["rung"]) if matter.steps else None


def _final(desk: Desk, matter: Matter, rung: Rung | None) -> bool:
    """Whether the limit that runs is that of the result; else it is that of the first answer."""
    if matter.plan or (rung and rung.district_leader):
        return True
    return matter.promised_on is not None and matter.due_at >= end_of(matter.promised_on, desk.calendar)


def procedure_name(desk: Desk, matter: Matter) -> str:
    """The legal procedure that runs; "" where none does, its code where the policy has dropped it."""
    found = desk.policy.limits.procedures.get(matter.procedure)
    return found.name if found else matter.procedure


def _whole(desk: Desk, matter: Matter) -> str:
    """The number of the matter that this is a part of."""
    whole = matters.by_id(desk.session, matter.part_of) if matter.part_of is not None else None
    return number_of(desk, whole) if whole else ""


def _times(desk: Desk, matter: Matter, locale: str) -> str:
    """签收用时 2 小时 · 首次答复 1.5 个工作日 · 提级 1 次 · 延期 0 次: as the log has it."""
    entries = matters.history(desk.session, desk.house.sealer, matter)
    moments = [echo.Moment(entry.row.kind.removeprefix("matter."), entry.row.at) for entry in entries]
    if not moments:
        return ""
    found, day = echo.times(moments, desk.calendar), desk.calendar.minutes_per_day
    words = {
        name: "" if minutes is None else plain(desk.text("matter_table.spent", locale, minutes=minutes, day=day))
        for name, minutes in (("sign", found.sign), ("first", found.first), ("solve", found.solve))
    }
    return plain(desk.text("matter_table.times", locale, climbed=found.climbed, extended=found.extended, **words))


def _parts(desk: Desk, matter: Matter, locale: str) -> list[str]:
    """A line for each co-unit's part."""
    return [
        plain(
            desk.text("matter.part", locale, number=number_of(desk, part), unit=unit_name(desk, part.unit), item=part)
        )
        for part in matters.parts_of(desk.session, matter.id)
    ]


def show(
    turn: Turn, matter: Matter, *, fresh: bool = False, heading: str = "", said: str = "", told: int = 0, page: int = 0
) -> None:
    """The card of a matter, with the buttons that fit who asks."""
    turn.reply(
        "matter.card",
        in_rows(buttons_for(turn, matter, turn.person, turn.locale, page)),
        fresh=fresh,
        **marks(matter),
        **facts(turn, matter, turn.person, turn.locale, heading=heading, said=said, told=told),
    )


def about(matter: Matter) -> str:
    return f"matter:{matter.id}"


def marks(matter: Matter) -> dict[str, Any]:
    """What marks a reply as being about a matter."""
    projects_of = [matter.project] if matter.project is not None else []
    return {"projects": projects_of, "matter": matter.id, "about": about(matter)}


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
    row = desk.session.get(Person, desk.deputy_of(person))
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
        lines.append(_line(desk, matter, entry, what, person, locale, insider))
    return lines


def _line(
    desk: Desk, matter: Matter, entry: Entry, what: str, person: int, locale: str, insider: bool
) -> str:  # fmt: skip
    """One entry: when, who, what. To those outside a unit acts, not a person, and no inner reason is quoted."""
    said = "；".join((entry.words or {}).values())
    values = {
        "at": entry.row.at, "what": what, "mine": entry.row.person == person, "who": people.name_of(desk.session, entry.row.person) if insider else "",
        "ruled": what in RULINGS, "led": what in LED, "unit": unit_name(desk, entry.facts.get("unit")), "insider": insider,
        "said": said if insider or what not in ("climbed", "sent_back", "redirected") else "", "count": entry.facts.get("files", 0),
        "to": people.name_of(desk.session, entry.facts.get("person")), "rung": Rung.of(str(entry.facts.get("to", ""))),
        "result": Result.of(str(entry.facts.get("result", ""))), "acting": people.name_of(desk.session, entry.facts.get("for")) if insider else "",
        "day": _day(entry.facts.get("day")), "before": _day(entry.facts.get("before")), "kind": str(entry.facts.get("kind", "")),
        "silent": bool(entry.facts.get("silent")), "ordered": matter.origin.ordered, "recorded": matter.recorded_by is not None,
    }  # fmt: skip
    return plain(desk.text("matter.line", locale, **values))


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


# --- in a bundle --------------------------------------------------------------------------------------------------------


def item_line(desk: Desk, row: NudgeRow, locale: str = "") -> str:
    """The line of a bundle's item about a matter (hand, matter_top, notice), as light markup; "" where there is none."""
    if row.kind == "notice" and "text" in row.reason:
        return desk.text("matter.told", locale, text=str(row.reason["text"]))
    matter = matters.by_id(desk.session, row.matter) if row.matter is not None else None
    if matter is None:
        return ""
    if row.kind == "proposal":
        return desk.text(
            "monday.proposal", locale, number=number_of(desk, matter), title=title_of(desk, matter, locale), days=age(desk, matter),
            holder=named(desk, matter.person),
        )  # fmt: skip
    roles = parties(desk, matter, row.person)
    return desk.text(
        "matter.item",
        locale,
        role=next((role for role in Party if role in roles), ""),
        top=row.kind == "matter_top",
        review=row.kind == "matter_review",
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


def meant(turn: Turn) -> Matter | None:
    """The matter a button is about, if the presser may see it; else they are told that there is no such thing."""
    matter = matters.by_id(turn.session, turn.args["matter"])
    if matter is None or not visible(turn, turn.person, matter):
        turn.reply("start.no_such_thing")
        return None
    return matter
