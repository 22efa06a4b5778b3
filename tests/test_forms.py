"""Tables dropped into the chat: what their columns were taken for, put right by a tap or a word, remembered; whose rows are whose."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlmodel import select

from bot.rules.words import MatterState, Post, Role
from storage import dispatch_log
from storage.tables import Form, Matter, Milestone, Person, Project, Proposal, Report
from tests.odd_ledgers import Odd
from tests.town import Town

pytestmark = pytest.mark.slow

DATA = Path(__file__).parent / "data"
ZHAO, LI, WANG = "管理员老赵", "调度小李", "填报小王"
WAN = 10_000
Made = Callable[..., Town]


def rows(town: Town, table: type[Any]) -> list[Any]:
    with town.store.read() as session:
        return list(session.exec(select(table)).all())


def settled(settle_in: Made, now: str = "2026-11-24 09:10") -> Town:
    town = settle_in(now)
    town.person(ZHAO, posts=[Post.ADMINISTRATOR])
    town.person(LI, posts=[Post.DISPATCHER])
    for name in (WANG, "任调度"):
        town.person(name)
    values = {"plan": dict.fromkeys(range(1, 13), 1000), "invested_before": 0, "total": 400_000_000}
    roles = {Role.REPORTER: WANG, Role.DISPATCH_OFFICIAL: "任调度"}
    town.project("智诚慧家标准车间", roles, number=17, **values)
    town.project("北辰机电二期", roles, number=18, **values)
    town.project("别人的项目", {Role.REPORTER: "任调度"}, number=19, **values)
    return town


async def drops(town: Town, who: str, table: Odd, tmp_path: Path, name: str = "台账.xlsx") -> str:
    """`who` drops a workbook; what they see."""
    await town.sends_file(who, table.write(tmp_path / "dropped.xlsx").read_bytes(), kind="file", name=name)
    return town.text(who)


def ledger(*more: list[Any], head: str = "长泉区2026年重点项目台账（1—10月）") -> Odd:
    header = ["序号", "项目名称", "业主单位", "总投资（万元）", "资金情况（1—10月）"]
    return Odd("a ledger", [[head], header, [1, "新来的项目", "甲公司", 1000, 400], *more], {})


async def test_a_column_is_put_right_by_a_button_and_the_next_issue_remembers_it(
    settle_in: Made, tmp_path: Path
) -> None:
    town = settled(settle_in)
    text = await drops(town, ZHAO, ledger(), tmp_path)
    assert "D\u00a0总投资" in text and "今年以来完成投资" not in text and "新增 1" in text
    assert town.last(ZHAO).labels == ["确认", "对应关系", "明细", "取消"]
    await town.presses(ZHAO, "对应关系")
    seen = town.text(ZHAO)
    while "E 列" not in seen:
        await town.presses(ZHAO, "更多", message=town.last(ZHAO))
        seen = town.text(ZHAO)
    line = next(line for line in seen.splitlines() if "E 列" in line)
    await town.presses(ZHAO, line[0], message=town.last(ZHAO))
    for _ in range(12):
        if "今年以来完成投资" in town.text(ZHAO):
            break
        await town.presses(ZHAO, "更多", message=town.last(ZHAO))
    option = next(line for line in town.text(ZHAO).splitlines() if line.endswith("今年以来完成投资"))
    await town.presses(ZHAO, option[0], message=town.last(ZHAO))
    assert "今年以来完成投资" in town.text(ZHAO) and not rows(town, Form)
    await town.presses(ZHAO, "确认")
    assert "已导入" in town.text(ZHAO)
    [project] = [row for row in rows(town, Project) if row.name == "新来的项目"]
    assert (project.invested_year, str(project.invested_as_of)) == (400 * WAN, "2026-10-31")
    [form] = rows(town, Form)
    assert form.columns["4"] == "invested_year" and form.times == 1
    town.reopen()
    again = ledger(head="长泉区2026年重点项目台账（1—11月）")
    again.rows[1][4], again.rows[2][4] = "资金情况（1—11月）", 500
    text = await drops(town, ZHAO, again, tmp_path)
    assert "5 列上次确认过" in text and "400 万元 → 500 万元" in text
    await town.presses(ZHAO, "确认")
    assert rows(town, Form)[0].times == 2


async def test_a_column_and_the_year_are_put_right_by_a_word_and_other_words_change_nothing(
    settle_in: Made, tmp_path: Path
) -> None:
    town = settled(settle_in)
    await drops(town, ZHAO, ledger(), tmp_path)
    await town.says(ZHAO, "这是什么")
    assert "这是什么" in town.text(ZHAO) and "没看懂" in town.text(ZHAO)
    await town.says(ZHAO, "E 今年以来完成投资")
    assert "E\u00a0资金情况→今年以来完成投资" in town.text(ZHAO)
    await town.says(ZHAO, "年份 2025")
    assert "2025 年" in town.text(ZHAO)
    await town.says(ZHAO, "E 不取")
    assert "今年以来完成投资" not in town.text(ZHAO)
    await town.says(ZHAO, "取消")
    assert "没有导入" in town.text(ZHAO)
    assert not [row for row in rows(town, Project) if row.name == "新来的项目"] and not rows(town, Form)


async def test_the_preview_says_what_is_missing_changed_and_not_readable(settle_in: Made, tmp_path: Path) -> None:
    town = settled(settle_in)
    text = await drops(town, ZHAO, ledger([2, "智诚慧家标准车间", "", 45_000, ""], [3, "", "乙公司", 10, ""]), tmp_path)
    assert "新增 1" in text and "4.00 亿元 → 4.50 亿元" in text
    assert "表里没有的项目 2 个" in text and "北辰机电二期" in text and "第 5 行" in text
    await town.presses(ZHAO, "明细")
    assert "读不出：台账 第 5 行 B 列" in town.text(ZHAO) and "表里没有：18 北辰机电二期" in town.text(ZHAO)
    await town.presses(ZHAO, "返回")
    await town.presses(ZHAO, "确认")
    assert {row.name: row.total for row in rows(town, Project)}["智诚慧家标准车间"] == 450_000_000
    with town.store.read() as session:
        assert dispatch_log.verify_rows(session, town.app.house.sealer).good


async def test_a_dispatcher_changes_the_own_district_only_and_gives_no_posts(settle_in: Made, tmp_path: Path) -> None:
    town = settled(settle_in)
    town.person("外区调度", "甲区", posts=[Post.DISPATCHER])

    def people(book: Any) -> None:
        sheet = book.create_sheet("人员")
        sheet.append(["姓名", "单位", "职务", "联系电话", "岗位", "管辖单位"])
        sheet.append(["混进来的", "甲区", "", "", "管理员", "长泉区"])

    table = ledger([2, "智诚慧家标准车间", "", 99_000, ""])
    text = await drops(town, "外区调度", Odd("a ledger", table.rows, {}, more=people), tmp_path)
    assert "不在您调度范围的 1 个，不取：智诚慧家标准车间" in text and "“人员”表 1 人没有取" in text
    await town.presses("外区调度", "确认")
    found = {row.name: row for row in rows(town, Project)}
    assert found["智诚慧家标准车间"].total == 400_000_000
    assert found["新来的项目"].unit == town.unit("甲区")
    assert "混进来的" not in {row.name for row in rows(town, Person)}


async def test_a_file_that_cannot_be_read_is_refused_with_the_reason_and_the_talk_goes_on(
    settle_in: Made, tmp_path: Path
) -> None:
    town = settled(settle_in)
    for name, raw, why in (
        ("坏的.xlsx", b"no workbook", "不是能读的 Excel 文件"),
        ("宏.xlsm", macros(), "有宏"),
        (
            "通讯录.xlsx",
            Odd("", [["姓名", "电话"], ["张三", "1"]], {}).write(tmp_path / "a.xlsx").read_bytes(),
            "没有找到带“项目名称”",
        ),
    ):
        await town.sends_file(ZHAO, raw, kind="file", name=name)
        assert why in town.text(ZHAO) and name in town.text(ZHAO)
    assert "新增 1" in await drops(town, ZHAO, ledger(), tmp_path)


def macros() -> bytes:
    import zipfile

    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/vbaProject.bin", b"\x00")
    return raw.getvalue()


async def test_whoever_begins_something_else_is_not_disturbed_by_the_table(settle_in: Made, tmp_path: Path) -> None:
    town = settled(settle_in)
    path = ledger().write(tmp_path / "late.xlsx")
    town.phones.files["late"] = path.read_bytes()
    await town.sends_file(ZHAO, path.read_bytes(), kind="file", name="台账.xlsx")
    await town.says(ZHAO, "绑定群")
    await town.sends_file(ZHAO, path.read_bytes(), kind="file", name="第二份.xlsx")
    assert "请确认导入" in town.text(ZHAO)


# --- 旬报表 returned ----------------------------------------------------------------------------------------------------------


async def pre_filled(town: Town, who: str) -> openpyxl.Workbook:
    await town.says(who, "导出")
    assert town.last(who).labels == ["旬报表"]
    await town.presses(who, "旬报表")
    name = town.last(who).card.files[0].partition("|")[0]
    return openpyxl.load_workbook(io.BytesIO((town.settings.data_dir / name).read_bytes()))


async def returns(town: Town, who: str, book: openpyxl.Workbook) -> str:
    raw = io.BytesIO()
    book.save(raw)
    await town.sends_file(who, raw.getvalue(), kind="file", name="旬报表.xlsx")
    return town.text(who)


def row_of(sheet: Any, name: str) -> int:
    return next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == name)


async def test_a_reporter_fills_in_the_table_of_the_own_projects_and_it_counts_as_reports(settle_in: Made) -> None:
    town = settled(settle_in, "2026-10-20 09:00")
    for project in ("智诚慧家标准车间", "北辰机电二期"):
        await town.says(WANG, f"{project} 今年以来完成投资8000万元")
        await town.presses(WANG, "确认")
    await town.walk("2026-11-24 09:00", minutes=2000)
    book = await pre_filled(town, WANG)
    assert book.sheetnames == ["11月上旬", "11月中旬", "11月下旬"]
    sheet = book["11月下旬"]
    assert "别人的项目" not in str([[cell.value for cell in row] for row in sheet.iter_rows()])
    assert "没有新的数" in await returns(town, WANG, book)
    at = row_of(sheet, "智诚慧家标准车间")
    sheet.cell(at, 9, 700)
    sheet.cell(at, 11, 700)
    sheet.cell(at, 18, "主体施工至五层")
    other = row_of(sheet, "北辰机电二期")
    for column in range(1, 20):
        sheet.cell(other + 1, column).value = sheet.cell(other, column).value
    sheet.cell(other + 1, 2, "别人的项目")
    sheet.cell(other + 1, 9, 999)
    text = await returns(town, WANG, book)
    assert "1 个项目有新数" in text and "8,000 万元 → 8,700 万元" in text and "主体施工至五层" in text
    assert "不归您填报，没有取：别人的项目" in text and "没有变化的 1 个" in text
    before = len(rows(town, Report))
    await town.presses(WANG, "全部确认")
    assert "已填报 1 个项目" in town.text(WANG)
    assert len(rows(town, Report)) == before + 1
    report = max(rows(town, Report), key=lambda row: row.id)
    assert (report.invested_year, report.person, report.source.value) == (8700 * WAN, town.people[WANG], "chat")
    assert {row.name: row.invested_year for row in rows(town, Project)}["别人的项目"] is None
    assert "没有新的数" in await returns(town, WANG, await pre_filled(town, WANG))


async def test_sums_that_do_not_agree_are_not_taken_and_doubtful_ones_are_asked_about(settle_in: Made) -> None:
    town = settled(settle_in, "2026-10-20 09:00")
    for project in ("智诚慧家标准车间", "北辰机电二期"):
        await town.says(WANG, f"{project} 今年以来完成投资8000万元")
        await town.presses(WANG, "确认")
    await town.walk("2026-11-24 09:00", minutes=2000)
    book = await pre_filled(town, WANG)
    sheet = book["11月下旬"]
    wrong, doubtful = row_of(sheet, "智诚慧家标准车间"), row_of(sheet, "北辰机电二期")
    sheet.cell(wrong, 9, 700)
    sheet.cell(wrong, 11, 900)
    sheet.cell(doubtful, 11, 90_000)
    text = await returns(town, WANG, book)
    assert "智诚慧家标准车间：“本旬完成”和“至本旬完成”对不上，没有取" in text and "？" in text
    await town.presses(WANG, "全部确认")
    assert (
        "北辰机电二期" in town.text(WANG)
        and {row.name: row.invested_year for row in rows(town, Project)}["北辰机电二期"] == 8000 * WAN
    )


async def test_no_other_table_is_taken_from_a_reporter(settle_in: Made, tmp_path: Path) -> None:
    town = settled(settle_in)
    text = await drops(town, WANG, ledger(), tmp_path)
    assert "不是旬报表" in text and not rows(town, Form)


# --- 问题台账 -----------------------------------------------------------------------------------------------------------------


def problems() -> Odd:
    header = [
        "序号",
        "项目名称",
        "存在问题",
        "要素类别",
        "责任单位",
        "责任人",
        "提出时间",
        "解决时限",
        "解决情况",
        "是否销号",
        "备注",
    ]
    return Odd("problems", [
        ["长泉区2026年重点项目问题台账"], header,
        [1, "智诚慧家标准车间", "用地预审未批", "用地", "区自然资源局", "何科长", "2026.9.3", "11月底前", "正在组卷", "否", ""],
        [2, "智诚慧家标准车间", "道路未贯通", "市政配套", "区住建局", "", "2026.9.3", "长期", "", "否", "建议提级办理"],
        [3, "北辰机电二期", "供电已解决", "供电", "供电中心", "", "2026.8.3", "9月底", "已接入", "是", ""],
        [4, "没有这个项目", "不知道是谁的", "其他", "", "", "", "", "", "否", ""],
    ], {})  # fmt: skip


async def test_rows_of_a_ledger_of_problems_wait_until_the_office_makes_matters_of_them(
    settle_in: Made, tmp_path: Path
) -> None:
    town = settled(settle_in)
    town.person("何科长", "区自然资源局", posts=[Post.INTAKE])
    text = await drops(town, LI, problems(), tmp_path, "问题.xlsx")
    assert "问题 4 条：新增待立项 2，已销号 1" in text and "没有这个项目" in text
    await town.presses(LI, "确认")
    assert not rows(town, Matter) and len(rows(town, Proposal)) == 3
    await town.walk("2026-12-02 18:00", minutes=600)
    assert "用地预审" not in "".join(shown.text for shown in town.messages("何科长"))
    await town.says(LI, "待立项")
    assert "【待立项】2 条" in town.text(LI) and "用地预审未批" in town.text(LI)
    await town.presses(LI, "1")
    assert "转为事项后发给：区自然资源局" in town.text(LI)
    await town.presses(LI, "转为事项")
    [matter] = rows(town, Matter)
    assert (
        matter.unit == town.unit("区自然资源局") and matter.state is MatterState.UNSIGNED and matter.project is not None
    )
    await town.walk("2026-12-03 10:00", minutes=60)
    assert "17-1" in "".join(shown.text for shown in town.messages("何科长"))
    text = await drops(town, LI, problems(), tmp_path, "问题.xlsx")
    assert "新增待立项 0" in text and "不变 3" in text
    again = problems()
    again.rows[2][9] = "是"
    assert "表里已销号、系统里还在办的：17-1" in await drops(town, LI, again, tmp_path, "问题.xlsx")


async def test_all_of_them_at_once_and_what_is_dropped_is_not_asked_again(settle_in: Made, tmp_path: Path) -> None:
    town = settled(settle_in)
    await drops(town, LI, problems(), tmp_path, "问题.xlsx")
    await town.presses(LI, "确认")
    await town.presses(LI, "待立项")
    await town.presses(LI, "2")
    await town.presses(LI, "不转")
    assert "【待立项】1 条" in town.text(LI)
    await drops(town, LI, problems(), tmp_path, "问题.xlsx")
    await town.presses(LI, "确认")
    await town.says(LI, "待立项")
    assert "【待立项】1 条" in town.text(LI)
    await drops(
        town,
        LI,
        Odd("more", [*problems().rows, [5, "北辰机电二期", "缺工三十人", "用工", "", "", "", "", "", "否", ""]], {}),
        tmp_path,
    )
    await town.presses(LI, "确认")
    await town.says(LI, "待立项")
    await town.presses(LI, "全部立项")
    assert "把 2 条全部转为事项" in town.text(LI)
    await town.presses(LI, "确认")
    assert "已转为 2 个事项" in town.text(LI) and len(rows(town, Matter)) == 2


# --- the forms of an office, one after the other -------------------------------------------------------------------------------


async def test_months_join_the_sum_of_the_year_and_every_ten_days_keep_their_figure(settle_in: Made) -> None:
    town = settle_in("2026-11-24 09:00")
    town.person(ZHAO, posts=[Post.ADMINISTRATOR])
    for name in ("ledger_xunbao", "ledger_district", "ledger_xunbao"):
        await town.sends_file(ZHAO, (DATA / f"{name}.xlsx").read_bytes(), kind="file", name=f"{name}.xlsx")
        if name == "ledger_xunbao" and not rows(town, Project):
            assert "40 个项目没有上月底的累计数" in town.text(ZHAO)
        await town.presses(ZHAO, "确认")
    [project] = [row for row in rows(town, Project) if row.name == "动力装备新能源化改造及储能系统集成基地"]
    assert project.invested_year == (37_190 + 6_930) * WAN and str(project.invested_as_of) == "2023-08-31"
    told = sorted(
        (str(row.as_of), row.invested_year)
        for row in rows(town, Report)
        if row.project == project.id and row.invested_year
    )
    assert told == [
        ("2023-07-31", 371_900_000),
        ("2023-08-10", 388_800_000),
        ("2023-08-20", 413_300_000),
        ("2023-08-31", 441_200_000),
    ]


async def test_thirteen_steps_of_preparation_come_from_cards(settle_in: Made) -> None:
    town = settle_in("2026-11-24 09:00")
    town.person(ZHAO, posts=[Post.ADMINISTRATOR])
    await town.sends_file(ZHAO, (DATA / "ledger_qianqi.xlsx").read_bytes(), kind="file", name="前期.xlsx")
    assert "前期工作台账" in town.text(ZHAO) and "新增 25" in town.text(ZHAO)
    await town.presses(ZHAO, "确认")
    project = next(row for row in rows(town, Project) if row.name == "马山水库除险加固及增容工程")
    found = [row for row in rows(town, Milestone) if row.project == project.id]
    assert len(found) == 12 and sum(row.done_on is not None for row in found) == 7


async def test_a_table_sent_back_while_a_report_is_asked_for_is_read_and_another_takes_its_place(
    settle_in: Made,
) -> None:
    town = settled(settle_in, "2026-11-24 09:00")
    book = await pre_filled(town, WANG)
    await town.says(WANG, "填报")
    assert "没有新的数" in await returns(town, WANG, book)
    sheet = book["11月下旬"]
    sheet.cell(row_of(sheet, "北辰机电二期"), 18, "桩基完成一半")
    assert "1 个项目有新数" in await returns(town, WANG, book)
    sheet.cell(row_of(sheet, "北辰机电二期"), 18, "桩基全部完成")
    assert "桩基全部完成" in await returns(town, WANG, book)
    await town.says(WANG, "对的")
    assert "没有记下" in town.text(WANG)
    await town.presses(WANG, "逐个确认")
    card = next(one for one in reversed(town.messages(WANG)) if "确认" in one.labels)
    assert "北辰机电二期" in card.text and "桩基全部完成" in card.text
    await town.presses(WANG, "确认", message=card)
    assert [row.words for row in rows(town, Report)] == ["旬报表（11月下旬）；桩基全部完成"]


def test_a_step_of_a_card_on_another_day_moves_no_milestone_of_the_ledger(settle_in: Made) -> None:
    from bot.ledger import read_ledger
    from handlers import ledger as ledgers

    town = settle_in("2023-09-04 09:00")
    kept: dict[int, Any] = {}
    for name in ("ledger_district", "ledger_qianqi"):
        read = read_ledger(DATA / f"{name}.xlsx")
        town.do(lambda desk, read=read: ledgers.take_in(desk, read) and None)
        kept = kept or {row.id: (row.name, row.due, row.responsible) for row in rows(town, Milestone)}
    after = {row.id: (row.name, row.due, row.responsible) for row in rows(town, Milestone)}
    assert {number: after[number] for number in kept} == kept and len(after) > len(kept)
