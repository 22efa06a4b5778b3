"""Statements of the hot paths, compiled once per database and given to the driver itself, values converted as SQLAlchemy converts them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel import Session, SQLModel

Convert = Callable[[Any], Any] | None


def driver(session: Session) -> Any:
    """The driver's connection, within the session's transaction. Its errors are the driver's own."""
    return session.info.get("driver") or session.connection().connection.dbapi_connection


class _Ready:
    """One statement as one database takes it."""

    def __init__(self, statement: Any, dialect: Dialect, columns: list[str] | None) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        self.names = list(binds if compiled.positiontup is None else compiled.positiontup)
        self.by_name = compiled.positiontup is None
        self.into: list[tuple[str, Any, Convert]] = [
            (name, binds[name].value, binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in self.names
        ]
        selected = getattr(statement, "selected_columns", ())
        self.out: list[Convert] = [_reader(column.type.dialect_impl(dialect), dialect) for column in selected]
        self.plain = not any(self.out)

    def values(self, given: Mapping[str, Any]) -> Any:
        made = [
            convert(given.get(name, constant)) if convert else given.get(name, constant)
            for name, constant, convert in self.into
        ]
        return dict(zip(self.names, made, strict=True)) if self.by_name else made

    def all_values(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """The same for many rows, column by column; what is the same in every row is converted once."""
        columns: list[Iterable[Any]] = []
        for name, constant, convert in self.into:
            column = [row.get(name, constant) for row in rows]
            if convert is None:
                columns.append(column)
            elif all(value is column[0] for value in column):
                columns.append([convert(column[0])] * len(rows))
            else:
                columns.append(map(convert, column))
        made = list(zip(*columns, strict=True))
        return [dict(zip(self.names, row, strict=True)) for row in made] if self.by_name else made


def _reader(kind: Any, dialect: Dialect) -> Convert:
    """How a column's values are read; words of a vocabulary by a look into a dictionary."""
    if isinstance(kind, sa.Enum) and kind.enum_class:
        return dict(zip(kind.enums, kind.enum_class, strict=True)).get
    if isinstance(
        kind, sa.Float
    ):  # both drivers give floats; psycopg's own reader asks for a type code that is known later only
        return None
    read: Convert = kind.result_processor(dialect, None)
    return read


class Prepared:
    """A statement with `sa.bindparam` names; `rows(session, name=value)` or `run(session, name=value)`.

    statement: the same for every database, or a function of the dialect's name. columns: for inserts, the columns given.
    """

    def __init__(self, statement: Any, columns: Iterable[str] | None = None) -> None:
        self._make: Callable[[str], Any] = statement if callable(statement) else lambda _dialect: statement
        self._columns = list(columns) if columns is not None else None
        self._ready: dict[str, _Ready] = {}

    def _as_taken(self, session: Session) -> _Ready:
        dialect = session.get_bind().dialect
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = _Ready(self._make(dialect.name), dialect, self._columns)
        return ready

    def rows(self, session: Session, **given: Any) -> list[tuple[Any, ...]]:
        """Every row, as plain tuples."""
        return list(self.each(session, **given))

    def each(self, session: Session, **given: Any) -> Iterator[tuple[Any, ...]]:
        """The same rows, all of them read at once, converted one by one as they are asked for."""
        ready = self._as_taken(session)
        found: list[tuple[Any, ...]] = driver(session).execute(ready.sql, ready.values(given)).fetchall()
        if ready.plain or not found:
            return iter(found)
        columns = zip(ready.out, zip(*found, strict=True), strict=True)
        return zip(*[map(convert, column) if convert else column for convert, column in columns], strict=True)

    def row(self, session: Session, **given: Any) -> tuple[Any, ...] | None:
        """The first row; None where there is none."""
        found = self.rows(session, **given)
        return found[0] if found else None

    def run(self, session: Session, **given: Any) -> int:
        """Executes a change; returns how many rows it touched."""
        ready = self._as_taken(session)
        return int(driver(session).execute(ready.sql, ready.values(given)).rowcount)

    def many(self, session: Session, rows: list[Mapping[str, Any]]) -> int:
        """Executes a change for each row in one call of the driver; returns how many rows were touched, −1 where it cannot tell."""
        if not rows:
            return 0
        ready, cursor = self._as_taken(session), driver(session).cursor()
        cursor.executemany(ready.sql, ready.all_values(rows))
        return int(cursor.rowcount)


def insert(table: type[SQLModel], *, new: bool = False) -> Prepared:
    """An insert of whole rows; `new`: rows that break a unique key are passed over."""
    columns = [column.name for column in table.__table__.columns]  # type: ignore[attr-defined]
    if not new:
        return Prepared(sa.insert(table), columns)
    kinds: dict[str, Callable[[type[SQLModel]], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    return Prepared(lambda dialect: kinds[dialect](table).on_conflict_do_nothing(), columns)
