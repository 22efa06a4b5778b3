"""What a ledger says, as plain values: nothing here knows Excel or the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bot.rules.words import Kind, Level, Post, Precision, Role, Term


class Reason(Term):
    """Why a cell or row could not be read as it stands."""

    NO_NAME = "no_name", "没有名称"
    MISSING = "missing", "没有填"
    NOT_A_NUMBER = "not_a_number", "不是数字"
    NEGATIVE = "negative", "不能是负数"
    TOO_LARGE = "too_large", "数字大得不合理"
    UNREAD_DATE = "unread_date", "时间看不懂"
    UNCLEAR_DATE = "unclear_date", "按数字存的时间，1月和10月分不清"
    UNKNOWN_WORD = "unknown_word", "不是可用的写法"
    NOT_A_NAME = "not_a_name", "不像姓名"
    NOT_ON_LIST = "not_on_list", "清单里没有这个项目，或已经是这样，或日期还没有到"
    SAME_PROJECT = "same_project", "同一个项目已经出现过"
    SAME_CODE = "same_code", "项目编号与另一个项目相同"
    SAME_PERSON = "same_person", "同一个人同一岗位已经出现过"
    PLAN_SUM = "plan_sum", "分月计划合计与年度计划不一致"
    NO_UNIT = "no_unit", "没有写金额单位，按万元读"
    NO_YEAR = "no_year", "没有写年份，按今年读"
    NO_BASE = "no_base", "没有上月底的累计数，当月完成数不能并入今年累计"
    NO_PROJECT = "no_project", "没有这个项目"
    NOT_YOURS = "not_yours", "不归您填报或调度"
    TEN_SUM = "ten_sum", "本旬完成与至本旬完成对不上"
    OTHER_PERIOD = "other_period", "不是本期的表"


class Refusal(Term):
    """Why a file could not be read at all."""

    NOT_FOUND = "not_found", "找不到这个文件"
    NOT_A_WORKBOOK = "not_a_workbook", "不是能读的 Excel 文件"
    EMPTY = "empty", "文件是空的，没有内容，请重新导出或另存再发"
    ENCRYPTED = "encrypted", "文件有密码，请去掉密码再发"
    TOO_LARGE = "too_large", "文件太大"
    TOO_MANY_ROWS = "too_many_rows", "行数太多"
    NO_TABLE = "no_table", "没有找到项目台账：没有带“项目名称”的表头"
    NO_YEAR = "no_year", "看不出是哪一年的台账，请写明年份"
    TIMEOUT = "timeout", "读取超时"
    CRASHED = "crashed", "读取失败，文件可能损坏"
    MACROS = "macros", "文件里有宏，请另存为不带宏的 .xlsx 再发"


class Skip(Term):
    """Why a row or sheet is rightly no project."""

    TOTAL = "total", "合计行"
    PART = "part", "子项，并在所属项目里"
    SECTION = "section", "分节行"
    REMARK = "remark", "注和填表人"
    HEADER = "header", "重复的表头"
    HIDDEN = "hidden", "隐藏的工作表"
    OTHER_SHEET = "other_sheet", "不是项目台账"
    MATTERS = "matters", "问题台账"
    OLDER = "older", "有更新一期的数据"


class FormKind(Term):
    """What a sheet is."""

    LEDGER = "ledger", "项目台账"
    TEN_DAYS = "ten_days", "旬报表"
    UNDER_WAY = "under_way", "在建台账"
    PREPARATION = "preparation", "前期工作台账"
    MATTERS = "matters", "问题台账"
    PEOPLE = "people", "人员"


class How(Term):
    """How it is known what a column holds."""

    WORDS = "words", "按表头认出"
    ALIKE = "alike", "表头相近，请核对"
    CHOSEN = "chosen", "您指定的"
    REMEMBERED = "remembered", "上次确认过"
    TWICE = "twice", "与另一列重复，不取"
    LEFT = "left", "算得出，不取"
    NO_PLACE = "no_place", "没有地方存，不取"
    UNKNOWN = "unknown", "没认出，不取"

    @property
    def unsure(self) -> bool:
        """Whether somebody should look at it."""
        return self in (How.ALIKE, How.UNKNOWN, How.TWICE)


class LedgerError(Exception):
    """A file that cannot be read at all. `facts`: what a sentence about it needs."""

    def __init__(self, reason: Refusal, facts: Mapping[str, str] | None = None) -> None:
        super().__init__(reason.value, dict(facts or {}))
        self.reason = reason
        self.facts = dict(facts or {})


@dataclass(frozen=True, slots=True)
class LedgerName:
    """A person as a cell names one: 马建华（区政协副主席）."""

    name: str
    title: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class LedgerDate:
    """A time as written; `day` is the last one that counts, None where the words cannot be read."""

    day: date | None
    precision: Precision | None
    words: str


@dataclass(frozen=True, slots=True)
class LedgerMilestone:
    """A 节点 with its limit, standard and responsible person (001: 定时限、定标准、定任务)."""

    name: str
    due: date | None
    due_words: str
    precision: Precision | None
    standard: str = ""
    responsible: str = ""
    done: bool = False
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class LedgerFigures:
    """What an older sheet of the same workbook tells of a project; money in 元."""

    as_of: date
    invested_year: int | None = None
    invested_month: int | None = None
    progress_words: str = ""
    row: str = ""
    invested_ten: int | None = None


@dataclass(frozen=True, slots=True)
class LedgerProject:
    """One row of the ledger. Money in 元, progress in percent; `row` as Excel numbers it."""

    sheet: str
    row: int
    name: str
    number: int | None = None
    code: str = ""
    level: Level | None = None
    kind: Kind | None = None
    category: str = ""
    chain: str = ""
    content: str = ""
    total: int | None = None
    invested_before: int | None = None
    year_plan: int | None = None
    month_plan: dict[int, int] = field(default_factory=dict)
    invested_year: int | None = None
    invested_month: int | None = None
    invested_ten: int | None = None
    earlier: tuple[LedgerFigures, ...] = ()
    invested_as_of: date | None = None
    progress_words: str = ""
    progress: Decimal | None = None
    milestones: tuple[LedgerMilestone, ...] = ()
    problems: tuple[str, ...] = ()
    problems_told: bool = True
    roles: dict[Role, tuple[LedgerName, ...]] = field(default_factory=dict)
    lead_unit: str = ""
    owner: str = ""
    contact_phone: str = ""
    town: str = ""
    start: LedgerDate | None = None
    finish: LedgerDate | None = None
    note: str = ""
    hidden: bool = False  # its row is not shown in the sheet


@dataclass(frozen=True, slots=True)
class LedgerPerson:
    """One row of the sheet 人员: a person, their unit and their posts there."""

    sheet: str
    row: int
    name: str
    unit: str
    title: str = ""
    phone: str = ""
    posts: tuple[Post, ...] = ()
    scope: str = ""  # 管辖单位: the unit whose tree the posts are about; the own unit where none is given


@dataclass(frozen=True, slots=True)
class LedgerMatter:
    """One row of a 问题台账. `id`: the number of a matter of ours (17-3), where the table has one."""

    sheet: str
    row: int
    project: str
    words: str
    id: str = ""
    category: str = ""
    unit: str = ""
    person: str = ""
    raised: LedgerDate | None = None
    due: LedgerDate | None = None
    answer: str = ""
    closed: bool = False
    note: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class LedgerColumn:
    """What a column was taken for. `column` counts from 0; `like`: what it would be, where it is not taken; `example`: its first value."""

    column: int
    letter: str
    header: str
    key: str
    how: How
    like: str = ""
    example: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class LedgerForm:
    """A table and its columns. `fingerprint`: the same for every issue of one form, whatever its year and month."""

    sheet: str
    kind: FormKind
    fingerprint: str
    columns: tuple[LedgerColumn, ...] = ()


Columns = Mapping[str, Mapping[int, str]]
"""fingerprint of a form -> column -> what it holds."""


@dataclass(frozen=True)
class Asked:
    """How a workbook is to be read. `year`: whatever the workbook says; `this_year`: where it says nothing; `name`: what it is called."""

    year: int | None = None
    this_year: int | None = None
    name: str = ""
    remembered: Columns = field(default_factory=dict)
    chosen: Columns = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A cell (or, when fatal, a whole row) that could not be read. `column`: Excel's letter; both empty for a row."""

    sheet: str
    row: int
    column: str
    header: str
    value: str
    reason: Reason
    facts: dict[str, str] = field(default_factory=dict)
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row (or, with row None, a sheet) left out because it is no project."""

    sheet: str
    row: int | None
    words: str
    reason: Skip


@dataclass(frozen=True, slots=True)
class LedgerListChange:
    """One row of a 清单调整表. kind: added, removed, renamed, restored; day: None where none is given."""

    sheet: str
    row: int
    kind: str
    name: str
    new_name: str = ""
    code: str = ""
    basis: str = ""
    reason: str = ""
    day: date | None = None
    owner: str = ""
    town: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """A workbook, read. `as_of`: the newest day its figures stand for."""

    title: str
    year: int
    as_of: date | None
    projects: tuple[LedgerProject, ...]
    people: tuple[LedgerPerson, ...]
    problems: tuple[RowProblem, ...]
    skipped: tuple[Skipped, ...]
    matters: tuple[LedgerMatter, ...] = ()
    forms: tuple[LedgerForm, ...] = ()
    changes: tuple[LedgerListChange, ...] = ()

    @property
    def each_form(self) -> tuple[LedgerForm, ...]:
        """Its forms, each once, in the order of the sheets: several sheets may be issues of one."""
        return tuple({form.fingerprint: form for form in reversed(self.forms) if form.fingerprint}.values())[::-1]

    @property
    def ten_days(self) -> bool:
        """Whether it is a 旬报表 and nothing else."""
        kinds = {form.kind for form in self.forms}
        return kinds == {FormKind.TEN_DAYS}
