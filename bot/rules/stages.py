"""The life of a project (S9: 谋划储备 → 签约落地 → 开工 → 建设 → 竣工 → 投产 → 达效; 停工, 复工): where it is, since when, and by which evidence.

What counts as 开工 is said by the policy: "permit" (施工许可证), "piling" (桩基 or later works), "reported" (said, without either).
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from bot.rules.words import Kind, Stage

ORDER = (
    Stage.RESERVE, Stage.SIGNED, Stage.STARTED, Stage.BUILDING, Stage.COMPLETED, Stage.IN_PRODUCTION, Stage.AT_CAPACITY,
)  # fmt: skip
PERMIT = re.compile(r"施工许可|开工许可|开工证")
WORKS = re.compile(
    r"桩|(?:基础|地基)(?!设施)|主体(?!责任)|封顶|结构|装修|设备安装|安装调试|竣工|完工|建成|试生产|试投产|试运行|投产|交付|通车|投用"
)
BEGUN = re.compile(r"开工|动工|开建|进场")
COMPLETED = re.compile(r"竣工|完工|交工|建成|交付")
PRODUCING = re.compile(r"(?<!试)投产|通车|投用|投入使用|投运")


@dataclass(frozen=True)
class Event:
    """A stage that was reached on a day. basis: of 开工; resume_on: of 停工, the planned day of resuming."""

    stage: Stage
    day: date
    basis: str = ""
    resume_on: date | None = None


@dataclass(frozen=True)
class Life:
    """What is known of a project's life. done: (name, day) of its milestones that are done; open: names of those that are not;
    progress: of the works, percent; worked_by: the day of the first figure that tells of works; worked_this_year: whether works or money of
    this year are known. Progress tells of a start only where no open milestone says that it is still to come (取得施工许可证)."""

    kind: Kind
    events: tuple[Event, ...] = ()
    done: tuple[tuple[str, date], ...] = ()
    progress: Decimal | None = None
    worked_by: date | None = None
    worked_this_year: bool = False
    open: tuple[str, ...] = ()

    @property
    def works_tell(self) -> bool:
        """Whether progress of the works may stand for a start."""
        return self.kind is not Kind.RESERVE and not any(PERMIT.search(one) or BEGUN.search(one) for one in self.open)


@dataclass(frozen=True)
class Start:
    """That a project has started. day: None where nothing tells it; basis: permit, piling, reported, continued (in an earlier year).
    latest: the day is only the latest it can have been (the first figure of the works)."""

    day: date | None
    basis: str
    latest: bool = False


def started(life: Life, counts: Collection[str], day: date) -> Start | None:
    """Whether it has started by the end of a day, by what counts (the policy's `stage.start`); the earliest evidence is told.

    A project that goes on from an earlier year (续建) has. Works of any kind stand for 桩基.
    """
    if life.kind is Kind.CONTINUED:
        return Start(None, "continued")
    found = [one for one in _evidence(life) if one.basis in counts and one.day is not None and one.day <= day]
    if found:
        return min(found, key=lambda one: (one.latest, one.day or day, one.basis))
    undated = life.works_tell and life.progress is not None and life.progress > 0 and life.worked_by is None
    return Start(None, "piling") if undated and "piling" in counts else None


def _evidence(life: Life) -> Iterable[Start]:
    for event in life.events:
        if event.stage is Stage.STARTED:
            yield Start(event.day, event.basis or "reported")
        elif event.stage in ORDER[3:]:
            yield Start(event.day, "piling")
    for name, day in life.done:
        for basis, pattern in (("permit", PERMIT), ("piling", WORKS), ("reported", BEGUN)):
            if pattern.search(name):
                yield Start(day, basis)
                break
    if life.worked_by is not None and life.works_tell:
        yield Start(life.worked_by, "piling", latest=True)


def finished(life: Life, day: date) -> date | None:
    """When it was completed (竣工, or what comes after it), by an event or a milestone that is done; None: not by the end of that day."""
    events = [event.day for event in life.events if event.stage in ORDER[4:]]
    done = [done for name, done in life.done if COMPLETED.search(name) or PRODUCING.search(name)]
    return min((one for one in (*events, *done) if one <= day), default=None)


def stage_of(life: Life, counts: Collection[str], day: date) -> tuple[Stage, date | None]:
    """The stage a project is in, and since when (None: not told): the furthest that its events and milestones tell of."""
    reached = (
        {Stage.SIGNED if life.kind is Kind.NEW else Stage.RESERVE: None}
        if life.kind is not Kind.CONTINUED
        else {Stage.BUILDING: None}
    )
    stages: dict[Stage, date | None] = dict(reached)
    for event in life.events:
        if not event.stage.turn and event.day <= day:
            stages[event.stage] = min(event.day, stages.get(event.stage) or event.day)
    start = started(life, counts, day)
    if start is not None and start.basis != "continued":
        works = life.progress is not None and life.progress > 0
        stages.setdefault(Stage.BUILDING if works else Stage.STARTED, None if start.latest else start.day)
    for stage, pattern in ((Stage.COMPLETED, COMPLETED), (Stage.IN_PRODUCTION, PRODUCING)):
        days = [done for name, done in life.done if pattern.search(name) and done <= day]
        if days:
            stages.setdefault(stage, min(days))
    furthest = max(stages, key=ORDER.index)
    return furthest, stages[furthest]


def stopped(events: Iterable[Event], day: date) -> Event | None:
    """The 停工 that holds on a day; None where none does: works were resumed, or completed, since."""
    turns = [one for one in events if one.day <= day and (one.stage.turn or one.stage in ORDER[4:])]
    last = max(turns, key=lambda one: (one.day, one.stage is not Stage.STOPPED), default=None)
    return last if last is not None and last.stage is Stage.STOPPED else None


# --- what a report says of it -----------------------------------------------------------------------------------------------


class Mention(Protocol):
    @property
    def stage(self) -> str: ...
    @property
    def status(self) -> str: ...


class Ahead(Protocol):
    @property
    def day(self) -> date: ...
    @property
    def text(self) -> str: ...


SAID = {"开工": Stage.STARTED, "复工": Stage.RESUMED, "竣工": Stage.COMPLETED, "投产": Stage.IN_PRODUCTION}
"""Stages of the works, as reports are read, that are stages of a project's life when they are done."""
_NOT_YET = re.compile(r"未|没|不|拟|将|计划|预计|力争|争取|确保|准备|即将|目标|前|推动|促成")
_SIGNED = re.compile(r"签约(?!率|仪式将|前|后)|签订(?:投资|合作|入园|项目)协议")
_AT_CAPACITY = re.compile(r"达效(?!前|后|还|需)")
_STOPPED = re.compile(r"(?:停工|停建|停止施工)(?!令|通知|\d|[一二三四五六七八九十两半]+(?:天|个|周|日))")
_NEVER_STOPPED = re.compile(r"(?:未|没有?|不|无)$")
_HAS_PERMIT = re.compile(
    r"(?:取得|办理?[理好完下]?了?|拿到|领取?|核发|颁发|获得?|下发)[^,，。;；]{0,10}(?:施工许可|开工许可)"
    r"|(?:施工许可|开工许可)证?[^,，。;；未没]{0,8}(?:已|办好|办完|办结|下来|到手|取得|拿到|核发)"
)
_CLAUSE = re.compile(r"[,，。;；!！\n]")


def _claims(pattern: re.Pattern[str], words: str, denied: re.Pattern[str] = _NOT_YET) -> bool:
    """Whether the words claim it: in some clause nothing before it denies or announces it."""
    return any(
        (found := pattern.search(clause)) is not None and not denied.search(clause[: found.start()])
        for clause in _CLAUSE.split(words)
    )


@dataclass(frozen=True)
class Told:
    """What a report says of the project's life; day: of it."""

    stage: Stage
    day: date
    basis: str = ""
    resume_on: date | None = None


def told(
    words: str, mentions: Iterable[Mention], ahead: Iterable[Ahead], past: Collection[date], today: date, *, begun: bool
) -> tuple[Told, ...]:  # fmt: skip
    """The stages of life that a report tells of, in their order. mentions, ahead, past: what was read in it; begun: whether the project was
    known to have started. 开工 is dated by the one past day that is named with it, else today; 打桩 is a start of its own."""
    read = {one.stage: one.status for one in mentions}
    found = {SAID[stage] for stage, status in read.items() if stage in SAID and status == "done"}
    piling, permit = read.get("桩基") in ("done", "doing"), _claims(_HAS_PERMIT, words)
    if (piling or permit) and not begun:
        found.add(Stage.STARTED)
    piling = piling or (Stage.STARTED in found and "桩" in words)
    if _claims(_SIGNED, words):
        found.add(Stage.SIGNED)
    if _claims(_AT_CAPACITY, words):
        found = (found if "投产" in words else found - {Stage.IN_PRODUCTION}) | {Stage.AT_CAPACITY}
    if _claims(_STOPPED, words, _NEVER_STOPPED) and Stage.RESUMED not in found:
        found.add(Stage.STOPPED)
    day = next(iter(past)) if len(past) == 1 and len(found) == 1 else today
    resume = resuming(words, ahead) if Stage.STOPPED in found else None
    basis = "permit" if permit else "piling" if piling else ""
    order = tuple(Stage)
    return tuple(
        Told(stage, day, basis if stage is Stage.STARTED else "", resume if stage is Stage.STOPPED else None)
        for stage in sorted(found, key=order.index)
    )


def resuming(words: str, ahead: Iterable[Ahead]) -> date | None:
    """The day ahead that stands before 复工 in its clause (计划明年3月底复工)."""
    for one in ahead:
        at = words.find(one.text)
        if at >= 0 and re.match(r"[^,，。;；]{0,8}(?:复工|恢复施工|重新开工)", words[at + len(one.text) :]):
            return one.day
    return None
