"""Closing, papers, tables in and out, changes of the list and questions about them on PostgreSQL: the same stories."""

import os
from collections.abc import Iterator

import pytest

from tests import (
    postgres,
    test_calendar,
    test_closing,
    test_exports,
    test_forms,
    test_list_changes,
    test_papers,
    test_questions,
)
from tests.test_truth_on_postgres import database

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

STORIES = (
    test_closing.test_a_closed_month_is_the_same_whatever_is_said_later,
    test_closing.test_reopened_only_with_a_reason_and_logged,
    test_papers.test_what_was_published_stays_and_the_next_one_notes_the_correction,
    test_papers.test_everything_about_one_project_on_one_page,
    test_papers.test_projects_without_any_dispatch_in_a_month,
    test_list_changes.test_a_project_that_leaves_is_asked_about_no_more_and_its_history_stays,
    test_list_changes.test_a_renamed_one_is_found_by_its_old_name_in_reports_questions_and_imports,
    test_list_changes.test_a_new_one_is_added_by_chat,
    test_exports.test_every_table_comes_as_a_file_after_a_restart_and_only_with_what_one_may_see,
    test_forms.test_a_reporter_fills_in_the_table_of_the_own_projects_and_it_counts_as_reports,
    test_questions.test_a_closed_month_answers_with_its_closed_figures,
    test_calendar.test_the_link_is_shown_once_kept_as_a_hash_and_stops_when_told,
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    if postgres.binaries() is None:
        assert not os.environ.get("CI"), "CI needs PostgreSQL's binaries"
        pytest.skip("PostgreSQL is not installed")
    with postgres.cluster() as url:
        yield url


@pytest.mark.parametrize("at", range(len(STORIES)), ids=[story.__name__ for story in STORIES])
async def test_a_story_on_postgresql(settle_in, cluster, at):
    url = database(cluster, f"papers{at}")
    towns = []

    def there(now, policy=None):
        towns.append(settle_in(now, policy, url))
        return towns[-1]

    try:
        await STORIES[at](there)
    finally:
        for town in towns:
            town.close()
