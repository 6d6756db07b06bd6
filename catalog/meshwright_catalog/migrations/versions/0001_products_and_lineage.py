"""Products with their history, and lineage."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make every table, and name this catalog."""
    ledger = op.create_table(
        "ledger",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("sequence", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(ledger, [{"id": str(uuid4()), "sequence": 0}])
    _products()
    _lineage()


def _products() -> None:
    op.create_table(
        "contracts",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "policies",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("tests", sa.Text, nullable=False),
    )
    op.create_table(
        "registrations",
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("product", sa.String(127), nullable=False),
        sa.Column("major", sa.Integer, nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("contract_digest", sa.String(64), sa.ForeignKey("contracts.digest"), nullable=False),
        sa.Column("policy_digest", sa.String(64), sa.ForeignKey("policies.digest"), nullable=False),
        sa.Column("table_uri", sa.Text, nullable=False),
        sa.Column("delta_version", sa.BigInteger),
        sa.Column("rows", sa.BigInteger),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("registered_at", TIME, nullable=False),
        sa.Column("registered_by", sa.String(200), nullable=False),
    )
    op.create_index("registrations_product", "registrations", ["product", "sequence"])
    op.create_table(
        "products",
        sa.Column("id", sa.String(127), primary_key=True),
        sa.Column("major", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.BigInteger, sa.ForeignKey("registrations.sequence"), nullable=False),
    )
    op.create_index("ix_products_sequence", "products", ["sequence"])


def _lineage() -> None:
    op.create_table(
        "events",
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("received_by", sa.String(200), nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("event_type", sa.String(20), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("ix_events_run_id", "events", ["run_id"])
    op.create_table(
        "datasets",
        sa.Column("id", IDENTITY, primary_key=True),
        sa.Column("namespace", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("product", sa.String(127)),
        sa.Column("domain", sa.String(63)),
    )
    op.create_index("datasets_name", "datasets", ["namespace", "name"], unique=True)
    op.create_index("ix_datasets_product", "datasets", ["product"])
    op.create_table(
        "flows",
        sa.Column("id", IDENTITY, primary_key=True),
        sa.Column("namespace", sa.Text, nullable=False),
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("output_id", IDENTITY, sa.ForeignKey("datasets.id"), nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("event_at", TIME, nullable=False),
        sa.Column("columns_known", sa.Boolean, nullable=False),
    )
    op.create_index("flows_job", "flows", ["namespace", "job", "output_id"], unique=True)
    op.create_table(
        "edges",
        sa.Column("id", IDENTITY, primary_key=True),
        sa.Column("flow_id", IDENTITY, sa.ForeignKey("flows.id", ondelete="CASCADE"), nullable=False),
        sa.Column("input_id", IDENTITY, sa.ForeignKey("datasets.id"), nullable=False),
        sa.Column("input_field", sa.Text),
        sa.Column("output_id", IDENTITY, sa.ForeignKey("datasets.id"), nullable=False),
        sa.Column("output_field", sa.Text),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("masking", sa.Boolean, nullable=False),
    )
    op.create_index("ix_edges_flow_id", "edges", ["flow_id"])
    op.create_index("edges_up", "edges", ["output_id", "output_field"])
    op.create_index("edges_down", "edges", ["input_id", "input_field"])
