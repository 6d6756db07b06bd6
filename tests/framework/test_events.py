"""The events of a build: valid by the specification, complete, and without a value."""

import enum
import json
import types
import typing
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import attr
import polars as pl
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openlineage.client import generated
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.serde import Serde
from referencing import Registry, Resource

from meshwright.errors import DefinitionError
from meshwright.events import (
    CheckFacts,
    CodeFacts,
    InputFacts,
    ParentFacts,
    RunFacts,
    WrittenFacts,
    abort,
    checked,
    complete,
    dataset_name,
    fail,
    start,
)
from meshwright.lineage import column_lineage
from meshwright.ports import Event
from meshwright.scrub import scrubbed
from meshwright.spec import ColumnSpec, DecimalType, ListType, ScalarType, Spec, StructType, VectorType

SPECIFICATION = Path(__file__).parents[3] / "shared" / "spec" / "openlineage"
BEGAN = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
ENDED = datetime(2026, 11, 20, 6, 0, 9, tzinfo=UTC)
TEXT = ScalarType(kind="string")
INTEGER = ScalarType(kind="integer")


def order_lines(customers: pl.LazyFrame, erp: pl.LazyFrame) -> pl.LazyFrame:
    return (
        erp.filter(pl.col("quantity") > 0)
        .join(customers, on="customer_id")
        .select("order_id", mail="email", total=pl.col("quantity") * 2)
    )


def run(**changes: Any) -> RunFacts:
    address = StructType(fields=(ColumnSpec(name="street", type=TEXT, classes=("pii.address",)),))
    customers = (
        ColumnSpec(name="customer_id", type=INTEGER, key=True),
        ColumnSpec(name="email", type=TEXT, classes=("pii.contact.email",)),
        ColumnSpec(name="address", type=address),
    )
    lines = tuple(ColumnSpec(name=n, type=INTEGER) for n in ("order_id", "customer_id", "quantity"))
    published = (
        ColumnSpec(name="order_id", type=INTEGER, key=True, description="Stable; never reused."),
        ColumnSpec(name="mail", type=TEXT, classes=("pii.contact.email",)),
        ColumnSpec(name="total", type=DecimalType(precision=18, scale=2)),
        ColumnSpec(name="ships_to", type=ListType(items=ColumnSpec(name="item", type=address))),
        ColumnSpec(name="tags", type=ListType(items=ColumnSpec(name="item", type=TEXT))),
        ColumnSpec(name="reading", type=VectorType(length=3)),
    )
    spec = Spec(
        id="sales.orders",
        version="1.2.0",
        description="One row per order.",
        columns=published,
        owner="order-desk",
        purpose="order-fulfilment",
        tags=("gold",),
    )
    schemas = {
        "customers": pl.Schema({"customer_id": pl.Int64(), "email": pl.String()}),
        "erp": pl.Schema(dict.fromkeys(["order_id", "customer_id", "quantity"], pl.Int64())),
    }
    facts: dict[str, Any] = {
        "mesh": "thenar",
        "spec": spec,
        "place": "/lake/dev/sales/orders/v1",
        "run_id": "0190b0a8-9a2c-7bb1-8f4e-3c2f4a1e6d10",
        "started_at": BEGAN,
        "inputs": {
            "customers": InputFacts(
                id="sales.customers", kind="product", place="s3a://lake/sales/customers/", columns=customers, version=7
            ),
            "erp": InputFacts(
                id="erp.orders",
                kind="source",
                place="/data/erp.sqlite",
                part="orders",
                columns=lines,
                rows=9,
                rejected=2,
            ),
        },
        "versions": {"meshwright": "0.1.0", "polars": "2.1.0"},
        "lineage": column_lineage(order_lines, schemas),
        "nominal_at": BEGAN,
        "parent": ParentFacts(run_id="0190b0a8-9a2c-7bb1-8f4e-3c2f4a1e6d11", job="build"),
        "code": CodeFacts(url="https://git.example.org/sales/orders.py", path="orders.py", revision="abc123"),
    }
    return RunFacts(**(facts | changes))


CHECKS = (
    CheckFacts(name="order_id.required", column="order_id", failed=0, severity="error"),
    CheckFacts(name="total.ge", column="total", failed=3, severity="quarantine"),
    CheckFacts(name="promised_after_placed", failed=1, severity="warn"),
)
WRITTEN = WrittenFacts(version=0, rows=12, bytes=3456, files=2, checks=CHECKS)


