"""Every table on one page. Ids are made in code (`storage.db.Ids`), times are UTC, money is whole 元, percent a decimal."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.rules.words import (
    Cadence,
    Category,
    FastLane,
    Kind,
    Level,
    Light,
    MatterState,
    MessageClass,
    Origin,
    PeriodKind,
    Post,
    Precision,
    ReportState,
    Result,
    Role,
    Source,
    Stage,
    Term,
    Urgency,
    Way,
)

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def empty_list() -> list[Any]:
    """Not `list` itself: pydantic reads a factory's signature for each row it makes, and that of a built-in takes it 200 µs."""
    return []


def empty_dict() -> dict[str, Any]:
    """Likewise."""
    return {}


class Percent(sa.types.TypeDecorator[Decimal]):
    """A percentage with two places, kept as whole hundredths."""

    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else int((value * 100).to_integral_value())

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / 100


def term(kind: type[Term]) -> sa.Enum:
    """A column of one vocabulary: its code words as text, checked by the database."""
    return sa.Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        length=24,
        name=kind.__name__.lower(),
    )


# --- people ---------------------------------------------------------------------------------------------------------


class Unit(SQLModel, table=True):
    """单位: a tree; a district is a unit."""

    __tablename__ = "unit"
    id: int = Field(primary_key=True)
    name: str = Field(unique=True)
    parent: int | None = Field(default=None, foreign_key="unit.id", index=True)


class Person(SQLModel, table=True):
    """人员. `nudge_minute`: minutes after midnight at which the day's bundle comes; None: the policy's hour."""

    __tablename__ = "person"
    id: int = Field(primary_key=True)
    name: str = Field(index=True)
    unit: int | None = Field(default=None, foreign_key="unit.id", index=True)
    title: str = ""
    phone: str = ""
    locale: str = ""
    nudge_minute: int | None = None
    quiet_until: date | None = None
    active: bool = True
    created_at: datetime


class Account(SQLModel, table=True):
    """账号: a person at one channel. `unreachable`: why the last message could not be delivered."""

    __tablename__ = "account"
    __table_args__ = (sa.UniqueConstraint("channel", "identity"),)
    id: int = Field(primary_key=True)
    person: int = Field(foreign_key="person.id", index=True)
    channel: str
    identity: str
    chat: str
    name: str = ""
    bound_at: datetime
    used_at: datetime
    unreachable: str = ""
    active: bool = True


class PostHeld(SQLModel, table=True):
    """岗位: a person in a unit, from - to."""

    __tablename__ = "post"
    id: int = Field(primary_key=True)
    person: int = Field(foreign_key="person.id", index=True)
    unit: int = Field(foreign_key="unit.id", index=True)
    role: Post = Field(sa_type=term(Post))
    since: date
    until: date | None = None


class Invite(SQLModel, table=True):
    """A one-use code; only its hash is kept."""

    __tablename__ = "invite"
    id: int = Field(primary_key=True)
    code_hash: str = Field(unique=True)
    person: int = Field(foreign_key="person.id", index=True)
    made_by: int | None = None
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by: int | None = None
    withdrawn: bool = False


class BindAttempt(SQLModel, table=True):
    """Wrong codes of one stranger."""

    __tablename__ = "bind_attempt"
    channel: str = Field(primary_key=True)
    identity: str = Field(primary_key=True)
    failures: int = 0
    paused_until: datetime | None = None


class PersonKey(SQLModel, table=True):
    """The key that a person's own words in the log are encrypted with, itself wrapped. Removing the row erases those words."""

    __tablename__ = "person_key"
    person: int = Field(primary_key=True)
    wrapped: str


class WebSession(SQLModel, table=True):
    """A login at the page; only the cookie's hash is kept."""

    __tablename__ = "web_session"
    token_hash: str = Field(primary_key=True)
    account: int = Field(foreign_key="account.id", index=True)
    created_at: datetime
    expires_at: datetime


class ChatSeen(SQLModel, table=True):
    """Up to when a chat of the page was read, on whichever device."""

    __tablename__ = "chat_seen"
    account: int = Field(primary_key=True, foreign_key="account.id")
    chat: str = Field(primary_key=True)
    at: datetime


# --- projects -------------------------------------------------------------------------------------------------------


