"""The items of minutes as a draft: names matched with units, persons, projects and matters on the agenda, and put right by hand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.rules import orders, reading
from bot.rules.entitlement import Action
from bot.rules.mending import Mend, project_meant, references
from bot.rules.minute_words import names_in
from bot.rules.minutes import Item, read_minutes
from bot.rules.units import units_named
from bot.rules.words import Category
from handlers import days
from handlers.desk import Turn
from handlers.matters import number_of, project_of
from handlers.units import answering
from storage import board, meetings, notes, people
from storage.tables import Matter, Project

Draft = dict[str, Any]
STANDING = "长期坚持"
HOURS = 72
"""For so long the draft is kept: minutes are put right over more than a day."""

# --- what there is to match with ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Around:
    """units: (id, name) of all; staffed: those where somebody could answer; agenda: number -> the matter that goes before the meeting."""

    units: list[tuple[int, str]]
    staffed: set[int]
    projects: Mapping[int, Project]
    agenda: Mapping[tuple[int, int], Matter]

    def unit(self, words: str) -> int | None:
        """The one unit that words name; None where there is none, or more than one."""
        found = units_named(words, self.units) if words else ()
        return found[0] if len(found) == 1 else None

    def project(self, words: str) -> int | None:
        return project_meant(words, {key: row.name for key, row in self.projects.items()})


def around(turn: Turn, chair: int | None) -> Around:
    """What a dispatcher's minutes may speak of: every unit, the projects they dispatch, the matters that go before the next meeting."""
    meant = board.reach(turn.standing(turn.person), Action.DISPATCH)
    agenda = {}
    for matter in meetings.agenda(turn.session, meant):
        project = project_of(turn, matter)
        agenda[(project.number if project else 0, matter.number)] = matter
    return Around(
        list(people.unit_names(turn.session).items()), answering(turn, chair or turn.person),
        {row.id: row for row in board.projects(turn.session, meant)}, agenda,
    )  # fmt: skip


# --- the draft ---------------------------------------------------------------------------------------------------------------


def keep(turn: Turn, step: str, draft: Draft) -> None:
    """The draft goes on at this step. A copy stays where no other talk puts it down: minutes are put right between other things."""
    turn.ask(f"meeting.{step}", draft, hours=HOURS)
    until = (turn.now + timedelta(hours=HOURS)).isoformat()
    notes.keep(turn.session, _place(turn), {"draft": draft, "step": step, "until": until})


def kept(turn: Turn) -> tuple[str, Draft] | None:
    """(step, draft) of the minutes that a person has begun and neither issued nor cancelled; None: there are none, or they are too old."""
    found = notes.value(turn.session, _place(turn))
    if found is not None and datetime.fromisoformat(found["until"]) > turn.now:
        return found["step"], found["draft"]
    return None


def put_down(turn: Turn) -> None:
    """Issued or cancelled: the draft is gone; what else is being talked about stays."""
    if turn.talk.step.startswith("meeting."):
        turn.done()
    notes.keep(turn.session, _place(turn), None)


def _place(turn: Turn) -> str:
    return f"minutes:{turn.person}"


def opened(turn: Turn, *steps: str) -> Draft | None:
    """The draft that a button belongs to, if it still stands at one of these steps; else its owner is told. A button of another draft does
    nothing to this one."""
    found = kept(turn)
    if found is not None and found[0] in steps and turn.args.get("draft", found[1]["id"]) == found[1]["id"]:
        return found[1]
    turn.reply("meeting.gone")
    return None


# --- from words to a draft --------------------------------------------------------------------------------------------------


