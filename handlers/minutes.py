"""录纪要: minutes are pasted, read as items, put right and issued in one go. All of it is a draft that survives restarts."""

from datetime import date
from typing import Any

from bot.messages import Button
from bot.rules.entitlement import Action
from bot.rules.mending import Mend, read_mend
from bot.rules.minutes import read_minutes
from handlers import days, drafts, issuing
from handlers.desk import Turn
from handlers.matters import in_rows
from handlers.minute_items import Draft, Refused, around, chair_named, drafted, mend, problems, shown
from storage import board, conversations, meetings, people
from storage.tables import StoredFile

OPEN = "meeting."
HOURS = 72
"""For so long the draft is kept: minutes are put right over more than a day."""
PAGE = 5
LEADERS = 4
BUTTONS = 3
"""Numbers of items on a page that have a button: those that want a look."""
FILES = (".txt", ".docx")
DONE = ("完成", "完了", "好了", "done")

# --- pasting --------------------------------------------------------------------------------------------------------------


def start(turn: Turn) -> None:
    """录纪要: what is sent next is the minutes, until 完成."""
    if not turn.may(turn.person, Action.DISPATCH):
        turn.reply("start.no_such_thing")
        return
    dropped = [word for word in turn.talk.draft.get("words", []) if isinstance(word, str)]
    if turn.talk.step == "meeting.paste":
        dropped = []
    turn.ask("meeting.paste", {"id": f"{turn.message}:{turn.now:%m%d%H%M%S}", "words": [], "waiting": []}, hours=HOURS)
    turn.reply("meeting.paste", [[turn.key("cancel", "meeting.cancel")]], dropped=dropped)


def paste(turn: Turn, words: str = "") -> None:
    """A piece of the minutes: typed, pasted, forwarded, or as a file."""
    draft = dict(turn.talk.draft)
    words = words or turn.typed
    if turn.incoming.kind == "edited":
        turn.reply("meeting.edited")
        return
    if words in DONE:
        read(turn)
        return
    if words:
        draft["words"] = [*draft["words"], words]
    refused = []
    if turn.incoming.attachments:
        good = all(one.name.lower().endswith(FILES) for one in turn.incoming.attachments)
        refused = [] if good else [one.name for one in turn.incoming.attachments]
        draft["waiting"] = [*draft["waiting"], *(drafts.keep_files(turn) if good else [])]
    turn.ask("meeting.paste", draft, hours=HOURS)
    _taken(turn, draft, refused)


def _taken(turn: Turn, draft: Draft, refused: list[str]) -> None:
    keys = [turn.key("read_minutes", "meeting.read", "primary", draft=draft["id"])] if draft["words"] else []
    turn.reply(
        "meeting.taken", [[*keys, turn.key("cancel", "meeting.cancel")]], count=len(draft["words"]),
        size=sum(map(len, draft["words"])), waiting=len(draft["waiting"]), refused=refused,
    )  # fmt: skip


def fetched(turn: Turn, file: StoredFile) -> None:
    """A file of the minutes is here: have its text read."""
    waiting = (
        conversations.draft_of(turn.session, file.person, "meeting.paste").get("waiting", []) if file.person else []
    )
    if file.id in waiting:
        payload = {"sha256": file.sha256, "name": file.name, "file": file.id}
        turn.errand(
            "minutes_text", payload, key=f"minutes:{file.id}", person=file.person, address=turn.incoming.address
        )


def text_came(turn: Turn) -> None:
    """The text of a file: one more piece; or why there is none."""
    facts = turn.incoming.facts
    if (
        turn.known is None
        or turn.talk.step != "meeting.paste"
        or facts["payload"]["file"] not in turn.talk.draft["waiting"]
    ):
        return
    draft = dict(turn.talk.draft)
    draft["waiting"] = [one for one in draft["waiting"] if one != facts["payload"]["file"]]
    draft["words"] = [*draft["words"], *([facts["text"]] if facts["ok"] and facts["text"].strip() else [])]
    turn.ask("meeting.paste", draft, hours=HOURS)
    _taken(turn, draft, [] if facts["ok"] and facts["text"].strip() else [facts["payload"]["name"]])


# --- reading --------------------------------------------------------------------------------------------------------------


def read(turn: Turn) -> None:
    """完成: what was sent is read as items; the chair is asked for where the words do not name a leader."""
    draft = _open(turn, "meeting.paste")
    if draft is None:
        return
    if draft["waiting"]:
        turn.reply("meeting.waiting", [[turn.key("read_minutes", "meeting.read", draft=draft["id"])]])
        return
    found = read_minutes("\n".join(draft["words"]), turn.today, turn.calendar.is_workday)
    if not found.items:
        turn.reply("meeting.nothing", [[turn.key("cancel", "meeting.cancel")]], unread=list(found.unread)[:6])
        return
    chair = chair_named(turn, found.chair) if found.chair else None
    known = around(turn, chair)
    held = found.held_on or turn.today
    draft |= {
        "title": found.title or turn.words("meeting.untitled").strip(), "held_on": held.isoformat(), "chair": chair, "chair_words": found.chair,
        "document": found.document, "unread": list(found.unread), "items": [drafted(turn, item, known) for item in found.items],
    }  # fmt: skip
    if chair is None:
        _ask_chair(turn, draft)
    else:
        show(turn, draft)


