"""What a ledger tells of a project's progress, as reports of their own dates. The newest as-of date wins; what is known already is nothing new."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Session, select

from bot.ledger import LedgerFigures, LedgerProject
from bot.rules.ten_days import ends, of_month
from bot.rules.words import Source
from storage.db import next_id
from storage.entities import fresh
from storage.tables import Project, Report

Told = Sequence[tuple[date, int]]
DOUBTED = re.compile(r"（(?:存疑待核|已说明)）$")


@dataclass(frozen=True)
class Said:
    """One statement on one project. invested_year: 元 since January; invested_month: 元 of the month alone, where no more is known."""

    as_of: date
    progress: Decimal | None
    invested_year: int | None
    invested_month: int | None
    words: str
    row: str


def statements(entry: LedgerProject, told: Told, as_of: date | None, today: date) -> tuple[list[Said], bool]:
    """What a row tells that is not known, oldest first; and whether the sum of a month could not be joined to a sum since January.

    told: (as-of date, 元 since January) of the year, oldest first. The day a figure stands for is never ahead: a 旬 that still runs counts
    until today.
    """
    known, said, lost = list(told), list[Said](), False
    for one in (*sorted(entry.earlier, key=lambda one: one.as_of), _newest(entry, as_of)):
        newest = one is not None and not one.row
        progress = entry.progress if newest else None
        if one is None or (one.invested_year, one.invested_month, progress, one.progress_words) == (
            None,
            None,
            None,
            "",
        ):
            continue
        words, day = DOUBTED.sub("", one.progress_words), min(one.as_of, today)
        year, month = one.invested_year, one.invested_month
        if month is not None and year is None:
            if _same_month(known, one.as_of, month, entry.invested_ten if newest else None):
                month = None
            else:
                year = _since_january(known, one.as_of, month)
                lost |= year is None
        if year is not None:
            known = [
                *(pair for pair in known if pair[0] <= day),
                (day, year),
                *(pair for pair in known if pair[0] > day),
            ]
        row = one.row or f"{entry.sheet} {entry.row}"
        said.append(Said(day, progress, year, month if year is None else None, words, row))
    return said, lost


def _newest(entry: LedgerProject, as_of: date | None) -> LedgerFigures | None:
    return LedgerFigures(as_of, entry.invested_year, entry.invested_month, entry.progress_words) if as_of else None


def _same_month(known: Told, as_of: date, month: int, ten: int | None) -> bool:
    """Whether the sum of the month up to a 旬, and that of the 旬, are what is known."""
    first = as_of.replace(day=1)
    at = next((number for number, end in enumerate(ends(first)) if as_of <= end), 2)
    found = of_month(known, 0, first, at)
    return found.so_far == month and ten in (None, found.done)


def _since_january(known: Told, as_of: date, month: int) -> int | None:
    """The sum since January where that before the month is known; in January it is the month's own."""
    first = as_of.replace(day=1)
    before = next((amount for day, amount in reversed(known) if day < first), None)
    return month if first.month == 1 else None if before is None else before + month


def is_known(session: Session, row: Project, said: Said) -> bool:
    """Whether a statement says no more than the project shows already, or than was imported before for the same day, or is overtaken."""
    if row.as_of is None:
        return False
    shown = row.progress_words or (f"{row.progress.normalize():f}%" if row.progress is not None else "")
    same_words = said.words in ("", shown)
    same = said.progress in (None, row.progress) and said.invested_year in (None, row.invested_year) and same_words
    if same and (said.as_of == row.as_of or (said.invested_year is None and said.invested_month is None)):
        return True
    if said.as_of > row.as_of:
        return False
    figures = (said.progress, said.invested_year, said.words)
    before = select(Report).where(Report.project == row.id, Report.as_of == said.as_of)
    found = session.exec(before).all()
    if any((one.progress, one.invested_year, one.words) == figures and one.source is Source.IMPORT for one in found):
        return True
    return said.as_of < row.as_of and (
        said.invested_year is None or any(one.invested_year == said.invested_year for one in found)
    )


def report(session: Session, row: Project, said: Said, now: datetime) -> Report:
    """A statement as a report; the project shows it where nothing newer is known."""
    made = fresh(Report,
        id=next_id(session, Report), project=row.id, source=Source.IMPORT, said_at=now, as_of=said.as_of, period=f"{said.as_of:%Y-%m}",
        progress=said.progress, invested_year=said.invested_year, invested_period=said.invested_month, words=said.words, basis=said.row,
    )  # fmt: skip
    if row.as_of is None or said.as_of >= row.as_of:
        if said.progress is not None:
            row.progress = said.progress
        if said.invested_year is not None:
            row.invested_year, row.invested_as_of = said.invested_year, said.as_of
        row.progress_words, row.as_of = said.words, said.as_of
    return made
