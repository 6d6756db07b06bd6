"""A search as it stands in a URL: `?q=orders&domain=sales&class=pii.contact.email`."""

from typing import Annotated

from pydantic import ConfigDict, Field

from meshwright.registry import MAX_PAGE, SearchQuery, Words
from meshwright.spec import Major, Value

Filter = Annotated[list[Words], Field(max_length=20)]


class SearchParameters(Value):
    """Words and filters; a filter may stand several times, for any of its values."""

    q: Words = ""
    domain: Filter = Field(default=[])
    owner: Filter = Field(default=[])
    tag: Filter = Field(default=[])
    classification: Filter = Field(default=[], alias="class")
    limit: int = Field(default=20, ge=1, le=MAX_PAGE)
    offset: int = Field(default=0, ge=0, le=10_000)

    def query(self) -> SearchQuery:
        """Give the search as a value."""
        return SearchQuery(
            text=self.q,
            domain=tuple(self.domain),
            owner=tuple(self.owner),
            tag=tuple(self.tag),
            classification=tuple(self.classification),
            limit=self.limit,
            offset=self.offset,
        )


class ProductParameters(Value):
    """What a product's page is asked for: a purpose of the caller, and the newest or the named major version."""

    model_config = ConfigDict(extra="ignore")  # addresses are passed on with what others write behind them

    purpose: str | None = None
    major: Major | None = None


class AccessParameters(Value):
    """What a decision is asked for: a purpose, and the newest or the named major version."""

    purpose: str = Field(max_length=200)
    major: Major | None = None
