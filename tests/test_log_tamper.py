"""Hands at the log: the database refuses them, and where its guards were taken away the chain names the first bad entry."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from bot.rules.words import Role
from storage import dispatch_log, schema
from storage.db import reader_engine
from storage.dispatch_log import Sealer
from storage.tables import LogEntry
from tests.town import Town

pytestmark = pytest.mark.slow

WANG = "王科长"
COLUMNS = [column.name for column in LogEntry.__table__.columns]  # type: ignore[attr-defined]
TARGET = 4
"""The entry that is tampered with: in the midst of the log, with words."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of a few days, closed."""
    home = tmp_path_factory.mktemp("log")
    town = Town(home, "2026-11-24 09:00")
    town.person(WANG)
    first = town.project("智诚慧家标准车间", {Role.REPORTER: WANG}, plan=dict.fromkeys(range(1, 13), 1000))
    second = town.project("北辰机电二期", {Role.REPORTER: WANG}, plan=dict.fromkeys(range(1, 13), 1000))

    def talk(desk) -> None:
        for at in range(6):
            project = first if at % 2 else second
            words = {"why": f"第 {at} 句"}
            desk.note("report.reviewed", project=project, person=town.people[WANG], facts={"at": at}, words=words)

    town.do(talk)
    town.close()
    return home / "town.db"


@pytest.fixture
def file(kept: Path, tmp_path: Path) -> Path:
    """A copy to lay hands on."""
    return Path(shutil.copy(kept, tmp_path / "town.db"))


def tampered(file: Path, *statements: str, values: tuple = (), guarded: bool = False) -> None:
    """Runs the statements on a raw connection, which knows nothing of the program."""
    with closing(sqlite3.connect(file)) as connection, connection:
        if not guarded:
            for trigger in schema.TRIGGERS:
                connection.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            connection.execute(statement, values)


def judged(file: Path, anchor: tuple[int, str] | None = None) -> dispatch_log.Verdict:
    with Session(reader_engine(f"sqlite:///{file}")) as session:
        return dispatch_log.verify(session, Sealer("demonstration"), anchor)


def rows_judged(file: Path) -> dispatch_log.Verdict:
    with Session(reader_engine(f"sqlite:///{file}")) as session:
        return dispatch_log.verify_rows(session, Sealer("demonstration"))


def entries(file: Path) -> list[dict]:
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute("SELECT * FROM dispatch_log ORDER BY id")]


def other(column: str, value: object) -> object:
    """Something else of the kind that stands there."""
    if column == "id":
        return 9_999
    if column == "at":
        return "2026-11-24 01:00:00.000001"
    return (value or 0) + 1 if column in ("project", "person") else f"{value}x"  # type: ignore[operator]


def test_a_log_nobody_touched_is_good(file):
    verdict = judged(file)
    assert verdict.good and verdict.count == len(entries(file)) >= 8
    assert rows_judged(file).good


def test_the_chain_is_checked_without_any_key(file):
    with Session(reader_engine(f"sqlite:///{file}")) as session:
        assert dispatch_log.verify(session, Sealer("another secret")).good


def test_every_column_is_tried():
    assert COLUMNS == [
        "id", "at", "kind", "project", "person", "channel", "message", "body", "commitment", "previous", "hash",
    ]  # fmt: skip


# --- the guards stand ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", COLUMNS)
def test_the_database_refuses_a_change(file, column):
    value = other(column, entries(file)[TARGET - 1][column])
    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        tampered(file, f"UPDATE dispatch_log SET {column} = ? WHERE id = {TARGET}", values=(value,), guarded=True)
    assert judged(file).good


@pytest.mark.parametrize(
    "statement",
    [
        f"DELETE FROM dispatch_log WHERE id = {TARGET}",
        "DELETE FROM dispatch_log",
        "DELETE FROM dispatch_log WHERE id = (SELECT MAX(id) FROM dispatch_log)",
        f"INSERT OR REPLACE INTO dispatch_log SELECT {', '.join(COLUMNS)} FROM dispatch_log WHERE id = {TARGET}",
        f"REPLACE INTO dispatch_log SELECT {', '.join(COLUMNS)} FROM dispatch_log WHERE id = {TARGET}",
        f"UPDATE OR REPLACE dispatch_log SET id = {TARGET + 1} WHERE id = {TARGET}",
        f"UPDATE OR IGNORE dispatch_log SET body = '' WHERE id = {TARGET}",
        "INSERT INTO dispatch_log SELECT 0, " + ", ".join(COLUMNS[1:]) + f" FROM dispatch_log WHERE id = {TARGET}",
    ],
)
def test_the_database_refuses_to_delete_replace_and_insert_before(file, statement):
    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        tampered(file, statement, guarded=True)
    assert judged(file).good


