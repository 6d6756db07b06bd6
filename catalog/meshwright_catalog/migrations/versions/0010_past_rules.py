"""By which rules of the mesh a catalog decided, and from when on."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Begin to keep them: those before are not known."""
    op.create_table(
        "past_rules",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("begun", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("texts", sa.Text, nullable=False),
    )
    op.create_index("ix_past_rules_begun", "past_rules", ["begun"])
