"""In which teams people are by their newest token, and reviews of broken glass that settle it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table; no review of before says that it settled anything."""
    op.create_table(
        "claimed_teams",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("teams", sa.Text, nullable=False),
        sa.Column("issued_at", TIME, nullable=False),
        sa.Column("known_since", TIME, nullable=False),
        sa.Column("change", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_claimed_teams_change", "claimed_teams", ["change"], unique=True)
    op.add_column("grant_acts", sa.Column("settles", sa.Boolean, nullable=False, server_default=sa.false()))
