"""The graph that lineage events drew: follow data, tell what it reaches, find the way between two columns."""

from meshwright_catalog.lineage.follow import follow
from meshwright_catalog.lineage.impact import impact
from meshwright_catalog.lineage.path import path

__all__ = ["follow", "impact", "path"]
