"""Every part of what a build depends on changes its key, and nothing else does."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from meshwright.publish import BuildInputs, build_key, code_hash, running_versions

INPUTS = BuildInputs(
    contract_hash="c0",
    inputs={"lake/sales/orders/v1": 3, "lake/sales/customers/v1": 0},
    sources={"erp.orders": "s0"},
    code="p0",
    mode="overwrite",
    parameters={"horizon": 4, "since": date(2026, 1, 1)},
)
VERSIONS = {"meshwright": "0.1.0", "polars": "2.1.0", "python": "3.11.7"}
CHANGES = {
    "the contract": replace(INPUTS, contract_hash="c1"),
    "the version of an input": replace(INPUTS, inputs={**INPUTS.inputs, "lake/sales/orders/v1": 4}),
    "the table of an input": replace(INPUTS, inputs={"lake/sales/orders/v2": 3, "lake/sales/customers/v1": 0}),
    "one input more": replace(INPUTS, inputs={**INPUTS.inputs, "lake/x/y/v1": 0}),
    "the content of a source": replace(INPUTS, sources={"erp.orders": "s1"}),
    "the name of a source": replace(INPUTS, sources={"erp.order": "s0"}),
    "the code": replace(INPUTS, code="p1"),
    "the mode": replace(INPUTS, mode="append"),
    "a parameter": replace(INPUTS, parameters={**INPUTS.parameters, "horizon": 5}),
    "a parameter's type": replace(INPUTS, parameters={**INPUTS.parameters, "horizon": "4"}),
    "a date as text": replace(INPUTS, parameters={**INPUTS.parameters, "since": "2026-01-01"}),
    "who reads through a gateway": replace(INPUTS, reader="service:sales.deploy"),
    "a level that the gateway grants": replace(INPUTS, grades={"orders": "email token"}),
    "the key of its tokens": replace(INPUTS, grades={"orders": "email token, tokens of k1"}),
    "a decimal parameter": replace(INPUTS, parameters={**INPUTS.parameters, "horizon": Decimal(4)}),
}


@pytest.mark.parametrize("part", CHANGES)
def test_a_change_of_one_part_alone_changes_the_key(part: str) -> None:
    assert build_key(INPUTS, VERSIONS) != build_key(CHANGES[part], VERSIONS)


@pytest.mark.parametrize("part", VERSIONS)
def test_a_change_of_one_version_alone_changes_the_key(part: str) -> None:
    assert build_key(INPUTS, VERSIONS) != build_key(INPUTS, {**VERSIONS, part: "9"})


def test_all_parts_are_told_apart() -> None:
    assert len(CHANGES) == len({build_key(changed, VERSIONS) for changed in CHANGES.values()})


def test_the_order_of_inputs_sources_and_parameters_does_not_matter() -> None:
    turned = replace(
        INPUTS,
        inputs=dict(sorted(INPUTS.inputs.items())),
        parameters=dict(sorted(INPUTS.parameters.items(), reverse=True)),
    )

    assert build_key(INPUTS, VERSIONS) == build_key(turned, VERSIONS)


def test_the_running_versions_count_when_none_are_given() -> None:
    assert build_key(INPUTS) == build_key(INPUTS, running_versions())
    assert {"meshwright", "polars", "python"} == running_versions().keys()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "orders").mkdir()
    (tmp_path / "__init__.py").write_text("")
    (tmp_path / "orders" / "parts.py").write_text("x = 1\n")
    return tmp_path


def test_the_code_is_every_python_file_by_path_and_content(package: Path) -> None:
    seen = {code_hash(package)}
    (package / "orders" / "parts.py").write_text("x = 2\n")
    seen.add(code_hash(package))
    (package / "orders" / "parts.py").rename(package / "orders" / "pieces.py")
    seen.add(code_hash(package))
    (package / "new.py").write_text("")
    seen.add(code_hash(package))

    assert 4 == len(seen)


def test_other_files_and_times_are_no_code(package: Path) -> None:
    before = code_hash(package)

    (package / "notes.txt").write_text("x")
    (package / "orders" / "parts.py").touch()

    assert before == code_hash(package)


def test_what_moves_from_one_file_to_the_next_is_another_code(tmp_path: Path) -> None:
    for name, a, b in (("one", "x", "yz"), ("two", "xy", "z")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text(a)
        (tmp_path / name / "b.py").write_text(b)

    assert code_hash(tmp_path / "one") != code_hash(tmp_path / "two")