class Project(SQLModel, table=True):
    """项目. The figures repeated from the newest counting report (progress, invested_year, as_of) serve lists and scans.

    problems: what the ledger's column 存在问题 says; they are not matters until somebody raises them.
    next_look: the first day on which cadence may have something to say; None: nothing (paused, not accepted, finished).
    accepted_on: the day from which the bot may nudge; None: imported with things overdue, the dispatcher has yet to accept it.
    stage, stage_on: the stage (阶段) last reported, and its day; None: none was. stopped_on: 停工 since; resume_on: the planned day of resuming.
    doubt: "open": a figure shown is doubtful and nobody has explained it (存疑待核); "explained": one stands with its explanation.
    left_on: the first day on which it is no longer on the list (退出); None: it is.
    """

    __tablename__ = "project"
    __table_args__ = (
        sa.Index(
            "ix_project_next_look",
            "next_look",
            sqlite_where=sa.text("next_look IS NOT NULL"),
            postgresql_where=sa.text("next_look IS NOT NULL"),
        ),
    )
    id: int = Field(primary_key=True)
    number: int = Field(unique=True)
    code: str = Field(default="", index=True)
    name: str = Field(index=True)
    unit: int = Field(foreign_key="unit.id", index=True)
    lead_unit: int | None = Field(default=None, foreign_key="unit.id", index=True)
    level: Level = Field(default=Level.DISTRICT, sa_type=term(Level))
    kind: Kind = Field(default=Kind.NEW, sa_type=term(Kind))
    category: str = ""
    chain: str = ""
    content: str = ""
    owner: str = ""
    town: str = ""
    basis: str = ""
    total: int | None = Field(default=None, sa_type=sa.BigInteger)
    invested_before: int | None = Field(default=None, sa_type=sa.BigInteger)
    year: int
    year_plan: int | None = Field(default=None, sa_type=sa.BigInteger)
    start_words: str = ""
    start_on: date | None = None
    finish_words: str = ""
    finish_on: date | None = None
    progress: Decimal | None = Field(default=None, sa_type=Percent)
    progress_words: str = ""
    invested_year: int | None = Field(default=None, sa_type=sa.BigInteger)
    invested_as_of: date | None = None
    as_of: date | None = None
    reported_at: datetime | None = None
    on_plan_running: int = 0
    light: Light = Field(default=Light.GREEN, sa_type=term(Light))
    on_plan: bool = True
    reasons: list[dict[str, Any]] = Field(default_factory=empty_list, sa_type=sa.JSON)
    problems: list[str] = Field(default_factory=empty_list, sa_type=sa.JSON)
    stage: Stage | None = Field(default=None, sa_type=term(Stage))
    stage_on: date | None = None
    stopped_on: date | None = None
    resume_on: date | None = None
    paused_until: date | None = None
    paused_reason: str = ""
    accepted_on: date | None = None
    next_look: date | None = None
    looked_on: date | None = None
    matters: int = 0
    doubt: str = ""
    latitude: float | None = None
    longitude: float | None = None
    left_on: date | None = None
    created_at: datetime


class ListChange(SQLModel, table=True):
    """清单调整: a project came onto the list during the year, left it, came back or was renamed, from a day on and on a basis (document,
    meeting). kind: added (增补), removed (退出), restored (恢复), renamed (更名). ended: the assignments that a leaving ended."""

    __tablename__ = "list_change"
    id: int = Field(primary_key=True)
    project: int = Field(foreign_key="project.id", index=True)
    kind: str
    day: date
    basis: str = ""
    reason: str = ""
    old_name: str = ""
    new_name: str = ""
    ended: list[int] = Field(default_factory=empty_list, sa_type=sa.JSON)
    person: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime


class CalendarLink(SQLModel, table=True):
    """日历: an address that gives a person's dates (project: of one project) to a calendar program; only the token's hash is kept."""

    __tablename__ = "calendar_link"
    token_hash: str = Field(primary_key=True)
    person: int = Field(foreign_key="person.id", index=True)
    project: int | None = Field(default=None, foreign_key="project.id")
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class Assignment(SQLModel, table=True):
    """包挂: a person's role in a project. rank 0 answers, 1 and above watch (the second name of a cell; B角)."""

    __tablename__ = "assignment"
    id: int = Field(primary_key=True)
    project: int = Field(foreign_key="project.id", index=True)
    role: Role = Field(sa_type=term(Role))
    person: int = Field(foreign_key="person.id", index=True)
    rank: int = 0
    since: date
    until: date | None = None


class Milestone(SQLModel, table=True):
    """节点. watched_from: no nudge before it (things overdue at import wait for the dispatcher)."""

    __tablename__ = "milestone"
    id: int = Field(primary_key=True)
    project: int = Field(foreign_key="project.id", index=True)
    position: int
    name: str
    due: date | None = None
    due_words: str = ""
    precision: Precision = Field(default=Precision.DAY, sa_type=term(Precision))
    standard: str = ""
    task: str = ""
    responsible: str = ""
    done_on: date | None = None
    watched_from: date | None = None


class Plan(SQLModel, table=True):
    """One month of a project's investment plan, 元."""

    __tablename__ = "plan"
    project: int = Field(primary_key=True, foreign_key="project.id")
    year: int = Field(primary_key=True)
    month: int = Field(primary_key=True)
    amount: int = Field(sa_type=sa.BigInteger)


