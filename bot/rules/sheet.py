"""What fits on one A3 (000: 挂图作战): how large the lists of a board can be printed, and what is left out where they are too long."""

from collections.abc import Sequence
from dataclasses import dataclass

ROOM = 252.0
"""Millimetres that a column of the sheet is high, less what a heading that may not stand alone leaves empty."""
POINT = 0.3528


@dataclass(frozen=True)
class Line:
    """One project: the width of its name and of what is said below it ("": nothing), in Chinese characters. calm: its light is green."""

    name: float
    below: float
    calm: bool


@dataclass(frozen=True)
class Print:
    """A size: its name in the style sheet, the letters in points, how many columns. wraps: long names take several lines, else they
    are cut short."""

    name: str
    points: float
    columns: int
    wraps: bool = True

    @property
    def wide(self) -> float:
        return {3: 99.0, 4: 73.0}[self.columns]

    def lines(self, width: float, room: float, size: float) -> int:
        """How many lines a text takes in so much room; a character less than would go, for those that may not begin a line."""
        return max(1, -(-int(width * 10) // max(10, int((room / size - 1) * 10)))) if self.wraps else 1

    def height(self, units: Sequence[Sequence[Line]]) -> float:
        """Millimetres that the lists take, one below the other."""
        size = self.points * POINT
        beside = {3: 26, 4: 20}[self.columns]  # light, number, bars and progress, with 6 letters
        name, below = self.wide - beside - 6 * size, self.wide - 5 - 3.5 * size
        found = 0.0
        for unit in units:
            found += 1.4 * size + 2.6
            for row in unit:
                found += 1.0 + 1.27 * size * self.lines(row.name, name, size)
                found += 1.27 * 0.9 * size * self.lines(row.below, below, 0.9 * size) if row.below else 0
        return found

    def holds(self, units: Sequence[Sequence[Line]]) -> bool:
        return self.height(units) <= ROOM * self.columns


PRINTS = (
    Print("s13", 13, 3), Print("s12", 12, 3), Print("s11", 11, 3), Print("s10", 10, 3), Print("s9", 9, 3), Print("s8", 8, 3),
    Print("s7", 7, 3), Print("s7 narrow", 7, 4), Print("s6h narrow", 6.5, 4), Print("s6 narrow", 6, 4), Print("s6 narrow cut", 6, 4, wraps=False),
)  # fmt: skip
"""From the largest to the smallest that can be read on a wall's paper."""


def fitted(units: Sequence[Sequence[Line]]) -> tuple[str, list[list[int]]]:
    """The largest size that holds them all; where none does the smallest, without the green ones; then without the last of each
    unit. Returns its name, and for each unit which rows are listed, by their place."""
    kept = [list(range(len(unit))) for unit in units]
    for one in PRINTS:
        if one.holds(units):
            return one.name, kept
    smallest = PRINTS[-1]
    kept = [[at for at in places if not unit[at].calm] for unit, places in zip(units, kept, strict=True)]

    def shown() -> list[list[Line]]:
        return [[unit[at] for at in places] for unit, places in zip(units, kept, strict=True)]

    while any(kept) and not smallest.holds(shown()):
        max(kept, key=len).pop()
    return smallest.name, kept
