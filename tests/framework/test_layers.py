"""What a domain may import, for every domain there is; the layers of the framework are import-linter's to keep."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

DOMAINS = Path(__file__).parents[2] / "domains"


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def foreign(package: Path) -> list[str]:
    """Name every import of another domain, or of a module inside the framework."""
    return [
        f"{file.relative_to(package.parent)} imports {name}"
        for file in sorted(package.rglob("*.py"))
        for name in imported(file)
        if name.startswith(("meshwright.", "meshwright_catalog"))
        or (name.startswith("thenar_") and name.split(".")[0] != package.name)
    ]


def test_domains_import_meshwright_alone_and_never_one_another() -> None:
    packages = sorted(DOMAINS.glob("*/thenar_*"))

    assert packages
    assert [] == [finding for package in packages for finding in foreign(package)]


@pytest.mark.parametrize(
    "line", ["import thenar_sales", "from thenar_sales.orders import Order", "import meshwright.mesh"]
)
def test_a_planted_import_is_found(tmp_path: Path, line: str) -> None:
    package = tmp_path / "thenar_robotics"
    package.mkdir()
    (package / "wear.py").write_text(f"from meshwright import Contract\n{line}\n")

    assert [f"thenar_robotics/wear.py imports {line.split()[1]}"] == foreign(package)
