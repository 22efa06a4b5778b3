"""The tables officials keep, filled from what was told: their figures, their sums, the customer's own forms, what goes in again."""

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from bot.documents import Sheet, height, name_of, workbook
from bot.filled import FormError, fill
from bot.ledger import read_ledger_safely
from bot.policy import read_policy
from bot.rules.preparation import OTHER, STEPS, step_of
from bot.rules.words import Kind, Level, Post, Role
from handlers import ledger as ledgers
from handlers import ledger_table, month_table, preparation_ledger, problem_ledger, statistical_table, summary_table
from storage import doubts, people, projects
from storage.db import next_id
from storage.tables import Assignment
from tests.town import Town, at

pytestmark = pytest.mark.slow

LI, WANG = "调度小李", "填报小王"
OCTOBER = date(2026, 10, 1)


def settled(settle_in, now: str = "2026-10-20 09:10", **options) -> Town:
    town: Town = settle_in(now, **options)
    town.person(LI, posts=[Post.DISPATCHER])
    for name in (WANG, "廖总协调"):
        town.person(name)
    roles: dict[Role, list[str] | str] = {Role.REPORTER: WANG, Role.GENERAL_COORDINATOR: "廖总协调"}
    plan = dict.fromkeys(range(1, 13), 1000)
    more = {"invested_before": 10_000_000, "total": 400_000_000, "plan": plan, "content": "=1+1 厂房"}
    town.project(
        "智诚慧家标准车间", roles, number=17, level=Level.PROVINCE, town="归德街道", category="产业发展", **more
    )
    town.project("北辰机电二期", roles, number=18, town="平安街道", category="产业发展", chain="机电", **more)
    steps = [(step.name, f"2026-{at:02}-28") for at, step in enumerate(STEPS[:8], 3)]
    town.project(
        "区中等职业学校东校区",
        roles,
        number=19,
        kind=Kind.RESERVE,
        milestones=steps,
        total=520_000_000,
        owner="区教体局",
        town="平安街道",
    )
    return town


async def reported(town: Town) -> None:
    """Two reports of 17 in September and October, one of 18 in October alone."""
    town.now = at("2026-09-24 10:00")
    await town.says(WANG, "智诚慧家标准车间 50%，今年以来完成投资7000万元")
    await town.presses(WANG, "确认")
    town.now = at("2026-10-22 10:00")
    await town.says(WANG, "智诚慧家标准车间 60%，今年以来完成投资8500万元")
    await town.presses(WANG, "确认")
    await town.says(WANG, "北辰机电二期 30%，今年以来完成投资6000万元")
    await town.presses(WANG, "确认")


def made(town: Town, module, tmp_path: Path, month: date | None = OCTOBER) -> openpyxl.Workbook:
    path = tmp_path / f"{module.__name__.rpartition('.')[2]}.xlsx"
    with town.store.read() as session:
        module.write(town.desk(session), path, month, None)
    return openpyxl.load_workbook(path)


def rows(sheet) -> list[list]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def line(sheet, name: str) -> dict:
    """The row of a name, by the headers of a table with two rows of them below a title."""
    found = rows(sheet)
    heads = [below or above for above, below in zip(found[1], found[2], strict=True)]
    return dict(zip(heads, next(row for row in found[3:] if name in row), strict=True))


async def test_the_monthly_table_tells_what_was_done_in_the_month_and_what_nobody_knows(settle_in, tmp_path):
    town = settled(settle_in)
    await reported(town)
    sheet = made(town, month_table, tmp_path)["月报"]
    one = line(sheet, "智诚慧家标准车间")
    assert one["10月计划"] == 1000 and one["10月完成"] == 1500 and one["占月计划（%）"] == 150
    assert one["1—10月计划"] == 10_000 and one["1—10月累计完成"] == 8500 and one["占年度计划（%）"] == 70.8
    assert one["自开工累计完成"] == 9500 and one["目前形象进度"] == "60%" and one["数据截至"] == "2026-10-22"
    assert one["较序时（百分点）"] == -10.1
    other = line(sheet, "北辰机电二期")
    assert other["10月完成"] is None, "nothing was told of the months before: how much of it is October's nobody knows"
    total = line(sheet, "合  计")
    assert total["1—10月累计完成"] == 14_500 and total["总投资"] == 132_000
    assert [row[2] for row in rows(sheet) if row[2] and "项）" in str(row[2])] == [
        "一、省级重点项目（1项）",
        "二、区级重点项目（2项）",
    ]


