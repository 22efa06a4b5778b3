"""Words and files that are to be destroyed: where they lie, and how they are taken out of there."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from bot.messages import Incoming
from bot.rules.striking import Strike, striker
from storage import dispatch_log
from storage.db import finish, overwrite
from storage.dispatch_log import KEPT, WORDS, Entry, Sealer
from storage.engines import select_columns
from storage.tables import (
    Account,
    CardToken,
    ClosedFigure,
    ClosedPeriod,
    Conversation,
    Errand,
    IncomingRow,
    LogEntry,
    LogWords,
    Matter,
    NudgeRow,
    Outbox,
    Paper,
    Report,
    StoredFile,
)

RECENT = 30
"""So many of the last messages of a chat may be parts of one album."""
SAID = ("text", "command", "files", "edited")
BESIDE = frozenset(
    {*KEPT, "dispatch_log", "log_words", "person", "account", "incoming", "outbox", "conversation", "stored_file", "card_token", "nudge", "errand"}
)  # fmt: skip
"""Tables that are looked through in their own way; every other table with words of a person is swept."""
_DIGEST = re.compile(r"files/[0-9a-f]{2}/([0-9a-f]{64})")
LEAST = 4
"""Shorter parts of what was written are left where they stand."""

# --- what came in ---------------------------------------------------------------------------------------------------------


def said_by(session: Session, person: int, since: datetime, limit: int = 200) -> list[IncomingRow]:
    """What a person wrote or sent since a moment, newest first; what was taken out already is not among it."""
    mine = select_columns(Account.channel, Account.identity).where(col(Account.person) == person)
    theirs = sa.tuple_(col(IncomingRow.channel), col(IncomingRow.person)).in_(mine)
    where = (
        theirs,
        col(IncomingRow.received_at) >= since,
        col(IncomingRow.kind).in_(SAID),
        col(IncomingRow.changed_at).is_(None),
    )
    return list(session.exec(select(IncomingRow).where(*where).order_by(col(IncomingRow.id).desc()).limit(limit)).all())  # fmt: skip


def by_id(session: Session, row: int) -> IncomingRow | None:
    return session.get(IncomingRow, row)


def files_with(session: Session, rows: Iterable[IncomingRow]) -> list[StoredFile]:
    """The files that came in with these messages."""
    found = []
    for row in rows:
        begins = f"fetch:{row.channel}:{row.account}:{row.dedup}:"
        errands = session.exec(select(Errand).where(col(Errand.key).startswith(begins, autoescape=True))).all()
        files = [session.get(StoredFile, errand.payload.get("file", 0)) for errand in errands]
        found += [file for file in files if file is not None]
    return found


def files_of(
    session: Session, *, report: int | None, matter: int | None, person: int, around: datetime
) -> list[StoredFile]:
    """A person's files of a report; of a matter those that came with what was said at that moment."""
    if report is not None:
        return list(session.exec(select(StoredFile).where(StoredFile.report == report)).all())
    span = (around - timedelta(hours=2), around + timedelta(minutes=2))
    where = (StoredFile.matter == matter, StoredFile.person == person, col(StoredFile.received_at).between(*span))
    return list(session.exec(select(StoredFile).where(*where)).all()) if matter is not None else []


def blank(row: IncomingRow, stub: dict[str, Any], now: datetime) -> list[str]:
    """Leaves a stub of what came in. Returns the uploads it named."""
    was = Incoming.from_json(row.body)
    kept: dict[str, Any] = {name: was.facts[name] for name in ("message", "at") if name in was.facts}
    row.body = replace(was, text="", command="", quote="", attachments=(), facts={**kept, "erased": stub}).to_json()
    row.state, row.changed_at = "erased", now
    return [one.ref for one in was.attachments if row.channel == "webchat"]


def album_refused(session: Session, channel: str, chat: str, album: str) -> bool:
    """Whether a part of this album was refused."""
    where = (col(IncomingRow.channel) == channel, col(IncomingRow.chat) == chat)
    recent = select_columns(IncomingRow.body, IncomingRow.state).where(*where)
    for body, state in session.execute(recent.order_by(col(IncomingRow.id).desc()).limit(RECENT)):
        if state == "refused" and Incoming.from_json(body).facts.get("album") == album:
            return True
    return False


