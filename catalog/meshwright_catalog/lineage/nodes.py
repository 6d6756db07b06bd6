"""Which node a dataset belongs to, and what of it the caller may know."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from sqlalchemy import BigInteger, Connection, Text, func, literal, select, union_all
from sqlalchemy.orm import aliased

from meshwright.registry import LineageNode
from meshwright_catalog.datasets import is_source
from meshwright_catalog.gate import Visit
from meshwright_catalog.lineage.edges import Way
from meshwright_catalog.lineage.listed import Statement, rows, some
from meshwright_catalog.lineage.products import Products
from meshwright_catalog.models import DatasetRow

RESTRICTED = "restricted"
Kind = Literal["product", "source", "dataset", "restricted"]
_TOGETHER = 1_000


class Dataset(NamedTuple):
    """A dataset under its first name."""

    id: int
    namespace: str
    name: str
    product: str | None
    domain: str | None

    @property
    def node(self) -> str:
        """Name it for edges."""
        return self.product or f"{self.namespace}/{self.name.lstrip('/')}"


@dataclass
class Nodes:
    """What one caller has met of the graph."""

    visit: Visit
    products: Products = field(init=False)
    _connection: Connection = field(init=False)
    _dialect: str = field(init=False)
    _datasets: dict[int, Dataset] = field(default_factory=dict[int, Dataset])
    _ids: dict[str, frozenset[int]] = field(default_factory=dict[str, frozenset[int]])
    _others: dict[str, Dataset] = field(default_factory=dict[str, Dataset])

    def __post_init__(self) -> None:
        self.products = Products(self.visit)
        self._connection = self.visit.session.connection()
        self._dialect = self._connection.dialect.name

    def learn(self, ids: Iterable[int]) -> None:
        """Look up these datasets, and decide about the products among them."""
        new = sorted(set(ids) - self._datasets.keys())
        for start in range(0, len(new), _TOGETHER):
            for i, *first in rows(self._connection, _datasets(self._dialect), new[start : start + _TOGETHER]):
                self._datasets[i] = Dataset(*first)
        self.products.decide(d.product for d in map(self._datasets.__getitem__, new) if d.product)

    def node(self, dataset: int, way: Way) -> str:
        """Name the node of a dataset that was reached this way; what the caller may not discover has no name.

        What is no product is told to whoever sees what is made from it, and to the domain that writes it.
        """
        found = self._datasets[dataset]
        if found.product is not None:
            return found.product if self.products.live(found.product) else RESTRICTED
        if way == "up" or (found.domain is not None and found.domain == self.visit.principal.domain):
            self._others[found.node] = found
            return found.node
        return RESTRICTED

    def ids(self, nodes: Iterable[str]) -> Mapping[int, str]:
        """Give the datasets of these nodes: a product has one for each major version, and any may have other names."""
        nodes = tuple(nodes)
        new = [n for n in nodes if n not in self._ids]
        others = {self._others[n].id: n for n in new if n in self._others}
        products = [n for n in new if n not in self._others]
        by_node: dict[str, set[int]] = {n: set() for n in new}
        found: dict[int, str] = dict(others)
        for start in range(0, len(products), _TOGETHER):
            named = rows(self._connection, _of_products(self._dialect), products[start : start + _TOGETHER])
            found |= {row[0]: row[1] for row in named}
        if others:
            found |= {i: others[of] for i, of in rows(self._connection, _aliases(self._dialect), sorted(others))}
        for i, n in found.items():
            by_node[n].add(i)
        self._ids |= {n: frozenset(ids) for n, ids in by_node.items()}
        return {i: n for n in nodes for i in self._ids[n]}

    def told(self, node: str, hops: int, layer: int, named: Iterable[str], *, more: bool) -> LineageNode:
        """Say of a node what the caller may know; of the columns those that are named."""
        where: dict[str, object] = {"hops": hops, "layer": layer}
        if node == RESTRICTED:
            return LineageNode.model_validate(self.about(node) | where)
        classes = self.classes(node)
        columns = [{"name": name, "classes": classes(name)} for name in sorted(set(named))]
        return LineageNode.model_validate(self.about(node) | where | {"columns": columns, "more": more})

    def about(self, node: str) -> dict[str, object]:
        """Say what a node is and whose, as the fields of an answer; values are checked where it is written."""
        known: dict[str, object] = {"id": node, "kind": self.kind(node), "name": node}
        if node == RESTRICTED:
            return known
        live, outline, other = self.products.live(node), self.products.outline(node), self._others.get(node)
        if other:
            known |= {"name": other.name, "domain": other.domain or ""}
        if outline:
            known |= {"domain": outline.domain, "owner": outline.owner}
        return known | {"model": live.model if live else False}

    def kind(self, node: str) -> Kind:
        """Tell what a node is."""
        if node == RESTRICTED:
            return "restricted"
        if node in self._others:
            return "source" if is_source(self._others[node].namespace) else "dataset"
        return "product"

    def classes(self, node: str) -> Callable[[str], tuple[str, ...]]:
        """Give what tells the classes of a product's column; of a field within one, those of the whole."""
        outline = self.products.outline(node)
        known: Mapping[str, tuple[str, ...]] = outline.columns if outline else {}
        return lambda column: known[column] if column in known else known.get(column.partition(".")[0], ())


@lru_cache(maxsize=2)
def _datasets(dialect: str) -> Statement:
    """Give datasets by their id, each as its first name says."""
    first = aliased(DatasetRow)
    columns = (DatasetRow.id, first.id, first.namespace, first.name, first.product, first.domain)
    on = first.id == func.coalesce(DatasetRow.alias_of, DatasetRow.id)
    return select(*columns).join_from(DatasetRow, first, on).where(DatasetRow.id.in_(some(BigInteger(), dialect)))


@lru_cache(maxsize=2)
def _of_products(dialect: str) -> Statement:
    """Give the datasets of products, then what is another name of one, whatever product that was tied to before."""
    first = aliased(DatasetRow)
    named_so = some(Text(), dialect)
    own = select(DatasetRow.id, DatasetRow.product, literal(0).label("n")).where(DatasetRow.product.in_(named_so))
    named = select(DatasetRow.id, first.product, literal(1)).join_from(
        DatasetRow, first, DatasetRow.alias_of == first.id
    )
    both = union_all(own, named.where(first.product.in_(named_so))).subquery()
    return select(both.c.id, both.c.product).order_by(both.c.n)


@lru_cache(maxsize=2)
def _aliases(dialect: str) -> Statement:
    return select(DatasetRow.id, DatasetRow.alias_of).where(DatasetRow.alias_of.in_(some(BigInteger(), dialect)))
