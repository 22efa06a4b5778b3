"""Makes bot/data/ledger_demo.xlsx, the ledger of the demonstration: a district that does not exist, with people who do not exist.

Run `python docs/make_demo_ledger.py [FILE.xlsx]`; the same file comes out each time. The projects stand in
docs/demo_projects.tsv; people, telephone numbers, limits and figures are drawn from a fixed seed. Plan year 2026, as of 31 October.
"""

import csv
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).parent
TARGET = HERE.parent / "bot" / "data" / "ledger_demo.xlsx"
DISTRICT, OFFICE = "长泉区", "区重点项目建设服务中心"
AS_OF = date(2026, 10, 31)
MARK = "演示数据：区名、单位、人员、电话、项目、金额、进度均为虚构"
CHANCE = random.Random(2026)

SURNAMES = list(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN_NAMES = """
伟 静 敏 磊 洋 勇 艳 娟 涛 明 超 兰 霞 平 刚 桂英 文博 晓东 建国 海燕
志强 春梅 玉兰 永刚 立新 红霞 国栋 思远 雅琴 景行 若水 清源 云鹏 长河 书琴 佳宁 德胜 凤英 怀远 天佑
秀珍 子涵 家豪 雨桐 致远 守信 明轩 成林 晓波 振华 学文 宏图 庆余 丽华 新民 卫东 少华 亚楠 俊杰 欣怡
"""
GIVEN = GIVEN_NAMES.split()

COORDINATORS = [
    "区委副书记、区长",
    "区委常委、常务副区长",
    "区委常委、组织部部长",
    "区人大常委会副主任",
    "区政协副主席",
]
DISPATCHERS = ["区委常委、副区长", "副区长", "副区长", "区政府党组成员"]
RESOURCES = ["区自然资源局", "市生态环境局长泉分局", "供电中心", "区行政审批服务局", "区财政局", "区征地拆迁服务中心", "区人力资源和社会保障局", "区公安分局"]  # fmt: skip

# name of the step, standard, what is said while it is under way
STEPS: dict[str, list[tuple[str, str, str]]] = {
    "厂房": [
        ("取得施工许可证", "核发建筑工程施工许可证", "正在办理施工许可，场地平整完成"),
        ("桩基施工完成", "桩基检测合格", "施工单位已进场，桩基施工完成65%"),
        ("主体结构封顶", "主要生产车间主体封顶、屋面断水", "1#车间主体封顶，2#车间钢结构安装40%"),
        ("设备进场安装", "主要生产设备到场就位80%以上", "车间主体完工，地坪、消防管道施工，设备陆续进场"),
        ("设备联调、试生产", "全流程打通，产出合格样品", "4条生产线设备安装完成，正在单机调试"),
        ("竣工验收并投产", "取得竣工验收备案手续，正式投产", "已进入试生产阶段，室外管网及道路收尾"),
    ],
    "房建": [
        ("基础工程完成", "正负零以下结构全部完成并通过验收", "土方开挖完成，基础垫层施工"),
        ("主体结构封顶", "单体楼栋全部封顶", "基础完成，主体施工至5层"),
        ("二次结构及外立面完成", "砌体、外墙保温及幕墙完成", "主体全部封顶，二次结构完成45%"),
        ("室内装修及机电安装完成", "精装修及机电系统单机调试完成", "外墙完成65%，室内装修、机电安装同步推进"),
        ("室外工程完成", "道路、管网、绿化完成", "室外管网及绿化施工，设备采购到位80%"),
        ("竣工验收交付", "通过竣工验收并移交", "专项验收准备"),
    ],
    "道路": [
        ("完成征地拆迁", "红线内附着物清表、净地移交施工单位", "清表完成70%"),
        ("路基贯通", "全线路基成型并验收", "路基填筑已展开，箱梁预制完成30%"),
        ("桥涵主体完成", "桥梁上部结构架设完成", "桥梁下部结构完成，水稳基层完成4公里"),
        ("沥青面层摊铺完成", "中、上面层摊铺完成", "沥青下面层摊铺12公里，交安设施同步施工"),
        ("交工验收通车", "通过交工验收并开放交通", "标线及绿化收尾"),
    ],
    "管网": [
        ("施工单位进场", "施工、监理单位进场，临建搭设完成", "正在组织招标"),
        ("管网敷设过半", "主管线敷设完成50%", "管网累计敷设18公里"),
        ("构筑物主体完成", "池体、泵房主体完成并满水试验", "管网累计敷设31公里，构筑物主体施工"),
        ("设备安装及通水调试", "设备单机调试合格，具备通水条件", "主体工程完成，设备陆续到场"),
        ("竣工验收投用", "通过验收并投入运行", "路面及绿化恢复"),
    ],
    "电力": [
        ("土建施工完成", "主控楼及构支架基础完成", "场平完成，主控楼基础施工"),
        ("主变及电气设备安装", "主变就位、一次设备安装完成", "主控楼封顶，主变基础完成"),
        ("线路架设贯通", "铁塔组立、导线架设完成", "主变就位，一次设备安装85%，导线架设15公里"),
        ("启动送电", "通过启动验收并带电运行", "分系统调试"),
    ],
    "农业": [
        ("完成施工招标", "中标通知书发放、合同签订", "实施方案已批复，正在招标"),
        ("水电路配套完成", "水、电、路接入到位", "水电管网铺设，5处生产设施基础施工"),
        ("生产设施主体完成", "棚室、车间等主体工程完成", "生产设施主体完成55%"),
        ("设备安装调试", "生产设备安装、调试完成", "设备安装90%，首批种苗已定植"),
        ("建成投用", "通过验收并投产", "验收资料整理"),
    ],
    "更新": [
        ("征收签约完成", "签约率达到95%以上", "剩余23户未签约"),
        ("桩基施工完成", "桩基检测合格", "土方开挖完成45%，5栋楼桩基施工"),
        ("完成工程量50%", "楼栋及管线施工过半", "拆除完成85%，5栋楼桩基施工"),
        ("完成工程量80%", "累计完成工程量80%并通过质量抽检", "6个片区同步施工"),
        ("主体结构全部封顶", "全部楼栋封顶", "二次结构完成70%"),
        ("竣工交付", "通过竣工验收并交付", "室外配套施工"),
    ],
    "前期": [
        ("可行性研究报告批复", "取得批复文件", "可研报告已上报"),
        ("规划选址与用地预审", "取得用地预审与选址意见书", "可研已批复，正在办理用地预审"),
        ("初步设计及概算批复", "取得批复文件", "用地预审已办结，初步设计编制中"),
        ("完成施工招标", "中标通知书发放", "初步设计已批复，正在编制招标文件"),
        ("取得施工许可证", "核发建筑工程施工许可证", "施工图审查"),
    ],
}
MONTH_WEIGHTS = [2, 2, 6, 8, 10, 11, 10, 10, 12, 12, 10, 7]
SOON = [date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 4)]  # fmt: skip
LATER = [date(2026, 12, 10), date(2026, 12, 15), date(2026, 12, 18), date(2026, 12, 25), date(2026, 12, 31)]
MISSED = [date(2026, 9, 20), date(2026, 9, 30), date(2026, 10, 15), date(2026, 10, 25)]
JUST_MISSED = [date(2026, 11, 13), date(2026, 11, 20)]