def project_of(session: Session, row: StoredFile) -> int | None:
    """Of which project a file is, through its report or matter."""
    report = session.get(Report, row.report) if row.report else None
    matter = session.get(Matter, row.matter) if row.matter else None
    return report.project if report else matter.project if matter else None


def blank_source(session: Session, errand: int, now: datetime) -> None:
    """Takes the names and places of files out of what came in, by the errand that fetched one of them."""
    row = session.get(Errand, errand)
    if row is None:
        return
    overwrite(session)
    found = _fetched_for(session, row.key)
    _blank_errands(session, [row])
    if found is not None:
        found.body = replace(Incoming.from_json(found.body), attachments=()).to_json()
        found.changed_at = now
    session.flush()


def _fetched_for(session: Session, key: str) -> IncomingRow | None:
    """What came in with the file that the errand of this key fetched: "fetch:CHANNEL:ACCOUNT:DEDUP:AT"."""
    kind, channel, account, rest = key.split(":", 3)
    dedup = rest.rpartition(":")[0]
    where = (IncomingRow.channel == channel, IncomingRow.account == account, IncomingRow.dedup == dedup)
    return session.exec(select(IncomingRow).where(*where)).first() if kind == "fetch" else None


def _blank_errands(session: Session, errands: Iterable[Errand]) -> None:
    """What is known of files is taken out of the errands that fetched them, and out of their results."""
    for row in errands:
        row.payload = {name: row.payload[name] for name in ("file", "channel", "kind", "size") if name in row.payload}
        if row.state == "pending":
            row.state = "failed"
        result = (col(IncomingRow.account) == "errands", col(IncomingRow.dedup) == f"errand:{row.id}")
        for told in session.exec(select(IncomingRow).where(*result)):
            told.body = replace(Incoming.from_json(told.body), facts={}).to_json()


# --- files ------------------------------------------------------------------------------------------------------------------


def drop_files(session: Session, files: Iterable[StoredFile]) -> tuple[list[str], list[str]]:
    """Leaves a stub of each file. Returns the hashes no other file has, and the uploads, whose bytes are to be destroyed."""
    hashes, uploads = [], []
    for row in files:
        begins = select(Errand).where(
            Errand.kind == "fetch", col(Errand.key).startswith("fetch:"), Errand.person == row.person
        )
        _blank_errands(session, [one for one in session.exec(begins).all() if one.payload.get("file") == row.id])
        if row.source.get("channel") == "webchat":
            uploads.append(str(row.source["ref"]))
        hashes.append(row.sha256)
        for name in ("name", "mime", "sha256", "likeness"):
            setattr(row, name, "")
        row.state, row.source, row.report, row.matter = "erased", {}, None, None
        row.taken_at = row.latitude = row.longitude = None
    session.flush()
    used = set(session.exec(select(StoredFile.sha256).where(col(StoredFile.sha256).in_(hashes))).all())
    return sorted({one for one in hashes if one and one not in used}), uploads


# --- words ------------------------------------------------------------------------------------------------------------------


@dataclass
class Found:
    """Where words lay that are gone now. entries: of the log, with their new commitments; rows: of logged tables; said: messages that
    showed them; linked: (table, id) of the rows they were in; withheld: hashes of the files of papers that had them, and of the tables made since."""

    entries: dict[str, str] = field(default_factory=dict)
    rows: list[SQLModel] = field(default_factory=list)
    said: list[Outbox] = field(default_factory=list)
    linked: set[tuple[str, str]] = field(default_factory=set)
    withheld: list[str] = field(default_factory=list)


