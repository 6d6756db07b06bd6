"""What a product or column reaches."""

from collections.abc import Mapping
from typing import Literal

from pydantic import AwareDatetime, Field

from meshwright.registry.answer import Answer, Words
from meshwright.registry.lineage import MAX_DEPTH, MAX_NODES, AsOf


class ImpactQuery(AsOf):
    """A product or column, and how far to look for what it reaches."""

    product: Words
    column: Words | None = None
    depth: int = Field(default=MAX_DEPTH, ge=1, le=MAX_DEPTH)
    max_nodes: int = Field(default=MAX_NODES, ge=1, le=MAX_NODES)


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
