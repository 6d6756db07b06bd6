"""Which version of its policies a product was decided by from a registration on."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Note it from now on: of what was registered before, it is told by the text that decided."""
    op.add_column("registrations", sa.Column("policy_version", sa.Integer, nullable=True))