def take_out(session: Session, sealer: Sealer, person: int, since: datetime, texts: Sequence[str], stub: str) -> Found:
    """Takes words of a person out of wherever they lie since a moment: the log's words, rows, drafts, messages, buttons, reminders."""
    overwrite(session)
    found = Found()
    fields = _fields(session, sealer, person, since, texts, stub)
    found.linked = {key for key, _ in fields} | _spoken_of(session, sealer, person, since, texts, stub)
    wanted = [*texts, *(text for kept in fields.values() for text in kept if _inside(text, texts))]
    strike, loose = striker(wanted, stub), striker(wanted, stub, pieces=True)
    found.entries = dispatch_log.rewrite(session, sealer, since, lambda entry: _left(entry, person, fields, strike))
    found.rows = _rows(session, fields, strike)
    _drafts(session, person, loose)
    found.said = list(_said(session, person, since, found.linked, strike, loose))
    _reminders(session, person, since, found.linked, strike)
    _sweep(session, person, loose)
    found.withheld = [*_papers(session, since, strike), *_made(session, since, _projects(session, found.linked))]
    session.flush()
    return found


Fields = dict[tuple[tuple[str, str], str], set[str]]
"""((table, key), column) of rows -> what stood there."""


def _inside(text: str, texts: Sequence[str]) -> bool:
    """Whether a text is but a part of what was written: without the word that began it."""
    bare = text.strip()
    return len(bare) >= LEAST and any(bare in whole for whole in texts)


def _fields(session: Session, sealer: Sealer, person: int, since: datetime, texts: Sequence[str], stub: str) -> Fields:
    """Into which columns of logged rows this person's entries put the words."""
    finish(session, LogEntry)
    finish(session, LogWords)
    strike = striker(texts, stub)
    first = session.execute(select_columns(sa.func.min(LogEntry.id)).where(col(LogEntry.at) >= since)).scalar()
    found: Fields = {}
    for entry in dispatch_log.entries(session, sealer, after=first - 1) if first else ():
        if entry.row.person == person:
            for key, columns in (entry.row_words or {}).items():
                table, _, number = key.partition(":")
                for name, text in columns.items():
                    if isinstance(text, str) and (strike(text) != text or _inside(text, texts)):
                        found.setdefault(((table, number), name), set()).add(text)
    return found


def _spoken_of(
    session: Session, sealer: Sealer, person: int, since: datetime, texts: Sequence[str], stub: str
) -> set[tuple[str, str]]:
    """The matters to which this person said the words without a row that keeps them: feedback, a reason. Others were told of it."""
    strike = striker(texts, stub)
    first = session.execute(select_columns(sa.func.min(LogEntry.id)).where(col(LogEntry.at) >= since)).scalar()
    found = dispatch_log.entries(session, sealer, after=first - 1) if first else ()
    return {
        ("matter", str(entry.facts["matter"]))
        for entry in found
        if entry.row.person == person and "matter" in entry.facts and strike(entry.words) != entry.words
    }


def _left(entry: Entry, person: int, fields: Fields, strike: Strike) -> dict[str, Any] | None:
    """What stays of the words beside an entry; None where they are not touched."""
    words = strike(entry.words) if entry.row.person == person else entry.words
    rows = {
        key: {
            name: strike(text) if ((key.partition(":")[0], key.partition(":")[2]), name) in fields else text
            for name, text in texts.items()
        }
        for key, texts in (entry.row_words or {}).items()
    }
    return {"words": words, "rows": rows} if words != entry.words or rows != entry.row_words else None


def _rows(session: Session, fields: Fields, strike: Strike) -> list[SQLModel]:
    changed = {}
    for (table, number), name in fields:
        row = session.get(KEPT[table], int(number)) if number.isdigit() else None
        if row is not None and name in WORDS[table] and strike(getattr(row, name)) != getattr(row, name):
            setattr(row, name, strike(getattr(row, name)))
            changed[table, number] = row
    return list(changed.values())


def _drafts(session: Session, person: int, loose: Strike) -> None:
    """A draft that was made of the words goes with them."""
    accounts = select_columns(Account.id).where(col(Account.person) == person)
    for row in session.exec(select(Conversation).where(col(Conversation.account).in_(accounts))).all():
        if loose(row.draft) != row.draft:
            row.step, row.draft, row.expires_at = "", {}, None


