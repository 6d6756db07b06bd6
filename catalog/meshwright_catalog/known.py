"""What a catalog works out once: what contracts say in short, and decisions to discover, by all that they read.

Nothing here goes stale: each key holds all that its value was made from.
"""

from collections.abc import Hashable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

from meshwright.spec import Spec, column_classes
from meshwright_catalog.weighed import Weighed

OUTLINES, DECISIONS = 64_000_000, 64_000_000
"""The most bytes that are remembered of each: some 20,000 contracts of 20 columns, and 200,000 decisions."""
_BASIS, _DECISION = 2_000, 360
"""About the bytes of who asks by which rules, and of a decision: two digests in a set."""


class Live(NamedTuple):
    """A live registration by the digests of its contract and policies; `model` tells that a model publishes it."""

    product: str
    contract: str
    policies: str
    model: bool

    @property
    def digests(self) -> tuple[str, str]:
        """What a decision reads of it."""
        return self.contract, self.policies


@dataclass(frozen=True, slots=True)
class Outline:
    """Of a contract whose it is, and its columns in order, each with its classes."""

    domain: str
    owner: str
    columns: Mapping[str, tuple[str, ...]]

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        return 600 + 150 * len(self.columns) + sum(map(len, self.columns)) + 80 * sum(map(len, self.columns.values()))


Decisions = AbstractSet[tuple[str, str]]
"""The products that may be discovered, by the digests of contract and policies.

What was denied is asked anew each time: if it were remembered, a hidden product would be known by its quick answer.
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What one catalog remembers, for all its callers."""

    _outlines: Weighed[str, Outline] = field(default_factory=lambda: Weighed[str, Outline](OUTLINES))
    _decisions: Weighed[Hashable, set[tuple[str, str]]] = field(
        default_factory=lambda: Weighed[Hashable, set[tuple[str, str]]](DECISIONS)
    )

    def outline(self, contract: str) -> Outline | None:
        """Give the outline of a contract by its digest."""
        return self._outlines.get(contract)

    def keep_outline(self, contract: str, spec: Spec) -> Outline:
        """Remember a contract's outline, and give it."""
        classes = {column.name: tuple(sorted(column_classes(column))) for column in spec.columns}
        made = Outline(spec.domain, spec.owner, classes)
        return self._outlines.keep(contract, made, made.weight)

    def decisions(self, basis: Hashable) -> Decisions:
        """Give what was decided on a basis; nothing without one."""
        return (self._decisions.get(basis) if basis is not None else None) or frozenset()

    def keep_decisions(self, basis: Hashable, decisions: Decisions) -> None:
        """Remember more that was decided on a basis; without one, nothing."""
        if basis is not None and decisions:
            kept = self._decisions.get(basis) or set[tuple[str, str]]()
            kept |= decisions
            self._decisions.keep(basis, kept, _BASIS + _DECISION * len(kept))
