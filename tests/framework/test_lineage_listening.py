"""What no plan tells: frames that a function holds, and files that a transform reads itself."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from meshwright import udf
from meshwright.errors import TransformReads
from meshwright.lineage import ColumnLineage, Origin, column_lineage

SCHEMAS = {"a": pl.Schema({"id": pl.Int64(), "s": pl.String()}), "b": pl.Schema({"email": pl.String()})}
TABLE = pl.DataFrame({"x": ["y"]})
TABLES = SimpleNamespace(known=[TABLE])
EMAIL = Origin("b", "email")
Transform = Callable[[pl.LazyFrame, pl.LazyFrame], pl.LazyFrame]


def trace(transform: Transform) -> ColumnLineage:
    return column_lineage(transform, SCHEMAS, name="sales.orders")


def mapped(function: Callable[[pl.Series], Any]) -> pl.Expr:
    return pl.col("s").map_batches(function, return_dtype=pl.String)


def with_frame(frame: pl.LazyFrame, values: pl.Series) -> pl.Series:
    return frame.collect().to_series()


class Model:
    def __init__(self, frame: pl.LazyFrame) -> None:
        self.frame = frame

    def run(self, values: pl.Series) -> pl.Series:
        return with_frame(self.frame, values)


def declared(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
    @udf(reads=["s"], returns=pl.String)
    def lies(values: pl.Series) -> pl.Series:
        return with_frame(b, values)

    return a.select(x=lies())


def with_default(given: pl.LazyFrame) -> Callable[[pl.Series], pl.Series]:
    def run(values: pl.Series, frame: pl.LazyFrame = given) -> pl.Series:
        return with_frame(frame, values)

    return run


def made_of_it(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
    mails = b.select("email")
    return a.select(x=mapped(lambda _: mails.collect().to_series()))


HOLD: dict[str, Transform] = {
    "a closure": lambda a, b: a.select(x=mapped(lambda _: b.collect().to_series())),
    "a closure over what was made of it": made_of_it,
    "a partial": lambda a, b: a.select(x=mapped(partial(with_frame, b))),
    "a method": lambda a, b: a.select(x=mapped(Model(b).run)),
    "a default": lambda a, b: a.select(x=mapped(with_default(b))),
    "a function in a function": lambda a, b: a.select(x=mapped(lambda s: next(b.collect()[n] for n in "x"))),
    "a global": lambda a, b: a.select(x=mapped(lambda s: TABLE["x"])),
    "a global object": lambda a, b: a.select(x=mapped(lambda s: TABLES.known[0]["x"])),
    "of a frame": lambda a, b: a.map_batches(lambda f: f.with_columns(x=b.collect().to_series())).select("s"),
    "declared": declared,
}


@pytest.mark.parametrize("name", HOLD)
def test_a_function_that_holds_a_frame_makes_everything_an_origin(name: str) -> None:
    lineage = trace(HOLD[name])

    [column] = lineage.columns
    assert EMAIL in lineage.direct(column)
    assert any("holds a frame of its own" in told for told in lineage.opaque)


def test_a_function_that_holds_none_is_made_of_what_it_is_given() -> None:
    lineage = trace(lambda a, b: a.select(x=mapped(lambda s: s.str.to_uppercase())))

    assert {Origin("a", "s")} == {o for o in lineage.upper_bound("x") if o.column != "id"}
    assert EMAIL not in lineage.upper_bound("x")


def test_what_a_frame_is_piped_through_stands_in_the_plan() -> None:
    lineage = trace(lambda a, b: a.pipe(lambda frame: frame.join(b, how="cross")).select("s"))

    assert () == lineage.opaque
    assert EMAIL not in lineage.upper_bound("s")


READS: dict[str, Callable[[Path], pl.LazyFrame]] = {
    "csv": lambda folder: pl.read_csv(folder / "t.csv").lazy(),
    "parquet": lambda folder: pl.read_parquet(folder / "t.parquet").lazy(),
    "delta": lambda folder: pl.read_delta(str(folder / "t")).lazy(),
    "scan": lambda folder: pl.scan_csv(folder / "t.csv").collect().lazy(),
}


@pytest.mark.parametrize("kind", READS)
def test_a_transform_that_reads_is_refused_with_its_line(kind: str, tmp_path: Path) -> None:
    TABLE.write_csv(tmp_path / "t.csv")
    TABLE.write_parquet(tmp_path / "t.parquet")
    TABLE.write_delta(tmp_path / "t")

    def transform(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
        return a.join(READS[kind](tmp_path), how="cross")

    with pytest.raises(TransformReads, match=r"none of its inputs at test_lineage_listening.py:\d+ \(declare it"):
        trace(transform)


def test_rows_that_a_transform_brings_along_are_told() -> None:
    known = pl.LazyFrame({"s": ["x"], "rate": [1.5]})

    lineage = trace(lambda a, b: a.join(known, on="s").select("id", "rate"))

    assert ("s", "rate") == lineage.constants
    assert {} == lineage.columns["rate"]
    assert () == trace(lambda a, b: a.select("id")).constants