class Report(SQLModel, table=True):
    """进展填报. A correction is a new report; both stay. corrects: the report it puts right; reason: why.

    messages: the chat service's own numbers of the messages it was said in, so that one edited later finds it.
    """

    __tablename__ = "report"
    __table_args__ = (
        sa.Index("ix_report_project_as_of", "project", "as_of", "id"),
        sa.Index(
            "ix_report_corrects",
            "corrects",
            sqlite_where=sa.text("corrects IS NOT NULL"),
            postgresql_where=sa.text("corrects IS NOT NULL"),
        ),
    )
    id: int = Field(primary_key=True)
    project: int = Field(foreign_key="project.id")
    person: int | None = Field(default=None, foreign_key="person.id", index=True)
    recorded_by: int | None = None
    source: Source = Field(sa_type=term(Source))
    state: ReportState = Field(default=ReportState.COUNTS, sa_type=term(ReportState))
    said_at: datetime
    as_of: date
    period: str = ""
    progress: Decimal | None = Field(default=None, sa_type=Percent)
    invested_year: int | None = Field(default=None, sa_type=sa.BigInteger)
    invested_period: int | None = Field(default=None, sa_type=sa.BigInteger)
    milestones_done: list[int] = Field(default_factory=empty_list, sa_type=sa.JSON)
    words: str = ""
    basis: str = ""
    corrects: int | None = None
    reason: str = ""
    messages: list[str] = Field(default_factory=empty_list, sa_type=sa.JSON)


class StoredFile(SQLModel, table=True):
    """A photo or file that came in; stored once by its hash below the data directory. state: waiting, stored, failed.

    likeness: of a photo, 16 hexadecimal digits of what it looks like; taken_at, latitude, longitude: what it says of itself.
    """

    __tablename__ = "stored_file"
    id: int = Field(primary_key=True)
    person: int | None = None
    report: int | None = Field(default=None, index=True)
    matter: int | None = Field(default=None, index=True)
    kind: str
    name: str = ""
    mime: str = ""
    size: int = 0
    sha256: str = Field(default="", index=True)
    source: dict[str, Any] = Field(default_factory=empty_dict, sa_type=sa.JSON)
    state: str = "waiting"
    error: str = ""
    received_at: datetime
    likeness: str = ""
    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None


# --- lights and stages ----------------------------------------------------------------------------------------------


class LightChange(SQLModel, table=True):
    """A project's light changed: one row per change, never changed itself. rule: the preset of the policy that made it."""

    __tablename__ = "light_change"
    __table_args__ = (sa.Index("ix_light_change_project", "project", "day", "id"),)
    id: int = Field(primary_key=True)
    project: int = Field(foreign_key="project.id")
    day: date
    at: datetime
    was: Light = Field(sa_type=term(Light))
    light: Light = Field(sa_type=term(Light))
    reasons: list[dict[str, Any]] = Field(default_factory=empty_list, sa_type=sa.JSON)
    rule: str = ""


class LightDeclared(SQLModel, table=True):
    """自报: the light an official declares beside the computed one; the newest counts. computed: what was computed then; reason: why it is
    better. light None: they took theirs back."""

    __tablename__ = "light_declared"
    __table_args__ = (sa.Index("ix_light_declared_project", "project", "id"),)
    id: int = Field(primary_key=True)
    project: int = Field(foreign_key="project.id")
    light: Light | None = Field(default=None, sa_type=term(Light))
    computed: Light = Field(sa_type=term(Light))
    reason: str = ""
    person: int = Field(foreign_key="person.id")
    said_at: datetime


class StageEvent(SQLModel, table=True):
    """A stage reached (阶段), with its day and evidence; not changed but by being withdrawn. basis: of 开工, "permit" (施工许可证) or "piling"
    (桩基); "": it was said without. resume_on: of 停工, the planned day of resuming. report: the one it was told in; None: entered."""

    __tablename__ = "stage"
    __table_args__ = (sa.Index("ix_stage_project", "project", "day", "id"),)
    id: int = Field(primary_key=True)
    project: int = Field(foreign_key="project.id")
    stage: Stage = Field(sa_type=term(Stage))
    day: date
    basis: str = ""
    evidence: str = ""
    resume_on: date | None = None
    report: int | None = Field(default=None, foreign_key="report.id", index=True)
    person: int | None = Field(default=None, foreign_key="person.id")
    said_at: datetime
    withdrawn_at: datetime | None = None


# --- truth ----------------------------------------------------------------------------------------------------------


