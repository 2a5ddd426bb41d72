"""propositions, and the thread from requests back to needs

Why: what members need becomes concrete offers to groups of platforms, which say whether they are in; and a
later report can say of each need whether a request, and a seat, has come of it.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposition_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("budget", sa.Integer(), nullable=True),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("bound", sa.Integer(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=True),
        sa.Column("left", sa.JSON(), nullable=False),
        sa.Column("worked_out_at", app.db.Instant(timezone=True), nullable=True),
        sa.Column("created_at", app.db.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("budget >= 0", name=op.f("ck_proposition_set_budget_not_negative")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["needs_call.id"], name=op.f("fk_proposition_set_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposition_set")),
        sa.UniqueConstraint("call_id", name=op.f("uq_proposition_set_call_id")),
    )
    op.create_table(
        "proposition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("region", sa.String(length=80), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("team", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("hosts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", app.db.Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('peer_exchange', 'training_of_trainers')", name=op.f("ck_proposition_known_kind")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'edited', 'dropped', 'requested')", name=op.f("ck_proposition_known_state")
        ),
        sa.CheckConstraint("days BETWEEN 1 AND 10", name=op.f("ck_proposition_sensible_days")),
        sa.CheckConstraint(
            "team >= 0 AND missing >= 0 AND cost >= 0", name=op.f("ck_proposition_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["proposition_set.id"], name=op.f("fk_proposition_set_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_proposition_topic_id")),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("fk_proposition_venue_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_proposition_workshop_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposition")),
    )
    for column in ("set_id", "topic_id", "venue_id", "workshop_id"):
        op.create_index(op.f(f"ix_proposition_{column}"), "proposition", [column])
    op.create_table(
        "proposition_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposition_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=4), nullable=False),
        sa.Column("answered_by", sa.String(length=200), nullable=False),
        sa.Column("answered_at", app.db.Instant(timezone=True), nullable=True),
        sa.Column("asked_at", app.db.Instant(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('learns', 'gives')", name=op.f("ck_proposition_member_known_role")),
        sa.CheckConstraint("answer IN ('', 'in', 'out')", name=op.f("ck_proposition_member_known_answer")),
        sa.CheckConstraint("seats >= 0 AND people >= 0", name=op.f("ck_proposition_member_not_negative")),
        sa.ForeignKeyConstraint(
            ["proposition_id"],
            ["proposition.id"],
            name=op.f("fk_proposition_member_proposition_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_proposition_member_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["needs_line.id"], name=op.f("fk_proposition_member_line_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposition_member")),
        sa.UniqueConstraint(
            "proposition_id", "organisation_id", name=op.f("uq_proposition_member_proposition_id_organisation_id")
        ),
    )
    for column in ("organisation_id", "line_id"):
        op.create_index(op.f(f"ix_proposition_member_{column}"), "proposition_member", [column])
    op.create_table(
        "proposition_person",
        sa.Column("proposition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposition_id"],
            ["proposition.id"],
            name=op.f("fk_proposition_person_proposition_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_proposition_person_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("proposition_id", "person_id", name=op.f("pk_proposition_person")),
    )
    op.create_index(op.f("ix_proposition_person_person_id"), "proposition_person", ["person_id"])
    op.create_table(
        "workshop_need",
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_workshop_need_workshop_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["needs_line.id"], name=op.f("fk_workshop_need_line_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workshop_id", "line_id", name=op.f("pk_workshop_need")),
    )
    op.create_index(op.f("ix_workshop_need_line_id"), "workshop_need", ["line_id"])


def downgrade() -> None:
    for table in (
        "workshop_need",
        "proposition_person",
        "proposition_member",
        "proposition",
        "proposition_set",
    ):
        op.drop_table(table)
