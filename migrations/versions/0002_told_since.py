"""the sequence since which people know a session

Why: a session's SEQUENCE also rises where somebody comes back to it, and those who stayed must not
be written to about that. Sessions published before are taken as changed at their present SEQUENCE.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "workshop_session", sa.Column("told_since", sa.Integer(), server_default="0", nullable=False)
    )
    op.execute("UPDATE workshop_session SET told_since = sequence")


def downgrade() -> None:
    op.drop_column("workshop_session", "told_since")
