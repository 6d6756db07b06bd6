"""In which order the nodes of a layer stand, so that few lines cross, and how high each stands."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterable, Mapping, Sequence
from statistics import fmean

from meshwright_catalog.pages.lineage.layers import Neighbours

_SWEEPS = 6


def ordered(
    layer_of: Mapping[str, int], before: Neighbours, after: Neighbours, last: Collection[str] = ()
) -> list[list[str]]:
    """Give the layers from left to right, each from top to bottom; what is `last` stands below everything else.

    Every node moves to the mean position of its neighbours in the layer next to it, sweep by sweep to the right and
    back (the barycentre heuristic of Sugiyama, Tagawa and Toda, 1981). Where two are even the order is kept, at first
    by name. Of all sweeps the one with the fewest crossings counts; then neighbours change places where that helps.
    """
    by_layer: dict[int, list[str]] = {}
    for node in sorted(layer_of, key=lambda node: (node in last, node)):
        by_layer.setdefault(layer_of[node], []).append(node)
    columns = [by_layer[number] for number in sorted(by_layer)]
    best, fewest = [[*column] for column in columns], crossings(columns, after)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        beside, walk = (before, columns) if sweep % 2 == 0 else (after, columns[::-1])
        place = {node: float(i) for column in columns for i, node in enumerate(column)}
        for column in walk:
            column.sort(key=lambda node: (node in last, _mean(node, beside, place)))
            place |= {node: float(i) for i, node in enumerate(column)}
        if (found := crossings(columns, after)) < fewest:
            best, fewest = [[*column] for column in columns], found
    return _exchanged(best, before, after, last) if fewest else best


def _exchanged(
    columns: list[list[str]], before: Neighbours, after: Neighbours, last: Collection[str]
) -> list[list[str]]:
    """Let two that stand one above the other change places where fewer lines cross then, until none do."""
    place = {node: i for column in columns for i, node in enumerate(column)}
    for _ in range(_SWEEPS):
        changed = False
        for column in columns:
            for i in range(len(column) - 1):
                upper, lower = column[i], column[i + 1]
                gained = sum(
                    _inversions(beside.get(upper, ()), beside.get(lower, ()), place)
                    - _inversions(beside.get(lower, ()), beside.get(upper, ()), place)
                    for beside in (before, after)
                )
                if gained > 0 and lower not in last:
                    column[i : i + 2] = lower, upper
                    place[upper], place[lower] = i + 1, i
                    changed = True
        if not changed:
            break
    return columns


def _inversions(upper: Iterable[str], lower: Iterable[str], place: Mapping[str, int]) -> int:
    """Count the pairs of which the one of the upper stands below the one of the lower."""
    ends = sorted(place[node] for node in lower)
    return sum(bisect_left(ends, place[node]) for node in upper)


def crossings(columns: Sequence[Sequence[str]], after: Neighbours) -> int:
    """Count how often lines between layers that stand side by side cross."""
    place = {node: i for column in columns for i, node in enumerate(column)}
    found = 0
    for column in columns:
        ends: list[int] = []  # of the lines that begin above
        for node in column:
            here = [place[follower] for follower in after.get(node, ())]
            found += sum(len(ends) - bisect_right(ends, end) for end in here)
            for end in here:
                insort(ends, end)
    return found


def heights(
    columns: Sequence[Sequence[str]], size: Mapping[str, float], before: Neighbours, after: Neighbours
) -> dict[str, float]:
    """Give the middle of every node: as near to its neighbours as order and size allow."""
    middle: dict[str, float] = {}
    for column in columns:
        middle |= spread([0.0] * len(column), [size[node] for node in column], column)
    for sweep in range(_SWEEPS):
        beside, walk = (before, columns) if sweep % 2 == 0 else (after, columns[::-1])
        for column in walk:
            wanted = [_mean(node, beside, middle) for node in column]
            middle |= spread(wanted, [size[node] for node in column], column)
    return middle


def spread(wanted: Sequence[float], sizes: Sequence[float], names: Iterable[str]) -> dict[str, float]:
    """Give places as near to the wanted ones as may be (least squares) with no two nearer than their sizes allow.

    Without the room that those above take, this is isotonic regression: pool adjacent violators.
    """
    taken, room = 0.0, list[float]()
    for i, size in enumerate(sizes):
        taken += (sizes[i - 1] + size) / 2 if i else 0.0
        room.append(taken)
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, room, strict=True):
        total, count = want - offset, 1
        while pools and pools[-1][0] / pools[-1][1] >= total / count:
            above, many = pools.pop()
            total, count = total + above, count + many
        pools.append((total, count))
    levels = [total / count for total, count in pools for _ in range(count)]
    return {name: level + offset for name, level, offset in zip(names, levels, room, strict=True)}


def _mean(node: str, beside: Neighbours, place: Mapping[str, float]) -> float:
    near = beside.get(node)
    return fmean(place[each] for each in near) if near else place[node]
