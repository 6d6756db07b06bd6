"""Which node a dataset belongs to, and what of it the caller may know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sqlalchemy import select

from meshwright.registry import Entry, LineageColumn, LineageNode
from meshwright.spec import column_classes
from meshwright_catalog.datasets import is_source
from meshwright_catalog.gate import Visit
from meshwright_catalog.lineage.edges import Way
from meshwright_catalog.models import DatasetRow
from meshwright_catalog.products import entry_of, newest

RESTRICTED = "restricted"
Kind = Literal["product", "source", "dataset", "restricted"]


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
    """What one caller has met of the graph: the policy is asked once for each product, and for no other."""

    visit: Visit
    _datasets: dict[int, Dataset] = field(default_factory=dict[int, Dataset])
    _entries: dict[str, Entry | None] = field(default_factory=dict[str, Entry | None])
    _ids: dict[str, frozenset[int]] = field(default_factory=dict[str, frozenset[int]])
    _others: dict[str, Dataset] = field(default_factory=dict[str, Dataset])

    def learn(self, ids: Iterable[int]) -> None:
        """Look up these datasets, and decide about the products among them."""
        new = sorted(set(ids) - self._datasets.keys())
        if not new:
            return
        columns = (DatasetRow.id, DatasetRow.namespace, DatasetRow.name, DatasetRow.product, DatasetRow.domain)
        first = {row.id: row for row in self._rows(new)}
        aliases = {i: row.alias_of for i, row in first.items() if row.alias_of is not None}
        first |= {row.id: row for row in self._rows(sorted(set(aliases.values()) - first.keys()))}
        for i in new:
            row = first[aliases.get(i, i)]
            self._datasets[i] = Dataset(*(getattr(row, column.key) for column in columns))
        self.decide(d.product for d in map(self._datasets.__getitem__, new) if d.product)

    def decide(self, products: Iterable[str]) -> None:
        """Ask for each of these products whether the caller may discover it."""
        new = sorted(set(products) - self._entries.keys())
        self._entries |= dict.fromkeys(new)
        for row in newest(self.visit.session, among=new) if new else ():
            entry = entry_of(row)
            self._entries[row.product] = entry if self.visit.may_discover(entry) else None

    def node(self, dataset: int, way: Way) -> str:
        """Name the node of a dataset that was reached this way; what the caller may not discover has no name.

        What is no product is told to whoever sees what is made from it, and to the domain that writes it.
        """
        found = self._datasets[dataset]
        if found.product is not None:
            return found.product if self._entries[found.product] is not None else RESTRICTED
        if way == "up" or (found.domain is not None and found.domain == self.visit.principal.domain):
            self._others[found.node] = found
            return found.node
        return RESTRICTED

    def ids(self, nodes: Iterable[str]) -> Mapping[int, str]:
        """Give the datasets of these nodes: a product has one for each major version, and any may have other names."""
        nodes = tuple(nodes)
        new = [n for n in nodes if n not in self._ids]
        found: dict[int, str] = {self._others[n].id: n for n in new if n in self._others}
        products = [n for n in new if n not in self._others]
        of_product = select(DatasetRow.id, DatasetRow.product).where(DatasetRow.product.in_(products))
        found |= {i: str(p) for i, p in self.visit.session.execute(of_product)} if products else {}
        alias = select(DatasetRow.id, DatasetRow.alias_of).where(DatasetRow.alias_of.in_(sorted(found)))
        found |= {i: found[of] for i, of in self.visit.session.execute(alias) if of is not None} if found else {}
        by_node: dict[str, set[int]] = {n: set() for n in new}
        for i, n in found.items():
            by_node[n].add(i)
        self._ids |= {n: frozenset(ids) for n, ids in by_node.items()}
        return {i: n for n in nodes for i in self._ids[n]}

    def entry(self, node: str) -> Entry | None:
        """Give the entry of a product that the caller may discover."""
        return self._entries.get(node)

    def told(self, node: str, hops: int, layer: int, named: Iterable[str], *, more: bool) -> LineageNode:
        """Say of a node what the caller may know; of the columns those that are named."""
        if node == RESTRICTED:
            return LineageNode(id=node, kind="restricted", name=node, hops=hops, layer=layer)
        entry, other = self._entries.get(node), self._others.get(node)
        classes = {c.name: tuple(sorted(column_classes(c))) for c in entry.spec.columns} if entry else {}
        return LineageNode(
            id=node,
            kind=self.kind(node),
            name=other.name if other else node,
            hops=hops,
            layer=layer,
            domain=entry.spec.domain if entry else (other.domain or "" if other else ""),
            owner=entry.spec.owner if entry else "",
            model=entry.model if entry else False,
            columns=tuple(LineageColumn(name=n, classes=_classes(classes, n)) for n in sorted(set(named))),
            more=more,
        )

    def kind(self, node: str) -> Kind:
        """Tell what a node is."""
        if node == RESTRICTED:
            return "restricted"
        if node in self._others:
            return "source" if is_source(self._others[node].namespace) else "dataset"
        return "product"

    def _rows(self, ids: list[int]) -> list[DatasetRow]:
        return list(self.visit.session.scalars(select(DatasetRow).where(DatasetRow.id.in_(ids)))) if ids else []


def _classes(classes: Mapping[str, tuple[str, ...]], column: str) -> tuple[str, ...]:
    """Give a column's classes; of a field within it, those of the whole."""
    return classes.get(column, classes.get(column.partition(".")[0], ()))
