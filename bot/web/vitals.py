"""Whether everything is alive: what /health says, and the numbers of /metrics."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlmodel import Session

from storage import vitals

PERIODS = 3
STUCK_SECONDS = 120
Ticks = Mapping[str, tuple[datetime | None, int]]
"""Name -> when it last ran (None: not yet), and its period in seconds."""


def health(
    session: Session, now: datetime, started: datetime, ticks: Ticks, channels: Mapping[str, Mapping[str, object]]
) -> dict[str, Any]:
    """What an operator wants to know at a glance. Not `ok` when a tick is older than three of its periods, when an answer or a hand
    has waited for more than two minutes, or when a channel is not well."""
    waiting = vitals.oldest_unsent(session)
    urgent = vitals.oldest_unsent(session, urgent=True)
    late = {
        name: _seconds(now, last or started)
        for name, (last, period) in ticks.items()
        if _seconds(now, last or started) > PERIODS * period
    }
    stuck = urgent is not None and _seconds(now, urgent) > STUCK_SECONDS
    ill = [name for name, state in channels.items() if not state.get("ok")]
    return {
        "ok": not (late or stuck or ill),
        "wrong": [*(f"tick {name}" for name in late), *(["sender"] if stuck else []), *(f"channel {name}" for name in ill)],
        "channels": {name: dict(state) for name, state in channels.items()},
        "ticks": {name: last.isoformat() if last else None for name, (last, _) in ticks.items()},
        "oldest_unsent": _moment(waiting),
        "oldest_errand": _moment(vitals.oldest_errand(session)),
        "last_log_entry": _moment(vitals.last_log_entry(session)),
        "database": vitals.database(session),
    }  # fmt: skip


def _seconds(now: datetime, at: datetime) -> float:
    return (now - at).total_seconds()


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


class Numbers(Collector):
    """The numbers, read from the store when they are asked for: nothing is counted twice, nothing lost in a restart."""

    def __init__(
        self, read: Callable[[Callable[[Session], Any]], Any], now: Callable[[], datetime], ticks: Callable[[], Ticks]
    ) -> None:
        self._read, self._now, self._ticks = read, now, ticks

    def collect(self) -> Iterator[Metric]:
        incoming, outbox, entries, errands = self._read(
            lambda session: (
                vitals.incoming_counts(session),
                vitals.outbox_counts(session),
                vitals.log_entries(session),
                vitals.errand_counts(session),
            )
        )
        yield _gauge("diaodu_incoming", "Messages that came in", ("channel", "kind", "state"), incoming)
        yield _gauge("diaodu_outbox", "Messages to people", ("class", "state"), outbox)
        yield _gauge("diaodu_errands", "Slow work", ("kind", "state"), errands)
        yield _gauge("diaodu_log_entries", "Entries of the dispatch log", (), [((), entries)])
        ages = [((name,), _seconds(self._now(), last)) for name, (last, _) in self._ticks().items() if last]
        yield _gauge("diaodu_tick_age_seconds", "Since a tick last ran", ("tick",), ages)


def _gauge(name: str, words: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    made = GaugeMetricFamily(name, words, labels=labels)
    for of, value in values:
        made.add_metric(of, value)
    return made


def exposition(numbers: Numbers) -> bytes:
    """The numbers in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(numbers)
    return generate_latest(registry)
