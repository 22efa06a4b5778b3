"""事项统计 and the ledger of matters: what a month comes to, who may see it, and the workbook in which it is kept."""

import io
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from bot.rules.words import Category, Post, Role, Rung
from handlers import matter_ledger, matter_table
from storage import matter_table as stored
from tests.counting import recording
from tests.test_matters import DEPUTY, LI, OFFICE, SUN, ZHAO, answers, look_at, raises, settled
from tests.town import Town, at

pytestmark = pytest.mark.slow

BOSS = "区领导老秦"
TABLE_LABELS = ["台账表格", "上月"]


def with_leader(settle_in, now: str = "2026-11-23 09:10") -> Town:
    town = settled(settle_in, now)
    town.person(BOSS, posts=[Post.LEADER])
    return town


async def a_month(town: Town) -> None:
    """Three matters in November: one answered in time and closed, one that let its limit pass, one with the level above."""
    await raises(town, SUN, words="还差 30 亩指标")
    await raises(town, SUN, words="征地补偿没有谈拢")
    await raises(town, SUN, words="林地手续要报省厅")
    first, third = [shown for shown in town.messages(ZHAO) if "【新问题" in shown.text][::2]
    await town.presses(ZHAO, "更多", message=third)
    await town.presses(ZHAO, "报上级", message=third)
    await town.says(ZHAO, "已报省厅，长自规〔2026〕31 号，预计明年1月底")
    await look_at(town, "2026-11-24 09:10")
    await town.presses(ZHAO, "办结", message=first)
    await town.presses(ZHAO, "已解决")
    await town.says(ZHAO, "指标已下达，依据：长自规〔2026〕12 号")
    await town.presses(SUN, "已解决")


def figures_of(town: Town, month: str = "2026-11-01", meant=None) -> matter_table.Table:
    return town.do(lambda desk: matter_table.table(desk, meant, date.fromisoformat(month)))


async def test_a_month_as_a_leader_sees_it(settle_in):
    town = with_leader(settle_in)
    await a_month(town)
    await look_at(town, "2026-11-30 10:00")
    await town.says(BOSS, "事项统计")
    told = town.text(BOSS)
    for line in (
        "【事项统计 · 2026年11月】",
        "提出 3 · 销号 1 · 现有未销号 2",
        "办结用时（中位数）1.0 个工作日",
        "回音率 50%（应答 2 件，按时 1 件）",
        "3 个工作日内：0 · 4–10：2 · 11–30：0 · 超过 30：0",
        "用地 3/1/2",
        f"{OFFICE} 3/1/2，50%",
        "在时限内有首次答复或结果的占比",
    ):
        assert line in told, told
    assert town.last(BOSS).labels == TABLE_LABELS
    for person in (ZHAO, DEPUTY, SUN, LI):
        assert person not in told


async def test_months_are_turned_and_named(settle_in):
    town = with_leader(settle_in, "2026-12-07 10:00")
    await town.says(BOSS, "/mattertable 2026-10")
    assert "2026年10月】\n没有事项" in town.text(BOSS) and town.last(BOSS).labels == [*TABLE_LABELS, "下月"]
    await town.presses(BOSS, "下月")
    assert "2026年11月】" in town.text(BOSS)
    for said, month in (("11月", "2026年11月"), ("2026年10月", "2026年10月"), ("上月", "2026年11月")):
        await town.says(BOSS, f"事项统计 {said}")
        assert month in town.text(BOSS)
    for said in ("2027-01", "明天"):
        await town.says(BOSS, f"事项统计 {said}")
        assert f"没看懂“{said}”" in town.text(BOSS)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-10", "2026-10-01"),
        ("12月", "2025-12-01"),
        ("3", "2026-03-01"),
        ("2025年1月份", "2025-01-01"),
        ("上个月", "2026-10-01"),
    ],
)
def test_a_month_is_read(text: str, month: str):
    assert matter_table.read_month(text, date(2026, 11, 24)) == date.fromisoformat(month)


@pytest.mark.parametrize("text", ["", "13月", "2026-13", "很久以前", "0", "2026"])
def test_what_is_no_month(text: str):
    assert matter_table.read_month(text, date(2026, 11, 24)) is None


async def test_only_for_who_sees_the_board_and_only_their_units(settle_in):
    town = with_leader(settle_in)
    town.person("别区领导", "别的区", posts=[Post.LEADER])
    town.person("园区领导", "东片区", posts=[Post.LEADER])
    town.person("业主老何", "何氏公司")
    town.project(
        "东片区项目",
        {Role.OWNER_CONTACT: "业主老何", Role.DISPATCH_OFFICIAL: "调度责任人老郑"},
        unit="东片区",
        number=30,
    )
    await a_month(town)
    await raises(town, "业主老何", category="其他", words="路灯不亮")
    for who, expected in ((BOSS, "提出 4"), ("园区领导", "提出 1"), ("别区领导", "没有事项")):
        await town.says(who, "事项统计")
        assert expected in town.text(who), town.text(who)
    for who in (SUN, ZHAO):
        await town.says(who, "事项统计")
        assert "没有这个" in town.text(who) or "提出" not in town.text(who)