def _said(
    session: Session, person: int, since: datetime, linked: Collection[tuple[str, str]], strike: Strike, loose: Strike
) -> Iterator[Outbox]:
    """Takes the words out of what was said, or is to be said, since; yields the messages that showed them."""
    matters = {int(number) for table, number in linked if table == "matter"}
    projects = _projects(session, linked)
    roots: dict[int, Outbox] = {}
    for row in session.exec(select(Outbox).where(col(Outbox.created_at) >= since).order_by(col(Outbox.id))).all():
        own = row.person == person
        if not (own or row.matter in matters or projects.intersection(row.projects)):
            continue
        take, touched = loose if own else strike, False
        for name in ("body", "shown"):
            was = getattr(row, name)
            is_ = was and json.dumps(take(json.loads(was)), ensure_ascii=False)
            if was and json.loads(is_) != json.loads(was):
                setattr(row, name, is_)
                touched = True
        row.facts = take(row.facts)
        _tokens(session, row.id, take)
        if touched and row.state in ("sending", "sent", "uncertain"):
            root = session.get(Outbox, row.edits) if row.edits is not None else row
            if root is not None:
                roots[root.id] = root
    yield from roots.values()


def _projects(session: Session, linked: Collection[tuple[str, str]]) -> set[int]:
    """The projects that these rows belong to."""
    found = set()
    for table, number in linked:
        row = session.get(KEPT[table], int(number)) if number.isdigit() else None
        project = number if table == "project" else getattr(row, "project", None)
        found |= {int(project)} if project else set()
    return found


def _tokens(session: Session, outbox: int, take: Strike) -> None:
    for token in session.exec(select(CardToken).where(CardToken.outbox == outbox)).all():
        if take(token.buttons) != token.buttons:
            token.buttons = take(token.buttons)


def _reminders(
    session: Session, person: int, since: datetime, linked: Collection[tuple[str, str]], strike: Strike
) -> None:
    matters, projects = {int(number) for table, number in linked if table == "matter"}, _projects(session, linked)
    for row in session.exec(select(NudgeRow).where(col(NudgeRow.created_at) >= since)).all():
        if row.person == person or row.matter in matters or row.project in projects:
            reason = {
                name: json.dumps(strike(json.loads(text)), ensure_ascii=False) if name == "card" else strike(text)
                for name, text in row.reason.items()
            }
            if reason != row.reason:
                row.reason = reason


def _sweep(session: Session, person: int, loose: Strike) -> None:
    """Every other table with words of a person in it: those there are, and those there will be."""
    for table in _swept():
        columns = table.__table__.columns  # type: ignore[attr-defined]
        theirs = [
            column for column in columns if any(key.target_fullname == "person.id" for key in column.foreign_keys)
        ]
        theirs += [
            column
            for column in columns
            if column.name in ("person", "edited_by", "added_by", "by") and column not in theirs
        ]
        texts = [
            column.name
            for column in columns
            if isinstance(column.type, sa.String | sa.JSON) and not isinstance(column.type, sa.Enum)
        ]
        if not theirs or not texts:
            continue
        for row in session.exec(select(table).where(sa.or_(*(column == person for column in theirs)))).all():
            for name in texts:
                was = getattr(row, name)
                if loose(was) != was:
                    setattr(row, name, loose(was))


def _papers(session: Session, since: datetime, strike: Strike) -> list[str]:
    """Takes the words out of papers and closed figures, whoever wrote them down there. Returns the files of published papers that had them:
    they are withheld."""
    withheld: list[str] = []
    newest = sa.func.coalesce(col(Paper.published_at), col(Paper.edited_at), col(Paper.made_at))
    for row in session.exec(select(Paper).where(sa.or_(col(Paper.made_at) >= since, newest >= since))).all():
        sections, title, facts = strike(row.sections), strike(row.title), strike(row.facts)
        if (sections, title, facts) != (row.sections, row.title, row.facts):
            row.sections, row.title, row.facts = sections, title, facts
            withheld += row.files.values()
            row.files = {}
    late = select(ClosedFigure).join(ClosedPeriod, col(ClosedPeriod.id) == col(ClosedFigure.period))
    for figure in session.exec(late.where(col(ClosedPeriod.closed_at) >= since)).all():
        for name in ("reasons", "progress_words"):
            if strike(getattr(figure, name)) != getattr(figure, name):
                setattr(figure, name, strike(getattr(figure, name)))
    return withheld


