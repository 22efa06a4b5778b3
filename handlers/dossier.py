"""One project at a time (项目): mine or all I may see, the one meant by a number or name, and its card."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.messages import Button, plain
from bot.rules import reading
from bot.rules.entitlement import OFFICIALS, REPORTERS, Action
from bot.rules.figures import total_invested
from bot.rules.lights import SEVERITY
from bot.rules.plan import share
from bot.rules.words import Category, Role, Rung
from handlers import confirming, judging, list_deeds, matters, pick, reports
from handlers.desk import Desk, Turn
from handlers.reasons import worded
from storage import board, doubts, lights, people, projects
from storage import reports as reports_kept
from storage.tables import Matter, Milestone, Project

SHOWN_MILESTONES = 6
MOST_KEYS = 6
DEEDS: tuple[tuple[str, str, Action], ...] = (
    ("report_progress", "report.pick", Action.REPORT),
    ("report_blocker", "blocker.start", Action.RAISE),
    ("log", "log.show", Action.READ_LOG),
    ("light", "light.show", Action.LIGHTS),
    ("proxy", "desk.proxy_for", Action.DISPATCH),
    ("charts", "chart.project", Action.LIGHTS),
    ("plan", "plan.show", Action.LIGHTS),
    ("milestones", "milestone.list", Action.LIGHTS),
    ("one_page", "paper.page", Action.LIGHTS),
    ("one_line", "paper.line", Action.LIGHTS),
)
"""The buttons of a project's card in their order, and who has them; the dispatcher's next deed with its watch stands among them."""
DEED_ON_CARD = 4
SHOWN_CORRECTION = timedelta(days=90)
NUMBER = re.compile(r"(?:项目)?\s*[#＃]?\s*(\d{1,6})\s*号?")
"""17, #17, 项目 17, 17 号."""

# --- which one ------------------------------------------------------------------------------------------------------------


def listed(turn: Turn) -> None:
    """项目: mine, or all I may see; with a number, name or 全部 behind it just those."""
    rest = str(turn.args.get("rest", "")).strip()
    seen = board.projects(turn.session, board.reach(turn.standing(turn.person), Action.SEE))
    mine = [row for row in seen if row.id in turn.standing(turn.person).roles]
    if rest and rest not in turn.words("dossier.everything").split():
        if not asked(turn, rest):
            _perhaps_a_report(turn)
    elif not seen:
        turn.reply("dossier.none")
    elif rest or not mine:
        pick.show(turn, _worst_first(seen), "project.show", heading="dossier.all")
    else:
        pick.show(turn, _worst_first(mine), "project.show", heading="dossier.mine" if len(mine) == len(seen) else "dossier.mine_of_more")  # fmt: skip


def _perhaps_a_report(turn: Turn) -> None:
    """ "项目 65%" names no project, but says something."""
    read = reading.read(turn.typed, turn.today, turn.house.lexicon)
    if turn.may(turn.person, Action.REPORT) and confirming.says_something(read):
        reports.free(turn, read)
    else:
        turn.reply("start.no_such_thing")


def _worst_first(found: Iterable[Project]) -> list[Project]:
    return sorted(found, key=lambda row: (SEVERITY[row.light], row.number))


def asked(turn: Turn, words: str) -> bool:
    """Shows the project meant by its number or name alone; several that may be meant are offered. False where none is."""
    found = meant(turn, words, left=True)
    if len(found) == 1:
        card(turn, found[0])
    elif found:
        pick.show(turn, _worst_first(found), "project.show", heading="dossier.several")
    return bool(found)


def one_named(turn: Turn, route: str, heading: str) -> tuple[Project, str] | None:
    """The project that a button or the words behind a command name, and what is said of it ("17 竣工 11-20"). None where there is none
    or several, which is answered here: `route` opens the one that is picked."""
    rest = str(turn.args.get("rest", "")).strip()
    named, _, said = rest.partition(" ")
    if "project" in turn.args:
        row = projects.by_id(turn.session, turn.args["project"])
        found = [row] if row and turn.may(turn.person, Action.SEE, row.id) else []
    elif named:
        found = meant(turn, named) or meant(turn, rest)
    else:
        found = board.projects(turn.session, board.reach(turn.standing(turn.person), Action.SEE))
    if len(found) == 1:
        return found[0], said.strip()
    if found:
        pick.show(turn, found, route, heading=heading)
    else:
        turn.reply("start.no_such_thing")
    return None


def meant(turn: Turn, words: str, action: Action = Action.SEE, *, left: bool = False) -> list[Project]:
    """The projects, of those on which the speaker may do this, whose number or name (one it had before, too) was typed and nothing else;
    left: those that have left the list, where none that is on it is meant."""
    reach = board.reach(turn.standing(turn.person), action)
    found = _meant(turn, words, board.projects(turn.session, reach))
    return found or (_meant(turn, words, board.projects(turn.session, replace(reach, left=True))) if left else [])


