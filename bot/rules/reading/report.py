"""What a tired official types, read as a progress report. Plain functions: the reference day is given, nothing is guessed."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.rules.reading import clauses as pieces
from bot.rules.reading import dates, durations, feasts, lexicon, masks, money, shares
from bot.rules.reading.script import plain
from bot.rules.reading.values import Amount, Deadline, Duration, Intent, Period, Reading, StageMention, WorkingDay
from bot.rules.words import Precision

_ON_PLAN = re.compile(rf"(?:(?:{lexicon.ON_PLAN}|{lexicon.NO_TROUBLE})[,。;!、\s]*)+")
_FILLER = re.compile(rf"(?:{lexicon.FILLERS}|[^\w]|\s)*")
_GIVEN_UP = re.compile(r"原[定计本先]|从$|由$|本该|本应|该就")
_MOVED_TO = re.compile(r"[到至为]$")
_STARTS = re.compile(r"[开动停复]工|动土|施工")
_CLAUSE_END = re.compile(r"[,。;!?\n()]")
_FIGURE_NEXT = re.compile(r"(?:累计|已)?完成(?:投资)?(?:约|近)?\s?\d")
_APART = re.compile(r"[,。;!?\n()\s]")
_HOPELESS = re.compile(r"\S{0,3}也\S{0,3}不[好了完成]")
_BOUND = ("前", "之前", "以前", "内", "以内", "之内", "底前")


def read(
    text: str, today: date, milestones: Sequence[str] = (), working: WorkingDay = feasts.usual_working_day
) -> Reading:
    """Reads one report as of `today`. Never raises, whatever the text; the time it takes grows with its length only.

    `milestones` are the names of this project's own milestones; `working` tells working days (15个工作日内).
    """
    words = plain(text)
    lengths, shown = durations.find(masks.hide_names(words))
    days, shown = dates.find(shown, today, working)
    parts, shown = shares.find(shown)
    sums, asked, shown = money.find(shown, words)
    known = [(day, _tense(day, words, today, sums)) for day in days]
    split = [_placed(clause, known, parts) for clause in pieces.split(words, shown)]
    mentions = pieces.stages(split)
    own, unclear = pieces.milestones(split, milestones) if milestones else ([], False)
    ahead = [day for day, kind in known if kind == "ahead"]
    percent, plan_share, questions = _overall([part for part in parts if not _announced(part, ahead, words)], parts)
    on_plan = len(words) <= 200 and bool(_ON_PLAN.fullmatch(words.strip()))
    result = Reading(
        percent=percent,
        percents=tuple(value for share in parts for value in share.values),
        plan_share=plan_share,
        amounts=tuple(Amount(one.yuan, one.role, text[one.start : one.end].strip()) for one in sums),
        deadlines=tuple(
            Deadline(day.day, text[day.start : day.end].strip(), day.precision)
            for day, kind in known
            if kind == "ahead"
        ),
        past=tuple(day.day for day, kind in known if kind in ("past", "given_up")),
        periods=tuple(
            Period(day.first, day.last, text[day.start : day.end].strip()) for day, kind in known if kind == "period"
        ),
        durations=tuple(Duration(one.days, one.kind, text[one.start : one.end]) for one in lengths),
        stages=tuple(dict.fromkeys(StageMention(one.stage, one.status, text[one.start : one.end]) for one in mentions)),
        milestones=tuple(own),
        blockers=() if on_plan else pieces.blockers(split),
        help=not on_plan and pieces.wants_help(split),
        on_plan=on_plan,
        questions=tuple(dict.fromkeys([*questions, *asked, *(["milestone_unclear"] if unclear else [])])),
    )
    spans = [(one.start, one.end) for group in (days, parts, sums, mentions, lengths) for one in group]
    result = replace(result, unread=() if on_plan else _unread(split, spans, text))
    return replace(result, intent=_intent(words, split, mentions, result))


def _placed(clause: pieces.Clause, days: list[tuple[dates.Found, str]], parts: list[shares.Share]) -> pieces.Clause:
    """The clause with what its dates and shares say about tense."""
    kinds = {kind for day, kind in days if clause.start <= day.start < clause.end}
    return replace(
        clause,
        future=bool(kinds & {"ahead", "given_up"}),
        past=bool(kinds & {"past", "period"}),
        background=kinds == {"period"},
        hundred=any(share.value >= 100 for share in parts if clause.start <= share.start < clause.end),
    )


def _tense(one: dates.Found, words: str, today: date, sums: list[money.Sum]) -> str:
    """ahead: a deadline; past: a single day that is over or given up; period: a span that is over or running."""
    before = _CLAUSE_END.split(words[max(0, one.start - 24) : one.start])[-1]
    after = _CLAUSE_END.split(words[one.end : one.end + 24])[0]
    span = one.first != one.last and one.precision is not Precision.DAY
    if _GIVEN_UP.search(before) and not _MOVED_TO.search(before):
        return "period" if span and one.last < today else "given_up"
    if _HOPELESS.match(after):
        return "past"
    if one.first == one.last == today and one.direction != "future":
        return "past"
    if one.last < today or (one.direction == "past" and one.first == one.last):
        return "period" if span else "past"
    if one.first != one.last and one.first <= today and not _is_limit(one, before, after, sums):
        return "period"
    if one.tail == "起" and not _STARTS.search(after):
        return "past"
    return "ahead"


def _is_limit(one: dates.Found, before: str, after: str, sums: list[money.Sum]) -> bool:
    """Whether a span that is running (本月, 上半年) is meant as a limit and not as the time reported on."""
    if one.tail in _BOUND or one.tail == "底":
        return True
    if (
        one.direction == "past"
        or _FIGURE_NEXT.match(after)
        or any(one.end <= item.start < one.end + 24 for item in sums)
    ):
        return False
    if one.precision is Precision.YEAR:
        return one.direction == "future" and not re.search(r"计划|投|安排|目标", before + after)
    return one.direction == "future" or bool(
        re.match(r"(?:底|末|内|要|能|可|必须|力争|争取|计划|完成|实现|封顶|竣工|到位)", after)
        and not re.search(r"了|已", after)
    )


def _announced(part: shares.Share, ahead: list[dates.Found], words: str) -> bool:
    """Whether a share belongs to a day still ahead (年底达到100%), so that it is not the progress of today."""
    return any(0 <= part.start - day.end <= 12 and not _APART.search(words[day.end : part.start]) for day in ahead)


def _overall(now: list[shares.Share], parts: list[shares.Share]) -> tuple[Decimal | None, Decimal | None, list[str]]:
    """The overall progress (of the shares that speak of today), the share of the year's plan, and what has to be asked."""
    plans = {part.value for part in parts if part.of_plan and len(part.values) == 1}
    plan_share = plans.pop() if len(plans) == 1 else None
    if any(part.negative for part in parts):
        return None, plan_share, ["negative"]
    best = max((part.overall for part in now), default=0)
    candidates = [part for part in now if part.overall == best] if best else []
    if any(part.vague or part.upper is not None for part in candidates):
        return None, plan_share, ["percent_range"]
    values = {part.value for part in candidates}
    if len(values) > 1:
        return None, plan_share, ["percent_unclear"]
    percent = values.pop() if values else None
    if percent is not None and percent > 100:
        return None, plan_share, ["percent_over_100"]
    return percent, plan_share, []