async def test_a_part_counts_for_its_unit_and_not_twice(settle_in):
    town = with_leader(settle_in)
    town.person("收件老许", "区财政局", posts=[Post.INTAKE])
    await raises(town, SUN, words="还差 30 亩指标")
    await town.says(LI, "17-1")
    await town.presses(LI, "加协办")
    await town.says(LI, "区财政局")
    found = figures_of(town)
    units = town.do(lambda desk: {name: number for number, name in stored_units(desk).items()})
    assert (found.whole.raised, found.whole.open, found.categories[Category.LAND].raised) == (1, 1, 1)
    assert {unit: one.raised for unit, one in found.units.items()} == {units[OFFICE]: 1, units["区财政局"]: 1}
    assert {rung: one.open for rung, one in found.rungs.items()} == {Rung.SECTION: 1}


def stored_units(desk) -> dict[int, str]:
    from storage import people

    return people.unit_names(desk.session)


async def test_two_statements_however_many_matters(settle_in):
    town = with_leader(settle_in)

    def count() -> int:
        with recording(town.store.engine) as found:
            figures_of(town)
        return len([sql for sql, _ in found.statements if "FROM matter" in sql or "FROM dispatch_log" in sql])

    await raises(town, SUN, words="还差 1 亩指标")
    one = count()
    for number in range(2, 8):
        await raises(town, SUN, words=f"还差 {number} 亩指标")
    assert (one, count()) == (2, 2)


# --- the workbook ---------------------------------------------------------------------------------------------------------


def sheets_of(path: Path) -> tuple[list[dict[str, object]], list[tuple[object, ...]], openpyxl.Workbook]:
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    rows = list(book["事项台账"].iter_rows(min_row=2, values_only=True))
    return (
        [dict(zip(rows[0], row, strict=True)) for row in rows[1:]],
        list(book["月度统计"].iter_rows(min_row=3, values_only=True)),
        book,
    )


async def test_the_workbook_comes_into_the_chat(settle_in):
    town = with_leader(settle_in)
    await a_month(town)
    await town.says(BOSS, "事项统计")
    await town.presses(BOSS, "台账表格")
    shown = town.last(BOSS)
    assert "【事项台账2026年11月】3 行" in shown.text
    [file] = shown.card.files
    place, _, name = file.partition("|")
    assert name == "事项台账2026年11月.xlsx"
    rows, figures, _ = sheets_of(town.settings.data_dir / place)
    assert [row["编号"] for row in rows] == ["17-1", "17-2", "17-3"]
    assert figures[0][:5] == ("合计", None, 3, 1, 2)
    assert not list(town.settings.data_dir.glob("*.xlsx"))


async def test_the_columns_officials_know(settle_in, tmp_path):
    town = with_leader(settle_in)
    await a_month(town)
    town.now = at("2026-11-25 10:00")
    path = tmp_path / "out.xlsx"
    town.do(lambda desk: matter_ledger.write(desk, path, None, None))
    rows, figures, book = sheets_of(path)
    done, late, waits = rows
    assert list(done) == [name for name, _ in matter_ledger.COLUMNS]
    expected = {
        "序号": 1, "编号": "17-1", "项目名称": "智诚慧家标准车间", "事项内容": "还差 30 亩指标", "来源": "问题", "类别": "用地", "紧急程度": "一般",
        "责任单位": OFFICE, "责任人": ZHAO, "提出人": SUN, "提出时间": "2026-11-23 09:10", "首次答复时限": "2026-11-26 09:10",
        "首次答复时间": "2026-11-24 09:10", "延期次数": 0, "当前层级": "承办科室", "状态": "已销号", "办理情况/答复": "指标已下达", "结果": "已解决",
        "依据": "长自规〔2026〕12 号", "是否销号": "是", "销号时间": "2026-11-24 09:10", "回头看": "2026-12-24 回访",
    }  # fmt: skip
    assert {name: done[name] for name in expected} == expected
    assert (late["状态"], late["是否销号"], late["首次答复时间"]) == ("待签收", "否", None)
    assert (
        waits["状态"] == "报上级待批"
        and "已报省厅" in str(waits["办理情况/答复"])
        and "2027-01-31" in str(waits["办理情况/答复"])
    )
    assert figures[0] == ("合计", None, 3, 1, 2, 2, 0, 0, 0, 1, 0, 0, None)
    assert ("责任单位", OFFICE) in [row[:2] for row in figures]
    assert "回音率＝按时÷应答" in "".join(str(row[0]) for row in figures)
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
        assert sheet.freeze_panes == "A3" and sheet.print_title_rows == "$2:$2"
        assert sheet["D3"].alignment.wrap_text


