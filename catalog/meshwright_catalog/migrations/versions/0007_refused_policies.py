"""Why data protection refused a version of a product's policies."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add who refused and why, and whether the author has handed in another since: until now nobody could refuse."""
    op.add_column("policy_versions", sa.Column("refused_by", sa.String(200), nullable=False, server_default=""))
    op.add_column("policy_versions", sa.Column("reason", sa.Text, nullable=False, server_default=""))
    op.add_column("policy_versions", sa.Column("answered", sa.Boolean, nullable=False, server_default=sa.false()))
