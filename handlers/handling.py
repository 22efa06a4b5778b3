"""What those do with a matter who have it: sign, hand on within the unit, feed back, answer, send up, ask for another unit."""

from typing import Any

from bot.rules.words import MatterState, Result, Rung
from handlers import joint, ladder, limits
from handlers.desk import Turn
from handlers.matters import buttons_for, in_rows, marks, number_of, show
from handlers.parties import office
from handlers.telling import hand_to, inform, record, take_back, tell_doer, tell_raiser
from storage import matters, people
from storage.tables import Matter


def sign(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """签收."""
    signed(turn, matter)
    entry = record(turn, matter, "signed", person=turn.person)
    tell_raiser(turn, matter, entry, "signed")
    show(turn, matter)


def signed(turn: Turn, matter: Matter) -> None:
    """Whoever acts on a matter has it; what was lent stays with who took it."""
    if matter.state is MatterState.UNSIGNED:
        matter.state = MatterState.PROMISED if matter.plan and matter.promised_on else MatterState.HANDLING
        matter.signed_at = turn.now
    matter.lent_by, matter.lent_until = None, None


def colleagues(turn: Turn, matter: Matter) -> list[tuple[int, str]]:
    """Whom it may be given to within the unit: the people of the unit and of those below it, but not who raised it, has it, or sits above."""
    units = people.subtree(turn.session, matter.unit) if matter.unit is not None else frozenset()
    names = people.unit_names(turn.session)
    above = {seat["person"] for seat in matter.seats if seat["rung"] != Rung.SECTION}
    others = {matter.raised_by, matter.person, *above}
    found = [row for row in matters.colleagues(turn.session, units) if row.id not in others]
    places = [names.get(row.unit or 0, "") if row.unit != matter.unit else "" for row in found]
    marks = [" ".join(filter(None, (place, row.title))) for row, place in zip(found, places, strict=True)]
    return [(row.id, f"{row.name}（{mark}）" if mark else row.name) for row, mark in zip(found, marks, strict=True)]


def assign(turn: Turn, matter: Matter, person: int) -> None:
    """分办: this person answers for it on the first rung from now; the limit goes on."""
    before = matter.person
    ladder.seat_first(matter, person)
    ladder.hold(turn, matter, person)
    matter.lent_by, matter.lent_until = None, None
    matters.concern(turn.session, matter.id, [person])
    entry = record(turn, matter, "assigned", person=turn.person, facts={"person": person})
    take_back(turn, matter)
    hand_to(turn, matter, entry, person, "assigned")
    if before is not None and before != turn.person:
        inform(turn, matter, entry, before, "assigned")
    tell_raiser(turn, matter, entry, "assigned", by=turn.person)
    tell_doer(turn, matter, "assigned")


def feedback(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """反馈: a word, photo or file to the raiser, without closing."""
    new = matter.state is MatterState.UNSIGNED
    signed(turn, matter)
    facts = {"files": len(draft["files"])}
    entry = record(turn, matter, "feedback", person=turn.person, facts=facts, words=said, moves=new)
    tell_raiser(turn, matter, entry, "feedback", said=said)
    show(turn, matter, heading="fed_back")


def finish(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """办结: result and basis. Who raised it is asked whether it is solved, once every co-unit has done its part too."""
    answer, _, basis = said.partition("依据：") if "依据：" in said else said.partition("依据:")
    matter.state, matter.result = MatterState.ANSWERED, Result(draft["result"])
    matter.answer, matter.basis = answer.strip(" ；;，,\n") or basis.strip(), basis.strip()
    matter.signed_at, matter.lent_by, matter.lent_until = matter.signed_at or turn.now, None, None
    matter.answered_at, matter.answered_by = turn.now, turn.person
    matter.proposed_at, matter.held, matter.asked_at, matter.promise_open = None, False, None, None
    matter.paused_state, matter.paused_reason, matter.paused_until, matter.left_minutes = "", "", None, None
    limits.start(turn, matter, turn.calendar.add_working_days(turn.now, turn.policy.ladder.silence_days))
    facts = {"result": matter.result, "files": len(draft["files"])}
    entry = record(turn, matter, "answered", person=turn.person, facts=facts, words=said)
    take_back(turn, matter)
    if matter.part_of is not None:
        joint.part_answered(turn, matter, entry)
    elif matters.open_parts(turn.session, matter.id):
        tell_raiser(turn, matter, entry, "lead_answered")
    else:
        joint.ask_raisers(turn, matter, entry)
    tell_doer(turn, matter, "answered")


def escalate(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """提级 by hand: one rung up at once, at most once a working day."""
    if not ladder.rested(turn, matter):
        turn.reply(
            "matter.climbed_today", in_rows(buttons_for(turn, matter, turn.person, turn.locale)), number=number_of(turn, matter), said=said,
            **marks(matter),
        )  # fmt: skip
        return
    to = ladder.next_rung(turn, matter)
    if to is None:
        turn.reply("matter.nobody_above", number=number_of(turn, matter), said=said, **marks(matter))
        return
    ladder.climb(turn, matter, to, by=turn.person, why=said)
    tell_doer(turn, matter, "climbed")


def reassign(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """申请改派: the office is asked to send it elsewhere; it stays, and its clock goes on, until the office says so."""
    matter.asked_at = turn.now
    matter.passed_on = [*matter.passed_on, matter.unit or 0]
    entry = record(turn, matter, "asked", person=turn.person, words=said, moves=False)
    for person in office(turn, matter):
        hand_to(turn, matter, entry, person, "asked", said=said)
    show(turn, matter, heading="asking")
