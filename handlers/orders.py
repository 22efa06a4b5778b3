"""An order on its way: read from words, what is missing asked for, shown as a card, issued by 确认 alone. A draft that survives restarts."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bot.messages import plain
from bot.rules.entitlement import Action
from bot.rules.limits import end_of
from bot.rules.words import Way
from handlers import drafts, order_answers, order_cards
from handlers.desk import Turn
from handlers.matters import unit_name
from handlers.opening import open_matter
from handlers.order_draft import (
    Draft,
    entitled,
    made,
    manned,
    project_of,
    typed,
    wanted,
)
from handlers.order_words import mended, worded

OPEN = "order."
CANCEL = frozenset({"取消", "算了", "不交办了", "cancel"})

# --- the draft --------------------------------------------------------------------------------------------------------


def begin(turn: Turn, kind: str, said: str, **known: Any) -> None:
    """Opens a draft (directive, record, finding) with what is known and what was typed. Words of another draft are given back."""
    dropped = [word for word in turn.talk.draft.get("words", []) if isinstance(word, str)]
    draft: Draft = {
        "kind": kind, "words": [], "mended": [], "files": [], "notes": [["dropped", "；".join(dropped)]] if dropped else [],
        "message": turn.message, "turn": 0, **known,
    }  # fmt: skip
    _keep_files(turn, draft)
    if said:
        worded(turn, draft, said)
    go_on(turn, draft)


def rest_of(turn: Turn, word: re.Pattern[str]) -> str:
    """What was typed behind the word that opens a draft; "" where it stands alone or was pressed."""
    return word.sub("", turn.typed).strip() if turn.args.get("rest") else ""


def go_on(turn: Turn, draft: Draft) -> None:
    """Asks for what is still missing; at last shows the whole."""
    _fit(turn, draft)
    draft["turn"] += 1
    step = next((name for name, missing in MISSING.items() if missing(turn, draft)), "confirm")
    ask(turn, draft, step)


def ask(turn: Turn, draft: Draft, step: str) -> None:
    """Opens one step and shows its card; what had to be said by the way is said once."""
    shown = {**draft, "notes": []}
    turn.ask(OPEN + step, shown)
    order_cards.CARDS[step](turn, draft)


MISSING: Mapping[str, Callable[[Turn, Draft], bool]] = {
    "giver": lambda turn, draft: draft["kind"] == "record" and draft.get("giver") is None,
    "way": lambda turn, draft: draft["kind"] == "record" and not draft.get("way"),
    "document": lambda turn, draft: draft.get("way") == Way.PAPER and draft.get("document") is None,
    "words": lambda turn, draft: not draft["words"],
    "project": lambda turn, draft: bool(draft.get("projects")),
    "unit": lambda turn, draft: bool(draft.get("open")) or draft.get("unit") is None,
    "day": lambda turn, draft: not draft.get("day") and not draft.get("unlimited"),
}
"""What an order needs, in the order it is asked for."""


STEPS = (*MISSING, "amend", "confirm")


def _fit(turn: Turn, draft: Draft) -> None:
    """Takes out what does not hold (any more), with a note that says so: a project that is not theirs, a unit with nobody, a day that has
    passed."""
    project = project_of(turn, draft)
    if project is not None and not entitled(turn, draft, project.id):
        draft["project"] = None
        draft["notes"].append(["not_theirs", project.name])
    there = manned(turn, draft)
    if draft.get("unit") and draft["unit"] not in there:
        draft["notes"].append(["unmanned", unit_name(turn, draft["unit"])])
        draft["unit"] = draft["person"] = None
    for unit in draft.get("co", []):
        if unit not in there:
            draft["notes"].append(["co_unmanned", unit_name(turn, unit)])
    draft["co"] = [unit for unit in draft.get("co", []) if unit in there and unit != draft.get("unit")]
    day = date.fromisoformat(draft["day"]) if draft.get("day") else None
    if day is not None and end_of(day, turn.calendar) <= turn.now:
        draft["notes"].append(["over", plain(turn.words("matter.day", day=day)).strip()])
        draft["day"] = ""


def _keep_files(turn: Turn, draft: Draft) -> None:
    if turn.incoming.attachments:
        draft["files"] = [*draft["files"], *drafts.keep_files(turn)]


def not_yours(turn: Turn, words: list[str]) -> None:
    """Somebody who may not order: what they can do instead, and what they typed."""
    raises = turn.may(turn.person, Action.RAISE)
    turn.reply(
        "directive.not_yours", [[turn.key("report_blocker", "blocker.start")]] if raises else [], words=words, raises=raises,
        inspects=turn.may(turn.person, Action.INSPECT),
    )  # fmt: skip


# --- an answer --------------------------------------------------------------------------------------------------------


def told(turn: Turn) -> None:
    """Words, photos and files while a draft is open: an answer to what was asked, else a change or more of the order."""
    draft = _copy(turn)
    _keep_files(turn, draft)
    step, said = turn.talk.step.removeprefix(OPEN), turn.typed
    if said in CANCEL:
        cancel(turn)
        return
    edited = turn.incoming.kind == "edited" and draft["message"] == turn.incoming.quote
    if said and (edited or draft.pop("replace", False)):
        worded(turn, draft, said)
    elif said and not ANSWERS.get(step, _no_answer)(turn, draft, said):
        mended(turn, draft, said)
    go_on(turn, draft)


def _no_answer(turn: Turn, draft: Draft, said: str) -> bool:
    return False


def _copy(turn: Turn) -> Draft:
    """The open draft, to be changed."""
    return {name: list(value) if isinstance(value, list) else value for name, value in turn.talk.draft.items()}


ANSWERS: Mapping[str, Callable[[Turn, Draft, str], bool]] = {
    "giver": order_answers.giver,
    "way": order_answers.way,
    "document": order_answers.document,
    "project": order_answers.project,
    "unit": order_answers.unit,
    "day": order_answers.day,
}
"""What a typed answer means at each step; False: it was none."""


def opened(turn: Turn) -> Draft | None:
    """The draft, if it is still there; else its owner is told."""
    expired = turn.talk.expires_at is not None and turn.talk.expires_at <= turn.now
    if turn.talk.step.startswith(OPEN) and not expired:
        return _copy(turn)
    turn.reply("directive.gone")
    return None


def chosen(turn: Turn) -> None:
    """A number, a day, a way was pressed: these values of the draft are set."""
    draft = opened(turn)
    if draft is None:
        return
    values = dict(turn.args["set"])
    if "day" in values and draft.get("day_words") and draft["day_words"] in "".join(draft["words"]):
        draft["mended"] = [*draft["mended"], order_cards.day_changed(turn, values)]
    if draft.get("open") and ("unit" in values or "co" in values):
        part = draft["open"].pop(0)["part"]
        unit = values.get("unit")
        values = values if part == "unit" else {"co": [*draft.get("co", []), unit]}
    if "unit" in values:
        draft["person"] = None
    go_on(turn, {**draft, **values})


def turn_page(turn: Turn) -> None:
    """更多: the next page of what may be chosen."""
    draft = opened(turn)
    if draft is not None:
        order_cards.PAGES[turn.args["step"]](turn, draft, turn.args["page"])


def amend(turn: Turn) -> None:
    """修改: which thing; or the change is typed."""
    draft = opened(turn)
    if draft is not None:
        ask(turn, draft, "amend")


def change(turn: Turn) -> None:
    """One thing is chosen again or turned over, the rest stays."""
    draft = opened(turn)
    if draft is None:
        return
    what = turn.args["what"]
    if what in ("unit", "day"):
        ask(turn, {**draft, "open": []} if what == "unit" else draft, what)
    elif what == "words":
        ask(turn, {**draft, "replace": True}, "words")
    elif what == "giver":
        go_on(turn, {**draft, "giver": None, "way": None, "document": None})
    else:
        go_on(turn, {**draft, **turn.args["set"]})


def cancel(turn: Turn) -> None:
    """取消: what was typed is given back."""
    words = typed(turn.talk.draft) if turn.talk.step.startswith(OPEN) else []
    if turn.talk.step.startswith(OPEN):
        turn.done()
    turn.reply("directive.cancelled", words=words)


# --- issued -----------------------------------------------------------------------------------------------------------


def issue(turn: Turn) -> None:
    """确认: the matter gets its number and goes to its unit, each co-unit gets a part. Only what the card showed is issued."""
    draft = opened(turn)
    if draft is None:
        return
    _fit(turn, draft)
    if (
        turn.args["turn"] != draft["turn"]
        or draft["notes"]
        or any(missing(turn, draft) for missing in MISSING.values())
    ):
        go_on(turn, draft)
        return
    project = project_of(turn, draft)
    if not wanted(turn, draft["kind"]):
        turn.done()
        not_yours(turn, typed(draft))
        return
    turn.done()
    matter = made(turn, draft)
    if draft["kind"] != "record" and matter.raised_by != turn.person:
        turn.acting = matter.raised_by
    whole = open_matter(
        turn, matter, project, draft["files"], unit=draft["unit"] or None, person=draft.get("person"), unplaced=not draft["unit"],
        helping=draft["co"],
    )  # fmt: skip
    order_cards.receipt(turn, whole)
