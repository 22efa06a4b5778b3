"""The dispatch log: append and read, nothing else on purpose. One hash chain for the whole deployment.

An entry's hash covers its header, its body and the commitment to its words; the words themselves lie beside it, encrypted with
a key per person. Committed to is what was encrypted, with its random nonce: so the chain is checked without any key, tells
nothing of the words, and holds on when a person's key is thrown away to erase what they said.
"""

import base64
import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Session, SQLModel, col, select

from storage.db import defer, finish
from storage.engines import select_columns
from storage.prepared import Prepared, insert
from storage.tables import Assignment, LogEntry, LogWords, Matter, Milestone, Note, PersonKey, Plan, Project, Report

SCHEMA = 1
GENESIS = "0" * 64
KEPT: dict[str, type[SQLModel]] = {
    str(table.__tablename__): table for table in (Project, Milestone, Assignment, Plan, Report, Matter)
}
WORDS: dict[str, frozenset[str]] = {
    "project": frozenset({"paused_reason", "problems", "progress_words"}),
    "milestone": frozenset({"responsible"}),
    "report": frozenset({"words", "basis", "reason"}),
    "matter": frozenset(
        {
            "words",
            "standard",
            "document",
            "plan",
            "paused_reason",
            "fast_reason",
            "proposal",
            "decision",
            "answer",
            "basis",
        }
    ),
}
"""Columns with free text or names: kept among an entry's words, not in its body."""
DERIVED: dict[str, frozenset[str]] = {
    "project": frozenset({"next_look", "looked_on", "reasons"}),
    "matter": frozenset({"look_at"}),
}
"""Columns that can be worked out again: not facts, not logged."""


class Sealer:
    """Encrypts a person's words; the person's own key is wrapped with the deployment's secret."""

    def __init__(self, secret: str) -> None:
        self._master = AESGCM(hashlib.sha256(b"diaodu words\0" + secret.encode()).digest())
        self._keys: dict[int, AESGCM] = {}

    def key(self, session: Session, person: int, *, make: bool) -> AESGCM | None:
        """The person's key; made where there is none yet and `make` is set. None: the person's words are erased."""
        if person in self._keys:
            return self._keys[person]
        row = _KEY.row(session, person=person)
        if row is None and not make:
            return None
        if row is None:
            raw = os.urandom(32)
            _NEW_KEY.run(session, person=person, wrapped=_seal(self._master, raw))
            # Remembered only for this transaction: should it be rolled back, the key was never written.
            return AESGCM(raw)
        try:
            self._keys[person] = AESGCM(_open(self._master, row[0]))
        except (InvalidTag, ValueError):
            if make:
                raise
            return None
        return self._keys[person]

    def forget(self, person: int) -> None:
        """To be called where a person's key is removed: it must not live on in memory."""
        self._keys.pop(person, None)


_KEY = Prepared(select_columns(PersonKey.wrapped).where(col(PersonKey.person) == sa.bindparam("person")))
_NEW_KEY = insert(PersonKey)


def _seal(cipher: AESGCM, raw: bytes) -> str:
    nonce = os.urandom(12)
    return base64.b64encode(nonce + cipher.encrypt(nonce, raw, None)).decode()


def _open(cipher: AESGCM, sealed: str) -> bytes:
    raw = base64.b64decode(sealed)
    return cipher.decrypt(raw[:12], raw[12:], None)


