"""Figures that are true: doubts, figures of others, spot checks, corrections with a reason; words that are learnt"""

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SOURCES = ("chat", "on_plan", "proxy", "import")
STATES = ("counts", "review", "returned")
OPEN = sa.text("state = 'open'")
CORRECTS = sa.text("corrects IS NOT NULL")
UNFILED = sa.text("filed_as = ''")
MOMENT = sa.DateTime(timezone=True)


def key(table: str, name: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}_{to}"))


def whole(name: str, *, null: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=null)


def text(name: str) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=False)


def moment(name: str, *, null: bool = False) -> sa.Column:
    return sa.Column(name, MOMENT, nullable=null)


def place() -> list[sa.Column]:
    return [sa.Column(name, sa.Float(), nullable=True) for name in ("latitude", "longitude")]


def tables() -> None:
    op.create_table(
        "doubt",
        *(whole("id"), whole("project"), whole("report"), text("code"), sa.Column("facts", sa.JSON(), nullable=False)),
        *(text("state"), text("explanation"), moment("found_at")),
        *(whole("settled_by", null=True), moment("settled_at", null=True)),
        *(key("doubt", "project", "project"), key("doubt", "report", "report"), key("doubt", "settled_by", "person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubt")),
    )
    op.create_index("ix_doubt_open", "doubt", ["project"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index(op.f("ix_doubt_report"), "doubt", ["report"])
    op.create_table(
        "outside_figure",
        *(whole("id"), whole("project"), text("kind"), text("month")),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        *(whole("report", null=True), whole("person"), moment("said_at")),
        *(key("outside_figure", "project", "project"), key("outside_figure", "person", "person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_figure")),
    )
    op.create_index("ix_outside_figure_project", "outside_figure", ["project", "kind", "month"])
    op.create_table(
        "spot_check",
        *(whole("id"), sa.Column("seed", sa.BigInteger(), nullable=False), whole("project"), whole("report")),
        *(whole("inspector"), whole("drawn_by"), moment("drawn_at"), text("state"), text("words")),
        *(whole("correction", null=True), moment("done_at", null=True)),
        *(key("spot_check", "project", "project"), key("spot_check", "report", "report")),
        *(key("spot_check", "inspector", "person"), key("spot_check", "drawn_by", "person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_check")),
    )
    op.create_index(op.f("ix_spot_check_project"), "spot_check", ["project"])
    op.create_index(op.f("ix_spot_check_inspector"), "spot_check", ["inspector"])
    op.create_table(
        "lexicon_word",
        *(whole("id"), text("kind"), text("word"), text("meaning"), text("source")),
        *(whole("added_by", null=True), moment("added_at"), sa.Column("active", sa.Boolean(), nullable=False)),
        key("lexicon_word", "added_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lexicon_word")),
        sa.UniqueConstraint("kind", "word", name=op.f("uq_lexicon_word_kind_word")),
    )
    op.create_table(
        "unread_clause",
        *(whole("id"), whole("project", null=True), whole("report", null=True), whole("matter", null=True)),
        *(text("message"), text("clause"), whole("person", null=True), moment("at")),
        *(text("filed_as"), whole("filed_by", null=True), moment("filed_at", null=True)),
        *(key("unread_clause", "project", "project"), key("unread_clause", "person", "person")),
        key("unread_clause", "filed_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unread_clause")),
    )
    op.create_index("ix_unread_clause_open", "unread_clause", ["id"], sqlite_where=UNFILED, postgresql_where=UNFILED)


def check_report(batch: object, sources: tuple[str, ...]) -> None:
    for name, column, values in (("source", "source", sources), ("reportstate", "state", STATES)):
        allowed = ", ".join(f"'{value}'" for value in values)
        batch.create_check_constraint(op.f(f"ck_report_{name}"), f"{column} IN ({allowed})")


def drop_checks(batch: object) -> None:
    if op.get_bind().dialect.name != "sqlite":  # there they are lost in the copying
        for name in ("source", "reportstate"):
            batch.drop_constraint(op.f(f"ck_report_{name}"), type_="check")


def upgrade() -> None:
    with op.batch_alter_table("report") as batch:
        batch.add_column(sa.Column("reason", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("messages", sa.JSON(), nullable=False, server_default="[]"))
        drop_checks(batch)
        check_report(batch, (*SOURCES, "inspection"))
    op.create_index("ix_report_corrects", "report", ["corrects"], sqlite_where=CORRECTS, postgresql_where=CORRECTS)
    op.add_column("project", sa.Column("doubt", sa.String(), nullable=False, server_default=""))
    op.add_column("stored_file", sa.Column("likeness", sa.String(), nullable=False, server_default=""))
    op.add_column("stored_file", moment("taken_at", null=True))
    op.create_index(op.f("ix_stored_file_sha256"), "stored_file", ["sha256"])
    for table in ("project", "stored_file"):
        for column in place():
            op.add_column(table, column)
    tables()


def downgrade() -> None:
    for table in ("unread_clause", "lexicon_word", "spot_check", "outside_figure", "doubt"):
        op.drop_table(table)
    for table in ("project", "stored_file"):
        for column in place():
            op.drop_column(table, column.name)
    op.drop_index(op.f("ix_stored_file_sha256"), "stored_file")
    op.drop_column("stored_file", "taken_at")
    op.drop_column("stored_file", "likeness")
    op.drop_column("project", "doubt")
    op.drop_index("ix_report_corrects", "report")
    with op.batch_alter_table("report") as batch:
        drop_checks(batch)
        check_report(batch, SOURCES)
        batch.drop_column("messages")
        batch.drop_column("reason")
