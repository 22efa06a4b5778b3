"""A table dropped into the chat: read and tried out, shown with what its columns were taken for, taken in when confirmed."""

import re
from typing import Any

from bot.ledger import FormKind, How
from bot.messages import Address, Button, Card
from bot.rules.entitlement import Action
from bot.rules.words import MessageClass
from handlers import drafts, ledger_columns
from handlers.desk import Turn
from storage import conversations, people
from storage.tables import StoredFile

BOOKS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".et", ".ods", ".csv")
"""What is taken for a table; what of these cannot be read is refused with its reason."""
KEPT = 60
"""Lines of each part of the details that a draft holds; all are counted."""
PAGE = 8
ASIDE = ("sheets_left", "parts", "hidden_rows")
"""What a table has beside its rows, by name: sheets that were not read, parts of projects, rows that are not shown."""
OPEN = ("", "ledger.wait", "ledger.preview", "ledger.column", "ledger.returned")
REPORTING = ("report.figures", "report.pick")
YEAR = re.compile(r"(?:年份|年度|year)\s*[:：=]?\s*(20\d\d)年?")

Draft = dict[str, Any]
"""file, sha256, name, year (None: the workbook's), chosen: form -> column -> what somebody said it holds; columns and lines: of the last
trial."""

# --- the file -------------------------------------------------------------------------------------------------------------


def offered(turn: Turn) -> bool:
    """A workbook without a question open: a table of the office's from who administers or dispatches, else the 旬报表 of a reporter's
    projects. Fetched, tried out, then asked about."""
    books = [one for one in turn.incoming.attachments if one.name.lower().endswith(BOOKS)]
    if len(books) != 1 or len(turn.incoming.attachments) != 1 or not _expected(turn, books[0].name):
        return False
    if not (may_bring(turn) or turn.may(turn.person, Action.REPORT)):
        return False
    [row] = drafts.keep_files(turn)
    turn.ask("ledger.wait", {"file": row, "name": books[0].name})
    turn.reply("ledger.reading", name=books[0].name)
    return True


def _expected(turn: Turn, name: str) -> bool:
    """Whether a workbook is a table of its own here: nothing else is open but another table, or a report of which nothing was said yet."""
    if turn.talk.step in REPORTING:
        return "旬报" in name and not turn.talk.draft.get("words") and not turn.talk.draft.get("files")
    return turn.talk.step in OPEN


def may_bring(turn: Turn) -> bool:
    """Whether the speaker may change projects by a table."""
    return turn.may(turn.person, Action.ADMINISTER) or turn.may(turn.person, Action.DISPATCH)


def wait(turn: Turn) -> None:
    """While the file is being read; another file takes its place."""
    if turn.incoming.attachments and offered(turn):
        return
    turn.ask("ledger.wait", turn.talk.draft)
    turn.reply("ledger.still_reading", words=turn.typed)


def fetched(turn: Turn, file: StoredFile) -> None:
    """The file is here: have it read and tried out."""
    if file.person is None:
        return
    waiting = conversations.draft_of(turn.session, file.person, "ledger.wait")
    if waiting.get("file") != file.id:
        return
    kind = (
        "ledger_try"
        if turn.may(file.person, Action.ADMINISTER) or turn.may(file.person, Action.DISPATCH)
        else "ten_days"
    )
    payload = {"sha256": file.sha256, "file": file.id, "name": file.name, "year": None, "chosen": {}, "by": file.person}
    turn.errand(kind, payload, key=f"ledger:try:{file.id}", person=file.person, address=turn.incoming.address)


def not_fetched(turn: Turn, file: StoredFile) -> bool:
    """The file could not be had: whoever waits for what it says need not wait. Returns whether they did."""
    waited = turn.known is not None and turn.talk.step == "ledger.wait" and turn.talk.draft.get("file") == file.id
    if waited:
        turn.done()
    return waited


def _try_again(turn: Turn, draft: Draft) -> None:
    """The same file once more, with what somebody said of its columns."""
    turn.ask("ledger.wait", draft)
    payload = {**{name: draft[name] for name in ("sha256", "file", "name", "year", "chosen")}, "by": turn.person}
    turn.errand(
        "ledger_try",
        payload,
        key=f"ledger:try:{draft['file']}:{turn.incoming.dedup}",
        person=turn.person,
        address=turn.incoming.address,
    )


# --- what it would change -------------------------------------------------------------------------------------------------


