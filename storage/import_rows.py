"""The parts of a project that a ledger tells: milestones, the months' plan, who has which role; and how new rows go in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import make_transient_to_detached
from sqlmodel import Session, SQLModel, select

from bot.ledger import FormKind, Ledger, LedgerMilestone, LedgerProject
from bot.rules.preparation import Step, placed, step_of
from bot.rules.words import Precision, Role
from storage.db import next_id
from storage.entities import fresh
from storage.import_matters import MattersTaken, normal
from storage.import_people import Persons
from storage.prepared import Prepared, insert
from storage.projects import NEVER
from storage.tables import Assignment, Milestone, Person, Plan, Project, Report, Unit


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
    missing: list[tuple[int, str]] = field(default_factory=list)
    """(number, name) of the projects in reach that the ledger does not list."""
    foreign: list[str] = field(default_factory=list)
    """The names of projects outside the reach of who takes it in: not taken."""
    people_left: int = 0
    """Persons of the sheet 人员 that were left out: posts are an administrator's to give."""
    without_base: list[str] = field(default_factory=list)
    """Projects whose sum of a month could not be joined to a sum since January."""
    matters: MattersTaken = field(default_factory=MattersTaken)
    list_changes: Any = None
    """What became of the rows of a 清单调整表 (handlers.list_deeds.Taken)."""
    rows: dict[int, list[SQLModel]] = field(default_factory=dict)
    """project -> its new and changed rows, for the log."""

    def touch(self, project: int, *rows: SQLModel) -> None:
        self.rows.setdefault(project, []).extend(rows)


class Rows:
    """The rows of the projects of one ledger: what is known of them, fetched once, and what becomes of it."""

    def __init__(self, session: Session, ledger: Ledger, now: datetime, today: date) -> None:
        self.session, self.ledger, self.now, self.today = session, ledger, now, today
        self.done = Imported()
        self.new: set[int] = set()
        self._new: dict[type[SQLModel], list[SQLModel]] = {}
        self.who = Persons(session, now, today, self._add)

    def _fetch(self, known: Iterable[Project]) -> None:
        """What there is of these projects."""
        known = list(known)
        self.milestones = _grouped(self.session, Milestone, known)
        self.plans = _grouped(self.session, Plan, known)
        self.assigned = _grouped(self.session, Assignment, known)

    @property
    def _year(self) -> int:
        return self.ledger.year or self.today.year

    @property
    def preparation(self) -> bool:
        """Whether it is a 前期工作台账: its thirteen steps are known by more than one name."""
        return any(form.kind is FormKind.PREPARATION for form in self.ledger.forms)

    def _milestones(self, row: Project, entry: LedgerProject) -> bool:
        here = self.milestones.get(row.id, [])
        known = {normal(milestone.name): milestone for milestone in here}
        steps: dict[Step | None, Milestone] = {}
        if self.preparation:
            steps.update(placed((milestone.name, milestone) for milestone in here).items())
        changed = False
        for position, wanted in enumerate(entry.milestones):
            milestone = known.get(normal(wanted.name)) or _same_step(steps.get(step_of(wanted.name)), wanted)
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
            if name == "precision" and same_day("due_words", wanted.due_words, values, milestone):
                continue
            if new not in (None, "") and old != new and not same_day(name, new, values, milestone):
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
            if item is None and not amount:
                continue
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
        holders: dict[Role, set[int]] = {}
        for item in known:
            holders.setdefault(item.role, set()).add(item.person)
        wanted = {(role, person.id): rank for role, rank, person in self.who.named(entry, lead, root, holders)}
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


_INSERT: dict[type[SQLModel], Prepared] = {
    table: insert(table) for table in (Unit, Person, Project, Milestone, Plan, Assignment, Report)
}


def _same_step(known: Milestone | None, wanted: LedgerMilestone) -> Milestone | None:
    """The milestone that stands for a step of the form under a name of its own, where the form says nothing else of it: a table of ours
    calls it as the form does. Another day is another's."""
    return known if known is not None and wanted.due in (None, known.due) else None


def same_day(name: str, new: Any, values: dict[str, Any], row: SQLModel) -> bool:
    """Whether the words of a date are no more than its day, which is known: a table of ours writes it where no words were given. Or whether a
    day comes from words that are known, and that name their year: 2025 is the first of January where 2025-2027 was written."""
    if name.endswith("_on"):
        words = values.get(name.removesuffix("_on") + "_words", "")
        return (
            words == getattr(row, name.removesuffix("_on") + "_words", None) and re.search(r"20\d\d", words) is not None
        )
    day = name.removesuffix("_words")
    known = getattr(row, f"{day}_on", None) or getattr(row, day, None) if name.endswith("_words") else None
    wanted = values.get(f"{day}_on", values.get(day))
    return known is not None and known == wanted and new == known.isoformat()


def _grouped(session: Session, table: Any, projects: Iterable[Project]) -> dict[int, list[Any]]:
    """project -> its rows of a table, in chunks that every database takes."""
    ids = [row.id for row in projects]
    found: dict[int, list[Any]] = {}
    for at in range(0, len(ids), 500):
        for row in session.exec(select(table).where(table.project.in_(ids[at : at + 500]))).all():
            found.setdefault(row.project, []).append(row)
    return found