class Doubt(SQLModel, table=True):
    """存疑: a figure that a rule cannot believe, with the rule's code and arithmetic. state: open (存疑待核), explained (已说明),
    checked (已核), corrected (已更正), returned (its report was). settled_by: who explained, checked or corrected it."""

    __tablename__ = "doubt"
    __table_args__ = (
        sa.Index(
            "ix_doubt_open",
            "project",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
    )
    id: int = Field(primary_key=True)
    project: int = Field(foreign_key="project.id")
    report: int = Field(foreign_key="report.id", index=True)
    code: str
    facts: dict[str, Any] = Field(default_factory=empty_dict, sa_type=sa.JSON)
    state: str = "open"
    explanation: str = ""
    found_at: datetime
    settled_by: int | None = Field(default=None, foreign_key="person.id")
    settled_at: datetime | None = None


class OutsideFigure(SQLModel, table=True):
    """A figure of others beside the dispatch figure: kind "statistical" (入库纳统投资) or "paid" (支付), 元 since January up to and with
    `month` (2026-10). report: the report it was told in; None: entered by a dispatcher. reason: why it differs from the dispatch figure.
    Nothing is overwritten: the newest counts."""

    __tablename__ = "outside_figure"
    __table_args__ = (sa.Index("ix_outside_figure_project", "project", "kind", "month"),)
    id: int = Field(primary_key=True)
    project: int = Field(foreign_key="project.id")
    kind: str
    month: str
    amount: int = Field(sa_type=sa.BigInteger)
    report: int | None = None
    person: int = Field(foreign_key="person.id")
    said_at: datetime
    reason: str = ""


class SpotCheck(SQLModel, table=True):
    """抽查: one project of a sample, drawn with `seed`, whose report an inspector checks on the spot. state: open, confirmed (属实),
    corrected (不符), withdrawn. correction: the report written then."""

    __tablename__ = "spot_check"
    id: int = Field(primary_key=True)
    seed: int = Field(sa_type=sa.BigInteger)
    project: int = Field(foreign_key="project.id", index=True)
    report: int = Field(foreign_key="report.id")
    inspector: int = Field(foreign_key="person.id", index=True)
    drawn_by: int = Field(foreign_key="person.id")
    drawn_at: datetime
    state: str = "open"
    words: str = ""
    correction: int | None = None
    done_at: datetime | None = None


class LexiconWord(SQLModel, table=True):
    """A word reports are read with: kind "stage", "category", "help", …; meaning: the stage or category it stands for; source: "seed",
    "review", "import"."""

    __tablename__ = "lexicon_word"
    __table_args__ = (sa.UniqueConstraint("kind", "word"),)
    id: int = Field(primary_key=True)
    kind: str
    word: str
    meaning: str = ""
    source: str = ""
    added_by: int | None = Field(default=None, foreign_key="person.id")
    added_at: datetime
    active: bool = True


class UnreadClause(SQLModel, table=True):
    """A clause that nothing matched, for the dispatcher's review list; filed_as: what it was filed under ("": not yet)."""

    __tablename__ = "unread_clause"
    __table_args__ = (
        sa.Index(
            "ix_unread_clause_open",
            "id",
            sqlite_where=sa.text("filed_as = ''"),
            postgresql_where=sa.text("filed_as = ''"),
        ),
    )
    id: int = Field(primary_key=True)
    project: int | None = Field(default=None, foreign_key="project.id")
    report: int | None = None
    matter: int | None = None
    message: str = ""
    clause: str
    person: int | None = Field(default=None, foreign_key="person.id")
    at: datetime
    filed_as: str = ""
    filed_by: int | None = Field(default=None, foreign_key="person.id")
    filed_at: datetime | None = None


# --- periods and papers ---------------------------------------------------------------------------------------------


class ClosedPeriod(SQLModel, table=True):
    """定稿: the figures of a unit's projects for one month or 旬, as they are told from then on. state: closing (its figures are being written
    down), closed, reopened (with a reason; a later closing is a row of its own). digest: of its figures, as the log has it. entry: the
    newest entry of the log that the figures rest on; None: it was closed before that was kept."""

    __tablename__ = "closed_period"
    __table_args__ = (sa.Index("ix_closed_period_span", "kind", "first", "unit"),)
    id: int = Field(primary_key=True)
    unit: int = Field(foreign_key="unit.id", index=True)
    kind: PeriodKind = Field(sa_type=term(PeriodKind))
    first: date
    until: date
    state: str = "closed"
    projects: int = 0
    digest: str = ""
    entry: int | None = None
    closed_by: int | None = Field(default=None, foreign_key="person.id")
    closed_at: datetime
    reopened_by: int | None = Field(default=None, foreign_key="person.id")
    reopened_at: datetime | None = None
    reason: str = ""


class ClosedFigure(SQLModel, table=True):
    """One project in a closed period, as `bot.rules.periods.Figure` has it; never changed once that is closed."""

    __tablename__ = "closed_figure"
    period: int = Field(primary_key=True, foreign_key="closed_period.id")
    project: int = Field(primary_key=True, foreign_key="project.id", index=True)
    name: str
    unit: int
    lead_unit: int | None = None
    level: Level = Field(sa_type=term(Level))
    kind: Kind = Field(sa_type=term(Kind))
    total: int | None = Field(default=None, sa_type=sa.BigInteger)
    year_plan: int = Field(default=0, sa_type=sa.BigInteger)
    plan: int = Field(default=0, sa_type=sa.BigInteger)
    planned: int = Field(default=0, sa_type=sa.BigInteger)
    actual: int | None = Field(default=None, sa_type=sa.BigInteger)
    done: int | None = Field(default=None, sa_type=sa.BigInteger)
    as_of: date | None = None
    points: Decimal | None = Field(default=None, sa_type=Percent)
    met: bool = False
    progress: Decimal | None = Field(default=None, sa_type=Percent)
    progress_words: str = ""
    stage: str = ""
    light: Light = Field(sa_type=term(Light))
    reasons: list[dict[str, Any]] = Field(default_factory=empty_list, sa_type=sa.JSON)
    doubt: str = ""
    category: str = ""
    chain: str = ""
    town: str = ""
    invested_before: int | None = Field(default=None, sa_type=sa.BigInteger)
    plan_so_far: int | None = Field(default=None, sa_type=sa.BigInteger)
    matters: int = 0
    milestones: int = 0
    rates: dict[str, bool] = Field(default_factory=empty_dict, sa_type=sa.JSON)


class Paper(SQLModel, table=True):
    """A paper of the office. kind: bulletin (月通报), ten_days (旬报), or of a matter: order (交办单), supervision (督办单), escalation
    (提级报告单). state: draft, publishing, published, dropped; a paper of a matter is issued at once.

    sections: the words, [{"title", "lines": [{"text", "group"?, "edited"?}]}]; "group": the same for a group, without names. files: what
    was published, edition -> hash; they stay as they are, whatever is put right later. facts: the figures at the head of it. recipients:
    groups and persons it went to. number: its own of the year, of papers that bear one.
    """

    __tablename__ = "paper"
    __table_args__ = (sa.Index("ix_paper_unit", "unit", "state", "id"),)
    id: int = Field(primary_key=True)
    unit: int = Field(foreign_key="unit.id")
    kind: str
    period_kind: PeriodKind | None = Field(default=None, sa_type=term(PeriodKind))
    first: date | None = None
    until: date | None = None
    matter: int | None = Field(default=None, foreign_key="matter.id", index=True)
    year: int
    number: int | None = None
    title: str = ""
    state: str = "draft"
    sections: list[dict[str, Any]] = Field(default_factory=empty_list, sa_type=sa.JSON)
    facts: dict[str, Any] = Field(default_factory=empty_dict, sa_type=sa.JSON)
    files: dict[str, Any] = Field(default_factory=empty_dict, sa_type=sa.JSON)
    recipients: dict[str, Any] = Field(default_factory=empty_dict, sa_type=sa.JSON)
    made_by: int | None = Field(default=None, foreign_key="person.id")
    made_at: datetime
    edited_by: int | None = Field(default=None, foreign_key="person.id")
    edited_at: datetime | None = None
    published_by: int | None = Field(default=None, foreign_key="person.id")
    published_at: datetime | None = None


# --- matters --------------------------------------------------------------------------------------------------------


class Meeting(SQLModel, table=True):
    """会议: what its minutes said, and when; its items are matters."""

    __tablename__ = "meeting"
    id: int = Field(primary_key=True)
    unit: int = Field(foreign_key="unit.id", index=True)
    title: str
    held_on: date
    chair: int | None = Field(default=None, foreign_key="person.id")
    document: str = ""
    words: str = ""
    recorded_by: int
    recorded_at: datetime


class Matter(SQLModel, table=True):
    """事项: a blocker raised from below, a directive, an item of a meeting, a finding of an inspection.

    project: None where it is about no project; unit_scope then names the unit whose office looks after it. part_of: the matter that this is a
    co-unit's part of. raised_by: who raised or ordered it and hears the answer; recorded_by: who wrote it down for them (代录), given_on and
    given_way: when and how it was said; document: number of the paper, meeting; standard: when it counts as done.

    steps: the ladder as it was when the matter was raised; rung: where on it the matter stands. seats: every rung with who sat there and its
    limit in working minutes, frozen too; the steps follow from them.

    since_at - due_at: the limit that runs now: of the rung, of a promise, after an answer of the raiser's silence. look_at: the next moment at
    which something may have to be said or done, never later than due_at.
    handed_at: since when the present holder has it. promised_on: the day the holder has promised a result by; earlier_dates: the days it took the place of.
    promise_open: 申请延期 to this day waits for who gave the matter. left_minutes: what was left of the limit when it was paused;
    paused_state: the state to go back to; paused_until: the day to look again, or to go on. lent_by: 转办, who gets it back if it is not taken.
    passed_on: the units (0: none) that have asked for 改派; asked_at: since when the dispatcher has yet to say.
    proposal: what the office proposes to the leader; decision: what the leader decided. agenda_at: to be put before the next meeting (上会).
    review_on: the day the raiser is asked whether it is still solved (回头看); reopened: how often it was not.
    version grows with each change: a button made for an older version says what happened meanwhile.
    """

    __tablename__ = "matter"
    __table_args__ = (
        sa.UniqueConstraint("project", "number"),
        sa.Index(
            "ix_matter_open_look",
            "look_at",
            sqlite_where=sa.text("state <> 'closed'"),
            postgresql_where=sa.text("state <> 'closed'"),
        ),
        sa.Index(
            "ix_matter_review_on",
            "review_on",
            sqlite_where=sa.text("review_on IS NOT NULL"),
            postgresql_where=sa.text("review_on IS NOT NULL"),
        ),
    )
    id: int = Field(primary_key=True)
    project: int | None = Field(default=None, foreign_key="project.id")
    unit_scope: int | None = Field(default=None, foreign_key="unit.id")
    number: int
    origin: Origin = Field(default=Origin.BLOCKER, sa_type=term(Origin))
    category: Category = Field(sa_type=term(Category))
    urgency: Urgency = Field(default=Urgency.ORDINARY, sa_type=term(Urgency))
    words: str
    standard: str = ""
    document: str = ""
    internal: bool = False
    part_of: int | None = Field(default=None, foreign_key="matter.id", index=True)
    meeting: int | None = Field(default=None, foreign_key="meeting.id", index=True)
    raised_by: int = Field(foreign_key="person.id", index=True)
    raised_at: datetime
    recorded_by: int | None = Field(default=None, foreign_key="person.id", index=True)
    given_on: date | None = None
    given_way: Way = Field(default=Way.CHAT, sa_type=term(Way))
    unit: int | None = Field(default=None, foreign_key="unit.id", index=True)
    person: int | None = Field(default=None, foreign_key="person.id", index=True)
    state: MatterState = Field(default=MatterState.UNSIGNED, sa_type=term(MatterState))
    seats: list[dict[str, Any]] = Field(default_factory=empty_list, sa_type=sa.JSON)
    steps: list[dict[str, Any]] = Field(default_factory=empty_list, sa_type=sa.JSON)
    rung: int = 0
    since_at: datetime
    due_at: datetime
    look_at: datetime
    handed_at: datetime
    signed_at: datetime | None = None
    first_answered_at: datetime | None = None
    plan: str = ""
    promised_on: date | None = None
    earlier_dates: list[str] = Field(default_factory=empty_list, sa_type=sa.JSON)
    promise_open: date | None = None
    extensions: int = 0
    procedure: str = ""
    paused_state: str = ""
    paused_reason: str = ""
    paused_until: date | None = None
    left_minutes: int | None = None
    lent_by: int | None = None
    lent_until: datetime | None = None
    climbed_on: date | None = None
    proposed_at: datetime | None = None
    held: bool = False
    passed_on: list[int] = Field(default_factory=empty_list, sa_type=sa.JSON)
    asked_at: datetime | None = None
    fast_lane: FastLane = Field(default=FastLane.NONE, sa_type=term(FastLane))
    fast_at: datetime | None = None
    fast_kind: str = ""
    fast_reason: str = ""
    proposal: str = ""
    decision: str = ""
    agenda_at: datetime | None = None
    answer: str = ""
    result: Result | None = Field(default=None, sa_type=term(Result))
    basis: str = ""
    answered_at: datetime | None = None
    answered_by: int | None = None
    closed_at: datetime | None = None
    review_on: date | None = None
    reopened: int = 0
    version: int = 1


class MatterConcern(SQLModel, table=True):
    """Who may see a matter because they raised it, answer for it or sit on its ladder. watches: 抄送, one card of it is kept up to date."""

    __tablename__ = "matter_concern"
    matter: int = Field(primary_key=True, foreign_key="matter.id")
    person: int = Field(primary_key=True, foreign_key="person.id", index=True)
    watches: bool = False


class Delegation(SQLModel, table=True):
    """委托 (AB角): the deputy acts for the person, from - to; until: None until the person is back. ended: why it is over ("": it is not)."""

    __tablename__ = "delegation"
    id: int = Field(primary_key=True)
    person: int = Field(foreign_key="person.id", index=True)
    deputy: int = Field(foreign_key="person.id", index=True)
    since: date
    until: date | None = None
    reason: str = ""
    made_by: int | None = None
    made_at: datetime
    ended: str = ""
    ended_at: datetime | None = None


# --- talk -----------------------------------------------------------------------------------------------------------


class ChatGroup(SQLModel, table=True):
    """工作群: a chat with a unit as its scope."""

    __tablename__ = "chat_group"
    __table_args__ = (sa.UniqueConstraint("channel", "chat", "thread"),)
    id: int = Field(primary_key=True)
    channel: str
    chat: str
    thread: str = ""
    title: str = ""
    unit: int = Field(foreign_key="unit.id")
    mode: str = "auto"
    bound_by: int | None = None
    bound_at: datetime
    active: bool = True


class GroupCode(SQLModel, table=True):
    """A one-use code that binds a group."""

    __tablename__ = "group_code"
    code_hash: str = Field(primary_key=True)
    unit: int = Field(foreign_key="unit.id")
    made_by: int | None = None
    expires_at: datetime
    used_at: datetime | None = None


class Summary(SQLModel, table=True):
    """综述: one per group and day. state: draft, held, sent, skipped."""

    __tablename__ = "summary"
    __table_args__ = (sa.UniqueConstraint("chat_group", "day"),)
    id: int = Field(primary_key=True)
    chat_group: int = Field(foreign_key="chat_group.id")
    day: date
    facts: dict[str, Any] = Field(default_factory=empty_dict, sa_type=sa.JSON)
    note: str = ""
    state: str = "draft"
    edited_by: int | None = None
    drafted_at: datetime
    outbox: int | None = None


class Conversation(SQLModel, table=True):
    """Where the talk with one account stands: the open step and the draft, kept across restarts."""

    __tablename__ = "conversation"
    account: int = Field(primary_key=True, foreign_key="account.id")
    step: str = ""
    draft: dict[str, Any] = Field(default_factory=empty_dict, sa_type=sa.JSON)
    updated_at: datetime
    expires_at: datetime | None = Field(default=None, index=True)


class IncomingRow(SQLModel, table=True):
    """What came in: once per (channel, account, dedup). state: done, failed, parked, refused (it bore a mark of secrecy), erased.

    changed_at: when its words and files were taken out; a hash or a stub is left of them.
    """

    __tablename__ = "incoming"
    __table_args__ = (
        sa.UniqueConstraint("channel", "account", "dedup"),
        sa.Index("ix_incoming_chat", "channel", "chat", "id"),
        sa.Index(
            "ix_incoming_changed",
            "changed_at",
            sqlite_where=sa.text("changed_at IS NOT NULL"),
            postgresql_where=sa.text("changed_at IS NOT NULL"),
        ),
    )
    id: int = Field(primary_key=True)
    channel: str
    account: str
    dedup: str
    person: str
    chat: str
    kind: str
    body: str
    received_at: datetime
    state: str = "done"
    error: str = ""
    changed_at: datetime | None = None


class Outbox(SQLModel, table=True):
    """What is to be said. state: pending, sending, sent, cancelled, uncertain, failed.

    key: unique where the same thing must not be said twice. about: what makes it pointless ("report:17", "matter:3").
    edits: the row whose message this one replaces. shown: what the message shows now. body: "" until the sender renders (`render` names how).
    """

    __tablename__ = "outbox"
    __table_args__ = (
        sa.UniqueConstraint("key"),
        sa.Index(
            "ix_outbox_pending",
            "lane",
            "not_before",
            "id",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        ),
        sa.Index(
            "ix_outbox_sending",
            "id",
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        ),
        sa.Index("ix_outbox_chat", "channel", "chat", "id"),
    )
    id: int = Field(primary_key=True)
    key: str | None = None
    klass: MessageClass = Field(sa_type=term(MessageClass))
    lane: int
    person: int | None = Field(default=None, index=True)
    chat_group: int | None = None
    channel: str = ""
    chat: str = ""
    thread: str = ""
    render: str = ""
    facts: dict[str, Any] = Field(default_factory=empty_dict, sa_type=sa.JSON)
    body: str = ""
    shown: str = ""
    about: str = Field(default="", index=True)
    projects: list[int] = Field(default_factory=empty_list, sa_type=sa.JSON)
    matter: int | None = None
    edits: int | None = None
    created_at: datetime
    not_before: datetime
    expires_at: datetime | None = None
    state: str = "pending"
    attempts: int = 0
    error: str = ""
    message: str = ""
    sent_at: datetime | None = None
    changed_at: datetime | None = None
    degraded: str = ""


class CardToken(SQLModel, table=True):
    """The buttons of one card; shown_in: the outbox row whose message shows it. Nothing is in the token itself: nothing to forge. Purged 90 days after expiry."""

    __tablename__ = "card_token"
    token: str = Field(primary_key=True)
    outbox: int = Field(index=True)
    shown_in: int
    person: int | None = None
    buttons: list[dict[str, Any]] = Field(default_factory=empty_list, sa_type=sa.JSON)
    reusable: bool = False
    expires_at: datetime = Field(index=True)
    used_at: datetime | None = None
    used_by: int | None = None
    used_index: int | None = None


class NudgeRow(SQLModel, table=True):
    """One thing a person is to be reminded of, shown in the day's bundle. key: once per person and occasion.

    kind: report_due, milestone_due, milestone_overdue, missed_report, hand, notice. state: open, shown, done, withdrawn.
    day: the first day whose bundle may show it. later_until: a moment of one day at which it comes back by itself (稍后提醒).
    bundle: the outbox row that shows it. acting_for: whose it is, where a deputy has it while they are away (委托).
    """

    __tablename__ = "nudge"
    __table_args__ = (
        sa.UniqueConstraint("key"),
        sa.Index("ix_nudge_person_state", "person", "state", "day"),
        sa.Index("ix_nudge_about", "about", "state"),
        sa.Index(
            "ix_nudge_open",
            "person",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
    )
    id: int = Field(primary_key=True)
    key: str
    person: int
    kind: str
    day: date
    project: int | None = None
    milestone: int | None = None
    matter: int | None = None
    acting_for: int | None = None
    about: str = ""
    reason: dict[str, Any] = Field(default_factory=empty_dict, sa_type=sa.JSON)
    state: str = "open"
    later_until: datetime | None = None
    bundle: int | None = None
    created_at: datetime


class Errand(SQLModel, table=True):
    """Slow work laid down like an outbox row and done outside the writer. state: pending, running, done, failed."""

    __tablename__ = "errand"
    __table_args__ = (
        sa.UniqueConstraint("key"),
        sa.Index(
            "ix_errand_pending",
            "not_before",
            "id",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        ),
    )
    id: int = Field(primary_key=True)
    key: str
    kind: str
    payload: dict[str, Any] = Field(default_factory=empty_dict, sa_type=sa.JSON)
    address: dict[str, Any] = Field(default_factory=empty_dict, sa_type=sa.JSON)
    person: int | None = None
    created_at: datetime
    not_before: datetime
    state: str = "pending"
    attempts: int = 0
    error: str = ""


# --- the log and the house ------------------------------------------------------------------------------------------


class LogEntry(SQLModel, table=True):
    """调度日志: append-only, one hash chain. body: a canonical JSON text with schema version and the new values of changed rows.

    commitment: hash of the encrypted free text and names that lie in `log_words`.
    """

    __tablename__ = "dispatch_log"
    id: int = Field(primary_key=True)
    at: datetime
    kind: str
    project: int | None = Field(default=None, index=True)
    person: int | None = None
    channel: str = ""
    message: str = ""
    body: str
    commitment: str = ""
    previous: str
    hash: str


class LogWords(SQLModel, table=True):
    """The free text of one log entry, encrypted with the key of the person who wrote it."""

    __tablename__ = "log_words"
    entry: int = Field(primary_key=True)
    person: int
    sealed: str


class Alarm(SQLModel, table=True):
    """A fault told to the operator once: `times` counts how often it came since."""

    __tablename__ = "alarm"
    id: int = Field(primary_key=True)
    key: str = Field(unique=True)
    text: str
    first_at: datetime
    last_at: datetime
    times: int = 1
    closed_at: datetime | None = None


class WorkdayOverride(SQLModel, table=True):
    """A day declared working or free, from a pasted notice."""

    __tablename__ = "workday_override"
    day: date = Field(primary_key=True)
    working: bool
    source: str = ""


class Form(SQLModel, table=True):
    """A form of theirs that was taken in: what its columns hold, for its next issue. columns: column -> what it holds ("": not taken)."""

    __tablename__ = "form"
    fingerprint: str = Field(primary_key=True)
    kind: str
    title: str = ""
    columns: dict[str, str] = Field(default_factory=empty_dict, sa_type=sa.JSON)
    used_by: int | None = Field(default=None, foreign_key="person.id")
    used_at: datetime
    times: int = 1


class Proposal(SQLModel, table=True):
    """A row of a 问题台账 that somebody took in. It is no matter until the office makes it one (import is not news).

    state: open, made (into `matter`), closed (the table says that it is settled), dropped.
    """

    __tablename__ = "proposal"
    id: int = Field(primary_key=True)
    project: int | None = Field(default=None, foreign_key="project.id", index=True)
    unit_scope: int = Field(foreign_key="unit.id", index=True)
    words: str
    category: Category = Field(sa_type=term(Category))
    unit_words: str = ""
    person_words: str = ""
    raised_on: date | None = None
    due_on: date | None = None
    due_words: str = ""
    answer: str = ""
    note: str = ""
    state: str = "open"
    matter: int | None = Field(default=None, foreign_key="matter.id")
    source: str = ""
    taken_by: int | None = Field(default=None, foreign_key="person.id")
    taken_at: datetime


class Note(SQLModel, table=True):
    """A value the house remembers under a name: the policy's hash, the last run of each tick, the demonstration's clock."""

    __tablename__ = "note"
    name: str = Field(primary_key=True)
    value: str


class PolicyVersion(SQLModel, table=True):
    """Every policy that was in force."""

    __tablename__ = "policy_version"
    hash: str = Field(primary_key=True)
    text: str
    since: datetime


__all__ = [
    name for name, value in list(globals().items()) if isinstance(value, type) and issubclass(value, SQLModel)
] + ["Cadence", "Percent"]
