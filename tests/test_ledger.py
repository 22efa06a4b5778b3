"""Reading ledgers: the district's table cell by cell, other wordings of it, and workbooks with everything wrong."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from bot.ledger import Ledger, LedgerError, LedgerProject, Reason, Refusal, Skip, read_ledger
from bot.ledger.headers import letter
from bot.rules.words import Kind, Level, Post, Precision, Role

DATA = Path(__file__).parent / "data"
DISTRICT = DATA / "ledger_district.xlsx"
DEMO = Path(__file__).parents[1] / "bot" / "data" / "ledger_demo.xlsx"
WAN = 10_000
EXPECTED = json.loads((DATA / "ledger_district.expected.json").read_text(encoding="utf-8"))
FOUR = (Role.GENERAL_COORDINATOR, Role.GENERAL_DISPATCHER, Role.COORDINATOR, Role.DISPATCH_OFFICIAL)


@pytest.fixture(scope="module")
def district() -> Ledger:
    return read_ledger(DISTRICT)


# --- the district's ledger ----------------------------------------------------------------------------------------


def test_every_project_of_the_district_comes_with_its_figures(district: Ledger) -> None:
    must = EXPECTED["must_import"]
    assert (district.title, district.year, district.as_of) == ("长清区2023年重点项目调度台账", 2023, date(2023, 7, 31))
    assert len(district.projects) == must["projects"] == 133
    assert Counter(project.kind.zh for project in district.projects if project.kind) == must["by_kind"]
    assert Counter(project.sheet for project in district.projects) == must["by_sheet"]
    assert sum(project.total or 0 for project in district.projects) == must["total_wan"] * WAN
    assert sum(project.year_plan or 0 for project in district.projects) == must["year_plan_wan"] * WAN
    assert sum(sum(project.month_plan.values()) for project in district.projects) == must["year_plan_wan"] * WAN
    assert sum(project.invested_year or 0 for project in district.projects) == must["done_1_7_wan"] * WAN
    assert {project.invested_as_of for project in district.projects} == {date(2023, 7, 31)}
    assert (
        sum(1 for p in district.projects if p.finish and p.finish.day and p.finish.day.year == 2023)
        == must["finish_in_year"]
    )
    assert district.problems == ()


@pytest.mark.parametrize("wanted", EXPECTED["all"], ids=lambda wanted: str(wanted["seq"]))
def test_each_row_is_the_project_it_should_be(district: Ledger, wanted: dict[str, Any]) -> None:
    project = next(project for project in district.projects if project.row == wanted["row"])
    assert project.kind
    found = (project.sheet, project.number, project.name, project.total, project.kind.zh, project.owner)
    total = wanted["total_wan"] * WAN
    assert found == (wanted["sheet"], wanted["seq"], wanted["name"], total, wanted["kind"], wanted["owner"])


@pytest.mark.parametrize("wanted", EXPECTED["sample"], ids=lambda wanted: str(wanted["seq"]))
def test_the_sampled_projects_are_right_in_every_cell(district: Ledger, wanted: dict[str, Any]) -> None:
    project = next(project for project in district.projects if project.row == wanted["row"])
    assert project.name == wanted["name"] and project.number == wanted["seq"]
    assert project.code == (wanted["code"] or "")
    assert project.level and project.level.zh == wanted["level"]
    assert (project.category, project.lead_unit, project.town) == (
        wanted["category"],
        wanted["resp_unit"],
        wanted["town"],
    )
    assert project.contact_phone == wanted["phone"] == project.roles[Role.OWNER_CONTACT][0].phone
    assert project.invested_before == wanted["cum_prev_wan"] * WAN
    assert project.year_plan == wanted["year_plan_wan"] * WAN
    assert [project.month_plan.get(month, 0) for month in range(1, 13)] == [n * WAN for n in wanted["month_plan_wan"]]
    assert project.invested_year == wanted["done_1_7_wan"] * WAN
    assert {role.zh: [person.name for person in project.roles[role]] for role in FOUR} == wanted["roles"]
    assert in_words(project.start) & set(wanted["plan_start_accept"])
    assert in_words(project.finish) & set(wanted["plan_finish_accept"])
    assert [milestone.name for milestone in project.milestones] == [node["name"] for node in wanted["nodes"]]
    for milestone, node in zip(project.milestones, wanted["nodes"], strict=True):
        assert milestone.due and milestone.due.isoformat() in whole_days(node["due_accept"])
    assert list(project.problems) == wanted["problems"]


def in_words(day: Any) -> set[str]:
    return {day.day.isoformat(), day.day.isoformat()[:7]}


def whole_days(accepted: Iterable[str]) -> set[str]:
    """The accepted days, and for an accepted month its last."""
    ends = {
        "01": 31,
        "02": 28,
        "03": 31,
        "04": 30,
        "05": 31,
        "06": 30,
        "07": 31,
        "08": 31,
        "09": 30,
        "10": 31,
        "11": 30,
        "12": 31,
    }
    return {day if len(day) == 10 else f"{day}-{ends.get(day[-2:], '')}" for day in accepted}


def test_totals_sections_notes_and_other_sheets_are_no_projects(district: Ledger) -> None:
    reasons = {(skip.sheet, skip.row): skip.reason for skip in district.skipped}
    assert reasons["重点项目台账", 5] is Skip.TOTAL
    assert reasons["重点项目台账", 6] is reasons["重点项目台账", 77] is reasons["重点项目台账", 7] is Skip.SECTION
    assert all(reasons["重点项目台账", row] is Skip.REMARK for row in range(157, 162))
    assert reasons["分类汇总", None] is reasons["填表说明", None] is Skip.OTHER_SHEET
    assert not {project.row for project in district.projects} & {row for _, row in reasons}


def test_its_problems_are_those_that_the_ledger_of_problems_has_not_closed(district: Ledger) -> None:
    rows = CalamineWorkbook.from_path(str(DATA / "blockers.xlsx")).get_sheet_by_index(0).to_python()
    still_open: dict[str, list[str]] = {}
    for row in rows[3:]:
        if isinstance(row[0], float) and row[9] != "是":
            still_open.setdefault(str(row[1]), []).append(str(row[2]))
    assert {p.name: sorted(p.problems) for p in district.projects if p.problems} == {
        name: sorted(problems) for name, problems in still_open.items()
    }


def test_titles_phones_and_progress_are_taken_apart(district: Ledger) -> None:
    by_number = {project.number: project for project in district.projects}
    leader = by_number[15].roles[Role.GENERAL_COORDINATOR]
    assert [(person.name, person.title) for person in leader] == [("闫伟", "区委常委、宣传部部长")]
    assert by_number[6].contact_phone == "13800019560"  # a number in its cell
    assert by_number[118].name == "保障性租赁住房项目（大学城地块）"  # a line break in its cell
    assert by_number[133].progress == Decimal(65)  # 完成工程量65%，5个片区同步施工
    assert by_number[6].progress is None and by_number[9].progress is None  # the share of a part is not the whole's
    assert by_number[38].progress is None
    assert by_number[1].finish and by_number[1].finish.precision is Precision.MONTH  # a true date that shows 2024年6月


# --- other forms --------------------------------------------------------------------------------------------------


def test_of_three_ten_day_sheets_the_last_one_counts() -> None:
    ledger = read_ledger(DATA / "ledger_xunbao.xlsx")
    assert len(ledger.projects) == 40 and ledger.problems == ()
    assert ledger.as_of == date(2023, 8, 31) and {project.sheet for project in ledger.projects} == {"8月下旬"}
    assert Counter(skip.reason for skip in ledger.skipped) == {Skip.OLDER: 80, Skip.TOTAL: 3, Skip.REMARK: 3}
    first = ledger.projects[0]
    assert (first.total, first.year_plan, first.month_plan) == (126000 * WAN, 62600 * WAN, {8: 6620 * WAN})
    assert (first.invested_month, first.invested_year) == (6930 * WAN, None)
    assert first.roles[Role.GENERAL_COORDINATOR][0].name == "曾波" and first.roles[Role.COORDINATOR][0].name == "姚颖"
    assert first.kind is None and ledger.projects[-1].kind is Kind.NEW  # 竣工 says nothing of 新建 or 续建; 新开工 does


def test_a_preparatory_ledger_joins_its_cards_to_its_list() -> None:
    ledger = read_ledger(DATA / "ledger_qianqi.xlsx")
    assert len(ledger.projects) == 25 and ledger.problems == ()
    first = ledger.projects[0]
    assert (first.name, first.total, first.lead_unit) == ("马山水库除险加固及增容工程", 186_000_000, "区城乡水务局")
    approved = next(milestone for milestone in first.milestones if milestone.name == "项目可研性研究")
    assert (approved.due, approved.done, approved.done_on) == (date(2023, 5, 31), True, date(2023, 5, 16))
    assert sum(milestone.done for milestone in first.milestones) == 7
    assert ledger.projects[24].problems == ("需提请市级协调铁路部门出具跨线审查意见",)


def test_an_old_xls_file_is_read_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    renamed = tmp_path / "ledger.xlsx"
    renamed.write_bytes((DATA / "ledger_old.xls").read_bytes())
    for path in (DATA / "ledger_old.xls", renamed):
        first, second = read_ledger(path).projects
        assert (first.name, second.name, second.total) == ("甲项目", "乙项目", 2000 * WAN)
        assert first.lead_unit == second.lead_unit == "区住建局"  # merged over both rows
        assert [person.name for person in second.roles[Role.DISPATCH_OFFICIAL]] == ["王五", "赵六"]
        assert (first.milestones[0].due, second.milestones[0].due) == (date(2026, 12, 25), date(2026, 3, 31))


def test_a_ledger_of_problems_is_not_taken_for_projects() -> None:
    ledger = read_ledger(DATA / "blockers.xlsx")
    assert ledger.projects == () and len(ledger.matters) == 60 and ledger.problems == ()
    first, second = ledger.matters[:2]
    assert (first.project, first.closed, first.due and first.due.day) == (
        "双泉100兆瓦农光互补发电项目",
        True,
        date(2023, 7, 10),
    )
    assert (second.category, second.unit, second.person, second.closed) == ("管线迁改", "区交通运输局", "许振刚", False)
    assert second.note == "建议提级办理" and second.answer == "燃气管线已批复，军缆正在对接"


Cells = list[list[Any]]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes sheets (name → rows) to a workbook; merged: (sheet, first row, first column, last row, last column)."""

    def write(
        sheets: dict[str, Cells], merged: Iterable[tuple[str, int, int, int, int]] = (), hidden: str = ""
    ) -> Path:
        path = tmp_path / "ledger.xlsx"
        book = xlsxwriter.Workbook(str(path), {"nan_inf_to_errors": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, date):
                        sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), day)
                    elif cell == "=1/0":
                        sheet.write_formula(row, column, cell, None, "#DIV/0!")
                    elif cell not in ("", None):
                        sheet.write(row, column, cell)
            for _, top, left, bottom, right in (area for area in merged if area[0] == name):
                sheet.merge_range(top, left, bottom, right, rows[top][left])
            if name == hidden:
                sheet.hide()
        book.close()
        return path

    return write