async def test_a_month_that_is_over_keeps_its_figures_when_later_ones_come(settle_in, tmp_path):
    town = settled(settle_in)
    await reported(town)
    september = line(made(town, month_table, tmp_path, date(2026, 9, 1))["月报"], "智诚慧家标准车间")
    assert (
        september["1—9月累计完成"] == 7000
        and september["目前形象进度"] == "50%"
        and september["数据截至"] == "2026-09-24"
    )


async def test_sums_by_place_and_by_whatever_else_add_up_to_the_whole(settle_in, tmp_path):
    town = settled(settle_in)
    await reported(town)
    book = made(town, summary_table, tmp_path)
    assert {"按属地", "按分类", "按产业链", "按级别", "按牵头单位", "各旬进度"} <= set(book.sheetnames)
    for name in ("按属地", "按分类", "按产业链", "按级别", "按牵头单位"):
        found = rows(book[name])
        parts = [row for row in found[4:] if isinstance(row[1], int)]
        assert found[3][1] == sum(row[1] for row in parts) == 3, name
        assert found[3][11] == sum(row[11] for row in parts) == 14_500, name
    flat = line(book["按属地"], "平安街道")
    assert flat["项目数"] == 2 and flat["储备"] == 1 and flat["开工率（%）"] == 100
    tens = rows(book["各旬进度"])
    assert tens[1][2] == "1月" and tens[3][0] == "合  计"


async def test_the_two_figures_stand_side_by_side_with_the_gap_and_its_reason(settle_in, tmp_path):
    town = settled(settle_in)
    await reported(town)
    await town.says(LI, "纳统 17 5000万 2026-09 原因：9 月发票尚未取得")
    assert "9 月发票尚未取得" in town.text(LI)
    await town.says(LI, "纳统 18 2000万 2026-10")
    sheet = made(town, statistical_table, tmp_path)["纳统对照"]
    one, other = line(sheet, "智诚慧家标准车间"), line(sheet, "北辰机电二期")
    assert (one["调度完成投资"], one["入库纳统投资"], one["同期调度完成投资"], one["差额"]) == (8500, 5000, 7000, 2000)
    assert one["差额原因"] == "9 月发票尚未取得" and one["纳统截至月份"] == "2026-09"
    assert other["差额"] == 4000 and other["差额原因"] == "待说明"
    assert line(sheet, "合  计")["差额"] == 6000
    with town.store.read() as session:
        told = doubts.outside_of(session, [1, 2, 3], "statistical", "2026-01", "2026-12")
    assert {row[-1].reason for row in told.values()} == {"9 月发票尚未取得", ""}


async def test_the_ledger_of_preparation_has_a_page_a_project_with_its_thirteen_steps(settle_in, tmp_path):
    town = settled(settle_in)
    book = made(town, preparation_ledger, tmp_path, None)
    assert book.sheetnames == ["目录", "01"]
    page = rows(book["01"])
    assert page[1][1] == "区中等职业学校东校区" and page[2][16] == 5.2
    assert [step_of(value) for value in page[3][1:] if value] == [*STEPS, OTHER]
    assert page[4][1] == "2026-03-28" and page[10][0] == "业主（签名）："
    assert rows(book["目录"])[2][:4] == [1, "区中等职业学校东校区", "区教体局", 5.2]


@pytest.mark.parametrize("form", [step.form for step in STEPS])
def test_each_column_of_the_form_is_known_by_its_own_words(form):
    step = step_of(form)
    assert step is not None and step.form == form


async def test_blockers_in_the_columns_of_their_ledger(settle_in, tmp_path):
    town = settled(settle_in)
    town.person("自规收件", "区自然资源局", posts=[Post.INTAKE])
    await town.says(WANG, "反映问题 智诚慧家标准车间")
    await town.says(WANG, "=HYPERLINK(1) 用地手续没有办下来")
    await town.presses(WANG, "用地")
    await town.presses(WANG, "一般")
    await town.presses(WANG, "提交")
    sheet = made(town, problem_ledger, tmp_path)["问题台账"]
    found = rows(sheet)
    assert found[1] == [name for name, _ in problem_ledger.COLUMNS]
    assert found[2][1:4] == ["智诚慧家标准车间", "=HYPERLINK(1) 用地手续没有办下来", "用地"] and found[2][9] == "否"
    assert sheet["C3"].data_type == "s" and sheet["C3"].quotePrefix


