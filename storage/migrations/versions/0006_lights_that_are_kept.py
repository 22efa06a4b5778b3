"""Lights are kept change by change, beside those that are declared; stages with their day and evidence"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
LIGHTS = ("green", "yellow", "red")
STAGES = (
    "reserve", "signed", "started", "building", "completed", "in_production", "at_capacity", "stopped", "resumed",
)  # fmt: skip


def key(table: str, name: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}_{to}"))


def whole(name: str, *, null: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=null)


def text(name: str) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=False)


def word(name: str, *, null: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length=24), nullable=null)


def among(table: str, kind: str, *columns: str) -> list[sa.CheckConstraint]:
    """Columns of one vocabulary, checked by the database."""
    words = STAGES if kind == "stage" else LIGHTS
    allowed = ", ".join(f"'{one}'" for one in words)
    names = [f"ck_{table}_{kind}"] * len(columns)
    return [
        sa.CheckConstraint(f"{column} IN ({allowed})", name=op.f(name if at == 0 else f"{name}_{at}"))
        for at, (column, name) in enumerate(zip(columns, names, strict=True))
    ]


def upgrade() -> None:
    op.create_table(
        "light_change",
        *(
            whole("id"),
            whole("project"),
            sa.Column("day", sa.Date(), nullable=False),
            sa.Column("at", MOMENT, nullable=False),
        ),
        *(word("was"), word("light"), sa.Column("reasons", sa.JSON(), nullable=False), text("rule")),
        *among("light_change", "light", "was", "light"),
        key("light_change", "project", "project"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_light_change")),
    )
    op.create_index("ix_light_change_project", "light_change", ["project", "day", "id"])
    op.create_table(
        "light_declared",
        *(whole("id"), whole("project"), word("light", null=True), word("computed"), text("reason"), whole("person")),
        sa.Column("said_at", MOMENT, nullable=False),
        *among("light_declared", "light", "light", "computed"),
        *(key("light_declared", "project", "project"), key("light_declared", "person", "person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_light_declared")),
    )
    op.create_index("ix_light_declared_project", "light_declared", ["project", "id"])
    op.create_table(
        "stage",
        *(whole("id"), whole("project"), word("stage"), sa.Column("day", sa.Date(), nullable=False)),
        *(text("basis"), text("evidence"), sa.Column("resume_on", sa.Date(), nullable=True)),
        *(whole("report", null=True), whole("person", null=True)),
        *(sa.Column("said_at", MOMENT, nullable=False), sa.Column("withdrawn_at", MOMENT, nullable=True)),
        *among("stage", "stage", "stage"),
        *(key("stage", "project", "project"), key("stage", "report", "report"), key("stage", "person", "person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage")),
    )
    op.create_index("ix_stage_project", "stage", ["project", "day", "id"])
    op.create_index(op.f("ix_stage_report"), "stage", ["report"])
    op.add_column("project", word("stage", null=True))
    for name in ("stage_on", "stopped_on", "resume_on"):
        op.add_column("project", sa.Column(name, sa.Date(), nullable=True))


def downgrade() -> None:
    for name in ("resume_on", "stopped_on", "stage_on", "stage"):
        op.drop_column("project", name)
    for table in ("stage", "light_declared", "light_change"):
        op.drop_table(table)