@dataclass
class Person:
    name: str
    unit: str
    title: str
    post: str
    phone: str


@dataclass
class Cast:
    """Everybody in the demonstration; nobody twice, but for one name that two people bear."""

    used: set[str] = field(default_factory=set)
    people: list[Person] = field(default_factory=list)

    def name(self) -> str:
        while (name := CHANCE.choice(SURNAMES) + CHANCE.choice(GIVEN)) in self.used:
            pass
        self.used.add(name)
        return name

    def phone(self) -> str:
        while (number := f"138000{CHANCE.randrange(100_000):05d}") in self.used:
            pass
        self.used.add(number)
        return number

    def add(self, unit: str, title: str, post: str, name: str = "") -> Person:
        person = Person(name or self.name(), unit, title, post, self.phone())
        self.people.append(person)
        return person

    def of(self, unit: str, post: str) -> list[Person]:
        return [person for person in self.people if person.unit == unit and person.post == post]


def cast(units: list[str]) -> Cast:
    """Leaders, the office, supervisor, auditor, and head, deputy heads and intake of every unit."""
    found = Cast()
    namesake = "王建军"
    found.used.add(namesake)
    for title in COORDINATORS + DISPATCHERS:
        found.add(DISTRICT, title, "领导")
    for title, post in (
        ("主任", "主要负责人"),
        ("副主任", "分管负责人"),
        ("调度科科长", "调度员"),
        ("调度科科员", "调度员"),
        ("信息科科员", "管理员"),
    ):
        found.add(OFFICE, title, post)
    found.add("区委区政府督查室", "督查专员", "督查")
    found.add("区审计局", "投资审计科科长", "审计")
    for unit in units:
        chief = "主任" if unit.endswith(("中心", "管委会")) else "局长"
        found.add(unit, chief, "主要负责人")
        found.add(unit, f"副{chief}", "分管负责人", namesake if unit == "区农业农村局" else "")
        if unit not in RESOURCES:
            found.add(unit, f"副{chief}", "分管负责人")
        found.add(unit, "办公室主任", "收件口", namesake if unit == "供电中心" else "")
    return found


