"""How an edge's values were changed, in the words of whoever told."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the words; of edges that were told before nobody kept any."""
    op.add_column("edges", sa.Column("description", sa.Text, nullable=False, server_default=""))
