"""What a reader may ask for: columns, levels, a filter, an order and a limit; typed, without SQL or expressions."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from meshwright.markers import RevealLevel

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
    values: tuple[Scalar, ...] = Field(max_length=1000)


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
    of: tuple["Filter", ...] = Field(min_length=1, max_length=100)


class AnyOf(Asked):
    """One of the conditions holds."""

    op: Literal["or"] = "or"
    of: tuple["Filter", ...] = Field(min_length=1, max_length=100)


class Not(Asked):
    """A condition does not hold; unknown stays unknown, as in SQL."""

    op: Literal["not"] = "not"
    of: "Filter"


Filter = Annotated[Compare | IsIn | IsNull | StartsWith | AllOf | AnyOf | Not, Field(discriminator="op")]


class Order(Asked):
    """A column to sort by; nulls come last."""

    column: str
    descending: bool = False


class ReadQuery(Asked):
    """One read; `columns=None` is every column that the decision shows, `levels` asks for a lower one per column."""

    columns: tuple[str, ...] | None = None
    levels: Mapping[str, RevealLevel] = Field(default_factory=dict)
    filter: Filter | None = None
    order_by: tuple[Order, ...] = ()
    limit: int | None = Field(default=None, ge=0)


EVERYTHING = ReadQuery()
"""Every column that is shown, at its strongest level, and every row."""
