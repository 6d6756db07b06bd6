"""Rows of a Parquet file, batch by batch: all of them, in order, the first soon."""

from pathlib import Path

import polars as pl
import pytest

from meshwright.io.delta.batches import batches_of
from meshwright.io.delta.row_groups import PIECE_BYTES

ROWS = pl.DataFrame({"n": range(1_000), "text": [None if n % 7 == 0 else f"t{n % 50}" for n in range(1_000)]})


@pytest.mark.parametrize(("rows", "first"), [(100, 0), (100, 7), (100, 100), (100, 5_000), (5_000, 7), (1, 1)])
def test_batches_hold_every_row_in_order_and_the_first_is_small(tmp_path: Path, rows: int, first: int) -> None:
    ROWS.write_parquet(tmp_path / "file.parquet", row_group_size=400)

    found = list(batches_of(str(tmp_path / "file.parquet"), ROWS.schema, {}, rows, first))

    assert ROWS.equals(pl.concat(found), null_equal=True)
    assert max(batch.height for batch in found) <= rows
    assert found[0].height <= (min(rows, first) or rows)


def test_a_small_first_batch_is_taken_from_the_one_after_it_alone(tmp_path: Path) -> None:
    ROWS.write_parquet(tmp_path / "file.parquet", row_group_size=400)

    found = [b.height for b in batches_of(str(tmp_path / "file.parquet"), ROWS.schema, {}, 100, 10)]

    assert [10, 90, 100, 100, 100, *([100] * 4), *([100] * 2)] == found


@pytest.mark.parametrize("first", [0, 1, 7, 400, 1_000])
def test_values_of_every_type_come_the_same_in_a_small_first_batch(tmp_path: Path, first: int) -> None:
    number = pl.int_range(1_000)
    rows = pl.select(
        amount=(number % 5).cast(pl.Decimal(30, 2)),
        blob=(number % 3).cast(pl.String).cast(pl.Binary),
        day=pl.date(2026, 1, 1) + pl.duration(days=number % 9),
        texts=pl.concat_list((number % 4).cast(pl.String), pl.lit("x")),
        inner=pl.struct(text=(number % 2).cast(pl.String), number=number),
        nothing=pl.lit(None, pl.String).repeat_by(number * 0 + 1).list.first(),
    )
    rows.write_parquet(tmp_path / "file.parquet", row_group_size=400)

    found = list(batches_of(str(tmp_path / "file.parquet"), rows.schema, {}, 300, first))

    assert rows.equals(pl.concat(found), null_equal=True)


def test_one_entry_that_is_long_in_a_dictionary_keeps_the_first_batch_small(tmp_path: Path) -> None:
    long = "x" * (PIECE_BYTES // 8)
    rows = pl.DataFrame({"text": [long] * 100})
    rows.write_parquet(tmp_path / "file.parquet", use_pyarrow=True)

    found = [b.height for b in batches_of(str(tmp_path / "file.parquet"), rows.schema, {}, 1_000, 50)]

    assert (100, True) == (sum(found), 4 <= max(found) <= 8)
