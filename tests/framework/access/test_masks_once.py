"""Tokens made once for each distinct value, against tokens made row by row."""

from functools import partial
from typing import Any
from unittest import mock

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright.dtypes import polars_type
from meshwright.masks import Mask, OncePerValue, once_per_value, token
from meshwright.masks.remembered import Remembered
from meshwright.masks.texts import tokens_of
from meshwright.spec import ColumnSpec, ColumnType, DecimalType, ListType, ScalarType, VectorType

KEY = ("k7", "5a" * 32)
STRING = ScalarType(kind="string")
FEW: list[tuple[ColumnType, list[Any]]] = [
    (STRING, ["", "a", "A", "\u00c4", "A\u0308", " Ana@X.de ", "ana@x.de"]),
    (ScalarType(kind="integer"), [0, 1, -1, 2**62]),
    (ScalarType(kind="boolean"), [True, False]),
    (ScalarType(kind="binary"), [b"", b"a", b"\x00"]),
    (ScalarType(kind="number"), [0.0, -0.0, float("nan"), 1.5]),
    (DecimalType(precision=18, scale=2), [0, 1, 10]),
]
TEXTS = st.text("aA \t\xa00129-\u00c4\u0308\u0130", max_size=6)


def block(texts: Any) -> Any:
    return texts.to_arrow(compat_level=pl.CompatLevel.oldest())


def row_by_row(values: pl.Series, kind: ColumnType, mask: Mask) -> list[object]:
    return values.to_frame("v").select(token(pl.col("v"), kind, mask, KEY).alias("v"))["v"].to_list()


@pytest.mark.parametrize(("kind", "few"), FEW, ids=lambda each: getattr(each, "kind", None))
@given(st.data())
def test_batch_by_batch_every_row_gets_its_own_token(kind: ColumnType, few: list[Any], data: st.DataObject) -> None:
    mask = Mask(data.draw(st.sampled_from(["text", "email", "digits"])) if kind == STRING else "text")
    batches = data.draw(st.lists(st.lists(st.none() | st.sampled_from(few), max_size=8), max_size=6))
    tokens = OncePerValue(kind, mask, KEY, batch=data.draw(st.integers(1, 5)))

    for cells in batches:
        values = pl.Series("v", cells, dtype=polars_type(kind))

        assert row_by_row(values, kind, mask) == tokens(values).to_list()


def test_values_that_do_not_repeat_are_no_longer_remembered_and_still_right() -> None:
    tokens = OncePerValue(STRING, Mask(), KEY, batch=10)
    values = pl.Series("v", [f"n{i}" for i in range(95)] + [None, "n1", "\u00e4"])

    found = tokens(values)

    assert row_by_row(values, STRING, Mask()) == found.to_list()
    assert "v" == found.name
    assert tokens.remembered == 0


def test_the_first_batch_is_remembered_whatever_it_holds() -> None:
    tokens = OncePerValue(STRING, Mask(), KEY, batch=3)

    remembered = [(tokens(pl.Series("v", cells)), tokens.remembered)[1] for cells in (["a", "b", "c"], ["d", "e"])]

    assert [3, 0] == remembered


def test_values_that_repeat_are_made_once() -> None:
    tokens = OncePerValue(STRING, Mask(), KEY, batch=10)

    tokens(pl.Series("v", ["a", "b", "c", None] * 25))

    assert tokens.remembered == 3


@pytest.mark.parametrize("many", [False, True], ids=["a text", "a list of texts"])
def test_a_limit_reaches_the_rows_before_the_tokens_are_made(many: bool) -> None:
    seen: list[int] = []
    kind: ColumnType = ListType(items=ColumnSpec(name="item", type=STRING)) if many else STRING

    def look(values: pl.Series) -> pl.Series:
        seen.append(values.len())
        return values

    frame = pl.LazyFrame({"v": [[f"n{i}"] if many else f"n{i}" for i in range(1000)]})
    looked = pl.col("v").map_batches(look, return_dtype=polars_type(kind), is_elementwise=True)

    frame.select(once_per_value(looked, kind, Mask(), KEY).alias("v")).head(3).collect()

    assert 3 == sum(seen)


def test_two_columns_of_one_frame_keep_apart() -> None:
    frame = pl.LazyFrame({"a": ["x", "y"], "b": ["y", "x"]})

    tokens = {c: once_per_value(pl.col(c), STRING, Mask(), KEY) for c in ("a", "b")}
    found = frame.select(**tokens).collect()

    assert found["a"].to_list() == found["b"].reverse().to_list()
    assert row_by_row(pl.Series(["x", "y"]), STRING, Mask()) == found["a"].to_list()


def test_lists_and_vectors_get_their_tokens_item_by_item() -> None:
    words = ListType(items=ColumnSpec(name="item", type=STRING))
    for kind, cells in ((words, [["a", None], [], None, ["a"]]), (VectorType(length=1), [[1.5], [1.5], None])):
        values = pl.Series("v", cells, dtype=polars_type(kind))

        found = values.to_frame().select(once_per_value(pl.col("v"), kind, Mask(), KEY).alias("v"))["v"].to_list()

        assert row_by_row(values, kind, Mask()) == found


