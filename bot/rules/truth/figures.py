"""The rules by which a figure cannot be believed as it is (S15: 实事求是). Each answers with its arithmetic or with None; none punishes.

Codes and facts: progress_falls, investment_falls (new, old, as_of) · over_period (amount, plan, times, span) · over_year_plan (amount, plan,
percent) · over_total (amount, total, percent) · whole_with_open (count, milestones) · in_use_unfinished (use, finish) · same_words (times,
words) · money_without_work (new, old, progress) · work_without_money (new, old, invested) · moved_while_stopped (since: the report that said
停工, None: the project is paused) · back_dated (day, days) · month_end_spike (before, within, days, percent) · paid_below (paid, invested,
percent) · statistical_gap (statistical, invested, gap, percent). Money in 元.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from bot.rules.plan import share
from bot.rules.reason import Reason
from bot.rules.truth.values import Claim, Known, TruthPolicy

Rule = Callable[[Claim, Known, TruthPolicy], Reason | None]

FINISH = re.compile("竣工|完工|交工")
USE = re.compile("投产|达产|达效|投用|投入使用|投运")
AFTER_THE_WORKS = re.compile(f"{USE.pattern}|竣工|验收|移交|交付|决算|试生产|试运行|通车")
STOPPED = re.compile(r"(?<!未)(?<!没有)(?<!没)(?<!不)(?:全面|已经?|暂时)?(?:停工|停建|停止施工)")
RESUMED = re.compile("复工|恢复施工|重新开工")
UNSAID = re.compile(r"[\s,，。.;；、!！]")
SPAN_SHARE = {"month": Decimal(1), "ten_days": Decimal(1) / 3, "week": Decimal(1) / 4}


def progress_falls(claim: Claim, known: Known, policy: TruthPolicy) -> Reason | None:
    before = known.progress_before()
    if claim.progress is None or before is None or before.progress is None or claim.progress >= before.progress:
        return None
    return Reason("progress_falls", {"new": claim.progress, "old": before.progress, "as_of": before.as_of})


def investment_falls(claim: Claim, known: Known, policy: TruthPolicy) -> Reason | None:
    before = known.money_before(claim.as_of.year)
    if claim.invested_year is None or before is None or claim.invested_year >= (before.invested_year or 0):
        return None
    return Reason("investment_falls", {"new": claim.invested_year, "old": before.invested_year, "as_of": before.as_of})


def over_period(claim: Claim, known: Known, policy: TruthPolicy) -> Reason | None:
    """What the month, 旬 or week is said to have had, or the month's by subtraction, against its share of the month's plan."""
    amount, span = claim.invested_period, claim.span
    if amount is None:
        amount, span = _month_so_far(claim, known), "month"
    if amount is None or not known.month_plan or span not in SPAN_SHARE:
        return None
    plan = int(known.month_plan * SPAN_SHARE[span])
    if amount <= plan * policy.period_times:
        return None
    times = (Decimal(amount) / plan).quantize(Decimal("0.1")) if plan else None
    return Reason("over_period", {"amount": amount, "plan": plan, "times": times, "span": span})


def _month_so_far(claim: Claim, known: Known) -> int | None:
    """元 since the month began, where the figure it began with is known."""
    base = _month_base(claim, known)
    return None if claim.invested_year is None or base is None else claim.invested_year - base


def _month_base(claim: Claim, known: Known) -> int | None:
    """The year's figure as the month of the claim began: told in the month before; 0 in January."""
    begins = claim.as_of.replace(day=1)
    if begins.month == 1:
        return 0
    month_before = (begins - timedelta(days=1)).replace(day=1)
    for one in known.told:
        if one.as_of < begins and one.invested_year is not None:
            return one.invested_year if one.as_of >= month_before else None
    return None


def over_year_plan(claim: Claim, known: Known, policy: TruthPolicy) -> Reason | None:
    amount, plan = claim.invested_year, known.year_plan
    if amount is None or not plan or amount <= plan * policy.year_plan_times:
        return None
    return Reason("over_year_plan", {"amount": amount, "plan": plan, "percent": share(amount, plan)})


def over_total(claim: Claim, known: Known, policy: TruthPolicy) -> Reason | None:
    if claim.invested_year is None or not known.total:
        return None
    amount = claim.invested_year + (known.invested_before or 0)
    if amount <= known.total * policy.total_times:
        return None
    return Reason("over_total", {"amount": amount, "total": known.total, "percent": share(amount, known.total)})


def whole_with_open(claim: Claim, known: Known, policy: TruthPolicy) -> Reason | None:
    """100 % of the works with milestones of the works left open; those that come after the works may well be."""
    if claim.progress is None or claim.progress < 100:
        return None
    left = [one.name for one in known.milestones if one.id not in claim.done and not AFTER_THE_WORKS.search(one.name)]
    return Reason("whole_with_open", {"count": len(left), "milestones": "、".join(left[:3])}) if left else None


def in_use_unfinished(claim: Claim, known: Known, policy: TruthPolicy) -> Reason | None:
    """投产 before 竣工."""
    names = [one.name for one in known.milestones if one.id in claim.done and USE.search(one.name)]
    use = names[0] if names else claim.in_use
    finish = next((one.name for one in known.milestones if one.id not in claim.done and FINISH.search(one.name)), None)
    return Reason("in_use_unfinished", {"use": use, "finish": finish}) if use and finish else None