@pytest.mark.parametrize("module", [month_table, summary_table, statistical_table, problem_ledger])
async def test_each_is_set_for_paper_and_for_the_screen(settle_in, tmp_path, module):
    town = settled(settle_in)
    for sheet in made(town, module, tmp_path).worksheets:
        assert sheet.page_setup.orientation == "landscape" and int(sheet.page_setup.paperSize) in (8, 9)
        assert sheet.print_title_rows and sheet.freeze_panes, sheet.title


@pytest.mark.slow
@pytest.mark.parametrize(("module", "name"), [(month_table, "month_table"), (ledger_table, "ledger_table")])
async def test_what_came_in_and_goes_out_goes_in_again_and_changes_nothing(settle_in, tmp_path, module, name):
    town: Town = settle_in("2023-08-02 09:00")
    town.person(LI, posts=[Post.DISPATCHER])
    ledger = read_ledger_safely(Path(__file__).parent / "data" / "ledger_district.xlsx")
    assert len(town.do(lambda desk: ledgers.take_in(desk, ledger)).added) == 133
    with town.store.read() as session:
        project = projects.by_number(session, 17)
        assert project is not None and project.lead_unit is not None
        lead = people.unit_names(session)[project.lead_unit]
    reporter = town.person(WANG, lead)
    town.do(lambda desk: desk.session.add(Assignment(
        id=next_id(desk.session, Assignment), project=project.id, role=Role.REPORTER, person=reporter, since=date(2023, 1, 1)
    )))  # fmt: skip
    await town.says(WANG, f"{project.name} 66%，今年以来完成投资2.5亿元")
    await town.presses(WANG, "确认")
    made(town, module, tmp_path, date(2023, 8, 1))
    again = read_ledger_safely(tmp_path / f"{name}.xlsx")
    assert len(again.projects) == 133
    done = town.do(lambda desk: ledgers.take_in(desk, again))
    assert not done.added and [(change.name, change.what, change.old, change.new) for change in done.changes] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("came", "module", "name"),
    [
        ("ledger_qianqi.xlsx", preparation_ledger, "preparation_ledger"),
        ("blockers.xlsx", problem_ledger, "problem_ledger"),
    ],
)
async def test_the_other_forms_go_out_and_in_again_years_later_and_change_nothing(
    settle_in, tmp_path, came, module, name
):
    town: Town = settle_in("2026-11-24 09:00")
    town.person(LI, posts=[Post.DISPATCHER])
    home = Path(__file__).parent / "data"
    for file in ("ledger_district.xlsx", came):
        ledger = read_ledger_safely(home / file)
        town.do(lambda desk, ledger=ledger: ledgers.take_in(desk, ledger))
    made(town, module, tmp_path, None)
    again = read_ledger_safely(tmp_path / f"{name}.xlsx")
    assert again.projects or again.matters
    done = town.do(lambda desk: ledgers.take_in(desk, again))
    assert not done.added and not done.matters.added
    assert [(change.name, change.what, change.old, change.new) for change in done.changes] == [] == done.matters.changed


# --- the customer's own form ----------------------------------------------------------------------------------------------


