"""What people are to be reminded of: the scan of what is due, the items, and the bundles that show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.failpoints import failpoint
from bot.rules.cadence import MilestoneWatch, Watch
from bot.rules.words import Post, Role
from storage import outbox
from storage.db import next_id
from storage.engines import insert_new, select_columns
from storage.prepared import Prepared
from storage.projects import NEVER
from storage.tables import Assignment, Milestone, NudgeRow, Outbox, Person, PostHeld, Project

CADENCE = ("report_due", "milestone_due", "milestone_overdue")
"""Kinds that ask whoever reports a project."""
OWN = "own"
"""Among the reasons of an item: it is meant for this person and goes to no deputy."""
OPEN: sa.ColumnElement[bool] = sa.literal_column("nudge.state = 'open'")
SHOWN: sa.ColumnElement[bool] = sa.literal_column("nudge.state = 'shown'")
PENDING: sa.ColumnElement[bool] = sa.literal_column("nudge.state IN ('open', 'shown')")

# --- what is due ------------------------------------------------------------------------------------------------------


class Due(NamedTuple):
    """A project on which cadence may have something to say. unit: the one that leads it; assigned: who may be asked for reports."""

    watch: Watch
    looked_on: date | None
    unit: int
    assigned: dict[Role, tuple[int, ...]]


_TODAY = sa.bindparam("today", type_=sa.Date)
_LIMIT = sa.bindparam("limit", type_=sa.Integer)
_NEXT = (col(Project.next_look), col(Project.id))
_CHUNK = select_columns(Project.id).where(col(Project.next_look) <= _TODAY).order_by(*_NEXT).limit(_LIMIT)
_PROJECTS = Prepared(
    select_columns(
        Project.id, Project.level, Project.light, Project.on_plan, Project.paused_until, Project.as_of, Project.accepted_on,
        Project.looked_on, sa.func.coalesce(Project.lead_unit, Project.unit),
    ).where(col(Project.next_look) <= _TODAY, col(Project.accepted_on).is_not(None)).order_by(*_NEXT).limit(_LIMIT)
)  # fmt: skip
_MILESTONES = Prepared(
    select_columns(Milestone.project, Milestone.id, Milestone.due, Milestone.watched_from).where(
        col(Milestone.project).in_(_CHUNK), col(Milestone.done_on).is_(None), col(Milestone.due).is_not(None)
    )
)
_ASKED = Prepared(
    select_columns(Assignment.project, Assignment.role, Assignment.person)
    .where(
        col(Assignment.project).in_(_CHUNK),
        sa.literal_column("assignment.role IN ('reporter', 'owner_contact', 'dispatch_official')"),
        col(Assignment.since) <= _TODAY,
        sa.or_(col(Assignment.until).is_(None), col(Assignment.until) >= _TODAY),
    )
    .order_by(col(Assignment.rank), col(Assignment.id))
)
_LOOKED = Prepared(
    sa.update(Project)
    .where(col(Project.id) == sa.bindparam("which"))
    .values(looked_on=sa.bindparam("looked_on"), next_look=sa.bindparam("next_look"))
)


def due(session: Session, today: date, limit: int) -> list[Due]:
    """The first `limit` projects whose next look has come, with their open milestones and whom to ask: three statements."""
    milestones: dict[int, list[MilestoneWatch]] = {}
    for project, number, limit_on, watched_from in _MILESTONES.rows(session, today=today, limit=limit):
        if watched_from != NEVER:
            milestones.setdefault(project, []).append(MilestoneWatch(number, limit_on, False, watched_from or date.min))
    assigned: dict[int, dict[Role, tuple[int, ...]]] = {}
    for project, role, person in _ASKED.rows(session, today=today, limit=limit):
        roles = assigned.setdefault(project, {})
        roles[role] = (*roles.get(role, ()), person)
    found = []
    for project, level, light, on_plan, paused, as_of, accepted, looked, unit in _PROJECTS.rows(
        session, today=today, limit=limit
    ):
        still = paused is not None and paused >= today
        watch = Watch(project, level, light, on_plan, still, as_of, accepted, tuple(milestones.get(project, ())))
        found.append(Due(watch, looked, unit, assigned.get(project, {})))
    return found


def looked(session: Session, today: date, next_looks: Iterable[tuple[int, date]]) -> None:
    """Notes that these projects were looked at today, and when to look again."""
    rows: list[Mapping[str, Any]] = [
        {"which": project, "looked_on": today, "next_look": next_look} for project, next_look in next_looks
    ]
    _LOOKED.many(session, rows)


def asked_before(session: Session, projects: Iterable[int], today: date) -> set[str]:
    """The occasions ("report:17:2026-11") for which somebody was reminded on an earlier day."""
    subjects = [f"report:{project}" for project in projects]
    rows = session.execute(
        select_columns(NudgeRow.key).where(col(NudgeRow.about).in_(subjects), col(NudgeRow.day) < today)
    )
    return {key.rpartition(":")[0] for (key,) in rows}


def heads(session: Session, on: date) -> dict[int, int]:
    """unit -> who is told of a missed report: its deputy head, else its head."""
    held = (col(PostHeld.since) <= on, sa.or_(col(PostHeld.until).is_(None), col(PostHeld.until) >= on))
    statement = (
        select_columns(PostHeld.unit, PostHeld.role, PostHeld.person)
        .join(Person, col(Person.id) == col(PostHeld.person))
        .where(col(PostHeld.role).in_((Post.DEPUTY_HEAD, Post.HEAD)), col(Person.active).is_(True), *held)
    )
    found: dict[Post, dict[int, int]] = {Post.HEAD: {}, Post.DEPUTY_HEAD: {}}
    for unit, role, person in session.execute(statement.order_by(col(PostHeld.since), col(PostHeld.id))):
        found[role].setdefault(unit, person)
    return {**found[Post.HEAD], **found[Post.DEPUTY_HEAD]}


# --- items ------------------------------------------------------------------------------------------------------------


def row(session: Session, person: int, kind: str, key: str, day: date, now: datetime, **values: Any) -> dict[str, Any]:
    """One item as `add` takes it; values: project, milestone, matter, about, reason, later_until."""
    return {
        "id": next_id(session, NudgeRow),
        "person": person,
        "kind": kind,
        "key": key,
        "day": day,
        "created_at": now,
        "project": None,
        "milestone": None,
        "matter": None,
        "acting_for": None,
        "about": "",
        "reason": {},
        "state": "open",
        "later_until": None,
        "bundle": None,
        **values,
    }


def personal(kind: str, project: int | None, matter: int | None) -> bool:
    """What is told to a person and to no deputy of theirs: a notice about no project and no matter."""
    return kind == "notice" and project is None and matter is None


def said(session: Session, key: str) -> bool:
    """Whether an item with this key was laid down."""
    return session.execute(select_columns(NudgeRow.id).where(col(NudgeRow.key) == key)).first() is not None


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """Lays items down, those whose key was there before are passed over. Returns how many are new."""
    added = insert_new(session, NudgeRow, [dict(item) for item in rows]) if rows else 0
    failpoint("nudges.added")
    return added


_ABOUT = Prepared(
    select_columns(NudgeRow.id, NudgeRow.bundle).where(col(NudgeRow.about) == sa.bindparam("about"), PENDING)
)


def withdraw(session: Session, about: Sequence[str]) -> list[int]:
    """Takes back the items about these subjects; returns the bundles that show them."""
    found = [item for subject in about if subject for item in _ABOUT.rows(session, about=subject)]
    if found:
        numbers = [number for number, _ in found]
        session.execute(sa.update(NudgeRow).where(col(NudgeRow.id).in_(numbers)).values(state="withdrawn"))
    return sorted({bundle for _, bundle in found if bundle is not None})


def of_persons(session: Session, persons: Sequence[int]) -> list[NudgeRow]:
    """What these persons have been or are to be reminded of and have not dealt with, oldest first."""
    where = (col(NudgeRow.person).in_(persons), PENDING)
    return list(session.exec(select(NudgeRow).where(*where).order_by(col(NudgeRow.id))))


def of_bundle(session: Session, person: int, bundle: int) -> list[NudgeRow]:
    """What a bundle of this person still shows, oldest first."""
    where = (NudgeRow.person == person, SHOWN, NudgeRow.bundle == bundle)
    return list(session.exec(select(NudgeRow).where(*where).order_by(col(NudgeRow.id))))


def of_projects(session: Session, persons: Sequence[int] | None = None) -> list[tuple[int, int, int, int | None]]:
    """(item, person, project, bundle) of what asks for reports, of these persons' open items or of everybody's, shown ones too; where
    a deputy has it, the person is the one for whom."""
    meant = sa.func.coalesce(NudgeRow.acting_for, NudgeRow.person)
    columns = select_columns(NudgeRow.id, meant, NudgeRow.project, NudgeRow.bundle)
    where = (PENDING,) if persons is None else (OPEN, col(NudgeRow.person).in_(persons))
    return [tuple(item) for item in session.execute(columns.where(col(NudgeRow.kind).in_(CADENCE), *where))]


_MOVE = Prepared(
    sa.update(NudgeRow)
    .where(col(NudgeRow.id) == sa.bindparam("which"))
    .values({name: sa.bindparam(name) for name in ("person", "acting_for", "state", "bundle", "later_until")})
)


def move(session: Session, to: Mapping[int, int | None]) -> None:
    """Hands items over to other persons; None: there is nobody to ask, the item is withdrawn."""
    _MOVE.many(session, [
        {"which": item, "person": person or 0, "acting_for": None, "state": "open" if person else "withdrawn", "bundle": None, "later_until": None}
        for item, person in to.items()
    ])  # fmt: skip


class Held(NamedTuple):
    """An item that a deputy has or might have. meant: whose it is."""

    item: int
    person: int
    meant: int
    matter: int | None
    bundle: int | None
    later_until: datetime | None


def held_for(session: Session, away: Iterable[int], deputies: Iterable[int]) -> list[Held]:
    """The open items of those who are away, but for what is theirs alone, and what these deputies have for others, shown or not."""
    columns = select_columns(
        NudgeRow.id, NudgeRow.person, sa.func.coalesce(NudgeRow.acting_for, NudgeRow.person), NudgeRow.matter, NudgeRow.bundle,
        NudgeRow.later_until, NudgeRow.kind, NudgeRow.project, NudgeRow.reason,
    )  # fmt: skip
    theirs = sa.and_(OPEN, col(NudgeRow.person).in_(list(away)), col(NudgeRow.acting_for).is_(None))
    given = sa.and_(PENDING, col(NudgeRow.person).in_(list(deputies)), col(NudgeRow.acting_for).is_not(None))
    found = session.execute(columns.where(sa.or_(theirs, given)).order_by(col(NudgeRow.id)))
    return [
        Held(*values)
        for *values, kind, project, reason in found
        if not personal(kind, project, values[3]) and not reason.get(OWN)
    ]


def give(session: Session, to: Iterable[tuple[Held, int]]) -> None:
    """Items go to a deputy, from one to the next, or back to whose they are; when they are to be shown stays."""
    _MOVE.many(session, [
        {"which": held.item, "person": person, "acting_for": held.meant if person != held.meant else None, "state": "open", "bundle": None, "later_until": held.later_until}
        for held, person in to
    ])  # fmt: skip


def about_for(session: Session, persons: Sequence[int], about: str) -> list[int]:
    """The items of these persons about this subject."""
    where = (col(NudgeRow.person).in_(persons), col(NudgeRow.about) == about, PENDING)
    return list(session.execute(select_columns(NudgeRow.id).where(*where)).scalars())


def settle(session: Session, items: Sequence[int]) -> None:
    """Their person has dealt with these."""
    session.execute(sa.update(NudgeRow).where(col(NudgeRow.id).in_(items)).values(state="done"))


def postpone(session: Session, items: Sequence[int], day: date, later_until: datetime | None) -> None:
    """Lets items come back with the bundle of a day, or at a moment of it."""
    values = {"state": "open", "bundle": None, "day": day, "later_until": later_until}
    session.execute(sa.update(NudgeRow).where(col(NudgeRow.id).in_(items)).values(**values))


# --- bundles ----------------------------------------------------------------------------------------------------------


class Waiting(NamedTuple):
    """A person for whom something waits and who has had no bundle today."""

    person: int
    nudge_minute: int | None
    quiet_until: date | None


class Item(NamedTuple):
    """An open item, as bundling sees it."""

    item: int
    person: int
    kind: str
    created_at: datetime


class Later(NamedTuple):
    """An item that comes back by itself today."""

    item: int
    person: int
    kind: str
    later_until: datetime
    quiet_until: date | None


@dataclass
class Bundle:
    """A message that is to show these items."""

    person: int
    key: str
    items: list[int]
    facts: dict[str, Any] = field(default_factory=dict)


def bundle_key(person: int, day: date) -> str:
    return f"bundle:{person}:{day}"


_MIDNIGHT = sa.bindparam("midnight", type_=NudgeRow.__table__.c.later_until.type)  # type: ignore[attr-defined]
_HAD = (
    select_columns(sa.literal(1))
    .where(
        col(Outbox.key)
        == sa.literal("bundle:") + sa.cast(col(NudgeRow.person), sa.String) + sa.bindparam("suffix", type_=sa.String)
    )
    .correlate(NudgeRow)
    .exists()
)
_RIPE = (
    OPEN,
    col(NudgeRow.day) <= _TODAY,
    sa.or_(col(NudgeRow.later_until).is_(None), col(NudgeRow.later_until) < _MIDNIGHT),
)
_WAITING = Prepared(
    select_columns(Person.id, Person.nudge_minute, Person.quiet_until)
    .join(NudgeRow, col(NudgeRow.person) == col(Person.id))
    .where(*_RIPE, col(Person.active).is_(True), sa.not_(_HAD))
    .distinct()
    .order_by(col(Person.id))
)
_LATER = Prepared(
    select_columns(NudgeRow.id, NudgeRow.person, NudgeRow.kind, NudgeRow.later_until, Person.quiet_until)
    .join(Person, col(NudgeRow.person) == col(Person.id))
    .where(
        OPEN,
        col(NudgeRow.later_until) >= _MIDNIGHT,
        col(NudgeRow.later_until) <= sa.bindparam("now", type_=_MIDNIGHT.type),
    )
    .where(col(Person.active).is_(True))
    .order_by(col(NudgeRow.id))
)


def waiting(session: Session, today: date, midnight: datetime) -> list[Waiting]:
    """Who has something waiting for today's bundle. midnight: when today began."""
    return [Waiting(*found) for found in _WAITING.rows(session, today=today, midnight=midnight, suffix=f":{today}")]


