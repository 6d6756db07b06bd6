"""The graph that lineage events drew: follow data, tell what it reaches, find the way between two columns."""

from meshwright_catalog.lineage.around import Around, AroundQuery, around
from meshwright_catalog.lineage.follow import follow
from meshwright_catalog.lineage.impact import impact
from meshwright_catalog.lineage.path import path

__all__ = ["Around", "AroundQuery", "around", "follow", "impact", "path"]