def canonical(value: Any) -> str:
    """JSON that is the same for the same values: sorted keys, no blanks, times and decimals as text."""
    return _CANONICAL.encode(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    raise TypeError(f"{type(value).__name__} has no canonical form")


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def snapshot(row: SQLModel) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """(table, plain values, words) of one row of the logged tables."""
    table = str(row.__tablename__)
    words, derived = WORDS.get(table, frozenset()), DERIVED.get(table, frozenset())
    values = {name: value for name, value in row.__dict__.items() if name[0] != "_" and name not in derived}
    return table, {name: values[name] for name in values.keys() - words}, {name: values[name] for name in words}


def _moment(at: datetime) -> str:
    """A time as the hash takes it: UTC, the way SQLite keeps it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def _hash(
    previous: str, number: int, at: str, kind: str, project: int | None, person: int | None, channel: str, message: str, body: str,
    commitment: str,
) -> str:  # fmt: skip
    """The hash of one entry. The lengths say where one text ends and the next begins; a body has no NUL in it."""
    lengths = f"{len(kind)},{len(channel)},{len(message)}"
    header = f"{previous}\0{number}\0{at}\0{project}\0{person}\0{lengths}\0{kind}{channel}{message}{commitment}"
    return hashlib.sha256(f"{header}\0{body}".encode()).hexdigest()


_HEAD = Prepared(select_columns(LogEntry.id, LogEntry.hash).order_by(col(LogEntry.id).desc()).limit(1))


def head(session: Session) -> tuple[int, str]:
    """(number, hash) of the newest entry; (0, zeros) for an empty log."""
    known: tuple[int, str] | None = session.info.get("log_head")
    if known is None:
        row = _HEAD.row(session)
        known = (row[0], row[1]) if row else (0, GENESIS)
        session.info["log_head"] = known
    return known


def append(
    session: Session,
    sealer: Sealer,
    at: datetime,
    kind: str,
    *,
    project: int | None = None,
    person: int | None = None,
    channel: str = "",
    message: str = "",
    facts: Mapping[str, Any] | None = None,
    rows: Iterable[SQLModel] = (),
    gone: Iterable[SQLModel] = (),
    words: Mapping[str, str] | None = None,
) -> int:
    """Adds one entry and returns its number.

    facts: what happened, plain values. rows: the changed rows of the logged tables, with their new values. gone: those that are removed,
    of which earlier entries have the values. words: free text and names, encrypted with the key of `person` (0 where nobody said it).
    """
    body: dict[str, Any] = {"v": SCHEMA, "facts": dict(facts or {}), "rows": {}}
    for row in gone:
        table, values, _ = snapshot(row)
        body.setdefault("gone", {}).setdefault(table, []).append([values[name] for name in _key_names(table)])
    secret: dict[str, Any] = {"words": dict(words or {}), "rows": {}}
    for row in rows:
        table, values, texts = snapshot(row)
        body["rows"].setdefault(table, []).append(values)
        if any(texts.values()):
            key = ":".join(str(values[name]) for name in _key_names(table))
            secret["rows"][f"{table}:{key}"] = texts
    last, previous = head(session)
    said = person or 0
    sealed = _sealed(session, sealer, said, secret) if secret["words"] or secret["rows"] else ""
    entry: dict[str, Any] = {
        "id": last + 1, "at": at, "kind": kind, "project": project, "person": person, "channel": channel, "message": message,
        "body": canonical(body), "commitment": _commitment(sealed) if sealed else "", "previous": previous,
    }  # fmt: skip
    entry["hash"] = _hash(
        previous, last + 1, _moment(at), kind, project, person, channel, message, entry["body"], entry["commitment"]
    )
    defer(session, LogEntry, entry)
    if sealed:
        defer(session, LogWords, {"entry": last + 1, "person": said, "sealed": sealed})
    session.info["log_head"] = (last + 1, entry["hash"])
    return last + 1


def _sealed(session: Session, sealer: Sealer, person: int, secret: dict[str, Any]) -> str:
    """The words, encrypted with their person's key."""
    keys: dict[int, AESGCM] = session.info.setdefault("person_keys", {})
    if person not in keys:
        cipher = sealer.key(session, person, make=True)
        assert cipher is not None
        keys[person] = cipher
    return _seal(keys[person], canonical(secret).encode())


def _commitment(sealed: str) -> str:
    return hashlib.sha256(sealed.encode()).hexdigest()


def _key_names(table: str) -> tuple[str, ...]:
    return tuple(column.name for column in KEPT[table].__table__.primary_key)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Entry:
    """One entry as a reader sees it: `words` is None where they were erased; gone: table -> the keys of rows that were removed."""

    row: LogEntry
    facts: dict[str, Any]
    rows: dict[str, list[dict[str, Any]]]
    words: dict[str, Any] | None
    row_words: dict[str, dict[str, Any]] | None
    gone: dict[str, list[list[Any]]] = field(default_factory=dict)


def entries(
    session: Session,
    sealer: Sealer,
    *,
    project: int | None = None,
    limit: int | None = None,
    newest: bool = False,
    before: int | None = None,
    after: int = 0,
    kind: str = "",
    without: Collection[str] = (),
    of_none: bool = False,
) -> Iterator[Entry]:
    """Entries in order (or newest first), of one project or all, their words opened where the key is still there.

    before, after: only entries with a smaller, a greater number. kind: only entries whose kind begins so ("matter.").
    without: kinds to be left out. of_none: only those of no project.
    """
    statement = select(LogEntry, LogWords).join(LogWords, col(LogWords.entry) == col(LogEntry.id), isouter=True)
    if project is not None or of_none:
        statement = statement.where(col(LogEntry.project) == project)
    if before is not None:
        statement = statement.where(LogEntry.id < before)
    if after:
        statement = statement.where(LogEntry.id > after)
    if kind:
        statement = statement.where(col(LogEntry.kind).startswith(kind))
    if without:
        statement = statement.where(col(LogEntry.kind).not_in(without))
    statement = statement.order_by(col(LogEntry.id).desc() if newest else col(LogEntry.id)).limit(limit)
    for entry, sealed in session.exec(statement.execution_options(yield_per=500)):
        body = json.loads(entry.body)
        opened = _opened(session, sealer, sealed) if sealed else {"words": {}, "rows": {}}
        words, row_words = opened and opened["words"], opened and opened["rows"]
        yield Entry(entry, body["facts"], body["rows"], words, row_words, body.get("gone", {}))


def _opened(session: Session, sealer: Sealer, sealed: LogWords) -> dict[str, Any] | None:
    cipher = sealer.key(session, sealed.person, make=False)
    if cipher is None:
        return None
    try:
        opened: dict[str, Any] = json.loads(_open(cipher, sealed.sealed))
    except InvalidTag:
        return None
    return opened


@dataclass(frozen=True)
class Verdict:
    """What verification found: `entry` is the first bad one, `problem` a code for the reader's texts."""

    count: int
    head: str
    entry: int | None = None
    problem: str = ""
    detail: str = ""

    @property
    def good(self) -> bool:
        return not self.problem


_TOUCHED = Prepared(
    select_columns(LogEntry.project, LogEntry.kind)
    .where(col(LogEntry.id) > sa.bindparam("entry"))
    .order_by(col(LogEntry.id))
    .limit(2_000)
)
WIDE = ("period.", "policy.", "ledger.", "import", "calendar.", "words.", "unit.")
"""Kinds of entries of no project that may change the figures of many."""


def touched_since(session: Session, entry: int) -> set[int] | None:
    """The projects that entries of the log after this one are about; None where one may have changed any of them, or there are very many."""
    finish(session, LogEntry)
    rows = _TOUCHED.rows(session, entry=entry)
    if len(rows) == 2_000 or any(project is None and kind.startswith(WIDE) for project, kind in rows):
        return None
    return {project for project, _ in rows if project is not None}


# --- words that are destroyed -----------------------------------------------------------------------------------------------

ERASED = "words.erased"
"""The kind of entry that says which words beside other entries were changed, and the commitment to what is left of them."""
Change = Callable[[Entry], dict[str, Any] | None]
"""What is to stay of the words beside an entry, {"words": …, "rows": …}; None: all of it."""


def rewrite(session: Session, sealer: Sealer, since: datetime, change: Change) -> dict[str, str]:
    """Puts what `change` leaves of the words in the place of the words, beside the entries from a moment on. Returns entry -> the new
    commitment: to be told in the facts, under "entries", of an entry of the kind ERASED in the same transaction, or verification fails."""
    finish(session, LogEntry)
    finish(session, LogWords)
    first = session.execute(select_columns(sa.func.min(LogEntry.id)).where(col(LogEntry.at) >= since)).scalar()
    if first is None:
        return {}
    changed: dict[str, str] = {}
    for entry in list(entries(session, sealer, after=first - 1)):
        left = change(entry) if entry.words is not None else None
        row = session.get(LogWords, entry.row.id) if left is not None else None
        cipher = sealer.key(session, row.person, make=False) if row is not None else None
        if row is None or cipher is None:
            continue
        row.sealed = _seal(cipher, canonical(left).encode())
        changed[str(entry.row.id)] = _commitment(row.sealed)
    session.flush()
    return changed


def _told(session: Session) -> dict[int, str]:
    """entry -> the commitment that holds for its words since they were changed. The entries that say so are in the chain themselves."""
    told: dict[int, str] = {}
    bodies = select_columns(LogEntry.body).where(col(LogEntry.kind) == ERASED).order_by(col(LogEntry.id))
    for body in session.execute(bodies).scalars():
        told |= {int(number): digest for number, digest in json.loads(body)["facts"].get("entries", {}).items()}
    return told


def erase_person(session: Session, sealer: Sealer, person: int) -> int:
    """Throws a person's key away: what they said so far can be read by nobody any more. Returns how many entries had words of theirs."""
    finish(session, LogWords)
    count = session.execute(select_columns(sa.func.count()).where(col(LogWords.person) == person)).scalar_one()
    session.execute(sa.delete(PersonKey).where(col(PersonKey.person) == person))
    session.info.get("person_keys", {}).pop(person, None)
    sealer.forget(person)
    return int(count)


_CHUNK = 2000
_CHAIN = Prepared(
    select_columns(
        LogEntry.id, sa.type_coerce(col(LogEntry.at), sa.String), LogEntry.kind, LogEntry.project, LogEntry.person, LogEntry.channel,
        LogEntry.message, LogEntry.body, LogEntry.commitment, LogEntry.previous, LogEntry.hash,
        LogWords.person, LogWords.sealed,
    )
    .join(LogWords, col(LogWords.entry) == col(LogEntry.id), isouter=True)
    .where(col(LogEntry.id) > sa.bindparam("after"))
    .order_by(col(LogEntry.id))
    .limit(_CHUNK)
)  # fmt: skip


def verify(session: Session, sealer: Sealer, anchor: tuple[int, str] | None = None) -> Verdict:
    """Checks numbers, chain and commitments; with `anchor` (number, hash or its beginning) also that the log once had that head.

    Problems: gap, chain, hash, words, anchor (the log is shorter than the anchor, or that entry has another hash). Nothing is
    decrypted and no entity is made: it runs at nearly the pace of hashing alone.
    """
    count, previous, told = 0, GENESIS, _told(session)
    while rows := _CHAIN.rows(session, after=count):
        for number, at, kind, project, person, channel, message, body, commitment, prior, found, whose, sealed in rows:
            if number != count + 1:
                return Verdict(count, previous, count + 1, "gap")
            if prior != previous:
                return Verdict(count, previous, number, "chain")
            said = at if at.__class__ is str else _moment(at)
            if _hash(previous, number, said, kind, project, person, channel, message, body, commitment) != found:
                return Verdict(count, previous, number, "hash")
            if (commitment or sealed) and not _words_hold(person, told.get(number, commitment), whose, sealed):
                return Verdict(count, previous, number, "words")
            count, previous = number, found
            if anchor and number == anchor[0] and not found.startswith(anchor[1]):
                return Verdict(count, previous, number, "anchor")
    if anchor and anchor[0] > count:
        return Verdict(count, previous, count + 1, "anchor")
    if stray := session.execute(
        select_columns(sa.func.max(LogWords.entry)).where(col(LogWords.entry) > count)
    ).scalar():
        return Verdict(count, previous, stray, "words")
    return Verdict(count, previous)


def _words_hold(person: int | None, commitment: str, whose: int | None, sealed: str | None) -> bool:
    """Whether the words beside an entry are those it committed to, and belong to who said them."""
    return isinstance(sealed, str) and whose == (person or 0) and _commitment(sealed) == commitment


ANCHOR = "anchor:"


def keep_anchor(session: Session, day: date) -> tuple[int, str] | None:
    """Notes the log's head as the anchor of a day; None where that day has one already, or the log is empty."""
    number, digest = head(session)
    if number == 0 or session.get(Note, f"{ANCHOR}{day}") is not None:
        return None
    session.add(Note(name=f"{ANCHOR}{day}", value=f"{number}:{digest}"))
    session.flush()
    return number, digest


def anchors(session: Session) -> list[tuple[date, int, str]]:
    """(day, number, hash) of every anchor kept here, oldest first. Those sent to people are the ones to trust: these lie in the
    same database as the log."""
    rows = session.exec(select(Note).where(col(Note.name).startswith(ANCHOR)).order_by(col(Note.name))).all()
    found = []
    for row in rows:
        number, _, digest = row.value.partition(":")
        found.append((date.fromisoformat(row.name.removeprefix(ANCHOR)), int(number), digest))
    return found


def verify_rows(session: Session, sealer: Sealer) -> Verdict:
    """Replays the log's rows in memory and compares them with the tables. Problems: row_missing, row_unlogged, row_differs."""
    replayed: dict[str, dict[tuple[Any, ...], tuple[int, dict[str, Any]]]] = {table: {} for table in KEPT}
    count = 0
    for entry in entries(session, sealer):
        count += 1
        for table, rows in entry.rows.items():
            for values in rows:
                key = tuple(values[name] for name in _key_names(table))
                texts = (entry.row_words or {}).get(f"{table}:{':'.join(map(str, key))}", {})
                known = texts if entry.row_words is not None else {}
                blank = {} if entry.row_words is None else dict.fromkeys(WORDS.get(table, ()), "")
                replayed[table][key] = (entry.row.id, {**blank, **values, **known})
        for table, keys in entry.gone.items():
            for removed in keys:
                replayed[table].pop(tuple(removed), None)
    for table, kind in KEPT.items():
        found = _compare(session, table, kind, replayed[table])
        if found:
            return Verdict(count, head(session)[1], *found)
    return Verdict(count, head(session)[1])


def _compare(
    session: Session, table: str, kind: type[SQLModel], replayed: dict[tuple[Any, ...], tuple[int, dict[str, Any]]]
) -> tuple[int | None, str, str] | None:
    seen = set()
    for row in session.exec(select(kind)).all():
        _, values, words = snapshot(row)
        actual = json.loads(canonical({**values, **words}))
        key = tuple(actual[name] for name in _key_names(table))
        seen.add(key)
        if key not in replayed:
            return None, "row_unlogged", f"{table} {key}"
        number, logged = replayed[key]
        texts = WORDS.get(table, frozenset())
        differing = [
            name
            for name, value in logged.items()
            if ((actual.get(name) or "") != (value or "") if name in texts else actual.get(name) != value)
        ]
        if differing:
            return number, "row_differs", f"{table} {key}: {', '.join(sorted(differing))}"
    gone = replayed.keys() - seen
    if gone:
        key = min(gone)
        return replayed[key][0], "row_missing", f"{table} {key}"
    return None
