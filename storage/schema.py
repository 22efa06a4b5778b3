"""Brings a database to today's tables, or says that it is newer than this program."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

HOME = Path(__file__).parent / "migrations"
TRIGGERS = ("dispatch_log_no_update", "dispatch_log_no_delete", "dispatch_log_no_replace")


class Newer(Exception):
    """The database was written by a newer version of this program."""


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HOME))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def up_to_date(connection: Connection) -> bool:
    """Whether a database has today's tables, as a reader finds it."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def upgrade(engine: Engine) -> None:
    """Applies what is missing, in one transaction. Raises Newer."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # Batch migrations copy tables; with foreign keys on, dropping the old copy fails.
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        script = ScriptDirectory.from_config(configuration())
        current = MigrationContext.configure(connection).get_current_revision()
        if current == script.get_current_head():
            return
        if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
            raise Newer(
                f"this database is at version {current}, which this program does not know: install the newer program"
            )
        command.upgrade(configuration(connection), "head")
        connection.commit()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
