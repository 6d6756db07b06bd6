"""Where the boxes and lines of a lineage picture stand, on any graph, held against slow and obvious rules."""

import random
import re
from collections.abc import Sequence
from itertools import combinations, pairwise, permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright.registry import LineageColumn, LineageEdge, LineageGraph, LineageNode, LineagePath
from meshwright_catalog.pages.lineage.find import find
from meshwright_catalog.pages.lineage.gather import BESIDE, gather
from meshwright_catalog.pages.lineage.layers import Pair, layered, neighbours
from meshwright_catalog.pages.lineage.layout import WIDTH, Joint, Layout, Shape, arrange
from meshwright_catalog.pages.lineage.order import crossings, ordered
from meshwright_catalog.pages.lineage.picture import Ask, Node, Picture, flow_of, picture
from meshwright_catalog.pages.lineage.words import fitting, row, short

NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
POINT = re.compile(rf"({NUMBER}),({NUMBER})")
FLAT = re.compile(rf"({NUMBER}),({NUMBER})H({NUMBER})")

names = st.integers(0, 11).map(lambda number: f"n{number}")
graphs = st.lists(st.tuples(names, names), min_size=1, max_size=24)
heights = st.lists(st.integers(0, 5), min_size=12, max_size=12)


def drawn(pairs: Sequence[Pair], rows: Sequence[int] = (0,) * 12) -> tuple[dict[str, int], Layout]:
    nodes = sorted({"n0", *(end for pair in pairs for end in pair)})
    layer_of = layered(nodes, pairs, "n0")
    shapes = [Shape(name, layer_of[name], rows[int(name[1:])]) for name in nodes]
    return layer_of, arrange(shapes, [Joint(*pair) for pair in pairs])


@given(graphs, heights)
def test_no_two_boxes_overlap_and_all_lie_within_the_picture(pairs: list[Pair], rows: list[int]) -> None:
    _, layout = drawn(pairs, rows)
    boxes = list(layout.boxes.values())

    for one, other in combinations(boxes, 2):
        beside = one.x + WIDTH < other.x or other.x + WIDTH < one.x
        assert beside or one.y + one.height < other.y or other.y + other.height < one.y
    for box in boxes:
        assert 0 < box.x < box.x + WIDTH < layout.width
        assert 0 < box.y < box.y + box.height < layout.height


@given(graphs)
def test_every_line_goes_from_its_source_to_its_target_and_right_but_where_it_closes_a_circle(
    pairs: list[Pair],
) -> None:
    layer_of, layout = drawn(pairs)

    for (source, target), curve in zip(pairs, layout.curves, strict=True):
        points = [(float(x), float(y)) for x, y in POINT.findall(curve.path)]
        start, end = layout.boxes[source], layout.boxes[target]
        assert (start.x + WIDTH, start.at(None)) == pytest.approx(points[0])
        assert (end.x, end.at(None)) == pytest.approx(points[-1])
        assert curve.back == (layer_of[source] >= layer_of[target])
        if not curve.back:
            assert sorted(x for x, _ in points) == [x for x, _ in points]
        assert all(0 <= y <= layout.height for _, y in points)


@given(graphs)
def test_without_the_lines_that_go_back_no_circle_is_left_and_without_circles_none_goes_back(pairs: list[Pair]) -> None:
    layer_of, layout = drawn(pairs)
    ahead = {pair for pair, curve in zip(pairs, layout.curves, strict=True) if not curve.back}

    assert not has_circle(ahead)
    assert has_circle(set(pairs)) == any(curve.back for curve in layout.curves)
    assert 0 == layer_of["n0"]


def has_circle(pairs: set[Pair]) -> bool:
    """Take away what nothing leads to until nothing, or only circles, are left."""
    left = set(pairs)
    while left:
        targets = {target for _, target in left}
        kept = {pair for pair in left if pair[0] in targets}
        if kept == left:
            return True
        left = kept
    return False