HEADER = [
    "序号",
    "项目编号",
    "项目名称",
    "项目性质",
    "总投资（万元）",
    "2026年度计划投资（万元）",
    "1—10月累计完成投资（万元）",
]
HEADER += ["责任单位", "业主单位", "调度责任人", "计划竣工", "存在问题"]
TITLE = ["某区2026年重点项目台账"]


def row(number: Any = 1, name: Any = "甲项目", **cells: Any) -> list[Any]:
    """A sound row, but for the cells given by their header."""
    sound: dict[str, Any] = dict.fromkeys(HEADER, "")
    sound |= {
        "序号": number,
        "项目名称": name,
        "项目性质": "新建",
        "总投资（万元）": 1000,
        "责任单位": "区住建局",
        "业主单位": f"{name}公司",
    }
    sound |= {next(header for header in HEADER if header.startswith(key)): value for key, value in cells.items()}
    return [sound[header] for header in HEADER]


def table(*rows: list[Any]) -> dict[str, Cells]:
    return {"台账": [TITLE, HEADER, *rows]}


def only(ledger: Ledger) -> LedgerProject:
    assert len(ledger.projects) == 1
    return ledger.projects[0]


def told(ledger: Ledger) -> list[tuple[int, str, Reason, bool]]:
    return [(problem.row, problem.column, problem.reason, problem.fatal) for problem in ledger.problems]


