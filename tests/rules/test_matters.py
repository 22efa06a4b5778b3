"""Who may do what with a matter, by its state: the table read row by row."""

import pytest

from bot.rules.matters import TABLE, WORKING, Fact, Party, fitting
from bot.rules.words import MatterState

S = MatterState


def names(state: MatterState, *parties: Party, facts: tuple[Fact, ...] = ()) -> list[str]:
    return [step.name for step in fitting(state, frozenset(parties), frozenset(facts))]


WORK = (Fact.FIRST, Fact.IN_UNIT, Fact.ABOVE, Fact.FRESH)


@pytest.mark.parametrize(
    ("state", "party", "facts", "may"),
    [
        (
            S.UNSIGNED,
            Party.ANSWERS,
            WORK,
            ["sign", "first_answer", "reassign", "finish", "feedback", "pass_on", "refer", "procedure", "escalate"],
        ),
        (
            S.HANDLING,
            Party.ANSWERS,
            WORK,
            ["first_answer", "reassign", "finish", "feedback", "pass_on", "refer", "procedure", "escalate"],
        ),
        (S.HANDLING, Party.ANSWERS, (), ["first_answer", "finish", "feedback", "refer", "procedure"]),
        (S.HANDLING, Party.ANSWERS, (Fact.STATUTORY,), ["first_answer", "finish", "feedback", "refer"]),
        (S.PROMISED, Party.ANSWERS, (Fact.DATED, Fact.EARLY), ["finish", "feedback", "extend", "refer", "procedure"]),
        (S.PROMISED, Party.ANSWERS, (Fact.DATED,), ["finish", "feedback", "refer", "procedure"]),
        (
            S.PROMISED,
            Party.ANSWERS,
            (Fact.DATED, Fact.EARLY, Fact.EXTENDING),
            ["finish", "feedback", "refer", "procedure"],
        ),
        (
            S.HANDLING,
            Party.ANSWERS,
            (Fact.FIRST, Fact.FRESH, Fact.ASKED_BEFORE),
            ["first_answer", "finish", "feedback", "refer", "procedure"],
        ),
        (S.REFERRED, Party.ANSWERS, (), ["resume", "still_waiting", "finish", "feedback"]),
        (S.SUSPENDED, Party.ANSWERS, (), ["feedback"]),
        (S.SUSPENDED, Party.OFFICE, (), ["resume", "copy", "internal"]),
        (S.UNSIGNED, Party.INTAKE, (Fact.FIRST,), ["assign"]),
        (S.UNSIGNED, Party.INTAKE, (), []),
        (S.UNSIGNED, Party.LEADER, (Fact.AT_LEADER,), ["seen", "study", "to_meeting", "decide"]),
        (S.HANDLING, Party.LEADER, (Fact.AT_LEADER, Fact.PROPOSAL), ["agree", "study", "to_meeting", "decide"]),
        (S.HANDLING, Party.RAISER, (Fact.ABOVE,), ["ask_fast"]),
        (S.HANDLING, Party.RAISER, (Fact.FAST,), []),
        (S.HANDLING, Party.LANE, (Fact.FAST_ASKED,), ["grant_fast", "refuse_fast"]),
        (S.PROMISED, Party.GIVER, (Fact.EXTENDING,), ["agree_date", "refuse_date"]),
        (S.ANSWERED, Party.RAISER, (), ["solved", "unsolved"]),
        (S.ANSWERED, Party.RAISER, (Fact.WAITS,), []),
        (S.ANSWERED, Party.RAISER, (Fact.PART,), []),
        (S.ANSWERED, Party.ANSWERS, WORK, []),
        (S.ANSWERED, Party.OFFICE, (Fact.ABOVE,), ["copy", "internal"]),
        (S.ANSWERED, Party.OFFICE, (Fact.PART,), ["send_back", "copy", "internal"]),
        (S.DISPUTED, Party.OFFICE, (Fact.INTERNAL,), ["send_back", "close", "copy", "public"]),
        (S.DISPUTED, Party.ANSWERS, WORK, []),
        (S.DISPUTED, Party.RAISER, (), []),
        (S.HANDLING, Party.OFFICE, (Fact.ABOVE,), ["escalate", "redirect", "suspend", "join", "copy", "internal"]),
        (
            S.HANDLING,
            Party.OFFICE,
            (Fact.ABOVE, Fact.PROPOSED),
            ["climb_now", "hold", "redirect", "suspend", "join", "copy", "internal"],
        ),
        (S.HANDLING, Party.OFFICE, (Fact.AT_LEADER,), ["propose", "redirect", "suspend", "join", "copy", "internal"]),
        (S.HANDLING, Party.OFFICE, (Fact.ASKED, Fact.PART), ["redirect", "keep", "suspend", "copy", "internal"]),
        (S.CLOSED, Party.RAISER, (Fact.REVIEW,), ["still_solved", "broken_again"]),
        (S.CLOSED, Party.RAISER, (), []),
    ],
)
def test_steps(state, party, facts, may):
    assert names(state, party, facts=facts) == may


def test_closed_is_the_end_unless_it_is_looked_at_again_and_only_raiser_or_office_close():
    assert not fitting(S.CLOSED, frozenset(Party), frozenset(Fact) - {Fact.REVIEW})
    closing = {(step.name, step.by) for step in TABLE if step.name in ("solved", "close")}
    assert closing == {("solved", Party.RAISER), ("close", Party.OFFICE)}


def test_in_every_open_state_somebody_has_something_to_do():
    who = dict.fromkeys((*WORKING, S.REFERRED), Party.ANSWERS)
    who |= {S.ANSWERED: Party.RAISER, S.DISPUTED: Party.OFFICE, S.SUSPENDED: Party.OFFICE}
    assert set(who) == {state for state in S if state.open}
    assert all(names(state, party) for state, party in who.items())


def test_a_step_one_may_take_as_two_things_is_offered_once():
    assert names(S.HANDLING, Party.ANSWERS, Party.OFFICE, facts=(Fact.ABOVE,)).count("escalate") == 1
