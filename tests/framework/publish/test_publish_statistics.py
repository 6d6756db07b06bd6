"""Statistics may make a reader skip a file, and never a row that it asked for."""

import json
import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from math import isnan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any
from urllib.parse import quote

import polars as pl
import pytest
from deltalake import DeltaTable
from hypothesis import given
from hypothesis import strategies as st

from meshwright import AllowInfNan, Contract, Decimals, Key, Pii, Schema, Vector, spec_of
from meshwright.engines.polars import PolarsEngine
from meshwright.io.delta import DeltaStore
from meshwright.publish import Publication, publish
from meshwright.publish.statistics import high_bound, low_bound, round_up_text, statistics_columns
from meshwright.tables import DataFile, Layout

# PyArrow ships no types.
pa: Any = import_module("pyarrow")
pc: Any = import_module("pyarrow.compute")
fs: Any = import_module("pyarrow.fs")
pq: Any = import_module("pyarrow.parquet")


class Inner(Schema):
    x: int | None
    name: Annotated[str, Pii("name")] | None


class Everything(Contract, id="lab.everything", version="1.0.0"):
    n: Annotated[int, Key()]
    whole: int | None
    text: str | None
    secret: Annotated[str | None, Pii("contact.email")]
    real: Annotated[float | None, AllowInfNan(True)]
    money: Annotated[Decimal | None, Decimals(18, 2)]
    long: Annotated[Decimal | None, Decimals(38, 9)]
    day: date | None
    at: datetime | None
    flag: bool | None
    blob: bytes | None
    items: list[int] | None
    inner: Inner | None
    vector: Annotated[list[float] | None, Vector(2)]


class Plain(Contract, id="lab.plain", version="1.0.0"):
    """Without a class, so that footers hold bounds and are used."""

    n: Annotated[int, Key()]
    whole: int | None
    text: str | None
    real: Annotated[float | None, AllowInfNan(True)]
    money: Annotated[Decimal | None, Decimals(18, 2)]
    long: Annotated[Decimal | None, Decimals(38, 9)]
    day: date | None
    at: datetime | None
    flag: bool | None


LAST = "\U0010ffff"
texts = st.builds(
    operator.add,
    st.sampled_from(
        ["", "a" * 63, "a" * 64, "é" * 70, LAST * 70, "a" * 60 + LAST * 9, "\ud7ff" * 65, "😀" * 40, "a/b %="]
    ),
    st.text(st.sampled_from(["a", "b", "é", "\uffff", "\ue000", "😀", LAST, "\0", '"', "\\", " "]), max_size=3),
)
moments = st.datetimes(timezones=st.just(UTC)) | st.integers(0, 5000).map(
    lambda us: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "whole": st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3),
    "text": texts,
    "secret": texts,
    "real": st.floats(width=64) | st.sampled_from([0.0, -0.0, 1.0, float("nan"), float("inf")]),
    "money": st.decimals(-(10**15), 10**15, places=2) | st.decimals(-1, 1, places=2),
    "long": st.decimals(-(10**28), 10**28, places=9, allow_nan=False),
    "day": st.dates() | st.dates(date(2026, 1, 1), date(2026, 1, 5)),
    "at": moments,
    "flag": st.booleans(),
}
REST = {
    "blob": st.binary(max_size=3),
    "items": st.lists(st.integers(0, 3), max_size=2),
    "inner": st.fixed_dictionaries({"x": st.none() | st.integers(0, 3), "name": st.none() | st.just("Ada")}),
    "vector": st.lists(st.floats(0, 1), min_size=2, max_size=2),
}
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@dataclass(frozen=True)
class Predicate:
    """A question that Polars, PyArrow and plain Python each put in their own words."""

    column: str
    kind: str
    values: tuple[Any, ...]

    def polars(self, dtype: pl.DataType) -> pl.Expr:
        column, first = pl.col(self.column), pl.lit(self.values[0], dtype)
        if self.kind == "is_null":
            return column.is_null()
        if self.kind == "is_in":
            return column.is_in(pl.Series(self.values, dtype=dtype).implode())
        if self.kind == "starts_with":
            return column.str.starts_with(self.values[0])
        return COMPARISONS[self.kind](column, first)  # type: ignore[no-any-return] # an operator of expressions

    def arrow(self, dtype: Any) -> Any:
        column = pc.field(self.column)
        if self.kind == "is_null":
            return column.is_null()
        if self.kind == "is_in":
            return column.isin(pa.array(self.values, dtype))
        if self.kind == "starts_with":
            return pc.starts_with(column, self.values[0])
        return COMPARISONS[self.kind](column, pa.scalar(self.values[0], dtype))

    def python(self, value: Any, *, nan_is_largest: bool) -> bool:
        if self.kind == "is_null" or value is None:
            return self.kind == "is_null" and value is None
        if self.kind == "is_in":
            return any(self._compare("==", value, v, nan_is_largest=nan_is_largest) for v in self.values)
        if self.kind == "starts_with":
            return bool(value.startswith(self.values[0]))
        return self._compare(self.kind, value, self.values[0], nan_is_largest=nan_is_largest)

    @staticmethod
    def _compare(kind: str, left: Any, right: Any, *, nan_is_largest: bool) -> bool:
        if isinstance(left, float) and nan_is_largest:
            left, right = ((isnan(v), 0.0 if isnan(v) else v) for v in (left, right))
        return bool(COMPARISONS[kind](left, right))