# --- the guards were taken away -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_column_is_named(file, column):
    value = other(column, entries(file)[TARGET - 1][column])
    tampered(file, f"UPDATE dispatch_log SET {column} = ? WHERE id = {TARGET}", values=(value,))
    assert judged(file).entry == TARGET


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "id"])
def test_an_entry_replaced_whole_is_named(file, column):
    chosen = [f"'{other(name, 1)}'" if name == column else name for name in COLUMNS]
    source = f"SELECT {', '.join(chosen)} FROM dispatch_log WHERE id = {TARGET}"
    tampered(file, f"INSERT OR REPLACE INTO dispatch_log {source}")
    assert judged(file).entry == TARGET


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "id"])
def test_a_column_swapped_between_two_entries_is_named(file, column):
    """Where the two differ; where they are alike nothing was changed."""
    first, second = (entries(file)[number - 1][column] for number in (TARGET, TARGET + 2))
    tampered(file, f"UPDATE dispatch_log SET {column} = ? WHERE id = {TARGET}", values=(second,))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(f"UPDATE dispatch_log SET {column} = ? WHERE id = {TARGET + 2}", (first,))
    verdict = judged(file)
    assert verdict.good if first == second else verdict.entry == TARGET


def test_two_entries_swapped_whole_are_named(file):
    tampered(
        file,
        f"UPDATE dispatch_log SET id = -1 WHERE id = {TARGET}",
        f"UPDATE dispatch_log SET id = {TARGET} WHERE id = {TARGET + 1}",
        f"UPDATE dispatch_log SET id = {TARGET + 1} WHERE id = -1",
    )
    assert (judged(file).entry, judged(file).problem) == (TARGET, "chain")


@pytest.mark.parametrize("number", [1, TARGET])
def test_a_deleted_entry_is_named(file, number):
    tampered(file, f"DELETE FROM dispatch_log WHERE id = {number}")
    assert (judged(file).entry, judged(file).problem) == (number, "gap")


def test_a_deleted_entry_whose_followers_moved_up_is_named(file):
    tampered(
        file,
        f"DELETE FROM dispatch_log WHERE id = {TARGET}",
        f"UPDATE dispatch_log SET id = -id + 1 WHERE id > {TARGET}",
        "UPDATE dispatch_log SET id = -id WHERE id < 0",
    )
    assert (judged(file).entry, judged(file).problem) == (TARGET, "chain")


def test_an_inserted_entry_is_named(file):
    """One more at the end, made up by somebody who knows the newest hash but not how a hash is made."""
    last = entries(file)[-1]
    made_up = {**last, "id": last["id"] + 1, "previous": last["hash"], "commitment": "", "hash": "0" * 64}
    marks = ", ".join("?" * len(COLUMNS))
    tampered(file, f"INSERT INTO dispatch_log VALUES ({marks})", values=tuple(made_up.values()), guarded=True)
    assert (judged(file).entry, judged(file).problem) == (last["id"] + 1, "hash")


def test_values_of_another_type_are_named_not_stumbled_over(file):
    tampered(file, f"UPDATE dispatch_log SET at = 'yesterday', body = x'00', person = 'nobody' WHERE id = {TARGET}")
    assert (judged(file).entry, judged(file).problem) == (TARGET, "hash")


def test_text_moved_from_one_column_to_the_next_is_named(file):
    tampered(file, f"UPDATE dispatch_log SET kind = kind || 'ch', channel = 'at' WHERE id = {TARGET}")
    assert judged(file).entry == TARGET


# --- a log cut, or written anew: the anchor ------------------------------------------------------------------------------


def test_a_cut_tail_is_caught_by_the_anchor(file):
    last = entries(file)[-1]
    cut = f"WHERE {{}} > {last['id'] - 2}"
    tampered(
        file, f"DELETE FROM dispatch_log {cut.format('id')}", f"DELETE FROM log_words {cut.format('entry')}",
    )  # fmt: skip
    assert judged(file).good, "what is left is a log like any other"
    verdict = judged(file, (last["id"], last["hash"]))
    assert (verdict.problem, verdict.entry) == ("anchor", last["id"] - 1)


def test_a_cut_tail_leaves_words_without_an_entry(file):
    last = entries(file)[-1]
    tampered(file, f"DELETE FROM dispatch_log WHERE id = {last['id']}")
    assert (judged(file).problem, judged(file).entry) == ("words", last["id"])


@pytest.mark.parametrize("digits", [16, 64])
def test_a_log_written_anew_by_one_who_knows_how_is_caught_by_the_anchor(file, digits):
    last = entries(file)[-1]
    anchor = (last["id"], last["hash"][:digits])
    assert judged(file, anchor).good
    statements, previous = [], dispatch_log.GENESIS
    for entry in entries(file):
        entry["kind"] = "nothing.happened"
        texts = [entry[name] for name in ("id", "at", *COLUMNS[2:9])]
        made = dispatch_log._hash(previous, *texts)
        statements.append(
            f"UPDATE dispatch_log SET kind = 'nothing.happened', previous = '{previous}', hash = '{made}' "
            f"WHERE id = {entry['id']}"
        )
        previous = made
    tampered(file, *statements)
    assert judged(file).good
    assert (judged(file, anchor).problem, judged(file, anchor).entry) == ("anchor", last["id"])


