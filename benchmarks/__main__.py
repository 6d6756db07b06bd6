"""Time what Meshwright does beside the raw operation; `scripts/bench --help` says what may be chosen."""

import argparse
import os
import platform
import tempfile
from pathlib import Path
from time import perf_counter

import polars as pl
from benchmarks.pairs import pairs
from benchmarks.timing import in_turns, table
from benchmarks.workspace import make

from meshwright import __version__

HEAD = """# What it costs

Each operation of Meshwright beside the raw operation that it cannot do without or would replace, in turns, in one run.
`scripts/bench` measures again, and `scripts/bench --write` writes this page. No test asserts a time. Milliseconds are
medians and move with what else the machine does; the ratio, the median of the rounds' ratios, says more.

"""


def main() -> None:
    """Measure, print, and with `--write` keep what was measured."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Time Meshwright beside the raw operation.")
    parser.add_argument("--rows", type=int, default=500_000, help="rows of the table (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each pair (default: %(default)s)")
    parser.add_argument("--products", type=int, default=300, help="products in the catalog (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="write benchmarks/README.md")
    asked = parser.parse_args()
    started, load = perf_counter(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        mesh = make(root, asked.rows, asked.products)
        rows = table([in_turns(pair, asked.rounds) for pair in pairs(mesh, root)])
    print(rows)
    print(f"{perf_counter() - started:.0f} s in all")
    if asked.write:
        text = HEAD + rows + "\n" + described(asked.rows, asked.rounds, asked.products, load) + TAIL
        (Path(__file__).parent / "README.md").write_text(text, encoding="utf-8")


TAIL = """
A build pays for tests, sync to disk, lineage and the catalog beside the write. A token is an HMAC-SHA256 a value, so a
masked column costs by the row; a limit spares it. A search asks the policy before it shows anything.

What asking the lineage graph costs stands in [lineage.md](lineage.md).
"""


def described(rows: int, rounds: int, products: int, load: float) -> str:
    """Say on what the figures were taken."""
    versions = f"meshwright {__version__}, polars {pl.__version__}, Python {platform.python_version()}"
    cores = {2: "two cores"}.get(os.cpu_count() or 0, f"{os.cpu_count()} cores")
    return (
        f"{rows:,} rows of seven columns, {products} further products in the catalog, {rounds} rounds. {versions}, "
        f"on {platform.system()} with {cores} and a load of {load:.1f} from other work at the start.\n"
    )


if __name__ == "__main__":
    main()
