"""督查发现: what a supervisor finds on the spot, and whom it charges with putting it right (001: 督查考核机制)."""

import re

from bot.rules.entitlement import Action
from handlers import orders
from handlers.desk import Turn

WORD = re.compile(r"^(?:督查发现|督查问题)[\s：:，,]*")


def start(turn: Turn) -> None:
    """督查发现 17 扬尘未覆盖，责成住建局11月30日前整改, with photos."""
    said = orders.rest_of(turn, WORD)
    if turn.may(turn.person, Action.INSPECT):
        orders.begin(turn, "finding", said)
    else:
        orders.not_yours(turn, [said] if said else [])
