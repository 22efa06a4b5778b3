"""A 问题台账 comes in: its rows wait for the office to make matters of them. A row that is a matter already changes nothing; where the table
says otherwise than the matter does, it is told."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.ledger import Ledger, LedgerMatter
from bot.rules.words import Category
from storage import forms
from storage.db import next_id
from storage.tables import Matter, Project, Proposal

ID = re.compile(r"(\d{1,6})-(\d{1,4})")
CATEGORIES = (
    (Category.LAND, "用地|土地|供地|林地|红线"), (Category.MONEY, "资金|融资|贷款|债"), (Category.APPROVAL, "审批|手续|批复|规划|环评|许可"),
    (Category.EXPROPRIATION, "征|拆|搬迁|迁改|附着物"), (Category.POWER, "供?电|电力|电网"), (Category.WATER, "供?水|排水|污水"),
    (Category.GAS, "燃气|天然气|供气"), (Category.HEAT, "供?热|供暖"), (Category.NETWORK, "通信|网络|通讯"), (Category.ROAD, "道路|交通|市政"),
    (Category.UTILITIES, "要素|用能|配套|能耗"), (Category.LABOUR, "用工|招工|人才|劳动"), (Category.SURROUNDINGS, "施工环境|阻工|扰民|环境"),
    (Category.OWNER, "企业|业主|招商|市场"),
)  # fmt: skip
_CATEGORIES = tuple((category, re.compile(pattern)) for category, pattern in CATEGORIES)


@dataclass
class MattersTaken:
    """What became of the rows of a ledger of problems."""

    added: list[Proposal] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    closed: int = 0
    """Rows that the table calls settled, new to us: kept as such."""
    same: int = 0
    lost: list[tuple[str, int, str]] = field(default_factory=list)
    """(sheet, row, project's name) of rows whose project is not known."""
    foreign: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    """The numbers of matters that the table calls closed, and that are not."""


def normal(text: str) -> str:
    """A name as it is compared: half width, no blanks, no quotes or brackets' kinds."""
    return re.sub(r"[\s“”\"'《》·]", "", unicodedata.normalize("NFKC", text)).lower()


def category_of(words: str) -> Category:
    """What a table's word for a category means here; 其他 where nothing fits."""
    return Category.of(words) or next((one for one, pattern in _CATEGORIES if pattern.search(words)), Category.OTHER)


def take_matters(
    session: Session, ledger: Ledger, of_name: Callable[[str], tuple[Project | None, bool]], home: int, now: datetime
) -> MattersTaken:
    """Takes the rows in. of_name: the project of a name, and whether it may be changed; home: the unit for rows about no project."""
    done = MattersTaken()
    placed = [(entry, *of_name(entry.project)) for entry in ledger.matters]
    projects = list(dict.fromkeys(row.id for _, row, _ in placed if row is not None))
    known = {
        (row.project, normal(row.words)): row
        for row in (*forms.of_projects(session, projects), *forms.of_no_project(session))
    }
    matters = forms.matters_of(session, projects)
    by_words = {(matter.project, normal(matter.words)): matter for matter in matters}
    by_id = {matter.id: matter for matter in matters}
    numbers = {(matter.project, matter.number): matter for matter in matters}
    for entry, row, mine in placed:
        project = row.id if row else None
        general = normal(entry.project) in ("", "综合事项")
        named = ID.fullmatch(entry.id.strip())
        matter = numbers.get((project, int(named[2]))) if named else None
        waits = known.get((project, normal(entry.words)))
        matter = (
            matter
            or by_words.get((project, normal(entry.words)))
            or (by_id.get(waits.matter) if waits and waits.matter else None)
        )
        if row is None and not general:
            done.lost.append((entry.sheet, entry.row, entry.project))
        elif not mine:
            done.foreign.append(entry.project)
        elif matter is not None:
            _beside(done, row, matter, entry)
        elif waits is not None:
            _changed(done, waits, entry)
        else:
            known[project, normal(entry.words)] = made = _proposal(session, entry, project, home, now)
            session.add(made)
            done.closed += entry.closed
            if not entry.closed:
                done.added.append(made)
    session.flush()
    return done


def _beside(done: MattersTaken, row: Project | None, matter: Matter, entry: LedgerMatter) -> None:
    """A matter's own steps change it, no table does: where the table has it closed and we have not, it is told."""
    if entry.closed and matter.state.open:
        done.differs.append(f"{row.number if row else 0}-{matter.number}")
    else:
        done.same += 1


def _changed(done: MattersTaken, known: Proposal, entry: LedgerMatter) -> None:
    values: dict[str, Any] = {
        "unit_words": entry.unit,
        "person_words": entry.person,
        "answer": entry.answer,
        "note": entry.note,
    }
    if entry.due and (
        entry.due.day is None or entry.due.day != known.due_on
    ):  # the same day in other words is no change
        values |= {"due_on": entry.due.day, "due_words": entry.due.words}
    if known.state in ("open", "closed"):
        values["state"] = "closed" if entry.closed else "open"
    different = {name: value for name, value in values.items() if value and getattr(known, name) != value}
    for name, value in different.items():
        setattr(known, name, value)
    if different:
        done.changed.append(known.words)
    else:
        done.same += 1


def _proposal(session: Session, entry: LedgerMatter, project: int | None, home: int, now: datetime) -> Proposal:
    return Proposal(
        id=next_id(session, Proposal), project=project, unit_scope=home, words=entry.words, category=category_of(entry.category),
        unit_words=entry.unit, person_words=entry.person, raised_on=entry.raised.day if entry.raised else None,
        due_on=entry.due.day if entry.due else None, due_words=entry.due.words if entry.due else "", answer=entry.answer, note=entry.note,
        state="closed" if entry.closed else "open", source=f"{entry.sheet} {entry.row}", taken_at=now,
    )  # fmt: skip
