"""borders and who is counted

Why: a border that is closed for some days is kept, so that the next plan knows it as well as the repair that
was asked for; and people who want it are counted by gender where plans are compared for equity.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "border_closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("changed_at", app.db.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_border_closure_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_border_closure")),
    )
    op.create_index(op.f("ix_border_closure_last_day"), "border_closure", ["last_day"], unique=False)
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("gender", sa.String(length=5), server_default="", nullable=False))
        person.create_check_constraint(
            op.f("ck_person_known_gender"), "gender IN ('', 'woman', 'man', 'other')"
        )


def downgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.drop_constraint(op.f("ck_person_known_gender"), type_="check")
        person.drop_column("gender")
    op.drop_index(op.f("ix_border_closure_last_day"), "border_closure")
    op.drop_table("border_closure")
