"""A whole workbook as one `Ledger`: which sheets are tables, of what year and day, and which row counts for a project named twice."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from bot.ledger.cards import is_card, read_card
from bot.ledger.cells import normal, plain
from bot.ledger.columns import Table, as_of, last_day, matter_table, people_table, project_table
from bot.ledger.headers import squeezed
from bot.ledger.list_changes import ListTable, list_table, read_changes
from bot.ledger.matters import read_matters
from bot.ledger.people import read_people
from bot.ledger.projects import Reader
from bot.ledger.rows import said_of_sheet
from bot.ledger.sheets import Sheet, open_sheets
from bot.ledger.values import (
    Asked,
    FormKind,
    Ledger,
    LedgerError,
    LedgerFigures,
    LedgerForm,
    LedgerListChange,
    LedgerMatter,
    LedgerPerson,
    LedgerProject,
    Reason,
    Refusal,
    RowProblem,
    Skip,
    Skipped,
)

_YEAR = re.compile(r"(20\d\d)(?:年|[./-]\d{1,2}(?!\d))")
_NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_TEN_DAYS = re.compile(r"(\d{1,2})月份?([上中下])旬")
_OF_MONTH = re.compile(r"(?:(20\d\d)年)?(?<![-~–—至到\d])(\d{1,2})月(?:份|(\d{1,2})日)?")
_NOT_FIGURES = re.compile(r"计划|目标|方案|责任|开工|清单")
_FILLED_IN = re.compile(r"(?:填报|制表|报送)(?:时间|日期):?(20\d\d)[年./-](\d{1,2})[月./-](\d{1,2})")


@dataclass
class _Sorted:
    """The sheets by what they are."""

    tables: list[tuple[Sheet, Table]] = field(default_factory=list)
    people: list[tuple[Sheet, Table]] = field(default_factory=list)
    cards: list[Sheet] = field(default_factory=list)
    matters: list[tuple[Sheet, Table]] = field(default_factory=list)
    changes: list[tuple[Sheet, ListTable]] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def read_ledger(path: Path | str, year: int | None = None, asked: Asked | None = None) -> Ledger:
    """The workbook as plain values, money in 元. `year`: the ledger's year, where the workbook names none or a wrong one; `asked`: how else
    it is to be read.

    Every row that can be read comes; what cannot is in `problems`, what is no project in `skipped`. Of two rows for one
    project the one with the newer as-of day counts, else the first. Raises LedgerError for what is no workbook, holds
    no table of projects, problems or people, or names no year. (DESIGN 3: match by code, else normalised name and owner.)
    """
    path, asked = Path(path), asked or Asked()
    sheets = _sort(open_sheets(path), asked)
    if not (sheets.tables or sheets.people or sheets.cards or sheets.matters or sheets.changes):
        raise LedgerError(
            Refusal.NO_TABLE, {"file": path.name, "sheets": "、".join(skip.sheet for skip in sheets.skipped)}
        )
    dated = [*sheets.tables, *sheets.matters]
    year = year or asked.year or next((found for sheet, table in dated if (found := _year(sheet, table))), None)
    year = year or next((found for sheet in sheets.cards if (found := _named_year(sheet.above(4)))), None)
    year = year or next((found for sheet, _ in sheets.changes if (found := _named_year(sheet.above(4)))), None)
    year = year or _named_year([asked.name]) or _year_of_matters(sheets)
    guessed = year is None and bool(dated or sheets.cards)
    if guessed and asked.this_year is None:
        raise LedgerError(Refusal.NO_YEAR, {"file": path.name})
    return _ledger(sheets, year or asked.this_year or 0, Path(asked.name or path).stem, guessed)


def _sort(sheets: Iterable[Sheet], asked: Asked) -> _Sorted:
    found = _Sorted()
    for sheet in sheets:
        first = next(sheet.above(len(sheet.rows)), "")
        if sheet.hidden:
            found.skipped.append(Skipped(sheet.name, None, first, Skip.HIDDEN))
        elif is_card(sheet):
            found.cards.append(sheet)
        elif changed := list_table(sheet):
            found.changes.append((sheet, changed))
        elif table := matter_table(sheet, asked):
            found.matters.append((sheet, table))
        elif table := project_table(sheet, asked):
            found.tables.append((sheet, table))
        elif table := people_table(sheet):
            found.people.append((sheet, table))
        else:
            found.skipped.append(Skipped(sheet.name, None, first, Skip.OTHER_SHEET))
    return found


def _ledger(sheets: _Sorted, year: int, title: str, guessed: bool) -> Ledger:
    projects: list[LedgerProject] = []
    problems: list[RowProblem] = []
    skipped = list(sheets.skipped)
    for sheet, table in sheets.tables:
        about = said_of_sheet(sheet.name, next(sheet.above(table.header), ""), len(sheets.tables) > 1)
        reader = Reader(sheet, table, year, _sheet_as_of(sheet, table, year), section=about)
        projects += reader.projects()
        problems += reader.problems
        skipped += reader.skipped
    projects, doubled, older = _each_once(projects)
    projects, unread = _with_cards(projects, sheets.cards, year)
    found = [entry for sheet, table in sheets.people for entry in read_people(sheet, table)]
    told = [entry for sheet, table in sheets.matters for entry in read_matters(sheet, table, year)]
    changed = [entry for sheet, table in sheets.changes for entry in read_changes(sheet, table, year)]
    named = next(
        (words for sheet, table in (*sheets.tables, *sheets.matters) for words in sheet.above(table.header)), title
    )
    if guessed:
        problems.insert(0, RowProblem("", 0, "", "", str(year), Reason.NO_YEAR))
    return Ledger(
        title=named,
        year=year,
        as_of=max((project.invested_as_of for project in projects if project.invested_as_of), default=None),
        projects=tuple(projects),
        people=tuple(entry for entry in found if isinstance(entry, LedgerPerson)),
        problems=(
            *problems,
            *doubled,
            *unread,
            *(one for one in (*found, *told, *changed) if isinstance(one, RowProblem)),
        ),
        skipped=(*skipped, *older, *(one for one in told if isinstance(one, Skipped))),
        matters=tuple(one for one in told if isinstance(one, LedgerMatter)),
        forms=tuple(_forms(sheets)),
        changes=tuple(one for one in changed if isinstance(one, LedgerListChange)),
    )


def _forms(sheets: _Sorted) -> Iterator[LedgerForm]:
    for sheet, table in sheets.tables:
        yield LedgerForm(sheet.name, table.kind, table.fingerprint, table.mapping)
    for sheet, table in sheets.matters:
        yield LedgerForm(sheet.name, FormKind.MATTERS, table.fingerprint, table.mapping)
    for sheet, table in sheets.people:
        yield LedgerForm(sheet.name, FormKind.PEOPLE, table.fingerprint, table.mapping)
    if sheets.cards:
        yield LedgerForm(sheets.cards[0].name, FormKind.PREPARATION, "")


# --- the year and the day -----------------------------------------------------------------------------------------


def _year(sheet: Sheet, table: Table) -> int | None:
    """The year of a sheet: in its title, its name, or the header of the year's plan."""
    plan = table.headers[table.columns["year_plan"]] if "year_plan" in table.columns else ""
    return _named_year((*sheet.above(table.header), sheet.name, plan))


