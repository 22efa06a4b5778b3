"""The main thing that a report says."""

import re
from collections.abc import Sequence

from bot.rules.reading import masks
from bot.rules.reading.clauses import Clause
from bot.rules.reading.lexicon import Patterns
from bot.rules.reading.values import Intent, Reading

_DONE_SUMS = ("month", "ten_days", "week", "quarter", "ytd", "total")
_SPENT = re.compile(r"完成|投|到位|支付|下达|拨|产值|签|实到|应到|合同|造价|经费|干了?|花|用|放|累计|入库|返还")

_GRUDGED = re.compile(rf"(?:只|才|仅|也就|刚)\S{{0,4}}{masks.SHARE}")


def intent_of(
    words: str, split: Sequence[Clause], held: Sequence[Sequence[str]], found: Reading, known: Patterns
) -> Intent:
    """What `found` was written for; `held` are the hindrances clause by clause."""
    if found.help:
        return "help"
    if known.has("question", known.marks["unknown"].sub("", words)):
        return "question"
    statuses = {mention.status for mention in found.stages}
    share = bool(found.percents) and _shares_told(split, held, known)
    sum_of_done = _sum_told(split, held, found)
    told = bool(share or sum_of_done or statuses & {"done", "doing"})
    moving = told or any(_moves(clause, known) for clause in split)
    missed = {one.stage for one in found.stages if one.status == "not"}
    late = (
        any(one.kind == "delay" for one in found.durations)
        or known.has("put_off", words)
        or any(one.status == "planned" and one.stage in missed for one in found.stages)
    )
    if found.blockers and known.has("stopped", words) and not late:
        return "blocker"
    if late or (known.has("delay", words) and not (share and sum_of_done)):
        return "delay_notice"
    if found.blockers and (not told or (not share and _ends_in_trouble(split, held, found, known))):
        return "blocker"
    if moving or found.on_plan:
        return "progress"
    coming = bool(found.deadlines) and known.has("planned", words)
    trade = (
        coming
        or known.has("stopped", words)
        or found.blockers
        or found.stages
        or found.amounts
        or known.has("site", words)
    )
    if not trade and not known.any_blocker.search(words):
        return "chatter"
    if found.deadlines or "planned" in statuses or any(one.role == "plan" for one in found.amounts):
        return "plan"
    if found.blockers or known.has("trouble", known.marks["solved"].sub("", words)):
        return "blocker"
    return "progress"


def _shares_told(split: Sequence[Clause], held: Sequence[Sequence[str]], known: Patterns) -> bool:
    """Whether a share is told by itself, not as part of what is wrong (资金只到了一半)."""
    return any(
        masks.SHARE in clause.shown
        and not kinds
        and not (any(held) and _GRUDGED.search(clause.shown))
        and not (clause.future and known.has("planned", clause.shown))
        for clause, kinds in zip(split, held, strict=True)
    )


def _sum_told(split: Sequence[Clause], held: Sequence[Sequence[str]], found: Reading) -> bool:
    """Whether a sum is told of what was done or spent."""
    if any(one.role in _DONE_SUMS for one in found.amounts):
        return True
    return any(one.role in ("part", "other") for one in found.amounts) and any(
        masks.MONEY in clause.shown and not kinds and _SPENT.search(clause.words)
        for clause, kinds in zip(split, held, strict=True)
    )


def _moves(clause: Clause, known: Patterns) -> bool:
    """Whether a clause tells that something is done or going on now."""
    return not clause.future and known.has("moving", clause.shown) and not known.has("planned", clause.shown)


def _ends_in_trouble(split: Sequence[Clause], held: Sequence[Sequence[str]], found: Reading, known: Patterns) -> bool:
    """Whether the last thing said is that something is wrong, or not there."""
    last = known.marks["solved"].sub("", split[-1].words)
    return bool(held[-1] or known.has("trouble", last) or (found.stages and found.stages[-1].status == "not"))