def every_event() -> dict[str, Event]:
    began, ended = checked(run(), WRITTEN, ENDED)
    bare = run(lineage=None, nominal_at=None, parent=None, code=None, inputs={})
    return {
        "start": start(run()),
        "complete": complete(run(), WRITTEN, ENDED),
        "append": complete(run(), WrittenFacts(version=3, rows=1, bytes=1, files=1, mode="append"), ENDED),
        "fail": fail(run(), ValueError("ada@example.org"), ENDED, CHECKS),
        "abort": abort(run(), KeyboardInterrupt(), ENDED),
        "check start": began,
        "check complete": ended,
        "bare": start(bare),
    }


def facets_of(event: Event) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in (event["run"], event["job"], *event["inputs"], *event["outputs"]):
        for name in ("facets", "inputFacets", "outputFacets"):
            yield from part.get(name, {}).items()


def client_classes() -> dict[str, Any]:
    """Collect the facet classes of openlineage-python by the address of their schema."""
    found: dict[str, Any] = {}
    for module in iter_modules(generated.__path__):
        members: list[Any] = list(vars(import_module(f"{generated.__name__}.{module.name}")).values())
        found |= {each._get_schema(): each for each in members if hasattr(each, "_get_schema")}
    return found


def structured(kind: Any, value: Any) -> Any:
    """Build a value of the client's classes; an unknown key, a missing one or a wrong type raises."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return structured(next(a for a in arguments if a is not type(None)), value)
    if origin is list:
        return [structured(arguments[0], v) for v in value]
    if origin is dict:
        return {k: structured(arguments[1], v) for k, v in value.items()}
    if attr.has(kind):
        fields = {f.name: f for f in attr.fields(attr.resolve_types(kind)) if f.init}
        aliases = {f.alias: structured(f.type, value[n]) for n, f in fields.items() if n in value}
        assert set(value) <= {f.name for f in attr.fields(kind)}, set(value) - set(fields)
        return kind(**aliases)
    if isinstance(kind, enum.EnumType):
        return kind(value)
    assert kind is Any or isinstance(value, kind)
    return value


def without_empty(written: str) -> Any:
    """Leave out what the client's classes write for an optional list or mapping that is not given."""
    return json.loads(written, object_hook=lambda o: {k: v for k, v in o.items() if v not in ([], {})})


@pytest.mark.parametrize("name", every_event())
def test_every_facet_is_one_that_openlineage_python_knows_and_writes_alike(name: str) -> None:
    classes, found = client_classes(), list(facets_of(every_event()[name]))

    assert found
    for _, content in found:
        plain = {k: v for k, v in content.items() if k not in ("_producer", "_schemaURL")}
        written = Serde.to_json(structured(classes[content["_schemaURL"]], plain))
        assert content == without_empty(written) | {"_producer": content["_producer"]}


@pytest.mark.parametrize("name", every_event())
def test_every_event_is_one_that_openlineage_python_takes(name: str) -> None:
    event = every_event()[name]

    taken = RunEvent(
        eventTime=event["eventTime"],
        eventType=RunState(event["eventType"]),
        producer=event["producer"],
        run=Run(event["run"]["runId"], event["run"]["facets"]),
        job=Job(event["job"]["namespace"], event["job"]["name"], event["job"]["facets"]),
        inputs=[InputDataset(d["namespace"], d["name"], d["inputFacets"], facets=d["facets"]) for d in event["inputs"]],
        outputs=[
            OutputDataset(d["namespace"], d["name"], d["outputFacets"], facets=d["facets"]) for d in event["outputs"]
        ],
    )

    assert json.loads(json.dumps(event)) == json.loads(Serde.to_json(taken))


def registry() -> tuple[Any, str]:
    documents = [json.loads(f.read_text(encoding="utf-8")) for f in sorted(SPECIFICATION.rglob("*.json"))]
    known = {d["$id"]: Resource.from_contents(d) for d in documents if "$id" in d}
    core = next(i for i in known if i.endswith("/OpenLineage.json"))
    older = ("1-0-0", "1-0-1", "1-0-2", "1-0-5", "2-0-0", "2-0-1")  # some facets still refer to these
    aliases = {f"https://openlineage.io/spec/{v}/OpenLineage.json": known[core] for v in older}
    return Registry[Any]().with_resources({**known, **aliases}.items()), core


