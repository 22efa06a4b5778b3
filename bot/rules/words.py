"""The vocabulary: each English word of the code beside the Chinese word people say, once."""

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A word of the code that carries its Chinese term: `Light.RED == "red"`, `Light.RED.zh == "红灯"`."""

    zh: str

    def __new__(cls, value: str, zh: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        return member

    @classmethod
    def of(cls, text: str) -> Self | None:
        """The member whose code or Chinese term is `text`; None where there is none."""
        return next((member for member in cls if text in (member.value, member.zh)), None)


class Light(Term):
    GREEN = "green", "绿灯"
    YELLOW = "yellow", "黄灯"
    RED = "red", "红灯"


class Level(Term):
    PROVINCE = "province", "省"
    CITY = "city", "市"
    DISTRICT = "district", "区"


class Kind(Term):
    NEW = "new", "新建"
    CONTINUED = "continued", "续建"
    RESERVE = "reserve", "谋划储备"


class Stage(Term):
    """The life of a project (DOMAIN S9), in its order, and the two turns within it: 停工, 复工."""

    RESERVE = "reserve", "谋划储备"
    SIGNED = "signed", "签约落地"
    STARTED = "started", "开工"
    BUILDING = "building", "建设"
    COMPLETED = "completed", "竣工"
    IN_PRODUCTION = "in_production", "投产"
    AT_CAPACITY = "at_capacity", "达效"
    STOPPED = "stopped", "停工"
    RESUMED = "resumed", "复工"

    @property
    def turn(self) -> bool:
        """停工 and 复工 leave a project in the stage it is in."""
        return self in (Stage.STOPPED, Stage.RESUMED)


class Role(Term):
    """A person's part in one project (001: 项目包挂机制), and who types for it."""

    GENERAL_COORDINATOR = "general_coordinator", "总协调人"
    GENERAL_DISPATCHER = "general_dispatcher", "总调度人"
    COORDINATOR = "coordinator", "协调责任人"
    DISPATCH_OFFICIAL = "dispatch_official", "调度责任人"
    REPORTER = "reporter", "填报联络员"
    OWNER_CONTACT = "owner_contact", "业主联系人"


class Post(Term):
    """A person's place in one unit."""

    DISPATCHER = "dispatcher", "调度员"
    LEADER = "leader", "领导"
    HEAD = "head", "主要负责人"
    DEPUTY_HEAD = "deputy_head", "分管负责人"
    INTAKE = "intake", "收件口"
    SUPERVISOR = "supervisor", "督查"
    LIAISON = "liaison", "联络员"
    ADMINISTRATOR = "administrator", "管理员"
    AUDITOR = "auditor", "审计"


class Category(Term):
    """What holds a project back (002, 003: 要素保障; DOMAIN S13)."""

    LAND = "land", "用地"
    MONEY = "money", "资金"
    APPROVAL = "approval", "审批"
    EXPROPRIATION = "expropriation", "征拆"
    UTILITIES = "utilities", "要素"
    ROAD = "road", "路"
    WATER = "water", "水"
    POWER = "power", "电"
    NETWORK = "network", "网"
    GAS = "gas", "气"
    HEAT = "heat", "热"
    LABOUR = "labour", "用工"
    SURROUNDINGS = "surroundings", "施工环境"
    OWNER = "owner", "企业自身"
    OTHER = "other", "其他"

    @property
    def utility(self) -> bool:
        """One of 路水电网气热, which are chosen below 要素."""
        return self in UTILITIES


UTILITIES = (Category.ROAD, Category.WATER, Category.POWER, Category.NETWORK, Category.GAS, Category.HEAT)


class Urgency(Term):
    ORDINARY = "ordinary", "一般"
    URGENT = "urgent", "紧急"


