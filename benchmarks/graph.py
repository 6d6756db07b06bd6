"""A made-up lineage graph of any size, written past the events: what is timed is asking, not telling."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from meshwright.spec import ColumnSpec, ScalarType, Spec
from meshwright_catalog.database import open_database, writing
from meshwright_catalog.models import (
    ContractText,
    DatasetRow,
    EdgeRow,
    FlowRow,
    JobRow,
    PolicyText,
    ProductRow,
    RegistrationRow,
    WriteRow,
)

COLUMNS = 20
INPUTS = 3
SHAPING = 4
EDGES_EACH = INPUTS + COLUMNS * 4 + SHAPING
"""Edges into one product: whole inputs, four origins a column, and columns that shape the rows."""
NEAR = 60
AT = datetime(2026, 11, 20, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    """A catalog with a graph in it: how many edges and products it has, and a place to ask from."""

    engine: Engine
    path: Path
    edges: int
    products: int

    def product(self, number: int) -> str:
        """Name a product by its number."""
        return name(number)


def name(number: int) -> str:
    """Name a product by its number: a tenth of them in each of ten domains."""
    return f"domain{number % 10}.p{number}"


def make_graph(path: Path, edges: int) -> Made:
    """Make a catalog whose graph has about this many edges: each product reads some of the 60 made before it.

    What is near is read, as in a mesh of domains; one input in twenty is any earlier product.
    """
    engine = open_database(f"sqlite:///{path}")
    products = max(edges // EDGES_EACH, 50)
    chance = random.Random(7)
    with writing(engine) as session:
        _register(session, products)
        job = JobRow(namespace="mesh://bench/jobs", name="build", domain="bench")
        session.add(job)
        session.flush()
        numbers = range(1, products + 1)
        flows = [
            {"id": n, "job_id": job.id, "output_id": n, "digest": str(n), "columns_known": True, "current": True}
            for n in numbers
        ]
        session.execute(insert(FlowRow), flows)
        writes = [
            {"flow_id": n, "job_id": job.id, "output_id": n, "run_id": f"r{n}", "at": AT, "version": 0} for n in numbers
        ]
        session.execute(insert(WriteRow), writes)
        waiting: list[dict[str, object]] = []
        total = 0
        for edge in _edges(products, chance):
            waiting.append(edge)
            total += 1
            if len(waiting) == 20_000:
                session.execute(insert(EdgeRow), waiting)
                waiting.clear()
        session.execute(insert(EdgeRow), waiting)
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
    return Made(engine, path, total, products)


def _register(session: Session, products: int) -> None:
    columns = tuple(ColumnSpec(name=f"c{i}", type=ScalarType(kind="string")) for i in range(COLUMNS))
    session.add(PolicyText(digest="none", text="", tests=""))
    session.flush()
    specs = [
        Spec(id=name(n), version="1.0.0", owner=f"team{n % 50}", purpose="x", columns=columns)
        for n in range(1, products + 1)
    ]
    session.execute(insert(ContractText), [{"digest": s.id, "body": s.canonical()} for s in specs])
    registered = [
        {
            "sequence": n,
            "product": spec.id,
            "major": 1,
            "version": spec.version,
            "contract_digest": spec.id,
            "policy_digest": "none",
            "table_uri": f"/lake/{n}",
            "delta_version": 0,
            "rows": 1,
            "run_id": f"r{n}",
            "model": n % 50 == 0,
            "registered_at": AT,
            "registered_by": "bench",
        }
        for n, spec in enumerate(specs, 1)
    ]
    session.execute(insert(RegistrationRow), registered)
    session.execute(insert(ProductRow), [{"id": s.id, "major": 1, "sequence": n} for n, s in enumerate(specs, 1)])
    datasets = [
        {"id": n, "namespace": "file", "name": f"/lake/{n}", "product": s.id, "domain": s.domain}
        for n, s in enumerate(specs, 1)
    ]
    session.execute(insert(DatasetRow), datasets)
    session.execute(text("UPDATE ledger SET sequence = :n"), {"n": products})


def _edges(products: int, chance: random.Random) -> Iterator[dict[str, object]]:
    for output in range(2, products + 1):
        near = range(max(1, output - NEAR), output)
        inputs = {chance.randrange(1, output) if chance.random() < 0.05 else chance.choice(near) for _ in range(INPUTS)}
        for each in inputs:
            yield _edge(output, each, None, None, "")
        origins = sorted(inputs)
        for column in range(COLUMNS):
            for _ in range(4):
                kind = "DIRECT:IDENTITY" if chance.random() < 0.7 else "INDIRECT:CONDITIONAL"
                yield _edge(output, chance.choice(origins), f"c{chance.randrange(COLUMNS)}", f"c{column}", kind)
        for _ in range(SHAPING):
            yield _edge(output, chance.choice(origins), f"c{chance.randrange(COLUMNS)}", None, "INDIRECT:JOIN")


def _edge(output: int, source: int, field: str | None, made: str | None, kinds: str) -> dict[str, object]:
    return {
        "flow_id": output,
        "input_id": source,
        "input_field": field,
        "output_id": output,
        "output_field": made,
        "kinds": kinds,
        "masking": False,
        "current": True,
    }
