"""对应关系: the columns of a table as cards, and another meaning for one by a button or a word."""

from bot.ledger import How
from bot.ledger.headers import bare
from bot.ledger.words import IGNORED, most_like
from bot.messages import Button
from handlers import ledger_chat
from handlers.desk import Turn
from handlers.ledger_columns import Column, key_of, keys_of, meaning, said

PAGE = 4
OPTIONS = 3


def listed(turn: Turn) -> None:
    """对应关系: every column with what it was taken for, the unsure first; a number opens one."""
    draft = ledger_chat.opened(turn)
    if draft is None:
        return
    turn.ask("ledger.preview", draft)
    columns = sorted(draft["columns"], key=lambda one: (not How(one["how"]).unsure, not one["key"]))
    pages = -(-len(columns) // PAGE)
    page = turn.args["page"] % pages
    here = columns[page * PAGE : (page + 1) * PAGE]
    mark = {"file": draft["file"]}
    keys = [
        Button(str(at), "ledger.column", {**mark, "form": one["form"], "column": one["column"], "page": 0})
        for at, one in enumerate(here, 1)
    ]
    more = [turn.key("more", "ledger.columns", **mark, page=(page + 1) % pages)] if pages > 1 else []
    turn.reply(
        "ledger.columns", [keys, [*more, turn.key("back", "ledger.back", **mark)]], page=page + 1, pages=pages,
        columns=[{**one, "meaning": meaning(turn, one["key"])} for one in here],
    )  # fmt: skip


def opened(turn: Turn) -> None:
    """One column: what it may hold, the most like first, a page at a time; any other can be typed."""
    draft = ledger_chat.opened(turn)
    if draft is None:
        return
    column = next(
        (one for one in draft["columns"] if (one["form"], one["column"]) == (turn.args["form"], turn.args["column"])),
        None,
    )
    if column is None:
        turn.reply("ledger.gone")
        return
    turn.ask("ledger.column", {**draft, "open": [column["form"], column["column"]]})
    options = _options(column)
    pages = -(-len(options) // OPTIONS)
    page = turn.args["page"] % pages
    here = options[page * OPTIONS : (page + 1) * OPTIONS]
    mark = {"file": draft["file"], "form": column["form"], "column": column["column"]}
    keys = [Button(str(at), "ledger.choose", {**mark, "key": str(key)}) for at, key in enumerate(here, 1)]
    last = [
        turn.key("ledger_leave", "ledger.choose", **mark, key=IGNORED),
        turn.key("more", "ledger.column", **mark, page=(page + 1) % pages),
        turn.key("back", "ledger.columns", file=draft["file"], page=0),
    ]
    turn.reply(
        "ledger.column", [keys, last], column={**column, "meaning": meaning(turn, column["key"])}, page=page + 1, pages=pages,
        options=[meaning(turn, key) for key in here],
    )  # fmt: skip


def _options(column: Column) -> list[str]:
    known = keys_of(column)
    like = [key for _, key in most_like(bare(column["header"])) if key in known]
    return [key for key in dict.fromkeys((*like, *known)) if key != column["key"]]


def chosen(turn: Turn) -> None:
    """A button said what the column holds."""
    draft = ledger_chat.opened(turn)
    if draft is not None:
        ledger_chat.remap(turn, draft, turn.args["form"], turn.args["column"], turn.args["key"])


def typed(turn: Turn) -> None:
    """A word said it; a whole sentence for another column (D 总投资) is one, too."""
    draft = dict(turn.talk.draft)
    if turn.incoming.attachments:
        ledger_chat.typed(turn)
        return
    form, number = draft.pop("open")
    column = next(one for one in draft["columns"] if (one["form"], one["column"]) == (form, number))
    key = key_of(turn, column, turn.typed)
    if key is not None:
        ledger_chat.remap(turn, draft, form, number, key)
        return
    other = said(turn, draft["columns"], turn.typed)
    if other is not None:
        ledger_chat.remap(turn, draft, *other)
        return
    turn.ask("ledger.column", {**draft, "open": [form, number]})
    turn.reply("ledger.no_meaning", words=turn.typed, meanings=[meaning(turn, key) for key in keys_of(column)])
