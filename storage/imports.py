"""Taking a ledger in (台账导入). Import is not news: figures become reports with source and as-of date, nobody is nudged for the past.

A project is the same where its code is the same, else where normalised name and owner are. Twice the same file changes nothing.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import make_transient_to_detached
from sqlmodel import Session, SQLModel, col, select

from bot.ledger import Ledger, LedgerMilestone, LedgerName, LedgerPerson, LedgerProject
from bot.rules.words import Kind, Level, Precision, Role, Source
from storage import list_changes, people
from storage.db import next_id
from storage.entities import fresh
from storage.prepared import Prepared, insert
from storage.projects import NEVER
from storage.tables import Assignment, Milestone, Person, Plan, Project, Report, Unit

STALE_DAYS = 45
"""Figures older than this: the project waits for the dispatcher before anybody is nudged for it."""
DEFAULTS: dict[str, Any] = {"level": Level.DISTRICT, "kind": Kind.NEW}
OFFICIALS = (Role.GENERAL_COORDINATOR, Role.GENERAL_DISPATCHER, Role.COORDINATOR, Role.DISPATCH_OFFICIAL)
PLACEHOLDER = "本级"
"""The top unit's name until a ledger tells the district's."""
DISTRICT = re.compile(r"^(.{1,8}?(?:自治县|新区|[区县市旗]))")


Judge = Callable[[Project, list[Milestone], dict[int, int]], None]
"""Works out light and next look of a changed project, from its milestones and the plan of the current year."""


@dataclass(frozen=True)
class Change:
    """One thing that a second import found different: old and new as plain values."""

    project: int
    name: str
    what: str
    old: Any
    new: Any


@dataclass
class Imported:
    """What an import did (or would do)."""

    added: list[Project] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    same: int = 0
    persons: int = 0
    posts: int = 0
    overdue: list[tuple[str, int]] = field(default_factory=list)
    unsure: list[tuple[str, str, str]] = field(default_factory=list)
    rows: dict[int, list[SQLModel]] = field(default_factory=dict)
    """project -> its new and changed rows, for the log."""

    def touch(self, project: int, *rows: SQLModel) -> None:
        self.rows.setdefault(project, []).extend(rows)


def normal(text: str) -> str:
    """A name as it is compared: half width, no blanks, no quotes or brackets' kinds."""
    return re.sub(r"[\s“”\"'《》·]", "", unicodedata.normalize("NFKC", text)).lower()


