"""confirmations: who is asked whether a plan suits them, and everything they answer

Why: a plan is announced once its facilitators and hosts have said yes, and a no is repaired at once. Each
answer is kept as it was given, with how it came and how much notice it left. A draft that was made from
another one keeps from which moment it knows who sits where.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draft", sa.Column("seats_as_of", app.db.Instant(timezone=True), nullable=True))
    op.create_table(
        "asking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("draft_since", app.db.Instant(timezone=True), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("remind_every", sa.Integer(), nullable=False),
        sa.Column("silence", sa.String(length=12), nullable=False),
        sa.Column("substitute_days", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("opened_at", app.db.Instant(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=200), nullable=False),
        sa.Column("closed_at", app.db.Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "silence IN ('substitute', 'declined', 'accepted')", name=op.f("ck_asking_known_silence")
        ),
        sa.CheckConstraint(
            "remind_every >= 0 AND substitute_days > 0", name=op.f("ck_asking_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["planning_round.id"], name=op.f("fk_asking_round_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_asking_draft_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asking")),
    )
    for column in ("round_id", "draft_id"):
        op.create_index(op.f(f"ix_asking_{column}"), "asking", [column])
    op.create_table(
        "asked_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asking_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", app.db.Instant(timezone=True), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("due_at", app.db.Instant(timezone=True), nullable=True),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("written_at", app.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id"], ["planning_round.id"], name=op.f("fk_asked_person_round_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_asked_person_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["asking_id"], ["asking.id"], name=op.f("fk_asked_person_asking_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_person")),
        sa.UniqueConstraint("round_id", "person_id", name=op.f("uq_asked_person_round_id_person_id")),
    )
    for column in ("person_id", "asking_id"):
        op.create_index(op.f(f"ix_asked_person_{column}"), "asked_person", [column])
    op.create_index("ix_asked_person_due", "asked_person", ["due_at"])
    op.create_index("ix_asked_person_answer_by", "asked_person", ["answer_by"])
    op.create_table(
        "proposed_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked_id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("answered_at", app.db.Instant(timezone=True), nullable=True),
        sa.Column("unsure_until", sa.Date(), nullable=True),
        sa.Column("agreed", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("part IN ('team', 'host')", name=op.f("ck_proposed_place_known_part")),
        sa.CheckConstraint(
            "answer IN ('', 'accepted', 'declined', 'unsure')", name=op.f("ck_proposed_place_known_answer")
        ),
        sa.CheckConstraint(
            "(answer = '') = (answered_at IS NULL)", name=op.f("ck_proposed_place_answered_when")
        ),
        sa.ForeignKeyConstraint(
            ["asked_id"], ["asked_person.id"], name=op.f("fk_proposed_place_asked_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_proposed_place_workshop_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"],
            ["person.id"],
            name=op.f("fk_proposed_place_replaced_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_place")),
        sa.UniqueConstraint(
            "asked_id", "workshop_id", "part", name=op.f("uq_proposed_place_asked_id_workshop_id_part")
        ),
    )
    for column in ("workshop_id", "replaced_by_id"):
        op.create_index(op.f(f"ix_proposed_place_{column}"), "proposed_place", [column])
    op.create_table(
        "place_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("could_if", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("via", sa.String(length=12), nullable=False),
        sa.Column("answered_by", sa.String(length=200), nullable=False),
        sa.Column("answered_at", app.db.Instant(timezone=True), nullable=False),
        sa.Column("was_announced", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "answer IN ('accepted', 'declined', 'unsure')", name=op.f("ck_place_answer_known_answer")
        ),
        sa.CheckConstraint(
            "via IN ('link', 'calendar', 'telephone', 'account', 'silence')",
            name=op.f("ck_place_answer_known_channel"),
        ),
        sa.CheckConstraint(
            "reason IN ('', 'dates', 'travel', 'topic', 'too_much', 'terms', 'personal', 'other')",
            name=op.f("ck_place_answer_known_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["proposed_place.id"], name=op.f("fk_place_answer_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_answer")),
    )
    op.create_index(op.f("ix_place_answer_place_id"), "place_answer", ["place_id"])


def downgrade() -> None:
    for table in ("place_answer", "proposed_place", "asked_person", "asking"):
        op.drop_table(table)
    op.drop_column("draft", "seats_as_of")
