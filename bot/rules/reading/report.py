"""What a tired official types, read as a progress report. Plain functions: the reference day is given, nothing is guessed."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.rules.reading import clauses, dates, durations, feasts, hindrances, lexicon, masks, money, shares, stages
from bot.rules.reading.clauses import Clause, within
from bot.rules.reading.script import plain
from bot.rules.reading.tense import Tense, tense
from bot.rules.reading.values import Amount, Deadline, Duration, Intent, Period, Reading, StageMention, WorkingDay

_ON_PLAN = re.compile(rf"(?:(?:{lexicon.ON_PLAN}|{lexicon.NO_TROUBLE})[,。;!、\s]*)+")
_FILLER = re.compile(rf"(?:{lexicon.FILLERS}|[^\w]|\s)*")
_APART = re.compile(r"[,。;!?\n()\s]")
_QUESTION = re.compile(lexicon.QUESTION, re.M)
_DELAY = re.compile(lexicon.DELAY)
_STOPPED = re.compile(lexicon.STOPPED)
_MOVING = re.compile(lexicon.MOVING)


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
    money_at = [one.start for one in sums]
    known = [(day, tense(day, words, today, money_at)) for day in days]
    split = _placed(clauses.split(words, shown), known, parts)
    mentions = stages.find(split)
    own, unclear = stages.milestones(split, milestones, text) if milestones else ([], False)
    on_plan = len(words) <= 200 and bool(_ON_PLAN.fullmatch(words.strip()))
    held = [[] for _ in split] if on_plan else hindrances.find(split)
    asking = [not on_plan and hindrances.asks_for_help(clause.words) for clause in split]
    ahead = [day.end for day, kind in known if kind == "ahead"]
    percent, plan_share, questions = _overall([one for one in parts if not _announced(one, ahead, words)], parts)
    spans = sorted((one.start, one.end) for group in (days, parts, sums, mentions, lengths) for one in group)
    understood = [bool(on_plan or names or wanted) for names, wanted in zip(held, asking, strict=True)]
    result = Reading(
        percent=percent,
        percents=tuple(value for one in parts for value in one.values),
        plan_share=plan_share,
        amounts=tuple(Amount(one.yuan, one.role, text[one.start : one.end].strip()) for one in sums),
        durations=tuple(Duration(one.days, one.kind, text[one.start : one.end]) for one in lengths),
        stages=tuple(dict.fromkeys(StageMention(one.stage, one.status, text[one.start : one.end]) for one in mentions)),
        milestones=tuple(own),
        blockers=tuple(dict.fromkeys(name for names in held for name in names)),
        help=any(asking),
        on_plan=on_plan,
        unread=_unread(split, spans, understood, text),
        questions=tuple(dict.fromkeys([*questions, *asked, *(["milestone_unclear"] if unclear else [])])),
    )
    result = _with_days(result, known, text)
    return replace(result, intent=_intent(words, split, mentions, held, result))


def _with_days(result: Reading, known: list[tuple[dates.Found, Tense]], text: str) -> Reading:
    """The reading with its dates sorted by tense, each with the words it was typed in."""
    quoted = [(day, kind, text[day.start : day.end].strip()) for day, kind in known]
    return replace(
        result,
        deadlines=tuple(Deadline(day.day, words, day.precision) for day, kind, words in quoted if kind == "ahead"),
        past=tuple(day.day for day, kind, _ in quoted if kind in ("past", "given_up")),
        periods=tuple(Period(day.first, day.last, words) for day, kind, words in quoted if kind == "period"),
    )


def _placed(split: list[Clause], days: list[tuple[dates.Found, Tense]], parts: list[shares.Share]) -> list[Clause]:
    """The clauses with what their dates and shares say about tense."""
    days_at, parts_at = [day.start for day, _ in days], [part.start for part in parts]
    placed = []
    for clause in split:
        kinds = {days[i][1] for i in within(days_at, clause.start, clause.end)}
        whole = any(parts[i].value >= 100 for i in within(parts_at, clause.start, clause.end))
        if kinds or whole:
            clause = replace(
                clause,
                future=bool(kinds & {"ahead", "given_up"}),
                past=bool(kinds & {"past", "period"}),
                hundred=whole,
            )
        placed.append(clause)
    return placed


def _announced(part: shares.Share, ahead: list[int], words: str) -> bool:
    """Whether a share belongs to a day still ahead (年底达到100%), so that it is not the progress of today."""
    return any(not _APART.search(words[ahead[i] : part.start]) for i in within(ahead, part.start - 12, part.start + 1))


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


def _unread(split: list[Clause], spans: list[tuple[int, int]], understood: list[bool], text: str) -> tuple[str, ...]:
    """The clauses in which nothing was recognised, as they were typed."""
    left: list[str] = []
    at = 0
    for clause, known in zip(split, understood, strict=True):
        while at < len(spans) and spans[at][1] <= clause.start:
            at += 1
        known = known or (at < len(spans) and spans[at][0] < clause.end)
        if not known and not _ON_PLAN.fullmatch(clause.words[:200]) and not _FILLER.fullmatch(clause.words[:200]):
            left.append(text[clause.start : clause.end].strip())
    return tuple(left)


def _intent(
    words: str, split: list[Clause], mentions: list[stages.Mention], held: list[list[str]], result: Reading
) -> Intent:
    """The main thing that is said."""
    statuses = {mention.status for mention in mentions}
    told = (
        result.percents
        or statuses & {"done", "doing"}
        or any(one.role not in ("plan", "invest") for one in result.amounts)
    )
    moving = told or any(_MOVING.search(clause.shown) and not clause.future for clause in split)
    late = any(one.kind == "delay" for one in result.durations)
    if result.help:
        return "help"
    if _QUESTION.search(words):
        return "question"
    if result.blockers and _STOPPED.search(words) and not late:
        return "blocker"
    if late or _DELAY.search(words):
        return "delay_notice"
    if result.blockers and (not moving or (not result.percents and held[-1])):
        return "blocker"
    if moving or result.on_plan:
        return "progress"
    if result.deadlines or "planned" in statuses or any(one.role == "plan" for one in result.amounts):
        return "plan"
    if result.blockers or "not" in statuses:
        return "blocker"
    return "progress" if result.amounts else "chatter"


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
