"""The words of an order read into its draft, and what is typed afterwards taken in."""

import re
from dataclasses import replace

from bot.rules import orders
from bot.rules.orders import Order
from bot.rules.words import Category, Urgency
from handlers.desk import Turn
from handlers.order_answers import SHORT
from handlers.order_draft import Draft, called, manned, placed, without_number
from storage import people

_LEAVE_OUT = re.compile(r"去掉|不要|取消|删掉|不用")
_CATEGORY = re.compile(r"(?:类别|改为|改成|归)\s*[:：]?\s*(?P<name>[一-鿿]{1,4}?)类?$")
_FILLER = re.compile(
    r"改[成为到由]?|换成|换到|应该?[是为]?|期限|时限|日期|办结|单位|牵头|主办|负责|配合|协办|协助|加上|再加|增加|还有|去掉|不要|取消|删掉"
    r"|请|由|让|前|内|之|紧急|不急|一般|内部|公开|标为|不限[期时]|马上|立即|项目|类别|标准[是为]?|办成|[\d#号的和、,，。.:：;；!！\s]"
)


def worded(turn: Turn, draft: Draft, said: str) -> None:
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


def mended(turn: Turn, draft: Draft, said: str) -> None:
    """ "改成下周三", "加上供电公司配合": what it names takes the place of what was read; what it says beyond that is added to the words."""
    if not draft["words"]:
        worded(turn, draft, said)
        return
    named = _CATEGORY.search(said)
    category = Category.of(named["name"]) if named else None
    if category is not None:
        draft["category"] = category
        return
    order = _read(turn, said)
    if draft["kind"] == "record" and not (order.lead or order.co or order.day) and _given(turn, draft, said):
        return
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


def _given(turn: Turn, draft: Draft, said: str) -> bool:
    """ "昨天交办的", "是会上说的": when and how the order was given. False: it says nothing of that."""
    given = orders.giving(said, turn.today, turn.calendar.is_workday)
    if len(said) > SHORT or not (given.on or given.way):
        return False
    draft["given_on"] = given.on.isoformat() if given.on else draft.get("given_on")
    draft["way"], draft["document"] = given.way or draft["way"], given.document or draft.get("document")
    return True


def _without_standard(order: Order, said: str) -> Order:
    """A mere change names no standard, but where it says so itself."""
    return order if "标准" in said else replace(order, standard="")
