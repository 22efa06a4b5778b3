"""`diaodu import` and `diaodu export ledger`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import Failure, looking, show, waiting, words, write

if TYPE_CHECKING:
    from bot.documents import Cell
    from bot.ledger import Ledger
    from handlers.desk import Desk
    from storage.tables import Project


def bring_in(file: Path, dry_run: bool, yes: bool, year: int | None, as_json: bool) -> None:
    """Takes a ledger in: once, whole. What cannot be read is named; the rest goes in only where somebody said so."""
    from pydantic import TypeAdapter

    from bot.ledger import Ledger
    from handlers.ledger import problem_record

    ledger = read(file, year)
    problems = [problem_record(problem) for problem in ledger.problems]
    if problems and not (dry_run or yes):
        _ask(problems, len(ledger.projects), as_json)
    payload = TypeAdapter(Ledger).dump_python(ledger, mode="json")
    with waiting(words("command.importing", count=len(ledger.projects))):
        record = write("import", ledger=payload, dry_run=dry_run)
    show(record, as_json, "command.imported", dry_run=dry_run)


def read(file: Path, year: int | None) -> "Ledger":
    """The workbook, read in a process of its own. Raises Failure with the reason."""
    from bot.ledger import LedgerError, read_ledger_safely

    try:
        with waiting(words("command.reading", file=file.name)):
            return read_ledger_safely(file, year, seconds=120)
    except LedgerError as error:
        raise Failure(
            words("command.ledger_refused", file=str(file), reason=error.reason, facts=error.facts)
        ) from error


def _ask(problems: list[dict[str, Any]], count: int, as_json: bool) -> None:
    """Names what cannot be read and asks whether the rest shall go in. Raises Failure where nobody can answer, or says no."""
    if not as_json:
        print(words("command.problems", problems=problems), file=sys.stderr)
    wanted = words("command.import_rest", count=count, problems=len(problems))
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or as_json:
        raise Failure(wanted)
    import typer

    if not typer.confirm(words("command.import_anyway", count=count)):
        raise Failure(wanted)


# --- out ----------------------------------------------------------------------------------------------------------------


def export(file: Path) -> None:
    """The ledger as it stands, in a form that `import` reads again, and the people with their posts."""
    from bot.documents import workbook

    with looking() as desk, workbook(file) as book:
        year = _year(desk)
        headers, widths = _headers(year), [8, 16, 34]
        title = words("command.ledger_title", unit=_district(desk), year=year)
        with waiting(words("command.exporting")):
            count = book.sheet(words("command.ledger_sheet"), headers, _rows(desk, year), title=title, widths=widths)
            people = book.sheet("人员", PEOPLE_HEADERS, _people(desk), widths=[12, 24, 20, 16, 14, 24])
    print(words("command.exported", file=str(file), count=count, people=people))


MONTHS = range(1, 13)
MILESTONES = 6
PEOPLE_HEADERS = ("姓名", "单位", "职务", "联系电话", "岗位", "管辖单位")
"""The headers are data: the words by which a ledger is read."""


def _year(desk: "Desk") -> int:
    """The year that most projects' plans are of."""
    from collections import Counter

    from storage import projects

    years = Counter(row.year for row in projects.everything(desk.session))
    return years.most_common(1)[0][0] if years else desk.today.year


def _headers(year: int) -> list[str]:
    from bot.rules.words import Role

    milestones = [
        f"节点{at}{part}"
        for at in range(1, MILESTONES + 1)
        for part in ("名称", "完成时限", "完成标准", "责任人", "完成情况")
    ]
    return [
        "序号", "项目编号", "项目名称", "项目级别", "建设性质", "项目分类", "产业链", "建设内容", "总投资（万元）",
        f"至{year - 1}年底累计完成投资（万元）", f"{year}年度计划投资（万元）", *(f"{month}月计划（万元）" for month in MONTHS),
        "今年以来完成投资（万元）", "数据截至", "形象进度", "灯", "牵头单位", "业主单位", "属地", "开工时间", "竣工时间",
        *(role.zh for role in Role if role not in (Role.REPORTER, Role.OWNER_CONTACT)), "填报联络员", "业主联系人", "业主联系电话",
        "存在问题", *milestones,
    ]  # fmt: skip


def _district(desk: "Desk") -> str:
    from storage import people

    root = people.root_unit(desk.session)
    return root.name if root else ""


def _rows(desk: "Desk", year: int) -> "Iterator[list[Cell]]":
    from storage import people, projects

    units = people.unit_names(desk.session)
    found = projects.everything(desk.session)
    for at in range(0, len(found), 200):
        chunk = found[at : at + 200]
        milestones = projects.milestones(desk.session, [row.id for row in chunk])
        for row in chunk:
            yield _row(desk, row, units, year) + _milestones(milestones[row.id], row.year == year)


def _row(desk: "Desk", row: "Project", units: dict[int, str], year: int) -> "list[Cell]":
    from bot.rules.words import Role
    from storage import projects, roster

    plan = projects.plan(desk.session, row.id, year)
    named = roster.named(desk.session, row.id, desk.today)
    contacts = named.get(Role.OWNER_CONTACT, [])
    officials = [
        "、".join(name for name, _ in named.get(role, []))
        for role in Role
        if role not in (Role.REPORTER, Role.OWNER_CONTACT)
    ]
    return [
        row.number, row.code, row.name, row.level.zh, row.kind.zh, row.category, row.chain, row.content, _wan(row.total),
        _wan(row.invested_before), _wan(row.year_plan if row.year == year else None), *(_wan(plan.get(month)) for month in MONTHS),
        _wan(row.invested_year), row.as_of, row.progress_words or (f"{row.progress.normalize():f}%" if row.progress is not None else ""),
        row.light.zh, units.get(row.lead_unit or 0, ""), row.owner, row.town, row.start_words or row.start_on, row.finish_words or row.finish_on,
        *officials, "、".join(name for name, _ in named.get(Role.REPORTER, [])), "、".join(name for name, _ in contacts),
        next((phone for _, phone in contacts), ""), "；".join(row.problems),
    ]  # fmt: skip


def _milestones(found: list[Any], same_year: bool) -> "list[Cell]":
    """The groups of cells of the first milestones. Words without a year ("3月底前") are right in a ledger of their own year only."""
    return [
        value
        for one in found[:MILESTONES]
        for value in (
            one.name, (one.due_words if same_year else "") or one.due, one.standard, one.responsible, "已完成" if one.done_on else "",
        )
    ]  # fmt: skip


def _wan(yuan: int | None) -> "Cell":
    """Whole 元 as 万元."""
    return None if yuan is None else yuan / 10_000


def _people(desk: "Desk") -> "Iterator[list[Cell]]":
    from storage import people, roster

    units = people.unit_names(desk.session)
    for row in roster.everybody(desk.session):
        posts: dict[str, list[str]] = {}
        for held in people.posts_of(desk.session, row.id, desk.today):
            posts.setdefault(units[held.unit], []).append(held.role.zh)
        for scope, held_there in posts.items() or {"": [""]}.items():
            yield [row.name, units.get(row.unit or 0, ""), row.title, row.phone, "、".join(held_there), scope]
