"""A milestone of a row: its limit, standard, responsible person and whether it is done, or the goal of a quarter (001: 定时限、定标准、定任务)."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from bot.ledger import cells
from bot.ledger.cells import Cell
from bot.ledger.values import LedgerDate, LedgerMilestone

Columns = Mapping[str, int]
"""part of a milestone -> its column."""
NOT_MEANT = ("不涉及", "无需", "无需办理", "不需要")
_STATE = re.compile(r"(?:正在|已报|尚未|未|待|编制|办理|报批|评审|公示|准备)\D{0,16}|\D{0,10}(?:中|阶段)")
"""How far a step is, in a cell that should hold its limit: no limit, and no mistake."""
LONGEST_GOAL = 60


def read_milestone(
    row: Sequence[Cell], title: str, columns: Columns, year: int, as_of: date | None, when: Callable[[int, Cell], LedgerDate | None]
) -> LedgerMilestone | None:  # fmt: skip
    """The milestone that a group of columns tells of; None where the row has none. when: reads a cell as a limit, and tells what it cannot
    read."""
    if "goal" in columns:
        return _goal(cells.given(row[columns["goal"]]), title, year)
    name = cells.given(row[columns["name"]]) if "name" in columns else title.rsplit("/", 1)[-1]
    state = cells.given(row[columns["done"]]) if "done" in columns else ""
    limit = row[columns["due"]] if "due" in columns else ""
    told = cells.plain(limit)
    if not name or state in NOT_MEANT or told in NOT_MEANT:
        return None
    said = cells.done(limit, year) if isinstance(limit, str) and cells.says_done(limit) else (False, None)
    waits = isinstance(limit, str) and _STATE.fullmatch(told) is not None
    due = when(columns["due"], limit) if limit != "" and not said[0] and not waits else None
    if not (due or state or said[0] or waits or "name" in columns):
        return None
    done, done_on = _done(row[columns["done"]], year, as_of) if "done" in columns else said
    return LedgerMilestone(
        name=name,
        due=due.day if due else None,
        due_words=due.words if due else told if waits else "",
        precision=due.precision if due else None,
        standard=cells.given(row[columns["standard"]]) if "standard" in columns else "",
        responsible=" ".join(
            words for part in ("unit", "responsible") if part in columns and (words := cells.given(row[columns[part]]))
        ),
        done=done,
        done_on=done_on,
    )


def _done(cell: Cell, year: int, as_of: date | None) -> tuple[bool, date | None]:
    done, day = cells.done(cell, year)
    return (False, None) if day and as_of and day > as_of else (done, day)


def _goal(words: str, period: str, year: int) -> LedgerMilestone | None:
    """What is to be reached by the end of a quarter or half-year: 三季度 / 主体封顶."""
    limit = cells.when(period.rsplit("/", 1)[-1], year)
    if not words or limit is None or limit.day is None or words.replace(".", "").isdigit():
        return None
    return LedgerMilestone(words[:LONGEST_GOAL], limit.day, limit.words, limit.precision)
