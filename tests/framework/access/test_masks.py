"""Tokens and coarse values, against the standard library."""

import hashlib
import hmac
import math
import struct
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from meshwright.dtypes import polars_type
from meshwright.errors import PolicyRejected
from meshwright.masks import SPACE, Mask, check_coarse, coarse, has_coarse, token, token_type
from meshwright.spec import ColumnSpec, ColumnType, DecimalType, ListType, ScalarType, VectorType

KEY = ("k7", "5a" * 32)
STRING = ScalarType(kind="string")
# Unicode grows: characters that this Python does not know may be known to Polars.
known = st.characters(exclude_categories=("Cs", "Cn", "Co"))
texts = st.text(known, max_size=20)
odd_texts = st.sampled_from(
    [
        "",
        " ",
        "\t\n",
        "A\u0308",
        "\u00c4",
        " Ana@X.DE\u00a0",
        "\u1e9e",
        "\u0130",
        "\u03a3\u03a3",
        "+49 (0) 30-1",
        "\u0661",
        "\ufb01",
    ]
)
VALUES: list[tuple[ColumnType, st.SearchStrategy[object]]] = [
    (STRING, texts | odd_texts),
    (ScalarType(kind="integer"), st.integers(-(2**63), 2**63 - 1)),
    (ScalarType(kind="number"), st.floats()),
    (ScalarType(kind="boolean"), st.booleans()),
    (ScalarType(kind="date"), st.dates()),
    (ScalarType(kind="timestamp"), st.datetimes(timezones=st.just(UTC))),
    (ScalarType(kind="binary"), st.binary(max_size=20)),
    (DecimalType(precision=18, scale=4), st.decimals(-(10**13), 10**13, places=4)),
    (DecimalType(precision=18, scale=0), st.decimals(-(10**13), 10**13, places=0)),
]


BENEATH = [
    ("bucket:1000", ScalarType(kind="integer"), st.integers(-(2**63), 2**63 - 1) | st.integers(-(2**63), 700 - 2**63)),
    ("bucket:1000", ScalarType(kind="number"), st.floats()),
    ("bucket:1000", DecimalType(precision=6, scale=2), st.decimals(-9999, 9999, places=2)),
    ("bucket:100", DecimalType(precision=2, scale=0), st.decimals(-99, 99, places=0)),
    ("year", ScalarType(kind="date"), st.integers(-(2**31), 2**31 - 1)),
    ("month", ScalarType(kind="timestamp"), st.integers(-(2**63), 2**63 - 1)),
]
"""Coarse values that some values of the type do not have."""
PHYSICAL: dict[str, Any] = {"date": pl.Int32(), "timestamp": pl.Int64()}


def shown(values: list[object], kind: ColumnType, expression: pl.Expr) -> list[object]:
    frame = pl.DataFrame({"v": pl.Series(values, dtype=polars_type(kind))})
    return frame.select(expression.alias("v"))["v"].to_list()


def twin(value: object, kind: ColumnType, normalise: str) -> str | None:
    """Make a token with the standard library alone."""
    if value is None:
        return None
    message = f"{kind.kind}\x1f{canonical(value, normalise)}".encode()
    return f"tok1_{KEY[0]}_{hmac.new(KEY[1].encode(), message, hashlib.sha256).hexdigest()[:32]}"