def tried(turn: Turn) -> None:
    """What the table would change, for 确认; or why it cannot be read."""
    facts = turn.incoming.facts
    payload = facts["payload"]
    if turn.known is None or turn.talk.step not in ("ledger.wait", "ledger.preview", "ledger.column", ""):
        _put_aside(turn)
        return
    if turn.talk.step and turn.talk.draft.get("file") != payload["file"]:
        return  # another file has taken its place
    if not facts["ok"]:
        turn.done()
        _say(turn, Card(refused(turn, facts)), f"ledger:tried:{facts['errand']}")
        return
    draft = {name: payload[name] for name in ("file", "sha256", "name", "year", "chosen")}
    draft |= {
        "columns": facts["record"]["columns"],
        "lines": _lines(facts["record"]),
        "record": _summary(facts["record"]),
    }
    turn.ask("ledger.preview", draft)
    _say(turn, preview(turn, draft), f"ledger:tried:{facts['errand']}")


def _put_aside(turn: Turn) -> None:
    """The person has begun something else meanwhile: it is not disturbed, the table can be looked at later."""
    facts = turn.incoming.facts
    known = people.account_of(turn.session, facts["person"])
    if known is None:
        return
    payload = {name: facts["payload"][name] for name in ("sha256", "file", "name", "year", "chosen")}
    keys = ((turn.button("ledger_look", "ledger.again", known.locale, **payload),),)
    text = turn.text("ledger.put_aside", known.locale, name=payload["name"])
    address = Address(known.channel, known.chat, "", known.identity)
    turn.say(
        MessageClass.ANSWER,
        Card(text, keys),
        person=known.person,
        address=address,
        key=f"ledger:tried:{facts['errand']}",
    )


def again(turn: Turn) -> None:
    """看台账: now."""
    if not may_bring(turn):
        turn.reply("start.no_such_thing")
        return
    _try_again(turn, {name: turn.args[name] for name in ("sha256", "file", "name", "year", "chosen")})
    turn.reply("ledger.reading", name=turn.args["name"])


def refused(turn: Turn, facts: dict[str, Any]) -> str:
    return turn.words(
        "ledger.refused", name=facts["payload"]["name"], why=facts["error"], details=facts.get("details", "")
    )


def _say(turn: Turn, card: Card, key: str) -> None:
    """To who sent the file, wherever they wrote from."""
    assert turn.known is not None
    address = Address(turn.incoming.channel, turn.incoming.chat, turn.incoming.thread, turn.incoming.person)
    turn.say(MessageClass.ANSWER, card, person=turn.known.person, address=address, key=key)


def preview(turn: Turn, draft: Draft) -> Card:
    """The table as it would go in."""
    unsure = sum(How(one["how"]).unsure for one in draft["columns"])
    keys: list[Button] = [turn.key("confirm", "ledger.confirm", "primary", **_mark(draft))]
    if draft["columns"]:
        keys.append(turn.key("ledger_columns", "ledger.columns", **_mark(draft), page=0))
    if draft["lines"]:
        keys.append(turn.key("ledger_details", "ledger.details", **_mark(draft), page=0))
    keys.append(turn.key("cancel", "ledger.cancel", **_mark(draft)))
    text = turn.words(
        "ledger.tried", name=draft["name"], groups=ledger_columns.grouped(turn, draft["columns"]), unsure=unsure,
        **{**draft["record"], "kinds": [FormKind(kind) for kind in draft["record"]["kinds"]]},
    )  # fmt: skip
    return Card(text, (tuple(keys),))


def _mark(draft: Draft) -> dict[str, Any]:
    return {"file": draft["file"]}


def opened(turn: Turn) -> Draft | None:
    """The draft of the file whose card was pressed; else its owner is told that it is gone."""
    expired = turn.talk.expires_at is not None and turn.talk.expires_at <= turn.now
    steps = ("ledger.preview", "ledger.column")
    if (
        turn.talk.step in steps
        and not expired
        and turn.talk.draft.get("file") == turn.args.get("file", turn.talk.draft.get("file"))
    ):
        return dict(turn.talk.draft)
    turn.reply("ledger.gone")
    return None


def show(turn: Turn, draft: Draft) -> None:
    """The whole again, in the place of what was pressed."""
    turn.ask("ledger.preview", draft)
    card = preview(turn, draft)
    edits, turn.pressed = turn.pressed, None
    turn.say(MessageClass.ANSWER, card, person=turn.person, address=turn.incoming.address, edits=edits)


def back(turn: Turn) -> None:
    if (draft := opened(turn)) is not None:
        show(turn, draft)


def typed(turn: Turn) -> None:
    """What is typed beside the preview: what a column holds (D 总投资), the year (年份 2025); another file takes the place of this one."""
    if turn.incoming.attachments:
        if not offered(turn):
            turn.reply("ledger.not_understood", words=turn.typed)
        return
    draft = dict(turn.talk.draft)
    if year := YEAR.fullmatch(turn.typed):
        _try_again(turn, {**draft, "year": int(year[1])})
        turn.reply("ledger.reading", name=draft["name"])
        return
    meant = ledger_columns.said(turn, draft["columns"], turn.typed)
    if meant is None:
        turn.ask("ledger.preview", draft)
        turn.reply("ledger.not_understood", words=turn.typed)
        return
    remap(turn, draft, *meant)


