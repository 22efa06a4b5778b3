"""What the clock asks, what is drawn late: the tables that `bot.app` reads."""

from collections.abc import Callable

from bot.messages import Card
from handlers import chases, clocks, deputies, drafts, gaps, judging, log, nudges, summaries, todo, watchers, watching
from handlers.desk import Desk
from storage.tables import Outbox

TICKS: tuple[tuple[str, int, Callable[[Desk], object]], ...] = (
    ("drafts", 600, drafts.expire_drafts),
    ("morning", 60, watching.morning),
    ("delegation", 60, deputies.run),
    ("matters", 60, clocks.look),
    ("gaps", 600, gaps.look),
    ("doubts", 600, judging.look_over),
    ("nudges", 60, nudges.run),
    ("summary", 60, summaries.look),
    ("anchor", 600, log.anchor),
)
"""Name, seconds, question."""

RENDERS: dict[str, Callable[[Desk, Outbox], Card | None]] = {
    "bundle": todo.bundle_card,
    "chase": chases.card,
    "watch": watchers.card,
}
"""How a row of the outbox that was laid down without a card gets one when it is sent; None: it has become pointless."""


def wake_up(desk: Desk) -> None:
    """At the start of the service: what a changed policy or calendar makes necessary."""
    watching.rules_in_force(desk)
