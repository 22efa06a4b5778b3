"""The main thing that a report says."""

from collections.abc import Sequence

from bot.rules.reading.clauses import Clause
from bot.rules.reading.lexicon import Patterns
from bot.rules.reading.values import Intent, Reading


def intent_of(
    words: str, split: Sequence[Clause], held: Sequence[Sequence[str]], found: Reading, known: Patterns
) -> Intent:
    """What `found` was written for; `held` are the hindrances clause by clause."""
    if found.help:
        return "help"
    if known.has("question", words):
        return "question"
    statuses = {mention.status for mention in found.stages}
    told = bool(
        found.percents
        or statuses & {"done", "doing"}
        or any(one.role not in ("plan", "invest") for one in found.amounts)
    )
    moving = told or any(_moves(clause, known) for clause in split)
    late = any(one.kind == "delay" for one in found.durations) or known.has("put_off", words)
    if found.blockers and known.has("stopped", words) and not late:
        return "blocker"
    if late or known.has("delay", words):
        return "delay_notice"
    if found.blockers and (not told or (not found.percents and _ends_in_trouble(split, held, found, known))):
        return "blocker"
    if moving or found.on_plan:
        return "progress"
    trade = found.blockers or found.stages or found.amounts or known.has("site", words)
    if not trade and not known.any_blocker.search(words):
        return "chatter"
    if found.deadlines or "planned" in statuses or any(one.role == "plan" for one in found.amounts):
        return "plan"
    if found.blockers or known.has("trouble", known.marks["solved"].sub("", words)):
        return "blocker"
    return "progress"


def _moves(clause: Clause, known: Patterns) -> bool:
    """Whether a clause tells that something is done or going on now."""
    return not clause.future and known.has("moving", clause.shown) and not known.has("planned", clause.shown)


def _ends_in_trouble(split: Sequence[Clause], held: Sequence[Sequence[str]], found: Reading, known: Patterns) -> bool:
    """Whether the last thing said is that something is wrong, or not there."""
    last = known.marks["solved"].sub("", split[-1].words)
    return bool(held[-1] or known.has("trouble", last) or (found.stages and found.stages[-1].status == "not"))
