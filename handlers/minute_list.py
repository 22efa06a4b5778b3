"""The items of minutes before they are issued: a numbered list, put right by what is typed or pressed, confirmed in one go."""

from datetime import date
from typing import Any

from bot.messages import Button
from bot.rules.entitlement import Action
from bot.rules.mending import Mend, read_mend
from handlers import days, issuing
from handlers.desk import Turn
from handlers.matters import in_rows
from handlers.minute_items import Draft, Refused, around, keep, mend, opened, problems, put_down, shown
from storage import people

PAGE = 5
BUTTONS = 3
"""Numbers of items on a page that have a button: those that want a look."""

# --- the list ---------------------------------------------------------------------------------------------------------------


def show(turn: Turn, draft: Draft, page: int = 0, refused: Refused | None = None) -> None:
    """A page of the items as they would be issued; those that want a look have a button."""
    items = draft["items"]
    if not items:
        put_down(turn)
        turn.reply("meeting.cancelled", words=draft["words"])
        return
    known = around(turn, draft["chair"])
    pages = -(-len(items) // PAGE)
    page = min(page, pages - 1)
    keep(turn, "items", {**draft, "page": page})
    here = list(enumerate(items, 1))[page * PAGE : (page + 1) * PAGE]
    troubled = [at for at, item in here if problems(item, known, turn.today)]
    mark = {"draft": draft["id"]}
    keys = [turn.key("issue_items", "meeting.issue", "primary", **mark)]
    if pages > 1:
        keys.append(turn.key("more", "meeting.page", **mark, page=(page + 1) % pages))
    keys.append(turn.key("cancel", "meeting.cancel", **mark))
    numbers = [Button(str(at), "meeting.item", {**mark, "number": at}) for at in troubled[:BUTTONS]]
    turn.reply(
        "meeting.items", [keys, numbers], **_head(turn, draft), items=[shown(turn, item, at, known) for at, item in here], page=page + 1,
        pages=pages, count=len(items), merged=sum(item["matter"] is not None for item in items),
        troubled=sum(bool(problems(item, known, turn.today)) for item in items), refused=refused,
        unread=draft["unread"] if page + 1 == pages else [], **_projects(turn, items),
    )  # fmt: skip


def _head(turn: Turn, draft: Draft) -> dict[str, Any]:
    return {
        "title": draft["title"], "held_on": date.fromisoformat(draft["held_on"]), "document": draft["document"],
        "chair": people.name_of(turn.session, draft["chair"]), "recorder": turn.known.name if turn.known else "",
    }  # fmt: skip


def _projects(turn: Turn, items: list[Draft]) -> dict[str, Any]:
    return {"projects": [item["project"] for item in items if item["project"]]}


def turn_page(turn: Turn) -> None:
    draft = opened(turn, "items", "value")
    if draft is not None:
        show(turn, draft, turn.args["page"])


def mended(turn: Turn) -> None:
    """What is typed beside the list: a change, or the number of an item."""
    draft = dict(turn.talk.draft)
    if turn.incoming.kind == "edited":
        turn.reply("meeting.edited")
        return
    change = read_mend(turn.typed)
    if turn.typed.isdigit() and 1 <= int(turn.typed) <= len(draft["items"]):
        _item(turn, draft, int(turn.typed))
    elif change is None:
        show(turn, draft, draft["page"], Refused("not_understood", (turn.typed,)))
    else:
        _change(turn, draft, change)


def _change(turn: Turn, draft: Draft, change: Mend) -> None:
    """Makes the change and shows the page on which it is to be seen."""
    page = draft["page"]
    refused = None
    try:
        mend(turn, draft, change, around(turn, draft["chair"]))
    except Refused as error:
        refused = error
    if change.what == "add" and refused is None:
        page = (len(draft["items"]) - 1) // PAGE
    elif change.numbers and refused is None and change.what != "drop":
        page = (change.numbers[0] - 1) // PAGE
    show(turn, draft, page, refused)


# --- one item ---------------------------------------------------------------------------------------------------------------

ASKED = {"item_unit": "unit", "item_limit": "limit", "item_words": "words", "item_co": "co_units"}
"""Button -> the field it asks for."""


def open_item(turn: Turn) -> None:
    draft = opened(turn, "items", "value")
    if draft is not None and 1 <= turn.args["number"] <= len(draft["items"]):
        _item(turn, draft, turn.args["number"])


def _item(turn: Turn, draft: Draft, number: int) -> None:
    """One item whole, with a button for each thing that may be put right."""
    keep(turn, "items", draft)
    mark = {"draft": draft["id"], "number": number}
    keys = [turn.key(label, "meeting.field", **mark, field=field) for label, field in ASKED.items()]
    keys.append(turn.key("item_drop", "meeting.drop", **mark))
    keys.append(turn.key("back_to_list", "meeting.page", draft=draft["id"], page=(number - 1) // PAGE))
    item = draft["items"][number - 1]
    turn.reply(
        "meeting.item",
        in_rows(keys),
        item=shown(turn, item, number, around(turn, draft["chair"])),
        **_projects(turn, [item]),
    )


def ask_field(turn: Turn) -> None:
    """单位, 时限, 内容, 协办: what it is to be, typed; days to tap."""
    draft = opened(turn, "items", "value")
    if draft is None or not 1 <= turn.args["number"] <= len(draft["items"]):
        return
    number, field = turn.args["number"], turn.args["field"]
    keep(turn, "value", {**draft, "mend": [number, field]})
    mark = {"draft": draft["id"], "number": number}
    ahead = days.ahead(turn.today, turn.calendar) if field == "limit" else []
    keys = [Button(turn.words("matter.day", day=day), "meeting.day", {**mark, "day": day.isoformat()}) for day in ahead]
    keys = [*keys[:5], turn.key("back_to_list", "meeting.page", draft=draft["id"], page=(number - 1) // PAGE)]
    item = draft["items"][number - 1]
    turn.reply(
        "meeting.field", in_rows(keys), field=field, item=shown(turn, item, number, around(turn, draft["chair"])), **_projects(turn, [item])
    )  # fmt: skip


def value_typed(turn: Turn) -> None:
    """The new value; a whole change (3 改单位 …) is one, too."""
    draft = dict(turn.talk.draft)
    number, field = draft.pop("mend")
    _change(turn, draft, read_mend(turn.typed) or Mend(field, (number,), turn.typed))


def with_day(turn: Turn) -> None:
    draft = opened(turn, "value")
    if draft is not None:
        draft.pop("mend", None)
        _change(turn, draft, Mend("limit", (turn.args["number"],), turn.args["day"]))


def drop(turn: Turn) -> None:
    draft = opened(turn, "items", "value")
    if draft is not None:
        _change(turn, draft, Mend("drop", (turn.args["number"],)))


# --- the end ----------------------------------------------------------------------------------------------------------------


def issue(turn: Turn) -> None:
    """确认下达: the meeting and all its items, in one go, once."""
    draft = opened(turn, "items", "value")
    if draft is None:
        return
    put_down(turn)
    if not turn.may(turn.person, Action.DISPATCH):
        turn.reply("start.no_such_thing")
        return
    issuing.issue(turn, draft)
