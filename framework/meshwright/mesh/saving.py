"""Write an answer to a file, batch by batch: all of it, or no file."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import polars as pl

from meshwright.errors import MeshError, StorageFailed, UnknownFileKind

_SINKS: Mapping[str, Callable[[pl.LazyFrame, str], object]] = {
    ".parquet": pl.LazyFrame.sink_parquet,
    ".csv": pl.LazyFrame.sink_csv,
    ".arrow": pl.LazyFrame.sink_ipc,
}


def save(frame: pl.LazyFrame, path: str) -> int:
    """Write every row to a .parquet, .csv or .arrow file, in bounded memory; return how many there were.

    Rows that stop coming leave the file that was there before. Raises `UnknownFileKind` or `StorageFailed`.
    """
    wanted = Path(path)
    if wanted.suffix not in _SINKS:
        raise UnknownFileKind(path, wanted.suffix)
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
