"""Types and casts: conform never changes a value, and what it refuses comes with a line that works."""

import datetime as dt
import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright.dtypes import TABLE, cast_advice, converted, lossless, polars_type, python_type
from meshwright.spec import ColumnType, DecimalType, ScalarType, VectorType

UTC_MICROSECONDS = pl.Datetime("us", "UTC")
WANTED: list[pl.DataType] = [row.polars for row in TABLE] + [pl.Decimal(5, 2), pl.Decimal(38, 9), pl.Decimal(20, 0)]
INTEGERS: list[tuple[pl.DataType, int, int]] = [
    (pl.Int8(), -(2**7), 2**7 - 1),
    (pl.Int16(), -(2**15), 2**15 - 1),
    (pl.Int32(), -(2**31), 2**31 - 1),
    (pl.Int64(), -(2**63), 2**63 - 1),
    (pl.UInt8(), 0, 2**8 - 1),
    (pl.UInt16(), 0, 2**16 - 1),
    (pl.UInt32(), 0, 2**32 - 1),
    (pl.UInt64(), 0, 2**64 - 1),
]
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"])
Typed = tuple[pl.DataType, st.SearchStrategy[Any]]


@st.composite
def scalars(draw: st.DrawFn) -> Typed:
    """Draw a type that Polars has, and values it can hold."""
    kind, low, high = draw(st.sampled_from(INTEGERS))
    precision = draw(st.integers(1, 30))
    scale = draw(st.integers(0, precision))
    units = st.integers(-(10**precision) + 1, 10**precision - 1)
    decimals = units.map(lambda u: Decimal((int(u < 0), tuple(map(int, str(abs(u)))), -scale)))
    moments = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1))  # noqa: DTZ001 - naive ones are drawn too
    milliseconds = moments.map(lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000))
    aware = milliseconds.map(lambda t: t.replace(tzinfo=dt.UTC))
    words = st.sampled_from(["a", "b", ""])
    options: list[Typed] = [
        (kind, st.integers(low, high) | st.sampled_from([low, high, 0])),
        (pl.Float32(), st.floats(width=32)),
        (pl.Float64(), st.floats()),
        (pl.String(), st.text(max_size=3)),
        (pl.Categorical(), words),
        (pl.Enum(["a", "b", ""]), words),
        (pl.Boolean(), st.booleans()),
        (pl.Binary(), st.binary(max_size=3)),
        (pl.Date(), st.dates()),
        (pl.Time(), st.times()),
        (pl.Duration("us"), st.timedeltas(dt.timedelta(days=-9), dt.timedelta(days=9))),
        (pl.Decimal(precision, scale), decimals),
        (pl.Datetime("us"), moments),
        (pl.Datetime("ns"), milliseconds),
        (pl.Datetime("us", draw(ZONES)), moments.map(lambda t: t.replace(tzinfo=dt.UTC))),
        (pl.Datetime("ms", draw(ZONES)), aware),
        (pl.Datetime("ns", draw(ZONES)), aware),
    ]
    return draw(st.sampled_from(options))


@st.composite
def columns(draw: st.DrawFn) -> tuple[pl.DataType, pl.DataType, list[Any]]:
    """Draw a type to start from, one to reach, and values; nested ones with fields in any order."""
    (have, values), want = draw(scalars()), draw(st.sampled_from(WANTED))
    shape = draw(st.sampled_from(["flat", "list", "array", "struct", "list of structs"]))
    values = values | st.none()
    if shape in ("struct", "list of structs"):
        other = pl.Field("b", pl.Int64())
        order = draw(st.permutations([0, 1]))
        have, want = (
            pl.Struct([[pl.Field("a", kind), other][n] for n in at]) for kind, at in ((have, order), (want, [0, 1]))
        )
        values = st.fixed_dictionaries({"a": values, "b": st.integers(0, 9)}) | st.none()
    if shape in ("list", "list of structs"):
        have, want, values = pl.List(have), pl.List(want), st.lists(values, max_size=3) | st.none()
    if shape == "array":
        have, want, values = pl.Array(have, 2), pl.List(want), st.lists(values, min_size=2, max_size=2) | st.none()
    return have, want, draw(st.lists(values, max_size=4))


def same(value: Any) -> Any:
    """Make values comparable by meaning: instants, numbers and NaN."""
    if isinstance(value, list):
        items = cast("Sequence[Any]", value)
        return [same(item) for item in items]
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {name: same(fields[name]) for name in sorted(fields)}
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC)
    return "NaN" if isinstance(value, float) and math.isnan(value) else value


