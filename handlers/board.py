"""The board (总览): lights with counts, what needs attention and why."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from bot.messages import Button, Picture, plain
from bot.rules.entitlement import Action
from bot.rules.lights import SEVERITY
from bot.rules.plan import share
from bot.rules.words import Light, Post, Rung
from handlers import corrections, pick
from handlers.desk import Desk, Turn
from handlers.reasons import loaded
from storage import board, people
from storage.board import Reach
from storage.tables import Project

PAGES_ROWS = 48
"""Projects in one picture, at most: three pages; the rest is counted in its footer."""
ROOM = 30
"""Chinese characters of a project's reasons in a list, the worst first: one line of the picture. The first is always told."""
CIRCLED = 0x2460
BAR = "｜"
BOARD_POSTS = (Post.DISPATCHER, Post.LEADER, Post.LIAISON, Post.SUPERVISOR, Post.ADMINISTRATOR)

# --- facts: computed once, kept as they are, put into words as often as needed -------------------------------------------


def gathered(
    desk: Desk, meant: Reach, title: str, *, since: datetime | None = None, internal: bool = True
) -> dict[str, Any]:
    """How the projects stand today, as plain values: counts of lights, the projects that are not green with their reasons (worst
    first), what happened today (or since the moment given). internal: with matters marked 内部, which are not for groups."""
    start = since or desk.calendar.at(desk.today, time.min)
    stale_days = desk.policy.file.report.stale_days
    stale = desk.today - timedelta(days=stale_days)
    tally = board.tally(desk.session, meant, start, desk.now, stale, desk.today, internal=internal)
    hidden = frozenset() if internal else board.internal_numbers(desk.session, meant)
    troubled = sorted(board.not_green(desk.session, meant), key=_urgency)
    return {
        "title": title,
        "day": desk.today.isoformat(),
        "at": desk.now.isoformat(),
        "counts": {light.value: count for light, count in board.lights(desk.session, meant).items()},
        "troubled": [_facts_of(row, hidden) for row in troubled],
        "stale_days": stale_days,
        "doubted": board.doubted(desk.session, meant),
        "week": False,
        "rule": desk.policy.light.name,
        **asdict(tally),
    }


def _facts_of(row: Project, hidden: Set[str]) -> dict[str, Any]:
    """hidden: the numbers of matters that are not mentioned."""
    measured = row.invested_year is not None and row.year_plan
    return {
        "project": row.id,
        "number": row.number,
        "name": row.name,
        "light": row.light.value,
        "reasons": [reason for reason in row.reasons if reason["facts"].get("matter") not in hidden],
        "doubt": row.doubt,
        "progress": None if row.progress is None else str(row.progress),
        "invested": row.invested_year,
        "share": str(share(row.invested_year or 0, row.year_plan or 0)) if measured else None,
        "as_of": row.as_of.isoformat() if row.as_of else None,
    }


def _urgency(row: Project) -> tuple[Any, ...]:
    """Red before yellow; then by how high a matter stands, how long something lies, how far the money is behind."""
    reasons = [loaded(value) for value in row.reasons]
    rungs = [tuple(Rung).index(Rung(str(reason.facts["rung"]))) for reason in reasons if "rung" in reason.facts]
    days = [int(str(reason.facts["days"])) for reason in reasons if "days" in reason.facts]
    points = [Decimal(str(reason.facts["points"] or 0)) for reason in reasons if "points" in reason.facts]
    return (
        SEVERITY[row.light], -max(rungs, default=-1), -max(days, default=0), -max(points, default=Decimal(0)), row.number
    )  # fmt: skip


# --- words and picture of the facts ---------------------------------------------------------------------------------------


def because(desk: Desk, item: dict[str, Any], locale: str = "") -> str:
    """Why a project needs attention, in a few words without any person or rung: plain text."""
    told = ""
    for reason in map(loaded, item["reasons"]):
        said = plain(desk.text("board.because", locale, code=reason.code, **reason.facts))
        said = said or plain(desk.text(f"reason.{reason.code}", locale, **reason.facts))
        longer = f"{told}；{said}" if told else said
        if said and said not in told and (not told or width(longer) <= ROOM):
            told = longer
    return told


def width(text: str) -> float:
    """In Chinese characters; others are half as wide."""
    return sum(1 if letter > "\u02ff" else 0.5 for letter in text)


def attention(desk: Desk, facts: dict[str, Any], locale: str = "", without: Iterable[int] = ()) -> list[dict[str, Any]]:
    """The lines under 需关注: as many as the policy says, less those dropped (by project)."""
    shown = [item for item in facts["troubled"] if item["project"] not in set(without)]
    return [
        {
            **item,
            "doubt": item.get("doubt", ""),
            "mark": chr(CIRCLED + at),
            "light": Light(item["light"]),
            "because": because(desk, item, locale),
        }
        for at, item in enumerate(shown[: desk.policy.file.summary.attention])
    ]