def _year_of_matters(sheets: _Sorted) -> int | None:
    """The newest year in which a problem of the tables was raised; None where none says."""
    cells = [
        row[table.columns["raised"]]
        for sheet, table in sheets.matters
        if "raised" in table.columns
        for row in sheet.rows[table.first :]
    ]
    return max((year for cell in cells if (year := _named_year([plain(cell)]))), default=None)


def _named_year(lines: Iterable[str]) -> int | None:
    """The first year that is named: 2026年, 2026年度, 二〇二六年."""
    found = (_YEAR.search(squeezed(words).translate(_NUMERALS)) for words in lines)
    return next((int(year[1]) for year in found if year), None)


def _sheet_as_of(sheet: Sheet, table: Table, year: int) -> date | None:
    """The day a sheet's figures stand for: from its headers, 8月上旬 in its title or name, 截至10月20日 or 1—10月 above it, else the day it
    was filled in, else the month of its title or name."""
    headers = (
        table.headers[column] for key, column in table.columns.items() if key in ("invested_year", "progress_words")
    )
    if found := next((day for words in headers if (day := as_of(words, year))), None):
        return found
    lines = [squeezed(words) for words in (*sheet.above(table.header), sheet.name)]
    if ten := next((ten for words in lines if (ten := _TEN_DAYS.search(words))), None):
        return last_day(year, int(ten[1]), {"上": 10, "中": 20, "下": 31}[ten[2]])
    told = (day for words in lines if not _NOT_FIGURES.search(words) and (day := as_of(words, year)))
    if found := next(told, None):
        return found
    filled = next((filled for words in lines if (filled := _FILLED_IN.search(words))), None)
    if filled:
        return last_day(int(filled[1]), int(filled[2]), int(filled[3]))
    month = next((one for words in lines if not _NOT_FIGURES.search(words) and (one := _OF_MONTH.search(words))), None)
    return last_day(int(month[1] or year), int(month[2]), int(month[3] or 31)) if month else None


