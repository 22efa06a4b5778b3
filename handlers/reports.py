"""Reporting: pick the project, type or tap; what is typed without a question open; photos and files."""

from decimal import Decimal

from bot.rules import evidence, reading
from bot.rules.entitlement import Action
from bot.rules.plan import share
from handlers import amending, confirming, doubts, drafts, filing, ledger_chat, pick, questions, several, stages
from handlers.desk import Turn
from storage import matters, outbox, projects
from storage.tables import Project

NAMED = 8
"""Words shorter than this are figures: nobody names a project in them."""


def start(turn: Turn) -> None:
    """填报: my projects, most urgent first."""
    mine = turn.standing(turn.person).reports
    if not mine:
        turn.reply("report.none_of_yours")
        return
    turn.done()
    if len(mine) == 1:
        ask(turn, next(iter(mine)))
    else:
        pick.show(turn, pick.urgent_first(turn, mine), "report.pick")


def picked(turn: Turn) -> None:
    """A project was chosen; words and files already given are kept."""
    project = turn.args["project"]
    if not turn.may(turn.person, Action.REPORT, project):
        turn.reply("start.no_such_thing")
        return
    draft = turn.talk.draft
    if draft.get("project") not in (None, project) and turn.talk.step in several.OPEN:
        several.moved_on(turn, project)
        ask(turn, project, many=True)
    elif draft.get("words") or draft.get("files"):
        words = draft.get("words", [])
        kept = {"files": draft.get("files", []), **several.carried(draft)}
        turn.ask("report.figures", {**drafts.blank(project, many=True), **kept})
        confirming.read_into(turn, projects.by_id(turn.session, project), "\n".join(words))
    else:
        ask(turn, project, many=True)


def ask(turn: Turn, number: int, *, many: bool = False) -> None:
    """Asks for the figures of one project: what stands, what is due, and the taps that may do."""
    project = projects.by_id(turn.session, number)
    if project is None:
        turn.reply("start.no_such_thing")
        return
    proxy = turn.talk.draft.get("proxy")
    kept = {**several.carried(turn.talk.draft), **({"proxy": proxy} if proxy else {})}
    turn.ask("report.figures", {**drafts.blank(project.id, many=many), **kept})
    milestones = [row for row in projects.milestones(turn.session, [project.id])[project.id] if row.done_on is None]
    keys = [turn.key("report_blocker", "blocker.start", project=project.id), turn.key("cancel", "report.cancel")]
    if not proxy and filing.on_plan_allowed(turn, project):
        keys.insert(0, turn.key("on_plan", "report.on_plan", project=project.id))
    turn.reply(
        "report.ask",
        [keys],
        project=project,
        milestones=milestones[:3],
        proof=[row.id for row in milestones[:3] if evidence.asked_for(row.standard)],
        share=_share(project),
        proxy=proxy,
        projects=[project.id],
    )


def _share(project: Project) -> Decimal | None:
    return (
        share(project.invested_year, project.year_plan)
        if project.invested_year is not None and project.year_plan
        else None
    )


def free(turn: Turn, read: reading.Reading) -> None:
    """Figures typed without a question open: the project is the one named, the only one, or asked for; the words are kept."""
    if several.taken(turn):
        return
    mine = turn.standing(turn.person).reports
    named = (pick.named(turn, mine, turn.typed) or replied_to(turn)) if len(mine) > 1 else mine
    if len(named) == 1 and not several.foreign(turn):
        project = projects.by_id(turn.session, next(iter(named)))
        assert project is not None
        turn.talk.draft = drafts.blank(project.id, many=len(mine) > 1)
        confirming.read_into(turn, project, turn.typed)
        return
    turn.ask("report.pick", {"words": [turn.typed], "files": []})
    pick.show(turn, pick.urgent_first(turn, named or mine), "report.pick", heading="report.which")


def replied_to(turn: Turn) -> set[int]:
    """The speaker's projects that the card is about to which they replied."""
    row = outbox.of_message(turn.session, turn.incoming.address, turn.incoming.quote) if turn.incoming.quote else None
    if row is None:
        return set()
    matter = matters.by_id(turn.session, row.matter) if row.matter is not None else None
    about = {*row.projects, *([matter.project] if matter is not None and matter.project is not None else [])}
    return about & turn.standing(turn.person).reports


def unsure(turn: Turn) -> None:
    """Words of a reporter that nothing could be read in: kept, and asked what they are."""
    turn.ask("report.unsure", {"words": [*turn.talk.draft.get("words", []), turn.typed]})
    keys = [
        turn.key("report_progress", "report.kept"),
        turn.key("report_blocker", "blocker.start", words=turn.typed),
    ]
    asks = [turn.key("look_up", "question.kept")] if questions.seems_asked(turn, turn.typed) else []
    turn.reply("report.unsure", [keys, [*asks, turn.key("cancel", "report.cancel")]], words=turn.typed)


