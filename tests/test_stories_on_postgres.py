"""Stories that the other files tell on SQLite, on PostgreSQL: doubts and corrections, charts, closing and papers, lists and tables."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests import (
    postgres,
    test_calendar,
    test_charts,
    test_closing,
    test_corrections,
    test_doubts,
    test_exports,
    test_forms,
    test_list_changes,
    test_papers,
    test_questions,
    test_spot_checks,
)

pytestmark = pytest.mark.postgres

STORIES = (
    test_doubts.test_unexplained_it_is_marked_until_the_dispatcher_has_checked,
    test_doubts.test_a_photo_seen_before_is_asked_about_before_it_is_written,
    test_doubts.test_imported_figures_are_looked_over_by_the_clock,
    test_corrections.test_what_was_published_stays_and_the_next_summary_says_so_once,
    test_spot_checks.test_not_true_is_a_new_entry_beside_the_old_one_and_the_reporter_is_told,
    test_charts.test_a_leader_taps_through_every_chart,
    test_charts.test_the_curve_says_what_is_needed_in_each_month,
    test_charts.test_the_stages_follow_milestones_progress_and_what_was_told,
    test_charts.test_a_unit_by_its_name_and_nothing_beyond_ones_district,
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
    postgres.needed()
    with postgres.cluster() as url:
        yield url


def database(url: str, name: str) -> str:
    """A database of its own."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.mark.parametrize("at", range(len(STORIES)), ids=[story.__name__ for story in STORIES])
async def test_a_story_on_postgresql(settle_in, cluster, at):
    """What it asserts, the story asserts."""
    url = database(cluster, f"story{at}")
    towns = []

    def there(now, policy=None):
        towns.append(settle_in(now, policy, url))
        return towns[-1]

    try:
        await STORIES[at](there)
    finally:
        for town in towns:
            town.close()
