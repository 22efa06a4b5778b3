"""一页纸, 一句话: a project's page as files, and its sentence to be pasted anywhere."""

from collections.abc import Callable

from bot.rules.entitlement import Action
from handlers import dossier, papers, pick, project_page
from handlers.desk import Turn
from storage import projects
from storage.tables import Project


def show(turn: Turn) -> None:
    """一页纸 17: the paper as files; without a number the speaker's projects to choose from."""
    _which(turn, "paper.page", make)


def say_line(turn: Turn) -> None:
    """一句话 17: the sentence, to be copied."""
    _which(turn, "paper.line", said)


def _which(turn: Turn, action: str, done: Callable[[Turn], None]) -> None:
    rest = str(turn.args.get("rest", "")).strip()
    found = (
        dossier.meant(turn, rest, Action.LIGHTS) if rest else pick.urgent_first(turn, turn.standing(turn.person).roles)
    )
    if not rest and not found:
        turn.reply("paper.which_project")
    elif not found:
        turn.reply("start.no_such_thing")
    elif len(found) == 1:
        turn.args = {"project": found[0].id}
        done(turn)
    else:
        pick.show(turn, found, action, heading="paper.pick")


def _chosen(turn: Turn) -> Project | None:
    row = projects.by_id(turn.session, turn.args["project"])
    if row is None or not turn.may(turn.person, Action.LIGHTS, row.id):
        turn.reply("start.no_such_thing")
        return None
    return row


def make(turn: Turn) -> None:
    """The paper is drawn outside the writer and comes as files."""
    row = _chosen(turn)
    if row is not None:
        papers.ask(turn, "project", project=row.id, name=row.name)


def said(turn: Turn) -> None:
    """The sentence, shown and to be copied."""
    row = _chosen(turn)
    if row is not None:
        words = project_page.line(turn, row)
        keys = [
            turn.key("one_page", "paper.page", project=row.id),
            turn.key("project", "project.show", project=row.id, fresh=True),
        ]
        turn.reply("paper.line", [keys], copy=words, project=row, reusable=True, projects=[row.id])