def drafted(turn: Turn, item: Item, known: Around) -> Draft:
    """One item as a draft: what is named, matched with what there is; the words stay where nothing fits."""
    project = known.project(item.project) or known.project(item.words) or known.project(item.context)
    about = item.words
    for name in (item.unit, *item.co_units):
        about = about.replace(name, " ") if name else about
    category = orders.category(about, turn.today, turn.house.lexicon)
    number = next((one for one in references(item.words) if one in known.agenda), None)
    return {
        "words": item.words, "unit": known.unit(item.unit), "unit_words": item.unit,
        "co": [{"unit": known.unit(name), "words": name} for name in item.co_units], "person": item.person,
        "limit": item.limit.isoformat() if item.limit else None, "limit_words": item.limit_words, "standing": item.standing,
        "standard": item.standard, "project": project, "category": category or Category.OTHER,
        "matter": known.agenda[number].id if number else None,
    }  # fmt: skip


def problems(item: Draft, known: Around, today: date) -> list[str]:
    """What a dispatcher should look at: no_unit, unknown_unit, nobody (in that unit), unknown_co, no_limit, past."""
    found = []
    if item["unit"] is None:
        found.append("unknown_unit" if item["unit_words"] else "no_unit")
    elif item["unit"] not in known.staffed:
        found.append("nobody")
    if any(one["unit"] not in known.staffed for one in item["co"]):
        found.append("unknown_co")
    if item["limit"] is None and not item["standing"]:
        found.append("no_limit")
    elif item["limit"] is not None and date.fromisoformat(item["limit"]) < today:
        found.append("past")
    return found if item["matter"] is None else [one for one in found if one in ("unknown_unit", "nobody")]


def shown(turn: Turn, item: Draft, number: int, known: Around) -> dict[str, Any]:
    """What a card shows of an item."""
    names = dict(known.units)
    project = known.projects.get(item["project"] or 0)
    matter = turn.session.get(Matter, item["matter"]) if item["matter"] else None
    return {
        "number": number, "words": item["words"], "unit": names.get(item["unit"] or 0, "") or item["unit_words"],
        "co": [names.get(one["unit"] or 0, "") or one["words"] for one in item["co"]], "person": item["person"],
        "limit": date.fromisoformat(item["limit"]) if item["limit"] else None, "limit_words": item["limit_words"],
        "standard": item["standard"], "project": project.name if project else "", "category": Category(item["category"]),
        "agenda": number_of(turn, matter) if matter else "", "problems": problems(item, known, turn.today),
    }  # fmt: skip


# --- put right --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refused(Exception):
    """A change that cannot be made. why: a code for the text; names: what was meant, or may have been."""

    why: str
    names: tuple[str, ...] = ()


def mend(turn: Turn, draft: Draft, change: Mend, known: Around) -> None:
    """Makes one change to the list. Raises Refused where it names what is not there."""
    items: list[Draft] = draft["items"]
    if any(not 1 <= number <= len(items) for number in change.numbers):
        raise Refused("no_item", tuple(str(number) for number in change.numbers))
    if change.what == "drop":
        draft["items"] = [item for at, item in enumerate(items, 1) if at not in change.numbers]
    elif change.what == "add":
        draft["items"] = [*items, *_added(turn, change.value, known)]
    elif change.numbers:
        FIELDS[change.what](turn, items[change.numbers[0] - 1], change.value, known)
    else:
        HEAD[change.what](turn, draft, change.value)


def _added(turn: Turn, words: str, known: Around) -> list[Draft]:
    read = read_minutes(f"会议议定：\n1. {words}", turn.today, turn.calendar.is_workday).items
    return [drafted(turn, item, known) for item in read or (Item(words),)]


def _unit(turn: Turn, item: Draft, value: str, known: Around) -> None:
    lead, *others = names_in(value) or ("",)
    unit = _one_unit(lead, known)
    item["words"] = _said_anew(item["words"], item["unit_words"], lead)
    item["unit"], item["unit_words"] = unit, lead
    item["co"] = [one for one in item["co"] if one["unit"] != item["unit"]]
    item["co"] += [{"unit": _one_unit(name, known), "words": name} for name in others]


