"""What the dispatcher enters beside the reports: figures of others (纳统, 支付, 资金到位), and where a project lies (坐标)."""

import re
from typing import Any

from bot.rules import reading
from bot.rules.entitlement import Action
from handlers import dossier
from handlers.desk import Turn
from storage import doubts, projects
from storage.tables import Project

REASON = re.compile(r"\s*[,，;；]?\s*(?:差额)?原因\s*[:：]?\s*(.+)$", re.DOTALL)
"""What follows the figure: why it differs from the dispatch figure."""
MONTH = re.compile(r"(20\d{2})[-年./](\d{1,2})月?\s*$")
PLACE = re.compile(r"(-?\d{1,2}\.\d+)\s*[,，\s]\s*(-?\d{1,3}\.\d+)\s*$")


def statistical(turn: Turn) -> None:
    """纳统 17 3.2亿 2026-10 原因：发票未到: 入库纳统投资 since January, up to and with that month, and why it differs."""
    _figure(turn, "statistical")


def paid(turn: Turn) -> None:
    """支付 17 2.1亿 2026-10."""
    _figure(turn, "paid")


def funds(turn: Turn) -> None:
    """资金到位 17 2.5亿 2026-10: funds in place since January."""
    _figure(turn, "funds")


def _figure(turn: Turn, kind: str) -> None:
    rest = str(turn.args.get("rest", "")).strip()
    why = REASON.search(rest)
    rest = rest[: why.start()] if why else rest
    named, _, said = rest.partition(" ")
    month = MONTH.search(said.strip())
    amounts = reading.read(said.strip()[: month.start()] if month else said, turn.today).amounts
    project = _one(turn, named)
    if project is None or len(amounts) != 1 or (month and not 1 <= int(month[2]) <= 12):
        turn.reply("doubt.outside_how", kind=kind)
        return
    key = f"{month[1]}-{int(month[2]):02}" if month else f"{turn.today:%Y-%m}"
    amount, reason = amounts[0].yuan, why[1].strip() if why else ""
    doubts.add_outside(
        turn.session, project=project.id, kind=kind, month=key, amount=amount, report=None, person=turn.person, said_at=turn.now, reason=reason,
    )  # fmt: skip
    facts: dict[str, Any] = {"kind": kind, "month": key, "amount": amount}
    words = {"reason": reason} if reason else None
    turn.note("outside.entered", project=project.id, person=turn.person, facts=facts, words=words)
    gap = abs((project.invested_year or 0) - amount)
    far = gap > max(project.invested_year or 0, amount) * turn.policy.truth.statistical_share
    asked = kind == "statistical" and far and project.invested_year is not None and not reason
    turn.reply(
        "doubt.outside_done", project=project, kind=kind, month=key, amount=amount, gap=gap if asked else None, reason=reason, projects=[project.id],
    )  # fmt: skip


def _one(turn: Turn, named: str) -> Project | None:
    found = dossier.meant(turn, named, Action.DISPATCH) if named else []
    return found[0] if len(found) == 1 else None


def place(turn: Turn) -> None:
    """坐标 17 36.5536,116.7513."""
    rest = str(turn.args.get("rest", "")).strip()
    named, _, said = rest.partition(" ")
    found, project = PLACE.search(said), _one(turn, named)
    if found is None or project is None or not (abs(float(found[1])) <= 90 and abs(float(found[2])) <= 180):
        turn.reply("doubt.place_how")
        return
    project.latitude, project.longitude = float(found[1]), float(found[2])
    projects.save(turn.session, project)
    turn.note("project.placed", project=project.id, person=turn.person, facts={}, rows=[project])
    turn.reply("doubt.place_done", project=project, latitude=found[1], longitude=found[2], projects=[project.id])
