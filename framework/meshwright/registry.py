"""What a catalog is asked and what it answers: values that the client and the service share."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from meshwright.markers import RevealLevel
from meshwright.spec import Registration, Value

Direction = Literal["up", "down", "both"]
Facet = Literal["domain", "owner", "tag", "class"]
MAX_DEPTH = 50
MAX_NODES = 500
MAX_PAGE = 100

Words = Annotated[str, Field(max_length=200)]


class Answer(BaseModel):
    """A frozen answer; a newer service may say more than this version understands."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Entry(Registration):
    """A registration as the catalog keeps it: who handed it over, when, and as which change.

    Outside of the owning domain and data protection it is told without policies, their tests and the table's place:
    these are empty then, and it is not `whole`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    registered_at: datetime
    registered_by: str
    sequence: int
    whole: bool = True


class PolicyTold(Answer):
    """A policy that decided, and the reason it states."""

    id: str
    why: str = ""


class ColumnAccess(Answer):
    """What the caller may see of one column (or nested field, by its path), and the smallest request for more."""

    path: str
    level: RevealLevel
    granted: tuple[RevealLevel, ...] = ()
    classes: tuple[str, ...] = ()
    by: tuple[PolicyTold, ...] = ()
    ask: str = ""


class RowsTold(Answer):
    """What one policy asks of rows: it shows or hides those that fit `where`, in Cedar."""

    effect: Literal["permit", "forbid"]
    where: str
    by: PolicyTold


class AccessAnswer(Answer):
    """What a decision says to whom it is about: column by column, which policy decided, and what would show more.

    `rows` tells which rows are shown; None: all.
    """

    product: str
    principal: str
    purpose: str
    read: bool
    columns: tuple[ColumnAccess, ...] = ()
    rows: tuple[RowsTold, ...] | None = None
    by: tuple[PolicyTold, ...] = ()
    ask: str = ""
    problem: str = ""
    policies: str = ""


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
    """What a registration came to: its number, and whether anything differed from the live one.

    `policy_version` numbers the policies that were handed in; while they are `waiting`, those before them decide.
    """

    product: str
    sequence: int
    changed: bool
    policy_version: int = 0
    waiting: bool = False


class PolicyVersion(Answer):
    """One version of a product's policies: who wrote it, who approved it, and whether it decides.

    `state` is `in force`, `waiting` for data protection, `replaced`, `withdrawn` by a rollback or `dropped` by its
    author. `decides` is the hash that an answer to a person names which it decides under the mesh's rules of today.
    """

    product: str
    number: int
    major: int
    digest: str
    decides: str
    author: str
    written_at: datetime
    state: str
    approver: str = ""
    decided_at: datetime | None = None


class PolicyVersions(Answer):
    """Versions of policies, newest first."""

    versions: tuple[PolicyVersion, ...]


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


class AsOf(Value):
    """When an answer should hold: at a time, or when a version of the product's table was written; default: now."""

    at: AwareDatetime | None = None
    version: int | None = Field(default=None, ge=0, le=2**53)

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


class ImpactQuery(AsOf):
    """A product or column, and how far to look for what it reaches."""

    product: Words
    column: Words | None = None
    depth: int = Field(default=MAX_DEPTH, ge=1, le=MAX_DEPTH)
    max_nodes: int = Field(default=MAX_NODES, ge=1, le=MAX_NODES)


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


Reach = Literal["direct", "masked", "indirect"]
"""How data gets there: its values, its values but only masked, or by what it filters, joins, sorts or decides."""


class ReachedColumn(Answer):
    """A column that what was asked about reaches."""

    name: str
    how: Reach
    hops: int
    classes: tuple[str, ...] = ()


class ReachedProduct(Answer):
    """A product, or another dataset, that is reached; `rows` when that decides which rows it has."""

    id: str
    kind: Literal["product", "source", "dataset"]
    name: str
    domain: str = ""
    owner: str = ""
    model: bool = False
    how: Reach
    hops: int
    rows: bool = False
    columns: tuple[ReachedColumn, ...] = ()


class Impact(Answer):
    """What a column or product reaches, nearest first, and per owner which products.

    `restricted` when it reaches what the caller may not discover, `truncated` when more lies beyond depth or size.
    """

    product: str
    column: str | None
    products: tuple[ReachedProduct, ...]
    owners: Mapping[str, tuple[str, ...]]
    restricted: bool
    truncated: bool
    at: AwareDatetime | None = None

    @property
    def models(self) -> tuple[str, ...]:
        """The products reached that models publish."""
        return tuple(each.id for each in self.products if each.model)


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
