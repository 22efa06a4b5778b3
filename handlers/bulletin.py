"""月通报, 旬报 (002: 旬汇报、每月一通报): a period in figures and words as a paper that the office edits, from the same entries as all else.

Like is compared with like, who met the target is never blamed (`bot.rules.ranking`), closed periods tell their closed figures.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot import typeset
from bot.documents import fill
from bot.rules.periods import Figure, Period, month_of
from bot.rules.plan import share
from bot.rules.ranking import Outcome, UnitOutcome, ahead, behind, groups, units
from bot.rules.words import Kind, PeriodKind
from handlers import matter_table, paper_words, periods, standings, undispatched
from handlers.desk import Desk
from storage import dispatch_log, lights, people, projects
from storage.board import Reach
from storage.tables import Milestone

MOST = 8
SLOW = 12
NAMED = 15
"""So many projects that were not dispatched are named one by one."""
Step = Callable[[], None]
"""Told after each part that is done: for a progress bar."""


def write(desk: Desk, path: Path, month: date | None, meant: Reach | None, step: Step = lambda: None) -> dict[str, int]:
    """Writes the bulletin of a month (None: this one), as PDF where the name ends so, else for Word. meant: None for every project. step:
    called after each of the `STEPS`. Returns how many projects it speaks of."""
    facts = gathered(desk, month_of(month or desk.today), meant, step=step)
    put(desk, "bulletin", path, values(desk, facts, paper_words.sections(desk, facts)))
    step()
    return {"projects": facts["count"]}


def put(desk: Desk, kind: str, path: Path, facts: dict[str, Any]) -> None:
    """Writes a paper of a kind: PDF where the name of the file ends so, else filled into the template for Word."""
    if path.suffix == ".pdf":
        part, unset = path.with_name(f".{path.name}.part"), NOT_SET.get(typeset.LAYOUTS[kind], ())
        part.write_bytes(typeset.pdf(kind, {name: value for name, value in facts.items() if name not in unset}))
        part.replace(path)
    else:
        fill(template(desk, kind), facts, path, typeset.LAYOUTS[kind])


NOT_SET = {"bulletin": ("matters", "categories")}
"""Facts for the office's own templates alone."""


def values(desk: Desk, facts: dict[str, Any], sections: Sequence[paper_words.Section]) -> dict[str, Any]:
    """The facts with the words as a template takes them, and what stands at the foot."""
    number, digest = dispatch_log.head(desk.session)
    head = f"{number}:{digest[:12]}"
    return {
        **facts, "sections": paper_words.numbered(sections), "head": head, "office": f"{facts['unit']}重点项目调度办公室",
        "foot": f"{facts['standing']} · 调度日志 {head}",
    }  # fmt: skip


def template(desk: Desk, kind: str) -> Path | None:
    """The office's own template of a kind of paper; None: the one that comes along."""
    named = {str(name): place for name, place in desk.policy.file.papers.template.items()}.get(kind, "")
    if not named and kind == "bulletin":
        named = desk.policy.file.bulletin.template
    return Path(named) if named else None


# --- the figures --------------------------------------------------------------------------------------------------------


def gathered(
    desk: Desk, period: Period, meant: Reach | None, unit: int | None = None, step: Step = lambda: None
) -> dict[str, Any]:
    """Everything a template may say of a period. Money in 万元 or 亿元 as text, ready to be read. unit: whose paper it is (None: the
    district's). step: called after each of the `STEPS` parts."""
    found = [row for row in periods.listed(desk, meant, period) if row.kind is not Kind.RESERVE]
    step()
    figures = periods.figures(desk, found, period)
    step()
    rows = {row.id: row for row in found}
    judged = [_outcome(desk, figures[row.id]) for row in found]
    names = people.unit_names(desk.session)
    slow, sizes = behind(judged, SLOW), _sizes(desk)
    said = _declared(desk, list(figures.values()), period)
    milestones = projects.milestones(desk.session, [one.project for one in slow])
    step()
    matters = matter_table.table(desk, meant, period.first, matter_table.within(desk, period))
    step()
    root = people.root_unit(desk.session)
    told = list(figures.values())
    facts = {
        **_heading(desk, period, names.get(unit, "") if unit else root.name if root else "", told),
        **_sums(told, judged),
        "ahead": [_short(figures[one.project], names) for one in ahead(judged, MOST)],
        "behind": [_slow(desk, figures[one.project], names, milestones[one.project]) for one in slow],
        "matters": matters.whole, "categories": [(category.zh, one) for category, one in matters.categories.items()],
        "untold": undispatched.sentence(desk, undispatched.among(desk, found, period), names, NAMED),
        "units": [_unit(one, names) for one in units(judged)],
        "groups": [
            {"name": f"{kind.zh} · {sizes[size]}", "rows": [_annex(at, figures[one.project], names, said) for at, one in enumerate(group, 1)]}
            for (kind, size), group in groups(judged).items()
        ],
        "amended": [periods.amended_line(desk, one) for one in periods.amended_since(desk, period, set(rows))],
    }  # fmt: skip
    step()
    return facts


STEPS = 6


def _heading(desk: Desk, period: Period, unit: str, told: Sequence[Figure]) -> dict[str, Any]:
    until = min(period.until, desk.today)
    monthly = period.kind is PeriodKind.MONTH
    closed = max((one.closed_at for one in told if one.closed_at), default=None)
    return {
        "unit": unit, "year": period.first.year, "month": period.first.month, "until": _day(until), "period": period.zh, "monthly": monthly,
        "span": "本月" if monthly else "本旬", "closed": closed is not None, "day": _day(desk.today),
        "title": f"{unit}重点项目{'建设情况通报' if monthly else '建设旬报'}", "demand_by": _day(desk.calendar.add_workdays(desk.today, desk.policy.file.papers.demand_days)),
        "standing": f"{_day(desk.calendar.day(closed))}定稿" if closed else "未定稿，数字以定稿为准",
    }  # fmt: skip


