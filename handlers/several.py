"""Several projects in one message: one card each, one after the other; and whoever moves on to another project loses nothing."""

from collections.abc import Callable
from typing import Any

from bot.messages import plain
from bot.rules import reading, several
from handlers import confirming, drafts, pick
from handlers.desk import Turn
from storage import projects

MOST = 200
"""Projects of a reporter whose names are looked for."""
SHOWN = 5
OPEN = ("report.figures", "report.line", "report.proof")
"""Steps with a report under way."""


def taken(turn: Turn) -> bool:
    """Whether what was typed speaks of several projects of the speaker's, or of one and of another that is not theirs: then it is
    taken apart, and the first card shown."""
    mine = turn.standing(turn.person).reports
    draft = turn.talk.draft
    if not turn.typed or not mine or len(mine) > MOST or draft.get("proxy") or draft.get("explaining"):
        return False
    if len(mine) == 1 and not several.speaks_of_another(turn.typed):
        return False
    names = {row.id: row.name for row in projects.by_ids(turn.session, mine)}
    parts = several.parts(turn.typed, names, lambda words: _known(turn, words), lambda words: _says(turn, words))
    own = [part for part in parts if part.projects]
    if not own:
        return False
    waiting = draft if turn.talk.step == "report.pick" else None
    files = [*waiting["files"]] if waiting else drafts.keep_files(turn) if turn.incoming.attachments else []
    open_ones = {item["projects"][0]: item for item in _left(turn) if "draft" in item}
    items = [
        {**open_ones.get(part.projects[0], {}), "projects": list(part.projects), "words": [part.words]} for part in own
    ]
    items[0] |= {"files": files, "words": [*(waiting["words"] if waiting else []), *items[0]["words"]]}
    spoken_of = {one for part in own for one in part.projects}
    queue = [*items[1:], *[item for item in _left(turn) if not spoken_of & set(item["projects"])]]
    foreign = [part.words for part in parts if not part.projects]
    turn.done()
    if foreign:
        turn.reply("report.not_yours", words=foreign, names=list(names.values())[:SHOWN], count=len(names))
    _open(turn, items[0], {"queue": queue, "nth": 1, "of": 1 + len(queue)})
    return True


def _known(turn: Turn, words: str) -> bool:
    """Whether words are of the works (桩基) or of what holds them up."""
    known = turn.house.lexicon.patterns
    return bool(known.stage.search(words) or known.any_blocker.search(words))


def _says(turn: Turn, words: str) -> bool:
    return confirming.says_something(reading.read(words, turn.today, turn.house.lexicon))


def foreign(turn: Turn) -> bool:
    """Whether figures are said of something by a name that is that of a project somebody else reports: to be asked about."""
    lead = several.named_first(turn.typed, lambda words: _known(turn, words))
    return bool(lead) and projects.named_like(turn.session, lead, turn.standing(turn.person).reports)


# --- one after the other --------------------------------------------------------------------------------------------------


def carried(draft: dict[str, Any]) -> dict[str, Any]:
    """What of a draft stays while its project changes: the cards to come."""
    return {name: draft[name] for name in ("queue", "nth", "of") if name in draft}


def _left(turn: Turn) -> list[dict[str, Any]]:
    """What would be lost: the open draft, and the cards behind it."""
    draft = {name: value for name, value in turn.talk.draft.items() if name not in ("queue", "nth", "of", "line")}
    if turn.talk.step not in OPEN or draft.get("proxy") or "project" not in draft:
        return []
    started = draft["words"] or draft["files"]
    return [
        *([{"projects": [draft["project"]], "words": [], "draft": draft}] if started else []),
        *turn.talk.draft.get("queue", []),
    ]


def moved_on(turn: Turn, project: int) -> None:
    """Another project of theirs is spoken of: the draft that was open waits behind it."""
    items = _left(turn)
    again = next((item["draft"] for item in items if item["projects"] == [project] and "draft" in item), None)
    queue = [item for item in items if item["projects"] != [project]]
    draft = again or drafts.blank(project, many=True)
    turn.ask("report.figures", {**draft, "queue": queue, "nth": 1, "of": 1 + len(queue)})


def _open(turn: Turn, item: dict[str, Any], carried: dict[str, Any]) -> bool:
    """Shows the card of one item, or asks which project it is; False where nobody may report it any more."""
    mine = turn.standing(turn.person).reports
    meant = [one for one in item["projects"] if one in mine]
    words, files = item["words"], item.get("files", [])
    if not meant:
        return False
    if len(item["projects"]) > 1:
        turn.ask("report.pick", {"words": words, "files": files, **carried})
        told = plain(turn.words("report.which_of", words="；".join(words)))
        pick.show(turn, pick.urgent_first(turn, meant), "report.pick", told=told)
        return True
    project = projects.by_id(turn.session, meant[0])
    assert project is not None
    draft = item.get("draft") or drafts.blank(project.id, many=True)
    turn.ask("report.figures", {**draft, "files": [*draft["files"], *files], **carried})
    if words:
        confirming.read_into(turn, project, "\n".join(words))
    elif draft["words"]:
        confirming.put_right(turn, project, projects.milestones_of(turn.session, project.id))
    else:
        confirming.show_files(turn, project)
    return True


def go_on(turn: Turn, draft: dict[str, Any]) -> None:
    """The next card of a draft that is dealt with."""
    queue, nth = list(draft.get("queue", [])), draft.get("nth", 1)
    while queue:
        item, nth = queue.pop(0), nth + 1
        if _open(turn, item, {"queue": queue, "nth": nth, "of": draft.get("of", nth)}):
            return


def then_next(action: Callable[[Turn], None]) -> Callable[[Turn], None]:
    """The action; and where it dealt with the open draft, the next card."""

    def act(turn: Turn) -> None:
        draft = dict(turn.talk.draft)
        action(turn)
        if draft.get("queue") and not turn.talk.step:
            go_on(turn, draft)
        elif draft.get("queue") and turn.talk.step in OPEN and "queue" not in turn.talk.draft:
            turn.ask(turn.talk.step, {**turn.talk.draft, **carried(draft)})

    return act
