"""四率 (开工率, 投资完成率, 资金到位率, 竣工率), with 复工率 and 上半年开工率: number, numerator and denominator, definition, day; who is missing on a tap."""

from collections.abc import Sequence
from typing import Any

from bot.messages import Button, plain
from bot.rules.entitlement import Action
from bot.rules.rates import Rate, four_rates
from handlers import pick
from handlers.desk import Desk, Turn
from storage import board, projects, stages
from storage.board import Reach

MONEY = ("invest", "funds")


def of(desk: Desk, meant: Reach) -> tuple[Rate, ...]:
    """The rates of these projects today, by the policy's definition of 开工."""
    found = stages.rated(desk.session, [meant.where], desk.today)
    return four_rates(found, desk.policy.file.stage.start, desk.today)


def facts(desk: Desk, rates: Sequence[Rate], locale: str = "") -> list[dict[str, Any]]:
    """Each rate in words and figures, as texts take them."""
    return [
        {
            "code": rate.code, "money": rate.code in MONEY, "percent": rate.percent, "numerator": rate.numerator, "denominator": rate.denominator,
            "unknown": len(rate.unknown), "definition": plain(desk.text(f"rate.definition_{rate.definition.code}", locale, **rate.definition.facts)),
        }
        for rate in rates
    ]  # fmt: skip


def show(turn: Turn) -> None:
    """四率: of all the speaker sees on a board."""
    found = of(turn, board.reach(turn.standing(turn.person), Action.BOARD))
    numbers = [
        Button(str(at), "rate.rest", {"code": rate.code, "fresh": True})
        for at, rate in enumerate(found, 1)
        if rate.rest
    ]
    shown = facts(turn, found, turn.locale)
    line = plain(turn.words("rate.line", rates=shown))
    turn.reply(
        "rate.card", [numbers[:3], numbers[3:]], reusable=True, copy=line, rates=shown, line=line, as_of=turn.today
    )


def rest(turn: Turn) -> None:
    """A number: the projects that do not count."""
    if not turn.may(turn.person, Action.BOARD):
        turn.reply("start.no_such_thing")
        return
    rates = of(turn, board.reach(turn.standing(turn.person), Action.BOARD))
    rate = next(one for one in rates if one.code == turn.args["code"])
    found = projects.by_ids(turn.session, rate.rest)
    turn.pressed = None
    pick.show(turn, found, "project.show", told=turn.words("rate.rest", code=rate.code, count=len(found)))
