"""交办单, 督办单, 提级报告单 (000: 任务部署、督导; 001: 提级办理): a matter in the official form, with its number, basis, limit, standard, signatures."""

from datetime import date, datetime
from typing import Any

from bot.messages import plain
from bot.rules.words import Rung
from handlers import matters, parties
from handlers.desk import Desk
from storage import dispatch_log, people
from storage import matters as stored
from storage.tables import Matter, Paper

KINDS = ("order", "supervision", "escalation")
MARKS = {"order": "交", "supervision": "督", "escalation": "报"}
SIGNATURES = {
    "order": ("签发", "承办单位签收", "办结审核"), "supervision": ("签发", "承办单位主要负责人", "督查室核实"),
    "escalation": ("调度办公室意见", "分管领导意见", "上级批示"),
}  # fmt: skip
HISTORY = 8
"""The newest lines of what was done."""


def number_of(desk: Desk, paper: Paper) -> str:
    """重项督〔2026〕3号."""
    return f"{desk.policy.file.papers.number}{MARKS[paper.kind]}〔{paper.year}〕{paper.number}号"


def values(desk: Desk, matter: Matter, paper: Paper) -> dict[str, Any]:
    """What the form shows, as text: what was known when it was issued and what was done until now."""
    number, digest = dispatch_log.head(desk.session)
    head, own = f"{number}:{digest[:12]}", number_of(desk, paper)
    unit = people.unit_name(desk.session, paper.unit)
    rows = [
        {"label": label, "text": text} for label, text in [*_common(desk, matter), *_OWN[paper.kind](desk, matter)] if text
    ]  # fmt: skip
    return {
        "title": f"重点项目{ {'order': '交办单', 'supervision': '督办单', 'escalation': '提级报告单'}[paper.kind]}", "number": own, "rows": rows,
        "signatures": list(SIGNATURES[paper.kind]), "note": plain(desk.text("paper.form_note", kind=paper.kind, reply_days=desk.policy.file.papers.reply_days)), "unit": unit,
        "office": f"{unit}重点项目调度办公室", "day": _day(desk, paper.made_at), "head": head, "foot": f"{own} · 调度日志 {head}",
    }  # fmt: skip


def _common(desk: Desk, matter: Matter) -> list[tuple[str, str]]:
    project = matters.project_of(desk, matter)
    return [
        ("事项编号", matters.number_of(desk, matter)), ("项目", project.name if project else ""), ("类别", f"{matter.category.zh} · {matter.origin.zh} · {matter.urgency.zh}"),
        ("事项内容", matter.words), ("依据", _basis(desk, matter)), ("承办单位", _holder(desk, matter)), ("协办单位", _parts(desk, matter)),
        ("办理时限", _limit(desk, matter)), ("办结标准", matter.standard),
    ]  # fmt: skip


def _basis(desk: Desk, matter: Matter) -> str:
    """The document, or who gave it when and how."""
    who = matters.named(desk, matter.raised_by)
    day = matter.given_on or desk.calendar.day(matter.raised_at)
    return "；".join(
        filter(
            None, (matter.document, f"{who} {_written(day)}{matter.given_way.zh if matter.origin.ordered else '反映'}")
        )
    )


def _holder(desk: Desk, matter: Matter) -> str:
    return "　".join(filter(None, (matters.unit_name(desk, matter.unit), matters.named(desk, matter.person))))


def _parts(desk: Desk, matter: Matter) -> str:
    return "、".join(matters.unit_name(desk, part.unit) for part in stored.parts_of(desk.session, matter.id))


def _limit(desk: Desk, matter: Matter) -> str:
    if not matter.state.open:
        return f"已销号（{_day(desk, matter.closed_at)}）" if matter.closed_at else "已销号"
    until = _written(matter.promised_on) if matter.promised_on else _day(desk, matter.due_at)
    before = f"（原定 {'、'.join(matter.earlier_dates)}）" if matter.earlier_dates else ""
    return f"{until}前{before}"


def _order(desk: Desk, matter: Matter) -> list[tuple[str, str]]:
    return [("办理要求", plain(desk.text("paper.order_wish", item=matter)))]


def _supervision(desk: Desk, matter: Matter) -> list[tuple[str, str]]:
    over = desk.calendar.workdays_between(desk.calendar.day(matter.due_at), desk.today) if matter.state.working else 0
    state = plain(
        desk.text(
            "paper.supervision_state",
            item=matter,
            days=matters.age(desk, matter),
            over=over,
            rung=matters.rung_of(matter),
        )
    )
    return [
        ("办理情况", state),
        ("办理过程", _history(desk, matter)),
        ("督办要求", plain(desk.text("paper.supervision_wish"))),
    ]


def _escalation(desk: Desk, matter: Matter) -> list[tuple[str, str]]:
    rung = matters.rung_of(matter)
    after = _next_rung(matter)
    state = plain(
        desk.text("paper.escalation_why", item=matter, days=matters.age(desk, matter), rung=rung, tried=_tried(matter))
    )
    wish = plain(desk.text("paper.escalation_wish", item=matter, rung=after))
    return [
        ("提级理由", state),
        ("办理过程", _history(desk, matter)),
        ("拟办意见", matter.proposal),
        ("提请事项", wish),
    ]


_OWN = {"order": _order, "supervision": _supervision, "escalation": _escalation}


def _tried(matter: Matter) -> list[str]:
    return [Rung(step["rung"]).zh for step in matter.steps[: matter.rung + 1]]


def _next_rung(matter: Matter) -> Rung | None:
    following = matter.steps[matter.rung + 1 :]
    return Rung(following[0]["rung"]) if following else matters.rung_of(matter)


def _history(desk: Desk, matter: Matter) -> str:
    """What was done, the newest lines, as the office reads them."""
    office = next(iter(parties.office(desk, matter)), matter.raised_by)
    return "\n".join(matters.history(desk, matter, office)[-HISTORY:])


def _day(desk: Desk, at: datetime) -> str:
    return _written(desk.calendar.day(at))


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