def canonical(value: object, normalise: str) -> str:
    """Write equal values of one type as one text."""
    if isinstance(value, str):
        return normal(value, normalise)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        plain = 0.0 if value == 0.0 else float("nan") if math.isnan(value) else value
        return str(struct.unpack("<q", struct.pack("<d", plain))[0])
    if isinstance(value, Decimal):
        short = f"{value:f}"
        return "0" if value == 0 else short.rstrip("0").rstrip(".") if "." in short else short
    if isinstance(value, datetime):
        delta = value - datetime(1970, 1, 1, tzinfo=UTC)
        return str((delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds)
    if isinstance(value, date):
        return str((value - date(1970, 1, 1)).days)
    return value.hex() if isinstance(value, bytes) else str(value)


def normal(value: str, how: str) -> str:
    if how == "email":
        return unicodedata.normalize("NFC", unicodedata.normalize("NFC", value.strip(SPACE)).lower())
    if how == "digits":
        return "".join(c for c in value if c in "0123456789")
    return unicodedata.normalize("NFC", value)


@pytest.mark.parametrize(("kind", "values"), VALUES, ids=lambda each: getattr(each, "kind", None))
@given(st.data())
def test_a_token_equals_the_standard_librarys(
    kind: ColumnType, values: st.SearchStrategy[object], data: st.DataObject
) -> None:
    normalise = data.draw(st.sampled_from(["text", "email", "digits"])) if kind == STRING else "text"
    cells = data.draw(st.lists(st.none() | values, max_size=5))

    found = shown(cells, kind, token(pl.col("v"), kind, Mask(normalise), KEY))

    assert [twin(cell, kind, normalise) for cell in cells] == found


def test_lists_and_vectors_become_lists_of_tokens() -> None:
    words = ListType(items=ColumnSpec(name="item", type=STRING))
    numbers = VectorType(length=2)

    assert [[twin("a", STRING, "text"), None], [], None] == shown(
        [["a", None], [], None], words, token(pl.col("v"), words, Mask(), KEY)
    )
    number = ScalarType(kind="number")
    assert [[twin(1.0, number, "text"), twin(2.0, number, "text")]] == shown(
        [[1.0, 2.0]], numbers, token(pl.col("v"), numbers, Mask(), KEY)
    )


@pytest.mark.parametrize("kind", [kind for kind, _ in VALUES] + [VectorType(length=2)], ids=lambda kind: kind.kind)
def test_the_type_of_tokens_is_told_beforehand(kind: ColumnType) -> None:
    frame = pl.DataFrame({"v": pl.Series([None], dtype=polars_type(kind))})

    found = frame.select(token(pl.col("v"), kind, Mask(), KEY).alias("v")).schema["v"]

    assert polars_type(token_type(kind)) == found


@pytest.mark.parametrize(
    ("one", "other", "normalise", "equal"),
    [
        (" Ana@X.de ", "ana@x.DE", "email", True),
        ("A\u0308@x.de", "\u00e4@x.de", "email", True),
        ("+49 30 123", "+49-30-123", "digits", True),
        ("A\u0308", "\u00c4", "text", True),
        ("a", "A", "text", False),
        ("a", "a ", "text", False),
        ("ana@x.de", "an\u0430@x.de", "email", False),
    ],
)
def test_attack_40_spellings_of_one_value_share_a_token_where_the_class_says_so(
    one: str, other: str, normalise: str, equal: bool
) -> None:
    first, second = shown([one, other], STRING, token(pl.col("v"), STRING, Mask(normalise), KEY))

    assert equal == (first == second)


def test_equal_texts_of_different_types_have_different_tokens() -> None:
    number = ScalarType(kind="integer")

    assert shown(["1"], STRING, token(pl.col("v"), STRING, Mask(), KEY)) != shown(
        [1], number, token(pl.col("v"), number, Mask(), KEY)
    )


def test_attack_10_another_key_gives_other_tokens() -> None:
    other = ("k7", "5b" * 32)

    assert shown(["a"], STRING, token(pl.col("v"), STRING, Mask(), KEY)) != shown(
        ["a"], STRING, token(pl.col("v"), STRING, Mask(), other)
    )


def test_the_key_is_not_in_an_explained_plan() -> None:
    plan = pl.LazyFrame({"v": ["a"]}).select(token(pl.col("v"), STRING, Mask(), KEY)).explain()

    assert KEY[1] not in plan


@pytest.mark.parametrize(
    ("method", "kind", "value", "expected"),
    [
        ("year", ScalarType(kind="date"), date(1987, 6, 5), date(1987, 1, 1)),
        ("month", ScalarType(kind="date"), date(1987, 6, 5), date(1987, 6, 1)),
        ("year", ScalarType(kind="date"), date(1, 6, 5), date(1, 1, 1)),
        ("year", ScalarType(kind="timestamp"), datetime(1987, 6, 5, 4, tzinfo=UTC), datetime(1987, 1, 1, tzinfo=UTC)),
        ("bucket:1000", ScalarType(kind="integer"), 12_345, 12_000),
        ("bucket:1000", ScalarType(kind="integer"), -1, -1000),
        ("bucket:10", ScalarType(kind="number"), 19.9, 10.0),
        ("bucket:10", ScalarType(kind="number"), float("inf"), None),
        ("bucket:10", ScalarType(kind="number"), float("nan"), None),
        ("bucket:10", ScalarType(kind="number"), 1e300, None),
        ("bucket:10", DecimalType(precision=18, scale=2), Decimal("19.99"), Decimal("10.00")),
        ("bucket:10", DecimalType(precision=18, scale=2), Decimal("-0.01"), Decimal("-10.00")),
        (
            "year",
            ScalarType(kind="timestamp"),
            datetime(9999, 12, 31, 23, tzinfo=UTC),
            datetime(9999, 1, 1, tzinfo=UTC),
        ),
        ("prefix:2", STRING, "80331", "80***"),
        ("prefix:2", STRING, "8033", "80***"),
        ("prefix:2", STRING, "803", "***"),
        ("prefix:2", STRING, "80", "***"),
        ("prefix:2", STRING, "8-0-3-", "***"),
        ("last4", STRING, "DE02120300000000202051", "***2051"),
        ("last4", STRING, "12345678", "***5678"),
        ("last4", STRING, "1234567", "***"),
        ("last4", STRING, "12345", "***"),
        ("last4", STRING, "    2051", "***"),
        ("initial", STRING, "Ana", "A***"),
        ("initial", STRING, "Bo", "B***"),
        ("initial", STRING, "A", "***"),
        ("domain", STRING, "ana@X.de", "***@x.de"),
        ("domain", STRING, "a@b@x.de ", "***@x.de"),
        ("domain", STRING, "ana", "***"),
        ("domain", STRING, "@ana.schmidt", "***"),
        ("domain", STRING, " @ana.schmidt", "***"),
        ("domain", STRING, "ana@schmidt", "***"),
        ("domain", STRING, "a@x.de/ana.schmidt", "***"),
        ("domain", STRING, "a@x.de (Ana)", "***"),
        ("domain", STRING, "ana@m\u00fcnchen.de", "***@m\u00fcnchen.de"),
    ],
)
def test_a_coarse_value_keeps_the_type(method: str, kind: ColumnType, value: object, expected: object) -> None:
    mask = Mask(coarse=method)
    frame = pl.DataFrame({"v": pl.Series([value, None], dtype=polars_type(kind))})

    found = frame.select(coarse(pl.col("v"), kind, mask).alias("v"))

    assert has_coarse(mask, kind)
    assert [expected, None] == found["v"].to_list()
    assert frame.schema == found.schema


LOWEST = -(2**63)


@given(st.integers(LOWEST, 2**63 - 1) | st.integers(LOWEST, LOWEST + 2_000), st.integers(2, 10**14))
@example(LOWEST, 1000)
@example(LOWEST, 1024)
@example(LOWEST + 807, 1000)
@example(LOWEST + 808, 1000)
@example(2**63 - 1, 1000)
def test_a_bucket_begins_at_or_below_its_numbers_or_is_nothing(number: int, width: int) -> None:
    kind = ScalarType(kind="integer")
    (found,) = shown([number], kind, coarse(pl.col("v"), kind, Mask(coarse=f"bucket:{width}")))
    bucket = number // width * width

    assert (bucket if bucket >= LOWEST else None) == found


@given(st.floats() | st.integers(-(10**6), 10**6).map(lambda n: math.nextafter(n * 3.0, -math.inf)), st.integers(2, 99))
@example(-5e-324, 3)
@example(math.nextafter(-0.0, -1), 10)
@example(2.0**53 - 1, 19)
@example(2.0**53, 19)
def test_a_bucket_of_a_float_is_the_multiple_below_by_exact_arithmetic(number: float, width: int) -> None:
    kind = ScalarType(kind="number")
    [found] = shown([number], kind, coarse(pl.col("v"), kind, Mask(coarse=f"bucket:{width}")))

    near = math.isfinite(number) and abs(number) < min(10**15 * width, 2**53)
    assert (math.floor(Fraction(number) / width) * width if near else None) == found


@given(texts | st.text("ab1- \u00e4", max_size=20), st.sampled_from(["initial", "last4", "prefix:2", "prefix:3"]))
def test_at_most_half_of_the_letters_and_digits_of_a_text_are_left(text: str, method: str) -> None:
    keep = {"initial": 1, "last4": 4}.get(method) or int(method[-1])
    kept = f"***{text[-4:]}" if method == "last4" else f"{text[:keep]}***"

    [found] = shown([text], STRING, coarse(pl.col("v"), STRING, Mask(coarse=method)))

    letters = sum(unicodedata.category(c)[0] in "LN" for c in text)
    assert (kept if letters >= 2 * keep else "***") == found


WHOLE, DAYS = st.integers(-(10**18) + 1, 10**18 - 1), st.dates(date(1, 1, 2), date(9999, 12, 30))
NEIGHBOURS: dict[str, tuple[ColumnType, str, st.SearchStrategy[list[object]]]] = {
    "integer": (ScalarType(kind="integer"), "bucket:2", WHOLE.map(lambda n: [n - 1, n, n + 1])),
    "number": (
        ScalarType(kind="number"),
        "bucket:3",
        st.floats().map(lambda f: [math.nextafter(f, -math.inf), f, math.nextafter(f, math.inf)]),
    ),
    "decimal": (
        DecimalType(precision=18, scale=2),
        "bucket:7",
        WHOLE.filter(lambda n: abs(n) < 10**18 - 1).map(lambda n: [Decimal(m).scaleb(-2) for m in (n - 1, n, n + 1)]),
    ),
    "date": (ScalarType(kind="date"), "month", DAYS.map(lambda d: [d - timedelta(1), d, d + timedelta(1)])),
    "timestamp": (
        ScalarType(kind="timestamp"),
        "month",
        st.integers(1, 3_652_058 * 86_400_000_000).map(
            lambda n: [datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=m) for m in (n - 1, n, n + 1)]
        ),
    ),
}


