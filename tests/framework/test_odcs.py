"""A contract as an ODCS file: nothing is lost, the order is stable, and the standard's own schema accepts it."""

import json
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
import yaml
from drawn_specs import specs
from hypothesis import example, given, settings
from jsonschema.validators import validator_for

from meshwright import odcs
from meshwright.errors import UnreadableContract
from meshwright.spec import ColumnSpec, Constraints, Reference, ScalarType, SlaSpec, Spec


@cache
def standard() -> Any:
    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8"))
    return validator_for(schema)(schema)


SMALL = Spec(
    id="sales.orders",
    version="1.2.0",
    description="One row per order line.",
    columns=(
        ColumnSpec(name="order_id", type=ScalarType(kind="string"), key=True, constraints=Constraints(pattern=r"O-\d")),
        ColumnSpec(name="status", type=ScalarType(kind="string"), constraints=Constraints(values=("open", "no"))),
        ColumnSpec(name="part", type=ScalarType(kind="string"), references=Reference(product="rnd.parts", column="id")),
    ),
    owner="order-desk",
    purpose="order-fulfilment",
    sla=SlaSpec(latency=timedelta(hours=26), availability=0.995),
)


@given(specs())
@example(SMALL)
def test_what_is_written_is_read_back(spec: Spec) -> None:
    assert spec == odcs.read(odcs.write(spec))


@settings(max_examples=10)  # one takes half a second: the standard's schema is deeply conditional
@given(specs())
@example(SMALL)
def test_the_schema_of_the_standard_accepts_every_contract(spec: Spec) -> None:
    assert [] == [error.message for error in standard().iter_errors(yaml.safe_load(odcs.write(spec)))]


def test_the_schema_of_the_standard_refuses_a_planted_fault() -> None:
    document = yaml.safe_load(odcs.write(SMALL)) | {"pii": True}

    with pytest.raises(jsonschema.ValidationError):
        standard().validate(document)


def test_standard_fields_carry_what_they_can() -> None:
    document = yaml.safe_load(odcs.write(SMALL))
    (table,) = document["schema"]
    order_id, status, part = table["properties"]

    assert "v3.1.0" == document["apiVersion"]
    assert "sales-orders" == document["id"]
    assert {"name": "order-desk"} == document["team"]
    assert {"property": "latency", "value": 26, "unit": "h"} == document["slaProperties"][0]
    assert (True, 1, True) == (order_id["primaryKey"], order_id["primaryKeyPosition"], order_id["unique"])
    assert r"^(?:O-\d)$" == order_id["logicalTypeOptions"]["pattern"]
    assert ["open", "no"] == status["quality"][0]["arguments"]["validValues"]
    assert "../../rnd/parts/v1.odcs.yaml#/schema/parts/properties/id" == part["relationships"][0]["to"]


def test_a_file_stands_where_its_domain_product_and_major_say() -> None:
    assert "contracts/sales/orders/v1.odcs.yaml" == str(odcs.path_of(SMALL))


def test_the_same_contract_gives_the_same_bytes() -> None:
    assert odcs.write(SMALL) == odcs.write(odcs.read(odcs.write(SMALL)))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [", "is no YAML"),
        ("- 1", "is not laid out as ODCS"),
        ("kind: DataContract", "lacks 'schema'"),
        ("!!python/object/apply:os.system ['true']", "is no YAML"),
        (odcs.write(SMALL).replace("logicalType: string", "logicalType: map"), "columns.0.type"),
    ],
)
def test_what_is_no_contract_of_ours_gives_one_line(text: str, problem: str) -> None:
    with pytest.raises(UnreadableContract) as caught:
        odcs.read(text, "contracts/sales/orders/v1.odcs.yaml")

    assert str(caught.value).startswith(f"contracts/sales/orders/v1.odcs.yaml: {problem}")
    assert "\n" not in str(caught.value)
