"""The ledger that exists comes in whole, once, and wakes nobody."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

from bot.ledger import read_ledger
from bot.rules.words import Kind, Light, Post, Role
from handlers import ledger as ledgers
from storage import dispatch_log, entitlement
from storage.tables import Milestone, NudgeRow, Outbox, Person, Plan, Project, Report, Unit

pytestmark = pytest.mark.slow

DATA = Path(__file__).parent / "data"
DISTRICT = DATA / "ledger_district.xlsx"
EXPECTED = json.loads((DATA / "ledger_district.expected.json").read_text("utf-8"))
DEMO = Path("bot/data/ledger_demo.xlsx")
DEMO_BYTES = DEMO.read_bytes()


def bring(town, path):
    ledger = read_ledger(path)
    return town.do(lambda desk: ledgers.bring_in(desk, ledger, dry_run=False))


def rows(town, statement):
    with town.store.read() as session:
        return session.exec(statement).all()


def check_log(town):
    with town.store.read() as session:
        assert dispatch_log.verify(session, town.app.house.sealer).good
        verdict = dispatch_log.verify_rows(session, town.app.house.sealer)
        assert verdict.good, verdict


async def test_all_133_projects_of_the_district_come_in(settle_in):
    town = settle_in("2026-11-24 09:00")
    record = bring(town, DISTRICT)
    must = EXPECTED["must_import"]
    projects = rows(town, select(Project).order_by(Project.number))
    assert len(projects) == len(record["added"]) == must["projects"]
    assert {kind.zh: sum(row.kind is kind for row in projects) for kind in (Kind.CONTINUED, Kind.NEW)} == must[
        "by_kind"
    ]
    assert sum(row.total for row in projects) == must["total_wan"] * 10_000
    assert sum(row.year_plan for row in projects) == must["year_plan_wan"] * 10_000
    assert sum(row.invested_year for row in projects) == must["done_1_7_wan"] * 10_000
    by_number = {row.number: row for row in projects}
    for wanted in EXPECTED["sample"]:
        check_sample(town, by_number[wanted["seq"]], wanted)
    check_log(town)


def check_sample(town, project, wanted):
    assert (project.name, project.code, project.owner, project.town) == (
        wanted["name"],
        wanted.get("code") or "",
        wanted["owner"],
        wanted["town"],
    )
    assert (project.total, project.invested_before or 0) == (
        wanted["total_wan"] * 10_000,
        (wanted["cum_prev_wan"] or 0) * 10_000,
    )
    plan = {row.month: row.amount for row in rows(town, select(Plan).where(Plan.project == project.id))}
    assert plan == {month: amount * 10_000 for month, amount in enumerate(wanted["month_plan_wan"], 1) if amount}
    milestones = rows(town, select(Milestone).where(Milestone.project == project.id).order_by(Milestone.position))
    assert [row.name for row in milestones] == [node["name"] for node in wanted["nodes"]]
    with town.store.read() as session:
        assigned = entitlement.assigned(session, project.id, town.now.date())
        names = {role.zh: [session.get(Person, person).name for person in assigned.get(role, ())] for role in Role}
        assert session.get(Unit, project.lead_unit).name == wanted["resp_unit"]
    for role, people in wanted["roles"].items():
        assert names[role] == people
    assert project.progress is None or isinstance(project.progress, Decimal)


async def test_the_same_file_again_changes_nothing(settle_in):
    town = settle_in("2026-11-24 09:00")
    bring(town, DISTRICT)
    again = bring(town, DISTRICT)
    assert (again["added"], again["changed"], again["persons"], again["same"]) == ([], [], 0, 133)
    assert len(rows(town, select(Report))) == 133


async def test_what_is_overdue_is_listed_once_and_nobody_is_nudged(settle_in):
    town = settle_in("2026-11-24 09:00")
    town.person("调度小李", posts=[Post.DISPATCHER], unit="长清区", post_unit="长清区")
    record = bring(town, DISTRICT)
    assert len(record["overdue"]) == 133
    await town.walk("2026-12-04 18:00", minutes=60)
    told = rows(town, select(NudgeRow))
    assert {(row.person, row.kind) for row in told if row.project is not None} == set()
    listed = [row for row in told if "纳入催办" in row.reason.get("text", "")]
    assert len(listed) == 1
    assert not rows(town, select(Outbox).where(Outbox.person != town.people["调度小李"]))


async def test_a_dry_run_leaves_nothing_behind(settle_in):
    town = settle_in("2026-11-24 09:00")
    with pytest.raises(ledgers.Tried) as tried:
        town.do(lambda desk: ledgers.bring_in(desk, read_ledger(DISTRICT), dry_run=True))
    assert len(tried.value.record["added"]) == 133
    for table in (Project, Person, Unit, Report):
        assert rows(town, sa.select(sa.func.count()).select_from(table)) == [(0,)]


async def test_a_changed_cell_is_shown_old_beside_new(settle_in, tmp_path):
    from openpyxl import load_workbook

    town = settle_in("2026-11-24 09:00")
    bring(town, DEMO)
    book = load_workbook(DEMO)
    sheet = book["重点项目台账"]
    header = {cell.value: cell.column for cell in sheet[3] if cell.value}
    total = next(column for name, column in header.items() if str(name).startswith("总投资"))
    old = sheet.cell(8, total).value
    sheet.cell(8, total, old + 100)
    book.save(tmp_path / "changed.xlsx")
    record = bring(town, tmp_path / "changed.xlsx")
    assert [(item["what"], item["old"], item["new"]) for item in record["changed"]] == [
        ("total", old * 10_000, (old + 100) * 10_000)
    ]
    assert record["same"] == 47
    [shown] = record["changed"]
    assert shown["field"].strip() == "总投资" and shown["is"].endswith("亿元")
    check_log(town)


async def test_older_figures_do_not_overwrite_newer_ones(settle_in):
    town = settle_in("2026-11-24 09:00")
    bring(town, DEMO)
    project = rows(town, select(Project).where(Project.number == 1))[0]
    ledger = read_ledger(DEMO)
    from dataclasses import replace
    from datetime import date

    older = replace(ledger.projects[0], invested_year=1, invested_as_of=date(2026, 9, 30))
    town.do(lambda desk: ledgers.bring_in(desk, replace(ledger, projects=(older,), people=()), dry_run=False))
    assert rows(town, select(Project).where(Project.number == 1))[0].invested_year == project.invested_year


async def test_the_demonstration_district_is_ready_to_live_in(settle_in):
    town = settle_in("2026-11-24 09:00")
    record = bring(town, DEMO)
    projects = rows(town, select(Project))
    lights = {light: sum(row.light is light for row in projects) for light in Light}
    assert len(projects) == 48 and all(lights.values())
    assert record["posts"] >= 30 and not record["problems"]
    assert all(row.next_look for row in projects if row.accepted_on)
    namesakes = rows(town, select(Person).where(Person.name == "王建军"))
    assert len({row.unit for row in namesakes}) == 2
    check_log(town)


async def test_an_administrator_sends_the_file_from_a_phone(settle_in):
    town = settle_in("2026-11-24 09:00")
    town.person("管理员老赵", posts=[Post.ADMINISTRATOR], unit="长泉区", post_unit="长泉区")
    town.person("外人")
    await town.sends_file("外人", DEMO_BYTES, kind="file", name="台账.xlsx")
    assert "没看懂" in town.text("外人")
    await town.sends_file("管理员老赵", DEMO_BYTES, kind="file", name="台账.xlsx")
    assert "项目 48 个：新增 48" in town.text("管理员老赵")
    assert not rows(town, select(Project))
    await town.presses("管理员老赵", "确认")
    assert "已导入" in town.text("管理员老赵") and len(rows(town, select(Project))) == 48
    await town.sends_file("管理员老赵", b"this is no workbook", kind="file", name="坏的.xlsx")
    assert "“坏的.xlsx”没有导入：不是能读的 Excel 文件" in town.text("管理员老赵")
    check_log(town)


async def test_a_rows_own_date_is_the_date_of_its_figures(settle_in, tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["2026年重点项目台账（单位：万元）"])
    sheet.append(["序号", "项目名称", "总投资", "今年以来完成投资", "数据截至"])
    sheet.append([1, "甲项目", 5000, 1200, "2026-11-20"])
    book.save(tmp_path / "own.xlsx")
    town = settle_in("2026-11-24 09:00")
    bring(town, tmp_path / "own.xlsx")
    [project] = rows(town, select(Project))
    assert (project.invested_year, str(project.invested_as_of)) == (12_000_000, "2026-11-20")
