"""Time questions to lineage graphs beside one recursive SQL query of the same run: `scripts/bench lineage`.

What counts is processor time, of which other work on the machine takes less than of the clock's.
"""

import argparse
import os
import platform
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import sqlite_version
from statistics import median, quantiles
from time import process_time

from benchmarks.graph import COLUMNS, Made, make_graph
from sqlalchemy import text

from meshwright import __version__
from meshwright.access import Policies, Principal, policies_of
from meshwright.ports import PolicyTexts
from meshwright.registry import ImpactQuery, LineageQuery, PathQuery
from meshwright_catalog.catalog import Catalog, assemble
from meshwright_catalog.embedded import EmbeddedRegistry
from meshwright_catalog.garbage import collect_seldom
from meshwright_catalog.gate import PolicyGate
from meshwright_catalog.settings import on_disk

TITLE = """# What asking lineage costs

`scripts/bench lineage` makes graphs of three sizes in SQLite and asks each question from different columns, in turns
with one SQL query for the same edges that knows no policy, and `--write` writes this page. Milliseconds of processor
time, because other work runs on the machine. Nothing is asserted.

"""
TAIL = """
The aims are 5 ms for one hop and 100 ms for an impact at a million edges. One hop keeps its aim, first and again, at
p50 and p95; an impact keeps it at p50, and its p95 is over it for who asks first. With a load of 9 one hop took 5.9 ms
first and 1.6 again, an impact 128 and 67. Who asks first pays for reading each contract that is reached and for one
policy decision about it, together about a quarter of a millisecond; those that are met together are decided together,
each on its own. A process of the catalog remembers outlines of contracts, and decisions to discover that read neither
the clock nor a grant, by the digests of all that they were made from; after a change of the mesh's rules everybody
asks first again. The products here have no policies of their own: where they do, a process reads each text once, and
that is not timed here. An impact tells at most 500 nodes and 5,000 edges. One recursive query for the same edges takes
longer from 100,000 edges on, and cannot stop at what the caller may not discover. Columns that no path links are the
dear case (p95 of the path): both sides are searched until one has nothing left or 50,000 links were looked at. Both
sides of each ratio keep their connection open.

Graph: products of 20 columns, each made from four of three inputs' columns; inputs mostly among the 60 products
before. The raw queries of impact and path end at 20,000 places.
"""
HEAD = "| edges | question | p50 ms | p95 ms | raw SQL | p50 ms | ratio |\n|---:|---|---:|---:|---|---:|---:|\n"
CENTRAL = """
@id("mesh.discover") @why("everybody finds everything")
permit(principal, action == Mesh::Action::"discover", resource);
"""
PEOPLE = '[teams.bench]\ndomain = "domain0"\npurposes = ["x"]\n[users.ana]\nteams = ["bench"]\n'
ANA = Principal("user", "ana", "domain0", ("bench",), ("x",))
"""Who asks: the policy decides about every product that an answer names."""


def main(arguments: Sequence[str]) -> None:
    """Measure, print, and with `--write` keep what was measured."""
    parser = argparse.ArgumentParser(prog="scripts/bench lineage", description=__doc__)
    parser.add_argument("--edges", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="sizes of graphs")
    parser.add_argument("--rounds", type=int, default=50, help="questions of each kind (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="write benchmarks/lineage.md")
    asked = parser.parse_args(arguments)
    load, rows = os.getloadavg()[0], list[str]()
    print(HEAD, end="")
    for edges in asked.edges:
        with tempfile.TemporaryDirectory() as folder:
            for row in measured(Path(folder), edges, asked.rounds):
                rows.append(row)
                print(row, flush=True)
    made = f"{asked.rounds} questions of each kind. {described(load)}\n"
    print(f"\n{made}")
    if asked.write:
        text = TITLE + HEAD + "".join(f"{row}\n" for row in rows) + TAIL + made
        (Path(__file__).parent / "lineage.md").write_text(text, encoding="utf-8")


def described(load: float) -> str:
    """Say on what the figures were taken."""
    versions = f"meshwright {__version__}, Python {platform.python_version()}, SQLite {sqlite_version}"
    return f"{versions}, {os.cpu_count()} cores with a load of {load:.1f} from other work at the start."


def measured(folder: Path, edges: int, rounds: int) -> Iterator[str]:
    """Make a graph, ask, and give the rows of the table; each question starts somewhere else, and is asked twice."""
    made = make_graph(folder / "catalog.db", edges)
    policies = policies_of(PolicyTexts("", "[purposes.x]\n", PEOPLE, CENTRAL))
    chance = random.Random(11)
    starts = [(chance.randrange(2, made.products), f"c{chance.randrange(COLUMNS)}") for _ in range(rounds)]
    collect_seldom()  # as `mesh catalog serve` does
    for name, ask, statement in QUESTIONS:
        catalog = _open(made.path, policies)  # it remembers nothing yet
        ours, raw = ask(made, EmbeddedRegistry(catalog, ANA)), _raw(made, statement)
        ours(1, "c0")  # statements are made once
        raw(*starts[0])
        yield _row(made, name, ours, raw, starts)
        yield _row(made, f"{name}, again", ours, raw, starts)
        catalog.close()
    made.engine.dispose()


Ask = Callable[[int, str], object]


def _hop(made: Made, registry: EmbeddedRegistry) -> Ask:
    return lambda n, column: registry.lineage(LineageQuery(product=made.product(n), column=column, depth=1))


def _graph(made: Made, registry: EmbeddedRegistry) -> Ask:
    return lambda n, column: registry.lineage(
        LineageQuery(product=made.product(n), column=column, depth=10, direction="down")
    )


def _impact(made: Made, registry: EmbeddedRegistry) -> Ask:
    return lambda n, column: registry.impact(ImpactQuery(product=made.product(n), column=column, depth=10))


def _path(made: Made, registry: EmbeddedRegistry) -> Ask:
    def path(n: int, column: str) -> object:
        far = made.product(max(1, n - 150))
        return registry.path(PathQuery(product=far, column=column, to_product=made.product(n), to_column=column))

    return path


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


QUESTIONS = (
    ("one hop, both sides", _hop, ONE_HOP),
    ("impact, depth 10", _impact, DOWN),
    ("graph down, depth 10", _graph, DOWN),
    ("path, 150 products apart", _path, PATH),
)


def _raw(made: Made, statement: str) -> Ask:
    asked = text(statement)

    def ask(n: int, column: str) -> object:
        with made.engine.connect() as connection:
            return connection.execute(asked, {"n": n, "c": column}).fetchall()

    return ask


def _row(made: Made, name: str, ours: Ask, raw: Ask, starts: Sequence[tuple[int, str]]) -> str:
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
