"""Doubts, corrections and spot checks on PostgreSQL: the same stories."""

import os
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests import postgres, test_corrections, test_doubts, test_spot_checks

pytestmark = pytest.mark.postgres

STORIES = (
    test_doubts.test_unexplained_it_is_marked_until_the_dispatcher_has_checked,
    test_doubts.test_a_photo_seen_before_is_asked_about_before_it_is_written,
    test_doubts.test_imported_figures_are_looked_over_by_the_clock,
    test_corrections.test_what_was_published_stays_and_the_next_summary_says_so_once,
    test_spot_checks.test_not_true_is_a_new_entry_beside_the_old_one_and_the_reporter_is_told,
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    if postgres.binaries() is None:
        assert not os.environ.get("CI"), "CI needs PostgreSQL's binaries"
        pytest.skip("PostgreSQL is not installed")
    with postgres.cluster() as url:
        yield url


def database(url: str, name: str) -> str:
    """A database of its own."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.mark.parametrize("at", range(len(STORIES)))
async def test_a_story_on_postgresql(settle_in, cluster, at):
    url = database(cluster, f"story{at}")
    towns = []

    def there(now, policy=None):
        towns.append(settle_in(now, policy, url))
        return towns[-1]

    await STORIES[at](there)
    for town in towns:
        town.close()
        town.close = lambda: None