def _made(session: Session, since: datetime, projects: Collection[int]) -> list[str]:
    """The files that the program made since of these projects, or of all: tables, drafts, pages. They can be made again, and what is
    inside a workbook or a PDF is not searched. What a person sent, and what was published, is not among them."""
    if not projects:
        return []
    sent = select(Outbox).where(col(Outbox.created_at) >= since, col(Outbox.body).contains('"files": ["'))
    of_them = [row for row in session.exec(sent).all() if not row.projects or set(row.projects) & set(projects)]
    digests = {digest for row in of_them for digest in _DIGEST.findall(row.body)}
    theirs = set(session.exec(select(StoredFile.sha256).where(col(StoredFile.sha256).in_(digests))).all())
    published = {digest for row in session.exec(select(Paper)).all() for digest in row.files.values()}
    return sorted(digests - theirs - published)


def _swept() -> Sequence[type[SQLModel]]:
    mappers = SQLModel._sa_registry.mappers
    return [mapper.class_ for mapper in mappers if str(mapper.class_.__tablename__) not in BESIDE]


# --- one person's words -----------------------------------------------------------------------------------------------------


def rows_spoken_of(session: Session, sealer: Sealer, person: int) -> list[SQLModel]:
    """The logged rows whose words lie beside this person's entries."""
    keys: set[tuple[str, str]] = set()
    for entry in dispatch_log.entries(session, sealer):
        if entry.row.person == person:
            keys |= {(key.partition(":")[0], key.partition(":")[2]) for key in entry.row_words or {}}
    found = [session.get(KEPT[table], int(number)) for table, number in sorted(keys) if number.isdigit()]
    return [row for row in found if row is not None]


def blank_talk(session: Session, person: int, stub: str, now: datetime) -> tuple[int, int]:
    """Takes out all a person ever wrote to the bot, their drafts, and what the bot said to them. Returns how many came in, and went out."""
    overwrite(session)
    came = said_by(session, person, datetime.min.replace(tzinfo=now.tzinfo), limit=10**9)
    for row in came:
        blank(row, {"at": now.isoformat()}, now)
    accounts = select_columns(Account.id).where(col(Account.person) == person)
    for talk in session.exec(select(Conversation).where(col(Conversation.account).in_(accounts))).all():
        talk.step, talk.draft, talk.expires_at = "", {}, None
    told = session.exec(
        select(Outbox).where(Outbox.person == person, col(Outbox.state).not_in(("pending", "sending")))
    ).all()
    gone = json.dumps({"text": stub, "rows": [], "picture": None, "files": [], "copy": ""}, ensure_ascii=False)
    for card in told:
        card.body, card.shown, card.facts = card.body and gone, card.shown and gone, {}
    session.execute(sa.delete(CardToken).where(col(CardToken.person) == person))
    session.flush()
    return len(came), len(told)


def sent_files(session: Session, since: datetime, hashes: Collection[str]) -> list[Outbox]:
    """The messages since a moment that carried one of these files."""
    if not hashes:
        return []
    rows = session.exec(
        select(Outbox).where(col(Outbox.created_at) >= since, col(Outbox.body).contains('"files": ["'))
    ).all()
    found = []
    for row in rows:
        if any(digest in row.body for digest in hashes):
            for name in ("body", "shown"):
                card = json.loads(getattr(row, name) or "null")
                if card:
                    card["files"] = [file for file in card["files"] if not any(digest in file for digest in hashes)]
                    setattr(row, name, json.dumps(card, ensure_ascii=False))
            if row.state in ("sending", "sent", "uncertain"):
                found.append(row)
    return found
