"""Lineage: where to start and which way, and the nodes and edges found."""

from datetime import UTC, datetime
from typing import Literal, Self

from pydantic import AwareDatetime, Field

from meshwright.moments import Moment
from meshwright.registry.answer import Answer, Words
from meshwright.spec import TableVersion, Value

Direction = Literal["up", "down", "both"]
MAX_DEPTH = 50
MAX_NODES = 500


class AsOf(Value):
    """When an answer should hold: at a time, or when a version of the product's table was written; default: now."""

    at: Moment | None = None
    version: TableVersion | None = None

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a version such as `7`, or a time, in UTC unless it says; raise `ValueError`."""
        if text.isdecimal():
            return cls(version=int(text))
        time = datetime.fromisoformat(text)
        return cls(at=time if time.tzinfo else time.replace(tzinfo=UTC))


class LineageQuery(AsOf):
    """Where to start, which way to go, how many hops and, besides the start, how many nodes.

    `direct` leaves out what only filters, joins or sorts; `columns` tells the columns of a whole product too.
    """

    product: Words
    column: Words | None = None
    direction: Direction = "both"
    depth: int = Field(default=MAX_DEPTH, ge=1, le=MAX_DEPTH)
    max_nodes: int = Field(default=MAX_NODES, ge=1, le=MAX_NODES)
    direct: bool = False
    columns: bool = False


class PathQuery(AsOf):
    """Two products or columns; `version` is of the first. `direct` leaves out what only filters, joins or sorts."""

    product: Words
    column: Words | None = None
    to_product: Words
    to_column: Words | None = None
    depth: int = Field(default=MAX_DEPTH, ge=1, le=MAX_DEPTH)
    direct: bool = False


class LineageColumn(Answer):
    """A column of a node, with the classes that its contract declares."""

    name: str
    classes: tuple[str, ...] = ()


class LineageNode(Answer):
    """A product, a source or another dataset, or the one node that stands for all the caller may not discover.

    Edges use the `id`; `name` is for people. `layer` counts `hops` against the flow as negative, for drawing from left
    to right. `columns` are those that edges name, of the start all. `more` says that edges lead on that are not told.
    """

    id: str
    kind: Literal["product", "source", "dataset", "restricted"]
    name: str
    hops: int
    layer: int = 0
    domain: str = ""
    owner: str = ""
    model: bool = False
    columns: tuple[LineageColumn, ...] = ()
    more: bool = False

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of the columns told."""
        return tuple(sorted({each for column in self.columns for each in column.classes}))


class LineageEdge(Answer):
    """Data flows from source to target; without columns, between the datasets as a whole.

    `kinds` are OpenLineage's, such as `DIRECT:IDENTITY` or `INDIRECT:JOIN`; `description` is what whoever told of it
    said of the way, such as a declassifier.
    """

    source: str
    source_column: str | None = None
    target: str
    target_column: str | None = None
    kinds: tuple[str, ...] = ()
    masking: bool = False
    description: str = ""


class LineageGraph(Answer):
    """What a product or column comes from or reaches; `truncated` when more lies beyond depth or size.

    `at` is the time as of which it holds, when that is not now.
    """

    product: str
    column: str | None
    direction: Direction
    nodes: tuple[LineageNode, ...]
    edges: tuple[LineageEdge, ...]
    truncated: bool
    at: AwareDatetime | None = None


class LineagePath(Answer):
    """The shortest way of data between two places, as the edges in the order it flows; none when there is none.

    Of several it is the one with most hops that carry values, then the first by name. `backward` when data flows from
    where the question ended to where it began. `restricted` when there may be one through what the caller may not
    discover, `truncated` when the search gave up.
    """

    product: str
    column: str | None
    to_product: str
    to_column: str | None
    nodes: tuple[LineageNode, ...]
    steps: tuple[LineageEdge, ...]
    backward: bool
    restricted: bool
    truncated: bool
    at: AwareDatetime | None = None
