"""Publish once, in a process that may be killed on the way: `publish_worker.py LAKE RUN FIRST END MODE [STEP]`.

It prints each step it comes to; at STEP it kills itself as a power cut would.
"""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, cast

import polars as pl
from annotated_types import Ge

from meshwright import Contract, Key, spec_of
from meshwright.engines.polars import PolarsEngine
from meshwright.io.delta import DeltaStore
from meshwright.publish import Publication, publish
from meshwright.tables import Layout

CHANGES = ("write", "sync", "commit", "delete_files")
"""The calls that leave something behind; between the others nothing differs."""


class Reading(Contract, id="robotics.readings", version="1.0.0", on_fail="quarantine"):
    number: Annotated[int, Key()]
    torque_nm: Annotated[float, Ge(0)]


class Steps:
    """Calls of a store or an engine, told before and after, and cut off at one."""

    def __init__(self, inner: Any, name: str, fatal: str) -> None:
        self.inner, self.name, self.fatal = inner, name, fatal
        self.calls = 0

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method not in CHANGES:
            return getattr(self.inner, method)  # type: ignore[no-any-return] # a method of the store or the engine

        def told(*given: Any, **named: Any) -> Any:
            self.calls += 1
            step = f"{self.name}.{method}#{self.calls}"
            at(f"before {step}", self.fatal)
            result = getattr(self.inner, method)(*given, **named)
            at(f"after {step}", self.fatal)
            return result

        return told


class SeveralFiles(PolarsEngine):
    """The engine, with so few rows a file that a run has several."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = rows

    def write(self, frame: pl.LazyFrame, layout: Layout) -> Any:
        return super().write(frame, replace(layout, max_rows=self.rows))


def at(step: str, fatal: str) -> None:
    sys.stdout.write(step + "\n")
    sys.stdout.flush()
    if step == fatal:
        os.kill(os.getpid(), signal.SIGKILL)


def rows(numbers: range, fatal: str) -> pl.LazyFrame:
    """Number rows; each tenth breaks the contract. The frame itself is a step, half way."""

    def half_way(frame: pl.DataFrame) -> pl.DataFrame:
        at("inside the transform", fatal)
        return frame

    frame = pl.LazyFrame({"number": numbers}, schema={"number": pl.Int64})
    torque = pl.when(pl.col("number") % 10 == 0).then(-1.0).otherwise(1.0)
    return frame.with_columns(torque_nm=torque).map_batches(half_way)


def main(lake: str, run_id: str, numbers: range, mode: Literal["overwrite", "append"], fatal: str = "") -> None:
    store = DeltaStore(lake)
    spec = spec_of(Reading)
    table = store.place(spec.id, 1)
    publication = Publication(
        spec=spec,
        rules={},
        frame=rows(numbers, fatal),
        table=table,
        rejected_table=store.place(spec.id, 1, rejected=True),
        mode=mode,
        base=store.version(table),
        run_id=run_id,
        build_key="",
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    engine = SeveralFiles(max(20, len(numbers) // 4))
    told = cast("Any", Steps(store, "store", fatal)), cast("Any", Steps(engine, "engine", fatal))
    publish(publication, store=told[0], engine=told[1])


if __name__ == "__main__":
    _, lake, run, first, last, mode, *fatal = sys.argv
    main(lake, run, range(int(first), int(last)), "append" if mode == "append" else "overwrite", *fatal)
