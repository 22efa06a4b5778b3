"""The main thing that a report says."""

from collections.abc import Sequence

from bot.rules.reading.clauses import Clause
from bot.rules.reading.lexicon import Patterns
from bot.rules.reading.values import Intent, Reading


def intent_of(
    words: str, split: Sequence[Clause], held: Sequence[Sequence[str]], found: Reading, known: Patterns
) -> Intent:
    """What `found` was written for; `held` are the hindrances clause by clause."""
    statuses = {mention.status for mention in found.stages}
    told = (
        found.percents
        or statuses & {"done", "doing"}
        or any(one.role not in ("plan", "invest") for one in found.amounts)
    )
    moving = told or any(known.has("moving", clause.shown) and not clause.future for clause in split)
    late = any(one.kind == "delay" for one in found.durations)
    if found.help:
        return "help"
    if known.has("question", words):
        return "question"
    if found.blockers and known.has("stopped", words) and not late:
        return "blocker"
    if late or known.has("delay", words):
        return "delay_notice"
    if found.blockers and (not moving or (not found.percents and held[-1])):
        return "blocker"
    if moving or found.on_plan:
        return "progress"
    if found.deadlines or "planned" in statuses or any(one.role == "plan" for one in found.amounts):
        return "plan"
    if found.blockers or "not" in statuses:
        return "blocker"
    return "progress" if found.amounts else "chatter"
