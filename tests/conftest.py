"""What every test may ask for."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.policy import Policy
from tests.town import Town


@pytest.fixture
def settle_in(tmp_path: Path) -> Iterator[Callable[..., Town]]:
    """Makes a town at a moment: settle_in("2026-11-24 09:00")."""
    towns: list[Town] = []

    def make(now: str, policy: Policy | None = None, url: str = "") -> Town:
        home = tmp_path / str(len(towns))
        home.mkdir()
        towns.append(Town(home, now, policy, url))
        return towns[-1]

    yield make
    for town in towns:
        town.close()