@pytest.mark.parametrize("name", NEIGHBOURS)
@given(st.data())
def test_a_coarse_value_is_that_of_a_neighbour_too_or_nothing(name: str, data: st.DataObject) -> None:
    kind, method, neighbours = NEIGHBOURS[name]

    before, found, after = shown(data.draw(neighbours), kind, coarse(pl.col("v"), kind, Mask(coarse=method)))

    assert found in (None, before, after)


@given(data=st.data())
@pytest.mark.parametrize("in_list", [False, True])
@pytest.mark.parametrize(("method", "kind", "values"), BENEATH)
def test_nothing_of_a_value_stands_beneath_the_null_that_takes_its_place(
    method: str, kind: ColumnType, values: st.SearchStrategy[object], in_list: bool, data: st.DataObject
) -> None:
    drawn = data.draw(st.lists(st.none() | values, min_size=1, max_size=8))
    flat = pl.Series("v", drawn, dtype=PHYSICAL.get(kind.kind, polars_type(kind))).cast(polars_type(kind))
    column = ListType(items=ColumnSpec(name="item", type=kind)) if in_list else kind
    frame = flat.to_frame().select(pl.col("v").implode() if in_list else pl.col("v"))

    found = frame.select(v=coarse(pl.col("v"), column, Mask(coarse=method)))["v"]

    flattened: Any = found.explode()
    array = flattened.to_arrow(compat_level=pl.CompatLevel.oldest())
    width = array.type.bit_width // 8
    below = array.buffers()[1].to_pybytes()[array.offset * width :]
    hidden = [n for n in range(len(array)) if not array[n].is_valid]
    assert [bytes(width)] * len(hidden) == [below[n * width : (n + 1) * width] for n in hidden]


