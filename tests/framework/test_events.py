"""The events of a build: valid by the specification, complete, and without a value."""

import enum
import json
import types
import typing
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import attr
import polars as pl
import pytest
from openlineage.client import generated
from openlineage.client.event_v2 import InputDataset, Job, JobEvent, OutputDataset, Run, RunEvent, RunState
from openlineage.client.serde import Serde
from specification import facets_of, faults, needs_specification

from meshwright.errors import DefinitionError
from meshwright.events import (
    CheckFacts,
    CodeFacts,
    InputFacts,
    MadeFacts,
    ParentFacts,
    RunFacts,
    TogetherFacts,
    TrainingFacts,
    WrittenFacts,
    abort,
    as_parent,
    began,
    checked,
    complete,
    dataset_name,
    designed,
    ended,
    fail,
    gone,
    parent_in,
    published,
    start,
    stopped,
    training_ended,
    training_made,
    training_started,
)
from meshwright.events.naming import Name, place
from meshwright.lineage import column_lineage
from meshwright.ports import Event
from meshwright.scrub import scrubbed
from meshwright.spec import ColumnSpec, DecimalType, ListType, ScalarType, Spec, StructType, VectorType

BEGAN = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
ENDED = datetime(2026, 11, 20, 6, 0, 9, tzinfo=UTC)
VERSIONS = {"meshwright": "0.1.0", "polars": "2.1.0"}
TEXT = ScalarType(kind="string")
INTEGER = ScalarType(kind="integer")


SCHEMAS = {
    "customers": pl.Schema({"customer_id": pl.Int64(), "email": pl.String()}),
    "erp": pl.Schema(dict.fromkeys(["order_id", "customer_id", "quantity"], pl.Int64())),
}
OPAQUE = ("an unknown function", "expression: NotImplementedError: lit(ada@example.org)")
DAG = ParentFacts(job=Name("airflow", "nightly"), run_id="0190b0a8-9a2c-7bb1-8f4e-3c2f4a1e6d12")
BUILD = ParentFacts(
    job=Name("mesh://thenar/sales", "sales.build"), run_id="0190b0a8-9a2c-7bb1-8f4e-3c2f4a1e6d11", root=DAG
)


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
                others=("/data/erp-old.sqlite",),
                format="sqlite",
                columns=lines,
                rows=9,
                rejected=2,
            ),
        },
        "versions": VERSIONS,
        "lineage": column_lineage(order_lines, SCHEMAS),
        "nominal_at": BEGAN,
        "parent": BUILD,
        "code": CodeFacts(
            url="https://git.example.org/sales/blob/abc123/orders.py",
            repository="https://git.example.org/sales",
            path="orders.py",
            revision="abc123",
            branch="main",
        ),
        "env": "prod",
    }
    return RunFacts(**(facts | changes))


CHECKS = (
    CheckFacts(name="order_id.required", column="order_id", failed=0, severity="error"),
    CheckFacts(name="total.ge", column="total", failed=3, severity="quarantine"),
    CheckFacts(name="promised_after_placed", failed=1, severity="warn"),
)
WRITTEN = WrittenFacts(version=0, rows=12, bytes=3456, files=2, checks=CHECKS)


MADE = MadeFacts(manifest="5e" * 32, rows=12, columns={"order_id": "Int64", "mail": "String", "total": "Int64"})
TOGETHER = TogetherFacts(
    mesh="thenar",
    domain="sales",
    run_id=BUILD.run_id,
    started_at=BEGAN,
    nominal_at=BEGAN,
    versions=VERSIONS,
    parent=DAG,
    env="prod",
)


def training() -> TrainingFacts:
    build = run()
    return TrainingFacts(
        mesh="thenar",
        id="sales.churn",
        owner="order-desk",
        purpose="analytics",
        run_id=build.run_id,
        started_at=BEGAN,
        inputs=build.inputs,
        versions=VERSIONS,
        lineage=build.lineage,
        description="Who comes back.",
        tags=("gold",),
        parent=DAG,
        code=build.code,
        env="prod",
    )


