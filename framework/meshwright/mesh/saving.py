"""Write an answer to a file, batch by batch: all of it, or no file."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import polars as pl

from meshwright.celltext import CSV_TIME, written_flat
from meshwright.errors import MeshError, StorageFailed, UnknownFileKind


def _sink_csv(frame: pl.LazyFrame, path: str) -> None:
    """Write what the gateway answers as `text/csv`."""
    schema = written_flat(pl.DataFrame(schema=frame.collect_schema())).schema
    frame.map_batches(written_flat, schema=schema, streamable=True).sink_csv(path, datetime_format=CSV_TIME)


_SINKS: Mapping[str, Callable[[pl.LazyFrame, str], object]] = {
    ".parquet": pl.LazyFrame.sink_parquet,
    ".csv": _sink_csv,
    ".arrow": pl.LazyFrame.sink_ipc,
}


def save(frame: pl.LazyFrame, path: str) -> int:
    """Write every row to a .parquet, .csv or .arrow file, in bounded memory; return how many there were.

    CSV has nested values as JSON, binary ones as base64. Rows that stop coming leave the file that was there before.
    Raises `UnknownFileKind` or `StorageFailed`.
    """
    wanted = Path(path)
    if wanted.suffix not in _SINKS:
        raise UnknownFileKind(path, wanted.suffix)
    if not wanted.parent.is_dir():
        raise StorageFailed(path, "there is no such folder", "make it, or name another")
    half = wanted.with_name(f".{wanted.name}.{uuid4().hex[:8]}")
    heights: list[int] = []

    def counted(batch: pl.DataFrame) -> pl.DataFrame:
        heights.append(batch.height)
        return batch

    try:
        _SINKS[wanted.suffix](frame.map_batches(counted, streamable=True), str(half))
        half.replace(wanted)
    except MeshError:  # also those that are an OSError, as one of a connection is
        raise
    except OSError as error:
        raise StorageFailed(path, error.strerror or "no such folder, or no permission") from None
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)
    return sum(heights)