def errors_in(value: Any, address: str, known: Any) -> list[str]:
    validator = Draft202012Validator({"$ref": address}, registry=known, format_checker=FormatChecker())
    return [error.message for error in validator.iter_errors(value)]


@pytest.mark.skipif(not SPECIFICATION.exists(), reason="../shared/spec is absent, as ../shared/data may be")
def test_every_event_is_valid_by_the_specification() -> None:
    known, core = registry()

    for name, event in every_event().items():
        plain = json.loads(json.dumps(event))
        assert [] == errors_in(plain, core, known), name
        for facet, content in facets_of(plain):
            assert [] == errors_in(content, content["_schemaURL"], known), (name, facet)
            whole = content["_schemaURL"].partition("#")[0]
            assert [] == errors_in({facet: content}, whole, known), (name, facet)


@pytest.mark.skipif(not SPECIFICATION.exists(), reason="../shared/spec is absent, as ../shared/data may be")
def test_the_validation_finds_planted_mistakes() -> None:
    known, core = registry()
    event: Any = json.loads(json.dumps(complete(run(), WRITTEN, ENDED)))
    lineage = event["outputs"][0]["facets"]["columnLineage"]
    del lineage["fields"]["mail"]["inputFields"][0]["field"]
    event["run"]["runId"] = "x"

    assert errors_in(lineage, lineage["_schemaURL"], known)
    assert errors_in(event, core, known)


def test_column_lineage_names_places_columns_and_kinds() -> None:
    event = complete(run(), WRITTEN, ENDED)

    lineage = event["outputs"][0]["facets"]["columnLineage"]
    identity = {"type": "DIRECT", "subtype": "IDENTITY", "masking": False}
    changed = {"type": "DIRECT", "subtype": "TRANSFORMATION", "masking": False}
    mail = {"namespace": "s3://lake", "name": "sales/customers", "field": "email", "transformations": [identity]}
    total = {"namespace": "file", "name": "/data/erp.sqlite#orders", "field": "quantity", "transformations": [changed]}
    assert [mail] == lineage["fields"]["mail"]["inputFields"]
    assert [total] == lineage["fields"]["total"]["inputFields"]
    shaping = {(f["field"], t["subtype"]) for f in lineage["dataset"] for t in f["transformations"]}
    assert {("customer_id", "JOIN"), ("quantity", "FILTER")} == shaping


def test_an_origin_of_unknown_kind_has_no_transformations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meshwright.lineage.plan.SUPPORTED_MAJORS", {0})

    lineage = start(run())["outputs"][0]["facets"]["columnLineage"]

    mail = [f for f in lineage["fields"]["mail"]["inputFields"] if f["field"] == "email"]
    assert [{"namespace": "s3://lake", "name": "sales/customers", "field": "email"}] == mail


def test_a_dataset_is_named_by_its_place_and_carries_its_logical_name() -> None:
    event = start(run())

    customers, erp = event["inputs"]
    output = event["outputs"][0]
    assert ("file", "/lake/dev/sales/orders/v1") == (output["namespace"], output["name"])
    product = {"namespace": "mesh://thenar", "name": "sales.customers", "type": "TABLE"}
    source = {"namespace": "mesh://thenar/sources", "name": "erp.orders", "type": "TABLE"}
    assert [product] == customers["facets"]["symlinks"]["identifiers"]
    assert [source] == erp["facets"]["symlinks"]["identifiers"]
    assert "7" == customers["facets"]["version"]["datasetVersion"]


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("/lake/a b", ("file", "/lake/a b")),
        ("/lake/orders/", ("file", "/lake/orders")),
        ("file:///lake/a%20b/", ("file", "/lake/a b")),
        ("file://far/lake", ("file://far", "/lake")),
        ("C:\\lake\\orders", ("file", "C:/lake/orders")),
        ("s3://lake/sales/orders/", ("s3://lake", "sales/orders")),
        ("s3a://lake/sales/orders", ("s3://lake", "sales/orders")),
        ("gs://lake/x", ("gs://lake", "x")),
        ("abfss://box@host.dfs.core.windows.net/x", ("abfss://box@host.dfs.core.windows.net", "x")),
    ],
)
def test_one_place_has_one_name_however_it_is_written(place: str, name: tuple[str, str]) -> None:
    assert name == dataset_name(place)


