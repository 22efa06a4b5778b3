"""事项统计: a month's matters by category, unit, rung and age, 回音率 and the time they took (000: 督导考核、评估问效). No person is ranked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from bot.messages import Button
from bot.rules.calendar import DAY, MINUTE
from bot.rules.echo import Case, Figures, Moment, Span, figures, gaps, grouped
from bot.rules.entitlement import Action
from bot.rules.limits import end_of
from bot.rules.periods import Period
from bot.rules.words import Category, Rung
from handlers.desk import Desk, Turn
from storage import board, matter_table, people
from storage.board import Reach
from storage.matter_table import Row

UNITS = 8
"""Units in one message; the workbook has all of them."""
MONTH = re.compile(r"(?:(?P<year>20\d\d)\s*[-年./]\s*)?(?P<month>1[0-2]|0?[1-9])\s*月?(?:份)?")
LAST = ("上月", "上个月", "last month")

# --- the figures --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """A month in figures. A co-unit's part counts for its unit and nowhere else, so that units may add up to more than the whole."""

    whole: Figures
    categories: Mapping[Category, Figures]
    units: Mapping[int | None, Figures]
    rungs: Mapping[Rung | None, Figures]


def span(desk: Desk, month: date) -> Span:
    """The month that begins on this day, as far as it has come."""
    following = (month + 31 * DAY).replace(day=1)
    until = min(desk.calendar.at(following, time.min), desk.now + MINUTE)
    return Span(desk.calendar.at(month, time.min), until, desk.now)


def within(desk: Desk, period: Period) -> Span:
    """A month or 旬, as far as it has come."""
    until = min(desk.calendar.at(period.until + DAY, time.min), desk.now + MINUTE)
    return Span(desk.calendar.at(period.first, time.min), until, desk.now)


def table(desk: Desk, meant: Reach | None, month: date, of: Span | None = None) -> Table:
    """The figures of a month (of: of another span); meant: None for all there is. Two statements, however many matters there are."""
    within, calendar = of or span(desk, month), desk.calendar
    rows = matter_table.rows(desk.session, meant, within.since, within.until)
    timed = [row for row in rows if row.raised_at in within or row.closed_at in within]
    moments = matter_table.moments(desk.session, timed)
    cases = [_case(desk, row, moments.get(row.matter, [])) for row in rows]
    whole = [case for case in cases if not case.part]
    rungs = grouped(whole, lambda case: case.rung, within, calendar)
    categories = grouped(whole, lambda case: case.category, within, calendar)
    return Table(
        figures(whole, within, calendar),
        {category: categories[category] for category in Category if category in categories},
        grouped(cases, lambda case: case.unit, within, calendar),
        {rung: rungs[rung] for rung in (*Rung, None) if rung in rungs and rungs[rung].open},
    )


def _case(desk: Desk, row: Row, moments: Sequence[Moment]) -> Case:
    answers = [row.first_answered_at, row.answered_at, *(one.at for one in moments if one.what == "answered")]
    return Case(
        row.unit, row.category, row.rung, row.part, row.raised_at, row.minutes,
        end_of(row.ordered_on, desk.calendar) if row.ordered_on else None, min((at for at in answers if at), default=None),
        row.answered_at, row.closed_at, gaps(moments),
    )  # fmt: skip


# --- asked for ------------------------------------------------------------------------------------------------------------


def show(turn: Turn) -> None:
    """事项统计: this month; 事项统计 2026-10: that one."""
    rest = str(turn.args.get("rest", "")).strip()
    month = read_month(rest, turn.today) if rest else turn.today.replace(day=1)
    if month is None or month > turn.today:
        turn.reply("matter_table.no_month", words=rest)
        return
    _page(turn, month)


def turn_month(turn: Turn) -> None:
    """上月, 下月: in the place of the one shown."""
    if turn.may(turn.person, Action.BOARD):
        _page(turn, date.fromisoformat(turn.args["month"]))
    else:
        turn.reply("start.no_such_thing")


def read_month(text: str, today: date) -> date | None:
    """The first day of the month that is meant: "2026-10", "2026年10月", "10月" (the last one there was), "上月"; None where none is."""
    if text in LAST:
        return (today.replace(day=1) - DAY).replace(day=1)
    found = MONTH.fullmatch(text)
    if found is None:
        return None
    number = int(found["month"])
    year = int(found["year"]) if found["year"] else today.year - (number > today.month)
    return date(year, number, 1)


def reach(desk: Desk, person: int) -> Reach:
    """Of which projects and units a person may see the board, and so this table."""
    return board.reach(desk.standing(person), Action.BOARD)


def _page(turn: Turn, month: date) -> None:
    found = table(turn, reach(turn, turn.person), month)
    names = people.unit_names(turn.session)
    units = sorted(found.units.items(), key=lambda one: (-one[1].open, -one[1].raised, one[0] or 0))
    turn.reply(
        "matter_table.page", [_keys(turn, month)], reusable=True, month=month, whole=found.whole, categories=found.categories,
        units=[(names.get(unit or 0, ""), one) for unit, one in units[:UNITS]], rest=len(units) - UNITS, rungs=found.rungs,
        current=month == turn.today.replace(day=1),
    )  # fmt: skip


def _keys(turn: Turn, month: date) -> list[Button]:
    before, after = (month - DAY).replace(day=1), (month + 31 * DAY).replace(day=1)
    keys = [turn.key("matter_ledger", "export.make", name="matters", month=month.isoformat())]
    keys.append(turn.key("month_before", "table.month", month=before.isoformat()))
    if after <= turn.today:
        keys.append(turn.key("month_after", "table.month", month=after.isoformat()))
    return keys
