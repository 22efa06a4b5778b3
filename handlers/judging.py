"""Whether figures can be true: what the rules of truth are asked with, and what becomes of their doubts (S15: 实事求是)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from bot.messages import plain
from bot.rules import cadence, truth
from bot.rules.reason import Reason
from bot.rules.truth import Claim, Known, OpenMilestone
from bot.rules.words import ReportState
from handlers.desk import Desk
from handlers.reasons import stored
from storage import doubts, notes, projects
from storage.doubts import Basis
from storage.tables import Doubt, Milestone, Project, Report, StoredFile

CHUNK = 500
LOOKED = "doubts:looked"

# --- what the rules find ------------------------------------------------------------------------------------------------


def basis(desk: Desk, project: Project) -> Basis:
    """What a report said now is measured against."""
    return doubts.basis(desk.session, project.id, _credit(desk, project)[1])


def of_draft(
    desk: Desk,
    project: Project,
    draft: Mapping[str, Any],
    milestones: Sequence[Milestone],
    against: Basis | None = None,
) -> list[dict[str, Any]]:
    """The doubts about what a draft would write, each with the explanation already given for it ("" where none was)."""
    period, as_of = _credit(desk, project)
    named, others = draft.get("named_day"), draft.get("outside", {})
    claim = Claim(
        as_of=as_of, said_on=desk.today, period=period.key, progress=Decimal(draft["progress"]) if "progress" in draft else None,
        invested_year=draft.get("invested_year"), invested_period=draft.get("invested_period"), span=draft.get("period", ""),
        done=frozenset(draft["done"]), in_use=draft.get("in_use", ""), words="\n".join(draft["words"]),
        named_day=date.fromisoformat(named) if named else None, statistical=others.get("statistical"), paid=others.get("paid"),
    )  # fmt: skip
    reasons = [
        *truth.doubts(claim, known(project, milestones, as_of, against or basis(desk, project)), desk.policy.truth),
        *_of_files(desk, project, draft),
    ]
    return _with_explanations(desk, project, reasons, draft.get("doubts", []))


def _credit(desk: Desk, project: Project) -> tuple[cadence.Period, date]:
    kind = cadence.cadence_of(project.level, project.light, desk.policy.report)
    return cadence.credit(desk.today, kind, project.as_of, desk.policy.report, desk.calendar)


def known(project: Project, milestones: Sequence[Milestone], as_of: date, basis: Basis) -> Known:
    """What is known of a project before a report of that day."""
    return Known(
        told=basis.told, invested_before=project.invested_before, year_plan=project.year_plan if project.year == as_of.year else None,
        total=project.total, month_plan=basis.month_plan, statistical=basis.statistical, paid=basis.paid,
        milestones=tuple(OpenMilestone(row.id, row.name) for row in milestones if row.done_on is None),
        paused=project.paused_until is not None and project.paused_until >= as_of,
    )  # fmt: skip


def _with_explanations(
    desk: Desk, project: Project, reasons: Sequence[Reason], earlier: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """What was explained already stays so: in this draft, or this year where the doubt is of something that lasts."""
    if not reasons:
        return []
    given = {one["code"]: one["explanation"] for one in earlier if one["explanation"]}
    lasting = truth.STANDING & {reason.code for reason in reasons}
    if lasting:
        since = desk.calendar.at(desk.today.replace(month=1, day=1), time.min)
        given = {**doubts.explained_since(desk.session, project.id, lasting, since), **given}
    return [{**value, "explanation": given.get(value["code"], "")} for value in stored(reasons)]


def unexplained(found: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [one for one in found if not one["explanation"]]


def add_photos(desk: Desk, project: Project, draft: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A draft's doubts with those about its photos as they are by now: some came in after the card was shown."""
    known_ones = [one for one in draft.get("doubts", []) if not one["code"].startswith("photo_")]
    if not draft.get("files"):
        return known_ones
    reasons = _of_files(desk, project, draft)
    return [*known_ones, *_with_explanations(desk, project, reasons, draft.get("doubts", []))]


def _of_files(desk: Desk, project: Project, draft: Mapping[str, Any]) -> list[Reason]:
    rows = doubts.files(desk.session, draft["files"]) if draft.get("files") else []
    found = {reason.code: reason for row in rows for reason in of_photo(desk, project, row)}
    return list(found.values())


def of_photo(desk: Desk, project: Project, row: StoredFile) -> tuple[Reason, ...]:
    """What speaks against one photo of a report."""
    if row.kind != "photo" and not row.mime.startswith("image/"):
        return ()
    photo = truth.Photo(
        row.sha256, row.likeness, desk.calendar.day(row.taken_at) if row.taken_at else None, _place(row)
    )
    period, _ = _credit(desk, project)
    since = min(period.start, project.as_of or period.start)
    seen = doubts.photos_like(desk.session, row, project)
    return truth.photo_doubts(photo, seen, _place(project), since, desk.policy.truth)


def looked_at(desk: Desk, row: StoredFile, seen: Mapping[str, Any]) -> None:
    """What a photo looks like and says of itself (`bot.photos.look`); its time is of the local clock."""
    row.likeness = seen.get("likeness", "")
    row.latitude, row.longitude = seen.get("latitude"), seen.get("longitude")
    if seen.get("taken_at"):
        taken = datetime.fromisoformat(seen["taken_at"])
        row.taken_at = desk.calendar.at(taken.date(), taken.time())


