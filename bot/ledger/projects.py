"""The rows below a recognised header as projects; a row that is none says so, and what cannot be read is named by its cell."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from bot.ledger import cells
from bot.ledger.cells import Cell, Row, Unread
from bot.ledger.columns import Table, as_of, last_day
from bot.ledger.headers import letter
from bot.ledger.milestones import read_milestone
from bot.ledger.rows import kind_of, level_named, level_of, part_of, reached, said_of_all, what_is
from bot.ledger.sheets import Sheet, spread_down
from bot.ledger.values import (
    LedgerDate,
    LedgerError,
    LedgerMilestone,
    LedgerName,
    LedgerProject,
    Reason,
    Refusal,
    RowProblem,
    Skip,
    Skipped,
)
from bot.ledger.words import NAME, NUMBER, PHONE, SPAN, Key
from bot.rules.words import Precision, Role

T = TypeVar("T")

MOST_PROJECTS = 50_000
SHARED = ("level", "kind", "category", "chain", "lead_unit", "owner", "town", *Role)  # cells merged over several rows
ROLES = tuple(role for role in Role if role is not Role.REPORTER)

_SPAN = re.compile(r"(.*\d年?月?\S{0,2}?)[-~–—～至到]+(\D{0,2}(?:\d.*|今|目前)|.*[季底末].*)")


@dataclass
class Reader:
    """Reads one sheet's projects, one row after the other. `problems` and `skipped` fill on the way."""

    sheet: Sheet
    table: Table
    year: int
    as_of: date | None
    problems: list[RowProblem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    section: dict[str, str] = field(default_factory=dict)  # what the last section rows say of the projects below them
    above: int | None = None  # the number of the project above, whose parts may follow
    at: int = 0  # the row being read, and its cells
    row: Row = field(default_factory=list)

    def projects(self) -> Iterator[LedgerProject]:
        """Every project of the sheet, in its order. Raises LedgerError where there are too many."""
        shared = {self.table.columns[key] for key in SHARED if key in self.table.columns} | {*self.table.leaders}
        spread_down(self.sheet, self.table.first, shared)
        if not self.table.unit_stated and self.table.units:
            self.at, self.row = self.table.header, self.sheet.rows[self.table.header]
            self._tell(min(self.table.units), Reason.NO_UNIT)
        count = 0
        index = self.table.first
        while index < len(self.sheet.rows):
            self.at, self.row = index, self.sheet.rows[index]
            index += 1
            if any(self.row) and self._is_project():
                below = self._rows_below()
                index += below
                count += 1
                if count > MOST_PROJECTS:
                    raise LedgerError(Refusal.TOO_MANY_ROWS, {"sheet": self.sheet.name, "rows": str(MOST_PROJECTS)})
                yield self._with_rows_below(self._project(), below)

    # --- what a row is --------------------------------------------------------------------------------------------

    def _is_project(self) -> bool:
        """Whether the row is a project; others are kept in `skipped`, or in `problems` if only the name is missing."""
        name, number = cells.given(self._cell(NAME)), self._cell(NUMBER)
        if name and part_of(number, self.above):
            self.skipped.append(Skipped(self.sheet.name, self.at + 1, name, Skip.PART))
            return False
        if name and isinstance(number, float):
            self.above = cells.whole(number)
            return True
        said = [words for cell in self.row if isinstance(cell, str) and (words := cells.plain(cell))]
        skip = what_is(name, number, said, any(isinstance(cell, float) for cell in self.row))
        if skip:
            self.skipped.append(Skipped(self.sheet.name, self.at + 1, said[0], skip))
            if skip is Skip.SECTION:
                self.section |= said_of_all(said[0])
        elif not name and said:
            self._tell(self.table.columns[NAME], Reason.NO_NAME, fatal=True)
        self.above = cells.whole(number) if name and not skip else None
        return bool(name) and not skip

    def _rows_below(self) -> int:
        """How many further rows belong to the project: those over which the cell with its name is merged."""
        column, end = self.table.columns[NAME], self.at + 1
        while self.sheet.merged.get((end, column)) == (self.at, column):
            end += 1
        return end - self.at - 1

    def _with_rows_below(self, project: LedgerProject, count: int) -> LedgerProject:
        """The project with the milestones and problems of its further rows."""
        if not count:
            return project
        milestones, problems = list(project.milestones), list(project.problems)
        column = self.table.columns.get("problems")
        for _ in range(count):
            self.at += 1
            self.row = self.sheet.rows[self.at]
            milestones += self._milestones()
            if column is not None:
                problems += cells.problems(self.row[column])
        return replace(project, milestones=tuple(milestones), problems=tuple(dict.fromkeys(problems)))

    def _project(self) -> LedgerProject:
        start, finish = self._dates()
        invested, month, day = self._invested()
        progress = self._cell("progress_words")
        plan, months = self._money("year_plan"), self._months()
        whole = len(months) == 12 or sum(months.values()) > (plan or 0)  # a plan of some months only is no mistake
        if len(self.table.months) == 12 and plan and whole and abs(sum(months.values()) - plan) * 100 > plan:
            self._tell(
                self.table.columns["year_plan"], Reason.PLAN_SUM, months=str(sum(months.values())), plan=str(plan)
            )
        return LedgerProject(
            sheet=self.sheet.name,
            row=self.at + 1,
            name=cells.plain(self._cell(NAME)),
            number=cells.whole(self._cell(NUMBER)),
            code=self._words("code"),
            level=self._read("level", level_of) or level_named(self.section.get("level", "")),
            kind=self._read("kind", kind_of) or (kind_of(self.section["kind"]) if "kind" in self.section else None),
            category=self._words("category") or self.section.get("category", ""),
            chain=self._words("chain"),
            content=self._words("content"),
            total=self._total(),
            invested_before=self._money("invested_before"),
            year_plan=plan,
            month_plan=months,
            invested_year=invested,
            invested_month=month,
            invested_ten=self._money("invested_ten"),
            invested_as_of=day,
            progress_words="" if isinstance(progress, float) else cells.given(progress),
            progress=cells.overall(progress),
            milestones=self._milestones(),
            problems=cells.problems(self._cell("problems")),
            problems_told="problems" in self.table.columns,
            roles=self._roles(),
            lead_unit=self._words("lead_unit") or self._unit_beside_person(),
            owner=self._words("owner"),
            contact_phone="、".join(cells.phones(self._cell(PHONE))),
            town=self._words("town") or self.section.get("town", ""),
            start=start,
            finish=finish,
            note=self._words("note"),
            hidden=self.at in self.sheet.hidden_rows,
        )

    # --- parts of a project ---------------------------------------------------------------------------------------

    def _total(self) -> int | None:
        column = self.table.columns.get("total")
        if column is not None and self.row[column] == "":
            self._tell(column, Reason.MISSING)
        return self._money("total")

    def _months(self) -> dict[int, int]:
        """Month → 元; a month without a plan is left out."""
        amounts = {month: self._amount(column) for month, column in self.table.months.items()}
        if "month_plan" in self.table.columns and self.as_of and self.as_of.year == self.year:
            amounts.setdefault(self.as_of.month, self._money("month_plan"))
        return {month: amount for month, amount in sorted(amounts.items()) if amount is not None}

    def _dates(self) -> tuple[LedgerDate | None, LedgerDate | None]:
        """Planned start and finish, from a column each or from one that holds both (2022.3-2024.6, 2022—2024)."""
        if SPAN not in self.table.columns:
            return self._date("start"), self._date("finish")
        column = self.table.columns[SPAN]
        words = cells.given(self.row[column])
        span = _SPAN.fullmatch(words)
        if not span:
            return None, self._when(column, words) if words else None
        start = self._when(column, span[1])
        if start and start.day and start.precision is Precision.YEAR:
            start = LedgerDate(date(start.day.year, 1, 1), Precision.YEAR, start.words)
        return start, self._when(column, span[2])

    def _milestones(self) -> tuple[LedgerMilestone, ...]:
        read = (
            read_milestone(self.row, title, columns, self.year, self.as_of, self._when)
            for title, columns in self.table.milestones
        )
        return tuple(one for one in read if one is not None)

    def _roles(self) -> dict[Role, tuple[LedgerName, ...]]:
        roles = {role: persons for role in ROLES if (persons := self._read(role, cells.names))}
        if len(self.table.leaders) > 1:
            leaders = [one for column in self.table.leaders for one in self._parsed(column, cells.names) or ()]
            roles[Role.GENERAL_COORDINATOR] = tuple({one.name: one for one in reversed(leaders)}.values())[::-1]
        if Role.OWNER_CONTACT in roles and (numbers := cells.phones(self._cell(PHONE))):
            roles[Role.OWNER_CONTACT] = reached(roles[Role.OWNER_CONTACT], numbers)
        reporters: tuple[LedgerName, ...] = ()
        for column, telephone in self.table.reporters:
            numbers = cells.phones(self.row[telephone]) if telephone is not None else []
            reporters += reached(self._parsed(column, cells.names) or (), numbers)
        return roles | ({Role.REPORTER: reporters} if reporters else {})

    def _unit_beside_person(self) -> str:
        """The unit in a column that holds one with its person (责任单位及责任人)."""
        column = self.table.columns.get(Role.COORDINATOR)
        return cells.unit_named(self.row[column]) if column is not None and "单位" in self.table.headers[column] else ""

    # --- cells ----------------------------------------------------------------------------------------------------

    def _cell(self, key: Key) -> Cell:
        column = self.table.columns.get(key)
        return "" if column is None else self.row[column]

    def _words(self, key: Key) -> str:
        return cells.given(self._cell(key))

    def _money(self, key: Key) -> int | None:
        column = self.table.columns.get(key)
        return None if column is None else self._amount(column)

    def _amount(self, column: int) -> int | None:
        return self._parsed(column, lambda cell: cells.money(cell, self.table.units[column]))

    def _date(self, key: Key) -> LedgerDate | None:
        column = self.table.columns.get(key)
        return None if column is None else self._when(column, self.row[column])

    def _when(self, column: int, cell: Cell) -> LedgerDate | None:
        found = cells.when(cell, self.year) if cell != "" else None
        if found and found.day is None:
            self._tell(column, Reason.UNREAD_DATE)
        elif cells.number_hides_october(cell):
            self._tell(column, Reason.UNCLEAR_DATE)
        return found

    def _read(self, key: Key, parse: Callable[[Cell], T]) -> T | None:
        column = self.table.columns.get(key)
        return None if column is None else self._parsed(column, parse)

    def _parsed(self, column: int, parse: Callable[[Cell], T]) -> T | None:
        cell = self.row[column]
        if cell == "":
            return None
        try:
            return parse(cell)
        except Unread as unread:
            self._tell(column, unread.reason)
            return None

    def _tell(self, column: int, reason: Reason, *, fatal: bool = False, **facts: str) -> None:
        value = cells.plain(self.row[column], inline=False)[:200]
        header = self.table.headers[column]
        self.problems.append(
            RowProblem(self.sheet.name, self.at + 1, letter(column), header, value, reason, facts, fatal)
        )

    def _invested(self) -> tuple[int | None, int | None, date | None]:
        """元 since January, 元 of a month alone, and the day they stand for. Months that have columns of their own are added up: to the
        sum that stands beside them, or from January; else the last one stands alone."""
        year, month, day = self._money("invested_year"), self._money("invested_month"), self._invested_as_of
        if not self.table.done_months:
            return year, month, day
        told = {
            number: amount
            for number, column in sorted(self.table.done_months.items())
            if (amount := self._amount(column)) is not None
        }
        month = told.get(day.month) if month is None and day and day.year == self.year else month
        until = day.month if year is not None and day and day.year == self.year else 0
        later = {number: amount for number, amount in told.items() if number > until}
        if not later:
            return year, month, day
        last = max(later)
        day = last_day(self.year, last, 31)
        if set(range(until + 1, last + 1)) <= later.keys() and (until == 0 or year is not None):
            return (year or 0) + sum(later.values()), month, day
        return year, later[last], day

    @property
    def _invested_as_of(self) -> date | None:
        """The day the figures stand for: the row's own, else the header's, else the sheet's."""
        own = self._date("figures_on")
        if own and own.day:
            return own.day
        column = self.table.columns.get("invested_year")
        return (as_of(self.table.headers[column], self.year) if column is not None else None) or self.as_of
