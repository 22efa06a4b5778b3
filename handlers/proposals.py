"""待立项: rows of a 问题台账 that wait for the office to make matters of them. Import is not news: no clock runs until it does."""

from typing import Any

from bot.messages import Button
from bot.rules.entitlement import Action
from bot.rules.words import Origin, Urgency
from handlers import ladder
from handlers.desk import Turn
from handlers.matters import number_of, unit_name
from handlers.opening import open_matter
from handlers.units import answering
from storage import board, forms, people, projects
from storage.tables import Matter, Project, Proposal

PAGE = 4


def waiting(turn: Turn) -> list[Proposal]:
    """The rows that wait for a word of the speaker's."""
    reach = board.reach(turn.standing(turn.person), Action.DISPATCH)
    return forms.waiting(turn.session, reach.units, [row.id for row in board.projects(turn.session, reach)])


def listed(turn: Turn) -> None:
    """The list, page by page; a number opens one."""
    if not turn.may(turn.person, Action.DISPATCH):
        turn.reply("start.no_such_thing")
        return
    rows = waiting(turn)
    pages = max(1, -(-len(rows) // PAGE))
    page = turn.args.get("page", 0) % pages
    here = rows[page * PAGE : (page + 1) * PAGE]
    keys = [Button(str(at), "proposal.show", {"proposal": row.id, "page": page}) for at, row in enumerate(here, 1)]
    more = [turn.key("more", "proposal.list", page=(page + 1) % pages)] if pages > 1 else []
    every = [turn.key("proposal_all", "proposal.all")] if len(rows) > 1 else []
    turn.reply(
        "proposal.list", [keys, [*more, *every]], rows=[_shown(turn, row) for row in here], page=page + 1, pages=pages, count=len(rows),
        projects=[row.project for row in here if row.project is not None], reusable=True,
    )  # fmt: skip


def _shown(turn: Turn, row: Proposal) -> dict[str, Any]:
    project = _project(turn, row)
    unit = _unit(turn, row, project)
    return {
        "project": project.name if project else "", "number": project.number if project else 0, "words": row.words, "category": row.category,
        "unit_words": row.unit_words, "person_words": row.person_words, "due_words": row.due_words, "answer": row.answer, "note": row.note,
        "raised_on": row.raised_on, "late": row.due_on is not None and row.due_on < turn.today, "unit": unit_name(turn, unit) if unit else "",
    }  # fmt: skip


def _project(turn: Turn, row: Proposal) -> Project | None:
    return projects.by_id(turn.session, row.project) if row.project is not None else None


def _unit(turn: Turn, row: Proposal, project: Project | None) -> int | None:
    """Where a matter of it would go: to the unit that the table names where somebody there could answer, else as the policy routes."""
    named = people.unit_named(turn.session, row.unit_words) if row.unit_words else None
    if named is not None and named.id in answering(turn, turn.person):
        return named.id
    return ladder.route(turn, row.category, turn.person, project)


def _open(turn: Turn) -> Proposal | None:
    """The row a button is about, where it still waits and the speaker may decide on it."""
    row = forms.by_id(turn.session, turn.args["proposal"])
    if row is not None and any(one.id == row.id for one in waiting(turn)):
        return row
    turn.reply("proposal.gone")
    return None


def show(turn: Turn) -> None:
    """One row whole, and where a matter of it would go."""
    row = _open(turn)
    if row is None:
        return
    mark = {"proposal": row.id}
    keys = [
        turn.key("proposal_make", "proposal.make", "primary", **mark),
        turn.key("proposal_drop", "proposal.drop", **mark),
        turn.key("back", "proposal.list", page=turn.args["page"]),
    ]
    turn.reply("proposal.one", [keys], row=_shown(turn, row), projects=[row.project] if row.project is not None else [])


def make(turn: Turn) -> None:
    """转为事项: it gets its number and goes to whom it concerns; its clock begins now."""
    row = _open(turn)
    if row is not None:
        matter = _made(turn, row)
        keys = [turn.key("show", "matter.show", matter=matter.id), turn.key("back", "proposal.list", page=0)]
        turn.reply(
            "proposal.made", [keys], number=number_of(turn, matter), words=row.words, unit=unit_name(turn, matter.unit), left=len(waiting(turn))
        )  # fmt: skip


def _made(turn: Turn, row: Proposal) -> Matter:
    project = _project(turn, row)
    words = turn.words("proposal.words", row=row).strip()
    matter = Matter(
        id=0, project=row.project, unit_scope=None if row.project is not None else row.unit_scope, number=0, origin=Origin.BLOCKER,
        category=row.category, urgency=Urgency.ORDINARY, words=words, document=row.source, raised_by=turn.person, raised_at=turn.now,
        since_at=turn.now, due_at=turn.now, look_at=turn.now, handed_at=turn.now, version=0,
    )  # fmt: skip
    open_matter(turn, matter, project, [], unit=_unit(turn, row, project))
    row.state, row.matter = "made", matter.id
    turn.session.flush()
    return matter


def drop(turn: Turn) -> None:
    """不转: it stays in the project's ledger and is not asked about again."""
    row = _open(turn)
    if row is not None:
        row.state = "dropped"
        turn.session.flush()
        turn.note("proposal.dropped", project=row.project, person=turn.person, facts={"proposal": row.id})
        turn.args = {"page": 0}
        listed(turn)


def ask_all(turn: Turn) -> None:
    """全部转为事项: how many go where, before it is done."""
    rows = waiting(turn)
    units: dict[str, int] = {}
    for row in rows:
        unit = _unit(turn, row, _project(turn, row))
        name = unit_name(turn, unit) if unit else ""
        units[name] = units.get(name, 0) + 1
    keys = [
        turn.key("confirm", "proposal.all_now", "primary", count=len(rows)),
        turn.key("back", "proposal.list", page=0),
    ]
    turn.reply("proposal.all", [keys], count=len(rows), units=sorted(units.items(), key=lambda pair: -pair[1]))


def make_all(turn: Turn) -> None:
    """All of them, in one go; where the list has changed meanwhile it is shown anew."""
    rows = waiting(turn)
    if len(rows) != turn.args["count"]:
        listed(turn)
        return
    made = [_made(turn, row) for row in rows]
    turn.reply("proposal.all_made", numbers=[number_of(turn, matter) for matter in made])
