"""Charts and the board page on PostgreSQL: the same stories."""

import os
from collections.abc import Iterator

import pytest

from tests import postgres, test_charts
from tests.test_truth_on_postgres import database

pytestmark = pytest.mark.postgres

STORIES = (
    test_charts.test_a_leader_taps_through_every_chart,
    test_charts.test_the_curve_says_what_is_needed_in_each_month,
    test_charts.test_the_stages_follow_milestones_progress_and_what_was_told,
    test_charts.test_a_unit_by_its_name_and_nothing_beyond_ones_district,
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    if postgres.binaries() is None:
        assert not os.environ.get("CI"), "CI needs PostgreSQL's binaries"
        pytest.skip("PostgreSQL is not installed")
    with postgres.cluster() as url:
        yield url


@pytest.mark.parametrize("at", range(len(STORIES)))
async def test_a_story_on_postgresql(settle_in, cluster, at):
    url = database(cluster, f"charts{at}")
    towns = []

    def there(now, policy=None):
        towns.append(settle_in(now, policy, url))
        return towns[-1]

    try:
        await STORIES[at](there)
    finally:
        for town in towns:
            town.close()
