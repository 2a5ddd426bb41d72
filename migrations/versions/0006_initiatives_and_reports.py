"""initiatives, promises of funds, and reports of workshops

Why: projects of members group workshops and hold a part of a fund; a fund is for a period; and a
request ends with what happened.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATES = "('proposed', 'running', 'ended', 'stopped')"


def upgrade() -> None:
    op.create_table(
        "initiative",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("objectives", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", app.db.Instant(timezone=True), nullable=False),
        sa.Column("changed_at", app.db.Instant(timezone=True), nullable=False),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_initiative_known_state")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_initiative_period_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_initiative_organisation_id")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["topic.id"], name=op.f("fk_initiative_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative")),
        sa.UniqueConstraint("code", name=op.f("uq_initiative_code")),
    )
    for column in ("area_id", "organisation_id", "state"):
        op.create_index(op.f(f"ix_initiative_{column}"), "initiative", [column])
    op.create_table(
        "initiative_partner",
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"],
            ["initiative.id"],
            name=op.f("fk_initiative_partner_initiative_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_initiative_partner_organisation_id")
        ),
        sa.PrimaryKeyConstraint("initiative_id", "organisation_id", name=op.f("pk_initiative_partner")),
    )
    op.create_index(
        op.f("ix_initiative_partner_organisation_id"), "initiative_partner", ["organisation_id"]
    )
    op.create_table(
        "fund_promise",
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fund_promise_positive")),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["fund.id"], name=op.f("fk_fund_promise_fund_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id"],
            ["initiative.id"],
            name=op.f("fk_fund_promise_initiative_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("fund_id", "initiative_id", name=op.f("pk_fund_promise")),
    )
    op.create_index(op.f("ix_fund_promise_initiative_id"), "fund_promise", ["initiative_id"])
    op.create_table(
        "workshop_report",
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reported_by", sa.String(length=200), nullable=False),
        sa.Column("reported_at", app.db.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_workshop_report_days_in_order")),
        sa.CheckConstraint("came >= 0 AND spent >= 0", name=op.f("ck_workshop_report_not_negative")),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_workshop_report_workshop_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workshop_id", name=op.f("pk_workshop_report")),
    )
    with op.batch_alter_table("fund") as fund:
        fund.add_column(sa.Column("first_day", sa.Date(), nullable=True))
        fund.add_column(sa.Column("last_day", sa.Date(), nullable=True))
        fund.create_check_constraint(op.f("ck_fund_period_in_order"), "first_day <= last_day")
    with op.batch_alter_table("workshop") as workshop:
        workshop.add_column(sa.Column("initiative_id", sa.Integer(), nullable=True))
        workshop.create_foreign_key(
            op.f("fk_workshop_initiative_id"), "initiative", ["initiative_id"], ["id"], ondelete="SET NULL"
        )
        workshop.create_index(op.f("ix_workshop_initiative_id"), ["initiative_id"])


def downgrade() -> None:
    with op.batch_alter_table("workshop") as workshop:
        workshop.drop_index(op.f("ix_workshop_initiative_id"))
        workshop.drop_constraint(op.f("fk_workshop_initiative_id"), type_="foreignkey")
        workshop.drop_column("initiative_id")
    with op.batch_alter_table("fund") as fund:
        fund.drop_constraint(op.f("ck_fund_period_in_order"), type_="check")
        fund.drop_column("last_day")
        fund.drop_column("first_day")
    for table in ("workshop_report", "fund_promise", "initiative_partner", "initiative"):
        op.drop_table(table)