# --- one project, one row -----------------------------------------------------------------------------------------


def _each_once(projects: Iterable[LedgerProject]) -> tuple[list[LedgerProject], list[RowProblem], list[Skipped]]:
    """Each project once. An older row of it is skipped; a row that repeats it, or bears another's code, is a problem."""
    kept: dict[tuple[str, str], LedgerProject] = {}
    codes: dict[str, tuple[str, str]] = {}
    problems, skipped = [], []
    for project in sorted(projects, key=_newest_first):
        key = (normal(project.name), normal(project.owner))
        code = normal(project.code)
        holder = kept.get(key) or (kept[codes[code]] if code and codes.get(code, ("",))[0] == key[0] else None)
        if holder and holder.invested_as_of != project.invested_as_of:
            at = (normal(holder.name), normal(holder.owner))
            kept[at] = _with_earlier(kept[at], project)
            skipped.append(Skipped(project.sheet, project.row, project.name, Skip.OLDER))
            continue
        if holder:
            problems.append(_repeats(project, holder, Reason.SAME_PROJECT))
            continue
        if code in codes:
            problems.append(_repeats(project, kept[codes[code]], Reason.SAME_CODE))
            project = replace(project, code="")
        elif code:
            codes[code] = key
        kept[key] = project
    return list(kept.values()), problems, skipped


def _newest_first(project: LedgerProject) -> int:
    return -project.invested_as_of.toordinal() if project.invested_as_of else 0


def _repeats(project: LedgerProject, holder: LedgerProject, reason: Reason) -> RowProblem:
    same_code = reason is Reason.SAME_CODE
    return RowProblem(
        sheet=project.sheet,
        row=project.row,
        column="",
        header="项目编号" if same_code else "项目名称",
        value=project.code if same_code else project.name,
        reason=reason,
        facts={"sheet": holder.sheet, "row": str(holder.row), "name": holder.name},
        fatal=not same_code,
    )


def _with_earlier(project: LedgerProject, older: LedgerProject) -> LedgerProject:
    """The project with what an older sheet tells of it."""
    if older.invested_as_of is None:
        return project
    row = f"{older.sheet} {older.row}"
    told = LedgerFigures(
        older.invested_as_of, older.invested_year, older.invested_month, older.progress_words, row, older.invested_ten
    )
    return replace(project, earlier=(told, *project.earlier))


def _with_cards(
    projects: list[LedgerProject], cards: Iterable[Sheet], year: int
) -> tuple[list[LedgerProject], list[RowProblem]]:
    """The projects, each completed by its card; a card without a row is a project of its own. And what on the cards cannot be read."""
    problems: list[RowProblem] = []
    at = {normal(project.name): number for number, project in enumerate(projects)}
    for sheet in cards:
        card, unread = read_card(sheet, year)
        problems += unread
        number = at.setdefault(normal(card.name), len(projects))
        if number == len(projects):
            projects.append(card)
        else:
            projects[number] = _completed(projects[number], card)
    return projects, problems


def _completed(project: LedgerProject, card: LedgerProject) -> LedgerProject:
    return replace(
        project,
        content=project.content or card.content,
        total=project.total if project.total is not None else card.total,
        milestones=project.milestones or card.milestones,
        problems=project.problems or card.problems,
        problems_told=project.problems_told or card.problems_told,
        roles=card.roles | project.roles,
    )
