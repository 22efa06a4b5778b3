"""From what was read in a sentence, and what is known of the project, to the figures on the confirm card."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


class ReadAmount(Protocol):
    @property
    def yuan(self) -> int: ...
    @property
    def role(self) -> str: ...


@dataclass(frozen=True)
class Base:
    """What is known before the report. Money in 元. month_base, period_base: the year's figure as it stood before this month, this
    旬 (or week) began; 0 where the year had none yet."""

    invested_year: int | None = None
    invested_before: int | None = None
    year_plan: int | None = None
    total: int | None = None
    month_base: int = 0
    period_base: int = 0


@dataclass(frozen=True)
class Figures:
    """What the report says: invested since January, and in the month or 旬 it names. `ambiguous`: an amount that may be counted since
    the start or since January, to be asked."""

    invested_year: int | None = None
    invested_period: int | None = None
    period: str = ""
    ambiguous: int | None = None


def figures(amounts: Iterable[ReadAmount], base: Base) -> Figures:
    """Chooses the year's figure: stated since January; else counted up from the month or 旬; else from a total since the start.

    A bare 累计 may mean either since the start or since January: where only one fits what is known it is taken, where both fit it is asked.
    """
    by_role = {amount.role: amount.yuan for amount in amounts}
    for role, start in (("month", base.month_base), ("ten_days", base.period_base), ("week", base.period_base)):
        if role in by_role and "ytd" not in by_role:
            year = _from_total(by_role["total"], base) if "total" in by_role else start + by_role[role]
            return Figures(year if year is not None else start + by_role[role], by_role[role], role)
    month = by_role.get("month")
    if "ytd" in by_role:
        return Figures(by_role["ytd"], month, "month" if month is not None else "")
    if "total" in by_role:
        year = _from_total(by_role["total"], base)
        return Figures(ambiguous=by_role["total"]) if year is None else Figures(year)
    return Figures()


def _from_total(amount: int, base: Base) -> int | None:
    """The year's figure meant by 累计 `amount`; None where both meanings fit."""
    before = base.invested_before or 0
    since_start = amount - before
    if before == 0 or since_start < 0:
        return amount
    known = base.invested_year or 0
    plan = base.year_plan or base.total or amount
    fits_start = since_start >= known
    fits_year = known <= amount <= plan * Decimal("1.5")
    if fits_start and not fits_year:
        return since_start
    if fits_year and not fits_start:
        return amount
    return None


def total_invested(invested_year: int | None, invested_before: int | None) -> int | None:
    """Invested since the start, 元."""
    return None if invested_year is None else invested_year + (invested_before or 0)
