"""The face of the library: which names it has, and that they come without a slow start."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import meshwright

PUBLIC = [
    "AllowInfNan",
    "Class",
    "Column",
    "Consumer",
    "Contract",
    "Csv",
    "DateFormat",
    "Decimals",
    "Delta",
    "Domain",
    "EventTime",
    "Excel",
    "Frame",
    "InputPort",
    "JsonLines",
    "Key",
    "KnownAt",
    "Level",
    "Matches",
    "Mesh",
    "MeshError",
    "Number",
    "OnFail",
    "Parquet",
    "Pii",
    "PortableFrame",
    "Product",
    "References",
    "Schema",
    "Sla",
    "Source",
    "Spec",
    "Sqlite",
    "Unit",
    "Vector",
    "consumer",
    "product",
    "rule",
    "spec_of",
    "sql",
    "udf",
]


def told_to_type_checkers() -> dict[str, str]:
    """Read name → module from the imports that only a type checker sees."""
    tree = ast.parse(Path(meshwright.__file__).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    named = {alias.asname: str(node.module) for node in imports for alias in node.names if alias.asname}
    return {name: module for name, module in named.items() if not name.startswith("__")}


def test_the_public_names_are_these() -> None:
    assert PUBLIC == list(meshwright.__all__)


def test_every_public_name_is_what_type_checkers_are_told() -> None:
    homes = told_to_type_checkers()

    assert PUBLIC == sorted(homes)
    for name, module in homes.items():
        assert getattr(importlib.import_module(module), name) is getattr(meshwright, name)


def test_every_public_name_is_described() -> None:
    assert [] == [name for name in PUBLIC if not (getattr(meshwright, name).__doc__ or "").strip()]


def test_importing_the_library_loads_no_heavy_package() -> None:
    script = "import sys, meshwright; print([m for m in ('polars', 'pydantic', 'deltalake') if m in sys.modules])"

    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout

    assert "[]" == loaded.strip()
