"""反映问题: project, category, words and photos, urgency, a look at the whole, 提交. All of it is a draft that survives restarts."""

import re
from typing import Any

from bot.messages import Button
from bot.rules.entitlement import BY_ASSIGNMENT, Action
from bot.rules.words import UTILITIES, Category, Post, Urgency
from handlers import drafts, ladder, pick
from handlers.desk import Turn
from handlers.matters import marks, number_of, unit_name
from handlers.opening import open_matter
from storage import projects
from storage.tables import Matter, Project

_PLAIN = [category for category in Category if not category.utility]
PAGES = (_PLAIN[:5], _PLAIN[5:], UTILITIES)
"""Categories on each card: the most usual, the others, and those behind 要素."""
UTILITIES_PAGE = 2
PICK = "blocker.pick"
BEFORE = re.compile(r"^(反映问题|困难)[\s：:]*")
"""The word itself: what follows it is taken as it was typed."""

# --- the draft --------------------------------------------------------------------------------------------------------


def start(turn: Turn) -> None:
    """反映问题, typed or pressed. Words typed behind it, or just now and not read as a report, are kept."""
    rest = BEFORE.sub("", turn.typed) if turn.args.get("rest") else ""
    project = turn.args.get("project")
    draft = _carried(turn, project)
    mine = may_raise_for(turn) if project is None else {project}
    named = pick.named(turn, mine, rest) if rest else set()
    if rest and not (len(named) == 1 and _only_names(turn, rest, named)):
        draft["words"] = [*draft["words"], rest]
    if not mine:
        turn.reply("blocker.none_of_yours")
    elif len(mine) == 1 or len(named) == 1:
        _with_project(turn, draft, next(iter(named or mine)))
    else:
        turn.ask("blocker.project", draft)
        pick.show(turn, pick.urgent_first(turn, named or mine), PICK, heading="blocker.which")


def _carried(turn: Turn, project: int | None) -> dict[str, Any]:
    """What of an open draft goes into a new one: a blocker's, or words without figures said of this project. The words of any
    other are given back (`dropped`)."""
    draft = turn.talk.draft
    if turn.talk.step.startswith("blocker.") and project in (None, draft.get("project", project)):
        return {**draft, **({"project": project} if project else {})}
    figures = any(draft.get(name) for name in ("progress", "invested_year", "done"))
    if turn.talk.step == "report.figures" and not figures and project in (None, draft["project"]):
        return {"words": list(draft["words"]), "files": list(draft["files"]), "project": draft["project"]}
    return {"words": [], "files": [], "dropped": list(draft.get("words", []))}


def _only_names(turn: Turn, rest: str, named: set[int]) -> bool:
    """Whether the words behind 反映问题 do no more than name the project."""
    return any(rest == str(row.number) or rest in row.name for row in projects.by_ids(turn.session, named))


def may_raise_for(turn: Turn) -> set[int]:
    """The projects a person may raise something for."""
    standing = turn.standing(turn.person)
    found = {project for project, roles in standing.roles.items() if roles & BY_ASSIGNMENT[Action.RAISE]}
    for post, units in standing.posts:
        if post is Post.DISPATCHER:
            found |= {row.id for row in projects.in_units(turn.session, units)}
    return found


def picked(turn: Turn) -> None:
    """A project was pressed."""
    draft = turn.talk.draft if turn.talk.step.startswith("blocker.") else {"words": [], "files": []}
    _with_project(turn, dict(draft), turn.args["project"])


def choosing(turn: Turn) -> None:
    """While a project is to be picked: a name or number picks it, other words and files are kept."""
    draft = _taken_in(turn)
    mine = may_raise_for(turn)
    named = pick.named(turn, mine, turn.typed)
    if len(named) == 1:
        _with_project(turn, draft, next(iter(named)))
        return
    if turn.typed and not named:
        draft["words"] = [*draft["words"], turn.typed]
    turn.ask("blocker.project", draft)
    pick.show(turn, pick.urgent_first(turn, named or mine), PICK, heading="blocker.which")


def _with_project(turn: Turn, draft: dict[str, Any], project: int) -> None:
    if not turn.may(turn.person, Action.RAISE, project):
        turn.reply("start.no_such_thing")
        return
    draft["project"] = project
    _next(turn, draft)


