"""What a store's driver is given: counted by tests, replayed by benchmarks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from storage import prepared

Statement = tuple[str, Any]
"""SQL as the driver gets it, and its values."""


@dataclass
class Recorded:
    """What one engine's driver was given. statements: rows of an executemany one by one; calls: one for all of them."""

    statements: list[Statement] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    commits: int = 0

    @property
    def changes(self) -> list[Statement]:
        return [(sql, values) for sql, values in self.statements if sql.startswith(("INSERT", "UPDATE", "DELETE"))]

    def add(self, sql: str, rows: list[Any]) -> None:
        if not sql.startswith("BEGIN"):
            self.calls.append(sql)
            self.statements.extend((sql, values) for values in rows)


@contextmanager
def recording(engine: sa.Engine) -> Iterator[Recorded]:
    """Notes what is executed meanwhile, through SQLAlchemy or past it."""
    found, driver = Recorded(), prepared.driver

    def executes(_connection: Any, _cursor: Any, sql: str, values: Any, _context: Any, many: bool) -> None:
        found.add(sql, values if many else [values])

    def commits(_connection: Any) -> None:
        found.commits += 1

    sa.event.listen(engine, "before_cursor_execute", executes)
    sa.event.listen(engine, "commit", commits)
    prepared.driver = lambda session: _Overheard(driver(session), found)
    try:
        yield found
    finally:
        prepared.driver = driver
        sa.event.remove(engine, "before_cursor_execute", executes)
        sa.event.remove(engine, "commit", commits)


class _Overheard:
    """A driver's connection or cursor, its statements noted."""

    def __init__(self, real: Any, found: Recorded) -> None:
        self._real, self._found = real, found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def cursor(self) -> "_Overheard":
        return _Overheard(self._real.cursor(), self._found)

    def execute(self, sql: str, values: Any) -> Any:
        self._found.add(sql, [values])
        return self._real.execute(sql, values)

    def executemany(self, sql: str, rows: list[Any]) -> Any:
        self._found.add(sql, rows)
        return self._real.executemany(sql, rows)
