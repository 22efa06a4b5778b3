"""The board (总览): lights with counts, what needs attention and why; and the projects one by one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from bot.messages import Button, Picture, plain
from bot.rules import reading
from bot.rules.entitlement import OFFICIALS, REPORTERS, Action
from bot.rules.figures import total_invested
from bot.rules.lights import SEVERITY
from bot.rules.plan import share
from bot.rules.words import Category, Light, Post, Role, Rung
from handlers import matters, pick, reports
from handlers.desk import Desk, Turn
from handlers.reasons import loaded, worded
from storage import board, people, projects
from storage.board import Reach
from storage.tables import Matter, Milestone, Project

PAGES_ROWS = 48
"""Projects in one picture, at most: three pages; the rest is counted in its footer."""
ROOM = 30
"""Chinese characters of a project's reasons in a list, the worst first: one line of the picture. The first is always told."""
CIRCLED = 0x2460
SHOWN_MILESTONES = 6
BAR = "｜"
NUMBER = re.compile(r"(?:项目)?\s*[#＃]?\s*(\d{1,6})\s*号?")
BOARD_POSTS = (Post.DISPATCHER, Post.LEADER, Post.SUPERVISOR, Post.ADMINISTRATOR)

# --- facts: computed once, kept as they are, put into words as often as needed -------------------------------------------


def gathered(desk: Desk, meant: Reach, title: str, *, since: datetime | None = None) -> dict[str, Any]:
    """How the projects stand today, as plain values: counts of lights, the projects that are not green with their reasons (worst
    first), what happened today (or since the moment given)."""
    start = since or desk.calendar.at(desk.today, time.min)
    stale_days = desk.policy.file.report.stale_days
    tally = board.tally(desk.session, meant, start, desk.now, desk.today - timedelta(days=stale_days), desk.today)
    troubled = sorted(board.not_green(desk.session, meant), key=_urgency)
    return {
        "title": title,
        "day": desk.today.isoformat(),
        "at": desk.now.isoformat(),
        "counts": {light.value: count for light, count in board.lights(desk.session, meant).items()},
        "troubled": [_facts_of(row) for row in troubled],
        "stale_days": stale_days,
        "week": False,
        **asdict(tally),
    }


