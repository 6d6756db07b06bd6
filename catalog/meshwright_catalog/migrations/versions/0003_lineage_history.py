"""The history of lineage: jobs, their runs, and which run told which set of edges; other names; models."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables; what is known holds from the run that told it."""
    op.add_column("registrations", sa.Column("model", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("datasets", sa.Column("alias_of", IDENTITY))
    op.create_index("ix_datasets_alias_of", "datasets", ["alias_of"])
    op.create_index("ix_datasets_domain", "datasets", ["domain"])
    _tables()
    _copy()
    for index in ("edges_up", "edges_down", "ix_edges_flow_id"):
        op.drop_index(index, "edges")
    op.drop_table("edges")
    op.drop_table("flows")
    op.rename_table("new_flows", "flows")
    op.rename_table("new_edges", "edges")
    _indexes()


def _tables() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", IDENTITY, primary_key=True),
        sa.Column("namespace", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("domain", sa.String(63)),
    )
    op.create_table(
        "runs",
        sa.Column("id", IDENTITY, primary_key=True),
        sa.Column("job_id", IDENTITY, sa.ForeignKey("jobs.id"), nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
    )
    op.create_table(
        "new_flows",
        sa.Column("id", IDENTITY, primary_key=True),
        sa.Column("job_id", IDENTITY, sa.ForeignKey("jobs.id"), nullable=False),
        sa.Column("output_id", IDENTITY, sa.ForeignKey("datasets.id"), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("columns_known", sa.Boolean, nullable=False),
        sa.Column("current", sa.Boolean, nullable=False),
    )
    op.create_table(
        "writes",
        sa.Column("id", IDENTITY, primary_key=True),
        sa.Column("flow_id", IDENTITY, sa.ForeignKey("new_flows.id"), nullable=False),
        sa.Column("job_id", IDENTITY, sa.ForeignKey("jobs.id"), nullable=False),
        sa.Column("output_id", IDENTITY, sa.ForeignKey("datasets.id"), nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("version", sa.BigInteger),
    )
    op.create_table(
        "new_edges",
        sa.Column("id", IDENTITY, primary_key=True),
        sa.Column("flow_id", IDENTITY, sa.ForeignKey("new_flows.id", ondelete="CASCADE"), nullable=False),
        sa.Column("input_id", IDENTITY, sa.ForeignKey("datasets.id"), nullable=False),
        sa.Column("input_field", sa.Text),
        sa.Column("output_id", IDENTITY, sa.ForeignKey("datasets.id"), nullable=False),
        sa.Column("output_field", sa.Text),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("masking", sa.Boolean, nullable=False),
        sa.Column("current", sa.Boolean, nullable=False),
    )


def _copy() -> None:
    """Give every flow of before one write, of its run and time; its digest fits no run that is yet to come."""
    run = op.get_bind().exec_driver_sql
    run("INSERT INTO jobs (namespace, name) SELECT DISTINCT namespace, job FROM flows")
    domain = "SELECT max(d.domain) FROM flows f JOIN datasets d ON d.id = f.output_id"
    run(f"UPDATE jobs SET domain = ({domain} WHERE f.namespace = jobs.namespace AND f.job = jobs.name)")  # noqa: S608 - our own words
    joined = "FROM flows f JOIN jobs j ON j.namespace = f.namespace AND j.name = f.job"
    columns = "id, job_id, output_id, digest, columns_known, current"
    digest = hashlib.sha256(b"before 0003").hexdigest()
    run(f"INSERT INTO new_flows ({columns}) SELECT f.id, j.id, f.output_id, '{digest}', f.columns_known, true {joined}")
    columns = "flow_id, job_id, output_id, run_id, at"
    run(f"INSERT INTO writes ({columns}) SELECT f.id, j.id, f.output_id, f.run_id, f.event_at {joined}")
    states = "SELECT j.id, f.run_id, 'COMPLETED', min(f.event_at), max(f.event_at)"
    columns = "job_id, run_id, state, started_at, ended_at"
    run(f"INSERT INTO runs ({columns}) {states} {joined} WHERE f.run_id <> '' GROUP BY j.id, f.run_id")
    columns = "id, flow_id, input_id, input_field, output_id, output_field, kinds, masking"
    run(f"INSERT INTO new_edges ({columns}, current) SELECT {columns}, true FROM edges")  # noqa: S608
    if op.get_bind().dialect.name == "postgresql":
        after = "(SELECT coalesce(max(id), 0) + 1 FROM"
        run(f"SELECT setval(pg_get_serial_sequence('new_flows', 'id'), {after} new_flows))")
        run(f"SELECT setval(pg_get_serial_sequence('new_edges', 'id'), {after} new_edges))")


def _indexes() -> None:
    op.create_index("jobs_name", "jobs", ["namespace", "name"], unique=True)
    op.create_index("runs_job", "runs", ["job_id", "run_id"], unique=True)
    op.create_index("flows_digest", "flows", ["job_id", "output_id", "digest"], unique=True)
    op.create_index("ix_writes_flow_id", "writes", ["flow_id"])
    op.create_index("writes_job", "writes", ["job_id", "output_id", "at"])
    op.create_index("writes_version", "writes", ["output_id", "version"])
    op.create_index("ix_edges_flow_id", "edges", ["flow_id"])
    op.create_index("edges_up", "edges", ["output_id", "current", "output_field", "input_field"])
    op.create_index("edges_down", "edges", ["input_id", "current", "input_field", "output_field"])
