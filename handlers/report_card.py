"""The confirm card of a report: every line that was read beside what is known, and what follows from it (实事求是: it never surprises)."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from bot.messages import Button
from bot.rules import evidence, reading
from bot.rules.figures import total_invested
from bot.rules.plan import plan_to_date, share
from bot.rules.reading import Reading
from bot.rules.words import Category, Stage
from handlers import stages
from handlers.desk import Turn
from storage import projects
from storage.tables import Milestone, Project

OFFERED = 2
"""Milestones that a stage may be by another name, offered on one card."""
LISTED = 6
"""Stages, days and hindrances shown."""

# --- what was read, kept in the draft -------------------------------------------------------------------------------------


def take(draft: dict[str, Any], read: Reading, milestones: Sequence[Milestone], *, afresh: bool = False) -> None:
    """What the card shows beside the figures: stages, days ahead, hindrances. afresh: in the place of what was read before."""
    kept: dict[str, Any] = {} if afresh else draft.get("told", {})
    named = "".join(one.text for one in read.milestones if one.whole and one.status == "done")
    told = {
        "stages": [
            [one.stage, one.status, "" if one.share is None else f"{one.share:f}"]
            for one in read.stages
            if one.text not in named
        ],
        "days": [[one.day.isoformat(), one.text] for one in read.deadlines],
        "held": [[one.category.value, one.text] for one in read.hindrances],
    }
    for name, found in told.items():
        newer = {one[0] for one in found} if name == "stages" else set()
        earlier = [one for one in kept.get(name, []) if one not in found and one[0] not in newer]
        told[name] = [*earlier, *found][-LISTED:]
    draft["told"] = told
    offered = [milestones[one.index].id for one in read.milestones if _by_another_name(milestones[one.index], one)]
    draft["offered"] = list(dict.fromkeys([*([] if afresh else draft.get("offered", [])), *offered]))


def _by_another_name(milestone: Milestone, mention: reading.MilestoneMention) -> bool:
    return mention.status == "done" and milestone.done_on is None and not mention.whole


def done_by_name(read: Reading, milestones: Sequence[Milestone]) -> list[int]:
    """The milestones that were said, by their own names, to be done, and were not before."""
    found = [milestones[one.index] for one in read.milestones if one.status == "done" and one.whole]
    return [row.id for row in found if row.done_on is None]


def offered(draft: Mapping[str, Any], milestones: Iterable[Milestone]) -> list[Milestone]:
    """The milestones that a stage that was read may be, by another name: never marked without a tap."""
    found = [row for row in milestones if row.id in draft.get("offered", []) and row.id not in draft["done"]]
    return [row for row in found if row.done_on is None][:OFFERED]


def unproved(draft: Mapping[str, Any], milestones: Iterable[Milestone]) -> list[Milestone]:
    """The milestones to be marked done whose standard asks for evidence, where none came."""
    if draft["files"] or draft.get("proxy"):
        return []
    return [row for row in milestones if row.id in draft["done"] and evidence.asked_for(row.standard)]


# --- the card -------------------------------------------------------------------------------------------------------------


def facts(turn: Turn, project: Project, draft: Mapping[str, Any], milestones: Sequence[Milestone]) -> dict[str, Any]:
    """What the card says."""
    progress = Decimal(draft["progress"]) if "progress" in draft else None
    told = draft.get("told", {"stages": [], "days": [], "held": []})
    ahead, life = milestones_shown(draft, milestones), stages.lines(draft)
    reached = {stage.zh for stage, *_ in life} | ({Stage.RESUMED.zh} if any(one[3] for one in life) else set())
    resume = {one[3].isoformat() for one in life if one[3]}
    return {
        "project": project, "progress": progress, "nth": draft.get("nth", 1), "of": draft.get("of", 1),
        "points": progress - project.progress if progress is not None and project.progress is not None else None,
        "done": ahead, "offered": offered(draft, milestones), "proof": unproved(draft, milestones), "unread": draft["unread"],
        "words": draft["words"], "file_count": len(draft["files"]), "proxy": draft.get("proxy"), "outside": draft.get("outside", {}),
        "stages": [one for one in told["stages"] if one[0] not in reached], "days": [one for one in told["days"] if one[0] not in resume], "held": [(Category(category), text) for category, text in told["held"]], "transcribed": bool(draft.get("transcribed")),
        "unproved": draft.get("unproved", ""), "life": life, "funds_share": _of_plan(project, draft), **_money(turn, project, draft),
    }  # fmt: skip


def _of_plan(project: Project, draft: Mapping[str, Any]) -> Decimal | None:
    """The funds in place as a share of the year's plan (资金到位率)."""
    funds = draft.get("outside", {}).get("funds")
    return share(funds, project.year_plan) if funds is not None and project.year_plan else None


def milestones_shown(draft: Mapping[str, Any], milestones: Iterable[Milestone]) -> list[Milestone]:
    return [row for row in milestones if row.id in draft["done"]]


def _money(turn: Turn, project: Project, draft: Mapping[str, Any]) -> dict[str, Any]:
    """The year's figure with all that is computed from it, and so never asked: this month, shares of the plans and of the total."""
    invested, known = draft.get("invested_year"), project.invested_year
    if project.as_of is not None and project.as_of.year != turn.today.year:
        known = None
    nothing = dict.fromkeys(
        ("invested", "old_invested", "change", "share", "due_share", "total", "total_share", "month")
    )
    period = {"period_amount": draft.get("invested_period"), "period": draft.get("period", "")}
    if invested is None:
        return {**nothing, **period}
    total = total_invested(invested, project.invested_before)
    before = draft.get("month_base")
    plan = projects.plan(turn.session, project.id, turn.today.year) if project.year_plan else {}
    due = plan_to_date(plan, turn.today, turn.today.year)
    return {
        **period, "invested": invested, "old_invested": known, "change": invested - known if known is not None else None,
        "share": share(invested, project.year_plan) if project.year_plan else None,
        "due_share": share(due, project.year_plan) if project.year_plan and due else None,
        "total": total, "total_share": share(total or 0, project.total) if project.total else None,
        "month": invested - before if before and period["period"] != "month" else None,
    }  # fmt: skip


def keys(turn: Turn, milestones: Sequence[Milestone], doubted: bool) -> list[list[Button]]:
    """At most six: what to do with the card, and the milestones that may be meant."""
    draft = turn.talk.draft
    card, cancel = draft.get("card"), turn.key("cancel", "report.cancel")
    named = offered(draft, milestones)
    few = len(named) == 1
    meant = [
        turn.key("it_is_that" if few else f"it_is_{at}", "report.milestone", milestone=row.id, card=card)
        for at, row in enumerate(named, 1)
    ]
    if not doubted:
        confirm = turn.key("confirm", "report.confirm", "primary", card=card)
        return [[confirm, turn.key("amend", "report.amend"), cancel], meant]
    mend, why = turn.key("mend", "report.amend", "primary"), turn.key("explain", "doubt.explain")
    as_it_is = turn.key("as_it_is", "report.confirm", card=card, anyway=True)
    return [[mend, why, as_it_is], [cancel, *meant]]
