"""The cards of an order on its way: what is asked, the whole to be confirmed, the receipt."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bot.messages import Button, plain
from bot.rules.limits import end_of
from bot.rules.words import Urgency, Way
from handlers import days, ladder, pick
from handlers.desk import Turn
from handlers.matters import in_rows, marks, named, number_of, unit_name
from handlers.order_draft import Draft, leaders, made, project_of, suggested, typed
from storage import matters, people
from storage.tables import Matter

PAGE = 5


def _reply(turn: Turn, draft: Draft, name: str, keys: list[list[Button]], /, **facts: Any) -> None:
    """A card of the draft: what was typed so far, and what has to be said by the way."""
    album = turn.incoming.facts.get("album") if turn.incoming.attachments else None
    unique = f"album:{turn.known and turn.known.account}:{album}:{name}" if album else None
    notes = [plain(turn.words("directive.note", what=what, name=said)).strip() for what, said in draft["notes"]]
    count, words = len(draft["files"]), typed(draft)
    so_far = plain(turn.words("directive.so_far", notes=notes, words=words, count=count)).strip()
    title = plain(turn.words("directive.title", kind=draft["kind"])).strip()
    project = draft.get("project")
    turn.reply(
        name, keys, kind=draft["kind"], title=title, so_far=so_far, notes=notes, count=count, unique=unique,
        projects=[project] if project is not None else [], **facts,
    )  # fmt: skip


def _set(turn: Turn, label: str, style: str = "", /, **values: Any) -> Button:
    """A button that sets these values of the draft."""
    return turn.key(label, "order.set", style, set=values)


def _cancel(turn: Turn) -> Button:
    return turn.key("cancel", "order.cancel")


# --- questions --------------------------------------------------------------------------------------------------------


def content(turn: Turn, draft: Draft) -> None:
    _reply(turn, draft, "directive.words", [[_cancel(turn)]], replace=bool(draft.get("replace")))


def giver(turn: Turn, draft: Draft, page: int = 0) -> None:
    """Who gave it: by number, or typed."""
    options = leaders(turn)
    keys = _numbers(turn, [{"giver": one} for one, _ in options], "giver", page)
    shown = [label for _, label in options[page * PAGE : (page + 1) * PAGE]]
    _reply(turn, draft, "directive.giver", keys, options=shown, pages=-(-len(options) // PAGE), page=page + 1)


def way(turn: Turn, draft: Draft) -> None:
    keys = [_set(turn, f"way_{one}", way=one) for one in (Way.TELEPHONE, Way.MEETING, Way.PAPER)]
    _reply(
        turn, draft, "directive.way", [[*keys, _cancel(turn)]], giver=named(turn, draft["giver"]), given=_given(turn, draft)
    )  # fmt: skip


def document(turn: Turn, draft: Draft) -> None:
    _reply(turn, draft, "directive.document", [[_set(turn, "no_document", document=""), _cancel(turn)]])


def project(turn: Turn, draft: Draft) -> None:
    """Which of several projects: by number, or typed; or none of them."""
    found = pick.urgent_first(turn, draft["projects"])[:PAGE]
    keys = [
        Button(str(at), "order.set", {"set": {"project": row.id, "projects": []}}) for at, row in enumerate(found, 1)
    ]
    keys.append(_set(turn, "no_project", project=None, projects=[]))
    _reply(turn, draft, "directive.project", in_rows(keys), options=[f"{row.number} {row.name}" for row in found])


def unit(turn: Turn, draft: Draft, page: int = 0) -> None:
    """Which unit: of those a name may mean, else of all where somebody could answer."""
    asked = draft["open"][0] if draft.get("open") else None
    options = [(one, unit_name(turn, one)) for one in asked["units"]] if asked else suggested(turn, draft)
    keys = _numbers(turn, [{"unit": one} for one, _ in options], "unit", page)
    shown = [label for _, label in options[page * PAGE : (page + 1) * PAGE]]
    _reply(
        turn, draft, "directive.unit", keys, options=shown, asked=asked["words"] if asked else "", helps=bool(asked and asked["part"] == "co"),
        pages=-(-len(options) // PAGE), page=page + 1,
    )  # fmt: skip


def day(turn: Turn, draft: Draft) -> None:
    ahead = days.ahead(turn.today, turn.calendar)
    keys = [
        Button(turn.words("matter.day", day=one), "order.set", {"set": {"day": one.isoformat(), "unlimited": False}})
        for one in ahead
    ]
    keys.append(_set(turn, "unlimited", day="", unlimited=True))
    _reply(turn, draft, "directive.day", in_rows(keys))


def _numbers(turn: Turn, values: list[dict[str, Any]], step: str, page: int) -> list[list[Button]]:
    """Number buttons of a page; 更多 where there are more, else 取消."""
    shown = values[page * PAGE : (page + 1) * PAGE]
    keys = [Button(str(at), "order.set", {"set": one}) for at, one in enumerate(shown, 1)]
    pages = max(1, -(-len(values) // PAGE))
    last = turn.key("more", "order.page", step=step, page=(page + 1) % pages) if pages > 1 else _cancel(turn)
    return in_rows([*keys, last])


def amend(turn: Turn, draft: Draft) -> None:
    """修改: what may be changed by a tap."""
    urgency = Urgency.ORDINARY if draft.get("urgency") == Urgency.URGENT else Urgency.URGENT
    internal = not draft.get("internal")
    keys = [turn.key(f"change_{what}", "order.change", what=what) for what in ("unit", "day", "words")]
    keys.append(turn.key("other_urgency", "order.change", what="urgency", set={"urgency": urgency}))
    keys.append(
        turn.key("internal" if internal else "public", "order.change", what="internal", set={"internal": internal})
    )
    keys.append(turn.key("change_giver", "order.change", what="giver") if draft["kind"] == "record" else _cancel(turn))
    _reply(turn, draft, "directive.amend", in_rows(keys))


# --- the whole --------------------------------------------------------------------------------------------------------


def confirm(turn: Turn, draft: Draft) -> None:
    """【请确认交办】: each thing on its own line; nothing is issued yet."""
    matter = made(turn, draft)
    project_row = project_of(turn, draft)
    if draft["unit"]:
        ladder.lay(turn, matter, project_row, draft["unit"], draft.get("person"))
    else:
        ladder.lay_open(turn, matter)
    about = matters.by_id(turn.session, draft["about"]) if draft.get("about") else None
    keys = [
        turn.key("confirm", "order.issue", "primary", turn=draft["turn"]),
        turn.key("amend", "order.amend"),
        _cancel(turn),
    ]
    _reply(
        turn, draft, "directive.confirm", [keys], item=matter, unit=unit_name(turn, matter.unit), holder=named(turn, matter.person),
        co=[unit_name(turn, one) for one in draft["co"]], project=project_row, said_of=number_of(turn, about) if about else "",
        day_words=draft.get("day_words", "") if matter.promised_on else "", ends=_ends(turn, matter),
        giver=named(turn, matter.raised_by) if matter.recorded_by is not None else "", given=_given(turn, draft),
    )  # fmt: skip


def _ends(turn: Turn, matter: Matter) -> date | None:
    """The working day on whose evening a limit ends that falls on a day off; None of any other."""
    if matter.promised_on is None or turn.calendar.is_workday(matter.promised_on):
        return None
    return turn.calendar.day(end_of(matter.promised_on, turn.calendar))


def _given(turn: Turn, draft: Draft) -> date:
    return date.fromisoformat(draft["given_on"]) if draft.get("given_on") else turn.today


def day_changed(turn: Turn, values: Mapping[str, Any]) -> str:
    """How a day pressed in the place of one that was typed stands beside the words."""
    chosen = date.fromisoformat(values["day"]) if values["day"] else None
    return plain(turn.words("directive.day_changed", day=chosen)).strip()


def receipt(turn: Turn, whole: Matter) -> None:
    """The number, who has it, until when; the parts of the co-units."""
    parts = matters.parts_of(turn.session, whole.id)
    turn.reply(
        "directive.receipt", [[turn.key("show", "matter.show", matter=whole.id)]], number=number_of(turn, whole), item=whole,
        unit=unit_name(turn, whole.unit), holder=named(turn, whole.person), parts=[(number_of(turn, one), unit_name(turn, one.unit)) for one in parts],
        recorded=whole.recorded_by == turn.person, bound=people.account_of(turn.session, whole.raised_by) is not None,
        **marks(whole) | {"about": ""},
    )  # fmt: skip


CARDS: Mapping[str, Callable[[Turn, Draft], None]] = {
    "giver": giver, "way": way, "document": document, "words": content, "project": project, "unit": unit, "day": day, "amend": amend,
    "confirm": confirm,
}  # fmt: skip
"""The card of each step."""
PAGES: Mapping[str, Callable[[Turn, Draft, int], None]] = {"giver": giver, "unit": unit}
"""Cards with more than one page."""
