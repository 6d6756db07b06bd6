"""Of which classes somebody spoke who said something to a grant of columns."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Note them from now on: what was said before counts as it did."""
    op.add_column("grant_acts", sa.Column("classes", sa.Text, nullable=True))
