"""what decides whether people can come: notice, borders, visas, and what they need there

Why: a plan that sends somebody where they cannot go, or sooner than they can be there, is none.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "travel_facts",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("passports", sa.JSON(), nullable=False),
        sa.Column("interpreter", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "notice_days BETWEEN 0 AND 365", name=op.f("ck_travel_facts_notice_within_a_year")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_travel_facts_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_travel_facts")),
    )
    op.create_table(
        "travel_country",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.CheckConstraint("answer IN ('never', 'rather_not')", name=op.f("ck_travel_country_known_answer")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_travel_country_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "country", name=op.f("pk_travel_country")),
    )
    op.create_table(
        "access_needs",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_access_needs_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_access_needs")),
    )
    op.create_table(
        "visa_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("passport", sa.String(length=2), nullable=False),
        sa.Column("destination", sa.String(length=2), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(days IS NULL) = is_closed", name=op.f("ck_visa_time_days_or_closed")),
        sa.CheckConstraint(
            "days IS NULL OR days BETWEEN 0 AND 730", name=op.f("ck_visa_time_within_two_years")
        ),
        sa.CheckConstraint("passport <> destination", name=op.f("ck_visa_time_two_countries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visa_time")),
        sa.UniqueConstraint("code", name=op.f("uq_visa_time_code")),
        sa.UniqueConstraint("passport", "destination", name=op.f("uq_visa_time_passport_destination")),
    )
    op.create_index("ix_visa_time_destination", "visa_time", ["destination"], unique=False)


def downgrade() -> None:
    for table in ("visa_time", "access_needs", "travel_country", "travel_facts"):
        op.drop_table(table)