@given(st.lists(st.none() | TEXTS, max_size=8), st.sampled_from(["text", "email", "digits"]))
def test_tokens_made_on_blocks_of_bytes_equal_those_of_expressions(cells: list[str | None], normalise: str) -> None:
    values = pl.Series("v", cells, dtype=pl.String)

    found = tokens_of(values, "string", normalise, KEY)

    assert row_by_row(values, STRING, Mask(normalise)) == found.to_pylist()


@pytest.mark.parametrize("normalise", ["text", "email", "digits"])
@pytest.mark.parametrize(
    "cell", ["a@x.de", "a@x.dE", "a @x.de", "a@x.de\n", "\u00e4@x.de", "a\u0308@x.de", "0123", "01 23"]
)
def test_one_value_that_is_not_normal_among_normal_ones_has_its_own_token(cell: str, normalise: str) -> None:
    values = pl.Series("v", ["0", cell, None, "9"])

    assert row_by_row(values, STRING, Mask(normalise)) == tokens_of(values, "string", normalise, KEY).to_pylist()


@given(st.lists(st.lists(st.none() | TEXTS, max_size=8), max_size=8))
def test_a_text_keeps_its_place_and_its_token_is_made_once(batches: list[list[str | None]]) -> None:
    known, made, places = Remembered(), list[str](), dict[str, int]()

    def loud(texts: pl.Series) -> Any:
        made.extend(texts.to_list())
        return block(texts + "!")

    for cells in batches:
        found = known.places(pl.Series("v", cells, dtype=pl.String), loud).to_list()

        for cell, place in zip(cells, found, strict=True):
            assert place == (None if cell is None else places.setdefault(cell, place))
    assert sorted(made) == sorted(places)
    assert {f"{text}!": place for text, place in places.items()} == {
        token: place for place, token in enumerate(known.tokens.to_pylist())
    }


@given(st.lists(st.lists(st.none() | TEXTS, max_size=8), max_size=8), st.sampled_from([5, 400_000]))
def test_places_mean_the_tokens_of_their_piece(batches: list[list[str | None]], most: int) -> None:
    tokens = OncePerValue(STRING, Mask(), KEY, batch=12)

    with mock.patch("meshwright.masks.once.Remembered", partial(Remembered, most)):
        for cells in batches:
            values = pl.Series("v", cells, dtype=pl.String)
            places, listed = tokens.coded(values)

            assert row_by_row(values, STRING, Mask()) == pl.Series(listed).gather(places).to_list()


def test_a_list_of_tokens_begins_with_the_one_before_while_values_repeat() -> None:
    tokens = OncePerValue(STRING, Mask(), KEY)
    pieces = [pl.Series("v", cells) for cells in (["a", "b"], ["b", None, "c"], ["a"])]

    first, second, third = (tokens.coded(piece)[1] for piece in pieces)

    assert (2, 3) == (len(first), len(second))
    assert second.slice(0, 2).equals(first)
    assert third is second


def test_what_is_remembered_has_a_bound_in_texts_and_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meshwright.masks.once.Remembered", lambda: Remembered(most=5))
    few, long = OncePerValue(STRING, Mask(), KEY), Remembered()
    values = pl.Series("v", [f"n{i % 7}" for i in range(20)])

    found = few(values)
    at_once = [
        (long.places(pl.Series([text]), lambda texts: block(texts.str.head(1))), long.full)[1]
        for text in ("x" * 2**25, "y")
    ]

    assert row_by_row(values, STRING, Mask()) == found.to_list() == few(values).to_list()
    assert 0 == few.remembered
    assert [False, True] == at_once


def test_a_quarter_of_a_million_texts_are_remembered_and_then_no_more() -> None:
    known = Remembered()

    full = [
        (known.places(texts.cast(pl.String), block), known.full)[1]
        for texts in (pl.int_range(250_000, eager=True), pl.Series([250_000]))
    ]

    assert [False, True] == full


def test_a_text_is_given_no_token_of_another_where_places_have_gaps() -> None:
    known = Remembered()
    pl.Series(["taken"]).cast(vars(known)["_table"].dtype)

    with pytest.raises(RuntimeError, match="gaps"):
        known.places(pl.Series(["a"]), block)


def test_floats_have_the_tokens_of_their_bits_though_nan_is_not_itself() -> None:
    kind = ScalarType(kind="number")
    values = pl.Series("v", [0.0, -0.0, float("nan"), float("nan"), None, 1.5])

    found = values.to_frame().select(once_per_value(pl.col("v"), kind, Mask(), KEY).alias("v"))["v"].to_list()

    assert row_by_row(values, kind, Mask()) == found
    assert found[2] == found[3] is not None
