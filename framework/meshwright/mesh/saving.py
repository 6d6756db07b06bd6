"""Write an answer to a file, batch by batch: all of it, or no file."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import polars as pl

from meshwright.errors import StorageFailed, UnknownFileKind

_KINDS: Mapping[str, tuple[Callable[[pl.LazyFrame, str], object], Callable[[str], pl.LazyFrame]]] = {
    ".parquet": (pl.LazyFrame.sink_parquet, pl.scan_parquet),
    ".csv": (pl.LazyFrame.sink_csv, lambda path: pl.scan_csv(path, infer_schema=False)),
    ".arrow": (pl.LazyFrame.sink_ipc, pl.scan_ipc),
}


def save(frame: pl.LazyFrame, path: str) -> int:
    """Write every row to a .parquet, .csv or .arrow file, in bounded memory; return how many there were.

    Rows that stop coming leave the file that was there before. Raises `UnknownFileKind` or `StorageFailed`.
    """
    wanted = Path(path)
    if wanted.suffix not in _KINDS:
        raise UnknownFileKind(path, wanted.suffix)
    sink, scan = _KINDS[wanted.suffix]
    half = wanted.with_name(f".{wanted.name}.{uuid4().hex[:8]}")
    try:
        sink(frame, str(half))
        rows = int(scan(str(half)).select(pl.len()).collect().item())
        half.replace(wanted)
    except OSError as error:
        raise StorageFailed(path, error.strerror or "no such folder, or no permission") from None
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)
    return rows
