"""How an operational system writes what it hands over: facts about a source, stated in its class."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Csv:
    """Delimited text; `decimal` is the mark in numbers, `skip` the lines before the header or data.

    Without a header the columns of the class name the fields in order. `quote=None` takes quotes literally. `titles`
    are what stands in the last skipped line where that names no columns (blank, or one twice); others are an error.
    """

    header: bool = True
    delimiter: str = ","
    decimal: Literal[".", ","] = "."
    encoding: str = "utf-8"
    skip: int = 0
    quote: str | None = '"'
    nulls: tuple[str, ...] = ("",)
    titles: tuple[str, ...] = field(default=(), repr=False)  # a contract holds the repr, and those of before stay equal


@dataclass(frozen=True, slots=True)
class Parquet:
    """Parquet files with the columns of the class."""


@dataclass(frozen=True, slots=True)
class JsonLines:
    """One JSON object a line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Excel:
    """One sheet of a workbook; `skip` counts the rows above the header or data."""

    sheet: str | None = None
    header: bool = True
    skip: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Sqlite:
    """One table of an SQLite file."""

    table: str


@dataclass(frozen=True, slots=True)
class Delta:
    """A Delta table somebody else writes."""


Format = Csv | Parquet | JsonLines | Excel | Sqlite | Delta
