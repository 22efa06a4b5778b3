"""录纪要: minutes are pasted, read as items, put right and issued in one go. All of it is a draft that survives restarts."""

from bot.messages import Button
from bot.rules.entitlement import Action
from bot.rules.minutes import read_minutes
from handlers import drafts, minute_list
from handlers.desk import Turn
from handlers.minute_items import Draft, around, chair_named, drafted, keep, kept, opened, put_down
from storage import board, conversations, meetings
from storage.tables import StoredFile

LEADERS = 4
FILES = (".txt", ".docx")
DONE = ("完成", "完了", "好了", "done")

# --- pasting --------------------------------------------------------------------------------------------------------------


def start(turn: Turn) -> None:
    """录纪要: what is sent next is the minutes, until 完成."""
    if not turn.may(turn.person, Action.DISPATCH):
        turn.reply("start.no_such_thing")
        return
    begun = kept(turn)
    if begun is not None:
        _resume(turn, *begun)
        return
    dropped = [word for word in turn.talk.draft.get("words", []) if isinstance(word, str)]
    draft: Draft = {"id": f"{turn.message}:{turn.now:%m%d%H%M%S}", "words": [], "waiting": [], "page": 0}
    keep(turn, "paste", draft)
    turn.reply("meeting.paste", [[turn.key("cancel", "meeting.cancel", draft=draft["id"])]], dropped=dropped)


def _resume(turn: Turn, step: str, draft: Draft) -> None:
    """Minutes that were begun: where they stood."""
    if step == "paste":
        keep(turn, step, draft)
        _taken(turn, draft, [])
    elif step == "chair":
        _ask_chair(turn, draft)
    else:
        minute_list.show(turn, draft, draft["page"])


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
    keep(turn, "paste", draft)
    _taken(turn, draft, refused)


def _taken(turn: Turn, draft: Draft, refused: list[str]) -> None:
    keys = [turn.key("read_minutes", "meeting.read", "primary", draft=draft["id"])] if draft["words"] else []
    turn.reply(
        "meeting.taken", [[*keys, turn.key("cancel", "meeting.cancel", draft=draft["id"])]], count=len(draft["words"]),
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
    keep(turn, "paste", draft)
    _taken(turn, draft, [] if facts["ok"] and facts["text"].strip() else [facts["payload"]["name"]])


# --- reading --------------------------------------------------------------------------------------------------------------


def read(turn: Turn) -> None:
    """完成: what was sent is read as items; the chair is asked for where the words do not name a leader."""
    draft = opened(turn, "paste")
    if draft is None:
        return
    if any(_coming(turn, file) for file in draft["waiting"]):
        turn.reply("meeting.waiting", [[turn.key("read_minutes", "meeting.read", draft=draft["id"])]])
        return
    found = read_minutes("\n".join(draft["words"]), turn.today, turn.calendar.is_workday)
    if not found.items:
        turn.reply(
            "meeting.nothing",
            [[turn.key("cancel", "meeting.cancel", draft=draft["id"])]],
            unread=list(found.unread)[:6],
        )
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
        minute_list.show(turn, draft)


def _coming(turn: Turn, file: int) -> bool:
    row = turn.session.get(StoredFile, file)
    return row is not None and row.state in ("waiting", "stored")


def _ask_chair(turn: Turn, draft: Draft, again: str = "") -> None:
    keep(turn, "chair", draft)
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
    draft = opened(turn, "chair")
    if draft is not None:
        minute_list.show(turn, {**draft, "chair": turn.args["person"]})


def chair_typed(turn: Turn) -> None:
    """A leader's name; 跳过 leaves it open: then the dispatcher stands for the meeting."""
    draft = dict(turn.talk.draft)
    if turn.typed == turn.label("skip", turn.locale):
        minute_list.show(turn, draft)
    elif (found := chair_named(turn, turn.typed)) is not None:
        minute_list.show(turn, {**draft, "chair": found})
    else:
        _ask_chair(turn, draft, again=turn.typed)


def cancel(turn: Turn) -> None:
    """取消: what was pasted is given back."""
    begun = kept(turn)
    if begun is None or turn.args.get("draft", begun[1]["id"]) != begun[1]["id"]:
        turn.reply("meeting.gone")
        return
    put_down(turn)
    turn.reply("meeting.cancelled", words=begun[1]["words"])
