"""drafts can be changed by hand: their revision, and the history of what was changed

Why: a human knows better now and then; two of them at once must not overwrite each other.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draft", sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "draft_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("workshop", sa.String(length=60), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "kind IN ('move', 'hold', 'drop', 'swap', 'seat', 'unseat', 'pin', 'unpin')",
            name=op.f("ck_draft_edit_known_kind"),
        ),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_draft_edit_undone_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_draft_edit_draft_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_edit")),
        sa.UniqueConstraint("draft_id", "number", name=op.f("uq_draft_edit_draft_id_number")),
    )


def downgrade() -> None:
    op.drop_table("draft_edit")
    with op.batch_alter_table("draft") as batch:
        batch.drop_column("revision")
