"""The persons and units that a ledger names: found where they are known, made where they are not."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

from sqlmodel import Session, SQLModel, col, select

from bot.ledger import LedgerName, LedgerPerson, LedgerProject
from bot.rules.words import Role
from storage import people
from storage.db import next_id
from storage.entities import fresh
from storage.tables import Person, Unit

OFFICIALS = (Role.GENERAL_COORDINATOR, Role.GENERAL_DISPATCHER, Role.COORDINATOR, Role.DISPATCH_OFFICIAL)


class Persons:
    """Everybody known, fetched once. `add`: takes a new row; `unsure`: (project, name, unit) of who was taken for somebody new though others
    bear the name."""

    def __init__(self, session: Session, now: datetime, today: date, add: Callable[[SQLModel], None]) -> None:
        self.session, self.now, self.today, self.add = session, now, today, add
        self.made, self.posts, self.unsure = 0, 0, list[tuple[str, str, str]]()
        self.units = {unit.name: unit for unit in session.exec(select(Unit)).all()}
        self.known: dict[str, list[Person]] = {}
        for person in session.exec(select(Person).where(col(Person.active).is_(True)).order_by(col(Person.id))).all():
            self.known.setdefault(person.name, []).append(person)

    def unit(self, name: str, parent: int | None) -> Unit:
        """The unit of this name; a new one below `parent`."""
        unit = self.units.get(name)
        if unit is None:
            unit = fresh(Unit, id=next_id(self.session, Unit), name=name, parent=parent)
            self.units[name] = unit
            self.add(unit)
        return unit

    # --- the sheet 人员 ---------------------------------------------------------------------------------------------

    def listed(self, entry: LedgerPerson, root: Unit) -> Person:
        """A person of the sheet 人员."""
        person = self.person(
            LedgerName(entry.name, entry.title, entry.phone), self.unit(entry.unit, root.id) if entry.unit else root
        )
        if entry.title and person.title != entry.title:
            person.title = entry.title
        if entry.scope:
            self.unit(entry.scope, root.id)
        return person

    def give_posts(self, person: Person, entry: LedgerPerson, root: Unit) -> None:
        over = self.units[entry.scope or entry.unit] if entry.scope or entry.unit else root
        before = {post.role for post in people.posts_of(self.session, person.id, self.today) if post.unit == over.id}
        for post in set(entry.posts) - before:
            people.give_post(self.session, person.id, over.id, post, self.today)
            self.posts += 1

    # --- the roles of a project -------------------------------------------------------------------------------------

    def named(
        self, entry: LedgerProject, lead: Unit, root: Unit, holders: dict[Role, set[int]]
    ) -> Iterator[tuple[Role, int, Person]]:
        """(role, rank, person) of everybody whom a row names. holders: who has each role now; of several of one name it is they."""
        for role, names in entry.roles.items():
            for rank, one in enumerate(names):
                held = [person for person in self.known.get(one.name, ()) if person.id in holders.get(role, ())]
                phone = one.phone or (entry.contact_phone if role is Role.OWNER_CONTACT and rank == 0 else "")
                named = LedgerName(one.name, one.title, phone)
                if held:
                    yield role, rank, self._completed(held[0], named)
                elif role in OFFICIALS:
                    yield role, rank, self._official(one, lead if role in OFFICIALS[2:] else root, root, entry)
                elif role is Role.OWNER_CONTACT:
                    yield role, rank, self.person(named, self.unit(entry.owner, root.id) if entry.owner else lead)
                else:
                    yield role, rank, self.person(named, lead)

    def person(self, named: LedgerName, unit: Unit) -> Person:
        """The person meant: of this unit, else with this telephone number; else a new one."""
        for person in self.known.get(named.name, []):
            if person.unit == unit.id or (named.phone and person.phone == named.phone):
                return self._completed(person, named)
        return self._new(named, unit)

    def _official(self, named: LedgerName, lead: Unit, root: Unit, entry: LedgerProject) -> Person:
        """One of the four: of the leading unit, else of the district, else the only one of this name."""
        candidates = self.known.get(named.name, [])
        for unit in (lead, root):
            for person in candidates:
                if person.unit == unit.id:
                    return person
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            self.unsure.append((entry.name, named.name, lead.name))
        return self._new(named, lead)

    def _new(self, named: LedgerName, unit: Unit) -> Person:
        person = fresh(
            Person,
            id=next_id(self.session, Person),
            name=named.name,
            unit=unit.id,
            title=named.title,
            phone=named.phone,
            created_at=self.now,
        )
        self.known.setdefault(named.name, []).append(person)
        self.made += 1
        self.add(person)
        return person

    def _completed(self, person: Person, named: LedgerName) -> Person:
        if named.phone and not person.phone:
            person.phone = named.phone
        if named.title and not person.title:
            person.title = named.title
        return person
