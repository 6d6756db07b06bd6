"""The order of builds, and what is asked of it when it cannot be had."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright.errors import DependencyCycle, UnknownProduct
from meshwright.graph import dependencies, dependents, downstream, order, upstream
from meshwright.spec import ColumnSpec, ListType, PortSpec, Reference, ScalarType, Spec, StructType

TEXT = ScalarType(kind="string")


def spec(id: str, *needs: str, columns: tuple[ColumnSpec, ...] = ()) -> Spec:
    ports = tuple(PortSpec(product=p, major=1, columns=()) for p in needs)
    return Spec(id=id, version="1.0.0", columns=columns, ports=ports)


def mesh(*specs: Spec) -> dict[str, Spec]:
    return {s.id: s for s in specs}


def test_a_product_comes_after_all_it_needs_and_by_name_otherwise() -> None:
    products = mesh(spec("b.two", "a.one"), spec("c.zero"), spec("a.one", "z.last"), spec("z.last"))

    assert ("c.zero", "z.last", "a.one", "b.two") == order(products)


def test_a_reference_is_a_need_however_deep_it_stands() -> None:
    part = ColumnSpec(name="part", type=TEXT, references=Reference(product="supply_chain.parts", column="part_number"))
    nested = StructType(fields=(ColumnSpec(name="lines", type=ListType(items=part)),))
    orders = spec("sales.orders", columns=(ColumnSpec(name="basket", type=nested),))

    assert {"supply_chain.parts"} == dependencies(orders)
    assert ("supply_chain.parts", "sales.orders") == order(mesh(orders, spec("supply_chain.parts")))


def test_a_tree_of_its_own_rows_is_no_circle() -> None:
    parent = ColumnSpec(name="parent", type=TEXT, references=Reference(product="parts.tree", column="id"))

    assert ("parts.tree",) == order(mesh(spec("parts.tree", columns=(parent,))))


def test_rejected_rows_come_with_the_product_that_rejected_them() -> None:
    assert ("a.orders", "b.complaints") == order(mesh(spec("b.complaints", "a.orders__rejected"), spec("a.orders")))


def test_a_circle_is_named_in_order_and_once() -> None:
    products = mesh(spec("c.three", "a.one"), spec("b.two", "c.three"), spec("a.one", "b.two"), spec("d.far", "a.one"))

    with pytest.raises(DependencyCycle) as caught:
        order(products)

    assert ("a.one", "b.two", "c.three", "a.one") == caught.value.products
    assert "a.one -> b.two -> c.three -> a.one" in str(caught.value)


def test_a_product_that_reads_itself_is_a_circle() -> None:
    with pytest.raises(DependencyCycle, match=r"a\.one -> a\.one"):
        order(mesh(spec("a.one", "a.one")))


def test_an_unknown_port_says_who_asks_and_offers_the_nearest_name() -> None:
    products = mesh(spec("sales.orders", "supply_chain.part"), spec("supply_chain.parts"))

    with pytest.raises(UnknownProduct) as caught:
        order(products)

    expected = "sales.orders: no product 'supply_chain.part'; did you mean 'supply_chain.parts'?"
    assert expected == str(caught.value)


def test_what_another_repository_published_may_be_needed() -> None:
    assert ("sales.orders",) == order(mesh(spec("sales.orders", "far.away")), published={"far.away"})


def test_neighbours_near_and_far() -> None:
    products = mesh(spec("a.a"), spec("b.b", "a.a"), spec("c.c", "b.b"), spec("d.d", "b.b", "x.x"), spec("e.e"))

    assert ("b.b",) == dependents(products, "a.a")
    assert ("b.b", "c.c", "d.d") == downstream(products, "a.a")
    assert ("a.a", "b.b", "x.x") == upstream(products, "d.d")
    with pytest.raises(UnknownProduct, match="did you mean"):
        downstream(products, "a.aa")


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_any_graph_without_circles_is_sorted_and_any_other_is_refused(edges: list[tuple[int, int]]) -> None:
    needs = {f"d.p{n}": sorted({f"d.p{b}" for a, b in edges if a == n}) for n in range(10)}
    products = mesh(*(spec(name, *needed) for name, needed in needs.items()))

    try:
        built = order(products)
    except DependencyCycle as error:
        circle = error.products
        assert circle[0] == circle[-1]
        assert all(b in needs[a] for a, b in pairwise(circle))
    else:
        assert sorted(products) == sorted(built)
        assert all(built.index(b) < built.index(a) for a, needed in needs.items() for b in needed)
