"""What a catalog is asked and what it answers: values that the client and the service share."""

from meshwright.registry.access import AccessAnswer, ColumnAccess, MissingTold, PolicyTold, RowsTold
from meshwright.registry.answer import Answer, Words
from meshwright.registry.entries import Entry, EntryPage, History, Publisher, Receipt, Release
from meshwright.registry.impact import Impact, ImpactQuery, Reach, ReachedColumn, ReachedProduct
from meshwright.registry.lineage import (
    MAX_DEPTH,
    MAX_NODES,
    AsOf,
    Direction,
    LineageColumn,
    LineageEdge,
    LineageGraph,
    LineageNode,
    LineagePath,
    LineageQuery,
    PathQuery,
)
from meshwright.registry.policies import (
    ClassesTaken,
    ColumnsAt,
    PolicyChange,
    PolicyGain,
    PolicyRefusal,
    PolicyVersion,
    PolicyVersions,
    the_one_that_waits,
)
from meshwright.registry.search import MAX_PAGE, Facet, SearchHit, SearchPage, SearchQuery
from meshwright.registry.sights import Sight, WhoCan, WhoCanQuery

__all__ = [
    "MAX_DEPTH",
    "MAX_NODES",
    "MAX_PAGE",
    "AccessAnswer",
    "Answer",
    "AsOf",
    "ClassesTaken",
    "ColumnAccess",
    "ColumnsAt",
    "Direction",
    "Entry",
    "EntryPage",
    "Facet",
    "History",
    "Impact",
    "ImpactQuery",
    "LineageColumn",
    "LineageEdge",
    "LineageGraph",
    "LineageNode",
    "LineagePath",
    "LineageQuery",
    "MissingTold",
    "PathQuery",
    "PolicyChange",
    "PolicyGain",
    "PolicyRefusal",
    "PolicyTold",
    "PolicyVersion",
    "PolicyVersions",
    "Publisher",
    "Reach",
    "ReachedColumn",
    "ReachedProduct",
    "Receipt",
    "Release",
    "RowsTold",
    "SearchHit",
    "SearchPage",
    "SearchQuery",
    "Sight",
    "WhoCan",
    "WhoCanQuery",
    "Words",
    "the_one_that_waits",
]
