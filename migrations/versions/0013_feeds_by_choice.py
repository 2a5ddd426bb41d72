"""several feeds for one person and subject, each by choice; what is public, and what is sensitive

Why: a telephone and a shared computer want different calendars, and a place or a title can endanger people.
Until now a feed had no choices, and a workshop was known to all who sign in.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS = "'person', 'organisation', 'region', 'topic', 'group', 'workshop'"
ALL_KINDS = (
    "'person', 'organisation', 'region', 'country', 'topic', 'group', 'workshop', 'team', 'round', 'public'"
)


def upgrade() -> None:
    with op.batch_alter_table("feed") as feed:
        feed.add_column(sa.Column("label", sa.String(length=40), server_default="", nullable=False))
        feed.add_column(sa.Column("language", sa.String(length=2), server_default="", nullable=False))
        feed.add_column(sa.Column("detail", sa.String(length=8), server_default="full", nullable=False))
        feed.add_column(sa.Column("alarm_minutes", sa.Integer(), nullable=True))
        feed.add_column(sa.Column("timed_days", sa.Boolean(), server_default=sa.false(), nullable=False))
        feed.add_column(sa.Column("with_travel", sa.Boolean(), server_default=sa.false(), nullable=False))
        feed.add_column(sa.Column("read_at", app.db.Instant(timezone=True), nullable=True))
        feed.alter_column("account_id", existing_type=sa.Integer(), nullable=True)
        feed.drop_index(op.f("ix_feed_account_id"))
        feed.drop_constraint(op.f("uq_feed_account_id_kind_key"), type_="unique")
        feed.drop_constraint(op.f("ck_feed_known_kind"), type_="check")
        feed.create_check_constraint(op.f("ck_feed_known_kind"), f"kind IN ({ALL_KINDS})")
        feed.create_check_constraint(
            op.f("ck_feed_known_detail"), "detail IN ('full', 'discreet', 'busy', 'freebusy')"
        )
        feed.create_check_constraint(
            op.f("ck_feed_public_or_somebodys"), "(kind = 'public') = (account_id IS NULL)"
        )
        feed.create_check_constraint(
            op.f("ck_feed_sensible_alarm"), "alarm_minutes BETWEEN 5 AND 20160"
        )
        feed.create_index("ix_feed_account", ["account_id", "kind", "key"])
        feed.create_index("ix_feed_stale", ["etag", "read_at"])
    with op.batch_alter_table("workshop") as workshop:
        workshop.add_column(
            sa.Column("visibility", sa.String(length=10), server_default="network", nullable=False)
        )
        workshop.create_check_constraint(
            op.f("ck_workshop_known_visibility"), "visibility IN ('public', 'network', 'sensitive')"
        )
    with op.batch_alter_table("planning_round") as planning_round:
        planning_round.add_column(
            sa.Column("is_public", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("workshop_session") as session:
        session.add_column(sa.Column("join_url", sa.String(length=500), server_default="", nullable=False))
    op.execute("UPDATE feed SET etag = ''")  # each is written anew: it tells more now


def downgrade() -> None:
    with op.batch_alter_table("workshop_session") as session:
        session.drop_column("join_url")
    with op.batch_alter_table("planning_round") as planning_round:
        planning_round.drop_column("is_public")
    with op.batch_alter_table("workshop") as workshop:
        workshop.drop_constraint(op.f("ck_workshop_known_visibility"), type_="check")
        workshop.drop_column("visibility")
    # What the older tables cannot hold: feeds of new kinds, and all but the first about one thing.
    op.execute(f"DELETE FROM feed WHERE kind NOT IN ({KINDS})")
    op.execute("DELETE FROM feed WHERE id NOT IN (SELECT MIN(id) FROM feed GROUP BY account_id, kind, key)")
    with op.batch_alter_table("feed") as feed:
        feed.drop_index("ix_feed_stale")
        feed.drop_index("ix_feed_account")
        feed.drop_constraint(op.f("ck_feed_sensible_alarm"), type_="check")
        feed.drop_constraint(op.f("ck_feed_public_or_somebodys"), type_="check")
        feed.drop_constraint(op.f("ck_feed_known_detail"), type_="check")
        feed.drop_constraint(op.f("ck_feed_known_kind"), type_="check")
        feed.create_check_constraint(op.f("ck_feed_known_kind"), f"kind IN ({KINDS})")
        feed.create_unique_constraint(op.f("uq_feed_account_id_kind_key"), ["account_id", "kind", "key"])
        feed.alter_column("account_id", existing_type=sa.Integer(), nullable=False)
        feed.create_index(op.f("ix_feed_account_id"), ["account_id"])
        for column in ("read_at", "with_travel", "timed_days", "alarm_minutes", "detail", "language", "label"):
            feed.drop_column(column)
