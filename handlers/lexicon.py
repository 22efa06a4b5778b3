"""The words that reports are read with: what was not understood is filed with one tap, and the next message is read with it (词库)."""

from collections.abc import Iterable
from typing import Any, cast

from sqlmodel import Session

from bot.messages import Button
from bot.rules.entitlement import Action
from bot.rules.reading.lexicon import Kind, Lexicon, seed
from bot.rules.words import Category
from handlers.desk import Desk, Turn
from handlers.roster import Refused
from storage import lexicon, people, projects
from storage.db import afterwards
from storage.tables import UnreadClause

IGNORED = "ignored"
KINDS = ("blocker", "stage", "help")
NAMED = {Category.UTILITIES: "配套", Category.SURROUNDINGS: "场地", Category.OWNER: "履约", Category.OTHER: "材料设备"}
"""The lexicon's kind under which a category's new words go, where it bears another name."""
PAGES = (
    ("land", "money", "approval", "expropriation", IGNORED),
    ("utilities", "labour", "surroundings", "owner", "other"),
    ("help", "stage", "next"),
)
"""What a clause may be filed under, a card each; the usual first."""

# --- the lexicon in force -----------------------------------------------------------------------------------------------


def in_force(session: Session) -> Lexicon:
    """The lexicon that comes with the program, with every word that was learnt; one whose meaning is no more is passed over."""
    found = seed()
    for row in lexicon.words(session):
        if row.kind in KINDS and _known(found, row.kind, row.meaning):
            found = found.learned(cast(Kind, row.kind), row.meaning, row.word)
    return found


def _known(found: Lexicon, kind: str, meaning: str) -> bool:
    names: Iterable[str] = {"blocker": found.blockers, "stage": found.stages}.get(kind, (meaning,))
    return meaning in names


def learn(desk: Desk, kind: str, word: str, meaning: str, source: str, by: int | None) -> None:
    """One word more; messages are read with it once it is on disk."""
    row = lexicon.learn(desk.session, kind, word, meaning, source, by, desk.now)
    desk.note(
        "lexicon.learned", person=by, facts={"word": row.id, "kind": kind, "meaning": meaning}, words={"word": word}
    )
    made = in_force(desk.session)
    afterwards(desk.session, lambda: setattr(desk.house, "lexicon", made))


def keep(turn: Turn, clauses: Iterable[str], project: int | None, report: int | None) -> None:
    """What of a report was not understood goes to the review."""
    found = [clause.strip()[:200] for clause in clauses if clause.strip()]
    if found:
        lexicon.keep(turn.session, found, project=project, report=report, person=turn.person, now=turn.now)


# --- the review ---------------------------------------------------------------------------------------------------------


def review(turn: Turn) -> None:
    """词库: the first clause that waits to be filed."""
    _show(turn, 0)


def _mine(turn: Turn) -> list[UnreadClause]:
    """The clauses of projects the speaker dispatches."""
    return [
        row
        for row in lexicon.waiting(turn.session)
        if row.project is None or turn.may(turn.person, Action.DISPATCH, row.project)
    ]


def _show(turn: Turn, after: int, page: int = 0, phrase: str = "") -> None:
    """The first clause behind `after`, with what it may be filed under. phrase: the part of it to be remembered."""
    found = _mine(turn)
    row = next((one for one in found if one.id > after), found[0] if found else None)
    if row is None:
        turn.done()
        turn.reply("lexicon.nothing", learnt=len(lexicon.words(turn.session)))
        return
    carried = {"clause": row.id, "phrase": phrase}
    turn.ask("lexicon.phrase", carried)
    project = projects.by_id(turn.session, row.project) if row.project is not None else None
    keys = [_key(turn, what, carried) for what in PAGES[page]]
    keys.append(turn.key("more", "lexicon.page", **carried, page=(page + 1) % len(PAGES)))
    turn.reply(
        "lexicon.clause", [keys[:3], keys[3:]], clause=row.clause, phrase=phrase, project=project.name if project else "", at=row.at,
        who=people.name_of(turn.session, row.person), left=len(found), projects=[row.project] if row.project is not None else [],
    )  # fmt: skip


def _key(turn: Turn, what: str, carried: dict[str, Any]) -> Button:
    return turn.key(_label(what), "lexicon.file", **carried, what=what)


