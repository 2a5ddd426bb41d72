"""letters that are not wanted

Why: who gets letters that are not essential can stop them, from the mail program, from the page that the
link in them opens, or in the account; and the pages that chase people say so. A sign-in code is found at
once, however many letters wait with it.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STATES = "state IN ('queued', 'sending', 'sent', 'kept', 'failed', 'replaced'{})"

CODES = sa.text("kind = 'sign_in'")


def upgrade() -> None:
    op.create_table(
        "letter_subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("category", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("stopped_at", app.db.Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "category IN ('reminders', 'needs', 'availability', 'nominations', 'propositions')",
            name=op.f("ck_letter_subscription_known_category"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_subscription")),
        sa.UniqueConstraint("address", "category", name=op.f("uq_letter_subscription_address_category")),
    )
    with op.batch_alter_table("outbox_letter") as letter:
        letter.drop_constraint(op.f("ck_outbox_letter_known_state"), type_="check")
        letter.create_check_constraint(
            op.f("ck_outbox_letter_known_state"), STATES.format(", 'unwanted'")
        )
    op.create_index(
        "ix_outbox_letter_codes",
        "outbox_letter",
        ["state", "due_at"],
        sqlite_where=CODES,
        postgresql_where=CODES,
    )
    with op.batch_alter_table("needs_letter") as letter:
        letter.add_column(sa.Column("unwanted", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("needs_letter") as letter:
        letter.drop_column("unwanted")
    op.execute("DELETE FROM outbox_letter WHERE state = 'unwanted'")
    op.drop_index("ix_outbox_letter_codes", "outbox_letter")
    with op.batch_alter_table("outbox_letter") as letter:
        letter.drop_constraint(op.f("ck_outbox_letter_known_state"), type_="check")
        letter.create_check_constraint(op.f("ck_outbox_letter_known_state"), STATES.format(""))
    op.drop_table("letter_subscription")
