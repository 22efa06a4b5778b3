"""Two ways of doing the same, run in turn in one process: clocks differ between machines and minutes, ratios hardly do."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Side = Callable[[], float]
"""Does its work once and returns the seconds it took; what it needs beforehand it prepares outside of them."""


@dataclass(frozen=True)
class Line:
    """One line of the table. met: None where there is no aim."""

    what: str
    ours: str = ""
    base: str = ""
    ratio: str = ""
    aim: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Rounds:
    """Seconds of each round, the first dropped."""

    ours: list[float]
    base: list[float]

    @property
    def median(self) -> float:
        """The median of the rounds' ratios, ours to base."""
        return statistics.median(ours / base for ours, base in zip(self.ours, self.base, strict=True))

    @property
    def best(self) -> float:
        """The best of ours to the best of base."""
        return min(self.ours) / min(self.base)


def timed(work: Callable[[], object]) -> float:
    """The seconds one call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def rounds(ours: Side, base: Side, count: int) -> Rounds:
    """`count` rounds and one more that is dropped; the garbage collector rests while they run."""
    seconds: list[tuple[float, float]] = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(count + 1):
            mine = ours()
            seconds.append((mine, base()))
            gc.collect()
    finally:
        gc.enable()
    return Rounds([mine for mine, _ in seconds[1:]], [plain for _, plain in seconds[1:]])


def slower(what: str, found: Rounds, aim: float, *, of: int = 1) -> Line:
    """How many times as long ours takes: at most `aim` by median and by minimum. of: how many things a round does."""
    ratio = f"{found.median:.2f} / {found.best:.2f}"
    met = found.median <= aim and found.best <= aim
    return Line(what, shown(min(found.ours) / of), shown(min(found.base) / of), ratio, f"≤ {aim:g}×", met)


def rate(what: str, found: Rounds, aim: float, *, of: int) -> Line:
    """What share of the base's rate ours reaches: at least `aim` by median and by minimum."""
    median, best = 1 / found.median, 1 / found.best
    ours, base = of / min(found.ours), of / min(found.base)
    met = median >= aim and best >= aim
    return Line(what, f"{ours:,.0f}/s", f"{base:,.0f}/s", f"{median:.2f} / {best:.2f}", f"≥ {aim:g}×", met)


def count(what: str, ours: float, aim: float, unit: str = "") -> Line:
    """A number that must not be above `aim`."""
    return Line(what, f"{ours:,.4g}{unit}", aim=f"≤ {aim:g}{unit}", met=ours <= aim)


def shown(seconds: float) -> str:
    """Seconds in the unit that suits them."""
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.2f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.1f} µs"
