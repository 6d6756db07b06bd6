"""Which column of the picture each node stands in: data flows to the right, but where it flows in a circle."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

Pair = tuple[str, str]
Neighbours = Mapping[str, Sequence[str]]


def layered(nodes: Iterable[str], pairs: Iterable[Pair], centre: str) -> dict[str, int]:
    """Number the layers of any graph; a pair that does not lead to a later layer closes a circle."""
    nodes, pairs = tuple(nodes), frozenset(pairs)
    return layers(nodes, pairs - turned(nodes, pairs, centre), centre)


def turned(nodes: Iterable[str], pairs: Iterable[Pair], centre: str) -> frozenset[Pair]:
    """Choose the pairs that close circles: without them none is left. Only what lies on a circle is chosen.

    They are the back edges of a depth-first search that begins at the centre and goes on by name.
    """
    after = neighbours(pairs)
    back: set[Pair] = set()
    done: set[str] = set()
    for root in (centre, *sorted(nodes)):
        if root in done:
            continue
        path: dict[str, Iterator[str]] = {root: iter(after.get(root, ()))}
        while path:
            node = next(reversed(path))
            for follower in path[node]:
                if follower in path:
                    back.add((node, follower))
                elif follower not in done:
                    path[follower] = iter(after.get(follower, ()))
                    break
            else:
                done.add(node)
                del path[node]
    return frozenset(back)


def layers(nodes: Iterable[str], pairs: Iterable[Pair], centre: str) -> dict[str, int]:
    """Number the layers from left to right, the centre's is 0; `pairs` hold no circle, each leads to a later layer.

    What the centre reaches stands as far left as it may, everything else as far right as it may.
    """
    nodes, pairs = sorted({*nodes, centre}), sorted(set(pairs))
    after, before = neighbours(pairs), neighbours((b, a) for a, b in pairs)
    order = _order(nodes, after, before)
    reached = _reached(centre, after)
    found = {centre: 0}
    for node in order:
        if node in reached and node != centre:
            found[node] = 1 + max(found[each] for each in before[node] if each in reached)
    for node in reversed(order):
        if node not in reached:
            found[node] = min((found[each] for each in after.get(node, ())), default=1) - 1
    return found


def neighbours(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    """List what follows each node, by name."""
    found: dict[str, list[str]] = {}
    for one, other in sorted(set(pairs)):
        found.setdefault(one, []).append(other)
    return found


def _order(nodes: Sequence[str], after: Neighbours, before: Neighbours) -> list[str]:
    """Put every node behind all that it follows."""
    waiting = {node: len(before.get(node, ())) for node in nodes}
    order = [node for node in nodes if not waiting[node]]
    for node in order:
        for follower in after.get(node, ()):
            waiting[follower] -= 1
            if not waiting[follower]:
                order.append(follower)
    return order


def _reached(start: str, after: Neighbours) -> AbstractSet[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for follower in after.get(waiting.pop(), ()):
            if follower not in seen:
                seen.add(follower)
                waiting.append(follower)
    return seen
