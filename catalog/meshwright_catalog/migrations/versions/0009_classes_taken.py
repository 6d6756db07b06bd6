"""Which classes a contract takes from personal data, and by which rules of the mesh a catalog decides."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add both: until now a version took no class, and nobody noted the rules."""
    op.add_column("policy_versions", sa.Column("taken", sa.Text, nullable=False, server_default="[]"))
    op.create_table(
        "central_rules",
        sa.Column("part", sa.String(40), primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
    )