def failing(value: int) -> pl.Expr:
    return converted(pl.lit(value, pl.UInt64), pl.UInt64(), pl.Int64())


def test_what_does_not_fit_fails_and_is_no_null() -> None:
    assert [7] == pl.select(failing(7)).to_series().to_list()

    with pytest.raises(pl.exceptions.InvalidOperationError, match="conversion from"):
        pl.select(failing(2**63))


@given(columns())
def test_a_cast_that_counts_as_lossless_keeps_every_value_or_fails(
    drawn: tuple[pl.DataType, pl.DataType, list[Any]],
) -> None:
    have, want, values = drawn
    if not lossless(have, want):
        return
    series = pl.Series("x", values, have, strict=False)

    try:
        found = (
            series.to_frame()
            .lazy()
            .select(converted(pl.col("x"), have, want).alias("x"))
            .collect(engine="streaming")["x"]
        )
    except pl.exceptions.InvalidOperationError:
        return
    assert want == found.dtype
    assert same(series.to_list()) == same(found.to_list())


@pytest.mark.parametrize(
    ("have", "want"),
    [
        (pl.Categorical(), pl.String()),
        (pl.Enum(["a"]), pl.String()),
        (pl.UInt64(), pl.Int64()),
        (pl.Int8(), pl.Int64()),
        (pl.Float32(), pl.Float64()),
        (pl.UInt32(), pl.Float64()),
        (pl.Datetime("ms", "UTC"), UTC_MICROSECONDS),
        (pl.Datetime("us", "Europe/Berlin"), UTC_MICROSECONDS),
        (pl.Array(pl.Float32(), 3), pl.List(pl.Float64())),
        (pl.Decimal(9, 2), pl.Decimal(18, 4)),
        (pl.Int32(), pl.Decimal(18, 4)),
        (pl.Null(), pl.Date()),
    ],
)
def test_what_keeps_every_value_is_cast(have: pl.DataType, want: pl.DataType) -> None:
    assert lossless(have, want)


