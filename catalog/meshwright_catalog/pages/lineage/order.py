"""In which order the nodes of a layer stand, so that few lines cross, and how high each stands."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from meshwright_catalog.pages.lineage.layers import Neighbours

_SWEEPS = 6


def ordered(layer_of: Mapping[str, int], before: Neighbours, after: Neighbours) -> list[list[str]]:
    """Give the layers from left to right, each from top to bottom.

    Every node moves to the mean position of its neighbours in the layer next to it, sweep by sweep to the right and
    back (the barycentre heuristic of Sugiyama, Tagawa and Toda, 1981). Where two are even the order is kept, at first
    by name.
    """
    by_layer: dict[int, list[str]] = {}
    for node in sorted(layer_of):
        by_layer.setdefault(layer_of[node], []).append(node)
    columns = [by_layer[number] for number in sorted(by_layer)]
    for sweep in range(_SWEEPS):
        beside, walk = (before, columns) if sweep % 2 == 0 else (after, columns[::-1])
        place = {node: float(i) for column in columns for i, node in enumerate(column)}
        for column in walk:
            column.sort(key=lambda node: _mean(node, beside, place))
            place |= {node: float(i) for i, node in enumerate(column)}
    return columns


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
