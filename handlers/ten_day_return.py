"""A 旬报表 comes back from a reporter (002: 旬汇报): what differs from what is known counts as their reports, confirmed on the same card and
measured by the same rules as what is typed; rows of projects that are not theirs to report are named and not taken."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bot.ledger import Ledger, LedgerFigures, LedgerProject
from bot.messages import Card
from bot.rules.entitlement import Action
from bot.rules.ten_days import NAMES, TenDays, ends, of_month
from bot.rules.words import MessageClass, Source
from handlers import drafts, filing, judging, ledger_chat, several
from handlers.desk import Turn
from storage import plans, projects
from storage.import_figures import DOUBTED
from storage.import_matters import normal
from storage.tables import Project

MOST = 500
"""Rows of a returned table that are looked at."""


@dataclass(frozen=True)
class Told:
    """What a row says of one 旬: 元 in the month so far, 元 in the 旬, words."""

    as_of: date
    month: int | None
    ten: int | None
    words: str


def as_rows(ledger: Ledger) -> list[dict[str, Any]]:
    """The rows of a 旬报表 as plain values: what each 旬 of it tells of a project, the newest first."""
    return [_row(entry) for entry in ledger.projects[:MOST] if entry.invested_as_of]


def _row(entry: LedgerProject) -> dict[str, Any]:
    assert entry.invested_as_of is not None
    newest = LedgerFigures(entry.invested_as_of, None, entry.invested_month, entry.progress_words)
    told = [(newest, entry.invested_ten), *((one, one.invested_ten) for one in reversed(entry.earlier))]
    return {
        "name": entry.name, "owner": entry.owner, "progress": None if entry.progress is None else str(entry.progress),
        "problems": list(entry.problems), "row": f"{entry.sheet} {entry.row}",
        "told": [[one.as_of.isoformat(), one.invested_month, ten, one.progress_words] for one, ten in told],
    }  # fmt: skip


# --- what is new in it ----------------------------------------------------------------------------------------------------


def came(turn: Turn) -> None:
    """The table has been read."""
    facts = turn.incoming.facts
    if turn.known is None or turn.talk.draft.get("file") != facts["payload"]["file"]:
        return
    if not facts["ok"]:
        turn.done()
        _say(
            turn,
            turn.words(
                "ledger.refused", name=facts["payload"]["name"], why=facts["error"], details=facts.get("details", "")
            ),
            (),
        )
        return
    items, same, foreign, refused = _sorted(turn, facts["rows"])
    told = {"same": same, "foreign": foreign, "refused": refused, "items": [_shown(turn, item) for item in items]}
    if not items:
        turn.done()
        _say(turn, turn.words("ledger.nothing_returned", **told), ())
        return
    mark = {"file": facts["payload"]["file"]}
    keys = (
        turn.key("confirm_all", "returned.all", "primary", **mark),
        turn.key("one_by_one", "returned.each", **mark),
        turn.key("cancel", "returned.cancel", **mark),
    )
    turn.ask("ledger.returned", {**mark, "items": items})
    _say(turn, turn.words("ledger.returned", **told), (keys,))


def _say(turn: Turn, text: str, rows: tuple[Any, ...]) -> None:
    key = f"ledger:returned:{turn.incoming.facts['errand']}"
    turn.say(MessageClass.ANSWER, Card(text, rows), person=turn.person, address=turn.incoming.address, key=key)


def _sorted(turn: Turn, rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], int, list[str], list[str]]:
    """The drafts to confirm; how many rows tell nothing new; the names of rows that are not theirs; those that do not add up or are of
    another time."""
    mine = projects.by_ids(turn.session, turn.standing(turn.person).reports)
    by_name: dict[str, list[Project]] = {}
    for project in mine:
        by_name.setdefault(normal(project.name), []).append(project)
    items, same, foreign, refused = list[dict[str, Any]](), 0, list[str](), list[str]()
    for row in rows:
        meant = [
            one
            for one in by_name.get(normal(row["name"]), [])
            if not row["owner"] or normal(one.owner) in ("", normal(row["owner"]))
        ]
        if len(meant) != 1:
            foreign.append(row["name"])
            continue
        draft, wrong = _draft(turn, meant[0], row)
        if wrong:
            refused.append(turn.words("ledger.return_refused", name=row["name"], why=wrong).strip())
        elif draft is None:
            same += 1
        else:
            items.append(draft)
    return items, same, foreign, refused


def _draft(turn: Turn, project: Project, row: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
    """The draft that a row makes (None: nothing new), and what is wrong with it."""
    told = plans.told(turn.session, project.id, turn.today.year)
    shown = project.progress_words or (f"{project.progress.normalize():f}%" if project.progress is not None else "")
    late = False
    for day, month, ten, words in row["told"]:
        one = Told(date.fromisoformat(day), month, ten, DOUBTED.sub("", words))
        known = _known(told, one.as_of)
        changed = one.month not in (None, known.so_far) or one.ten not in (None, known.done)
        fresh = one.words if one.words not in ("", shown) else ""
        if not changed and not fresh:
            continue
        if not _timely(one.as_of, turn.today):
            late = True
            continue
        invested, wrong = _since_january(told, one, known) if changed else (None, "")
        return (None, wrong) if wrong else (_blank(turn, project, one, invested, fresh, row), "")
    problems = [one for one in row["problems"] if one not in project.problems]
    if problems and row["told"]:
        day, month, ten, _ = row["told"][0]
        return _blank(turn, project, Told(date.fromisoformat(day), month, ten, ""), None, "", row), ""
    return None, "other_period" if late else ""


def _known(told: list[tuple[date, int]], as_of: date) -> TenDays:
    at = next(number for number, end in enumerate(ends(as_of.replace(day=1))) if as_of <= end)
    return of_month(told, 0, as_of.replace(day=1), at)


def _timely(as_of: date, today: date) -> bool:
    """Whether a 旬 is the one that runs, or the one before."""
    running = next(end for end in ends(today.replace(day=1)) if today <= end)
    return running - timedelta(days=21) < as_of <= running


def _since_january(told: list[tuple[date, int]], one: Told, known: TenDays) -> tuple[int | None, str]:
    """元 since January, from the sum of the month or of the 旬, whichever was changed; both must agree."""
    first = one.as_of.replace(day=1)
    start = next((money for day, money in reversed(told) if day < first), 0)
    ten_starts = max((end for end in ends(first) if end < one.as_of), default=None)
    before = next((money for day, money in reversed(told) if ten_starts and day <= ten_starts), start)
    by_month = start + one.month if one.month not in (None, known.so_far) and one.month is not None else None
    by_ten = before + one.ten if one.ten not in (None, known.done) and one.ten is not None else None
    if by_month is not None and by_ten is not None and by_month != by_ten:
        return None, "ten_sum"
    return (by_month if by_month is not None else by_ten), ""


def _blank(
    turn: Turn, project: Project, one: Told, invested: int | None, words: str, row: dict[str, Any]
) -> dict[str, Any]:
    at = next(number for number, end in enumerate(ends(one.as_of.replace(day=1))) if one.as_of <= end)
    problems = [problem for problem in row["problems"] if problem not in project.problems]
    said = turn.words(
        "ledger.return_words", month=one.as_of.month, ten=NAMES[at], done=one.month if invested is not None else None, words=words,
        problems=problems,
    ).strip()  # fmt: skip
    draft = {
        **drafts.blank(project.id, many=True),
        "words": [said],
        "messages": [turn.message],
        "album": "",
        "blockers": problems,
    }
    if invested is not None:
        draft |= {"invested_year": invested, "invested_period": one.ten, "period": ""}
    if row["progress"] is not None and words:
        draft["progress"] = row["progress"]
    draft["doubts"] = judging.of_draft(turn, project, draft, projects.milestones_of(turn.session, project.id))
    return draft


def _shown(turn: Turn, draft: dict[str, Any]) -> dict[str, Any]:
    """One line of the list: what was known beside what is said, and what is doubted."""
    project = projects.by_id(turn.session, draft["project"])
    return {
        "name": project.name if project else "", "before": project.invested_year if project else None, "now": draft.get("invested_year"),
        "words": draft["words"][0], "doubts": judging.worded(turn, judging.unexplained(draft["doubts"]), turn.locale),
    }  # fmt: skip


# --- confirmed ------------------------------------------------------------------------------------------------------------


def _open(turn: Turn) -> list[dict[str, Any]] | None:
    if turn.talk.step == "ledger.returned" and turn.talk.draft.get("file") == turn.args.get("file"):
        return list(turn.talk.draft["items"])
    turn.reply("ledger.gone")
    return None


def all_of_it(turn: Turn) -> None:
    """全部确认: what nothing speaks against is written; what is doubted comes as a card of its own, to be explained."""
    items = _open(turn)
    if items is None:
        return
    turn.done()
    left, written = [], list[str]()
    for draft in items:
        project = projects.by_id(turn.session, draft["project"])
        if project is None or not turn.may(turn.person, Action.REPORT, project.id):
            continue
        doubts = judging.of_draft(turn, project, draft, projects.milestones_of(turn.session, project.id))
        if judging.unexplained(doubts):
            left.append(draft)
            continue
        filing.write(
            turn, project, person=turn.person, source=Source.CHAT, progress=Decimal(draft["progress"]) if "progress" in draft else None,
            invested_year=draft.get("invested_year"), invested_period=draft.get("invested_period"), words="\n".join(draft["words"]),
            messages=draft["messages"], doubts=doubts,
        )  # fmt: skip
        written.append(project.name)
    turn.reply("ledger.return_written", names=written, left=len(left))
    _one_by_one(turn, left)


def each(turn: Turn) -> None:
    """逐个确认: the card of each project, one after the other."""
    items = _open(turn)
    if items is not None:
        turn.done()
        _one_by_one(turn, items)


def _one_by_one(turn: Turn, items: list[dict[str, Any]]) -> None:
    queue = [{"projects": [draft["project"]], "words": [], "draft": draft} for draft in items]
    several.go_on(turn, {"queue": queue, "nth": 0, "of": len(queue)})


def cancel(turn: Turn) -> None:
    if turn.talk.step == "ledger.returned":
        turn.done()
    turn.reply("ledger.cancelled")


def typed(turn: Turn) -> None:
    """Words beside the list change nothing in it; another file takes its place."""
    if turn.incoming.attachments and ledger_chat.offered(turn):
        return
    turn.ask("ledger.returned", turn.talk.draft)
    turn.reply("ledger.return_waits", words=turn.typed)
