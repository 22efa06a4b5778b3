"""前期工作台账 (五大战役: thirteen steps before building starts): a page a project with limit, progress, unit and person of each step, to be
signed, and an index in front. The words are data: those by which the form is read."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from bot.documents import Box, Cell, Sheet, workbook
from bot.rules import preparation
from bot.rules.due import parse_due
from bot.rules.preparation import OTHER, STEPS, Step
from bot.rules.words import Kind, Origin, Role
from handlers import tables
from handlers.desk import Desk
from handlers.tables import names
from storage import people, projects, roster
from storage.board import Reach
from storage.tables import Matter, Milestone, Project

INDEX = (
    ("序号", 6), ("项目名称", 34), ("业主单位", 28), ("项目预估总投资（亿元）", 14), ("责任单位", 22), ("市县挂钩领导", 14), ("所在工作表", 10), ("前期进度", 12),
)  # fmt: skip
FEWEST = 3
"""Of the thirteen steps so many make a project one of this ledger; what is in reserve belongs there anyhow."""
PLACES = (1, 2, 3, 4, (5, 6), (7, 8), 9, 10, 11, (12, 13), 14, (15, 16), 17)
"""The columns of the thirteen steps in the form, some of them two wide."""
WIDTH = 18
HEIGHTS = (30, 34, 52, 64, 36, 40, 40, 28, 44, 44, 34)


def write(desk: Desk, path: Path, month: date | None, meant: Reach | None) -> dict[str, int]:
    """Writes the workbook as things stand. meant: None for every project. Returns how many projects it has."""
    found = tables.meant_projects(desk, meant)
    milestones = projects.milestones(desk.session, [row.id for row in found])
    steps = {row.id: preparation.placed((one.name, one) for one in milestones[row.id]) for row in found}
    shown = [row for row in found if row.kind is Kind.RESERVE or len(steps[row.id].keys() - {OTHER}) >= FEWEST]
    matters, root = projects.matters_of(desk.session, [row.id for row in shown]), tables.root_name(desk)
    units = people.unit_names(desk.session)
    year = tables.year_of(desk, shown)
    digits = max(2, len(str(len(shown))))
    lines: list[list[Cell]] = []
    pages: list[tuple[str, list[Box]]] = []
    if tables.form_of(desk, "qianqi"):
        return _filled(desk, path, shown, steps, matters, units, year)
    with workbook(path, grouped=True) as book:
        headers, widths = zip(*INDEX, strict=True)
        for at, row in enumerate(shown, 1):
            leader = names(roster.named(desk.session, row.id, desk.today), Role.GENERAL_COORDINATOR)
            page, unit = f"{at:0{digits}}", units.get(row.lead_unit or row.unit, "")
            done = sum(one.done_on is not None for one in steps[row.id].values())
            lines.append([at, row.name, row.owner, _yi(row.total), unit, leader, page, f"已办结{done}项"])
            pages.append((page, _page(root, row, leader, steps[row.id], matters[row.id], year)))
        title = f"{root}重点建设项目前期工作台账目录（{year}年{desk.today.month}月）"
        book.sheet("目录", headers, lines, title=title, widths=widths, paper=True)
        for name, boxes in pages:
            book.form(name, boxes, [10] * WIDTH, HEIGHTS)
    return {"projects": len(shown)}


def _page(
    root: str, row: Project, leader: str, steps: dict[Step, Milestone], matters: Sequence[Matter], year: int
) -> list[Box]:
    """One project's page, box by box, from left to right and top to bottom."""
    boxes = [
        Box(0, 0, WIDTH - 1, f"{root}重点建设项目（前期工作）台账", "title"),
        Box(1, 0, 0, "项目名称", "head"), Box(1, 1, 5, row.name), Box(1, 6, 7, "业主单位", "head"), Box(1, 8, 12, row.owner),
        Box(1, 13, 15, "市县挂钩领导", "head"), Box(1, 16, 17, leader),
        Box(2, 0, 0, "项目主要建设目标", "head"), Box(2, 1, 12, row.content), Box(2, 13, 15, "项目预估总投资（亿元）", "head"),
        Box(2, 16, 17, _yi(row.total)),
        Box(3, 0, 0, "项目前期工作主要工作节点", "head"), *_line(3, [step.form for step in (*STEPS, OTHER)], "head"),
    ]  # fmt: skip
    known = [steps.get(step) for step in (*STEPS, OTHER)]
    for at, (head, value) in enumerate(_parts(year), 4):
        boxes += [Box(at, 0, 0, head, "head"), *_line(at, [value(one) if one else "" for one in known])]
    wanted, handled = _told(row, matters)
    return [
        *boxes,
        Box(8, 0, 0, "需协调解决问题", "head"), Box(8, 1, WIDTH - 1, wanted),
        Box(9, 0, 0, "存在问题解决的情况", "head"), Box(9, 1, WIDTH - 1, handled),
        Box(10, 0, 3, "业主（签名）："), Box(10, 4, 9, "责任单位（签名）："), Box(10, 10, WIDTH - 1, "挂钩领导（签名）："),
    ]  # fmt: skip