def remap(turn: Turn, draft: Draft, form: str, column: int, key: str) -> None:
    """A column holds something else than it was taken for: tried anew."""
    chosen = {**draft["chosen"], form: {**draft["chosen"].get(form, {}), str(column): key}}
    _try_again(turn, {**draft, "chosen": chosen})
    turn.reply(
        "ledger.reading_again",
        header=ledger_columns.header_of(draft["columns"], form, column),
        meaning=ledger_columns.meaning(turn, key),
    )


def details(turn: Turn) -> None:
    """明细: what is changed, missing, not read, page by page."""
    draft = opened(turn)
    if draft is None:
        return
    pages = -(-len(draft["lines"]) // PAGE)
    page = turn.args["page"] % max(pages, 1)
    turn.ask("ledger.preview", draft)
    keys = [turn.key("more", "ledger.details", **_mark(draft), page=(page + 1) % pages)] if pages > 1 else []
    keys.append(turn.key("back", "ledger.back", **_mark(draft)))
    turn.reply(
        "ledger.details", [keys], lines=draft["lines"][page * PAGE : (page + 1) * PAGE], page=page + 1, pages=pages
    )


def _summary(record: dict[str, Any]) -> dict[str, Any]:
    """What a record says, as the card tells it."""
    found = record["matters"]
    return {
        "title": record["title"], "year": record["year"], "as_of": record["as_of"], "kinds": record["kinds"],
        "count": record["projects"], "added": len(record["added"]), "changed": record["changed"][:4], "changes": len(record["changed"]),
        "same": record["same"], "persons": record["persons"], "overdue": len(record["overdue"]) if record["added"] else 0, "people_left": record["people_left"],
        "missing": [one["name"] for one in record["missing"][:4]], "missing_count": len(record["missing"]),
        "foreign": record["foreign"][:4], "foreign_count": len(record["foreign"]), "without_base": len(record["without_base"]),
        "problems": record["problems"][:4], "problem_count": len(record["problems"]),
        "matters": {name: len(value) if isinstance(value, list) else value for name, value in found.items()},
        "differs": found["differs"][:6], "list": record["list"],
        **{part: record[part][:6] for part in ASIDE}, **{f"{part}_count": len(record[part]) for part in ASIDE},
    }  # fmt: skip


def _lines(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The details, part by part."""
    parts: list[tuple[str, list[Any]]] = [
        ("problem", record["problems"]), ("changed", record["changed"]), ("added", record["added"]), ("missing", record["missing"]),
        ("foreign", record["foreign"]), ("without_base", record["without_base"]), ("matter", record["matters"]["added"]),
    ]  # fmt: skip
    return [{"part": part, "item": item} for part, items in parts for item in items[:KEPT]]


# --- taken in -------------------------------------------------------------------------------------------------------------


def confirm(turn: Turn) -> None:
    """确认: all of it, or nothing."""
    draft = opened(turn)
    if draft is None:
        return
    turn.done()
    if not may_bring(turn):
        turn.reply("start.no_such_thing")
        return
    payload = {**{name: draft[name] for name in ("sha256", "file", "name", "year", "chosen")}, "by": turn.person}
    turn.errand(
        "ledger_import",
        payload,
        key=f"ledger:import:{draft['file']}",
        person=turn.person,
        address=turn.incoming.address,
    )
    turn.reply("ledger.going_in")


def cancel(turn: Turn) -> None:
    if turn.talk.step.startswith("ledger."):
        turn.done()
    turn.reply("ledger.cancelled")


def imported(turn: Turn) -> None:
    """The table is in."""
    facts = turn.incoming.facts
    known = people.account_of(turn.session, facts["person"])
    if known is None:
        return
    waits = facts["ok"] and facts["record"]["matters"]["added"]
    keys = ((turn.button("proposals", "proposal.list", known.locale, page=0),),) if waits else ()
    text = (
        turn.text("ledger.imported", known.locale, **_summary(facts["record"])) if facts["ok"] else refused(turn, facts)
    )
    address = Address(turn.incoming.channel, turn.incoming.chat, turn.incoming.thread, turn.incoming.person)
    turn.say(
        MessageClass.ANSWER, Card(text, keys), person=facts["person"], address=address if address.chat else None,
        key=f"ledger:imported:{facts['errand']}", reusable=True,
    )  # fmt: skip
