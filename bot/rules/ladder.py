"""The ladder a matter climbs (001: 分级负责、逐层解决; 000: 提级办理): frozen when it is raised, up by itself when a limit passes.

Codes of reasons. stay: within_limit (due, minutes: working minutes left), day_off, climbed_today, held, hold_running (until).
propose, climb: limit_passed (due, minutes: working minutes over, rung: from, to, skipped: absent rungs passed over).
top: at_top, all_absent (due, minutes, rung).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from bot.rules.calendar import WorkCalendar
from bot.rules.reason import Fact, Reason
from bot.rules.words import Rung, Urgency

LIMITS: Mapping[Rung, Decimal] = MappingProxyType(
    {
        Rung.SECTION: Decimal(3),
        Rung.DEPUTY_HEAD: Decimal(3),
        Rung.HEAD: Decimal(5),
        Rung.GENERAL_DISPATCHER: Decimal(7),
        Rung.GENERAL_COORDINATOR: Decimal(7),
        Rung.MEETING: Decimal(5),
        Rung.LEVEL_ABOVE: Decimal(10),
    }
)


@dataclass(frozen=True)
class LadderPolicy:
    """limits: working days each rung has. urgent_factor: what is left of them for an urgent matter. hold_days: working days the
    dispatcher has before the first district leader hears (拟提级). silence_days: working days after which a raiser's silence on an
    answer goes to the dispatcher's desk.
    """

    limits: Mapping[Rung, Decimal] = field(default_factory=lambda: LIMITS)
    urgent_factor: Decimal = Decimal("0.3333")
    hold_days: Decimal = Decimal("0.5")
    silence_days: Decimal = Decimal(5)


@dataclass(frozen=True)
class Seat:
    """Who sits on a rung as things are. person: None where it is empty. peers: told, not asked (the project's 协调责任人 at HEAD)."""

    rung: Rung
    person: int | None
    unit: int | None = None
    peers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Step:
    """A rung of a frozen ladder. minutes: its limit in working minutes."""

    rung: Rung
    person: int
    unit: int | None
    peers: tuple[int, ...]
    minutes: int


@dataclass(frozen=True)
class Climb:
    """What is to happen with a matter. step: where it stays or goes, an index into its steps."""

    kind: Literal["stay", "propose", "climb", "top"]
    step: int
    reason: Reason


def freeze(
    seats: Sequence[Seat], raised_by: int, policy: LadderPolicy, urgency: Urgency, minutes_per_day: int
) -> tuple[Step, ...]:
    """The ladder of one matter, from the seats lowest first; later changes of seats leave it alone. Empty where nobody is left.

    Left out are empty rungs, a rung held by the person of the one before, and rungs held by the raiser (nobody answers for a matter
    they raised). The office's rungs stay: what it has to do on each differs. Their peers are told all the same: with the same person's step, else with the next one up, at last with the top.
    """
    steps: list[Step] = []
    waiting: tuple[int, ...] = ()
    for seat in seats:
        peers = waiting + seat.peers
        if seat.person is None or seat.person == raised_by:
            waiting = peers
            continue
        if steps and steps[-1].person == seat.person and not seat.rung.office:
            steps[-1] = replace(steps[-1], peers=steps[-1].peers + peers)
        else:
            minutes = limit(seat.rung, policy, urgency, minutes_per_day)
            steps.append(Step(seat.rung, seat.person, seat.unit, peers, minutes))
        waiting = ()
    if steps:
        steps[-1] = replace(steps[-1], peers=steps[-1].peers + waiting)
    return tuple(replace(step, peers=_once(step.peers, {raised_by, step.person})) for step in steps)


def limit(rung: Rung, policy: LadderPolicy, urgency: Urgency, minutes_per_day: int) -> int:
    """The limit of a rung in working minutes."""
    factor = policy.urgent_factor if urgency is Urgency.URGENT else Decimal(1)
    return max(1, round(policy.limits[rung] * minutes_per_day * factor))


def decide(
    steps: Sequence[Step],
    at: int,
    due: datetime,
    now: datetime,
    proposed_at: datetime | None,
    last_climb: date | None,
    held: bool,
    policy: LadderPolicy,
    calendar: WorkCalendar,
    minutes_per_day: int,
    absent: frozenset[int] = frozenset(),
) -> Climb:
    """What becomes of a matter at step `at`, whose limit ends at `due`.

    One rung at most in a working day, none on a day off. Before the first district leader hears, the dispatcher does (propose), and
    has `hold_days` to say no (held). Absent persons are passed over; with nobody left above, the matter is at the top: to be listed
    each working morning, never silent.
    """
    if now < due:
        return Climb("stay", at, Reason("within_limit", {"due": due, "minutes": remaining(due, now, calendar)}))
    facts: dict[str, Fact] = {"due": due, "minutes": -remaining(due, now, calendar)}
    if at < len(steps):
        facts["rung"] = steps[at].rung
    to = next((index for index in range(at + 1, len(steps)) if steps[index].person not in absent), None)
    if to is None:
        return Climb("top", at, Reason("all_absent" if at + 1 < len(steps) else "at_top", facts))
    if not calendar.is_workday(calendar.day(now)):
        return Climb("stay", at, Reason("day_off"))
    limit_passed = Reason("limit_passed", {**facts, "to": steps[to].rung, "skipped": to - at - 1})
    if steps[to].rung.district_leader and not steps[at].rung.district_leader:
        if held:
            return Climb("stay", at, Reason("held"))
        if proposed_at is None:
            return Climb("propose", to, limit_passed)
        until = calendar.add_minutes(proposed_at, round(policy.hold_days * minutes_per_day))
        if now < until:
            return Climb("stay", at, Reason("hold_running", {"until": until}))
    if last_climb is not None and last_climb >= calendar.day(now):
        return Climb("stay", at, Reason("climbed_today"))
    return Climb("climb", to, limit_passed)


def due_at(step: Step, since: datetime, calendar: WorkCalendar) -> datetime:
    """When the limit of a step ends that is reached at `since`."""
    return calendar.add_minutes(since, step.minutes)


def remaining(due: datetime, now: datetime, calendar: WorkCalendar) -> int:
    """Working minutes left until `due`; negative once it has passed."""
    return calendar.working_minutes(now, due)


def to_json(steps: Sequence[Step]) -> str:
    return json.dumps([asdict(step) for step in steps])


def from_json(text: str) -> tuple[Step, ...]:
    """What `to_json` wrote."""
    return tuple(
        Step(Rung(item["rung"]), item["person"], item["unit"], tuple(item["peers"]), item["minutes"])
        for item in json.loads(text)
    )


def _once(people: Sequence[int], without: set[int]) -> tuple[int, ...]:
    return tuple(person for person in dict.fromkeys(people) if person not in without)
