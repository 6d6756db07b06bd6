"""Where everything of a lineage picture stands: boxes in layers from left to right, and the lines between them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from meshwright_catalog.pages.lineage.layers import Pair, neighbours
from meshwright_catalog.pages.lineage.order import heights, ordered

WIDTH, HEAD, ROW = 260.0, 56.0, 24.0
_GAP, _BETWEEN, _MARGIN, _LANE, _LONGEST = 20.0, 110.0, 40.0, 10.0, 12


class Shape(NamedTuple):
    """A node to be drawn in its layer: a head, and as many rows under it; `last` stands below all others there."""

    name: str
    layer: int
    rows: int = 0
    head: float = HEAD
    last: bool = False

    @property
    def height(self) -> float:
        """The height of its box."""
        return self.head + self.rows * ROW


class Joint(NamedTuple):
    """A line to be drawn, from the head or a row of one node to the head or a row of another."""

    source: str
    target: str
    source_row: int | None = None
    target_row: int | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A node's place; `layer` counts from the centre, to the left negative."""

    x: float
    y: float
    height: float
    layer: int
    head: float = HEAD

    def at(self, row: int | None) -> float:
        """Give the middle of a row, or of the head."""
        return self.y + (self.head / 2 if row is None else self.head + (row + 0.5) * ROW)


@dataclass(frozen=True, slots=True)
class Curve:
    """A line as an SVG path; `back` leads against the picture's direction, for it closes a circle."""

    path: str
    back: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture's size, its boxes by name, and its lines in the order in which they were asked for."""

    width: float
    height: float
    boxes: Mapping[str, Box]
    curves: tuple[Curve, ...]


def arrange(shapes: Iterable[Shape], joints: Sequence[Joint]) -> Layout:
    """Place every node once; the same picture whatever the order of the nodes.

    A line that does not lead to a later layer closes a circle: it goes back, below the boxes at its ends.
    """
    shape_of = {shape.name: shape for shape in sorted(shapes)}
    layer_of = {name: shape.layer for name, shape in shape_of.items()}
    pairs = {(j.source, j.target) for j in joints if layer_of[j.source] < layer_of[j.target]}
    nodes = {name: f"b{name}" for name in shape_of}
    placed = {nodes[name]: layer for name, layer in layer_of.items()}
    hops = _hops(pairs, layer_of, nodes, placed)
    after, before = neighbours(hops), neighbours((b, a) for a, b in hops)
    size = dict.fromkeys(placed, _LANE) | {nodes[n]: shape.height + _GAP for n, shape in shape_of.items()}
    last = {nodes[name] for name, shape in shape_of.items() if shape.last}
    middle = heights(ordered(placed, before, after, last), size, before, after)
    top = min(middle[node] - size[node] / 2 for node in placed) - _MARGIN
    middle = {node: round(y - top, 1) for node, y in middle.items()}
    left = min(placed.values())
    boxes = {
        name: Box(
            _MARGIN + (shape.layer - left) * (WIDTH + _BETWEEN),
            middle[nodes[name]] - shape.height / 2,
            shape.height,
            shape.layer,
            shape.head,
        )
        for name, shape in shape_of.items()
    }
    curves = tuple(_curve(j, boxes, middle, back=(j.source, j.target) not in pairs) for j in joints)
    bottom = max(*(box.y + box.height for box in boxes.values()), *middle.values())
    return Layout(
        width=max(box.x for box in boxes.values()) + WIDTH + _MARGIN,
        height=bottom + _MARGIN,
        boxes=boxes,
        curves=curves,
    )


def _hops(
    pairs: Iterable[Pair], layer_of: Mapping[str, int], nodes: Mapping[str, str], placed: dict[str, int]
) -> set[Pair]:
    """Cut lines at every layer between their ends; lines of one source share a lane, which is placed like a node."""
    found: set[Pair] = set()
    for source, target in pairs:
        first, last, here = layer_of[source], layer_of[target], nodes[source]
        if last - first <= _LONGEST:
            for layer in range(first + 1, last):
                lane = _lane(source, layer)
                placed[lane] = layer
                found.add((here, lane))
                here = lane
            found.add((here, nodes[target]))
    return found


def _lane(source: str, layer: int) -> str:
    return f"l{layer} {source}"


def _curve(joint: Joint, boxes: Mapping[str, Box], middle: Mapping[str, float], *, back: bool) -> Curve:
    source, target = boxes[joint.source], boxes[joint.target]
    start = (source.x + WIDTH, source.at(joint.source_row))
    end = (target.x, target.at(joint.target_row))
    if back:
        below = max(source.y + source.height, target.y + target.height) + _GAP / 2
        turn = _BETWEEN / 3
        return Curve(
            f"M{_xy(*start)}C{_xy(start[0] + turn, start[1])} "
            f"{_xy(start[0] + turn, below)} {_xy(source.x + WIDTH, below)}"
            f"L{_xy(target.x, below)}C{_xy(end[0] - turn, below)} {_xy(end[0] - turn, end[1])} {_xy(*end)}",
            back,
        )
    path, here = f"M{_xy(*start)}", start
    for layer in range(source.layer + 1, target.layer):
        y = middle.get(_lane(joint.source, layer))
        if y is not None:
            x = source.x + (layer - source.layer) * (WIDTH + _BETWEEN)
            path += f"{_bend(here, (x, y))}H{x + WIDTH:g}"
            here = (x + WIDTH, y)
    return Curve(path + _bend(here, end), back)


def _bend(start: tuple[float, float], end: tuple[float, float]) -> str:
    half = (start[0] + end[0]) / 2
    return f"C{_xy(half, start[1])} {_xy(half, end[1])} {_xy(*end)}"


def _xy(x: float, y: float) -> str:
    return f"{x:g},{y:g}"
