"""What a catalog is asked and what it answers: values that the client and the service share."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from meshwright.spec import Registration, Value

Direction = Literal["up", "down", "both"]
MAX_DEPTH = 32
MAX_PAGE = 100

Words = Annotated[str, Field(max_length=200)]


class Answer(BaseModel):
    """A frozen answer; a newer service may say more than this version understands."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Entry(Registration):
    """A registration as the catalog keeps it: who handed it over, when, and as which change."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    registered_at: datetime
    registered_by: str
    sequence: int


class Release(Answer):
    """One registration in a product's history, newest first."""

    version: str
    delta_version: int | None
    rows: int | None
    run_id: str
    contract_hash: str
    registered_at: datetime
    registered_by: str
    sequence: int


class SearchQuery(Value):
    """Words to look for, and filters; several values of one filter mean any of them."""

    text: Words = ""
    domain: tuple[Words, ...] = ()
    owner: tuple[Words, ...] = ()
    tag: tuple[Words, ...] = ()
    classification: tuple[Words, ...] = ()
    limit: int = Field(20, ge=1, le=MAX_PAGE)
    offset: int = Field(0, ge=0, le=10_000)


class SearchHit(Answer):
    """One product found; `matched_columns` are the columns in which a word of the query stands."""

    product: str
    version: str
    description: str
    domain: str
    owner: str
    tags: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    matched_columns: tuple[str, ...] = ()
    rows: int | None = None
    registered_at: datetime


class FacetCount(Answer):
    """How many products would remain with this value as a filter."""

    value: str
    count: int


class Facets(Answer):
    """Counts by value, most frequent first; a filter does not narrow its own facet."""

    domain: tuple[FacetCount, ...] = ()
    owner: tuple[FacetCount, ...] = ()
    tag: tuple[FacetCount, ...] = ()
    classification: tuple[FacetCount, ...] = ()


class SearchPage(Answer):
    """One page of hits, best first, and the facets of all of them."""

    total: int
    hits: tuple[SearchHit, ...]
    facets: Facets = Facets()


class LineageQuery(Value):
    """Where to start, which way to go and how many hops.

    `direct` leaves out what only filters, joins or sorts; `columns` tells the columns of a whole product too.
    """

    product: Words
    column: Words | None = None
    direction: Direction = "both"
    depth: int = Field(MAX_DEPTH, ge=1, le=MAX_DEPTH)
    direct: bool = False
    columns: bool = False


class LineageNode(Answer):
    """A product, a dataset outside of the mesh, or the one node that stands for all the caller may not discover."""

    id: str
    kind: Literal["product", "dataset", "restricted"]
    hops: int


class LineageEdge(Answer):
    """Data flows from source to target; without columns, between the datasets as a whole.

    `kinds` are OpenLineage's, such as `DIRECT:IDENTITY` or `INDIRECT:JOIN`.
    """

    source: str
    source_column: str | None = None
    target: str
    target_column: str | None = None
    kinds: tuple[str, ...] = ()
    masking: bool = False


class LineageGraph(Answer):
    """What a product or column comes from or reaches; `truncated` when more lies beyond depth or size."""

    product: str
    column: str | None
    direction: Direction
    nodes: tuple[LineageNode, ...]
    edges: tuple[LineageEdge, ...]
    truncated: bool
