"""The contract as a value: what crosses files, revisions, the registry and the gateway."""

import hashlib
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from meshwright.markers import Keep, RevealLevel, Severity

Bound = int | float | str
"""A limit of a range; decimals, dates and times as ISO text."""

Major = Annotated[int, Field(ge=0, le=999_999_999)]
"""A contract's major version, as somebody asks for one."""
TableVersion = Annotated[int, Field(ge=0, le=2**53)]
"""A version of a table, as somebody asks for one: no larger than every reader of JSON can tell from the next."""


class Value(BaseModel):
    """A frozen, serialisable value without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ScalarType(Value):
    """One value of a simple kind; `timestamp` is UTC with microseconds, `integer` 64 bits signed."""

    kind: Literal["string", "integer", "number", "boolean", "date", "timestamp", "binary"]


class DecimalType(Value):
    """An exact decimal number."""

    kind: Literal["decimal"] = "decimal"
    precision: int = 38
    scale: int = 9


class VectorType(Value):
    """A fixed number of floats."""

    kind: Literal["vector"] = "vector"
    length: int


class ListType(Value):
    """Any number of items of one type."""

    kind: Literal["list"] = "list"
    items: "ColumnSpec"


class StructType(Value):
    """Named fields, each a column of its own."""

    kind: Literal["struct"] = "struct"
    fields: tuple["ColumnSpec", ...]


ColumnType = Annotated[ScalarType | DecimalType | VectorType | ListType | StructType, Field(discriminator="kind")]


class Reference(Value):
    """A column of another product in which the value must exist."""

    product: str
    column: str
    version: int = 1


class Constraints(Value):
    """The limits of one column; for lists `min_length` and `max_length` count the items."""

    ge: Bound | None = None
    gt: Bound | None = None
    le: Bound | None = None
    lt: Bound | None = None
    multiple_of: Bound | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    values: tuple[str | int | bool, ...] | None = None
    allow_nan: bool = False


class NumberFormat(Value):
    """How a source writes a number: what stands around it and between its digits."""

    prefix: str = ""
    suffix: str = ""
    thousands: str = ""
    decimal: str = "."


class ColumnSpec(Value):
    """One column: its type, meaning, classes and limits."""

    name: str
    type: ColumnType
    nullable: bool = False
    description: str = ""
    key: bool = False
    entity: str | None = None
    keep: Keep = "none"
    event_time: bool = False
    known_at: bool = False
    unit: str | None = None
    classes: tuple[str, ...] = ()
    references: Reference | None = None
    constraints: Constraints = Constraints()
    on_fail: Severity | None = None
    level: RevealLevel | None = None
    date_format: str | None = None
    number_format: NumberFormat | None = None


class RuleSpec(Value):
    """A named expression over several columns; `expression` is its Python text."""

    name: str
    description: str = ""
    severity: Severity | None = None
    columns: tuple[str, ...]
    expression: str


class SlaSpec(Value):
    """What a consumer may count on, in the words of ODCS."""

    latency: timedelta | None = None
    frequency: timedelta | None = None
    retention: timedelta | None = None
    availability: float | None = None


class PortSpec(Value):
    """The columns one product relies on from another's major version."""

    product: str
    major: int
    columns: tuple[ColumnSpec, ...]


class SourceSpec(Value):
    """The columns that an operational system hands over."""

    name: str
    format: str
    columns: tuple[ColumnSpec, ...]


class Spec(Value):
    """One data product's promise: its columns, rules and version, and who answers for it."""

    id: str
    version: str
    description: str = ""
    columns: tuple[ColumnSpec, ...]
    rules: tuple[RuleSpec, ...] = ()
    on_fail: Severity = "error"
    owner: str = ""
    purpose: str = ""
    tags: tuple[str, ...] = ()
    partition_by: tuple[str, ...] = ()
    sla: SlaSpec = SlaSpec()
    ports: tuple[PortSpec, ...] = ()
    sources: tuple[SourceSpec, ...] = ()

    @property
    def domain(self) -> str:
        """The domain that owns the product."""
        return self.id.partition(".")[0]

    @property
    def product(self) -> str:
        """The product's name within its domain."""
        return self.id.partition(".")[2]

    @property
    def major(self) -> int:
        """The major version consumers bind to."""
        return int(self.version.partition(".")[0])

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns of the primary key, in order."""
        return tuple(c.name for c in self.columns if c.key)

    def column(self, name: str) -> ColumnSpec | None:
        """Find a column by its exact name."""
        return next((c for c in self.columns if c.name == name), None)

    def canonical(self) -> str:
        """Write the value as JSON that is the same for equal values."""
        return self.model_dump_json()

    def digest(self) -> str:
        """Hash the whole value (SHA-256, hex)."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


def column_classes(column: ColumnSpec) -> frozenset[str]:
    """Collect the classes of a column and of everything nested in it."""
    own = frozenset(column.classes)
    if isinstance(column.type, ListType):
        return own | column_classes(column.type.items)
    if isinstance(column.type, StructType):
        return own.union(*map(column_classes, column.type.fields))
    return own


class Registration(Value):
    """What a publisher hands the catalog: contract, policies and the table's place, as data.

    `model` says that a model of the domain publishes the product.
    """

    spec: Spec
    table: str
    delta_version: int | None = None
    policies: str = ""
    policy_tests: str = ""
    run_id: str = ""
    rows: int | None = None
    model: bool = False
