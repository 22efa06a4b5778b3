"""Putting a confirm card right: by a tap on one of its lines, or by words (改成七成); everything else stays as it was."""

from typing import Any

from bot.messages import Button
from bot.rules import reading
from bot.rules.amends import Amend, as_percent, read_amend
from bot.rules.words import Stage
from handlers import confirming, doubts, drafts, judging, pick, report_card, stages
from handlers.desk import Turn
from storage import projects
from storage.tables import Milestone, Project

ROLES = frozenset(("month", "ten_days", "week", "ytd", "total"))
"""What a sum may be of; others that are said of the line 投资 are what stood there before, else 累计."""
CHOSEN = 4
"""Milestones to be tapped on one card."""

# --- which line -----------------------------------------------------------------------------------------------------------


def choose(turn: Turn) -> None:
    """修改: the lines of the card, each with a number."""
    project = _project(turn)
    if project is not None:
        turn.ask("report.figures", turn.talk.draft)
        _show_lines(turn, project)


def _project(turn: Turn) -> Project | None:
    project = projects.by_id(turn.session, turn.talk.draft.get("project", 0))
    if project is None or "words" not in turn.talk.draft:
        turn.reply("report.draft_gone")
        return None
    return project


def _show_lines(turn: Turn, project: Project, wrong: bool = False) -> None:
    draft, milestones = turn.talk.draft, projects.milestones_of(turn.session, project.id)
    facts = report_card.facts(turn, project, draft, milestones)
    lines = ["progress", "invested"]
    if draft["done"] or any(row.done_on is None for row in milestones):
        lines.append("milestones")
    if draft["unread"] or draft.get("life") or any(draft.get("told", {}).values()):
        lines.append("told")
    if draft["files"]:
        lines.append("files")
    numbers = [Button(str(at), "report.line", {"line": line}) for at, line in enumerate(lines, 1)]
    turn.reply(
        "report.amend", [numbers, [turn.key("back", "report.card")]], lines=lines, wrong=wrong, projects=[project.id], **facts
    )  # fmt: skip


def back(turn: Turn) -> None:
    """返回: the card as it was."""
    project = _project(turn)
    if project is not None:
        draft = turn.talk.draft
        draft.pop("line", None)
        turn.ask("report.figures", draft)
        confirming.show(turn, project, projects.milestones_of(turn.session, project.id))


# --- one line -------------------------------------------------------------------------------------------------------------


def tapped(turn: Turn) -> None:
    """A line was tapped: just that one thing is asked for."""
    project = _project(turn)
    if project is not None:
        _ask_line(turn, project, turn.args["line"])


def _ask_line(turn: Turn, project: Project, line: str, unclear: str = "", questions: tuple[str, ...] = ()) -> None:
    draft, milestones = turn.talk.draft, projects.milestones_of(turn.session, project.id)
    draft["line"] = line
    turn.ask("report.line", draft)
    shown = _candidates(draft, milestones) if line == "milestones" else []
    keys = [
        Button(str(at), "report.milestone", {"milestone": row.id, "card": draft.get("card")})
        for at, row in enumerate(shown, 1)
    ]
    drop = [turn.key("drop_line", "report.drop", line=line)] if _there(draft, line) else []
    asked = [turn.words("report.question", code=code).strip() for code in questions]
    turn.reply(
        "report.line", [keys, [*drop, turn.key("back", "report.card")]], line=line, unclear=unclear, asked=asked, candidates=shown,
        projects=[project.id], **report_card.facts(turn, project, draft, milestones),
    )  # fmt: skip


def _candidates(draft: dict[str, Any], milestones: list[Milestone]) -> list[Milestone]:
    """The milestones to choose among: those marked, those that may be meant, then the open ones as they come due."""
    left = [row for row in milestones if row.done_on is None]
    marked = [row for row in left if row.id in draft["done"]]
    meant = [row for row in left if row.id in draft.get("offered", []) and row not in marked]
    others = [row for row in left if row not in marked and row not in meant]
    return [*marked, *meant, *others][:CHOSEN]


def _there(draft: dict[str, Any], line: str) -> bool:
    if line == "told":
        return bool(draft["unread"] or draft.get("life") or any(draft.get("told", {}).values()))
    names = {"progress": "progress", "invested": "invested_year", "milestones": "done", "files": "files"}
    return bool(draft.get(names[line]))