def test_no_zero_tells_its_sign() -> None:
    number = ScalarType(kind="number")
    found = shown([-0.0, 0.0, 4.2], number, coarse(pl.col("v"), number, Mask(coarse="bucket:10")))

    assert ["0.0", "0.0", "0.0"] == [str(each) for each in found]


@pytest.mark.parametrize("kind", ["date", "timestamp"])
@pytest.mark.parametrize("method", ["year", "month"])
def test_dates_outside_of_the_calendar_have_no_coarse_value_and_stop_no_read(kind: Any, method: str) -> None:
    column = ScalarType(kind=kind)
    bits, physical = (31, pl.Int32) if kind == "date" else (63, pl.Int64)
    ends = pl.DataFrame({"v": pl.Series([-(2**bits), 0, 2**bits - 1], dtype=physical)})

    found = ends.cast(polars_type(column)).select(v=coarse(pl.col("v"), column, Mask(coarse=method)))["v"]

    assert [True, False, True] == found.is_null().to_list()


@pytest.mark.parametrize(("precision", "scale"), [(38, 0), (38, 2), (38, 30), (38, 37), (18, 2)])
@pytest.mark.parametrize("width", [2, 1000, 10**14])
def test_no_decimal_is_too_large_for_a_bucket_to_be_computed(precision: int, scale: int, width: int) -> None:
    kind = DecimalType(precision=precision, scale=scale)
    with localcontext(prec=60):
        top = Decimal(10**precision - 1).scaleb(-scale)
        bucket = top // width * width
        below = -top // width * width - width

        found = shown([top, -top], kind, coarse(pl.col("v"), kind, Mask(coarse=f"bucket:{width}")))

        assert [bucket, below if -top <= below else None] == found