def test_columns_are_found_by_other_words_in_another_order(write: Callable[..., Path]) -> None:
    header = [
        "项目名称",
        "牵头单位",
        "项目总投资（亿元）",
        "2026年计划完成投资（亿元）",
        "1-9月完成投资（万元）",
        "建设单位",
        "包保领导",
    ]
    header += [
        "分管领导",
        "牵头单位主要负责人",
        "具体责任人",
        "联络员",
        "所属街道",
        "建设起止年限",
        "工程进展情况",
        "需协调解决的问题",
        "建设性质",
        "级别",
    ]
    cells = [
        "甲项目",
        "区发改局",
        1.86,
        0.5,
        3200,
        "甲公司",
        "张三",
        "李四 王五",
        "赵六",
        "钱七、孙八",
        "周九 13800000001",
        "城关街道",
    ]
    cells += ["2024—2027年", "总体进度62%，主体施工至9层", "1.用电未接入；2.道路未贯通", "改扩建", "市级"]
    project = only(read_ledger(write({"Sheet1": [TITLE, header, cells]})))
    assert (project.lead_unit, project.owner, project.town) == ("区发改局", "甲公司", "城关街道")
    assert (project.total, project.year_plan, project.invested_year) == (186_000_000, 50_000_000, 32_000_000)
    assert project.invested_as_of == date(2026, 9, 30)
    names = {role.zh: [person.name for person in persons] for role, persons in project.roles.items()}
    assert names == {
        "总协调人": ["张三"],
        "总调度人": ["李四", "王五"],
        "协调责任人": ["赵六"],
        "调度责任人": ["钱七", "孙八"],
        "填报联络员": ["周九"],
    }
    assert project.roles[Role.REPORTER][0].phone == "13800000001"
    assert project.start and project.finish
    assert (project.start.day, project.finish.day) == (date(2024, 1, 1), date(2027, 12, 31))
    assert project.progress == 62 and project.problems == ("用电未接入", "道路未贯通")
    assert (project.kind, project.level) == (Kind.NEW, Level.CITY)


