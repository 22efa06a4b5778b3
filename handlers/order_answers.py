"""What a typed answer means at each step of an order; False where it is none."""

import re
from datetime import timedelta

from bot.rules import orders, units
from handlers import days, pick
from handlers.desk import Turn
from handlers.order_draft import Draft, leader_named, leaders, reach, suggested
from storage import people, projects

SHORT = 16
"""Longer answers say more than a day or a name."""
NAME = 8
"""Longer answers are no name."""
_NONE = frozenset({"无", "没有", "没有文号", "无文号", "none"})
_NO_LIMIT = re.compile(r"不限[期时]|没有期限|no limit", re.IGNORECASE)
_TO_PLACE = frozenset({"待定", "不确定", "由项目办定", "项目办定", "unsure"})


def giver(turn: Turn, draft: Draft, said: str) -> bool:
    """Who gave the order: a name, or 张区长."""
    found = leader_named(turn, said) or [key for key, label in leaders(turn) if said in label]
    if len(found) != 1:
        draft["notes"].append(["no_leader" if not found else "several_leaders", said])
        return len(said) <= SHORT
    draft["giver"] = found[0]
    return len(said) <= SHORT or bool(draft["words"])


def way(turn: Turn, draft: Draft, said: str) -> bool:
    """How it was given, and when if not today."""
    given = orders.giving(said, turn.today, turn.calendar.is_workday)
    day = given.on or (days.read(said, turn.today) if len(said) <= SHORT else None)
    if day is not None and day > turn.today:
        last = day.replace(year=day.year - 1) if day.month != 2 or day.day != 29 else day - timedelta(days=365)
        day = last if re.search(r"\d", said) else None
    draft["way"] = given.way or draft.get("way")
    draft["given_on"] = day.isoformat() if day else draft.get("given_on")
    draft["document"] = given.document or draft.get("document")
    return len(said) <= SHORT and bool(given.way or day)


def document(turn: Turn, draft: Draft, said: str) -> bool:
    """The number of the paper, or that it has none."""
    if said in _NONE:
        draft["document"] = ""
        return True
    if len(said) > 60:
        return False
    draft["document"] = said
    return True


def project(turn: Turn, draft: Draft, said: str) -> bool:
    """Which of the projects that may be meant: a number or a name; none of them."""
    if said in _NONE or "不涉及" in said:
        draft["project"], draft["projects"] = None, []
        return True
    mine = reach(turn, draft)
    among = set(draft.get("projects") or mine) & mine
    found = pick.named(turn, among, said) or pick.named(turn, mine, said)
    if len(found) != 1 or not any(_only(said, row.name, row.number) for row in projects.by_ids(turn.session, found)):
        return False
    draft["project"], draft["projects"] = next(iter(found)), []
    return True


def _only(said: str, name: str, number: int) -> bool:
    """Whether an answer does no more than name the project."""
    return said == str(number) or said in name or name in said


def unit(turn: Turn, draft: Draft, said: str) -> bool:
    """The unit that is to act, or to help: its name, short name or nickname."""
    asked = draft["open"][0] if draft.get("open") else None
    if said in _TO_PLACE and asked is None:
        draft["unit"] = 0
        return True
    known = [(key, name) for key, name in people.unit_names(turn.session).items() if not asked or key in asked["units"]]
    there = {key for key, _ in suggested(turn, draft)}
    found = units.units_named(said, known)
    found = tuple(key for key in found if key in there) or found
    if not found:
        if len(said) <= NAME:
            draft["notes"].append(["no_unit", said])
        return len(said) <= NAME
    part = asked["part"] if asked else "unit"
    draft["open"] = draft.get("open", [])[1:]
    if len(found) > 1:
        draft["open"] = [{"part": part, "words": said, "units": list(found)}, *draft["open"]]
    elif part == "unit":
        draft["unit"], draft["person"] = found[0], None
    else:
        draft["co"] = [*draft.get("co", []), found[0]]
    return True


def day(turn: Turn, draft: Draft, said: str) -> bool:
    """Until when: a day ahead, or no limit."""
    if _NO_LIMIT.fullmatch(said):
        draft["day"], draft["unlimited"] = "", True
        return True
    if len(said) > SHORT:
        return False
    found = days.within(said, turn.today)
    if found is None:
        return False
    if found < turn.today:
        draft["notes"].append(["over", said])
        return True
    draft["day"], draft["day_words"], draft["unlimited"] = found.isoformat(), said, False
    return True
