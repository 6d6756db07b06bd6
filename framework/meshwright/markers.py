"""What a column means, beyond its type."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from annotated_types import GroupedMetadata
from pydantic import Field, StringConstraints

RevealLevel = Literal["hidden", "token", "coarse", "clear"]
RowsShown = Literal["all", "limited", "none"]
Severity = Literal["error", "quarantine", "warn"]
Keep = Literal["none", "first", "last"]


@dataclass(frozen=True, slots=True)
class Key:
    """Mark a part of the primary key: never null, unique together with the other parts.

    `entity` names what the key identifies (one domain owns it). `keep` says which row of several with one key
    survives a quarantine: none, or the first or last by known-at time, event time and row order.
    """

    entity: str | None = None
    keep: Keep = "none"


@dataclass(frozen=True, slots=True)
class References:
    """Require that the value exists in a column of another product, or is null."""

    product: str
    column: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class Unit:
    """Name the unit of a measurement: a UCUM code, a currency or `piece`."""

    code: str


@dataclass(frozen=True, slots=True)
class Class:
    """Classify a column by the mesh's class tree, such as `commercial`."""

    name: str


@dataclass(frozen=True, slots=True)
class Pii:
    """Classify a column as personal data of a kind, such as `contact.email`; the class is `pii.<kind>`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Level:
    """Ask for no more than this level of a classified column, in an input port."""

    name: RevealLevel


@dataclass(frozen=True, slots=True)
class EventTime:
    """Mark the moment at which the fact held."""


@dataclass(frozen=True, slots=True)
class KnownAt:
    """Mark the moment from which the fact was known."""


@dataclass(frozen=True, slots=True)
class OnFail:
    """Choose what happens to a row whose value breaks a rule of this column."""

    severity: Severity


@dataclass(frozen=True, slots=True)
class Vector(GroupedMetadata):
    """Fix the length of a `list[float]`; no item is null, NaN or infinite."""

    length: int

    def __iter__(self) -> Iterator[object]:
        yield Field(min_length=self.length, max_length=self.length)


@dataclass(frozen=True, slots=True)
class Decimals(GroupedMetadata):
    """Fix precision and scale of a `Decimal`: at most `precision` digits, `scale` of them after the point."""

    precision: int
    scale: int

    def __iter__(self) -> Iterator[object]:
        yield Field(max_digits=self.precision, decimal_places=self.scale)


@dataclass(frozen=True, slots=True)
class Matches(GroupedMetadata):
    """Require that the whole value matches a regular expression (syntax of Rust's `regex`)."""

    pattern: str

    def __iter__(self) -> Iterator[object]:
        yield StringConstraints(pattern=f"^(?:{self.pattern})$")


@dataclass(frozen=True, slots=True)
class DateFormat:
    """Say how a source writes a date or time, in `strftime` codes."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Number:
    """Say how a source writes a number: what stands around it and between its digits."""

    prefix: str = ""
    suffix: str = ""
    thousands: str = ""
    decimal: str = "."


def Column(name: str) -> Any:  # noqa: N802 - reads as a marker beside Key and Unit
    """Give a column a name that is no Python identifier or hides a method of the class."""
    return Field(alias=name)
