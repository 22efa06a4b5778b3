"""What a tired official types, read as a progress report. Plain functions: the reference day is given, nothing is guessed."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.rules.reading import clauses, dates, durations, feasts, hindrances, masks, money, shares, stages
from bot.rules.reading.clauses import Clause, within
from bot.rules.reading.intent import intent_of
from bot.rules.reading.lexicon import Lexicon, Patterns, seed
from bot.rules.reading.milestones import find as find_milestones
from bot.rules.reading.script import plain
from bot.rules.reading.tense import Tense, tense
from bot.rules.reading.values import Amount, Deadline, Duration, Hindrance, Period, Reading, StageMention, WorkingDay

_LONGEST = 2000  # characters that are read; the rest is quoted as not understood
_SHORT = 200  # characters; what is longer is not said in passing
_APART = re.compile(r"[,。;!?\n()\s]")


def read(
    text: str,
    today: date,
    lexicon: Lexicon | None = None,
    milestones: Sequence[str] = (),
    working: WorkingDay = feasts.usual_working_day,
) -> Reading:
    """Reads one report as of `today`. Never raises, whatever the text; the time it takes grows with its length
    only, and what is longer than 2000 characters is quoted among the unread.

    `lexicon` holds the words for stages, hindrances and help (the one that comes with the program where it is None);
    `milestones` are the names of this project's own milestones; `working` tells working days (15个工作日内).
    """
    known = (lexicon or seed()).patterns
    text, rest = text[:_LONGEST], text[_LONGEST:].strip()
    words = plain(text)
    lengths, shown = durations.find(masks.hide_names(words))
    days, shown = dates.find(shown, today, working)
    parts, shown = shares.find(shown)
    sums, asked, shown = money.find(shown, words)
    sums_at = [one.start for one in sums]
    times = [(day, tense(day, words, today, sums_at)) for day in days]
    split = _placed(clauses.split(words, shown), times, parts, today)
    mentions = stages.find(split, known)
    reached, unclear = find_milestones(split, milestones, text, known) if milestones else ([], False)
    on_plan = len(words) <= _SHORT and bool(known.on_plan.fullmatch(words.strip()))
    held = [[] for _ in split] if on_plan else hindrances.find(split, mentions, known)
    asking = [not on_plan and hindrances.asks_for_help(clause.words, known) for clause in split]
    spans = sorted((one.start, one.end) for group in (days, parts, sums, mentions, lengths) for one in group)
    understood = [bool(on_plan or names or wanted) for names, wanted in zip(held, asking, strict=True)]
    figures = _with_shares(_with_days(Reading(), times, text), parts, times, words)
    result = replace(
        figures,
        amounts=tuple(Amount(one.yuan, one.role, text[one.start : one.end].strip()) for one in sums),
        durations=tuple(Duration(one.days, one.kind, text[one.start : one.end]) for one in lengths),
        stages=_stages(mentions, split, parts, text),
        milestones=tuple(reached),
        hindrances=_hindrances(split, held, text, known),
        help=any(asking),
        on_plan=on_plan,
        unread=(*_unread(split, spans, understood, text, known), *([rest] if rest else [])),
        questions=tuple(dict.fromkeys([*figures.questions, *asked, *(["milestone_unclear"] if unclear else [])])),
    )
    return replace(result, intent=intent_of(words, split, held, mentions, result, known))


def _with_days(result: Reading, times: list[tuple[dates.Found, Tense]], text: str) -> Reading:
    """The reading with its dates sorted by tense, each with the words it was typed in."""
    quoted = [(day, kind, text[day.start : day.end].strip()) for day, kind in times]
    return replace(
        result,
        deadlines=tuple(Deadline(day.day, words, day.precision) for day, kind, words in quoted if kind == "ahead"),
        past=tuple(day.day for day, kind, _ in quoted if kind in ("past", "given_up")),
        periods=tuple(Period(day.first, day.last, words) for day, kind, words in quoted if kind == "period"),
    )


def _with_shares(
    result: Reading, parts: list[shares.Share], times: list[tuple[dates.Found, Tense]], words: str
) -> Reading:
    """The reading with its shares, and which of them is the overall progress of today."""
    ahead = [day.end for day, kind in times if kind == "ahead"]
    now = [one for one in parts if not _announced(one, ahead, words)]
    percent, plan_share, questions = _overall(now, parts)
    percents = tuple(value for one in parts for value in one.values)
    return replace(result, percent=percent, percents=percents, plan_share=plan_share, questions=tuple(questions))


def _stages(
    mentions: Sequence[stages.Mention], split: list[Clause], parts: list[shares.Share], text: str
) -> tuple[StageMention, ...]:
    """The stages as they were typed, each with the one share that its clause tells of it."""
    starts, ends = [part.start for part in parts], [clause.end for clause in split]
    found = []
    for one in mentions:
        clause = split[bisect_right(ends, one.start)]
        own = [
            parts[i] for i in within(starts, clause.start, clause.end) if not parts[i].overall and not parts[i].of_plan
        ]
        told = own[0].value if one.status == "doing" and len(own) == 1 and len(own[0].values) == 1 else None
        found.append(StageMention(one.stage, one.status, text[one.start : one.end], told))
    return tuple(dict.fromkeys(found))


def _hindrances(split: list[Clause], held: list[list[str]], text: str, known: Patterns) -> tuple[Hindrance, ...]:
    """The kinds found in each clause, with the category they are filed under and the clause as it was typed."""
    return tuple(
        Hindrance(kind, hindrances.category_of(kind, one.words, known), text[one.start : one.end].strip())
        for one, kinds in zip(split, held, strict=True)
        for kind in kinds
    )


def _placed(
    split: list[Clause], days: list[tuple[dates.Found, Tense]], parts: list[shares.Share], today: date
) -> list[Clause]:
    """The clauses with what their dates and shares say about tense."""
    days_at, parts_at = [day.start for day, _ in days], [part.start for part in parts]
    placed = []
    for clause in split:
        held = [days[i] for i in within(days_at, clause.start, clause.end)]
        kinds = {kind for _, kind in held}
        whole = any(parts[i].value >= 100 for i in within(parts_at, clause.start, clause.end))
        if kinds or whole:
            clause = replace(
                clause,
                future=bool(kinds & {"ahead", "given_up"}) or any(day.first > today for day, _ in held),
                past=bool(kinds & {"past", "period"}) and any(day.first <= today for day, _ in held),
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


def _unread(
    split: list[Clause], spans: list[tuple[int, int]], understood: list[bool], text: str, known: Patterns
) -> tuple[str, ...]:
    """The clauses in which nothing was recognised, as they were typed."""
    left: list[str] = []
    at = 0
    for clause, clear in zip(split, understood, strict=True):
        while at < len(spans) and spans[at][1] <= clause.start:
            at += 1
        told = clear or (at < len(spans) and spans[at][0] < clause.end)
        if not told and not known.empty.fullmatch(clause.words[:_SHORT]):
            left.append(text[clause.start : clause.end].strip())
    return tuple(left)


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