def ripe(session: Session, persons: Sequence[int], today: date, midnight: datetime) -> list[Item]:
    """The open items of these persons that today's bundle may show, oldest first."""
    columns = select_columns(NudgeRow.id, NudgeRow.person, NudgeRow.kind, NudgeRow.created_at)
    statement = columns.where(*_RIPE, col(NudgeRow.person).in_(persons)).order_by(col(NudgeRow.id))
    return [Item(*found) for found in session.execute(statement, {"today": today, "midnight": midnight})]


def come_back(session: Session, midnight: datetime, now: datetime) -> list[Later]:
    """The items put off to a moment of today that has come."""
    return [Later(*found) for found in _LATER.rows(session, midnight=midnight, now=now)]


_SHOW = Prepared(
    sa.update(NudgeRow)
    .where(col(NudgeRow.id) == sa.bindparam("which"))
    .values(state=sa.bindparam("state"), bundle=sa.bindparam("bundle"), day=sa.bindparam("day"))
)


def lay(session: Session, bundles: Sequence[Bundle], today: date, now: datetime, expires_at: datetime) -> None:
    """Lays a message down for each bundle, to be drawn when it is sent, and ties its items to it: two statements."""
    messages, ties = [], []
    for bundle in bundles:
        number = next_id(session, Outbox)
        message = {"person": bundle.person, "render": "bundle", "facts": bundle.facts, "expires_at": expires_at}
        messages.append({"id": number, "key": bundle.key, **message})
        ties += [{"which": item, "state": "shown", "bundle": number, "day": today} for item in bundle.items]
    if messages:
        outbox.put_nudges(session, messages, now)
        failpoint("nudges.laid")
        _SHOW.many(session, list(ties))


