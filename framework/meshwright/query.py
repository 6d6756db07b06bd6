"""What a reader may ask for: columns, levels, a filter, an order and a limit; typed, without SQL or expressions."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from meshwright.markers import RevealLevel
from meshwright.moments import Moment
from meshwright.spec import Major, TableVersion

Scalar = bool | int | float | str | Decimal | date | datetime
"""A literal; in JSON decimals, dates and times are ISO text."""


class Asked(BaseModel):
    """A frozen part of a query; errors about it never show what was typed."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Compare(Asked):
    """A column against one literal."""

    op: Literal["eq", "ne", "lt", "le", "gt", "ge"]
    column: str
    value: Scalar


class IsIn(Asked):
    """A column against several literals."""

    op: Literal["is_in"] = "is_in"
    column: str
    values: tuple[Scalar, ...]


class IsNull(Asked):
    """A column without a value."""

    op: Literal["is_null"] = "is_null"
    column: str


class StartsWith(Asked):
    """Text that begins with other text."""

    op: Literal["starts_with"] = "starts_with"
    column: str
    value: str


class AllOf(Asked):
    """Every condition holds."""

    op: Literal["and"] = "and"
    of: tuple["Filter", ...] = Field(min_length=1)


class AnyOf(Asked):
    """One of the conditions holds."""

    op: Literal["or"] = "or"
    of: tuple["Filter", ...] = Field(min_length=1)


class Not(Asked):
    """A condition does not hold; unknown stays unknown, as in SQL."""

    op: Literal["not"] = "not"
    of: "Filter"


Filter = Annotated[Compare | IsIn | IsNull | StartsWith | AllOf | AnyOf | Not, Field(discriminator="op")]


class Order(Asked):
    """A column to sort by; nulls come last."""

    column: str
    descending: bool = False


class Measure(Asked):
    """One figure of each group, under a name of its own; `count` without a column counts rows."""

    name: str
    function: Literal["count", "sum", "mean", "min", "max"]
    column: str | None = None


class Aggregate(Asked):
    """Groups by what the reader sees of some columns, and figures of each; without `by`, of all rows."""

    by: tuple[str, ...] = ()
    of: tuple[Measure, ...] = Field(min_length=1, max_length=50)


class ReadQuery(Asked):
    """One read; `columns=None` is every column that the decision shows, each at the strongest level that is granted.

    `levels` asks for another one per column, of those that are granted for it, or for `hidden` to leave it out.
    With an `aggregate` the answer has its groups and figures instead of columns; order and limit are of the groups.
    """

    columns: tuple[str, ...] | None = None
    levels: Mapping[str, RevealLevel] = Field(default_factory=dict)
    filter: Filter | None = None
    aggregate: Aggregate | None = None
    order_by: tuple[Order, ...] = ()
    limit: int | None = Field(default=None, ge=0, strict=True)


class ReadRequest(ReadQuery):
    """One read over the network: the query, what it is for, and of which version of the table.

    Neither `version` nor `as_of` is the live one; `as_of` is the newest that was committed by then.
    """

    purpose: str = Field(max_length=200)
    major: Major | None = Field(default=None, strict=True)
    version: TableVersion | None = Field(default=None, strict=True)
    as_of: Moment | None = None


EVERYTHING = ReadQuery()
"""Every column that is shown, at its strongest level, and every row."""
