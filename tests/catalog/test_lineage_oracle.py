"""Random graphs with random visibility, with circles, told by runs in any order: every answer against a slow one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flows import Edge, Graph, Told, held
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from meshwright.access import Policies, Principal
from meshwright.errors import UnknownVersion
from meshwright.grants import Grant
from meshwright.registry import Impact, ImpactQuery, LineageGraph, LineagePath, LineageQuery, PathQuery
from meshwright.spec import Registration, Spec
from meshwright_catalog import events
from meshwright_catalog.embedded import EmbeddedRegistry, open_catalog
from meshwright_catalog.models import EdgeRow, EventRow, FlowRow, JobRow, RunRow, WriteRow
from meshwright_catalog.products import register

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PRODUCTS = [f"{domain}.{name}" for domain in ("sales", "supply_chain") for name in ("a", "b", "c")]
COLUMNS = ["x", "y"]
KINDS = ["DIRECT:IDENTITY", "DIRECT:AGGREGATION", "INDIRECT:FILTER", ""]
VIEWER = "sales.a"


@dataclass
class Hiding:
    """A gate that hides what an example says, and nothing else."""

    policies_now: Policies
    hidden: frozenset[str] = frozenset()

    @property
    def policies(self) -> Callable[[], Policies]:
        return lambda: self.policies_now

    def rules(self, principal: Principal, spec: Spec, policies: str) -> Policies:
        return self.policies_now

    def basis(self, principal: Principal) -> frozenset[str]:
        return self.hidden

    def each(
        self, principal: Principal, contracts: Sequence[tuple[Spec, str]], grants: tuple[Grant, ...] = ()
    ) -> list[bool]:
        return [spec.id not in self.hidden for spec, _ in contracts]


@dataclass
class Lake:
    """A catalog of six products, into which each example tells its own lineage."""

    registry: EmbeddedRegistry
    gate: Hiding
    told: list[Told] = field(default_factory=list[Told])

    def tell(self, drawn: Sequence[Told], hidden: frozenset[str]) -> None:
        self.told, self.gate.hidden = list(drawn), hidden
        with self.registry.catalog.change(self.registry.principal) as visit:
            for table in (EdgeRow, WriteRow, FlowRow, RunRow, JobRow, EventRow):
                visit.session.execute(delete(table))
            for number, each in enumerate(drawn):
                events.record(replace(visit, principal=service(each.output)), event(each, number))

    def graph(self, at: float, **settings: Any) -> Graph:
        return Graph(held(self.told, at), self.gate.hidden, **settings)


def service(product: str) -> Principal:
    return Principal("service", product, product.partition(".")[0], (), ("operations",))


def moment(at: float) -> datetime:
    return NOW - timedelta(days=1) + timedelta(minutes=at)


def place(product: str) -> dict[str, str]:
    return {"namespace": "file", "name": f"/lake/{product.replace('.', '/')}/v1"}


def event(told: Told, number: int) -> dict[str, Any]:
    """Write the COMPLETE event of a run; columns are told unless an edge of whole datasets leads."""
    fields: dict[str, Any] = {}
    shaping: list[dict[str, Any]] = []
    for edge in told.edges:
        if edge.source_column is not None:
            kind, _, sub = edge.kinds.partition(":")
            how = [{"type": kind, "subtype": sub, "masking": edge.masking}] if kind else []
            source = {**place(edge.source), "field": edge.source_column, "transformations": how}
            if edge.target_column is None:
                shaping.append(source)
            else:
                fields.setdefault(edge.target_column, {"inputFields": []})["inputFields"].append(source)
    known = not any(edge.leads for edge in told.edges if edge.source_column is None)
    lineage = {"columnLineage": {"fields": fields, "dataset": shaping}} if known else {}
    return {
        "eventType": "COMPLETE",
        "eventTime": moment(told.at).isoformat(),
        "producer": "urn:test",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(UUID(int=number))},
        "job": {"namespace": f"mesh://thenar/{told.output.partition('.')[0]}", "name": f"{told.output}.build"},
        "inputs": [place(each) for each in sorted({edge.source for edge in told.edges})],
        "outputs": [
            place(told.output) | {"facets": {**lineage, "version": {"datasetVersion": str(told.version)}}},
        ],
    }


@st.composite
def runs(draw: st.DrawFn) -> Told:
    """Draw a run: what it reads, column by column or as a whole; now and then its own product, as a merge does."""
    output = draw(st.sampled_from(PRODUCTS))
    read = draw(st.lists(st.sampled_from(PRODUCTS), max_size=3, unique=True))
    known = draw(st.integers(0, 4)) > 0
    edges = {Edge(source, None, output, None, "", masking=False, leads=not known) for source in read}
    sources = st.sampled_from(read or [output])
    ends = st.tuples(sources, st.sampled_from(COLUMNS), st.sampled_from([*COLUMNS, None]))
    for source, column, target in draw(st.lists(ends, max_size=5 if read and known else 0, unique=True)):
        kind = draw(st.sampled_from(KINDS))
        masks = kind.startswith("DIRECT") and draw(st.booleans())
        edges.add(Edge(source, column, output, target, kind, masking=masks, leads=True))
    return Told(output, draw(st.integers(0, 9)), draw(st.integers(0, 3)), sorted(edges, key=str))


drawn = st.lists(runs(), min_size=1, max_size=9)
hidden = st.frozensets(st.sampled_from([p for p in PRODUCTS if p != VIEWER]), max_size=2)
columns = st.sampled_from([*COLUMNS, None])
ends = st.tuples(columns, st.sampled_from(PRODUCTS), columns)
questions = st.builds(
    LineageQuery,
    product=st.just(VIEWER),
    column=columns,
    direction=st.sampled_from(["up", "down"]),
    depth=st.integers(1, 6),
    direct=st.booleans(),
    columns=st.booleans(),
)
times = st.one_of(st.none(), st.integers(0, 9))


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory, policies: Policies) -> Iterator[Lake]:
    gate = Hiding(policies)
    path: Path = tmp_path_factory.mktemp("lineage") / "catalog.db"
    registry = open_catalog(path, principal=service(VIEWER), gate=gate, clock=lambda: NOW)
    with registry.catalog.change(registry.principal) as visit:
        for product in PRODUCTS:
            spec = Spec.model_validate(
                {
                    "id": product,
                    "version": "1.0.0",
                    "owner": f"owner-of-{product}",
                    "purpose": "operations",
                    "columns": [{"name": c, "type": {"kind": "string"}} for c in COLUMNS],
                }
            )
            handed = Registration(spec=spec, table=place(product)["name"], model=product.endswith("c"))
            register(replace(visit, principal=service(product)), handed)
    yield Lake(registry, gate)
    registry.close()


def links(graph: LineageGraph | LineagePath) -> set[tuple[object, ...]]:
    edges = graph.edges if isinstance(graph, LineageGraph) else graph.steps
    return {(e.source, e.source_column, e.target, e.target_column) for e in edges}


def time_of(at: int | None) -> tuple[float, dict[str, Any]]:
    return (100, {}) if at is None else (at + 0.5, {"at": moment(at + 0.5)})


@settings(max_examples=120)
@given(told=drawn, hide=hidden, at=times, asks=questions)
def test_what_is_followed_is_what_a_plain_search_finds(
    lake: Lake, told: list[Told], hide: frozenset[str], at: int | None, asks: LineageQuery
) -> None:
    way, depth, direct, wide, column = asks.direction, asks.depth, asks.direct, asks.columns, asks.column
    lake.tell(told, hide)
    until, asked = time_of(at)

    graph = lake.graph(until, by_column=wide or column is not None, direct=direct)
    expected = graph.follow((VIEWER, column), way, depth)
    query = asks.model_copy(update=asked)
    answer = lake.registry.lineage(query)
    assert expected == links(answer)
    assert graph.hops | {VIEWER: 0} == {n.id: n.hops for n in answer.nodes}
    assert graph.truncated == answer.truncated
    assert answer.truncated == any(n.more for n in answer.nodes)


@settings(max_examples=120)
@given(told=drawn, hide=hidden, column=columns, at=times)
def test_an_impact_is_what_a_plain_search_reaches_and_how(
    lake: Lake, told: list[Told], hide: frozenset[str], column: str | None, at: int | None
) -> None:
    lake.tell(told, hide)
    until, asked = time_of(at)

    answer: Impact = lake.registry.impact(ImpactQuery(product=VIEWER, column=column, **asked))
    graph = lake.graph(until, by_column=True)
    graph.follow((VIEWER, column), "down", 50)
    start = VIEWER, column
    every = graph.reached(start, masked=True, indirect=True) - {start}
    masked, plain = (graph.reached(start, masked=m, indirect=False) for m in (True, False))

    def how(product: str, name: str | None) -> str:
        either = {(product, name), (product, None)}
        return "direct" if either & plain else "masked" if either & masked else "indirect"

    found = {(p.id, c.name): c.how for p in answer.products for c in p.columns}
    assert {(p, c): how(p, c) for p, c in every if c is not None} == found
    assert set(graph.hops) - {"restricted"} == {p.id for p in answer.products}
    assert {p for p, c in every if c is None} <= {p.id for p in answer.products if p.rows}
    assert ("restricted" in graph.hops) == answer.restricted
    assert {f"owner-of-{p.id}": (p.id,) for p in answer.products} == answer.owners
    assert {p.id for p in answer.products if p.id.endswith("c")} == set(answer.models)
    assert not answer.truncated


@settings(max_examples=120)
@given(told=drawn, hide=hidden, both=ends, at=times)
def test_a_path_is_the_first_of_the_shortest_that_a_plain_search_finds(
    lake: Lake, told: list[Told], hide: frozenset[str], both: tuple[str | None, str, str | None], at: int | None
) -> None:
    first, other, last = both
    lake.tell(told, hide - {other})
    until, asked = time_of(at)
    if other == VIEWER and None in (first, last, first if first != last else None):
        return

    graph = lake.graph(until, by_column=first is not None or last is not None)
    forward = graph.shortest((VIEWER, first), (other, last))
    expected = forward or graph.shortest((other, last), (VIEWER, first))
    query = PathQuery(product=VIEWER, column=first, to_product=other, to_column=last, **asked)
    answer = lake.registry.path(query)
    steps = [(e.source, e.source_column, e.target, e.target_column, " ".join(e.kinds)) for e in answer.steps]
    assert [e[:5] for e in expected] == steps
    assert (bool(expected) and not forward) == answer.backward


@settings(max_examples=60)
@given(told=drawn, version=st.integers(0, 3))
def test_a_version_means_the_time_at_which_it_was_written(lake: Lake, told: list[Told], version: int) -> None:
    lake.tell(told, frozenset())
    written = [each.at for each in told if (each.output, each.version) == (VIEWER, version)]
    query = LineageQuery(product=VIEWER, version=version, columns=True)

    if not written:
        with pytest.raises(UnknownVersion):
            lake.registry.lineage(query)
        return
    then = lake.registry.lineage(query)
    assert lake.registry.lineage(LineageQuery(product=VIEWER, at=moment(max(written)), columns=True)) == then
    assert moment(max(written)) == then.at


@settings(max_examples=60)
@given(told=drawn, most=st.integers(1, 4), way=st.sampled_from(["up", "down"]))
def test_a_graph_that_is_cut_is_part_of_the_whole_and_says_so(
    lake: Lake, told: list[Told], most: int, way: Any
) -> None:
    lake.tell(told, frozenset())
    query = LineageQuery(product=VIEWER, direction=way, columns=True)

    whole = lake.registry.lineage(query)
    part = lake.registry.lineage(query.model_copy(update={"max_nodes": most}))
    assert links(part) <= links(whole)
    assert len([n for n in part.nodes if n.id != VIEWER]) <= most
    assert part.truncated == (links(part) != links(whole))
