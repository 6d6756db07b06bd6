"""Time questions to lineage graphs beside one recursive SQL query of the same run: `scripts/bench lineage`.

What counts is processor time, of which other work on the machine takes less than of the clock's.
"""

import argparse
import os
import random
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from time import process_time

from benchmarks.graph import COLUMNS, Made, make_graph
from sqlalchemy import text

from meshwright.access import Policies, Principal, policies_of
from meshwright.ports import PolicyTexts
from meshwright.registry import ImpactQuery, LineageQuery, PathQuery
from meshwright_catalog.catalog import Catalog, assemble
from meshwright_catalog.embedded import EmbeddedRegistry
from meshwright_catalog.gate import PolicyGate
from meshwright_catalog.settings import on_disk

HEAD = "| edges | question | p50 ms | p95 ms | raw SQL | p50 ms | ratio |\n|---:|---|---:|---:|---|---:|---:|\n"
CENTRAL = """
@id("mesh.discover") @why("everybody finds everything")
permit(principal, action == Mesh::Action::"discover", resource);
"""
PEOPLE = '[teams.bench]\ndomain = "domain0"\npurposes = ["x"]\n[users.ana]\nteams = ["bench"]\n'
ANA = Principal("user", "ana", "domain0", ("bench",), ("x",))
"""Who asks: the policy decides about every product that an answer names."""


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench lineage", description=__doc__)
    parser.add_argument("--edges", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="sizes of graphs")
    parser.add_argument("--rounds", type=int, default=50, help="questions of each kind (default: %(default)s)")
    asked = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    print(HEAD, end="")
    for edges in asked.edges:
        with tempfile.TemporaryDirectory() as folder:
            for row in measured(Path(folder), edges, asked.rounds):
                print(row, flush=True)
    print(f"\nLoad from other work at the start: {load:.1f}.")


def measured(folder: Path, edges: int, rounds: int) -> list[str]:
    """Make a graph, ask, and write the rows of the table; each question starts somewhere else."""
    made = make_graph(folder / "catalog.db", edges)
    policies = policies_of(PolicyTexts("", "[purposes.x]\n", PEOPLE, CENTRAL))
    catalog = _open(folder / "catalog.db", policies)
    registry = EmbeddedRegistry(catalog, ANA)
    chance = random.Random(11)
    starts = [(chance.randrange(2, made.products), f"c{chance.randrange(COLUMNS)}") for _ in range(rounds)]
    rows = [_row(made, name, ours, raw, starts) for name, ours, raw in _questions(made, registry)]
    catalog.close()
    made.engine.dispose()
    return rows


Ask = Callable[[int, str], object]


def _questions(made: Made, registry: EmbeddedRegistry) -> list[tuple[str, Ask, Ask]]:
    def hop(n: int, column: str) -> object:
        return registry.lineage(LineageQuery(product=made.product(n), column=column, depth=1))

    def graph(n: int, column: str) -> object:
        return registry.lineage(LineageQuery(product=made.product(n), column=column, depth=10, direction="down"))

    def impact(n: int, column: str) -> object:
        return registry.impact(ImpactQuery(product=made.product(n), column=column, depth=10))

    def path(n: int, column: str) -> object:
        far = made.product(max(1, n - 150))
        return registry.path(PathQuery(product=far, column=column, to_product=made.product(n), to_column=column))

    return [
        ("one hop, both sides", hop, _raw(made, ONE_HOP)),
        ("impact, depth 10", impact, _raw(made, DOWN)),
        ("graph down, depth 10", graph, _raw(made, DOWN)),
        ("path, 150 products apart", path, _raw(made, PATH)),
    ]


ONE_HOP = """
SELECT * FROM edges WHERE output_id = :n AND current AND (output_field = :c OR output_field IS NULL)
UNION ALL SELECT * FROM edges WHERE input_id = :n AND current AND input_field = :c
"""
DOWN = """
WITH RECURSIVE reached(id, field, hop) AS (
  VALUES (:n, :c, 0)
  UNION
  SELECT e.output_id, e.output_field, r.hop + 1 FROM reached r JOIN edges e ON e.input_id = r.id AND e.current
  WHERE r.hop < 10 AND e.input_field IS NOT NULL AND (r.field IS NULL OR e.input_field = r.field)
  LIMIT 20000
) SELECT count(DISTINCT id || field) FROM reached
"""
PATH = """
WITH RECURSIVE reached(id, field, hop) AS (
  VALUES (max(1, :n - 150), :c, 0)
  UNION
  SELECT e.output_id, e.output_field, r.hop + 1 FROM reached r JOIN edges e ON e.input_id = r.id AND e.current
  WHERE r.hop < 50 AND e.input_field IS NOT NULL AND (r.field IS NULL OR e.input_field = r.field) AND e.output_id <= :n
  LIMIT 20000
) SELECT min(hop) FROM reached WHERE id = :n
"""


def _raw(made: Made, statement: str) -> Ask:
    asked = text(statement)

    def ask(n: int, column: str) -> object:
        with made.engine.connect() as connection:
            return connection.execute(asked, {"n": n, "c": column}).fetchall()

    return ask


def _row(made: Made, name: str, ours: Ask, raw: Ask, starts: Sequence[tuple[int, str]]) -> str:
    for start in starts[:3]:
        ours(*start)
        raw(*start)
    times = [(_seconds(ours, start), _seconds(raw, start)) for start in starts]
    mine, theirs = [a * 1000 for a, _ in times], [b * 1000 for _, b in times]
    high = quantiles(mine, n=20)[-1]
    ratio = median(a / b for a, b in times)
    cells = f"{median(mine):,.1f} | {high:,.1f} | one query | {median(theirs):,.1f} | {ratio:.1f}"
    return f"| {made.edges:,} | {name} | {cells} |"


def _seconds(ask: Ask, start: tuple[int, str]) -> float:
    began = process_time()
    ask(*start)
    return process_time() - began


def _open(path: Path, policies: Policies) -> Catalog:
    def clock() -> datetime:
        return datetime.now(UTC)

    return assemble(on_disk(path), PolicyGate(lambda: policies, clock), clock)