def _facts_of(row: Project) -> dict[str, Any]:
    measured = row.invested_year is not None and row.year_plan
    return {
        "project": row.id,
        "number": row.number,
        "name": row.name,
        "light": row.light.value,
        "reasons": row.reasons,
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
        longer = f"{told}；{said}" if told else said
        if said and said not in told and (not told or _width(longer) <= ROOM):
            told = longer
    return told


def _width(text: str) -> float:
    """In Chinese characters; others are half as wide."""
    return sum(1 if letter > "\u02ff" else 0.5 for letter in text)


def attention(desk: Desk, facts: dict[str, Any], locale: str = "", without: Iterable[int] = ()) -> list[dict[str, Any]]:
    """The lines under 需关注: as many as the policy says, less those dropped (by project)."""
    shown = [item for item in facts["troubled"] if item["project"] not in set(without)]
    return [
        {
            **item,
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
        rest=len(facts["troubled"]) - len(shown),
    )  # fmt: skip


def picture(desk: Desk, facts: dict[str, Any], locale: str = "", without: Iterable[int] = ()) -> Picture | None:
    """The projects that are not green as a table; None where all are green."""
    dropped = set(without)
    troubled = [item for item in facts["troubled"] if item["project"] not in dropped]
    if not troubled:
        return None
    on, rest = date.fromisoformat(facts["day"]), len(troubled) - PAGES_ROWS
    words = _words(desk, "board.picture", locale, facts=facts, on=on, count=len(troubled), rest=max(0, rest))
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
        desk, "board.row", locale, item=item, as_of=as_of, days=days, on=on, light=Light(item["light"])
    )
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
    facts = gathered(turn, board.reach(turn.standing(turn.person), Action.BOARD), _scope_name(turn))
    shown = attention(turn, facts, turn.locale)
    numbers = [
        Button(str(at + 1), "project.show", {"project": item["project"], "fresh": True})
        for at, item in enumerate(shown[: pick.PAGE])
    ]
    more = [turn.key("more", "board.troubled", fresh=True)] if len(facts["troubled"]) > len(numbers) else []
    turn.reply(
        "board.overview", [numbers[:3], [*numbers[3:], *more]], picture=picture(turn, facts, turn.locale), reusable=True,
        projects=[item["project"] for item in facts["troubled"]], facts=facts, on=turn.today, attention=shown,
        rest=len(facts["troubled"]) - len(shown), note="", below=False,
    )  # fmt: skip


def _scope_name(turn: Turn) -> str:
    """The unit with the widest view among the speaker's posts."""
    posts = [post for post in people.posts_of(turn.session, turn.person, turn.today) if post.role in BOARD_POSTS]
    widest = max(posts, key=lambda post: len(people.subtree(turn.session, post.unit)))
    return people.unit_names(turn.session)[widest.unit]


def troubled(turn: Turn) -> None:
    """更多: the projects that are not green, page by page."""
    if not turn.may(turn.person, Action.BOARD):
        turn.reply("start.no_such_thing")
        return
    found = sorted(board.not_green(turn.session, board.reach(turn.standing(turn.person), Action.BOARD)), key=_urgency)
    turn.pressed = None
    pick.show(turn, found, "project.show", heading="board.troubled")


# --- 项目 ---------------------------------------------------------------------------------------------------------------


def listed(turn: Turn) -> None:
    """项目: mine, or all I may see; with a number, name or 全部 behind it just those."""
    rest = str(turn.args.get("rest", "")).strip()
    seen = board.projects(turn.session, board.reach(turn.standing(turn.person), Action.SEE))
    mine = [row for row in seen if row.id in turn.standing(turn.person).roles]
    if rest and rest not in turn.words("board.everything").split():
        if not asked(turn, rest):
            _perhaps_a_report(turn)
    elif not seen:
        turn.reply("board.none")
    elif rest or not mine:
        pick.show(turn, _worst_first(seen), "project.show", heading="board.all")
    else:
        pick.show(turn, _worst_first(mine), "project.show", heading="board.mine" if len(mine) == len(seen) else "board.mine_of_more")  # fmt: skip


def _perhaps_a_report(turn: Turn) -> None:
    """ "项目 65%" names no project, but says something."""
    read = reading.read(turn.typed, turn.today)
    if turn.may(turn.person, Action.REPORT) and reports.says_something(read):
        reports.free(turn, read)
    else:
        turn.reply("start.no_such_thing")


def _worst_first(found: Iterable[Project]) -> list[Project]:
    return sorted(found, key=lambda row: (SEVERITY[row.light], row.number))


def asked(turn: Turn, words: str) -> bool:
    """Shows the project meant by its number or name alone; several that may be meant are offered. False where none is."""
    found = meant(turn, words)
    if len(found) == 1:
        card(turn, found[0])
    elif found:
        pick.show(turn, _worst_first(found), "project.show", heading="board.several")
    return bool(found)


def meant(turn: Turn, words: str, action: Action = Action.SEE) -> list[Project]:
    """The projects, of those on which the speaker may do this, whose number or name was typed and nothing else."""
    number, text = NUMBER.fullmatch(words.strip()), pick.FILLER.sub("", words)
    if not number and len(text) < 2:
        return []
    seen = board.projects(turn.session, board.reach(turn.standing(turn.person), action))
    if number:
        return [row for row in seen if row.number == int(number.group(1))]
    names = {row.id: pick.FILLER.sub("", row.name) for row in seen}
    whole = [row for row in seen if names[row.id] == text]
    return whole or [row for row in seen if text in names[row.id]]


def open_card(turn: Turn) -> None:
    """A number was pressed."""
    project = projects.by_id(turn.session, turn.args["project"])
    if project is None or not turn.may(turn.person, Action.SEE, project.id):
        turn.reply("start.no_such_thing")
    else:
        card(turn, project)


def card(turn: Turn, project: Project) -> None:
    """All about one project that the speaker may know. An owner's contact sees no light, rank or internal note."""
    inner = turn.may(turn.person, Action.LIGHTS, project.id)
    milestones = projects.milestones(turn.session, [project.id])[project.id]
    invested = total_invested(project.invested_year, project.invested_before)
    turn.reply(
        "board.card", _keys(turn, project), reusable=True, fresh=bool(turn.args.get("fresh")), projects=[project.id],
        project=project, inner=inner, reasons=worded(turn, project.reasons, turn.locale) if inner else [],
        unit=people.unit_names(turn.session).get(project.lead_unit or project.unit, ""),
        share=share(project.invested_year or 0, project.year_plan or 0) if project.invested_year is not None else None,
        total=invested, total_share=share(invested, project.total) if invested is not None and project.total else None,
        age=(turn.today - project.as_of).days if project.as_of else 0, money_older=_older_money(project),
        milestones=_shown_milestones(turn, milestones), done=sum(row.done_on is not None for row in milestones), of=len(milestones),
        officials=_people_of(turn, project, inner), matters=_matters_of(turn, project, inner),
        paused=project.paused_until is not None and project.paused_until >= turn.today,
    )  # fmt: skip


def _older_money(project: Project) -> bool:
    """Whether the money's figure is older than the newest report."""
    return bool(project.invested_as_of and project.as_of and project.invested_as_of < project.as_of)


def _shown_milestones(desk: Desk, milestones: Sequence[Milestone]) -> list[tuple[Milestone, int]]:
    """The open milestones with the working days left until their limit, the nearest first."""
    opened = [row for row in milestones if row.done_on is None]
    opened.sort(key=lambda row: (row.due is None, row.due or date.max, row.position))
    return [
        (row, desk.calendar.workdays_between(desk.today, row.due) if row.due else 0)
        for row in opened[:SHOWN_MILESTONES]
    ]


def _people_of(turn: Turn, project: Project, inner: bool) -> list[tuple[Role, str, str]]:
    """(role, names, telephone of the first) of the four officials, empty roles too, and of those who report.

    Numbers only for the dispatcher and the project's own officials.
    """
    held = turn.assigned(project.id)
    mine = turn.standing(turn.person).roles.get(project.id, frozenset())
    open_numbers = bool(mine & OFFICIALS) or turn.may(turn.person, Action.DISPATCH, project.id)
    found = []
    for role in Role:
        persons = {one.person: one for one in board.contacts(turn.session, held.get(role, ()))}
        known = [persons[person] for person in held.get(role, ()) if person in persons]
        if known or (inner and role not in REPORTERS):
            phone = known[0].phone if known and open_numbers else ""
            found.append((role, "、".join(one.name for one in known), phone))
    return found


def _matters_of(turn: Turn, project: Project, inner: bool) -> list[tuple[str, Category, str, int]]:
    """(number, category, stage, working days) of the open matters: all for those inside, else the speaker's own."""
    concerned = turn.standing(turn.person).matters
    return [
        (f"{project.number}-{row.number}", row.category, stage(turn, row, turn.locale), matters.age(turn, row))
        for row in projects.open_matters(turn.session, project.id)
        if inner or row.id in concerned
    ]


def stage(desk: Desk, matter: Matter, locale: str = "") -> str:
    """科室办理中, 部门协调中 or 区级协调中: where a matter stands, without a person or a rung."""
    rung = Rung(matter.steps[matter.rung]["rung"]) if matter.steps else Rung.SECTION
    return plain(desk.text("board.stage", locale, rung=rung))


def _keys(turn: Turn, project: Project) -> list[list[Button]]:
    wanted: list[list[tuple[str, str, Action]]] = [
        [
            ("report_progress", "report.pick", Action.REPORT),
            ("report_blocker", "blocker.start", Action.RAISE),
            ("log", "log.show", Action.READ_LOG),
        ],
        [("proxy", "desk.proxy_for", Action.DISPATCH), (*_next_state(turn, project), Action.DISPATCH)],
    ]
    return [
        [
            turn.key(label, action, project=project.id)
            for label, action, right in row
            if turn.may(turn.person, right, project.id)
        ]
        for row in wanted
    ]


def _next_state(desk: Desk, project: Project) -> tuple[str, str]:
    """What the dispatcher may do with the bot's watch over a project: begin it, pause it, take it up again."""
    if project.accepted_on is None:
        return "accept", "desk.accept"
    if project.paused_until is not None and project.paused_until >= desk.today:
        return "resume", "desk.resume"
    return "pause", "desk.pause"
