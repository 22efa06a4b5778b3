"""The steps of a matter: a button pressed, the word or the choice it asks for first, then what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.messages import Button
from bot.rules.matters import TABLE, Asks, Step
from bot.rules.words import Result
from handlers import days, decisions, drafts, fast_lane, handling, joint, passing, pauses, promises, rulings, watchers
from handlers.desk import Turn
from handlers.matter_list import show_number
from handlers.matters import (
    args,
    buttons_for,
    find_number,
    history,
    in_rows,
    marks,
    meant,
    number_of,
    seen_state,
    show,
)
from handlers.parties import acting_for, steps_for, visible
from storage import matters
from storage.tables import Matter, StoredFile

PAGE = 5
MEANWHILE = 6

# --- a press ----------------------------------------------------------------------------------------------------------


def press(turn: Turn) -> None:
    """A step's button: done at once, or a choice or a word is asked for first."""
    matter = meant(turn)
    step = _fits(turn, matter, turn.args["step"]) if matter else None
    if matter is None or step is None:
        return
    if step.name in CHOICES:
        choose(turn, matter, step.name)
    elif step.name == "finish":
        keys = [
            turn.key(f"result_{result}", "matter.result", **args(turn, matter), step="finish", result=result)
            for result in Result
        ]
        turn.reply("matter.which_result", [keys[:2], keys[2:]], number=number_of(turn, matter), **marks(matter))
    elif step.asks is not Asks.NOTHING:
        _ask(turn, matter, step.name)
    else:
        DO[step.name](turn, matter, "", {})


def with_result(turn: Turn) -> None:
    """办结: which result it claims; then what was done and on what basis."""
    matter = meant(turn)
    if matter and _fits(turn, matter, "finish"):
        _ask(turn, matter, "finish", result=turn.args["result"])


def _fits(turn: Turn, matter: Matter, name: str) -> Step | None:
    """The step, if it still fits; else the presser is told what happened meanwhile, with the buttons that fit now."""
    found = next((step for step in steps_for(turn, matter, turn.person) if step.name == name), None)
    if found is not None and turn.args["version"] == matter.version:
        turn.acting = acting_for(turn, turn.person, matter, found)
        return found
    lines = history(turn, matter, turn.person, turn.locale, turn.args["seen"])
    turn.reply(
        "matter.meanwhile", in_rows(buttons_for(turn, matter, turn.person, turn.locale)), number=number_of(turn, matter),
        lines=lines[-MEANWHILE:], state=seen_state(turn, matter, turn.person), kept=turn.args.get("typed", ""), **marks(matter),
    )  # fmt: skip
    return None


# --- a word first -----------------------------------------------------------------------------------------------------


def _ask(turn: Turn, matter: Matter, step: str, **more: Any) -> None:
    """Opens the step for a word; it is kept across restarts."""
    turn.ask("matter.words", {**args(turn, matter), "step": step, "files": [], "words": [], **more})
    _question(turn, matter, step)


def _question(turn: Turn, matter: Matter, step: str, count: int = 0) -> None:
    keys = [turn.key("submit", "matter.send")] if count and step == "feedback" else []
    album = turn.incoming.facts.get("album") if count else None
    turn.reply(
        "matter.ask", [[*keys, turn.key("cancel", "matter.cancel")]], step=step, number=number_of(turn, matter), count=count,
        unique=f"album:{turn.known and turn.known.account}:{album}" if album else None, **marks(matter),
    )  # fmt: skip


def words(turn: Turn) -> None:
    """The word that was asked for, or photos and files that go with it. 取消 is never the word, whatever card is the newest; nor is the
    number of a matter, which is shown, while the question stands."""
    if _gives_up(turn):
        cancel(turn)
        return
    draft = turn.talk.draft
    matter = matters.by_id(turn.session, draft["matter"])
    if matter is None:
        turn.done()
        turn.reply("start.no_such_thing")
        return
    if draft["words"] and draft["step"] in DATED:
        _take_day(turn, matter, days.read(turn.typed, turn.today))
        return
    if find_number(turn.typed):
        show_number(turn)
        return
    if turn.incoming.attachments:
        draft["files"] = [*draft["files"], *drafts.keep_files(turn)]
    if turn.typed and draft["step"] in DATED:
        turn.ask("matter.words", {**draft, "words": [turn.typed]})
        _take_day(turn, matter, days.within(turn.typed, turn.today))
    elif turn.typed:
        _take(turn, matter, turn.typed)
    else:
        turn.ask("matter.words", draft)
        _question(turn, matter, draft["step"], len(draft["files"]))


