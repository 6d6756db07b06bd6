"""Attacks on what stands beside the rows and in the files: statistics, rejected rows, contracts, files that unpack."""

import io
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from attacked import CONTACTS, CONTACTS_CEDAR, PEOPLE, call, contacts, secrets, seen
from gateway_lake import Served, frame

from meshwright.io.delta.batches import batches_of
from meshwright.io.delta.row_groups import PIECE_BYTES
from meshwright.rejected import rejected_spec

PARQUET = "application/vnd.apache.parquet"


def test_attack_14_statistics_of_an_answer_are_those_of_what_is_shown(lake: Served) -> None:
    file: Any = pq.ParquetFile(io.BytesIO(contacts(lake, Accept=PARQUET).content))
    columns: list[Any] = [file.metadata.row_group(0).column(n) for n in range(file.metadata.num_columns)]
    bounds = [str(bound) for c in columns if c.is_stats_set for bound in (c.statistics.min, c.statistics.max)]

    assert [] == [secret for secret in secrets() if any(secret in bound for bound in bounds)]
    assert not {"margin", "place.note"} & {c.path_in_schema for c in columns}


def test_attack_14_the_catalog_tells_no_figure_of_a_column(lake: Served) -> None:
    for path in ("", "/contract", "/versions", "/access?purpose=analytics"):
        told = call(lake, "GET", f"/api/v1/products/{CONTACTS.id}{path}", "ana")

        assert 200 == told.status_code, path
        assert [] == [word for word in ("minValues", "nullCount", "histogram", "min_value") if word in told.text]
        assert [] == [secret for secret in secrets() if secret in told.text]


def test_attack_15_no_page_or_contract_holds_an_example(lake: Served) -> None:
    pages = [call(lake, "GET", path, "ana").text for path in ("/", f"/products/{CONTACTS.id}", "/api/v1/products")]

    assert [] == [secret for secret in secrets() if any(secret in page for page in pages)]


def test_attack_15_rejected_rows_are_read_as_the_product_is(own: Served) -> None:
    spec = rejected_spec(CONTACTS)
    rows = pl.DataFrame(
        [{**dict.fromkeys(c.name for c in spec.columns), **row} for row in PEOPLE], infer_schema_length=None
    )
    own.publish(frame(rows.to_dicts(), spec), spec)
    own.register(spec, CONTACTS_CEDAR)
    answer = own.ask({"product": spec.id})

    assert answer.status_code in (200, 403, 404)
    assert [] == [secret for secret in secrets() if secret.encode() in answer.content]
    if answer.status_code == 200:
        assert "margin" not in seen(answer).columns


def test_attack_34_a_small_file_does_not_unpack_to_a_batch_that_fills_the_memory(tmp_path: Path) -> None:
    long, count = "x" * 4_000, 70_000
    arrow: Any = pa
    column = arrow.DictionaryArray.from_arrays(arrow.array([0] * count, arrow.int32()), arrow.array([long]))
    pq.write_table(arrow.table({"email": column}), tmp_path / "bomb.parquet")
    with (tmp_path / "bomb.parquet").open("rb") as file:
        first = next(batches_of(file, pl.Schema({"email": pl.String()}), {}, 65_536))

    assert first.estimated_size() <= 2 * PIECE_BYTES


def test_attack_34_many_rows_in_a_small_file_come_in_pieces(tmp_path: Path) -> None:
    pl.DataFrame({"n": pl.repeat(7, 3_000_000, dtype=pl.Int64, eager=True)}).write_parquet(tmp_path / "many.parquet")
    with (tmp_path / "many.parquet").open("rb") as file:
        sizes = [batch.height for batch in batches_of(file, pl.Schema({"n": pl.Int64()}), {}, 65_536)]

    assert 3_000_000 == sum(sizes)
    assert max(sizes) <= 65_536
