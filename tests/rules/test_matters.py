"""Who may do what with a matter, by its state: the table read row by row."""

import itertools

import pytest

from bot.rules.matters import TABLE, WORKING, Fact, Party, fitting
from bot.rules.words import MatterState

S = MatterState


def names(state: MatterState, *parties: Party, facts: tuple[Fact, ...] = ()) -> list[str]:
    return [step.name for step in fitting(state, frozenset(parties), frozenset(facts))]


@pytest.mark.parametrize(
    ("state", "party", "facts", "may"),
    [
        (S.UNSIGNED, Party.ANSWERS, (Fact.FIRST, Fact.ABOVE), ["sign", "feedback", "finish", "escalate", "reassign"]),
        (S.HANDLING, Party.ANSWERS, (Fact.FIRST, Fact.ABOVE), ["feedback", "finish", "escalate", "reassign"]),
        (S.HANDLING, Party.ANSWERS, (), ["feedback", "finish"]),
        (S.HANDLING, Party.ANSWERS, (Fact.ABOVE, Fact.HELD), ["feedback", "finish"]),
        (S.HANDLING, Party.ANSWERS, (Fact.FIRST, Fact.ASKED_BEFORE), ["feedback", "finish"]),
        (S.UNSIGNED, Party.INTAKE, (Fact.FIRST,), ["assign"]),
        (S.UNSIGNED, Party.INTAKE, (), []),
        (S.HANDLING, Party.RAISER, (Fact.FIRST, Fact.ABOVE), []),
        (S.ANSWERED, Party.RAISER, (), ["solved", "unsolved"]),
        (S.ANSWERED, Party.ANSWERS, (Fact.FIRST, Fact.ABOVE), []),
        (S.ANSWERED, Party.OFFICE, (Fact.ABOVE,), []),
        (S.DISPUTED, Party.OFFICE, (), ["send_back", "close"]),
        (S.DISPUTED, Party.ANSWERS, (Fact.FIRST, Fact.ABOVE), []),
        (S.DISPUTED, Party.RAISER, (), []),
        (S.HANDLING, Party.OFFICE, (Fact.ABOVE,), ["escalate", "redirect"]),
        (S.HANDLING, Party.OFFICE, (Fact.ABOVE, Fact.PROPOSED), ["climb_now", "hold", "redirect"]),
        (S.HANDLING, Party.OFFICE, (Fact.ABOVE, Fact.HELD), ["escalate", "redirect"]),
        (S.HANDLING, Party.OFFICE, (Fact.ASKED,), ["redirect", "keep"]),
    ],
)
def test_steps(state, party, facts, may):
    assert names(state, party, facts=facts) == may


def test_closed_is_the_end_and_only_raiser_or_office_close():
    every = [frozenset(some) for size in range(len(Fact) + 1) for some in itertools.combinations(Fact, size)]
    assert not any(fitting(S.CLOSED, frozenset(Party), facts) for facts in every)
    closing = {(step.name, step.by) for step in TABLE if step.name in ("solved", "close")}
    assert closing == {("solved", Party.RAISER), ("close", Party.OFFICE)}


def test_in_every_open_state_somebody_has_something_to_do():
    who = {S.UNSIGNED: Party.ANSWERS, S.HANDLING: Party.ANSWERS, S.ANSWERED: Party.RAISER, S.DISPUTED: Party.OFFICE}
    assert set(who) == {state for state in S if state.open} and set(who) > WORKING
    assert all(names(state, party) for state, party in who.items())


def test_a_step_one_may_take_as_two_things_is_offered_once():
    assert names(S.HANDLING, Party.ANSWERS, Party.OFFICE, facts=(Fact.ABOVE,)).count("escalate") == 1
