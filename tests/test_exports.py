"""The tables officials keep, from chat and on the command line, with figures that are told and none that are guessed."""

import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ledger import read_ledger_safely
from bot.rules.ten_days import of_month
from bot.rules.words import Post, Role
from tests.town import Town, at

pytestmark = pytest.mark.slow

WANG, LI = "填报小王", "调度小李"
MONTH = date(2026, 11, 1)
TOLD = [(date(2026, 10, 25), 50_000), (date(2026, 11, 9), 58_000), (date(2026, 11, 22), 70_000)]


@pytest.mark.parametrize(
    ("part", "done", "so_far"),
    [(0, 8_000, 8_000), (1, None, 8_000), (2, 12_000, 20_000)],
)
def test_what_was_told_in_each_ten_days(part, done, so_far):
    found = of_month(TOLD, 40_000, MONTH, part)
    assert (found.done, found.so_far) == (done, so_far)


def test_a_month_without_a_figure_has_none_and_the_first_of_a_year_counts_from_nothing():
    assert of_month(TOLD[:1], 40_000, MONTH, 0).so_far is None
    assert of_month([(date(2026, 1, 9), 5_000)], 10_000, date(2026, 1, 1), 0).done == 5_000


@given(st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 10**9)), max_size=8))
def test_the_three_add_up_to_the_month(told):
    told.sort(key=lambda one: one[0])
    parts = [of_month(told, 100, MONTH, part) for part in range(3)]
    known = [one.done for one in parts if one.done is not None]
    if known:
        assert sum(known) == parts[2].so_far


def settled(settle_in) -> Town:
    town: Town = settle_in("2026-11-09 09:10")
    for name in (WANG, "廖总协调", "任调度"):
        town.person(name)
    town.person(LI, posts=[Post.DISPATCHER])
    town.person("外区调度", "甲区", posts=[Post.DISPATCHER])
    roles = {Role.REPORTER: WANG, Role.GENERAL_COORDINATOR: "廖总协调", Role.DISPATCH_OFFICIAL: "任调度"}
    values = {
        "plan": dict.fromkeys(range(1, 13), 1000),
        "invested_before": 0,
        "total": 400_000_000,
        "content": "=1+1 厂房",
    }
    town.project("智诚慧家标准车间", roles, number=17, **values)
    town.project("北辰机电二期", roles, number=18, **values)
    return town


async def file_of(town: Town, who: str) -> openpyxl.Workbook:
    name = town.last(who).card.files[0].partition("|")[0]
    return openpyxl.load_workbook(io.BytesIO((town.settings.data_dir / name).read_bytes()))


async def test_the_ten_day_table_by_chat_is_read_again_by_the_import(settle_in, tmp_path):
    town = settled(settle_in)
    await town.says(WANG, "智诚慧家标准车间 60%，今年以来完成投资8100万元")
    await town.presses(WANG, "确认")
    await town.walk("2026-11-24 09:00", minutes=600)
    await town.says(WANG, "智诚慧家标准车间 65%，今年以来完成投资8500万元")
    await town.presses(WANG, "确认")
    await town.says(LI, "导出")
    assert town.last(LI).labels == ["台账", "旬报表", "月报", "汇总表", "问题台账", "更多"]
    await town.presses(LI, "更多")
    assert town.last(LI).labels == ["前期台账", "纳统对照", "事项台账", "月通报", "旬报", "更多"]
    await town.presses(LI, "旬报表")
    assert "旬报表2026年11月" in town.text(LI)
    book = await file_of(town, LI)
    assert book.sheetnames == ["11月上旬", "11月中旬", "11月下旬"]
    rows = [[cell.value for cell in row] for row in book["11月下旬"].iter_rows(min_row=4, max_row=6)]
    assert rows[0][:2] == [None, "合  计"] and rows[0][4:9] == [80_000, 24_000, 4_000, 2_000, 400]
    assert rows[1][1] == "智诚慧家标准车间" and rows[1][3] == "=1+1 厂房" and rows[1][13] == "廖总协调"
    assert rows[2][8] is None
    path = tmp_path / "xunbao.xlsx"
    book.save(path)
    read = read_ledger_safely(path)
    assert [one.name for one in read.projects] == ["智诚慧家标准车间", "北辰机电二期"] and not read.problems


async def test_every_table_comes_as_a_file_after_a_restart_and_only_with_what_one_may_see(settle_in):
    town = settled(settle_in)
    for label in ("台账", "月报", "汇总表", "问题台账", "前期台账", "纳统对照", "事项台账", "月通报"):
        await town.says(LI, "导出 2026-10")
        town.reopen()
        await town.presses(LI, label)
        assert town.last(LI).card.files, label
    await town.says("外区调度", "导出")
    await town.presses("外区调度", "台账")
    book = await file_of(town, "外区调度")
    assert "智诚慧家标准车间" not in str([[cell.value for cell in row] for row in book.worksheets[0].iter_rows()])
    assert "人员" not in book.sheetnames
    await town.says(WANG, "导出 台账")
    assert not town.last(WANG).card.files and "只有调度员和区领导" in town.text(WANG) and "旬报表" in town.text(WANG)
    await town.says(LI, "导出 火星")
    assert "不是一个月份" in town.text(LI)
    assert at("2026-11-09 09:10") == town.now


async def test_a_table_that_cannot_be_written_says_which_one(settle_in, monkeypatch):
    from handlers import exports

    def broken(*_):
        raise OSError("disk full")

    town = settled(settle_in)
    monkeypatch.setitem(exports.TABLES, "matters", broken)
    await town.says(LI, "导出")
    await town.presses(LI, "事项台账")
    for moment in ("2026-11-09 09:30", "2026-11-09 10:30", "2026-11-09 12:00", "2026-11-09 16:00"):
        await town.walk(moment)
    assert "事项台账2026年11月没有写成" in town.text(LI) and not town.last(LI).card.files
    assert not [path for path in town.settings.data_dir.iterdir() if path.name.startswith("tmp")]
