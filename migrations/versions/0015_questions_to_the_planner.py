"""questions to the planner, and where a draft comes from

Why: what only the planner can answer (why is this left out, what now that somebody is ill) is worked out
by a job and kept with the draft; drafts that are varied, mended or chosen say so.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("draft") as batch:
        batch.add_column(sa.Column("origin", sa.JSON(), nullable=False, server_default="{}"))
        batch.add_column(sa.Column("chosen_at", app.db.Instant(timezone=True), nullable=True))
    with op.batch_alter_table("draft") as batch:
        batch.alter_column("origin", server_default=None)
    op.create_table(
        "planning_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", app.db.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('explain', 'repair')", name=op.f("ck_planning_question_known_kind")),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["planning_round.id"],
            name=op.f("fk_planning_question_round_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_planning_question_draft_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_planning_question_job_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planning_question")),
        sa.UniqueConstraint(
            "draft_id", "revision", "kind", "topic", name=op.f("uq_planning_question_draft_id_revision_kind_topic")
        ),
    )
    op.create_index(op.f("ix_planning_question_round_id"), "planning_question", ["round_id"])
    op.create_index(op.f("ix_planning_question_job_id"), "planning_question", ["job_id"])


def downgrade() -> None:
    op.drop_table("planning_question")
    with op.batch_alter_table("draft") as batch:
        batch.drop_column("chosen_at")
        batch.drop_column("origin")
