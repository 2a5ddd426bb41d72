"""tokens for programs, and the answers to what they write

Why: programs plan and read rounds in somebody's name; what they send twice must act once.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", app.db.Instant(timezone=True), nullable=False),
        sa.Column("expires_at", app.db.Instant(timezone=True), nullable=False),
        sa.Column("last_used_at", app.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_api_token_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_account_id"), "api_token", ["account_id"])
    op.create_table(
        "api_answer",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("location", sa.String(length=2000), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("answered_at", app.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_api_answer_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_api_answer")),
    )
    op.create_index(op.f("ix_api_answer_account_id"), "api_answer", ["account_id"])
    op.create_index(op.f("ix_api_answer_answered_at"), "api_answer", ["answered_at"])


def downgrade() -> None:
    op.drop_table("api_answer")
    op.drop_table("api_token")
