"""What may be done with a matter: every step with the states it fits, who takes it, and what it wants. One table.

Sources: 000 (件件有着落、事事有回音), 001 (分级负责、逐层解决). Nothing is closed by who answered it.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.rules.words import MatterState

WORKING = frozenset({MatterState.UNSIGNED, MatterState.HANDLING})


class Party(StrEnum):
    """What a person is to one matter. OFFICE: a dispatcher or supervisor of the project who did not give its answer."""

    ANSWERS = "answers"
    INTAKE = "intake"
    RAISER = "raiser"
    OFFICE = "office"


class Fact(StrEnum):
    """What else a step may depend on.

    FIRST: the matter stands on its first rung. ABOVE: there is a rung above. PROPOSED: it waits for the dispatcher before the first
    district leader hears. HELD: the dispatcher has said no to that. ASKED: 申请改派 waits for the dispatcher.
    ASKED_BEFORE: the unit has asked once already.
    """

    FIRST = "first"
    ABOVE = "above"
    PROPOSED = "proposed"
    HELD = "held"
    ASKED = "asked"
    ASKED_BEFORE = "asked_before"


@dataclass(frozen=True)
class Step:
    """One thing a person may do. needs, unless: facts that must, must not hold. words: it wants a word of its doer first."""

    name: str
    states: frozenset[MatterState]
    by: Party
    needs: frozenset[Fact] = frozenset()
    unless: frozenset[Fact] = frozenset()
    words: bool = False


def _step(
    name: str,
    states: frozenset[MatterState] | MatterState,
    by: Party,
    *needs: Fact,
    unless: tuple[Fact, ...] = (),
    words: bool = False,
) -> Step:
    where = frozenset({states}) if isinstance(states, MatterState) else states
    return Step(name, where, by, frozenset(needs), frozenset(unless), words)


TABLE = (
    _step("sign", MatterState.UNSIGNED, Party.ANSWERS),
    _step("assign", WORKING, Party.INTAKE, Fact.FIRST),
    _step("feedback", WORKING, Party.ANSWERS, words=True),
    _step("finish", WORKING, Party.ANSWERS, words=True),
    _step("climb_now", WORKING, Party.OFFICE, Fact.PROPOSED),
    _step("hold", WORKING, Party.OFFICE, Fact.PROPOSED, words=True),
    _step("escalate", WORKING, Party.ANSWERS, Fact.ABOVE, unless=(Fact.PROPOSED, Fact.HELD), words=True),
    _step("escalate", WORKING, Party.OFFICE, Fact.ABOVE, unless=(Fact.PROPOSED,), words=True),
    _step("reassign", WORKING, Party.ANSWERS, Fact.FIRST, unless=(Fact.ASKED, Fact.ASKED_BEFORE), words=True),
    _step("redirect", WORKING, Party.OFFICE),
    _step("keep", WORKING, Party.OFFICE, Fact.ASKED, words=True),
    _step("solved", MatterState.ANSWERED, Party.RAISER),
    _step("unsolved", MatterState.ANSWERED, Party.RAISER, words=True),
    _step("send_back", MatterState.DISPUTED, Party.OFFICE, words=True),
    _step("close", MatterState.DISPUTED, Party.OFFICE, words=True),
)


def fitting(state: MatterState, parties: frozenset[Party], facts: frozenset[Fact]) -> tuple[Step, ...]:
    """The steps this person may take now, each once, in the order of the table."""
    found: dict[str, Step] = {}
    for step in TABLE:
        if state in step.states and step.by in parties and step.needs <= facts and not step.unless & facts:
            found.setdefault(step.name, step)
    return tuple(found.values())
