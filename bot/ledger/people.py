"""The sheet 人员: who holds which post (岗位) in which unit."""

import re
from collections.abc import Iterator

from bot.ledger import cells
from bot.ledger.columns import Table, letter
from bot.ledger.sheets import Sheet
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
    seen: set[tuple[str, ...]] = set()
    for index in range(table.first, len(sheet.rows)):
        words = {key: cells.given(sheet.rows[index][column]) for key, column in table.columns.items()}
        name, unit, listed = (
            words[NAME],
            words["unit"],
            [part for part in re.split(r"[、，,；;/\s]+", words["posts"]) if part],
        )
        if not any((name, unit, listed)):
            continue

        def problem(
            key: str, reason: Reason, fatal: bool, index: int = index, words: dict[str, str] = words
        ) -> RowProblem:
            column = table.columns[key]
            return RowProblem(
                sheet.name, index + 1, letter(column), table.headers[column], words[key], reason, {}, fatal
            )

        if not name or not unit:
            yield problem(NAME if not name else "unit", Reason.MISSING, True)
            continue
        posts = tuple(dict.fromkeys(POSTS[part] for part in listed if part in POSTS))
        if len(posts) < len(listed):
            yield problem("posts", Reason.UNKNOWN_WORD, False)
        mark = (name, unit, *posts)
        if mark in seen:
            yield problem(NAME, Reason.SAME_PERSON, True)
            continue
        seen.add(mark)
        phone = words.get("phone", "")
        scope = words.get("scope", "") or unit
        yield LedgerPerson(sheet.name, index + 1, name, unit, words.get("title", ""), phone, posts, scope)
