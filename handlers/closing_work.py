"""定稿 of many projects without holding the writer: their figures are gathered outside, written down in short pieces as what is being closed,
and hold once it was checked that nothing they rest on has changed since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.rules.periods import Figure, Period, read
from handlers import periods
from handlers.desk import Desk
from storage import dispatch_log, people
from storage import periods as stored
from storage.board import Reach
from storage.tables import ClosedPeriod, Project

CHUNK = 250
"""Figures of one transaction."""
ANEW = 250
"""Projects that changed meanwhile, at most, whose figures are worked out again at the end; of more the whole is."""


@dataclass(frozen=True)
class Gathered:
    """The figures of a period of a unit. entry: up to which entry of the log they stand; by: who closes it."""

    unit: int
    period: Period
    figures: Sequence[Figure]
    entry: int
    by: int


def listed(desk: Desk, unit: int, period: Period) -> list[Project]:
    """The projects of a period of a unit and of those below it."""
    return periods.listed(desk, Reach(people.subtree(desk.session, unit), led=False), period)


def gathered(desk: Desk, payload: Mapping[str, Any]) -> Gathered:
    """What an errand asks for, read outside the writer: all of one moment."""
    period = read(payload["period"], desk.today)
    assert period is not None
    entry = dispatch_log.head(desk.session)[0]
    found = listed(desk, payload["unit"], period)
    return Gathered(
        payload["unit"], period, list(periods.figures(desk, found, period).values()), entry, payload["person"]
    )


def begin(desk: Desk, what: Gathered) -> int:
    """A row for what is being closed; what an earlier attempt left is thrown away."""
    return stored.begin(desk.session, what.unit, what.period, what.entry, what.by, desk.now).id


def put(desk: Desk, closing: int, figures: Sequence[Figure]) -> None:
    """A piece of its figures."""
    stored.put(desk.session, closing, figures)


def finish(desk: Desk, row: ClosedPeriod, digest: str) -> str | None:
    """Checks that nothing the figures rest on has changed, works those of the few projects that did out anew, and closes the period.
    Returns the digest of its figures; None where too much changed, and the whole has to be done again."""
    touched = dispatch_log.touched_since(desk.session, row.entry or 0)
    if touched is None or len(touched) > ANEW:
        stored.throw_away(desk.session, row)
        return None
    period = Period(row.kind, row.first, row.until)
    there = [one for one in listed(desk, row.unit, period) if one.id in touched] if touched else []
    if touched:
        stored.replace_figures(desk.session, row.id, touched, list(periods.figures(desk, there, period).values()))
        digest = stored.digest(stored.figures_of(desk.session, row.id))
    stored.close(desk.session, row, digest, dispatch_log.head(desk.session)[0], desk.now)
    return digest
