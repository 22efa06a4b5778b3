"""The sheet 人员: who holds which post (岗位) in which unit."""

import re
from collections.abc import Iterator
from functools import partial

from bot.ledger import cells
from bot.ledger.columns import Table
from bot.ledger.headers import letter
from bot.ledger.sheets import Sheet, spread_down
from bot.ledger.values import LedgerPerson, Reason, RowProblem
from bot.ledger.words import NAME
from bot.rules.words import Post

POSTS = {post.zh: post for post in Post} | {
    "项目办": Post.DISPATCHER,
    "区领导": Post.LEADER,
    "督查室": Post.SUPERVISOR,
    "督查员": Post.SUPERVISOR,
    "审计员": Post.AUDITOR,
    "主要领导": Post.HEAD,
    "分管领导": Post.DEPUTY_HEAD,
    "收件人": Post.INTAKE,
}


def read_people(sheet: Sheet, table: Table) -> Iterator[LedgerPerson | RowProblem]:
    """Every row as a person; a row without name or unit, an unknown post and a repeated row come as problems."""
    spread_down(sheet, table.first, {table.columns["unit"]})
    seen: set[tuple[str, ...]] = set()
    for index in range(table.first, len(sheet.rows)):
        words = {key: cells.given(sheet.rows[index][column]) for key, column in table.columns.items()}
        if not any(words.values()):
            continue
        tell = partial(_problem, sheet, table, index, words)
        if missing := next((key for key in (NAME, "unit") if not words[key]), None):
            yield tell(missing, Reason.MISSING, fatal=True)
            continue
        posts, unknown = _posts(words["posts"])
        if unknown:
            yield tell("posts", Reason.UNKNOWN_WORD)
        name, unit = cells.joined(words[NAME]), words["unit"]
        if (name, unit, *posts) in seen:
            yield tell(NAME, Reason.SAME_PERSON, fatal=True)
            continue
        seen.add((name, unit, *posts))
        title, phone, scope = (words.get(key, "") for key in ("title", "phone", "scope"))
        yield LedgerPerson(sheet.name, index + 1, name, unit, title, phone, posts, scope or unit)


def _posts(words: str) -> tuple[tuple[Post, ...], bool]:
    """The posts that a cell names, and whether it names any that is not known."""
    listed = [part for part in re.split(r"[、，,；;/\s]+", words) if part]
    return tuple(dict.fromkeys(POSTS[part] for part in listed if part in POSTS)), any(
        part not in POSTS for part in listed
    )


def _problem(
    sheet: Sheet, table: Table, index: int, words: dict[str, str], key: str, reason: Reason, fatal: bool = False
) -> RowProblem:
    column = table.columns[key]
    return RowProblem(sheet.name, index + 1, letter(column), table.headers[column], words[key], reason, fatal=fatal)
