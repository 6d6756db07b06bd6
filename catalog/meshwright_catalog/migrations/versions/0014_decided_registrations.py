"""Which registrations a build made, and which a decision about policies."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_TIME = sa.DateTime(timezone=True)
_ROWS = sa.table(
    "registrations",
    sa.column("sequence", sa.BigInteger),
    sa.column("product", sa.Text),
    sa.column("major", sa.Integer),
    sa.column("run_id", sa.Text),
    sa.column("delta_version", sa.BigInteger),
    sa.column("registered_at", _TIME),
    sa.column("registered_by", sa.Text),
    sa.column("decided_at", _TIME),
)


def upgrade() -> None:
    """Tell them apart: a later one of the same run by somebody else was a decision, which builds nothing."""
    op.add_column("registrations", sa.Column("decided_at", _TIME, nullable=True))
    connection = op.get_bind()
    built = dict[tuple[object, ...], tuple[object, object]]()
    for row in connection.execute(sa.select(_ROWS).order_by(_ROWS.c.sequence)).all():
        run = row.product, row.major, row.run_id, row.delta_version
        by, at = built.setdefault(run, (row.registered_by, row.registered_at))
        if by != row.registered_by:
            kept = {"registered_by": by, "registered_at": at, "decided_at": row.registered_at}
            connection.execute(sa.update(_ROWS).where(_ROWS.c.sequence == row.sequence).values(kept))
