"""The limit of a matter that runs now: begun, stopped, and when it must be looked at next."""

from datetime import datetime

from bot.rules.limits import Running, next_look
from bot.rules.words import FastLane
from handlers.desk import Desk
from storage.tables import Matter


def start(desk: Desk, matter: Matter, due: datetime) -> None:
    """A limit begins now and ends at `due`. That the one before let pass was to take it to a leader (拟提级) is over."""
    matter.since_at, matter.due_at = desk.now, due
    matter.proposed_at, matter.held = None, False
    plan_look(desk, matter)


def running(matter: Matter) -> Running:
    """The limit as the rules take it."""
    return Running(
        matter.state, matter.since_at, matter.due_at, matter.handed_at, matter.lent_until, matter.asked_at,
        matter.fast_at if matter.fast_lane is FastLane.ASKED else None,
    )  # fmt: skip


def plan_look(desk: Desk, matter: Matter) -> None:
    """When the clock has to look at a matter next."""
    matter.look_at = next_look(running(matter), desk.now, desk.policy.limits, desk.calendar)
