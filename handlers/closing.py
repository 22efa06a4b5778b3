"""定稿: the dispatcher closes a month or 旬 of their unit; from then on its figures are the same everywhere. Reopened only with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages import Button
from bot.rules import periods as rules
from bot.rules.entitlement import Action
from bot.rules.periods import Figure, Period
from bot.rules.plan import share
from bot.rules.words import PeriodKind, Post
from handlers import periods
from handlers.desk import Turn
from storage import people
from storage import periods as stored
from storage.board import Reach
from storage.tables import ClosedPeriod, Project

SHOWN = 6
"""Corrections in one message."""

# --- which one ----------------------------------------------------------------------------------------------------------


def units(turn: Turn) -> list[int]:
    """The units whose dispatcher the speaker is, or stands in for."""
    posts = [
        post
        for one in (turn.person, *turn.acts_for(turn.person))
        for post in people.posts_of(turn.session, one, turn.today)
    ]
    return list(dict.fromkeys(post.unit for post in posts if post.role is Post.DISPATCHER))


def show(turn: Turn) -> None:
    """定稿: the newest month and 旬 of each unit, closed or not. 定稿 2026-10, 定稿 11月中旬: that one."""
    if not turn.may(turn.person, Action.DISPATCH):
        turn.reply("start.no_such_thing")
        return
    rest, mine = str(turn.args.get("rest", "")).strip(), units(turn)
    period = rules.read(rest, turn.today) if rest else None
    if rest and period is None:
        turn.reply("period.unread", words=rest)
        return
    newest = [rules.latest(kind, turn.today, turn.calendar) for kind in PeriodKind]
    shown = [(unit, one) for unit in mine for one in ([period] if period else newest)]
    if len(shown) == 1:
        _card(turn, *shown[0])
        return
    numbers = [Button(str(at), "closing.open", _args(unit, one)) for at, (unit, one) in enumerate(shown[:SHOWN], 1)]
    names = people.unit_names(turn.session)
    lines = [
        (one.zh, names[unit] if len(mine) > 1 else "", periods.closed_for(turn, one, unit))
        for unit, one in shown[:SHOWN]
    ]
    turn.reply("period.which", [numbers[:3], numbers[3:]], reusable=True, lines=lines)


def _args(unit: int, period: Period) -> dict[str, object]:
    return {"unit": unit, "period": period.key}


def _meant(turn: Turn) -> tuple[int, Period] | None:
    """The unit and period of a button or step, if the speaker dispatches that unit; says so where not."""
    values = turn.args if "unit" in turn.args else turn.talk.draft
    period = rules.read(str(values.get("period", "")), turn.today)
    if period is None or values.get("unit") not in units(turn):
        turn.reply("start.no_such_thing")
        return None
    return int(values["unit"]), period


def open_card(turn: Turn) -> None:
    """A number was pressed."""
    if meant := _meant(turn):
        _card(turn, *meant)


# --- its card -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sums:
    """A period in numbers. untold: without a figure of it; doubted: 存疑待核."""

    projects: int
    untold: int
    doubted: int
    year_plan: int
    actual: int
    done: int | None


def sums(found: Sequence[Figure], period: Period) -> Sums:
    return Sums(
        len(found), sum(one.as_of is None or one.as_of < period.first for one in found), sum(one.doubt == "open" for one in found), sum(one.year_plan for one in found),
        sum(one.actual or 0 for one in found), sum(one.done or 0 for one in found) if any(one.done is not None for one in found) else None,
    )  # fmt: skip


def _projects(turn: Turn, unit: int, period: Period) -> list[Project]:
    return periods.listed(turn, Reach(people.subtree(turn.session, unit), led=False), period)


def _card(turn: Turn, unit: int, period: Period) -> None:
    row = periods.closed_for(turn, period, unit)
    found = _projects(turn, unit, period)
    told = sums(list(periods.figures(turn, found, period).values()), period)
    late = periods.amended(turn, period, {one.id for one in found}) if row else []
    args = _args(unit, period)
    keys = []
    if row is None and rules.may_close(period, turn.today, turn.calendar):
        keys.append(turn.key("close_period", "closing.close", "primary", **args))
    if row is not None and row.unit == unit:
        keys.append(turn.key("reopen_period", "closing.reopen", **args))
    keys += [turn.key("papers", "paper.hub"), turn.key("desk", "desk.show")]
    turn.reply(
        "period.card", [keys], reusable=True, period=period.zh, unit=people.unit_name(turn.session, unit), row=row, sums=told,
        share=share(told.actual, told.year_plan), by=people.name_of(turn.session, row.closed_by) if row else "",
        whose=people.unit_name(turn.session, row.unit) if row and row.unit != unit else "", early=not rules.may_close(period, turn.today, turn.calendar),
        review=stored.in_review(turn.session, {one.id for one in found}, period) if row is None else 0, month=period.kind is PeriodKind.MONTH,
        late=[periods.amended_line(turn, one, turn.locale, spanned=False) for one in late[:SHOWN]], more=max(0, len(late) - SHOWN),
    )  # fmt: skip


def close(turn: Turn) -> None:
    """定稿: the figures as they are known now, for good."""
    meant = _meant(turn)
    if meant is None:
        return
    unit, period = meant
    if periods.closed_for(turn, period, unit) is None and rules.may_close(period, turn.today, turn.calendar):
        close_now(turn, unit, period)
    _card(turn, unit, period)


def close_now(turn: Turn, unit: int, period: Period) -> ClosedPeriod:
    """Writes the figures of a period of a unit down; the log has their digest."""
    figures = list(periods.figures(turn, _projects(turn, unit, period), period).values())
    row = stored.close(turn.session, unit, period, figures, turn.person, turn.now)
    told = sums(figures, period)
    turn.note(
        "period.closed", person=turn.person,
        facts={
            "unit": unit, "kind": period.kind, "first": period.first, "until": period.until, "projects": len(figures), "year_plan": told.year_plan,
            "actual": told.actual, "done": told.done, "digest": row.digest,
        },
    )  # fmt: skip
    return row


# --- 重开 ---------------------------------------------------------------------------------------------------------------


def reopen(turn: Turn) -> None:
    """重开: why?"""
    meant = _meant(turn)
    if meant is None:
        return
    unit, period = meant
    if stored.of_unit(turn.session, unit, period) is None:
        _card(turn, unit, period)
        return
    turn.ask("closing.why", _args(unit, period))
    turn.reply("period.why", [[turn.key("cancel", "closing.keep", **_args(unit, period))]], period=period.zh)


def why(turn: Turn) -> None:
    """The reason was given: the figures move again, what was published stays."""
    meant = _meant(turn)
    if meant is None:
        turn.done()
        return
    unit, period = meant
    if not turn.typed:
        turn.reply("period.why", [[turn.key("cancel", "closing.keep", **_args(unit, period))]], period=period.zh)
        return
    row = stored.of_unit(turn.session, unit, period)
    turn.done()
    if row is not None:
        stored.reopen(turn.session, row, turn.person, turn.typed, turn.now)
        turn.note(
            "period.reopened", person=turn.person,
            facts={"unit": unit, "kind": period.kind, "first": period.first, "until": period.until, "closed": row.closed_at},
            words={"reason": turn.typed},
        )  # fmt: skip
    _card(turn, unit, period)


def keep(turn: Turn) -> None:
    """取消: it stays closed."""
    turn.done()
    open_card(turn)
