"""A matter's ladder: frozen with its gaps closed, climbed by itself, never silent."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest

from bot.holidays import work_calendar
from bot.rules.ladder import Climb, LadderPolicy, Seat, Step, decide, due_at, freeze, from_json, remaining, to_json
from bot.rules.reason import Reason
from bot.rules.words import Rung, Urgency

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = work_calendar(((time(8, 30), time(12)), (time(13, 30), time(17, 30))), SHANGHAI)
POLICY = LadderPolicy()
RAISER, LI, WANG, ZHAO, SUN, ZHOU, COORDINATOR = 1, 2, 3, 4, 5, 6, 7
LAND_OFFICE = 40
SEATS = (
    Seat(Rung.SECTION, LI, LAND_OFFICE),
    Seat(Rung.DEPUTY_HEAD, WANG, LAND_OFFICE),
    Seat(Rung.HEAD, ZHAO, LAND_OFFICE, (COORDINATOR,)),
    Seat(Rung.GENERAL_DISPATCHER, SUN),
    Seat(Rung.GENERAL_COORDINATOR, ZHOU),
)


def frozen(*seats: Seat, urgency: Urgency = Urgency.ORDINARY) -> tuple[Step, ...]:
    return freeze(seats, RAISER, POLICY, urgency, CALENDAR.minutes_per_day)


STEPS = frozen(*SEATS)


def held_by(*people: int | None) -> list[tuple[Rung, int, tuple[int, ...]]]:
    """The ladder of the five rungs held by these people, as rung, person and peers."""
    steps = frozen(*(replace(seat, person=person) for seat, person in zip(SEATS, people, strict=True)))
    return [(step.rung, step.person, step.peers) for step in steps]


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def decided(
    at: int,
    due: str,
    now: str,
    *,
    proposed: str | None = None,
    last_climb: date | None = None,
    held: bool = False,
    absent: frozenset[int] = frozenset(),
    steps: tuple[Step, ...] = STEPS,
) -> Climb:
    proposed_at = local(proposed) if proposed else None
    return decide(
        steps,
        at,
        local(due),
        local(now),
        proposed_at,
        last_climb,
        held,
        POLICY,
        CALENDAR,
        CALENDAR.minutes_per_day,
        absent,
    )


def test_limits_in_working_minutes_a_third_of_them_when_urgent() -> None:
    assert [step.minutes for step in STEPS] == [1350, 1350, 2250, 3150, 3150]
    assert [step.minutes for step in frozen(*SEATS, urgency=Urgency.URGENT)] == [450, 450, 750, 1050, 1050]
    none = replace(POLICY, limits=dict.fromkeys(Rung, Decimal(0)))
    assert {step.minutes for step in freeze(SEATS, RAISER, none, Urgency.URGENT, 450)} == {1}


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        (
            (LI, WANG, ZHAO, SUN, ZHOU),
            [
                (Rung.SECTION, LI, ()),
                (Rung.DEPUTY_HEAD, WANG, ()),
                (Rung.HEAD, ZHAO, (COORDINATOR,)),
                (Rung.GENERAL_DISPATCHER, SUN, ()),
                (Rung.GENERAL_COORDINATOR, ZHOU, ()),
            ],
        ),
        # Empty head: the coordinator hears when the next rung does.
        (
            (LI, None, None, SUN, None),
            [(Rung.SECTION, LI, ()), (Rung.GENERAL_DISPATCHER, SUN, (COORDINATOR,))],
        ),
        # Deputy and head are one person: they are asked once, with the head's peers.
        (
            (LI, WANG, WANG, SUN, ZHOU),
            [
                (Rung.SECTION, LI, ()),
                (Rung.DEPUTY_HEAD, WANG, (COORDINATOR,)),
                (Rung.GENERAL_DISPATCHER, SUN, ()),
                (Rung.GENERAL_COORDINATOR, ZHOU, ()),
            ],
        ),
        # The same person across an empty rung, or across the raiser's.
        ((LI, None, LI, None, None), [(Rung.SECTION, LI, (COORDINATOR,))]),
        ((LI, RAISER, LI, SUN, None), [(Rung.SECTION, LI, (COORDINATOR,)), (Rung.GENERAL_DISPATCHER, SUN, ())]),
        # The same person, but with another between: both stay.
        (
            (LI, WANG, LI, None, None),
            [(Rung.SECTION, LI, ()), (Rung.DEPUTY_HEAD, WANG, ()), (Rung.HEAD, LI, (COORDINATOR,))],
        ),
        # Nobody answers for a matter they raised.
        (
            (RAISER, WANG, RAISER, RAISER, ZHOU),
            [(Rung.DEPUTY_HEAD, WANG, ()), (Rung.GENERAL_COORDINATOR, ZHOU, (COORDINATOR,))],
        ),
        # The coordinator is head as well, or the only one left: no peer of oneself.
        ((None, None, COORDINATOR, None, None), [(Rung.HEAD, COORDINATOR, ())]),
        # Peers with no rung left above them belong to the top.
        ((LI, None, None, None, None), [(Rung.SECTION, LI, (COORDINATOR,))]),
        ((RAISER, None, RAISER, None, RAISER), []),
        ((None, None, None, None, None), []),
    ],
)
def test_gaps_are_closed(people: tuple[int | None, ...], expected: list[tuple[Rung, int, tuple[int, ...]]]) -> None:
    assert held_by(*people) == expected


def test_every_shape_of_five_rungs_empty_same_or_raiser() -> None:
    for people in product((None, RAISER, LI, WANG), repeat=5):
        steps = held_by(*people)
        persons = [person for _, person, _ in steps]
        assert RAISER not in persons
        assert set(persons) == {person for person in people if person not in (None, RAISER)}
        assert all(first != second for first, second in pairwise(persons))
        assert [rung for rung, _, _ in steps] == [rung for rung in Rung if rung in {found for found, _, _ in steps}]
        assert sum(peers.count(COORDINATOR) for _, _, peers in steps) == bool(steps)


def test_a_frozen_ladder_can_be_written_down_and_read_back() -> None:
    assert from_json(to_json(STEPS)) == STEPS
    assert from_json(to_json(())) == ()


@pytest.mark.parametrize(
    ("step", "since", "due"),
    [
        (0, "11-23T10:00", "11-26T10:00"),
        # Over National Day, and over a Saturday that is worked.
        (0, "09-29T10:00", "10-09T10:00"),
        (0, "10-09T10:00", "10-13T10:00"),
        # Over an ordinary weekend; raised at night it counts from the morning.
        (0, "11-26T17:30", "12-01T17:30"),
        (2, "11-21T23:00", "11-27T17:30"),
    ],
)
def test_when_a_limit_ends(step: int, since: str, due: str) -> None:
    assert due_at(STEPS[step], local(since), CALENDAR) == local(due)
    assert remaining(local(due), local(since), CALENDAR) == STEPS[step].minutes
    assert remaining(local(due), local(due), CALENDAR) == 0


def test_before_the_limit_it_stays() -> None:
    facts = {"due": local("11-26T10:00"), "minutes": 60}
    assert decided(0, "11-26T10:00", "11-26T09:00") == Climb("stay", 0, Reason("within_limit", facts))


def test_past_the_limit_it_climbs_one_rung_and_says_why() -> None:
    facts = {
        "due": local("11-26T10:00"),
        "minutes": 30,
        "rung": Rung.SECTION,
        "to": Rung.DEPUTY_HEAD,
        "skipped": 0,
    }
    assert decided(0, "11-26T10:00", "11-26T10:30") == Climb("climb", 1, Reason("limit_passed", facts))
    assert decided(0, "11-26T10:00", "11-26T10:00").kind == "climb"


def test_one_rung_in_a_working_day_at_most() -> None:
    """Its limit is long past, after an outage, say: still one rung a day."""
    climbed = date(2026, 11, 26)
    assert decided(1, "11-20T10:00", "11-26T10:30", last_climb=climbed) == Climb("stay", 1, Reason("climbed_today"))
    assert decided(1, "11-20T10:00", "11-27T08:30", last_climb=climbed).kind == "climb"


def test_no_climbing_on_days_off_but_on_a_saturday_that_is_worked() -> None:
    assert decided(0, "09-30T17:30", "10-03T10:00") == Climb("stay", 0, Reason("day_off"))
    assert decided(0, "09-30T17:30", "10-08T08:30").kind == "climb"
    assert decided(0, "10-09T17:30", "10-10T08:30").kind == "climb"
    assert decided(0, "10-09T17:30", "10-11T08:30").reason.code == "day_off"


def test_the_dispatcher_hears_half_a_working_day_before_the_first_district_leader() -> None:
    due = "11-26T10:00"
    proposal = decided(2, due, "11-26T10:00")
    assert (proposal.kind, proposal.step, proposal.reason.facts["to"]) == ("propose", 3, Rung.GENERAL_DISPATCHER)
    waiting = decided(2, due, "11-26T14:00", proposed="11-26T10:00")
    assert waiting == Climb("stay", 2, Reason("hold_running", {"until": local("11-26T15:15")}))
    assert decided(2, due, "11-26T15:15", proposed="11-26T10:00").kind == "climb"
    assert decided(2, due, "11-30T15:15", proposed="11-26T10:00", held=True) == Climb("stay", 2, Reason("held"))


def test_a_proposal_may_follow_a_climb_on_the_same_day_the_climb_itself_may_not() -> None:
    today = date(2026, 11, 26)
    assert decided(2, "11-26T09:00", "11-26T10:00", last_climb=today).kind == "propose"
    after = decided(2, "11-26T09:00", "11-26T17:00", proposed="11-26T10:00", last_climb=today)
    assert after.reason.code == "climbed_today"


def test_from_one_district_leader_to_the_next_nobody_is_asked_first() -> None:
    assert decided(3, "11-26T10:00", "11-26T10:00").kind == "climb"
    assert decided(3, "11-26T10:00", "11-26T10:00", held=True).kind == "climb"


def test_a_ladder_that_begins_with_a_district_leader_proposes_nothing() -> None:
    leaders = frozen(*SEATS[3:])
    assert decided(0, "11-26T10:00", "11-26T10:00", steps=leaders).kind == "climb"


def test_the_absent_are_passed_over() -> None:
    climb = decided(0, "11-26T10:00", "11-26T10:00", absent=frozenset({WANG}))
    assert (climb.kind, climb.step, climb.reason.facts["skipped"]) == ("climb", 2, 1)
    unit_away = decided(0, "11-26T10:00", "11-26T10:00", absent=frozenset({WANG, ZHAO}))
    assert (unit_away.kind, unit_away.step) == ("propose", 3)


def test_at_the_top_it_is_listed_whoever_is_there() -> None:
    facts = {"due": local("11-26T10:00"), "minutes": 90, "rung": Rung.GENERAL_COORDINATOR}
    assert decided(4, "11-26T10:00", "11-26T11:30") == Climb("top", 4, Reason("at_top", facts))
    away = decided(2, "11-26T10:00", "11-26T11:30", absent=frozenset({SUN, ZHOU}))
    assert (away.kind, away.step, away.reason.code) == ("top", 2, "all_absent")
    assert decided(0, "11-26T10:00", "11-26T11:30", steps=()).kind == "top"


def test_left_alone_a_matter_reaches_the_top_over_a_worked_weekend() -> None:
    """Raised on 28 September: National Day lies between, Saturday 10 October counts. A tick each hour."""
    now = local("09-28T09:00")
    at, due, proposed, climbed = 0, due_at(STEPS[0], now, CALENDAR), None, None
    seen: list[tuple[str, str, str]] = []
    while now < local("11-20T18:00"):
        now += timedelta(hours=1)
        climb = decide(STEPS, at, due, now, proposed, climbed, False, POLICY, CALENDAR, CALENDAR.minutes_per_day)
        if climb.kind == "propose":
            proposed = now
        elif climb.kind == "climb":
            at, climbed = climb.step, now.date()
            due = due_at(STEPS[at], now, CALENDAR)
        elif climb.kind == "stay":
            continue
        seen.append((climb.kind, STEPS[climb.step].rung.value, f"{now:%m-%d %H:%M}"))
        if climb.kind == "top":
            break
    assert seen == [
        ("climb", "deputy_head", "10-08 09:00"),
        ("climb", "head", "10-12 09:00"),
        ("propose", "general_dispatcher", "10-19 09:00"),
        ("climb", "general_dispatcher", "10-19 15:00"),
        ("climb", "general_coordinator", "10-28 15:00"),
        ("top", "general_coordinator", "11-06 15:00"),
    ]


SHAPES = ("there", "empty", "same", "absent")
"""What the place above may be like: somebody, nobody, whoever sits below, somebody who has gone since."""
OFFICE = 9
GONE = 99


@pytest.mark.parametrize("office", [True, False], ids=["with an office", "without one"])
def test_every_shape_of_the_four_rungs_above_the_first(office: bool) -> None:
    """It comes to every rung where somebody is, in order and on a day of its own, asks the office once, and ends at the top of them."""
    for shapes in product(SHAPES, repeat=4):
        seats, person = [SEATS[0]], LI
        for seat, shape in zip(SEATS[1:], shapes, strict=True):
            above = {"there": seat.person, "empty": None, "same": person, "absent": GONE + len(seats)}[shape]
            person = above if above is not None else person
            seats.append(replace(seat, person=above))
        seats += [Seat(rung, OFFICE if office else None) for rung in Rung if rung.office]
        steps = frozen(*seats)
        reached, asked = _walked(steps, frozenset(step.person for step in steps if step.person > GONE))
        expected = [at for at, step in enumerate(steps) if step.person < GONE]
        assert reached == expected, shapes
        leaders = [steps[at].rung.district_leader for at in expected]
        assert asked == any(leaders), shapes


def _walked(steps: tuple[Step, ...], absent: frozenset[int]) -> tuple[list[int], int]:
    """The rungs a matter comes to that nobody ever answers, looked at twice an hour, and how often the office was asked."""
    now = local("09-21T09:00")
    at, due, proposed, climbed, asked = 0, due_at(steps[0], now, CALENDAR), None, None, 0
    reached = [0]
    while True:
        opens = CALENDAR.next_opening(now + timedelta(minutes=30)).astimezone(SHANGHAI)
        now = max(opens, due.astimezone(SHANGHAI)) if now < due and proposed is None else opens
        step = decide(
            steps, at, due, now, proposed, climbed, False, POLICY, CALENDAR, CALENDAR.minutes_per_day, absent
        )  # fmt: skip
        if step.kind == "top":
            return reached, asked
        if step.kind == "propose":
            proposed, asked = now, asked + 1
        if step.kind == "climb":
            assert climbed is None or climbed < now.date()
            at, climbed, proposed = step.step, now.date(), None
            due = due_at(steps[at], now, CALENDAR)
            reached.append(at)
