"""Which nodes of a crowded layer are drawn, and which are told together as "12 more"."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

BESIDE = 10
"""How many boxes stand above one another in a layer, if nobody asks for more."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """A layer with more nodes than are drawn unasked; `members` are those told together, by name."""

    layer: int
    total: int
    members: tuple[str, ...]

    @property
    def key(self) -> str:
        """Name it among the nodes of a picture."""
        return f"more:{self.layer}"


def gather(
    layer_of: Mapping[str, int], pinned: Collection[str], links: Mapping[str, int], shown: Mapping[int, int]
) -> list[Crowd]:
    """Thin out every crowded layer, from left to right.

    What is pinned stays, then what has most links, then by name. `shown` says of how many nodes a layer may consist;
    a single one more is drawn rather than told.
    """
    by_layer: dict[int, list[str]] = {}
    for node in sorted(layer_of, key=lambda node: (node not in pinned, -links.get(node, 0), node)):
        by_layer.setdefault(layer_of[node], []).append(node)
    return [
        Crowd(layer, len(nodes), tuple(sorted(nodes[_room(nodes, pinned, shown.get(layer, BESIDE)) :])))
        for layer, nodes in sorted(by_layer.items())
        if len(nodes) > BESIDE + 1
    ]


def _room(nodes: Collection[str], pinned: Collection[str], asked: int) -> int:
    room = max(asked, sum(node in pinned for node in nodes))
    return len(nodes) if len(nodes) <= room + 1 else room