def read_projects() -> list[dict[str, str]]:
    with (HERE / "demo_projects.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def months(project: dict[str, str]) -> list[int]:
    """The year's plan by month, 万元: an S-curve from the month of the start to that of the finish, whole tens, adding up."""
    plan = int(project["年度计划"] or 0)
    start = re.search(r"2026[.年](\d+)", project["计划开工"])
    first = int(start[1]) if start else 1
    last = 11 if "2026年11月" in project["计划竣工"] else 12
    weights = [weight if first <= month <= last else 0 for month, weight in enumerate(MONTH_WEIGHTS, 1)]
    amounts = [plan * weight // sum(weights) // 10 * 10 for weight in weights]
    amounts[8] += plan - sum(amounts)
    return amounts


def written(day: date, turn: int) -> str | date:
    """A limit in one of the ways in which ledgers write it; days of the next fortnight exactly."""
    last = (day + timedelta(days=1)).month != day.month
    exact = [
        day,
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.month}月{day.day}日前",
        f"{day.year}.{day.month}.{day.day}",
    ]
    rough = [
        f"{day.year}年{day.month}月底前",
        f"{day.year}.{day.month}",
        f"{day.year}年{day.month}月",
        f"{day.year}-{day.month:02d}",
    ]
    ways = rough if last and day not in SOON else exact
    return ways[turn % len(ways)]


@dataclass
class Row:
    """A project with what was drawn for it."""

    number: int
    told: dict[str, str]
    months: list[int]
    done: int | None
    progress: str
    milestones: list[tuple[str, str | date, str, str, str | date]]
    people: dict[str, str]


def draw(number: int, told: dict[str, str], everybody: Cast) -> Row:
    """Figures, milestones and people of one project."""
    amounts, pace = months(told), float(told["快慢"] or 1)
    done = round(sum(amounts[:10]) * pace / 10) * 10 if told["年度计划"] else None
    step = STEPS[told["工序"]][int(told["步"]) - 1]
    share = round(100 * (int(told["上年底累计"] or 0) + (done or 0)) / int(told["总投资"]))
    progress = step[2] if told["性质"] == "谋划储备" else f"总体进度{share}%，{step[2]}"
    people = responsible(number, told["责任单位"], everybody)
    return Row(number, told, amounts, done, progress, list(milestones(number, told, pace, people)), people)


def responsible(number: int, unit: str, everybody: Cast) -> dict[str, str]:
    leaders = everybody.of(DISTRICT, "领导")
    coordinator = leaders[number % len(COORDINATORS)]
    dispatcher = leaders[len(COORDINATORS) + number * 7 % len(DISPATCHERS)]
    deputies = everybody.of(unit, "分管负责人")
    deputy = deputies[number % len(deputies)]
    return {
        "总协调人": coordinator.name + (f"（{coordinator.title}）" if number % 11 == 0 else ""),
        "总调度人": "" if number == 29 else dispatcher.name,
        "协调责任人": everybody.of(unit, "主要负责人")[0].name,
        "调度责任人": "、".join(person.name for person in deputies) if number == 24 else deputy.name,
        "业主联系人": everybody.name(),
        "联系电话": everybody.phone(),
    }


def milestones(
    number: int, told: dict[str, str], pace: float, people: dict[str, str]
) -> Iterator[tuple[str, str | date, str, str, str | date]]:
    """The step done last, the one under way and the next two, with limits between September 2026 and March 2027."""
    steps, at = STEPS[told["工序"]], int(told["步"]) - 1
    if at:
        day = date(2026, 9, 8) + timedelta(days=number * 7 % 50)
        finished = day - timedelta(days=number % 6)
        says = [f"已完成（{finished.month}.{finished.day}）", "已完成", finished][number % 3]
        yield *steps[at - 1][:1], written(day, number), steps[at - 1][1], people["调度责任人"].split("、")[0], says
    if pace < 0.7:
        due = MISSED[number % 4]
    elif pace < 0.83:
        due = JUST_MISSED[number % 2]
    else:
        due = (SOON + LATER)[number * 5 % 12]
    early = pace >= 1.06 and due >= date(2026, 11, 25)
    says = "已完成（10.28）" if early else "未完成" if pace < 0.9 else ""
    yield steps[at][0], written(due, number // 2), steps[at][1], people["业主联系人"], says
    for later, day in zip(steps[at + 1 : at + 3], (date(2027, 1, 31), date(2027, 3, 31)), strict=False):
        yield later[0], written(day, number), later[1], people["调度责任人"].split("、")[0], ""


# --- the sheets ---------------------------------------------------------------------------------------------------

SINGLE = ["序号", "项目编号", "项目名称", "项目级别", "项目性质", "项目分类", "产业链", "建设内容及规模", "总投资（万元）", "至2025年底累计完成投资（万元）", "2026年度计划投资（万元）"]  # fmt: skip
PARTS = ["节点名称", "完成时限", "完成标准", "责任人", "完成情况"]
GROUPS: list[tuple[str, list[str]]] = [
    *((title, []) for title in SINGLE),
    ("2026年分月投资计划（万元）", [f"{month}月" for month in range(1, 13)]),
    *((title, []) for title in ("1—10月累计完成投资（万元）", "占年度计划（%）", "形象进度（截至10月31日）")),
    *((f"关键节点{number}", PARTS) for number in "一二三四"),
    ("存在问题", []),
    ("包挂责任人", ["总协调人", "总调度人", "协调责任人", "调度责任人"]),
    *((title, []) for title in ("责任单位", "业主单位", "业主联系人", "联系电话")),
    ("填报联络员", ["A角", "A角电话", "B角", "B角电话"]),
    ("属地镇街", []),
    ("计划建设起止时间", ["计划开工", "计划竣工"]),
    ("备注", []),
]
WIDTH = sum(max(1, len(parts)) for _, parts in GROUPS)
FIGURES = range(8, 24)  # total investment to the cumulated one


class Book:
    """The workbook being written, with its few formats."""

    def __init__(self, target: Path) -> None:
        self.book = xlsxwriter.Workbook(str(target))
        self.book.set_properties(
            {
                "title": f"{DISTRICT}2026年重点项目调度台账（演示数据）",
                "created": datetime.combine(date(2026, 11, 2), time()),
            }
        )
        plain = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
        cell = plain | {"border": 1, "text_wrap": True}
        self.title = self.book.add_format(plain | {"font_size": 18, "bold": True, "align": "center"})
        self.line = self.book.add_format(plain)
        self.head = self.book.add_format(cell | {"bold": True, "align": "center", "bg_color": "#D9E2F3"})
        self.cell = self.book.add_format(cell)
        self.bold = self.book.add_format(cell | {"bold": True})
        self.day = self.book.add_format(cell | {"num_format": 'yyyy"年"m"月"d"日"'})

    def put(self, sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object) -> None:
        if isinstance(value, date):
            sheet.write_datetime(row, column, datetime.combine(value, time()), self.day)
        elif isinstance(value, (int, float)):
            sheet.write_number(row, column, value, self.cell)
        elif value:
            sheet.write_string(row, column, str(value), self.cell)
        else:
            sheet.write_blank(row, column, None, self.cell)


def write_header(book: Book, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.merge_range(0, 0, 0, WIDTH - 1, f"{DISTRICT}2026年重点项目调度台账（演示数据）", book.title)
    told = f"填报单位：{OFFICE}        填报时间：2026年11月2日        单位：万元        （{MARK}）"
    sheet.merge_range(1, 0, 1, WIDTH - 1, told, book.line)
    column = 0
    for title, parts in GROUPS:
        if not parts:
            sheet.merge_range(2, column, 3, column, title, book.head)
            column += 1
            continue
        sheet.merge_range(2, column, 2, column + len(parts) - 1, title, book.head)
        for part in parts:
            sheet.write_string(3, column, part, book.head)
            column += 1


def values(row: Row, reporters: dict[str, list[tuple[str, str]]], code: str) -> list[object]:
    """The cells of a project, from left to right."""
    told, unit = row.told, row.told["责任单位"]
    (first, phone), (second, other) = reporters[unit]
    figures = [int(told[key]) if told[key] else "" for key in ("总投资", "上年底累计", "年度计划")]
    share = round(100 * row.done / int(told["年度计划"]), 1) if row.done is not None else ""
    nodes = [cell for milestone in row.milestones for cell in milestone]
    note = (
        "1月29日春季集中开工"
        if "1月29日" in told["计划开工"]
        else "年内竣工"
        if told["计划竣工"].startswith("2026")
        else ""
    )
    return [
        row.number, code, told["项目名称"], told["级别"], told["性质"], told["分类"], told["产业链"], told["建设内容及规模"], *figures,
        *(amount or "" for amount in row.months), "" if row.done is None else row.done, share, row.progress,
        *nodes, *[""] * (20 - len(nodes)), told["存在问题"],
        *(row.people[key] for key in ("总协调人", "总调度人", "协调责任人", "调度责任人")), unit, told["业主单位"],
        row.people["业主联系人"], row.people["联系电话"], first, phone, *((second, other) if row.number % 3 else ("", "")),
        told["属地"], told["计划开工"], told["计划竣工"], note,
    ]  # fmt: skip


def write_sums(book: Book, sheet: xlsxwriter.worksheet.Worksheet, at: int, rows: list[Row], formula: str) -> None:
    """The sums of a section or of all; `formula` has a place for the column's letter."""
    for column in range(3, WIDTH):
        sheet.write_blank(at, column, None, book.bold)
    sums = [sum(int(row.told[key] or 0) for row in rows) for key in ("总投资", "上年底累计", "年度计划")]
    sums += [sum(row.months[month] for row in rows) for month in range(12)] + [sum(row.done or 0 for row in rows)]
    for column, amount in zip(FIGURES, sums, strict=True):
        sheet.write_formula(
            at, column, formula.format(column=xlsxwriter.utility.xl_col_to_name(column)), book.bold, amount
        )


def write_ledger(book: Book, rows: list[Row], everybody: Cast) -> None:
    sheet = book.book.add_worksheet("重点项目台账")
    write_header(book, sheet)
    units = dict.fromkeys(row.told["责任单位"] for row in rows)
    reporters = {unit: [(everybody.name(), everybody.phone()) for _ in range(2)] for unit in units}
    at, sections = 5, []
    for numeral, (kind, group) in zip("一二三", groupby(rows, lambda row: row.told["性质"]), strict=True):
        listed = list(group)
        head = at
        at += 1
        for small, (category, part) in zip(
            "一二三四五六七八", groupby(listed, lambda row: row.told["分类"]), strict=False
        ):
            some = list(part)
            sheet.merge_range(at, 0, at, WIDTH - 1, f"（{small}）{category}类（{len(some)}个）", book.bold)
            for at, row in enumerate(some, at + 1):  # noqa: B020
                code = (
                    ""
                    if row.number % 9 == 4
                    else f"{row.told['计划开工'][2:4]}{row.number % 12 + 1:02d}-990113-04-01-{CHANCE.randrange(10**6):06d}"
                )
                for column, value in enumerate(values(row, reporters, code)):
                    book.put(sheet, at, column, value)
            at += 1
        sheet.merge_range(head, 0, head, 2, f"{numeral}、{kind}项目（{len(listed)}个）", book.bold)
        write_sums(book, sheet, head, listed, f"=SUM({{column}}{head + 2}:{{column}}{at})")
        sections.append(head + 1)
    sheet.merge_range(4, 0, 4, 1, "合计", book.bold)
    sheet.write_string(4, 2, f"{len(rows)}个项目", book.bold)
    write_sums(book, sheet, 4, rows, "=" + "+".join(f"{{column}}{row}" for row in sections))
    write_foot(book, sheet, at, everybody)


def write_foot(book: Book, sheet: xlsxwriter.worksheet.Worksheet, at: int, everybody: Cast) -> None:
    notes = [
        f"注：1.{MARK}。",
        "    2.总协调人、总调度人由区级领导担任，协调责任人为责任单位主要负责人，调度责任人为责任单位分管负责人。",
        "    3.“占年度计划”为1—10月累计完成投资占2026年度计划投资比例。",
        f"填表人：{everybody.of(OFFICE, '调度员')[1].name}    审核人：{everybody.of(OFFICE, '分管负责人')[0].name}",
    ]
    for row, note in enumerate(notes, at):
        sheet.merge_range(row, 0, row, WIDTH - 1, note, book.line)
    sheet.freeze_panes(4, 3)
    sheet.set_column(0, WIDTH - 1, 11)
    sheet.set_column(1, 1, 24)
    sheet.set_column(2, 2, 34)
    sheet.set_column(7, 7, 40)
    sheet.set_column(25, 25, 36)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.repeat_rows(2, 3)


def write_people(book: Book, everybody: Cast) -> None:
    sheet = book.book.add_worksheet("人员")
    sheet.merge_range(0, 0, 0, 6, f"{DISTRICT}重点项目调度人员表（演示数据）", book.title)
    for column, title in enumerate(("序号", "姓名", "单位", "职务", "电话", "岗位", "管辖单位")):
        sheet.write_string(1, column, title, book.head)
    whole = {"领导", "调度员", "督查", "管理员", "审计"}
    for number, person in enumerate(everybody.people, 1):
        scope = DISTRICT if person.post in whole else person.unit
        for column, value in enumerate(
            (number, person.name, person.unit, person.title, person.phone, person.post, scope)
        ):
            book.put(sheet, number + 1, column, value)
    sheet.set_column(1, 6, 18)
    sheet.set_column(2, 2, 30)


def write_help(book: Book) -> None:
    sheet = book.book.add_worksheet("填表说明")
    lines = [
        "填表说明（演示数据）",
        "1.本台账按“一项目一行”填写，每月2日前更新上月数据。",
        "2.投资额单位为万元，保留整数；分月计划合计应等于年度计划投资。",
        "3.关键节点的完成情况填“已完成”“未完成”或完成日期。",
        "4.存在问题逐条填写，几条之间用分号隔开。",
        "5.“人员”表填写调度员、区领导、各单位主要负责人、分管负责人和收件口；填报联络员填在台账里。",
    ]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, book.line)
    sheet.set_column(0, 0, 90)


def main(target: Path) -> None:
    projects = read_projects()
    units = list(dict.fromkeys([*(project["责任单位"] for project in projects), *RESOURCES]))
    everybody = cast(units)
    rows = [draw(number, told, everybody) for number, told in enumerate(projects, 1)]
    book = Book(target)
    write_ledger(book, rows, everybody)
    write_people(book, everybody)
    write_help(book)
    book.book.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