def overview(
    desk: Desk, facts: dict[str, Any], locale: str = "", *, without: Sequence[int] = (), note: str = "", below: bool = False
) -> str:  # fmt: skip
    """The facts as a few lines; `note`: a dispatcher's remark above or below them."""
    shown = attention(desk, facts, locale, without)
    return desk.text(
        "board.overview", locale, facts=facts, on=date.fromisoformat(facts["day"]), attention=shown, note=note, below=below,
        rest=len(facts["troubled"]) - len(shown), corrected=corrections.note_of(desk, facts, locale),
    )  # fmt: skip


def picture(desk: Desk, facts: dict[str, Any], locale: str = "", without: Iterable[int] = ()) -> Picture | None:
    """The projects that are not green as a table; None where all are green."""
    dropped = set(without)
    troubled = [item for item in facts["troubled"] if item["project"] not in dropped]
    if not troubled:
        return None
    on, rest = date.fromisoformat(facts["day"]), len(troubled) - PAGES_ROWS
    doubted = any(item.get("doubt") == "open" for item in troubled[:PAGES_ROWS])
    words = _words(
        desk, "board.picture", locale, facts=facts, on=on, count=len(troubled), rest=max(0, rest), doubted=doubted
    )
    title, subtitle, as_of, footer, *headers = words
    return Picture("summary", {
        "title": title, "subtitle": subtitle, "as_of": as_of, "footer": footer, "counts": facts["counts"], "empty": "",
        "labels": dict(zip(Light, _words(desk, "board.lights", locale), strict=True)),
        "headers": dict(zip(("light", "project", "progress", "invested", "plan_share"), headers, strict=True)),
        "rows": [_row(desk, item, on, locale) for item in troubled[:PAGES_ROWS]],
    })  # fmt: skip


def _row(desk: Desk, item: dict[str, Any], on: date, locale: str) -> dict[str, Any]:
    as_of = date.fromisoformat(item["as_of"]) if item["as_of"] else None
    days = (on - as_of).days if as_of else 0
    progress, invested, plan_share, age, light = _words(
        desk, "board.row", locale, item=item, as_of=as_of, days=days, on=on, light=Light(item["light"]),
        doubted=item.get("doubt") == "open",
    )  # fmt: skip
    return {
        "number": item["number"], "name": item["name"], "light": item["light"], "light_word": light, "progress": progress,
        "reason": because(desk, item, locale), "invested": invested, "plan_share": plan_share, "age": age,
    }  # fmt: skip


def _words(desk: Desk, name: str, locale: str, **facts: Any) -> list[str]:
    """The pieces of a text that a bar divides."""
    return [piece.strip() for piece in plain(desk.text(name, locale, **facts)).split(BAR)]


# --- 总览 ---------------------------------------------------------------------------------------------------------------


def show(turn: Turn) -> None:
    """总览: lights, attention, and a picture of what is not green, of all the speaker may see on a board."""
    if not turn.may(turn.person, Action.BOARD):
        turn.reply("start.no_such_thing")
        return
    facts = gathered(turn, board.reach(turn.standing(turn.person), Action.BOARD), scope_name(turn, turn.person))
    shown = attention(turn, facts, turn.locale)
    numbers = [
        Button(str(at + 1), "project.show", {"project": item["project"], "fresh": True})
        for at, item in enumerate(shown[: pick.PAGE - 1])
    ]
    more = [turn.key("more", "board.troubled", fresh=True)] if len(facts["troubled"]) > len(numbers) else []
    turn.reply(
        "board.overview", [numbers[:3], [*numbers[3:], *more, turn.key("charts", "chart.choose", fresh=True)]], picture=picture(turn, facts, turn.locale), reusable=True,
        projects=[item["project"] for item in facts["troubled"]], facts=facts, on=turn.today, attention=shown,
        rest=len(facts["troubled"]) - len(shown), note="", below=False, corrected="",
    )  # fmt: skip


def scope_name(desk: Desk, person: int) -> str:
    """The unit with the widest view among a person's posts; that of a person who stands in for another (委托) is the other's."""
    posts = [
        post
        for one in (person, *desk.acts_for(person))
        for post in people.posts_of(desk.session, one, desk.today)
        if post.role in BOARD_POSTS
    ]
    widest = max(posts, key=lambda post: len(people.subtree(desk.session, post.unit)))
    return people.unit_names(desk.session)[widest.unit]


def troubled(turn: Turn) -> None:
    """更多: the projects that are not green, page by page."""
    if not turn.may(turn.person, Action.BOARD):
        turn.reply("start.no_such_thing")
        return
    found = sorted(board.not_green(turn.session, board.reach(turn.standing(turn.person), Action.BOARD)), key=_urgency)
    turn.pressed = None
    pick.show(turn, found, "project.show", heading="board.troubled")
