"""特事特办 (001: 重大问题和紧急情况): asked for from below, granted by the office or the 总调度人, then straight to the top, at once.

It shortens coordination, never a legal step.
"""

from typing import Any

from bot.rules.words import FastLane, Role, Rung, Urgency
from handlers import ladder
from handlers.desk import Desk, Turn
from handlers.matters import show
from handlers.parties import asked, office
from handlers.telling import hand_to, record, ruling, take_back, tell_doer, tell_raiser
from storage.tables import Matter

KINDS = ("safety", "mass", "other")
"""安全, 群体性事件, other grave or urgent things."""


def kinds(turn: Turn, matter: Matter) -> list[tuple[int, str]]:
    """What makes it grave or urgent."""
    return [(at, turn.words("fast_lane.kind", kind=kind)) for at, kind in enumerate(KINDS)]


def ask(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """申请特办: the office hears at once; at night only where the policy says so."""
    matter.fast_lane, matter.fast_at = FastLane.ASKED, turn.now
    matter.fast_kind, matter.fast_reason = KINDS[draft["kind"]], said
    entry = record(turn, matter, "fast_asked", person=turn.person, facts={"kind": matter.fast_kind}, words=said)
    for person in office(turn, matter):
        hand_to(turn, matter, entry, person, "fast_asked", said=said, at_once=loud(turn, matter))
    show(turn, matter, heading="fast_waiting")


def loud(desk: Desk, matter: Matter) -> bool:
    """Whether it may be told at this hour as urgent: in working hours, or where the night does not wait for it."""
    return desk.calendar.in_hours(desk.now) or matter.fast_kind in desk.policy.file.matter.night


def tell_dispatcher(desk: Desk, matter: Matter) -> None:
    """Two working hours without a word: the project's 总调度人 is asked too."""
    persons = desk.assigned(matter.project).get(Role.GENERAL_DISPATCHER, ()) if matter.project is not None else ()
    for person in persons[:1] or office(desk, matter):
        hand_to(
            desk, matter, 0, person, "fast_asked", said=matter.fast_reason, key=f"fast:{matter.id}:{matter.fast_at:%Y%m%d%H%M}:{person}",
            at_once=loud(desk, matter),
        )  # fmt: skip


def grant(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """同意特办: straight to the highest leader there is."""
    matter.fast_lane, matter.urgency = FastLane.GRANTED, Urgency.URGENT
    entry = record(turn, matter, "fast_granted", person=turn.person)
    take_back(turn, matter, ruling(matter))
    to = _top(turn, matter)
    if to is not None:
        ladder.climb(turn, matter, to, by=turn.person, why=matter.fast_reason, at_once=loud(turn, matter))
    else:
        if matter.person is not None:
            hand_to(
                turn, matter, entry, matter.person, "fast_granted", said=matter.fast_reason, at_once=loud(turn, matter)
            )
        tell_raiser(turn, matter, entry, "fast_granted", by=turn.person)
    tell_doer(turn, matter, "fast_granted")


def _top(turn: Turn, matter: Matter) -> int | None:
    """The highest rung of a leader who is there, else the highest below the office's; None where it stands there already."""
    above = [at for at in ladder.rungs_above(turn, matter) if not Rung(matter.steps[at]["rung"]).office]
    return above[-1] if above else None


def refuse(turn: Turn, matter: Matter, said: str, draft: dict[str, Any]) -> None:
    """不同意特办: it goes its ordinary way, with the reason."""
    matter.fast_lane = FastLane.REFUSED
    entry = record(turn, matter, "fast_refused", person=turn.person, words=said)
    take_back(turn, matter, ruling(matter))
    for person in asked(turn, matter):
        hand_to(turn, matter, entry, person, "fast_refused", said=said, told=0)
    tell_doer(turn, matter, "fast_refused")
