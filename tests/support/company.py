"""The example company in a folder of its own: simulated, built, and asked by commands as its people would."""

import contextlib
import io
import json
import os
import shutil
import sys
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from meshwright.cli.main import app, main
from meshwright.mesh import Mesh

REPOSITORY = Path(__file__).resolve().parents[2]
DOMAINS = ("thenar_robotics", "thenar_sales", "thenar_supply_chain")
SURROUNDINGS = ("MESH_", "OPENLINEAGE")


@dataclass(frozen=True)
class Company:
    """A workspace with everything that `mesh demo` made of one seed and scale, and what it said."""

    root: Path
    seed: int
    scale: float
    document: Mapping[str, Any]

    def figure(self, name: str) -> Any:
        """Give the value of one figure of the demo."""
        (found,) = (each["value"] for each in self.document["figures"] if each["name"] == name)
        return found

    def table(self, product: str) -> pl.LazyFrame:
        """Open a product's table in plain Polars."""
        domain, name = product.split(".")
        return pl.scan_delta(str(self.root / "lake" / domain / name / "v1"))

    @cached_property
    def products(self) -> tuple[str, ...]:
        """Name the products by the folders of their tables."""
        logs = (self.root / "lake").glob("*/*/v1/_delta_log")
        names = (f"{log.parts[-4]}.{log.parts[-3]}" for log in logs)
        return tuple(sorted(name for name in names if not name.endswith("__rejected")))

    def rejected(self, product: str) -> pl.DataFrame:
        """Read a product's rejected rows in plain Polars; none where there is no such table."""
        domain, name = product.split(".")
        folder = self.root / "lake" / domain / f"{name}__rejected" / "v1"
        if not folder.is_dir():
            return pl.DataFrame(schema=dict.fromkeys(("_stage", "_source", "_run_id"), pl.String()))
        return pl.read_delta(str(folder))

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run `mesh` in the company's folder; give the exit code and what it printed."""
        with entered(self.root):
            return _mesh(arguments)

    def json(self, *arguments: str) -> Any:
        """Run a command that must succeed and give its JSON document."""
        code, out = self.run(*arguments)
        assert code == 0, out
        return json.loads(out)

    @contextlib.contextmanager
    def mesh(self, principal: str, purpose: str) -> Generator[Mesh]:
        """Open the company as one of its people, for as long as the domains are imported from there."""
        with entered(self.root):
            yield Mesh.open(self.root, principal=principal, purpose=purpose)


def copy_company(root: Path) -> Path:
    """Copy what the repository holds of the company, without what was ever built of it."""
    shutil.copy(REPOSITORY / "mesh.toml", root)
    for folder in ("policies", "domains", "contracts"):
        if (REPOSITORY / folder).is_dir():
            shutil.copytree(REPOSITORY / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def demonstrate(root: Path, seed: int, scale: float) -> Company:
    """Run the demo in a copy of the company."""
    copy_company(root)
    with entered(root):
        code, out = _mesh(("demo", "--json", "--seed", str(seed), "--scale", str(scale)))
    assert code == 0, out
    return Company(root, seed, scale, json.loads(out))


@contextlib.contextmanager
def entered(root: Path) -> Generator[None]:
    """Work in a copy: its folder, its domains' modules, and no surroundings of the developer."""
    before, path, here = dict(os.environ), list(sys.path), Path.cwd()
    others = {name: sys.modules.pop(name) for name in _modules()}
    sys.path[:] = [each for each in path if not each.startswith(str(REPOSITORY / "domains"))]
    sys.path.append(str(REPOSITORY / "domains" / "operations"))
    for name in [n for n in os.environ if n.startswith(SURROUNDINGS)]:
        del os.environ[name]
    os.chdir(root)
    try:
        yield
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)
        sys.path[:] = path
        for name in _modules():
            del sys.modules[name]
        sys.modules.update(others)


def _modules() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] in DOMAINS]


def _mesh(arguments: tuple[str, ...]) -> tuple[int, str]:
    given, said = sys.argv, io.StringIO()
    sys.argv = ["mesh", *arguments]
    app.registered_commands.clear()
    app.registered_groups.clear()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            main()
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    finally:
        sys.argv = given
    return code, said.getvalue()