def test_the_schema_tells_nested_fields_and_positions() -> None:
    fields = start(run())["outputs"][0]["facets"]["schema"]["fields"]

    kinds = ["long", "string", "decimal(18,2)", "array<struct>", "array<string>", "array<double>"]
    assert kinds == [f["type"] for f in fields]
    assert [1, 2, 3, 4, 5, 6] == [f["ordinal_position"] for f in fields]
    street = {"name": "street", "type": "string"}
    assert [{"name": "item", "type": "struct", "fields": [street]}] == fields[3]["fields"]


def test_classes_are_tags_of_columns_nested_ones_too() -> None:
    event = start(run())

    tags = event["outputs"][0]["facets"]["tags"]["tags"]
    assert {("mail", "pii.contact.email"), ("ships_to.item.street", "pii.address")} == {
        (t["field"], t["value"]) for t in tags if t["key"] == "class"
    }
    assert {"key": "gold", "value": "true", "source": "MESHWRIGHT"} in tags


def test_a_commit_states_its_version_size_and_what_it_did_to_the_table() -> None:
    first = complete(run(), WRITTEN, ENDED)["outputs"][0]
    later = complete(run(), WrittenFacts(version=4, rows=1, bytes=2, files=3), ENDED)["outputs"][0]
    added = every_event()["append"]["outputs"][0]

    assert "0" == first["facets"]["version"]["datasetVersion"]
    assert "CREATE" == first["facets"]["lifecycleStateChange"]["lifecycleStateChange"]
    assert "OVERWRITE" == later["facets"]["lifecycleStateChange"]["lifecycleStateChange"]
    assert "lifecycleStateChange" not in added["facets"]
    statistics = later["outputFacets"]["outputStatistics"]
    assert (1, 2, 3) == (statistics["rowCount"], statistics["size"], statistics["fileCount"])


def test_checks_stand_in_the_run_and_as_assertions_where_the_product_is_read() -> None:
    built = complete(run(), WRITTEN, ENDED)
    began, ended = checked(run(), WRITTEN, ENDED)

    statuses = {t["name"]: (t["status"], t["severity"], t["actual"]) for t in built["run"]["facets"]["test"]["tests"]}
    assert ("pass", "error", "0") == statuses["order_id.required"]
    assert ("fail", "warn", "3") == statuses["total.ge"]
    [table] = ended["inputs"]
    asserted = {a["name"]: a for a in table["inputFacets"]["dataQualityAssertions"]["assertions"]}
    assert asserted["order_id.required"]["success"]
    assert not asserted["total.ge"]["success"]
    assert ("total", "ge") == (asserted["total.ge"]["column"], asserted["total.ge"]["assertion"])
    assert built["outputs"][0]["name"] == table["name"]
    assert built["run"]["runId"] == ended["run"]["facets"]["parent"]["run"]["runId"]
    assert built["run"]["runId"] != ended["run"]["runId"] == began["run"]["runId"]
    assert checked(run(), WRITTEN, ENDED) == (began, ended)


def test_rows_that_a_source_could_not_give_are_an_assertion_on_it() -> None:
    [readable] = start(run())["inputs"][1]["inputFacets"]["dataQualityAssertions"]["assertions"]

    assert ("rows_readable", False, "2") == (readable["assertion"], readable["success"], readable["actual"])


def test_a_failure_tells_its_kind_and_never_a_value() -> None:
    secret = "ada@example.org"
    frame = pl.LazyFrame({"n": [secret]})

    with pytest.raises(pl.exceptions.InvalidOperationError) as caught:
        frame.select(pl.col("n").cast(pl.Int64)).collect()

    assert secret in str(caught.value)
    for error in (caught.value, ValueError(secret), KeyError(secret)):
        event = fail(run(), error, ENDED)
        assert "FAIL" == event["eventType"]
        assert secret not in json.dumps(event)
        assert type(error).__name__ == event["run"]["facets"]["errorMessage"]["message"]
        assert "columnLineage" not in event["outputs"][0]["facets"]


def test_our_own_errors_and_those_that_hold_names_alone_keep_their_text() -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError) as caught:
        pl.LazyFrame({"n": [1]}).select("m").collect()

    assert scrubbed(caught.value).startswith('ColumnNotFoundError: unable to find column "m"')
    assert "sales.orders: stopped (look)" == scrubbed(DefinitionError("sales.orders", "stopped", "look"))


def test_equal_runs_make_equal_events() -> None:
    assert every_event() == every_event()
