"""The clock only asks: a handful of in-memory ticks. What is due is worked out from the rows."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger


@dataclass(frozen=True)
class Tick:
    """Every so many seconds the named function is asked to look."""

    seconds: int


def scheduler(ticks: Mapping[str, Tick], look: Callable[[str], Awaitable[None]], timezone: str) -> AsyncIOScheduler:
    """A scheduler that calls `look(name)` at each tick; late ticks run once, never twice at a time."""
    made = AsyncIOScheduler(
        timezone=timezone, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for name, tick in ticks.items():
        made.add_job(partial(look, name), IntervalTrigger(seconds=tick.seconds, timezone=timezone), id=name)
    return made
