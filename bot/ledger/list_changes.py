"""清单调整表: which projects came onto the list, left it or were renamed, from which day, on which basis. A row each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.ledger import cells
from bot.ledger.headers import letter, squeezed
from bot.ledger.sheets import Sheet
from bot.ledger.values import LedgerListChange, Reason, RowProblem

_COLUMNS = {
    "kind": re.compile(r"(?:调整|变更|变动)(?:类型|类别|方式|情况|事项)$"), "name": re.compile(r"^(?:原)?(?:项目|工程)名称$"), "new_name": re.compile(r"(?:更名后|新|现).*(?:名称)$|更名为"),
    "code": re.compile(r"项目(?:编号|代码)|统一代码"), "basis": re.compile(r"依据|文号"), "day": re.compile(r"(?:调整|变更|生效|执行)?(?:日期|时间)$"),
    "reason": re.compile(r"原因|理由|说明$"), "owner": re.compile(r"业主"), "total": re.compile(r"总投资"), "town": re.compile(r"属地|镇街"),
}  # fmt: skip
_KINDS = (
    ("added", "增补|新增|增加|纳入|调入"),
    ("removed", "退出|调出|剔除|取消|移出"),
    ("renamed", "更名|改名|名称"),
    ("restored", "恢复"),
)
WITHIN = 10
"""Rows from the top in which the header is looked for."""


@dataclass(frozen=True)
class ListTable:
    """Where its header stands and what its columns hold."""

    header: int
    columns: dict[str, int]


def list_table(sheet: Sheet) -> ListTable | None:
    """The table of changes on a sheet: a header with 调整类型 and 项目名称."""
    for at, row in enumerate(sheet.rows[:WITHIN]):
        found: dict[str, int] = {}
        for column, cell in enumerate(row):
            words = re.sub(r"\(.*?\)", "", squeezed(cell))
            key = next((key for key, pattern in _COLUMNS.items() if words and pattern.search(words)), None)
            if key is not None:
                found.setdefault(key, column)
        if {"kind", "name"} <= found.keys():
            return ListTable(at, found)
    return None


def read_changes(sheet: Sheet, table: ListTable, year: int) -> Iterator[LedgerListChange | RowProblem]:
    """Every row as a change; one whose kind or day cannot be read, or that lacks its basis, as a problem."""
    for index in range(table.header + 1, len(sheet.rows)):
        row = sheet.rows[index]
        words = {key: cells.given(row[column]) for key, column in table.columns.items()}
        if not words["name"] or not words["kind"]:
            continue
        kind = next((kind for kind, pattern in _KINDS if re.search(pattern, words["kind"])), None)
        day = cells.when(row[table.columns["day"]], year) if words.get("day") else None
        wrong = _wrong(words, kind, day is not None and day.day is None)
        if wrong is not None:
            key, reason = wrong
            column = table.columns.get(key)
            yield RowProblem(
                sheet.name,
                index + 1,
                letter(column) if column is not None else "",
                key,
                words.get(key, ""),
                reason,
                fatal=True,
            )
            continue
        yield LedgerListChange(
            sheet.name, index + 1, kind or "", words["name"], words.get("new_name", ""), words.get("code", ""), words["basis"],
            words.get("reason", ""), day.day if day else None, words.get("owner", ""), words.get("town", ""),
        )  # fmt: skip


def _wrong(words: dict[str, str], kind: str | None, no_day: bool) -> tuple[str, Reason] | None:
    if kind is None:
        return "kind", Reason.UNKNOWN_WORD
    if no_day:
        return "day", Reason.UNREAD_DATE
    if not words.get("basis"):
        return "basis", Reason.MISSING
    return ("new_name", Reason.MISSING) if kind == "renamed" and not words.get("new_name") else None
