"""own calendars, and the days on which people are busy by them

Why: people keep a calendar anyway. Its busy times are read from its address, which is kept encrypted, or
from a file, which is not kept; what remains are days.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "busy_span",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_busy_span_in_order")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_busy_span_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "source", "first_day", name=op.f("pk_busy_span")),
    )
    op.create_index("ix_busy_span_person", "busy_span", ["person_id", "first_day"], unique=False)
    op.create_table(
        "own_calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("server", sa.String(length=260), nullable=False),
        sa.Column("address_sealed", sa.Text(), nullable=False),
        sa.Column("rule", sa.String(length=8), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("problem", sa.String(length=20), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("etag", sa.String(length=200), nullable=False),
        sa.Column("last_modified", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_whole_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("hours BETWEEN 1 AND 24", name=op.f("ck_own_calendar_hours_of_a_day")),
        sa.CheckConstraint("kind IN ('address', 'file')", name=op.f("ck_own_calendar_known_kind")),
        sa.CheckConstraint("rule IN ('all_day', 'long', 'every')", name=op.f("ck_own_calendar_known_rule")),
        sa.CheckConstraint(
            "state IN ('new', 'read', 'failing', 'stopped')", name=op.f("ck_own_calendar_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_own_calendar_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_calendar")),
    )
    op.create_index("ix_own_calendar_due", "own_calendar", ["due_at"], unique=False)
    op.create_index(op.f("ix_own_calendar_person_id"), "own_calendar", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("own_calendar")
    op.drop_table("busy_span")
