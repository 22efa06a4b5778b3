"""Spot checks (抽查): a sample drawn at random, its seed in the log; an inspector sees for themselves and says 属实 or 不符."""

import re
import secrets
from collections.abc import Sequence
from datetime import timedelta

from bot.messages import Button, Card
from bot.rules import truth
from bot.rules.entitlement import Action
from bot.rules.words import Post
from handlers import corrections, dispatch, judging
from handlers.desk import Desk, Turn
from storage import doubts, people, projects, spot_checks
from storage.tables import Person, Project, Report, SpotCheck

SEEDS = 10**9
SHOWN = 4
LABEL = 10
PAGE = 5
WANTED = re.compile(r"(?P<size>\d{1,2})?\s*(?:个|项)?\s*(?P<name>[^\d\s]{2,20})?")
"""抽查 · 抽查 8 · 抽查 8 张督查."""

# --- the draw -----------------------------------------------------------------------------------------------------------


def command(turn: Turn) -> None:
    """抽查: an inspector's open checks; a dispatcher's, with the way to draw anew; with a number or a name it draws at once."""
    rest = str(turn.args.get("rest", "")).strip()
    if turn.may(turn.person, Action.DISPATCH) and (rest or not spot_checks.open_for(turn.session, turn.person)):
        if rest or not spot_checks.open_of(turn.session, dispatch.reach(turn)):
            start(turn)
        else:
            listed(turn)
    else:
        mine(turn)


