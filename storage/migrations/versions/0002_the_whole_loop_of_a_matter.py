"""The whole loop of a matter"""

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPEN = sa.text("state <> 'closed'")
REVIEWED = sa.text("review_on IS NOT NULL")
EPOCH = "1970-01-01 00:00:00"
UTILITIES = ("road", "water", "power", "network", "gas", "heat")
CATEGORIES = ("land", "money", "approval", "expropriation", "utilities", "labour", "surroundings", "owner", "other")
STATES = ("unsigned", "handling", "answered", "disputed", "closed")
KEPT = {"urgency": ("ordinary", "urgent"), "result": ("solved", "partly", "conditions", "explained")}
WIDENED = {
    "category": (CATEGORIES, (*CATEGORIES, *UTILITIES)),
    "state": (STATES, (*STATES, "promised", "referred", "suspended")),
}
VOCABULARY = {
    "origin": ("blocker", "directive", "meeting", "inspection"),
    "given_way": ("chat", "telephone", "meeting", "paper"),
    "fast_lane": ("none", "asked", "granted", "refused"),
}
POSTS = ("dispatcher", "leader", "head", "deputy_head", "intake", "supervisor", "administrator", "auditor")
NAMES = {
    "category": "category", "state": "matterstate", "urgency": "urgency", "result": "result", "origin": "origin", "given_way": "way",
    "fast_lane": "fastlane",
}  # fmt: skip


def texts() -> list[sa.Column]:
    names = (
        "standard",
        "document",
        "plan",
        "procedure",
        "paused_state",
        "paused_reason",
        "fast_kind",
        "fast_reason",
        "proposal",
        "decision",
    )
    columns = [sa.Column(name, sa.String(), nullable=False, server_default="") for name in names]
    columns.append(sa.Column("given_way", sa.String(24), nullable=False, server_default="chat"))
    columns.append(sa.Column("fast_lane", sa.String(24), nullable=False, server_default="none"))
    columns.append(sa.Column("earlier_dates", sa.JSON(), nullable=False, server_default="[]"))
    return columns


def numbers() -> list[sa.Column]:
    kept = [sa.Column(name, sa.Integer(), nullable=False, server_default="0") for name in ("extensions", "reopened")]
    loose = ("unit_scope", "part_of", "meeting", "recorded_by", "left_minutes", "lent_by")
    kept += [sa.Column(name, sa.Integer(), nullable=True) for name in loose]
    return [*kept, sa.Column("internal", sa.Boolean(), nullable=False, server_default=sa.false())]


def moments() -> list[sa.Column]:
    moment = sa.DateTime(timezone=True)
    kept = [
        sa.Column(name, moment, nullable=False, server_default=EPOCH) for name in ("since_at", "look_at", "handed_at")
    ]
    kept += [
        sa.Column(name, moment, nullable=True) for name in ("first_answered_at", "lent_until", "fast_at", "agenda_at")
    ]
    return kept + [
        sa.Column(name, sa.Date(), nullable=True)
        for name in ("given_on", "promised_on", "promise_open", "paused_until", "review_on")
    ]


def check(batch: object, name: str, values: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{value}'" for value in values)
    batch.create_check_constraint(op.f(f"ck_matter_{NAMES[name]}"), f"{name} IN ({allowed})")


def check_posts(values: tuple[str, ...]) -> None:
    """Which posts there may be; in SQLite a check of the same name takes the place of the one before."""
    allowed = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table("post") as batch:
        if op.get_bind().dialect.name != "sqlite":
            batch.drop_constraint(op.f("ck_post_post"), type_="check")
        batch.create_check_constraint(op.f("ck_post_post"), f"role IN ({allowed})")


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("deputy", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["deputy"], ["person.id"], name=op.f("fk_delegation_deputy_person")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_delegation_person_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index(op.f("ix_delegation_deputy"), "delegation", ["deputy"])
    op.create_index(op.f("ix_delegation_person"), "delegation", ["person"])
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("chair", sa.Integer(), nullable=True),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chair"], ["person.id"], name=op.f("fk_meeting_chair_person")),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_meeting_unit_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_unit"), "meeting", ["unit"])
    with op.batch_alter_table("matter") as batch:
        for column in (*texts(), *numbers(), *moments()):
            batch.add_column(column)
        batch.alter_column("project", existing_type=sa.Integer(), nullable=True)
        batch.drop_index("ix_matter_open_due")
        if not sqlite:  # there they were lost in the copying
            for name in WIDENED:
                batch.drop_constraint(op.f(f"ck_matter_{NAMES[name]}"), type_="check")
        else:
            for name, values in KEPT.items():
                check(batch, name, values)
        for name, (_, values) in WIDENED.items():
            check(batch, name, values)
        for name, values in VOCABULARY.items():
            check(batch, name, values)
        for name, table in (
            ("meeting", "meeting"),
            ("recorded_by", "person"),
            ("unit_scope", "unit"),
            ("part_of", "matter"),
        ):
            batch.create_foreign_key(op.f(f"fk_matter_{name}_{table}"), table, [name], ["id"])
    op.execute("UPDATE matter SET since_at = raised_at, handed_at = raised_at, look_at = due_at")
    op.create_index("ix_matter_open_look", "matter", ["look_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_matter_review_on", "matter", ["review_on"], sqlite_where=REVIEWED, postgresql_where=REVIEWED)
    for name in ("meeting", "part_of", "recorded_by"):
        op.create_index(op.f(f"ix_matter_{name}"), "matter", [name])
    with op.batch_alter_table("matter_concern") as batch:
        batch.add_column(sa.Column("watches", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("nudge") as batch:
        batch.add_column(sa.Column("acting_for", sa.Integer(), nullable=True))
    check_posts((*POSTS, "liaison"))


def downgrade() -> None:
    op.execute("DELETE FROM post WHERE role = 'liaison'")
    check_posts(POSTS)
    with op.batch_alter_table("nudge") as batch:
        batch.drop_column("acting_for")
    with op.batch_alter_table("matter_concern") as batch:
        batch.drop_column("watches")
    for name in (
        "ix_matter_open_look",
        "ix_matter_review_on",
        "ix_matter_meeting",
        "ix_matter_part_of",
        "ix_matter_recorded_by",
    ):
        op.drop_index(name, "matter")
    with op.batch_alter_table("matter") as batch:
        for name, table in (
            ("meeting", "meeting"),
            ("recorded_by", "person"),
            ("unit_scope", "unit"),
            ("part_of", "matter"),
        ):
            batch.drop_constraint(op.f(f"fk_matter_{name}_{table}"), type_="foreignkey")
        for name in (*WIDENED, *VOCABULARY):
            batch.drop_constraint(op.f(f"ck_matter_{NAMES[name]}"), type_="check")
        for name, (values, _) in WIDENED.items():
            check(batch, name, values)
        for column in (*texts(), *numbers(), *moments()):
            batch.drop_column(column.name)
        batch.alter_column("project", existing_type=sa.Integer(), nullable=False)
    op.create_index("ix_matter_open_due", "matter", ["due_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.drop_table("meeting")
    op.drop_table("delegation")
