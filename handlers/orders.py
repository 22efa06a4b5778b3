"""An order on its way: read from words, what is missing asked for, shown as a card, issued by 确认 alone. A draft that survives restarts."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.rules import orders
from bot.rules.entitlement import Action
from bot.rules.orders import Order
from bot.rules.words import Category, Urgency, Way
from handlers import drafts, joint, order_answers, order_cards
from handlers.desk import Turn
from handlers.matters import unit_name
from handlers.opening import open_matter
from handlers.order_draft import Draft, called, entitled, made, manned, placed, project_of, typed, wanted, without_number
from handlers.telling import record
from storage import people

OPEN = "order."
CANCEL = frozenset({"取消", "算了", "不交办了", "cancel"})
_LEAVE_OUT = re.compile(r"去掉|不要|取消|删掉|不用")
_CATEGORY = re.compile(r"(?:类别|改为|改成|归)\s*[:：]?\s*(?P<name>[一-鿿]{1,4}?)类?$")
_FILLER = re.compile(
    r"改[成为到由]?|换成|换到|应该?[是为]?|期限|时限|日期|办结|单位|牵头|主办|负责|配合|协办|协助|加上|再加|增加|还有|去掉|不要|取消|删掉"
    r"|请|由|让|前|内|之|紧急|不急|一般|内部|公开|标为|不限[期时]|马上|立即|项目|类别|标准[是为]?|办成|[\d#号的和、,，。.:：;；!！\s]"
)

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
        _worded(turn, draft, said)
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
    if draft.get("day") and date.fromisoformat(draft["day"]) < turn.today:
        draft["notes"].append(["over", draft["day"]])
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


# --- words ------------------------------------------------------------------------------------------------------------


def _worded(turn: Turn, draft: Draft, said: str) -> None:
    """The words of the order itself, the first or new ones: everything is read from them."""
    order = _read(turn, said)
    placed(turn, draft, said, order)
    draft["words"], draft["mended"] = [without_number(draft, said)], []
    _filled(turn, draft, order)


def _read(turn: Turn, said: str) -> Order:
    units = [(unit, name) for unit, name in people.unit_names(turn.session).items()]
    persons = [(person, name) for person, name in people.active_names(turn.session) if person != turn.person]
    return orders.read(said, turn.today, units, persons, turn.calendar.is_workday)


def _filled(turn: Turn, draft: Draft, order: Order) -> None:
    """Takes into the draft what an order says; what it does not speak of stays."""
    there = manned(turn, draft)
    if order.lead is not None:
        draft["person"], draft["open"] = None, []
        _named(
            draft, "unit", order.lead.words, [one for one in order.lead.units if one in there] or list(order.lead.units)
        )
    for mention in order.co:
        _named(draft, "co", mention.words, [one for one in mention.units if one in there] or list(mention.units))
    called(turn, draft, order.persons)
    if order.day is not None:
        draft["day"], draft["day_words"], draft["unlimited"] = order.day.isoformat(), order.day_words, False
    elif order.unlimited:
        draft["day"], draft["unlimited"] = "", True
    elif order.over:
        draft["notes"].append(["over", order.over])
    if order.standard:
        draft["standard"] = order.standard
    if order.urgent is not None:
        draft["urgency"] = Urgency.URGENT if order.urgent else Urgency.ORDINARY
    if order.internal is not None:
        draft["internal"] = order.internal
    if order.category is not None and not draft.get("category"):
        draft["category"] = order.category


def _named(draft: Draft, part: str, words: str, units: list[int]) -> None:
    """A unit named as lead or co-unit; where several may be meant, it is asked."""
    if len(units) > 1:
        draft["open"] = [*draft.get("open", []), {"part": part, "words": words, "units": units}]
        draft["unit"] = None if part == "unit" else draft.get("unit")
    elif part == "unit":
        draft["unit"] = units[0]
    elif units[0] not in draft.get("co", []):
        draft["co"] = [*draft.get("co", []), units[0]]


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
        _worded(turn, draft, said)
    elif said and not ANSWERS.get(step, _no_answer)(turn, draft, said):
        _mended(turn, draft, said)
    go_on(turn, draft)


def _no_answer(turn: Turn, draft: Draft, said: str) -> bool:
    return False


def _mended(turn: Turn, draft: Draft, said: str) -> None:
    """ "改成下周三", "加上供电公司配合": what it names takes the place of what was read; what it says beyond that is added to the words."""
    if not draft["words"]:
        _worded(turn, draft, said)
        return
    named = _CATEGORY.search(said)
    category = Category.of(named["name"]) if named else None
    if category is not None:
        draft["category"] = category
        return
    order = _read(turn, said)
    mentions = [*([order.lead] if order.lead else []), *order.co]
    if mentions and _LEAVE_OUT.search(said):
        gone = {unit for one in mentions for unit in one.units}
        draft["co"] = [unit for unit in draft.get("co", []) if unit not in gone]
        draft["mended"] = [*draft["mended"], said]
        return
    about = placed(turn, draft, said, order)
    more = bool(_FILLER.sub("", order.rest)) and not about
    _filled(turn, draft, order if more else _without_standard(order, said))
    if more:
        draft["words"] = [*draft["words"], said]
    elif order.day or mentions:
        draft["mended"] = [*draft["mended"], said]


def _without_standard(order: Order, said: str) -> Order:
    """A mere change names no standard, but where it says so itself."""
    return order if "标准" in said else replace(order, standard="")


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
    whole = open_matter(
        turn, made(turn, draft), project, draft["files"], unit=draft["unit"] or None, person=draft.get("person")
    )
    for unit in draft["co"]:
        part = joint.add_part(turn, whole, unit, whole.words)
        facts = {"part": part.id, "co_unit": unit}
        record(turn, whole, "joined", person=turn.person, facts=facts, moves=False)
    order_cards.receipt(turn, whole)