def test_a_header_of_an_official_system_with_groups_is_read(write: Callable[..., Path]) -> None:
    top = [
        "项目名称",
        "项目级别",
        "行业",
        "项目性质",
        "挂钩领导",
        "挂钩责任单位",
        "",
        "",
        "",
        "项目业主单位",
        "",
        "",
        "",
        "总投资（万元）",
        "建设内容及规模",
    ]
    below = [
        "",
        "",
        "",
        "",
        "",
        "单位名称",
        "责任人",
        "联络人",
        "电话及传真",
        "业主名称",
        "负责人",
        "联系人",
        "电话及传真",
        "",
        "",
    ]
    cells = [
        "甲项目",
        "省重点",
        "制造业",
        "续建",
        "张三",
        "区工信局",
        "李四",
        "王五",
        "1380000001",
        "甲公司",
        "赵六",
        "钱七",
        13800000002,
        5000,
        "车间2栋",
    ]
    merged = [("报送", 1, 5, 1, 8), ("报送", 1, 9, 1, 12)] + [
        ("报送", 1, column, 2, column) for column in (0, 1, 2, 3, 4, 13, 14)
    ]
    for areas in (merged, []):  # merged, and only laid out as if
        project = only(read_ledger(write({"报送": [TITLE, top, below, cells]}, areas)))
        names = {
            role.zh: [(person.name, person.phone) for person in persons] for role, persons in project.roles.items()
        }
        assert names.pop("业主联系人") == [("钱七", "13800000002")]
        assert names == {
            "总协调人": [("张三", "")],
            "协调责任人": [("李四", "")],
            "填报联络员": [("王五", "1380000001")],
        }
        assert (project.lead_unit, project.owner, project.category) == ("区工信局", "甲公司", "制造业")
        assert (project.level, project.total) == (Level.PROVINCE, 5000 * WAN)


@pytest.mark.parametrize(
    ("line", "header", "cell", "yuan"),
    [
        ("单位：万元", "总投资", 1000, 10_000_000),
        ("计量单位：亿元", "总投资", 1.5, 150_000_000),
        ("填报单位：区发改局    单位：元", "总投资", 1000, 1000),
        ("单位：万元", "总投资（亿元）", 1.5, 150_000_000),
        ("单位：亿元", "总投资（万元）", "1.5亿元", 150_000_000),
        ("单位：万元", "计划总投资", "３，０００.5", 30_005_000),
        ("单位：万元", "总投资额", "约2亿元", 200_000_000),
    ],
)
def test_the_unit_of_money_is_the_cell_s_else_the_header_s_else_the_sheet_s(
    write: Callable[..., Path], line: str, header: str, cell: Any, yuan: int
) -> None:
    cells = [TITLE, [line], ["序号", "项目名称", "责任单位", header], [1, "甲项目", "区住建局", cell]]
    ledger = read_ledger(write({"台账": cells}))
    assert only(ledger).total == yuan and ledger.problems == ()