def every_event() -> dict[str, Event]:
    check_began, check_ended = checked(run(), WRITTEN, ENDED)
    bare = run(lineage=None, nominal_at=None, parent=None, code=None, inputs={})
    return {
        "start": start(run()),
        "complete": complete(run(), WRITTEN, ENDED),
        "append": complete(run(), WrittenFacts(version=3, rows=1, bytes=1, files=1, mode="append"), ENDED),
        "fail": fail(run(), ValueError("ada@example.org"), ENDED, CHECKS),
        "abort": abort(run(), KeyboardInterrupt(), ENDED),
        "check start": check_began,
        "check complete": check_ended,
        "bare": start(bare),
        "design": designed(run(run_id="", parent=None, nominal_at=None)),
        "gone": gone(start(run())),
        "published": published(start(run()), WrittenFacts(version=3, rows=None), ENDED),
        "opaque": start(run(lineage=replace(column_lineage(order_lines, SCHEMAS), opaque=OPAQUE))),
        "together start": began(TOGETHER),
        "together complete": ended(TOGETHER, ENDED),
        "together fail": ended(TOGETHER, ENDED, ["sales.orders (failed)"]),
        "together abort": stopped(TOGETHER, ENDED),
        "training start": training_started(training()),
        "training complete": training_made(training(), MADE, ENDED),
        "training fail": training_ended(training(), "FAIL", ValueError("ada@example.org"), ENDED),
    }


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
    common: Any = {
        "eventTime": event["eventTime"],
        "producer": event["producer"],
        "job": Job(event["job"]["namespace"], event["job"]["name"], event["job"]["facets"]),
        "inputs": [
            InputDataset(d["namespace"], d["name"], d["inputFacets"], facets=d["facets"]) for d in event["inputs"]
        ],
        "outputs": [
            OutputDataset(d["namespace"], d["name"], d["outputFacets"], facets=d["facets"]) for d in event["outputs"]
        ],
    }

    if "run" in event:
        of_run = Run(event["run"]["runId"], event["run"]["facets"])
        taken: Any = RunEvent(**common, eventType=RunState(event["eventType"]), run=of_run)
    else:
        taken = JobEvent(**common)

    assert json.loads(json.dumps(event)) == json.loads(Serde.to_json(taken))


@needs_specification
@pytest.mark.parametrize("name", every_event())
def test_every_event_is_valid_by_the_specification(name: str) -> None:
    assert [] == faults(every_event()[name])


@needs_specification
def test_the_validation_finds_planted_mistakes() -> None:
    whole: Any = json.loads(json.dumps(complete(run(), WRITTEN, ENDED)))
    nameless, bad_run, bad_type = (json.loads(json.dumps(whole)) for _ in range(3))
    del nameless["outputs"][0]["facets"]["columnLineage"]["fields"]["mail"]["inputFields"][0]["field"]
    bad_run["run"]["runId"] = "x"
    bad_type["eventType"] = "DONE"

    assert [] == faults(whole)
    for planted, word in ((nameless, "'field' is a required"), (bad_run, "is not a 'uuid'"), (bad_type, "'DONE'")):
        assert any(word in each for each in faults(planted))


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
    first, last = checked(run(), WRITTEN, ENDED)

    statuses = {t["name"]: (t["status"], t["severity"], t["actual"]) for t in built["run"]["facets"]["test"]["tests"]}
    assert ("pass", "error", "0") == statuses["order_id.required"]
    assert ("fail", "warn", "3") == statuses["total.ge"]
    [table] = last["inputs"]
    asserted = {a["name"]: a for a in table["inputFacets"]["dataQualityAssertions"]["assertions"]}
    assert asserted["order_id.required"]["success"]
    assert not asserted["total.ge"]["success"]
    assert ("total", "ge") == (asserted["total.ge"]["column"], asserted["total.ge"]["assertion"])
    assert built["outputs"][0]["name"] == table["name"]
    assert built["run"]["runId"] == last["run"]["facets"]["parent"]["run"]["runId"]
    assert built["run"]["runId"] != last["run"]["runId"] == first["run"]["runId"]
    assert checked(run(), WRITTEN, ENDED) == (first, last)


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


def test_a_build_is_part_of_its_domains_run_and_both_of_what_started_the_process() -> None:
    built, check, together = start(run()), checked(run(), WRITTEN, ENDED)[0], began(TOGETHER)

    root = {"run": {"runId": DAG.run_id}, "job": {"namespace": "airflow", "name": "nightly"}}
    parents = [event["run"]["facets"]["parent"] for event in (built, check, together)]
    jobs = ["sales.build", "sales.orders.build", "nightly"]
    assert jobs == [parent["job"]["name"] for parent in parents]
    assert [BUILD.run_id, run().run_id, DAG.run_id] == [parent["run"]["runId"] for parent in parents]
    assert [root] * 3 == [parent["root"] for parent in parents]
    assert BUILD == as_parent(TOGETHER)


def test_a_parent_without_another_above_is_the_root_itself() -> None:
    parent = start(run(parent=DAG))["run"]["facets"]["parent"]

    assert {"run": parent["run"], "job": parent["job"]} == parent["root"]


UUID_TEXT = "0190b0a8-9a2c-7bb1-8f4e-3c2f4a1e6d12"


