"""The bytes of an Arrow stream follow from its rows: those of a table that is built from the rows anew are the same."""

from datetime import UTC, date
from importlib import import_module
from io import BytesIO
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright_catalog.gateway.exact import exact

pa: Any = import_module("pyarrow")  # it ships no types
KINDS: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "text": (pl.String(), st.text(max_size=6)),
    "binary": (pl.Binary(), st.binary(max_size=6)),
    "integer": (pl.Int64(), st.integers(-(2**63), 2**63 - 1)),
    "small": (pl.Int16(), st.integers(-(2**15), 2**15 - 1)),
    "number": (pl.Float64(), st.floats(allow_nan=False)),
    "boolean": (pl.Boolean(), st.booleans()),
    "date": (pl.Date(), st.dates(date(1, 1, 1))),
    "time": (pl.Datetime("us", "UTC"), st.datetimes(timezones=st.just(UTC))),
    "decimal": (pl.Decimal(9, 2), st.decimals(-9999, 9999, places=2)),
}
SHAPES = ["flat", "list", "array", "struct", "list of structs", "struct of lists", "list of lists"]
WAYS = ["all", "filter", "slice", "head", "gather"]


def shaped(kind: str, shape: str) -> tuple[Any, st.SearchStrategy[Any]]:
    """Give a type and its values, with nulls in every place that can hold one."""
    dtype, values = KINDS[kind]
    item = st.none() | values
    match shape:
        case "list":
            return pl.List(dtype), st.none() | st.lists(item, max_size=3)
        case "array":
            return pl.Array(dtype, 2), st.none() | st.lists(item, min_size=2, max_size=2)
        case "struct":
            fields = {"a": item, "b": item}
            return pl.Struct({"a": dtype, "b": dtype}), st.none() | st.fixed_dictionaries(fields)
        case "list of structs":
            rows = st.none() | st.fixed_dictionaries({"a": item})
            return pl.List(pl.Struct({"a": dtype})), st.none() | st.lists(rows, max_size=3)
        case "struct of lists":
            rows = st.fixed_dictionaries({"a": st.none() | st.lists(item, max_size=3)})
            return pl.Struct({"a": pl.List(dtype)}), st.none() | rows
        case "list of lists":
            return pl.List(pl.List(dtype)), st.none() | st.lists(st.none() | st.lists(item, max_size=2), max_size=2)
        case _:
            return dtype, item


def some_of(frame: pl.DataFrame, way: str, data: st.DataObject) -> pl.DataFrame:
    start, size = data.draw(st.integers(0, 12)), data.draw(st.integers(0, 12))
    match way:
        case "filter":
            return frame.filter(pl.int_range(frame.height).is_between(start, start + size))
        case "slice":
            return frame.slice(start, size)
        case "head":
            return frame.head(size)
        case "gather":
            return frame[data.draw(st.lists(st.integers(0, frame.height - 1), max_size=8))]
        case _:
            return frame


def arrow_of(frame: Any) -> Any:
    return frame.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())


def stream(table: Any) -> bytes:
    drain = BytesIO()
    with pa.ipc.new_stream(drain, table.schema) as writer:
        writer.write_table(table)
    return drain.getvalue()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_stream_holds_the_bytes_of_its_rows_and_no_others(kind: str, shape: str, data: st.DataObject) -> None:
    dtype, values = shaped(kind, shape)
    drawn = data.draw(st.lists(values, min_size=1, max_size=20))
    known = pl.DataFrame({"v": pl.Series(drawn, dtype=dtype)})
    beneath = pl.when(pl.int_range(pl.len()) % 3 != 0).then(pl.col("v"))
    frame = known.select(v=beneath) if data.draw(st.booleans()) else known
    table = arrow_of(some_of(frame, data.draw(st.sampled_from(WAYS)), data))

    found = exact(table)

    found.validate(full=True)
    anew: Any = pa.Table.from_pylist(table.to_pylist(), schema=table.schema)
    assert table.to_pylist() == found.to_pylist()
    assert stream(exact(anew)) == stream(found)


def test_what_stands_beside_a_slice_is_in_a_plain_stream_and_not_in_an_exact_one() -> None:
    names = pl.DataFrame({"id": range(30), "names": [[f"HIDDEN{n:02}"] for n in range(30)]})
    table = arrow_of(names.filter(pl.col("id") == 6))

    assert 1 < stream(table).count(b"HIDDEN")  # else this test is about nothing
    assert 1 == stream(exact(table)).count(b"HIDDEN")
