"""Grants: what was asked for, and what was said to it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "grants",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("sequence", sa.BigInteger, nullable=False, unique=True),
        sa.Column("product", sa.String(127), nullable=False),
        sa.Column("requester", sa.String(200), nullable=False),
        sa.Column("grantee", sa.String(210), nullable=False),
        sa.Column("teams", sa.Text, nullable=False),
        sa.Column("columns", sa.Text, nullable=False),
        sa.Column("cls", sa.String(200), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("break_glass", sa.Boolean, nullable=False),
    )
    for column in ("product", "requester", "grantee"):
        op.create_index(f"ix_grants_{column}", "grants", [column])
    op.create_table(
        "grant_acts",
        sa.Column("id", IDENTITY, primary_key=True),
        sa.Column("grant_id", sa.String(24), sa.ForeignKey("grants.id"), nullable=False),
        sa.Column("act", sa.String(10), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_index("ix_grant_acts_grant_id", "grant_acts", ["grant_id"])
