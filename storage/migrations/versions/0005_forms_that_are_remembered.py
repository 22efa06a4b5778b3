"""The columns of a form of theirs are remembered; rows of their ledgers of problems wait to become matters"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CATEGORIES = (
    "land", "money", "approval", "expropriation", "utilities", "road", "water", "power", "network", "gas", "heat", "labour", "surroundings",
    "owner", "other",
)  # fmt: skip
MOMENT = sa.DateTime(timezone=True)


def key(table: str, name: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}_{to}"))


def whole(name: str, *, null: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=null)


def text(name: str) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "form",
        *(text("fingerprint"), text("kind"), text("title"), sa.Column("columns", sa.JSON(), nullable=False)),
        *(whole("used_by", null=True), sa.Column("used_at", MOMENT, nullable=False), whole("times")),
        key("form", "used_by", "person"),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_form")),
    )
    category = sa.Enum(*CATEGORIES, native_enum=False, create_constraint=True, length=24, name="category")
    op.create_table(
        "proposal",
        *(whole("id"), whole("project", null=True), whole("unit_scope"), text("words")),
        sa.Column("category", category, nullable=False),
        *(text("unit_words"), text("person_words")),
        *(sa.Column("raised_on", sa.Date(), nullable=True), sa.Column("due_on", sa.Date(), nullable=True)),
        *(text("due_words"), text("answer"), text("note"), text("state"), whole("matter", null=True), text("source")),
        *(whole("taken_by", null=True), sa.Column("taken_at", MOMENT, nullable=False)),
        *(
            key("proposal", "project", "project"),
            key("proposal", "unit_scope", "unit"),
            key("proposal", "matter", "matter"),
        ),
        key("proposal", "taken_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_project"), "proposal", ["project"])
    op.create_index(op.f("ix_proposal_unit_scope"), "proposal", ["unit_scope"])


def downgrade() -> None:
    op.drop_table("proposal")
    op.drop_table("form")