def test_a_ledger_without_a_unit_is_read_in_wan_and_says_so(write: Callable[..., Path]) -> None:
    ledger = read_ledger(
        write({"台账": [TITLE, ["序号", "项目名称", "责任单位", "总投资"], [1, "甲项目", "区住建局", 1000]]})
    )
    assert only(ledger).total == 1000 * WAN
    assert told(ledger) == [(2, "D", Reason.NO_UNIT, False)]


def test_milestones_may_say_that_they_are_done(write: Callable[..., Path]) -> None:
    header = ["序号", "项目名称", "责任单位", "1—10月累计完成投资（万元）"]
    header += [f"关键节点{n}{part}" for n in "一二三四" for part in ("名称", "完成时限", "责任人", "完成情况")]
    nodes = [
        "开工",
        "3月底前",
        "张三",
        "已完成（3.20）",
        "封顶",
        "2026.9",
        "张三",
        date(2026, 9, 12),
        "装修",
        "四季度",
        "张三",
        "未完成",
    ]
    nodes += ["竣工", "2027年上半年", "张三", date(2027, 5, 2)]
    project = only(read_ledger(write({"台账": [TITLE, header, [1, "甲项目", "区住建局", 10, *nodes]]})))
    found = [(milestone.name, milestone.due, milestone.done, milestone.done_on) for milestone in project.milestones]
    assert found == [
        ("开工", date(2026, 3, 31), True, date(2026, 3, 20)),
        ("封顶", date(2026, 9, 30), True, date(2026, 9, 12)),
        ("装修", date(2026, 12, 31), False, None),
        ("竣工", date(2027, 6, 30), False, None),  # a day after the ledger's own is a promise, not a fact
    ]


@pytest.mark.parametrize(
    ("cell", "people"),
    [
        ("张三", [("张三", "", "")]),
        ("张三、李四", [("张三", "", ""), ("李四", "", "")]),
        ("张三 李四", [("张三", "", ""), ("李四", "", "")]),
        ("张三\n李四", [("张三", "", ""), ("李四", "", "")]),
        ("王 芳", [("王芳", "", "")]),
        ("张三（区委常委、副区长）", [("张三", "区委常委、副区长", "")]),
        ("张三(局长)，李四(副局长)13800000001", [("张三", "局长", ""), ("李四", "副局长", "13800000001")]),
        ("张三 局长", [("张三", "局长", "")]),
        ("区住建局 张三", [("张三", "区住建局", "")]),
        ("张三、张三", [("张三", "", "")]),
        ("买买提·热合曼", [("买买提·热合曼", "", "")]),
        ("待定", []),
    ],
)
def test_a_cell_of_names_is_taken_apart(
    write: Callable[..., Path], cell: str, people: list[tuple[str, str, str]]
) -> None:
    ledger = read_ledger(write(table(row(调度责任人=cell))))
    persons = only(ledger).roles.get(Role.DISPATCH_OFFICIAL, ())
    assert [(person.name, person.title, person.phone) for person in persons] == people
    assert ledger.problems == ()


# --- people -------------------------------------------------------------------------------------------------------

PEOPLE = ["姓名", "单位", "职务", "电话", "岗位", "管辖单位"]


def test_people_come_with_their_posts_and_the_unit_they_are_about(write: Callable[..., Path]) -> None:
    rows = [
        ["人员表（2026年）"],
        PEOPLE,
        ["张三", "区住建局", "局长", 13800000001, "主要负责人", ""],
        ["李四", "项目服务中心", "科长", "13800000002", "调度员、管理员", "某区"],
        ["王 五", "区住建局", "", "", "总管", ""],
        ["", "区住建局", "", "", "收件口", ""],
        ["赵六", "", "", "", "收件口", ""],
        ["张三", "区住建局", "局长", 13800000001, "主要负责人", ""],
        [],
    ]
    ledger = read_ledger(write({"人员": rows} | table(row())))
    assert len(ledger.projects) == 1
    found = [(person.name, person.phone, person.posts, person.scope) for person in ledger.people]
    assert found == [
        ("张三", "13800000001", (Post.HEAD,), "区住建局"),
        ("李四", "13800000002", (Post.DISPATCHER, Post.ADMINISTRATOR), "某区"),
        ("王五", "", (), "区住建局"),
    ]
    assert told(ledger) == [
        (5, "E", Reason.UNKNOWN_WORD, False),
        (6, "A", Reason.MISSING, True),
        (7, "B", Reason.MISSING, True),
        (8, "A", Reason.SAME_PERSON, True),
    ]


