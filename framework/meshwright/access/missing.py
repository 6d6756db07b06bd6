"""What is missing where a decision shows less than everything, as far as who asks may know.

The one decision function is asked again with one thing changed: another purpose of theirs. Policies that do not decide
about somebody are told to those alone who may know of them: the product's domain, and data protection.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from meshwright.access.cedar import LEVEL_ACTIONS
from meshwright.access.decision import AccessRequest, ColumnDecision, Decision, Missing, levels_above
from meshwright.access.entities import Sort, named_columns, product_of, sorts_of, stand_in
from meshwright.access.leaves import Leaf, leaves
from meshwright.access.policies import Policies
from meshwright.access.requests import open_above, to_read, together
from meshwright.access.taxonomy import Purposes
from meshwright.access.unmet import Wanted, unmet

MOST_PURPOSES = 12
"""So many other purposes are asked about: those that people were given first, then those below them."""


def with_missing(
    decision: Decision, request: AccessRequest, policies: Policies, decide: Callable[[str], Decision]
) -> Decision:
    """Add what would show more to a decision; `decide` is the same decision for another purpose of whoever asked."""
    found = {leaf.path: leaf for leaf in leaves(request.spec.columns)}
    if not decision.discover or (decision.read and all(c.level == "clear" for c in decision.columns.values())):
        return decision
    others = {purpose: decide(purpose) for purpose in _others(request, policies)}
    tree = policies.purposes
    permits = _permits(decision, request, policies, found) if _knows_policies(request, policies) else {}
    columns = {
        path: replace(
            column, missing=(*column.missing, *_for_others(path, column, others, tree), *permits.get(path, ()))
        )
        for path, column in decision.columns.items()
    }
    reads = () if decision.read else (*_to_read(others, tree), *permits.get("", ()))
    told = replace(decision, columns=columns, missing=reads)
    asks = together(told, found) if told.read else _to_open(told, request, found)
    return replace(told, asks=asks)


def _to_open(told: Decision, request: AccessRequest, found: Mapping[str, Leaf]) -> tuple[str, ...]:
    """Ask to read what is unclassified, or for classified columns as tokens, which opens both at once."""
    asks = told.ask, to_read(request.spec, told, dict.fromkeys(found, "token"))
    return tuple(dict.fromkeys(filter(None, asks)))


def _others(request: AccessRequest, policies: Policies) -> list[str]:
    """List the other purposes that somebody may name, up to a number."""
    named = policies.purposes.open_to(request.principal.purposes)
    return [purpose for purpose in named if purpose != request.purpose][:MOST_PURPOSES]


def _knows_policies(request: AccessRequest, policies: Policies) -> bool:
    return policies.principals.knows_policies(request.principal, request.spec.domain)


def _to_read(others: Mapping[str, Decision], tree: Purposes) -> list[Missing]:
    return [Missing("read", "purpose", purpose=each) for each in _topmost([p for p in others if others[p].read], tree)]


def _for_others(path: str, column: ColumnDecision, others: Mapping[str, Decision], tree: Purposes) -> Iterable[Missing]:
    """Name the purposes for which a column shows more, the strongest level first."""
    for level in levels_above(column.level):
        shows = [purpose for purpose, other in others.items() if other.column(path).level == level]
        yield from (Missing(level, "purpose", purpose=each) for each in _topmost(shows, tree))


def _topmost(purposes: list[str], tree: Purposes) -> list[str]:
    """Leave out what a purpose above it stands for."""
    return [p for p in purposes if not tree.allowed(tree.parents[p], tuple(purposes))]


def _permits(
    decision: Decision, request: AccessRequest, policies: Policies, found: Mapping[str, Leaf]
) -> dict[str, tuple[Missing, ...]]:
    """Name the permits that are not met, by column; of reading the product under the empty name."""
    if not decision.read:
        wanted: Wanted = ("read", "read", product_of(request.spec))
        return {"": unmet(request, policies, [wanted], ()).get(wanted, ())}
    named = named_columns(policies.of(request.spec.id))
    sorts: dict[Sort, int] = {}
    asked: dict[str, list[Wanted]] = {}
    for path, leaf in found.items():
        for sort in sorts_of(leaf, request.spec, named):
            what = stand_in(sorts.setdefault(sort, len(sorts)))
            asked.setdefault(path, []).extend(
                (level, LEVEL_ACTIONS[level], what) for level in open_above(decision.column(path), leaf)
            )
    told = unmet(request, policies, [each for wanted in asked.values() for each in wanted], sorts)
    return {
        path: tuple(dict.fromkeys(m for each in wanted for m in told.get(each, ()))) for path, wanted in asked.items()
    }
