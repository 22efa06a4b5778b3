"""定稿: the dispatcher closes a month or 旬 of their unit; from then on its figures are the same everywhere. Reopened only with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.messages import Address, Button, Card
from bot.rules import periods as rules
from bot.rules.entitlement import Action
from bot.rules.periods import Figure, Period
from bot.rules.plan import share
from bot.rules.words import MessageClass, PeriodKind, Post
from handlers import closing_work, periods, progress
from handlers.desk import Desk, Turn
from storage import board, outbox, people
from storage import periods as stored
from storage.board import Reach
from storage.people import Known

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


def _card(turn: Turn, unit: int, period: Period) -> None:
    """The card of a period; of many projects it is put together outside the writer."""
    if _many(turn, unit):
        _set_out(turn, unit, period, close=False)
    else:
        figures = list(periods.figures(turn, closing_work.listed(turn, unit, period), period).values())
        text, keys = told(turn, turn.locale, unit, period, summed(turn, unit, period, figures))
        turn.say(
            MessageClass.ANSWER, Card(text, (tuple(keys),)), person=turn.person, address=turn.incoming.address, edits=turn.pressed, reusable=True
        )  # fmt: skip
        turn.pressed = None


def _many(desk: Desk, unit: int) -> bool:
    return board.count(desk.session, Reach(people.subtree(desk.session, unit), led=False)) > progress.MANY


def summed(desk: Desk, unit: int, period: Period, figures: Sequence[Figure]) -> dict[str, Any]:
    """What the card of a period says of its figures, as plain values."""
    found = {one.project for one in figures}
    late = periods.amended(desk, period, found) if periods.closed_for(desk, period, unit) else []
    return {
        "sums": asdict(sums(figures, period)), "late": [periods.amended_line(desk, one, spanned=False) for one in late[:SHOWN]],
        "more": max(0, len(late) - SHOWN), "review": stored.in_review(desk.session, found, period),
    }  # fmt: skip


def told(desk: Desk, locale: str, unit: int, period: Period, known: Mapping[str, Any]) -> tuple[str, list[Button]]:
    """The words and buttons of a period's card."""
    row, numbers = periods.closed_for(desk, period, unit), Sums(**known["sums"])
    args, may = _args(unit, period), rules.may_close(period, desk.today, desk.calendar)
    keys = []
    if row is None and may:
        keys.append(desk.button("close_period", "closing.close", locale, "primary", **args))
    if row is not None and row.unit == unit:
        keys.append(desk.button("reopen_period", "closing.reopen", locale, **args))
    keys += [desk.button("papers", "paper.hub", locale), desk.button("desk", "desk.show", locale)]
    text = desk.text(
        "period.card", locale, period=period.zh, unit=people.unit_name(desk.session, unit), row=row, sums=numbers,
        share=share(numbers.actual, numbers.year_plan), by=people.name_of(desk.session, row.closed_by) if row else "",
        whose=people.unit_name(desk.session, row.unit) if row and row.unit != unit else "", early=not may,
        review=known["review"] if row is None else 0, month=period.kind is PeriodKind.MONTH, late=known["late"], more=known["more"],
    )  # fmt: skip
    return text, keys


# --- 定稿 ---------------------------------------------------------------------------------------------------------------


def close(turn: Turn) -> None:
    """定稿: the figures as they are known now, for good. They are gathered outside the writer."""
    meant = _meant(turn)
    if meant is None:
        return
    unit, period = meant
    if periods.closed_for(turn, period, unit) is None and rules.may_close(period, turn.today, turn.calendar):
        _set_out(turn, unit, period, close=True)
    else:
        _card(turn, unit, period)


def _set_out(turn: Turn, unit: int, period: Period, *, close: bool, again: int = 0) -> None:
    """Has the figures gathered; the message that says so shows how far it is, and then what came of it."""
    key = f"closing:{turn.incoming.channel}:{turn.incoming.account}:{turn.incoming.dedup}"
    turn.reply("period.closing" if close else "period.adding_up", unique=f"{key}:shown", period=period.zh)
    payload = {"person": turn.person, **_args(unit, period), "close": close, "shown": f"{key}:shown", "again": again}
    turn.errand("closing", payload, key=key, person=turn.person, address=turn.incoming.address)


def came(turn: Turn) -> None:
    """The figures are there: closed, if nothing they rest on has changed; and the card."""
    facts, person = turn.incoming.facts, turn.incoming.facts["person"]
    payload, known = facts["payload"], people.account_of(turn.session, person)
    period = rules.read(payload["period"], turn.today)
    if known is None or period is None:
        return
    if not facts["ok"]:
        _show(turn, known, payload, turn.text("period.failed", known.locale, period=period.zh), [])
        return
    if payload["close"] and not _close(turn, payload, facts, period):
        return
    text, keys = told(turn, known.locale, payload["unit"], period, facts["told"])
    _show(turn, known, payload, text, keys)


def _close(turn: Turn, payload: Mapping[str, Any], facts: Mapping[str, Any], period: Period) -> bool:
    """Whether the period is closed now; else it is all done again."""
    row = stored.by_id(turn.session, facts["closing"])
    if row is None or row.state != "closing":
        return True
    if periods.closed_for(turn, period, row.unit) is not None:
        stored.throw_away(turn.session, row)
        return True
    digest = closing_work.finish(turn, row, facts["digest"])
    if digest is None:
        key = f"{payload['shown']}:{payload['again'] + 1}"
        turn.errand(
            "closing", {**payload, "again": payload["again"] + 1}, key=key, person=payload["person"], address=turn.incoming.address
        )  # fmt: skip
        return False
    turn.note(
        "period.closed", person=payload["person"],
        facts={
            "unit": row.unit, "kind": row.kind, "first": row.first, "until": row.until, "projects": row.projects, "entry": row.entry, "digest": digest,
            **{name: facts["told"]["sums"][name] for name in ("year_plan", "actual", "done")},
        },
    )  # fmt: skip
    return True


def _show(turn: Turn, known: Known, payload: Mapping[str, Any], text: str, keys: Sequence[Button]) -> None:
    """In the place of the message that said it had begun."""
    shown = outbox.by_key(turn.session, payload["shown"])
    address = Address(turn.incoming.channel, turn.incoming.chat, turn.incoming.thread, turn.incoming.person)
    turn.say(
        MessageClass.ANSWER, Card(text, (tuple(keys),) if keys else ()), person=known.person, address=address if address.chat else None,
        edits=(shown.edits or shown.id) if shown is not None else None, key=f"closing:{turn.incoming.facts['errand']}", reusable=True,
    )  # fmt: skip


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
