"""An answer in a file: every row of it, or the file that was there before."""

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from polars.io.plugins import register_io_source

from meshwright.engines.polars import PolarsEngine
from meshwright.errors import AnswerCut, StorageFailed, UnknownFileKind
from meshwright.mesh.saving import save
from meshwright.tables import Layout

SCHEMA = pl.Schema({"number": pl.Int64, "text": pl.String})
READERS: dict[str, Callable[[Path], pl.DataFrame]] = {
    ".parquet": pl.read_parquet,
    ".csv": pl.read_csv,
    ".arrow": pl.read_ipc,
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


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize("batches", [0, 30])
def test_a_cut_answer_leaves_the_file_that_was_there(tmp_path: Path, suffix: str, batches: int) -> None:
    path = tmp_path / f"orders{suffix}"
    path.write_text("before")

    with pytest.raises(AnswerCut, match="on purpose"):
        save(rows(batches, cut=True), str(path))

    assert "before" == path.read_text()
    assert [path] == list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match=r"orders\.csv"):
        save(rows(1), str(tmp_path / "nowhere" / "orders.csv"))


def test_an_unknown_kind_of_file_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UnknownFileKind, match=r"cannot write \.xlsx"):
        save(rows(1, cut=True), str(tmp_path / "orders.xlsx"))


def test_a_build_stops_at_a_cut_answer_and_says_so(tmp_path: Path) -> None:
    engine, layout = PolarsEngine(), Layout(str(tmp_path), "run-1")

    with pytest.raises(AnswerCut, match="on purpose"):
        engine.write(rows(30, cut=True), layout)
    with pytest.raises(AnswerCut, match="on purpose"):
        engine.collect([rows(30, cut=True)])
