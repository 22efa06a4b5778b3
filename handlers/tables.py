"""What the tables that go out have in common: how a cell is written, and where they are written to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from bot.documents import Cell, Sheet, write_sheets
from bot.filled import fill
from bot.rules.periods import month_of
from bot.rules.words import Role
from handlers import periods
from handlers.desk import Desk
from storage import board, people, projects
from storage.board import Reach
from storage.tables import Project

DOUBTS = {"": "", "open": "存疑待核", "explained": "已说明"}
"""What stands in a table beside figures that are doubted."""
Named = Mapping[Role, Sequence[tuple[str, str]]]
"""role -> (name, telephone)."""


def write(desk: Desk, table: str, path: Path, sheets: Sequence[Sheet], main: int = 0) -> list[int]:
    """Writes a table as a workbook; filled into the customer's own form where the policy names one, which takes the sheet `main`.
    Returns how many rows each sheet has. Raises FormError."""
    form = form_of(desk, table)
    return [fill(Path(form), sheets[main], path)] if form else write_sheets(path, sheets)


def form_of(desk: Desk, table: str) -> str:
    """The customer's own form of a table; empty where there is none."""
    return {str(name): form for name, form in desk.policy.file.tables.template.items()}.get(table, "")


def meant_projects(desk: Desk, meant: Reach | None, day: date | None = None) -> list[Project]:
    """The projects of a table by number; meant: None for every one. day: those of the list at the end of its month, or as that month was
    closed, with what they were then (None: that are on it now)."""
    if day is not None:
        month = month_of(day)
        return periods.as_told(desk, periods.listed(desk, meant, month), month)
    return board.projects(desk.session, meant) if meant is not None else projects.listed(desk.session)


def facts(desk: Desk, count: int, month: date | None = None) -> dict[str, Cell]:
    """What a customer's form may ask for beside the columns."""
    first = month or desk.today
    return {
        "单位名称": root_name(desk), "年份": first.year, "月份": first.month, "项目数": count, "导出日期": desk.today,
        "导出时间": f"{desk.calendar.local(desk.now):%Y-%m-%d %H:%M}",
    }  # fmt: skip


def year_of(desk: Desk, found: Sequence[Project]) -> int:
    """The year that most projects' plans are of."""
    years = Counter(row.year for row in found)
    return years.most_common(1)[0][0] if years else desk.today.year


def root_name(desk: Desk) -> str:
    """The district's name."""
    root = people.root_unit(desk.session)
    return root.name if root else ""


def wan(yuan: int | None) -> Cell:
    """Whole 元 as 万元."""
    return None if yuan is None else yuan / 10_000


def progress_of(row: Project) -> str:
    """形象进度: in the ledger's words, else in percent."""
    return row.progress_words or (f"{row.progress.normalize():f}%" if row.progress is not None else "")


def names(held: Named, role: Role) -> str:
    """Who holds a role, the first answers."""
    return "、".join(name for name, _ in held.get(role, ()))
