"""The words of a paper, paragraph by paragraph: composed of its facts, to be edited by the office before it goes out."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.messages import plain
from bot.rules.periods import Figure
from bot.rules.words import Role
from handlers.desk import Desk
from handlers.reasons import worded
from storage import roster

SAID = ("behind_plan", "no_figure")
"""Reasons of a light that the line itself tells."""
MOST_REASONS = 3
Section = dict[str, Any]
"""{"title", "lines": [{"text"; "group": the same without names, for a group; "edited": whether somebody did}]}."""


def sections(desk: Desk, facts: Mapping[str, Any]) -> list[Section]:
    """一、总体进展 … the paragraphs of a bulletin or 旬报."""
    return [
        _section(desk, facts, "overall", [_said(desk, "whole", facts), _said(desk, "money", facts)]),
        _section(
            desk,
            facts,
            "good",
            _each(desk, "ahead", "good_line", facts["ahead"]) or [_said(desk, "nothing_good", facts)],
        ),
        _section(
            desk,
            facts,
            "slow",
            _each(desk, "behind", "slow_line", facts["behind"]) or [_said(desk, "nothing_slow", facts)],
        ),
        _section(desk, facts, "matters", [_said(desk, "matter_line", facts)]),
        _section(desk, facts, "demands", _demands(desk, facts) or [_said(desk, "no_demand", facts)]),
        _section(desk, facts, "undispatched", [{"text": facts["untold"]}]),
        *(
            [_section(desk, facts, "amended", [{"text": line} for line in facts["amended"]])]
            if facts["amended"]
            else []
        ),
    ]


NUMERALS = "一二三四五六七八九十"


def numbered(found: Sequence[Section]) -> list[Section]:
    """The sections as a template takes them: those with words, 一、二、三 before their titles."""
    kept = [one for one in found if one["lines"]]
    return [{**one, "title": f"{NUMERALS[at]}、{one['title']}"} for at, one in enumerate(kept)]


def for_groups(found: Sequence[Section]) -> list[Section]:
    """The same words as a group may read them: no person's name beside a delay, where nobody wrote one in."""
    return [
        {**one, "lines": [{"text": line["text"] if line.get("edited") else line.get("group", line["text"])} for line in one["lines"]]}
        for one in found
    ]  # fmt: skip


def _section(desk: Desk, facts: Mapping[str, Any], name: str, lines: list[dict[str, Any]]) -> Section:
    return {"name": name, "title": plain(desk.text("bulletin.title", name=name, span=facts["span"])), "lines": lines}


def _said(desk: Desk, block: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": plain(desk.text(f"bulletin.{block}", **facts))}


def _each(desk: Desk, name: str, block: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"text": plain(desk.text(f"bulletin.{block}", at=at, one=one))} for at, one in enumerate(rows, 1)]


def _demands(desk: Desk, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of whom, what, until when; for groups of which unit."""
    found = []
    for at, one in enumerate(facts["behind"], 1):
        told = {"at": at, "by": facts["demand_by"]}
        text = plain(desk.text("bulletin.demand", one=one, **told))
        found.append({"text": text, "group": plain(desk.text("bulletin.demand", one={**one, "who": ""}, **told))})
    return found


def reasons(desk: Desk, one: Figure) -> list[str]:
    """Why a project is slow, in short sentences; what the line itself says is left out."""
    return worded(desk, [each for each in one.reasons if each["code"] not in SAID])[:MOST_REASONS]


def responsible(desk: Desk, project: int) -> str:
    """Who answers for it: its 调度责任人."""
    held = roster.named(desk.session, project, desk.today).get(Role.DISPATCH_OFFICIAL, [])
    return "、".join(name for name, _ in held)
