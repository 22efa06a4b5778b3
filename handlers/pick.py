"""Choosing one of many: a numbered text with number buttons, page by page, and names found in what was typed."""

import re
from collections.abc import Iterable, Sequence

from bot.messages import Button
from bot.rules.entitlement import Action
from bot.rules.words import Light
from handlers.desk import Turn
from handlers.reasons import worded
from storage import list_changes, projects
from storage.tables import Project

PAGE = 5
NAME_PART = 4
"""So many characters of a name standing in a row in what was typed mean the project, not the work."""
URGENCY = {Light.RED: 0, Light.YELLOW: 1, Light.GREEN: 2}
FILLER = re.compile(r"(项目|工程|建设|[\s（）()《》“”\"·,，。])")


def urgent_first(turn: Turn, wanted: Iterable[int]) -> list[Project]:
    """Red before yellow before green; among equals what was reported longest ago."""
    found = projects.by_ids(turn.session, wanted)
    return sorted(
        found, key=lambda row: (URGENCY[row.light], row.as_of is not None, row.as_of or turn.today, row.number)
    )


def show(
    turn: Turn, found: Sequence[Project], action: str, *, page: int = 0, heading: str = "report.pick", told: str = ""
) -> None:
    """A page of projects; pressing a number does `action` with that project. told: what is said above it in the place of the heading."""
    ids = [row.id for row in found]
    pages = max(1, -(-len(ids) // PAGE))
    shown = found[page * PAGE : (page + 1) * PAGE]
    numbers = [Button(str(at + 1), action, {"project": row.id}) for at, row in enumerate(shown)]
    rows: list[list[Button]] = [numbers]
    if pages > 1:
        more = turn.key("more", "pick.page", ids=ids, action=action, page=(page + 1) % pages, heading=heading)
        rows = [numbers[:3], [*numbers[3:], more]]
    turn.reply(
        "pick.projects",
        rows,
        heading=told or turn.words(heading),
        shown=shown,
        page=page + 1,
        pages=pages,
        count=len(ids),
        lights=(seen := {row.id for row in shown if turn.may(turn.person, Action.LIGHTS, row.id)}),
        why={
            row.id: worded(turn, row.reasons[:1], turn.locale)[0]
            for row in shown
            if row.id in seen and row.light is not Light.GREEN and row.reasons
        },
        projects=[row.id for row in shown if turn.may(turn.person, Action.SEE, row.id)],
    )


def turn_page(turn: Turn) -> None:
    """更多: the next page, in the same place."""
    order = {project: at for at, project in enumerate(turn.args["ids"])}
    found = sorted(projects.by_ids(turn.session, order), key=lambda row: order[row.id])
    show(turn, found, turn.args["action"], page=turn.args["page"], heading=turn.args["heading"])


def named(turn: Turn, among: Iterable[int], words: str) -> set[int]:
    """The projects meant by what was typed: by number alone, by whole name, else by the longest part of a name that stands in it."""
    text = FILLER.sub("", words)
    if not text:
        return set()
    found = projects.by_ids(turn.session, among)
    if words.strip().isdigit():
        return {row.id for row in found if row.number == int(words)}
    names = {one: [FILLER.sub("", name) for name in known] for one, known in known_names(turn, found).items()}
    whole = {one for one, known in names.items() if any(name in text for name in known)}
    if whole:
        return whole
    scores = {one: max(_shared(name, text) for name in known) for one, known in names.items()}
    best = max(scores.values(), default=0)
    return (
        {number for number, score in scores.items() if score == best}
        if best >= min(4, len(text)) and best >= 3
        else set()
    )


def known_names(turn: Turn, found: Iterable[Project]) -> dict[int, list[str]]:
    """project -> its name and those it had before."""
    rows = list(found)
    former = list_changes.former_names(turn.session, [row.id for row in rows])
    return {row.id: [row.name, *former.get(row.id, ())] for row in rows}


def without_names(turn: Turn, project: Project, words: str) -> str:
    """`without_name`, whichever of its names stands in them."""
    for name in known_names(turn, [project])[project.id]:
        words = without_name(name, words)
    return words


def without_name(name: str, words: str) -> str:
    """The words without the project's name or the long part of it that stands in them: a bridge in a name is no bridge being built.
    Words that are nothing but such a part stay: they were meant."""
    size = _shared(name, words)
    if size < NAME_PART:
        return words
    part = next(name[at : at + size] for at in range(len(name) - size + 1) if name[at : at + size] in words)
    left = words.replace(part, " ", 1)
    return left if FILLER.sub("", left) else words


def _shared(name: str, text: str) -> int:
    """Length of the longest part of a name that stands in the text."""
    for size in range(min(len(name), len(text)), 2, -1):
        if any(name[at : at + size] in text for at in range(len(name) - size + 1)):
            return size
    return 0
