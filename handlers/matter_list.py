"""Matters that people ask for: the list of theirs (事项), one by its number, its other buttons, its photos and files."""

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.messages import Button, plain
from bot.rules.words import MatterState
from handlers.desk import Desk, Turn
from handlers.matters import BUTTONS, SHOWN, args, facts, find_number, in_rows, marks, meant, number_of, show
from handlers.parties import steps_for, visible
from storage import matters
from storage.tables import Matter, StoredFile

CLOSED_DAYS = 30
"""For how long the list of what a person raised shows what was closed."""


def mine(turn: Turn) -> None:
    """事项: waiting for me, ordered by me, raised by me, watched by me. 事项 17-3: that one."""
    rest = str(turn.args.get("rest", ""))
    if find_number(rest):
        show_number(turn, rest)
        return
    person = turn.person
    raised = matters.raised_by(turn.session, person, turn.now - timedelta(days=CLOSED_DAYS))
    waiting = [matter for one in (person, *turn.acts_for(person)) for matter in matters.waiting_for(turn.session, one)]
    waiting += [matter for matter in raised if _asks_raiser(turn, matter)]
    waiting += [matter for matter in matters.to_decide(turn.session) if _decides(turn, person, matter)]
    waiting = list({matter.id: matter for matter in waiting}.values())
    others = {matter.id for matter in (*raised, *waiting)}
    watched = [
        matter
        for matter in matters.concerning(turn.session, person)
        if matter.id not in others and _heard(turn, matter, person)
    ]
    ordered = [matter for matter in raised if matter.origin.ordered]
    raised = [matter for matter in raised if not matter.origin.ordered]
    listed = [matter for part in (waiting, ordered, raised, watched) for matter in part]
    keys = [
        Button(number_of(turn, matter), "matter.show", args(turn, matter))
        for matter in {matter.id: matter for matter in listed}.values()
    ]
    turn.reply(
        "matter.mine",
        in_rows(keys[:BUTTONS]),
        waiting=_lines(turn, waiting),
        ordered=_lines(turn, ordered),
        raised=_lines(turn, raised),
        watched=_lines(turn, watched),
        counts=(len(waiting), len(ordered), len(raised), len(watched)),
        reusable=True,
    )


def _asks_raiser(desk: Desk, matter: Matter) -> bool:
    """Whether its raiser is asked for a word: is it solved, is it still solved."""
    if matter.state is MatterState.CLOSED:
        return matter.review_on is not None and matter.review_on <= desk.today
    return matter.state is MatterState.ANSWERED and not matters.open_parts(desk.session, matter.id)


DECISIONS = frozenset({"send_back", "climb_now", "keep", "redirect", "agree_date", "grant_fast"})
"""Steps that give the word a matter waits for."""


def _decides(desk: Desk, person: int, matter: Matter) -> bool:
    return any(step.name in DECISIONS for step in steps_for(desk, matter, person))


def _heard(desk: Desk, matter: Matter, person: int) -> bool:
    """Whether the matter has come as far up as this person, or they watch it: leaders are not shown what has not reached their rung."""
    below = matter.steps[: matter.rung + 1]
    sits = any(person == step["person"] or person in step["peers"] for step in below)
    return sits or person == matter.answered_by or matters.watches(desk.session, matter.id, person)


def _lines(turn: Turn, found: Sequence[Matter]) -> list[str]:
    """Two lines for each: what it is about; where it stands, with whoever has it where that is somebody else."""
    lines = []
    for matter in found[:SHOWN]:
        shown = facts(turn, matter, turn.person, turn.locale)
        mine = {"holder": ""} if matter.person == turn.person else {}
        lines.append(plain(turn.words("matter.listed", **{**shown, **mine})))
    return lines


def show_number(turn: Turn, text: str = "") -> None:
    """17-3: the whole of it, to who may see it. What is not there and what is not for them look the same."""
    number = find_number(text or turn.typed)
    matter = matters.by_number(turn.session, *number) if number else None
    if matter is None or not visible(turn, turn.person, matter):
        turn.reply("matter.not_found", number=(text or turn.typed).strip())
        return
    show(turn, matter, fresh=True, told=SHOWN * 3)


def turn_page(turn: Turn) -> None:
    """更多: the card's other buttons, in its place."""
    matter = meant(turn)
    if matter is not None:
        show(turn, matter, page=turn.args["page"])


def open_card(turn: Turn) -> None:
    """查看: the whole of it, below what was there."""
    matter = meant(turn)
    if matter is not None:
        show(turn, matter, fresh=True, told=SHOWN * 3)


def send_files(turn: Turn) -> None:
    """看照片: the card again with fresh buttons, and the photos and files below it."""
    matter = meant(turn)
    if matter is None:
        return
    show(turn, matter)
    stored = [row for row in matters.files(turn.session, matter.id) if row.state == "stored"]
    name = "matter.files" if stored else "matter.files_coming"
    turn.reply(
        name, fresh=True, files=[_file(row, at) for at, row in enumerate(stored, 1)][-SHOWN:], number=number_of(turn, matter),
        unread=[row.name for row in stored if row.source.get("unread")][-SHOWN:], more=max(0, len(stored) - SHOWN), projects=marks(matter)["projects"], matter=matter.id,
    )  # fmt: skip


def _file(row: StoredFile, number: int) -> str:
    """Where bot.errands keeps a file, and a name people can make something of."""
    plain_name = re.sub(r'[\\/|:*?"<>\x00-\x1f]', "_", row.name)
    name = plain_name or (f"{number}.jpg" if row.kind == "photo" else str(number))
    return f"files/{row.sha256[:2]}/{row.sha256}|{name}"