class Import:
    """One ledger going in. Everything known is fetched once; new rows go in together."""

    def __init__(self, session: Session, ledger: Ledger, now: datetime, today: date, judge: Judge) -> None:
        self.session, self.ledger, self.now, self.today, self.judge = session, ledger, now, today, judge
        self.done = Imported()
        self.units = {unit.name: unit for unit in session.exec(select(Unit)).all()}
        self.persons: dict[str, list[Person]] = {}
        for person in session.exec(select(Person).where(col(Person.active).is_(True)).order_by(col(Person.id))).all():
            self.persons.setdefault(person.name, []).append(person)
        known = session.exec(select(Project)).all()
        self.by_code = {row.code: row for row in known if row.code}
        former = list_changes.former_names(session)
        self.former = {row.id: {normal(name) for name in former.get(row.id, ())} for row in known}
        self.by_name = {(name, normal(row.owner)): row for row in known for name in self.former[row.id]}
        self.by_name |= {(normal(row.name), normal(row.owner)): row for row in known}
        self.numbers = {row.number for row in known}
        self.new: set[int] = set()
        self._new: dict[type[SQLModel], list[SQLModel]] = {}

    def run(self) -> Imported:
        root = self._root()
        held = [(self._listed(entry, root), entry) for entry in self.ledger.people]
        self._flush()
        for person, entry in held:
            self._posts(person, entry, root)
        known = [row for row in (self._find(entry) for entry in self.ledger.projects) if row is not None]
        self.milestones = _grouped(self.session, Milestone, known)
        self.plans = _grouped(self.session, Plan, known)
        self.assigned = _grouped(self.session, Assignment, known)
        for project in self.ledger.projects:
            self._project(project, root)
        self._flush()
        return self.done

    # --- units and persons ------------------------------------------------------------------------------------------

    def _root(self) -> Unit:
        """The district: the top of the tree, else named in the ledger's title."""
        top, named = people.root_unit(self.session), DISTRICT.match(self.ledger.title or "")
        if top is None:
            return self._unit(named.group(1) if named else PLACEHOLDER, None)
        if top.name == PLACEHOLDER and named and named.group(1) not in self.units:
            top.name = named.group(1)
            self.units[top.name] = self.units.pop(PLACEHOLDER)
        return top

    def _unit(self, name: str, parent: int | None) -> Unit:
        unit = self.units.get(name)
        if unit is None:
            unit = fresh(Unit, id=next_id(self.session, Unit), name=name, parent=parent)
            self.units[name] = unit
            self._add(unit)
        return unit

    def _listed(self, entry: LedgerPerson, root: Unit) -> Person:
        """A person of the sheet 人员."""
        person = self._person(
            LedgerName(entry.name, entry.title, entry.phone), self._unit(entry.unit, root.id) if entry.unit else root
        )
        if entry.title and person.title != entry.title:
            person.title = entry.title
        if entry.scope:
            self._unit(entry.scope, root.id)
        return person

    def _posts(self, person: Person, entry: LedgerPerson, root: Unit) -> None:
        over = self.units[entry.scope or entry.unit] if entry.scope or entry.unit else root
        before = {post.role for post in people.posts_of(self.session, person.id, self.today) if post.unit == over.id}
        for post in set(entry.posts) - before:
            people.give_post(self.session, person.id, over.id, post, self.today)
            self.done.posts += 1

    def _person(self, named: LedgerName, unit: Unit) -> Person:
        """The person meant: of this unit, else with this telephone number, else the only one of this name; else a new one."""
        candidates = self.persons.get(named.name, [])
        for person in candidates:
            if person.unit == unit.id or (named.phone and person.phone == named.phone):
                return self._completed(person, named)
        return self._new_person(named, unit)

    def _official(self, named: LedgerName, lead: Unit, root: Unit, entry: LedgerProject) -> Person:
        """One of the four: of the leading unit, else of the district, else the only one of this name."""
        candidates = self.persons.get(named.name, [])
        for unit in (lead, root):
            for person in candidates:
                if person.unit == unit.id:
                    return person
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            self.done.unsure.append((entry.name, named.name, lead.name))
        return self._new_person(named, lead)

    def _new_person(self, named: LedgerName, unit: Unit) -> Person:
        person = fresh(
            Person,
            id=next_id(self.session, Person),
            name=named.name,
            unit=unit.id,
            title=named.title,
            phone=named.phone,
            created_at=self.now,
        )
        self.persons.setdefault(named.name, []).append(person)
        self.done.persons += 1
        self._add(person)
        return person

    def _completed(self, person: Person, named: LedgerName) -> Person:
        if named.phone and not person.phone:
            person.phone = named.phone
        if named.title and not person.title:
            person.title = named.title
        return person

    # --- projects ---------------------------------------------------------------------------------------------------

    def _find(self, entry: LedgerProject) -> Project | None:
        found = self.by_code.get(entry.code) if entry.code else None
        return found or self.by_name.get((normal(entry.name), normal(entry.owner)))

    def _project(self, entry: LedgerProject, root: Unit) -> None:
        row, lead = self._find(entry), self._unit(entry.lead_unit, root.id) if entry.lead_unit else root
        values = self._values(entry, lead, root)
        if row is None:
            row = fresh(
                Project,
                id=next_id(self.session, Project),
                number=self._number(entry.number),
                created_at=self.now,
                **{**DEFAULTS, **values},
            )
            row.accepted_on = None if self._stale(entry) else self.today
            self.by_name[normal(entry.name), normal(entry.owner)] = row
            if entry.code:
                self.by_code[entry.code] = row
            self.done.added.append(row)
            self.new.add(row.id)
            self._add(row)
            changed = True
        else:
            changed = self._update(row, values)
        changed |= (
            self._milestones(row, entry)
            | self._plan(row, entry)
            | self._roles(row, entry, lead, root)
            | self._figures(row, entry)
        )
        self.done.same += not changed
        if changed:
            self.done.touch(row.id, row)
            self.judge(
                row,
                self.milestones.get(row.id, []),
                {item.month: item.amount for item in self.plans.get(row.id, []) if item.year == self.today.year},
            )
        self._note_overdue(row)

    def _values(self, entry: LedgerProject, lead: Unit, root: Unit) -> dict[str, Any]:
        """The ledger's columns of a project; what the ledger leaves empty is not among them."""
        values: dict[str, Any] = {
            "name": entry.name, "code": entry.code, "unit": root.id, "lead_unit": lead.id, "level": entry.level, "kind": entry.kind,
            "category": entry.category, "chain": entry.chain, "content": entry.content, "owner": entry.owner, "town": entry.town, "total": entry.total,
            "invested_before": entry.invested_before, "year": self.ledger.year or self.today.year, "year_plan": entry.year_plan, "problems": list(entry.problems),
            "start_words": entry.start.words if entry.start else "", "start_on": entry.start.day if entry.start else None,
            "finish_words": entry.finish.words if entry.finish else "", "finish_on": entry.finish.day if entry.finish else None,
        }  # fmt: skip
        return {name: value for name, value in values.items() if value not in (None, "")}

    def _number(self, wanted: int | None) -> int:
        """The ledger's own number where it is free: numbers are never reused."""
        number = wanted if wanted and wanted not in self.numbers else max(self.numbers, default=0) + 1
        self.numbers.add(number)
        return number

    def _stale(self, entry: LedgerProject) -> bool:
        as_of = entry.invested_as_of or self.ledger.as_of
        return as_of is not None and as_of < self.today - timedelta(days=STALE_DAYS)

    def _update(self, row: Project, values: dict[str, Any]) -> bool:
        changed = False
        for name, new in values.items():
            old = getattr(row, name)
            if name == "name" and normal(new) in self.former.get(row.id, set()):
                continue
            if old != new and not (name == "year" and new < old):
                self.done.changes.append(Change(row.number, row.name, name, old, new))
                setattr(row, name, new)
                changed = True
        return changed

    def _milestones(self, row: Project, entry: LedgerProject) -> bool:
        known = {normal(milestone.name): milestone for milestone in self.milestones.get(row.id, [])}
        changed = False
        for position, wanted in enumerate(entry.milestones):
            milestone = known.get(normal(wanted.name))
            if milestone is None:
                self._new_milestone(row, wanted, position)
                changed = True
            else:
                changed |= self._update_milestone(row, milestone, wanted)
        return changed

    def _new_milestone(self, row: Project, wanted: LedgerMilestone, position: int) -> None:
        overdue = wanted.due is not None and wanted.due < self.today and not wanted.done
        milestone = fresh(Milestone,
            id=next_id(self.session, Milestone), project=row.id, position=position, name=wanted.name, due=wanted.due, due_words=wanted.due_words,
            precision=wanted.precision or Precision.DAY, standard=wanted.standard, responsible=wanted.responsible,
            done_on=(wanted.done_on or self.ledger.as_of or self.today) if wanted.done else None, watched_from=NEVER if overdue else None,
        )  # fmt: skip
        self.milestones.setdefault(row.id, []).append(milestone)
        if row.id not in self.new:
            self.done.changes.append(Change(row.number, row.name, "milestone", None, wanted.name))
        self.done.touch(row.id, milestone)
        self._add(milestone)

    def _update_milestone(self, row: Project, milestone: Milestone, wanted: LedgerMilestone) -> bool:
        values: dict[str, Any] = {
            "due": wanted.due,
            "due_words": wanted.due_words,
            "precision": wanted.precision,
            "standard": wanted.standard,
            "responsible": wanted.responsible,
        }
        if wanted.done and milestone.done_on is None:
            values["done_on"] = wanted.done_on or self.ledger.as_of or self.today
        changed = False
        for name, new in values.items():
            old = getattr(milestone, name)
            if new not in (None, "") and old != new:
                self.done.changes.append(Change(row.number, row.name, f"milestone:{milestone.name}:{name}", old, new))
                setattr(milestone, name, new)
                changed = True
        if changed:
            self.done.touch(row.id, milestone)
        return changed

    def _plan(self, row: Project, entry: LedgerProject) -> bool:
        year = self.ledger.year or self.today.year
        known = {item.month: item for item in self.plans.get(row.id, []) if item.year == year}
        changed = False
        for month, amount in entry.month_plan.items():
            item = known.get(month)
            if item is None:
                item = fresh(Plan, project=row.id, year=year, month=month, amount=amount)
                self.plans.setdefault(row.id, []).append(item)
                self._add(item)
            elif item.amount == amount:
                continue
            else:
                self.done.changes.append(Change(row.number, row.name, f"plan:{month}", item.amount, amount))
                item.amount = amount
            self.done.touch(row.id, item)
            changed = True
        return changed

    def _roles(self, row: Project, entry: LedgerProject, lead: Unit, root: Unit) -> bool:
        """Assignments as the ledger names them; whoever is no longer named for a role stops holding it yesterday."""
        known = [item for item in self.assigned.get(row.id, []) if item.until is None]
        wanted = {(role, person.id): rank for role, rank, person in self._named(entry, lead, root)}
        changed = False
        for (role, person), rank in wanted.items():
            if not any(item.role == role and item.person == person for item in known):
                item = fresh(
                    Assignment,
                    id=next_id(self.session, Assignment),
                    project=row.id,
                    role=role,
                    person=person,
                    rank=rank,
                    since=self.today,
                )
                self.assigned.setdefault(row.id, []).append(item)
                if row.id not in self.new:
                    self.done.changes.append(Change(row.number, row.name, f"role:{role}", None, person))
                self.done.touch(row.id, item)
                self._add(item)
                changed = True
        for item in known:
            if item.role in entry.roles and (item.role, item.person) not in wanted:
                item.until = self.today - timedelta(days=1)
                self.done.changes.append(Change(row.number, row.name, f"role:{item.role}", item.person, None))
                self.done.touch(row.id, item)
                changed = True
        return changed

    def _named(self, entry: LedgerProject, lead: Unit, root: Unit) -> Iterator[tuple[Role, int, Person]]:
        firm = self._unit(entry.owner, root.id) if entry.owner and entry.roles.get(Role.OWNER_CONTACT) else lead
        for role, names in entry.roles.items():
            for rank, named in enumerate(names):
                if role in OFFICIALS:
                    yield role, rank, self._official(named, lead if role in OFFICIALS[2:] else root, root, entry)
                elif role is Role.OWNER_CONTACT:
                    phone = named.phone or (entry.contact_phone if rank == 0 else "")
                    yield role, rank, self._person(LedgerName(named.name, named.title, phone), firm)
                else:
                    yield role, rank, self._person(named, lead)

    def _figures(self, row: Project, entry: LedgerProject) -> bool:
        """The ledger's figures as a report of their own date. The newest as-of date wins; the same figures again are nothing new."""
        as_of = entry.invested_as_of or self.ledger.as_of
        if as_of is None or (entry.invested_year is None and entry.progress is None and not entry.progress_words):
            return False
        figures = (entry.progress, entry.invested_year, entry.progress_words)
        if row.as_of is not None and (
            as_of < row.as_of
            or (as_of == row.as_of and (_as_it_stands(row, entry) or self._told_before(row, as_of, figures)))
        ):
            return False
        report = fresh(Report,
            id=next_id(self.session, Report), project=row.id, source=Source.IMPORT, said_at=self.now, as_of=as_of, period=f"{as_of:%Y-%m}",
            progress=entry.progress, invested_year=entry.invested_year, words=entry.progress_words, basis=f"{entry.sheet} {entry.row}",
        )  # fmt: skip
        if entry.progress is not None:
            row.progress = entry.progress
        if entry.invested_year is not None:
            row.invested_year, row.invested_as_of = entry.invested_year, as_of
        row.progress_words, row.as_of = entry.progress_words, as_of
        if row.id not in self.new:
            self.done.changes.append(Change(row.number, row.name, "figures", None, entry.invested_year))
        self.done.touch(row.id, report)
        self._add(report)
        return True

    def _told_before(self, row: Project, as_of: date, figures: tuple[Any, ...]) -> bool:
        told = select(Report).where(Report.project == row.id, Report.as_of == as_of, Report.source == Source.IMPORT)
        return any(
            (report.progress, report.invested_year, report.words) == figures for report in self.session.exec(told).all()
        )

    def _note_overdue(self, row: Project) -> None:
        count = sum(
            item.due is not None and item.due < self.today and item.done_on is None
            for item in self.milestones.get(row.id, [])
        )
        if count or row.accepted_on is None:
            self.done.overdue.append((row.name, count))

    # --- writing ----------------------------------------------------------------------------------------------------

    def _add(self, row: SQLModel) -> None:
        self._new.setdefault(type(row), []).append(row)

    def _flush(self) -> None:
        """New rows, each kind in one call of the driver, parents before children; then what changed in place."""
        for table in (Unit, Person, Project, Milestone, Plan, Assignment, Report):
            rows = self._new.pop(table, [])
            if rows:
                _INSERT[table].many(self.session, [vars(row) for row in rows])
                if table in (Unit, Person, Project):
                    for row in rows:
                        make_transient_to_detached(row)
                        self.session.add(row)
        self.session.flush()


def _as_it_stands(row: Project, entry: LedgerProject) -> bool:
    """Whether a ledger only says what is known, from whomever: a table that went out and comes back."""
    words = (row.progress_words, f"{row.progress.normalize():f}%" if row.progress is not None else "")
    return (entry.progress, entry.invested_year) == (row.progress, row.invested_year) and entry.progress_words in words


_INSERT: dict[type[SQLModel], Prepared] = {
    table: insert(table) for table in (Unit, Person, Project, Milestone, Plan, Assignment, Report)
}


def _grouped(session: Session, table: Any, projects: Iterable[Project]) -> dict[int, list[Any]]:
    """project -> its rows of a table, in chunks that every database takes."""
    ids = [row.id for row in projects]
    found: dict[int, list[Any]] = {}
    for at in range(0, len(ids), 500):
        for row in session.exec(select(table).where(table.project.in_(ids[at : at + 500]))).all():
            found.setdefault(row.project, []).append(row)
    return found