async def test_nothing_typed_becomes_a_formula(settle_in, tmp_path):
    town = with_leader(settle_in)
    for words in ('=HYPERLINK("http://example.invalid","点我")', "+1+1", "@SUM(1)", "-2"):
        await raises(town, SUN, words=words)
    path = tmp_path / "out.xlsx"
    town.do(lambda desk: matter_ledger.write(desk, path, date(2026, 11, 1), None))
    sheet = openpyxl.load_workbook(path)["事项台账"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert '=HYPERLINK("http://example.invalid","点我")' in [cell.value for cell in cells]


async def test_a_month_of_the_ledger_is_what_was_open_in_it(settle_in, tmp_path):
    town = with_leader(settle_in)
    await a_month(town)
    await look_at(town, "2026-12-07 10:00")
    await raises(town, SUN, words="十二月的事")
    path = tmp_path / "out.xlsx"
    for month, numbers in (
        ("2026-10", []),
        ("2026-11", ["17-1", "17-2", "17-3"]),
        ("2026-12", ["17-2", "17-3", "17-4"]),
    ):
        town.do(lambda desk, month=month: matter_ledger.write(desk, path, date.fromisoformat(f"{month}-01"), None))
        rows, figures, _ = sheets_of(path)
        assert [row["编号"] for row in rows] == numbers
        assert figures[0][2] == {"2026-10": 0, "2026-11": 3, "2026-12": 1}[month]


async def test_a_part_names_its_whole_and_the_whole_its_co_units(settle_in, tmp_path):
    town = with_leader(settle_in)
    town.person("收件老许", "区财政局", posts=[Post.INTAKE])
    await raises(town, SUN)
    await town.says(LI, "17-1")
    await town.presses(LI, "加协办")
    await town.says(LI, "区财政局")
    path = tmp_path / "out.xlsx"
    town.do(lambda desk: matter_ledger.write(desk, path, None, None))
    whole, part = sheets_of(path)[0]
    assert (whole["配合单位"], part["责任单位"], part["备注"]) == ("区财政局", "区财政局", "17-1 的协办")


async def test_an_answer_given_at_last_counts_as_late(settle_in):
    town = with_leader(settle_in)
    await raises(town, SUN)
    await look_at(town, "2026-11-27 10:00")
    await answers(town, DEPUTY)
    found = figures_of(town).whole
    assert (found.due, found.echoed) == (1, 0)
    with town.store.read() as session:
        [row] = stored.rows(session, None, at("2026-11-01 00:00"), at("2026-12-01 00:00"))
    assert row.minutes == 3 * 450 and row.rung is Rung.DEPUTY_HEAD


# --- one matter -----------------------------------------------------------------------------------------------------------


async def test_the_whole_of_a_matter_ends_with_its_times(settle_in):
    town = with_leader(settle_in, "2026-11-23 08:30")
    await raises(town, SUN)
    await look_at(town, "2026-11-23 10:30")
    await town.presses(ZHAO, "签收")
    await look_at(town, "2026-11-24 14:15")
    await town.presses(ZHAO, "首次答复")
    await town.says(ZHAO, "先补正材料，11月30日前批复")
    await town.says(LI, "17-1")
    assert "签收用时 2 小时 · 首次答复 1.6 个工作日 · 提级 0 次 · 延期 0 次" in town.text(LI)
    assert "用时" not in town.text(ZHAO)
    await answers(town, ZHAO)
    await town.presses(SUN, "已解决")
    await town.says(LI, "17-1")
    assert "办结用时 1.6 个工作日 · 提级 0 次" in town.text(LI)
    await town.says(SUN, "17-1")
    assert "销号" in town.text(SUN) and "用时" not in town.text(SUN) and "提级" not in town.text(SUN)


# --- the command ------------------------------------------------------------------------------------------------------------


def command(town: Town, *words: str) -> tuple[int, str, str]:
    """`diaodu …` in a process of its own, beside the service that has the database open."""
    home = Path(__file__).parents[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DIAODU_")}
    environment |= {
        "PYTHONPATH": str(home), "DIAODU_DATABASE_URL": town.settings.database_url, "DIAODU_DATA_DIR": str(town.settings.data_dir),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bot", *words],
        env=environment,
        cwd=town.settings.data_dir.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
async def test_the_command_works_beside_a_running_service(settle_in, tmp_path):
    town = with_leader(settle_in)
    await raises(town, SUN)
    path = tmp_path / "out.xlsx"
    code, said, wrong = command(town, "export", "matters", str(path), "--month", "2026-11", "--json")
    # The process has a clock of its own: the month may not have come yet.
    if code == 0:
        assert json.loads(said)["matters"] == 1 and path.exists()
    code, said, wrong = command(town, "export", "matters", str(path))
    assert code == 0 and str(path) in said, wrong
    assert [sheet.title for sheet in openpyxl.load_workbook(path)] == ["事项台账", "月度统计"]
    for words, expected in (("--month=2026-13", "2026-13"), ("--month=2199-01", "2199-01")):
        code, said, wrong = command(town, "export", "matters", str(path), words)
        assert code == 1 and expected in wrong and len(wrong.strip().splitlines()) == 1, wrong
    code, said, wrong = command(town, "export", "matters", str(tmp_path / "none" / "out.xlsx"))
    assert code == 1 and len(wrong.strip().splitlines()) == 1, wrong