def _filled(
    desk: Desk, path: Path, shown: Sequence[Project], steps: Mapping[int, dict[Step, Milestone]], matters: Mapping[int, Sequence[Matter]],
    units: Mapping[int, str], year: int,
) -> dict[str, int]:  # fmt: skip
    """The customer's own form: a row a project, with the parts of every step side by side."""
    headers = [
        "序号", "项目名称", "业主单位", "项目主要建设目标", "项目预估总投资（亿元）", "责任单位", "市县挂钩领导",
        *(f"{step.form}{part}" for step in (*STEPS, OTHER) for part, _ in _parts(year)), "需协调解决问题", "存在问题解决的情况",
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for at, row in enumerate(shown, 1):
        leader = names(roster.named(desk.session, row.id, desk.today), Role.GENERAL_COORDINATOR)
        known = [steps[row.id].get(step) for step in (*STEPS, OTHER)]
        told: list[Cell] = [value(one) if one else "" for one in known for _, value in _parts(year)]
        first: list[Cell] = [
            at,
            row.name,
            row.owner,
            row.content,
            _yi(row.total),
            units.get(row.lead_unit or row.unit, ""),
            leader,
        ]
        rows.append([*first, *told, *_told(row, matters[row.id])])
    title = f"{tables.root_name(desk)}重点建设项目前期工作台账（{year}年{desk.today.month}月）"
    sheet = Sheet("前期台账", headers, rows, title=title, facts=tables.facts(desk, len(rows)))
    return {"projects": tables.write(desk, "qianqi", path, [sheet])[0]}


def _parts(year: int) -> list[tuple[str, Callable[[Milestone], Cell]]]:
    """What is told of a step: its head in the form, and how it is written."""
    return [("完成时限", partial(_due, year)), ("完成进度", _progress), ("责任单位", _unit), ("责任人", _person)]


def _told(row: Project, matters: Sequence[Matter]) -> tuple[str, str]:
    """What must be solved, and what was done about it."""
    blockers = [one for one in matters if one.origin is Origin.BLOCKER and not one.internal and one.part_of is None]
    wanted = list(dict.fromkeys([*row.problems, *(one.words for one in blockers)]))
    handled = [one.answer or one.plan for one in blockers if one.answer or one.plan]
    return "；".join(wanted) or "无", "；".join(handled) or "无"


def _line(row: int, values: Sequence[Cell], look: str = "cell") -> list[Box]:
    """A value for each of the thirteen steps."""
    spans = [place if isinstance(place, tuple) else (place, place) for place in PLACES]
    return [Box(row, first, last, value, look) for (first, last), value in zip(spans, values, strict=True)]


def _due(year: int, one: Milestone) -> Cell:
    """The words of a limit where they mean the same in a table of this year, else its day."""
    meant = parse_due(one.due_words, year) if one.due_words else None
    return one.due_words if meant and meant[0] == one.due else one.due


def _progress(one: Milestone) -> Cell:
    return f"已完成（{one.done_on.year}.{one.done_on.month}.{one.done_on.day}）" if one.done_on else ""


def _unit(one: Milestone) -> Cell:
    """区发展和改革局 任新凯: the unit stands before the person, where both are known."""
    return one.responsible.rpartition(" ")[0]


def _person(one: Milestone) -> Cell:
    return one.responsible.rpartition(" ")[2]


def _yi(yuan: int | None) -> Cell:
    """Whole 元 as 亿元."""
    return None if yuan is None else yuan / 100_000_000