X = pl.col("x")
REFUSED: list[tuple[pl.DataType, pl.DataType, list[Any], str | None, pl.Expr | None]] = [
    (pl.Int64(), pl.Float64(), [2**53 + 1], '.cast(pl.Float64)', X.cast(pl.Float64)),
    (pl.Float64(), pl.Int64(), [1.7], '.round().cast(pl.Int64)', X.round().cast(pl.Int64)),
    (pl.Decimal(9, 2), pl.Int64(), [Decimal("1.7")], '.round(0).cast(pl.Int64)', X.round(0).cast(pl.Int64)),
    (pl.String(), pl.Int64(), ["7"], '.str.to_integer()', X.str.to_integer()),
    (pl.Duration("ns"), pl.Int64(), [dt.timedelta(1)], '.dt.total_microseconds()', X.dt.total_microseconds()),
    (pl.Int128(), pl.Int64(), [7], '.cast(pl.Int64)', X.cast(pl.Int64)),
    (
        pl.Duration("us"), pl.Float64(), [dt.timedelta(1)],
        '.dt.total_seconds(fractional=True)', X.dt.total_seconds(fractional=True),
    ),
    (pl.Decimal(9, 2), pl.Float64(), [Decimal("1.7")], '.cast(pl.Float64)', X.cast(pl.Float64)),
    (pl.String(), pl.Float64(), ["1.5"], '.cast(pl.Float64)', X.cast(pl.Float64)),
    (
        pl.Decimal(9, 3), pl.Decimal(9, 2), [Decimal("1.239")],
        '.round(2).cast(pl.Decimal(9, 2))', X.round(2).cast(pl.Decimal(9, 2)),
    ),
    (pl.Float64(), pl.Decimal(9, 2), [1.239], '.round(2).cast(pl.Decimal(9, 2))', X.round(2).cast(pl.Decimal(9, 2))),
    (pl.String(), pl.Decimal(9, 2), ["1.23"], '.cast(pl.Decimal(9, 2))', X.cast(pl.Decimal(9, 2))),
    (pl.Time(), pl.String(), [dt.time(1, 2)], '.dt.to_string("%H:%M:%S%.f")', X.dt.to_string("%H:%M:%S%.f")),
    (pl.Int64(), pl.String(), [7], '.cast(pl.String)', X.cast(pl.String)),
    (pl.Binary(), pl.String(), [b"a"], '.cast(pl.String)', X.cast(pl.String)),
    (pl.String(), pl.Binary(), ["a"], '.cast(pl.String).cast(pl.Binary)', X.cast(pl.String).cast(pl.Binary)),
    (pl.String(), pl.Boolean(), ["true"], ' == "true"', X == "true"),
    (pl.Int8(), pl.Boolean(), [1], ' != 0', X != 0),
    (pl.Datetime("us", "UTC"), pl.Date(), [dt.datetime(2026, 1, 1, tzinfo=dt.UTC)], '.dt.date()', X.dt.date()),
    (pl.String(), pl.Date(), ["2026-01-01"], '.str.to_date()', X.str.to_date()),
    (
        pl.Date(), UTC_MICROSECONDS, [dt.date(2026, 1, 1)],
        '.cast(pl.Datetime("us", "UTC"))', X.cast(pl.Datetime("us", "UTC")),
    ),
    (
        pl.String(), UTC_MICROSECONDS, ["2026-01-01T00:00:00Z"],
        '.str.to_datetime(time_unit="us", time_zone="UTC")',
        X.str.to_datetime(time_unit="us", time_zone="UTC"),
    ),
    (
        pl.Datetime("us"), UTC_MICROSECONDS, [dt.datetime(2026, 1, 1)],  # noqa: DTZ001 - what is refused
        '.dt.replace_time_zone("UTC")', X.dt.replace_time_zone("UTC"),
    ),
    (
        pl.Datetime("ns"), UTC_MICROSECONDS, [dt.datetime(2026, 1, 1)],  # noqa: DTZ001 - what is refused
        '.dt.cast_time_unit("us").dt.replace_time_zone("UTC")',
        X.dt.cast_time_unit("us").dt.replace_time_zone("UTC"),
    ),
    (
        pl.Datetime("ns", "UTC"), UTC_MICROSECONDS, [dt.datetime(2026, 1, 1, tzinfo=dt.UTC)],
        '.dt.cast_time_unit("us")', X.dt.cast_time_unit("us"),
    ),
    (
        pl.Array(pl.Int64(), 1), pl.List(pl.Float64()), [[1]],
        '.arr.to_list().list.eval(pl.element().cast(pl.Float64))',
        X.arr.to_list().list.eval(pl.element().cast(pl.Float64)),
    ),
    (
        pl.Struct({"a": pl.Int64(), "b": pl.String()}), pl.Struct({"a": pl.Float64(), "b": pl.String()}),
        [{"a": 1, "b": ""}],
        '.struct.with_fields(pl.field("a").cast(pl.Float64))',
        X.struct.with_fields(pl.field("a").cast(pl.Float64)),
    ),
    (pl.Struct({"a": pl.Int64()}), pl.Struct({"b": pl.Int64()}), [], None, None),
    (pl.Object(), pl.String(), [], None, None),
    (pl.List(pl.Int64()), pl.Int64(), [], None, None),
    (pl.Boolean(), pl.Decimal(9, 2), [], None, None),
]  # fmt: skip


@pytest.mark.parametrize(("have", "want", "values", "line", "meant"), REFUSED)
def test_what_could_change_values_is_refused_with_a_line_that_works(
    have: pl.DataType, want: pl.DataType, values: list[Any], line: str | None, meant: pl.Expr | None
) -> None:
    assert not lossless(have, want)
    assert (None if line is None else f'pl.col("x"){line}') == cast_advice("x", have, want)
    if meant is not None:
        found = pl.DataFrame({"x": pl.Series(values, dtype=have)}).select(meant.alias("x"))["x"]
        assert lossless(found.dtype, want), "the frame conforms after the line"
        assert len(values) == found.count()


@pytest.mark.parametrize("row", TABLE)
def test_every_type_holds_the_values_of_its_python_class(row: Any) -> None:
    column: ColumnType = ScalarType.model_validate({"kind": row.kind})
    values = {
        "string": "a", "integer": 2**62, "number": 0.1, "boolean": True, "date": dt.date(2026, 1, 1),
        "timestamp": dt.datetime(2026, 1, 1, 0, 0, 0, 1, dt.UTC), "binary": b"\x00",
    }  # fmt: skip
    series = pl.Series([values[row.kind]], dtype=polars_type(column))

    assert isinstance(series[0], python_type(column))
    assert values[row.kind] == series[0]


def test_vectors_are_lists_for_every_reader_can_read_those() -> None:
    assert pl.List(pl.Float64()) == polars_type(VectorType(length=3))
    assert pl.Decimal(9, 2) == polars_type(DecimalType(precision=9, scale=2))