def _sums(told: Sequence[Figure], judged: Sequence[Outcome]) -> dict[str, Any]:
    """The whole in figures."""
    plan, actual = sum(one.year_plan for one in told), sum(one.actual or 0 for one in told)
    return {
        "count": len(told), "levels": _counts([f"{one.level.zh}级" for one in told]), "kinds": _counts([one.kind.zh for one in told]),
        "lights": _counts([one.light.zh for one in told]), "plan": _money(plan), "actual": _money(actual), "share": _percent(share(actual, plan)),
        "planned": _money(sum(one.planned for one in told)), "in_month": _money(sum(one.done or 0 for one in told)) if any(one.done is not None for one in told) else "",
        "on_plan": sum(one.on_plan for one in judged), "done": sum(one.milestones for one in told), "doubted": sum(one.doubt == "open" for one in told),
    }  # fmt: skip


def _outcome(desk: Desk, one: Figure) -> Outcome:
    part = desk.policy.file.papers
    return Outcome(
        one.project,
        one.kind,
        one.total,
        one.lead_unit or one.unit,
        one.year_plan,
        one.planned,
        one.actual or 0,
        one.done,
        one.points,
        one.met,
        part.middle,
        part.large,
    )


def _sizes(desk: Desk) -> dict[str, str]:
    """Size -> what a group of it is called: 总投资10亿元以上, 1亿—10亿元, 1亿元以下."""
    part = desk.policy.file.papers
    middle, large = (_round(yuan) for yuan in (part.middle, part.large))
    return {"large": f"总投资{large}元以上", "middle": f"{middle}—{large}元", "small": f"{middle}元以下"}


def _round(yuan: int) -> str:
    return f"{yuan / 100_000_000:g}亿" if yuan >= 100_000_000 else f"{yuan / 10_000:g}万"


def _counts(words: Sequence[str]) -> str:
    """ "省级 3 个、市级 12 个": how many there are of each."""
    order = [f"{level}级" for level in "省市区"] + ["新建", "续建", "绿灯", "黄灯", "红灯"]
    return "、".join(f"{word} {words.count(word)} 个" for word in order if word in words)


def _short(one: Figure, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "name": one.name, "unit": names.get(one.lead_unit or one.unit, ""), "share": _percent(share(one.actual or 0, one.year_plan)),
        "actual": _money(one.actual or 0), "progress": progress_of(one),
    }  # fmt: skip


def _slow(desk: Desk, one: Figure, names: Mapping[int, str], milestones: Sequence[Milestone]) -> dict[str, Any]:
    """Why it is slow, and what is wanted of whom until when: what is late by today, whatever period is told of, else what comes next."""
    open_ = sorted((each.due, each.name) for each in milestones if each.done_on is None and each.due)
    late = next((name for due, name in open_ if due < desk.today), "")
    following = next(((due, name) for due, name in open_ if due >= desk.today), None)
    return {
        **_short(one, names), "points": f"{one.points}" if one.points is not None else "", "reasons": paper_words.reasons(desk, one),
        "who": paper_words.responsible(desk, one.project), "next": following[1] if following else "", "late": late,
        "by": _day(following[0]) if following else "",
    }  # fmt: skip


def _unit(one: UnitOutcome, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "name": names.get(one.unit, ""), "projects": one.projects, "on_plan": one.on_plan, "plan": _wan(one.year_plan),
        "actual": _wan(one.actual), "share": _percent(one.of_plan),
    }  # fmt: skip


MARKS = {"": "", "open": "存疑待核", "explained": "已说明"}


def _declared(desk: Desk, told: Sequence[Figure], period: Period) -> dict[int, str]:
    """project -> the light its official declares (自报), as of the closing or the end of the period, where it differs from the computed one."""
    until = max((one.closed_at for one in told if one.closed_at), default=standings.end_of(desk, period))
    said = lights.declared(desk.session, [one.project for one in told], until)
    found = {project: row.light for project, row in said.items() if row.light is not None}
    return {one.project: found[one.project].zh for one in told if found.get(one.project, one.light) is not one.light}


def _annex(at: int, one: Figure, names: Mapping[int, str], said: Mapping[int, str]) -> dict[str, Any]:
    """said: project -> the light declared, which stands beside the computed one."""
    return {
        "at": at, "name": one.name, "level": one.level.zh, "total": _wan(one.total), "plan": _wan(one.year_plan), "in_month": _wan(one.done),
        "actual": _wan(one.actual), "share": _percent(share(one.actual or 0, one.year_plan)), "points": "" if one.points is None else f"{one.points}",
        "progress": progress_of(one), "light": f"{one.light.zh}（自报{said[one.project]}）" if one.project in said else one.light.zh, "unit": names.get(one.lead_unit or one.unit, ""), "mark": MARKS[one.doubt],
    }  # fmt: skip


# --- as it is written -----------------------------------------------------------------------------------------------------


def progress_of(one: Figure) -> str:
    """形象进度: 65%."""
    return f"{one.progress.normalize():f}%" if one.progress is not None else ""


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _money(yuan: int) -> str:
    """12.35亿元, 3,800万元."""
    return f"{yuan / 100_000_000:.2f}亿元" if abs(yuan) >= 100_000_000 else f"{yuan / 10_000:,.0f}万元"


def _wan(yuan: int | None) -> str:
    return "" if yuan is None else f"{yuan / 10_000:,.0f}"


def _percent(value: Decimal | None) -> str:
    return "—" if value is None else f"{value}%"