def _place(row: StoredFile | Project) -> tuple[float, float] | None:
    return None if row.latitude is None or row.longitude is None else (row.latitude, row.longitude)


# --- what becomes of them -----------------------------------------------------------------------------------------------


def keep(desk: Desk, project: Project, report: Report, found: Iterable[Mapping[str, Any]]) -> None:
    """Writes the doubts about a report down; sets the project's mark where the report counts. The caller notes both in the log."""
    rows = []
    for one in found:
        explained = bool(one["explanation"])
        rows.append(doubts.add(
            desk.session, project=project.id, report=report.id, code=one["code"], facts=one["facts"], found_at=desk.now,
            explanation=one["explanation"], state="explained" if explained else "open",
            settled_by=report.person if explained else None, settled_at=desk.now if explained else None,
        ))  # fmt: skip
    if rows:
        desk.session.flush()
    if report.state is not ReportState.COUNTS:
        return
    if any(row.state == "open" for row in rows):
        project.doubt = "open"
    elif rows and project.doubt != "open":
        project.doubt = "explained"
    elif project.doubt == "explained" and report.invested_year is not None and report.progress is not None:
        project.doubt = ""


def keep_outside(desk: Desk, report: Report, figures: Mapping[str, int]) -> None:
    """Figures of others that a report told beside its own: 入库纳统, 支付, 资金到位."""
    for kind, amount in figures.items():
        doubts.add_outside(
            desk.session, project=report.project, kind=kind, month=f"{report.as_of:%Y-%m}", amount=amount, report=report.id,
            person=report.recorded_by or report.person, said_at=desk.now,
        )  # fmt: skip


def mark(desk: Desk, project: Project) -> None:
    """The project's mark from what stands in the store: open before explained."""
    states = {row.state for row in doubts.standing(desk.session, project.id)}
    project.doubt = next((state for state in ("open", "explained") if state in states), "")


def settle(
    desk: Desk, project: Project, rows: Iterable[Doubt], state: str, person: int, explanation: str = "", *, quiet: bool = False
) -> None:  # fmt: skip
    """Doubts were explained, checked, corrected or fell with their report; the project's mark and the log follow (`quiet`: the caller's)."""
    settled = list(rows)
    for row in settled:
        row.state, row.settled_by, row.settled_at = state, person, desk.now
        row.explanation = explanation or row.explanation
    desk.session.flush()
    mark(desk, project)
    desk.session.flush()
    if settled and not quiet:
        desk.note(
            f"doubt.{state}", project=project.id, person=person, facts={"report": settled[0].report, "codes": [row.code for row in settled]},
            rows=[project], words={"explanation": explanation} if explanation else None,
        )  # fmt: skip


def reviewed(desk: Desk, project: Project, report: Report) -> None:
    """The doubts about a report that has been reviewed: they stand where it counts, and fall with it where it was returned."""
    rows = doubts.of_report(desk.session, report.id)
    if report.state is ReportState.RETURNED:
        for row in rows:
            row.state, row.settled_at = "returned", desk.now
    desk.session.flush()
    if rows and report.state is ReportState.COUNTS:
        mark(desk, project)


def worded(desk: Desk, found: Iterable[Mapping[str, Any] | Doubt], locale: str = "") -> list[str]:
    """Each doubt as one gentle sentence with its arithmetic: plain text."""
    values = [{"code": one.code, "facts": one.facts} if isinstance(one, Doubt) else one for one in found]
    reasons = [Reason.from_plain(value) for value in values]
    return [plain(desk.text(f"doubt.{reason.code}", locale, **reason.facts)) for reason in reasons]


def explained_lines(desk: Desk, rows: Iterable[Doubt], locale: str = "") -> list[tuple[str, str]]:
    """(sentence, explanation; "" where nobody gave one) of each doubt, for a project's card."""
    rows = list(rows)
    return list(zip(worded(desk, rows, locale), (row.explanation for row in rows), strict=True))


# --- what came in without a card ------------------------------------------------------------------------------------------


def look_over(desk: Desk) -> bool:
    """The figures of ledgers that were imported since the last look: nobody is asked, the dispatcher has them on the list. Returns
    whether there are more, for a transaction of its own."""
    after = notes.value(desk.session, LOOKED) or 0
    found, last = doubts.imported_after(desk.session, after, CHUNK)
    if last == after:
        return False
    milestones = projects.milestones(desk.session, [project.id for _, project in found]) if found else {}
    for report, project in found:
        _look_at(desk, report, project, milestones[project.id])
    notes.keep(desk.session, LOOKED, last)
    return True


def _look_at(desk: Desk, report: Report, project: Project, milestones: Sequence[Milestone]) -> None:
    claim = Claim(
        as_of=report.as_of, said_on=report.as_of, period=report.period, progress=report.progress, invested_year=report.invested_year,
        words=report.words,
    )  # fmt: skip
    before = doubts.basis(desk.session, project.id, report.as_of, report.id)
    reasons = truth.doubts(claim, known(project, milestones, report.as_of, before), desk.policy.truth)
    values = _with_explanations(desk, project, reasons, [])
    if values:
        keep(desk, project, report, values)
        desk.session.flush()
        codes = [one["code"] for one in values]
        desk.note("doubt.found", project=project.id, facts={"report": report.id, "codes": codes}, rows=[project])