def _said_anew(words: str, before: str, after: str) -> str:
    """The sentence with what was put right in the place of what it said."""
    return words.replace(before, after, 1) if before else words


def _co_units(turn: Turn, item: Draft, value: str, known: Around) -> None:
    """These help; 无 takes all of them away."""
    names = () if value in ("无", "没有", "去掉") else names_in(value)
    item["co"] = [{"unit": unit, "words": name} for name in names if (unit := _one_unit(name, known)) != item["unit"]]


def _one_unit(words: str, known: Around) -> int:
    found = units_named(words, known.units) if words else ()
    if len(found) != 1:
        names = dict(known.units)
        raise Refused("unclear_unit" if found else "unknown_unit", tuple(names[unit] for unit in found) or (words,))
    return found[0]


def _limit(turn: Turn, item: Draft, value: str, known: Around) -> None:
    day = days.read(value, turn.today)
    if value in ("无", "没有", "去掉") or "长期" in value or "持续" in value:
        item["limit"], item["limit_words"], item["standing"] = None, STANDING if "无" not in value else "", True
        return
    if day is None or day < turn.today:
        raise Refused("no_day" if day is None else "past_day", (value,))
    written = f"{day.month}月{day.day}日前"
    item["words"] = _said_anew(item["words"], item["limit_words"], written)
    item["limit"], item["limit_words"], item["standing"] = day.isoformat(), written, False


def _project(turn: Turn, item: Draft, value: str, known: Around) -> None:
    by_number = next((row.id for row in known.projects.values() if str(row.number) == value), None)
    found = by_number or known.project(value)
    if found is None and value not in ("无", "没有", "去掉"):
        raise Refused("unknown_project", (value,))
    item["project"] = found


def _category(turn: Turn, item: Draft, value: str, known: Around) -> None:
    found = Category.of(value)
    if found is None:
        raise Refused("unknown_category", tuple(one.zh for one in Category))
    item["category"] = found


def _words(name: str) -> Callable[[Turn, Draft, str, Around], None]:
    def put(turn: Turn, item: Draft, value: str, known: Around) -> None:
        if not value and name == "words":
            raise Refused("empty")
        item[name] = value

    return put


def _apart(turn: Turn, item: Draft, value: str, known: Around) -> None:
    """另立: a matter of its own beside the one on the agenda."""
    item["matter"] = None


FIELDS: Mapping[str, Callable[[Turn, Draft, str, Around], None]] = {
    "unit": _unit, "co_units": _co_units, "limit": _limit, "standard": _words("standard"), "person": _words("person"),
    "project": _project, "category": _category, "words": _words("words"), "apart": _apart,
}  # fmt: skip


def _held_on(turn: Turn, draft: Draft, value: str) -> None:
    day = reading.parse_date(value, turn.today, future=False)
    if day is None or day > turn.today:
        raise Refused("no_day", (value,))
    draft["held_on"] = day.isoformat()


def _chair(turn: Turn, draft: Draft, value: str) -> None:
    """Who took the chair, if the system knows them as a leader."""
    found = chair_named(turn, value)
    if found is None:
        raise Refused("unknown_chair", (value,))
    draft["chair"] = found


def chair_named(turn: Turn, words: str) -> int | None:
    """The one leader whose name stands in the words."""
    projects = {
        row.id for row in board.projects(turn.session, board.reach(turn.standing(turn.person), Action.DISPATCH))
    }
    found = [row.id for row in meetings.leaders(turn.session, projects, turn.today) if row.name in words]
    return found[0] if len(found) == 1 else None


def _of_meeting(name: str) -> Callable[[Turn, Draft, str], None]:
    def put(turn: Turn, draft: Draft, value: str) -> None:
        draft[name] = value

    return put


HEAD: Mapping[str, Callable[[Turn, Draft, str], None]] = {
    "title": _of_meeting("title"), "held_on": _held_on, "chair": _chair, "document": _of_meeting("document"),
}  # fmt: skip
