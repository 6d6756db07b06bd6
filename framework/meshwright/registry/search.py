"""What is searched for, and what is found."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from meshwright.registry.answer import Answer, Words
from meshwright.spec import Value

Facet = Literal["domain", "owner", "tag", "class"]
MAX_PAGE = 100


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