def _ask_chair(turn: Turn, draft: Draft, again: str = "") -> None:
    turn.ask("meeting.chair", draft, hours=HOURS)
    projects = {
        row.id for row in board.projects(turn.session, board.reach(turn.standing(turn.person), Action.DISPATCH))
    }
    found = meetings.leaders(turn.session, projects, turn.today)
    keys = [
        Button(str(at), "meeting.chair", {"draft": draft["id"], "person": row.id})
        for at, row in enumerate(found[:LEADERS], 1)
    ]
    skip = turn.key("skip", "meeting.chair", draft=draft["id"], person=None)
    turn.reply(
        "meeting.chair", [keys, [skip]], words=draft["chair_words"], again=again, count=len(draft["items"]),
        leaders=[f"{row.name}（{row.title}）" if row.title else row.name for row in found[:LEADERS]],
    )  # fmt: skip


def chair_pressed(turn: Turn) -> None:
    draft = _open(turn, "meeting.chair")
    if draft is not None:
        show(turn, {**draft, "chair": turn.args["person"]})


def chair_typed(turn: Turn) -> None:
    """A leader's name; 跳过 leaves it open: then the dispatcher stands for the meeting."""
    draft = dict(turn.talk.draft)
    if turn.typed == turn.label("skip", turn.locale):
        show(turn, draft)
    elif (found := chair_named(turn, turn.typed)) is not None:
        show(turn, {**draft, "chair": found})
    else:
        _ask_chair(turn, draft, again=turn.typed)


# --- the list ---------------------------------------------------------------------------------------------------------------


def show(turn: Turn, draft: Draft, page: int = 0, refused: Refused | None = None) -> None:
    """A page of the items as they would be issued; those that want a look have a button."""
    items = draft["items"]
    if not items:
        turn.done()
        turn.reply("meeting.cancelled", words=draft["words"])
        return
    known = around(turn, draft["chair"])
    pages = -(-len(items) // PAGE)
    page = min(page, pages - 1)
    turn.ask("meeting.items", {**draft, "page": page}, hours=HOURS)
    here = list(enumerate(items, 1))[page * PAGE : (page + 1) * PAGE]
    troubled = [at for at, item in here if problems(item, known, turn.today)]
    mark = {"draft": draft["id"]}
    keys = [turn.key("issue_items", "meeting.issue", "primary", **mark)]
    if pages > 1:
        keys.append(turn.key("more", "meeting.page", **mark, page=(page + 1) % pages))
    keys.append(turn.key("cancel", "meeting.cancel"))
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
    draft = _open(turn, "meeting.items", "meeting.value")
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
    draft = _open(turn, "meeting.items", "meeting.value")
    if draft is not None and 1 <= turn.args["number"] <= len(draft["items"]):
        _item(turn, draft, turn.args["number"])


def _item(turn: Turn, draft: Draft, number: int) -> None:
    """One item whole, with a button for each thing that may be put right."""
    turn.ask("meeting.items", draft, hours=HOURS)
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
    draft = _open(turn, "meeting.items", "meeting.value")
    if draft is None or not 1 <= turn.args["number"] <= len(draft["items"]):
        return
    number, field = turn.args["number"], turn.args["field"]
    turn.ask("meeting.value", {**draft, "mend": [number, field]}, hours=HOURS)
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
    draft = _open(turn, "meeting.value")
    if draft is not None:
        draft.pop("mend", None)
        _change(turn, draft, Mend("limit", (turn.args["number"],), turn.args["day"]))


def drop(turn: Turn) -> None:
    draft = _open(turn, "meeting.items", "meeting.value")
    if draft is not None:
        _change(turn, draft, Mend("drop", (turn.args["number"],)))


# --- the end ----------------------------------------------------------------------------------------------------------------


def _open(turn: Turn, *steps: str) -> Draft | None:
    """The draft that a button belongs to, if the talk still stands there; else its owner is told. A button of another draft does nothing
    to this one."""
    talk = turn.talk
    expired = talk.expires_at is not None and talk.expires_at <= turn.now
    if talk.step in steps and not expired and turn.args.get("draft", talk.draft.get("id")) == talk.draft.get("id"):
        return dict(talk.draft)
    turn.reply("meeting.gone")
    return None


def cancel(turn: Turn) -> None:
    """取消: what was pasted is given back."""
    if not turn.talk.step.startswith(OPEN):
        turn.reply("meeting.gone")
        return
    words = turn.talk.draft["words"]
    turn.done()
    turn.reply("meeting.cancelled", words=words)


def issue(turn: Turn) -> None:
    """确认下达: the meeting and all its items, in one go, once."""
    draft = _open(turn, "meeting.items", "meeting.value")
    if draft is None:
        return
    turn.done()
    if not turn.may(turn.person, Action.DISPATCH):
        turn.reply("start.no_such_thing")
        return
    issuing.issue(turn, draft)
