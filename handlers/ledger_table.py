"""台账: the ledger of projects as a workbook that `import` reads again, and the people with their posts.

The headers are data: the words by which a ledger is read.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bot.documents import Cell, Sheet
from bot.rules.words import Role
from handlers import tables
from handlers.desk import Desk
from handlers.tables import DOUBTS, progress_of, wan
from storage import people, projects, roster
from storage.board import Reach
from storage.tables import Project

MONTHS = range(1, 13)
MILESTONES = 6
"""So many groups of columns at least."""
PEOPLE_HEADERS = ("姓名", "单位", "职务", "联系电话", "岗位", "管辖单位")
"""The headers are data: the words by which a ledger is read."""


def write(desk: Desk, path: Path, month: date | None, meant: Reach | None) -> dict[str, int]:
    """Writes the ledger as it stands. meant: None for every project, with the people. Returns how many rows each sheet has."""
    found = tables.meant_projects(desk, meant)
    year, root = tables.year_of(desk, found), tables.root_name(desk)
    groups = max(MILESTONES, projects.most_milestones(desk.session))
    title = desk.text("command.ledger_title", unit=root, year=year).strip()
    sheets = [
        Sheet(
            desk.text("command.ledger_sheet").strip(), _headers(year, groups), _rows(desk, found, year, groups), title=title,
            widths=[6, 14, 30], wide=True, held=3, facts=tables.facts(desk, len(found)),
        )
    ]  # fmt: skip
    if not meant:
        sheets.append(Sheet("人员", PEOPLE_HEADERS, _people(desk), widths=[12, 24, 20, 16, 14, 24]))
    counts = tables.write(desk, "ledger", path, sheets)
    return {"projects": counts[0], "people": sum(counts[1:])}


def _headers(year: int, groups: int) -> list[str]:
    milestones = [
        f"节点{at}{part}"
        for at in range(1, groups + 1)
        for part in ("名称", "完成时限", "完成标准", "责任人", "完成情况")
    ]
    return [
        "序号", "项目编号", "项目名称", "项目级别", "建设性质", "项目分类", "产业链", "建设内容", "总投资（万元）",
        f"至{year - 1}年底累计完成投资（万元）", f"{year}年度计划投资（万元）", *(f"{month}月计划（万元）" for month in MONTHS),
        "今年以来完成投资（万元）", "数据截至", "数据核实", "形象进度", "灯", "牵头单位", "业主单位", "属地", "开工时间", "竣工时间",
        *(role.zh for role in Role if role not in (Role.REPORTER, Role.OWNER_CONTACT)), "填报联络员", "业主联系人", "业主联系电话",
        "存在问题", *milestones,
    ]  # fmt: skip


def _rows(desk: Desk, found: Sequence[Project], year: int, groups: int) -> Iterator[list[Cell]]:
    units = people.unit_names(desk.session)
    for at in range(0, len(found), 200):
        chunk = found[at : at + 200]
        milestones = projects.milestones(desk.session, [row.id for row in chunk])
        for row in chunk:
            yield _row(desk, row, units, year) + _milestones(milestones[row.id], row.year == year, groups)


def _row(desk: Desk, row: Project, units: dict[int, str], year: int) -> list[Cell]:
    plan = projects.plan(desk.session, row.id, year)
    named = roster.named(desk.session, row.id, desk.today)
    contacts = named.get(Role.OWNER_CONTACT, [])
    officials = [
        "、".join(name for name, _ in named.get(role, []))
        for role in Role
        if role not in (Role.REPORTER, Role.OWNER_CONTACT)
    ]
    return [
        row.number, row.code, row.name, row.level.zh, row.kind.zh, row.category, row.chain, row.content, wan(row.total),
        wan(row.invested_before), wan(row.year_plan if row.year == year else None), *(wan(plan.get(month)) for month in MONTHS),
        wan(row.invested_year), row.as_of, DOUBTS[row.doubt], progress_of(row),
        row.light.zh, units.get(row.lead_unit or 0, ""), row.owner, row.town, row.start_words or row.start_on, row.finish_words or row.finish_on,
        *officials, "、".join(name for name, _ in named.get(Role.REPORTER, [])), "、".join(name for name, _ in contacts),
        next((phone for _, phone in contacts), ""), "；".join(row.problems),
    ]  # fmt: skip


def _milestones(found: list[Any], same_year: bool, groups: int) -> list[Cell]:
    """The groups of cells of the milestones. Words without a year ("3月底前") are right in a ledger of their own year only."""
    cells: list[Cell] = [
        value
        for one in found
        for value in (
            one.name, (one.due_words if same_year else "") or one.due, one.standard, one.responsible, "已完成" if one.done_on else "",
        )
    ]  # fmt: skip
    return cells + [""] * (5 * groups - len(cells))


def _people(desk: Desk) -> Iterator[list[Cell]]:
    units = people.unit_names(desk.session)
    for row in roster.everybody(desk.session):
        posts: dict[str, list[str]] = {}
        for held in people.posts_of(desk.session, row.id, desk.today):
            posts.setdefault(units[held.unit], []).append(held.role.zh)
        for scope, held_there in posts.items() or {"": [""]}.items():
            yield [row.name, units.get(row.unit or 0, ""), row.title, row.phone, "、".join(held_there), scope]
