"""A lake of its own for each test, and publications that need little saying."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from meshwright import Contract, spec_of
from meshwright.engines.polars import PolarsEngine
from meshwright.io.delta import DeltaStore
from meshwright.publish import Publication

Prepare = Callable[..., Publication]


@pytest.fixture
def store(tmp_path: Path) -> DeltaStore:
    return DeltaStore(str(tmp_path / "lake"))


@pytest.fixture
def engine() -> PolarsEngine:
    return PolarsEngine()


@pytest.fixture
def run_ids() -> Iterator[str]:
    return (f"{number:08d}-0000-4000-8000-000000000000" for number in count(1))


@pytest.fixture
def prepare(store: DeltaStore, run_ids: Iterator[str]) -> Prepare:
    """Make a publication of a contract and a frame, planned from the live version; the rest is by keyword."""

    def prepared(contract: type[Contract], frame: pl.LazyFrame, **changes: Any) -> Publication:
        spec = spec_of(contract).model_copy(update={"partition_by": changes.pop("partition_by", ())})
        table = store.place(spec.id, spec.major)
        publication = Publication(
            spec=spec,
            rules={rule.name: rule.expression for rule in contract.__mesh__.rules},
            frame=frame,
            table=table,
            rejected_table=store.place(spec.id, spec.major, rejected=True),
            mode="overwrite",
            base=store.version(table),
            run_id=next(run_ids),
            build_key="key",
            started_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        return replace(publication, **changes)

    return prepared
