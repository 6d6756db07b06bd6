"""Pydantic is the oracle: for random contracts and rows, it accepts exactly the rows that pass every check.

What a typed column cannot hold (text in a number, a naive time) is not drawn here: `conform` refuses it for the whole
frame, and `test_schema.py` holds Pydantic's strictness against that. Rules, keys and references need a table, so
Pydantic does not know them; `test_checks.py` has them.
"""

import datetime as dt
import enum
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, Optional, cast

import polars as pl
import pytest
from annotated_types import Ge, Gt, Interval, Le, Len, Lt, MaxLen, MinLen, MultipleOf
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import AllowInfNan, ValidationError, create_model

from meshwright import Contract, Decimals, Matches, Schema, Vector, spec_of
from meshwright.checks import mark
from meshwright.dtypes import polars_type

UTC = dt.UTC


def no_docstrings(_: type[object], **_more: object) -> dict[str, str]:
    return {}


@pytest.fixture(scope="module", autouse=True)
def _no_text() -> Iterator[None]:
    """Spare Pydantic the search for the text of a class that has none: it asks every loaded module, each time."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pydantic._internal._fields.extract_docstrings_from_cls", no_docstrings)
        yield


class Grade(enum.Enum):
    """A vocabulary of text."""

    A = "a"
    B = "b"


class Step(enum.IntEnum):
    """A vocabulary of numbers."""

    ONE = 1
    TWO = 2


@dataclass(frozen=True)
class Drawn:
    """An annotation, and values that a column of it can hold, valid or not."""

    annotation: Any
    values: st.SearchStrategy[Any]


def annotated(kind: Any, marks: Sequence[object]) -> Any:
    return Annotated[(kind, *marks)] if marks else kind


@st.composite
def ranges(draw: st.DrawFn, pool: Sequence[Any]) -> list[object]:
    """Draw up to two bounds of which some value can keep both."""
    if draw(st.booleans()):
        return []
    low, high = sorted(draw(st.lists(st.sampled_from(pool), min_size=2, max_size=2, unique=True)))
    lower: Any = draw(st.sampled_from([None, Ge(low), Gt(low)]))
    upper: Any = draw(st.sampled_from([None, Le(high), Lt(high)]))
    if isinstance(lower, Ge) and isinstance(upper, Le) and draw(st.booleans()):
        return [Interval(ge=low, le=high)]
    return [mark for mark in (lower, upper) if mark is not None]


@st.composite
def lengths(draw: st.DrawFn) -> list[object]:
    low, more = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    return draw(st.sampled_from([[], [MinLen(low)], [MaxLen(low)], [Len(low, low + more)], [Len(low)]]))


@st.composite
def texts(draw: st.DrawFn) -> Drawn:
    patterns = [r"[a-z]+", r"\d{2,3}", r"a|bc", r"(?i)ab*", r".*", r"\w", r"ä.", r"x$|^y", r"[^a]{2}"]
    chosen = draw(st.sampled_from([None, *patterns]))
    marks = draw(lengths()) + ([Matches(chosen)] if chosen else [])
    known = ["", "a", "bc", "abc", "a\n", "\na", "12", "١٢", "ä\n", "äb", "é", "é", "👩‍🚀", "y", "x", "A", "aB", "\0"]
    return Drawn(annotated(str, marks), st.sampled_from(known) | st.text(max_size=4))


@st.composite
def integers(draw: st.DrawFn) -> Drawn:
    pool = [-(2**63), -7, -1, 0, 1, 2, 10, 2**53 + 1, 2**63 - 1]
    step = draw(st.sampled_from([None, 1, 2, 3, 2**40]))
    marks = draw(ranges(pool)) + ([MultipleOf(step)] if step else [])
    near = st.sampled_from([v + d for v in pool for d in (-1, 0, 1) if -(2**63) <= v + d < 2**63])
    return Drawn(annotated(int, marks), near | st.integers(-(2**63), 2**63 - 1) | st.integers(-9, 9))


@st.composite
def floats(draw: st.DrawFn) -> Drawn:
    pool = [-1e300, -1.5, -0.0, 0.1, 0.3, 1, 2.5, 1e15, 1e300]
    step = draw(st.sampled_from([None, None, 0.1, 0.25, 3.0, 1e-9]))
    extra: list[object] = [MultipleOf(step)] if step else []
    extra += draw(st.sampled_from([[], [AllowInfNan(allow_inf_nan=True)], [AllowInfNan(allow_inf_nan=False)]]))
    near = [math.nextafter(v, to) for v in pool for to in (-math.inf, v, math.inf)]
    odd = [math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7976931348623157e308]
    wholes, offs = st.integers(-1000, 1000), st.sampled_from([0.0, 0.0, 1e-8, -1e-8, 1e-10])
    multiples = st.tuples(wholes, offs).map(lambda pair: pair[0] * (step or 0.1) + pair[1])
    return Drawn(
        annotated(float, [*draw(ranges(pool)), *extra]),
        st.sampled_from(near) | st.sampled_from(odd) | multiples | st.floats(),
    )


@st.composite
def decimals(draw: st.DrawFn) -> Drawn:
    precision = draw(st.sampled_from([1, 2, 5, 18, 38]))
    scale = draw(st.sampled_from([s for s in (0, 1, 2, 9, 38) if s <= precision]))
    reach = 10**precision - 1
    units = st.integers(-reach, reach) | st.integers(-min(reach, 99), min(reach, 99))
    pool = [Decimal(-2), Decimal("-0.01"), Decimal(0), Decimal("0.05"), 1, Decimal("1.1"), Decimal("70.5")]
    steps = {Decimal("0.05"): 2, Decimal("0.25"): 2, Decimal(2): 0}
    fits = precision < 28  # beyond, Pydantic's remainder fails: see test_checks.py
    held = [step for step, digits in steps.items() if fits and digits <= scale and (step < 1 or precision > scale)]
    step = draw(st.sampled_from([None, None, *held]))
    marks = [Decimals(precision, scale), *draw(ranges(pool)), *([MultipleOf(step)] if step else [])]
    values = units.map(lambda u: Decimal((int(u < 0), tuple(map(int, str(abs(u)))), -scale)))
    return Drawn(annotated(Decimal, marks), values)


@st.composite
def dates(draw: st.DrawFn) -> Drawn:
    pool = [dt.date(1, 1, 1), dt.date(1969, 12, 31), dt.date(2024, 2, 29), dt.date(9999, 12, 31)]
    return Drawn(annotated(dt.date, draw(ranges(pool))), st.sampled_from(pool) | st.dates())


@st.composite
def moments(draw: st.DrawFn) -> Drawn:
    east = dt.timezone(dt.timedelta(hours=5, minutes=30))
    pool = [dt.datetime(1969, 12, 31, 23, 59, 59, 999999, UTC), dt.datetime(2024, 2, 29, tzinfo=east)]
    pool.append(dt.datetime(2024, 3, 31, 2, 30, tzinfo=UTC))
    near = [moment.astimezone(UTC) + dt.timedelta(microseconds=d) for moment in pool for d in (-1, 0, 1)]
    return Drawn(
        annotated(dt.datetime, draw(ranges(pool))), st.sampled_from(near) | st.datetimes(timezones=st.just(UTC))
    )


@st.composite
def binaries(draw: st.DrawFn) -> Drawn:
    return Drawn(annotated(bytes, draw(lengths())), st.binary(max_size=5))


@st.composite
def vectors(draw: st.DrawFn) -> Drawn:
    length = draw(st.integers(1, 3))
    sound = st.lists(st.floats(-9, 9), min_size=length, max_size=length)
    component = st.sampled_from([math.nan, math.inf, -math.inf, None])
    faulty = st.tuples(sound, component).map(lambda pair: [*pair[0][1:], pair[1]])
    return Drawn(annotated(list[float], [Vector(length)]), sound | faulty | st.lists(st.floats(-9, 9), max_size=4))


VOCABULARIES = st.sampled_from(
    [
        Drawn(Literal["a", "b", ""], st.sampled_from(["a", "b", "", "c", "A", "ab"])),
        Drawn(Literal[1, 2, -5], st.integers(-6, 3)),
        Drawn(Grade, st.sampled_from(["a", "b", "A", "Grade.A"])),
        Drawn(Step, st.integers(0, 3)),
        Drawn(bool, st.booleans()),
    ]
)
KINDS = {
    "text": texts(),
    "integer": integers(),
    "float": floats(),
    "decimal": decimals(),
    "date": dates(),
    "moment": moments(),
    "binary": binaries(),
    "vocabulary": VOCABULARIES,
    "vector": vectors(),
}
SCALARS = st.one_of(*KINDS.values())


@st.composite
def maybe_null(draw: st.DrawFn, of: st.SearchStrategy[Drawn]) -> Drawn:
    """Draw required columns and both spellings of optional ones, with marks inside and outside of the union."""
    inner = draw(of)
    kind, marks = inner.annotation, ()
    if hasattr(kind, "__metadata__"):
        kind, marks = kind.__origin__, kind.__metadata__
    spellings = [inner.annotation, inner.annotation, Optional[inner.annotation], inner.annotation | None]  # noqa: UP045
    spellings.append(annotated(kind | None, marks))
    return Drawn(draw(st.sampled_from(spellings)), inner.values | st.none() if draw(st.booleans()) else inner.values)


@st.composite
def lists(draw: st.DrawFn, of: st.SearchStrategy[Drawn]) -> Drawn:
    item = draw(of)
    return Drawn(annotated(list[item.annotation], draw(lengths())), st.lists(item.values, max_size=4))  # type: ignore[name-defined] # drawn


@st.composite
def structs(draw: st.DrawFn, of: st.SearchStrategy[Drawn]) -> Drawn:
    fields = {f"f{n}": field for n, field in enumerate(draw(st.lists(of, min_size=1, max_size=3)))}
    annotations = cast("dict[str, Any]", {name: (field.annotation, ...) for name, field in fields.items()})
    model = create_model("Nested", __base__=Schema, **annotations)
    return Drawn(model, st.fixed_dictionaries({name: field.values for name, field in fields.items()}))


COLUMNS = maybe_null(
    st.recursive(SCALARS, lambda inner: lists(maybe_null(inner)) | structs(maybe_null(inner)), max_leaves=4)
)


def contract_of(columns: Sequence[Drawn]) -> type[Contract]:
    annotations = cast("dict[str, Any]", {f"c{n}": (column.annotation, ...) for n, column in enumerate(columns)})
    kwargs = {"id": "sales.drawn", "version": "1.0.0"}
    return create_model("Drawn", __base__=Contract, __cls_kwargs__=kwargs, **annotations)


@st.composite
def contracts_and_rows(draw: st.DrawFn) -> tuple[type[Contract], list[dict[str, Any]]]:
    columns = draw(st.lists(COLUMNS, min_size=1, max_size=4))
    row = st.fixed_dictionaries({f"c{n}": column.values for n, column in enumerate(columns)})
    return contract_of(columns), draw(st.lists(row, min_size=1, max_size=12))


def accepts(contract: type[Contract], row: dict[str, Any]) -> bool:
    try:
        contract.model_validate(row)
    except ValidationError:
        return False
    return True


def held(value: Any) -> Any:
    """Make values comparable: NaN equals NaN, and 0 is not -0."""
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {name: held(field) for name, field in fields.items()}
    if isinstance(value, list):
        items = cast("Sequence[Any]", value)
        return [held(item) for item in items]
    return repr(value) if isinstance(value, float) else value


def check(contract: type[Contract], rows: list[dict[str, Any]]) -> None:
    spec = spec_of(contract)
    schema = {c.name: polars_type(c.type) for c in spec.columns}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    assert held(rows) == held(frame.to_dicts()), "the table holds the very rows"

    found = mark(frame.lazy(), spec, {}).collect()

    verdicts = (found["_failed"].to_list(), spec.columns)
    assert [accepts(contract, row) for row in rows] == found["_kept"].to_list(), verdicts


@pytest.mark.slow
@given(contracts_and_rows())
@example(
    (contract_of([Drawn(Annotated[float, AllowInfNan(allow_inf_nan=True), Ge(0)], st.nothing())]), [{"c0": math.nan}])
)
def test_pydantic_accepts_exactly_the_rows_that_pass_every_check(
    drawn: tuple[type[Contract], list[dict[str, Any]]],
) -> None:
    check(*drawn)


@pytest.mark.parametrize("kind", KINDS)
@given(st.data())
def test_pydantic_accepts_exactly_the_values_of_one_column(kind: str, data: st.DataObject) -> None:
    column = data.draw(KINDS[kind])

    check(contract_of([column]), [{"c0": v} for v in data.draw(st.lists(column.values, min_size=15, max_size=25))])