# --- the words beside the entries ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE log_words SET sealed = (SELECT sealed FROM log_words WHERE entry = {TARGET + 1}) WHERE entry = {TARGET}",
        f"UPDATE log_words SET sealed = x'00' WHERE entry = {TARGET}",
        f"UPDATE log_words SET person = 77 WHERE entry = {TARGET}",
        f"DELETE FROM log_words WHERE entry = {TARGET}",
    ],
)
def test_words_exchanged_or_taken_away_are_named(file, statement):
    tampered(file, statement, guarded=True)
    assert (judged(file).entry, judged(file).problem) == (TARGET, "words")


def test_words_put_beside_an_entry_that_had_none_are_named(file):
    wordless = next(entry["id"] for entry in entries(file) if not entry["commitment"])
    tampered(file, f"INSERT INTO log_words SELECT {wordless}, person, sealed FROM log_words LIMIT 1", guarded=True)
    assert (judged(file).entry, judged(file).problem) == (wordless, "words")


def test_erasing_a_persons_key_leaves_the_chain_and_takes_the_words(file):
    def words() -> list[dict | None]:
        with Session(reader_engine(f"sqlite:///{file}")) as session:
            found = dispatch_log.entries(session, Sealer("demonstration"))
            return [entry.words for entry in found if entry.row.kind == "report.reviewed"]

    assert {"why": "第 3 句"} in words()
    with closing(sqlite3.connect(file)) as connection, connection:
        spoke = {row[0] for row in connection.execute("SELECT person FROM log_words")}
    tampered(file, "DELETE FROM person_key WHERE person > 0", guarded=True)
    assert spoke and judged(file).good and rows_judged(file).good
    assert words() == [None] * 6


def test_a_key_nobody_can_open_reads_as_erased(file):
    tampered(file, "UPDATE person_key SET wrapped = 'AAAA'", guarded=True)
    with Session(reader_engine(f"sqlite:///{file}")) as session:
        assert {entry.words is None for entry in dispatch_log.entries(session, Sealer("demonstration"))} == {
            True,
            False,
        }
    assert judged(file).good


# --- the rows -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "problem", "named"),
    [
        ("UPDATE project SET name = '另一个名字' WHERE id = 1", "row_differs", "name"),
        ("UPDATE project SET invested_year = 0 WHERE id = 1", "row_differs", "invested_year"),
        ("UPDATE project SET on_plan_running = 1 WHERE id = 1", "row_differs", "on_plan_running"),
        ("UPDATE project SET progress = 0 WHERE id = 1", "row_differs", "progress"),
        ("UPDATE assignment SET rank = 1 WHERE id = 1", "row_differs", "rank"),
        ("UPDATE plan SET amount = amount + 1 WHERE project = 1 AND month = 3", "row_differs", "amount"),
        ("DELETE FROM plan WHERE project = 1 AND month = 3", "row_missing", "(1, 2026, 3)"),
        ("INSERT INTO plan VALUES (1, 2027, 1, 5)", "row_unlogged", "(1, 2027, 1)"),
    ],
)
def test_a_row_changed_behind_the_logs_back_is_found(file, statement, problem, named):
    tampered(file, statement, guarded=True)
    verdict = rows_judged(file)
    assert verdict.problem == problem and named in verdict.detail
    if problem != "row_unlogged":
        changed = entries(file)[verdict.entry - 1]
        assert json.loads(changed["body"])["rows"]


@pytest.mark.parametrize("table", ["report", "matter", "milestone"])
async def test_reports_matters_and_milestones_are_kept_too(settle_in, table):
    town = settle_in("2026-11-24 15:00")
    town.person(WANG)
    town.person("李主任")
    town.project("智诚慧家标准车间", {Role.REPORTER: WANG}, milestones=[("主体封顶", "2026-12-20")])
    await town.says(WANG, "65% 主体已封顶")
    await town.presses(WANG, "确认")

    def raised(desk) -> None:
        values = {
            "id": 1, "project": 1, "number": 1, "category": "land", "words": "缺用地指标", "raised_by": 1,
            **dict.fromkeys(("raised_at", "since_at", "handed_at"), datetime(2026, 11, 24, 7, tzinfo=UTC)),
            **dict.fromkeys(("due_at", "look_at"), datetime(2026, 11, 27, 7, tzinfo=UTC)),
        }  # fmt: skip
        row = dispatch_log.KEPT["matter"](**values)
        desk.session.add(row)
        desk.session.flush()
        desk.note("matter.raised", project=1, person=1, rows=[row])

    town.do(raised)
    column = {"report": "words = words || '！'", "matter": "words = ''", "milestone": "due = '2027-12-20'"}[table]
    sealer = town.app.house.sealer
    with town.store.read() as session:
        assert dispatch_log.verify(session, sealer).good and dispatch_log.verify_rows(session, sealer).good
    with closing(sqlite3.connect(town.store.engine.url.database)) as connection, connection:
        connection.execute(f"UPDATE {table} SET {column}")
    with town.store.read() as session:
        verdict = dispatch_log.verify_rows(session, sealer)
    assert verdict.problem == "row_differs" and verdict.detail.startswith(f"{table} (1,)")