def test_a_workbook_of_people_alone_needs_no_year(write: Callable[..., Path]) -> None:
    ledger = read_ledger(write({"人员": [PEOPLE, ["张三", "区住建局", "", "", "收件口", ""]]}))
    assert ledger.projects == () and len(ledger.people) == 1


# --- what is wrong in a cell --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "cell", "reason"),
    [
        ("总投资", "面议", Reason.NOT_A_NUMBER),
        ("总投资", "1e309", Reason.NOT_A_NUMBER),
        ("总投资", 1e300, Reason.TOO_LARGE),
        ("总投资", -1000, Reason.NEGATIVE),
        ("总投资", "-3,000", Reason.NEGATIVE),
        ("总投资", True, Reason.NOT_A_NUMBER),
        ("总投资", date(2026, 5, 1), Reason.NOT_A_NUMBER),
        ("总投资", "", Reason.MISSING),
        ("总投资", "=1/0", Reason.MISSING),
        ("2026年度", "待批", Reason.NOT_A_NUMBER),
        ("1—10月", float("inf"), None),
        ("1—10月", "无", None),
        ("项目性质", "瞎写", Reason.UNKNOWN_WORD),
        ("项目性质", "竣工", None),
        ("计划竣工", "长期", Reason.UNREAD_DATE),
        ("计划竣工", "2月30日", Reason.UNREAD_DATE),
        ("计划竣工", 2026.1, Reason.UNCLEAR_DATE),
        ("计划竣工", 46_000, None),
        ("计划竣工", "待定", None),
        ("调度责任人", "详见附件，电话1234", Reason.NOT_A_NAME),
        ("调度责任人", "—", None),
        ("存在问题", "{{ 7*7 }}<b>=cmd|' /C calc'!A0", None),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_and_the_project_still_comes(
    write: Callable[..., Path], header: str, cell: Any, reason: Reason | None
) -> None:
    path = write(table(row(1, "甲项目", **{header: cell}), row(2, "乙项目")))
    ledger = read_ledger(path)
    assert [project.name for project in ledger.projects] == ["甲项目", "乙项目"]
    column = next(n for n, title in enumerate(HEADER) if title.startswith(header))
    assert told(ledger) == ([(3, letter(column), reason, False)] if reason else [])
    for problem in ledger.problems:
        assert problem.header == HEADER[column].replace("（", "(").replace("）", ")") and problem.sheet == "台账"


def test_a_month_plan_that_does_not_add_up_is_told(write: Callable[..., Path]) -> None:
    header = [
        "序号",
        "项目名称",
        "责任单位",
        "2026年度计划投资（万元）",
        *(f"{month}月计划投资（万元）" for month in range(1, 13)),
    ]
    ledger = read_ledger(write({"台账": [TITLE, header, [1, "甲项目", "区住建局", 1300, *[100] * 12]]}))
    assert only(ledger).month_plan == dict.fromkeys(range(1, 13), 100 * WAN)
    assert told(ledger) == [(3, "D", Reason.PLAN_SUM, False)]
    assert ledger.problems[0].facts == {"months": str(1200 * WAN), "plan": str(1300 * WAN)}


def test_what_users_wrote_stays_plain_data(write: Callable[..., Path]) -> None:
    hostile = "甲\u202e项目\u200b{{ x }}<b>&amp;"
    project = only(read_ledger(write(table(row(1, hostile, 存在问题="=HYPERLINK()；%d {0}")))))
    assert project.name == "甲项目{{ x }}<b>&amp;"  # only what cannot be seen is gone
    assert (
        project.problems == ("=HYPERLINK()", "%d {0}") or project.problems == ()
    )  # a formula without a value is empty


# --- what is wrong with a row or a sheet --------------------------------------------------------------------------


def test_a_row_without_a_name_is_named_and_left_out(write: Callable[..., Path]) -> None:
    ledger = read_ledger(write(table(row(1), row(2, ""), row(3, "丙项目"))))
    assert [project.number for project in ledger.projects] == [1, 3]
    assert told(ledger) == [(4, "C", Reason.NO_NAME, True)]


def test_the_same_project_twice_comes_once(write: Callable[..., Path]) -> None:
    again = row(2, "甲 项目（一期）", 业主单位="甲公司")
    ledger = read_ledger(
        write(table(row(1, "甲项目(一期)", 业主单位="甲公司"), again, row(3, "甲项目（一期）", 业主单位="别的公司")))
    )
    assert [project.number for project in ledger.projects] == [1, 3]
    assert told(ledger) == [(4, "", Reason.SAME_PROJECT, True)]
    assert ledger.problems[0].facts["row"] == "3"


def test_a_code_used_twice_stays_with_the_first(write: Callable[..., Path]) -> None:
    ledger = read_ledger(write(table(row(1, 项目编号="A-1"), row(2, "乙项目", 项目编号="ａ-1"))))
    assert [(project.name, project.code) for project in ledger.projects] == [("甲项目", "A-1"), ("乙项目", "")]
    assert told(ledger) == [(4, "", Reason.SAME_CODE, False)]


def test_totals_sections_notes_repeated_headers_and_empty_rows_are_passed_over(write: Callable[..., Path]) -> None:
    blank: list[Any] = [""] * 12
    total = ["", "", "合  计", "", 2000, 500, 100]
    section = ["（一）基础设施类", "", "", "", 1000]
    named_section = ["", "", "二、新建项目（1个）", "", 1000]
    prepared = [3, *blank[1:]]
    note = ["注：1.数据截至10月底；2.单位万元"]
    rows = (
        total,
        section,
        row(1),
        blank,
        HEADER,
        named_section,
        row(2, "乙项目"),
        prepared,
        note,
        ["填表人：张三  审核人：李四"],
    )
    ledger = read_ledger(write(table(*rows)))
    assert [project.name for project in ledger.projects] == ["甲项目", "乙项目"] and ledger.problems == ()
    expected = [Skip.TOTAL, Skip.SECTION, Skip.HEADER, Skip.SECTION, Skip.REMARK, Skip.REMARK]
    assert [skip.reason for skip in ledger.skipped] == expected


def test_a_cell_merged_over_several_rows_holds_for_each_but_money_does_not(write: Callable[..., Path]) -> None:
    rows = [row(1), row(2, "乙项目", 责任单位="", 总投资=""), row(3, "丙项目", 责任单位="区水务局")]
    merged = [("台账", 2, 7, 3, 7), ("台账", 2, 4, 3, 4)]
    ledger = read_ledger(write(table(*rows), merged))
    assert [project.lead_unit for project in ledger.projects] == ["区住建局", "区住建局", "区水务局"]
    assert [project.total for project in ledger.projects] == [1000 * WAN, None, 1000 * WAN]


def test_a_hidden_sheet_is_not_read_but_mentioned(write: Callable[..., Path]) -> None:
    ledger = read_ledger(write(table(row()) | {"旧台账": [TITLE, HEADER, row(2, "乙项目")]}, hidden="旧台账"))
    assert only(ledger).name == "甲项目"
    assert [(skip.sheet, skip.reason) for skip in ledger.skipped] == [("旧台账", Skip.HIDDEN)]


def test_several_sheets_of_projects_come_together(write: Callable[..., Path]) -> None:
    sheets = {"省级": [TITLE, HEADER, row(1)], "市级": [TITLE, HEADER, row(1, "乙项目"), row(2)]}
    ledger = read_ledger(write(sheets))
    assert [(project.sheet, project.name) for project in ledger.projects] == [("省级", "甲项目"), ("市级", "乙项目")]
    assert [(problem.sheet, problem.reason) for problem in ledger.problems] == [("市级", Reason.SAME_PROJECT)]


def test_rows_without_running_numbers_are_projects_too(write: Callable[..., Path]) -> None:
    cells = [
        TITLE,
        ["项目名称", "业主单位", "总投资（万元）"],
        ["甲项目", "甲公司", 100],
        ["乙项目", "", 200],
        ["一、其他", "", 300],
    ]
    ledger = read_ledger(write({"台账": cells}))
    assert [(project.name, project.number) for project in ledger.projects] == [("甲项目", None), ("乙项目", None)]


def test_the_year_is_the_title_s_unless_it_is_given(write: Callable[..., Path]) -> None:
    finish = {"计划竣工": "10月底前"}
    assert only(read_ledger(write(table(row(**finish))))).finish.day == date(2026, 10, 31)  # type: ignore[union-attr]
    assert only(read_ledger(write(table(row(**finish))), 2024)).finish.day == date(2024, 10, 31)  # type: ignore[union-attr]


# --- what is no ledger --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheets", "reason"),
    [
        ({"空": []}, Refusal.NO_TABLE),
        ({"通讯录": [["姓名", "电话"], ["张三", "13800000000"]]}, Refusal.NO_TABLE),
        ({"统计": [["项目名称", "个数"], ["产业类", 3]]}, Refusal.NO_TABLE),
        (
            {"台账": [["序号", "项目名称", "责任单位", "总投资（万元）"], [1, "甲项目", "区住建局", 100]]},
            Refusal.NO_YEAR,
        ),
    ],
)
def test_a_workbook_without_a_ledger_is_refused_with_the_reason(
    write: Callable[..., Path], sheets: dict[str, Cells], reason: Refusal
) -> None:
    with pytest.raises(LedgerError) as refused:
        read_ledger(write(sheets))
    assert refused.value.reason is reason and refused.value.reason.zh


