"""Copies made while people report, and what happens when one is put back."""

import shutil
import sqlite3
import tarfile
import threading

import pytest

from bot.rules.words import Post, Role
from storage import backup, dispatch_log
from storage.db import Store
from storage.dispatch_log import Sealer

WANG = "王科长"


def town_with_log(settle_in):
    town = settle_in("2026-11-24 10:00")
    town.person("管理员老赵", posts=[Post.ADMINISTRATOR])
    town.person(WANG)
    town.project("跨河大桥", {Role.REPORTER: WANG}, number=8)
    return town


def copied(town, target, **options):
    return backup.copy(town.settings.database_url, target, town.settings.data_dir, **options)


def note(town, times=1, about="x"):
    for _ in range(times):
        town.do(lambda desk: desk.note("test.noted", facts={"about": about * 400}))


def test_a_copy_made_during_writes_is_of_one_moment_and_its_chain_holds(settle_in, tmp_path):
    town = town_with_log(settle_in)
    stop = threading.Event()

    def write():
        while not stop.is_set():
            note(town)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [copied(town, tmp_path / f"copy{at}.db") for at in range(5)]
    finally:
        stop.set()
        writer.join()
    assert made[-1].number > made[0].number > 0
    for one in made:
        store = Store(f"sqlite:///{one.database}")
        try:
            with store.read() as session:
                verdict = dispatch_log.verify(session, Sealer("demonstration"), (one.number, one.hash))
                assert verdict.good and (verdict.count, verdict.head) == (one.number, one.hash)
                assert dispatch_log.verify_rows(session, Sealer("demonstration")).good
        finally:
            store.close()


def test_a_copy_is_one_file_that_needs_no_other(settle_in, tmp_path):
    town = town_with_log(settle_in)
    made = copied(town, tmp_path / "copy.db")
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"]
    assert made.database.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(made.database) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_an_older_copy_is_not_overwritten_unless_told_to(settle_in, tmp_path):
    town = town_with_log(settle_in)
    first = copied(town, tmp_path / "copy.db")
    note(town)
    with pytest.raises(backup.NotCopied, match="--force"):
        copied(town, tmp_path / "copy.db")
    assert copied(town, tmp_path / "copy.db", force=True).number == first.number + 1


async def test_the_files_people_sent_come_along(settle_in, tmp_path):
    town = town_with_log(settle_in)
    await town.sends_file(WANG, b"a photo", caption="65%")
    made = copied(town, tmp_path / "copy.db")
    assert made.files_count == 1
    with tarfile.open(made.files) as tar:
        [member] = tar.getmembers()
        assert tar.extractfile(member).read() == b"a photo"
        assert member.name.startswith("files/")


async def test_what_the_page_shows_comes_along_each_file_once(settle_in, tmp_path):
    town = town_with_log(settle_in)
    await town.sends_file(WANG, b"a photo", caption="65%")
    [stored] = [path for path in (town.settings.data_dir / "files").rglob("*") if path.is_file()]
    for name in ("uploads", "pictures"):
        (town.settings.data_dir / name).mkdir()
    (town.settings.data_dir / "uploads" / "1-ab").hardlink_to(stored)
    (town.settings.data_dir / "pictures" / "summary-000.png").write_bytes(b"a picture")
    made = copied(town, tmp_path / "copy.db")
    assert made.files_count == 2
    with tarfile.open(made.files) as tar:
        tar.extractall(tmp_path / "back", filter="data")
    assert (tmp_path / "back" / "uploads" / "1-ab").read_bytes() == b"a photo"
    assert (tmp_path / "back" / "pictures" / "summary-000.png").read_bytes() == b"a picture"


def test_what_cannot_be_copied_leaves_nothing_behind(settle_in, tmp_path):
    town = town_with_log(settle_in)
    for url, said in (
        ("postgresql+psycopg://x/y", "pg_dump"),
        (f"sqlite:///{tmp_path / 'nowhere.db'}", "no database"),
        (f"sqlite:///{empty(tmp_path)}", "no database of this program"),
    ):
        with pytest.raises(backup.NotCopied, match=said):
            backup.copy(url, tmp_path / "out.db", town.settings.data_dir)
    with pytest.raises(backup.NotCopied, match="own copy"):
        backup.copy(town.settings.database_url, tmp_path / "0" / "town.db", town.settings.data_dir, force=True)
    assert not list(tmp_path.glob("*out.db*"))


def empty(home):
    path = home / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (id INTEGER)")
    return path


# --- put back -------------------------------------------------------------------------------------------------------------


def anchored(town):
    with town.store.read() as session:
        return backup.keep_anchor(session, town.settings.data_dir, town.now)


def put_back(town):
    with town.store.read() as session:
        return backup.put_back(session, town.settings.data_dir)


def test_a_database_that_goes_on_is_not_taken_for_an_old_copy(settle_in):
    town = town_with_log(settle_in)
    assert put_back(town) is None
    anchored(town)
    assert put_back(town) is None
    note(town, 3)
    assert put_back(town) is None


def test_a_copy_put_back_is_recognised_also_when_it_has_gone_on(settle_in, tmp_path):
    town = town_with_log(settle_in)
    made = copied(town, tmp_path / "copy.db")
    note(town, 3)
    anchor = anchored(town)
    town.store.close()
    shutil.copy(made.database, tmp_path / "0" / "town.db")
    for name in ("town.db-wal", "town.db-shm"):
        (tmp_path / "0" / name).unlink(missing_ok=True)
    town.reopen()
    assert put_back(town) == anchor
    note(town, 10, "y")
    assert put_back(town) == anchor, "another entry stands where the anchor was"


def test_the_anchor_file_is_whole_or_not_there(settle_in):
    town = town_with_log(settle_in)
    assert backup.read_anchor(town.settings.data_dir) is None
    anchor = anchored(town)
    assert backup.read_anchor(town.settings.data_dir) == anchor
    backup.anchor_file(town.settings.data_dir).write_text('{"number": 3')
    assert backup.read_anchor(town.settings.data_dir) is None and put_back(town) is None


def test_a_wrong_secret_is_noticed(settle_in):
    town = town_with_log(settle_in)
    town.do(lambda desk: desk.note("test.said", person=town.people[WANG], words={"said": "好"}))
    with town.store.read() as session:
        assert backup.secret_fits(session, Sealer("demonstration"))
        assert not backup.secret_fits(session, Sealer("another"))