def milestone(turn: Turn) -> None:
    """A milestone was tapped: it is marked, or no more."""
    project, number = _project(turn), turn.args["milestone"]
    if project is None:
        return
    milestones = projects.milestones_of(turn.session, project.id)
    if number not in [row.id for row in milestones] or not drafts.still_mine(turn, project.id):
        turn.reply("report.draft_gone")
        return
    draft = turn.talk.draft
    marked = number in draft["done"]
    draft["done"] = sorted({*draft["done"]} - {number} if marked else {*draft["done"], number})
    draft["offered"] = [one for one in draft.get("offered", []) if one != number]
    _changed(turn, project, milestones)


def drop(turn: Turn) -> None:
    """去掉: the line goes, the rest stays."""
    project = _project(turn)
    if project is not None:
        _drop(turn.talk.draft, turn.args["line"])
        _changed(turn, project, projects.milestones_of(turn.session, project.id))


def _drop(draft: dict[str, Any], line: str) -> None:
    gone: dict[str, tuple[str, ...]] = {
        "progress": ("progress",),
        "invested": ("invested_year", "invested_period", "period", "role", "ambiguous"),
        "told": ("told", "blockers", "life"),
    }
    for name in gone.get(line, ()):
        draft.pop(name, None)
    if line == "milestones":
        draft["done"], draft["offered"] = [], []
    elif line == "files":
        draft["files"] = []
    elif line == "told":
        draft["unread"] = []


def _changed(turn: Turn, project: Project, milestones: list[Milestone]) -> None:
    draft = turn.talk.draft
    draft.pop("line", None)
    draft["questions"] = []
    confirming.put_right(turn, project, milestones)


# --- in words -------------------------------------------------------------------------------------------------------------


def taken(turn: Turn, project: Project) -> bool:
    """Words typed while a card is open: whether they were a change of it (改成七成, 不是主体封顶，是基础完成, 不对), and so no report."""
    draft = turn.talk.draft
    if not draft.get("words") or draft.get("explaining"):
        return False
    amend = read_amend(pick.without_names(turn, project, turn.typed))
    if amend is None:
        return False
    _apply(turn, project, amend)
    return True


def typed(turn: Turn) -> None:
    """What was typed or sent for the line that was asked about."""
    project = _project(turn)
    if project is None or not drafts.still_mine(turn, project.id):
        turn.done()
        turn.reply("start.no_such_thing")
        return
    draft = turn.talk.draft
    if turn.incoming.attachments:
        draft["files"] = [*draft["files"], *drafts.keep_files(turn)]
        if not turn.typed:
            _changed(turn, project, projects.milestones_of(turn.session, project.id))
            return
    said, line = pick.without_names(turn, project, turn.typed), draft.get("line", "")
    amend = read_amend(said) or Amend(line, said)
    _apply(turn, project, amend if amend.line else Amend(line, amend.words, amend.withdrawn, amend.drop))


def _apply(turn: Turn, project: Project, amend: Amend) -> None:
    """Changes the line meant; asks which, or what is to stand there, where that was not said."""
    draft, milestones = turn.talk.draft, projects.milestones_of(turn.session, project.id)
    if amend.drop and amend.line:
        _drop(draft, amend.line)
    elif not amend.words and not amend.withdrawn:
        if amend.line:
            _ask_line(turn, project, amend.line)
        else:
            turn.ask("report.figures", draft)
            _show_lines(turn, project, wrong=True)
        return
    else:
        withdrawn = _withdraw(turn, draft, milestones, amend.withdrawn)
        read = confirming.read_of(turn, milestones, _whole(draft, amend))
        if not (amend.words and _mend(turn, project, amend, read, milestones)) and not withdrawn:
            _ask_line(turn, project, amend.line or "progress", turn.typed, read.questions)
            return
    confirming.typed(turn, draft, turn.typed)
    _changed(turn, project, milestones)


def _whole(draft: dict[str, Any], amend: Amend) -> str:
    """The words of a change as they are to be read: a bare number is the progress, where that is meant or nothing else stands."""
    meant = amend.line == "progress" or (not amend.line and ("progress" in draft or "invested_year" not in draft))
    return as_percent(amend.words) if meant else amend.words


