"""The words of whoever reads, the same in a workspace and at a catalog's address."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TypeVar, cast, overload

import polars as pl

from meshwright.access import Decision, Explanation, explain
from meshwright.markers import RevealLevel
from meshwright.mesh import following, showing
from meshwright.mesh.asking import Asking
from meshwright.mesh.reading import Enforced, View
from meshwright.ports import PolicyReview, Registry
from meshwright.read import Scalar
from meshwright.registry import AsOf, Direction, Impact, LineageGraph, LineagePath, SearchPage, SearchQuery
from meshwright.schema import Contract, Frame, InputPort

S = TypeVar("S", bound=Contract | InputPort)


class Reader(ABC):
    """Somebody who reads products for a purpose."""

    purpose: str

    @property
    @abstractmethod
    def enforced(self) -> Enforced:
        """Tell who holds the policies: the gateway, or this process alone, whose masks are `advisory`."""

    @property
    @abstractmethod
    def access(self) -> Asking:
        """Ask for access, and decide about what others ask for."""

    @abstractmethod
    def view(
        self,
        product: str,
        *,
        columns: Sequence[str] | None = None,
        levels: Mapping[str, RevealLevel] | None = None,
        where: Mapping[str, Scalar] | None = None,
        order_by: Sequence[str] = (),
        limit: int | None = None,
        version: int | None = None,
        major: int | None = None,
    ) -> View:
        """Read a product as this principal may see it: without hidden columns, others clear, coarse or as tokens.

        It is of the newest major version, or of `major`; `version` is one of that table.
        """

    @abstractmethod
    def decision(self, product: str, *, major: int | None = None) -> Decision:
        """Give the decision that every read of the product obeys: of the newest major version, or of `major`."""

    @abstractmethod
    def catalog(self) -> Registry:
        """Open the catalog as this principal."""

    @overload
    def read(self, what: type[S], *, version: int | None = None) -> Frame[S]: ...
    @overload
    def read(self, what: str, *, version: int | None = None, major: int | None = None) -> pl.LazyFrame: ...
    def read(
        self, what: type[S] | str, *, version: int | None = None, major: int | None = None
    ) -> Frame[S] | pl.LazyFrame:
        """Read the columns that a contract or input port names; denied ones are an error that says what to ask for.

        They are of the major version that it is bound to. By a product's id, read whatever this principal may see of
        the newest major version, or of `major`.
        """
        if isinstance(what, str):
            return self.view(what, version=version, major=major).frame
        meta = what.__mesh__
        columns = [c.name for c in meta.columns]
        levels: dict[str, RevealLevel] = {c.name: c.level for c in meta.columns if c.level is not None}
        bound = int(meta.version.partition(".")[0]) if meta.version else None
        frame = self.view(meta.id, columns=columns, levels=levels, version=version, major=bound).frame
        return cast("Frame[S]", frame)

    def explain(self, product: str, *, major: int | None = None) -> Explanation:
        """Say per column what this principal may see, by which policy, and what would show more.

        It is of the newest major version, or of `major`.
        """
        return explain(self._decision_in_full(product, major))

    def caveat(self, product: str) -> str:
        """Say where the same question would be answered otherwise; nothing where it is not."""
        return ""

    def _decision_in_full(self, product: str, major: int | None) -> Decision:
        """Give the decision with what is missing; a service tells it with every decision."""
        return self.decision(product, major=major)

    def search(
        self,
        text: str = "",
        *,
        domain: str | None = None,
        owner: str | None = None,
        tag: str | None = None,
        cls: str | None = None,
        limit: int = 10,
    ) -> SearchPage:
        """Find products that this principal may discover."""
        query = SearchQuery(
            text=text,
            domain=(domain,) if domain else (),
            owner=(owner,) if owner else (),
            tag=(tag,) if tag else (),
            classification=(cls,) if cls else (),
            limit=limit,
            offset=0,
        )
        return self.catalog().search(query)

    def policy_review(self) -> PolicyReview:
        """Say which policies wait and which decided, and change it as this principal may."""
        return self.catalog().policy_review

    def show(self, product: str) -> showing.Page:
        """Put one product's page together: promise, facts, and what this principal may see."""
        return showing.page(self.catalog(), product, self.decision)

    def lineage(
        self, what: str, *, direction: Direction = "up", depth: int = 10, when: AsOf = following.NOW
    ) -> LineageGraph:
        """Follow a product or a column (`domain.product.column`) through every domain, as of a time or version."""
        return following.follow(self.catalog(), what, direction, depth, when)

    def impact(self, what: str, *, depth: int = 10, when: AsOf = following.NOW) -> Impact:
        """Tell which products, columns, models and owners a product or column reaches."""
        return following.impact(self.catalog(), what, depth, when)

    def path(self, what: str, to: str, *, depth: int = 50, when: AsOf = following.NOW) -> LineagePath:
        """Find the shortest way of data between two products or columns."""
        return following.path(self.catalog(), what, to, depth, when)
