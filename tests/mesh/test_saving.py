"""An answer in a file: every row of it, or the file that was there before."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from polars.io.plugins import register_io_source

from meshwright.engines.polars import PolarsEngine
from meshwright.errors import AnswerCut, StorageFailed, UnknownFileKind
from meshwright.mesh.saving import save
from meshwright.tables import Layout
from meshwright_catalog.gateway.formats import CsvWriter

SCHEMA = pl.Schema({"number": pl.Int64, "text": pl.String})
READERS: dict[str, Callable[[Path], pl.DataFrame]] = {
    ".parquet": pl.read_parquet,
    ".csv": pl.read_csv,
    ".arrow": pl.read_ipc,
}


TYPES: dict[str, tuple[pl.DataType, list[object]]] = {
    "text": (pl.String(), ["", 'a, "b"\nc', "größe"]),
    "integer": (pl.Int64(), [-(2**63), 0, 2**63 - 1]),
    "number": (pl.Float64(), [-0.0, 1.5, float("nan")]),
    "boolean": (pl.Boolean(), [True, False, True]),
    "decimal": (pl.Decimal(18, 2), [Decimal("-1.50"), Decimal(0), Decimal("1.05")]),
    "date": (pl.Date(), [date(1, 1, 1), date(2026, 2, 28), date(9999, 12, 31)]),
    "timestamp": (pl.Datetime("us", "UTC"), [datetime(2026, 1, n, 8, 30, 0, n, tzinfo=UTC) for n in (1, 2, 3)]),
    "binary": (pl.Binary(), [b"", b"\x00\xff", b"abc"]),
    "list": (pl.List(pl.String()), [[], ["a", None], ['b "c"']]),
    "vector": (pl.List(pl.Float64()), [[1.0, 2.5], [0.0, -1.0], [3.0, 4.0]]),
    "list of binary": (pl.List(pl.Binary()), [[b"\xff"], [], [None]]),
    "list of structs": (pl.List(pl.Struct({"n": pl.Int64})), [[{"n": 1}], [], [{"n": None}]]),
    "struct": (
        pl.Struct({"photo": pl.Binary, "born": pl.Date, "price": pl.Decimal(9, 2), "tags": pl.List(pl.String)}),
        [
            {"photo": b"\xfe", "born": date(1980, 1, 2), "price": Decimal("1.20"), "tags": ["x"]},
            {"photo": None, "born": None, "price": None, "tags": None},
            {"photo": b"", "born": date(1980, 1, 2), "price": Decimal(0), "tags": []},
        ],
    ),
}


def rows(batches: int, *, cut: bool = False) -> pl.LazyFrame:
    """Give rows that come batch by batch, and stop with an error when the answer is cut."""

    def come(columns: list[str] | None, *_: object) -> Iterator[pl.DataFrame]:
        for number in range(batches):
            frame = pl.DataFrame({"number": range(number * 10, number * 10 + 10), "text": ["a, b\nc"] * 10})
            yield frame.select(columns) if columns is not None else frame
        if cut:
            raise AnswerCut("catalog", "on purpose")

    return register_io_source(come, schema=SCHEMA)


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize("batches", [0, 1, 30])
def test_every_row_is_written_once_and_in_order(tmp_path: Path, suffix: str, batches: int) -> None:
    path = tmp_path / f"orders{suffix}"

    assert batches * 10 == save(rows(batches), str(path))
    assert list(range(batches * 10)) == READERS[suffix](path)["number"].to_list()
    assert [path] == list(tmp_path.iterdir())


def typed(times: int) -> pl.DataFrame:
    """Give a column of every type that a contract knows, nulls in each."""
    cells = TYPES.items()
    return pl.DataFrame({name: pl.Series([*values, None] * times, dtype=kind) for name, (kind, values) in cells})


@pytest.mark.parametrize("times", [0, 1, 3_000])
@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_every_type_comes_back_from_a_file_that_knows_types(tmp_path: Path, suffix: str, times: int) -> None:
    path, frame = tmp_path / f"all{suffix}", typed(times)

    assert frame.height == save(frame.lazy(), str(path))
    assert frame.equals(READERS[suffix](path), null_equal=True)


@pytest.mark.parametrize("times", [0, 1, 3_000])
def test_csv_of_every_type_is_what_the_gateway_answers(tmp_path: Path, times: int) -> None:
    path, frame, gateway = tmp_path / "all.csv", typed(times), CsvWriter()

    assert frame.height == save(frame.lazy(), str(path))
    assert gateway.start(frame.schema) + gateway.rows(frame) + gateway.end() == path.read_bytes()


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("suffix", READERS)
def test_a_column_of_each_type_alone_is_written(tmp_path: Path, suffix: str, name: str) -> None:
    path = tmp_path / f"one{suffix}"

    assert 4 == save(typed(1).lazy().select(name), str(path))
    assert (4, [name]) == (len(found := READERS[suffix](path)), found.columns)


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize("batches", [0, 30])
def test_a_cut_answer_leaves_the_file_that_was_there(tmp_path: Path, suffix: str, batches: int) -> None:
    path = tmp_path / f"orders{suffix}"
    path.write_text("before")

    with pytest.raises(AnswerCut, match="on purpose"):
        save(rows(batches, cut=True), str(path))

    assert "before" == path.read_text()
    assert [path] == list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", READERS)
def test_a_folder_that_is_not_there_is_named_before_anything_is_read(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(StorageFailed, match=rf"nowhere.orders\{suffix}: .*there is no such folder .*make it"):
        save(rows(1, cut=True), str(tmp_path / "nowhere" / f"orders{suffix}"))


def test_a_file_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").mkdir()
    with pytest.raises(StorageFailed, match=r"orders\.csv"):
        save(rows(1), str(tmp_path / "orders.csv"))


def test_an_unknown_kind_of_file_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UnknownFileKind, match=r"cannot write \.xlsx"):
        save(rows(1, cut=True), str(tmp_path / "orders.xlsx"))


def test_a_build_stops_at_a_cut_answer_and_says_so(tmp_path: Path) -> None:
    engine, layout = PolarsEngine(), Layout(str(tmp_path), "run-1")

    with pytest.raises(AnswerCut, match="on purpose"):
        engine.write(rows(30, cut=True), layout)
    with pytest.raises(AnswerCut, match="on purpose"):
        engine.collect([rows(30, cut=True)])
