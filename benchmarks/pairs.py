"""What is timed: each operation of Meshwright beside the raw one."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from unittest import mock
from uuid import uuid4

import polars as pl
from benchmarks.timing import Pair
from benchmarks.workspace import PRODUCT, SOURCE, plain_environment
from deltalake import DeltaTable
from deltalake.transaction import AddAction

from meshwright import Mesh
from meshwright.checks import report
from meshwright.mesh import suggesting

TABLE = "lake/sales/orders/v1"


def pairs(mesh: Mesh, root: Path) -> Iterator[Pair]:
    """Give every pair, from what costs most to what must cost least."""
    yield Pair("build: read, check, write, commit, register", lambda: mesh.build(PRODUCT, force=True),
               "`sink_parquet` and a Delta commit", raw_build(root))  # fmt: skip
    yield Pair("build: with the look for undeclared personal data", lambda: mesh.build(PRODUCT, force=True),
               "the same build without it", unlooked(mesh))  # fmt: skip
    yield Pair("validate: every check of the contract", validate(mesh, root),
               "`collect` of the same table", lambda: scan(root).collect(engine="streaming"))  # fmt: skip
    yield Pair("masked read: one column as tokens", lambda: mesh.read(PRODUCT).collect(),
               "`scan_delta(...).collect()`", lambda: scan(root).collect())  # fmt: skip
    yield Pair("read: no classified column", clear_read(mesh),
               "`scan_delta(...).select(...).collect()`", lambda: clear(scan(root)).collect())  # fmt: skip
    yield Pair("masked read: ten rows", ten_rows(mesh),
               "`scan_delta(...).head(10)`", lambda: scan(root).head(10).collect())  # fmt: skip
    yield Pair("search: words, policy, facets", lambda: mesh.search("torque week"),
               "SQL `LIKE` over the contracts", like(root, "torque"))  # fmt: skip
    yield Pair("`mesh --help`, a new process", process("-m", "meshwright", "--help"),
               "`python -c pass`", process("-c", "pass"))  # fmt: skip
    yield Pair("`mesh read`, a new process", process("-m", "meshwright", "--workspace", str(root), "read", PRODUCT),
               "Polars reads ten rows, a new process", process("-c", read_script(root)))  # fmt: skip


def scan(root: Path) -> pl.LazyFrame:
    """Open the table as any reader does."""
    return pl.scan_delta(str(root / TABLE))


def clear(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Leave out the classified column."""
    return frame.drop("email")


def clear_read(mesh: Mesh) -> Callable[[], object]:
    """Read under policy what is unclassified."""
    columns = [c.name for c in mesh.product(PRODUCT).spec.columns if not c.classes]

    def read() -> pl.DataFrame:
        return mesh.view(PRODUCT, columns=columns).frame.collect()

    return read


def ten_rows(mesh: Mesh) -> Callable[[], object]:
    """Read what a person looks at first."""

    def read() -> pl.DataFrame:
        return mesh.view(PRODUCT, limit=10).frame.collect()

    return read


def validate(mesh: Mesh, root: Path) -> Callable[[], object]:
    """Test every row of the table against every check, as a build does with what it wrote."""
    product = mesh.product(PRODUCT)
    rules = {rule.name: rule.expression for rule in product.contract.__mesh__.rules}
    return lambda: report(scan(root), product.spec, rules)


def unlooked(mesh: Mesh) -> Callable[[], object]:
    """Build the same, and take for granted that the contract declares all personal data."""

    def build() -> None:
        with mock.patch.object(suggesting, "require"):
            mesh.build(PRODUCT, force=True)

    return build


def raw_build(root: Path) -> Callable[[], object]:
    """Write the source as one file of a Delta table of its own, and commit it as an overwrite."""
    table = root / "raw"
    pl.read_parquet(root / SOURCE).head(0).write_delta(str(table))

    def build() -> None:
        name = f"{uuid4()}.parquet"
        pl.scan_parquet(root / SOURCE).sink_parquet(table / name, compression="zstd")
        opened = DeltaTable(str(table))
        add = AddAction(name, (table / name).stat().st_size, {}, 0, data_change=True, stats="{}")
        opened.create_write_transaction([add], "overwrite", opened.schema())

    return build


def like(root: Path, word: str) -> Callable[[], object]:
    """Look for a word in the text of every contract of the catalog's file."""

    def look() -> list[tuple[str]]:
        with closing(sqlite3.connect(root / ".mesh/catalog.db")) as database:
            return database.execute("SELECT digest FROM contracts WHERE body LIKE ?", (f"%{word}%",)).fetchall()

    return look


def process(*arguments: str) -> Callable[[], object]:
    """Run this interpreter anew."""
    command, environment = [sys.executable, *arguments], plain_environment()
    return lambda: subprocess.run(command, check=True, capture_output=True, env=environment)  # noqa: S603 - our own words


def read_script(root: Path) -> str:
    """Write the program that reads ten rows past everything."""
    return f"import polars as pl; print(pl.scan_delta({str(root / TABLE)!r}).head(10).collect())"