def form(path: Path, **names: str) -> Path:
    """A workbook with a title, a row of data and a line for signatures below it; names: name -> cell."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "报表"
    sheet["A1"], sheet["A3"] = "某某区重点项目", "名称"
    sheet.merge_cells("A1:C1")
    sheet["A5"], sheet["C5"] = "签名：", "=SUM(C4:C4)"
    sheet.merge_cells("A5:B5")
    sheet["B4"].number_format = "0.00"
    for name, cell in names.items():
        book.defined_names[name] = DefinedName(name, attr_text=f"报表!${cell[0]}${cell[1:]}")
    book.save(path)
    return path


SHEET = Sheet(
    "x",
    ["项目名称", "总投资（万元）"],
    [["=cmd|1", 5], ["乙", 7.5], ["丙", None]],
    total=["合计", 12.5],
    facts={"年份": 2026},
)


def test_a_form_is_filled_by_its_names_and_what_stands_below_moves_down(tmp_path):
    own = form(tmp_path / "form.xlsx", 项目名称="A4", 总投资="B4", 年份="C2", 合计_总投资="C3")
    assert fill(own, SHEET, tmp_path / "out.xlsx") == 3
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["报表"]
    assert [[cell.value for cell in row] for row in sheet["A4:B6"]] == [["=cmd|1", 5], ["乙", 7.5], ["丙", None]]
    assert sheet["A4"].data_type == "s" and sheet["B6"].number_format == "0.00"
    assert (sheet["C2"].value, sheet["C3"].value) == (2026, 12.5)
    assert sheet["A7"].value == "签名：" and "A7:B7" in {str(one) for one in sheet.merged_cells.ranges}


@pytest.mark.parametrize(
    ("names", "reason", "wrong"),
    [
        ({"项目名字": "A4"}, "unknown", ["项目名字"]),
        ({"年份": "A4"}, "no_names", []),
        ({"项目名称": "A4", "总投资": "B5"}, "rows", ["总投资", "项目名称"]),
    ],
)
def test_a_form_that_cannot_be_filled_says_why_by_name(tmp_path, names, reason, wrong):
    with pytest.raises(FormError) as caught:
        fill(form(tmp_path / "form.xlsx", **names), SHEET, tmp_path / "out.xlsx")
    assert (caught.value.reason, list(caught.value.names)) == (reason, wrong)
    assert not (tmp_path / "out.xlsx").exists()


async def test_a_form_named_in_the_policy_is_filled_from_the_chat_and_a_wrong_name_is_told(settle_in, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(f'[tables.template]\nyuebao = "{tmp_path / "form.xlsx"}"\n', "utf-8")
    form(tmp_path / "form.xlsx", 项目名称="A4", 累计完成="B4", 合计_累计完成="C2")
    town = settled(settle_in, policy=read_policy(own))
    await reported(town)
    await town.says(LI, "导出 月报 2026-10")
    place = town.last(LI).card.files[0].partition("|")[0]
    sheet = openpyxl.load_workbook(io.BytesIO((town.settings.data_dir / place).read_bytes()))["报表"]
    assert [sheet.cell(row, 1).value for row in (4, 5, 6)] == [
        "智诚慧家标准车间",
        "北辰机电二期",
        "区中等职业学校东校区",
    ]
    assert sheet["C2"].value == 14_500
    form(tmp_path / "form.xlsx", 项目名称="A4", 累计完成情况="B4")
    await town.says(LI, "导出 月报 2026-10")
    assert (
        "不认识的名称：累计完成情况" in town.text(LI) and "累计完成" in town.text(LI) and not town.last(LI).card.files
    )


@pytest.mark.parametrize(
    ("table", "word", "column"),
    [("qianqi", "前期台账", "审图完成时限"), ("matters", "事项台账", "事项内容")],
)
async def test_every_ledger_can_be_filled_into_a_form_the_same_way(settle_in, tmp_path, table, word, column):
    own = tmp_path / "own.toml"
    own.write_text(f'[tables.template]\n{table} = "{tmp_path / "form.xlsx"}"\n', "utf-8")
    form(tmp_path / "form.xlsx", 标题="A1", 项目名称="A4", **{column: "B4"})
    town = settled(settle_in, policy=read_policy(own))
    await reported(town)
    await town.says(LI, f"导出 {word}")
    assert town.last(LI).card.files, town.text(LI)
    place = town.last(LI).card.files[0].partition("|")[0]
    sheet = openpyxl.load_workbook(io.BytesIO((town.settings.data_dir / place).read_bytes()))["报表"]
    assert word[:2] in str(sheet["A1"].value)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("总投资（万元）", "总投资"),
        ("2026年度计划投资（万元）", "年度计划投资"),
        ("1月计划（万元）", "_1月计划"),
        ("占月计划（%）", "占月计划"),
    ],
)
def test_what_a_form_calls_a_column_by(header, name):
    assert name_of(header) == name


def test_a_row_is_as_high_as_its_longest_cell():
    assert height(["短", 3], [10, 5]) < height(["很长很长很长很长很长", 3], [10, 5]) == 43


@pytest.mark.parametrize(("columns", "across"), [(10, 1), (80, 5)])
def test_a_table_too_wide_to_be_read_on_one_page_goes_over_several_with_its_first_columns_on_each(
    tmp_path, columns, across
):
    path = tmp_path / "wide.xlsx"
    with workbook(path) as book:
        book.sheet("台账", [f"第{n}列" for n in range(columns)], [], paper=True, wide=True, held=3)
    sheet = openpyxl.load_workbook(path)["台账"]
    assert (sheet.page_setup.fitToWidth or 1, bool(sheet.print_title_cols)) == (across, across > 1)