def listed(turn: Turn) -> None:
    """What the dispatcher waits for, and 抽查 to draw more; a number opens one."""
    rows = spot_checks.open_of(turn.session, dispatch.reach(turn))
    pages = max(1, -(-len(rows) // SHOWN))
    page = turn.args.get("page", 0) % pages
    shown = rows[page * SHOWN :][:SHOWN]
    lines = [(project, people.name_of(turn.session, check.inspector), check.drawn_at) for check, project, _ in shown]
    keys = [Button(str(at), "spot.look", {"check": check.id}) for at, (check, _, _) in enumerate(shown, 1)]
    more = [turn.key("more", "spot.open", page=page + 1)] if pages > 1 else []
    turn.reply(
        "spot.open", [keys, [turn.key("spot_check", "spot.start", "primary"), *more]], reusable=True, lines=lines, count=len(rows),
        page=page + 1, pages=pages, projects=[project.id for _, project, _ in shown],
    )  # fmt: skip


def look(turn: Turn) -> None:
    """One that the dispatcher waits for: what is asked of whom, and 撤回."""
    found = _dispatched(turn)
    if found is None:
        return
    check, project = found
    report = turn.session.get(Report, check.report)
    if check.state != "open" or report is None:
        turn.reply("spot.done_before", project=project, state=check.state)
        return
    keys = [
        turn.key("withdraw", "spot.withdraw", check=check.id),
        turn.key("project", "project.show", project=project.id, fresh=True),
    ]
    turn.reply(
        "spot.waiting", [keys], project=project, report=report, who=people.name_of(turn.session, check.inspector), at=check.drawn_at,
        projects=[project.id], about=f"spot:{check.id}",
    )  # fmt: skip


def withdraw(turn: Turn) -> None:
    """撤回: nobody need look any more."""
    found = _dispatched(turn)
    if found is None:
        return
    check, project = found
    if check.state == "open":
        corrections.close_check(turn, check, project, "withdrawn")
    turn.reply("spot.done_before", [[turn.key("desk", "desk.show")]], project=project, state=check.state)


def _dispatched(turn: Turn) -> tuple[SpotCheck, Project] | None:
    check = spot_checks.by_id(turn.session, turn.args["check"])
    project = projects.by_id(turn.session, check.project) if check else None
    if check is None or project is None or not turn.may(turn.person, Action.DISPATCH, project.id):
        turn.reply("start.no_such_thing")
        return None
    return check, project


def start(turn: Turn) -> None:
    """Draws a sample; every draw is in the log with its seed, so that nobody draws until it suits."""
    wanted = WANTED.fullmatch(str(turn.args.get("rest", "")).strip())
    if not turn.may(turn.person, Action.DISPATCH) or wanted is None:
        turn.reply("start.no_such_thing")
        return
    since = turn.today - timedelta(days=turn.policy.file.truth.correct_days)
    found = spot_checks.to_draw_from(turn.session, dispatch.reach(turn), since)
    size = int(wanted["size"] or turn.policy.file.truth.spot_sample)
    seed = secrets.randbelow(SEEDS)
    weights = {number: turn.policy.truth.weights.get(mark, 1) for number, (_, mark, _) in found.items()}
    numbers = truth.draw(seed, weights, size)
    if not numbers:
        turn.reply("spot.nothing")
        return
    turn.note("spot.drawn", person=turn.person, facts={"seed": seed, "weights": weights, "sample": numbers})
    sample = [[found[number][0], found[number][2]] for number in numbers]
    turn.ask("spot.inspector", {"seed": seed, "sample": sample, "of": len(weights)})
    if wanted["name"]:
        _named(turn, wanted["name"])
    else:
        _show_sample(turn)


def _show_sample(turn: Turn) -> None:
    draft = turn.talk.draft
    rows = [project for number, _ in draft["sample"] if (project := projects.by_id(turn.session, number))]
    keys = [
        Button(one.name[:LABEL], "spot.inspector", {"person": one.id, "seed": draft["seed"]})
        for one in _inspectors(turn)
    ]
    turn.reply(
        "spot.sample", [keys[:SHOWN], [turn.key("cancel", "spot.cancel")]], rows=rows, seed=draft["seed"], of=draft["of"],
        projects=[row.id for row in rows],
    )  # fmt: skip


def _inspectors(turn: Turn) -> list[Person]:
    """Supervisors who may see all of the sample."""
    found = {person.id: person for person, _ in people.everyone_with(turn.session, Post.SUPERVISOR, turn.today)}
    return [person for person in found.values() if _sees_all(turn, person.id)]


def _sees_all(turn: Turn, person: int) -> bool:
    return all(turn.may(person, Action.SEE, project) for project, _ in turn.talk.draft["sample"])


def typed(turn: Turn) -> None:
    """A name was typed."""
    _named(turn, turn.typed)


def _named(turn: Turn, name: str) -> None:
    found = [person for person in people.person_named(turn.session, name.strip()) if _sees_all(turn, person.id)]
    if len(found) == 1:
        _send(turn, found[0].id)
    else:
        turn.reply("spot.unknown", [[turn.key("cancel", "spot.cancel")]], name=name, several=len(found) > 1)


def chosen(turn: Turn) -> None:
    """A supervisor was tapped."""
    if turn.talk.step != "spot.inspector" or turn.talk.draft.get("seed") != turn.args["seed"]:
        turn.reply("report.draft_gone")
    elif _sees_all(turn, turn.args["person"]):
        _send(turn, turn.args["person"])
    else:
        turn.reply("start.no_such_thing")


def cancel(turn: Turn) -> None:
    """取消: nobody is sent; the draw stays in the log."""
    turn.done()
    turn.reply("spot.cancelled")


def _send(turn: Turn, inspector: int) -> None:
    draft = turn.talk.draft
    turn.done()
    rows = [
        spot_checks.add(
            turn.session, seed=draft["seed"], project=project, report=report, inspector=inspector, drawn_by=turn.person, drawn_at=turn.now
        )
        for project, report in draft["sample"]
    ]  # fmt: skip
    turn.session.flush()
    for row in rows:
        facts = {"check": row.id, "seed": row.seed, "report": row.report, "inspector": inspector}
        turn.note("spot.sent", project=row.project, person=turn.person, facts=facts)
    person = turn.session.get(Person, inspector)
    locale = person.locale if person else ""
    card = Card(
        turn.text("spot.handed", locale, count=len(rows), by=turn.known.name if turn.known else ""),
        ((turn.button("show", "spot.mine", locale),),),
    )
    turn.hand(inspector, card, key=f"spot:{draft['seed']}:{rows[0].id}", about=f"spots:{rows[0].id}")
    turn.reply(
        "spot.sent", [[turn.key("desk", "desk.show")]], count=len(rows), who=people.name_of(turn.session, inspector), seed=draft["seed"]
    )  # fmt: skip


# --- on the spot --------------------------------------------------------------------------------------------------------


def mine(turn: Turn) -> None:
    """What I have to check, each with its figures; a number opens one."""
    _list(turn, spot_checks.open_for(turn.session, turn.person), turn.args.get("page", 0))


def _list(turn: Turn, rows: Sequence[tuple[SpotCheck, Project, Report]], page: int = 0) -> None:
    pages = max(1, -(-len(rows) // PAGE))
    shown = rows[page % pages * PAGE :][:PAGE]
    keys = [Button(str(at), "spot.show", {"check": check.id}) for at, (check, _, _) in enumerate(shown, 1)]
    more = [turn.key("more", "spot.mine", page=(page + 1) % pages)] if pages > 1 else []
    turn.reply(
        "spot.mine", [keys[:3], [*keys[3:], *more]], reusable=True, rows=[(project, report) for _, project, report in shown],
        count=len(rows), page=page % pages + 1, pages=pages, projects=[project.id for _, project, _ in shown],
    )  # fmt: skip


def show(turn: Turn) -> None:
    """One check: what was reported, and 属实 or 不符."""
    found = _mine(turn)
    if found is None:
        return
    check, project, report = found
    lines = judging.worded(turn, doubts.of_report(turn.session, report.id, "open"), turn.locale)
    keys = [
        turn.key("true_on_spot", "spot.true", "primary", check=check.id),
        turn.key("untrue_on_spot", "spot.untrue", check=check.id),
    ]
    turn.reply(
        "spot.card", [keys], project=project, report=report, doubts=lines, projects=[project.id], about=f"spot:{check.id}",
        milestones=[row.name for row in projects.milestones_of(turn.session, project.id) if row.id in report.milestones_done],
    )  # fmt: skip


def _mine(turn: Turn) -> tuple[SpotCheck, Project, Report] | None:
    check = spot_checks.by_id(turn.session, turn.args["check"])
    project = projects.by_id(turn.session, check.project) if check else None
    report = turn.session.get(Report, check.report) if check else None
    if check is None or project is None or report is None or check.inspector != turn.person:
        turn.reply("start.no_such_thing")
        return None
    if check.state != "open":
        turn.reply("spot.done_before", project=project, state=check.state)
        return None
    return check, project, report


def confirmed(turn: Turn) -> None:
    """属实: the report was seen to be true; what was doubted in it is checked."""
    found = _mine(turn)
    if found is None:
        return
    check, project, report = found
    corrections.close_check(turn, check, project, "confirmed")
    left = doubts.of_report(turn.session, report.id, "open")
    if left:
        judging.settle(turn, project, left, "checked", turn.person)
    _tell_office(turn, check, project)
    rest = spot_checks.open_for(turn.session, turn.person)
    turn.reply("spot.confirmed", [_next(turn, len(rest))], project=project, rest=len(rest))


def untrue(turn: Turn) -> None:
    """不符: what is there instead?"""
    found = _mine(turn)
    if found is None:
        return
    check, project, report = found
    turn.ask(corrections.STEP, corrections.blank(report, check.id))
    turn.reply(
        "spot.what", [[turn.key("cancel", "correct.cancel")]], project=project, report=report, projects=[project.id]
    )


def _next(turn: Turn, rest: int) -> list[Button]:
    return [turn.key("next_item", "spot.mine")] if rest else []


def _tell_office(desk: Desk, check: SpotCheck, project: Project) -> None:
    """Whoever drew the sample reads it in the next bundle."""
    person = desk.session.get(Person, check.drawn_by)
    text = desk.text(
        "spot.result",
        person.locale if person else "",
        project=project,
        who=people.name_of(desk.session, check.inspector),
    )
    desk.remind(
        check.drawn_by, "notice", key=f"spot:{check.id}:done", about="", project=project.id, reason={"text": text}
    )