# --- the demonstration's ledger -----------------------------------------------------------------------------------


def test_the_shipped_ledger_is_a_whole_district_for_the_demonstration() -> None:
    ledger = read_ledger(DEMO)
    assert DEMO.stat().st_size < 100_000
    assert "演示数据" in ledger.title and (ledger.year, ledger.as_of) == (2026, date(2026, 10, 31))
    assert len(ledger.projects) == 48 and ledger.problems == ()
    assert all(
        set(FOUR[2:]) | {Role.REPORTER, Role.OWNER_CONTACT} <= project.roles.keys() for project in ledger.projects
    )
    assert sum(Role.GENERAL_DISPATCHER not in project.roles for project in ledger.projects) == 1
    assert sum(len(project.roles[Role.DISPATCH_OFFICIAL]) == 2 for project in ledger.projects) == 1
    assert sum(len(project.name) > 30 for project in ledger.projects) == 2


def test_every_unit_of_the_demonstration_can_be_reached() -> None:
    ledger = read_ledger(DEMO)
    posts = {(person.unit, post) for person in ledger.people for post in person.posts}
    units = {project.lead_unit for project in ledger.projects}
    units |= {
        "区自然资源局",
        "市生态环境局长泉分局",
        "供电中心",
        "区行政审批服务局",
        "区财政局",
        "区征地拆迁服务中心",
        "区人力资源和社会保障局",
        "区公安分局",
    }
    assert {(unit, post) for unit in units for post in (Post.HEAD, Post.DEPUTY_HEAD, Post.INTAKE)} <= posts
    held = Counter(post for person in ledger.people for post in person.posts)
    assert (held[Post.DISPATCHER], held[Post.SUPERVISOR], held[Post.ADMINISTRATOR], held[Post.AUDITOR]) == (2, 1, 1, 1)
    namesakes = {name for name, count in Counter(person.name for person in ledger.people).items() if count > 1}
    assert len(namesakes) == 1


def test_the_demonstration_has_something_due_something_done_and_something_late() -> None:
    ledger = read_ledger(DEMO)
    milestones = [milestone for project in ledger.projects for milestone in project.milestones]
    assert all(m.due and date(2026, 9, 1) <= m.due <= date(2027, 3, 31) for m in milestones)
    open_ones = [milestone for milestone in milestones if not milestone.done]
    assert 0.2 < 1 - len(open_ones) / len(milestones) < 0.4
    assert sum(date(2026, 11, 25) <= m.due <= date(2026, 12, 4) for m in open_ones if m.due) >= 8
    assert 3 <= sum(m.due < date(2026, 11, 24) for m in open_ones if m.due) <= 10
    behind = [pace(project) for project in ledger.projects if project.year_plan]
    assert sum(share < 0.7 for share in behind) == 4 and sum(0.7 <= share < 0.9 for share in behind) in range(8, 12)


def pace(project: LedgerProject) -> float:
    """What was invested until October as a share of what was planned."""
    return (project.invested_year or 0) / sum(amount for month, amount in project.month_plan.items() if month <= 10)
