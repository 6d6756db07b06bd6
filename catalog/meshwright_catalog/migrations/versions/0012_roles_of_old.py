"""Whether somebody was of data protection when they said something to a grant."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Note it from now on: what was said before counts as it did."""
    op.add_column("grant_acts", sa.Column("protected", sa.Boolean, nullable=True))
