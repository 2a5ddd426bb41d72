"""webhooks, and each call of one

Why: programs elsewhere are told what happened, again and again until they have heard it.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("server", sa.String(length=260), nullable=False),
        sa.Column("address_sealed", sa.Text(), nullable=False),
        sa.Column("key_sealed", sa.Text(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", app.db.Instant(timezone=True), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.db.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('active', 'stopped')", name=op.f("ck_webhook_known_state")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_webhook_account_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_account_id"), "webhook", ["account_id"])
    op.create_table(
        "webhook_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.String(length=60), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", app.db.Instant(timezone=True), nullable=False),
        sa.Column("due_at", app.db.Instant(timezone=True), nullable=False),
        sa.Column("tried_at", app.db.Instant(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "state IN ('due', 'calling', 'delivered', 'failed')", name=op.f("ck_webhook_call_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_call_webhook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_call")),
        sa.UniqueConstraint("message_id", name=op.f("uq_webhook_call_message_id")),
        sa.UniqueConstraint("webhook_id", "entry_id", name=op.f("uq_webhook_call_webhook_id_entry_id")),
    )
    op.create_index("ix_webhook_call_due", "webhook_call", ["state", "due_at"])


def downgrade() -> None:
    op.drop_table("webhook_call")
    op.drop_table("webhook")