def _take_day(turn: Turn, matter: Matter, day: date | None) -> None:
    """The day that goes with the words; asked for where they name none that is ahead."""
    draft = dict(turn.talk.draft)
    if day is not None and day >= turn.today:
        draft["day"] = day.isoformat()
        turn.ask("matter.words", draft)
        _take(turn, matter, "\n".join(draft["words"]))
        return
    shown = days.ahead(turn.today, turn.calendar)
    keys = [Button(turn.words("matter.day", day=one), "matter.day", {"day": one.isoformat()}) for one in shown]
    turn.reply(
        "matter.which_day", in_rows([*keys, turn.key("cancel", "matter.cancel")]), number=number_of(turn, matter), step=draft["step"],
        words=draft["words"], past=day, **marks(matter),
    )  # fmt: skip


def with_day(turn: Turn) -> None:
    """A day was pressed."""
    draft = turn.talk.draft
    matter = matters.by_id(turn.session, draft.get("matter", 0))
    if turn.talk.step != "matter.words" or matter is None or not draft["words"]:
        turn.reply("matter.gone")
        return
    _take_day(turn, matter, date.fromisoformat(turn.args["day"]))


def send(turn: Turn) -> None:
    """提交: the files go without a word."""
    draft = turn.talk.draft
    matter = matters.by_id(turn.session, draft.get("matter", 0))
    if turn.talk.step != "matter.words" or matter is None or not draft["files"]:
        turn.reply("matter.gone")
        return
    _take(turn, matter, "")


def _take(turn: Turn, matter: Matter, said: str) -> None:
    draft = dict(turn.talk.draft)
    turn.done()
    turn.args = {**draft, "typed": said}
    if _fits(turn, matter, draft["step"]) is None:
        return
    for number in draft["files"]:
        row = turn.session.get(StoredFile, number)
        if row:
            row.matter = matter.id
    turn.session.flush()
    DO[draft["step"]](turn, matter, said, draft)


def _gives_up(turn: Turn) -> bool:
    return turn.typed == turn.label("cancel", turn.locale)


def cancel(turn: Turn) -> None:
    """取消: the card as it was."""
    draft = dict(turn.talk.draft)
    matter = matters.by_id(turn.session, draft.get("matter", 0))
    if turn.talk.step in ("matter.words", "matter.choice"):
        turn.done()
    if matter is None or not visible(turn, turn.person, matter):
        turn.reply("matter.gone")
    else:
        show(turn, matter)


# --- a choice first ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """What a step lets one choose from: (id, text) of each, and what is done with the chosen one."""

    options: Callable[[Turn, Matter], list[tuple[int, str]]]
    take: Callable[[Turn, Matter, int], None]