def _label(what: str) -> str:
    return f"category_{what}" if Category.of(what) else f"lexicon_{what}"


def turn_page(turn: Turn) -> None:
    """更多: the other things it may be filed under."""
    _show(turn, turn.args["clause"] - 1, turn.args["page"], turn.args["phrase"])


def narrowed(turn: Turn) -> None:
    """Some of its words were typed: only they are remembered; or what it is filed under, on whatever page that stands."""
    row = lexicon.clause(turn.session, turn.talk.draft.get("clause", 0))
    if row is None or row.filed_as:
        _show(turn, 0)
    elif turn.typed and turn.typed in row.clause:
        _show(turn, row.id - 1, 0, turn.typed)
    elif what := next(
        (what for page in PAGES for what in page if turn.house.texts.label(_label(what), turn.locale) == turn.typed), ""
    ):
        _file(turn, row, what, turn.talk.draft.get("phrase", ""))
    else:
        turn.reply("lexicon.not_in_it", clause=row.clause, words=turn.typed)


def pressed(turn: Turn) -> None:
    """Filed under what was pressed; a stage is asked for by name."""
    row = lexicon.clause(turn.session, turn.args["clause"])
    if row is None or row.filed_as or row not in _mine(turn):
        turn.toast = turn.words("lexicon.gone")
        _show(turn, 0)
        return
    _file(turn, row, turn.args["what"], turn.args["phrase"])


def _file(turn: Turn, row: UnreadClause, what: str, narrow: str) -> None:
    """narrow: the part of the clause that is remembered; "": the whole."""
    phrase = narrow or row.clause
    if what == "next":
        _show(turn, row.id)
    elif what == "stage":
        turn.ask("lexicon.stage", {"clause": row.id, "phrase": narrow})
        turn.reply("lexicon.which_stage", stages=list(turn.house.lexicon.stages), phrase=phrase)
    elif what == IGNORED:
        lexicon.file(turn.session, row, IGNORED, turn.person, turn.now)
        _show(turn, row.id)
    else:
        _learned(turn, row, "help" if what == "help" else "blocker", phrase, _meaning(what))


def _meaning(what: str) -> str:
    """The lexicon's kind for a category; nothing for help."""
    category = Category.of(what)
    return NAMED.get(category, category.zh) if category else ""


def stage_named(turn: Turn) -> None:
    """The stage was typed."""
    draft = dict(turn.talk.draft)
    row = lexicon.clause(turn.session, draft.get("clause", 0))
    if row is None or row.filed_as:
        _show(turn, 0)
    elif turn.typed in turn.house.lexicon.stages:
        _learned(turn, row, "stage", draft["phrase"] or row.clause, turn.typed)
    else:
        turn.reply("lexicon.which_stage", stages=list(turn.house.lexicon.stages), phrase=draft["phrase"] or row.clause)


def _learned(turn: Turn, row: UnreadClause, kind: str, phrase: str, meaning: str) -> None:
    """Remembered; every other clause that holds the same words is filed with it."""
    learn(turn, kind, phrase, meaning, "review", turn.person)
    for one in lexicon.waiting(turn.session):
        if one.id == row.id or phrase in one.clause:
            lexicon.file(turn.session, one, meaning or kind, turn.person, turn.now)
    turn.toast = turn.words("lexicon.learned", phrase=phrase)
    _show(turn, row.id)


# --- in and out ---------------------------------------------------------------------------------------------------------


def exported(session: Session) -> list[dict[str, str]]:
    """Every word that was learnt."""
    return [{"kind": row.kind, "word": row.word, "meaning": row.meaning} for row in lexicon.words(session)]


def bring_in(desk: Desk, words: Iterable[dict[str, str]], by: int | None = None) -> int:
    """Takes words in, all or none. Raises Refused, naming the first that cannot be used. Returns how many there were."""
    count, known = 0, desk.house.lexicon
    for count, one in enumerate(words, 1):
        kind, word, meaning = (str(one.get(name, "")).strip() for name in ("kind", "word", "meaning"))
        if kind not in KINDS or not word or not _known(known, kind, meaning):
            raise Refused("lexicon.unusable", number=count, kind=kind, word=word, meaning=meaning, kinds=list(KINDS))
        learn(desk, kind, word, meaning, "import", by)
    return count
