"""letters in threads, letters that wait, and answers that come by mail

Why: of several changes within an hour one message tells; a letter that still waits when a later one of its
thread says otherwise does not go out; addresses that letters come back from are noted; and what people's
calendars answer is kept, whether it counts or not.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATES = "state IN ('queued', 'sending', 'sent', 'kept', 'failed'{})"
WAITING = sa.text("state IN ('queued', 'sending')")


def upgrade() -> None:
    with op.batch_alter_table("outbox_letter") as letter:
        letter.add_column(sa.Column("thread", sa.String(length=160), nullable=True))
        letter.add_column(sa.Column("reply_tag", sa.String(length=64), server_default="", nullable=False))
        letter.drop_constraint(op.f("ck_outbox_letter_known_state"), type_="check")
        letter.create_check_constraint(
            op.f("ck_outbox_letter_known_state"), STATES.format(", 'replaced'")
        )
        letter.create_index(op.f("ix_outbox_letter_thread"), ["thread"])
        letter.create_index(op.f("ix_outbox_letter_message_id"), ["message_id"])
        letter.create_index("ix_outbox_letter_sent", ["state", "sent_at"])
    op.create_index(
        "ix_outbox_letter_waiting",
        "outbox_letter",
        ["due_at", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_table(
        "bouncing_address",
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("since", app.db.Instant(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_bouncing_address")),
    )
    with op.batch_alter_table("invitation") as invitation:
        invitation.add_column(sa.Column("address", sa.String(length=254), server_default="", nullable=False))
        invitation.add_column(sa.Column("letters", sa.Integer(), server_default="1", nullable=False))
        invitation.add_column(sa.Column("answer", sa.String(length=10), server_default="", nullable=False))
        invitation.add_column(sa.Column("answered_at", app.db.Instant(timezone=True), nullable=True))
        invitation.add_column(sa.Column("answer_stamp", app.db.Instant(timezone=True), nullable=True))
    # where the last letter went; who has no address any more is told nothing either way
    op.execute(
        "UPDATE invitation SET address = COALESCE("
        "(SELECT person.email FROM person WHERE person.id = invitation.person_id), '')"
    )
    with op.batch_alter_table("invitation") as invitation:
        invitation.alter_column("address", server_default=None)
        invitation.alter_column("letters", server_default=None)
    op.create_table(
        "round_letters",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("held_at", app.db.Instant(timezone=True), nullable=True),
        sa.Column("held_by", sa.String(length=200), nullable=False),
        sa.Column("let_go_at", app.db.Instant(timezone=True), nullable=True),
        sa.Column("look_at", app.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id"], ["planning_round.id"], name=op.f("fk_round_letters_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_round_letters")),
    )
    op.create_index(op.f("ix_round_letters_look_at"), "round_letters", ["look_at"])
    op.create_table(
        "incoming_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received_at", app.db.Instant(timezone=True), nullable=False),
        sa.Column("via", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("from_address", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("wish_start", app.db.Instant(timezone=True), nullable=True),
        sa.Column("wish_end", app.db.Instant(timezone=True), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", app.db.Instant(timezone=True), nullable=True),
        sa.Column("seen_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('taken', 'wish', 'aside', 'bounce')", name=op.f("ck_incoming_answer_known_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_incoming_answer_person_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["workshop_session.id"],
            name=op.f("fk_incoming_answer_session_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_answer")),
        sa.UniqueConstraint("digest", name=op.f("uq_incoming_answer_digest")),
    )
    op.create_index("ix_incoming_answer_outcome", "incoming_answer", ["outcome", "received_at"])
    op.create_index(op.f("ix_incoming_answer_received_at"), "incoming_answer", ["received_at"])
    op.create_index(op.f("ix_incoming_answer_session_id"), "incoming_answer", ["session_id"])
    op.create_index(op.f("ix_incoming_answer_person_id"), "incoming_answer", ["person_id"])


def downgrade() -> None:
    for table in ("incoming_answer", "round_letters", "bouncing_address"):
        op.drop_table(table)
    with op.batch_alter_table("invitation") as invitation:
        for column in ("answer_stamp", "answered_at", "answer", "letters", "address"):
            invitation.drop_column(column)
    op.execute("DELETE FROM outbox_letter WHERE state = 'replaced'")
    op.drop_index("ix_outbox_letter_waiting", "outbox_letter")
    with op.batch_alter_table("outbox_letter") as letter:
        letter.drop_index("ix_outbox_letter_sent")
        letter.drop_index(op.f("ix_outbox_letter_message_id"))
        letter.drop_index(op.f("ix_outbox_letter_thread"))
        letter.drop_constraint(op.f("ck_outbox_letter_known_state"), type_="check")
        letter.create_check_constraint(op.f("ck_outbox_letter_known_state"), STATES.format(""))
        for column in ("reply_tag", "thread"):
            letter.drop_column(column)
