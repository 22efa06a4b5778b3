"""The main thing that a report says."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.rules.reading import masks
from bot.rules.reading.clauses import Clause
from bot.rules.reading.lexicon import Patterns
from bot.rules.reading.stages import Mention
from bot.rules.reading.values import Intent, Reading, Status

_DONE_SUMS = ("month", "ten_days", "week", "quarter", "ytd", "total")
_SPENT = re.compile(r"完成|投|到位|支付|下达|拨|产值|签|实到|应到|合同|造价|经费|干了?|花|用|放|累计|入库|返还")
_CHAT = 200  # characters in which a word of the trade is looked for
_COUNTS = re.compile(masks.COUNTS)
_GRUDGED = re.compile(rf"(?:只|才|仅|也就|刚)\S{{0,4}}{masks.SHARE}")


def intent_of(
    words: str,
    split: Sequence[Clause],
    held: Sequence[Sequence[str]],
    mentions: Sequence[Mention],
    found: Reading,
    known: Patterns,
) -> Intent:
    """What `found` was written for; `held` are the hindrances clause by clause, `mentions` the stages where they stand."""
    if found.help:
        return "help"
    if known.has("question", known.marks["unknown"].sub("", words)):
        return "question"
    statuses = {mention.status for mention in found.stages}
    share = bool(found.percents) and _shares_told(split, held, known)
    sum_of_done = _sum_told(split, held, found)
    told = bool(share or sum_of_done or _works_told(split, held, mentions))
    moving = told or any(_moves(clause, known) for clause in split)
    late = _late(words, split, mentions, found, known)
    late = late or (bool(split) and not (share and sum_of_done) and known.has("delay", split[-1].words))
    if found.blockers and known.has("stopped", words) and not late:
        return "blocker"
    if late or (known.has("delay", words) and not (share and sum_of_done)):
        return "delay_notice"
    overcome = len(split) > 1 and not held[-1] and _moves_on(split[-1], known)
    if found.blockers and not overcome and (not told or (not share and _ends_in_trouble(split, held, found, known))):
        return "blocker"
    opens = split[0].future or known.has("planned", split[0].shown) if split else False
    announced = opens and bool(found.deadlines or "planned" in statuses)
    if announced and not (share or sum_of_done or "done" in statuses or _going_on(split, mentions, known)):
        return "plan"
    if moving or found.on_plan:
        return "progress"
    return _of_little(words, found, statuses, known)


def _late(words: str, split: Sequence[Clause], mentions: Sequence[Mention], found: Reading, known: Patterns) -> bool:
    """Whether it is said that something comes later than it should, or not by its day."""
    missed = {one.stage for one in found.stages if one.status == "not"}
    return (
        any(one.kind == "delay" for one in found.durations)
        or known.has("put_off", words)
        or any(one.status == "planned" and one.stage in missed for one in found.stages)
        or any(
            one.status == "not" and _clause_of(one, split).future for one in mentions if not found.blockers
        )  # 月底交不了房
    )


def _of_little(words: str, found: Reading, statuses: set[Status], known: Patterns) -> Intent:
    """The main thing where nothing is told as done or going on."""
    coming = bool(found.deadlines) and known.has("planned", words)
    trade = coming or found.blockers or found.stages or found.amounts
    if not (
        trade or known.has("stopped", words) or known.has("site", words) or known.any_blocker.search(words[:_CHAT])
    ):
        return "chatter"
    if found.deadlines or "planned" in statuses or any(one.role == "plan" for one in found.amounts):
        return "plan"
    if found.amounts and not found.blockers:
        return "progress"
    if found.blockers or known.has("trouble", known.marks["solved"].sub("", words)):
        return "blocker"
    return "progress"


def _clause_of(mention: Mention, split: Sequence[Clause]) -> Clause:
    return next(clause for clause in reversed(split) if clause.start <= mention.start)


def _going_on(split: Sequence[Clause], mentions: Sequence[Mention], known: Patterns) -> bool:
    """Whether a stage is told to be going on now, not as part of what is planned."""
    places = [_clause_of(one, split) for one in mentions if one.status == "doing"]
    return any(not clause.future and not known.has("planned", clause.shown) for clause in places)


def _works_told(split: Sequence[Clause], held: Sequence[Sequence[str]], mentions: Sequence[Mention]) -> bool:
    """Whether a stage is told done, or going on in a clause that names no hindrance."""
    stuck = [(clause.start, clause.end) for clause, kinds in zip(split, held, strict=True) if kinds]
    return any(
        one.status == "done" or not any(start <= one.start < end for start, end in stuck)
        for one in mentions
        if one.status in ("done", "doing")
    )


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


def _moves_on(clause: Clause, known: Patterns) -> bool:
    """Whether a clause behind a hindrance tells that the work goes on (供电公司昨天来迁了); a count alone does not."""
    bare = replace(clause, shown=_COUNTS.sub("", clause.shown))
    return _moves(bare, known) and not known.has("trouble", known.marks["solved"].sub("", clause.words))


def _moves(clause: Clause, known: Patterns) -> bool:
    """Whether a clause tells that something is done or going on now."""
    return not clause.future and known.has("moving", clause.shown) and not known.has("planned", clause.shown)


def _ends_in_trouble(split: Sequence[Clause], held: Sequence[Sequence[str]], found: Reading, known: Patterns) -> bool:
    """Whether the last thing said is that something is wrong, or not there."""
    last = known.marks["solved"].sub("", split[-1].words)
    return bool(held[-1] or known.has("trouble", last) or (found.stages and found.stages[-1].status == "not"))