def _next(turn: Turn, draft: dict[str, Any]) -> None:
    """Asks for what is still missing; at last shows the whole."""
    for name, ask in (("category", _ask_category), ("words", _ask_words), ("urgency", _ask_urgency)):
        if not draft.get(name):
            turn.ask(f"blocker.{name}", draft)
            ask(turn, draft)
            return
    turn.ask("blocker.confirm", draft)
    _confirm(turn, draft)


def _project(turn: Turn, draft: dict[str, Any]) -> Project:
    project = projects.by_id(turn.session, draft["project"])
    assert project is not None
    return project


def _taken_in(turn: Turn) -> dict[str, Any]:
    """The draft, with the files that have just come."""
    draft = dict(turn.talk.draft)
    if turn.incoming.attachments:
        draft["files"] = [*draft["files"], *drafts.keep_files(turn)]
    return draft


# --- category, words, urgency -----------------------------------------------------------------------------------------


def _ask_category(turn: Turn, draft: dict[str, Any], page: int = 0) -> None:
    keys = [turn.key(f"category_{category}", "blocker.category", category=category) for category in PAGES[page]]
    if page < UTILITIES_PAGE:
        keys.append(turn.key("more", "blocker.more", page=1 - page))
    turn.reply(
        "blocker.category", [keys[:3], keys[3:]], project=_project(turn, draft), words=draft["words"], dropped=draft.pop("dropped", []),
        utilities=page == UTILITIES_PAGE, **_shown(turn, draft),
    )  # fmt: skip


def more_categories(turn: Turn) -> None:
    """更多: the other categories, in the same place."""
    if _open(turn):
        turn.ask("blocker.category", turn.talk.draft)
        _ask_category(turn, turn.talk.draft, turn.args["page"])


def categorised(turn: Turn) -> None:
    """A category was pressed; 要素 asks which of 路水电网气热."""
    if not _open(turn):
        return
    if turn.args["category"] == Category.UTILITIES:
        turn.ask("blocker.category", turn.talk.draft)
        _ask_category(turn, turn.talk.draft, UTILITIES_PAGE)
    else:
        _next(turn, {**turn.talk.draft, "category": turn.args["category"]})


def naming_category(turn: Turn) -> None:
    """A category's name was typed; other words and files are kept as what it is about, 一般 and 紧急 as how urgent it is."""
    draft = _taken_in(turn)
    category = Category.of(turn.typed) or next(
        (one for one in Category if turn.label(f"category_{one}", turn.locale) == turn.typed), None
    )
    if category:
        draft["category"] = category
    elif draft["words"] and (urgency := Urgency.of(turn.typed)):
        draft["urgency"] = urgency
    elif turn.typed:
        draft["words"] = [*draft["words"], turn.typed]
    _next(turn, draft)


def _ask_words(turn: Turn, draft: dict[str, Any]) -> None:
    album = turn.incoming.facts.get("album") if turn.incoming.attachments else None
    turn.reply(
        "blocker.words", [[turn.key("cancel", "blocker.cancel")]], project=_project(turn, draft), category=Category(draft["category"]),
        count=len(draft["files"]), unique=f"album:{turn.known and turn.known.account}:{album}" if album else None, **_shown(turn, draft),
    )  # fmt: skip


def _ask_urgency(turn: Turn, draft: dict[str, Any]) -> None:
    keys = [turn.key(urgency, "blocker.urgency", urgency=urgency) for urgency in Urgency]
    turn.reply(
        "blocker.urgency", [[*keys, turn.key("cancel", "blocker.cancel")]], words=draft["words"], count=len(draft["files"]),
        project=_project(turn, draft), **_shown(turn, draft),
    )  # fmt: skip


def described(turn: Turn) -> None:
    """Words, photos, files: added to what was said before; 一般 and 紧急 may be typed."""
    draft = _taken_in(turn)
    urgency = Urgency.of(turn.typed)
    if urgency and draft.get("words"):
        draft["urgency"] = urgency
    elif turn.typed:
        said = [] if draft.pop("replace", False) else draft["words"]
        draft["words"] = [*said, turn.typed]
    _next(turn, draft)