@given(graphs, heights)
def test_no_line_runs_through_a_box_of_a_layer_between_its_ends(pairs: list[Pair], rows: list[int]) -> None:
    _, layout = drawn(pairs, rows)

    for curve in layout.curves:
        for x, y, _ in FLAT.findall(curve.path):
            layer = [box for box in layout.boxes.values() if box.x == pytest.approx(float(x))]
            assert [] == [box for box in layer if box.y < float(y) < box.y + box.height]


@given(graphs, heights, st.randoms(use_true_random=False))
def test_the_order_of_nodes_and_lines_changes_nothing(
    pairs: list[Pair], rows: list[int], shuffled: random.Random
) -> None:
    _, layout = drawn(pairs, rows)
    others = list(pairs)
    shuffled.shuffle(others)
    _, other = drawn(others, rows)

    assert layout.boxes == other.boxes
    assert sorted(curve.path for curve in layout.curves) == sorted(curve.path for curve in other.curves)


def in_layers(seed: int, layers: int, nodes: int, lines: int) -> tuple[dict[str, int], set[Pair]]:
    """Draw a graph whose lines lead from one layer to the next."""
    rng = random.Random(seed)
    placed = {f"{layer}.{node}": layer for layer in range(layers) for node in range(nodes)}
    pairs = {
        (f"{layer}.{rng.randrange(nodes)}", f"{layer + 1}.{rng.randrange(nodes)}")
        for layer in range(layers - 1)
        for _ in range(lines)
    }
    return placed, pairs


def slow_crossings(columns: Sequence[Sequence[str]], pairs: set[Pair]) -> int:
    place = {node: number for column in columns for number, node in enumerate(column)}
    layer = {node: number for number, column in enumerate(columns) for node in column}
    return sum(
        layer[a] == layer[c] and (place[a] - place[c]) * (place[b] - place[d]) < 0
        for (a, b), (c, d) in combinations(pairs, 2)
    )


def arranged(placed: dict[str, int], pairs: set[Pair]) -> list[list[str]]:
    return ordered(placed, neighbours((b, a) for a, b in pairs), neighbours(pairs))


@pytest.mark.parametrize("seed", range(12))
def test_crossings_are_counted_right_and_are_never_more_than_by_name(seed: int) -> None:
    placed, pairs = in_layers(seed, 4, 7, 10)
    by_name = [sorted(node for node in placed if placed[node] == layer) for layer in range(4)]
    columns = arranged(placed, pairs)

    assert slow_crossings(columns, pairs) == crossings(columns, neighbours(pairs))
    assert slow_crossings(columns, pairs) <= slow_crossings(by_name, pairs)


def test_crossings_are_near_the_fewest_that_any_order_has() -> None:
    found = fewest = by_name = 0
    for seed in range(8):
        placed, pairs = in_layers(seed, 3, 4, 7)
        layers = [sorted(node for node in placed if placed[node] == layer) for layer in range(3)]
        found += slow_crossings(arranged(placed, pairs), pairs)
        by_name += slow_crossings(layers, pairs)
        fewest += min(slow_crossings(each, pairs) for each in product(*(permutations(layer) for layer in layers)))

    assert found <= 1.2 * fewest + 2
    assert found < by_name / 2


def test_a_tree_is_drawn_without_a_crossing() -> None:
    pairs = {("0", f"{a}") for a in "xyz"} | {(a, f"{b}{a}") for a in "xyz" for b in "321"}
    placed = {end: len(end) - (end == "0") for pair in pairs for end in pair}

    assert 0 == slow_crossings(arranged(placed, pairs), pairs)


# What is drawn of a graph.


def node(name: str, *columns: str | LineageColumn, kind: str = "product") -> LineageNode:
    made = [column if isinstance(column, LineageColumn) else LineageColumn(name=column) for column in columns]
    facts = {"id": name, "kind": kind, "name": name, "hops": 1, "owner": "desk", "columns": made}
    return LineageNode.model_validate(facts)


