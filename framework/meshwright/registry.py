"""What a catalog is asked and what it answers: values that the client and the service share."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from meshwright.spec import Registration, Value

Direction = Literal["up", "down", "both"]
Facet = Literal["domain", "owner", "tag", "class"]
MAX_DEPTH = 50
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


class Receipt(Answer):
    """What a registration came to: its number, and whether anything differed from the live one."""

    product: str
    sequence: int
    changed: bool


class EntryPage(Answer):
    """One page of what the caller may discover, by id."""

    total: int
    entries: tuple[Entry, ...]


class History(Answer):
    """A product's registrations, newest first."""

    product: str
    releases: tuple[Release, ...]


class SearchQuery(Value):
    """Words to look for, and filters; several values of one filter mean any of them."""

    text: Words = ""
    domain: tuple[Words, ...] = ()
    owner: tuple[Words, ...] = ()
    tag: tuple[Words, ...] = ()
    classification: tuple[Words, ...] = ()
    limit: int = Field(default=20, ge=1, le=MAX_PAGE)
    offset: int = Field(default=0, ge=0, le=10_000)


class SearchHit(Answer):
    """One product found; `matched_columns` are the columns in which a word of the query stands."""

    id: str
    version: str
    description: str
    domain: str
    owner: str
    tags: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    matched_columns: tuple[str, ...] = ()
    rows: int | None = None
    registered_at: datetime


class SearchPage(Answer):
    """One page of hits, best first, and counts over all of them by facet and value, most frequent first.

    A filter does not narrow its own facet: its counts are of what each other value would give.
    """

    total: int
    hits: tuple[SearchHit, ...]
    facets: Mapping[Facet, Mapping[str, int]]


class LineageQuery(Value):
    """Where to start, which way to go and how many hops.

    `direct` leaves out what only filters, joins or sorts; `columns` tells the columns of a whole product too.
    """

    product: Words
    column: Words | None = None
    direction: Direction = "both"
    depth: int = Field(default=MAX_DEPTH, ge=1, le=MAX_DEPTH)
    direct: bool = False
    columns: bool = False


class LineageNode(Answer):
    """A product, a source or another dataset, or the one node that stands for all the caller may not discover.

    Edges use the `id`; `name` is for people.
    """

    id: str
    kind: Literal["product", "source", "dataset", "restricted"]
    name: str
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