@st.composite
def tables(draw: st.DrawFn, contract: type[Contract]) -> list[dict[str, Any]]:
    names = [c.name for c in spec_of(contract).columns if c.name != "n"]
    row = st.fixed_dictionaries({name: st.none() | (VALUES | REST)[name] for name in names})
    return [{"n": n, **r} for n, r in enumerate(draw(st.lists(row, max_size=12)))]


@st.composite
def predicates(draw: st.DrawFn, rows: list[dict[str, Any]], columns: list[str]) -> Predicate:
    column = draw(st.sampled_from(columns))
    kinds = [*COMPARISONS, "is_in", "is_null", *(["starts_with"] if column in ("text", "secret") else [])]
    present = [r[column] for r in rows if r[column] is not None]
    value = st.sampled_from(present) | VALUES[column] if present else VALUES[column]
    values: list[Any] = draw(st.lists(value, min_size=1, max_size=3))
    kind = draw(st.sampled_from(kinds))
    if kind == "is_in" and column == "real":  # here PyArrow tells 0.0 from -0.0, and NaN equals itself
        values = [1.0 if v == 0 or isnan(v) else v for v in values]
    if kind == "starts_with":
        values = [values[0][: draw(st.integers(0, 70))]]
    return Predicate(column, kind, tuple(values))


class SmallFiles(PolarsEngine):
    """The engine, with three rows a file."""

    def write(self, frame: pl.LazyFrame, layout: Layout) -> tuple[DataFile, ...]:
        return super().write(frame, replace(layout, max_rows=3))