def kept(turn: Turn) -> None:
    """The words kept are a report after all: which project?"""
    mine, words = turn.standing(turn.person).reports, turn.talk.draft.get("words", [])
    if len(mine) == 1 and words:
        project = next(iter(mine))
        if stages.says(turn, words[-1]) and (row := projects.by_id(turn.session, project)) is not None:
            turn.talk.draft = drafts.blank(project)
            confirming.read_into(turn, row, "\n".join(words))
            return
        turn.ask("report.figures", {**drafts.blank(project), "words": words, "unread": words})
        ask_again = projects.by_id(turn.session, project)
        turn.reply(
            "report.unread",
            confirming.as_words_keys(turn, project),
            words="\n".join(words),
            project=ask_again,
            questions=[],
        )
    else:
        turn.ask("report.pick", {"words": words, "files": []})
        pick.show(turn, pick.urgent_first(turn, mine), "report.pick", heading="report.which")


def take(turn: Turn) -> None:
    """An answer to "how does it stand?": words, photos, files."""
    if turn.incoming.attachments and ledger_chat.offered(turn):
        return
    project = projects.by_id(turn.session, turn.talk.draft["project"])
    if project is None or not drafts.still_mine(turn, project.id):
        turn.done()
        turn.reply("start.no_such_thing")
        return
    if turn.incoming.kind != "files" and turn.typed and amending.taken(turn, project):
        return
    if turn.typed and several.taken(turn):
        return
    other = _another(turn, project.id)
    if other is not None:
        several.moved_on(turn, other)
        project = projects.by_id(turn.session, other)
    elif turn.typed and project is not None and doubts.taken(turn, project):
        return
    if turn.incoming.attachments:
        _keep_files(turn)
    if turn.typed:
        confirming.read_into(turn, project, turn.typed)
    elif turn.incoming.attachments:
        _more_files(turn, project)
    else:
        turn.reply("report.unread", words=turn.incoming.text, project=project, questions=[])


def _more_files(turn: Turn, project: Project | None) -> None:
    """Files without words: said once for an album; where the words came before, the card is shown anew with the files on it."""
    turn.ask("report.figures", turn.talk.draft)
    if project is not None and _unheard(turn):
        turn.reply("report.voice_kept", project=project)
    elif project is not None:
        confirming.show_files(turn, project)


def _unheard(turn: Turn) -> bool:
    """Whether this is a voice that nobody has put into words."""
    return not turn.typed and any(one.kind == "voice" for one in turn.incoming.attachments)


def _another(turn: Turn, project: int) -> int | None:
    """Another project of this person, named in the words or spoken of on the card replied to: they have moved on to it."""
    if turn.talk.draft.get("proxy"):
        return None
    mine = turn.standing(turn.person).reports
    named = pick.named(turn, mine, turn.typed) if len(mine) > 1 and len(turn.typed) >= NAMED else set()
    named = named or replied_to(turn)
    return next(iter(named)) if len(named) == 1 and project not in named else None


def choosing(turn: Turn) -> None:
    """While a project is to be picked: a name or number picks it, other words are kept for it."""
    if turn.incoming.attachments and ledger_chat.offered(turn):
        return
    mine = turn.standing(turn.person).reports
    if turn.incoming.attachments:
        _keep_files(turn)
        if _unheard(turn):
            turn.reply("report.voice_kept", project=None)
    if turn.typed == turn.label("cancel", turn.locale):
        confirming.cancel(turn)
        return
    if several.taken(turn):
        return
    named = pick.named(turn, mine, turn.typed)
    replied = replied_to(turn)
    if turn.typed and not named and len(replied) == 1:
        turn.talk.draft.setdefault("words", []).append(turn.typed)
        named = replied
    if len(named) == 1:
        turn.args = {"project": next(iter(named))}
        picked(turn)
        return
    if turn.typed and not named:
        turn.talk.draft.setdefault("words", []).append(turn.typed)
    turn.ask("report.pick", turn.talk.draft)
    pick.show(turn, pick.urgent_first(turn, named or mine), "report.pick", heading="report.which")


def files_first(turn: Turn) -> None:
    """A photo or file without a question open: belongs to the report of the only project, or of the one to be picked."""
    mine = turn.standing(turn.person).reports
    if not mine:
        turn.reply("start.not_understood", words=turn.typed)
    elif len(mine) == 1:
        turn.ask("report.figures", drafts.blank(next(iter(mine))))
        take(turn)
    else:
        turn.ask("report.pick", {"words": [], "files": []})
        choosing(turn)


def _keep_files(turn: Turn) -> None:
    """Lays an errand down for each file and remembers the files in the draft."""
    turn.talk.draft.setdefault("files", []).extend(drafts.keep_files(turn))
