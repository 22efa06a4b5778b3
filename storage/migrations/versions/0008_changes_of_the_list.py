"""The list changes with basis and date; calendar links; why figures of others differ"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def key(table: str, name: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}_{to}"))


def text(name: str) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=False)


def upgrade() -> None:
    op.add_column("project", sa.Column("left_on", sa.Date(), nullable=True))
    op.add_column("outside_figure", sa.Column("reason", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "list_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project", sa.Integer(), nullable=False),
        text("kind"),
        sa.Column("day", sa.Date(), nullable=False),
        *(text("basis"), text("reason"), text("old_name"), text("new_name")),
        sa.Column("ended", sa.JSON(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        *(key("list_change", "project", "project"), key("list_change", "person", "person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_change")),
    )
    op.create_index(op.f("ix_list_change_project"), "list_change", ["project"])
    op.create_table(
        "calendar_link",
        text("token_hash"),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("project", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        *(key("calendar_link", "person", "person"), key("calendar_link", "project", "project")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_calendar_link")),
    )
    op.create_index(op.f("ix_calendar_link_person"), "calendar_link", ["person"])


def downgrade() -> None:
    op.drop_table("calendar_link")
    op.drop_table("list_change")
    op.drop_column("outside_figure", "reason")
    op.drop_column("project", "left_on")
