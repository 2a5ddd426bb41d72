"""forms that have been answered

Why: one that is sent twice, over a line that dropped the first answer, must act once.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sent_form",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(length=2000), nullable=False),
        sa.Column("sent_at", app.db.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sent_form")),
    )
    op.create_index(op.f("ix_sent_form_sent_at"), "sent_form", ["sent_at"])


def downgrade() -> None:
    op.drop_table("sent_form")