@pytest.mark.parametrize(
    ("variables", "job", "root"),
    [
        ({"OPENLINEAGE_PARENT_ID": f"airflow/nightly.sales/{UUID_TEXT}"}, ("airflow", "nightly.sales"), None),
        ({"OPENLINEAGE_PARENT_ID": f"k8s://a/b/nightly/{UUID_TEXT}"}, ("k8s://a/b", "nightly"), None),
        (
            {
                "OPENLINEAGE_PARENT_ID": f"airflow/nightly.sales/{UUID_TEXT}",
                "OPENLINEAGE_ROOT_PARENT_ID": f"airflow/nightly/{UUID_TEXT}",
            },
            ("airflow", "nightly.sales"),
            ("airflow", "nightly"),
        ),
        (
            {
                "OPENLINEAGE_PARENT_ID": f"old/way/{UUID_TEXT}",
                "OPENLINEAGE_CONTEXT": json.dumps(
                    {
                        "parent": {
                            "run": {"runId": UUID_TEXT},
                            "job": {"namespace": "airflow", "name": "task"},
                            "root": {"run": {"runId": UUID_TEXT}, "job": {"namespace": "airflow", "name": "dag"}},
                        }
                    }
                ),
            },
            ("airflow", "task"),
            ("airflow", "dag"),
        ),
    ],
)
def test_the_parent_is_read_as_integrations_hand_it_over(
    variables: dict[str, str], job: tuple[str, str], root: tuple[str, str] | None
) -> None:
    found = parent_in(variables)

    assert found is not None
    assert (job, UUID_TEXT) == (found.job, found.run_id)
    assert root == (found.root.job if found.root else None)


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"OPENLINEAGE_PARENT_ID": "airflow/nightly/not-a-uuid"},
        {"OPENLINEAGE_PARENT_ID": UUID_TEXT},
        {"OPENLINEAGE_CONTEXT": "{"},
        {"OPENLINEAGE_CONTEXT": "[]"},
        {"OPENLINEAGE_CONTEXT": '{"parent": {"run": 3}}'},
    ],
)
def test_a_parent_that_makes_no_sense_is_none(variables: dict[str, str]) -> None:
    assert parent_in(variables) is None


def test_a_design_says_what_a_run_would_and_knows_no_run() -> None:
    design, built = every_event()["design"], every_event()["start"]

    assert {"run", "eventType"} == built.keys() - design.keys()
    assert (built["job"], built["inputs"], built["outputs"]) == (design["job"], design["inputs"], design["outputs"])
    assert design["schemaURL"].endswith("JobEvent")


def test_the_end_of_a_dead_run_is_the_same_whoever_tells_it() -> None:
    begun = start(run())

    assert gone(begun) == gone(json.loads(json.dumps(begun)))
    assert ("ABORT", begun["run"]["runId"]) == (gone(begun)["eventType"], gone(begun)["run"]["runId"])
    assert "columnLineage" not in gone(begun)["outputs"][0]["facets"]
    assert "START" == begun["eventType"]
    assert "errorMessage" not in begun["run"]["facets"]


def test_a_training_set_has_its_manifest_as_its_version_and_the_pins_as_those_of_its_inputs() -> None:
    event = every_event()["training complete"]

    [made] = event["outputs"]
    assert ("mesh://thenar/training-sets", "sales.churn") == (made["namespace"], made["name"])
    assert MADE.manifest == made["facets"]["version"]["datasetVersion"]
    assert ["7"] == [d["facets"]["version"]["datasetVersion"] for d in event["inputs"] if "version" in d["facets"]]
    assert ["order_id", "mail", "total"] == [f["name"] for f in made["facets"]["schema"]["fields"]]
    assert 12 == made["outputFacets"]["outputStatistics"]["rowCount"]
    assert "sales.churn.training_set" == event["job"]["name"]
    assert "ada@example.org" not in json.dumps(every_event()["training fail"])


def test_lineage_that_is_wider_than_the_truth_says_why() -> None:
    told = every_event()["opaque"]["run"]["facets"]["extractionError"]

    assert (1, 1) == (told["totalTasks"], told["failedTasks"])
    assert ["an unknown function", "expression: NotImplementedError"] == [e["errorMessage"] for e in told["errors"]]
    assert "extractionError" not in every_event()["start"]["run"]["facets"]


def test_a_source_of_several_places_tells_all_of_them_and_how_it_is_written() -> None:
    erp = start(run())["inputs"][1]

    condition = erp["inputFacets"]["subset"]["inputCondition"]
    assert ["file:///data/erp.sqlite", "file:///data/erp-old.sqlite"] == condition["locations"]
    assert ("file", "sqlite") == (erp["facets"]["storage"]["storageLayer"], erp["facets"]["storage"]["fileFormat"])


def test_the_code_and_the_environment_of_a_run_are_told() -> None:
    event = start(run())

    code = event["job"]["facets"]["sourceCodeLocation"]
    assert ("abc123", "main", "orders.py") == (code["version"], code["branch"], code["path"])
    assert [("environment", "prod")] == [(t["key"], t["value"]) for t in event["run"]["facets"]["tags"]["tags"]]
    tags = {t["key"]: t["value"] for t in event["job"]["facets"]["tags"]["tags"]}
    assert {"purpose": "order-fulfilment", "gold": "true"} == tags


@pytest.mark.parametrize("name", ["/lake/a b", "C:/lake/orders", "s3://lake/sales/orders"])
def test_a_tables_name_leads_back_to_its_place(name: str) -> None:
    assert name == place(dataset_name(name))
