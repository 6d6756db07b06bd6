"""Time tracing a wide, long plan beside resolving its schema in the same run: `scripts/bench trace`."""

import argparse
import os
from collections.abc import Callable, Sequence
from statistics import median
from time import process_time

import polars as pl

from meshwright.lineage import column_lineage


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench trace", description=__doc__)
    parser.add_argument("--columns", type=int, default=300, help="columns of the input (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=60, help="steps of the plan (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=15, help="how often each is done (default: %(default)s)")
    asked = parser.parse_args(arguments)
    schema = pl.Schema({f"c{n}": pl.Float64() for n in range(asked.columns)})

    def transform(rows: pl.LazyFrame) -> pl.LazyFrame:
        for n in range(asked.steps // 2):
            one, other = pl.col(f"c{n % asked.columns}"), pl.col(f"c{(n + 1) % asked.columns}")
            rows = rows.with_columns((one * 2 + other).alias(f"n{n}")).filter(one > 0)
        return rows

    load = os.getloadavg()[0]
    pairs = [
        (
            _seconds(lambda: column_lineage(transform, {"rows": schema})),
            _seconds(lambda: transform(pl.LazyFrame(schema=schema)).collect_schema()),
        )
        for _ in range(asked.rounds)
    ]
    mine, theirs = (median(pair[side] * 1000 for pair in pairs) for side in (0, 1))
    print("| columns | steps | trace p50 ms | collect_schema p50 ms | ratio |\n|---:|---:|---:|---:|---:|")
    print(f"| {asked.columns} | {asked.steps} | {mine:.1f} | {theirs:.1f} | {median(a / b for a, b in pairs):.1f} |")
    print(f"\nLoad from other work at the start: {load:.1f}.")


def _seconds(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began