def lay_down(root: str, contract: type[Contract], rows: list[dict[str, Any]], folders: tuple[str, ...]) -> DeltaStore:
    """Publish rows, three a file."""
    store = DeltaStore(root)
    spec = spec_of(contract).model_copy(update={"partition_by": folders})
    publication = Publication(
        spec=spec,
        rules={},
        frame=contract.example(rows),
        table=store.place(spec.id, 1),
        rejected_table=store.place(spec.id, 1, rejected=True),
        mode="overwrite",
        base=None,
        run_id="run",
        build_key="",
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    publish(publication, store=store, engine=SmallFiles())
    return store


def ask_arrow(table: str, predicate: Predicate) -> list[int]:
    """Read through files of the operating system: deltalake's own bridge can abort the interpreter as it exits."""
    files = fs.SubTreeFileSystem(table, fs.LocalFileSystem())
    opened: Any = DeltaTable(table)
    dataset = opened.to_pyarrow_dataset(filesystem=files)
    dtype = dataset.schema.field(predicate.column).type
    return sorted(dataset.to_table(columns=["n"], filter=predicate.arrow(dtype))["n"].to_pylist())


def check(contract: type[Contract], data: st.DataObject, folders: tuple[str, ...] = ()) -> None:
    rows = data.draw(tables(contract))
    for row in rows:  # what cannot be a folder's name
        row.update({name: None for name in folders if row[name] == "" or len(quote(str(row[name]))) > 200})
    columns = [name for name in VALUES if name in {c.name for c in spec_of(contract).columns}]
    with TemporaryDirectory() as root:
        store = lay_down(root, contract, rows, folders)
        table = store.place(spec_of(contract).id, 1)
        schema = store.scan(table).collect_schema()
        for predicate in data.draw(st.lists(predicates(rows, columns), min_size=1, max_size=6)):
            polars = store.scan(table).filter(predicate.polars(schema[predicate.column])).select("n").collect()["n"]
            by_polars = [r["n"] for r in rows if predicate.python(r[predicate.column], nan_is_largest=True)]
            by_arrow = [r["n"] for r in rows if predicate.python(r[predicate.column], nan_is_largest=False)]
            assert (predicate, by_polars) == (predicate, sorted(polars))
            assert (predicate, by_arrow) == (predicate, ask_arrow(table, predicate))


@pytest.mark.slow
@given(st.data())
def test_no_reader_loses_a_row_of_a_table_with_classes(data: st.DataObject) -> None:
    check(Everything, data)


@pytest.mark.slow
@given(st.data())
def test_no_reader_loses_a_row_of_a_table_without_classes(data: st.DataObject) -> None:
    check(Plain, data)


@pytest.mark.slow
@given(st.data(), st.lists(st.sampled_from(["text", "whole", "day", "flag"]), min_size=1, max_size=2, unique=True))
def test_no_reader_loses_a_row_of_a_table_in_folders(data: st.DataObject, folders: list[str]) -> None:
    check(Plain, data, tuple(folders))


@given(texts | st.text(max_size=80))
def test_a_shortened_text_is_a_bound_on_both_sides(text: str) -> None:
    rounded = round_up_text(text)

    assert json.loads(str(low_bound(text))) <= text
    assert rounded is None or (text <= rounded and len(rounded) <= 64)
    assert rounded is None or json.loads(str(high_bound(text))).encode() >= text.encode()
    assert (rounded is None) == (len(text) > 64 and set(text[:64]) == {LAST})


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        (datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC), "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.001Z"),
        (datetime(2026, 1, 1, 0, 0, 0, 2000, tzinfo=UTC), "2026-01-01T00:00:00.002Z", "2026-01-01T00:00:00.002Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"),
        (date(1, 1, 1), "0001-01-01", "0001-01-01"),
        (Decimal("12345678901234567890.123456789"), "12345678901234567890.123456789", "12345678901234567890.123456789"),
        (2**63 - 1, "9223372036854775807", "9223372036854775807"),
        (0.0, "-0.0", "0.0"),
        (-0.0, "-0.0", "0.0"),
    ],
)
def test_bounds_are_written_so_that_nothing_lies_outside(value: object, low: str, high: str) -> None:
    assert (low, high) == (str(low_bound(value)).strip('"'), str(high_bound(value)).strip('"'))


@pytest.mark.parametrize("value", [float("inf"), datetime.max.replace(tzinfo=UTC), LAST * 65, b"x"])
def test_a_bound_that_cannot_be_written_is_left_out(value: object) -> None:
    assert high_bound(value) is None


def test_attack_14_no_value_of_a_classified_column_is_in_the_log_or_in_a_footer(tmp_path: Path) -> None:
    rows = [{"n": 1, "text": "open", "secret": "victim@example.com", "inner": {"x": 1, "name": "Victim"}}]

    store = lay_down(str(tmp_path), Everything, rows, ())

    table = Path(store.place("lab.everything", 1))
    log = "".join(p.read_text() for p in (table / "_delta_log").glob("*.json"))
    (file,) = table.glob("*.parquet")
    bounds = [
        group.column(n).statistics.has_min_max
        for group in [pq.read_metadata(file).row_group(0)]
        for n in range(group.num_columns)
    ]
    assert "victim" not in log.lower()
    assert {False} == set(bounds)
    (add,) = (json.loads(line)["add"] for line in log.splitlines() if line.startswith('{"add"'))
    statistics = json.loads(add["stats"])
    assert {"n": 1, "text": "open"} == statistics["minValues"] == statistics["maxValues"]
    assert {"n", "whole", "text", "money", "long", "day", "at"} == set(statistics["nullCount"])


def test_other_writers_are_told_which_columns_may_have_statistics(tmp_path: Path) -> None:
    store = lay_down(str(tmp_path), Everything, [{"n": 1}], ())

    configuration = DeltaTable(store.place("lab.everything", 1)).metadata().configuration

    assert "n,whole,text,money,long,day,at" == configuration["delta.dataSkippingStatsColumns"]
    assert "n,whole,text,money,long,day,at" == ",".join(statistics_columns(spec_of(Everything)))


def test_a_reader_skips_files_by_their_statistics(tmp_path: Path) -> None:
    store = lay_down(str(tmp_path), Plain, [{"n": n, "whole": n} for n in range(12)], ())
    table = store.place("lab.plain", 1)
    for file in Path(table).glob("*.parquet"):
        if pl.read_parquet(file)["whole"].max() != 11:
            file.unlink()

    assert [11] == store.scan(table).filter(pl.col("whole") > 10).collect()["n"].to_list()
