"""Versions of products' policies."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table; what is registered already becomes a product's first version when it is registered again."""
    op.create_table(
        "policy_versions",
        sa.Column("product", sa.String(127), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("major", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), sa.ForeignKey("policies.digest"), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("written_at", TIME, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("approver", sa.String(200), nullable=False),
        sa.Column("decided_at", TIME),
    )
    op.create_index("ix_policy_versions_state", "policy_versions", ["state"])
