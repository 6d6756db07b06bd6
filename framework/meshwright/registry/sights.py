"""Who may see a product, as a catalog answers it."""

from collections.abc import Mapping

from pydantic import Field

from meshwright.markers import RevealLevel, RowsShown
from meshwright.moments import Moment
from meshwright.registry.answer import Answer, Words
from meshwright.spec import Major, Value


def in_words(principal: str, *, empty: bool = True) -> str:
    """Say who is meant: a person or service by name, `team:planning` as whoever comes to be in that team."""
    kind, _, name = principal.partition(":")
    if kind != "team":
        return principal
    return f"team {name} (nobody today)" if empty else f"whoever is in team {name}"


class Sight(Answer):
    """What one principal may see of a product for one purpose: the granted levels of each column that is not hidden.

    Of a team in which nobody is known today `team:planning` is whoever comes to be in it. `by` are the policies and
    grants that say so. `rows` tells whether row policies leave all rows, limit them by a condition, or leave none.
    """

    principal: str
    purpose: str
    columns: Mapping[str, tuple[RevealLevel, ...]]
    by: tuple[str, ...]
    rows: RowsShown = "all"


class WhoCan(Answer):
    """Who may see a product, and a sentence on what that stands on: whose rules, which grants, who is named."""

    sights: tuple[Sight, ...]
    stands_on: str


class WhoCanQuery(Value):
    """Which sights are looked for: a level, a column or the fields within it, at a past moment, of a major version.

    None: any, now, and the newest.
    """

    column: Words | None = None
    level: RevealLevel | None = None
    at: Moment | None = Field(default=None, description="A past moment; none is now.")
    major: Major | None = Field(default=None, description="A major version; none is the newest.")
