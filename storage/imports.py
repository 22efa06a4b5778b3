"""Taking a ledger in (台账导入). Import is not news: figures become reports with source and as-of date, nobody is nudged for the past.

A project is the same where its code is the same, else where normalised name and owner are. Twice the same file changes nothing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from bot.ledger import FormKind, Ledger, LedgerProject
from bot.rules.words import Kind, Level
from storage import list_changes, people
from storage.db import next_id
from storage.entities import fresh
from storage.forms import matters_of
from storage.import_figures import is_known, report, statements
from storage.import_matters import normal, take_matters
from storage.import_rows import Change, Imported, Rows, same_day
from storage.plans import told_of
from storage.tables import Milestone, Project, Unit

STALE_DAYS = 45
"""Figures older than this: the project waits for the dispatcher before anybody is nudged for it."""
DEFAULTS: dict[str, Any] = {"level": Level.DISTRICT, "kind": Kind.NEW}
PLACEHOLDER = "本级"
"""The top unit's name until a ledger tells the district's."""
DISTRICT = re.compile(r"^(.{1,8}?(?:自治县|新区|[区县市旗]))")


Judge = Callable[[Project, list[Milestone], dict[int, int]], None]
"""Works out light and next look of a changed project, from its milestones and the plan of the current year."""


@dataclass(frozen=True)
class Within:
    """Whose projects may be changed: those of these units, or led by them. home: the unit that new ones belong to."""

    units: frozenset[int]
    home: int


class Import(Rows):
    """One ledger going in. Everything known is fetched once; new rows go in together."""

    def __init__(
        self, session: Session, ledger: Ledger, now: datetime, today: date, judge: Judge, within: Within | None = None
    ) -> None:
        super().__init__(session, ledger, now, today)
        self.judge, self.within = judge, within
        self.projects = list(session.exec(select(Project)).all())
        self.by_code = {row.code: row for row in self.projects if row.code}
        former = list_changes.former_names(session)
        self.former = {row.id: {normal(name) for name in former.get(row.id, ())} for row in self.projects}
        self.by_name = {(name, normal(row.owner)): row for row in self.projects for name in self.former[row.id]}
        self.by_name |= {(normal(row.name), normal(row.owner)): row for row in self.projects}
        self.by_name_alone: dict[str, list[Project]] = {}
        for row in self.projects:
            for name in {normal(row.name), *self.former[row.id]}:
                self.by_name_alone.setdefault(name, []).append(row)
        self.numbers = {row.number for row in self.projects}
        self.found: set[int] = set()

    def run(self) -> Imported:
        root = self._root()
        self._people(root)
        entries = [entry for entry in self.ledger.projects if self._mine(entry)]
        known = [row for row in (self._find(entry) for entry in entries) if row is not None]
        self._fetch(known)
        months = any(entry.invested_month is not None or entry.earlier for entry in entries)
        self.raised: dict[int | None, set[str]] = {}
        for matter in matters_of(self.session, [row.id for row in known]) if self.preparation else ():
            self.raised.setdefault(matter.project, set()).add(normal(matter.words))
        self.told = told_of(self.session, [row.id for row in known], self._year) if months else {}
        for project in entries:
            self._project(project, root)
        self._flush()
        self._note_missing()
        if self.ledger.matters:
            home = self.within.home if self.within else root.id
            self.done.matters = take_matters(self.session, self.ledger, self._of_name, home, self.now)
        self.done.persons, self.done.posts, self.done.unsure = self.who.made, self.who.posts, self.who.unsure
        return self.done

    def _people(self, root: Unit) -> None:
        """The sheet 人员: an administrator's alone."""
        if self.within is not None:
            self.done.people_left = len(self.ledger.people)
            return
        held = [(self.who.listed(entry, root), entry) for entry in self.ledger.people]
        self._flush()
        for person, entry in held:
            self.who.give_posts(person, entry, root)

    def _mine(self, entry: LedgerProject) -> bool:
        """Whether a row is of a project that may be changed; others are named."""
        row = self._find(entry)
        mine = self.within is None or row is None or bool({row.unit, row.lead_unit} & self.within.units)
        if not mine:
            self.done.foreign.append(entry.name)
        return mine

    def _of_name(self, name: str) -> tuple[Project | None, bool]:
        """The project of this name alone, and whether it may be changed."""
        found = self.by_name_alone.get(normal(name), [])
        row = found[0] if len(found) == 1 else None
        return row, row is None or self.within is None or bool({row.unit, row.lead_unit} & self.within.units)

    def _note_missing(self) -> None:
        """What a ledger of projects does not list though we have it: told, not changed. Other forms list a part of the projects."""
        if {form.kind for form in self.ledger.forms} - {FormKind.PEOPLE} != {FormKind.LEDGER}:
            return
        for row in sorted(self.projects, key=lambda row: row.number):
            if (
                row.id not in self.found
                and row.left_on is None
                and (self.within is None or {row.unit, row.lead_unit} & self.within.units)
            ):
                self.done.missing.append((row.number, row.name))

    def _root(self) -> Unit:
        """The district: the top of the tree, else named in the ledger's title; for who dispatches a part of it, that part."""
        top, named = people.root_unit(self.session), DISTRICT.match(self.ledger.title or "")
        if self.within is not None and (home := self.session.get(Unit, self.within.home)) is not None:
            return home
        if top is None:
            return self.who.unit(named.group(1) if named else PLACEHOLDER, None)
        if top.name == PLACEHOLDER and named and named.group(1) not in self.who.units:
            top.name = named.group(1)
            self.who.units[top.name] = self.who.units.pop(PLACEHOLDER)
        return top

    # --- projects ---------------------------------------------------------------------------------------------------

    def _find(self, entry: LedgerProject) -> Project | None:
        """The project meant: by code, by name and owner, else by name where the row names no owner and only one bears it."""
        found = self.by_code.get(entry.code) if entry.code else None
        found = found or self.by_name.get((normal(entry.name), normal(entry.owner)))
        if found is None and not entry.owner:
            alone = self.by_name_alone.get(normal(entry.name), [])
            found = alone[0] if len(alone) == 1 else None
        return found

    def _project(self, entry: LedgerProject, root: Unit) -> None:
        row, lead = self._find(entry), self.who.unit(entry.lead_unit, root.id) if entry.lead_unit else root
        values = self._values(entry, lead, root)
        if row is None:
            row = fresh(
                Project,
                id=next_id(self.session, Project),
                number=self._number(entry.number),
                created_at=self.now,
                **{**DEFAULTS, "lead_unit": lead.id, **values},
            )
            row.accepted_on = None if self._stale(entry) else self.today
            self.by_name[normal(entry.name), normal(entry.owner)] = row
            if entry.code:
                self.by_code[entry.code] = row
            self.done.added.append(row)
            self.new.add(row.id)
            self.projects.append(row)
            self.by_name_alone.setdefault(normal(entry.name), []).append(row)
            self._add(row)
            changed = True
        else:
            del values["unit"]
            if lead.id == (row.lead_unit or row.unit):
                values.pop("lead_unit", None)
            changed = self._update(row, values)
        self.found.add(row.id)
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
            "name": entry.name, "code": entry.code, "unit": root.id, "lead_unit": lead.id if entry.lead_unit else None, "level": entry.level, "kind": entry.kind,
            "category": entry.category, "chain": entry.chain, "content": entry.content, "owner": entry.owner, "town": entry.town, "total": entry.total,
            "invested_before": entry.invested_before, "year": self.ledger.year or self.today.year, "year_plan": entry.year_plan, "problems": self._problems(entry),
            "start_words": entry.start.words if entry.start else "", "start_on": entry.start.day if entry.start else None,
            "finish_words": entry.finish.words if entry.finish else "", "finish_on": entry.finish.day if entry.finish else None,
        }  # fmt: skip
        return {name: value for name, value in values.items() if value not in (None, "")}

    def _problems(self, entry: LedgerProject) -> list[str] | None:
        """What a ledger tells of problems but for those that are matters already: a table of ours names both."""
        row = self._find(entry) if self.preparation else None
        raised = self.raised.get(row.id, set()) if row else set()
        return [words for words in entry.problems if normal(words) not in raised] if entry.problems_told else None

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
            if old != new and not (name == "year" and new < old) and not same_day(name, new, values, row):
                self.done.changes.append(Change(row.number, row.name, name, old, new))
                setattr(row, name, new)
                changed = True
        return changed

    def _figures(self, row: Project, entry: LedgerProject) -> bool:
        """The ledger's figures as reports of their own dates."""
        as_of = entry.invested_as_of or self.ledger.as_of
        said, lost = statements(entry, self.told.get(row.id, ()), as_of, self.today)
        if lost:
            self.done.without_base.append(row.name)
        before, words = row.invested_year, row.progress_words
        fresh_ones = [one for one in said if not is_known(self.session, row, one)]
        for one in fresh_ones:
            made = report(self.session, row, one, self.now)
            self.done.touch(row.id, made)
            self._add(made)
        if fresh_ones and row.id not in self.new:
            money = any(one.invested_year is not None or one.invested_month is not None for one in fresh_ones)
            told = ("figures", before, row.invested_year) if money else ("progress_words", words, row.progress_words)
            self.done.changes.append(Change(row.number, row.name, *told))
        return bool(fresh_ones)

    def _note_overdue(self, row: Project) -> None:
        count = sum(
            item.due is not None and item.due < self.today and item.done_on is None
            for item in self.milestones.get(row.id, [])
        )
        if count or row.accepted_on is None:
            self.done.overdue.append((row.name, count))
