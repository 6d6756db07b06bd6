"""What the API is asked, as it stands in a URL, such as `?q=orders&domain=sales`, or in a body."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from meshwright.grants import GrantRequest
from meshwright.moments import up_to_now
from meshwright.registry import MAX_PAGE, SearchQuery, WhoCanQuery, Words
from meshwright.spec import Major, Value
from meshwright_catalog.days import Past, Until

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


class WhoCanParameters(WhoCanQuery):
    """Which sights are looked for; a date stands for its end, or for now where it has not ended."""

    at: Past | None = Field(default=None, description="A past moment, or the end of a date in UTC; none is now.")

    def query(self, now: datetime) -> WhoCanQuery:
        """Give the question as a value."""
        at = None if self.at is None else up_to_now(self.at, now)
        return WhoCanQuery(column=self.column, level=self.level, at=at, major=self.major)


class GrantAsked(GrantRequest):
    """What somebody asks for: columns, or a class, or what is unclassified, at a level, for a purpose, until a time.

    `cls` is the class. `until` is a time with its zone, or a date: to its end in UTC. `grantee` is a team of theirs
    as `team:NAME`, or a service of their domain as `service:domain.product`; empty: themselves.
    """

    until: Until
