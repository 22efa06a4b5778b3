"""What the columns of a table were taken for, in words; and what somebody says that they hold."""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from bot.ledger import FormKind, How
from bot.ledger.headers import bare, squeezed
from bot.ledger.words import IGNORED, KEYS, MATTER_KEYS, PLAN, likeness, meant, most_like
from handlers.desk import Turn

Column = dict[str, Any]
"""form, kind, sheet, column, letter, header, key, how, like, example, hidden: as `bot.ledger.LedgerColumn` has them."""
TOGETHER, JOINED = "\u00a0", "\u2060"
"""A blank, and nothing, at which no line is broken."""
LEFT = ("不取", "不导入", "不要", "忽略")
_SAID = re.compile(r"([A-Za-z]{1,3})\s*列?\s*(?:是|改为|改成|[:：=→,，])?\s*(\S.*)")
_MONTH = re.compile(r"(\d{1,2})月(?:份)?(?:的)?(?:投资)?计划(?:投资)?")

# --- in words -------------------------------------------------------------------------------------------------------------


def meaning(turn: Turn, key: str) -> str:
    """What a column holds, in words: 总投资, 3 月计划, 节点, 不取."""
    base, _, part = key.partition(":")
    return turn.words("ledger.meaning", key=str(base), part=part).strip()


def grouped(turn: Turn, columns: Sequence[Column]) -> list[dict[str, Any]]:
    """The columns as the preview tells them, form by form: those taken, in a line, neighbours for one thing together; the unsure apart."""
    made = []
    for (_, sheet), found in groupby(columns, key=lambda one: (one["form"], one["sheet"])):
        rows = list(found)
        taken = [one for one in rows if one["key"] and not nowhere(one) and not How(one["how"]).unsure]
        runs = [list(run) for _, run in groupby(taken, key=lambda one: one["key"].partition(":")[0])]
        made.append({
            "sheet": sheet, "count": len(rows), "taken": [_run(turn, run) for run in runs],
            "unsure": [{**one, "meaning": meaning(turn, one["key"])} for one in rows if How(one["how"]).unsure],
            "left": [
                f"{one['letter']}{TOGETHER}{bare(one['header'])}" for one in rows
                if not one["key"] and not How(one["how"]).unsure and not nowhere(one)
            ],
            "no_place": [f"{one['letter']}{TOGETHER}{bare(one['header'])}" for one in rows if nowhere(one)],
            "remembered": sum(one["how"] == How.REMEMBERED for one in rows),
            "hidden": [one["letter"] for one in rows if one["hidden"] and one["key"]],
        })  # fmt: skip
    return made


def nowhere(column: Column) -> bool:
    """Whether a column is known and nothing keeps what stands in it; 备注 is kept of a problem, not of a project."""
    return How(column["how"]) is How.NO_PLACE or (
        column["key"] == "note" and FormKind(column["kind"]) is not FormKind.MATTERS
    )


def _run(turn: Turn, run: Sequence[Column]) -> str:
    """ "D 项目名称", "L–W 分月计划", "J 概算→总投资"."""
    first, last = run[0], run[-1]
    where = first["letter"] if first is last else f"{first['letter']}{JOINED}–{JOINED}{last['letter']}"
    base, _, part = first["key"].partition(":")
    told = meaning(turn, first["key"] if first is last else base)
    own = bare(first["header"]).rsplit("/", 1)[-1]
    if first is not last or part or likeness(own, told) >= 0.5:
        return f"{where}{TOGETHER}{told}"
    return f"{where}{TOGETHER}{own}→{told}"


def header_of(columns: Sequence[Column], form: str, column: int) -> str:
    return next((str(one["header"]) for one in columns if one["form"] == form and one["column"] == column), "")


def keys_of(column: Column) -> tuple[str, ...]:
    """What a column of its form may hold."""
    return MATTER_KEYS if column["kind"] == FormKind.MATTERS else KEYS


def said(turn: Turn, columns: Sequence[Column], words: str) -> tuple[str, int, str] | None:
    """(form, column, what it holds) of "D 总投资"; None where it says no such thing."""
    found = _SAID.fullmatch(words.strip())
    column = next((one for one in columns if found and one["letter"] == found[1].upper()), None)
    key = key_of(turn, column, found[2]) if found and column else None
    return (column["form"], column["column"], key) if column and key is not None else None


def key_of(turn: Turn, column: Column, words: str) -> str | None:
    """What a word says that a column holds: as we call it, else as `plainly`."""
    words = squeezed(words)
    if words.casefold() == squeezed(turn.label("ledger_leave", turn.locale)).casefold():
        return IGNORED
    ours = {squeezed(meaning(turn, key)).casefold(): str(key) for key in keys_of(column)}
    known = plainly(words)
    return ours.get(words.casefold()) or (known if known == IGNORED or column["kind"] != FormKind.MATTERS else None)


def plainly(words: str) -> str | None:
    """What a word says that a column holds: as tables call it, or much like that; 3月计划; 不取."""
    words = squeezed(words)
    if words in LEFT:
        return IGNORED
    if (month := _MONTH.fullmatch(words)) and 1 <= int(month[1]) <= 12:
        return f"{PLAN}:{int(month[1])}"
    if (exact := meant(words)) is not None:
        return str(exact)
    score, like = most_like(words)[0]
    return str(like) if score >= 0.7 else None
