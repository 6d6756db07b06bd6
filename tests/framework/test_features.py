"""Canonical rows, manifests and spines: what makes a training set the same one again."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright.errors import BadManifest, SpineBroken, TrainingSetDiffers
from meshwright.features import (
    Manifest,
    Pin,
    canonical_order,
    column_digests,
    manifest_of,
    require_same,
    require_spine,
    rows_digest,
    training_set_of,
)

ROWS = pl.DataFrame(
    {
        "part": ["B", "A", "A", None],
        "used": [1, 2, None, 4],
        "wear": [0.5, None, float("nan"), -0.0],
        "cost": [Decimal("1.50"), None, Decimal("2.25"), Decimal("0.10")],
        "on": [date(2026, 1, 1), None, date(2026, 1, 2), date(2026, 1, 3)],
        "at": [datetime(2026, 1, 1, tzinfo=UTC)] * 4,
        "new": [True, False, None, True],
        "loads": [[1.0, 2.0], [], None, [float("nan"), -0.0]],
    }
)
PIN = Pin(input="wear", product="robotics.wear", contract_version="1.0.0", contract_hash="c", delta_version=0)
MANIFEST = Manifest(consumer="shop.rows", reader="user:ben", purpose="p", pins=(PIN,), rows=0, columns=())


def digest(frame: pl.DataFrame) -> str:
    return rows_digest(column_digests(canonical_order(frame, ["part"])))


@given(st.permutations(range(ROWS.height)))
def test_rows_in_any_order_have_one_hash(order: list[int]) -> None:
    assert digest(ROWS) == digest(ROWS[order])


@pytest.mark.parametrize("column", ROWS.columns)
def test_any_changed_cell_changes_the_hash(column: str) -> None:
    other = ROWS.with_columns(pl.when(pl.int_range(pl.len()) == 0).then(None).otherwise(pl.col(column)).alias(column))

    assert digest(ROWS) != digest(other)


def test_zeros_and_nans_of_any_sign_are_one_value_each() -> None:
    plain = pl.DataFrame({"x": [0.0, float("nan")], "v": [[0.0], [float("nan")]]})
    signed = pl.DataFrame({"x": [-0.0, -float("nan")], "v": [[-0.0], [-float("nan")]]})

    assert column_digests(plain) == column_digests(signed)


def test_a_null_is_no_zero_no_empty_text_and_no_nan() -> None:
    for value in (0, 0.0, float("nan"), "", False):
        known = pl.DataFrame({"x": [value]})

        assert column_digests(known) != column_digests(pl.DataFrame({"x": [None]}, schema=known.schema))


def test_text_that_moves_across_a_border_changes_the_hash() -> None:
    assert column_digests(pl.DataFrame({"x": ["ab", "c"]})) != column_digests(pl.DataFrame({"x": ["a", "bc"]}))


def test_the_hash_is_what_it_was_when_it_was_written_down() -> None:
    frame = pl.DataFrame({"part": ["A", "B"], "used": [1, None], "wear": [0.5, -0.0]})

    assert "aa7657e5ac60269caa7d45dade9b7567e6614d15c47292348b34e36caf81756a" == rows_digest(column_digests(frame))


def test_a_sliced_column_hashes_like_a_column_of_its_own() -> None:
    long = pl.DataFrame({"x": list(range(10)), "t": [str(n) for n in range(10)]})

    assert column_digests(pl.DataFrame({"x": [3, 4], "t": ["3", "4"]})) == column_digests(long[3:5])


def test_a_manifest_survives_its_text_with_version_zero() -> None:
    manifest = training_set_of(ROWS, MANIFEST).manifest

    again = manifest_of(manifest.text)

    assert manifest == again
    assert 0 == again.pins[0].delta_version
    assert manifest.id == again.id == json.loads(manifest.text)["id"]


def test_a_manifest_that_was_changed_is_refused() -> None:
    text = training_set_of(ROWS, MANIFEST).manifest.text

    for changed in (text.replace('"delta_version":0', '"delta_version":1'), text[:-2], "{}", "[]"):
        with pytest.raises(BadManifest):
            manifest_of(changed)


def test_other_rows_differ_by_counts_and_names_and_never_by_values() -> None:
    then = training_set_of(ROWS, MANIFEST).manifest
    now = training_set_of(ROWS.head(3).with_columns(used=pl.lit(987_654)), MANIFEST).manifest

    with pytest.raises(TrainingSetDiffers, match="4 rows then, 3 now") as caught:
        require_same(then, now)

    assert (4, 3) == caught.value.rows
    assert "987" not in str(caught.value)


def test_a_change_of_one_column_is_named_alone() -> None:
    then = training_set_of(ROWS, MANIFEST).manifest
    now = training_set_of(ROWS.with_columns(new=~pl.col("new")), MANIFEST).manifest

    with pytest.raises(TrainingSetDiffers) as caught:
        require_same(then, now)

    assert ("new",) == caught.value.columns


def test_a_row_lost_or_doubled_breaks_the_spine() -> None:
    spine = pl.DataFrame({"part": ["A", "A", "B", None], "week": [1, 1, 1, 2]})
    keys = ["part", "week"]

    require_spine("shop.rows", spine, spine.with_columns(used=1).reverse(), keys)
    with pytest.raises(SpineBroken, match="1 are lost, and 0 are too many"):
        require_spine("shop.rows", spine, spine[1:], keys)
    with pytest.raises(SpineBroken, match="0 are lost, and 1 are too many"):
        require_spine("shop.rows", spine, pl.concat([spine, spine[3:]]), keys)
    with pytest.raises(SpineBroken, match="1 are lost, and 1 are too many"):
        require_spine("shop.rows", spine, pl.concat([spine[1:], spine[2:3]]), keys)
    with pytest.raises(SpineBroken, match="lack the spine's column 'week'"):
        require_spine("shop.rows", spine, spine.drop("week"), keys)
