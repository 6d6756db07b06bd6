"""Exact column lineage, read node by node from the plan that Polars resolves."""

from meshwright.lineage.walk.expressions import Notes as Notes
from meshwright.lineage.walk.nodes import PlanWalk as PlanWalk
from meshwright.lineage.walk.nodes import Table as Table
