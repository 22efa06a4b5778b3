"""What may be done with a matter: every step with the states it fits, who takes it, and what it asks for first. One table.

Sources: 000 (件件有着落、事事有回音), 001 (分级负责、逐层解决; 特事特办、一事一议). Nothing is closed by who answered it.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.rules.words import MatterState

WORKING = frozenset(state for state in MatterState if state.working)
"""The clock of the one who has it runs."""
PAUSED = frozenset({MatterState.REFERRED, MatterState.SUSPENDED})
"""Its clock stands: a paper lies with the level above, or the office has suspended it."""
OPEN = frozenset(state for state in MatterState if state.open)


class Party(StrEnum):
    """What a person is to one matter. Each also through somebody they stand in for (委托).

    ANSWERS: has it. LEADER: has it, on a district leader's rung. INTAKE: shares out the unit's work. RAISER: raised or ordered it, or wrote
    it down for who did. GIVER: decides on its dates: who ordered it; of a blocker, the office. OFFICE: a dispatcher or supervisor of the
    project who did not give its answer. LANE: may grant 特办: the office, or the project's 总调度人.
    """

    ANSWERS = "answers"
    LEADER = "leader"
    INTAKE = "intake"
    RAISER = "raiser"
    GIVER = "giver"
    OFFICE = "office"
    LANE = "lane"
    WATCHES = "watches"


class Fact(StrEnum):
    """What else a step may depend on.

    FIRST: it stands on its first rung, in a unit. IN_UNIT: there are colleagues to hand it to. ABOVE: there is a rung above.
    PROPOSED: it waits for the dispatcher before the first district leader hears. HELD: the dispatcher has said no to that.
    ASKED: 申请改派 waits for the dispatcher. ASKED_BEFORE: the unit has asked once already. FRESH: the holder has had it for less than a working day.
    DATED: a day is promised or was given. EARLY: a working day or more is left. EXTENDING: 申请延期 waits. STATUTORY: a legal procedure runs.
    FAST, FAST_ASKED: 特办 was asked for at some time; waits for a word. AT_LEADER: a district leader has it. PROPOSAL: the office has proposed
    something to the leader. ON_AGENDA: it goes before the next meeting. ORDERED: it was not raised from below. PART: a co-unit's part of another matter. WAITS: for such parts. INTERNAL: 内部.
    REVIEW: closed, and the raiser is being asked whether it is still solved. WATCHED: the one who asks watches it.
    """

    FIRST = "first"
    IN_UNIT = "in_unit"
    ABOVE = "above"
    PROPOSED = "proposed"
    HELD = "held"
    ASKED = "asked"
    ASKED_BEFORE = "asked_before"
    FRESH = "fresh"
    DATED = "dated"
    EARLY = "early"
    EXTENDING = "extending"
    STATUTORY = "statutory"
    FAST = "fast"
    FAST_ASKED = "fast_asked"
    AT_LEADER = "at_leader"
    PROPOSAL = "proposal"
    ON_AGENDA = "on_agenda"
    ORDERED = "ordered"
    PART = "part"
    WAITS = "waits"
    INTERNAL = "internal"
    REVIEW = "review"
    WATCHED = "watched"


class Asks(StrEnum):
    """What a step asks for before it is done."""

    NOTHING = "nothing"
    WORDS = "words"
    DAY = "day"
    """Words with a day in them; where they name none, the day is asked for."""
    CHOICE = "choice"


@dataclass(frozen=True)
class Step:
    """One thing a person may do. needs, unless: facts that must, must not hold."""

    name: str
    states: frozenset[MatterState]
    by: Party
    needs: frozenset[Fact] = frozenset()
    unless: frozenset[Fact] = frozenset()
    asks: Asks = Asks.NOTHING


def _step(
    name: str,
    states: frozenset[MatterState] | MatterState,
    by: Party,
    *needs: Fact,
    unless: tuple[Fact, ...] = (),
    asks: Asks = Asks.NOTHING,
) -> Step:
    where = frozenset({states}) if isinstance(states, MatterState) else states
    return Step(name, where, by, frozenset(needs), frozenset(unless), asks)


_UNANSWERED = frozenset({MatterState.UNSIGNED, MatterState.HANDLING})
_S, _P, _F = MatterState, Party, Fact
_WORDS, _DAY, _CHOICE = Asks.WORDS, Asks.DAY, Asks.CHOICE

TABLE = (
    # a decision that waits
    _step("solved", _S.ANSWERED, _P.RAISER, unless=(_F.PART, _F.WAITS)),
    _step("unsolved", _S.ANSWERED, _P.RAISER, unless=(_F.PART, _F.WAITS), asks=_WORDS),
    _step("still_solved", _S.CLOSED, _P.RAISER, _F.REVIEW),
    _step("broken_again", _S.CLOSED, _P.RAISER, _F.REVIEW, asks=_WORDS),
    _step("send_back", _S.DISPUTED, _P.OFFICE, asks=_WORDS),
    _step("send_back", _S.ANSWERED, _P.OFFICE, _F.PART, asks=_WORDS),
    _step("close", _S.DISPUTED, _P.OFFICE, asks=_WORDS),
    _step("agree_date", WORKING, _P.GIVER, _F.EXTENDING),
    _step("refuse_date", WORKING, _P.GIVER, _F.EXTENDING, asks=_WORDS),
    _step("grant_fast", WORKING, _P.LANE, _F.FAST_ASKED),
    _step("refuse_fast", WORKING, _P.LANE, _F.FAST_ASKED, asks=_WORDS),
    _step("redirect", WORKING, _P.OFFICE, _F.ASKED, asks=_CHOICE),
    _step("keep", WORKING, _P.OFFICE, _F.ASKED, asks=_WORDS),
    _step("climb_now", WORKING, _P.OFFICE, _F.PROPOSED),
    _step("hold", WORKING, _P.OFFICE, _F.PROPOSED, asks=_WORDS),
    _step("outcome", WORKING, _P.OFFICE, _F.ON_AGENDA, asks=_WORDS),
    # a leader's
    _step("agree", WORKING, _P.LEADER, _F.PROPOSAL),
    _step("seen", _S.UNSIGNED, _P.LEADER),
    _step("study", WORKING, _P.LEADER, asks=_CHOICE),
    _step("to_meeting", WORKING, _P.LEADER, unless=(_F.ON_AGENDA,)),
    _step("decide", WORKING, _P.LEADER, asks=_WORDS),
    # whoever has it
    _step("sign", _S.UNSIGNED, _P.ANSWERS, unless=(_F.AT_LEADER,)),
    _step("first_answer", _UNANSWERED, _P.ANSWERS, unless=(_F.AT_LEADER,), asks=_DAY),
    _step("assign", WORKING, _P.INTAKE, _F.FIRST, asks=_CHOICE),
    _step("reassign", WORKING, _P.ANSWERS, _F.FIRST, _F.FRESH, unless=(_F.ASKED, _F.ASKED_BEFORE), asks=_WORDS),
    _step("resume", _S.REFERRED, _P.ANSWERS),
    _step("still_waiting", _S.REFERRED, _P.ANSWERS, asks=_DAY),
    _step("finish", WORKING | {_S.REFERRED}, _P.ANSWERS, asks=_WORDS),
    _step("feedback", WORKING | PAUSED, _P.ANSWERS, asks=_WORDS),
    _step("extend", WORKING, _P.ANSWERS, _F.DATED, _F.EARLY, unless=(_F.EXTENDING, _F.AT_LEADER), asks=_DAY),
    _step("pass_on", WORKING, _P.ANSWERS, _F.IN_UNIT, unless=(_F.AT_LEADER,), asks=_CHOICE),
    _step("refer", WORKING, _P.ANSWERS, unless=(_F.AT_LEADER,), asks=_DAY),
    _step("procedure", WORKING, _P.ANSWERS, unless=(_F.STATUTORY, _F.AT_LEADER), asks=_CHOICE),
    _step("escalate", WORKING, _P.ANSWERS, _F.ABOVE, unless=(_F.PROPOSED, _F.HELD), asks=_WORDS),
    # the office
    _step("propose", WORKING, _P.OFFICE, _F.AT_LEADER, asks=_WORDS),
    _step("escalate", WORKING, _P.OFFICE, _F.ABOVE, unless=(_F.PROPOSED,), asks=_WORDS),
    _step("redirect", WORKING, _P.OFFICE, asks=_CHOICE),
    _step("resume", _S.SUSPENDED, _P.OFFICE),
    _step("suspend", WORKING, _P.OFFICE, asks=_DAY),
    _step("join", WORKING, _P.OFFICE, unless=(_F.PART,), asks=_CHOICE),
    _step("copy", OPEN, _P.OFFICE, asks=_CHOICE),
    _step("internal", OPEN, _P.OFFICE, unless=(_F.INTERNAL,)),
    _step("public", OPEN, _P.OFFICE, _F.INTERNAL),
    # who raised it
    _step("ask_fast", WORKING, _P.RAISER, unless=(_F.FAST, _F.AT_LEADER, _F.PART, _F.ORDERED), asks=_CHOICE),
    _step("unwatch", OPEN, _P.WATCHES, _F.WATCHED),
)


def fitting(state: MatterState, parties: frozenset[Party], facts: frozenset[Fact]) -> tuple[Step, ...]:
    """The steps this person may take now, each once, in the order of the table."""
    found: dict[str, Step] = {}
    for step in TABLE:
        if state in step.states and step.by in parties and step.needs <= facts and not step.unless & facts:
            found.setdefault(step.name, step)
    return tuple(found.values())