class MatterState(Term):
    """Where a matter stands; all but the last are open."""

    UNSIGNED = "unsigned", "待签收"
    HANDLING = "handling", "办理中"
    PROMISED = "promised", "已首次答复"
    REFERRED = "referred", "报上级待批"
    SUSPENDED = "suspended", "中止"
    ANSWERED = "answered", "待核实"
    DISPUTED = "disputed", "待调度裁定"
    CLOSED = "closed", "已销号"

    @property
    def open(self) -> bool:
        return self is not MatterState.CLOSED

    @property
    def working(self) -> bool:
        """Somebody has it and their clock runs."""
        return self in (MatterState.UNSIGNED, MatterState.HANDLING, MatterState.PROMISED)


class Origin(Term):
    """Where a matter comes from."""

    BLOCKER = "blocker", "问题"
    DIRECTIVE = "directive", "交办"
    MEETING = "meeting", "会议议定"
    INSPECTION = "inspection", "督查发现"

    @property
    def ordered(self) -> bool:
        """It came from above, or from outside the line: who gave it decides on its dates."""
        return self is not Origin.BLOCKER


class Way(Term):
    """How an order was given that somebody else recorded (代录)."""

    CHAT = "chat", "本人交办"
    TELEPHONE = "telephone", "电话"
    MEETING = "meeting", "会议"
    PAPER = "paper", "书面"


class FastLane(Term):
    """特事特办 (001: 重大问题和紧急情况): asked for, granted, refused; NONE where nobody has asked."""

    NONE = "none", "未申请"
    ASKED = "asked", "已申请特办"
    GRANTED = "granted", "特办"
    REFUSED = "refused", "未同意特办"


class Result(Term):
    """What an answer to a matter claims."""

    SOLVED = "solved", "已解决"
    PARTLY = "partly", "部分解决"
    CONDITIONS = "conditions", "条件不具备"
    EXPLAINED = "explained", "解释说明"


class Rung(Term):
    """The steps of the ladder (001: 分级负责、逐层解决), lowest first."""

    SECTION = "section", "承办科室"
    DEPUTY_HEAD = "deputy_head", "分管负责人"
    HEAD = "head", "主要负责人"
    GENERAL_DISPATCHER = "general_dispatcher", "总调度人"
    GENERAL_COORDINATOR = "general_coordinator", "总协调人"
    MEETING = "meeting", "专题会"
    LEVEL_ABOVE = "level_above", "提请上一级"

    @property
    def district_leader(self) -> bool:
        return self in (Rung.GENERAL_DISPATCHER, Rung.GENERAL_COORDINATOR)

    @property
    def office(self) -> bool:
        """Rungs on which the dispatcher's office carries the matter to others: to a meeting, to the level above."""
        return self in (Rung.MEETING, Rung.LEVEL_ABOVE)


class Cadence(Term):
    """How often a project reports (002: 旬汇报)."""

    MONTHLY = "monthly", "月报"
    TEN_DAYS = "ten_days", "旬报"
    WEEKLY = "weekly", "周报"


class PeriodKind(Term):
    """期次: what figures are closed and published for."""

    TEN_DAYS = "ten_days", "旬"
    MONTH = "month", "月"


class Source(Term):
    """How a report came in."""

    CHAT = "chat", "本人填报"
    ON_PLAN = "on_plan", "按计划推进"
    PROXY = "proxy", "代填"
    IMPORT = "import", "台账导入"
    INSPECTION = "inspection", "抽查"


class ReportState(Term):
    COUNTS = "counts", "已生效"
    REVIEW = "review", "待单位审核"
    RETURNED = "returned", "退回"


class MessageClass(Term):
    """How urgent a message of the outbox is (law 7)."""

    ANSWER = "answer", "答复"
    HAND = "hand", "交办"
    NUDGE = "nudge", "提醒"
    URGENT = "urgent", "紧急"
    SUMMARY = "summary", "综述"


class Precision(Term):
    """How exactly a date was written."""

    DAY = "day", "日"
    MONTH = "month", "月"
    QUARTER = "quarter", "季"
    HALF = "half", "半年"
    YEAR = "year", "年"