def edge(text: str, *kinds: str, masking: bool = False) -> LineageEdge:
    """Write an edge from `a.b/x > c.d/y`."""
    (source, its), (target, other) = (
        (name, column or None) for name, _, column in (end.partition("/") for end in text.split(" > "))
    )
    return LineageEdge(
        source=source, source_column=its, target=target, target_column=other, kinds=kinds, masking=masking
    )


def graph(centre: str, nodes: Sequence[LineageNode], *edges: LineageEdge) -> LineageGraph:
    return LineageGraph(product=centre, column=None, direction="both", nodes=tuple(nodes), edges=edges, truncated=False)


EMAIL = LineageColumn(name="email", classes=("pii.contact.email",))
HUB = graph(
    "a.hub",
    [node("a.hub", EMAIL, "id"), *(node(f"a.n{i:03}", "id") for i in range(500))],
    *(edge(f"a.n{i:03}/id > a.hub/id", "DIRECT:IDENTITY") for i in range(200)),
    *(edge(f"a.hub/id > a.n{i:03}/id", "DIRECT:IDENTITY") for i in range(200, 500)),
)


def keys(found: Picture) -> list[str]:
    return [each.key for each in found.nodes]


def test_of_five_hundred_neighbours_few_are_drawn_and_the_others_counted() -> None:
    found = picture(HUB)

    assert 2 * BESIDE + 1 == len(found.nodes)
    assert [(-1, 200, 190), (1, 300, 290)] == [(c.layer, c.total, len(c.members)) for c in found.crowds]
    assert 190 == next(line.columns for line in found.lines if line.source == found.crowds[0])
    assert found.layout.height < 100 * (BESIDE + 1)
    below = {layer: max(b.y for b in found.layout.boxes.values() if b.layer == layer) for layer in (-1, 1)}
    assert below == {c.layer: found.layout.boxes[c.key].y for c in found.crowds}


def test_what_is_looked_for_opened_or_on_the_way_is_never_told_as_one_of_many() -> None:
    way = LineagePath(
        product="a.n150", column="id", to_product="a.n450", to_column="id", nodes=HUB.nodes[:1],
        steps=(edge("a.n150/id > a.hub/id"), edge("a.hub/id > a.n450/id")), backward=False, restricted=False,
        truncated=False,
    )  # fmt: skip
    ask = Ask(opened=["a.n170"], found=find(HUB.nodes, "n18"), expanded=["a.n160"], way=way)
    found = picture(HUB, ask)

    assert {"a.n150", "a.n160", "a.n170", "a.n180", "a.n189", "a.n450"} <= set(keys(found))
    assert 2 == sum(line.on_path for line in found.lines)


def test_a_crowd_shows_as_many_as_are_asked_for_and_never_hides_a_single_one() -> None:
    layer_of = {f"n{number:02}": 1 for number in range(25)}

    def hidden(shown: int) -> int:
        (crowd,) = gather(layer_of, ["n24"], {"n20": 3}, {1: shown})
        assert not {"n24", "n20"} & set(crowd.members)
        return len(crowd.members)

    assert [15, 5, 2, 0, 0] == [hidden(shown) for shown in (10, 20, 23, 24, 99)]
    assert [] == gather(dict(list(layer_of.items())[: BESIDE + 1]), [], {}, {})


def test_a_way_that_leads_out_of_the_graph_is_drawn_whole() -> None:
    small = graph("a.b", [node("a.b", "x"), node("c.d", "y")], edge("a.b > c.d"), edge("a.b/x > c.d/y"))
    far = edge("c.d/y > e.f/z", "DIRECT:IDENTITY")
    way = LineagePath(
        product="a.b", column="x", to_product="e.f", to_column="z", nodes=(node("e.f", "z"),),
        steps=(small.edges[1], far), backward=False, restricted=False, truncated=False,
    )  # fmt: skip
    found = picture(small, Ask(way=way))

    assert ["a.b", "c.d", "e.f"] == keys(found)
    assert [("x", "y"), ("y", "z")] == [(each.source_column, each.target_column) for each in found.lines]
    assert all(line.on_path for line in found.lines)