def _meant(turn: Turn, words: str, seen: list[Project]) -> list[Project]:
    number, text = NUMBER.fullmatch(words.strip()), pick.FILLER.sub("", words)
    if not number and len(text) < 2:
        return []
    if number:
        return [row for row in seen if row.number == int(number.group(1))]
    names = {one: [pick.FILLER.sub("", name) for name in known] for one, known in pick.known_names(turn, seen).items()}
    whole = [row for row in seen if text in names[row.id]]
    return whole or [row for row in seen if any(text in name for name in names[row.id])]


# --- its card --------------------------------------------------------------------------------------------------------------


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
        "dossier.card", _keys(turn, project, int(turn.args.get("page", 0))), reusable=True, fresh=bool(turn.args.get("fresh")), projects=[project.id],
        project=project, inner=inner, reasons=worded(turn, project.reasons, turn.locale) if inner else [],
        unit=people.unit_names(turn.session).get(project.lead_unit or project.unit, ""),
        share=share(project.invested_year or 0, project.year_plan or 0) if project.invested_year is not None else None,
        total=invested, total_share=share(invested, project.total) if invested is not None and project.total else None,
        age=(turn.today - project.as_of).days if project.as_of else 0, money_older=_older_money(project),
        milestones=_shown_milestones(turn, milestones), done=sum(row.done_on is not None for row in milestones), of=len(milestones),
        officials=_people_of(turn, project, inner) if project.left_on is None else [], matters=_matters_of(turn, project, inner),
        changes=list_deeds.history(turn, project.id, turn.locale), paused=project.paused_until is not None and project.paused_until >= turn.today, **_truth_of(turn, project), **_light_of(turn, project, inner),
    )  # fmt: skip


def _light_of(turn: Turn, project: Project, inner: bool) -> dict[str, Any]:
    """Since when the light is what it is, by which rule, the one that an official declares beside it, and whether work stands still."""
    mine = lights.declared(turn.session, [project.id]).get(project.id) if inner else None
    late = turn.calendar.workdays_between(project.resume_on, turn.today) if project.resume_on else 0
    return {
        "light_since": lights.since(turn.session, [project.id]).get(project.id) if inner else None, "rule": turn.policy.light.name,
        "declared": mine, "resume_late": max(0, late),
    }  # fmt: skip


def _older_money(project: Project) -> bool:
    """Whether the money's figure is older than the newest report."""
    return bool(project.invested_as_of and project.as_of and project.invested_as_of < project.as_of)


def _truth_of(turn: Turn, project: Project) -> dict[str, Any]:
    """What is doubted in the figures with how it was explained, the newest figures of others, and the last value put right."""
    rows = doubts.standing(turn.session, project.id) if project.doubt else []
    return {
        "doubts": judging.explained_lines(turn, rows, turn.locale),
        "statistical": doubts.outside(turn.session, project.id, "statistical", turn.today.year),
        "corrected": reports_kept.last_correction(turn.session, project.id, turn.now - SHOWN_CORRECTION),
    }


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
    """科室办理中, 部门协调中, 区级协调中 …: where a matter stands, without a person or a rung."""
    return plain(desk.text("dossier.stage", locale, rung=matters.rung_of(matter) or Rung.SECTION, state=matter.state))


def _keys(turn: Turn, project: Project, page: int) -> list[list[Button]]:
    """What the speaker may do with it, a card's worth at a time: the rest stands behind 更多."""
    if project.left_on is not None:
        left = (("log", "log.show", Action.READ_LOG), ("list_restored", "list.restored", Action.DISPATCH))
        return [
            [
                turn.key(label, action, project=project.id)
                for label, action, right in left
                if turn.may(turn.person, right, project.id)
            ]
        ]
    wanted = (*DEEDS[:DEED_ON_CARD], (*_next_state(turn, project), Action.DISPATCH), *DEEDS[DEED_ON_CARD:])
    keys = [
        turn.key(label, action, project=project.id)
        for label, action, right in wanted
        if turn.may(turn.person, right, project.id)
    ]
    if len(keys) > MOST_KEYS:
        last = len(keys) <= (page + 1) * (MOST_KEYS - 1)
        other = turn.key("back" if last else "more", "project.show", project=project.id, page=0 if last else page + 1)
        keys = [*keys[page * (MOST_KEYS - 1) : (page + 1) * (MOST_KEYS - 1)], other]
    return [keys[:3], keys[3:]]


def _next_state(desk: Desk, project: Project) -> tuple[str, str]:
    """What the dispatcher may do with the bot's watch over a project: begin it, pause it, take it up again."""
    if project.accepted_on is None:
        return "accept", "desk.accept"
    if project.paused_until is not None and project.paused_until >= desk.today:
        return "resume", "desk.resume"
    return "pause", "desk.pause"
