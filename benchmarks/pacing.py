"""The sender's pace against Telegram's 30 messages a second, on a clock that jumps to the next thing to happen."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Line
from bot.rules.words import MessageClass
from tests.test_pacing import Office

MESSAGES = 2_000
IDEAL = 30
"""Messages a second."""


def lines(home: Path) -> Iterator[Line]:
    office = Office(home, MESSAGES)
    try:
        office.lay(MessageClass.NUDGE, *range(1, MESSAGES + 1))
        office.until_said(MESSAGES)
        took, refused = office.telegram.arrived[-1][0], office.telegram.refused
    finally:
        office.close()
    reached = MESSAGES / took / IDEAL
    shares = f"{MESSAGES / took:.1f}/s", f"{IDEAL}/s", f"{reached:.1%}, {refused} refused"
    yield Line(f"pacing, {MESSAGES:,} nudges, virtual clock", *shares, "≥ 94 %", reached >= 0.94 and not refused)
