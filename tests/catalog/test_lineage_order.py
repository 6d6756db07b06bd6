"""Events of one run come in any order, and tell the same."""

from collections.abc import Sequence
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lineage_cases import run_of
from sqlalchemy import select

from meshwright_catalog.embedded import EmbeddedRegistry
from meshwright_catalog.models import DatasetRow, EdgeRow, RunRow

Edge = tuple[str, str | None, str | None, str, bool]
NUMBER = count(1)
ENDS = {"COMPLETE": "COMPLETED", "FAIL": "FAILED", "ABORT": "ABORTED"}

origins = st.fixed_dictionaries(
    {
        "namespace": st.just("erp"),
        "name": st.sampled_from(["t1", "t2"]),
        "field": st.sampled_from("ab"),
        "transformations": st.lists(
            st.fixed_dictionaries(
                {"type": st.sampled_from(["DIRECT", "INDIRECT"]), "subtype": st.just("X"), "masking": st.booleans()}
            ),
            max_size=1,
        ),
    }
)
columns = st.none() | st.fixed_dictionaries(
    {
        "fields": st.dictionaries(
            st.sampled_from("xy"), st.fixed_dictionaries({"inputFields": st.lists(origins, max_size=2)})
        ),
        "dataset": st.lists(origins, max_size=1),
    }
)
told = st.fixed_dictionaries(
    {
        "eventType": st.sampled_from(["START", "RUNNING", "COMPLETE", "FAIL", "OTHER"]),
        "eventTime": st.sampled_from([f"2026-11-20T0{hour}:00:00Z" for hour in range(3)]),
        "read": st.lists(st.sampled_from(["t1", "t2", "t3"]), max_size=2),
        "columns": columns,
    }
)


def recorded(registry: EmbeddedRegistry, events: Sequence[dict[str, Any]]) -> tuple[set[Edge], str]:
    """Tell of a run of a job of its own, and give the edges that hold then, and how the run stands."""
    name = f"out{next(NUMBER)}"
    output = {"namespace": "s3://lake", "name": name}
    for each in events:
        facets = {"columnLineage": each["columns"]} if each["columns"] else {}
        inputs = [{"namespace": "erp", "name": read} for read in each["read"]]
        run = run_of("sales", inputs, [output | {"facets": facets}], job=name)
        run |= {key: each[key] for key in ("eventType", "eventTime")} | {"run": {"runId": str(UUID(int=1))}}
        registry.record(run)
    with registry.catalog.visit(registry.principal) as visit:
        source = select(
            DatasetRow.name, EdgeRow.input_field, EdgeRow.output_field, EdgeRow.kinds, EdgeRow.masking
        ).join(EdgeRow, EdgeRow.input_id == DatasetRow.id)
        target = select(DatasetRow.id).where(DatasetRow.name == name).scalar_subquery()
        edges = visit.session.execute(source.where(EdgeRow.output_id == target, EdgeRow.current)).all()
        [state] = visit.session.scalars(select(RunRow.state).order_by(RunRow.id.desc()).limit(1))
    return {(name, field, column, kinds, masking) for name, field, column, kinds, masking in edges}, state


def reference(events: Sequence[dict[str, Any]]) -> tuple[set[Edge], str]:
    """Add up by hand."""
    ends = [(e["eventTime"], ENDS[e["eventType"]]) for e in events if e["eventType"] in ENDS]
    state = max(ends)[1] if ends else "RUNNING"
    if not any(e["eventType"] == "COMPLETE" for e in events):
        return set(), state
    how: dict[tuple[str, str, str | None], list[dict[str, Any]]] = {}
    for lineage in (e["columns"] for e in events if e["columns"]):
        for column, made in [
            *((c, m["inputFields"]) for c, m in lineage["fields"].items()),
            (None, lineage["dataset"]),
        ]:
            for origin in made:
                how.setdefault((origin["name"], origin["field"], column), []).extend(origin["transformations"])
    whole = {read for e in events for read in e["read"]} | {name for name, _, _ in how}
    edges: set[Edge] = {(name, None, None, "", False) for name in whole}
    for (name, field, column), steps in how.items():
        direct = [step["masking"] for step in steps if step["type"] == "DIRECT"]
        kinds = " ".join(sorted({f"{step['type']}:X" for step in steps}))
        edges.add((name, field, column, kinds, bool(direct) and all(direct)))
    return edges, state


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), events=st.lists(told, min_size=1, max_size=4))
def test_events_of_a_run_add_up_to_the_same_in_every_order(
    ana: EmbeddedRegistry, data: st.DataObject, events: list[dict[str, Any]]
) -> None:
    arrived = data.draw(st.permutations(events))

    assert reference(events) == recorded(ana, arrived)


def test_a_start_that_comes_late_takes_nothing_back(ana: EmbeddedRegistry) -> None:
    def event(kind: str, hour: int, name: str) -> dict[str, Any]:
        origin: dict[str, Any] = {"namespace": "erp", "name": name, "field": "a", "transformations": []}
        lineage: dict[str, Any] = {"fields": {"x": {"inputFields": [origin]}}, "dataset": []}
        return {"eventType": kind, "eventTime": f"2026-11-20T0{hour}:00:00Z", "read": [], "columns": lineage}

    edges, state = recorded(ana, [event("COMPLETE", 3, "s2"), event("START", 2, "s2b")])

    assert ({"s2", "s2b"}, "COMPLETED") == ({name for name, *_ in edges}, state)
