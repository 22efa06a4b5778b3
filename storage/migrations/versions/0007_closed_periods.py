"""Closed periods and published papers"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
PERIODS = ("ten_days", "month")
LEVELS = ("province", "city", "district")
KINDS = ("new", "continued", "reserve")
LIGHTS = ("green", "yellow", "red")


def key(table: str, name: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}_{to}"))


def whole(*names: str, null: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.Integer(), nullable=null) for name in names]


def money(*names: str, null: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.BigInteger(), nullable=null) for name in names]


def text(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def days(*names: str, null: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.Date(), nullable=null) for name in names]


def moments(*names: str, null: bool = False) -> list[sa.Column]:
    return [sa.Column(name, MOMENT, nullable=null) for name in names]


def json(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.JSON(), nullable=False) for name in names]


def word(name: str, vocabulary: str, values: tuple[str, ...], *, null: bool = False) -> sa.Column:
    kind = sa.Enum(*values, name=vocabulary, native_enum=False, create_constraint=True, length=24)
    return sa.Column(name, kind, nullable=null)


def upgrade() -> None:
    op.create_table(
        "closed_period",
        *(*whole("id", "unit"), word("kind", "periodkind", PERIODS), *days("first", "until"), *text("state")),
        *(*whole("projects"), *text("digest"), *whole("closed_by", null=True), *moments("closed_at")),
        *(*whole("reopened_by", null=True), *moments("reopened_at", null=True), *text("reason")),
        *(key("closed_period", name, "person") for name in ("closed_by", "reopened_by")),
        key("closed_period", "unit", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_period")),
    )
    op.create_index("ix_closed_period_span", "closed_period", ["kind", "first", "unit"])
    op.create_index(op.f("ix_closed_period_unit"), "closed_period", ["unit"])
    op.create_table(
        "closed_figure",
        *(*whole("period", "project"), *text("name"), *whole("unit"), *whole("lead_unit", null=True)),
        *(word("level", "level", LEVELS), word("kind", "kind", KINDS), *money("total", null=True)),
        *(*money("year_plan", "plan", "planned"), *money("actual", "done", null=True), *days("as_of", null=True)),
        *(*whole("points", null=True), sa.Column("met", sa.Boolean(), nullable=False), *whole("progress", null=True)),
        *(*text("progress_words", "stage"), word("light", "light", LIGHTS), *json("reasons"), *text("doubt")),
        *(key("closed_figure", "period", "closed_period"), key("closed_figure", "project", "project")),
        sa.PrimaryKeyConstraint("period", "project", name=op.f("pk_closed_figure")),
    )
    op.create_index(op.f("ix_closed_figure_project"), "closed_figure", ["project"])
    op.create_table(
        "paper",
        *(*whole("id", "unit"), *text("kind"), word("period_kind", "periodkind", PERIODS, null=True)),
        *(*days("first", "until", null=True), *whole("matter", null=True), *whole("year"), *whole("number", null=True)),
        *(*text("title", "state"), *json("sections", "facts", "files", "recipients")),
        *(*whole("made_by", null=True), *moments("made_at")),
        *(*whole("edited_by", null=True), *moments("edited_at", null=True)),
        *(*whole("published_by", null=True), *moments("published_at", null=True)),
        *(key("paper", name, "person") for name in ("made_by", "edited_by", "published_by")),
        *(key("paper", "matter", "matter"), key("paper", "unit", "unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
    )
    op.create_index(op.f("ix_paper_matter"), "paper", ["matter"])
    op.create_index("ix_paper_unit", "paper", ["unit", "state", "id"])


def downgrade() -> None:
    for table in ("paper", "closed_figure", "closed_period"):
        op.drop_table(table)
