"""grades of availability, what comes back, school holidays, and asking people

Why: people answer once for a season, in three grades and a preference, and are chased until they do.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _know_kinds("unavailable", "if_need_be", "preferred", "available")
    op.create_table(
        "availability_pattern",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("grade", sa.String(length=12), nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('weekly', 'ramadan', 'school_holidays')",
            name=op.f("ck_availability_pattern_known_kind"),
        ),
        sa.CheckConstraint(
            "grade IN ('unavailable', 'if_need_be', 'preferred')",
            name=op.f("ck_availability_pattern_known_grade"),
        ),
        sa.CheckConstraint(
            "(kind = 'weekly') = (weekdays <> '')",
            name=op.f("ck_availability_pattern_weekdays_when_weekly"),
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_availability_pattern_in_order")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_availability_pattern_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_pattern")),
    )
    op.create_index(
        op.f("ix_availability_pattern_person_id"), "availability_pattern", ["person_id"], unique=False
    )
    op.create_table(
        "school_holiday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_school_holiday_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_holiday")),
    )
    op.create_index("ix_school_holiday_country", "school_holiday", ["country", "first_day"], unique=False)
    op.create_table(
        "availability_ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("who", sa.String(length=12), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("remind_every", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("opened_at", app.db.Instant(timezone=True), nullable=False),
        sa.Column("closed_at", app.db.Instant(timezone=True), nullable=True),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_availability_ask_in_order")),
        sa.CheckConstraint(
            "who IN ('teaching', 'learning', 'everybody')", name=op.f("ck_availability_ask_known_who")
        ),
        sa.CheckConstraint("remind_every >= 0", name=op.f("ck_availability_ask_not_negative")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_availability_ask_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["group.id"], name=op.f("fk_availability_ask_group_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_ask")),
    )
    op.create_index(
        "ix_availability_ask_open", "availability_ask", ["closed_at", "closes_on"], unique=False
    )
    op.create_index(
        op.f("ix_availability_ask_organisation_id"), "availability_ask", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_availability_ask_group_id"), "availability_ask", ["group_id"], unique=False)
    op.create_table(
        "availability_asked",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("due_at", app.db.Instant(timezone=True), nullable=True),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("written_at", app.db.Instant(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=12), nullable=False),
        sa.Column("answered_at", app.db.Instant(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=200), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "answer IN ('', 'told', 'as_it_stands', 'always')",
            name=op.f("ck_availability_asked_known_answer"),
        ),
        sa.CheckConstraint(
            "(answer = '') = (answered_at IS NULL)", name=op.f("ck_availability_asked_answered_when")
        ),
        sa.ForeignKeyConstraint(
            ["ask_id"],
            ["availability_ask.id"],
            name=op.f("fk_availability_asked_ask_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_availability_asked_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_asked")),
        sa.UniqueConstraint("ask_id", "person_id", name=op.f("uq_availability_asked_ask_id_person_id")),
    )
    op.create_index("ix_availability_asked_due", "availability_asked", ["due_at"], unique=False)
    op.create_index(
        op.f("ix_availability_asked_person_id"), "availability_asked", ["person_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("availability_asked")
    op.drop_table("availability_ask")
    op.drop_table("school_holiday")
    op.drop_table("availability_pattern")
    op.execute("DELETE FROM availability_span WHERE kind NOT IN ('unavailable', 'preferred')")
    _know_kinds("unavailable", "preferred")


def _know_kinds(*kinds: str) -> None:
    """Have spans be of these kinds."""
    with op.batch_alter_table("availability_span") as batch_op:
        batch_op.drop_constraint(op.f("ck_availability_span_known_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_availability_span_known_kind"), f"kind IN {kinds}")
