"""A closed period says up to which entry of the log it stands, and keeps what its tables and rates are summed by"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TEXTS = ("category", "chain", "town")
COUNTS = ("matters", "milestones")
SUMS = ("invested_before", "plan_so_far")


def upgrade() -> None:
    op.add_column("closed_period", sa.Column("entry", sa.Integer(), nullable=True))
    for name in TEXTS:
        op.add_column("closed_figure", sa.Column(name, sa.String(), nullable=False, server_default=""))
    for name in SUMS:
        op.add_column("closed_figure", sa.Column(name, sa.BigInteger(), nullable=True))
    for name in COUNTS:
        op.add_column("closed_figure", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("closed_figure", sa.Column("rates", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    for name in ("rates", *COUNTS, *SUMS, *TEXTS):
        op.drop_column("closed_figure", name)
    op.drop_column("closed_period", "entry")