def _withdraw(turn: Turn, draft: dict[str, Any], milestones: list[Milestone], words: str) -> bool:
    """不是…: what these words would have said is taken out. Returns whether there was anything of it."""
    if not words:
        return False
    read = confirming.read_of(turn, milestones, words)
    if not read.milestones and not read.stages:
        read = confirming.read_of(turn, milestones, f"{words}完成")
    before = (list(draft["done"]), draft.get("progress"), draft.get("told"), draft.get("life", []))
    gone = {milestones[one.index].id for one in read.milestones}
    draft["done"] = [one for one in draft["done"] if one not in gone]
    draft["offered"] = [one for one in draft.get("offered", []) if one not in gone]
    if "progress" in draft and read.percent is not None and str(read.percent) == draft["progress"]:
        draft.pop("progress")
    told = draft.get("told", {})
    named = {one.stage for one in read.stages} | {stage.zh for stage in Stage if stage.zh in words}
    draft["life"] = [one for one in draft.get("life", []) if Stage(one["stage"]).zh not in named]
    if told:
        draft["told"] = {**told, "stages": [one for one in told["stages"] if one[0] not in named]}
    return before != (draft["done"], draft.get("progress"), draft.get("told"), draft["life"])


def _mend(
    turn: Turn, project: Project, amend: Amend, read: reading.Reading, milestones: list[Milestone]
) -> bool:  # fmt: skip
    """Lays what was read over the line meant, over whatever it speaks of where none is. Returns whether anything was."""
    draft, line, mended = turn.talk.draft, amend.line, False
    if line in ("", "progress") and read.percent is not None:
        draft["progress"], mended = str(read.percent), True
    if line in ("", "invested") and read.amounts:
        mended = _invested(turn, project, read, amend.words) or mended
    done = [milestones[one.index].id for one in read.milestones if one.status == "done"]
    done = [one for one in done if next(row for row in milestones if row.id == one).done_on is None]
    if line in ("", "milestones") and done:
        draft["done"] = sorted(done if line else {*draft["done"], *done})
        draft["offered"], mended = [one for one in draft.get("offered", []) if one not in done], True
    if line == "told" or (not line and (read.stages or read.hindrances or read.deadlines)):
        report_card.take(draft, read, milestones, afresh=line == "told")
        if line == "told":
            draft.pop("life", None)
        stages.take(turn, project, draft, read, amend.words)
        draft["offered"] = [one for one in draft["offered"] if one not in done]
        if line == "told":
            draft["unread"], draft["blockers"] = list(read.unread), sorted(read.blockers)
        mended = True
    return mended


def _invested(turn: Turn, project: Project, read: reading.Reading, words: str) -> bool:
    """The sum of the line 投资: one that does not say of what it is stays what stood there before."""
    draft, was = turn.talk.draft, turn.talk.draft.get("role", "total")
    typed = reading.read(turn.typed, turn.today, turn.house.lexicon).amounts
    roles = {one.yuan: one.role for one in typed if one.role in ROLES}
    amounts = [
        reading.Amount(one.yuan, one.role if one.role in ROLES else roles.get(one.yuan, was), one.text)
        for one in read.amounts
    ]
    before = draft.get("invested_year")
    draft.pop("ambiguous", None)
    confirming.take_amounts(turn, project, draft, amounts, words, judging.basis(turn, project))
    return draft.get("invested_year") is not None or draft.get("ambiguous") is not None or before is not None


# --- evidence -------------------------------------------------------------------------------------------------------------


def proof(turn: Turn) -> None:
    """Photos, files, or a word on why there are none, for a milestone whose standard asks for evidence."""
    project = _project(turn)
    if project is None or not drafts.still_mine(turn, project.id):
        turn.done()
        turn.reply("start.no_such_thing")
        return
    draft = turn.talk.draft
    if turn.incoming.attachments:
        draft["files"] = [*draft["files"], *drafts.keep_files(turn)]
        turn.ask("report.figures", draft)
        confirming.show_files(turn, project)
    elif not doubts.says_why(turn.typed):
        turn.reply("doubt.too_short")
    elif read_amend(turn.typed) is not None:
        turn.ask("report.figures", draft)
        taken(turn, project)
    else:
        draft["unproved"] = turn.typed
        confirming.typed(turn, draft, turn.words("report.unproved", words=turn.typed).strip())
        confirming.write(turn, project, dict(draft))