def choose(turn: Turn, matter: Matter, step: str, page: int = 0) -> None:
    """A numbered page of what may be chosen, and the way out; a name may be typed as well."""
    options = CHOICES[step].options(turn, matter)
    size = PAGE if len(options) <= PAGE else PAGE - 1
    shown = options[page * size : (page + 1) * size]
    pages = max(1, -(-len(options) // size))
    carried = {**args(turn, matter), "step": step}
    keys = [Button(str(at), "matter.chosen", {**carried, "id": key}) for at, (key, _) in enumerate(shown, 1)]
    if pages > 1:
        keys.append(turn.key("more", "matter.page", **carried, page=(page + 1) % pages))
    keys.append(turn.key("cancel", "matter.cancel"))
    turn.ask("matter.choice", carried)
    turn.reply(
        "matter.choose", in_rows(keys), step=step, number=number_of(turn, matter), options=[text for _, text in shown], page=page + 1,
        pages=pages, count=len(options), **marks(matter),
    )  # fmt: skip


def turn_page(turn: Turn) -> None:
    matter = meant(turn)
    if matter and _fits(turn, matter, turn.args["step"]):
        choose(turn, matter, turn.args["step"], turn.args["page"])


def chosen(turn: Turn) -> None:
    """A number was pressed."""
    matter = meant(turn)
    if matter is None or _fits(turn, matter, turn.args["step"]) is None:
        return
    step, key = turn.args["step"], turn.args["id"]
    if key not in dict(CHOICES[step].options(turn, matter)):
        choose(turn, matter, step)
        return
    turn.done()
    CHOICES[step].take(turn, matter, key)


def typed_choice(turn: Turn) -> None:
    """A name was typed: the one option that holds it; or 取消."""
    if _gives_up(turn):
        cancel(turn)
        return
    turn.args = {**turn.talk.draft, "typed": turn.typed}
    matter = matters.by_id(turn.session, turn.args["matter"])
    if matter is None or _fits(turn, matter, turn.args["step"]) is None:
        turn.done()
        return
    options = CHOICES[turn.args["step"]].options(turn, matter)
    found = [key for key, text in options if turn.typed and turn.typed in text]
    exact = [key for key, text in options if turn.typed == text.split("（")[0]]
    if len(exact or found) != 1:
        choose(turn, matter, turn.args["step"])
        return
    turn.done()
    CHOICES[turn.args["step"]].take(turn, matter, (exact or found)[0])


# --- what each does ---------------------------------------------------------------------------------------------------

DO: dict[str, Callable[[Turn, Matter, str, dict[str, Any]], None]] = {
    "sign": handling.sign,
    "seen": decisions.seen,
    "agree": decisions.agree,
    "decide": decisions.decide,
    "outcome": decisions.outcome,
    "to_meeting": decisions.to_meeting,
    "propose": decisions.propose,
    "first_answer": promises.first_answer,
    "extend": promises.extend,
    "agree_date": promises.agree_date,
    "refuse_date": promises.refuse_date,
    "refer": pauses.refer,
    "still_waiting": pauses.still_waiting,
    "suspend": pauses.suspend,
    "resume": pauses.resume,
    "feedback": handling.feedback,
    "finish": handling.finish,
    "escalate": handling.escalate,
    "reassign": handling.reassign,
    "ask_fast": fast_lane.ask,
    "grant_fast": fast_lane.grant,
    "refuse_fast": fast_lane.refuse,
    "solved": rulings.solved,
    "unsolved": rulings.unsolved,
    "hold": rulings.hold,
    "climb_now": rulings.climb_now,
    "keep": rulings.keep,
    "send_back": rulings.send_back,
    "close": rulings.close,
    "internal": rulings.internal,
    "public": rulings.public,
    "still_solved": rulings.still_solved,
    "broken_again": rulings.broken_again,
    "unwatch": rulings.unwatch,
}
"""Steps that are done at once or after a word."""

DATED = frozenset(step.name for step in TABLE if step.asks is Asks.DAY)
"""Steps whose word has a day in it."""


def _ask_why_fast(turn: Turn, matter: Matter, kind: int) -> None:
    _ask(turn, matter, "ask_fast", kind=kind)


CHOICES: dict[str, Choice] = {
    "assign": Choice(handling.colleagues, handling.assign),
    "pass_on": Choice(handling.colleagues, passing.pass_on),
    "procedure": Choice(promises.procedures, promises.begin_procedure),
    "redirect": Choice(rulings.targets, rulings.redirect),
    "study": Choice(decisions.units, decisions.study),
    "join": Choice(joint.candidates, joint.join),
    "copy": Choice(watchers.candidates, rulings.copy),
    "ask_fast": Choice(fast_lane.kinds, _ask_why_fast),
}
"""Steps that are done with one chosen of many."""
