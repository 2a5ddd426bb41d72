"""nominations, and a ledger of seats

Why: organisations name the people whom they would send; and a seat that somebody gives up is offered to
the next in order, so that a line about somebody's seat has to say more than that they have one. Seats
published before are held, and were given by the version that is in force.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SEAT_STATES = "state IN ('held', 'offered', 'declined', 'lapsed', 'given_up')"
NOMINATION_STATES = "state IN ('proposed', 'nominated', 'declined', 'withdrawn')"


def upgrade() -> None:
    op.create_table(
        "nomination_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("opened_at", app.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_nomination_call_workshop_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination_call")),
        sa.UniqueConstraint("workshop_id", name=op.f("uq_nomination_call_workshop_id")),
    )
    op.create_index(op.f("ix_nomination_call_closes_on"), "nomination_call", ["closes_on"])
    op.create_table(
        "asked_organisation",
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("names_nobody", sa.Boolean(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_at", app.db.Instant(timezone=True), nullable=True),
        sa.CheckConstraint("reminders >= 0", name=op.f("ck_asked_organisation_not_negative")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_asked_organisation_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_asked_organisation_workshop_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workshop_id", "organisation_id", name=op.f("pk_asked_organisation")),
    )
    op.create_index(op.f("ix_asked_organisation_organisation_id"), "asked_organisation", ["organisation_id"])
    op.create_table(
        "nomination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("is_substitute", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("need", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("by_themselves", sa.Boolean(), nullable=False),
        sa.Column("created_at", app.db.Instant(timezone=True), nullable=False),
        sa.Column("changed_at", app.db.Instant(timezone=True), nullable=False),
        sa.CheckConstraint(NOMINATION_STATES, name=op.f("ck_nomination_known_state")),
        sa.CheckConstraint("need BETWEEN 1 AND 3", name=op.f("ck_nomination_known_need")),
        sa.CheckConstraint(
            "(state = 'nominated') = (rank IS NOT NULL)", name=op.f("ck_nomination_ranked_when_nominated")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_nomination_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_nomination_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_nomination_workshop_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
        sa.UniqueConstraint("workshop_id", "person_id", name=op.f("uq_nomination_workshop_id_person_id")),
    )
    op.create_index(op.f("ix_nomination_person_id"), "nomination", ["person_id"])
    op.create_index(
        "ix_nomination_organisation_id_workshop_id", "nomination", ["organisation_id", "workshop_id"]
    )
    with op.batch_alter_table("seat") as seat:
        seat.add_column(sa.Column("state", sa.String(length=10), server_default="held", nullable=False))
        seat.add_column(sa.Column("planned", sa.Boolean(), server_default=sa.true(), nullable=False))
        seat.add_column(sa.Column("since", app.db.Instant(timezone=True), nullable=True))
        seat.add_column(sa.Column("until", app.db.Instant(timezone=True), nullable=True))
        seat.add_column(sa.Column("in_place_of_id", sa.Integer(), nullable=True))
        seat.create_check_constraint(op.f("ck_seat_known_state"), SEAT_STATES)
        seat.create_check_constraint(
            op.f("ck_seat_offered_until"), "(state = 'offered') = (until IS NOT NULL)"
        )
        seat.create_index("ix_seat_state_until", ["state", "until"])


def downgrade() -> None:
    op.execute("DELETE FROM seat WHERE state <> 'held'")
    with op.batch_alter_table("seat") as seat:
        seat.drop_index("ix_seat_state_until")
        seat.drop_constraint(op.f("ck_seat_offered_until"), type_="check")
        seat.drop_constraint(op.f("ck_seat_known_state"), type_="check")
        for column in ("in_place_of_id", "until", "since", "planned", "state"):
            seat.drop_column(column)
    for table in ("nomination", "asked_organisation", "nomination_call"):
        op.drop_table(table)
