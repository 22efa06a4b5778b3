"""What came in and had its words taken out is shown anew"""

import sqlalchemy as sa
from alembic import op


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CHANGED = sa.text("changed_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("incoming", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_incoming_changed", "incoming", ["changed_at"], sqlite_where=CHANGED, postgresql_where=CHANGED)


def downgrade() -> None:
    op.drop_index("ix_incoming_changed", "incoming")
    op.drop_column("incoming", "changed_at")
