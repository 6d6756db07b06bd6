"""What a catalog works out once: what contracts say in short, and decisions to discover, by all that they read.

Nothing here goes stale: each key holds all that its value was made from.
"""

from collections.abc import Hashable, Mapping, MutableSet
from dataclasses import dataclass, field
from typing import NamedTuple

from meshwright.spec import Spec, column_classes

_CONTRACTS, _BASES = 20_000, 200
"""The most that is remembered: of contracts, and of callers and rules by which they were decided; some 100 MB."""


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


Decisions = MutableSet[tuple[str, str]]
"""The products that may be discovered, by the digests of contract and policies.

What was denied is asked anew each time: if it were remembered, a hidden product would be known by its quick answer.
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What one catalog remembers, for all its callers."""

    _outlines: dict[str, Outline] = field(default_factory=dict[str, Outline])
    _decisions: dict[Hashable, Decisions] = field(default_factory=dict[Hashable, Decisions])

    def outline(self, contract: str) -> Outline | None:
        """Give the outline of a contract by its digest."""
        return self._outlines.get(contract)

    def keep_outline(self, contract: str, spec: Spec) -> Outline:
        """Remember a contract's outline, and give it."""
        if len(self._outlines) >= _CONTRACTS:
            self._outlines.clear()
        classes = {column.name: tuple(sorted(column_classes(column))) for column in spec.columns}
        kept = self._outlines[contract] = Outline(spec.domain, spec.owner, classes)
        return kept

    def decisions(self, basis: Hashable) -> Decisions | None:
        """Give what was decided on a basis, to look up and to add to; None without one."""
        if basis is None:
            return None
        if len(self._decisions) >= _BASES and basis not in self._decisions:
            self._decisions.clear()
        kept = self._decisions.setdefault(basis, set[tuple[str, str]]())
        if len(kept) >= _CONTRACTS:
            kept.clear()
        return kept