def reopen(session: Session) -> None:
    """What was tied to a bundle that never arrived waits for the next one."""
    lost = sa.or_(
        col(Outbox.state) == "failed", sa.and_(col(Outbox.state) == "cancelled", col(Outbox.error) == "expired")
    )
    never = (
        select_columns(sa.literal(1)).where(col(Outbox.id) == col(NudgeRow.bundle), lost).correlate(NudgeRow).exists()
    )
    session.execute(
        sa.update(NudgeRow)
        .where(SHOWN, never)
        .values(state="open", bundle=None)
        .execution_options(synchronize_session=False)
    )


def forget(session: Session, before: date) -> None:
    """What was shown before this day and never taken up is over."""
    session.execute(sa.update(NudgeRow).where(SHOWN, col(NudgeRow.day) < before).values(state="done"))


def told_on(session: Session, day: date) -> list[NudgeRow]:
    """What the bundles of this day show or would show: items that are open, and those that day's bundles have shown."""
    shown = select_columns(sa.literal(1)).where(
        col(Outbox.id) == col(NudgeRow.bundle), col(Outbox.key).like(f"bundle:%:{day}")
    )
    where = sa.or_(sa.and_(OPEN, col(NudgeRow.day) <= day), sa.and_(SHOWN, shown.correlate(NudgeRow).exists()))
    return list(session.exec(select(NudgeRow).where(where).order_by(col(NudgeRow.id))))


def known(session: Session, keys: Sequence[str]) -> set[str]:
    """Which of these keys have an item."""
    found: set[str] = set()
    for at in range(0, len(keys), 5000):
        some = col(NudgeRow.key).in_(keys[at : at + 5000])
        found |= set(session.execute(select_columns(NudgeRow.key).where(some)).scalars())
    return found


def persons(session: Session) -> dict[int, Person]:
    """Everybody who may be told something."""
    return {person.id: person for person in session.exec(select(Person).where(col(Person.active).is_(True)))}