def _unread(split: list[pieces.Clause], spans: list[tuple[int, int]], text: str) -> tuple[str, ...]:
    """The clauses in which nothing was recognised, as they were typed."""
    taken = sorted(spans)
    left: list[str] = []
    at = 0
    for clause in split:
        while at < len(taken) and taken[at][1] <= clause.start:
            at += 1
        known = at < len(taken) and taken[at][0] < clause.end
        if (
            not known
            and not _ON_PLAN.fullmatch(clause.words[:200])
            and not pieces.blockers([clause])
            and not pieces.wants_help([clause])
            and not _FILLER.fullmatch(clause.words[:200])
        ):
            left.append(text[clause.start : clause.end].strip())
    return tuple(left)


_QUESTION = re.compile(lexicon.QUESTION, re.M)
_DELAY = re.compile(lexicon.DELAY)
_STOPPED = re.compile(lexicon.STOPPED)
_MOVING = re.compile(lexicon.MOVING)


def _intent(words: str, split: list[pieces.Clause], mentions: list[pieces.Mention], result: Reading) -> Intent:
    """The main thing that is said."""
    statuses = {mention.status for mention in result.stages}
    told = (
        result.percents
        or statuses & {"done", "doing"}
        or any(one.role not in ("plan", "invest") for one in result.amounts)
    )
    moving = told or any(_MOVING.search(clause.shown) and not clause.future for clause in split)
    if result.help:
        return "help"
    if _QUESTION.search(words):
        return "question"
    late = any(one.kind == "delay" for one in result.durations)
    if result.blockers and _STOPPED.search(words) and not late:
        return "blocker"
    if late or _DELAY.search(words):
        return "delay_notice"
    if result.blockers and (not moving or (not result.percents and pieces.blockers(split[-1:]))):
        return "blocker"
    if moving or result.on_plan:
        return "progress"
    if result.deadlines or "planned" in statuses or "plan" in {one.role for one in result.amounts}:
        return "plan"
    return "blocker" if result.blockers or "not" in statuses else "progress" if result.amounts else "chatter"


def as_record(reading: Reading) -> dict[str, Any]:
    """The reading in the fields of labelled sentences: money in 万元, days in ISO form."""
    return {
        "percents": [float(value) for value in reading.percents],
        "amounts_wan": [[one.yuan / 10_000, one.role] for one in reading.amounts],
        "deadlines": [one.day.isoformat() for one in reading.deadlines],
        "past": [day.isoformat() for day in reading.past],
        "periods": [[one.first.isoformat(), one.last.isoformat()] for one in reading.periods],
        "durations": [[one.days, one.kind] for one in reading.durations],
        "stages": [list(pair) for pair in dict.fromkeys((one.stage, one.status) for one in reading.stages)],
        "blockers": list(reading.blockers),
        "help": reading.help,
        "intent": reading.intent,
    }