def with_urgency(turn: Turn) -> None:
    """一般 or 紧急 was pressed."""
    if _open(turn):
        _next(turn, {**turn.talk.draft, "urgency": turn.args["urgency"]})


def _shown(turn: Turn, draft: dict[str, Any]) -> dict[str, Any]:
    """The project may be shown to whoever may see it; the draft is theirs."""
    return {"projects": [draft["project"]]}


def _open(turn: Turn) -> bool:
    """Whether the draft is still there; else its owner is told."""
    expired = turn.talk.expires_at is not None and turn.talk.expires_at <= turn.now
    if turn.talk.step.startswith("blocker.") and "project" in turn.talk.draft and not expired:
        return True
    turn.reply("blocker.gone")
    return False


# --- the whole --------------------------------------------------------------------------------------------------------


def _confirm(turn: Turn, draft: dict[str, Any]) -> None:
    """What will be submitted, to whom it goes, until when."""
    project = _project(turn, draft)
    matter = _made(turn, draft, project)
    ladder.lay(turn, matter, project, ladder.route(turn, matter.category, turn.person, project))
    keys = [
        turn.key("submit", "blocker.submit", "primary"),
        turn.key("amend", "blocker.amend"),
        turn.key("cancel", "blocker.cancel"),
    ]
    turn.reply(
        "blocker.confirm",
        [keys],
        project=project,
        item=matter,
        count=len(draft["files"]),
        unit=unit_name(turn, matter.unit),
        **_shown(turn, draft),
    )


def _made(turn: Turn, draft: dict[str, Any], project: Project) -> Matter:
    """The matter that the draft would make; not yet in the store."""
    return Matter(
        id=0, project=project.id, number=0, category=Category(draft["category"]), urgency=Urgency(draft["urgency"]), words="\n".join(draft["words"]),
        raised_by=turn.person, raised_at=turn.now, since_at=turn.now, due_at=turn.now, look_at=turn.now, handed_at=turn.now, version=0,
    )  # fmt: skip


def amend(turn: Turn) -> None:
    """修改: what is typed next takes the place of the words; category and project may be chosen again."""
    if not _open(turn):
        return
    draft = {**turn.talk.draft, "replace": True}
    turn.ask("blocker.words", draft)
    keys: list[Button] = [turn.key("other_category", "blocker.again", what="category")]
    if len(may_raise_for(turn)) > 1:
        keys.append(turn.key("other_project", "blocker.again", what="project"))
    keys += [turn.key("other_urgency", "blocker.again", what="urgency"), turn.key("cancel", "blocker.cancel")]
    turn.reply("blocker.amend", [keys], words=draft["words"], **_shown(turn, draft))


def again(turn: Turn) -> None:
    """One thing is chosen again, the rest stays."""
    if not _open(turn):
        return
    draft = {name: value for name, value in turn.talk.draft.items() if name not in ("replace", turn.args["what"])}
    if turn.args["what"] == "project":
        turn.ask("blocker.project", draft)
        pick.show(turn, pick.urgent_first(turn, may_raise_for(turn)), PICK, heading="blocker.which")
    else:
        _next(turn, draft)


def cancel(turn: Turn) -> None:
    """取消: what was typed is given back."""
    words = turn.talk.draft.get("words", []) if turn.talk.step.startswith("blocker.") else []
    if turn.talk.step.startswith("blocker."):
        turn.done()
    turn.reply("blocker.cancelled", words=words)


def submit(turn: Turn) -> None:
    """提交: the matter gets its number and goes to whom the policy names."""
    if not _open(turn):
        return
    draft = dict(turn.talk.draft)
    if any(not draft.get(name) for name in ("category", "words", "urgency")):
        _next(turn, draft)
        return
    if not turn.may(turn.person, Action.RAISE, draft["project"]):
        turn.done()
        turn.reply("start.no_such_thing")
        return
    turn.done()
    matter = open_matter(turn, _made(turn, draft, _project(turn, draft)), _project(turn, draft), draft["files"])
    turn.reply(
        "blocker.receipt", [[turn.key("show", "matter.show", matter=matter.id), turn.key("mistake", "erase.matter", matter=matter.id)]], number=number_of(turn, matter), item=matter,
        unit=unit_name(turn, matter.unit), **marks(matter) | {"about": ""},
    )  # fmt: skip
