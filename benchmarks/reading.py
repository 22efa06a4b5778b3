"""Reading what officials type, against the plainest pass over the same sentences; and how well they are read, file by file."""

import re
import statistics
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from benchmarks.measure import Line, rounds, shown, timed
from bot.rules.reading import read
from tests.rules.test_reading_sentences import FLOORS, scores, sentences

ROUNDS = 5
MILLISECOND = 1e-3
PLAINEST = re.compile(r"\d+(?:\.\d+)?\s*(?:%|％|万|亿)?")
"""What a first attempt would do: every figure with the unit behind it."""
AIMS = {
    "percents": (98, 98), "amounts": (98, 98), "roles": (92, 0), "dates": (92, 95), "stages": (92, 85), "blockers": (85, 85),
    "help": (85, 85), "intent": (90, 0),
}  # fmt: skip
"""Recall and precision wanted, percent; of roles and intent only the share that is right."""
NAMES = {"percents": "percent", "amounts": "money", "intent": "intent"}


def _ours(text: str, day: date) -> object:
    return read(text, day)


def _plainest(text: str, day: date) -> object:
    return PLAINEST.findall(text)


def _median(said: list[tuple[str, date]], way: Callable[[str, date], object]) -> float:
    """The median of the seconds a sentence takes."""
    return statistics.median(timed(partial(way, text, day)) for text, day in said)


def lines(home: Path) -> Iterator[Line]:
    said = [(one["text"], date.fromisoformat(one["reference_date"])) for name in FLOORS for one in sentences(name)]
    ours, base = _median(said, _ours), _median(said, _plainest)
    what = f"reading, median of {len(said):,} sentences"
    yield Line(what, shown(ours), shown(base), f"{ours / base:,.0f}", "≤ 1 ms", ours <= MILLISECOND)
    found = rounds(
        lambda: timed(lambda: [_ours(text, day) for text, day in said]),
        lambda: timed(lambda: [_plainest(text, day) for text, day in said]),
        ROUNDS,
    )
    pace = shown(min(found.ours) / len(said)), shown(min(found.base) / len(said))
    yield Line("reading, a sentence, against one findall of figures", *pace, f"{found.median:,.0f} / {found.best:,.0f}")
    for name in FLOORS:
        yield from _of_file(name)


def _of_file(name: str) -> Iterator[Line]:
    """Recall and precision of one file's sentences, in percent."""
    count = len(sentences(name))
    for field, (recall, precision) in scores(name).items():
        wanted, exact = AIMS[field]
        reached = f"{recall:.1f} %" if not exact else f"{recall:.1f} / {precision:.1f} %"
        aim = f"≥ {wanted} %" if not exact else f"≥ {wanted} / {exact} %"
        what = f"read, {name} ({count}): {NAMES.get(field, field)}"
        yield Line(what, reached, aim=aim, met=recall >= wanted and precision >= exact)