def test_the_restricted_stand_on_both_sides_and_close_no_circle() -> None:
    hidden = LineageNode(id="restricted", kind="restricted", name="restricted", hops=1)
    found = picture(graph("a.b", [node("a.b"), hidden], edge("restricted > a.b"), edge("a.b > restricted")))

    assert [-1, 0, 1] == [each.box.layer for each in found.nodes]
    assert [True, False, True] == [each.hidden for each in found.nodes]
    assert not any(line.curve.back for line in found.lines)


@pytest.mark.parametrize(
    ("flow", "edges"),
    [
        ("values", []),
        ("values", [edge("a.b/x > c.d/y", "DIRECT:IDENTITY"), edge("a.b/z > c.d/y")]),
        ("values", [edge("a.b/x > c.d/y", "DIRECT:IDENTITY"), edge("a.b/z > c.d/y", "DIRECT:IDENTITY", masking=True)]),
        ("masked", [edge("a.b/x > c.d/y", "DIRECT:TRANSFORMATION", masking=True)]),
        ("influence", [edge("a.b/x > c.d", "INDIRECT:JOIN"), edge("a.b/z > c.d", "INDIRECT:FILTER")]),
        ("unknown", [edge("a.b/x > c.d/y")]),
        ("unknown", [edge("a.b/x > c.d/y", "INDIRECT:JOIN"), edge("a.b/z > c.d/y")]),
    ],
)
def test_a_line_tells_the_strongest_that_it_hands_on(flow: str, edges: list[LineageEdge]) -> None:
    assert flow == flow_of(edges)


def test_a_node_has_room_for_its_classes_and_columns_only_when_asked() -> None:
    def height(*opened: str) -> float:
        return next(each.box.height for each in picture(HUB, Ask(opened=opened)).nodes if each.key == "a.hub")

    plain = next(each for each in picture(HUB).nodes if each.key == "a.n000")
    assert isinstance(plain, Node)
    assert plain.box.height < height() < height("a.hub")


def test_words_are_found_in_names_owners_and_columns_but_not_in_what_is_restricted() -> None:
    hidden = LineageNode(id="restricted", kind="restricted", name="restricted", hops=1)
    nodes = [node("a.orders", "Email", "id"), node("a.emails"), hidden]

    assert {"a.emails": (), "a.orders": ("Email",)} == find(nodes, "EMAIL")
    assert {"a.orders": ("Email",)} == find(nodes, "orders email")
    assert {"a.emails": (), "a.orders": ()} == find(nodes, "desk")
    assert ["b.orders", "a.x"] == list(find([node("a.x", "b.orders"), node("b.orders")], "b.orders"))
    assert [{}, {}] == [find(nodes, text) for text in ("", "restricted")]


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_row_is_never_longer_than_its_box(name: str, label: str) -> None:
    left, right = row(name, label)

    assert len(left) + len(right) <= 34
    assert left or not short(name, 34)


def test_classes_that_do_not_fit_are_counted() -> None:
    assert (["pii.contact.email", "commercial"], 0) == fitting(["pii.contact.email", "commercial"])
    shown, others = fitting([f"commercial.{name}" for name in "abcdefg"])
    assert (2, 5) == (len(shown), others)
    assert ([f"{'x' * 13}…{'x' * 13}"], 0) == fitting(["x" * 90])


def test_boxes_of_a_layer_stand_in_the_order_of_the_layer() -> None:
    _, layout = drawn([("n0", "n3"), ("n0", "n2"), ("n0", "n1")])
    order = sorted((box.y, name) for name, box in layout.boxes.items() if box.layer == 1)

    assert ["n1", "n2", "n3"] == [name for _, name in order]
    assert all(one[0] + 56 < other[0] for one, other in pairwise(order))
