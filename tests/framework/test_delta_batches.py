"""Rows of a Parquet file, batch by batch: all of them, in order, the first soon."""

from pathlib import Path

import polars as pl
import pytest

from meshwright.io.delta.batches import batches_of

ROWS = pl.DataFrame({"n": range(1_000), "text": [None if n % 7 == 0 else f"t{n % 50}" for n in range(1_000)]})


@pytest.mark.parametrize(("rows", "first"), [(100, 0), (100, 7), (100, 100), (100, 5_000), (5_000, 7), (1, 1)])
def test_batches_hold_every_row_in_order_and_the_first_is_small(tmp_path: Path, rows: int, first: int) -> None:
    ROWS.write_parquet(tmp_path / "file.parquet", row_group_size=400)

    found = list(batches_of(str(tmp_path / "file.parquet"), ROWS.schema, {}, rows, first))

    assert ROWS.equals(pl.concat(found), null_equal=True)
    assert max(batch.height for batch in found) <= rows
    assert found[0].height <= (min(rows, first) or rows)


def test_a_small_first_batch_makes_the_others_no_smaller(tmp_path: Path) -> None:
    ROWS.write_parquet(tmp_path / "file.parquet", row_group_size=400)

    found = [b.height for b in batches_of(str(tmp_path / "file.parquet"), ROWS.schema, {}, 100, 10)]

    assert [10, 100, 100, 100, 90, *([100] * 4), *([100] * 2)] == found
