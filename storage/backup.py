"""Copies of the database, and how a copy that was put back is recognised.

The log's head is kept in a small file outside the database. A database whose log does not reach that head, or says something
else there, is older than what people have already been told: it was put back from a copy.
"""

import json
import os
import sqlite3
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy.engine import make_url
from sqlmodel import Session, col, select

from storage import dispatch_log, notes
from storage.engines import select_columns
from storage.tables import LogEntry, PersonKey

KEPT = ("files", "uploads", "pictures")
"""The folders of the data directory that a copy needs: what people sent, its names at the page, what was drawn for the page."""


class NotCopied(Exception):
    """No copy was made: the text says why and what to do."""


@dataclass(frozen=True)
class Anchor:
    """The head of the log at a moment."""

    number: int
    hash: str
    at: str


def anchor_file(data_dir: Path) -> Path:
    return data_dir / "anchor.json"


def read_anchor(data_dir: Path) -> Anchor | None:
    """The head that was kept last; None where there is none that can be read."""
    try:
        return Anchor(**json.loads(anchor_file(data_dir).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def keep_anchor(session: Session, data_dir: Path, now: datetime) -> Anchor | None:
    """Writes the log's head outside the database; None for an empty log. `session` must read what is on disk."""
    number, digest = dispatch_log.head(session)
    if number == 0:
        return None
    anchor = Anchor(number, digest, now.isoformat())
    known = read_anchor(data_dir)
    if known is None or (known.number, known.hash) != (number, digest):
        with _whole(anchor_file(data_dir)) as part:
            part.write_text(json.dumps(asdict(anchor)), "utf-8")
    return anchor


def hash_at(session: Session, number: int) -> str | None:
    """The hash of one entry of the log; None where there is no such entry."""
    return session.execute(select_columns(LogEntry.hash).where(col(LogEntry.id) == number)).scalar()


def put_back(session: Session, data_dir: Path) -> Anchor | None:
    """The anchor that this database falls short of: it was put back from an older copy. None: it does not."""
    anchor = read_anchor(data_dir)
    if anchor is None:
        return None
    found = hash_at(session, anchor.number)
    return None if anchor.hash in (found, notes.value(session, notes.PASSED)) else anchor


def secret_fits(session: Session, sealer: dispatch_log.Sealer) -> bool:
    """Whether the words in this database's log can be read with this secret; yes, where there are none."""
    row = session.exec(select(PersonKey).limit(1)).first()
    try:
        return row is None or sealer.key(session, row.person, make=True) is not None
    except (InvalidTag, ValueError):
        return False


# --- copying ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Copy:
    """What was copied: bytes of the database and of the files, and the log's head in the copy."""

    database: Path
    size: int
    number: int
    hash: str
    files: Path | None = None
    files_size: int = 0
    files_count: int = 0


def copy(
    url: str, target: Path, data_dir: Path, *, force: bool = False, told: Callable[[int], None] | None = None
) -> Copy:
    """Copies an SQLite database while it is in use, checks the copy, and the files people sent as a tar beside it.

    Both come into being whole or not at all. `told` is called with the number of each file that was packed. Raises NotCopied.
    """
    if not url.startswith("sqlite"):
        raise NotCopied(f"this is PostgreSQL: back it up with pg_dump, and {data_dir} as files")
    source = make_url(url).database or ""
    kept = [data_dir / name for name in KEPT if (data_dir / name).is_dir()]
    archive = target.with_name(target.name + ".files.tar") if kept else None
    if not Path(source).is_file():
        raise NotCopied(f"there is no database at {source}")
    for wanted in (target, archive):
        if wanted and wanted.exists() and not force:
            raise NotCopied(f"{wanted} is there already: choose another name, or overwrite it with --force")
        if wanted and wanted.exists() and wanted.samefile(source):
            raise NotCopied("a database cannot be its own copy: choose another name")
    try:
        with _whole(target) as part:
            number, digest = _copy_database(Path(source), part)
        count = _pack(kept, archive, told) if archive else 0
    except OSError as error:
        raise NotCopied(f"{error.filename or target}: {error.strerror}: choose another place") from error
    size = archive.stat().st_size if archive else 0
    return Copy(target, target.stat().st_size, number, digest, archive, size, count)


def note_copy(data_dir: Path, record: dict[str, Any]) -> None:
    """Remembers the last copy that was made: its file, its moment (`at`), the log's head in it."""
    with _whole(data_dir / "backup.json") as part:
        part.write_text(json.dumps(record), "utf-8")


def last_copy(data_dir: Path) -> dict[str, Any] | None:
    """The last copy that was made; None where none is known of."""
    try:
        found: dict[str, Any] = json.loads((data_dir / "backup.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _copy_database(source: Path, part: Path) -> tuple[int, str]:
    """One consistent moment of the database, in one file of its own; returns the log's head in it."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as old,
        closing(sqlite3.connect(part)) as new,
    ):
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")
        problem = new.execute("PRAGMA quick_check(1)").fetchone()[0]
        if problem != "ok":
            raise NotCopied(f"the copy is damaged, and so is the database perhaps: {problem}; run diaodu doctor")
        try:
            head = new.execute("SELECT id, hash FROM dispatch_log ORDER BY id DESC LIMIT 1").fetchone()
        except sqlite3.Error as error:
            raise NotCopied(f"{source} is no database of this program: {error}") from error
    return (head[0], head[1]) if head else (0, dispatch_log.GENESIS)


def _pack(folders: Sequence[Path], archive: Path, told: Callable[[int], None] | None) -> int:
    """Every stored file in one tar; what is still being written is left out. Returns how many; other names of one file count once."""
    count = 0
    with _whole(archive) as part, tarfile.open(part, "w") as tar:
        for path in (path for folder in folders for path in sorted(folder.rglob("*"))):
            if path.is_file() and path.suffix != ".part":
                tar.add(path, str(path.relative_to(folders[0].parent)), recursive=False)
                count += not tar.getmembers()[-1].islnk()
                if told:
                    told(count)
    return count


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file that is put in its place only when it is complete and on disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.touch(0o600)
    try:
        yield part
        _to_disk(part)
        part.replace(path)
        _to_disk(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