def test_a_list_is_made_coarse_item_by_item() -> None:
    kind = ListType(items=ColumnSpec(name="item", type=STRING))

    assert [["A***", None], None] == shown(
        [["Ana", None], None], kind, coarse(pl.col("v"), kind, Mask(coarse="initial"))
    )


def test_a_bucket_that_the_type_cannot_hold_is_nothing() -> None:
    kind = DecimalType(precision=3, scale=0)

    assert [None, Decimal(0)] == shown(
        [Decimal(-999), Decimal(999)], kind, coarse(pl.col("v"), kind, Mask(coarse="bucket:1000"))
    )


@pytest.mark.parametrize(
    ("width", "lowest", "below"),
    [(10, -990, -991), (37, -999, None), (100, -900, -901), (500, -500, -501), (1000, 0, -1)],
)
def test_the_lowest_bucket_that_the_type_holds_has_its_own_edge(width: int, lowest: int, below: int | None) -> None:
    kind, mask = DecimalType(precision=3, scale=0), Mask(coarse=f"bucket:{width}")

    values: list[object] = [Decimal(lowest), None if below is None else Decimal(below)]

    assert [Decimal(lowest), None] == shown(values, kind, coarse(pl.col("v"), kind, mask))


@pytest.mark.parametrize("scale", [0, 2])
def test_decimals_near_nothing_have_the_tokens_of_their_own(scale: int) -> None:
    kind = DecimalType(precision=18, scale=scale)
    numbers: list[object] = [Decimal(0), Decimal(1), Decimal(-1), Decimal(10)]

    assert [twin(number, kind, "text") for number in numbers] == shown(
        numbers, kind, token(pl.col("v"), kind, Mask(), KEY)
    )


def test_a_vector_is_made_coarse_number_by_number() -> None:
    kind, mask = VectorType(length=2), Mask(coarse="bucket:10")

    assert has_coarse(mask, kind)
    assert [[10.0, -10.0], None] == shown([[12.5, -0.5], None], kind, coarse(pl.col("v"), kind, mask))


@pytest.mark.parametrize(
    ("method", "kind"),
    [("year", STRING), ("initial", ScalarType(kind="date")), ("null", STRING), ("bucket:10", STRING)],
)
def test_a_type_without_such_a_coarse_value_has_none(method: str, kind: ColumnType) -> None:
    assert not has_coarse(Mask(coarse=method), kind)


@pytest.mark.parametrize(
    "method", ["", "bucket", "bucket:0", "bucket:1", "prefix:", "hash", "bucket:10; drop", "year\n"]
)
def test_an_unknown_coarse_method_is_refused(method: str) -> None:
    with pytest.raises(PolicyRejected, match="unknown coarse method"):
        check_coarse(method, "classes.toml")
