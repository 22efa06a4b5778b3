"""One A3: what is listed always fits; the fewer, the larger; the green ones are the first to be left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.sheet import PRINTS, Line, fitted

SMALLEST = PRINTS[-1]
LINES = st.builds(Line, st.floats(1, 60), st.sampled_from([0.0, 12.0, 40.0]), st.booleans())
UNITS = st.lists(st.lists(LINES, max_size=90), max_size=40)


@given(UNITS)
def test_what_is_listed_fits_and_every_unit_keeps_its_order(units):
    name, kept = fitted(units)
    size = next(one for one in PRINTS if one.name == name)
    assert size.holds([[unit[at] for at in places] for unit, places in zip(units, kept, strict=True)])
    assert all(places == sorted(set(places)) for places in kept)


@pytest.mark.parametrize(
    ("count", "size", "listed"),
    [(10, "s13", 10), (48, "s13", 48), (133, "s9", 133), (200, "s7 narrow", 200), (500, "s6 narrow cut", 0)],
)
def test_the_more_the_smaller_and_then_only_those_that_are_not_green(count, size, listed):
    name, kept = fitted([[Line(14, 0, True)] * count])
    assert (name, len(kept[0])) == (size, listed)


def test_of_too_many_that_are_not_green_the_longest_lists_lose_their_last():
    name, kept = fitted([[Line(14, 20, False)] * 400, [Line(14, 20, False)] * 3])
    assert name == SMALLEST.name and 100 < len(kept[0]) < 400 and kept[1] == [0, 1, 2]
