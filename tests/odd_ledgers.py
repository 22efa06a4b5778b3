"""Ledgers as people really make them: each a small workbook with one oddity, and what should be read in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

WAN, YI = 10_000, 100_000_000
TITLE = "长泉区2026年重点项目台账"
PLAIN = ["序号", "项目名称", "责任单位", "总投资（万元）"]
Rows = list[list[Any]]


@dataclass(frozen=True)
class Odd:
    """One ledger. rows: of the first sheet; merged: Excel's ranges; more: what else is done to the workbook; found: name of the project ->
    field -> what is read (a path: "roles.总协调人"); skipped: rows that are no projects; unsure: letters of columns to be looked at."""

    about: str
    rows: Rows
    found: dict[str, dict[str, Any]]
    merged: tuple[str, ...] = ()
    more: Callable[[Workbook], None] | None = None
    sheet: str = "台账"
    kind: str = "ledger"
    unsure: str = ""
    problems: int = 0
    matters: list[dict[str, Any]] = field(default_factory=list)

    def write(self, path: Path) -> Path:
        """The workbook as a file."""
        book = Workbook()
        sheet: Worksheet = book.active
        sheet.title = self.sheet
        for row in self.rows:
            sheet.append(row)
        for area in self.merged:
            sheet.merge_cells(area)
        if self.more:
            self.more(book)
        book.save(path)
        return path


def one(header: str, cell: Any, **found: Any) -> tuple[Rows, dict[str, dict[str, Any]]]:
    """A plain ledger with one more column: its header, its cell, and what is read."""
    return [[TITLE], [*PLAIN, header], [1, "甲项目", "区住建局", 1000, cell]], {"甲项目": found}


def column(about: str, header: str, cell: Any, unsure: str = "", problems: int = 0, **found: Any) -> Odd:
    rows, wanted = one(header, cell, **found)
    return Odd(about, rows, wanted, unsure=unsure, problems=problems)


def sheets(*others: tuple[str, Rows]) -> Callable[[Workbook], None]:
    def add(book: Workbook) -> None:
        for name, rows in others:
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)

    return add


def hide(*letters: str) -> Callable[[Workbook], None]:
    def hidden(book: Workbook) -> None:
        for letter in letters:
            book.worksheets[0].column_dimensions[letter].hidden = True

    return hidden


LEADERS = (
    "挂钩领导",
    "包抓领导",
    "牵头领导",
    "责任领导",
    "联系领导",
    "包保领导",
    "包联县领导",
    "挂点领导",
    "县级领导",
    "领衔区领导",
    "总指挥",
)

SEVEN = [
    "开工进场",
    "打桩或基础开挖",
    "主体工程基础浇注完成",
    "主体封顶",
    "装修或设备安装调试完成",
    "试投产",
    "正式投产或交付使用",
]
THIRTEEN = ["项目申请报告书", "可研", "初设预审/概算", "规划选址论证", "环境评价", "用地用林用海预审", "规划一书二证", "审图", "招投标", "开工许可证",
            "供地", "供水供电", "其他"]  # fmt: skip

# fmt: off
ODD: tuple[Odd, ...] = (
    # --- where the table stands, and its header ---------------------------------------------------------------------
    Odd(
        "four lines of title, the header in the sixth row, an empty column before it",
        [["", TITLE], ["", "（截至10月底）"], [], ["", "填报单位：区发改局", "", "填报日期：2026年11月2日"], ["", "单位：亿元"],
         ["", "序号", "项目名称", "责任单位", "总投资"], ["", 1, "甲项目", "区住建局", 1.5]],
        {"甲项目": {"total": 150_000_000, "lead_unit": "区住建局", "row": 7}},
    ),
    Odd(
        "two rows of header, merged both ways",
        [[TITLE], ["序号", "项目名称", "投资情况（万元）", "", "责任情况", ""], ["", "", "总投资", "2026年计划投资", "责任单位", "包抓领导"],
         [1, "甲项目", 1000, 300, "区住建局", "张三"]],
        {"甲项目": {"total": 1000 * WAN, "year_plan": 300 * WAN, "lead_unit": "区住建局", "roles.总协调人": ["张三"]}},
        ("A2:A3", "B2:B3", "C2:D2", "E2:F2"),
    ),
    Odd(
        "three rows of header: the month, the 旬, plan and fact",
        [[TITLE], ["序号", "项目名称", "总投资（亿元）", "2026年投资情况（万元）", "", "", ""],
         ["", "", "", "年度计划", "9月", "10月", ""], ["", "", "", "", "实际完成", "计划", "实际完成"],
         [1, "甲项目", 1.2, 6000, 500, 700, 650]],
        {"甲项目": {"total": 120_000_000, "year_plan": 6000 * WAN, "month_plan": {10: 700 * WAN}, "invested_month": 650 * WAN,
                 "invested_as_of": date(2026, 10, 31)}},
        ("A2:A4", "B2:B4", "C2:C4", "D2:G2", "D3:D4", "F3:G3"),
        kind="under_way",
    ),
    Odd(
        "a group over the project's own columns, above the row with 项目名称",
        [[TITLE], ["项目基本情况", "", "", "进展情况", ""], ["序号", "项目名称", "总投资（万元）", "1-10月完成投资（万元）", "形象进度"],
         [1, "甲项目", 1000, 400, "主体封顶"]],
        {"甲项目": {"total": 1000 * WAN, "invested_year": 400 * WAN, "invested_as_of": date(2026, 10, 31), "progress_words": "主体封顶"}},
        ("A2:C2", "D2:E2"),
    ),
    Odd(
        "a title merged over nearly all columns is no group of columns",
        [[TITLE, "", "", ""], ["填报单位：区发改局", "", "单位：万元", ""], ["序号", "项目名称", "责任单位", "总投资"], [1, "甲项目", "区住建局", 1000]],
        {"甲项目": {"total": 1000 * WAN, "lead_unit": "区住建局"}},
        ("A1:D1", "A2:B2", "C2:D2"),
    ),
    Odd(
        "line breaks, blanks and full width in the headers",
        [[TITLE], ["序\n号", "项 目\n名 称", "责任\n单位", "总投资\n（万元）", "２０２６年度\n计划投资（万元）"], [1, "甲项目", "区住建局", 1000, 300]],
        {"甲项目": {"total": 1000 * WAN, "year_plan": 300 * WAN}},
    ),
    Odd(
        "a header that calls the project 工程名称, the owner 承建企业",
        [[TITLE], ["序号", "工程名称", "承建企业", "概算投资（万元）"], [1, "甲项目", "甲公司", 1000]],
        {"甲项目": {"owner": "甲公司", "total": 1000 * WAN}},
    ),
    Odd(
        "a header with no word for the name at all",
        [[TITLE], ["序号", "项目", "建设单位", "总投资（万元）", "建设内容", "开工时间"], [1, "甲项目", "甲公司", 1000, "厂房两栋", "2026.3"]],
        {"甲项目": {"owner": "甲公司", "start": date(2026, 3, 31)}},
    ),
    Odd(
        "headers that are only like what we know are taken, and marked",
        [[TITLE], [*PLAIN, "目前施工形象", "项目建设管理单位名称"], [1, "甲项目", "区住建局", 1000, "主体三层", "甲公司"]],
        {"甲项目": {"total": 1000 * WAN}},
        unsure="EF",
    ),
    Odd(
        "the same thing twice: the first column counts, the second is told",
        [[TITLE], [*PLAIN, "投资总额（万元）"], [1, "甲项目", "区住建局", 1000, 999]],
        {"甲项目": {"total": 1000 * WAN}},
        unsure="E",
    ),
    Odd(
        "hidden columns are read; where the same stands in a shown one, that counts",
        [[TITLE], ["序号", "项目名称", "总投资（万元）", "责任单位", "总投资（万元）", "项目代码"], [1, "甲项目", 900, "区住建局", 1000, "2601-01"]],
        {"甲项目": {"total": 1000 * WAN, "code": "2601-01"}},
        more=hide("C", "F"),
        unsure="C",
    ),
    # --- rows -------------------------------------------------------------------------------------------------------
    Odd(
        "sections tell the kind and the category where no column does",
        [[TITLE], PLAIN, ["一、续建项目（1个）"], ["（一）产业发展类（1个）"], [1, "甲项目", "区住建局", 1000], ["二、新建项目（1个）"],
         ["（一）基础设施类（1个）"], [2, "乙项目", "区水务局", 2000], ["", "合计", "", 3000]],
        {"甲项目": {"kind.zh": "续建", "category": "产业发展"}, "乙项目": {"kind.zh": "新建", "category": "基础设施"}},
        ("A3:D3", "A4:D4", "A6:D6", "A7:D7"),
    ),
    Odd(
        "subtotals with their words in other columns, and 其中",
        [[TITLE], PLAIN, ["合计（2个）", "", "", 3000], ["小计", "", "", 1000], [1, "甲项目", "区住建局", 1000], ["", "小  计", "", 2000],
         [2, "乙项目", "区水务局", 2000], ["总计", "2个项目", "", 3000]],
        {"甲项目": {"total": 1000 * WAN}, "乙项目": {"total": 2000 * WAN}},
    ),
    Odd(
        "notes and signatures below the table",
        [[TITLE], PLAIN, [1, "甲项目", "区住建局", 1000], [], ["注：1.本表按月更新。"], ["2.投资为计划数。"], ["填表人：张三", "", "审核人：李四"]],
        {"甲项目": {"total": 1000 * WAN}},
    ),
    Odd(
        "a unit's cell merged over its projects",
        [[TITLE], PLAIN, [1, "甲项目", "区住建局", 1000], [2, "乙项目", "", 2000], [3, "丙项目", "区水务局", 3000]],
        {"甲项目": {"lead_unit": "区住建局"}, "乙项目": {"lead_unit": "区住建局"}, "丙项目": {"lead_unit": "区水务局"}},
        ("C3:C4",),
    ),
    Odd(
        "a project over three rows, one milestone in each",
        [[TITLE], ["序号", "项目名称", "总投资（万元）", "关键节点", "完成时限", "责任人"], [1, "甲项目", 1000, "桩基完成", "2026.3", "张三"],
         ["", "", "", "主体封顶", "6月底前", "李四"], ["", "", "", "竣工验收", "四季度", "王五"], [2, "乙项目", 2000, "开工", "3月底", "赵六"]],
        {"甲项目": {"milestones": [("桩基完成", date(2026, 3, 31)), ("主体封顶", date(2026, 6, 30)), ("竣工验收", date(2026, 12, 31))]},
         "乙项目": {"milestones": [("开工", date(2026, 3, 31))]}},
        ("A3:A5", "B3:B5", "C3:C5"),
    ),
    Odd(
        "the header comes again in the middle",
        [[TITLE], PLAIN, [1, "甲项目", "区住建局", 1000], PLAIN, [2, "乙项目", "区水务局", 2000]],
        {"甲项目": {"total": 1000 * WAN}, "乙项目": {"total": 2000 * WAN}},
    ),
    Odd(
        "several sheets, each in another unit, and one of sums",
        [["2026年省重点项目（单位：亿元）"], ["序号", "项目名称", "责任单位", "总投资"], [1, "甲项目", "区住建局", 1.5]],
        {"甲项目": {"total": 150_000_000}, "乙项目": {"total": 2000 * WAN}},
        more=sheets(
            ("市重点", [["2026年市重点项目"], PLAIN, [1, "乙项目", "区水务局", 2000]]),
            ("汇总", [["类别", "个数", "总投资"], ["产业", 2, 17000]]),
        ),
        sheet="省重点",
    ),
    # --- money ------------------------------------------------------------------------------------------------------
    Odd(
        "the unit in the sheet's name",
        [[TITLE], ["序号", "项目名称", "责任单位", "总投资"], [1, "甲项目", "区住建局", 1.5]],
        {"甲项目": {"total": 150_000_000}},
        sheet="台账（亿元）",
    ),
    Odd(
        "the unit in a note below the table",
        [[TITLE], ["序号", "项目名称", "责任单位", "总投资"], [1, "甲项目", "区住建局", 1.5], ["注：金额单位：亿元。"]],
        {"甲项目": {"total": 150_000_000}},
    ),
    Odd(
        "亿元 in a group's title, 万元 in one below it",
        [[TITLE], ["序号", "项目名称", "投资（亿元）", ""], ["", "", "总投资", "2026年计划投资（万元）"], [1, "甲项目", 1.5, 3000]],
        {"甲项目": {"total": 150_000_000, "year_plan": 3000 * WAN}},
        ("A2:A3", "B2:B3", "C2:D2"),
    ),
    Odd(
        "units behind a stroke, in square brackets and bare",
        [[TITLE], ["序号", "项目名称", "总投资/亿元", "2026年计划投资【万元】", "今年以来完成投资 万元"], [1, "甲项目", 1.5, 3000, 1200]],
        {"甲项目": {"total": 150_000_000, "year_plan": 3000 * WAN, "invested_year": 1200 * WAN}},
    ),
    column("a sum as text with separators", "2026年度计划投资（万元）", "1,234.5", year_plan=12_345_000),
    column("a sum in full-width digits", "2026年度计划投资（万元）", "１２，３４５", year_plan=12_345 * WAN),
    column("a sum with its own unit", "2026年度计划投资（万元）", "约1.2亿元", year_plan=120_000_000),
    column("a sum with a remark in brackets", "2026年度计划投资（万元）", "3000（含设备）", year_plan=3000 * WAN),
    column("a sum that is a formula's text", "2026年度计划投资（万元）", "以批复为准", problems=1, year_plan=None),
    # --- times ------------------------------------------------------------------------------------------------------
    *(
        column(f"a time as {cell!r}", "计划竣工时间", cell, finish=day)
        for cell, day in (
            ("2026.3", date(2026, 3, 31)), ("2026年3月底前", date(2026, 3, 31)), ("一季度", date(2026, 3, 31)), ("2026年第三季度末", date(2026, 9, 30)),
            ("26年8月", date(2026, 8, 31)), ("2026/3/15", date(2026, 3, 15)), ("2026-03", date(2026, 3, 31)), ("202611", date(2026, 11, 30)),
            ("三月底", date(2026, 3, 31)), ("上半年", date(2026, 6, 30)), ("年底", date(2026, 12, 31)), ("明年6月", date(2027, 6, 30)),
            (datetime(2026, 5, 1), date(2026, 5, 31)), (datetime(2026, 5, 20), date(2026, 5, 20)), ("２０２６．５", date(2026, 5, 31)),
            ("2026年3-6月", date(2026, 6, 30)), ("6月30日前完成", date(2026, 6, 30)),
        )
    ),
    column("years as a span", "建设年限", "2024-2026", start=date(2024, 1, 1), finish=date(2026, 12, 31)),
    column("months as a span", "建设起止时间", "2025.3—2027.10", start=date(2025, 3, 31), finish=date(2027, 10, 31)),
    Odd(
        "a year in Chinese numerals",
        [["长泉区二〇二六年重点项目台账"], [*PLAIN, "计划竣工时间"], [1, "甲项目", "区住建局", 1000, "10月"]],
        {"甲项目": {"finish": date(2026, 10, 31)}},
    ),
    # --- persons ----------------------------------------------------------------------------------------------------
    *(column(f"a leader as {header}", header, "张三", **{"roles.总协调人": ["张三"]}) for header in LEADERS),
    column("two leaders and their titles in a cell", "包抓领导", "张三（副区长）、李四", **{"roles.总协调人": ["张三", "李四"]}),
    # --- other forms ------------------------------------------------------------------------------------------------
    Odd(
        "在建台账: seven steps, each a column of its own",
        [["长泉区2026年在建项目台账（单位：万元）"], ["序号", "项目名称", "业主单位", "总投资", "2026年计划投资", "1-7月已完成投资", *SEVEN],
         [1, "甲项目", "甲公司", 9000, 5000, 2000, "已完成", "2026.3", "2026年5月", "8月底前", "10月", "11月", "12月底"]],
        {"甲项目": {"invested_year": 2000 * WAN, "milestones": [
            (SEVEN[0], None), (SEVEN[1], date(2026, 3, 31)), (SEVEN[2], date(2026, 5, 31)), (SEVEN[3], date(2026, 8, 31)), (SEVEN[4], date(2026, 10, 31)),
            (SEVEN[5], date(2026, 11, 30)), (SEVEN[6], date(2026, 12, 31))]}},
    ),
    Odd(
        "在建台账: each step with its time and person, each month with plan and fact",
        [["长泉区2026年在建、新开工项目台账（单位：万元）"],
         ["项目名称", "总投资", "1-7月已完成", "主体封顶", "", "8月", "", "9月", ""],
         ["", "", "", "时间", "责任人", "计划完成投资额", "实际完成投资额", "计划完成投资额", "实际完成投资额"],
         ["甲项目", 9000, 2000, "2026.8", "张三", 300, 280, 400, 410]],
        {"甲项目": {"milestones": [("主体封顶", date(2026, 8, 31))], "month_plan": {8: 300 * WAN, 9: 400 * WAN}, "invested_year": 2690 * WAN,
                 "invested_as_of": date(2026, 9, 30)}},
        ("A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:G2", "H2:I2"),
        kind="under_way",
    ),
    Odd(
        "前期台账: thirteen steps of four columns each, one row a project",
        [["长泉区2026年项目前期工作台账"], ["序号", "项目名称", "业主单位", *(part for node in THIRTEEN for part in (node, "", "", ""))],
         ["", "", "", *(["完成时限", "完成进度", "责任单位", "责任人"] * 13)],
         [1, "甲项目", "甲公司", *["2026.4", "已完成（4.13批复）", "区发改局", "张三"] * 2, *["6月底前", "正在办理", "区自规局", "李四"] * 10, "", "不涉及", "", ""]],
        {"甲项目": {"milestones": [(node, date(2026, 4, 30) if at < 2 else date(2026, 6, 30)) for at, node in enumerate([*THIRTEEN[:2], "初设预审、概算", *THIRTEEN[3:12]])],
                 "milestones.0.responsible": "区发改局 张三", "milestones.0.done_on": date(2026, 4, 13)}},
        ("A2:A3", "B2:B3", "C2:C3", *(f"{first}2:{last}2" for first, last in (
            ("D", "G"), ("H", "K"), ("L", "O"), ("P", "S"), ("T", "W"), ("X", "AA"), ("AB", "AE"), ("AF", "AI"), ("AJ", "AM"), ("AN", "AQ"),
            ("AR", "AU"), ("AV", "AY"), ("AZ", "BC")))),
        kind="preparation",
    ),
    Odd(
        "旬报表: the sum of the 旬 and of the month",
        [["长泉区重点项目旬报表（2026年11月中旬）　计量单位：万元"], ["序号", "项目名称", "总投资", "月完成情况", "", "", "目前项目建设形象进度"],
         ["", "", "", "11月计划投资额", "中旬完成投资额", "至中旬完成投资额", ""], [1, "甲项目", 9000, 600, 200, 350, "主体三层"]],
        {"甲项目": {"invested_ten": 200 * WAN, "invested_month": 350 * WAN, "month_plan": {11: 600 * WAN}, "invested_as_of": date(2026, 11, 20)}},
        ("A2:A3", "B2:B3", "C2:C3", "D2:F2", "G2:G3"),
        kind="ten_days",
    ),
    Odd(
        "问题台账 with other words, its project's cell merged",
        [["长泉区2026年重点项目存在问题清单"], ["序号", "所属项目", "存在的主要问题", "问题类型", "牵头解决单位", "责任人", "反映时间", "计划解决时间", "进展情况", "是否解决"],
         [1, "甲项目", "用地预审未批", "土地手续", "区自规局", "张三", "2026.9.3", "11月底前", "正在组卷", "否"],
         [2, "", "临时用电未接入", "供电", "供电中心", "李四", "2026.9.3", "长期", "", "已解决"]],
        {},
        ("B3:B4",),
        kind="matters",
        matters=[
            {"project": "甲项目", "words": "用地预审未批", "category": "土地手续", "unit": "区自规局", "closed": False, "due": date(2026, 11, 30)},
            {"project": "甲项目", "words": "临时用电未接入", "category": "供电", "unit": "供电中心", "closed": True, "due": None},
        ],
    ),
)
# fmt: on
