"""datacontract-cli accepts every contract we write, and judges our tables as we do.

Its environment is made by `scripts/install --all`, for it holds back versions that the project uses.
"""

import json
import os
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
import pytest
import yaml
from annotated_types import Ge, Gt
from deltalake import write_deltalake
from drawn_specs import specs
from hypothesis import Phase, given, settings
from jsonschema.validators import validator_for

from meshwright import Contract, Decimals, Key, Matches, Vector, odcs, spec_of
from meshwright.spec import Spec

pytestmark = pytest.mark.interop

ROOT = Path(__file__).parents[2]
INTEROP = ROOT / ".venv-interop"
COMMITTED = sorted(ROOT.glob("contracts/*/*/*.odcs.yaml"))


class Order(Contract, id="sales.orders", version="1.0.0"):
    """One row per order."""

    order_id: Annotated[str, Key(), Matches(r"ORD-\d{8}")]
    model: Literal["H1", "H2"]
    quantity: Annotated[int, Gt(0)]
    price: Annotated[Decimal, Decimals(18, 2), Ge(0)]
    place: Annotated[list[float], Vector(3)]
    note: str | None


def datacontract(command: str, file: Path) -> str:
    """Run a command and give all that it printed; lint must not ask the network."""
    arguments = [str(INTEROP / "bin/datacontract"), command, "--no-inline-references", str(file)]
    home = {**os.environ, "HOME": str(INTEROP)}  # where scripts/install put DuckDB's reader of Delta tables
    ran = subprocess.run(arguments, cwd=file.parent, env=home, check=False, capture_output=True, text=True)
    return f"exit {ran.returncode}\n{ran.stdout}{ran.stderr}"


def published(folder: Path, rows: list[dict[str, Any]]) -> Path:
    """Write a Delta table and its contract, with the place where the table stands."""
    write_deltalake(str(folder / "orders"), Order.example(rows).collect())
    document = yaml.safe_load(odcs.write(spec_of(Order)))
    document["servers"] = [{"server": "dev", "type": "local", "path": "./orders", "format": "delta"}]
    file = folder / "v1.odcs.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return file


def test_there_are_committed_contracts() -> None:
    assert len(COMMITTED) >= 10


@pytest.mark.parametrize("file", COMMITTED, ids=lambda file: f"{file.parts[-3]}.{file.parts[-2]}")
def test_lint_accepts_every_committed_contract_without_a_warning(file: Path) -> None:
    printed = datacontract("lint", file)

    assert printed.startswith("exit 0\n")
    assert "Data contract is valid" in printed
    assert "warn" not in printed.lower()


@settings(max_examples=8, phases=[Phase.generate])
@given(specs())
def test_lint_accepts_random_contracts(tmp_path_factory: pytest.TempPathFactory, spec: Spec) -> None:
    file = tmp_path_factory.mktemp("contract") / "v1.odcs.yaml"
    file.write_text(odcs.write(spec), encoding="utf-8")

    printed = datacontract("lint", file)

    assert printed.startswith("exit 0\n"), printed


@settings(max_examples=15)
@given(specs())
def test_the_schema_of_the_tool_accepts_random_contracts(spec: Spec) -> None:
    (file,) = INTEROP.glob("lib/*/site-packages/datacontract/schemas/odcs-3.1.0.schema.json")
    schema = json.loads(file.read_text(encoding="utf-8"))

    assert [] == [e.message for e in validator_for(schema)(schema).iter_errors(yaml.safe_load(odcs.write(spec)))]


def test_lint_refuses_a_planted_fault(tmp_path: Path) -> None:
    file = tmp_path / "v1.odcs.yaml"
    file.write_text(odcs.write(spec_of(Order)).replace("logicalType: integer", "logicalType: whole"), encoding="utf-8")

    assert not datacontract("lint", file).startswith("exit 0\n")


def test_a_sound_table_passes_its_tests(tmp_path: Path) -> None:
    printed = datacontract("test", published(tmp_path, [{}, {}]))

    assert printed.startswith("exit 0\n"), printed


@pytest.mark.parametrize(
    "fault",
    [
        {"order_id": "ORD-1"},
        {"order_id": "ORD-00000001"},
        {"model": "H3"},
        {"quantity": 0},
        {"quantity": None},
        {"price": Decimal(-1)},
        {"place": [1.0, 2.0]},
    ],
)
def test_a_table_with_a_planted_fault_fails_them(tmp_path: Path, fault: dict[str, Any]) -> None:
    rows = [{"order_id": "ORD-00000001"}, {"order_id": "ORD-00000002"} | fault]

    printed = datacontract("test", published(tmp_path, rows))

    assert printed.startswith("exit 1\n")
    assert "An error occurred" not in printed
    assert 2 == pl.read_delta(str(tmp_path / "orders")).height