def same_words(claim: Claim, known: Known, policy: TruthPolicy) -> Reason | None:
    """Period after period the same, word for word."""
    said = UNSAID.sub("", claim.words)
    if len(said) < policy.same_length:
        return None
    newest: dict[str, str] = {}
    for one in known.told:
        newest.setdefault(one.period, UNSAID.sub("", one.words))
    newest.pop(claim.period, None)
    times = 1
    for words in newest.values():
        if words != said:
            break
        times += 1
    return Reason("same_words", {"times": times, "words": claim.words}) if times >= policy.same_periods else None


def money_without_work(claim: Claim, known: Known, policy: TruthPolicy) -> Reason | None:
    works, money = known.progress_before(), known.money_before(claim.as_of.year)
    if claim.progress is None or claim.invested_year is None or works is None or money is None:
        return None
    grown, measure = claim.invested_year - (money.invested_year or 0), known.year_plan or known.total
    if (
        claim.progress != works.progress
        or claim.progress >= 100
        or not measure
        or grown <= measure * policy.still_share
    ):
        return None
    facts = {"new": claim.invested_year, "old": money.invested_year, "progress": claim.progress}
    return Reason("money_without_work", facts)


def work_without_money(claim: Claim, known: Known, policy: TruthPolicy) -> Reason | None:
    works, money = known.progress_before(), known.money_before(claim.as_of.year)
    if claim.progress is None or works is None or works.progress is None or money is None:
        return None
    if claim.invested_year != money.invested_year or claim.progress - works.progress < policy.still_points:
        return None
    facts = {"new": claim.progress, "old": works.progress, "invested": claim.invested_year}
    return Reason("work_without_money", facts)


def moved_while_stopped(claim: Claim, known: Known, policy: TruthPolicy) -> Reason | None:
    """Works that went on while the project is paused, or since a report that said 停工 and none that said 复工."""
    if not _moved(claim, known) or RESUMED.search(claim.words):
        return None
    if known.paused:
        return Reason("moved_while_stopped", {"since": None})
    for one in known.told:
        if RESUMED.search(one.words):
            return None
        if STOPPED.search(one.words):
            return Reason("moved_while_stopped", {"since": one.as_of})
    return None


def _moved(claim: Claim, known: Known) -> bool:
    works, money = known.progress_before(), known.money_before(claim.as_of.year)
    further = bool(
        works and works.progress is not None and claim.progress is not None and claim.progress > works.progress
    )
    dearer = bool(money and claim.invested_year is not None and claim.invested_year > (money.invested_year or 0))
    return further or dearer or bool(claim.invested_period)


def back_dated(claim: Claim, known: Known, policy: TruthPolicy) -> Reason | None:
    day = claim.named_day or claim.as_of
    days = (claim.said_on - day).days
    return Reason("back_dated", {"day": day, "days": days}) if days > policy.back_days else None


def month_end_spike(claim: Claim, known: Known, policy: TruthPolicy) -> Reason | None:
    """Most of a month's money in its last days, where figures were told in the days before."""
    end = monthrange(claim.as_of.year, claim.as_of.month)[1]
    last_days = claim.as_of.replace(day=max(1, end - policy.spike_days + 1))
    base = _month_base(claim, known)
    if claim.as_of < last_days or claim.invested_year is None or base is None:
        return None
    begins = claim.as_of.replace(day=1)
    earlier = next(
        (one for one in known.told if begins <= one.as_of < last_days and one.invested_year is not None), None
    )
    if earlier is None:
        return None
    before, month = (earlier.invested_year or 0) - base, claim.invested_year - base
    within, planned = month - before, known.month_plan or 0
    if month <= 0 or before < 0 or within <= month * policy.spike_share or within <= planned * policy.spike_share:
        return None
    facts = {
        "before": before,
        "within": within,
        "days": (claim.as_of - earlier.as_of).days,
        "percent": share(within, month),
    }
    return Reason("month_end_spike", facts)


def paid_below(claim: Claim, known: Known, policy: TruthPolicy) -> Reason | None:
    """Payments far below what is said to be invested this year."""
    paid = claim.paid if claim.paid is not None else known.paid
    if paid is None or claim.invested_year is None or paid >= claim.invested_year * policy.paid_share:
        return None
    percent = share(paid, claim.invested_year)
    return Reason("paid_below", {"paid": paid, "invested": claim.invested_year, "percent": percent})


def statistical_gap(claim: Claim, known: Known, policy: TruthPolicy) -> Reason | None:
    """The dispatch figure far from the statistical one (入库纳统投资): two different things, but a gap has a reason."""
    told = claim.statistical if claim.statistical is not None else known.statistical
    if told is None or claim.invested_year is None:
        return None
    gap, larger = abs(claim.invested_year - told), max(claim.invested_year, told)
    if gap <= larger * policy.statistical_share:
        return None
    facts = {"statistical": told, "invested": claim.invested_year, "gap": gap, "percent": share(gap, larger)}
    return Reason("statistical_gap", facts)


RULES: tuple[Rule, ...] = (
    progress_falls, investment_falls, over_period, over_year_plan, over_total, whole_with_open, in_use_unfinished, same_words,
    money_without_work, work_without_money, moved_while_stopped, back_dated, month_end_spike, paid_below, statistical_gap,
)  # fmt: skip
STANDING = frozenset({"over_year_plan", "over_total", "paid_below", "statistical_gap", "whole_with_open"})
"""What does not change from one report to the next: explained once in a year, it is not asked again."""


def doubts(claim: Claim, known: Known, policy: TruthPolicy) -> tuple[Reason, ...]:
    """Every rule that cannot believe the claim, with its arithmetic, in the order of RULES."""
    found = (rule(claim, known, policy) for rule in RULES)
    return tuple(reason for reason in found if reason is not None)
