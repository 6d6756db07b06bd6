"""Products of other workspaces, read through the gateway: what the decision grants, and nothing else, ever arrives."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl
from polars.io.plugins import register_io_source

from meshwright.access import Decision
from meshwright.access.telling import heard
from meshwright.errors import UnknownProduct
from meshwright.markers import RevealLevel, RowsShown
from meshwright.names import governed_by
from meshwright.ports import Gateway
from meshwright.query import ReadQuery, ReadRequest
from meshwright.registry import Release
from meshwright.rejected import SUFFIX as REJECTED
from meshwright.spec import Spec


@dataclass(frozen=True, slots=True)
class Remote:
    """A product as the catalog tells of it: its promise, and the version that its owner registered last.

    `mesh` is the name by which lineage knows the product; its table's place is told to nobody outside of its domain.
    """

    product: str
    spec: Spec
    version: int
    mesh: str
    gateway: Gateway
    releases: Callable[[str], Sequence[Release]]

    @property
    def table(self) -> str:
        """Name what a build read, for its key."""
        return f"mesh:{self.product}/v{self.spec.major}"

    @property
    def place(self) -> str:
        """Name it in lineage, where the catalog knows which table it is."""
        return f"mesh://{self.mesh}/{governed_by(self.product)}"

    def at(self, version: int | None) -> "Remote":
        """Pin an earlier version."""
        return self if version is None else replace(self, version=version)

    def stamp(self) -> Mapping[str, str]:
        """Tell which contract the version was first registered with, as far as the catalog lists and tells it."""
        for each in reversed(self.releases(governed_by(self.product))):  # classes that go later are no other contract
            if each.delta_version == self.version and each.version.startswith(f"{self.spec.major}."):
                return {"contract_version": each.version, "contract_hash": each.contract_hash}
        return {"contract_hash": ""}

    def missing(self) -> int:
        """Count the files that are gone: the gateway refuses such a version, and says so."""
        return 0

    def decision(self, purpose: str) -> Decision:
        """Ask what the reader may see; it is for explaining, the gateway decides anew at each read."""
        answer = self.gateway.access(self.product, purpose, self.spec.major)
        if answer is None:
            raise UnknownProduct(self.product, (), "catalog")
        return heard(answer)

    def answer(self, query: ReadQuery, purpose: str, version: int | None) -> "Answer":
        """Ask for no row first: who may not read, or asks for too much, learns it here; None is the live version."""
        request = ReadRequest(
            columns=query.columns,
            levels=query.levels,
            filter=query.filter,
            aggregate=query.aggregate,
            order_by=query.order_by,
            limit=None if query.order_by and query.limit is None else 0,  # an order without a limit is refused
            purpose=purpose,
            major=self.spec.major,
            version=None if self.product.endswith(REJECTED) else version,
        )
        with self.gateway.read(self.product, request) as found:
            pinned = request.version if self.product.endswith(REJECTED) else found.version
            asked = request.model_copy(update={"limit": query.limit, "version": pinned})
            frame = _frame(self.gateway, self.product, asked, found.schema)
            return Answer(frame, found.levels, found.version, found.scope, found.rows, found.policies)


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows that are fetched when the frame runs, of one version, the level of each column, and the key of tokens.

    `rows` tells which of the product's rows the policies let the reader see, `policies` is the hash of what decided.
    """

    frame: pl.LazyFrame
    levels: Mapping[str, RevealLevel]
    version: int
    scope: str = ""
    rows: RowsShown = "all"
    policies: str = ""

    @property
    def grade(self) -> str:
        """Say at which levels, with tokens of which key and which rows the same version comes: others differ."""
        levels = ", ".join(f"{path} {level}" for path, level in sorted(self.levels.items()))
        tokens = f", tokens of {self.scope}" if self.scope else ""
        return levels + tokens + ("" if self.rows == "all" else f", rows {self.rows} by {self.policies[:16]}")


def _frame(gateway: Gateway, product: str, request: ReadRequest, schema: pl.Schema) -> pl.LazyFrame:
    """Read anew each time the frame runs: only the columns that are used, one batch at a time."""

    def batches(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, _: int | None
    ) -> Iterator[pl.DataFrame]:
        with gateway.read(product, _narrowed(request, columns, rows)) as found:
            for batch in found.batches:
                yield batch if predicate is None else batch.filter(predicate)

    return register_io_source(batches, schema=schema)


def _narrowed(request: ReadRequest, columns: list[str] | None, rows: int | None) -> ReadRequest:
    change: dict[str, object] = {}
    if columns and request.aggregate is None:
        change["columns"] = tuple(columns)
    if rows is not None:
        change["limit"] = rows if request.limit is None else min(rows, request.limit)
    return request.model_copy(update=change)
