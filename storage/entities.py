"""Rows of the hot paths as entities of the session, read and written through prepared statements.

They are what the session itself would give: one object per row, its changes noticed. What is not saved here is saved by the
session's own flush, at eight times the cost.
"""

from collections import namedtuple
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Generic, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.orm import make_transient, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, SQLModel

from storage.prepared import Prepared, insert

T = TypeVar("T", bound=SQLModel)


def fresh(table: type[T], **values: Any) -> T:
    """A row that is not in the database yet, the other columns as their defaults are: for thousands of rows, at a tenth of the cost
    of calling the class."""
    plain, factories = _defaults(table)
    row: T = sa.inspect(table).class_manager.new_instance()
    row.__dict__.update(plain)
    row.__dict__.update({name: make() for name, make in factories.items()})
    row.__dict__.update(values)
    return row


@cache
def _defaults(table: type[SQLModel]) -> tuple[dict[str, Any], dict[str, Any]]:
    optional = {name: field for name, field in table.model_fields.items() if not field.is_required()}
    plain = {name: field.default for name, field in optional.items() if field.default_factory is None}
    return plain, {name: field.default_factory for name, field in optional.items() if field.default_factory}


class Entities(Generic[T]):
    """The rows of one table whose key is `id`."""

    def __init__(self, table: type[T]) -> None:
        mapper = sa.inspect(table)
        self._table = table
        self._columns = table.__table__.c  # type: ignore[attr-defined]
        self._names = [column.name for column in self._columns]
        self._blank = mapper.class_manager.new_instance
        self._plain: Any = namedtuple(table.__name__, self._names)  # type: ignore[misc]
        self._insert = insert(table)
        self._updates: dict[tuple[str, ...], Prepared] = {}
        self._by_id = self.where(self._columns.id == sa.bindparam("id"))

    def where(self, *conditions: Any, order_by: tuple[Any, ...] = (), limit: Any = None) -> Prepared:
        """A statement for `all`; its `sa.bindparam` names are given there."""
        return Prepared(sa.select(*self._columns).where(*conditions).order_by(*order_by).limit(limit))

    def get(self, session: Session, number: int) -> T | None:
        """The row with this id; None where there is none."""
        known: T | None = session.identity_map.get((self._table, (number,), None))
        return known or next(iter(self.all(session, self._by_id, id=number)), None)

    def all(self, session: Session, statement: Prepared, **given: Any) -> list[T]:
        """What a statement of `where` finds. A row the session knows already comes as it is there."""
        return list(self.each(session, statement, **given))

    def each(self, session: Session, statement: Prepared, **given: Any) -> Iterator[T]:
        """The same, one by one: for whoever may stop before the end."""
        for values in statement.each(session, **given):
            row: T | None = session.identity_map.get((self._table, (values[0],), None))
            yield row or self._kept(session, dict(zip(self._names, values, strict=True)))

    def look(self, session: Session, statement: Prepared, **given: Any) -> list[T]:
        """The same to be looked at only: what the session does not know comes as plain values, which can be neither changed nor saved."""
        known = session.identity_map
        return [
            known.get((self._table, (values[0],), None)) or cast(T, self._plain._make(values))
            for values in statement.rows(session, **given)
        ]

    def _kept(self, session: Session, values: Mapping[str, Any]) -> T:
        row: T = self._blank()
        row.__dict__.update(values)
        make_transient_to_detached(row)
        session.add(row)
        return row

    def add(self, session: Session, values: Mapping[str, Any]) -> T:
        """Inserts a row, every column given; returns it."""
        self._insert.run(session, **values)
        return self._kept(session, values)

    def save(self, session: Session, row: T) -> None:
        """Updates the columns that were changed. A row that is not in the database yet goes in with the session's flush."""
        state = sa.inspect(row)
        if not state.persistent:
            session.flush()
            return
        changed = [name for name, old in state.committed_state.items() if old != row.__dict__[name]]
        if changed:
            self._write(session, state.identity[0], {name: row.__dict__[name] for name in changed})
        make_transient(row)
        make_transient_to_detached(row)
        session.add(row)

    def change(self, session: Session, number: int, **values: Any) -> None:
        """Updates columns of the row with this id, in the session too where it knows the row."""
        self._write(session, number, values)
        row = session.identity_map.get((self._table, (number,), None))
        for name, value in values.items() if row else ():
            set_committed_value(row, name, value)

    def _write(self, session: Session, number: int, values: Mapping[str, Any]) -> None:
        names = tuple(sorted(values))
        if names not in self._updates:
            change = sa.update(self._table).where(self._columns.id == sa.bindparam("which"))
            self._updates[names] = Prepared(change.values({name: sa.bindparam(name) for name in names}))
        self._updates[names].run(session, which=number, **values)
