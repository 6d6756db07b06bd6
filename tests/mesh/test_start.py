"""`mesh` starts in a blink: heavy packages are imported where they are used."""

import subprocess
import sys
from typing import get_args

import pytest

from meshwright.cli.access_grants import Stands
from meshwright.grants import Status

HEAVY = (
    "polars",
    "pyarrow",
    "deltalake",
    "fastapi",
    "sqlalchemy",
    "openlineage",
    "cedarpy",
    "httpx",
    "tantivy",
    "numpy",
)


def imported(*arguments: str) -> set[str]:
    """Run `mesh` in a process of its own and list the heavy packages that it imported."""
    program = f"""
import sys
sys.argv = ["mesh", *{list(arguments)!r}]
from meshwright.cli import main
try:
    main()
except SystemExit:
    pass
print("imported", *({set(HEAVY)!r} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["build", "--help"], ["access", "allow", "--help"], ["nonsense"]]
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    assert set() == imported(*arguments)


def test_commands_of_other_packages_are_listed_without_importing_them() -> None:
    done = subprocess.run([sys.executable, "-m", "meshwright", "--help"], capture_output=True, text=True, check=True)

    assert "catalog" in done.stdout
    assert "From the package meshwright." in done.stdout


def test_the_command_knows_every_way_a_grant_may_stand() -> None:
    (known, _) = get_args(get_args(Stands)[0])

    assert set(get_args(Status)) == set(get_args(known))
